/* SPDX-License-Identifier: MIT */
/*
 * From a location in a manifest to the local path to open, which never leaves the manifest's folder unless that is allowed.
 *
 *     struct rec_paths paths;
 *     if ((r = rec_paths_open(&paths, "session.json", session_dir, allow_outside)) < 0) return r;
 *     r = rec_paths_resolve(&paths, "participants[0].video_path", location, &path); ...
 *     rec_paths_close(&paths);
 */
#ifndef REC_SESSION_PATHS_H
#define REC_SESSION_PATHS_H

#include <stdbool.h>

struct rec_paths {
	const char *manifest; /* for messages; borrowed */
	char *root;           /* the manifest's own folder, resolved */
	char *dir;            /* the folder that relative locations start from, resolved */
	bool anywhere;        /* nothing is outside */
	char *base; /* where a manifest that is a URL lies, ends in /; relative locations are its neighbours; or NULL */
	bool allow_remote;   /* to be set after opening: a location that is a URL is followed */
	bool allow_insecure; /* and if it is http:// */
	char *gone;          /* an absolute session_dir that is not there any more, without its last slashes; or NULL */
};

/**
 * rec_paths_open(paths, manifest, session_dir, allow_outside):
 *   manifest     the file's path or URL; for `-`, a pipe or a device the folder is the current one
 *   session_dir  what the manifest says; NULL or "": its own folder. Relative: to that folder. One that is gone (the recording was
 *                moved) becomes that folder too
 *   allow_outside  a session_dir and locations elsewhere are accepted
 * Errors, reported: REC_EINPUT: session_dir is elsewhere, a URL, or no folder; REC_ENOMEM. Then nothing needs closing.
 */
int rec_paths_open(struct rec_paths *paths, const char *manifest, const char *session_dir, bool allow_outside);

/**
 * rec_paths_resolve(paths, entry, location, path):
 *   entry  where the location stands, for messages
 *   path   malloc'd, absolute, symbolic links resolved; what does not exist yet keeps its own spelling below its deepest existing folder
 * An absolute location below a session_dir that is gone is looked for below the manifest's folder.
 * A URL stays one.
 * Errors, reported: REC_EINPUT: it resolves to outside of root and dir (unless that is allowed), is a URL that is not allowed, empty, longer than 4096 bytes, a symbolic link that
 * leads nowhere, or a pipe, a socket or a device: a manifest names files; REC_ENOMEM.
 */
int rec_paths_resolve(const struct rec_paths *paths, const char *entry, const char *location, char **path);

void rec_paths_close(struct rec_paths *paths);

#endif
