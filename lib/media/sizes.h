/* SPDX-License-Identifier: MIT */
/*
 * How large the picture in a packet is, from the headers of its bitstream, without decoding: H.264, HEVC, AV1, VP8, MPEG-2 (libavcodec's parsers), VP9
 * (also where a size comes with no key frame), PNG, JPEG. Internal to lib/media.
 */
#ifndef REC_MEDIA_SIZES_H
#define REC_MEDIA_SIZES_H

#include <libavcodec/avcodec.h>
#include <stdbool.h>

struct rec_sizes;

struct rec_dims {
	int width;
	int height;
};

/** rec_sizes_new(sizes, par): REC_ENOMEM. A codec that is not known is no error: then no packet tells. */
int rec_sizes_new(struct rec_sizes **sizes, const AVCodecParameters *par);

/** rec_sizes_of(sizes, packet, dims): packets in decoding order; whether the bitstream tells, by this packet or by one before it. */
bool rec_sizes_of(struct rec_sizes *sizes, const AVPacket *packet, struct rec_dims *dims);

void rec_sizes_free(struct rec_sizes **sizes);

/** rec_sizes_png(bytes, n, dims), rec_sizes_jpeg(): whether the bytes are such a picture with a size. */
bool rec_sizes_png(const uint8_t *bytes, size_t n, struct rec_dims *dims);
bool rec_sizes_jpeg(const uint8_t *bytes, size_t n, struct rec_dims *dims);

#endif
