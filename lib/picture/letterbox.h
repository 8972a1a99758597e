/* SPDX-License-Identifier: MIT */
/*
 * One source on a canvas of its own: turned upright, pixels made square, scaled to fit, background around it. A picture of the canvas's size but for an odd
 * width or height is not scaled: its last column or row is repeated.
 */
#ifndef REC_PICTURE_LETTERBOX_H
#define REC_PICTURE_LETTERBOX_H

#include "picture/layout.h"

#include <libavutil/frame.h>
#include <stdint.h>

struct rec_letterbox;

struct rec_letterbox_size {
	int width;
	int height;
};

/** rec_letterbox_size(width, height, sar, turns): the even canvas that shows such a picture whole: no smaller, but for one over 16384 a side, which is ${width} x ${height} as if square. */
struct rec_letterbox_size rec_letterbox_size(int width, int height, AVRational sar, int turns);

/** rec_letterbox_new(letterbox, size, fit, yuv): even sizes; the background in BT.709 limited Y, Cb, Cr. REC_ENOMEM. */
int rec_letterbox_new(
        struct rec_letterbox **letterbox, struct rec_letterbox_size size, enum rec_fit fit, const uint8_t yuv[3]);

/**
 * rec_letterbox_draw(letterbox, picture, turns, out):
 *   picture  NULL: the background alone
 *   turns    clockwise quarter turns that show it upright
 *   out      yuv420p BT.709 limited of the canvas's size, read-only; the caller frees it
 * Errors: REC_EINVAL: a pixel format that cannot be scaled; REC_ENOMEM.
 */
int rec_letterbox_draw(struct rec_letterbox *letterbox, const AVFrame *picture, int turns, AVFrame **out);

void rec_letterbox_free(struct rec_letterbox **letterbox);

#endif
