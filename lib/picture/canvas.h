/* SPDX-License-Identifier: MIT */
/* The canvas: tiles over a background, one picture per call. Nothing is drawn when nothing changed: the caller keeps the last picture. */
#ifndef REC_PICTURE_CANVAS_H
#define REC_PICTURE_CANVAS_H

#include "picture/layout.h"

#include <libavutil/frame.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rec_canvas;

/* a picture and where it lies; NULL picture: the background shows */
struct rec_piece {
	const AVFrame *picture;
	struct rec_rect place;
};

/** rec_canvas_new(canvas, width, height, yuv): even sizes; the background in BT.709 limited Y, Cb, Cr. REC_ENOMEM. */
int rec_canvas_new(struct rec_canvas **canvas, int width, int height, const uint8_t yuv[3]);

/** rec_canvas_draw(canvas, pieces, n, out): a picture that the caller frees; read-only: it may be a piece itself that covers everything. What leaves the canvas is clipped. REC_ENOMEM. */
int rec_canvas_draw(struct rec_canvas *canvas, const struct rec_piece *pieces, size_t n, AVFrame **out);

void rec_canvas_free(struct rec_canvas **canvas);

#endif
