/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <time.h>

__extension__ typedef __int128 wide;

static int64_t saturate(wide v)
{
	if (v > INT64_MAX)
		return INT64_MAX;
	return v < INT64_MIN ? INT64_MIN : (int64_t)v;
}

/* v x a x b / den, rounded to nearest, half away from zero. */
static int64_t scale(int64_t v, int64_t a, int64_t b, int64_t den)
{
	wide product;
	if (__builtin_mul_overflow((wide)v * a, (wide)b, &product) ||
	        __builtin_add_overflow(product, v < 0 ? -(den / 2) : den / 2, &product))
		return v < 0 ? INT64_MIN : INT64_MAX; /* only beyond the sizes that the header allows */
	return saturate(product / den);
}

int64_t rec_rescale(int64_t v, int64_t num, int64_t den)
{
	return scale(v, num, 1, den);
}

int64_t rec_samples_of_ns(int64_t ns, int64_t rate_hz)
{
	return scale(ns, rate_hz, 1, REC_NS_PER_S);
}

int64_t rec_ns_of_samples(int64_t n, int64_t rate_hz)
{
	return scale(n, REC_NS_PER_S, 1, rate_hz);
}

int64_t rec_ns_of_frame(int64_t n, struct rec_rate fps)
{
	return scale(n, fps.den, REC_NS_PER_S, fps.num);
}

int64_t rec_frame_of_ns(int64_t ns, struct rec_rate fps)
{
	/* ns <= (n + 1/2) x unit / num, so n = ceil((2 x ns x num - unit) / (2 x unit)), unit = den x 10^9 */
	wide unit = (wide)fps.den * REC_NS_PER_S;
	wide top = (wide)ns * fps.num * 2 - unit;
	wide n = top / (2 * unit);
	return saturate(top > 0 && top % (2 * unit) != 0 ? n + 1 : n);
}

int64_t rec_samples_of_frames(int64_t n, struct rec_rate fps, int64_t rate_hz)
{
	return scale(n, fps.den, rate_hz, fps.num);
}

int64_t rec_ns_of_ticks(int64_t ticks, int64_t num, int64_t den)
{
	return scale(ticks, num, REC_NS_PER_S, den);
}

int64_t rec_ns_add(int64_t a, int64_t b)
{
	int64_t sum;

	if (__builtin_add_overflow(a, b, &sum))
		return a < 0 ? INT64_MIN + 1 : INT64_MAX;
	return sum == REC_NS_UNKNOWN ? sum + 1 : sum;
}

int64_t rec_monotonic_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * REC_NS_PER_S + now.tv_nsec;
}
