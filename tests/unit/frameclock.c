/* SPDX-License-Identifier: MIT */
#include "picture/frameclock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define MS(v) ((v)*REC_NS_PER_MS)

static const struct rec_rate fps30 = {30, 1};

/* The rule itself, by search: the newest picture with PTS <= t(n) + half a frame, held at most `hold`; one older than a picture before it never shows. */
static int expected(const int64_t *pts, int n, struct rec_rate fps, int64_t frame, int64_t hold_ns)
{
	int newest = -1;
	int64_t highest = INT64_MIN;
	for (int i = 0; i < n; i++) {
		if (pts[i] < highest)
			continue;
		highest = pts[i];
		/* pts <= (frame + 1/2) den / num seconds, in integers that fit: a minute of pictures */
		if (pts[i] * 2 * fps.num <= (frame * 2 + 1) * fps.den * REC_NS_PER_S)
			newest = i;
	}
	if (newest >= 0 && hold_ns != REC_NS_UNKNOWN && frame >= rec_frame_of_ns(pts[newest] + hold_ns, fps))
		return -1;
	return newest;
}

/* Run the clock over the stamps and note which picture stands on each frame. */
static void play(const int64_t *pts, int n, struct rec_frame_clock *clock, int *shown, int64_t frames)
{
	struct rec_run run;
	int pending = -1;

	for (int64_t f = 0; f < frames; f++)
		shown[f] = -1;
	for (int i = 0; i <= n; i++) {
		bool show = i == n ? rec_frame_clock_finish(clock, REC_NS_UNKNOWN, &run) : false;
		enum rec_push what = i == n ? REC_PUSH_STALE : rec_frame_clock_push(clock, pts[i], &run);
		if (show || what == REC_PUSH_SHOW)
			for (int64_t f = run.start; f < run.end; f++) {
				assert_int_equal(shown[f], -1);
				shown[f] = pending;
			}
		if (what != REC_PUSH_STALE)
			pending = i;
	}
}

static void follows_the_rule(void **state)
{
	(void)state;
	static const struct rec_rate rates[] = {{30, 1}, {25, 1}, {30000, 1001}, {60, 1}, {1, 1}};
	enum { N = 300, FRAMES = 800 };
	int64_t pts[N];
	int shown[FRAMES];

	srand(1);
	for (int round = 0; round < 50; round++) {
		struct rec_rate fps = rates[round % 5];
		int64_t hold = round % 3 ? MS(200 * (round % 7 + 1)) : REC_NS_UNKNOWN;
		struct rec_frame_clock clock;
		int64_t t = MS(rand() % 500) - MS(250);

		for (int i = 0; i < N; i++) {
			pts[i] = t;
			t += rand() % 4 ? MS(rand() % 70) : rand() % 50 == 0 ? MS(1500) : 0;
			if (rand() % 40 == 0)
				t -= MS(5); /* backward stamps too */
		}
		rec_frame_clock_init(&clock, fps, 0, FRAMES, hold);
		play(pts, N, &clock, shown, FRAMES);
		for (int64_t f = 0; f < FRAMES; f++)
			assert_int_equal(shown[f], expected(pts, N, fps, f, hold));
	}
}

static void edges(void **state)
{
	(void)state;
	/* half a frame before t(1) = 33.3 ms is 16.67 ms: that picture still stands on frame 0 */
	static const struct {
		int64_t pts_ns;
		int64_t frame;
	} rows[] = {
	        {0, 0}, {16666666, 0}, {16666667, 1}, {50000000, 1}, {50000001, 2}, {-16666667, -1}, {-16666666, 0}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(rec_frame_of_ns(rows[i].pts_ns, fps30), rows[i].frame);
}

static void counts(void **state)
{
	(void)state;
	struct rec_frame_clock clock;
	int64_t pts[] = {0, MS(5), MS(100), MS(3000)};
	int shown[120];

	rec_frame_clock_init(&clock, fps30, 0, 120, MS(1000));
	play(pts, 4, &clock, shown, 120);
	assert_int_equal(shown[0], 1);
	assert_int_equal(shown[2], 1);
	assert_int_equal(shown[3], 2);
	assert_int_equal(shown[32], 2); /* 100 + 1000 ms is frame 33 */
	assert_int_equal(shown[33], -1);
	assert_int_equal(shown[89], -1);
	assert_int_equal(shown[90], 3);
	assert_int_equal(shown[119], 3);
	assert_int_equal(clock.dropped, 1);
	assert_int_equal(clock.holes, 1);
	assert_int_equal(clock.hole_frames, 90 - 33);
	assert_int_equal(clock.repeated, 2 + 29 + 29);
}

static void until_stops_a_screen(void **state)
{
	(void)state;
	struct rec_frame_clock clock;
	struct rec_run run = {0, 0};

	rec_frame_clock_init(&clock, fps30, 0, 300, REC_NS_UNKNOWN);
	rec_frame_clock_push(&clock, 0, &run);
	assert_true(rec_frame_clock_finish(&clock, MS(5000), &run));
	assert_int_equal(run.start, 0);
	assert_int_equal(run.end, 150);
}

static void extreme_stamps(void **state)
{
	(void)state;
	static const int64_t rows[] = {INT64_MIN + 1, INT64_MAX, 0, INT64_MAX - 1};
	for (size_t i = 0; i < 4; i++) {
		struct rec_frame_clock clock;
		struct rec_run run;
		rec_frame_clock_init(&clock, fps30, 0, 10, MS(2000));
		rec_frame_clock_push(&clock, INT64_MIN + 2, &run);
		rec_frame_clock_push(&clock, rows[i], &run);
		if (rec_frame_clock_finish(&clock, REC_NS_UNKNOWN, &run))
			assert_true(run.start >= 0 && run.end <= 10 && run.start < run.end);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(follows_the_rule), cmocka_unit_test(edges),
	        cmocka_unit_test(counts), cmocka_unit_test(until_stops_a_screen), cmocka_unit_test(extreme_stamps)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
