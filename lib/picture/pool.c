/* SPDX-License-Identifier: MIT */
#include "picture/pool.h"

#include "base/err.h"

#include <libavutil/imgutils.h>

static const int ALIGN = 64;

int rec_pool_get(struct rec_pool *pool, int width, int height, AVFrame **frame)
{
	int size = av_image_get_buffer_size(AV_PIX_FMT_YUV420P, width, height, ALIGN);
	AVFrame *f = av_frame_alloc();

	*frame = NULL;
	if (pool->width != width || pool->height != height)
		rec_pool_clear(pool);
	if (!pool->buffers && size > 0)
		pool->buffers = av_buffer_pool_init(
		        (size_t)size + (size_t)ALIGN, NULL); /* the scaler may write a little past a row's end */
	if (f && pool->buffers)
		f->buf[0] = av_buffer_pool_get(pool->buffers);
	if (!f || !f->buf[0]) {
		av_frame_free(&f);
		return REC_ENOMEM;
	}
	pool->width = f->width = width;
	pool->height = f->height = height;
	f->format = AV_PIX_FMT_YUV420P;
	f->color_range = AVCOL_RANGE_MPEG;
	f->colorspace = AVCOL_SPC_BT709;
	f->color_primaries = AVCOL_PRI_BT709;
	f->color_trc = AVCOL_TRC_BT709;
	av_image_fill_arrays(f->data, f->linesize, f->buf[0]->data, AV_PIX_FMT_YUV420P, width, height, ALIGN);
	*frame = f;
	return REC_OK;
}

void rec_pool_clear(struct rec_pool *pool)
{
	av_buffer_pool_uninit(&pool->buffers);
}
