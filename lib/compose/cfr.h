/* SPDX-License-Identifier: MIT */
/*
 * From variable to constant frame rate: one input's pictures in order, each with the run of output frames it stands on. A picture that
 * stands on none is counted and never handed out.
 *
 *     rec_cfr_open(&cfr, in, &params);
 *     while ((r = rec_cfr_next(cfr, &picture, &turns, &run)) == 0) ...;      -- runs never overlap or go back; holes lie between
 *     rec_cfr_close(&cfr, &ledger);
 */
#ifndef REC_COMPOSE_CFR_H
#define REC_COMPOSE_CFR_H

#include "media/input.h"
#include "picture/frameclock.h"
#include "session/session.h"

#include <semaphore.h>

/* what became of one picture track */
struct rec_picture_ledger {
	int64_t shown_frames; /* output frames on which one of its pictures stood */
	int64_t repeated;     /* of these, frames that show the picture of the frame before */
	int64_t dropped;      /* pictures that stood on no frame */
	int64_t holes;        /* times that the background showed because no picture came */
	int64_t hole_frames;
	int64_t sizes; /* changes of size */
	int64_t work_ns;
	struct rec_damage damage;
};

struct rec_cfr_params {
	struct rec_rate fps;
	int64_t place_ns; /* added to a container stamp, gives output time */
	int64_t first;    /* output frames [first, end) are wanted */
	int64_t end;
	int64_t hold_ns;             /* how long a picture stands when no other comes; REC_NS_UNKNOWN: without limit */
	int64_t until_ns;            /* output time at which the last picture ends; REC_NS_UNKNOWN: as hold lets it */
	const struct rec_cuts *cuts; /* time that is missing in the file; borrowed; NULL: none */
	sem_t *workers;              /* taken while decoding; NULL */
};

struct rec_cfr;

/** rec_cfr_open(cfr, in, params): ${in}, just opened, is taken over, also on error. REC_ENOMEM. */
int rec_cfr_open(struct rec_cfr **cfr, struct rec_input *in, const struct rec_cfr_params *params);

/**
 * rec_cfr_next(cfr, picture, turns, run):
 *   picture  borrowed until the next call
 *   turns    clockwise quarter turns that show it upright
 *   run      the output frames it stands on, at least one
 * Return 0; REC_ENODATA: the end; REC_EIO (reported); REC_ENOMEM.
 */
int rec_cfr_next(struct rec_cfr *cfr, const AVFrame **picture, int *turns, struct rec_run *run);

/** rec_cfr_close(cfr, ledger): ${ledger} may be NULL; NULL cfr is fine, the ledger is left alone then. */
void rec_cfr_close(struct rec_cfr **cfr, struct rec_picture_ledger *ledger);

#endif
