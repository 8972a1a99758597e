/* SPDX-License-Identifier: MIT */
/* A picture of the timeline: one lane a track, time from left to right. The same probe gives the same bytes. */
#include "base/err.h"
#include "base/num.h"
#include "base/utf8.h"
#include "probe/probe.h"

#include <inttypes.h>
#include <string.h>

/* in user units; times become hundredths of a unit, so that no floating point is printed */
enum { LEFT = 240, PLOT = 960, RIGHT = 20, LANE = 24, TOP = 56, LABEL = 27, LANES = 2000 };

/* Hangul, kana, Han, emoji: from here on most letters are twice as wide */
static const uint32_t wide = 0x1100;

struct drawing {
	const struct rec_probe *probe;
	struct rec_buf *text;
	int64_t zero_ns;
	int64_t length_ns;
};

static void put_x(const struct drawing *d, int64_t ns)
{
	int64_t x = INT64_C(100) * LEFT + rec_rescale(ns - d->zero_ns, INT64_C(100) * PLOT, d->length_ns);

	rec_buf_printf(d->text, "%" PRId64 ".%02" PRId64, x / 100, x % 100);
}

static void put_width(const struct drawing *d, int64_t ns)
{
	int64_t width = rec_rescale(ns, INT64_C(100) * PLOT, d->length_ns);

	width = width < 50 ? 50 : width; /* what is short is still seen */
	rec_buf_printf(d->text, "%" PRId64 ".%02" PRId64, width / 100, width % 100);
}

/* names are data: markup is none here, nor is what XML 1.0 (2.2) has no place for, nor what would turn the text around it */
static void put_text(struct rec_buf *text, const char *str, size_t most)
{
	size_t left = strlen(str);

	for (size_t n = 0; left > 0 && n < most;) {
		uint32_t code;
		size_t len;
		bool broken = rec_utf8_decode(str, left, &code, &len) < 0;

		if (code == '<' || code == '>' || code == '&' || code == '"')
			rec_buf_printf(text, "&#%u;", code);
		else if (broken || rec_utf8_is_unsafe(code) || code == 0xfffe || code == 0xffff)
			rec_buf_puts(text, "\xef\xbf\xbd");
		else
			rec_buf_add(text, str, len);
		n += code >= wide ? 2 : 1;
		str += len;
		left -= len;
	}
}

/* a bar of a lane, cut to the plot, with what it is for whoever points at it */
static void put_bar(const struct drawing *d, int64_t y, int64_t height, const char *class, int64_t from_ns,
        int64_t to_ns, const char *title)
{
	int64_t end_ns = d->zero_ns + d->length_ns;

	from_ns = from_ns < d->zero_ns ? d->zero_ns : from_ns;
	to_ns = to_ns > end_ns ? end_ns : to_ns;
	if (to_ns <= from_ns)
		return;
	rec_buf_printf(d->text, "<rect class=\"%s\" y=\"%" PRId64 "\" height=\"%" PRId64 "\" x=\"", class, y, height);
	put_x(d, from_ns);
	rec_buf_puts(d->text, "\" width=\"");
	put_width(d, to_ns - from_ns);
	rec_buf_printf(d->text, "\"><title>%s ", title);
	rec_format_seconds(d->text, from_ns, 3);
	rec_buf_puts(d->text, " - ");
	rec_format_seconds(d->text, to_ns, 3);
	rec_buf_puts(d->text, " s</title></rect>\n");
}

static void put_line(const struct drawing *d, const char *class, int64_t at_ns, int64_t y1, int64_t y2)
{
	rec_buf_printf(d->text, "<line class=\"%s\" y1=\"%" PRId64 "\" y2=\"%" PRId64 "\" x1=\"", class, y1, y2);
	put_x(d, at_ns);
	rec_buf_puts(d->text, "\" x2=\"");
	put_x(d, at_ns);
	rec_buf_puts(d->text, "\"/>\n");
}

/* 1, 2 or 5 times a power of ten seconds, so that there are about ten */
static int64_t tick_ns(int64_t length_ns)
{
	static const int64_t steps[] = {
	        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (length_ns / (steps[i] * REC_NS_PER_S) <= 12)
			return steps[i] * REC_NS_PER_S;
	}
	return length_ns / 10;
}

static void put_axis(const struct drawing *d, int64_t bottom)
{
	int64_t tick = tick_ns(d->length_ns);

	for (int64_t at = 0; at <= d->length_ns; at += tick) {
		put_line(d, "tick", d->zero_ns + at, TOP - 8, bottom);
		rec_buf_puts(d->text, "<text class=\"time\" y=\"44\" x=\"");
		put_x(d, d->zero_ns + at);
		rec_buf_puts(d->text, "\">");
		rec_format_seconds(d->text, at, 3);
		rec_buf_puts(d->text, "</text>\n");
	}
}

static void put_windows(const struct drawing *d, int64_t bottom)
{
	const struct rec_timeline *timeline = d->probe->timeline;

	for (size_t i = 1; timeline && i < timeline->nwindows && i < 2000; i++)
		put_line(d, "window",
		        timeline->zero_ns + rec_ns_of_frame(timeline->windows[i].start_frame, timeline->fps), TOP - 4,
		        bottom);
}

/* what lies at a container stamp, in session time */
static int64_t in_session(const struct drawing *d, size_t i, int64_t stamp_ns)
{
	const struct rec_track *track = &d->probe->session->tracks[i];
	int64_t file_ns = stamp_ns - d->probe->surveys[i].first_ns;

	return rec_probe_place(d->probe, i) + file_ns + rec_cuts_before(&track->cuts, file_ns - 1);
}

static void put_marks(const struct drawing *d, size_t i, int64_t y)
{
	const struct rec_track *track = &d->probe->session->tracks[i];
	const struct rec_survey *survey = &d->probe->surveys[i];

	for (size_t k = 0; k < rec_survey_held(survey->nholes); k++) {
		int64_t from_ns = in_session(d, i, survey->holes[k].at_ns);
		put_bar(d, y, LANE - 8, "hole", from_ns, from_ns + survey->holes[k].length_ns, "hole");
	}
	for (size_t k = 0; k < track->cuts.n; k++) {
		int64_t from_ns = in_session(d, i, survey->first_ns + track->cuts.items[k].at_ns);
		put_bar(d, y, LANE - 8, "cut", from_ns, from_ns + track->cuts.items[k].length_ns, "paused, put back");
	}
	for (size_t k = 0; k < track->mutes.n; k++)
		put_bar(d, y + 4, LANE - 16, "mute", track->mutes.items[k].start_ns, track->mutes.items[k].end_ns,
		        "muted");
	for (size_t k = 1; k < rec_survey_held(survey->nsizes); k++)
		put_line(d, "size", in_session(d, i, survey->sizes[k].at_ns), y, y + LANE - 8);
	if (survey->truncated)
		put_line(d, "torn", rec_probe_end(d->probe, i), y - 2, y + LANE - 6);
}

static void put_lane(const struct drawing *d, size_t i, int64_t y)
{
	const struct rec_track *track = &d->probe->session->tracks[i];
	const struct rec_participant *who = &d->probe->session->participants[track->participant];
	const char *class = track->source == REC_SCREEN ? "screen" : track->kind == REC_AUDIO ? "audio" : "video";

	rec_buf_printf(d->text, "<text class=\"name\" x=\"8\" y=\"%" PRId64 "\">", y + LANE - 12);
	put_text(d->text, who->name, LABEL);
	rec_buf_printf(d->text, " %s</text>\n", track->kind == REC_AUDIO ? "audio" : "video");
	if (!d->probe->lone)
		put_bar(d, y - 3, LANE - 2, "presence", who->presence.start_ns, who->presence.end_ns, "present");
	if (!d->probe->surveys[i].codec[0])
		return;
	put_bar(d, y, LANE - 8, class, rec_probe_place(d->probe, i), rec_probe_end(d->probe, i), class);
	put_marks(d, i, y);
}

static void put_head(const struct drawing *d, int64_t height)
{
	rec_buf_printf(d->text,
	        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%" PRId64
	        "\" viewBox=\"0 0 %d %" PRId64 "\" font-family=\"sans-serif\">\n<style>"
	        "svg{background:#fff}.name{font-size:11px}.time{font-size:10px;text-anchor:middle;fill:#555}"
	        ".title{font-size:14px}.presence{fill:#eef1f4;stroke:#b9c2cc;stroke-width:.5}.audio{fill:#4a8fd0}"
	        ".video{fill:#57a773}.screen{fill:#a678c4}.hole{fill:#fff;stroke:#c0392b;stroke-width:.5}"
	        ".cut{fill:#f7d9b0;stroke:#c77700;stroke-width:.5}.mute{fill:#e3a008}.size{stroke:#1d3b2a;stroke-width:"
	        "1.5}"
	        ".torn{stroke:#c0392b;stroke-width:3}.tick{stroke:#ddd;stroke-width:.5}"
	        ".window{stroke:#888;stroke-width:1;stroke-dasharray:3 3}</style>\n",
	        LEFT + PLOT + RIGHT, height, LEFT + PLOT + RIGHT, height);
	rec_buf_puts(d->text, "<text class=\"title\" x=\"8\" y=\"20\">");
	put_text(d->text, d->probe->session->id, 100);
	rec_buf_puts(d->text, "</text>\n");
}

/* what the colours mean */
static void put_legend(const struct drawing *d, int64_t y)
{
	static const char *const items[][2] = {{"audio", "sound"}, {"video", "camera"}, {"screen", "screen"},
	        {"presence", "present"}, {"hole", "hole"}, {"cut", "pause put back"}, {"mute", "muted"},
	        {"size", "size changes"}, {"torn", "tail missing"}, {"window", "new window"}};
	int x = LEFT;

	for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++) {
		if (i < 7)
			rec_buf_printf(d->text,
			        "<rect class=\"%s\" x=\"%d\" y=\"%" PRId64 "\" width=\"12\" height=\"9\"/>",
			        items[i][0], x, y);
		else
			rec_buf_printf(d->text,
			        "<line class=\"%s\" x1=\"%d\" x2=\"%d\" y1=\"%" PRId64 "\" y2=\"%" PRId64 "\"/>",
			        items[i][0], x + 6, x + 6, y - 1, y + 10);
		rec_buf_printf(d->text, "<text class=\"name\" x=\"%d\" y=\"%" PRId64 "\">%s</text>\n", x + 16, y + 9,
		        items[i][1]);
		x += 36 + 6 * (int)strlen(items[i][1]);
	}
}

int rec_probe_svg(const struct rec_probe *probe, struct rec_buf *text)
{
	struct drawing d = {probe, text, probe->session->first_ns, probe->session->end_ns - probe->session->first_ns};
	size_t n = probe->ntracks < LANES ? probe->ntracks : LANES;
	int64_t bottom = TOP + (int64_t)n * LANE;

	if (d.length_ns < 1)
		d.length_ns = 1;
	put_head(&d, bottom + 36);
	put_axis(&d, bottom);
	for (size_t i = 0; i < n; i++)
		put_lane(&d, i, TOP + (int64_t)i * LANE);
	put_windows(&d, bottom);
	put_legend(&d, bottom + 14);
	rec_buf_puts(text, "</svg>\n");
	return text->failed ? REC_ENOMEM : REC_OK;
}
