/* SPDX-License-Identifier: MIT */
/*
 * Several remote files into one folder, all or nothing. They grow in FOLDER.part; when all are there and verified they move into FOLDER.
 * Where FOLDER is a mount point, or the folder above it cannot be written, that is FOLDER/.part.
 * A failure removes FOLDER.part; a signal or a kill leaves it, and the next run goes on where it was.
 *
 *     struct rec_fetch *fetch = NULL;
 *     if ((r = rec_fetch_begin(&fetch, folder, no_clobber)) < 0) return r;              -- reported
 *     r = rec_fetch_run(fetch, files, n, &params);
 *     ... look at what is in rec_fetch_folder(fetch); rec_fetch_add(fetch, "session.json", text, n) ...
 *     r = rec_fetch_commit(&fetch);                                                     -- or rec_fetch_discard(&fetch)
 */
#ifndef REC_NET_FETCH_H
#define REC_NET_FETCH_H

#include "base/progress.h"
#include "net/get.h"

struct rec_fetch;

struct rec_fetch_file {
	const char *location;
	const char *name; /* in the folder; each once, no slash, no dot first */
	int64_t size;     /* bytes as somebody said; -1 */
	/* set by rec_fetch_run() */
	bool here;
	struct rec_version version;
};

struct rec_fetch_params {
	int jobs;     /* files at once */
	bool partial; /* go on when one fails */
	struct rec_get_params get;
	enum rec_progress_mode progress;
};

/**
 * rec_fetch_begin(fetch, folder, no_clobber):
 * Make or take over FOLDER.part. ${folder} need not exist; the folder that it is in has to.
 * Errors, reported: REC_EEXIST: the folder holds a session.json and ${no_clobber}; REC_EIO: no such place, another run is at work on it;
 * REC_ENOMEM.
 */
int rec_fetch_begin(struct rec_fetch **fetch, const char *folder, bool no_clobber);

/** rec_fetch_folder(fetch): FOLDER.part; borrowed. */
const char *rec_fetch_folder(const struct rec_fetch *fetch);

/**
 * rec_fetch_run(fetch, files, n, params):
 * Fetch them. Errors, reported: REC_EREMOTE, REC_EIO, REC_ENOMEM; with params->partial REC_EREMOTE only where none came, and else REC_ELEFTOUT.
 */
int rec_fetch_run(
        struct rec_fetch *fetch, struct rec_fetch_file *files, size_t n, const struct rec_fetch_params *params);

/** rec_fetch_add(fetch, name, text, n): a file of our own, which is put in its place last. REC_EIO, reported. */
int rec_fetch_add(struct rec_fetch *fetch, const char *name, const char *text, size_t n);

/** rec_fetch_commit(fetch): put them in their place; frees, sets NULL. REC_EIO, reported. */
int rec_fetch_commit(struct rec_fetch **fetch);

/** rec_fetch_discard(fetch): leave the folder as it was, and nothing beside it; NULL is fine. */
void rec_fetch_discard(struct rec_fetch **fetch);

#endif
