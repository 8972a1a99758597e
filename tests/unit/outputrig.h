/* SPDX-License-Identifier: MIT */
/* Synthetic pictures and a chirp, and a way to write them to any output, each from a thread of its own. */
#ifndef REC_TESTS_UNIT_OUTPUTRIG_H
#define REC_TESTS_UNIT_OUTPUTRIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/out.h"
#include "media/output.h"
#include "tests/unit/tmp.h"

#include <libavutil/frame.h>
#include <math.h>
#include <pthread.h>

enum { W = 320, H = 180, FRAMES = 45, RATE = 48000, SAMPLES = 71000, CHIRP_AT = 24000, CHIRP = 4800 };

#define FPS30                                                                                                          \
	{                                                                                                              \
		30, 1                                                                                                  \
	}

/* what a case writes */
struct spec {
	const char *name; /* of the file; its ending is the format */
	struct rec_rate fps;
	const char *video; /* codec; "" : default; NULL: no picture */
	bool audio;
	int bits;
	int channels;
};

/* a file of the test's folder; until the next call */
static inline const char *in_folder(const char *name)
{
	static char path[256];

	snprintf(path, sizeof path, "%s/%s", tmp, name);
	return path;
}

static inline int output_make(void **state)
{
	rec_signals_install();
	return tmp_make(state);
}

static inline AVFrame *make_picture(int n)
{
	AVFrame *f = av_frame_alloc();

	f->width = W;
	f->height = H;
	f->format = AV_PIX_FMT_YUV420P;
	assert_int_equal(av_frame_get_buffer(f, 0), 0);
	for (int y = 0; y < H; y++) {
		for (int x = 0; x < W; x++)
			f->data[0][y * f->linesize[0] + x] = (uint8_t)(16 + (x * 2 + y + n * 5) % 200);
	}
	for (int y = 0; y < H / 2; y++) {
		memset(f->data[1] + y * f->linesize[1], 110 + n % 30, W / 2);
		memset(f->data[2] + y * f->linesize[2], 130, W / 2);
	}
	return f;
}

/* one sample of the test sound: silence, and a chirp of 300 to 5000 Hz under a Hann window */
static inline float sound(int n)
{
	int i = n - CHIRP_AT;

	if (i < 0 || i >= CHIRP)
		return 0;
	double t = (double)i / RATE;
	double phase = 2 * M_PI * (300 * t + (5000 - 300) * t * t / (2.0 * CHIRP / RATE));
	return (float)(0.25 * (1 - cos(2 * M_PI * i / CHIRP)) * sin(phase));
}

static inline int feed_pictures(struct rec_output *o, int n)
{
	int r = 0;

	for (int i = 0; i < n && r == 0; i++) {
		AVFrame *f = make_picture(i);
		r = rec_output_video(o, f);
		av_frame_free(&f);
	}
	return r;
}

/* in blocks of a length that no encoder has */
static inline int feed_sound(struct rec_output *o, int channels, int n)
{
	float block[777 * 2];
	int r = 0;

	for (int at = 0; at < n && r == 0; at += 777) {
		int len = n - at < 777 ? n - at : 777;
		for (int i = 0; i < len * channels; i++)
			block[i] = sound(at + i / channels);
		r = rec_output_audio(o, block, (size_t)len);
	}
	return r;
}

static inline int open_spec(struct rec_output **o, const char *path, const char *format, const struct spec *spec)
{
	const char *codec = spec->video && *spec->video ? spec->video : NULL;
	struct rec_video_params video = {.width = W, .height = H, .fps = spec->fps, .codec = codec, .crf = -1};
	struct rec_audio_params audio = {.rate = RATE, .channels = spec->channels, .bits = spec->bits};
	struct rec_output_params params = {.format = format};

	if (spec->video)
		params.video = &video;
	if (spec->audio)
		params.audio = &audio;
	return rec_output_open(o, path, &params);
}

struct feeder {
	struct rec_output *o;
	const struct spec *spec;
	int r;
};

static inline void *feed_sound_thread(void *arg)
{
	struct feeder *f = arg;

	if (f->spec->audio)
		f->r = feed_sound(f->o, f->spec->channels, SAMPLES);
	rec_output_end_audio(f->o);
	return NULL;
}

/* picture and sound from threads of their own; ${path} and ${format} as for rec_output_open() */
static inline int write_spec(
        const char *path, const char *format, const struct spec *spec, struct rec_output_stats *stats)
{
	struct rec_output *o = NULL;
	int r = open_spec(&o, path, format, spec);
	pthread_t thread;

	if (r < 0)
		return r;
	struct feeder feeder = {o, spec, 0};
	pthread_create(&thread, NULL, feed_sound_thread, &feeder);
	if (spec->video)
		r = feed_pictures(o, FRAMES);
	rec_output_end_video(o);
	pthread_join(thread, NULL);
	int c = rec_output_commit(&o, stats);
	assert_null(o);
	return r < 0 ? r : feeder.r < 0 ? feeder.r : c;
}

#endif
