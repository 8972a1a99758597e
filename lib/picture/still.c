/* SPDX-License-Identifier: MIT */
#include "picture/still.h"

#include "base/err.h"

#include <libavutil/pixdesc.h>
#include <math.h>
#include <stdlib.h>

enum { BLOCK = 16 };
static const float tolerance = 2.0F;

static bool has_luma(const AVFrame *frame)
{
	const AVPixFmtDescriptor *format = av_pix_fmt_desc_get((enum AVPixelFormat)frame->format);

	return format && !(format->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM)) &&
	       format->comp[0].plane == 0 && format->comp[0].step == 1 && format->comp[0].depth == 8;
}

static float block_mean(const AVFrame *frame, int x0, int y0)
{
	int width = frame->width - x0 < BLOCK ? frame->width - x0 : BLOCK;
	int height = frame->height - y0 < BLOCK ? frame->height - y0 : BLOCK;
	int sum = 0;

	for (int y = 0; y < height; y++) {
		const uint8_t *row = frame->data[0] + (ptrdiff_t)frame->linesize[0] * (y0 + y) + x0;

		for (int x = 0; x < width; x++)
			sum += row[x];
	}
	return (float)sum / (float)(width * height);
}

static void measure(const AVFrame *frame, float *means)
{
	for (int y = 0; y < frame->height; y += BLOCK)
		for (int x = 0; x < frame->width; x += BLOCK)
			*means++ = block_mean(frame, x, y);
}

/* Begin anew for pictures of this size. */
static int fit(struct rec_still *still, const AVFrame *frame)
{
	size_t columns = ((size_t)frame->width + BLOCK - 1) / BLOCK, rows = ((size_t)frame->height + BLOCK - 1) / BLOCK;

	rec_still_clear(still);
	still->n = columns * rows;
	still->means = calloc(still->n, sizeof(float));
	still->fresh = calloc(still->n, sizeof(float));
	if (!still->means || !still->fresh)
		return REC_ENOMEM;
	still->width = frame->width;
	still->height = frame->height;
	still->format = frame->format;
	return REC_OK;
}

int rec_still_is(struct rec_still *still, const AVFrame *frame, bool *same)
{
	float *kept;
	int err;

	*same = false;
	if (!has_luma(frame)) {
		rec_still_clear(still);
		return REC_OK;
	}
	if (still->width != frame->width || still->height != frame->height || still->format != frame->format) {
		err = fit(still, frame);
		if (err == REC_OK)
			measure(frame, still->means);
		return err;
	}
	measure(frame, still->fresh);
	*same = true;
	for (size_t i = 0; i < still->n && *same; i++)
		*same = fabsf(still->fresh[i] - still->means[i]) <= tolerance;
	if (*same)
		return REC_OK;
	kept = still->means;
	still->means = still->fresh;
	still->fresh = kept;
	return REC_OK;
}

void rec_still_clear(struct rec_still *still)
{
	free(still->means);
	free(still->fresh);
	*still = (struct rec_still){0};
}
