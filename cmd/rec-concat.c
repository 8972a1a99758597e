/* SPDX-License-Identifier: MIT */
/* rec-concat: the pieces of a recording that was paused become one, without encoding again what need not be. */
#include "base/err.h"
#include "base/log.h"
#include "base/num.h"
#include "base/reach.h"
#include "base/summary.h"
#include "base/tool.h"
#include "compose/account.h"
#include "edit/concat.h"
#include "edit/segmentlist.h"
#include "net/net.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct options {
	struct rec_common common;
	const char *output;
	const char *format;
	const char *list;
	int64_t max_length_ns;
	int64_t drop_still_ns;
	bool chapters;
	bool no_audio;
	bool skip_bad;
	bool strict;
	bool allow_truncated;
	struct rec_size size;
	struct rec_rate fps;
	struct rec_encoding encoding;
	struct rec_strings operands;
};

#define AT(member) offsetof(struct options, member)

static const struct rec_opt table[] = {{0, NULL, REC_OPT_HEADING, 0, NULL, 0, 0, NULL, "Input and output"},
        {'o', "output", REC_OPT_STR, AT(output), "OUT", 0, 0, NULL,
                "the video to write: .mp4, .mov, .mkv, .webm; an audio ending joins the sound alone"},
        {0, "format", REC_OPT_STR, AT(format), "NAME", 0, 0, NULL,
                "mp4, mov, mkv, webm, or an audio format: m4a, mp3, opus, ogg, flac, wav (by OUT's ending)"},
        {0, "list", REC_OPT_STR, AT(list), "FILE", 0, 0, NULL,
                "read the segments' names from FILE, one a line, after those on the command line"},
        {0, "skip-bad", REC_OPT_FLAG, AT(skip_bad), NULL, 0, 0, NULL,
                "leave out segments that cannot be used, and exit 5, instead of refusing with 3"},
        {0, "strict", REC_OPT_FLAG, AT(strict), NULL, 0, 0, NULL, "refuse a segment whose tail is missing (exit 3)"},
        {0, "allow-truncated", REC_OPT_FLAG, AT(allow_truncated), NULL, 0, 0, NULL,
                "use a segment whose tail is missing from a URL, too, instead of failing with 4"},
        {0, NULL, REC_OPT_HEADING, 0, NULL, 0, 0, NULL, "What is joined"},
        {0, "max-length", REC_OPT_DURATION, AT(max_length_ns), "TIME", 0, 1e9, NULL,
                "end exactly there: 1h, 30m, 120s, 3600 (no limit, or $RECORDING_MAX_LENGTH)"},
        {0, "drop-still", REC_OPT_DURATION, AT(drop_still_ns), "TIME", 0, 1e9, NULL,
                "cut runs of one picture that last longer than this, with their sound"},
        {0, "chapters", REC_OPT_FLAG, AT(chapters), NULL, 0, 0, NULL, "mark the joints with chapters"},
        {0, "no-audio", REC_OPT_FLAG, AT(no_audio), NULL, 0, 0, NULL, "leave out the sound"},
        {0, NULL, REC_OPT_HEADING, 0, NULL, 0, 0, NULL, "Picture, where it is encoded"},
        {0, "size", REC_OPT_SIZE, AT(size), "WxH", 2, 16384, NULL,
                "even; segments of another size are encoded (the first segment's)"},
        {0, "fps", REC_OPT_RATE, AT(fps), "RATE", 0, 0, NULL,
                "constant; segments of another rate are encoded (the first segment's, else 30)"},
        REC_ENCODING_PICTURE_OPTS(struct options, encoding,
                "segments of another codec are encoded (the first segment's, where OUT holds it)"),
        REC_ENCODING_SOUND_OPTS(struct options, encoding), REC_COMMON_OPTS(struct options, common), REC_OPT_END};

/* A list that can be read twice is looked at now; one that cannot may name anything. */
static void reach(const void *options, struct rec_reach *reach)
{
	const struct options *o = options;
	enum rec_level level = rec_log_level();
	struct rec_segmentlist list = {0};
	struct stat st;

	if (rec_output_wants_device(o->encoding.codec))
		reach->off = REC_OUTPUT_DEVICE;
	if (!o->list)
		return;
	if (stat(o->list, &st) < 0 || !S_ISREG(st.st_mode)) {
		rec_reach_add(reach, REC_REACH_READ, "/");
		reach->network = true;
		return;
	}
	rec_log_set_level(REC_QUIET); /* what is wrong with it the work will say */
	rec_segmentlist_read(&list, o->list);
	rec_log_set_level(level);
	for (size_t i = 0; i < list.n; i++)
		rec_reach_input(reach, list.paths[i]);
	rec_segmentlist_free(&list);
}

static const struct rec_tool tool = {"rec-concat", "[options] -o OUT INPUT...", "join the segments of a recording",
        table, AT(common), AT(operands), 0, -1, reach};

static const struct options defaults = {.max_length_ns = REC_NS_UNKNOWN, .encoding = {REC_ENCODING_DEFAULTS}};

/* A flag beats the environment. */
static int settle_length(struct options *o)
{
	const char *text = getenv("RECORDING_MAX_LENGTH");

	if (o->max_length_ns == REC_NS_UNKNOWN && text && *text &&
	        (rec_parse_duration(text, &o->max_length_ns) < 0 || o->max_length_ns < 0))
		return rec_report(
		        REC_EUSAGE, "'%s' is no length for $RECORDING_MAX_LENGTH; try 1h, 30m, 120s or 3600", text);
	if (o->max_length_ns == 0)
		return rec_report(REC_EUSAGE, "a length of 0 leaves nothing; try 1h, 30m, 120s or 3600");
	return REC_OK;
}

/* Whatever the command line alone can get wrong. */
static int check(struct options *o)
{
	if (!o->output)
		return rec_report(REC_EUSAGE, "no output; pass -o OUT.mp4");
	if (!o->list && o->operands.n == 0)
		return rec_report(REC_EUSAGE, "no segment to join; name files, or a list of them with --list FILE");
	if ((o->size.width | o->size.height) & 1)
		return rec_report(
		        REC_EUSAGE, "the size %dx%d is odd; video wants even numbers", o->size.width, o->size.height);
	if (!rec_output_format(o->output, o->format))
		return rec_report(REC_EUSAGE, "cannot tell the format of '%s'; pass --format mp4", o->output);
	return settle_length(o);
}

static int gather(const struct options *o, struct rec_segmentlist *list)
{
	size_t pipes = 0;
	int err = REC_OK;

	for (size_t i = 0; i < o->operands.n && err == REC_OK; i++)
		err = rec_segmentlist_add(list, o->operands.items[i]);
	if (err == REC_OK && o->list)
		err = rec_segmentlist_read(list, o->list);
	for (size_t i = 0; i < list->n && err == REC_OK; i++) {
		pipes += strcmp(list->paths[i], "-") == 0;
		if (rec_account_same_file(list->paths[i], o->output))
			err = rec_report(REC_EUSAGE, "'%s' is one of the inputs; name another output", o->output);
	}
	if (err == REC_OK && pipes + (o->list && strcmp(o->list, "-") == 0) > 1)
		err = rec_report(REC_EUSAGE, "standard input can be read once");
	if (err == REC_OK && list->n == 0)
		err = rec_report(REC_EINPUT, "'%s' names no segment", o->list);
	return err;
}

static void segment_json(const struct rec_concat_plan *plan, size_t i, struct rec_json *json)
{
	const struct rec_segment *segment = &plan->segments.items[i];
	int64_t start_ns = REC_NS_UNKNOWN, end_ns = REC_NS_UNKNOWN;

	for (size_t k = 0; k < plan->pieces.n; k++)
		if (plan->pieces.items[k].segment == i) {
			start_ns = start_ns == REC_NS_UNKNOWN ? plan->pieces.items[k].at_ns : start_ns;
			end_ns = plan->pieces.items[k].at_ns + plan->pieces.items[k].length_ns;
		}
	rec_json_object(json, NULL);
	rec_json_str(json, "path", segment->path);
	rec_json_bool(json, "used", !segment->left_out && start_ns != REC_NS_UNKNOWN);
	rec_json_bool(json, "left_out", segment->left_out);
	rec_json_seconds(json, "start_s", start_ns);
	rec_json_seconds(json, "used_s", start_ns == REC_NS_UNKNOWN ? 0 : end_ns - start_ns);
	if (!segment->left_out) {
		rec_json_bool(json, "copied", segment->has_picture && plan->copies[i]);
		rec_json_seconds(json, "zero_s", segment->first_ns);
		rec_json_seconds(json, "still_s", segment->dropped_ns);
		rec_json_bool(json, "truncated", segment->damage.truncated);
		rec_account_damage_json(&segment->damage, json);
	}
	if (segment->has_sound && !segment->left_out) {
		rec_json_object(json, "sound");
		rec_account_sound_json(&segment->sound, plan->rate, json);
		rec_json_end_object(json);
	}
	rec_json_end_object(json);
}

static void add_summary(const struct options *o, const struct rec_concat_result *r, struct rec_json *json)
{
	rec_json_str(json, "output", o->output);
	rec_json_seconds(json, "duration_s", r->plan.pieces.end_ns);
	rec_json_int(json, "left_out", (int64_t)r->plan.segments.left_out);
	rec_json_int(json, "copied_pictures", r->copied);
	rec_json_int(json, "encoded_pictures", r->encoded);
	rec_json_int(json, "softened_joints", (int64_t)r->softened);
	rec_json_str(json, "audio_codec", r->output.audio_codec);
	rec_json_bool(json, "sound_copied", r->plan.sound_encoder != NULL);
	rec_json_array(json, "segments");
	for (size_t i = 0; i < r->plan.segments.n; i++)
		segment_json(&r->plan, i, json);
	rec_json_end_array(json);
	rec_json_int(json, "bytes", r->output.bytes);
	rec_json_real(json, "total_s", (double)r->total_ns / 1e9, 3);
}

static int print_summary(const struct options *o, const struct rec_concat_result *result)
{
	struct rec_summary summary;

	rec_summary_begin(&summary, &o->common, o->output);
	add_summary(o, result, &summary.json);
	return rec_summary_end(&summary);
}

static int concat(const struct options *o, const struct rec_segmentlist *list)
{
	struct rec_concat_params params = {.inputs = (const char *const *)list->paths,
	        .ninputs = list->n,
	        .output = o->output,
	        .format = o->format,
	        .no_clobber = o->common.no_clobber,
	        .max_length_ns = o->max_length_ns,
	        .drop_still_ns = o->drop_still_ns,
	        .chapters = o->chapters,
	        .size = {o->size.width, o->size.height},
	        .fps = o->fps,
	        .encoding = o->encoding,
	        .no_audio = o->no_audio,
	        .skip_bad = o->skip_bad,
	        .strict = o->strict,
	        .allow_truncated = o->allow_truncated,
	        .progress = o->common.quiet ? REC_PROGRESS_NONE : (enum rec_progress_mode)o->common.progress};
	struct rec_concat_result result = {0};
	int err = rec_concat_run(&params, &result);

	if (err == REC_OK && o->common.json)
		err = print_summary(o, &result);
	if (err == REC_OK && result.plan.segments.left_out > 0)
		err = REC_ELEFTOUT;
	rec_concat_result_free(&result);
	return err;
}

static int run(void *options)
{
	struct options *o = options;
	struct rec_segmentlist list = {0};
	int err = check(o);

	if (err == REC_OK)
		err = gather(o, &list);
	if (err == REC_OK)
		err = concat(o, &list);
	rec_segmentlist_free(&list);
	return err;
}

int main(int argc, char **argv)
{
	struct options options = defaults;

	rec_net_install();
	return rec_tool_main(&tool, &options, run, argc, argv);
}
