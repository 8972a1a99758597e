/* SPDX-License-Identifier: MIT */
/* yuv420p pictures of one size whose buffers are used again: what an AVBufferPool is for, with the frame around it. Zero-initialise. */
#ifndef REC_PICTURE_POOL_H
#define REC_PICTURE_POOL_H

#include <libavutil/buffer.h>
#include <libavutil/frame.h>

struct rec_pool {
	AVBufferPool *buffers;
	int width;
	int height;
};

/** rec_pool_get(pool, width, height, frame): a writable yuv420p frame, its samples undefined, tagged BT.709 limited; the caller frees it. REC_ENOMEM. */
int rec_pool_get(struct rec_pool *pool, int width, int height, AVFrame **frame);

/** rec_pool_clear(pool): frames still in use live on. */
void rec_pool_clear(struct rec_pool *pool);

#endif
