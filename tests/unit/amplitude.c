/* SPDX-License-Identifier: MIT */
#include "sound/amplitude.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* all lengths from 0 to some vectors, so that heads and tails of the loops are seen */
static void ranges_of_every_length(void **state)
{
	int16_t s16[6 * 100];
	unsigned seed = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(s16) / sizeof(s16[0]); i++)
		s16[i] = (int16_t)((seed = seed * 1103515245u + 12345u) >> 16);
	for (int channels = 1; channels <= 6; channels++)
		for (size_t n = 1; n <= 100; n++) {
			const struct rec_amplitude_params mean = {channels, false, true},
			                                  split = {channels, true, true};
			const struct rec_pcm pcm = {0, n, s16, NULL};
			struct rec_amplitude one = REC_AMPLITUDE_NONE, each[6], want = REC_AMPLITUDE_NONE;
			double squares = 0;

			for (int c = 0; c < channels; c++)
				each[c] = (struct rec_amplitude)REC_AMPLITUDE_NONE;
			rec_amplitude_add(&mean, &pcm, 0, n, &one);
			rec_amplitude_add(&split, &pcm, 0, n, each);
			for (size_t i = 0; i < n; i++) {
				int sum = 0;

				for (int c = 0; c < channels; c++) {
					int v = s16[i * (size_t)channels + (size_t)c];

					sum += v;
					squares += v * v / (32768.0 * 32768.0);
					assert_in_range(v + 40000, each[c].min + 40000, each[c].max + 40000);
				}
				want.min = (int16_t)(sum / channels < want.min ? sum / channels : want.min);
				want.max = (int16_t)(sum / channels > want.max ? sum / channels : want.max);
			}
			assert_int_equal(one.min, want.min);
			assert_int_equal(one.max, want.max);
			assert_true(one.squares > squares - 1e-6 && one.squares < squares + 1e-6);
		}
}

static void the_least_sample_is_full_scale(void **state)
{
	static const int16_t s16[] = {-32768, 5};
	const struct rec_amplitude_params params = {1, false, true};
	const struct rec_pcm pcm = {0, 2, s16, NULL};
	struct rec_amplitude got = REC_AMPLITUDE_NONE;

	(void)state;
	rec_amplitude_add(&params, &pcm, 0, 2, &got);
	assert_true(got.peak == 1.0F);
	assert_int_equal(got.min, -32768);
}

static void floats_become_integers(void **state)
{
	static const float f32[] = {0, 1, -1, 0.5F, -0.5F, 2, -2, 0.99999F, -0.00001F};
	static const int16_t cut[] = {0, 32767, -32767, 16383, -16383, 32767, -32768, 32766, 0};
	static const int16_t upper[] = {0, 32767, -32768, 16384, -16384, 32767, -32768, 32767, -1};
	int16_t s16[9];

	(void)state;
	rec_amplitude_s16_of_float(f32, 9, s16);
	assert_memory_equal(s16, cut, sizeof(cut));
	rec_amplitude_s16_of_int(f32, 9, s16);
	assert_memory_equal(s16, upper, sizeof(upper));
}

/* against the C library's own rounding, for every length up to some vectors */
static void rounding(void **state)
{
	static const float special[] = {0, -0.0F, 0.5F / 32768, 1.5F / 32768, -0.5F / 32768, -1.5F / 32768,
	        2.5F / 32768, 1, -1, 32766.5F / 32768, 32767.5F / 32768, -32767.5F / 32768, -32768.5F / 32768, 1.5F,
	        -1e30F, FLT_MAX, -FLT_MAX, FLT_MIN, 1e-45F, INFINITY, -INFINITY, NAN};
	enum { N = 100, SPECIAL = sizeof(special) / sizeof(*special) };
	float f32[N];
	unsigned seed = 1;

	(void)state;
	for (size_t i = 0; i < N; i++)
		f32[i] = i < SPECIAL ? special[i] : (float)(int)(seed = seed * 1103515245u + 12345u) / 2e9F;
	for (size_t n = 0; n <= N; n++) {
		int16_t s16[N + 1] = {0};

		s16[n] = 77;
		rec_amplitude_round(f32, n, s16);
		for (size_t i = 0; i < n; i++) {
			double want = isfinite(f32[i]) ? rint((double)f32[i] * 32768) : 0;

			assert_int_equal(s16[i], want > 32767 ? 32767 : want < -32768 ? -32768 : (int)want);
		}
		assert_int_equal(s16[n], 77);
	}
}

static void peaks(void **state)
{
	float f32[100] = {0};

	(void)state;
	assert_true(rec_amplitude_peak(f32, 0) == 0);
	assert_true(rec_amplitude_peak(f32, 100) == 0);
	for (size_t n = 1; n <= 100; n++)
		for (size_t i = 0; i < n; i++) {
			f32[i] = i % 2 ? 0.75F : -0.75F;
			assert_true(rec_amplitude_peak(f32, n) == 0.75F);
			assert_true(rec_amplitude_peak(f32, i) == 0);
			f32[i] = INFINITY;
			assert_false(rec_amplitude_peak(f32, n) < 1e30F);
			f32[i] = -NAN;
			assert_false(rec_amplitude_peak(f32, n) < 1e30F);
			f32[i] = 0;
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(ranges_of_every_length),
	        cmocka_unit_test(the_least_sample_is_full_scale), cmocka_unit_test(floats_become_integers),
	        cmocka_unit_test(rounding), cmocka_unit_test(peaks)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
