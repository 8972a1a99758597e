/* SPDX-License-Identifier: MIT */
#include "picture/layout.h"

#include <math.h>
#include <stdint.h>

const char *const rec_layout_names[] = {"row", "grid", NULL};
const char *const rec_fit_names[] = {"contain", "cover", "stretch", NULL};

static int even(int v)
{
	v -= v & 1;
	return v < 2 ? 2 : v;
}

/* Width of a 16:9 picture in a cell of the grid, as the fraction num / den; integers, so that equal is equal. */
struct span {
	int64_t num;
	int64_t den;
};

static struct span picture_span(size_t n, size_t columns, int width, int height)
{
	int64_t c = (int64_t)columns, r = (int64_t)((n + columns - 1) / columns);
	int64_t by_width = 9 * (int64_t)width * r, by_height = 16 * (int64_t)height * c;

	return (struct span){by_width < by_height ? by_width : by_height, c * r};
}

/* Where two grids are as good, a wide canvas takes the wider one. */
static size_t grid_columns(size_t n, int width, int height)
{
	size_t best = 1;
	struct span best_span = picture_span(n, 1, width, height);

	for (size_t columns = 2; columns <= n && columns <= (size_t)width; columns++) {
		struct span span = picture_span(n, columns, width, height);
		int64_t a = span.num * best_span.den, b = best_span.num * span.den;

		if (a > b || (a == b && width >= height)) {
			best = columns;
			best_span = span;
		}
	}
	return best;
}

struct rec_rect rec_layout_cell(enum rec_layout layout, size_t n, size_t i, int width, int height, int gap)
{
	size_t columns = layout == REC_LAYOUT_GRID ? grid_columns(n, width, height) : n;
	size_t rows = (n + columns - 1) / columns;
	int between = gap + (gap & 1);
	int64_t w = ((int64_t)width - (int64_t)between * ((int64_t)columns - 1)) / (int64_t)columns;
	int64_t h = ((int64_t)height - (int64_t)between * ((int64_t)rows - 1)) / (int64_t)rows;
	struct rec_rect cell = {0, 0, even((int)w), even((int)h)};

	cell.x = (int)(i % columns) * (cell.width + between);
	cell.y = (int)(i / columns) * (cell.height + between);
	return cell;
}

static struct rec_rect centred(struct rec_rect in, int width, int height)
{
	struct rec_rect r = {0, 0, even(width), even(height)};

	r.x = in.x + ((in.width - r.width) / 2 & ~1);
	r.y = in.y + ((in.height - r.height) / 2 & ~1);
	return r;
}

struct rec_rect rec_fit_picture(
        enum rec_fit fit, int width, int height, int sar_num, int sar_den, struct rec_rect cell, struct rec_rect *crop)
{
	struct rec_rect whole = {0, 0, width, height};
	double pixel = sar_num > 0 && sar_den > 0 ? (double)sar_num / sar_den : 1;
	double aspect = width * pixel / height, cell_aspect = (double)cell.width / cell.height;

	*crop = whole;
	if (fit == REC_FIT_STRETCH)
		return cell;
	if (fit == REC_FIT_CONTAIN) {
		if (aspect > cell_aspect)
			return centred(cell, cell.width, 1 + (int)lround(cell.width / aspect));
		return centred(cell, 1 + (int)lround(cell.height * aspect), cell.height);
	}
	if (aspect > cell_aspect)
		crop->width = (int)lround(height * cell_aspect / pixel);
	else
		crop->height = (int)lround(width * pixel / cell_aspect);
	if (crop->width > 2 && crop->height > 2)
		*crop = centred(whole, crop->width, crop->height);
	else
		*crop = whole;
	return cell;
}
