/* SPDX-License-Identifier: MIT */
/* Parameter sets inside the stream: before every key picture, so that streams of different ones can follow each other. Internal to lib/media. */
#ifndef REC_MEDIA_INBAND_H
#define REC_MEDIA_INBAND_H

#include <libavcodec/bsf.h>
#include <stdbool.h>

/** rec_inband_open(filter, par): NULL for codecs that have none (VP8, VP9, AV1). REC_EENCODE (reported): this FFmpeg lacks the filter; REC_EINPUT (reported): damaged parameter sets; REC_ENOMEM. */
int rec_inband_open(AVBSFContext **filter, const AVCodecParameters *par);

/** rec_inband_same(a, b): whether packets of ${a} can follow those of ${b} as they are. */
bool rec_inband_same(const AVCodecParameters *a, const AVCodecParameters *b);

#endif
