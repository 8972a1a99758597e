/* SPDX-License-Identifier: MIT */
#include "sound/resample.h"

#include "base/err.h"

#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_CHANNELS 64

struct rec_resample {
	SwrContext *swr;
	int format;
	int in_rate;
	AVChannelLayout in_layout;
	int out_rate;
	int channels;
	bool bendable;
	bool bent;
	int64_t taken; /* samples in, of this stretch */
	int64_t given; /* samples out */
	float *pcm;
	size_t room; /* samples */
};

/* A layout without names (or one that libswresample has no default for) is known by its count alone. */
static int name_layout(AVChannelLayout *named, const AVChannelLayout *given)
{
	if (given->order == AV_CHANNEL_ORDER_NATIVE)
		return av_channel_layout_copy(named, given);
	av_channel_layout_default(named, given->nb_channels);
	return 0;
}

/* Out = matrix x in, for the mappings that libswresample has no layout for or would weigh otherwise. */
static bool own_matrix(double *matrix, const AVChannelLayout *in, int out)
{
	int n = in->nb_channels;
	bool even = n == 1 || (n == 2 && out == 1) || (n != out && in->order != AV_CHANNEL_ORDER_NATIVE);

	for (int o = 0; o < out; o++)
		for (int i = 0; i < n; i++)
			matrix[o * n + i] = even ? 1.0 / n : o == i;
	return even || n == out;
}

static int map_channels(struct rec_resample *r, const AVChannelLayout *in)
{
	double matrix[MOST_CHANNELS * MOST_CHANNELS];

	if (in->nb_channels == r->channels)
		return 0;
	if (own_matrix(matrix, in, r->channels))
		return swr_set_matrix(r->swr, matrix, in->nb_channels);
	return av_opt_set_double(r->swr, "rematrix_maxval", 1.0, 0);
}

static int code_of(int av)
{
	return av == AVERROR(ENOMEM) ? REC_ENOMEM : REC_EINVAL;
}

static int set_up(struct rec_resample *r, const AVFrame *like)
{
	AVChannelLayout in = {0}, out = {0};
	int err = name_layout(&in, &like->ch_layout);

	if (in.nb_channels == r->channels)
		err = err < 0 ? err : av_channel_layout_copy(&out, &in);
	else
		av_channel_layout_default(&out, r->channels);
	if (err >= 0)
		err = swr_alloc_set_opts2(
		        &r->swr, &out, AV_SAMPLE_FMT_FLT, r->out_rate, &in, like->format, like->sample_rate, 0, NULL);
	if (err >= 0)
		err = av_opt_set_sample_fmt(r->swr, "internal_sample_fmt", AV_SAMPLE_FMT_FLTP, 0);
	if (err >= 0 && r->bendable)
		err = av_opt_set_int(r->swr, "flags", SWR_FLAG_RESAMPLE, 0);
	if (err >= 0)
		err = map_channels(r, &in);
	av_channel_layout_uninit(&in);
	av_channel_layout_uninit(&out);
	if (err < 0)
		return err;
	return swr_init(r->swr);
}

int rec_resample_new(struct rec_resample **r, const AVFrame *like, const struct rec_resample_params *params)
{
	int n = like->ch_layout.nb_channels;

	*r = NULL;
	if (n < 1 || n > MOST_CHANNELS || params->channels < 1 || params->channels > MOST_CHANNELS ||
	        like->format < 0 || like->sample_rate < 1 || params->rate < 1)
		return REC_EINVAL;
	struct rec_resample *new = calloc(1, sizeof(*new));
	if (!new)
		return REC_ENOMEM;
	new->format = like->format;
	new->in_rate = like->sample_rate;
	new->out_rate = params->rate;
	new->channels = params->channels;
	new->bendable = params->bendable || like->sample_rate != params->rate;
	int err = av_channel_layout_copy(&new->in_layout, &like->ch_layout);
	if (err >= 0)
		err = set_up(new, like);
	if (err < 0) {
		rec_resample_free(&new);
		return code_of(err);
	}
	*r = new;
	return REC_OK;
}

bool rec_resample_fits(const struct rec_resample *r, const AVFrame *frame)
{
	return r->format == frame->format && r->in_rate == frame->sample_rate &&
	       av_channel_layout_compare(&r->in_layout, &frame->ch_layout) == 0;
}

bool rec_resample_bendable(const struct rec_resample *r)
{
	return r->bendable;
}

int rec_resample_bend(struct rec_resample *r, double ppm)
{
	/* a distance that no frame uses up, so that the step is as fine as libswresample has it */
	static const int distance = 1 << 30;

	int delta = (int)lrint(ppm * 1e-6 * distance);

	r->bent = true;
	int err = swr_set_compensation(r->swr, delta, distance);
	return err < 0 ? code_of(err) : REC_OK;
}

static int make_room(struct rec_resample *r, int n)
{
	if ((size_t)n <= r->room)
		return REC_OK;
	float *pcm = realloc(r->pcm, (size_t)n * (size_t)r->channels * sizeof(*pcm));
	if (!pcm)
		return REC_ENOMEM;
	r->pcm = pcm;
	r->room = (size_t)n;
	return REC_OK;
}

static int rewind_swr(struct rec_resample *r)
{
	r->taken = r->given = 0;
	int err = swr_init(r->swr);
	return err < 0 ? code_of(err) : REC_OK;
}

/* Float formats can hold what no sound is; it would spread through every sum. */
static void drop_nonsense(float *pcm, size_t n)
{
	static const float absurd = 1e6F;
	bool nonsense = false;

	for (size_t i = 0; i < n; i++)
		nonsense |= !(fabsf(pcm[i]) <= absurd); /* NaN too */
	for (size_t i = 0; nonsense && i < n; i++)
		pcm[i] = fabsf(pcm[i]) <= absurd ? pcm[i] : 0;
}

int rec_resample_run(struct rec_resample *r, const AVFrame *frame, float **pcm, size_t *n)
{
	int in = frame ? frame->nb_samples : 0;
	int most = swr_get_out_samples(r->swr, in);

	*n = 0;
	*pcm = NULL;
	if (most < 0)
		return REC_EINVAL;
	if (make_room(r, most + 64) < 0)
		return REC_ENOMEM;
	uint8_t *out = (uint8_t *)r->pcm;
	const uint8_t **data = frame ? (const uint8_t **)frame->extended_data : NULL;
	int got = swr_convert(r->swr, &out, most + 64, data, in);
	if (got < 0)
		return code_of(got);
	r->taken += in;
	r->given += got;
	*pcm = r->pcm;
	*n = (size_t)got;
	drop_nonsense(r->pcm, *n * (size_t)r->channels);
	return frame ? REC_OK : rewind_swr(r);
}

int64_t rec_resample_slip_ns(const struct rec_resample *r)
{
	if (!r->bent)
		return 0;
	int64_t pending = swr_get_delay(r->swr, REC_NS_PER_S);

	return rec_ns_of_samples(r->given, r->out_rate) + pending - rec_ns_of_samples(r->taken, r->in_rate);
}

void rec_resample_free(struct rec_resample **r)
{
	if (!*r)
		return;
	swr_free(&(*r)->swr);
	av_channel_layout_uninit(&(*r)->in_layout);
	free((*r)->pcm);
	free(*r);
	*r = NULL;
}
