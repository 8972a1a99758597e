/* SPDX-License-Identifier: MIT */
/*
 * A tile: one source's picture, turned upright, scaled to its place on the canvas and converted to yuv420p BT.709 limited. The scaler and
 * the buffers are kept while source and place stay the same size.
 */
#ifndef REC_PICTURE_TILE_H
#define REC_PICTURE_TILE_H

#include "picture/layout.h"

#include <libavutil/frame.h>

struct rec_tile;

int rec_tile_new(struct rec_tile **tile, enum rec_fit fit);

/**
 * rec_tile_render(tile, source, turns, cell, out, place):
 *   source  any picture that libswscale reads
 *   turns   clockwise quarter turns that show it upright, 0 to 3
 *   cell    the tile's cell on the canvas
 *   out     a picture of place->width x place->height that the caller frees; may share the source's buffers; read-only
 *   place   where it lies on the canvas
 * Errors: REC_EINVAL: a pixel format that cannot be scaled; REC_ENOMEM.
 */
int rec_tile_render(struct rec_tile *tile, const AVFrame *source, int turns, struct rec_rect cell, AVFrame **out,
        struct rec_rect *place);

void rec_tile_free(struct rec_tile **tile);

#endif
