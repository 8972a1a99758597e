/* SPDX-License-Identifier: MIT */
/* What the name of a remote file tells, and what it is called here; a part of session/remotes.h. */
#ifndef REC_SESSION_REMOTENAME_H
#define REC_SESSION_REMOTENAME_H

#include "session/remotes.h"

/** rec_remotename_local(track): set its name from the last part of its location, made safe: A-Z a-z 0-9 . _ -, no dot first, at most 200 bytes. REC_ENOMEM. */
int rec_remotename_local(struct rec_remote_track *track);

/** rec_remotename_read(track): that, and participant, kind and start where the name is one of Daily's. REC_ENOMEM. */
int rec_remotename_read(struct rec_remote_track *track);

/** rec_remotename_settle(remotes): make the names differ where the locations do. REC_ENOMEM. */
int rec_remotename_settle(struct rec_remotes *remotes);

#endif
