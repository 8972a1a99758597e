/* SPDX-License-Identifier: MIT */
/* Goal: decoding times ascend and never pass their pictures, over joints, duplicates and wrong depths. */
#include "media/reorder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct row {
	const char *name;
	int depth;
	int64_t step;
	size_t n;
	int64_t pts[12];
	int64_t want_pts[12];
	int64_t want_dts[12];
};

static const struct row rows[] = {
        {"no reordering", 0, 10, 4, {0, 10, 20, 30}, {0, 10, 20, 30}, {0, 10, 20, 30}},
        {"irregular", 0, 10, 4, {0, 3, 50, 51}, {0, 3, 50, 51}, {0, 3, 50, 51}},
        {"three at one stamp", 0, 10, 5, {0, 10, 10, 10, 12}, {0, 10, 11, 12, 13}, {0, 10, 11, 12, 13}},
        {"B-frames", 1, 10, 6, {0, 30, 10, 20, 50, 40}, {0, 30, 10, 20, 50, 40}, {-10, 0, 10, 20, 30, 40}},
        {"pyramid", 2, 10, 5, {0, 40, 20, 10, 30}, {0, 40, 20, 10, 30}, {-20, -10, 0, 10, 20}},
        {"duplicate among B-frames", 1, 10, 4, {0, 20, 20, 30}, {0, 20, 21, 30}, {-10, 0, 20, 21}},
        {"deeper than was said", 0, 10, 4, {0, 30, 10, 20}, {0, 30, 31, 32}, {0, 30, 31, 32}},
        {"backward", 0, 10, 3, {0, 100, 50}, {0, 100, 101}, {0, 100, 101}},
};

static void stamps(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct rec_reorder reorder;

		rec_reorder_init(&reorder, rows[i].depth, rows[i].step);
		for (size_t k = 0; k < rows[i].n; k++) {
			int64_t pts = rows[i].pts[k], dts;

			rec_reorder_next(&reorder, &pts, &dts);
			if (pts != rows[i].want_pts[k] || dts != rows[i].want_dts[k])
				fail_msg("%s, picture %zu: pts %lld, dts %lld", rows[i].name, k, (long long)pts,
				        (long long)dts);
		}
	}
}

static void depth(void **state)
{
	static const int64_t none[] = {0, 1, 2, 3}, one[] = {0, 3, 1, 2}, two[] = {0, 4, 2, 1, 3};

	(void)state;
	assert_int_equal(rec_reorder_depth(0, none, 4), 0);
	assert_int_equal(rec_reorder_depth(0, one, 4), 1);
	assert_int_equal(rec_reorder_depth(0, two, 5), 2);
	assert_int_equal(rec_reorder_depth(1, none, 4), 1);
}

/* whatever comes, dts ascend and pts >= dts */
static void anything(void **state)
{
	struct rec_reorder reorder;
	uint32_t seed = 1;
	int64_t last = INT64_MIN;

	(void)state;
	rec_reorder_init(&reorder, 3, 1);
	for (int i = 0; i < 100000; i++) {
		int64_t pts, dts;

		seed = seed * 1664525 + 1013904223;
		pts = i + (int64_t)(seed >> 28) - 8;
		rec_reorder_next(&reorder, &pts, &dts);
		assert_true(dts > last && pts >= dts);
		last = dts;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(stamps), cmocka_unit_test(depth), cmocka_unit_test(anything)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
