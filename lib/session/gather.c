/* SPDX-License-Identifier: MIT */
#include "session/gather.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "session/model.h"
#include "session/store.h"

#include <stdlib.h>
#include <string.h>

static const int64_t came_back_ns = REC_NS_PER_S;
static const int64_t latest_ns = 1000000000 * REC_NS_PER_S;

struct file {
	char *who;
	char *name;
	char *owner; /* the entry without the field */
	struct rec_track track;
	size_t number; /* in the manifest */
	size_t group;  /* number of the group's first file */
};

struct rec_gather {
	struct rec_session *session;
	const struct rec_manifest *manifest;
	struct file *files;
	size_t n;
	bool by_start;
};

int rec_gather_open(struct rec_gather **out, struct rec_session *session, const struct rec_manifest *manifest)
{
	*out = calloc(1, sizeof(**out));
	if (!*out)
		return REC_ENOMEM;
	(*out)->session = session;
	(*out)->manifest = manifest;
	return REC_OK;
}

void rec_gather_by_start(struct rec_gather *gather)
{
	gather->by_start = true;
}

static int check(const struct rec_gather *gather, const struct rec_gather_file *file)
{
	if (gather->n == rec_model_limits.tracks)
		return rec_field_error(
		        file->place, NULL, "is one too many: more than %zu tracks", rec_model_limits.tracks);
	if (file->start_ns < 0 || file->start_ns > latest_ns)
		return rec_field_error(file->place, NULL, "begins %.15g s after the session's start: cannot be placed",
		        (double)file->start_ns / 1e9);
	if (file->end_ns != REC_NS_UNKNOWN && (file->end_ns <= file->start_ns || file->end_ns > latest_ns))
		return rec_field_error(file->place, NULL, "ends at %.15g s, %s", (double)file->end_ns / 1e9,
		        file->end_ns > latest_ns ? "too late" : "not after its start");
	if (strlen(file->who) > rec_model_limits.name || (file->name && strlen(file->name) > rec_model_limits.name))
		return rec_field_error(file->place, NULL, "has a name longer than %zu bytes", rec_model_limits.name);
	return REC_OK;
}

static struct file *grow(struct rec_gather *gather)
{
	size_t n = gather->n;

	if ((n & (n - 1)) == 0) {
		struct file *grown = reallocarray(gather->files, n > 0 ? 2 * n : 1, sizeof(*grown));
		if (!grown)
			return NULL;
		gather->files = grown;
	}
	gather->files[n] = (struct file){.number = n};
	gather->n++;
	return &gather->files[n];
}

static int fill(struct rec_gather *gather, struct file *made, const struct rec_gather_file *file)
{
	struct rec_track *track = &made->track;
	int origin = gather->manifest->params->origin;
	struct rec_buf entry = REC_BUF_INIT;

	track->kind = file->kind;
	track->source = file->source;
	track->origin = origin >= 0 ? (enum rec_origin)origin : REC_ORIGIN_TRACK;
	track->start_ns = file->start_ns;
	track->end_ns = file->end_ns;
	track->stream = file->stream;
	track->maybe = file->maybe;
	track->follows = file->follows;
	rec_buf_printf(&entry, "%s%s%s", file->place->entry, file->field && *file->place->entry ? "." : "",
	        file->field ? file->field : "");
	track->entry = rec_buf_steal(&entry);
	track->location = strdup(file->location);
	made->who = strdup(file->who);
	made->name = strdup(file->name && *file->name ? file->name : file->who);
	made->owner = strdup(file->place->entry);
	if (!track->entry || !track->location || !made->who || !made->name || !made->owner)
		return REC_ENOMEM;
	return rec_store_find(gather->manifest->store, track->entry, track->location, &track->path, &track->kept);
}

int rec_gather_add(struct rec_gather *gather, const struct rec_gather_file *file)
{
	struct file *made;
	int r = check(gather, file);

	if (r < 0)
		return r;
	return (made = grow(gather)) ? fill(gather, made, file) : REC_ENOMEM;
}

int rec_gather_both(struct rec_gather *gather, const struct rec_gather_file *file)
{
	struct rec_gather_file each = *file;
	int r;

	each.maybe = true;
	each.kind = REC_VIDEO;
	r = rec_gather_add(gather, &each);
	each.kind = REC_AUDIO;
	return r < 0 ? r : rec_gather_add(gather, &each);
}

static int compare_times(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int by_who_and_start(const void *a, const void *b)
{
	const struct file *x = a;
	const struct file *y = b;
	int order = strcmp(x->who, y->who);

	if (order == 0)
		order = compare_times(x->track.start_ns, y->track.start_ns);
	return order ? order : (x->number > y->number) - (x->number < y->number);
}

static int by_group_and_number(const void *a, const void *b)
{
	const struct file *x = a;
	const struct file *y = b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

/* in the order of their start the files' numbers are anew */
static int by_start(const void *a, const void *b)
{
	const struct file *x = a;
	const struct file *y = b;
	int order = compare_times(x->track.start_ns, y->track.start_ns);

	return order ? order : (x->number > y->number) - (x->number < y->number);
}

/* A group is one presence: files of one person, without a second between them. Sorted by person and start. */
static void find_groups(struct rec_gather *gather)
{
	size_t first = 0; /* of the group */
	int64_t end_ns = 0;

	for (size_t i = 0; i < gather->n; i++) {
		struct file *file = &gather->files[i];
		bool other = i == 0 || strcmp(file->who, gather->files[i - 1].who) != 0;

		if (other || (end_ns != REC_NS_UNKNOWN && file->track.start_ns >= end_ns + came_back_ns)) {
			first = i;
			end_ns = file->track.end_ns;
		}
		if (file->track.end_ns == REC_NS_UNKNOWN || end_ns == REC_NS_UNKNOWN)
			end_ns = REC_NS_UNKNOWN;
		else if (file->track.end_ns > end_ns)
			end_ns = file->track.end_ns;
		file->group = first;
	}
}

/* so far a file's group is where its first one stands; from now on the lowest number of its files */
static int name_groups(struct rec_gather *gather)
{
	size_t *lowest = malloc(gather->n * sizeof(*lowest));

	if (!lowest)
		return REC_ENOMEM;
	for (size_t i = 0; i < gather->n; i++)
		lowest[i] = SIZE_MAX;
	for (size_t i = 0; i < gather->n; i++) {
		size_t *low = &lowest[gather->files[i].group];
		if (gather->files[i].number < *low)
			*low = gather->files[i].number;
	}
	for (size_t i = 0; i < gather->n; i++)
		gather->files[i].group = lowest[gather->files[i].group];
	free(lowest);
	return REC_OK;
}

static int begin_participant(struct rec_session *session, struct file *file)
{
	struct rec_participant *who = rec_model_add_participant(session);

	if (!who)
		return REC_ENOMEM;
	who->presence = (struct rec_span){file->track.start_ns, file->track.start_ns};
	who->name = file->name;
	who->id = file->who;
	who->entry = file->owner;
	file->name = file->who = file->owner = NULL;
	return REC_OK;
}

/* one file that does not say when it ends leaves it all to the files */
static void widen(struct rec_span *presence, const struct rec_track *track)
{
	if (track->end_ns == REC_NS_UNKNOWN || presence->end_ns == REC_NS_UNKNOWN) {
		*presence = (struct rec_span){REC_NS_UNKNOWN, REC_NS_UNKNOWN};
		return;
	}
	if (track->start_ns < presence->start_ns)
		presence->start_ns = track->start_ns;
	if (track->end_ns > presence->end_ns)
		presence->end_ns = track->end_ns;
}

static int hand_over(struct rec_gather *gather)
{
	struct rec_session *session = gather->session;

	for (size_t i = 0; i < gather->n; i++) {
		struct file *file = &gather->files[i];
		struct rec_track *track;
		int r;

		if (i == 0 || file->group != gather->files[i - 1].group) {
			if ((r = begin_participant(session, file)) < 0)
				return r;
		}
		widen(&session->participants[session->nparticipants - 1].presence, &file->track);
		if (!(track = rec_model_add_track(session)))
			return REC_ENOMEM;
		file->track.participant = track->participant;
		/* picture and sound of one file share its clock: which begins first only the file tells */
		session->unsettled |= file->track.maybe || file->track.follows ||
		                      (session->ntracks > 1 && strcmp(track[-1].path, file->track.path) == 0);
		*track = file->track;
		file->track = (struct rec_track){.entry = NULL};
	}
	return REC_OK;
}

static int fill_session(struct rec_gather *g)
{
	int r = REC_OK;

	if (g->n == 0)
		r = rec_report(REC_EINPUT, "cannot use '%s': it names no tracks", g->manifest->path);
	if (r == REC_OK && g->by_start) {
		qsort(g->files, g->n, sizeof(*g->files), by_start);
		for (size_t i = 0; i < g->n; i++)
			g->files[i].number = i;
	}
	if (r == REC_OK) {
		qsort(g->files, g->n, sizeof(*g->files), by_who_and_start);
		find_groups(g);
		r = name_groups(g);
	}
	if (r == REC_OK) {
		qsort(g->files, g->n, sizeof(*g->files), by_group_and_number);
		r = hand_over(g);
	}
	return r == REC_OK ? rec_model_finish(g->session, g->manifest->path, REC_NS_UNKNOWN) : r;
}

static void close_gather(struct rec_gather **gather)
{
	struct rec_gather *gone = *gather;

	*gather = NULL;
	if (!gone)
		return;
	for (size_t i = 0; i < gone->n; i++) {
		struct file *file = &gone->files[i];
		free(file->who);
		free(file->name);
		free(file->owner);
		free(file->track.entry);
		free(file->track.location);
		free(file->track.path);
	}
	free(gone->files);
	free(gone);
}

int rec_gather_finish(struct rec_gather **gather, int err)
{
	if (err == REC_OK)
		err = fill_session(*gather);
	close_gather(gather);
	return err;
}
