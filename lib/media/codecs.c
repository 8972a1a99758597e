/* SPDX-License-Identifier: MIT */
#include "media/codecs.h"

#include "base/err.h"
#include "base/log.h"
#include "media/libav.h"
#include "media/limits.h"
#include "media/output.h"
#include "media/video_options.h"

#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

struct audio_codec {
	const char *name;  /* FFmpeg's encoder */
	const char *alias; /* what people call it */
	enum AVSampleFormat sample_fmt;
	int bits; /* of PCM; 0: not by bits */
	int max_channels;
	bool lossy;
};

static const struct audio_codec audio_codecs[] = {
        {"aac", "aac", AV_SAMPLE_FMT_FLTP, 0, 8, true},
        {"libopus", "opus", AV_SAMPLE_FMT_FLT, 0, 8, true},
        {"libmp3lame", "mp3", AV_SAMPLE_FMT_FLTP, 0, 2, true},
        {"flac", "flac", AV_SAMPLE_FMT_S16, 0, 8, false},
        {"pcm_s16le", "pcm", AV_SAMPLE_FMT_S16, 16, 16, false},
        {"pcm_s24le", "pcm", AV_SAMPLE_FMT_S32, 24, 16, false},
        {"pcm_f32le", "pcm", AV_SAMPLE_FMT_FLT, 32, 16, false},
};

static int refuse_container(const struct rec_format *format, const char *name)
{
	return rec_report(REC_EUSAGE, "%s cannot hold '%s': choose another codec or container", format->name, name);
}

static int find_encoder(const AVCodec **encoder, const char *name)
{
	*encoder = avcodec_find_encoder_by_name(name);
	if (*encoder)
		return REC_OK;
	return rec_report(REC_EUSAGE, "this FFmpeg is built without '%s'", name);
}

static int new_context(AVCodecContext **context, const char *name, const struct rec_format *format)
{
	const AVCodec *encoder;
	int r = find_encoder(&encoder, name);

	if (r < 0)
		return r;
	*context = avcodec_alloc_context3(encoder);
	if (!*context)
		return rec_report(REC_ENOMEM, "cannot open encoder '%s': out of memory", name);
	(*context)->flags |= AV_CODEC_FLAG_BITEXACT;
	const AVOutputFormat *muxer = av_guess_format(format->muxer, NULL, NULL);
	if (muxer && muxer->flags & AVFMT_GLOBALHEADER)
		(*context)->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
	return REC_OK;
}

/* opens, or frees the context and returns libav's code */
static int open_context(AVCodecContext **context, AVDictionary **options)
{
	int av = avcodec_open2(*context, (*context)->codec, options);
	const AVDictionaryEntry *left = options ? av_dict_get(*options, "", NULL, AV_DICT_IGNORE_SUFFIX) : NULL;

	if (left)
		rec_debug("this FFmpeg's '%s' knows no option '%s'", (*context)->codec->name, left->key);
	if (options)
		av_dict_free(options);
	if (av < 0)
		avcodec_free_context(context);
	return av;
}

static int refused(const char *name, int av)
{
	char text[64];

	if (av == AVERROR(ENOMEM))
		return rec_report(REC_ENOMEM, "cannot open encoder '%s': out of memory", name);
	return rec_report(REC_EENCODE, "encoder '%s' refused its settings: %s", name, rec_libav_text(av, text));
}

static int check_video(const struct rec_video_params *params)
{
	int w = params->width;
	int h = params->height;
	int side = rec_media_limits.side;

	if (w <= 0 || h <= 0 || w % 2 || h % 2)
		return rec_report(REC_EUSAGE, "size %dx%d: width and height must be even", w, h);
	if (w > side || h > side || (int64_t)w * h > rec_media_limits.pixels)
		return rec_report(REC_EUSAGE, "size %dx%d is over the limit of %d a side and %lld pixels", w, h, side,
		        (long long)rec_media_limits.pixels);
	if (params->fps.num <= 0 || params->fps.den <= 0 || params->fps.num > INT_MAX || params->fps.den > INT_MAX)
		return rec_report(REC_EUSAGE, "frame rate %lld/%lld is out of range", (long long)params->fps.num,
		        (long long)params->fps.den);
	return REC_OK;
}

static const struct rec_video_tags bt709 = {
        AVCOL_RANGE_MPEG, AVCOL_PRI_BT709, AVCOL_TRC_BT709, AVCOL_SPC_BT709, AVCHROMA_LOC_LEFT};

static void describe_picture(AVCodecContext *context, const struct rec_video_params *params)
{
	context->width = params->width;
	context->height = params->height;
	av_reduce(&context->framerate.num, &context->framerate.den, params->fps.num, params->fps.den, INT_MAX);
	context->time_base = av_inv_q(context->framerate);
	context->pix_fmt = AV_PIX_FMT_YUV420P;
	context->sample_aspect_ratio = (AVRational){1, 1};
	const struct rec_video_tags *tags = params->tags ? params->tags : &bt709;
	context->color_primaries = (enum AVColorPrimaries)tags->primaries;
	context->color_trc = (enum AVColorTransferCharacteristic)tags->transfer;
	context->colorspace = (enum AVColorSpace)tags->matrix;
	context->color_range = (enum AVColorRange)tags->range;
	context->chroma_sample_location = (enum AVChromaLocation)tags->location;
}

/* ${av}: libav's own verdict when the encoder itself refuses, which is not reported here */
static int open_video(AVCodecContext **context, const char *name, const struct rec_format *format,
        const struct rec_video_params *params, int *av)
{
	AVDictionary *options = NULL;
	int r = new_context(context, name, format);

	*av = 0;
	if (r < 0)
		return r;
	describe_picture(*context, params);
	r = rec_video_options(*context, params, &options);
	if (r < 0) {
		av_dict_free(&options);
		avcodec_free_context(context);
		return r;
	}
	*av = open_context(context, &options);
	return *av < 0 ? REC_EENCODE : REC_OK;
}

/* The first half of `auto`. REC_ENODATA: there is no such hardware here. */
static int try_hardware(
        AVCodecContext **context, const struct rec_format *format, const struct rec_video_params *params)
{
	static const char name[] = "h264_nvenc";
	char text[64];
	int av;

	if (!rec_formats_holds(format, name, true) || !avcodec_find_encoder_by_name(name))
		return REC_ENODATA;
	int r = open_video(context, name, format, params, &av);
	if (av >= 0)
		return r;
	rec_info("no hardware encoder ('%s': %s), using '%s'", name, rec_libav_text(av, text), format->video[0]);
	return REC_ENODATA;
}

int rec_codecs_open_video(
        AVCodecContext **context, const struct rec_format *format, const struct rec_video_params *params)
{
	const char *name = params->codec;
	int av;
	int r = check_video(params);

	if (r < 0)
		return r;
	if (!format->video[0])
		return rec_report(REC_EUSAGE, "%s holds sound only", format->name);
	if (name && strcmp(name, "auto") == 0) {
		r = try_hardware(context, format, params);
		if (r != REC_ENODATA)
			return r;
		name = NULL;
	}
	if (!name)
		name = format->video[0];
	name = rec_video_options_name(name);
	if (!name)
		return rec_report(
		        REC_EUSAGE, "unknown video codec '%s': %s or auto", params->codec, rec_video_options_names());
	if (!rec_formats_holds(format, name, true))
		return refuse_container(format, name);
	r = open_video(context, name, format, params, &av);
	return av < 0 ? refused(name, av) : r;
}

static const struct audio_codec *find_audio(const char *name, int bits)
{
	for (size_t i = 0; i < sizeof audio_codecs / sizeof audio_codecs[0]; i++) {
		const struct audio_codec *codec = &audio_codecs[i];
		bool by_bits = strcmp(name, codec->alias) == 0 && (!codec->bits || codec->bits == bits);
		if (strcmp(name, codec->name) == 0 || by_bits)
			return codec;
	}
	return NULL;
}

static int choose_audio(
        const struct audio_codec **codec, const struct rec_format *format, const struct rec_audio_params *params)
{
	int bits = params->bits ? params->bits : 16;
	const char *name = params->codec ? params->codec : format->audio[0];

	if (bits != 16 && bits != 24 && bits != 32)
		return rec_report(REC_EUSAGE, "%d bits a sample: 16, 24 or 32 (float)", bits);
	/* the default of a PCM container is the row for these bits */
	if (!params->codec && strncmp(name, "pcm", 3) == 0)
		name = "pcm";
	*codec = find_audio(name, bits);
	if (!*codec)
		return rec_report(REC_EUSAGE, "unknown audio codec '%s': aac, opus, mp3, flac or pcm", name);
	if (!rec_formats_holds(format, (*codec)->name, false))
		return refuse_container(format, (*codec)->name);
	if (strcmp((*codec)->name, "flac") == 0 && bits == 32)
		return rec_report(REC_EUSAGE, "FLAC holds 16 or 24 bits a sample, not 32");
	return REC_OK;
}

/* the encoder's zero-terminated list of rates; NULL: any */
static const int *encoder_rates(const AVCodec *encoder)
{
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(61, 13, 100)
	const void *rates = NULL;
	if (avcodec_get_supported_config(NULL, encoder, AV_CODEC_CONFIG_SAMPLE_RATE, 0, &rates, NULL) < 0)
		return NULL;
	return rates;
#else
	return encoder->supported_samplerates;
#endif
}

static int check_rate(const AVCodec *encoder, int rate)
{
	const int *rates = encoder_rates(encoder);
	char list[256] = "";
	size_t n = 0;

	if (rate <= 0 || rate > rec_media_limits.rate)
		return rec_report(REC_EUSAGE, "sample rate %d Hz is out of range", rate);
	if (!rates)
		return REC_OK;
	for (; *rates && *rates != rate; rates++) {
		if (n < sizeof list)
			n += (size_t)snprintf(list + n, sizeof list - n, "%s%d", n ? ", " : "", *rates);
	}
	if (*rates)
		return REC_OK;
	return rec_report(REC_EUSAGE, "'%s' cannot encode %d Hz: only %s", encoder->name, rate, list);
}

static void describe_sound(
        AVCodecContext *context, const struct audio_codec *codec, const struct rec_audio_params *params)
{
	bool deep_flac = params->bits == 24 && context->codec_id == AV_CODEC_ID_FLAC;

	context->sample_rate = params->rate;
	context->time_base = (AVRational){1, params->rate};
	av_channel_layout_default(&context->ch_layout, params->channels);
	context->sample_fmt = deep_flac ? AV_SAMPLE_FMT_S32 : codec->sample_fmt;
	if (context->sample_fmt == AV_SAMPLE_FMT_S32)
		context->bits_per_raw_sample = 24;
	if (codec->lossy)
		context->bit_rate = params->bitrate ? params->bitrate : 128000;
}

int rec_codecs_open_audio(
        AVCodecContext **context, const struct rec_format *format, const struct rec_audio_params *params)
{
	const struct audio_codec *codec = NULL;
	int r = choose_audio(&codec, format, params);

	if (r < 0)
		return r;
	if (params->channels < 1 || params->channels > codec->max_channels)
		return rec_report(REC_EUSAGE, "'%s' holds 1 to %d channels, not %d", codec->name, codec->max_channels,
		        params->channels);
	r = new_context(context, codec->name, format);
	if (r < 0)
		return r;
	r = check_rate((*context)->codec, params->rate);
	if (r < 0) {
		avcodec_free_context(context);
		return r;
	}
	describe_sound(*context, codec, params);
	/*
	 * The default AAC coder costs three times as much and gives no more: 64 s of speech at 128 kb/s took 3.3 s against 1.1 s, segmental
	 * SNR 17.6 dB against 17.9 dB, at sizes 4 % apart.
	 */
	AVDictionary *options = NULL;
	if ((*context)->codec_id == AV_CODEC_ID_AAC && av_dict_set(&options, "aac_coder", "fast", 0) < 0) {
		avcodec_free_context(context);
		return REC_ENOMEM;
	}
	int av = open_context(context, &options);
	return av < 0 ? refused(codec->name, av) : REC_OK;
}
