/* SPDX-License-Identifier: MIT */
/* rec-normalize: a recording with irregular pictures becomes one of constant frame rate that every editor can seek and cut. */
#include "base/err.h"
#include "base/log.h"
#include "base/reach.h"
#include "base/summary.h"
#include "base/tool.h"
#include "compose/account.h"
#include "edit/normalize.h"
#include "net/net.h"

struct options {
	struct rec_common common;
	const char *output;
	const char *format;
	struct rec_size size;
	struct rec_rate fps;
	struct rec_rate max_fps;
	struct rec_encoding encoding;
	bool keep_offset;
	bool no_audio;
	bool strict;
	bool allow_truncated;
	struct rec_strings operands;
};

#define AT(member) offsetof(struct options, member)

static const struct rec_opt table[] = {{0, NULL, REC_OPT_HEADING, 0, NULL, 0, 0, NULL, "Input and output"},
        {'o', "output", REC_OPT_STR, AT(output), "OUT", 0, 0, NULL,
                "the video to write: .mp4, .mov, .mkv or .webm; - for standard output"},
        {0, "format", REC_OPT_STR, AT(format), "NAME", 0, 0, NULL, "mp4, mov, mkv or webm, whatever the ending of OUT"},
        {0, "keep-offset", REC_OPT_FLAG, AT(keep_offset), NULL, 0, 0, NULL,
                "begin at stamp 0 of INPUT, with background and silence, instead of at its first picture or sample"},
        {0, "no-audio", REC_OPT_FLAG, AT(no_audio), NULL, 0, 0, NULL, "leave out the sound"},
        {0, "strict", REC_OPT_FLAG, AT(strict), NULL, 0, 0, NULL, "refuse a file whose tail is missing (exit 3)"},
        {0, "allow-truncated", REC_OPT_FLAG, AT(allow_truncated), NULL, 0, 0, NULL,
                "use a file whose tail is missing from a URL, too, instead of failing with 4"},
        {0, NULL, REC_OPT_HEADING, 0, NULL, 0, 0, NULL, "Picture"},
        {0, "fps", REC_OPT_RATE, AT(fps), "RATE", 0, 0, NULL, "frames a second: 30, 29.97, 30000/1001 (30)"},
        {0, "max-fps", REC_OPT_RATE, AT(max_fps), "RATE", 0, 0, NULL,
                "where INPUT comes faster than --fps, take a multiple of it, but no more than this"},
        {0, "size", REC_OPT_SIZE, AT(size), "WxH", 2, 16384, NULL,
                "of the picture, even (the largest that INPUT ever has)"},
        REC_ENCODING_PICTURE_OPTS(struct options, encoding,
                "of the picture; auto tries hardware, then libx264 (libx264; in WebM libvpx-vp9)"),
        REC_ENCODING_SOUND_OPTS(struct options, encoding), REC_COMMON_OPTS(struct options, common), REC_OPT_END};

static void reach(const void *options, struct rec_reach *reach)
{
	const struct options *o = options;

	if (rec_output_wants_device(o->encoding.codec))
		reach->off = REC_OUTPUT_DEVICE;
}

static const struct rec_tool tool = {"rec-normalize", "[options] -o OUT INPUT",
        "turn irregular pictures into a constant frame rate", table, AT(common), AT(operands), 1, 1, reach};

static const struct options defaults = {.fps = {30, 1}, .encoding = {REC_ENCODING_DEFAULTS, .audio_rate = 48000}};

/* Whatever the command line alone can get wrong. */
static int check(const struct options *o)
{
	const char *format;

	if (!o->output)
		return rec_report(REC_EUSAGE, "no output; pass -o OUT.mp4");
	if ((o->size.width | o->size.height) & 1)
		return rec_report(
		        REC_EUSAGE, "the size %dx%d is odd; video wants even numbers", o->size.width, o->size.height);
	format = rec_output_format(o->output, o->format);
	if (!format)
		return rec_report(REC_EUSAGE, "cannot tell the format of '%s'; pass --format mp4", o->output);
	if (!rec_output_format_has(format, true))
		return rec_report(REC_EUSAGE, "%s holds no picture; name an .mp4, .mov, .mkv or .webm", format);
	return rec_account_same_file(o->operands.items[0], o->output)
	               ? rec_report(REC_EUSAGE, "'%s' is the input; name another output", o->output)
	               : REC_OK;
}

static void add_summary(const struct options *o, const struct rec_normalize_result *r, struct rec_json *json)
{
	rec_json_str(json, "input", o->operands.items[0]);
	rec_json_str(json, "output", o->output);
	rec_json_seconds(json, "duration_s", rec_ns_of_frame(r->frames, r->fps));
	rec_json_int(json, "frames", r->frames);
	rec_json_object(json, "fps");
	rec_json_int(json, "num", r->fps.num);
	rec_json_int(json, "den", r->fps.den);
	rec_json_end_object(json);
	rec_json_int(json, "width", r->size.width);
	rec_json_int(json, "height", r->size.height);
	rec_json_str(json, "size_from", r->size_from);
	rec_json_seconds(json, "zero_s", r->zero_ns);
	rec_json_str(json, "video_codec", r->output.video_codec);
	rec_json_str(json, "audio_codec", r->output.audio_codec);
	rec_json_object(json, "picture");
	rec_json_str(json, "codec", r->codec);
	rec_account_picture_json(&r->picture, r->fps, json);
	rec_json_end_object(json);
	if (r->has_sound) {
		rec_json_object(json, "sound");
		rec_account_sound_json(&r->sound, o->encoding.audio_rate, json);
		rec_json_end_object(json);
	}
	rec_json_int(json, "bytes", r->output.bytes);
	rec_json_real(json, "total_s", (double)r->total_ns / 1e9, 3);
}

static int print_summary(const struct options *o, const struct rec_normalize_result *result)
{
	struct rec_summary summary;

	rec_summary_begin(&summary, &o->common, o->output);
	add_summary(o, result, &summary.json);
	return rec_summary_end(&summary);
}

static int run(void *options)
{
	const struct options *o = options;
	struct rec_normalize_params params = {.output = o->output,
	        .format = o->format,
	        .no_clobber = o->common.no_clobber,
	        .size = {o->size.width, o->size.height},
	        .keep_offset = o->keep_offset,
	        .fps = o->fps,
	        .max_fps = o->max_fps,
	        .encoding = o->encoding,
	        .no_audio = o->no_audio,
	        .strict = o->strict,
	        .allow_truncated = o->allow_truncated,
	        .progress = o->common.quiet ? REC_PROGRESS_NONE : (enum rec_progress_mode)o->common.progress};
	struct rec_normalize_result result = {0};
	int err = check(o);

	rec_log_lone(true);
	if (err == REC_OK) {
		params.input = o->operands.items[0];
		err = rec_normalize_run(&params, &result);
	}
	if (err == REC_OK && o->common.json)
		err = print_summary(o, &result);
	rec_normalize_result_free(&result);
	return err;
}

int main(int argc, char **argv)
{
	struct options options = defaults;

	rec_net_install();
	return rec_tool_main(&tool, &options, run, argc, argv);
}
