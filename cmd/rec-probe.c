/* SPDX-License-Identifier: MIT */
/* rec-probe: what a recording is made of, what is wrong with it, and whether a finished file is right. */
#include "base/err.h"
#include "base/log.h"
#include "base/num.h"
#include "base/opt.h"
#include "base/out.h"
#include "base/reach.h"
#include "base/tool.h"
#include "net/net.h"
#include "probe/probe.h"
#include "probe/verify.h"
#include "session/write.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct options {
	struct rec_common common;
	struct rec_open_options reading;
	struct rec_rate fps;
	const char *write;
	const char *svg;
	struct rec_strings sessions;
	bool verify;
	int64_t max_black_ns;
	int64_t max_frozen_ns;
	bool deep;
	bool skip_bad;
	struct rec_strings operands;
};

#define AT(member) offsetof(struct options, member)

static const struct rec_opt table[] = {{0, NULL, REC_OPT_HEADING, 0, NULL, 0, 0, NULL, "Input"},
        REC_OPEN_OPTS(struct options, reading),
        {0, "skip-bad", REC_OPT_FLAG, AT(skip_bad), NULL, 0, 0, NULL,
                "go on with the other files where one cannot be read, and exit 5"},
        {0, "deep", REC_OPT_FLAG, AT(deep), NULL, 0, 0, NULL,
                "decode everything: level, silence and drift of sound, pictures that cannot be decoded"},
        {0, NULL, REC_OPT_HEADING, 0, NULL, 0, 0, NULL, "Output"},
        {0, "write", REC_OPT_STR, AT(write), "OUT.json", 0, 0, NULL, "write what was understood as a session.json"},
        {0, "svg", REC_OPT_STR, AT(svg), "OUT.svg", 0, 0, NULL,
                "draw the timeline: a lane for each track, holes, mutes, sizes, windows"},
        {0, "fps", REC_OPT_RATE, AT(fps), "RATE", 0, 0, NULL, "frames a second that windows are cut on (30)"},
        {0, NULL, REC_OPT_HEADING, 0, NULL, 0, 0, NULL, "Checking a finished file"},
        {0, "verify", REC_OPT_FLAG, AT(verify), NULL, 0, 0, NULL,
                "INPUT is a finished file: decode it whole, exit 3 and list what is wrong"},
        {0, "session", REC_OPT_LIST, AT(sessions), "FILE", 0, 0, NULL,
                "with --verify: the manifest that the file was made from"},
        {0, "max-black", REC_OPT_DURATION, AT(max_black_ns), "TIME", 0, 1e9, NULL,
                "with --verify: a black picture for this long is wrong; 0: never (2)"},
        {0, "max-frozen", REC_OPT_DURATION, AT(max_frozen_ns), "TIME", 0, 1e9, NULL,
                "with --verify: an unchanging picture for this long is wrong; 0: never (30)"},
        REC_COMMON_OPTS(struct options, common), REC_OPT_END};

/* the operand may be a manifest, and --verify's is none */
static void reach(const void *options, struct rec_reach *reach)
{
	const struct options *o = options;
	const char *input = o->operands.items[0];
	enum rec_level level = rec_log_level();

	if (o->verify)
		return;
	if (strcmp(input, "-") == 0)
		rec_reach_input(reach, "/proc/self/fd/0");
	rec_log_set_level(REC_QUIET); /* what is wrong with it the work will say */
	if (o->reading.from || strcmp(input, "-") == 0 || rec_probe_may_be_manifest(input))
		rec_reach_manifest(reach, REC_REACH_READ, input);
	rec_log_set_level(level);
}

static const struct rec_tool tool = {"rec-probe", "[options] INPUT|MANIFEST ...",
        "show what a recording is made of and what is wrong with it", table, AT(common), AT(operands), 1, -1, reach};

static const struct options defaults = {
        .fps = {30, 1}, .max_black_ns = 2 * REC_NS_PER_S, .max_frozen_ns = 30 * REC_NS_PER_S};

static bool same_file(const char *a, const char *b)
{
	struct stat x;
	struct stat y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && S_ISREG(x.st_mode) && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

static int check_output(const struct options *o, const struct rec_probe *probe, const char *output)
{
	if (!output)
		return REC_OK;
	if (rec_open_check_output(&o->operands, output) < 0)
		return REC_EUSAGE;
	if (o->reading.events && same_file(output, o->reading.events))
		return rec_report(REC_EUSAGE, "'%s' is the input itself; name another output", output);
	for (size_t i = 0; i < probe->ntracks; i++) {
		if (same_file(output, probe->session->tracks[i].path))
			return rec_report(REC_EUSAGE, "'%s' is one of the inputs; name another output", output);
	}
	return REC_OK;
}

/* the text in a file that appears whole or not at all */
static int write_out(const struct options *o, const char *target, const struct rec_buf *text)
{
	struct rec_out *out = NULL;
	int err = rec_out_begin(&out, target, o->common.no_clobber);

	if (err < 0)
		return err;
	err = rec_out_write(out, text->data, text->len);
	if (err == REC_OK)
		return rec_out_commit(&out);
	rec_out_discard(&out);
	return err;
}

/* the folder that a file will lie in, resolved; NULL: standard output, or not there */
static char *folder_of(const char *target)
{
	const char *slash = strrchr(target, '/');
	char *folder;
	char *real;

	if (strcmp(target, "-") == 0)
		return NULL;
	folder = slash ? strndup(target, slash == target ? 1 : (size_t)(slash - target)) : strdup(".");
	real = folder ? realpath(folder, NULL) : NULL;
	free(folder);
	return real;
}

static int write_session(const struct options *o, const struct rec_probe *probe)
{
	struct rec_buf text = REC_BUF_INIT;
	char *folder = folder_of(o->write);
	int err = rec_session_write(probe->session, folder, &text);

	if (err == REC_OK)
		err = write_out(o, o->write, &text);
	if (err == REC_OK && probe->session->archive)
		rec_note("the files are still in '%s': unpack it into the folder of '%s'", probe->session->archive,
		        o->write);
	rec_buf_free(&text);
	free(folder);
	return err;
}

static int write_svg(const struct options *o, const struct rec_probe *probe)
{
	struct rec_buf text = REC_BUF_INIT;
	int err = rec_probe_svg(probe, &text);

	if (err == REC_OK)
		err = write_out(o, o->svg, &text);
	rec_buf_free(&text);
	return err;
}

/* where stdout is taken by an output, the report goes to stderr or, being talk, nowhere */
static const char *taken_by(const struct options *o)
{
	bool taken = (o->write && strcmp(o->write, "-") == 0) || (o->svg && strcmp(o->svg, "-") == 0);

	return taken ? "-" : NULL;
}

static int print_json(const struct options *o, const struct rec_probe *probe)
{
	struct rec_buf text = REC_BUF_INIT;
	struct rec_json json = {.buf = &text, .pretty = rec_tool_pretty(&o->common, taken_by(o))};
	int err;

	rec_json_object(&json, NULL);
	rec_probe_json(probe, &json);
	rec_json_warnings(&json);
	rec_json_end_object(&json);
	err = rec_tool_summary(taken_by(o), &text);
	rec_buf_free(&text);
	return err;
}

static int print_text(const struct options *o, const struct rec_probe *probe)
{
	struct rec_buf text = REC_BUF_INIT;
	int err = rec_probe_text(probe, &text);

	if (err == REC_OK && !taken_by(o))
		err = rec_print(rec_buf_str(&text));
	rec_buf_free(&text);
	return err;
}

static bool left_out(const struct rec_probe *probe)
{
	for (size_t i = 0; i < probe->ntracks; i++) {
		if (probe->session->tracks[i].unusable)
			return true;
	}
	return false;
}

static int probe(const struct options *o)
{
	const struct rec_probe_params params = {
	        .reading = o->reading, .fps = o->fps, .skip_bad = o->skip_bad, .deep = o->deep};
	struct rec_probe found = {.kept = NULL};
	int err = rec_probe_open(&found, &o->operands, &params);

	if (err == REC_OK)
		err = check_output(o, &found, o->write);
	if (err == REC_OK)
		err = check_output(o, &found, o->svg);
	if (err == REC_OK && o->write)
		err = write_session(o, &found);
	if (err == REC_OK && o->svg)
		err = write_svg(o, &found);
	if (err == REC_OK)
		err = o->common.json ? print_json(o, &found) : print_text(o, &found);
	if (err == REC_OK && left_out(&found))
		err = REC_ELEFTOUT;
	rec_probe_close(&found);
	return err;
}

static int print_verified(const struct options *o, const struct rec_verify *verify)
{
	struct rec_buf text = REC_BUF_INIT;
	struct rec_json json = {.buf = &text, .pretty = rec_tool_pretty(&o->common, NULL)};
	int err;

	rec_json_object(&json, NULL);
	rec_json_str(&json, "file", o->operands.items[0]);
	rec_verify_json(verify, &json);
	rec_json_warnings(&json);
	rec_json_end_object(&json);
	err = rec_tool_summary(NULL, &text);
	rec_buf_free(&text);
	return err;
}

static void put_level(struct rec_buf *text, const char *before, double value, const char *unit)
{
	if (isinf(value))
		rec_buf_printf(text, "%ssilence", before);
	else
		rec_buf_printf(text, "%s%.1f %s", before, value, unit);
}

static int say_verified(const struct options *o, const struct rec_verify *v)
{
	struct rec_buf text = REC_BUF_INIT;
	int err;

	rec_escape(&text, o->operands.items[0]);
	rec_buf_printf(&text, ": %s\n", v->nfaults ? "not right" : "right");
	if (v->has_video) {
		rec_buf_printf(&text, "  picture: %" PRId64 " frames, ", v->frames);
		if (v->fps.num > 0)
			rec_buf_printf(&text, "%.3f a second, ", (double)v->fps.num / (double)v->fps.den);
		rec_format_seconds(&text, v->video_start_ns, 3);
		rec_buf_puts(&text, " to ");
		rec_format_seconds(&text, v->video_end_ns, 3);
		rec_buf_puts(&text, " s; longest black ");
		rec_format_seconds(&text, v->black_ns, 3);
		rec_buf_puts(&text, " s, longest unchanging ");
		rec_format_seconds(&text, v->frozen_ns, 3);
		rec_buf_puts(&text, " s\n");
	}
	if (v->has_audio) {
		rec_buf_printf(&text, "  sound: %" PRId64 " samples at %d Hz, ", v->samples, v->rate);
		rec_format_seconds(&text, v->audio_start_ns, 3);
		rec_buf_puts(&text, " to ");
		rec_format_seconds(&text, v->audio_end_ns, 3);
		put_level(&text, " s; ", v->lufs, "LUFS");
		put_level(&text, ", true peak ", v->true_peak_dbtp, "dBTP");
		rec_buf_puts(&text, "\n");
	}
	for (size_t i = 0; i < v->nfaults; i++)
		rec_buf_printf(&text, "  wrong: %s\n", v->faults[i]);
	err = text.failed ? REC_ENOMEM : rec_print(rec_buf_str(&text));
	rec_buf_free(&text);
	return err;
}

static int verify(const struct options *o)
{
	const struct rec_settle_params settle = {.skip_bad = o->skip_bad};
	const struct rec_verify_params params = {o->max_black_ns, o->max_frozen_ns};
	struct rec_session *session = NULL;
	struct rec_verify found = {0};
	int err = o->sessions.n > 0 ? rec_open_session(&session, &o->sessions, &o->reading, &settle) : REC_OK;

	rec_log_lone(true);
	if (err == REC_OK)
		err = rec_verify_file(&found, o->operands.items[0], session, &params);
	if (err == REC_OK)
		err = o->common.json ? print_verified(o, &found) : say_verified(o, &found);
	if (err == REC_OK && found.nfaults > 0)
		err = REC_EINPUT; /* the list says what */
	rec_verify_free(&found);
	rec_session_free(&session);
	return err;
}

static int run(void *options)
{
	const struct options *o = options;

	if (o->verify && o->operands.n > 1)
		return rec_report(REC_EUSAGE, "--verify checks one file; '%s' is another", o->operands.items[1]);
	if (o->sessions.n > 0 && !o->verify)
		return rec_report(REC_EUSAGE, "--session goes with --verify; give the manifest as INPUT");
	if (o->verify && (o->write || o->svg || o->deep))
		return rec_report(REC_EUSAGE, "--verify does not go with --write, --svg and --deep");
	if (o->write && o->svg && strcmp(o->write, o->svg) == 0)
		return rec_report(REC_EUSAGE, "--write and --svg name the same output");
	return o->verify ? verify(o) : probe(o);
}

int main(int argc, char **argv)
{
	struct options options = defaults;

	rec_net_install();
	return rec_tool_main(&tool, &options, run, argc, argv);
}
