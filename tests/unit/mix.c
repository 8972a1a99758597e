/* SPDX-License-Identifier: MIT */
/* Tracks come and go at constant gain, and the mix is the same for any number of jobs. The inputs are WAV files written here. */
#include "sound/mix.h"

#include "base/err.h"
#include "base/log.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define RATE 48000
#define S    REC_NS_PER_S

static void put_le(FILE *file, uint32_t v, int bytes)
{
	for (; bytes > 0; bytes--, v >>= 8)
		putc((int)(v & 255), file);
}

/* ${seconds} of a constant level in 16 bits, all channels alike but the second, which is half; the caller unlinks and frees the path. */
static char *write_wav(int channels, double seconds, double level)
{
	char *path = strdup("/tmp/rec-mix-XXXXXX");
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	FILE *file = fdopen(fd, "wb");
	uint32_t frames = (uint32_t)(seconds * RATE), bytes = frames * (uint32_t)channels * 2;

	fputs("RIFF", file);
	put_le(file, 36 + bytes, 4);
	fputs("WAVEfmt ", file);
	put_le(file, 16, 4);
	put_le(file, 1, 2);
	put_le(file, (uint32_t)channels, 2);
	put_le(file, RATE, 4);
	put_le(file, RATE * (uint32_t)channels * 2, 4);
	put_le(file, (uint32_t)channels * 2, 2);
	put_le(file, 16, 2);
	fputs("data", file);
	put_le(file, bytes, 4);
	for (uint32_t i = 0; i < frames * (uint32_t)channels; i++)
		put_le(file, (uint32_t)(uint16_t)(int16_t)(level * 32768 / (channels == 2 && i % 2 ? 2 : 1)), 2);
	fclose(file);
	return path;
}

static void drop(char *path)
{
	unlink(path);
	free(path);
}

static struct rec_mix_track at(const char *path, double start_s)
{
	struct rec_mix_track track = {.path = path, .near_ns = (int64_t)(start_s * 1e9), .far_ns = INT64_MAX};

	track.place.origin = REC_ORIGIN_TRACK;
	track.place.start_ns = (int64_t)(start_s * 1e9);
	return track;
}

static struct rec_mix *mix_of(int channels, int64_t length, int jobs, bool skip_bad)
{
	const struct rec_mix_params params = {RATE, channels, length, jobs, skip_bad, false};
	struct rec_mix *mix;

	assert_int_equal(rec_mix_new(&mix, &params), REC_OK);
	return mix;
}

/* The whole mix in memory, at most 30 s; the caller frees it. */
static float *read_all(struct rec_mix *mix, int channels, size_t *n)
{
	float *pcm = calloc((size_t)(30 * RATE + REC_MIX_BLOCK) * (size_t)channels, sizeof(*pcm));
	ssize_t got;

	*n = 0;
	while ((got = rec_mix_read(mix, pcm + *n * (size_t)channels, 700)) > 0) {
		*n += (size_t)got;
		assert_true(*n <= 30 * RATE);
	}
	assert_int_equal(got, 0);
	return pcm;
}

static void check(const float *pcm, size_t channels, double t, double left, double right)
{
	const float *frame = pcm + (size_t)(t * RATE) * channels;

	if (fabs((double)frame[0] - left) > 1e-6 || fabs((double)frame[channels - 1] - right) > 1e-6)
		fail_msg("at %.3f s: %.4f %.4f, not %.4f %.4f", t, (double)frame[0], (double)frame[channels - 1], left,
		        right);
}

static void test_gain_is_constant(void **state)
{
	char *a = write_wav(1, 10, 0.25), *b = write_wav(2, 2, 0.5);
	struct rec_mix *mix = mix_of(2, -1, 0, false);
	struct rec_mix_track track = at(a, 0);
	size_t n;

	(void)state;
	assert_int_equal(rec_mix_add(mix, &track), 0);
	track = at(b, 3.5);
	assert_int_equal(rec_mix_add(mix, &track), 1);
	float *pcm = read_all(mix, 2, &n);
	assert_int_equal(n, 10 * RATE);
	/* mono to both sides at full level, and no one moves when another comes or goes */
	check(pcm, 2, 0, 0.25, 0.25);
	check(pcm, 2, 3.499, 0.25, 0.25);
	check(pcm, 2, 3.5, 0.75, 0.5);
	check(pcm, 2, 5.499, 0.75, 0.5);
	check(pcm, 2, 5.5, 0.25, 0.25);
	check(pcm, 2, 9.9999, 0.25, 0.25);
	const struct rec_sound_ledger *ledger = rec_mix_ledger(mix, 1);
	assert_non_null(ledger);
	assert_int_equal(ledger->used_samples, 2 * RATE);
	/* head and tail: all of the rest, once */
	assert_int_equal(ledger->gaps_total, 2);
	assert_int_equal(ledger->gap_samples, 8 * RATE);
	assert_int_equal(ledger->gaps[0].cause, REC_GAP_HEAD);
	assert_int_equal(ledger->gaps[1].start, (int64_t)(5.5 * RATE));
	assert_int_equal(ledger->gaps[1].cause, REC_GAP_TAIL);
	rec_mix_free(&mix);
	free(pcm);
	drop(a);
	drop(b);
}

static void test_gain_pan_and_mono(void **state)
{
	char *a = write_wav(1, 1, 0.5), *b = write_wav(2, 1, 0.5);
	size_t n;

	(void)state;
	for (int channels = 1; channels <= 2; channels++) {
		struct rec_mix *mix = mix_of(channels, RATE / 2, 0, false);
		struct rec_mix_track track = at(a, 0);

		track.gain_db = -20 * log10(2);
		track.pan = -1;
		rec_mix_add(mix, &track);
		track = at(b, 0);
		rec_mix_add(mix, &track);
		float *pcm = read_all(mix, channels, &n);
		assert_int_equal(n, RATE / 2);
		if (channels == 2)
			check(pcm, 2, 0.25, 0.25 + 0.5, 0.25);
		else
			check(pcm, 1, 0.25, 0.25 + 0.375, 0.25 + 0.375);
		rec_mix_free(&mix);
		free(pcm);
	}
	drop(a);
	drop(b);
}

/* more channels than two: a track of as many goes straight through, mono to all */
static void test_surround(void **state)
{
	char *a = write_wav(1, 1, 0.5), *b = write_wav(4, 1, 0.25);
	struct rec_mix *mix = mix_of(4, RATE / 2, 1, false);
	struct rec_mix_track track = at(a, 0);
	size_t n;

	(void)state;
	track.pan = -1; /* which takes no side here */
	rec_mix_add(mix, &track);
	track = at(b, 0);
	track.near_ns = INT64_MIN;
	rec_mix_add(mix, &track);
	float *pcm = read_all(mix, 4, &n);
	assert_int_equal(n, RATE / 2);
	for (size_t i = 0; i < n * 4; i++)
		assert_true(pcm[i] == 0.75F);
	rec_mix_free(&mix);
	free(pcm);
	drop(a);
	drop(b);
}

static void test_spans(void **state)
{
	char *a = write_wav(1, 4, 0.5);
	struct rec_span present = {S / 2, 3 * S}, mute = {S, 2 * S};
	struct rec_mix *mix = mix_of(1, 4 * RATE, 0, false);
	struct rec_mix_track track = at(a, 0);
	size_t n;

	(void)state;
	track.place.audible = (struct rec_spans){&present, 1};
	track.place.mutes = (struct rec_spans){&mute, 1};
	rec_mix_add(mix, &track);
	float *pcm = read_all(mix, 1, &n);
	for (size_t i = 0; i < n; i++) {
		double t = (double)i / RATE;
		bool silent = t < 0.5 || (t >= 1 && t < 2) || t >= 3;
		bool full = (t >= 0.505 && t < 0.995) || (t >= 2.005 && t < 2.995);

		if ((silent && pcm[i] != 0) || (full && fabsf(pcm[i] - 0.5F) > 1e-6F))
			fail_msg("at %.4f s: %g", t, (double)pcm[i]);
		/* faded, not cut */
		if (i && fabsf(pcm[i] - pcm[i - 1]) > 0.01F)
			fail_msg("a click at %.4f s", t);
	}
	const struct rec_sound_ledger *ledger = rec_mix_ledger(mix, 0);
	assert_int_equal(ledger->used_samples, (int64_t)(2.5 * RATE));
	assert_int_equal(ledger->trimmed_samples, (int64_t)(0.5 * RATE)); /* what follows the presence is not read */
	rec_mix_free(&mix);
	free(pcm);
	drop(a);
}

/* A hundred tracks, one a tenth of a second after the other; the same samples from one job as from many. */
static void test_hundred_tracks_any_jobs(void **state)
{
	char *paths[100];
	float *first = NULL;
	size_t n, first_n = 0;

	(void)state;
	for (int i = 0; i < 100; i++)
		paths[i] = write_wav(1, 1, (i + 1) / 1024.0);
	for (int jobs = 1; jobs <= 4; jobs += 3) {
		struct rec_mix *mix = mix_of(2, -1, jobs, false);

		for (int i = 0; i < 100; i++) {
			struct rec_mix_track track = at(paths[i], i / 10.0);

			assert_int_equal(rec_mix_add(mix, &track), i);
		}
		float *pcm = read_all(mix, 2, &n);
		assert_int_equal(n, (int64_t)(10.9 * RATE));
		/* ten at once */
		check(pcm, 2, 5.05, (42 + 51) * 5 / 1024.0, (42 + 51) * 5 / 1024.0);
		if (first) {
			assert_int_equal(n, first_n);
			assert_memory_equal(pcm, first, n * 2 * sizeof(*pcm));
			free(pcm);
		} else {
			first = pcm;
			first_n = n;
		}
		rec_mix_free(&mix);
	}
	free(first);
	for (int i = 0; i < 100; i++)
		drop(paths[i]);
}

static void test_bad_tracks(void **state)
{
	char *good = write_wav(1, 1, 0.5);
	float pcm[REC_MIX_BLOCK];
	size_t n;

	(void)state;
	for (int skip = 0; skip < 2; skip++) {
		struct rec_mix *mix = mix_of(1, -1, 0, skip);
		struct rec_mix_track track = at("/nonexistent/voice.wav", 0);

		rec_mix_add(mix, &track);
		track = at(good, 0);
		rec_mix_add(mix, &track);
		if (skip) {
			float *all = read_all(mix, 1, &n);

			assert_int_equal(n, RATE);
			assert_true(rec_mix_skipped(mix, 0));
			assert_false(rec_mix_skipped(mix, 1));
			assert_null(rec_mix_ledger(mix, 0));
			free(all);
		} else {
			assert_int_equal(rec_mix_read(mix, pcm, REC_MIX_BLOCK), REC_EINPUT);
		}
		rec_mix_free(&mix);
	}
	drop(good);
}

/* stopping in the middle must not hang or leak */
static void test_stop_early(void **state)
{
	char *a = write_wav(2, 20, 0.5);
	float pcm[REC_MIX_BLOCK * 2];
	struct rec_mix *mix = mix_of(2, -1, 1, false);
	struct rec_mix_track track = at(a, 0);

	(void)state;
	for (int i = 0; i < 5; i++)
		rec_mix_add(mix, &track);
	assert_int_equal(rec_mix_read(mix, pcm, REC_MIX_BLOCK), REC_MIX_BLOCK);
	rec_mix_free(&mix);
	assert_null(mix);
	drop(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_gain_is_constant),
	        cmocka_unit_test(test_gain_pan_and_mono),
	        cmocka_unit_test(test_surround),
	        cmocka_unit_test(test_spans),
	        cmocka_unit_test(test_hundred_tracks_any_jobs),
	        cmocka_unit_test(test_bad_tracks),
	        cmocka_unit_test(test_stop_early),
	};

	rec_log_init("mix");
	rec_log_set_level(REC_QUIET);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
