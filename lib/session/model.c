/* SPDX-License-Identifier: MIT */
#include "session/model.h"

#include "base/err.h"
#include "base/log.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const struct rec_model_limits rec_model_limits = {
        .participants = 30000, .tracks = 100000, .mutes = 1000000, .name = 10240};

int rec_model_new(struct rec_session **session)
{
	*session = calloc(1, sizeof(**session));
	if (!*session)
		return REC_ENOMEM;
	(*session)->epoch_ns = (*session)->given_end_ns = REC_NS_UNKNOWN;
	return REC_OK;
}

/* room for one more zeroed item; the room doubles whenever n is a power of two, so no capacity is kept */
static void *add_item(void **items, size_t *n, size_t size)
{
	char *item;

	if ((*n & (*n - 1)) == 0) {
		void *grown = reallocarray(*items, *n > 0 ? *n * 2 : 1, size);
		if (!grown)
			return NULL;
		*items = grown;
	}
	item = (char *)*items + *n * size;
	memset(item, 0, size);
	++*n;
	return item;
}

struct rec_participant *rec_model_add_participant(struct rec_session *session)
{
	void *items = session->participants;
	struct rec_participant *who = add_item(&items, &session->nparticipants, sizeof(*who));

	session->participants = items;
	return who;
}

struct rec_track *rec_model_add_track(struct rec_session *session)
{
	void *items = session->tracks;
	struct rec_track *track = add_item(&items, &session->ntracks, sizeof(*track));

	session->tracks = items;
	if (track) {
		track->participant = session->nparticipants - 1;
		track->end_ns = REC_NS_UNKNOWN;
	}
	return track;
}

void rec_model_clear_track(struct rec_track *track)
{
	free(track->entry);
	free(track->location);
	free(track->path);
	free(track->label);
	free(track->extra);
	free(track->mutes.items);
	free(track->cuts.items);
	free(track->pauses.items);
}

int rec_model_keep(struct rec_session *session, struct rec_source *source)
{
	struct rec_source **grown = reallocarray(session->kept, session->nkept + 1, sizeof(struct rec_source *));

	if (!grown) {
		rec_source_close(&source);
		return REC_ENOMEM;
	}
	session->kept = grown;
	session->kept[session->nkept++] = source;
	return REC_OK;
}

static int by_start(const void *a, const void *b)
{
	const struct rec_span *x = a;
	const struct rec_span *y = b;

	return (x->start_ns > y->start_ns) - (x->start_ns < y->start_ns);
}

int rec_model_cut(struct rec_track *track, int64_t at_ns, int64_t length_ns)
{
	struct rec_cuts *cuts = &track->cuts;
	struct rec_cut *items = reallocarray(cuts->items, cuts->n + 1, sizeof(*items));
	size_t at = cuts->n;

	if (!items)
		return REC_ENOMEM;
	cuts->items = items;
	while (at > 0 && items[at - 1].at_ns > at_ns) {
		items[at] = items[at - 1];
		at--;
	}
	items[at] = (struct rec_cut){at_ns, length_ns};
	cuts->n++;
	return REC_OK;
}

int64_t rec_cuts_before(const struct rec_cuts *cuts, int64_t file_ns)
{
	int64_t length_ns = 0;

	for (size_t i = 0; i < cuts->n && cuts->items[i].at_ns <= file_ns; i++)
		length_ns += cuts->items[i].length_ns;
	return length_ns;
}

int rec_model_mute(struct rec_track *track, const struct rec_spans *spans)
{
	struct rec_spans *mutes = &track->mutes;
	struct rec_span *items;
	size_t n = 0;

	if (spans->n == 0)
		return REC_OK;
	if (!(items = reallocarray(mutes->items, mutes->n + spans->n, sizeof(*items))))
		return REC_ENOMEM;
	memcpy(items + mutes->n, spans->items, spans->n * sizeof(*items));
	mutes->items = items;
	mutes->n += spans->n;
	qsort(items, mutes->n, sizeof(*items), by_start);
	for (size_t i = 0; i < mutes->n; i++) {
		if (items[i].end_ns == items[i].start_ns)
			continue;
		if (n == 0 || items[i].start_ns > items[n - 1].end_ns)
			items[n++] = items[i];
		else if (items[i].end_ns > items[n - 1].end_ns)
			items[n - 1].end_ns = items[i].end_ns;
	}
	mutes->n = n;
	return REC_OK;
}

static bool is_screen_name(const char *name)
{
	static const char mark[] = "(screen)";
	size_t n = strlen(name);

	while (n > 0 && (name[n - 1] == ' ' || name[n - 1] == '\t'))
		n--;
	return n >= sizeof(mark) - 1 && strncasecmp(name + n - (sizeof(mark) - 1), mark, sizeof(mark) - 1) == 0;
}

static void mark_screens(struct rec_session *session)
{
	for (size_t i = 0; i < session->nparticipants; i++)
		session->participants[i].screen = is_screen_name(session->participants[i].name);
	for (size_t i = 0; i < session->ntracks; i++) {
		struct rec_track *track = &session->tracks[i];
		if (track->kind == REC_VIDEO && session->participants[track->participant].screen)
			track->source = REC_SCREEN;
	}
}

/* by name, then join, then the manifest's order: what is pointed to lies in one array */
static int by_name_and_join(const void *a, const void *b)
{
	const struct rec_participant *x = *(const struct rec_participant *const *)a;
	const struct rec_participant *y = *(const struct rec_participant *const *)b;
	int order = strcmp(x->name, y->name);

	if (order == 0)
		order = (x->presence.start_ns > y->presence.start_ns) - (x->presence.start_ns < y->presence.start_ns);
	return order ? order : (x > y) - (x < y);
}

/* the one of lasts[0..n), the last entries of persons, who left last before `who` joined; n: none */
static size_t find_last_left(const struct rec_participant *const *lasts, size_t n, const struct rec_participant *who)
{
	size_t best = n;

	for (size_t i = 0; i < n; i++) {
		int64_t left = lasts[i]->presence.end_ns;
		if (left <= who->presence.start_ns && (best == n || left > lasts[best]->presence.end_ns))
			best = i;
	}
	return best;
}

/* persons in the order of the sorted entries; their number */
static size_t chain(struct rec_participant **sorted, size_t n, const struct rec_participant **lasts)
{
	size_t npersons = 0;
	size_t first = 0; /* person of this name */

	for (size_t i = 0; i < n; i++) {
		size_t at;
		if (i > 0 && strcmp(sorted[i]->name, sorted[i - 1]->name) != 0)
			first = npersons;
		at = first + find_last_left(lasts + first, npersons - first, sorted[i]);
		if (at == npersons)
			npersons++;
		lasts[at] = sorted[i];
		sorted[i]->person = at;
	}
	return npersons;
}

/* number the persons anew, in order of appearance */
static void renumber(struct rec_session *session, size_t *numbers)
{
	size_t next = 0;

	for (size_t i = 0; i < session->npersons; i++)
		numbers[i] = SIZE_MAX;
	for (size_t i = 0; i < session->nparticipants; i++) {
		size_t *number = &numbers[session->participants[i].person];
		if (*number == SIZE_MAX)
			*number = next++;
		session->participants[i].person = *number;
	}
}

static int find_persons(struct rec_session *session)
{
	size_t n = session->nparticipants;
	struct rec_participant **sorted = calloc(n, sizeof(*sorted));
	const struct rec_participant **lasts = calloc(n, sizeof(*lasts));
	size_t *numbers = calloc(n, sizeof(*numbers));
	int r = REC_ENOMEM;

	if (sorted && lasts && numbers) {
		for (size_t i = 0; i < n; i++)
			sorted[i] = &session->participants[i];
		qsort(sorted, n, sizeof(struct rec_participant *), by_name_and_join);
		session->npersons = chain(sorted, n, lasts);
		renumber(session, numbers);
		r = REC_OK;
	}
	free(sorted);
	free(lasts);
	free(numbers);
	return r;
}

static int find_ends(struct rec_session *session, const char *manifest, int64_t end_ns)
{
	const struct rec_participant *who = session->participants;

	session->first_ns = who[0].presence.start_ns;
	session->end_ns = who[0].presence.end_ns;
	for (size_t i = 1; i < session->nparticipants; i++) {
		if (who[i].presence.start_ns < session->first_ns)
			session->first_ns = who[i].presence.start_ns;
		if (who[i].presence.end_ns > session->end_ns)
			session->end_ns = who[i].presence.end_ns;
	}
	if (end_ns == REC_NS_UNKNOWN)
		return REC_OK;
	if (end_ns <= session->first_ns)
		return rec_report(REC_EINPUT, "cannot use '%s': duration_s is %.15g, not after the earliest join %.15g",
		        manifest, (double)end_ns / 1e9, (double)session->first_ns / 1e9);
	session->end_ns = end_ns;
	return REC_OK;
}

/* whether someone's coming or going is for the files to tell */
static bool is_open(const struct rec_session *session)
{
	for (size_t i = 0; i < session->nparticipants; i++) {
		struct rec_span presence = session->participants[i].presence;
		if (presence.start_ns == REC_NS_UNKNOWN || presence.end_ns == REC_NS_UNKNOWN)
			return true;
	}
	return false;
}

int rec_model_finish(struct rec_session *session, const char *manifest, int64_t end_ns)
{
	int r;

	if (session->nparticipants == 0)
		return rec_report(REC_EINPUT, "cannot use '%s': nobody took part: participants is empty", manifest);
	if (session->nparticipants > rec_model_limits.participants)
		return rec_report(REC_EINPUT, "cannot use '%s': more than %zu participants", manifest,
		        rec_model_limits.participants);
	if (session->ntracks > rec_model_limits.tracks)
		return rec_report(
		        REC_EINPUT, "cannot use '%s': more than %zu tracks", manifest, rec_model_limits.tracks);
	mark_screens(session);
	session->given_end_ns = end_ns;
	if (is_open(session)) {
		session->unsettled = true;
		return REC_OK;
	}
	if ((r = find_ends(session, manifest, end_ns)) < 0)
		return r;
	return find_persons(session);
}
