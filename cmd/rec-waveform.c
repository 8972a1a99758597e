/* SPDX-License-Identifier: MIT */
/* rec-waveform: peaks for players and pictures for people, from any recording or from a session. */
#include "base/err.h"
#include "base/log.h"
#include "base/opt.h"
#include "base/out.h"
#include "base/tool.h"
#include "compose/open.h"
#include "net/net.h"
#include "session/session.h"
#include "waveform/waveform.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *const zeros[] = {"join", "clock", NULL};

struct options {
	struct rec_common common;
	struct rec_strings sessions;
	const char *session; /* the first of them; NULL: none */
	struct rec_strings outputs;
	const char *format;
	int points;
	int zoom;
	int per_second;
	int bits;
	bool split;
	bool rms;
	bool db;
	struct rec_size size;
	const char *colour;
	const char *background;
	int style;
	bool axis;
	struct rec_open_options reading;
	int zero;
	bool skip_bad;
	bool strict;
	bool allow_truncated;
	struct rec_strings operands;
};

#define AT(member) offsetof(struct options, member)

static const struct rec_opt table[] = {{0, NULL, REC_OPT_HEADING, 0, NULL, 0, 0, NULL, "Input"},
        {0, "session", REC_OPT_LIST, AT(sessions), "FILE", 0, 0, NULL,
                "a session's manifest instead of INPUT: one lane a participant"},
        REC_OPEN_OPTS(struct options, reading),
        {0, "zero", REC_OPT_CHOICE, AT(zero), "WHERE", 0, 0, zeros,
                "a session's zero: the earliest join, or its own clock (join)"},
        {0, "skip-bad", REC_OPT_FLAG, AT(skip_bad), NULL, 0, 0, NULL,
                "leave out tracks that cannot be used, and exit 5, instead of refusing with 3"},
        {0, "strict", REC_OPT_FLAG, AT(strict), NULL, 0, 0, NULL, "refuse a track whose tail is missing (exit 3)"},
        {0, "allow-truncated", REC_OPT_FLAG, AT(allow_truncated), NULL, 0, 0, NULL,
                "use a track whose tail is missing from a URL, too, instead of failing with 4"},
        {0, NULL, REC_OPT_HEADING, 0, NULL, 0, 0, NULL, "Output"},
        {'o', "output", REC_OPT_LIST, AT(outputs), "OUT", 0, 0, NULL,
                "what to write, by its ending: .peaks.json, .json, .dat, .png, .svg; may be repeated"},
        {0, "format", REC_OPT_STR, AT(format), "NAME", 0, 0, NULL,
                "peaks, json, dat, png or svg, whatever the endings of the outputs"},
        {0, "points", REC_OPT_INT, AT(points), "N", 1, 1000000, NULL,
                "make exactly N points (peaks: 255; pictures: one a column)"},
        {0, "zoom", REC_OPT_INT, AT(zoom), "SAMPLES", 1, 1e9, NULL, "samples a point (json, dat: 256)"},
        {0, "pixels-per-second", REC_OPT_INT, AT(per_second), "N", 1, 384000, NULL, "points a second"},
        {0, "bits", REC_OPT_INT, AT(bits), "N", 8, 16, NULL, "8 or 16, of json and dat (16)"},
        {0, "split-channels", REC_OPT_FLAG, AT(split), NULL, 0, 0, NULL,
                "each channel by itself, instead of all together"},
        {0, "rms", REC_OPT_FLAG, AT(rms), NULL, 0, 0, NULL, "the RMS beside the peak"},
        {0, "db", REC_OPT_FLAG, AT(db), NULL, 0, 0, NULL, "values in dBFS instead of linear ones"},
        {0, NULL, REC_OPT_HEADING, 0, NULL, 0, 0, NULL, "Picture"},
        {0, "size", REC_OPT_SIZE, AT(size), "WxH", 16, 16384, NULL,
                "pixels (1280 wide, 160 high a lane; a session: 72 a lane)"},
        {0, "style", REC_OPT_CHOICE, AT(style), "SHAPE", 0, 0, rec_plot_shapes, "line or bars (line)"},
        {0, "color", REC_OPT_STR, AT(colour), "COLOR", 0, 0, NULL,
                "of the waveform: a name, #RRGGBB, or NAME@0.5 (steelblue)"},
        {0, "background", REC_OPT_STR, AT(background), "COLOR", 0, 0, NULL, "behind it; none is transparent (white)"},
        {0, "axis", REC_OPT_FLAG, AT(axis), NULL, 0, 0, NULL, "draw a time axis; a session has it always"},
        REC_COMMON_OPTS(struct options, common), REC_OPT_END};

static const struct rec_tool tool = {"rec-waveform", "[--session session.json | INPUT] -o OUT [-o OUT ...]",
        "draw the waveform of a recording, or write it for players", table, AT(common), AT(operands), 0, -1, NULL};

static const struct options defaults = {.bits = 16, .colour = "steelblue", .background = "white"};

static bool same_file(const char *a, const char *b)
{
	struct stat x, y;

	return a && stat(a, &x) == 0 && stat(b, &y) == 0 && S_ISREG(x.st_mode) && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

static int check_output(const struct options *o, const struct rec_session *session, size_t i)
{
	const char *output = o->outputs.items[i];

	for (size_t k = 0; k < i; k++)
		if (strcmp(o->outputs.items[k], output) == 0 || same_file(o->outputs.items[k], output))
			return rec_report(REC_EUSAGE, "'%s' is named twice; name another output", output);
	if (strcmp(output, "-") == 0)
		return REC_OK;
	if (o->operands.n > 0 && same_file(o->operands.items[0], output))
		return rec_report(REC_EUSAGE, "'%s' is the input; name another output", output);
	if (rec_open_check_output(&o->sessions, output) < 0)
		return REC_EUSAGE;
	for (size_t k = 0; session && k < session->ntracks; k++)
		if (same_file(session->tracks[k].path, output))
			return rec_report(REC_EUSAGE, "'%s' is one of the inputs; name another output", output);
	return REC_OK;
}

static int settle_format(const struct options *o, struct rec_waveform_request *request)
{
	const struct rec_waveform_format *format = rec_waveform_format(request->path, o->format);

	request->format = format;
	if (!format && o->format)
		return rec_report(
		        REC_EUSAGE, "unknown format '%s'; it is one of %s", o->format, rec_waveform_format_names);
	if (!format)
		return rec_report(REC_EUSAGE, "cannot tell the format of '%s'; pass --format %s", request->path,
		        rec_waveform_format_names);
	if (o->session && !format->session)
		return rec_report(REC_EUSAGE, "'%s' does not show a session; write json, svg or png", format->name);
	if (format->plain && !o->session && (o->rms || o->db))
		return rec_report(
		        REC_EUSAGE, "'%s' has no place for --rms and --db; write peaks, or a picture", format->name);
	return REC_OK;
}

static int settle_requests(
        const struct options *o, const struct rec_session *session, struct rec_waveform_request *requests)
{
	for (size_t i = 0; i < o->outputs.n; i++) {
		int err;

		requests[i].path = o->outputs.items[i];
		err = settle_format(o, &requests[i]);
		if (err == REC_OK)
			err = check_output(o, session, i);
		if (err < 0)
			return err;
	}
	return REC_OK;
}

static int check_options(const struct options *o)
{
	if (!o->session && o->operands.n == 0)
		return rec_report(REC_EUSAGE, "no input: name a recording, or pass --session session.json");
	if (o->operands.n > 1)
		return rec_report(REC_EUSAGE, "one recording at a time: '%s' is another", o->operands.items[1]);
	if (o->outputs.n == 0)
		return rec_report(REC_EUSAGE, "no output: pass -o OUT.peaks.json, or another ending");
	if ((o->points > 0) + (o->zoom > 0) + (o->per_second > 0) > 1)
		return rec_report(REC_EUSAGE, "--points, --zoom and --pixels-per-second do not go together");
	if (o->bits != 8 && o->bits != 16)
		return rec_report(REC_EUSAGE, "%d is no number of bits; pass --bits 8 or 16", o->bits);
	if (o->session && o->split)
		return rec_report(REC_EUSAGE, "--session shows people, not channels: leave out --split-channels");
	if ((int64_t)o->size.width * o->size.height > REC_PLOT_PIXELS)
		return rec_report(REC_EUSAGE, "a picture of %dx%d is too large: %d pixels at most", o->size.width,
		        o->size.height, REC_PLOT_PIXELS);
	return REC_OK;
}

static int settle_style(const struct options *o, struct rec_plot_style *style)
{
	*style = (struct rec_plot_style){.width = o->size.width ? o->size.width : 1280,
	        .height = o->size.height,
	        .shape = (enum rec_plot_shape)o->style,
	        .axis = o->axis || o->session,
	        .db = o->db,
	        .rms = o->rms};
	if (rec_plot_colour_parse(o->colour, &style->wave) < 0)
		return rec_report(REC_EUSAGE, "'%s' is no colour; try steelblue or #4682B4", o->colour);
	if (rec_plot_colour_parse(o->background, &style->background) < 0)
		return rec_report(REC_EUSAGE, "'%s' is no colour; try white, #FFFFFF or none", o->background);
	return REC_OK;
}

static int load_session(const struct options *o, struct rec_session **session)
{
	const struct rec_settle_params settle = {.skip_bad = o->skip_bad, .no_video = true};

	if (!o->session)
		return REC_OK;
	return rec_open_session(session, &o->sessions, &o->reading, &settle);
}

static int print_summary(
        const struct options *o, const struct rec_waveform *waveform, const struct rec_waveform_request *requests)
{
	struct rec_buf text = REC_BUF_INIT;
	const char *output = requests[0].path;
	int err;

	for (size_t i = 0; i < o->outputs.n; i++)
		if (strcmp(requests[i].path, "-") == 0)
			output = requests[i].path;
	struct rec_json json = {.buf = &text, .pretty = rec_tool_pretty(&o->common, output)};
	rec_json_object(&json, NULL);
	rec_json_str(&json, "input", o->session ? o->session : o->operands.items[0]);
	rec_waveform_summary(waveform, requests, o->outputs.n, &json);
	rec_json_warnings(&json);
	rec_json_end_object(&json);
	err = rec_tool_summary(output, &text);
	rec_buf_free(&text);
	return err;
}

static int make(
        const struct options *o, const struct rec_waveform_params *params, struct rec_waveform_request *requests)
{
	struct rec_waveform *waveform = NULL;
	int err = rec_waveform_measure(&waveform, params, requests, o->outputs.n);

	if (err == REC_OK)
		err = rec_waveform_write(waveform, requests, o->outputs.n, o->common.no_clobber);
	if (err == REC_OK && o->common.json)
		err = print_summary(o, waveform, requests);
	if (err == REC_OK && waveform->left_out > 0)
		err = REC_ELEFTOUT;
	rec_waveform_free(&waveform);
	return err;
}

/* Everything is checked before anything is read or written. */
static int run(void *options)
{
	struct options *o = options;
	int err = rec_open_operands(&o->sessions, &o->operands);
	struct rec_waveform_params params = {.input = o->operands.n > 0 ? o->operands.items[0] : NULL,
	        .zero_clock = o->zero == 1,
	        .skip_bad = o->skip_bad,
	        .strict = o->strict,
	        .allow_truncated = o->allow_truncated,
	        .points = o->points,
	        .zoom = o->zoom,
	        .per_second = o->per_second,
	        .bits = o->bits,
	        .split = o->split,
	        .rms = o->rms,
	        .db = o->db,
	        .progress = o->common.quiet ? REC_PROGRESS_NONE : (enum rec_progress_mode)o->common.progress};
	struct rec_waveform_request *requests = calloc(o->outputs.n + 1, sizeof(*requests));
	struct rec_session *session = NULL;

	o->session = o->sessions.n > 0 ? o->sessions.items[0] : NULL;
	rec_log_lone(!o->session);
	if (err == REC_OK)
		err = requests ? check_options(o) : REC_ENOMEM;
	if (err == REC_OK)
		err = settle_style(o, &params.style);
	if (err == REC_OK)
		err = load_session(o, &session);
	if (err == REC_OK)
		err = settle_requests(o, session, requests);
	params.session = session;
	if (err == REC_OK)
		err = make(o, &params, requests);
	rec_session_free(&session);
	free(requests);
	return err;
}

int main(int argc, char **argv)
{
	struct options options = defaults;

	rec_net_install();
	return rec_tool_main(&tool, &options, run, argc, argv);
}
