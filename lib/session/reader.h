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

/* what a reader reads; borrowed */
struct rec_manifest {
	const char *path; /* for messages and for rec_paths_open(); `-`: standard input */
	const struct cJSON *root;
	const struct rec_session_params *params;
};

struct rec_reader {
	const char *name; /* "session.json" */
	bool (*recognises)(const struct cJSON *root);
	/* Fills an empty session up to rec_model_finish(); leaves id NULL when the manifest has none. Reports its errors. */
	int (*read)(struct rec_session *session, const struct rec_manifest *manifest);
};

extern const struct rec_reader rec_sessionjson_reader;

#endif
