/* SPDX-License-Identifier: MIT */
/*
 * Manifest formats. A new one is a file with a `const struct rec_reader rec_NAME_reader`, its line below and its row in
 * session.c; the format is told from the content, by the first row that recognises it.
 */
#ifndef REC_SESSION_READER_H
#define REC_SESSION_READER_H

#include "session/session.h"

#include <stdbool.h>

struct cJSON;
struct rec_store;

/* what a reader reads; borrowed */
struct rec_manifest {
	const char *path;         /* for messages and for rec_paths_open(); `-`: standard input */
	const struct cJSON *root; /* NULL: a folder or a zip without a manifest: the store's names alone */
	const struct rec_session_params *params;
	struct rec_store *store; /* where the files lie */
	char *const *
	        parts; /* for messages: the file of each element of root, where root was put together of several; NULL */
};

struct rec_reader {
	const char *name; /* "session.json" */
	bool (*recognises)(const struct rec_manifest *manifest);
	/* Fills an empty session up to rec_model_finish(); leaves id NULL when the manifest has none. Reports its errors. */
	int (*read)(struct rec_session *session, const struct rec_manifest *manifest);
};

extern const struct rec_reader rec_sessionjson_reader;
extern const struct rec_reader rec_daily_reader;
extern const struct rec_reader rec_dailyraw_reader;
extern const struct rec_reader rec_dailyevents_reader;
extern const struct rec_reader rec_dailyfolder_reader;
extern const struct rec_reader rec_opentok_reader;
extern const struct rec_reader rec_openvidu_reader;
extern const struct rec_reader rec_livekit_reader;
extern const struct rec_reader rec_roomkit_reader;
extern const struct rec_reader rec_s3event_reader;
extern const struct rec_reader rec_pngfolder_reader;
extern const struct rec_reader rec_segments_reader;

/** rec_reader_origin(session, manifest, why): note how the tracks' clock was decided; --origin beats ${why}. REC_ENOMEM. */
int rec_reader_origin(struct rec_session *session, const struct rec_manifest *manifest, const char *why);

#endif
