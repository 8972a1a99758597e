/* SPDX-License-Identifier: MIT */
/* The plot as PNG, drawn with cairo. Hinting is off, so that text does not depend on the machine's settings. */
#include "base/err.h"
#include "base/log.h"
#include "picture/plot_parts.h"

#include <cairo.h>
#include <math.h>

static void set_colour(cairo_t *cr, struct rec_plot_colour c)
{
	cairo_set_source_rgba(cr, c.r / 255.0, c.g / 255.0, c.b / 255.0, c.a / 255.0);
}

static void draw_box(void *state, struct rec_plot_box box, struct rec_plot_colour colour)
{
	set_colour(state, colour);
	cairo_rectangle(state, box.x, box.y, box.width, box.height);
	cairo_fill(state);
}

/* one by one: cairo is slow with one path of thousands of edges */
static void draw_boxes(void *state, const struct rec_plot_box *boxes, size_t n, struct rec_plot_colour colour)
{
	for (size_t i = 0; i < n; i++)
		draw_box(state, boxes[i], colour);
}

/* Column by column, likewise: the points come as the upper edge and the lower one back, two to a column. */
static void draw_shape(void *state, const double *xy, size_t npoints, struct rec_plot_colour colour)
{
	cairo_t *cr = state;

	set_colour(cr, colour);
	for (size_t i = 0; i + 1 < npoints / 2; i += 2) {
		const double *up = xy + 2 * i, *down = xy + 2 * (npoints - 1 - i);
		double left = round(up[0]), right = round(up[2]); /* no seams between columns */

		cairo_rectangle(cr, left, up[1], right > left ? right - left : 1, down[1] - up[1]);
		cairo_fill(cr);
	}
}

static void draw_line(
        void *state, double x1, double y1, double x2, double y2, bool dotted, struct rec_plot_colour colour)
{
	static const double dots[] = {1, 4};
	cairo_t *cr = state;

	set_colour(cr, colour);
	cairo_set_line_width(cr, 1);
	cairo_set_dash(cr, dots, dotted ? 2 : 0, 0);
	cairo_move_to(cr, floor(x1) + 0.5, floor(y1) + 0.5);
	cairo_line_to(cr, floor(x2) + 0.5, floor(y2) + 0.5);
	cairo_stroke(cr);
}

static void draw_hatch(void *state, struct rec_plot_box box, struct rec_plot_colour colour)
{
	static const double pitch = 8.485; /* six pixels across the lines */
	cairo_t *cr = state;

	cairo_save(cr);
	cairo_rectangle(cr, box.x, box.y, box.width, box.height);
	cairo_clip(cr);
	set_colour(cr, colour);
	cairo_set_line_width(cr, 2);
	cairo_set_dash(cr, NULL, 0, 0);
	const int first = (int)floor(box.x / pitch), end = (int)ceil((box.x + box.width + box.height) / pitch);
	for (int line = first; line < end; line++) {
		double x = line * pitch;
		cairo_move_to(cr, x, box.y);
		cairo_line_to(cr, x - box.height, box.y + box.height);
	}
	cairo_stroke(cr);
	cairo_restore(cr);
}

static void draw_text(void *state, double x, double y, double size, double width, enum rec_plot_anchor anchor,
        const char *text, struct rec_plot_colour colour)
{
	cairo_t *cr = state;
	cairo_text_extents_t extents;

	set_colour(cr, colour);
	cairo_set_font_size(cr, size);
	cairo_text_extents(cr, text, &extents);
	cairo_save(cr);
	cairo_translate(cr, anchor == REC_PLOT_MIDDLE ? x - extents.x_advance / 2 : x, y);
	if (width > 0 && extents.x_advance > width)
		cairo_scale(cr, width / extents.x_advance, 1);
	cairo_move_to(cr, 0, 0);
	cairo_show_text(cr, text);
	cairo_restore(cr);
}

static void set_font(cairo_t *cr)
{
	cairo_font_options_t *options = cairo_font_options_create();

	cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	cairo_set_font_options(cr, options);
	cairo_font_options_destroy(options);
	cairo_select_font_face(cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
}

static cairo_status_t append(void *state, const unsigned char *bytes, unsigned n)
{
	struct rec_buf *png = state;

	rec_buf_add(png, bytes, n);
	return png->failed ? CAIRO_STATUS_NO_MEMORY : CAIRO_STATUS_SUCCESS;
}

int rec_plot_png(const struct rec_plot *plot, struct rec_buf *png)
{
	cairo_surface_t *surface =
	        cairo_image_surface_create(CAIRO_FORMAT_ARGB32, plot->style->width, plot->style->height);
	cairo_t *cr = cairo_create(surface);
	const struct rec_plot_pen pen = {cr, draw_box, draw_boxes, draw_shape, draw_line, draw_hatch, draw_text};
	cairo_status_t status;
	int err;

	set_font(cr);
	err = rec_plot_draw(plot, &pen);
	status = cairo_status(cr);
	cairo_destroy(cr);
	if (err == REC_OK && status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_write_to_png_stream(surface, append, png);
	cairo_surface_destroy(surface);
	if (err < 0 || png->failed || status == CAIRO_STATUS_NO_MEMORY)
		return REC_ENOMEM;
	if (status != CAIRO_STATUS_SUCCESS)
		return rec_report(REC_EENCODE, "cannot draw the picture: %s", cairo_status_to_string(status));
	return REC_OK;
}
