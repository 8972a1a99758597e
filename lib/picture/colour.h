/* SPDX-License-Identifier: MIT */
/*
 * Colour: everything becomes BT.709, limited range. Converted by tags; untagged YUV is BT.601 limited (what VP8 and most recorders
 * mean), untagged RGB and grey are full range.
 */
#ifndef REC_PICTURE_COLOUR_H
#define REC_PICTURE_COLOUR_H

#include <libavutil/frame.h>
#include <stdbool.h>
#include <stdint.h>

struct rec_colour {
	bool by_scaler; /* RGB, palette or grey: full range, and libswscale converts while it scales */
	bool full_range;
	enum AVColorSpace matrix; /* never unspecified */
};

/** rec_colour_of(frame): what the frame's tags and pixel format mean. */
struct rec_colour rec_colour_of(const AVFrame *frame);

/** rec_colour_is_output(colour): whether it is BT.709 limited already. */
bool rec_colour_is_output(struct rec_colour colour);

/**
 * rec_colour_convert(frame, from):
 * Convert a writable yuv420p frame in place. The matrices are those of H.273 table 4 (Kr, Kb), the ranges its equations 11 to 13 and 20 to 22;
 * fixed point, every sample within 1 of the exact value.
 */
void rec_colour_convert(AVFrame *frame, struct rec_colour from);

/** rec_colour_parse(text, yuv): a colour as `black`, `#RRGGBB`, `0xRRGGBB` (libavutil's names) in BT.709 limited Y, Cb, Cr. REC_EINVAL. */
int rec_colour_parse(const char *text, uint8_t yuv[3]);

#endif
