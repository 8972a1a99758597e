/* SPDX-License-Identifier: MIT */
#include "picture/tile.h"

#include "base/err.h"
#include "picture/colour.h"
#include "picture/pool.h"

#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libswscale/swscale.h>
#include <stdlib.h>
#include <string.h>

/* what a scaler is made for; the same key, the same scaler */
struct key {
	int from_width, from_height, from_format;
	int width, height;
	int full_range;
};

struct rec_tile {
	enum rec_fit fit;
	struct key key;
	struct SwsContext *scaler;
	struct rec_pool scaled;
	struct rec_pool turned;
};

int rec_tile_new(struct rec_tile **tile, enum rec_fit fit)
{
	*tile = calloc(1, sizeof(**tile));
	if (!*tile)
		return REC_ENOMEM;
	(*tile)->fit = fit;
	return REC_OK;
}

void rec_tile_free(struct rec_tile **tile)
{
	if (!*tile)
		return;
	sws_freeContext((*tile)->scaler);
	rec_pool_clear(&(*tile)->scaled);
	rec_pool_clear(&(*tile)->turned);
	free(*tile);
	*tile = NULL;
}

/* The formats that say "full range" by name: the range is converted by rec_colour_convert(), not by the scaler. */
static int plain_format(int format)
{
	switch (format) {
	case AV_PIX_FMT_YUVJ420P:
		return AV_PIX_FMT_YUV420P;
	case AV_PIX_FMT_YUVJ422P:
		return AV_PIX_FMT_YUV422P;
	case AV_PIX_FMT_YUVJ444P:
		return AV_PIX_FMT_YUV444P;
	case AV_PIX_FMT_YUVJ440P:
		return AV_PIX_FMT_YUV440P;
	default:
		return format;
	}
}

/* YUV keeps its matrix and range through the scaler; RGB and grey become BT.709 limited there. */
static int open_scaler(struct rec_tile *tile, const struct key *key)
{
	const int *table = sws_getCoefficients(SWS_CS_ITU709);
	struct SwsContext *scaler = sws_alloc_context();

	sws_freeContext(tile->scaler);
	tile->scaler = scaler;
	memset(&tile->key, 0, sizeof(tile->key));
	if (!scaler)
		return REC_ENOMEM;
	av_opt_set_int(scaler, "srcw", key->from_width, 0);
	av_opt_set_int(scaler, "srch", key->from_height, 0);
	av_opt_set_int(scaler, "src_format", key->from_format, 0);
	av_opt_set_int(scaler, "dstw", key->width, 0);
	av_opt_set_int(scaler, "dsth", key->height, 0);
	av_opt_set_int(scaler, "dst_format", AV_PIX_FMT_YUV420P, 0);
	av_opt_set_int(scaler, "sws_flags", SWS_BICUBIC, 0);
	sws_setColorspaceDetails(scaler, table, key->full_range, table, 0, 0, 1 << 16, 1 << 16);
	int err = sws_init_context(scaler, NULL, NULL);
	if (err < 0)
		return err == AVERROR(ENOMEM) ? REC_ENOMEM : REC_EINVAL;
	tile->key = *key;
	return REC_OK;
}

static int scale(
        struct rec_tile *tile, const AVFrame *source, int width, int height, struct rec_colour colour, AVFrame **out)
{
	const struct key key = {
	        source->width, source->height, plain_format(source->format), width, height, colour.by_scaler};
	int err = REC_OK;

	if (!tile->scaler || memcmp(&key, &tile->key, sizeof(key)) != 0)
		err = open_scaler(tile, &key);
	if (err == REC_OK)
		err = rec_pool_get(&tile->scaled, width, height, out);
	if (err < 0)
		return err;
	sws_scale(tile->scaler, (const uint8_t *const *)source->data, source->linesize, 0, source->height, (*out)->data,
	        (*out)->linesize);
	if (!colour.by_scaler)
		rec_colour_convert(*out, colour);
	return REC_OK;
}

static void turn_plane(
        const uint8_t *from, ptrdiff_t from_stride, uint8_t *to, ptrdiff_t to_stride, int width, int height, int turns)
{
	/* one step right in the turned picture is `right` bytes in the source, one step down is `down` */
	const ptrdiff_t right = turns == 1 ? -from_stride : turns == 3 ? from_stride : -1;
	const ptrdiff_t down = turns == 1 ? 1 : turns == 3 ? -1 : -from_stride;
	const uint8_t *corner = from; /* the source sample that becomes the top left */

	if (turns == 1)
		corner += (width - 1) * from_stride;
	else if (turns == 3)
		corner += height - 1;
	else
		corner += (height - 1) * from_stride + width - 1;
	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++)
			to[y * to_stride + x] = corner[x * right + y * down];
}

static int turn(struct rec_tile *tile, int turns, int width, int height, AVFrame **picture)
{
	AVFrame *upright = NULL;
	int err = rec_pool_get(&tile->turned, width, height, &upright);

	if (err < 0)
		return err;
	for (int plane = 0; plane < 3; plane++)
		turn_plane((*picture)->data[plane], (*picture)->linesize[plane], upright->data[plane],
		        upright->linesize[plane], plane ? width / 2 : width, plane ? height / 2 : height, turns);
	av_frame_free(picture);
	*picture = upright;
	return REC_OK;
}

/* a view of the part that is shown, without a copy */
static int crop_view(const AVFrame *source, struct rec_rect crop, AVFrame **view)
{
	*view = av_frame_clone(source);
	if (!*view)
		return REC_ENOMEM;
	(*view)->crop_left = (size_t)crop.x;
	(*view)->crop_top = (size_t)crop.y;
	(*view)->crop_right = (size_t)(source->width - crop.x - crop.width);
	(*view)->crop_bottom = (size_t)(source->height - crop.y - crop.height);
	return av_frame_apply_cropping(*view, AV_FRAME_CROP_UNALIGNED) < 0 ? REC_EINVAL : REC_OK;
}

int rec_tile_render(struct rec_tile *tile, const AVFrame *source, int turns, struct rec_rect cell, AVFrame **out,
        struct rec_rect *place)
{
	bool sideways = turns & 1;
	AVRational sar = source->sample_aspect_ratio;
	struct rec_colour colour = rec_colour_of(source);
	struct rec_rect crop;
	AVFrame *view = NULL;
	int width, height, err;

	*out = NULL;
	*place = rec_fit_picture(tile->fit, sideways ? source->height : source->width,
	        sideways ? source->width : source->height, sideways ? sar.den : sar.num, sideways ? sar.num : sar.den,
	        cell, &crop);
	if (sideways) /* the crop is centred, so turning it back swaps its axes */
		crop = (struct rec_rect){crop.y, crop.x, crop.height, crop.width};
	width = sideways ? place->height : place->width;
	height = sideways ? place->width : place->height;
	err = crop_view(source, crop, &view);
	if (err == REC_OK && view->format == AV_PIX_FMT_YUV420P && view->width == width && view->height == height &&
	        rec_colour_is_output(colour)) {
		*out = view;
		view = NULL;
	} else if (err == REC_OK) {
		err = scale(tile, view, width, height, colour, out);
	}
	if (err == REC_OK && turns != 0)
		err = turn(tile, turns, place->width, place->height, out);
	if (err < 0)
		av_frame_free(out);
	av_frame_free(&view);
	return err;
}
