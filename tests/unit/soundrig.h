/* SPDX-License-Identifier: MIT */
/* Sound for tests in which something fails: N silent samples at RATE in a WAV and in a FLAC file, and frames to hand on. */
#ifndef REC_TESTS_UNIT_SOUNDRIG_H
#define REC_TESTS_UNIT_SOUNDRIG_H

#include "base/err.h"
#include "sound/sink.h"
#include "tests/unit/tmp.h"

#include <libavutil/frame.h>

enum { RATE = 48000, N = 4800 };

static struct {
	char *wav;
	char *flac;
	AVFrame *mono;
	AVFrame *stereo;
} sound;

static inline AVFrame *sound_frame(int channels)
{
	AVFrame *frame = av_frame_alloc();

	if (!frame)
		abort();
	frame->format = AV_SAMPLE_FMT_FLT;
	frame->sample_rate = RATE;
	frame->nb_samples = 960;
	av_channel_layout_default(&frame->ch_layout, channels);
	if (av_frame_get_buffer(frame, 0) < 0)
		abort();
	memset(frame->data[0], 0, (size_t)frame->linesize[0]);
	return frame;
}

static inline void sound_write(const char *path)
{
	const struct rec_sink_params params = {.audio = {.rate = RATE, .channels = 1, .bits = 16}, .bound = N};
	static float pcm[N];
	struct rec_sink *sink;

	if (rec_sink_open(&sink, path, &params) < 0 || rec_sink_write(sink, pcm, N) < 0 ||
	        rec_sink_commit(&sink, NULL) < 0)
		abort();
}

static inline int sound_make(void **state)
{
	if (tmp_make(state) < 0)
		return -1;
	sound.wav = tmp_path("a.wav");
	sound.flac = tmp_path("a.flac");
	sound_write(sound.wav);
	sound_write(sound.flac);
	sound.mono = sound_frame(1);
	sound.stereo = sound_frame(2);
	return 0;
}

static inline int sound_remove(void **state)
{
	av_frame_free(&sound.mono);
	av_frame_free(&sound.stereo);
	free(sound.wav);
	free(sound.flac);
	return tmp_remove(state);
}

#endif
