/* SPDX-License-Identifier: MIT */
#include "media/packer.h"

#include "base/err.h"
#include "base/log.h"

#include <math.h>

/* of encoders that take any size (PCM) */
static const int free_frame_size = 4096;

void rec_packer_init(struct rec_packer *packer, const AVCodecContext *context)
{
	*packer = (struct rec_packer){.context = context};
}

static int frame_size(const struct rec_packer *packer)
{
	return packer->context->frame_size > 0 ? packer->context->frame_size : free_frame_size;
}

static int new_frame(struct rec_packer *packer)
{
	AVFrame *frame = av_frame_alloc();

	if (!frame)
		return rec_report(REC_ENOMEM, "cannot encode sound: out of memory");
	frame->format = packer->context->sample_fmt;
	frame->sample_rate = packer->context->sample_rate;
	frame->nb_samples = frame_size(packer);
	if (av_channel_layout_copy(&frame->ch_layout, &packer->context->ch_layout) < 0 ||
	        av_frame_get_buffer(frame, 0) < 0) {
		av_frame_free(&frame);
		return rec_report(REC_ENOMEM, "cannot encode sound: out of memory");
	}
	frame->pts = packer->samples;
	packer->frame = frame;
	packer->filled = 0;
	return REC_OK;
}

static float or_silence(float v)
{
	return isfinite(v) ? v : 0.0f;
}

/* full scale -1 is the lowest integer, so +1 clips by one step */
static int32_t quantize(float v, double scale)
{
	double x = (double)or_silence(v) * scale;

	return (int32_t)lrint(fmin(fmax(x, -scale), scale - 1));
}

static void put_planar(AVFrame *frame, int at, const float *pcm, int n, int channels)
{
	for (int c = 0; c < channels; c++) {
		float *plane = (float *)(void *)frame->extended_data[c] + at;
		for (int i = 0; i < n; i++)
			plane[i] = or_silence(pcm[(ptrdiff_t)i * channels + c]);
	}
}

static void put(AVFrame *frame, int at, const float *pcm, int n)
{
	int channels = frame->ch_layout.nb_channels;
	ptrdiff_t first = (ptrdiff_t)at * channels;
	ptrdiff_t count = (ptrdiff_t)n * channels;
	void *data = frame->extended_data[0];

	switch (frame->format) {
	case AV_SAMPLE_FMT_FLTP:
		put_planar(frame, at, pcm, n, channels);
		break;
	case AV_SAMPLE_FMT_FLT:
		for (ptrdiff_t i = 0; i < count; i++)
			((float *)data)[first + i] = or_silence(pcm[i]);
		break;
	case AV_SAMPLE_FMT_S16:
		for (ptrdiff_t i = 0; i < count; i++)
			((int16_t *)data)[first + i] = (int16_t)quantize(pcm[i], 32768.0);
		break;
	default: /* S32 that holds 24 bits at its top: the encoders drop the rest without rounding */
		for (ptrdiff_t i = 0; i < count; i++)
			((int32_t *)data)[first + i] = quantize(pcm[i], 8388608.0) * 256;
	}
}

ptrdiff_t rec_packer_add(struct rec_packer *packer, const float *pcm, size_t nframes, AVFrame **frame)
{
	*frame = NULL;
	if (!packer->frame) {
		int r = new_frame(packer);
		if (r < 0)
			return r;
	}
	int room = frame_size(packer) - packer->filled;
	int n = nframes < (size_t)room ? (int)nframes : room;
	put(packer->frame, packer->filled, pcm, n);
	packer->filled += n;
	packer->samples += n;
	if (n == room) {
		*frame = packer->frame;
		packer->frame = NULL;
	}
	return n;
}

AVFrame *rec_packer_rest(struct rec_packer *packer)
{
	AVFrame *frame = packer->frame;

	packer->frame = NULL;
	if (frame && packer->filled == 0)
		av_frame_free(&frame);
	if (frame)
		frame->nb_samples = packer->filled;
	return frame;
}

void rec_packer_reset(struct rec_packer *packer)
{
	av_frame_free(&packer->frame);
}
