/* SPDX-License-Identifier: MIT */
/* Colour, tile and canvas: what a picture looks like on the way to the encoder. */
#include "base/err.h"
#include "picture/canvas.h"
#include "picture/colour.h"
#include "picture/pool.h"
#include "picture/tile.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static AVFrame *frame_of(int format, int width, int height)
{
	AVFrame *f = av_frame_alloc();
	assert_non_null(f);
	f->format = format;
	f->width = width;
	f->height = height;
	assert_int_equal(av_frame_get_buffer(f, 0), 0);
	return f;
}

static AVFrame *plain(int width, int height, uint8_t y, uint8_t cb, uint8_t cr)
{
	AVFrame *f = frame_of(AV_PIX_FMT_YUV420P, width, height);
	memset(f->data[0], y, (size_t)f->linesize[0] * (size_t)height);
	memset(f->data[1], cb, (size_t)f->linesize[1] * (size_t)((height + 1) / 2));
	memset(f->data[2], cr, (size_t)f->linesize[2] * (size_t)((height + 1) / 2));
	return f;
}

/* by way of R'G'B' in doubles, straight from H.273 */
static void exact(const uint8_t in[3], double kr, double kb, bool full, double out[3])
{
	double y = full ? in[0] / 255. : (in[0] - 16) / 219.;
	double cb = (in[1] - 128) / (full ? 255. : 224.), cr = (in[2] - 128) / (full ? 255. : 224.);
	double r = y + 2 * (1 - kr) * cr, b = y + 2 * (1 - kb) * cb, g = (y - kr * r - kb * b) / (1 - kr - kb);
	double luma = 0.2126 * r + 0.7152 * g + 0.0722 * b;
	out[0] = 16 + 219 * luma;
	out[1] = 128 + 224 * (b - luma) / (2 * (1 - 0.0722));
	out[2] = 128 + 224 * (r - luma) / (2 * (1 - 0.2126));
	for (int i = 0; i < 3; i++)
		out[i] = out[i] < 0 ? 0 : out[i] > 255 ? 255 : out[i];
}

static void colour_is_exact(void **state)
{
	(void)state;
	static const struct {
		enum AVColorSpace matrix;
		enum AVColorRange range;
		double kr, kb;
		bool full;
	} rows[] = {{AVCOL_SPC_UNSPECIFIED, AVCOL_RANGE_UNSPECIFIED, 0.299, 0.114, false},
	        {AVCOL_SPC_SMPTE170M, AVCOL_RANGE_MPEG, 0.299, 0.114, false},
	        {AVCOL_SPC_BT709, AVCOL_RANGE_JPEG, 0.2126, 0.0722, true},
	        {AVCOL_SPC_BT470BG, AVCOL_RANGE_JPEG, 0.299, 0.114, true},
	        {AVCOL_SPC_BT2020_NCL, AVCOL_RANGE_MPEG, 0.2627, 0.0593, false},
	        {AVCOL_SPC_BT709, AVCOL_RANGE_MPEG, 0.2126, 0.0722, false}};
	srand(3);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int k = 0; k < 500; k++) {
			uint8_t in[3] = {(uint8_t)(rand() & 255), (uint8_t)(rand() & 255), (uint8_t)(rand() & 255)};
			AVFrame *f = plain(7, 5, in[0], in[1], in[2]);
			double want[3];

			f->colorspace = rows[i].matrix;
			f->color_range = rows[i].range;
			rec_colour_convert(f, rec_colour_of(f));
			exact(in, rows[i].kr, rows[i].kb, rows[i].full, want);
			for (int p = 0; p < 3; p++) {
				int last_x = p ? 3 : 6, last_y = p ? 2 : 4;
				assert_true(fabs(f->data[p][0] - want[p]) <= 1.0);
				assert_int_equal(f->data[p][last_y * f->linesize[p] + last_x], f->data[p][0]);
			}
			av_frame_free(&f);
		}
}

static void colours_by_name(void **state)
{
	(void)state;
	uint8_t yuv[3];
	assert_int_equal(rec_colour_parse("black", yuv), REC_OK);
	assert_true(yuv[0] == 16 && yuv[1] == 128 && yuv[2] == 128);
	assert_int_equal(rec_colour_parse("#ffffff", yuv), REC_OK);
	assert_true(yuv[0] == 235 && yuv[1] == 128 && yuv[2] == 128);
	assert_int_equal(rec_colour_parse("#ff0000", yuv), REC_OK);
	assert_true(yuv[0] == 63 && yuv[1] == 102 && yuv[2] == 240);
	assert_int_equal(rec_colour_parse("no such colour", yuv), REC_EINVAL);
	assert_int_equal(rec_colour_parse("random", yuv), REC_EINVAL);
	assert_int_equal(rec_colour_parse("Bikeshed", yuv), REC_EINVAL);
}

/* a white quarter in the top left corner tells which way up a picture is */
static AVFrame *marked(int width, int height)
{
	AVFrame *f = plain(width, height, 16, 128, 128);
	for (int y = 0; y < height / 2; y++)
		memset(f->data[0] + (ptrdiff_t)y * f->linesize[0], 235, (size_t)(width / 2));
	f->colorspace = AVCOL_SPC_BT709;
	f->color_range = AVCOL_RANGE_MPEG;
	return f;
}

static void turns_upright(void **state)
{
	(void)state;
	/* where the mark of a landscape picture goes: clockwise quarter turns */
	static const struct {
		int turns;
		bool right, bottom;
	} rows[] = {{0, false, false}, {1, true, false}, {2, true, true}, {3, false, true}};
	struct rec_rect cell = {0, 0, 200, 200};
	for (size_t i = 0; i < 4; i++) {
		struct rec_tile *tile = NULL;
		struct rec_rect place;
		AVFrame *source = marked(320, 160), *out = NULL;

		assert_int_equal(rec_tile_new(&tile, REC_FIT_CONTAIN), REC_OK);
		assert_int_equal(rec_tile_render(tile, source, rows[i].turns, cell, &out, &place), REC_OK);
		assert_int_equal(place.width, rows[i].turns & 1 ? 100 : 200);
		assert_int_equal(place.height, rows[i].turns & 1 ? 200 : 100);
		assert_int_equal(out->width, place.width);
		for (int q = 0; q < 4; q++) {
			int x = q & 1 ? place.width * 3 / 4 : place.width / 4;
			int y = q & 2 ? place.height * 3 / 4 : place.height / 4;
			bool white = (q & 1) == rows[i].right && (q >> 1) == rows[i].bottom;
			assert_int_equal(out->data[0][y * out->linesize[0] + x], white ? 235 : 16);
		}
		av_frame_free(&out);
		av_frame_free(&source);
		rec_tile_free(&tile);
	}
}

static void scales_many_formats(void **state)
{
	(void)state;
	static const struct {
		int format;
		uint8_t fill;
		int luma;
	} rows[] = {{AV_PIX_FMT_RGB24, 255, 235}, {AV_PIX_FMT_RGBA, 255, 235}, {AV_PIX_FMT_GRAY8, 255, 235},
	        {AV_PIX_FMT_GRAY8, 0, 16}, {AV_PIX_FMT_YUVJ420P, 128, 126}, {AV_PIX_FMT_YUV444P, 128, 128}};
	struct rec_rect cell = {0, 0, 64, 64}, place;
	struct rec_tile *tile = NULL;
	assert_int_equal(rec_tile_new(&tile, REC_FIT_STRETCH), REC_OK);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		AVFrame *source = frame_of(rows[i].format, 33, 17), *out = NULL;
		for (int p = 0; p < 4 && source->data[p]; p++)
			memset(source->data[p], rows[i].fill, (size_t)source->linesize[p] * 17);
		assert_int_equal(rec_tile_render(tile, source, 0, cell, &out, &place), REC_OK);
		assert_in_range(out->data[0][32 * out->linesize[0] + 32], rows[i].luma - 1, rows[i].luma + 1);
		assert_in_range(out->data[1][16 * out->linesize[1] + 16], 127, 129);
		av_frame_free(&out);
		av_frame_free(&source);
	}
	rec_tile_free(&tile);
}

static void shares_what_needs_no_work(void **state)
{
	(void)state;
	struct rec_tile *tile = NULL;
	struct rec_rect cell = {0, 0, 128, 64}, place;
	AVFrame *source = marked(128, 64), *out = NULL;
	assert_int_equal(rec_tile_new(&tile, REC_FIT_CONTAIN), REC_OK);
	assert_int_equal(rec_tile_render(tile, source, 0, cell, &out, &place), REC_OK);
	assert_ptr_equal(out->data[0], source->data[0]);
	av_frame_free(&out);
	av_frame_free(&source);
	rec_tile_free(&tile);
}

static void canvas_places_and_clips(void **state)
{
	(void)state;
	static const uint8_t background[3] = {50, 100, 150};
	AVFrame *white = plain(40, 20, 235, 128, 128), *out = NULL;
	struct rec_piece pieces[] = {{white, {10, 8, 40, 20}}, {white, {80, 40, 40, 20}}, {NULL, {0, 0, 10, 10}}};
	struct rec_canvas *canvas = NULL;
	assert_int_equal(rec_canvas_new(&canvas, 100, 50, background), REC_OK);
	assert_int_equal(rec_canvas_draw(canvas, pieces, 3, &out), REC_OK);
	for (int y = 0; y < 50; y++)
		for (int x = 0; x < 100; x++) {
			bool in = (x >= 10 && x < 50 && y >= 8 && y < 28) || (x >= 80 && y >= 40);
			assert_int_equal(out->data[0][y * out->linesize[0] + x], in ? 235 : 50);
			assert_int_equal(out->data[2][y / 2 * out->linesize[2] + x / 2], in ? 128 : 150);
		}
	av_frame_free(&out);
	av_frame_free(&white);
	rec_canvas_free(&canvas);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(colour_is_exact), cmocka_unit_test(colours_by_name),
	        cmocka_unit_test(turns_upright), cmocka_unit_test(scales_many_formats),
	        cmocka_unit_test(shares_what_needs_no_work), cmocka_unit_test(canvas_places_and_clips)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
