/* SPDX-License-Identifier: MIT */
/*
 * One track from file to placed samples. The files are written here: PCM in Matroska, whose stamps are whole milliseconds, with
 * known holes, drift and jitter. The sound is a sine whose phase tells its time, so every window of the output is measured.
 */
#include "sound/track.h"

#include "base/err.h"
#include "base/log.h"

#include <libavformat/avformat.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define S  REC_NS_PER_S
#define MS REC_NS_PER_MS

static const double pi = 3.14159265358979323846;
static const double hz = 100;

struct file {
	const char *name;
	int rate;
	int channels;
	int packet; /* samples */
	double ppm; /* the stamps' clock against the samples' */
	double jitter_ms;
	double hole_at_s; /* of the content; hole_s of silence follow it */
	double hole_s;
	double first_s; /* stamp of the first sample */
	double seconds; /* of content */
	double allowed_ms;
};

static const struct file files[] = {
        {"plain", 48000, 1, 960, 0, 0, 0, 0, 0, 5, 0.01},
        {"starts late", 48000, 1, 960, 0, 0, 0, 0, 3.25, 5, 0.01},
        {"hole of 40 ms", 48000, 1, 960, 0, 0, 2, 0.04, 0, 5, 0.01},
        {"hole of 10 min", 48000, 1, 960, 0, 0, 2, 600, 0, 5, 0.01},
        {"hole of 3 ms", 48000, 2, 960, 0, 0, 2, 0.003, 0, 5, 0.01},
        {"44.1 kHz in ms", 44100, 1, 1024, 0, 0, 0, 0, 1, 20, 1.0},
        {"44.1 kHz, hole", 44100, 2, 1024, 0, 0, 7, 1.234, 1, 20, 1.0},
        {"16 kHz", 16000, 1, 320, 0, 0, 3, 0.1, 0, 10, 1.0},
        {"+300 ppm", 48000, 1, 960, 300, 0, 0, 0, 0, 120, 2.0},
        {"-300 ppm, stereo", 48000, 2, 2880, -300, 0, 0, 0, 0, 120, 2.0},
        {"+300 ppm, jitter 2, hole", 48000, 1, 960, 300, 2, 60, 0.5, 0, 120, 2.0},
        {"-300 ppm at 44.1 kHz", 44100, 1, 1024, -300, 0.5, 0, 0, 0, 120, 2.0},
};

/* The session time of content time ${c}. */
static double session_time(const struct file *f, double c)
{
	return f->first_s + c * (1 + f->ppm * 1e-6) + (f->hole_s > 0 && c >= f->hole_at_s - 1e-9 ? f->hole_s : 0);
}

/* The content time that sounds at session time ${t}; < 0: none. */
static double content_time(const struct file *f, double t)
{
	double stretch = 1 + f->ppm * 1e-6, c = (t - f->first_s) / stretch;

	if (f->hole_s > 0 && c >= f->hole_at_s - 1e-9) {
		c = (t - f->first_s - f->hole_s) / stretch;
		if (c < f->hole_at_s - 1e-9)
			return -1;
	}
	return c < f->seconds ? c : -1;
}

static void fill(const struct file *f, float *pcm, int64_t from)
{
	for (int i = 0; i < f->packet; i++)
		for (int c = 0; c < f->channels; c++)
			pcm[i * f->channels + c] =
			        (float)(0.5 * sin(2 * pi * hz * (double)(from + i) / (double)f->rate));
}

static double noise(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return (double)(*state >> 8) / (double)(1u << 23) - 1;
}

static void write_packets(const struct file *f, AVFormatContext *out)
{
	uint32_t seed = 5;
	int bytes = f->packet * f->channels * (int)sizeof(float);

	for (int64_t n = 0; n + f->packet <= llround(f->seconds * f->rate); n += f->packet) {
		AVPacket *packet = av_packet_alloc();

		assert_int_equal(av_new_packet(packet, bytes), 0);
		fill(f, (float *)(void *)packet->data, n);
		double t = session_time(f, (double)n / f->rate) + noise(&seed) * f->jitter_ms / 1e3;
		packet->pts = packet->dts = llround(t * 1e3);
		packet->flags = AV_PKT_FLAG_KEY;
		assert_int_equal(av_write_frame(out, packet), 0);
		av_packet_free(&packet);
	}
}

static void write_file(const struct file *f, const char *path)
{
	AVFormatContext *out = NULL;

	assert_true(avformat_alloc_output_context2(&out, NULL, "matroska", path) >= 0);
	AVStream *stream = avformat_new_stream(out, NULL);
	stream->codecpar->codec_type = AVMEDIA_TYPE_AUDIO;
	stream->codecpar->codec_id = AV_CODEC_ID_PCM_F32LE;
	stream->codecpar->sample_rate = f->rate;
	stream->codecpar->bits_per_coded_sample = 32;
	av_channel_layout_default(&stream->codecpar->ch_layout, f->channels);
	out->flags |= AVFMT_FLAG_BITEXACT;
	out->avoid_negative_ts = 0;
	assert_true(avio_open(&out->pb, path, AVIO_FLAG_WRITE) >= 0);
	assert_true(avformat_write_header(out, NULL) >= 0);
	write_packets(f, out);
	av_write_trailer(out);
	avio_closep(&out->pb);
	avformat_free_context(out);
}

/* a path of its own; the caller unlinks and frees it */
static char *temporary(void)
{
	char *path = strdup("/tmp/rec-soundtrack-XXXXXX");
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	return path;
}

struct measure {
	double worst_ms; /* of a window's time */
	double residual; /* largest deviation from the sine that fits the window */
	int64_t windows;
	int64_t noisy_zero; /* samples that should be silent */
};

/* One window of 10 ms, one period: phase against the expected one; what is no sine is a click. */
static void measure_window(const struct file *f, const float *pcm, int channels, double t, struct measure *m)
{
	double re = 0, im = 0, step = 1.0 / 48000;
	float residual = 0;

	for (int i = 0; i < 480; i++) {
		double w = 2 * pi * hz * content_time(f, t + i * step);

		re += (double)pcm[i * channels] * sin(w) / 240;
		im += (double)pcm[i * channels] * cos(w) / 240;
	}
	for (int i = 0; i < 480; i++) {
		double w = 2 * pi * hz * content_time(f, t + i * step);
		float d = fabsf(pcm[i * channels] - (float)(re * sin(w) + im * cos(w)));

		residual = d > residual ? d : residual;
	}
	double late_ms = -atan2(im, re) / (2 * pi * hz) * 1e3;
	m->worst_ms = fmax(m->worst_ms, fabs(late_ms));
	m->residual = fmax(m->residual, (double)residual);
	m->windows++;
}

static void measure_block(const struct file *f, const float *pcm, int channels, int64_t pos, struct measure *m)
{
	double t = (double)pos / 48000, margin = f->allowed_ms / 1e3 + 0.001;

	/* a window that is sound all through, with some room, or silence all through */
	double before = content_time(f, t - margin), after = content_time(f, t + 0.01 + margin);
	if (before >= 0 && after >= 0 && fabs(after - before - 0.01 - 2 * margin) < 0.0005) {
		measure_window(f, pcm, channels, t, m);
	} else if (before < 0 && after < 0) {
		for (int i = 0; i < 480 * channels; i++)
			m->noisy_zero += pcm[i] != 0;
	}
}

static void run_file(const struct file *f)
{
	char *path = temporary();
	const struct rec_sound_track_params params = {.rate = 48000, .origin = REC_ORIGIN_SESSION};
	struct rec_sound_track *track = NULL;
	struct rec_sound_ledger ledger;
	struct measure m = {0};
	float pcm[960];
	int64_t pos = 0;
	int err;

	write_file(f, path);
	assert_int_equal(rec_sound_track_open(&track, path, &params), REC_OK);
	assert_int_equal(rec_sound_track_channels(track), f->channels);
	while ((err = rec_sound_track_read(track, pos, 480, pcm)) == REC_OK) {
		measure_block(f, pcm, f->channels, pos, &m);
		pos += 480;
	}
	assert_int_equal(err, REC_ENODATA);
	double end = (double)rec_sound_track_end(track) / 48000, want = session_time(f, f->seconds);
	rec_sound_track_close(&track, &ledger);
	print_message("# %s: worst %.3f ms, residual %.5f, %lld windows, %.2f ppm\n", f->name, m.worst_ms, m.residual,
	        (long long)m.windows, ledger.drift_ppm);
	if (m.worst_ms > f->allowed_ms)
		fail_msg("%s: %.3f ms off, %.3f allowed", f->name, m.worst_ms, f->allowed_ms);
	if (m.residual > 0.002)
		fail_msg("%s: a click of %.4f", f->name, m.residual);
	assert_true(m.windows > (int64_t)(f->seconds * 100 * 0.9));
	assert_int_equal(m.noisy_zero, 0);
	if (fabs(end - want) > f->allowed_ms / 1e3)
		fail_msg("%s: ends at %.4f, not %.4f", f->name, end, want);
	assert_int_equal(ledger.gaps_total - 1, (f->first_s > 0) + (f->hole_s > 0));
	rec_sound_ledger_free(&ledger);
	unlink(path);
	free(path);
}

static void test_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct file f = files[i];

		/* holes and ends lie between packets */
		f.hole_at_s = ceil(f.hole_at_s * f.rate / f.packet) * f.packet / f.rate;
		f.seconds = floor(f.seconds * f.rate / f.packet) * f.packet / f.rate;
		run_file(&f);
	}
}

/* Origin track: the first sample presented stands at start_ns, whatever the container's clock and its jitter; what lies before zero is cut off. */
static void test_origin_track(void **state)
{
	static const struct {
		int64_t start_ns, first, last, trimmed;
	} cases[] = {
	        {0, 0, 96000, 0},
	        {S + S / 2, 72000, 72000 + 96000, 0},
	        {-S / 2, 0, 72000, 24000},
	        {-10 * S, 0, 0, 96000},
	};
	const struct file f = {"origin", 48000, 1, 960, 0, 0.6, 0, 0, 1234.567, 2, 0};
	char *path = temporary();

	(void)state;
	write_file(&f, path);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct rec_sound_track_params params = {
		        .rate = 48000, .origin = REC_ORIGIN_TRACK, .start_ns = cases[i].start_ns};
		struct rec_sound_track *track;
		struct rec_sound_ledger ledger;
		float *pcm = calloc(4 * 48000, sizeof(*pcm)), want[960];
		int64_t pos = 0;

		fill(&f, want, cases[i].trimmed);
		assert_int_equal(rec_sound_track_open(&track, path, &params), REC_OK);
		while (pos < 4 * 48000 && rec_sound_track_read(track, pos, 480, pcm + pos) == REC_OK)
			pos += 480;
		assert_int_equal(rec_sound_track_end(track), cases[i].last);
		if (cases[i].last > 0)
			assert_memory_equal(pcm + cases[i].first, want, sizeof(want));
		rec_sound_track_close(&track, &ledger);
		assert_int_equal(ledger.trimmed_samples, cases[i].trimmed);
		assert_int_equal(ledger.used_samples, 96000 - cases[i].trimmed);
		/* head, and the tail that the last read asked for */
		assert_int_equal(ledger.gaps_total, (cases[i].first > 0) + 1);
		rec_sound_ledger_free(&ledger);
		free(pcm);
	}
	unlink(path);
	free(path);
}

/* Reading with holes skipped over: positions may leap, what lies between is dropped. */
static void test_leap(void **state)
{
	const struct file f = {"leap", 48000, 1, 960, 0, 0, 2, 600, 0, 4, 0};
	const struct rec_sound_track_params params = {.rate = 48000, .origin = REC_ORIGIN_SESSION};
	char *path = temporary();
	struct rec_sound_track *track;
	float pcm[960], want[960];

	(void)state;
	write_file(&f, path);
	assert_int_equal(rec_sound_track_open(&track, path, &params), REC_OK);
	assert_int_equal(rec_sound_track_read(track, 48000, 960, pcm), REC_OK);
	fill(&f, want, 48000);
	assert_memory_equal(pcm, want, sizeof(want));
	assert_int_equal(rec_sound_track_end(track), -1);
	assert_int_equal(rec_sound_track_read(track, 300 * 48000, 960, pcm), REC_OK);
	for (int i = 0; i < 960; i++)
		assert_true(pcm[i] == 0);
	assert_int_equal(rec_sound_track_read(track, 603 * 48000, 960, pcm), REC_OK);
	fill(&f, want, 3 * 48000);
	assert_memory_equal(pcm, want, sizeof(want));
	assert_int_equal(rec_sound_track_read(track, 700 * 48000, 960, pcm), REC_ENODATA);
	assert_int_equal(rec_sound_track_end(track), 604 * 48000);
	rec_sound_track_close(&track, NULL);
	unlink(path);
	free(path);
}

static void test_cannot_open(void **state)
{
	const struct rec_sound_track_params params = {.rate = 48000};
	char *path = temporary();
	struct rec_sound_track *track;

	(void)state;
	assert_int_equal(rec_sound_track_open(&track, path, &params), REC_EINPUT);
	assert_null(track);
	unlink(path);
	assert_int_equal(rec_sound_track_open(&track, path, &params), REC_EINPUT);
	assert_null(track);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_files),
	        cmocka_unit_test(test_origin_track),
	        cmocka_unit_test(test_leap),
	        cmocka_unit_test(test_cannot_open),
	};

	rec_log_init("soundtrack");
	rec_log_set_level(REC_QUIET);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
