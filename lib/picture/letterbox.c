/* SPDX-License-Identifier: MIT */
#include "picture/letterbox.h"

#include "base/err.h"
#include "picture/canvas.h"
#include "picture/tile.h"

#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const int64_t most = 16384;

struct rec_letterbox {
	struct rec_letterbox_size size;
	struct rec_tile *tile;
	struct rec_canvas *canvas;
};

static int even(int64_t v)
{
	return (int)(v + (v & 1));
}

static bool is_square(AVRational sar)
{
	return sar.num <= 0 || sar.den <= 0 || sar.num == sar.den;
}

/* the side that is too short grows: no line and no column is lost */
struct rec_letterbox_size rec_letterbox_size(int width, int height, AVRational sar, int turns)
{
	int64_t w = width, h = height;

	if (!is_square(sar) && sar.num > sar.den)
		w = av_rescale(w, sar.num, sar.den);
	else if (!is_square(sar))
		h = av_rescale(h, sar.den, sar.num);
	if (w > most || h > most)
		w = width, h = height;
	return turns & 1 ? (struct rec_letterbox_size){even(h), even(w)}
	                 : (struct rec_letterbox_size){even(w), even(h)};
}

int rec_letterbox_new(
        struct rec_letterbox **out, struct rec_letterbox_size size, enum rec_fit fit, const uint8_t yuv[3])
{
	struct rec_letterbox *l = calloc(1, sizeof(*l));
	int err;

	*out = l;
	if (!l)
		return REC_ENOMEM;
	l->size = size;
	err = rec_tile_new(&l->tile, fit);
	if (err == REC_OK)
		err = rec_canvas_new(&l->canvas, size.width, size.height, yuv);
	if (err < 0)
		rec_letterbox_free(out);
	return err;
}

/* Repeat the last column and row of a plane until it is ${to_width} x ${to_height}. */
static void extend(uint8_t *plane, ptrdiff_t stride, size_t step, int width, int height, int to_width, int to_height)
{
	for (int y = 0; y < height && width < to_width; y++)
		memcpy(plane + y * stride + width * (ptrdiff_t)step, plane + y * stride + (width - 1) * (ptrdiff_t)step,
		        step);
	if (height < to_height)
		memcpy(plane + height * stride, plane + (height - 1) * stride, (size_t)to_width * step);
}

static int shifted(int v, int shift)
{
	return -(-v >> shift);
}

static void extend_planes(AVFrame *frame, int width, int height)
{
	const AVPixFmtDescriptor *format = av_pix_fmt_desc_get((enum AVPixelFormat)frame->format);
	bool done[4] = {false};

	for (int i = 0; i < format->nb_components; i++) {
		const AVComponentDescriptor *c = &format->comp[i];
		bool chroma = (i == 1 || i == 2) && !(format->flags & AV_PIX_FMT_FLAG_RGB);
		int sx = chroma ? format->log2_chroma_w : 0, sy = chroma ? format->log2_chroma_h : 0;

		if (!done[c->plane])
			extend(frame->data[c->plane], frame->linesize[c->plane], (size_t)c->step, shifted(width, sx),
			        shifted(height, sy), shifted(frame->width, sx), shifted(frame->height, sy));
		done[c->plane] = true;
	}
}

/* a copy that is even */
static int pad(const AVFrame *picture, AVFrame **padded)
{
	AVFrame *f = av_frame_alloc();

	*padded = f;
	if (!f)
		return REC_ENOMEM;
	f->format = picture->format;
	f->width = even(picture->width);
	f->height = even(picture->height);
	if (av_frame_get_buffer(f, 0) < 0 || av_frame_copy_props(f, picture) < 0)
		return REC_ENOMEM;
	av_image_copy(f->data, f->linesize, (const uint8_t **)(uintptr_t)picture->data, picture->linesize,
	        (enum AVPixelFormat)picture->format, picture->width, picture->height);
	extend_planes(f, picture->width, picture->height);
	return REC_OK;
}

/* formats whose samples are whole bytes at fixed steps, with nothing shared between columns */
static bool can_pad(const AVFrame *picture)
{
	const AVPixFmtDescriptor *format = av_pix_fmt_desc_get((enum AVPixelFormat)picture->format);
	uint64_t strange = AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_HWACCEL;
	bool packed_yuv = format && format->log2_chroma_w && !(format->flags & AV_PIX_FMT_FLAG_PLANAR);

	return format && !(format->flags & strange) && !packed_yuv;
}

/* whether an odd side is all that keeps the picture from being the canvas */
static bool wants_pad(const struct rec_letterbox *l, const AVFrame *picture, int turns)
{
	struct rec_letterbox_size size = rec_letterbox_size(picture->width, picture->height, (AVRational){1, 1}, turns);

	return ((picture->width | picture->height) & 1) && is_square(picture->sample_aspect_ratio) &&
	       size.width == l->size.width && size.height == l->size.height && can_pad(picture);
}

int rec_letterbox_draw(struct rec_letterbox *letterbox, const AVFrame *picture, int turns, AVFrame **out)
{
	struct rec_rect whole = {0, 0, letterbox->size.width, letterbox->size.height};
	struct rec_piece piece = {NULL, whole};
	AVFrame *padded = NULL, *scaled = NULL;
	int err = REC_OK;

	*out = NULL;
	if (picture && wants_pad(letterbox, picture, turns))
		err = pad(picture, &padded);
	if (err == REC_OK && picture)
		err = rec_tile_render(letterbox->tile, padded ? padded : picture, turns, whole, &scaled, &piece.place);
	piece.picture = scaled;
	if (err == REC_OK)
		err = rec_canvas_draw(letterbox->canvas, &piece, 1, out);
	av_frame_free(&padded);
	av_frame_free(&scaled);
	return err;
}

void rec_letterbox_free(struct rec_letterbox **out)
{
	if (!*out)
		return;
	rec_tile_free(&(*out)->tile);
	rec_canvas_free(&(*out)->canvas);
	free(*out);
	*out = NULL;
}
