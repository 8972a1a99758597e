/* SPDX-License-Identifier: MIT */
/* Where tiles lie on the canvas, and where a picture lies in its tile. All numbers are even, as 4:2:0 chroma wants. */
#ifndef REC_PICTURE_LAYOUT_H
#define REC_PICTURE_LAYOUT_H

#include <stddef.h>

struct rec_rect {
	int x;
	int y;
	int width;
	int height;
};

enum rec_layout { REC_LAYOUT_ROW, REC_LAYOUT_GRID };
enum rec_fit { REC_FIT_CONTAIN, REC_FIT_COVER, REC_FIT_STRETCH };

/* "row", "grid", NULL; "contain", "cover", "stretch", NULL: in the order of the enums */
extern const char *const rec_layout_names[];
extern const char *const rec_fit_names[];

/**
 * rec_layout_cell(layout, n, i, width, height, gap):
 * The cell of tile ${i} of ${n} (0 <= i < n) on a canvas of ${width} x ${height}, with ${gap} pixels (rounded up to even) between cells.
 * row: 1 full, 2 side by side, more in equal columns. grid: the columns x rows that give a 16:9 picture the largest area; cells
 * are filled row by row; where two are as good, a wide canvas takes the wider one. A cell is at least 2x2, even where that leaves the canvas: whoever draws clips.
 */
struct rec_rect rec_layout_cell(enum rec_layout layout, size_t n, size_t i, int width, int height, int gap);

/**
 * rec_fit_picture(fit, width, height, sar_num, sar_den, cell, crop):
 * Where a picture of ${width} x ${height} pixels of shape sar_num:sar_den (0: square) lies on the canvas.
 *   crop   the part of the source that is shown, in source pixels; the whole picture except for cover
 * contain: all of it, aspect kept, centred. cover: the cell is filled, aspect kept, what hangs over is cut off. stretch: the cell is filled.
 */
struct rec_rect rec_fit_picture(
        enum rec_fit fit, int width, int height, int sar_num, int sar_den, struct rec_rect cell, struct rec_rect *crop);

#endif
