/* SPDX-License-Identifier: MIT */
/* The plot as SVG 1.1: coordinates to a hundredth of a pixel, text as text. */
#include "base/err.h"
#include "picture/plot_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct svg {
	struct rec_buf *out;
	int hatches; /* clip paths so far */
};

/* a hundredth of a pixel, without what says nothing: 12, 0.5, 7.25 */
static void put(struct rec_buf *out, const char *before, double value)
{
	char text[32];
	size_t n;

	snprintf(text, sizeof(text), "%.2f", value);
	n = strlen(text);
	while (text[n - 1] == '0')
		n--;
	if (text[n - 1] == '.')
		n--;
	text[n] = '\0';
	rec_buf_puts(out, before);
	rec_buf_puts(out, strcmp(text, "-0") == 0 ? "0" : text);
}

static void put_colour(struct rec_buf *out, const char *what, struct rec_plot_colour colour)
{
	rec_buf_printf(out, " %s=\"#%02x%02x%02x\"", what, colour.r, colour.g, colour.b);
	if (colour.a < 255) {
		rec_buf_printf(out, " %s-opacity", what);
		put(out, "=\"", colour.a / 255.0);
		rec_buf_puts(out, "\"");
	}
}

static void put_box(struct rec_buf *out, struct rec_plot_box box)
{
	put(out, " x=\"", box.x);
	put(out, "\" y=\"", box.y);
	put(out, "\" width=\"", box.width);
	put(out, "\" height=\"", box.height);
	rec_buf_puts(out, "\"");
}

static void draw_box(void *state, struct rec_plot_box box, struct rec_plot_colour colour)
{
	struct svg *svg = state;

	rec_buf_puts(svg->out, "<rect");
	put_box(svg->out, box);
	put_colour(svg->out, "fill", colour);
	rec_buf_puts(svg->out, "/>\n");
}

static void draw_boxes(void *state, const struct rec_plot_box *boxes, size_t n, struct rec_plot_colour colour)
{
	struct svg *svg = state;

	rec_buf_puts(svg->out, "<path class=\"wave\"");
	put_colour(svg->out, "fill", colour);
	rec_buf_puts(svg->out, " d=\"");
	for (size_t i = 0; i < n; i++) {
		put(svg->out, "M", boxes[i].x);
		put(svg->out, " ", boxes[i].y);
		put(svg->out, "h", boxes[i].width);
		put(svg->out, "v", boxes[i].height);
		put(svg->out, "h", -boxes[i].width);
		rec_buf_puts(svg->out, "z");
	}
	rec_buf_puts(svg->out, "\"/>\n");
}

static void draw_shape(void *state, const double *xy, size_t npoints, struct rec_plot_colour colour)
{
	struct svg *svg = state;

	rec_buf_puts(svg->out, "<path class=\"wave\"");
	put_colour(svg->out, "fill", colour);
	rec_buf_puts(svg->out, " d=\"");
	for (size_t i = 0; i < npoints; i++) {
		double x = xy[2 * i], y = xy[2 * i + 1];
		bool inner = i > 0 && i + 1 < npoints;

		if (inner && y == xy[2 * i - 1] && y == xy[2 * i + 3]) /* within a level run */
			continue;
		if (i > 0 && y == xy[2 * i - 1]) {
			put(svg->out, "H", x);
		} else if (i > 0 && x == xy[2 * i - 2]) {
			put(svg->out, "V", y);
		} else {
			put(svg->out, i ? "L" : "M", x);
			put(svg->out, " ", y);
		}
	}
	rec_buf_puts(svg->out, "z\"/>\n");
}

static void draw_line(
        void *state, double x1, double y1, double x2, double y2, bool dotted, struct rec_plot_colour colour)
{
	struct svg *svg = state;

	put(svg->out, "<line x1=\"", x1);
	put(svg->out, "\" y1=\"", y1);
	put(svg->out, "\" x2=\"", x2);
	put(svg->out, "\" y2=\"", y2);
	rec_buf_puts(svg->out, "\"");
	put_colour(svg->out, "stroke", colour);
	rec_buf_puts(svg->out, dotted ? " stroke-dasharray=\"1 4\"/>\n" : "/>\n");
}

static void draw_hatch(void *state, struct rec_plot_box box, struct rec_plot_colour colour)
{
	struct svg *svg = state;
	int id = svg->hatches++;

	rec_buf_printf(svg->out,
	        "<pattern id=\"h%d\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
	        "patternTransform=\"rotate(45)\"><rect width=\"2\" height=\"6\"",
	        id);
	put_colour(svg->out, "fill", colour);
	rec_buf_puts(svg->out, "/></pattern>\n<rect class=\"hatch\"");
	put_box(svg->out, box);
	rec_buf_printf(svg->out, " fill=\"url(#h%d)\"/>\n", id);
}

static void put_escaped(struct rec_buf *out, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			rec_buf_puts(out, "&amp;");
			break;
		case '<':
			rec_buf_puts(out, "&lt;");
			break;
		case '>':
			rec_buf_puts(out, "&gt;");
			break;
		default:
			rec_buf_add(out, text, 1);
		}
	}
}

/* How wide a text is depends on who shows it: what may be too long is squeezed into the width, what is far too long is cut. */
static void draw_text(void *state, double x, double y, double size, double width, enum rec_plot_anchor anchor,
        const char *text, struct rec_plot_colour colour)
{
	struct svg *svg = state;
	double guess = 0.6 * size * (double)strlen(text);

	put(svg->out, "<text x=\"", x);
	put(svg->out, "\" y=\"", y);
	put(svg->out, "\" font-size=\"", size);
	rec_buf_puts(svg->out, "\"");
	if (anchor == REC_PLOT_MIDDLE)
		rec_buf_puts(svg->out, " text-anchor=\"middle\"");
	if (width > 0 && guess > width) {
		put(svg->out, " textLength=\"", width);
		rec_buf_puts(svg->out, "\" lengthAdjust=\"spacingAndGlyphs\"");
	}
	put_colour(svg->out, "fill", colour);
	rec_buf_puts(svg->out, ">");
	put_escaped(svg->out, text);
	rec_buf_puts(svg->out, "</text>\n");
}

void rec_plot_svg(const struct rec_plot *plot, struct rec_buf *out)
{
	struct svg svg = {out, 0};
	const struct rec_plot_pen pen = {&svg, draw_box, draw_boxes, draw_shape, draw_line, draw_hatch, draw_text};

	rec_buf_printf(out,
	        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
	        "font-family=\"sans-serif\">\n",
	        plot->style->width, plot->style->height, plot->style->width, plot->style->height);
	if (rec_plot_draw(plot, &pen) < 0)
		out->failed = true;
	rec_buf_puts(out, "</svg>\n");
}
