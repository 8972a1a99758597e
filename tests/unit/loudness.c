/* SPDX-License-Identifier: MIT */
/* Loudness and true peak of signals whose figures are known. */
#include "sound/loudness.h"

#include "base/err.h"

#include <ebur128.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define RATE 48000

static const double PI = 3.14159265358979323846;

struct tone {
	int channels;
	double hz;
	double amplitude;
	double phase;
	double seconds;
	size_t step; /* samples given at once */
};

static void assert_near(double got, double want, double within)
{
	if (!(fabs(got - want) <= within))
		fail_msg("%g is not %g within %g", got, want, within);
}

static struct rec_level_figures measure(const struct tone *tone)
{
	size_t n = (size_t)(tone->seconds * RATE), channels = (size_t)tone->channels;
	float *pcm = malloc((n * channels + 1) * sizeof(*pcm));
	struct rec_level_figures figures;
	struct rec_loudness *l;

	for (size_t i = 0; i < n * channels; i++)
		pcm[i] =
		        (float)(tone->amplitude * sin(2 * PI * tone->hz * (double)(i / channels) / RATE + tone->phase));
	assert_int_equal(rec_loudness_new(&l, RATE, tone->channels), REC_OK);
	for (size_t i = 0; i < n; i += tone->step)
		assert_int_equal(
		        rec_loudness_add(l, pcm + i * channels, n - i < tone->step ? n - i : tone->step), REC_OK);
	rec_loudness_get(l, &figures);
	rec_loudness_free(&l);
	free(pcm);
	return figures;
}

/* EBU Tech 3341: a 1 kHz sine of -23 dBFS on both sides is -23 LUFS; one channel counts half. */
static void loudness(void **state)
{
	const struct tone stereo = {2, 1000, pow(10, -23.0 / 20), 0, 20, 1024};
	const struct tone mono = {1, 1000, pow(10, -23.0 / 20), 0, 20, 1024};

	(void)state;
	assert_near(measure(&stereo).lufs, -23, 0.1);
	assert_near(measure(&mono).lufs, -26.01, 0.1);
}

/* A quarter of the rate, sampled between its peaks: samples reach 0.707 of what the sound does. */
static void true_peak(void **state)
{
	static const size_t steps[] = {1, 7, 256, 1000, 100000};

	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		const struct tone tone = {2, RATE / 4.0, 0.5, PI / 4, 1, steps[i]};
		struct rec_level_figures figures = measure(&tone);

		assert_near(figures.peak_dbfs, -9.03, 0.01);
		assert_near(figures.true_peak_dbtp, -6.02, 0.3);
	}
}

/* Where the peak is looked for must not change it: the loudest moment comes last, first, in the middle. */
static void peak_anywhere(void **state)
{
	static const size_t places[] = {0, 1, 255, 256, 257, 5000, 9998, 9999};

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		float pcm[10000] = {0};
		struct rec_level_figures figures;
		struct rec_loudness *l;

		for (size_t k = 0; k < 10000; k++)
			pcm[k] = 0.2F;
		pcm[places[i]] = 0.9F;
		assert_int_equal(rec_loudness_new(&l, RATE, 1), REC_OK);
		assert_int_equal(rec_loudness_add(l, pcm, 10000), REC_OK);
		rec_loudness_get(l, &figures);
		rec_loudness_free(&l);
		assert_near(figures.peak_dbfs, 20 * log10(0.9), 0.001);
		assert_true(figures.true_peak_dbtp >= figures.peak_dbfs - 0.001 && figures.true_peak_dbtp < 1);
	}
}

static void silence(void **state)
{
	const struct tone quiet = {1, 1000, 0, 0, 5, 1024}, brief = {1, 1000, 0.5, 0, 0.2, 1024};

	(void)state;
	assert_true(isinf(measure(&quiet).lufs));
	assert_true(isinf(measure(&quiet).true_peak_dbtp));
	assert_true(isinf(measure(&brief).lufs));
	assert_near(measure(&brief).peak_dbfs, -6.02, 0.01);
}

static void bounds(void **state)
{
	struct rec_loudness *l;

	(void)state;
	assert_int_equal(rec_loudness_new(&l, RATE, 0), REC_EINVAL);
	assert_int_equal(rec_loudness_new(&l, RATE, 65), REC_EINVAL);
	assert_int_equal(rec_loudness_new(&l, 15, 2), REC_EINVAL);
	assert_int_equal(rec_loudness_new(&l, 2822401, 2), REC_EINVAL);
	assert_null(l);
}

/* ${n} samples of two channels: ${seed}'s noise, or silence where it is 0 */
static void fill(float *pcm, size_t n, unsigned seed)
{
	unsigned v = seed;

	for (size_t i = 0; i < 2 * n; i++)
		pcm[i] = seed ? (float)(int)(v = v * 1103515245u + 12345u) / 1e10F : 0;
}

/* what passes silence over gives the very figure of what hears all of it, wherever the silences begin and end and however they are cut */
static void long_silences(void **state)
{
	static const size_t silences[] = {100, 143999, 144000, 145001, 200003, 480000, 1000001};
	static const size_t steps[] = {997, 4800, 48000};
	enum { SOUND = 60001, MOST = 1000001 };
	float *pcm = calloc(2 * (size_t)MOST, sizeof(*pcm));

	(void)state;
	for (size_t k = 0; k < sizeof(steps) / sizeof(*steps); k++) {
		ebur128_state *whole = ebur128_init(2, RATE, EBUR128_MODE_I | EBUR128_MODE_HISTOGRAM);
		struct rec_level_figures figures;
		struct rec_loudness *l;
		double lufs;

		ebur128_set_channel(whole, 0, EBUR128_CENTER);
		ebur128_set_channel(whole, 1, EBUR128_CENTER);
		assert_int_equal(rec_loudness_new(&l, RATE, 2), REC_OK);
		for (size_t i = 0; i < 2 * sizeof(silences) / sizeof(*silences); i++) {
			size_t n = i % 2 ? silences[i / 2] : SOUND;

			fill(pcm, n, i % 2 ? 0 : (unsigned)i + 1);
			ebur128_add_frames_float(whole, pcm, n);
			for (size_t at = 0; at < n; at += steps[k])
				assert_int_equal(
				        rec_loudness_add(l, pcm + 2 * at, n - at < steps[k] ? n - at : steps[k]),
				        REC_OK);
		}
		ebur128_loudness_global(whole, &lufs);
		rec_loudness_get(l, &figures);
		assert_true(lufs > -40);
		assert_true(figures.lufs == lufs);
		rec_loudness_free(&l);
		ebur128_destroy(&whole);
	}
	free(pcm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(loudness),
	        cmocka_unit_test(true_peak),
	        cmocka_unit_test(peak_anywhere),
	        cmocka_unit_test(silence),
	        cmocka_unit_test(long_silences),
	        cmocka_unit_test(bounds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
