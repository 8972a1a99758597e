/* SPDX-License-Identifier: MIT */
/*
 * Integrated loudness and true peak of sound as it passes, in constant memory. Loudness is libebur128's; the true peak is that of the limiter
 * (sound/truepeak.h), worked out only where it may exceed the largest so far.
 *
 *     rec_loudness_new(&l, rate, channels);  rec_loudness_add(l, pcm, n) ...;  rec_loudness_get(l, &level);  rec_loudness_free(&l);
 */
#ifndef REC_SOUND_LOUDNESS_H
#define REC_SOUND_LOUDNESS_H

#include <stddef.h>

struct rec_loudness;

struct rec_level_figures {
	double lufs;           /* integrated, gated; -INFINITY: nothing passes the gate (silence, or less than 0.4 s) */
	double true_peak_dbtp; /* -INFINITY: silence */
	double peak_dbfs;      /* largest sample; likewise */
};

/** rec_loudness_new(l, rate, channels): rate in Hz [16, 2822400]; channels [1, 64]. REC_EINVAL, REC_ENOMEM. */
int rec_loudness_new(struct rec_loudness **l, int rate, int channels);

/**
 * rec_loudness_add(l, pcm, n):
 *   pcm  n x channels, interleaved float, full scale [-1, 1], finite
 * Return 0; REC_ENOMEM.
 */
int rec_loudness_add(struct rec_loudness *l, const float *pcm, size_t n);

/**
 * rec_loudness_get(l, figures):
 * The figures of all that was added. Integrated loudness is that of ITU-R BS.1770-5, annex 1, from a histogram of 0.1 LU; channels weigh alike,
 * one channel counts once.
 */
void rec_loudness_get(struct rec_loudness *l, struct rec_level_figures *figures);

void rec_loudness_free(struct rec_loudness **l);

#endif
