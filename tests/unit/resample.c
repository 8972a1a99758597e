/* SPDX-License-Identifier: MIT */
/* Any format, layout and rate becomes float of the right length: exactly where nothing needs to change. */
#include "sound/resample.h"

#include "base/err.h"

#include <libavutil/channel_layout.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static AVFrame *frame_of(int format, int rate, const AVChannelLayout *layout, int nsamples)
{
	AVFrame *frame = av_frame_alloc();

	assert_non_null(frame);
	frame->format = format;
	frame->sample_rate = rate;
	frame->nb_samples = nsamples;
	assert_int_equal(av_channel_layout_copy(&frame->ch_layout, layout), 0);
	assert_int_equal(av_frame_get_buffer(frame, 0), 0);
	for (int i = 0; i < (av_sample_fmt_is_planar(format) ? layout->nb_channels : 1); i++)
		memset(frame->extended_data[i], 0, (size_t)frame->linesize[0]);
	return frame;
}

/* Write ${v}, a multiple of 1/128 in [-1, 1), in the frame's format. */
static void set_sample(AVFrame *frame, int i, int channel, double v)
{
	bool planar = av_sample_fmt_is_planar(frame->format);
	int at = planar ? i : i * frame->ch_layout.nb_channels + channel;
	uint8_t *data = frame->extended_data[planar ? channel : 0];

	switch (av_get_packed_sample_fmt(frame->format)) {
	case AV_SAMPLE_FMT_U8:
		data[at] = (uint8_t)(v * 128 + 128);
		break;
	case AV_SAMPLE_FMT_S16:
		((int16_t *)(void *)data)[at] = (int16_t)(v * 32768);
		break;
	case AV_SAMPLE_FMT_S32:
		((int32_t *)(void *)data)[at] = (int32_t)(v * 2147483648.0);
		break;
	case AV_SAMPLE_FMT_FLT:
		((float *)(void *)data)[at] = (float)v;
		break;
	case AV_SAMPLE_FMT_DBL:
		((double *)(void *)data)[at] = v;
		break;
	default:
		fail_msg("no such format");
	}
}

static double value(int i, int channel)
{
	return ((i * 7 + channel * 31) % 255 - 127) / 128.0;
}

static void test_formats_are_exact(void **state)
{
	static const enum AVSampleFormat formats[] = {AV_SAMPLE_FMT_U8, AV_SAMPLE_FMT_S16, AV_SAMPLE_FMT_S32,
	        AV_SAMPLE_FMT_FLT, AV_SAMPLE_FMT_DBL, AV_SAMPLE_FMT_U8P, AV_SAMPLE_FMT_S16P, AV_SAMPLE_FMT_S32P,
	        AV_SAMPLE_FMT_FLTP, AV_SAMPLE_FMT_DBLP};
	const struct rec_resample_params params = {48000, 2, false};

	(void)state;
	for (size_t f = 0; f < COUNT(formats); f++) {
		AVFrame *frame = frame_of(formats[f], 48000, &(AVChannelLayout)AV_CHANNEL_LAYOUT_STEREO, 960);
		struct rec_resample *r;
		float *pcm;
		size_t n;

		for (int i = 0; i < 960 * 2; i++)
			set_sample(frame, i / 2, i % 2, value(i / 2, i % 2));
		assert_int_equal(rec_resample_new(&r, frame, &params), REC_OK);
		assert_true(rec_resample_fits(r, frame));
		assert_false(rec_resample_bendable(r));
		for (int round = 0; round < 3; round++) {
			assert_int_equal(rec_resample_run(r, frame, &pcm, &n), REC_OK);
			assert_int_equal(n, 960);
			for (int i = 0; i < 960 * 2; i++)
				if (pcm[i] != (float)value(i / 2, i % 2))
					fail_msg("format %zu, sample %d: %g", f, i, (double)pcm[i]);
		}
		assert_int_equal(rec_resample_run(r, NULL, &pcm, &n), REC_OK);
		assert_int_equal(n, 0);
		rec_resample_free(&r);
		assert_null(r);
		av_frame_free(&frame);
	}
}

struct mapping {
	const char *name;
	AVChannelLayout in;
	int out;
	double level[8]; /* of each input channel, constant */
	double want[8];
	double within;
};

static const struct mapping mappings[] = {
        {"mono to both", AV_CHANNEL_LAYOUT_MONO, 2, {0.5}, {0.5, 0.5}, 0},
        {"mono to mono", AV_CHANNEL_LAYOUT_MONO, 1, {0.5}, {0.5}, 0},
        {"stereo to mono", AV_CHANNEL_LAYOUT_STEREO, 1, {0.5, 0.25}, {0.375}, 0},
        {"stereo to stereo", AV_CHANNEL_LAYOUT_STEREO, 2, {0.5, -0.25}, {0.5, -0.25}, 0},
        /* left + 0.7 centre + 0.7 surround, over their sum */
        {"5.1 to stereo", AV_CHANNEL_LAYOUT_5POINT1, 2, {1, 0, 0, 0, 0, 0}, {0.4142, 0}, 0.001},
        {"5.1 cannot clip", AV_CHANNEL_LAYOUT_5POINT1, 2, {1, 1, 1, 1, 1, 1}, {1, 1}, 0.001},
        {"5.1 to mono", AV_CHANNEL_LAYOUT_5POINT1, 1, {1, 1, 1, 1, 1, 1}, {1}, 0.001},
        {"unnamed 2 to mono", {.order = AV_CHANNEL_ORDER_UNSPEC, .nb_channels = 2}, 1, {1, 0}, {0.5}, 0},
        {"unnamed 5 to stereo", {.order = AV_CHANNEL_ORDER_UNSPEC, .nb_channels = 5}, 2, {1, 1, 1, 1, 1}, {1, 1},
                0.001},
};

static void test_mappings(void **state)
{
	(void)state;
	for (size_t m = 0; m < COUNT(mappings); m++) {
		const struct mapping *map = &mappings[m];
		const struct rec_resample_params params = {48000, map->out, false};
		AVFrame *frame = frame_of(AV_SAMPLE_FMT_FLTP, 48000, &map->in, 64);
		struct rec_resample *r;
		float *pcm;
		size_t n;

		for (int c = 0; c < map->in.nb_channels; c++)
			for (int i = 0; i < 64; i++)
				set_sample(frame, i, c, map->level[c]);
		if (rec_resample_new(&r, frame, &params) != REC_OK)
			fail_msg("%s: refused", map->name);
		assert_int_equal(rec_resample_run(r, frame, &pcm, &n), REC_OK);
		assert_int_equal(n, 64);
		for (int i = 0; i < 64 * map->out; i++)
			if (fabs((double)pcm[i] - map->want[i % map->out]) > map->within)
				fail_msg("%s: %g", map->name, (double)pcm[i]);
		rec_resample_free(&r);
		av_frame_free(&frame);
	}
}

/* every count of channels that the limits let in, named or not, is taken or refused, never a crash */
static void test_any_channels(void **state)
{
	(void)state;
	for (int n = 1; n <= 16; n++)
		for (int out = 1; out <= 2; out++) {
			AVChannelLayout layout = {.order = AV_CHANNEL_ORDER_UNSPEC, .nb_channels = n};
			const struct rec_resample_params params = {48000, out, false};
			AVFrame *frame = frame_of(AV_SAMPLE_FMT_S16, 44100, &layout, 1024);
			struct rec_resample *r;
			float *pcm;
			size_t got;

			if (rec_resample_new(&r, frame, &params) != REC_OK)
				fail_msg("%d channels to %d", n, out);
			assert_int_equal(rec_resample_run(r, frame, &pcm, &got), REC_OK);
			rec_resample_free(&r);
			av_frame_free(&frame);
		}
}

/* In packets of ${packet}, ${total} samples give as many as the time they last, whatever the rates. */
static void check_length(int rate, int out_rate, int packet, int total)
{
	const struct rec_resample_params params = {out_rate, 1, false};
	AVChannelLayout mono = AV_CHANNEL_LAYOUT_MONO;
	struct rec_resample *r = NULL;
	int64_t got = 0;
	float *pcm;
	size_t n;

	for (int at = 0; at < total; at += packet) {
		AVFrame *frame = frame_of(AV_SAMPLE_FMT_FLTP, rate, &mono, total - at < packet ? total - at : packet);

		if (!r)
			assert_int_equal(rec_resample_new(&r, frame, &params), REC_OK);
		assert_int_equal(rec_resample_run(r, frame, &pcm, &n), REC_OK);
		got += (int64_t)n;
		av_frame_free(&frame);
	}
	assert_int_equal(rec_resample_run(r, NULL, &pcm, &n), REC_OK);
	got += (int64_t)n;
	int64_t want = rec_rescale(total, out_rate, rate);
	if (llabs(got - want) > 1)
		fail_msg("%d Hz to %d Hz, %d samples by %d: %lld, not %lld", rate, out_rate, total, packet,
		        (long long)got, (long long)want);
	rec_resample_free(&r);
}

static void test_lengths(void **state)
{
	static const int rates[] = {8000, 16000, 22050, 44100, 48000, 96000};
	static const int totals[] = {400, 1024, 44101};

	(void)state;
	for (size_t i = 0; i < COUNT(rates); i++)
		for (size_t o = 0; o < COUNT(rates); o++)
			for (size_t t = 0; t < COUNT(totals); t++) {
				check_length(rates[i], rates[o], 1024, totals[t]);
				check_length(rates[i], rates[o], 333, totals[t]);
			}
}

static void bend(int rate, double ppm, double *slip_ppm, double *given_ppm)
{
	const struct rec_resample_params params = {48000, 1, true};
	AVChannelLayout mono = AV_CHANNEL_LAYOUT_MONO;
	AVFrame *frame = frame_of(AV_SAMPLE_FMT_FLTP, rate, &mono, rate / 50);
	struct rec_resample *r;
	int64_t got = 0;
	float *pcm;
	size_t n;

	assert_int_equal(rec_resample_new(&r, frame, &params), REC_OK);
	for (int i = 0; i < 3000; i++) {
		assert_int_equal(rec_resample_bend(r, ppm), REC_OK);
		assert_int_equal(rec_resample_run(r, frame, &pcm, &n), REC_OK);
		got += (int64_t)n;
	}
	*slip_ppm = (double)rec_resample_slip_ns(r) / 60e9 * 1e6;
	assert_int_equal(rec_resample_run(r, NULL, &pcm, &n), REC_OK);
	*given_ppm = ((double)(got + (int64_t)n) / 48000 - 60) / 60 * 1e6;
	rec_resample_free(&r);
	av_frame_free(&frame);
}

/* Bent sound has the length that was asked for, and the account of it is true. */
static void test_bend(void **state)
{
	static const double ppms[] = {0, 1, -20, 300, -300, 1200};
	static const int rates[] = {48000, 44100, 16000};

	(void)state;
	for (size_t r = 0; r < COUNT(rates); r++)
		for (size_t i = 0; i < COUNT(ppms); i++) {
			double slip, given;

			bend(rates[r], ppms[i], &slip, &given);
			if (fabs(slip - ppms[i]) > 3 || fabs(given - slip) > 0.5)
				fail_msg("%d Hz, %g ppm: %g by its account, %g in truth", rates[r], ppms[i], slip,
				        given);
		}
}

static void test_nonsense_is_silenced(void **state)
{
	static const struct {
		float in[5];
		float want[5];
	} rows[] = {{{0.5F, NAN, INFINITY, -1e30F, -0.25F}, {0.5F, 0, 0, 0, -0.25F}},
	        {{0.5F, NAN, 0.5F, 0.5F, -0.25F}, {0.5F, 0, 0.5F, 0.5F, -0.25F}},
	        {{NAN, NAN, NAN, NAN, NAN}, {0, 0, 0, 0, 0}}};
	const struct rec_resample_params params = {48000, 1, false};
	AVChannelLayout mono = AV_CHANNEL_LAYOUT_MONO;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		AVFrame *frame = frame_of(AV_SAMPLE_FMT_FLT, 48000, &mono, 5);
		struct rec_resample *r;
		float *pcm;
		size_t n;

		memcpy(frame->data[0], rows[i].in, sizeof(rows[i].in));
		assert_int_equal(rec_resample_new(&r, frame, &params), REC_OK);
		assert_int_equal(rec_resample_run(r, frame, &pcm, &n), REC_OK);
		assert_int_equal(n, 5);
		assert_memory_equal(pcm, rows[i].want, sizeof(rows[i].want));
		rec_resample_free(&r);
		av_frame_free(&frame);
	}
}

static void test_refusals(void **state)
{
	static const struct {
		int in, in_rate, format;
		struct rec_resample_params params;
	} rows[] = {{0, 48000, AV_SAMPLE_FMT_FLT, {48000, 1, false}}, {65, 48000, AV_SAMPLE_FMT_FLT, {48000, 1, false}},
	        {1, 48000, AV_SAMPLE_FMT_FLT, {48000, 0, false}}, {1, 48000, AV_SAMPLE_FMT_FLT, {48000, 65, false}},
	        {1, 0, AV_SAMPLE_FMT_FLT, {48000, 1, false}}, {1, 48000, AV_SAMPLE_FMT_FLT, {0, 1, false}},
	        {1, 48000, 9999, {48000, 1, false}}, {1, 48000, AV_SAMPLE_FMT_NONE, {48000, 1, false}}};

	(void)state;
	av_log_set_level(AV_LOG_QUIET);
	for (size_t i = 0; i < COUNT(rows); i++) {
		AVFrame *frame = av_frame_alloc();
		struct rec_resample *r = NULL;

		frame->format = rows[i].format;
		frame->sample_rate = rows[i].in_rate;
		frame->ch_layout = (AVChannelLayout){.order = AV_CHANNEL_ORDER_UNSPEC, .nb_channels = rows[i].in};
		if (rec_resample_new(&r, frame, &rows[i].params) != REC_EINVAL || r)
			fail_msg("row %zu is taken", i);
		av_frame_free(&frame);
	}
}

/* one made for other rates, formats or layouts does not fit */
static void test_fits(void **state)
{
	static const AVChannelLayout stereo = AV_CHANNEL_LAYOUT_STEREO, mono = AV_CHANNEL_LAYOUT_MONO;
	const struct rec_resample_params params = {48000, 2, false};
	AVFrame *same = frame_of(AV_SAMPLE_FMT_FLT, 48000, &stereo, 8),
	        *others[] = {frame_of(AV_SAMPLE_FMT_S16, 48000, &stereo, 8),
	                frame_of(AV_SAMPLE_FMT_FLT, 44100, &stereo, 8), frame_of(AV_SAMPLE_FMT_FLT, 48000, &mono, 8)};
	struct rec_resample *r;

	(void)state;
	assert_int_equal(rec_resample_new(&r, same, &params), REC_OK);
	assert_true(rec_resample_fits(r, same));
	assert_true(rec_resample_slip_ns(r) == 0);
	for (size_t i = 0; i < COUNT(others); i++) {
		assert_false(rec_resample_fits(r, others[i]));
		av_frame_free(&others[i]);
	}
	rec_resample_free(&r);
	rec_resample_free(&r);
	av_frame_free(&same);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_formats_are_exact),
	        cmocka_unit_test(test_mappings),
	        cmocka_unit_test(test_any_channels),
	        cmocka_unit_test(test_lengths),
	        cmocka_unit_test(test_bend),
	        cmocka_unit_test(test_nonsense_is_silenced),
	        cmocka_unit_test(test_refusals),
	        cmocka_unit_test(test_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
