/* SPDX-License-Identifier: MIT */
/* Both forms of events as one list, in order of time. Internal to lib/session. */
#ifndef REC_SESSION_EVENTLIST_H
#define REC_SESSION_EVENTLIST_H

#include "session/session.h"

struct cJSON;

enum rec_event_kind { REC_EVENT_JOIN, REC_EVENT_LEAVE, REC_EVENT_START, REC_EVENT_PAUSE, REC_EVENT_RESUME };

/* strings are borrowed from the JSON */
struct rec_event {
	enum rec_event_kind what;
	int64_t at_ns;    /* session time; may be negative */
	const char *who;  /* a name or an id */
	const char *name; /* the true name, NULL: not said */
	const char *file; /* last part of the file's name, NULL: not said */
	int kind;         /* enum rec_kind, -1: any */
	int source;       /* enum rec_source_kind, -1: any */
	bool certain;     /* of a pause: the recorder's own, not a sender's */
	bool weak;        /* of a join or leave: only a track's */
	size_t number;    /* in the file */
};

struct rec_eventlist {
	struct rec_event *items;
	size_t n;
	int64_t epoch_ns; /* Unix time of the session's zero; REC_NS_UNKNOWN */
};

/**
 * rec_eventlist_read(list, root, path, epoch_ns):
 *   epoch_ns   Unix time of the session's zero; REC_NS_UNKNOWN: that of the events themselves
 * Free with rec_eventlist_free(), also after an error. Errors, reported: REC_EINPUT, REC_ENOMEM.
 */
int rec_eventlist_read(struct rec_eventlist *list, const struct cJSON *root, const char *path, int64_t epoch_ns);

void rec_eventlist_free(struct rec_eventlist *list);

#endif
