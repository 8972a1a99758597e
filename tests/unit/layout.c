/* SPDX-License-Identifier: MIT */
#include "picture/layout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void cells(void **state)
{
	(void)state;
	static const struct {
		enum rec_layout layout;
		size_t n, i;
		int width, height, gap;
		struct rec_rect cell;
	} rows[] = {
	        {REC_LAYOUT_ROW, 1, 0, 1280, 720, 0, {0, 0, 1280, 720}},
	        {REC_LAYOUT_ROW, 2, 1, 1280, 720, 0, {640, 0, 640, 720}},
	        {REC_LAYOUT_ROW, 3, 2, 1280, 720, 0, {852, 0, 426, 720}},
	        {REC_LAYOUT_ROW, 4, 3, 1280, 720, 0, {960, 0, 320, 720}},
	        {REC_LAYOUT_ROW, 2, 1, 1280, 720, 10, {644, 0, 634, 720}},
	        {REC_LAYOUT_ROW, 2, 1, 1280, 720, 9, {644, 0, 634, 720}},
	        {REC_LAYOUT_GRID, 1, 0, 1280, 720, 0, {0, 0, 1280, 720}},
	        {REC_LAYOUT_GRID, 2, 1, 1280, 720, 0, {640, 0, 640, 720}},
	        {REC_LAYOUT_GRID, 3, 2, 1280, 720, 0, {0, 360, 640, 360}},
	        {REC_LAYOUT_GRID, 4, 3, 1280, 720, 0, {640, 360, 640, 360}},
	        {REC_LAYOUT_GRID, 5, 4, 1280, 720, 0, {426, 360, 426, 360}},
	        {REC_LAYOUT_GRID, 9, 8, 1280, 720, 0, {852, 480, 426, 240}},
	        {REC_LAYOUT_GRID, 2, 1, 720, 1280, 0, {0, 640, 720, 640}},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rec_rect r = rec_layout_cell(
		        rows[i].layout, rows[i].n, rows[i].i, rows[i].width, rows[i].height, rows[i].gap);
		assert_memory_equal(&r, &rows[i].cell, sizeof(r));
	}
}

static void cells_never_overlap(void **state)
{
	(void)state;
	for (size_t n = 1; n <= 64; n++)
		for (size_t a = 0; a < n; a++)
			for (size_t b = 0; b < a; b++) {
				struct rec_rect p = rec_layout_cell(REC_LAYOUT_GRID, n, a, 1280, 720, 4);
				struct rec_rect q = rec_layout_cell(REC_LAYOUT_GRID, n, b, 1280, 720, 4);
				assert_true(p.x >= q.x + q.width + 4 || q.x >= p.x + p.width + 4 ||
				            p.y >= q.y + q.height + 4 || q.y >= p.y + p.height + 4);
				assert_true(p.x + p.width <= 1280 && p.y + p.height <= 720);
			}
}

static void fits(void **state)
{
	(void)state;
	static const struct {
		enum rec_fit fit;
		int width, height, num, den;
		struct rec_rect cell, place, crop;
	} rows[] = {
	        {REC_FIT_CONTAIN, 640, 360, 0, 1, {0, 0, 1280, 720}, {0, 0, 1280, 720}, {0, 0, 640, 360}},
	        {REC_FIT_CONTAIN, 640, 360, 1, 1, {0, 0, 640, 720}, {0, 180, 640, 360}, {0, 0, 640, 360}},
	        {REC_FIT_CONTAIN, 360, 640, 1, 1, {640, 0, 640, 720}, {756, 0, 406, 720}, {0, 0, 360, 640}},
	        {REC_FIT_CONTAIN, 720, 576, 16, 15, {0, 0, 640, 480}, {0, 0, 640, 480}, {0, 0, 720, 576}},
	        {REC_FIT_STRETCH, 360, 640, 1, 1, {0, 0, 640, 720}, {0, 0, 640, 720}, {0, 0, 360, 640}},
	        {REC_FIT_COVER, 640, 360, 1, 1, {0, 0, 640, 720}, {0, 0, 640, 720}, {160, 0, 320, 360}},
	        {REC_FIT_COVER, 360, 640, 1, 1, {0, 0, 1280, 720}, {0, 0, 1280, 720}, {0, 218, 360, 202}},
	        {REC_FIT_CONTAIN, 1, 1, 1, 1, {0, 0, 2, 2}, {0, 0, 2, 2}, {0, 0, 1, 1}},
	        {REC_FIT_COVER, 16384, 1, 1, 1, {0, 0, 640, 360}, {0, 0, 640, 360}, {0, 0, 16384, 1}},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rec_rect crop;
		struct rec_rect place = rec_fit_picture(
		        rows[i].fit, rows[i].width, rows[i].height, rows[i].num, rows[i].den, rows[i].cell, &crop);
		assert_memory_equal(&place, &rows[i].place, sizeof(place));
		assert_memory_equal(&crop, &rows[i].crop, sizeof(crop));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(cells), cmocka_unit_test(cells_never_overlap), cmocka_unit_test(fits)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
