/* SPDX-License-Identifier: MIT */
/* The encoders that may be asked for, how our parameters become theirs, and an opened context of each. */
#ifndef REC_MEDIA_CODECS_H
#define REC_MEDIA_CODECS_H

#include "media/formats.h"

#include <libavcodec/avcodec.h>

struct rec_video_params;
struct rec_audio_params;

/**
 * rec_codecs_open_video(context, format, params):
 * Choose the encoder for ${format} and ${params} and open it. `auto` tries the hardware first and falls back with an info
 * line. The context is the caller's: avcodec_free_context(). Its time base is one frame.
 * Errors, reported: REC_EUSAGE: the codec is unknown, not built into this FFmpeg or nothing for that container; a size, rate, preset or
 * quality out of range; REC_EENCODE: the encoder refused; REC_ENOMEM.
 */
int rec_codecs_open_video(
        AVCodecContext **context, const struct rec_format *format, const struct rec_video_params *params);

/** rec_codecs_open_audio(context, format, params): the same for sound; the time base is one sample. Also REC_EUSAGE: rate, channels or bits. */
int rec_codecs_open_audio(
        AVCodecContext **context, const struct rec_format *format, const struct rec_audio_params *params);

#endif
