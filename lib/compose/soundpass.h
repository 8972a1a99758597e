/* SPDX-License-Identifier: MIT */
/* The sound of a composition: every audible track mixed and limited into an output, on a thread of its own. */
#ifndef REC_COMPOSE_SOUNDPASS_H
#define REC_COMPOSE_SOUNDPASS_H

#include "compose/plan.h"
#include "media/output.h"
#include "sound/track.h"

struct rec_soundpass;

struct rec_soundpass_params {
	const struct rec_plan *plan;
	struct rec_output *output;
	int rate; /* Hz */
	int channels;
	int jobs;
	bool follows; /* the picture: wait for rec_soundpass_meet() */
	struct rec_sound_ledger
	        *ledgers; /* one for each track of the session, zeroed; the caller frees what they hold */
};

/** rec_soundpass_start(pass, params): REC_ENOMEM; REC_EIO (reported). */
int rec_soundpass_start(struct rec_soundpass **pass, const struct rec_soundpass_params *params);

/**
 * rec_soundpass_meet(pass, picture_ns):
 * The picture has come to output time ${picture_ns}. Neither runs further than a few seconds ahead of the other, so that what is encoded and waits
 * to be muxed with the other stays small: sound may go on to a few seconds past it, and the call waits while sound is as far behind.
 * NULL is fine.
 */
void rec_soundpass_meet(struct rec_soundpass *pass, int64_t picture_ns);

/**
 * rec_soundpass_failed(pass): the error that ended it, REC_OK while it runs or is done; never waits.
 */
int rec_soundpass_failed(struct rec_soundpass *pass);

/** rec_soundpass_stop(pass, cancel, limited_db, work_ns): wait for its end, or end it early; its error. Frees, sets NULL. */
int rec_soundpass_stop(struct rec_soundpass **pass, bool cancel, double *limited_db, int64_t *work_ns);

#endif
