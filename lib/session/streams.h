/* SPDX-License-Identifier: MIT */
/* What OpenTok's and OpenVidu's manifests share: files of one stream each, offsets in milliseconds, people's names inside JSON inside a string. */
#ifndef REC_SESSION_STREAMS_H
#define REC_SESSION_STREAMS_H

#include "session/reader.h"

struct rec_streams_dialect {
	const char *file;    /* the member that names the file; NULL: the streamId and ".webm" */
	const char *stop;    /* the member that holds its end, ms */
	const char *type;    /* the member that says "screen" or "SCREEN" of a screen share */
	const char *data[3]; /* members that may hold a name, NULL-terminated */
};

/**
 * rec_streams_read(session, manifest, dialect):
 * Every camera is a participant of its own, so that two people of one name stay two; a screen goes to the camera of the same name that was
 * there at the time. Errors, reported: REC_EINPUT, REC_ENOMEM.
 */
int rec_streams_read(
        struct rec_session *session, const struct rec_manifest *manifest, const struct rec_streams_dialect *dialect);

#endif
