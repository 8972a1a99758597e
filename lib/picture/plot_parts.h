/* SPDX-License-Identifier: MIT */
/* Between plot.c, which knows what goes where, and the files that draw. Internal to lib/picture. */
#ifndef REC_PICTURE_PLOT_PARTS_H
#define REC_PICTURE_PLOT_PARTS_H

#include "picture/plot.h"

struct rec_plot_box {
	double x, y, width, height; /* pixels */
};

enum rec_plot_anchor { REC_PLOT_START, REC_PLOT_MIDDLE };

/* What a drawing can do. Coordinates are pixels from the upper left corner. */
struct rec_plot_pen {
	void *state;
	void (*box)(void *state, struct rec_plot_box box, struct rec_plot_colour colour);
	/* boxes of one colour and height-symmetric or not, many at once */
	void (*boxes)(void *state, const struct rec_plot_box *boxes, size_t n, struct rec_plot_colour colour);
	/* a closed shape */
	void (*shape)(void *state, const double *xy, size_t npoints, struct rec_plot_colour colour);
	void (*line)(
	        void *state, double x1, double y1, double x2, double y2, bool dotted, struct rec_plot_colour colour);
	/* slanted lines inside of the box */
	void (*hatch)(void *state, struct rec_plot_box box, struct rec_plot_colour colour);
	/* the baseline's left end or middle at x, y; what is longer than width is cut or squeezed; width 0: any */
	void (*text)(void *state, double x, double y, double size, double width, enum rec_plot_anchor anchor,
	        const char *text, struct rec_plot_colour colour);
};

/** rec_plot_draw(plot, pen): REC_ENOMEM. */
int rec_plot_draw(const struct rec_plot *plot, const struct rec_plot_pen *pen);

/** rec_plot_clean(buf, text): append ${text} as UTF-8 without control characters and broken bytes (U+FFFD), at most 200 characters. */
void rec_plot_clean(struct rec_buf *buf, const char *text);

#endif
