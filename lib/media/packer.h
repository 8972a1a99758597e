/* SPDX-License-Identifier: MIT */
/*
 * Interleaved float of any length into an encoder's frames: its sample format, its frame size, stamps counted in samples.
 * Integer formats round to nearest and clip; what is not finite becomes silence.
 */
#ifndef REC_MEDIA_PACKER_H
#define REC_MEDIA_PACKER_H

#include <libavcodec/avcodec.h>
#include <stddef.h>
#include <stdint.h>

struct rec_packer {
	const AVCodecContext *context; /* open; borrowed */
	AVFrame *frame;                /* being filled; NULL: none */
	int filled;                    /* samples a channel in it */
	int64_t samples;               /* a channel, given so far */
};

/** rec_packer_init(packer, context): no error; rec_packer_reset() at the end. */
void rec_packer_init(struct rec_packer *packer, const AVCodecContext *context);

/**
 * rec_packer_add(packer, pcm, nframes, frame):
 * Take what fits into the current frame.
 *   frame   a full frame, now the caller's, or NULL
 * Return the number of nframes taken; REC_ENOMEM (reported).
 */
ptrdiff_t rec_packer_add(struct rec_packer *packer, const float *pcm, size_t nframes, AVFrame **frame);

/** rec_packer_rest(packer): the last, short frame, now the caller's; NULL: nothing is left. */
AVFrame *rec_packer_rest(struct rec_packer *packer);

void rec_packer_reset(struct rec_packer *packer);

#endif
