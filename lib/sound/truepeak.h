/* SPDX-License-Identifier: MIT */
/*
 * The true peak around each sample of one channel: four-fold oversampling by the filter of ITU-R BS.1770-5, annex 2. Pure, stateless: the
 * caller keeps the samples before and after.
 */
#ifndef REC_SOUND_TRUEPEAK_H
#define REC_SOUND_TRUEPEAK_H

#include <stddef.h>

/* samples before and after that a peak depends on */
#define REC_TRUEPEAK_BEFORE 6
#define REC_TRUEPEAK_AFTER  6

/**
 * rec_truepeak(pcm, n, peak):
 * peak[i] = max(peak[i], |pcm| anywhere within one sample of pcm[i]), i in [0, n).
 *   pcm   one channel; readable from pcm[-REC_TRUEPEAK_BEFORE] to pcm[n - 1 + REC_TRUEPEAK_AFTER]
 */
void rec_truepeak(const float *pcm, size_t n, float *peak);

#endif
