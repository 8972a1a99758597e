/* SPDX-License-Identifier: MIT */
/* Goal: conversions are exact from the origin, round half away from zero and saturate. */
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct rec_rate ntsc = {30000, 1001};
static const struct rec_rate fps30 = {30, 1};

static void rescale(void **state)
{
	(void)state;
	static const struct {
		int64_t v, num, den, want;
	} rows[] = {
	        {0, 1, 1, 0},
	        {1, 1, 2, 1},
	        {-1, 1, 2, -1},
	        {1, 1, 3, 0},
	        {2, 1, 3, 1},
	        {-2, 1, 3, -1},
	        {5, 1, 10, 1},
	        {4, 1, 10, 0},
	        {-15, 1, 10, -2},
	        {7, 0, 5, 0},
	        {INT64_MAX, 1, 1, INT64_MAX},
	        {INT64_MIN, 1, 1, INT64_MIN},
	        {INT64_MAX, 3, 3, INT64_MAX},
	        {INT64_MAX, 2, 1, INT64_MAX},
	        {INT64_MIN, 2, 1, INT64_MIN},
	        {INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX},
	        {INT64_MIN, INT64_MAX, INT64_MAX, INT64_MIN},
	        {INT64_MAX, INT64_MAX, 1, INT64_MAX},
	        {INT64_MIN, INT64_MAX, 1, INT64_MIN},
	        {INT64_MAX, 1, INT64_MAX, 1},
	        {INT64_MAX / 2, 1, INT64_MAX, 0},
	        {INT64_MAX / 2 + 1, 1, INT64_MAX, 1},
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(rec_rescale(rows[i].v, rows[i].num, rows[i].den), rows[i].want);
}

static void samples(void **state)
{
	(void)state;
	assert_int_equal(rec_samples_of_ns(REC_NS_PER_S, 48000), 48000);
	assert_int_equal(rec_samples_of_ns(10416, 48000), 0);
	assert_int_equal(rec_samples_of_ns(10417, 48000), 1);
	assert_int_equal(rec_samples_of_ns(-10417, 48000), -1);
	assert_int_equal(rec_ns_of_samples(1, 48000), 20833);
	assert_int_equal(rec_ns_of_samples(2, 48000), 41667);
	assert_int_equal(rec_ns_of_samples(-2, 48000), -41667);
	assert_int_equal(rec_ns_of_samples(INT64_MAX, 48000), INT64_MAX);
	assert_int_equal(rec_samples_of_ns(INT64_MAX, 2000000000), INT64_MAX);
	/* 100 days of 44.1 kHz, each sample number comes back */
	for (int64_t n = INT64_C(44100) * 86400 * 100 - 500; n < INT64_C(44100) * 86400 * 100 + 500; n++)
		assert_int_equal(rec_samples_of_ns(rec_ns_of_samples(n, 44100), 44100), n);
}

static void ticks(void **state)
{
	(void)state;
	assert_int_equal(rec_ns_of_ticks(90000, 1, 90000), REC_NS_PER_S);
	assert_int_equal(rec_ns_of_ticks(1, 1, 90000), 11111);
	assert_int_equal(rec_ns_of_ticks(-33, 1, 1000), -33 * REC_NS_PER_MS);
	assert_int_equal(rec_ns_of_ticks(1, INT32_MAX, 1), INT32_MAX * REC_NS_PER_S);
	assert_int_equal(rec_ns_of_ticks(INT64_MAX, INT32_MAX, 1), INT64_MAX);
	assert_int_equal(rec_ns_of_ticks(INT64_MIN, 1, 1000), INT64_MIN);
}

static void frames(void **state)
{
	(void)state;
	assert_int_equal(rec_ns_of_frame(1, fps30), 33333333);
	assert_int_equal(rec_ns_of_frame(2, fps30), 66666667);
	assert_int_equal(rec_ns_of_frame(-1, ntsc), -33366667);
	/* 30000 frames of 30000/1001 are 1001 s; ten hours are not a whole number of them */
	assert_int_equal(rec_ns_of_frame(30000 * 36, ntsc), 1001 * 36 * REC_NS_PER_S);
	assert_int_equal(rec_frame_of_ns(36000 * REC_NS_PER_S, ntsc), 1078921);
	assert_int_equal(rec_samples_of_frames(1, fps30, 48000), 1600);
	assert_int_equal(rec_samples_of_frames(1, ntsc, 48000), 1602);
	assert_int_equal(rec_samples_of_frames(5, ntsc, 48000), 8008);
	assert_int_equal(rec_samples_of_frames(30000 * 36, ntsc, 48000), INT64_C(48000) * 1001 * 36);
}

/* every frame of ten hours at 30000/1001: its own time, and the exact window around it, lead back to it */
static void ntsc_over_ten_hours(void **state)
{
	(void)state;
	for (int64_t n = -1000; n < 1080000; n++) {
		int64_t ns = rec_ns_of_frame(n, ntsc);
		/* t(n) = n x 1001/30000 s, kept as ns x 3 = n x 100100000, an integer */
		int64_t off = ns * 3 - n * 100100000;
		if (off < -1 || off > 1 || rec_frame_of_ns(ns, ntsc) != n)
			fail_msg("frame %lld at %lld ns", (long long)n, (long long)ns);
	}
}

/* half a frame later still belongs to the frame, one nanosecond more does not */
static void half_a_frame(void **state)
{
	(void)state;
	static const struct rec_rate fps25 = {25, 1};
	static const struct {
		int64_t ns, n;
	} rows[] = {
	        {0, 0},
	        {1, 0},
	        {20000000, 0},
	        {20000001, 1},
	        {60000000, 1},
	        {60000001, 2},
	        {-20000000, -1},
	        {-19999999, 0},
	        {-60000000, -2},
	        {-59999999, -1},
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(rec_frame_of_ns(rows[i].ns, fps25), rows[i].n);
	/* half a frame of 30 fps is 16666666.67 ns: nothing is rounded before the comparison */
	assert_int_equal(rec_frame_of_ns(16666666, fps30), 0);
	assert_int_equal(rec_frame_of_ns(16666667, fps30), 1);
	assert_int_equal(rec_frame_of_ns(-16666666, fps30), 0);
	assert_int_equal(rec_frame_of_ns(-16666667, fps30), -1);
}

static void frames_saturate(void **state)
{
	(void)state;
	static const struct rec_rate fast = {INT32_MAX, 1};
	static const struct rec_rate slow = {1, INT32_MAX};
	assert_int_equal(rec_frame_of_ns(INT64_MAX, fast), INT64_MAX);
	assert_int_equal(rec_frame_of_ns(INT64_MIN, fast), INT64_MIN);
	assert_int_equal(rec_ns_of_frame(INT64_MAX, slow), INT64_MAX);
	assert_int_equal(rec_ns_of_frame(INT64_MIN, slow), INT64_MIN);
	assert_int_equal(rec_frame_of_ns(INT64_MAX, slow), 4);
	assert_int_equal(rec_samples_of_frames(INT64_MIN, slow, INT32_MAX), INT64_MIN);
}

static void monotonic(void **state)
{
	(void)state;
	int64_t a = rec_monotonic_ns();
	int64_t b = rec_monotonic_ns();
	assert_true(a > 0 && b >= a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(rescale),
	        cmocka_unit_test(samples),
	        cmocka_unit_test(ticks),
	        cmocka_unit_test(frames),
	        cmocka_unit_test(ntsc_over_ten_hours),
	        cmocka_unit_test(half_a_frame),
	        cmocka_unit_test(frames_saturate),
	        cmocka_unit_test(monotonic),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
