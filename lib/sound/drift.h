/* SPDX-License-Identifier: MIT */
/*
 * How a recorder's clock drifts against its stamps: the middle of one to four seconds removes jitter, a loop of second order follows what
 * remains. Silent until the error exceeds what rounding and jitter explain; then it gives a smooth correction. Pure.
 *
 *     rec_drift_init(&drift, tick_ns);
 *     rec_drift_anchor(&drift);                          -- a new stretch begins: its error is 0, what is known of the clock stays
 *     rec_drift_add(&drift, residual_ns, duration_ns);   -- each packet that is no step
 *     drift.engaged, drift.ppm, drift.level_ns
 */
#ifndef REC_SOUND_DRIFT_H
#define REC_SOUND_DRIFT_H

#include <stdbool.h>
#include <stdint.h>

#define REC_DRIFT_WINDOW 256

struct rec_drift {
	bool engaged;     /* a correction is running; stays so to the end of the track */
	double ppm;       /* the correction: > 0 makes the sound longer; 0 until engaged */
	double level_ns;  /* middle residual of the window; > 0: the sound is placed too early */
	double jitter_ns; /* median deviation from it */
	double spread_ns; /* the same, slow to forget; < 0: not measured yet */
	int64_t tick_ns;  /* coarseness of the stamps */
	double rate;      /* the clock's own deviation, seconds a second */
	double memory_s;  /* time over which the loop averages */
	double stretch_s; /* since the stretch began */
	double pending_s; /* since the last look */
	double window_s;  /* in the ring */
	int sure;         /* looks in a row at which there was no doubt */
	double off_s;     /* how long the error has been over what rounding to the nearest explains */
	unsigned head;
	unsigned n;
	int64_t residual_ns[REC_DRIFT_WINDOW];
	int64_t duration_ns[REC_DRIFT_WINDOW];
};

void rec_drift_init(struct rec_drift *drift, int64_t tick_ns);

/** rec_drift_anchor(drift): a new stretch begins, placed by its stamps. */
void rec_drift_anchor(struct rec_drift *drift);

/** rec_drift_add(drift, residual_ns, duration_ns): a packet's stamp minus the place where it was put, and its length. */
void rec_drift_add(struct rec_drift *drift, int64_t residual_ns, int64_t duration_ns);

/** rec_median_ns(values, n): the median (mean of the middle two); sorts ${values}; n >= 1. */
int64_t rec_median_ns(int64_t *values, unsigned n);

/** rec_middle_ns(values, n): the mean of the middle half: as robust as the median, but finer where the values are coarse; sorts ${values}; n >= 1. */
int64_t rec_middle_ns(int64_t *values, unsigned n);

/**
 * rec_deviation_ns(values, n, level_ns): the median distance of the values from level_ns; overwrites ${values}; n >= 1.
 * Of coarse values the median distance is 0 or 1 tick by chance. There the width that holds 80 % of them speaks instead (which of evenly spread
 * values is 1.6 times the median distance).
 */
int64_t rec_deviation_ns(int64_t *values, unsigned n, int64_t level_ns);

#endif
