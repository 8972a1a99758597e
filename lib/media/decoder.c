/* SPDX-License-Identifier: MIT */
#include "media/decoder.h"

#include "base/err.h"
#include "base/log.h"
#include "media/demux.h"
#include "media/libav.h"
#include "media/limits.h"

#include <errno.h>

static int set_up(AVCodecContext *decoder, const AVCodecParameters *par, AVRational time_base, int threads)
{
	int av = avcodec_parameters_to_context(decoder, par);

	if (av < 0)
		return rec_libav_err(av);
	decoder->pkt_timebase = time_base;
	decoder->max_pixels = rec_media_limits.pixels;
	decoder->max_samples = (int64_t)rec_media_limits.rate * 10; /* of one frame */
	/* a damaged frame of FLAC is noise, and its checksum tells (RFC 9639, 9.3) */
	if (par->codec_id == AV_CODEC_ID_FLAC)
		decoder->err_recognition |= AV_EF_CRCCHECK | AV_EF_EXPLODE;
	decoder->thread_count = threads > 0 ? threads : 1;
	decoder->codec_whitelist = av_strdup(rec_demux_codecs());
	return decoder->codec_whitelist ? REC_OK : REC_ENOMEM;
}

int rec_decoder_open(
        AVCodecContext **decoder, const char *path, const AVCodecParameters *par, AVRational time_base, int threads)
{
	const AVCodec *codec = avcodec_find_decoder(par->codec_id);
	const char *name = avcodec_get_name(par->codec_id);
	int err;

	if (!codec)
		return rec_report(REC_EINPUT,
		        "cannot read '%s': no decoder for its codec '%s'; pass --skip-bad to leave it out", path, name);
	*decoder = avcodec_alloc_context3(codec);
	if (!*decoder)
		return REC_ENOMEM;
	err = set_up(*decoder, par, time_base, threads);
	if (err < 0)
		return err;
	errno = 0;
	err = avcodec_open2(*decoder, codec, NULL);
	if (rec_libav_lacks_memory(err))
		return REC_ENOMEM;
	if (err < 0)
		return rec_report(REC_EINPUT,
		        "cannot read '%s': its '%s' stream cannot be decoded; pass --skip-bad to leave it out", path,
		        name);
	return REC_OK;
}

bool rec_decoder_within_limits(const AVFrame *frame)
{
	const struct rec_media_limits *max = &rec_media_limits;

	if (frame->width > 0)
		return frame->width <= max->side && frame->height <= max->side &&
		       (int64_t)frame->width * frame->height <= max->pixels;
	return frame->nb_samples > 0 && frame->sample_rate >= max->least_rate && frame->sample_rate <= max->rate &&
	       frame->ch_layout.nb_channels > 0 && frame->ch_layout.nb_channels <= max->channels;
}
