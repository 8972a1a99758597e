/* SPDX-License-Identifier: MIT */
/*
 * Where each packet of sound belongs: stamps and sample counts in, places out. Pure: it sees no samples.
 *
 * Packets follow each other without a seam as long as their stamps say so to within jitter and rounding. A step that stays (judged by the
 * packets that follow) begins a new stretch, placed by the median of its first stamps: what lies between is silence, what
 * overlaps is trimmed. A packet whose stamp alone is off is no step. Slow drift (sound/drift.h) bends the stretch.
 *
 *     rec_gapfill_init(&gapfill, tick_ns);
 *     for each packet:
 *         rec_gapfill_push(&gapfill, stamp_ns, nsamples, rate);
 *         while (rec_gapfill_next(&gapfill, slip_ns, &place)) ...;   -- places come out in the order of the packets
 *     rec_gapfill_end(&gapfill);  while (rec_gapfill_next(...)) ...;
 */
#ifndef REC_SOUND_GAPFILL_H
#define REC_SOUND_GAPFILL_H

#include "sound/drift.h"

#include <stdbool.h>
#include <stdint.h>

/* packets that must follow one before its place is known: as many as average the jitter out of a stretch's beginning */
#define REC_GAPFILL_AHEAD 24
/* a stamp this far from the first is refused: 10^6 s */
#define REC_GAPFILL_FAR_NS INT64_C(1000000000000000)

struct rec_gapfill_packet {
	int64_t stamp_ns;
	int64_t nsamples;
	int rate;
};

struct rec_gapfill {
	struct rec_drift drift;
	struct rec_gapfill_packet ahead[REC_GAPFILL_AHEAD + 1];
	unsigned head;
	unsigned n;
	bool started;
	bool ended;
	int64_t first_ns;  /* the first stamp */
	int64_t anchor_ns; /* place of the stretch's first sample */
	int64_t nsamples;  /* of the stretch, so far */
	int rate;
};

struct rec_gapfill_place {
	bool refused; /* the stamp is out of all bounds: drop the packet */
	bool anchor;  /* a stretch begins with this packet, at at_ns; else it follows the one before without a seam */
	int64_t at_ns;
	int64_t gap_ns; /* an anchor's distance from the end of what came before; > 0: silence; < 0: overlap; 0: no seam */
	bool drifting; /* the stretch is to be resampled by ppm */
	double ppm;    /* from this packet on; > 0: longer */
};

/** rec_gapfill_init(gapfill, tick_ns): tick_ns is the coarseness of the stamps, >= 0. */
void rec_gapfill_init(struct rec_gapfill *gapfill, int64_t tick_ns);

/** rec_gapfill_push(gapfill, stamp_ns, nsamples, rate): a packet; nsamples in [1, 2^31], rate in Hz [1, 2^31]. Every place that can be known must have been taken before. */
void rec_gapfill_push(struct rec_gapfill *gapfill, int64_t stamp_ns, int64_t nsamples, int rate);

/** rec_gapfill_end(gapfill): no packet follows. */
void rec_gapfill_end(struct rec_gapfill *gapfill);

/**
 * rec_gapfill_next(gapfill, slip_ns, place):
 * The place of the oldest packet, false when it is not known yet or there is none.
 *   slip_ns   how much longer than its nominal length the resampling made the stretch so far; 0 at an anchor and without drift
 */
bool rec_gapfill_next(struct rec_gapfill *gapfill, int64_t slip_ns, struct rec_gapfill_place *place);

#endif
