/* SPDX-License-Identifier: MIT */
/* rec-compose: a session's recordings become one video, with a layout that follows who was there. */
#include "base/err.h"
#include "base/log.h"
#include "base/num.h"
#include "base/reach.h"
#include "base/remote.h"
#include "base/tool.h"
#include "compose/compose.h"
#include "compose/open.h"
#include "net/net.h"
#include "session/keep.h"
#include "session/session.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const zeros[] = {"join", "clock", NULL};

struct options {
	struct rec_common common;
	struct rec_strings sessions;
	const char *session; /* the first of them; NULL: none */
	const char *output;
	const char *format;
	struct rec_numbered people; /* --pN-* */
	struct rec_size size;
	struct rec_rate fps;
	int layout;
	int fit;
	const char *background;
	int gap;
	int64_t hold_ns;
	int zero;
	int64_t start_ns;
	int64_t duration_ns;
	const char *codec;
	const char *preset;
	double crf;
	int64_t bitrate;
	int64_t audio_bitrate;
	int audio_rate;
	bool no_video;
	bool no_audio;
	bool no_screen;
	struct rec_open_options reading;
	bool skip_bad;
	bool strict;
	bool allow_truncated;
	bool dry_run;
	int jobs;
	struct rec_strings operands;
};

#define AT(member) offsetof(struct options, member)

static const struct rec_opt table[] = {{0, NULL, REC_OPT_HEADING, 0, NULL, 0, 0, NULL, "Input"},
        {0, "session", REC_OPT_LIST, AT(sessions), "FILE", 0, 0, NULL,
                "the session's manifest, or its folder or zip; a bare name means $RECORDINGS_DIR/NAME/session.json"},
        {0, "pN-name", REC_OPT_NUMBERED, AT(people), "NAME", 1, 9999, NULL,
                "without a manifest: the name of participant N (N = 1, 2, 3 ...)"},
        {0, "pN-video", REC_OPT_NUMBERED, AT(people), "FILE", 1, 9999, NULL, "the picture of participant N"},
        {0, "pN-audio", REC_OPT_NUMBERED, AT(people), "FILE", 1, 9999, NULL, "the sound of participant N"},
        {0, "pN-join", REC_OPT_NUMBERED, AT(people), "TIME", 1, 9999, NULL, "when participant N joined (0)"},
        {0, "pN-leave", REC_OPT_NUMBERED, AT(people), "TIME", 1, 9999, NULL, "when participant N left"},
        REC_OPEN_OPTS(struct options, reading),
        {0, "skip-bad", REC_OPT_FLAG, AT(skip_bad), NULL, 0, 0, NULL,
                "leave out inputs that cannot be used, and exit 5, instead of refusing with 3"},
        {0, "strict", REC_OPT_FLAG, AT(strict), NULL, 0, 0, NULL, "refuse a track whose tail is missing (exit 3)"},
        {0, "allow-truncated", REC_OPT_FLAG, AT(allow_truncated), NULL, 0, 0, NULL,
                "use a track whose tail is missing from a URL, too, instead of failing with 4"},
        {0, NULL, REC_OPT_HEADING, 0, NULL, 0, 0, NULL, "Output"},
        {'o', "output", REC_OPT_STR, AT(output), "OUT", 0, 0, NULL,
                "the video to write (<session_dir>/<session_id>_composed.mp4); an audio ending gives the sound alone"},
        {0, "format", REC_OPT_STR, AT(format), "NAME", 0, 0, NULL,
                "mp4, mov, mkv, webm, or an audio format: m4a, mp3, opus, ogg, flac, wav (by OUT's ending)"},
        {0, "start", REC_OPT_DURATION, AT(start_ns), "TIME", 0, 1e9, NULL, "begin this long after the zero (0)"},
        {0, "duration", REC_OPT_DURATION, AT(duration_ns), "TIME", 0, 1e9, NULL,
                "write no more than this (to the end)"},
        {0, "zero", REC_OPT_CHOICE, AT(zero), "WHERE", 0, 0, zeros,
                "the output's zero: the earliest join, or the session's own clock (join)"},
        {0, "no-video", REC_OPT_FLAG, AT(no_video), NULL, 0, 0, NULL, "show no participant: the background with sound"},
        {0, "no-audio", REC_OPT_FLAG, AT(no_audio), NULL, 0, 0, NULL, "leave out all sound"},
        {0, "no-screen", REC_OPT_FLAG, AT(no_screen), NULL, 0, 0, NULL, "leave out screen shares"},
        {0, "dry-run", REC_OPT_FLAG, AT(dry_run), NULL, 0, 0, NULL,
                "print windows, tracks and offsets, and write nothing"},
        {0, NULL, REC_OPT_HEADING, 0, NULL, 0, 0, NULL, "Picture"},
        {0, "size", REC_OPT_SIZE, AT(size), "WxH", 16, 8192, NULL,
                "of the picture, even (1280x720, or $OUTPUT_WIDTH and $OUTPUT_HEIGHT)"},
        {0, "fps", REC_OPT_RATE, AT(fps), "RATE", 0, 0, NULL, "frames a second: 30, 29.97, 30000/1001 (30)"},
        {0, "layout", REC_OPT_CHOICE, AT(layout), "NAME", 0, 0, rec_layout_names,
                "row: equal columns; grid: the largest tiles (row, or the manifest's)"},
        {0, "fit", REC_OPT_CHOICE, AT(fit), "HOW", 0, 0, rec_fit_names,
                "how a picture fills its tile: contain, cover or stretch (contain)"},
        {0, "background", REC_OPT_STR, AT(background), "COLOUR", 0, 0, NULL,
                "behind and between the pictures: a name or #RRGGBB (black)"},
        {0, "gap", REC_OPT_INT, AT(gap), "PIXELS", 0, 512, NULL, "between tiles (0)"},
        {0, "hold", REC_OPT_DURATION, AT(hold_ns), "TIME", 0, 1e9, NULL,
                "how long a camera's last picture stands when no other comes (2)"},
        {0, "codec", REC_OPT_STR, AT(codec), "NAME", 0, 0, NULL,
                "of the picture; auto tries hardware, then libx264 (libx264; in WebM libvpx-vp9)"},
        {0, "preset", REC_OPT_STR, AT(preset), "NAME", 0, 0, NULL, "the codec's speed against size (fast)"},
        {0, "crf", REC_OPT_REAL, AT(crf), "N", 0, 63, NULL, "the codec's quality, lower is better (18)"},
        {0, "bitrate", REC_OPT_BITS, AT(bitrate), "BITS", 1000, 1e9, NULL, "of the picture, instead of --crf: 4M"},
        {0, NULL, REC_OPT_HEADING, 0, NULL, 0, 0, NULL, "Sound"},
        {0, "audio-bitrate", REC_OPT_BITS, AT(audio_bitrate), "BITS", 6000, 1e6, NULL, "of the sound (128k)"},
        {0, "audio-rate", REC_OPT_INT, AT(audio_rate), "HZ", 8000, 192000, NULL, "samples a second (48000)"},
        {0, NULL, REC_OPT_HEADING, 0, NULL, 0, 0, NULL, "Work"},
        {'j', "jobs", REC_OPT_INT, AT(jobs), "N", 0, 1024, NULL,
                "decode and scale on at most N threads at once (as many as processors)"},
        REC_COMMON_OPTS(struct options, common), REC_OPT_END};

/* Without an output it goes into the session's folder, which --allow-outside lets the manifest put anywhere. */
static void reach(const void *options, struct rec_reach *reach)
{
	const struct options *o = options;

	if (rec_output_wants_device(o->codec))
		reach->off = REC_OUTPUT_DEVICE;
	if (o->sessions.n == 0 || o->output || o->dry_run)
		return;
	if (o->reading.allow_outside)
		rec_reach_add(reach, REC_REACH_FILES, "/");
	else
		rec_reach_manifest(reach, REC_REACH_FILES, o->sessions.items[0]);
}

static const struct rec_tool tool = {"rec-compose", "--session session.json [MANIFEST ...] [-o OUT.mp4]",
        "compose a session's recordings into one video", table, AT(common), AT(operands), 0, -1, reach};

static const struct options defaults = {.fps = {30, 1},
        .layout = -1,
        .background = "black",
        .hold_ns = 2 * REC_NS_PER_S,
        .duration_ns = REC_NS_UNKNOWN,
        .crf = 18,
        .audio_bitrate = 128000,
        .audio_rate = 48000};

/* --pN-join and --pN-leave hold durations */
static int entry_time(const struct options *o, const char *field, int number, int64_t *ns)
{
	const char *text = rec_opt_numbered(&o->people, field, number);

	if (!text || (rec_parse_duration(text, ns) == REC_OK && *ns >= 0))
		return REC_OK;
	return rec_report(REC_EUSAGE, "'%s' is no time for --p%d-%s; try 12.5 or 1m30s", text, number, field + 3);
}

static int fill_entry(const struct options *o, int number, struct rec_session_entry *entry)
{
	int err;

	entry->number = number;
	entry->name = rec_opt_numbered(&o->people, "pN-name", number);
	entry->video = rec_opt_numbered(&o->people, "pN-video", number);
	entry->audio = rec_opt_numbered(&o->people, "pN-audio", number);
	entry->leave_ns = REC_NS_UNKNOWN;
	err = entry_time(o, "pN-join", number, &entry->join_ns);
	return err < 0 ? err : entry_time(o, "pN-leave", number, &entry->leave_ns);
}

static bool is_listed(const struct rec_session_entry *entries, size_t n, int number)
{
	for (size_t i = 0; i < n; i++)
		if (entries[i].number == number)
			return true;
	return false;
}

static int by_number(const void *a, const void *b)
{
	const struct rec_session_entry *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

static int manual_session(const struct options *o, struct rec_session **session)
{
	struct rec_session_entry *entries = calloc(o->people.n + 1, sizeof(*entries));
	size_t n = 0;
	int err = entries ? REC_OK : REC_ENOMEM;

	for (size_t i = 0; err == REC_OK && i < o->people.n; i++)
		if (!is_listed(entries, n, o->people.items[i].number))
			err = fill_entry(o, o->people.items[i].number, &entries[n++]);
	if (err == REC_OK) {
		qsort(entries, n, sizeof(*entries), by_number);
		err = rec_session_from_entries(session, entries, n);
	}
	free(entries);
	return err;
}

static int load_session(const struct options *o, struct rec_session **session)
{
	const struct rec_settle_params settle = {
	        .skip_bad = o->skip_bad, .no_audio = o->no_audio, .no_video = o->no_video};

	const struct rec_keep_params keep = {.skip_bad = o->skip_bad, .no_audio = o->no_audio, .no_video = o->no_video};
	int err;

	if (o->operands.n > 0)
		return rec_report(REC_EUSAGE, "unexpected operand '%s'; pass --session %s, or see 'rec-compose --help'",
		        o->operands.items[0], o->operands.items[0]);
	if (o->session && o->people.n > 0)
		return rec_report(REC_EUSAGE, "--session and --pN-* do not go together");
	if (o->session)
		return rec_open_session(session, &o->sessions, &o->reading, &settle);
	if (o->people.n > 0 && (o->reading.from || o->reading.events))
		return rec_report(REC_EUSAGE, "--from and --events go with --session, not with --pN-*");
	if (o->people.n == 0)
		return rec_report(
		        REC_EUSAGE, "no session: pass --session session.json, or --p1-video FILE --p1-leave TIME ...");
	if (!o->output && !o->dry_run)
		return rec_report(REC_EUSAGE, "no output: --pN-* needs --output OUT");
	err = manual_session(o, session);
	return err < 0 ? err : rec_session_keep(*session, &keep);
}

static int side_from_environment(const char *name, int *side)
{
	const char *text = getenv(name);
	int64_t value;

	if (!text || !*text)
		return REC_OK;
	if (rec_parse_int(text, &value) < 0 || value < 16 || value > 8192)
		return rec_report(REC_EUSAGE, "'%s' is no size for $%s; give pixels from 16 to 8192", text, name);
	*side = (int)value;
	return REC_OK;
}

/* Flags beat the environment, which beats the defaults. */
static int settle_size(struct rec_size *size)
{
	int err = REC_OK;

	if (size->width == 0) {
		*size = (struct rec_size){1280, 720};
		err = side_from_environment("OUTPUT_WIDTH", &size->width);
		if (err == REC_OK)
			err = side_from_environment("OUTPUT_HEIGHT", &size->height);
	}
	if (err == REC_OK && ((size->width | size->height) & 1))
		err = rec_report(
		        REC_EUSAGE, "the size %dx%d is odd; video wants even numbers", size->width, size->height);
	return err;
}

static int settle_layout(const struct rec_session *session, int *layout)
{
	if (*layout >= 0)
		return REC_OK;
	*layout = REC_LAYOUT_ROW;
	if (!session->layout)
		return REC_OK;
	for (int i = 0; rec_layout_names[i]; i++)
		if (strcmp(session->layout, rec_layout_names[i]) == 0) {
			*layout = i;
			return REC_OK;
		}
	return rec_report(REC_EINPUT, "unknown layout '%s' in the session; pass --layout row or grid", session->layout);
}

/* <session_dir>/<session_id>_composed.mp4; malloc'd */
static char *default_output(const struct rec_session *session)
{
	struct rec_buf path = REC_BUF_INIT;
	char *stem = rec_session_stem(session);

	if (!stem)
		return NULL;
	rec_buf_printf(&path, "%s/%s_composed.mp4", session->dir, stem);
	free(stem);
	return rec_buf_steal(&path);
}

static bool same_file(const char *a, const struct stat *b)
{
	struct stat st;

	return a && stat(a, &st) == 0 && S_ISREG(st.st_mode) && st.st_dev == b->st_dev && st.st_ino == b->st_ino;
}

static int check_output(const struct options *o, const struct rec_session *session, const char *output)
{
	struct stat st;

	for (size_t i = 0; rec_remote_is(output) && i < session->ntracks; i++)
		if (strcmp(session->tracks[i].path, output) == 0)
			return rec_report(REC_EUSAGE, "'%s' is one of the inputs; name another output", output);
	if (rec_remote_is(output) || stat(output, &st) != 0)
		return REC_OK;
	if (rec_open_check_output(&o->sessions, output) < 0)
		return REC_EUSAGE;
	for (size_t i = 0; i < session->ntracks; i++)
		if (same_file(session->tracks[i].path, &st))
			return rec_report(REC_EUSAGE, "'%s' is one of the inputs; name another output", output);
	return REC_OK;
}

static int print_summary(const struct options *o, const char *output, const struct rec_plan *plan,
        const struct rec_compose_result *result)
{
	const struct rec_timeline *timeline = plan->timeline;
	struct rec_buf text = REC_BUF_INIT;
	struct rec_json json = {.buf = &text, .pretty = rec_tool_pretty(&o->common, output)};
	int err;

	rec_json_object(&json, NULL);
	rec_json_str(&json, "session_id", plan->session->id);
	rec_json_str(&json, "format", plan->session->from);
	rec_json_str(&json, "origin_decided_by", plan->session->origin_why);
	rec_json_str(&json, "output", output);
	rec_json_seconds(&json, "duration_s", timeline->duration_ns);
	rec_json_int(&json, "frames", timeline->nframes);
	rec_json_object(&json, "fps");
	rec_json_int(&json, "num", timeline->fps.num);
	rec_json_int(&json, "den", timeline->fps.den);
	rec_json_end_object(&json);
	rec_json_int(&json, "width", o->size.width);
	rec_json_int(&json, "height", o->size.height);
	rec_json_seconds(&json, "zero_s", timeline->zero_ns);
	rec_json_str(&json, "layout", rec_layout_names[o->layout]);
	rec_json_int(&json, "left_out", (int64_t)plan->left_out);
	rec_plan_windows_json(plan, &json);
	if (result)
		rec_compose_result_json(plan, result, &json);
	else
		rec_plan_inputs_json(plan, &json);
	rec_json_warnings(&json);
	rec_json_end_object(&json);
	err = rec_tool_summary(output, &text);
	rec_buf_free(&text);
	return err;
}

static struct rec_compose_params params_of(const struct options *o, const char *output)
{
	return (struct rec_compose_params){.output = output,
	        .format = o->format,
	        .no_clobber = o->common.no_clobber,
	        .scene = {(enum rec_layout)o->layout, (enum rec_fit)o->fit, o->size.width, o->size.height, o->gap,
	                o->hold_ns},
	        .background = o->background,
	        .codec = o->codec,
	        .preset = o->preset,
	        .crf = o->crf,
	        .bitrate = o->bitrate,
	        .audio_bitrate = o->audio_bitrate,
	        .audio_rate = o->audio_rate,
	        .no_audio = o->no_audio,
	        .jobs = o->jobs,
	        .strict = o->strict,
	        .allow_truncated = o->allow_truncated,
	        .progress = o->common.quiet ? REC_PROGRESS_NONE : (enum rec_progress_mode)o->common.progress};
}

static int compose(const struct options *o, const char *output, const struct rec_plan *plan)
{
	const struct rec_compose_params params = params_of(o, output);
	struct rec_compose_result result = {0};
	int err;

	rec_plan_tell(plan);
	err = rec_compose_run(plan, &params, &result);
	if (err == REC_OK && o->common.json)
		err = print_summary(o, output, plan, &result);
	rec_compose_result_free(plan, &result);
	return err;
}

/* What would be refused before the work is refused here, too. */
static int show_plan(const struct options *o, const char *output, const struct rec_plan *plan)
{
	const struct rec_compose_params params = params_of(o, output);
	int err = rec_compose_check(plan, &params);

	if (err < 0)
		return err;
	return o->common.json ? print_summary(o, NULL, plan, NULL) : rec_plan_print(plan);
}

static int make_plan(const struct options *o, const struct rec_session *session, bool picture, struct rec_plan **plan)
{
	struct rec_plan_params params = {
	        .timeline = REC_TIMELINE_PARAMS, .no_audio = o->no_audio, .skip_bad = o->skip_bad};

	params.timeline.fps = o->fps;
	params.timeline.zero_clock = o->zero == 1;
	params.timeline.no_video = o->no_video || !picture;
	params.timeline.no_screen = o->no_screen;
	params.timeline.start_ns = o->start_ns;
	params.timeline.duration_ns = o->duration_ns;
	return rec_plan_new(plan, session, &params);
}

/* Everything is checked before anything is written. */
static int run(void *options)
{
	struct options *o = options;
	struct rec_session *session = NULL;
	struct rec_plan *plan = NULL;
	char *output = NULL;
	const char *format;
	int err = rec_open_operands(&o->sessions, &o->operands);

	o->session = o->sessions.n > 0 ? o->sessions.items[0] : NULL;
	if (err == REC_OK)
		err = settle_size(&o->size);
	if (err == REC_OK)
		err = load_session(o, &session);
	if (err == REC_OK)
		err = settle_layout(session, &o->layout);
	if (err != REC_OK)
		goto done;
	if (!o->output && !o->dry_run && rec_remote_is(session->dir)) {
		err = rec_report(REC_EUSAGE, "no output: a session that is a URL needs -o OUT");
		goto done;
	}
	output = o->output ? strdup(o->output) : default_output(session);
	if (!output) {
		err = REC_ENOMEM;
		goto done;
	}
	format = rec_output_format(output, o->format);
	if (!format && o->format)
		err = rec_report(REC_EUSAGE,
		        "unknown format '%s'; try mp4, mov, mkv, webm, m4a, mp3, opus, ogg, flac or wav", o->format);
	else if (!format && !o->dry_run)
		err = rec_report(REC_EUSAGE, "cannot tell the format of '%s'; pass --format mp4", output);
	if (err == REC_OK)
		err = check_output(o, session, output);
	if (err == REC_OK)
		err = make_plan(o, session, !format || rec_output_format_has(format, true), &plan);
	if (err == REC_OK && o->dry_run)
		err = show_plan(o, output, plan);
	else if (err == REC_OK)
		err = compose(o, output, plan);
	if (err == REC_OK && plan->left_out > 0)
		err = REC_ELEFTOUT;
done:
	rec_plan_free(&plan);
	rec_session_free(&session);
	free(output);
	return err;
}

int main(int argc, char **argv)
{
	struct options options = defaults;

	rec_net_install();
	return rec_tool_main(&tool, &options, run, argc, argv);
}
