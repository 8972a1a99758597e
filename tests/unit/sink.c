/* SPDX-License-Identifier: MIT */
/* Float into WAV and FLAC: the very samples, plain heads, the same bytes, RF64 where it may grow, nothing left behind. */
#include "sound/sink.h"

#include "base/err.h"
#include "base/log.h"

#include <math.h>
#include <setjmp.h>
#include <sndfile.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/unit/capture.h"
#include "tests/unit/fault.h"

#include <cmocka.h>

#define N 5000

static void fill(float *pcm, size_t n)
{
	for (size_t i = 0; i < n; i++)
		pcm[i] = (float)sin((double)i * 0.37) * 0.9F;
	/* exact values, both ends, beyond, and what is no number */
	pcm[0] = 1;
	pcm[1] = -1;
	pcm[2] = 1.5F;
	pcm[3] = -1.5F;
	pcm[4] = NAN;
	pcm[5] = INFINITY;
	pcm[6] = 1.0F / 32768;
	pcm[7] = -12345.0F / 32768;
}

static char *path_in(const char *folder, const char *name)
{
	char *path = NULL;

	assert_true(asprintf(&path, "%s/%s", folder, name) > 0);
	return path;
}

static struct rec_sink_params of(int channels, int bits, int64_t bound)
{
	struct rec_sink_params params = {.bound = bound};

	params.audio.rate = 48000;
	params.audio.channels = channels;
	params.audio.bits = bits;
	return params;
}

static struct rec_sink_stats write_file(const char *path, const struct rec_sink_params *params)
{
	static float pcm[N * 3];
	size_t channels = (size_t)params->audio.channels;
	struct rec_sink_stats stats;
	struct rec_sink *sink;

	fill(pcm, N * 3);
	assert_int_equal(rec_sink_open(&sink, path, params), REC_OK);
	assert_int_equal(rec_sink_write(sink, pcm, 1234), REC_OK);
	assert_int_equal(rec_sink_write(sink, pcm + 1234 * channels, N - 1234), REC_OK);
	assert_int_equal(rec_sink_commit(&sink, &stats), REC_OK);
	assert_null(sink);
	return stats;
}

static double rounded(double v, double full)
{
	double r = isfinite(v) ? rint(v * full) : 0;

	return r > full - 1 ? full - 1 : r < -full ? -full : r;
}

static void check_samples(const char *path, int channels, int bits)
{
	static float pcm[N * 3];
	static int got[N * 3];
	static float real[N * 3];
	SF_INFO info = {0};
	SNDFILE *file = sf_open(path, SFM_READ, &info);
	double full = bits == 16 ? 32768 : 8388608;

	assert_non_null(file);
	assert_int_equal(info.frames, N);
	assert_int_equal(info.channels, channels);
	assert_int_equal(info.samplerate, 48000);
	fill(pcm, N * 3);
	if (bits == 32)
		assert_int_equal(sf_readf_float(file, real, N), N);
	else
		assert_int_equal(sf_readf_int(file, got, N), N);
	for (int i = 0; i < N * channels; i++) {
		if (bits == 32)
			assert_true(real[i] == (isfinite(pcm[i]) ? pcm[i] : 0));
		else
			assert_true(got[i] == (int)rounded((double)pcm[i], full) * (bits == 16 ? 65536 : 256));
	}
	sf_close(file);
}

static void every_kind(void **state)
{
	static const struct {
		const char *name;
		int channels;
		int bits;
		int64_t bound;
	} rows[] = {{"a.wav", 1, 16, N}, {"b.wav", 2, 24, N}, {"c.wav", 3, 32, N}, {"d.wav", 1, 16, -1},
	        {"e.wav", 2, 32, -1}, {"f.flac", 1, 16, -1}, {"g.flac", 2, 24, -1}};
	char *folder = folder_new();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct rec_sink_params params = of(rows[i].channels, rows[i].bits, rows[i].bound);
		char *path = path_in(folder, rows[i].name), *again = path_in(folder, "again.flac");
		struct rec_sink_stats stats;

		free(again);
		again = path_in(folder, i < 5 ? "again.wav" : "again.flac");
		stats = write_file(path, &params);
		check_samples(path, rows[i].channels, rows[i].bits);
		assert_int_equal(stats.samples, N);
		assert_true(stats.clipped >= 1);
		write_file(again, &params);
		FILE *x = fopen(path, "rb"), *y = fopen(again, "rb");
		int c, bytes = 0;
		do {
			c = getc(x);
			assert_int_equal(c, getc(y));
			bytes += c != EOF;
		} while (c != EOF);
		assert_int_equal(bytes, stats.bytes);
		fclose(x);
		fclose(y);
		free(path);
		free(again);
	}
	folder_remove(folder);
}

/* what fits is a plain WAV of 44 bytes and samples; what may pass 4 GB is an RF64 that becomes a WAV when it is small */
static void heads(void **state)
{
	static const struct {
		int64_t bound;
		const char *id;
		bool small;
	} rows[] = {{N, "RIFF", true}, {INT64_C(2000000000), "RIFF", true}, {INT64_C(2200000000), "RIFF", false},
	        {-1, "RIFF", false}};
	char *folder = folder_new(), *path = path_in(folder, "a.wav");

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct rec_sink_params params = of(1, 16, rows[i].bound);
		struct rec_sink_stats stats = write_file(path, &params);
		char id[5] = "";
		FILE *file = fopen(path, "rb");

		assert_int_equal(fread(id, 1, 4, file), 4);
		fclose(file);
		assert_string_equal(id, rows[i].id);
		assert_int_equal(stats.bytes == 44 + 2 * N, rows[i].small);
	}
	free(path);
	folder_remove(folder);
}

static void refusals(void **state)
{
	static const struct {
		const char *name;
		int channels;
		int bits;
		int rate;
	} rows[] = {{"a.flac", 1, 32, 48000}, {"a.flac", 9, 16, 48000}, {"a.wav", 1, 17, 48000},
	        {"a.wav", 0, 16, 48000}, {"a.wav", 1, 16, 0}, {"a.xyz", 1, 16, 48000}, {"a.opus", 1, 16, 44100},
	        {"a.mp3", 3, 16, 48000}};
	char *folder = folder_new();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct rec_sink_params params = of(rows[i].channels, rows[i].bits, -1);
		char *path = path_in(folder, rows[i].name);
		struct rec_sink *sink;
		struct capture capture;
		int err;

		params.audio.rate = rows[i].rate;
		capture_begin(&capture, 2);
		err = rec_sink_open(&sink, path, &params);
		capture_end(&capture);
		assert_int_equal(err, REC_EUSAGE);
		assert_null(sink);
		assert_int_equal(access(path, F_OK), -1);
		free(path);
	}
	folder_remove(folder);
}

static void discarded(void **state)
{
	char *folder = folder_new(), *path = path_in(folder, "a.wav");
	const struct rec_sink_params params = of(1, 16, -1);
	float pcm[100] = {0};
	struct rec_sink *sink;

	(void)state;
	assert_int_equal(rec_sink_open(&sink, path, &params), REC_OK);
	assert_int_equal(rec_sink_write(sink, pcm, 100), REC_OK);
	rec_sink_discard(&sink);
	assert_null(sink);
	assert_int_equal(access(path, F_OK), -1);
	free(path);
	folder_remove(folder);
}

/* what fails at the end leaves nothing but its message */
static void a_failing_commit(void **state)
{
	static const struct {
		const char *name, *call;
		long nth;
	} rows[] = {{"a.wav", "linkat()", 1}, {"a.flac", "linkat()", 1}, {"a.opus", "fsync()", 1}};
	char *folder = folder_new();
	static float pcm[N];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct rec_sink_params params = of(1, 0, N);
		struct rec_sink_stats stats = {-5, -5, -5};
		char *path = path_in(folder, rows[i].name);
		struct rec_sink *sink;
		struct capture capture;

		assert_int_equal(rec_sink_open(&sink, path, &params), REC_OK);
		assert_int_equal(rec_sink_write(sink, pcm, N), REC_OK);
		capture_begin(&capture, STDERR_FILENO);
		fault_begin(rows[i].call, rows[i].nth, EIO);
		int err = rec_sink_commit(&sink, &stats);
		bool failed = fault_end();
		capture_end(&capture);
		assert_true(failed);
		if (err != REC_EIO)
			fail_msg("row %zu: %d", i, err);
		assert_null(sink);
		assert_int_equal(stats.samples, -5);
		assert_non_null(strstr(capture.text, "Input/output error"));
		if (access(path, F_OK) == 0)
			fail_msg("row %zu: there is an output", i);
		free(path);
	}
	folder_remove(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(every_kind),
	        cmocka_unit_test(heads),
	        cmocka_unit_test(refusals),
	        cmocka_unit_test(discarded),
	        cmocka_unit_test(a_failing_commit),
	};
	rec_log_init("rec-x");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
