/* SPDX-License-Identifier: MIT */
/*
 * Waveforms as pictures: lanes under a common time axis. What goes where is decided once (plot.c); plot_svg.c and plot_png.c draw it.
 *
 * The PNG is drawn with cairo: a kept library for lines and text, with anti-aliasing and any script, and no more than that. The
 * SVG is written as it is, with real text, so that its bytes depend on the plot alone. Cairo writes neither time nor version into a PNG:
 * its bytes depend on the plot, on cairo and zlib, and, where there is text, on the fonts of the machine (the generic sans-serif).
 */
#ifndef REC_PICTURE_PLOT_H
#define REC_PICTURE_PLOT_H

#include "base/buf.h"
#include "session/session.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* most pixels of a picture, so that it fits the memory that the tool promises */
#define REC_PLOT_PIXELS 8294400

struct rec_plot_colour {
	uint8_t r, g, b, a; /* a: 255 is opaque */
};

enum rec_plot_shape { REC_PLOT_LINE, REC_PLOT_BARS };
/* "line", "bars", NULL */
extern const char *const rec_plot_shapes[];

struct rec_plot_style {
	int width; /* pixels */
	int height;
	enum rec_plot_shape shape;
	struct rec_plot_colour wave;
	struct rec_plot_colour background;
	bool axis; /* of time, along the bottom */
	bool db;   /* the height follows dBFS, from -60 to 0; else linear */
	bool rms;  /* drawn inside of the peaks */
};

/* linear, full scale is 1 */
struct rec_plot_point {
	float min;
	float max;
	float rms;
};

struct rec_plot_lane {
	const char *name; /* NULL: none */
	const struct rec_plot_point *points;
	size_t npoints; /* spread evenly over the width */
	/* of a session, sorted, output time: nothing is drawn outside of the presences but a thin dotted line; silence is a solid one; a mute is
	 * hatched, and so is a stretch that was not recorded, fainter. NULL: all present, none muted, no gap. Borrowed */
	const struct rec_spans *present;
	const struct rec_spans *muted;
	const struct rec_spans *gaps;
};

struct rec_plot {
	const struct rec_plot_style *style;
	const struct rec_plot_lane *lanes;
	size_t nlanes;
	int64_t duration_ns; /* of the axis */
};

/** rec_plot_colour_parse(text, colour): a name of libavutil's (`steelblue`), `#RRGGBB`, `#RRGGBBAA`, `NAME@0.5`; `none` is transparent. REC_EINVAL. */
int rec_plot_colour_parse(const char *text, struct rec_plot_colour *colour);

/** rec_plot_columns(style, named): points that a lane of that style can show: one a pixel, or one a bar; at least 1. */
size_t rec_plot_columns(const struct rec_plot_style *style, bool named);

/** rec_plot_height(style, nlanes, named): pixels that suit so many lanes: 160 each, 72 where they are named, the axis besides. */
int rec_plot_height(const struct rec_plot_style *style, size_t nlanes, bool named);

/** rec_plot_svg(plot, svg): append the document. Check svg->failed. */
void rec_plot_svg(const struct rec_plot *plot, struct rec_buf *svg);

/** rec_plot_png(plot, png): append the file. REC_ENOMEM; REC_EENCODE: cairo refused (reported). */
int rec_plot_png(const struct rec_plot *plot, struct rec_buf *png);

#endif
