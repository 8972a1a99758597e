/* SPDX-License-Identifier: MIT */
/* A session in our own form, rec-session(5), so that a manifest is converted once and edited by hand. */
#ifndef REC_SESSION_WRITE_H
#define REC_SESSION_WRITE_H

#include "base/buf.h"
#include "session/session.h"

/**
 * rec_session_write(session, folder, text):
 * Append the JSON, every track with its own start; members of our form that were not known are passed through. What events told is in it, the
 * events themselves are not: nothing is applied twice.
 *   session  settled
 *   folder   where it will lie, resolved; NULL: not known. Paths below it are relative, and session_dir is "."; otherwise session_dir is the session's own
 * Of files in a zip the paths are those of its members, and session_dir is ".": it has to be unpacked where the session.json lies.
 * REC_ENOMEM.
 */
int rec_session_write(const struct rec_session *session, const char *folder, struct rec_buf *text);

#endif
