/* SPDX-License-Identifier: MIT */
#include "sound/peaks.h"

#include "base/err.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define MOST 700000

/* a ramp that tells every sample from its neighbours: sample k is k % 30000 */
static int16_t *ramp(void)
{
	int16_t *s16 = malloc(MOST * sizeof(*s16));

	assert_non_null(s16);
	for (int i = 0; i < MOST; i++)
		s16[i] = (int16_t)(i % 30000);
	return s16;
}

/* in blocks of an odd size */
static struct rec_peaks *feed(struct rec_peaks_params params, const int16_t *s16, int64_t n)
{
	struct rec_peaks *peaks = NULL;

	assert_int_equal(rec_peaks_new(&peaks, &params), REC_OK);
	for (int64_t at = 0; at < n; at += 977) {
		int64_t left = n - at < 977 ? n - at : 977;
		const struct rec_pcm pcm = {at, (size_t)left, s16 + at, NULL};

		assert_int_equal(rec_peaks_add(peaks, &pcm), REC_OK);
	}
	assert_int_equal(rec_peaks_end(peaks, n), REC_OK);
	assert_int_equal(rec_peaks_rewind(peaks), REC_OK);
	return peaks;
}

static void assert_range(const int16_t *s16, int64_t a, int64_t b, const struct rec_amplitude *got)
{
	int16_t min = INT16_MAX, max = INT16_MIN;

	for (int64_t i = a; i < b; i++) {
		min = s16[i] < min ? s16[i] : min;
		max = s16[i] > max ? s16[i] : max;
	}
	assert_int_equal(got->min, min);
	assert_int_equal(got->max, max);
}

static void zoom_is_exact(void **state)
{
	static const struct {
		int64_t zoom, n, points;
	} cases[] = {{1, 5, 5}, {2, 5, 3}, {256, 256, 1}, {256, 257, 2}, {1000, 99999, 100}, {INT32_MAX, 1000, 1}};
	int16_t *s16 = ramp();

	(void)state;
	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		struct rec_peaks *peaks = feed(
		        (struct rec_peaks_params){{1, false, false}, cases[c].zoom, 0, -1, false}, s16, cases[c].n);
		struct rec_amplitude got;
		int64_t n;

		assert_int_equal(rec_peaks_count(peaks), cases[c].points);
		for (int64_t i = 0; i < cases[c].points; i++) {
			int64_t a = i * cases[c].zoom,
			        b = a + cases[c].zoom < cases[c].n ? a + cases[c].zoom : cases[c].n;

			assert_int_equal(rec_peaks_next(peaks, &got, &n), REC_OK);
			assert_int_equal(n, b - a);
			assert_range(s16, a, b, &got);
		}
		assert_int_equal(rec_peaks_next(peaks, &got, &n), REC_ENODATA);
		rec_peaks_free(&peaks);
	}
	free(s16);
}

/* a told length, a claim that holds, a claim that does not, none; at most this many samples are exact without one */
static void points_are_exact(void **state)
{
	static const struct {
		int64_t points, n, length;
		bool claimed;
	} cases[] = {{255, 700000, 700000, false}, {255, 700000, 700000, true}, {7, 100000, 99999, true},
	        {7, 100000, 200000, true}, {255, REC_PEAKS_EXACT, -1, false}, {255, 100, -1, false},
	        {255, 100, 100, false}, {1, 1, -1, false}, {255, 1, 1, false}};
	int16_t *s16 = ramp();

	(void)state;
	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		const struct rec_peaks_params params = {
		        {1, false, false}, 0, cases[c].points, cases[c].length, cases[c].claimed};
		struct rec_peaks *peaks = feed(params, s16, cases[c].n);
		struct rec_amplitude got;
		int64_t n;

		assert_int_equal(rec_peaks_count(peaks), cases[c].points);
		for (int64_t i = 0; i < cases[c].points; i++) {
			int64_t a = i * cases[c].n / cases[c].points, b = (i + 1) * cases[c].n / cases[c].points;

			assert_int_equal(rec_peaks_next(peaks, &got, &n), REC_OK);
			assert_range(s16, a, b > a ? b : a + 1, &got);
		}
		rec_peaks_free(&peaks);
	}
	free(s16);
}

/* Every point's range lies between those of a bucket narrower and wider by 1/64 on each side. */
static void folding_is_near(void **state)
{
	static const int64_t points[] = {1, 3, 255, 5000};
	int16_t *s16 = ramp();

	(void)state;
	for (size_t c = 0; c < sizeof(points) / sizeof(points[0]); c++) {
		const int64_t length = MOST - 7;
		struct rec_peaks *peaks =
		        feed((struct rec_peaks_params){{1, false, true}, 0, points[c], -1, false}, s16, length);
		double size = (double)length / (double)points[c];
		double squares = 0;
		struct rec_amplitude got;
		int64_t n, sum = 0;

		for (int64_t i = 0; i < points[c]; i++) {
			double slack = size / 64;
			int64_t in_a = (int64_t)ceil((double)i * size + slack),
			        in_b = (int64_t)floor((double)(i + 1) * size - slack);
			struct rec_amplitude outer = REC_AMPLITUDE_NONE, inner = REC_AMPLITUDE_NONE;

			assert_int_equal(rec_peaks_next(peaks, &got, &n), REC_OK);
			for (int64_t k = (int64_t)floor((double)i * size - slack);
			        k < (int64_t)ceil((double)(i + 1) * size + slack); k++) {
				struct rec_amplitude one;

				if (k < 0 || k >= length)
					continue;
				one = (struct rec_amplitude){s16[k], s16[k], 0, 0};
				rec_amplitude_merge(&outer, &one);
				if (k >= in_a && k < in_b)
					rec_amplitude_merge(&inner, &one);
			}
			assert_in_range(got.max + 40000, inner.max + 40000, outer.max + 40000);
			assert_in_range(got.min + 40000, outer.min + 40000, inner.min + 40000);
			sum += n;
			squares += got.squares;
		}
		assert_int_equal(sum, length); /* no sample is lost, none counts twice */
		for (int64_t k = 0; k < length; k++)
			squares -= (double)s16[k] * s16[k] / (32768.0 * 32768.0);
		assert_true(fabs(squares) < 1e-3);
		rec_peaks_free(&peaks);
	}
	free(s16);
}

/* between two blocks, and after the last one */
static void holes_are_silence(void **state)
{
	static const int16_t loud[] = {100, 200};
	struct rec_peaks *peaks = NULL;
	const struct rec_peaks_params params = {{1, false, false}, 2, 0, -1, false};
	const struct rec_pcm a = {0, 2, loud, NULL}, b = {6, 2, loud, NULL};
	static const int16_t min[] = {100, 0, 0, 100, 0}, max[] = {200, 0, 0, 200, 0};

	(void)state;
	assert_int_equal(rec_peaks_new(&peaks, &params), REC_OK);
	assert_int_equal(rec_peaks_add(peaks, &a), REC_OK);
	assert_int_equal(rec_peaks_add(peaks, &b), REC_OK);
	assert_int_equal(rec_peaks_end(peaks, 9), REC_OK);
	assert_int_equal(rec_peaks_rewind(peaks), REC_OK);
	assert_int_equal(rec_peaks_count(peaks), 5);
	for (size_t i = 0; i < 5; i++) {
		struct rec_amplitude got;
		int64_t n;

		assert_int_equal(rec_peaks_next(peaks, &got, &n), REC_OK);
		assert_int_equal(got.min, min[i]);
		assert_int_equal(got.max, max[i]);
	}
	rec_peaks_free(&peaks);
}

static void nothing_is_no_point(void **state)
{
	static const struct rec_peaks_params all[] = {{{1, false, false}, 256, 0, -1, false},
	        {{1, false, false}, 0, 9, -1, false}, {{1, false, false}, 0, 9, 0, false}};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct rec_peaks *peaks = feed(all[i], NULL, 0);
		struct rec_amplitude got;
		int64_t n;

		assert_int_equal(rec_peaks_count(peaks), 0);
		assert_int_equal(rec_peaks_zoom(peaks), all[i].zoom ? all[i].zoom : 1);
		assert_int_equal(rec_peaks_next(peaks, &got, &n), REC_ENODATA);
		rec_peaks_free(&peaks);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(zoom_is_exact), cmocka_unit_test(points_are_exact),
	        cmocka_unit_test(folding_is_near), cmocka_unit_test(holes_are_silence),
	        cmocka_unit_test(nothing_is_no_point)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
