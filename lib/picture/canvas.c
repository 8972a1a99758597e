/* SPDX-License-Identifier: MIT */
#include "picture/canvas.h"

#include "base/err.h"
#include "picture/pool.h"

#include <libavutil/imgutils.h>
#include <stdlib.h>
#include <string.h>

struct rec_canvas {
	int width;
	int height;
	uint8_t yuv[3];
	struct rec_pool pool;
};

int rec_canvas_new(struct rec_canvas **canvas, int width, int height, const uint8_t yuv[3])
{
	*canvas = calloc(1, sizeof(**canvas));
	if (!*canvas)
		return REC_ENOMEM;
	(*canvas)->width = width;
	(*canvas)->height = height;
	memcpy((*canvas)->yuv, yuv, 3);
	return REC_OK;
}

void rec_canvas_free(struct rec_canvas **canvas)
{
	if (!*canvas)
		return;
	rec_pool_clear(&(*canvas)->pool);
	free(*canvas);
	*canvas = NULL;
}

static bool covers(const struct rec_canvas *canvas, const struct rec_piece *piece)
{
	return piece->picture && piece->place.x == 0 && piece->place.y == 0 && piece->picture->width == canvas->width &&
	       piece->picture->height == canvas->height;
}

static void fill(const struct rec_canvas *canvas, AVFrame *out)
{
	for (int plane = 0; plane < 3; plane++) {
		int rows = plane ? canvas->height / 2 : canvas->height;

		memset(out->data[plane], canvas->yuv[plane], (size_t)out->linesize[plane] * (size_t)rows);
	}
}

static void blit(const struct rec_canvas *canvas, const struct rec_piece *piece, AVFrame *out)
{
	struct rec_rect r = piece->place;
	int width = r.x + r.width > canvas->width ? canvas->width - r.x : r.width;
	int height = r.y + r.height > canvas->height ? canvas->height - r.y : r.height;

	if (width <= 0 || height <= 0)
		return;
	for (int plane = 0; plane < 3; plane++) {
		int shift = plane ? 1 : 0;

		av_image_copy_plane(
		        out->data[plane] + (ptrdiff_t)out->linesize[plane] * (r.y >> shift) + (r.x >> shift),
		        out->linesize[plane], piece->picture->data[plane], piece->picture->linesize[plane],
		        width >> shift, height >> shift);
	}
}

int rec_canvas_draw(struct rec_canvas *canvas, const struct rec_piece *pieces, size_t n, AVFrame **out)
{
	int err;

	if (n == 1 && covers(canvas, pieces)) {
		*out = av_frame_clone(pieces[0].picture);
		return *out ? REC_OK : REC_ENOMEM;
	}
	err = rec_pool_get(&canvas->pool, canvas->width, canvas->height, out);
	if (err < 0)
		return err;
	fill(canvas, *out);
	for (size_t i = 0; i < n; i++)
		if (pieces[i].picture)
			blit(canvas, &pieces[i], *out);
	return REC_OK;
}
