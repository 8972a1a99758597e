/* SPDX-License-Identifier: MIT */
#include "picture/colour.h"

#include "base/err.h"

#include <libavutil/parseutils.h>
#include <libavutil/pixdesc.h>
#include <math.h>
#include <string.h>
#include <strings.h>

/* x86-64 compilers build for SSE2; the loops below gain from AVX2 and give the same integers. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) &&               \
        !defined(__SANITIZE_THREAD__)
#define REC_VECTORISED __attribute__((target_clones("avx2", "default"), optimize("O3")))
#else
#define REC_VECTORISED
#endif

enum { SHIFT = 13, ONE = 1 << SHIFT, HALF = ONE / 2, MAX_CHROMA_WIDTH = 8192 };

/* Y' = yy Y + yb Cb + yr Cr + y0 and so on, scaled by ONE */
struct matrix {
	int yy, yb, yr, y0;
	int bb, br;
	int rb, rr;
};

struct rec_colour rec_colour_of(const AVFrame *frame)
{
	const AVPixFmtDescriptor *format = av_pix_fmt_desc_get((enum AVPixelFormat)frame->format);
	struct rec_colour colour = {false, false, frame->colorspace};
	bool grey = format && format->nb_components <= 2 && !(format->flags & AV_PIX_FMT_FLAG_PAL);

	colour.by_scaler = grey || (format && (format->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL)));
	if (frame->color_range == AVCOL_RANGE_UNSPECIFIED)
		colour.full_range = colour.by_scaler || frame->format == AV_PIX_FMT_YUVJ420P ||
		                    frame->format == AV_PIX_FMT_YUVJ422P || frame->format == AV_PIX_FMT_YUVJ444P ||
		                    frame->format == AV_PIX_FMT_YUVJ440P;
	else
		colour.full_range = frame->color_range == AVCOL_RANGE_JPEG;
	if (colour.matrix == AVCOL_SPC_UNSPECIFIED || colour.matrix == AVCOL_SPC_RGB ||
	        colour.matrix == AVCOL_SPC_RESERVED)
		colour.matrix = AVCOL_SPC_SMPTE170M;
	return colour;
}

bool rec_colour_is_output(struct rec_colour colour)
{
	return !colour.by_scaler && !colour.full_range && colour.matrix == AVCOL_SPC_BT709;
}

/* H.273, table 4 */
static void luma_coefficients(enum AVColorSpace matrix, double *kr, double *kb)
{
	*kr = 0.299, *kb = 0.114;
	if (matrix == AVCOL_SPC_BT709)
		*kr = 0.2126, *kb = 0.0722;
	else if (matrix == AVCOL_SPC_BT2020_NCL || matrix == AVCOL_SPC_BT2020_CL)
		*kr = 0.2627, *kb = 0.0593;
	else if (matrix == AVCOL_SPC_SMPTE240M)
		*kr = 0.212, *kb = 0.087;
	else if (matrix == AVCOL_SPC_FCC)
		*kr = 0.30, *kb = 0.11;
}

static int fixed(double v)
{
	return (int)lround(v * ONE);
}

/*
 * With R = Y + 2(1-Kr)Cr, B = Y + 2(1-Kb)Cb, G from Y = Kr R + Kg G + Kb B, the target's Y' = Kr' R + Kg' G + Kb' B is
 * Y plus a part of Cb and of Cr; Cb' = (B - Y') / (2(1-Kb')), Cr' = (R - Y') / (2(1-Kr')) lose Y altogether.
 */
static struct matrix solve(struct rec_colour from)
{
	double kr, kb, tr, tb, g_b, g_r, y_b, y_r;
	double luma = from.full_range ? 219. / 255 : 1, chroma = from.full_range ? 224. / 255 : 1, to_luma = luma;
	struct matrix m;

	luma_coefficients(from.matrix, &kr, &kb);
	luma_coefficients(AVCOL_SPC_BT709, &tr, &tb);
	g_b = -kb * 2 * (1 - kb) / (1 - kr - kb);
	g_r = -kr * 2 * (1 - kr) / (1 - kr - kb);
	y_b = (1 - tr - tb) * g_b + tb * 2 * (1 - kb);
	y_r = (1 - tr - tb) * g_r + tr * 2 * (1 - kr);
	/* 8-bit luma spans 219, chroma 224, or 255 both: chroma's part of luma crosses from one scale to the other */
	m.yy = fixed(to_luma);
	m.yb = fixed(y_b * chroma * 219 / 224);
	m.yr = fixed(y_r * chroma * 219 / 224);
	m.y0 = fixed(16 - (from.full_range ? 0 : 16) * to_luma) + HALF;
	m.bb = fixed((2 * (1 - kb) - y_b) / (2 * (1 - tb)) * chroma);
	m.br = fixed(-y_r / (2 * (1 - tb)) * chroma);
	m.rb = fixed(-y_b / (2 * (1 - tr)) * chroma);
	m.rr = fixed((2 * (1 - kr) - y_r) / (2 * (1 - tr)) * chroma);
	return m;
}

static inline uint8_t clip(int v)
{
	return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

/* One row of chroma in place; what it adds to luma goes into part. */
REC_VECTORISED static void chroma_row(
        struct matrix m, uint8_t *restrict cb, uint8_t *restrict cr, int *restrict part, int width)
{
	for (int x = 0; x < width; x++) {
		int b = cb[x] - 128, r = cr[x] - 128;

		part[x] = m.yb * b + m.yr * r + m.y0;
		cb[x] = clip((m.bb * b + m.br * r + (128 << SHIFT) + HALF) >> SHIFT);
		cr[x] = clip((m.rb * b + m.rr * r + (128 << SHIFT) + HALF) >> SHIFT);
	}
}

REC_VECTORISED static void luma_row(int gain, uint8_t *restrict luma, const int *restrict part, int width)
{
	/* NOLINTBEGIN(bugprone-implicit-widening-of-multiplication-result): inside a picture, and vectorised as such */
	for (int x = 0; x < width / 2; x++) {
		luma[2 * x] = clip((gain * luma[2 * x] + part[x]) >> SHIFT);
		luma[2 * x + 1] = clip((gain * luma[2 * x + 1] + part[x]) >> SHIFT);
	}
	/* NOLINTEND(bugprone-implicit-widening-of-multiplication-result) */
	if (width & 1)
		luma[width - 1] = clip((gain * luma[width - 1] + part[width / 2]) >> SHIFT);
}

void rec_colour_convert(AVFrame *frame, struct rec_colour from)
{
	struct matrix m = solve(from);
	int width = (frame->width + 1) / 2, height = (frame->height + 1) / 2;
	int part[MAX_CHROMA_WIDTH] = {0};

	if (rec_colour_is_output(from) || width > MAX_CHROMA_WIDTH)
		return;
	for (int y = 0; y < height; y++) {
		uint8_t *luma = frame->data[0] + (ptrdiff_t)frame->linesize[0] * 2 * y;

		chroma_row(m, frame->data[1] + (ptrdiff_t)frame->linesize[1] * y,
		        frame->data[2] + (ptrdiff_t)frame->linesize[2] * y, part, width);
		luma_row(m.yy, luma, part, frame->width);
		if (2 * y + 1 < frame->height)
			luma_row(m.yy, luma + frame->linesize[0], part, frame->width);
	}
}

int rec_colour_parse(const char *text, uint8_t yuv[3])
{
	uint8_t rgba[4];
	double r, g, b, y;

	/* libavutil's random colours would make every run another file */
	if (strcasecmp(text, "random") == 0 || strcasecmp(text, "bikeshed") == 0 || strchr(text, '@'))
		return REC_EINVAL;
	if (av_parse_color(rgba, text, -1, NULL) < 0)
		return REC_EINVAL;
	r = rgba[0] / 255., g = rgba[1] / 255., b = rgba[2] / 255.;
	y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
	yuv[0] = (uint8_t)lround(16 + 219 * y);
	yuv[1] = (uint8_t)lround(128 + 224 * (b - y) / (2 * (1 - 0.0722)));
	yuv[2] = (uint8_t)lround(128 + 224 * (r - y) / (2 * (1 - 0.2126)));
	return REC_OK;
}
