/* SPDX-License-Identifier: MIT */
/* The limiter lets nothing over its ceiling, between the samples either, turns all channels down alike, and leaves alone what is below. */
#include "sound/limit.h"

#include "base/err.h"
#include "sound/truepeak.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RATE   48000
#define FRAMES 96000

static const double pi = 3.14159265358979323846;

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static float noise(uint32_t *state)
{
	return (float)next_random(state) / (float)(1u << 23) - 1;
}

/* Run all of in through a limiter in blocks of uneven size; the caller frees what comes out. */
static float *limited(const float *in, size_t n, int channels, double ceiling, struct rec_limit **limit)
{
	size_t done = 0, got = 0, c = (size_t)channels;
	uint32_t seed = 1;

	assert_int_equal(rec_limit_new(limit, RATE, channels, ceiling), REC_OK);
	float *out = malloc((n + rec_limit_delay(*limit)) * c * sizeof(*out));
	while (done < n) {
		size_t m = next_random(&seed) % 2000;

		m = m < n - done ? m : n - done;
		got += rec_limit_process(*limit, in + done * c, m, out + got * c);
		done += m;
	}
	assert_int_equal(n - got, rec_limit_delay(*limit));
	got += rec_limit_process(*limit, NULL, 0, out + got * c);
	assert_int_equal(got, n);
	return out;
}

/* The peak of the band-limited sound at 16 points between samples, by a windowed sinc of 64 taps: finer than the limiter's own. */
static double fine_peak(const float *pcm, size_t n, size_t stride)
{
	double peak = 0;

	for (size_t i = 32; i + 32 < n; i++) {
		if (fabsf(pcm[i * stride]) < 0.3F && fabsf(pcm[(i + 1) * stride]) < 0.3F)
			continue;
		for (int p = 0; p < 16; p++) {
			double sum = 0;

			for (int k = -31; k <= 32; k++) {
				double x = k - p / 16.0, w = 0.5 + 0.5 * cos(pi * x / 33);

				sum += (double)pcm[(i + (size_t)(k + 64) - 64) * stride] *
				       (fabs(x) < 1e-9 ? 1 : sin(pi * x) / (pi * x)) * w;
			}
			peak = fmax(peak, fabs(sum));
		}
	}
	return peak;
}

static void test_below_the_ceiling_is_untouched(void **state)
{
	float *in = malloc(FRAMES * 2 * sizeof(*in));
	struct rec_limit *limit;
	uint32_t seed = 7;

	(void)state;
	/* loud enough to be looked at, too soft to be turned down */
	for (size_t i = 0; i < FRAMES * 2; i++)
		in[i] = (float)(0.85 * sin(2 * pi * (i % 2 ? 440 : 997) * (double)(i / 2) / RATE)) +
		        0.02F * noise(&seed);
	float *out = limited(in, FRAMES, 2, -1, &limit);
	assert_memory_equal(in, out, FRAMES * 2 * sizeof(*in));
	assert_int_equal(rec_limit_samples(limit), 0);
	assert_true(rec_limit_reduction_db(limit) == 0);
	rec_limit_free(&limit);
	free(in);
	free(out);
}

struct loud {
	const char *name;
	double ceiling;
	double hz;    /* 0: noise */
	double level; /* linear */
	double phase; /* of a cycle */
};

static const struct loud louds[] = {
        {"1 kHz at +6 dB", -1, 1000, 2, 0},
        /* samples at 0.707 of the peak: only the true peak is over */
        {"12 kHz between samples", -1, 12000, 1, 0.125},
        {"11.9 kHz", -1, 11900, 1.5, 0},
        {"noise at +9.5 dB", -1, 0, 3, 0},
        {"noise, ceiling -6", -6, 0, 1, 0},
        {"30 Hz at +12 dB", -0.1, 30, 4, 0},
};

static void test_nothing_over(void **state)
{
	float *in = malloc(FRAMES * 2 * sizeof(*in));

	(void)state;
	for (size_t t = 0; t < sizeof(louds) / sizeof(louds[0]); t++) {
		const struct loud *l = &louds[t];
		struct rec_limit *limit;
		uint32_t seed = 11;
		double before = 0;

		for (size_t i = 0; i < FRAMES; i++) {
			/* bursts of 0.3 s with hard edges, so that attack and release both happen */
			bool on = i / 14400 % 2 == 0;
			/* noise of two samples' mean: some high frequencies, as sound has */
			double now = (double)noise(&seed);
			double v = l->hz > 0 ? sin(2 * pi * (l->hz * (double)i / RATE + l->phase)) : (now + before) / 2;

			before = now;
			in[2 * i] = (float)(on ? l->level * v : 0.1 * v);
			in[2 * i + 1] = 0.5F * in[2 * i];
		}
		float *out = limited(in, FRAMES, 2, l->ceiling, &limit);
		double peak_db = 20 * log10(fine_peak(out, FRAMES, 2));
		print_message(
		        "# %s: %.2f dBTP, turned down by %.2f dB\n", l->name, peak_db, rec_limit_reduction_db(limit));
		if (peak_db > l->ceiling + 0.1)
			fail_msg("%s: %.2f dBTP", l->name, peak_db);
		if (peak_db < l->ceiling - 1.5)
			fail_msg("%s: %.2f dBTP: turned down too far", l->name, peak_db);
		/* linked: the other side is still half of it */
		for (size_t i = 0; i < FRAMES; i++)
			assert_true(fabsf(out[2 * i + 1] - 0.5F * out[2 * i]) < 1e-6F);
		assert_true(rec_limit_samples(limit) > 0);
		rec_limit_free(&limit);
		free(out);
	}
	free(in);
}

/* One peak: exact again half a second after, and nothing moves in time. */
static void test_release_comes_home(void **state)
{
	float *in = malloc(FRAMES * sizeof(*in));
	struct rec_limit *limit;

	(void)state;
	for (size_t i = 0; i < FRAMES; i++)
		in[i] = (float)(0.5 * sin(2 * pi * 440 * (double)i / RATE));
	in[30000] = 3;
	float *out = limited(in, FRAMES, 1, -1, &limit);
	/* the lookahead is 3 ms, the peak filter 12 samples wide */
	assert_memory_equal(in, out, (30000 - 144 - 12) * sizeof(*in));
	assert_memory_equal(in + 30000 + 96000 / 2, out + 30000 + 96000 / 2, (FRAMES - 78000) * sizeof(*in));
	/* and smoothly: the gain never moves by more than a sixtieth of a sample to the next */
	for (size_t i = 1; i < FRAMES; i++)
		if (fabsf(in[i]) > 0.1F && fabsf(in[i - 1]) > 0.1F)
			assert_true(fabsf(out[i] / in[i] - out[i - 1] / in[i - 1]) < 1.0F / 60);
	rec_limit_free(&limit);
	free(in);
	free(out);
}

static void test_short_input(void **state)
{
	static const size_t lengths[] = {0, 1, 10, 149, 150, 151, 400};
	float in[400], *out;
	struct rec_limit *limit;

	(void)state;
	for (size_t i = 0; i < 400; i++)
		in[i] = (float)i / 1000;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		size_t n = lengths[i];

		assert_int_equal(rec_limit_new(&limit, RATE, 1, -1), REC_OK);
		out = malloc((n + rec_limit_delay(limit)) * sizeof(*out));
		size_t got = rec_limit_process(limit, in, n, out);
		got += rec_limit_process(limit, NULL, 0, out + got);
		assert_int_equal(got, n);
		assert_memory_equal(in, out, n * sizeof(*in));
		free(out);
		rec_limit_free(&limit);
	}
}

static void test_refusals(void **state)
{
	struct rec_limit *limit = NULL;

	(void)state;
	assert_int_equal(rec_limit_new(&limit, 7999, 2, -1), REC_EINVAL);
	assert_int_equal(rec_limit_new(&limit, 384001, 2, -1), REC_EINVAL);
	assert_int_equal(rec_limit_new(&limit, 48000, 17, -1), REC_EINVAL);
	assert_int_equal(rec_limit_new(&limit, 48000, 0, -1), REC_EINVAL);
	assert_int_equal(rec_limit_new(&limit, 48000, 2, 0.1), REC_EINVAL);
	assert_int_equal(rec_limit_new(&limit, 48000, 2, (double)NAN), REC_EINVAL);
	assert_null(limit);
}

/* a full-scale sine at a quarter of the rate, sampled 45 degrees off: its samples are at 0.707, its peak at 1 */
static void test_true_peak_between_samples(void **state)
{
	float pcm[400], peak[300] = {0};

	(void)state;
	for (int i = 0; i < 400; i++)
		pcm[i] = (float)sin(2 * pi * (i / 4.0 + 0.125));
	rec_truepeak(pcm + 50, 300, peak);
	for (int i = 0; i < 300; i++)
		assert_true(peak[i] > 0.95F && peak[i] < 1.05F);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_below_the_ceiling_is_untouched),
	        cmocka_unit_test(test_nothing_over),
	        cmocka_unit_test(test_release_comes_home),
	        cmocka_unit_test(test_short_input),
	        cmocka_unit_test(test_refusals),
	        cmocka_unit_test(test_true_peak_between_samples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
