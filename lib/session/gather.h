/* SPDX-License-Identifier: MIT */
/*
 * For manifests that list files rather than people: files are gathered by whose they are, and become participants in the order of their first
 * file. Someone is there from their first file's start to their last one's end; where a second or more lies between two of them, whose ends the
 * manifest says, they left and came back. Ends that it does not say are for the files themselves to tell (rec_settle()).
 *
 *     rec_gather_open(&gather, session, manifest);
 *     rec_gather_add(gather, &file) ...;
 *     return rec_gather_finish(&gather, r);
 */
#ifndef REC_SESSION_GATHER_H
#define REC_SESSION_GATHER_H

#include "session/field.h"
#include "session/reader.h"
#include "session/session.h"

struct rec_gather;

/* all borrowed */
struct rec_gather_file {
	const struct rec_place
	        *place;    /* for messages; its entry becomes the participant's and, with key, the track's */
	const char *field; /* the member that holds the location; NULL: the entry itself */
	const char *location;
	const char *who;  /* files of one `who` are one participant's */
	const char *name; /* NULL or "": who */
	enum rec_kind kind;
	enum rec_source_kind source;
	int64_t start_ns; /* >= 0 */
	int64_t end_ns;   /* REC_NS_UNKNOWN: not said */
	int stream;       /* as of struct rec_track */
	bool maybe;       /* the manifest does not say whether the file holds this kind */
	bool follows;     /* start_ns is where the file before it ends */
};

int rec_gather_open(struct rec_gather **gather, struct rec_session *session, const struct rec_manifest *manifest);

/** rec_gather_add(gather, file): REC_EINPUT, reported: a start or end out of range, an end before its start, a location that is refused, too many files; REC_ENOMEM. */
int rec_gather_add(struct rec_gather *gather, const struct rec_gather_file *file);

/** rec_gather_both(gather, file): a file of picture and sound, or one of them: added as each, `maybe`; kind is ignored. */
int rec_gather_both(struct rec_gather *gather, const struct rec_gather_file *file);

/** rec_gather_by_start(gather): participants come in the order of their first start, instead of that of the manifest: for a folder's listing. */
void rec_gather_by_start(struct rec_gather *gather);

/**
 * rec_gather_finish(gather, err):
 * With ${err} REC_OK fill the session up to rec_model_finish(); with an error, that of what came before, pass it on. Frees either way, sets NULL.
 * Errors: REC_EINPUT (reported): no files; REC_ENOMEM.
 */
int rec_gather_finish(struct rec_gather **gather, int err);

#endif
