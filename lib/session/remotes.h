/* SPDX-License-Identifier: MIT */
/*
 * Which remote files a manifest names, and the session.json that goes with them once they are here: for rec-fetch. Understood are Daily's webhook
 * (s3Key, s3_key or s3key in $S3_BUCKET, or absolute URLs), S3's event notification, and a session.json with URLs.
 *
 *     struct rec_remotes *remotes = NULL;
 *     if ((r = rec_remotes_load(&remotes, "webhook.json", &params)) < 0) return r;     -- reported
 *     ... fetch remotes->tracks[i].location as NAME into a folder, set .here ...
 *     rec_remotes_session(remotes, folder, &text);
 *     rec_remotes_free(&remotes);
 */
#ifndef REC_SESSION_REMOTES_H
#define REC_SESSION_REMOTES_H

#include "base/buf.h"
#include "session/session.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cJSON;

struct rec_remote_track {
	char *entry;    /* where the manifest says so: "tracks[2]" */
	char *location; /* the URL */
	char *name;     /* what it is called here: a safe file name, each once */
	int64_t size;   /* bytes; -1: not said */
	bool kind_known;
	enum rec_kind kind;
	char *participant; /* an id or a name; NULL: not said */
	bool screen;
	int64_t start_ms; /* since the recording's start, by the file's name; -1: not said */
	bool selected;    /* --select */
	bool here;        /* set by who fetched it */
	/* where a session.json says so */
	struct cJSON *object;
	const char *key;
	struct cJSON *list;
};

struct rec_remotes {
	const char *from; /* "daily", "s3-event", "session.json" */
	char *manifest;   /* for messages */
	char *id;         /* NULL: not said */
	struct cJSON *root;
	struct rec_remote_track *tracks;
	size_t n;
};

struct rec_remotes_params {
	const char *bucket;  /* of keys without one; NULL: $S3_BUCKET */
	const char *from;    /* the format; NULL: told from the content */
	bool allow_insecure; /* http:// in the manifest is followed */
	int select;          /* enum rec_kind; -1: both */
};

/**
 * rec_remotes_load(remotes, path, params):
 *   path  a file, a URL or `-`; relative locations in a session.json that is a URL are its neighbours
 * Errors, reported: those of reading it; REC_EUSAGE: an unknown format, no bucket; REC_EINPUT: nothing that is known, no tracks, a
 * location that may not be followed; REC_ENOMEM.
 */
int rec_remotes_load(struct rec_remotes **remotes, const char *path, const struct rec_remotes_params *params);

/**
 * rec_remotes_check_places(remotes, here):
 * Whether a session can be made of the tracks that are selected, or of those that are ${here}: without Daily's names nothing says when one
 * of several files began. REC_EINPUT, reported.
 */
int rec_remotes_check_places(const struct rec_remotes *remotes, bool here);

/**
 * rec_remotes_session(remotes, folder, text):
 * Append the session.json of the tracks that are `here`, whose files lie in ${folder} and are looked at for their length.
 * REC_EINPUT (reported): tracks that nothing places; REC_ENOMEM.
 */
int rec_remotes_session(const struct rec_remotes *remotes, const char *folder, struct rec_buf *text);

void rec_remotes_free(struct rec_remotes **remotes);

#endif
