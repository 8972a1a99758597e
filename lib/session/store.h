/* SPDX-License-Identifier: MIT */
/*
 * Where the files that a manifest names are: its own folder, or the zip that it came in. Services name files by their own keys and URLs
 * ("acme/room/1795-...-audio"); what was downloaded lies beside the manifest under the last part of that name.
 *
 *     rec_store_open(&store, session, "webhook.json", params);
 *     rec_store_list(store);
 *     for (i < rec_store_count(store)) rec_store_name(store, i) ...;          -- what lies there
 *     rec_store_find(store, "tracks[0].s3Key", "acme/room/1795-...-audio", &path);
 *     rec_store_close(&store);
 */
#ifndef REC_SESSION_STORE_H
#define REC_SESSION_STORE_H

#include "session/session.h"

struct rec_store;

/**
 * rec_store_open(store, session, path, params):
 *   session  gets its dir, and holds members of a zip open; borrowed until close
 *   path     the manifest, the folder or the zip
 * Errors, reported: REC_EINPUT: a zip that is refused (session/archive.h); REC_ENOMEM.
 */
int rec_store_open(struct rec_store **store, struct rec_session *session, const char *path,
        const struct rec_session_params *params);

/** rec_store_is_folder_of(store, path): 1: the file ${path} lies in the same folder; 0: it does not; REC_ENOMEM. */
int rec_store_is_folder_of(const struct rec_store *store, const char *path);

/** rec_store_is_zip(store): whether the files come out of a zip. */
bool rec_store_is_zip(const struct rec_store *store);

/** rec_store_list(store): look what lies there, once; before that a folder counts as empty. REC_EINPUT, reported: it cannot be read, more than 100000 files; REC_ENOMEM. */
int rec_store_list(struct rec_store *store);

/** rec_store_count(store), rec_store_name(store, i): the files and folders directly there (in a zip: all files, with their folders), sorted by name. */
size_t rec_store_count(const struct rec_store *store);
const char *rec_store_name(const struct rec_store *store, size_t i);

/** rec_store_slurp(store, i, limit, text, n): the whole of one, as rec_source_slurp(); REC_ENODATA: it is no file. */
int rec_store_slurp(struct rec_store *store, size_t i, size_t limit, char **text, size_t *n);

/**
 * rec_store_find(store, entry, location, path, kept):
 * The local path of what the manifest calls ${location}: below the folder as it stands, or else by the last part of a key, path or URL, also
 * when only the ending differs (.webm, .mp4, .mkv, .ogg).
 *   entry  where the location stands, for messages
 *   path   malloc'd; what is not there keeps its own name, and whoever opens it says so; of a member of a zip its name for
 *          messages, "archive.zip: cam.webm"
 *   kept   the member's bytes, the session's; NULL: the path leads to them
 * Errors, reported: REC_EINPUT: it leads out of the folder, a URL of which nothing lies here; REC_ENOMEM.
 */
int rec_store_find(
        struct rec_store *store, const char *entry, const char *location, char **path, const struct rec_source **kept);

void rec_store_close(struct rec_store **store);

#endif
