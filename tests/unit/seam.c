/* SPDX-License-Identifier: MIT */
/* Goal: a joint where the wave goes on changes nothing; one where it does not leaves no step; no sample moves. */
#include "sound/seam.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { RATE = 48000, N = 9600, CHANNELS = 2 };

static float wave(size_t i, double phase)
{
	return (float)(0.5 * sin(2 * 3.14159265358979 * 440 * (double)i / RATE + phase));
}

/* N frames in blocks of ${block}, a joint at ${joint}, after which the wave is ${phase} on; the joints that were softened */
static size_t join(size_t block, size_t joint, double phase, float *in, float *out)
{
	struct rec_seam *seam = NULL;
	size_t done = 0, at = 0, softened;

	for (size_t i = 0; i < N * CHANNELS; i++)
		in[i] = wave(i / CHANNELS, i / CHANNELS < joint ? 0 : phase);
	assert_int_equal(rec_seam_new(&seam, RATE, CHANNELS), 0);
	while (at < N) {
		size_t end = at < joint ? joint : N, n = end - at < block ? end - at : block;

		if (at == joint)
			rec_seam_mark(seam);
		done += rec_seam_process(seam, in + at * CHANNELS, n, out + done * CHANNELS);
		at += n;
	}
	done += rec_seam_process(seam, NULL, 0, out + done * CHANNELS);
	assert_int_equal(done, N);
	softened = rec_seam_softened(seam);
	rec_seam_free(&seam);
	return softened;
}

static float steepest(const float *pcm, size_t n)
{
	float most = 0;

	for (size_t i = CHANNELS; i < n * CHANNELS; i++)
		most = fmaxf(most, fabsf(pcm[i] - pcm[i - CHANNELS]));
	return most;
}

static void joints(void **state)
{
	static const size_t blocks[] = {1, 7, 240, 480, 1024, N}, places[] = {1, 100, 240, 4800, N - 100, N - 1};
	float *in = calloc(N * CHANNELS, sizeof(float)), *out = calloc((N + 1024) * CHANNELS, sizeof(float));

	(void)state;
	for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++)
		for (size_t p = 0; p < sizeof places / sizeof *places; p++) {
			assert_int_equal(join(blocks[b], places[p], 0, in, out), 0);
			assert_memory_equal(in, out, N * CHANNELS * sizeof(float));
			assert_int_equal(join(blocks[b], places[p], 1.5, in, out), 1);
			if (places[p] > 240 && places[p] < N - 240)
				assert_true(steepest(out, N) < 1.5F * steepest(in, places[p]));
			for (size_t i = 0; i < N * CHANNELS; i++)
				if (i / CHANNELS + 240 < places[p] || i / CHANNELS >= places[p] + 240)
					assert_true(in[i] == out[i]);
		}
	free(in);
	free(out);
}

/* a joint at the very end or marked twice, and one right before the flush */
static void short_pieces(void **state)
{
	static const struct {
		size_t before, between, after; /* frames; the marks stand after the first two */
		size_t softened;
	} rows[] = {{0, 0, 100, 0}, {100, 0, 0, 0}, {100, 0, 100, 1}, {1000, 3, 1000, 1}, {1000, 1000, 1000, 2},
	        {1000, 1000, 1, 2}};
	float in[3000], out[3000 + 1024];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		size_t first = rows[i].before, second = first + rows[i].between, all = second + rows[i].after, done;
		struct rec_seam *seam;

		for (size_t k = 0; k < all; k++)
			in[k] = k < first || k >= second ? 0.5F : -0.5F;
		for (size_t k = second; k < all && rows[i].between < 240; k++) /* no joint of its own, no step */
			in[k] = -0.5F;
		assert_int_equal(rec_seam_new(&seam, RATE, 1), 0);
		done = rec_seam_process(seam, in, first, out);
		rec_seam_mark(seam);
		done += rec_seam_process(seam, in + first, second - first, out + done);
		rec_seam_mark(seam);
		done += rec_seam_process(seam, in + second, all - second, out + done);
		done += rec_seam_process(seam, NULL, 0, out + done);
		assert_int_equal(done, all);
		if (rec_seam_softened(seam) != rows[i].softened)
			fail_msg("row %zu: %zu", i, rec_seam_softened(seam));
		rec_seam_free(&seam);
		assert_null(seam);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(joints), cmocka_unit_test(short_pieces)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
