/* SPDX-License-Identifier: MIT */
/*
 * The one clock. Session time is integer nanoseconds; sound is counted in samples, pictures in frames at an exact
 * rational rate. Conversions happen here alone, each from the origin, so nothing accumulates rounding.
 * Times may be negative. Every result saturates at the ends of int64_t.
 * A rate in Hz, and each half of a rate or a time base, is at most INT32_MAX: then 128 bits hold every product.
 */
#ifndef REC_BASE_CLOCK_H
#define REC_BASE_CLOCK_H

#include <stdint.h>

#define REC_NS_PER_S  INT64_C(1000000000)
#define REC_NS_PER_MS INT64_C(1000000)
/* "not known", for a time or a length; never a valid time */
#define REC_NS_UNKNOWN INT64_MIN

/* frames (or ticks) a second: num/den, both in [1, INT32_MAX] */
struct rec_rate {
	int64_t num;
	int64_t den;
};

/** rec_rescale(v, num, den): v x num / den rounded to nearest, half away from zero; num >= 0, den > 0; 128-bit inside. */
int64_t rec_rescale(int64_t v, int64_t num, int64_t den);

/** rec_samples_of_ns(ns, rate_hz): the sample nearest to ${ns}; rate_hz in Hz, positive. */
int64_t rec_samples_of_ns(int64_t ns, int64_t rate_hz);

/** rec_ns_of_samples(n, rate_hz): the time of sample ${n}. */
int64_t rec_ns_of_samples(int64_t n, int64_t rate_hz);

/** rec_ns_of_frame(n, fps): t(n), the time of output frame ${n}. */
int64_t rec_ns_of_frame(int64_t n, struct rec_rate fps);

/**
 * rec_frame_of_ns(ns, fps):
 * The first output frame n with ${ns} <= t(n) + half a frame: where a picture stamped ${ns} appears first, and where a
 * window that begins at ${ns} begins. Exact: no rounding before the comparison.
 */
int64_t rec_frame_of_ns(int64_t ns, struct rec_rate fps);

/** rec_samples_of_frames(n, fps, rate_hz): the sample nearest to t(n). */
int64_t rec_samples_of_frames(int64_t n, struct rec_rate fps, int64_t rate_hz);

/** rec_ns_of_ticks(ticks, num, den): the time of a stamp in a time base of num/den seconds; den > 0, num >= 0. */
int64_t rec_ns_of_ticks(int64_t ticks, int64_t num, int64_t den);

/** rec_ns_add(a, b): their sum, saturated; for stamps, which a file may set to anything. Never REC_NS_UNKNOWN. */
int64_t rec_ns_add(int64_t a, int64_t b);

/** rec_monotonic_ns(): wall time for timings and progress only; never reaches an output. */
int64_t rec_monotonic_ns(void);

#endif
