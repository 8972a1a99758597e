/* SPDX-License-Identifier: MIT */
/*
 * A true-peak limiter with lookahead: below the ceiling it passes sound through bit for bit; above, the gain of all channels alike comes down
 * smoothly before the peak and returns after it. The delay of the lookahead is taken out: output sample n is input sample n.
 */
#ifndef REC_SOUND_LIMIT_H
#define REC_SOUND_LIMIT_H

#include <stddef.h>
#include <stdint.h>

struct rec_limit;

/** rec_limit_new(limit, rate, channels, ceiling_dbtp): ceiling in dBTP [-20, 0]; rate in Hz [8000, 384000]; channels [1, 16]. REC_EINVAL, REC_ENOMEM. */
int rec_limit_new(struct rec_limit **limit, int rate, int channels, double ceiling_dbtp);

/**
 * rec_limit_process(limit, in, n, out):
 *   in    n x channels, interleaved float; NULL: flush: the samples still held come out
 *   out   room for (n + rec_limit_delay()) x channels; may not be in
 * Return the number of frames written.
 */
size_t rec_limit_process(struct rec_limit *limit, const float *in, size_t n, float *out);

/** rec_limit_delay(limit): frames of lookahead held back. */
size_t rec_limit_delay(const struct rec_limit *limit);

/** rec_limit_reduction_db(limit): the deepest gain reduction so far, >= 0; rec_limit_samples(limit): frames that were turned down. */
double rec_limit_reduction_db(const struct rec_limit *limit);
int64_t rec_limit_samples(const struct rec_limit *limit);

void rec_limit_free(struct rec_limit **limit);

#endif
