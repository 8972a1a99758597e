/* SPDX-License-Identifier: MIT */
/* Files of the command line that can be read only once, kept so that they can be read again: a plan looks before the pass reads. */
#ifndef REC_SESSION_KEEP_H
#define REC_SESSION_KEEP_H

#include "session/session.h"

struct rec_keep_params {
	bool no_audio; /* media that are not wanted are not read */
	bool no_video;
	bool skip_bad; /* what cannot be read is marked unusable, with a warning, instead of an error */
};

/**
 * rec_session_keep(session, params):
 * Copy every pipe and device that a track names, and standard input (`-`), into an unlinked temporary file; tracks of one path share
 * one. Waits for a pipe's writer. Does nothing for files, folders and URLs, nor for what is not there.
 * Errors, reported: those of rec_source_make_seekable().
 */
int rec_session_keep(struct rec_session *session, const struct rec_keep_params *params);

#endif
