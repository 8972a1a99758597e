/* SPDX-License-Identifier: MIT */
#include "picture/plot.h"

#include "base/err.h"
#include "base/num.h"
#include "base/utf8.h"
#include "media/libav.h"
#include "picture/plot_parts.h"

#include <libavutil/parseutils.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *const rec_plot_shapes[] = {"line", "bars", NULL};

static const double AXIS_HEIGHT = 22;
static const double TEXT_SIZE = 12;
static const double NAME_PART = 0.16; /* of the width, for names, within */
static const double NAME_LEAST = 60, NAME_MOST = 160;
static const double LANE_MARGIN = 0.06; /* of a lane's height, above and below */
static const double BAR = 3, BAR_GAP = 1;
static const double FLOOR_DB = -60;
static const double TICK_LEAST = 70; /* pixels between two labels */

/* what is drawn in colours of its own */
static const struct rec_plot_colour grey = {0x80, 0x80, 0x80, 0xFF};
static const struct rec_plot_colour faint = {0x80, 0x80, 0x80, 0x60};
static const struct rec_plot_colour mute = {0xC0, 0x50, 0x20, 0xA0};
static const struct rec_plot_colour present = {0x80, 0x80, 0x80, 0x18};

/* one lane's place */
struct place {
	struct rec_plot_box box; /* where the waveform is drawn */
	double top;              /* of the lane, margins included */
	double height;
};

int rec_plot_colour_parse(const char *text, struct rec_plot_colour *colour)
{
	uint8_t rgba[4];

	rec_libav_init();
	if (strcasecmp(text, "none") == 0) {
		*colour = (struct rec_plot_colour){0, 0, 0, 0};
		return REC_OK;
	}
	if (strcasecmp(text, "random") == 0 || av_parse_color(rgba, text, -1, NULL) < 0)
		return REC_EINVAL;
	*colour = (struct rec_plot_colour){rgba[0], rgba[1], rgba[2], rgba[3]};
	return REC_OK;
}

static double names_width(const struct rec_plot_style *style, bool named)
{
	double width = NAME_PART * style->width;

	if (!named)
		return 0;
	width = width < NAME_LEAST ? NAME_LEAST : width > NAME_MOST ? NAME_MOST : width;
	return width < style->width / 2.0 ? floor(width) : 0;
}

size_t rec_plot_columns(const struct rec_plot_style *style, bool named)
{
	double width = style->width - names_width(style, named);
	double columns = style->shape == REC_PLOT_BARS ? floor((width + BAR_GAP) / (BAR + BAR_GAP)) : width;

	return columns >= 1 ? (size_t)columns : 1;
}

int rec_plot_height(const struct rec_plot_style *style, size_t nlanes, bool named)
{
	double height = (double)nlanes * (named ? 72 : 160) + (style->axis ? AXIS_HEIGHT : 0);
	double most = floor((double)REC_PLOT_PIXELS / style->width);

	return (int)(height < most ? height : most);
}

void rec_plot_clean(struct rec_buf *buf, const char *text)
{
	size_t n = strlen(text);

	for (int i = 0; n > 0 && i < 200; i++) {
		uint32_t code;
		size_t len;
		int err = rec_utf8_decode(text, n, &code, &len);

		if (err < 0 || code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0xFFFE || code == 0xFFFF)
			rec_buf_puts(buf, "\xEF\xBF\xBD");
		else
			rec_buf_add(buf, text, len);
		text += len;
		n -= len;
	}
}

static bool is_named(const struct rec_plot *plot)
{
	return plot->nlanes > 0 && plot->lanes[0].name;
}

static struct place place_of(const struct rec_plot *plot, size_t i)
{
	double axis = plot->style->axis && plot->style->height > 2 * AXIS_HEIGHT ? AXIS_HEIGHT : 0;
	double height = (plot->style->height - axis) / (double)plot->nlanes;
	double left = names_width(plot->style, is_named(plot));
	struct place p = {.top = height * (double)i, .height = height};

	p.box = (struct rec_plot_box){
	        left, p.top + height * LANE_MARGIN, plot->style->width - left, height * (1 - 2 * LANE_MARGIN)};
	return p;
}

/* [0, 1] of half a lane's height */
static double height_of(const struct rec_plot_style *style, double linear)
{
	double v = fabs(linear);

	if (style->db)
		v = v > 0 ? 1 - 20 * log10(v) / FLOOR_DB : 0;
	return v < 0 ? 0 : v > 1 ? 1 : v;
}

static double x_of(const struct rec_plot *plot, const struct rec_plot_box *box, int64_t ns)
{
	double x = plot->duration_ns > 0 ? (double)ns / (double)plot->duration_ns : 0;

	return box->x + box->width * (x < 0 ? 0 : x > 1 ? 1 : x);
}

/* upper and lower edge of a point, around the middle: signed where it is linear, symmetric in dB */
static void edges_of(
        const struct rec_plot_style *style, const struct rec_plot_point *point, bool rms, double *up, double *down)
{
	double peak = fabs((double)point->min) > fabs((double)point->max) ? (double)point->min : (double)point->max;

	if (rms) {
		*up = *down = height_of(style, (double)point->rms);
	} else if (style->db || style->shape == REC_PLOT_BARS) {
		*up = *down = height_of(style, peak);
	} else {
		*up = point->max > 0 ? height_of(style, (double)point->max) : -height_of(style, (double)point->max);
		*down = point->min < 0 ? height_of(style, (double)point->min) : -height_of(style, (double)point->min);
	}
}

/* The upper edge from left to right, then the lower one back: one closed shape of steps, never thinner than a line. */
static int draw_shape(const struct rec_plot *plot, const struct rec_plot_lane *lane, const struct rec_plot_box *box,
        bool rms, struct rec_plot_colour colour, const struct rec_plot_pen *pen)
{
	double *xy = malloc(8 * lane->npoints * sizeof(*xy) + 1);
	double half = box->height / 2, middle = box->y + half, width = box->width / (double)lane->npoints;

	if (!xy)
		return REC_ENOMEM;
	for (size_t i = 0; i < lane->npoints; i++) {
		double up, down, x = box->x + width * (double)i;
		size_t back = 8 * lane->npoints - 4 * i;

		edges_of(plot->style, &lane->points[i], rms, &up, &down);
		if ((up + down) * half < 1)
			up += 0.5 / half - (up + down) / 2, down = 1 / half - up;
		memcpy(xy + 4 * i, (double[]){x, middle - up * half, x + width, middle - up * half}, 4 * sizeof(*xy));
		memcpy(xy + back - 4, (double[]){x + width, middle + down * half, x, middle + down * half},
		        4 * sizeof(*xy));
	}
	pen->shape(pen->state, xy, 4 * lane->npoints, colour);
	free(xy);
	return REC_OK;
}

static int draw_bars(const struct rec_plot *plot, const struct rec_plot_lane *lane, const struct rec_plot_box *box,
        bool rms, struct rec_plot_colour colour, const struct rec_plot_pen *pen)
{
	struct rec_plot_box *bars = malloc(lane->npoints * sizeof(*bars) + 1);
	double half = box->height / 2, middle = box->y + half, pitch = (box->width + BAR_GAP) / (double)lane->npoints;
	double bar = pitch * BAR / (BAR + BAR_GAP);

	if (!bars)
		return REC_ENOMEM;
	for (size_t i = 0; i < lane->npoints; i++) {
		double up, down;

		edges_of(plot->style, &lane->points[i], rms, &up, &down);
		up = up * half < 0.5 ? 0.5 / half : up;
		bars[i] = (struct rec_plot_box){box->x + pitch * (double)i, middle - up * half, bar, 2 * up * half};
	}
	pen->boxes(pen->state, bars, lane->npoints, colour);
	free(bars);
	return REC_OK;
}

static int draw_points(const struct rec_plot *plot, const struct rec_plot_lane *lane, const struct rec_plot_box *box,
        const struct rec_plot_pen *pen)
{
	const struct rec_plot_style *style = plot->style;
	struct rec_plot_colour pale = style->wave;
	int err;

	if (lane->npoints == 0)
		return REC_OK;
	if (style->rms)
		pale.a = (uint8_t)(pale.a / 2);
	if (style->shape == REC_PLOT_BARS)
		err = draw_bars(plot, lane, box, false, pale, pen);
	else
		err = draw_shape(plot, lane, box, false, pale, pen);
	if (err < 0 || !style->rms)
		return err;
	return style->shape == REC_PLOT_BARS ? draw_bars(plot, lane, box, true, style->wave, pen)
	                                     : draw_shape(plot, lane, box, true, style->wave, pen);
}

static struct rec_plot_box span_box(const struct rec_plot *plot, const struct rec_plot_box *box, struct rec_span span)
{
	double a = x_of(plot, box, span.start_ns), b = x_of(plot, box, span.end_ns);

	return (struct rec_plot_box){a, box->y, b - a, box->height};
}

/* Absent: a dotted line. Present: a light ground. */
static void draw_presence(const struct rec_plot *plot, const struct rec_plot_lane *lane, const struct rec_plot_box *box,
        const struct rec_plot_pen *pen)
{
	double middle = box->y + box->height / 2;

	if (!lane->present)
		return;
	pen->line(pen->state, box->x, middle, box->x + box->width, middle, true, grey);
	for (size_t i = 0; i < lane->present->n; i++)
		pen->box(pen->state, span_box(plot, box, lane->present->items[i]), present);
}

static void draw_spans(const struct rec_plot *plot, const struct rec_spans *spans, const struct rec_plot_box *box,
        struct rec_plot_colour colour, const struct rec_plot_pen *pen)
{
	for (size_t i = 0; spans && i < spans->n; i++)
		pen->hatch(pen->state, span_box(plot, box, spans->items[i]), colour);
}

/* Between two presences the shape is cut: where nobody is, there is no line of silence. */
static int draw_presences(const struct rec_plot *plot, const struct rec_plot_lane *lane, const struct rec_plot_box *box,
        const struct rec_plot_pen *pen)
{
	int err = REC_OK;

	if (!lane->present)
		return draw_points(plot, lane, box, pen);
	for (size_t i = 0; i < lane->present->n && err == REC_OK && lane->npoints > 0; i++) {
		double width = box->width / (double)lane->npoints;
		struct rec_plot_box span = span_box(plot, box, lane->present->items[i]);
		double a = floor((span.x - box->x) / width + 1e-6),
		       b = ceil((span.x + span.width - box->x) / width - 1e-6);
		struct rec_plot_lane part = *lane;

		if (b <= a)
			continue;
		part.points += (size_t)a;
		part.npoints = (size_t)(b - a);
		span.x = box->x + a * width;
		span.width = (b - a) * width;
		err = draw_points(plot, &part, &span, pen);
	}
	return err;
}

static int draw_lane(const struct rec_plot *plot, size_t i, const struct rec_plot_pen *pen)
{
	const struct rec_plot_lane *lane = &plot->lanes[i];
	struct place p = place_of(plot, i);
	int err;

	if (i > 0)
		pen->line(pen->state, 0, p.top, plot->style->width, p.top, false, faint);
	draw_presence(plot, lane, &p.box, pen);
	draw_spans(plot, lane->gaps, &p.box, faint, pen);
	draw_spans(plot, lane->muted, &p.box, mute, pen);
	err = draw_presences(plot, lane, &p.box, pen);
	if (lane->name && p.box.x > 0) {
		struct rec_buf name = REC_BUF_INIT;

		rec_plot_clean(&name, lane->name);
		pen->text(pen->state, 8, p.top + p.height / 2 + TEXT_SIZE / 3, TEXT_SIZE, p.box.x - 14, REC_PLOT_START,
		        rec_buf_str(&name), grey);
		err = name.failed ? REC_ENOMEM : err;
		rec_buf_free(&name);
	}
	return err;
}

/* the least of 1, 2, 5, 10, 15, 30 s, 1, 2, 5 ... min, hours whose labels stand apart */
static int64_t tick_of(int64_t duration_ns, double width)
{
	static const int64_t seconds[] = {
	        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200};
	static const int64_t parts[] = {1, 2, 5, 10, 20, 50, 100, 200, 500}; /* ms */
	double least = TICK_LEAST * (double)duration_ns / width;
	int64_t tick;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if ((double)(parts[i] * REC_NS_PER_MS) >= least)
			return parts[i] * REC_NS_PER_MS;
	for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++)
		if ((double)(seconds[i] * REC_NS_PER_S) >= least)
			return seconds[i] * REC_NS_PER_S;
	for (tick = 86400 * REC_NS_PER_S; (double)tick < least;)
		tick *= 2;
	return tick;
}

/* 0:05, 1:02:03, and 0.25 where ticks are less than a second */
static void put_time(struct rec_buf *buf, int64_t ns, int64_t tick)
{
	int64_t s = ns / REC_NS_PER_S;

	if (tick < REC_NS_PER_S)
		rec_format_seconds(buf, ns, 3);
	else if (s >= 3600)
		rec_buf_printf(buf, "%d:%02d:%02d", (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
	else
		rec_buf_printf(buf, "%d:%02d", (int)(s / 60), (int)(s % 60));
}

static int draw_axis(const struct rec_plot *plot, const struct rec_plot_pen *pen)
{
	struct place p = place_of(plot, plot->nlanes - 1);
	double top = p.top + p.height;
	int64_t tick = tick_of(plot->duration_ns, p.box.width);
	int err = REC_OK;

	pen->line(pen->state, p.box.x, top, p.box.x + p.box.width, top, false, grey);
	for (int64_t at = 0; at <= plot->duration_ns; at += tick) {
		struct rec_buf label = REC_BUF_INIT;
		double x = x_of(plot, &p.box, at);
		bool room = x + TICK_LEAST / 2 < plot->style->width;

		put_time(&label, at, tick);
		pen->line(pen->state, x, top, x, top + 5, false, grey);
		if (at == 0)
			pen->text(pen->state, x + 3, top + 17, TEXT_SIZE, 0, REC_PLOT_START, rec_buf_str(&label), grey);
		else if (room)
			pen->text(pen->state, x, top + 17, TEXT_SIZE, 0, REC_PLOT_MIDDLE, rec_buf_str(&label), grey);
		err = label.failed ? REC_ENOMEM : err;
		rec_buf_free(&label);
	}
	return err;
}

int rec_plot_draw(const struct rec_plot *plot, const struct rec_plot_pen *pen)
{
	const struct rec_plot_style *style = plot->style;
	int err = REC_OK;

	if (style->background.a > 0)
		pen->box(pen->state, (struct rec_plot_box){0, 0, style->width, style->height}, style->background);
	for (size_t i = 0; i < plot->nlanes && err == REC_OK; i++)
		err = draw_lane(plot, i, pen);
	if (err == REC_OK && style->axis && style->height > 2 * AXIS_HEIGHT && plot->duration_ns > 0 &&
	        plot->nlanes > 0)
		err = draw_axis(plot, pen);
	return err;
}
