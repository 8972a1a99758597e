/* SPDX-License-Identifier: MIT */
/* The frame sizes of a VP9 stream, from its uncompressed headers (VP9 bitstream specification 0.6, 6.2 and annex B). Internal to lib/media. */
#ifndef REC_MEDIA_VP9_H
#define REC_MEDIA_VP9_H

#include "media/sizes.h"

/* the sizes of the reference frames: a frame may take its size from one. Zero-initialise. */
struct rec_vp9 {
	struct rec_dims slots[8];
};

/** rec_vp9_size(vp9, bytes, n, dims): the largest frame of a packet or superframe; false: none tells. */
bool rec_vp9_size(struct rec_vp9 *vp9, const uint8_t *bytes, size_t n, struct rec_dims *dims);

#endif
