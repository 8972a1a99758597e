/* SPDX-License-Identifier: MIT */
/* An opened decoder, within the limits. Internal to lib/media. */
#ifndef REC_MEDIA_DECODER_H
#define REC_MEDIA_DECODER_H

#include <libavcodec/avcodec.h>
#include <stdbool.h>

/**
 * rec_decoder_open(decoder, path, par, time_base, threads):
 *   path       for messages
 *   time_base  of the packets
 * The context is the caller's: avcodec_free_context(), also on error. Errors: REC_EINPUT (reported): no such decoder, or it refuses; REC_ENOMEM.
 */
int rec_decoder_open(
        AVCodecContext **decoder, const char *path, const AVCodecParameters *par, AVRational time_base, int threads);

/** rec_decoder_within_limits(frame): the bounds hold for every frame: a stream may change its size, rate or channels at any packet. */
bool rec_decoder_within_limits(const AVFrame *frame);

#endif
