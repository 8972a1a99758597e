/* SPDX-License-Identifier: MIT */
/* Goal: every gap is counted, those that touch are one, the list is bounded, sorted and cut. */
#include "sound/ledger.h"

#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_gaps(const struct rec_sound_ledger *ledger, const struct rec_gap *want, size_t n)
{
	assert_int_equal(ledger->ngaps, n);
	for (size_t i = 0; i < n; i++)
		if (ledger->gaps[i].start != want[i].start || ledger->gaps[i].samples != want[i].samples ||
		        ledger->gaps[i].cause != want[i].cause)
			fail_msg("gap %zu: %lld + %lld, %s", i, (long long)ledger->gaps[i].start,
			        (long long)ledger->gaps[i].samples, rec_gap_cause_name(ledger->gaps[i].cause));
}

static void fill(struct rec_sound_ledger *ledger, const struct rec_gap *gaps, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_int_equal(rec_ledger_gap(ledger, gaps[i].start, gaps[i].samples, gaps[i].cause), REC_OK);
}

static void what_touches_is_one(void **state)
{
	static const struct rec_gap in[] = {{0, 10, REC_GAP_HEAD}, {10, 5, REC_GAP_HEAD}, {15, 5, REC_GAP_HOLE},
	        {20, 0, REC_GAP_HOLE}, {20, -3, REC_GAP_HOLE}, {21, 5, REC_GAP_HOLE}};
	static const struct rec_gap out[] = {{0, 15, REC_GAP_HEAD}, {15, 5, REC_GAP_HOLE}, {21, 5, REC_GAP_HOLE}};
	struct rec_sound_ledger ledger = {0};

	(void)state;
	fill(&ledger, in, 6);
	assert_gaps(&ledger, out, 3);
	assert_int_equal(ledger.gaps_total, 3);
	assert_int_equal(ledger.gap_samples, 25);
	rec_sound_ledger_free(&ledger);
	assert_null(ledger.gaps);
	assert_int_equal(ledger.gap_samples, 0);
}

/* what ended before is counted and no longer listed; what comes later is listed as ever, and may be cut */
static void forgotten(void **state)
{
	static const struct {
		int64_t start;
		size_t left; /* of ten gaps of 5 samples, one each 10 */
	} rows[] = {{-1, 10}, {4, 10}, {5, 9}, {14, 9}, {15, 8}, {60, 4}, {95, 1}, {1000, 1}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct rec_sound_ledger ledger = {0};

		for (int k = 0; k < 10; k++)
			assert_int_equal(rec_ledger_gap(&ledger, 10 * k, 5, REC_GAP_HOLE), REC_OK);
		rec_ledger_forget(&ledger, rows[i].start);
		assert_int_equal(ledger.ngaps, rows[i].left);
		for (int k = 10; k < 30; k++)
			assert_int_equal(rec_ledger_gap(&ledger, 10 * k, 5, REC_GAP_HOLE), REC_OK);
		assert_int_equal(ledger.ngaps, rows[i].left + 20);
		assert_int_equal(ledger.gaps[ledger.ngaps - 1].start, 290);
		assert_int_equal(ledger.gaps_total, 30);
		assert_int_equal(ledger.gap_samples, 150);
		rec_ledger_cut(&ledger, 292);
		assert_int_equal(ledger.gap_samples, 147);
		rec_sound_ledger_free(&ledger);
	}
}

/* by start, then cause, then length, whatever the order they came in */
static void sorted(void **state)
{
	static const struct rec_gap out[] = {{0, 9, REC_GAP_HEAD}, {5, 1, REC_GAP_HOLE}, {5, 1, REC_GAP_MUTE},
	        {5, 2, REC_GAP_MUTE}, {5, 2, REC_GAP_MUTE}, {8, 1, REC_GAP_STEP}, {9, 1, REC_GAP_TAIL}};
	static const size_t orders[][7] = {
	        {0, 1, 2, 3, 4, 5, 6}, {6, 5, 4, 3, 2, 1, 0}, {4, 2, 6, 3, 0, 5, 1}, {3, 1, 4, 0, 2, 6, 5}};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct rec_sound_ledger ledger = {0};

		rec_ledger_sort(&ledger); /* nothing is in order */
		for (size_t k = 0; k < 7; k++)
			fill(&ledger, &out[orders[i][k]], 1);
		rec_ledger_sort(&ledger);
		assert_gaps(&ledger, out, 7);
		rec_sound_ledger_free(&ledger);
	}
}

static void cut(void **state)
{
	static const struct rec_gap in[] = {{0, 10, REC_GAP_HEAD}, {20, 10, REC_GAP_HOLE}, {40, 10, REC_GAP_TAIL}};
	static const struct {
		int64_t end;
		size_t n;
		int64_t last, samples;
	} rows[] = {{100, 3, 10, 30}, {50, 3, 10, 30}, {45, 3, 5, 25}, {40, 2, 10, 20}, {21, 2, 1, 11}, {5, 1, 5, 5},
	        {0, 0, 0, 0}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct rec_sound_ledger ledger = {0};

		fill(&ledger, in, 3);
		rec_ledger_cut(&ledger, rows[i].end);
		assert_int_equal(ledger.ngaps, rows[i].n);
		assert_int_equal(ledger.gaps_total, rows[i].n);
		assert_int_equal(ledger.gap_samples, rows[i].samples);
		if (rows[i].n)
			assert_int_equal(ledger.gaps[rows[i].n - 1].samples, rows[i].last);
		rec_sound_ledger_free(&ledger);
	}
}

/* more than are listed are counted all the same */
static void bounded(void **state)
{
	struct rec_sound_ledger ledger = {0};

	(void)state;
	for (int64_t i = 0; i < REC_LEDGER_GAPS + 100; i++)
		assert_int_equal(rec_ledger_gap(&ledger, 3 * i, 2, REC_GAP_HOLE), REC_OK);
	assert_int_equal(ledger.ngaps, REC_LEDGER_GAPS);
	assert_int_equal(ledger.gaps_total, REC_LEDGER_GAPS + 100);
	assert_int_equal(ledger.gap_samples, 2 * (REC_LEDGER_GAPS + 100));
	rec_sound_ledger_free(&ledger);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(what_touches_is_one), cmocka_unit_test(forgotten),
	        cmocka_unit_test(sorted), cmocka_unit_test(cut), cmocka_unit_test(bounded)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
