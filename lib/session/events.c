/* SPDX-License-Identifier: MIT */
#include "session/events.h"

#include "base/err.h"
#include "base/log.h"
#include "session/eventlist.h"
#include "session/model.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

/* events times participants and tracks */
static const size_t most_work = 50000000;

/* what is known of a participant's presence */
struct told {
	bool open;   /* the manifest did not say */
	bool joined; /* an event said */
	bool left;
};

/* whom an event means in the session; p and name of `files` tie short names to full ones */
struct who {
	struct rec_session *session;
	const cJSON *files;
	const struct rec_eventlist *list;
	const char *path;
	struct told *told; /* one for each participant */
	size_t nunknown;
	const char *unknown; /* the first */
};

static bool same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

static const char *text_of(const cJSON *object, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

	return cJSON_IsString(item) ? item->valuestring : NULL;
}

static const char *full_name(const struct who *who, const char *name)
{
	const cJSON *file;

	cJSON_ArrayForEach(file, who->files)
	{
		if (same(text_of(file, "p"), name) && text_of(file, "name"))
			return text_of(file, "name");
	}
	return NULL;
}

static bool is_them(const struct rec_participant *participant, const char *name, const char *full)
{
	return same(participant->id, name) || same(participant->name, name) || same(participant->name, full);
}

static const char *last_part(const char *location)
{
	const char *slash = strrchr(location, '/');

	return slash ? slash + 1 : location;
}

/* whether the file's own name, with or without its ending, is that of the track */
static bool is_file(const struct rec_track *track, const char *file)
{
	const char *own = last_part(track->location);
	size_t n = strlen(file);
	size_t n_own = strlen(own);

	if (n > n_own)
		return strncmp(own, file, n_own) == 0 && file[n_own] == '.';
	return strncmp(own, file, n) == 0 && (own[n] == '\0' || own[n] == '.');
}

static void set_name(struct rec_participant *participant, const char *name, int *r)
{
	char *copy;

	if (!name || !same(participant->name, participant->id) || strlen(name) > rec_model_limits.name)
		return;
	if (!(copy = strdup(name))) {
		*r = REC_ENOMEM;
		return;
	}
	free(participant->name);
	participant->name = copy;
}

/* the earliest coming and the last going */
static void set_presence(struct rec_span *presence, const struct rec_event *event)
{
	int64_t at_ns = event->at_ns > 0 ? event->at_ns : 0;

	if (event->what == REC_EVENT_JOIN && (presence->start_ns == REC_NS_UNKNOWN || at_ns < presence->start_ns))
		presence->start_ns = at_ns;
	if (event->what == REC_EVENT_LEAVE && (presence->end_ns == REC_NS_UNKNOWN || at_ns > presence->end_ns))
		presence->end_ns = at_ns;
}

/* A track's coming and going counts where its owner's is not known. */
static bool counts(const struct told *told, const struct rec_event *event)
{
	if (!told->open)
		return false;
	return !event->weak || !(event->what == REC_EVENT_JOIN ? told->joined : told->left);
}

static int apply_person(struct who *who, const struct rec_event *event)
{
	const char *full = full_name(who, event->who);
	bool found = false;
	int r = REC_OK;

	for (size_t i = 0; i < who->session->nparticipants; i++) {
		struct rec_participant *participant = &who->session->participants[i];
		struct told *told = &who->told[i];

		if (!is_them(participant, event->who, full))
			continue;
		found = true;
		set_name(participant, event->name ? event->name : full, &r);
		if (counts(told, event))
			set_presence(&participant->presence, event);
		told->joined |= !event->weak && event->what == REC_EVENT_JOIN;
		told->left |= !event->weak && event->what == REC_EVENT_LEAVE;
	}
	if (!found && who->nunknown++ == 0)
		who->unknown = event->who;
	return r;
}

static bool is_meant(const struct who *who, const struct rec_track *track, const struct rec_event *event)
{
	const struct rec_participant *owner = &who->session->participants[track->participant];

	if (event->kind >= 0 && (int)track->kind != event->kind)
		return false;
	if (event->file)
		return is_file(track, event->file);
	if (event->source >= 0 && (int)track->source != event->source)
		return false;
	return is_them(owner, event->who, full_name(who, event->who));
}

static void apply_start(struct who *who, const struct rec_event *event)
{
	for (size_t i = 0; event->file && i < who->session->ntracks; i++) {
		struct rec_track *track = &who->session->tracks[i];

		if (!track->start_is_join || !is_meant(who, track, event))
			continue;
		track->start_ns = event->at_ns > 0 ? event->at_ns : 0;
		track->start_is_join = false;
	}
}

static int add_pause(struct rec_track *track, const struct rec_event *event, int64_t end_ns)
{
	struct rec_spans *pauses = &track->pauses;
	struct rec_span *grown;

	/* only while the file was being written; in order of time, so that none begins before the last one ends */
	if (event->at_ns < track->start_ns || (track->end_ns != REC_NS_UNKNOWN && event->at_ns >= track->end_ns))
		return REC_OK;
	if (!(grown = reallocarray(pauses->items, pauses->n + 1, sizeof(*grown))))
		return REC_ENOMEM;
	pauses->items = grown;
	pauses->items[pauses->n++] = (struct rec_span){event->at_ns, end_ns};
	track->pauses_certain = event->certain;
	return REC_OK;
}

/* each pause of the track up to its resume; one that was never resumed cut nothing out */
static int apply_pauses(struct who *who, struct rec_track *track)
{
	const struct rec_event *paused = NULL;
	int r = REC_OK;

	for (size_t i = 0; r == REC_OK && i < who->list->n; i++) {
		const struct rec_event *event = &who->list->items[i];
		bool pause = event->what == REC_EVENT_PAUSE;

		if ((!pause && event->what != REC_EVENT_RESUME) || pause == (paused != NULL) ||
		        !is_meant(who, track, event))
			continue;
		if (!pause && event->at_ns > paused->at_ns)
			r = add_pause(track, paused, event->at_ns);
		paused = pause ? event : NULL;
	}
	who->session->unsettled |= track->pauses.n > 0;
	return r;
}

static int apply_people(struct who *who, bool weak)
{
	int r = REC_OK;

	for (size_t i = 0; r == REC_OK && i < who->list->n; i++) {
		const struct rec_event *event = &who->list->items[i];
		if (event->weak == weak && event->what != REC_EVENT_PAUSE && event->what != REC_EVENT_RESUME)
			r = apply_person(who, event);
		if (!weak && event->what == REC_EVENT_START)
			apply_start(who, event);
	}
	return r;
}

/* Whoever left before coming is left to the files. */
static void check_presence(struct who *who)
{
	for (size_t i = 0; i < who->session->nparticipants; i++) {
		struct rec_span *presence = &who->session->participants[i].presence;
		if (who->told[i].open && presence->end_ns <= presence->start_ns)
			presence->end_ns = REC_NS_UNKNOWN;
	}
}

static int apply_all(struct who *who)
{
	struct rec_session *session = who->session;
	int r;

	if (who->list->n > 0 && session->nparticipants + session->ntracks > most_work / who->list->n)
		return rec_report(REC_EINPUT, "cannot use '%s': %zu events are too many for %zu tracks", who->path,
		        who->list->n, session->ntracks);
	for (size_t i = 0; i < session->nparticipants; i++) {
		struct rec_span presence = session->participants[i].presence;
		who->told[i].open = presence.start_ns == REC_NS_UNKNOWN || presence.end_ns == REC_NS_UNKNOWN;
	}
	r = apply_people(who, false);
	if (r == REC_OK)
		r = apply_people(who, true);
	for (size_t i = 0; r == REC_OK && i < session->ntracks; i++)
		r = apply_pauses(who, &session->tracks[i]);
	check_presence(who);
	if (r == REC_OK && who->nunknown > 0)
		rec_warn("'%s' tells of people who are not in the session, '%s' first; their events are passed over",
		        who->path, who->unknown);
	return r;
}

int rec_events_apply(struct rec_session *session, const cJSON *root, const char *path)
{
	struct rec_eventlist list;
	struct who who = {.session = session, .path = path, .list = &list};
	int r = rec_eventlist_read(&list, root, path, session->epoch_ns);

	who.files = cJSON_GetObjectItemCaseSensitive(root, "files");
	if (!cJSON_IsArray(who.files))
		who.files = NULL;
	who.told = calloc(session->nparticipants + 1, sizeof(*who.told));
	if (r == REC_OK)
		r = who.told ? apply_all(&who) : REC_ENOMEM;
	/* what the events made whole is finished here, or else by rec_settle() */
	if (r == REC_OK)
		r = rec_model_finish(session, path, session->given_end_ns);
	free(who.told);
	rec_eventlist_free(&list);
	return r;
}
