/* SPDX-License-Identifier: MIT */
/*
 * What a manifest leaves open and only the files can tell: whether a file holds a medium at all, what its stamps count from (Daily's rule),
 * when someone was there, where a segment begins, and where pauses cut time out of a file. Once, after rec_session_load():
 *
 *     r = rec_session_load(&session, path, &params);
 *     if (r == REC_OK) r = rec_settle(session, &settle);
 */
#ifndef REC_COMPOSE_SETTLE_H
#define REC_COMPOSE_SETTLE_H

#include "media/survey.h"
#include "session/session.h"

struct rec_settle_params {
	bool skip_bad; /* a file that cannot be read is marked unusable, with a warning, instead of an error */
	bool no_audio; /* media that are not wanted may be missing */
	bool no_video;
	struct rec_survey **
	        surveys; /* not NULL: every file is surveyed, whatever is open, and the surveys, one a track, are the caller's to
	                            free with rec_settle_free_surveys(); of a file that could not be read nothing is known: codec is "" */
};

/**
 * rec_settle(session, params):
 * Does nothing to a session that is settled. Scans packets, decodes nothing.
 *   - tracks that the manifest was not sure of go when their file has no such stream
 *   - where the containers decide: origin session for all tracks when any file starts after 0.1 s, origin track otherwise
 *   - picture and sound of one file keep their distance
 *   - a pause becomes a cut where the file's stamps run on through it: unless a hole of that size stands there, and, for a sender's pause, only when the
 *     file is as much shorter than its track
 *   - presence that is not known is from the first file's start to the last one's end
 * Errors, reported: REC_EINPUT: a file cannot be read, or nothing tells when someone was there; REC_EIO; REC_ENOMEM.
 */
int rec_settle(struct rec_session *session, const struct rec_settle_params *params);

void rec_settle_free_surveys(struct rec_survey **surveys, size_t n);

#endif
