/* SPDX-License-Identifier: MIT */
/* The forms of manifests that session/remotes.h knows, each in a file of its own, and what they share. */
#ifndef REC_SESSION_REMOTES_PARTS_H
#define REC_SESSION_REMOTES_PARTS_H

#include "session/remotes.h"

struct rec_remotes_loading {
	struct rec_remotes *remotes;
	const struct rec_remotes_params *params;
	const char *path; /* of the manifest */
};

struct rec_remotes_format {
	const char *name;
	bool (*recognises)(const struct cJSON *root);
	/* Adds the tracks that loading->remotes->root names, and the id. REC_EINPUT, REC_EUSAGE, reported; REC_ENOMEM. */
	int (*read)(struct rec_remotes_loading *loading);
};

extern const struct rec_remotes_format rec_remotesdaily_format;
extern const struct rec_remotes_format rec_remotesevent_format;
extern const struct rec_remotes_format rec_remotesjson_format;

/** rec_remotes_get(object, key): a member; NULL: none, or no object. */
const struct cJSON *rec_remotes_get(const struct cJSON *object, const char *key);

/** rec_remotes_error(loading, entry, why): report that ${entry} of the manifest ${why}; REC_EINPUT. */
int rec_remotes_error(const struct rec_remotes_loading *loading, const char *entry, const char *why);

/**
 * rec_remotes_add(loading, entry, track):
 * The next track, empty. ${entry} is malloc'd, or NULL for want of memory, and taken over.
 * REC_EINPUT, reported: too many tracks; REC_ENOMEM. ${track} is NULL then.
 */
int rec_remotes_add(struct rec_remotes_loading *loading, char *entry, struct rec_remote_track **track);

/** rec_remotes_entry(list, i, rest): "LIST[I]REST"; malloc'd; NULL: no memory. */
char *rec_remotes_entry(const char *list, size_t i, const char *rest);

/** rec_remotes_in_bucket(bucket, key): s3://BUCKET/KEY; malloc'd; NULL: no memory. */
char *rec_remotes_in_bucket(const char *bucket, const char *key);

/** rec_remotes_take_url(loading, entry, url, location): a URL as the manifest has it, if it may be followed; malloc'd. REC_EINPUT, reported; REC_ENOMEM. */
int rec_remotes_take_url(
        const struct rec_remotes_loading *loading, const char *entry, const char *url, char **location);

/** rec_remotes_take_size(track, loading, size): a number of bytes; NULL: not said. REC_EINPUT, reported. */
int rec_remotes_take_size(
        struct rec_remote_track *track, const struct rec_remotes_loading *loading, const struct cJSON *size);

#endif
