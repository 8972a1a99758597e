/* SPDX-License-Identifier: MIT */
/* rec-mix: the voices of a meeting become one mix, to the sample, at constant gain. */
#include "base/err.h"
#include "base/log.h"
#include "base/reach.h"
#include "base/tool.h"
#include "mixdown/mixargs.h"
#include "mixdown/stems.h"
#include "mixdown/voiceargs.h"
#include "net/net.h"

#include <stdlib.h>
#include <string.h>

struct options {
	struct rec_common common;
	struct rec_mixargs mix;
	const char *output;
	const char *stems;
	bool layout_channels;
	int channels;
	struct rec_strings gains;
	struct rec_strings pans;
	bool spread;
	double level_lufs;
	double loudness_lufs;
	double ceiling_dbtp;
	bool no_limit;
	struct rec_strings operands;
};

#define AT(member) offsetof(struct options, member)

static const struct rec_opt table[] = {{0, NULL, REC_OPT_HEADING, 0, NULL, 0, 0, NULL, "Input"},
        {0, "session", REC_OPT_LIST, AT(mix.sessions), "FILE", 0, 0, NULL,
                "mix the sound of this session; a bare name means $RECORDINGS_DIR/NAME/session.json"},
        REC_OPEN_OPTS(struct options, mix.reading), REC_MIXARGS_INPUT_OPTS(struct options, mix),
        {0, NULL, REC_OPT_HEADING, 0, NULL, 0, 0, NULL, "Output"},
        {'o', "output", REC_OPT_STR, AT(output), "OUT", 0, 0, NULL, "the mix to write; - is standard output"},
        REC_MIXARGS_FORMAT_OPTS(struct options, mix,
                "wav, flac, mp3, m4a, opus, ogg, webm, mp4, mov or mkv (by OUT's ending; stems alone: wav)"),
        {0, "stems", REC_OPT_STR, AT(stems), "DIR", 0, 0, NULL,
                "also write one file for each participant, as it goes into the mix, before the limiter"},
        {0, "layout-channels", REC_OPT_FLAG, AT(layout_channels), NULL, 0, 0, NULL,
                "one channel for each participant instead of a mix (WAV; FLAC up to 8)"},
        REC_MIXARGS_LENGTH_OPTS(struct options, mix, "last track"),
        {0, "channels", REC_OPT_INT, AT(channels), "N", 1, 2, NULL, "1 or 2 (2)"},
        REC_MIXARGS_CODEC_OPTS(struct options, mix), {0, NULL, REC_OPT_HEADING, 0, NULL, 0, 0, NULL, "Sound"},
        {0, "gain", REC_OPT_LIST, AT(gains), "DB", 0, 0, NULL,
                "of the whole mix; NAME=DB: of one track; may be given again"},
        {0, "pan", REC_OPT_LIST, AT(pans), "NAME=POS", 0, 0, NULL,
                "place a track from -1, left, to 1, right (0, full level on both sides)"},
        {0, "spread", REC_OPT_FLAG, AT(spread), NULL, 0, 0, NULL, "place the participants from left to right"},
        {0, "level", REC_OPT_REAL, AT(level_lufs), "LUFS", -70, 0, NULL,
                "bring each track to this loudness before mixing; the inputs are read twice"},
        {0, "loudness", REC_OPT_REAL, AT(loudness_lufs), "LUFS", -70, 0, NULL,
                "bring the mix to this loudness before the limiter; the inputs are read twice"},
        {0, "ceiling", REC_OPT_REAL, AT(ceiling_dbtp), "DBTP", -20, 0, NULL,
                "the true peak that the limiter keeps (-1)"},
        {0, "no-limit", REC_OPT_FLAG, AT(no_limit), NULL, 0, 0, NULL, "no limiter: the bare sum"},
        REC_MIXARGS_WORK_OPTS(struct options, mix), REC_COMMON_OPTS(struct options, common), REC_OPT_END};

/* INPUT@OFFSET */
static void reach(const void *options, struct rec_reach *reach)
{
	const struct options *o = options;
	struct rec_voice_input input;
	char *path = NULL;

	for (size_t i = 0; i < o->operands.n; i++) {
		if (rec_voiceargs_input(o->operands.items[i], -1, &input, &path) == REC_OK)
			rec_reach_input(reach, path);
		else
			reach->failed = true;
		free(path);
	}
}

static const struct rec_tool tool = {"rec-mix", "[--session session.json [MANIFEST ...] | INPUT[@OFFSET_S] ...] -o OUT",
        "mix the voices of a meeting", table, AT(common), AT(operands), 0, -1, reach};

static const struct options defaults = {
        .mix = {REC_MIXARGS_DEFAULTS}, .channels = 2, .level_lufs = NAN, .loudness_lufs = NAN, .ceiling_dbtp = -1};

/* what the voices come from; the voices borrow all of it */
struct source {
	struct rec_mixargs_source from;
	struct rec_voice_input *inputs;
	char **paths;
};

static int open_inputs(const struct options *o, struct source *source)
{
	size_t n = o->operands.n, pipes = 0;
	int err = REC_OK;

	source->inputs = calloc(n + 1, sizeof(*source->inputs));
	source->paths = calloc(n + 1, sizeof(*source->paths));
	if (!source->inputs || !source->paths)
		return REC_ENOMEM;
	for (size_t i = 0; err == REC_OK && i < n; i++) {
		err = rec_voiceargs_input(
		        o->operands.items[i], rec_mixargs_origin(&o->mix), &source->inputs[i], &source->paths[i]);
		pipes += err == REC_OK && strcmp(source->paths[i], "-") == 0;
	}
	if (err == REC_OK && pipes > 1)
		err = rec_report(REC_EUSAGE, "standard input is given twice");
	return err == REC_OK ? rec_voices_from_inputs(&source->from.voices, source->inputs, n, o->mix.skip_bad) : err;
}

static void close_source(const struct options *o, struct source *source)
{
	rec_mixargs_close(&source->from);
	for (size_t i = 0; source->paths && i < o->operands.n; i++)
		free(source->paths[i]);
	free(source->paths);
	free(source->inputs);
}

/* What can be told from the command line alone. */
static int check_usage(const struct options *o)
{
	if (!o->mix.session && (o->mix.reading.from || o->mix.reading.events))
		return rec_report(REC_EUSAGE, "--from and --events go with --session");
	if (!o->mix.session && o->operands.n == 0)
		return rec_report(REC_EUSAGE, "nothing to mix: pass --session session.json, or files");
	if (!o->output && !o->stems)
		return rec_report(REC_EUSAGE, "no output: pass -o OUT or --stems DIR");
	if (o->output && !rec_output_format(o->output, o->mix.format))
		return rec_report(REC_EUSAGE, "cannot tell the format of '%s'; pass --format mp3", o->output);
	if (o->layout_channels && (!o->output || !isnan(o->loudness_lufs) || o->spread || o->pans.n > 0))
		return rec_report(
		        REC_EUSAGE, "--layout-channels wants -o, and goes with none of --loudness, --pan and --spread");
	if (!o->output && !isnan(o->loudness_lufs))
		return rec_report(REC_EUSAGE, "--loudness is that of the mix: pass -o OUT, or --level");
	return REC_OK;
}

static int check_layout(const struct options *o, const struct rec_voices *voices)
{
	const char *format = rec_output_format(o->output, o->mix.format);

	if (strcmp(format, "wav") != 0 && strcmp(format, "flac") != 0)
		return rec_report(REC_EUSAGE, "--layout-channels writes WAV or FLAC, not %s", format);
	if (voices->npersons > 1024)
		return rec_report(REC_EUSAGE, "--layout-channels holds 1024 participants at most");
	return REC_OK;
}

static int check_outputs(const struct options *o, const struct rec_voices *voices, const struct rec_stems *stems)
{
	int err = o->output ? rec_mixargs_check_output(&o->mix, voices, o->output) : REC_OK;

	for (size_t i = 0; err == REC_OK && i < stems->n; i++)
		if (stems->paths[i])
			err = rec_mixargs_check_output(&o->mix, voices, stems->paths[i]);
	return err;
}

static void programme_json(const struct options *o, const struct rec_mixdown_params *params,
        const struct rec_mixdown_result *result, struct rec_json *json)
{
	rec_json_str(json, "output", o->output);
	rec_json_seconds(json, "duration_s", rec_ns_of_samples(result->samples, o->mix.rate));
	rec_json_int(json, "samples", result->samples);
	rec_json_int(json, "rate", o->mix.rate);
	rec_json_int(json, "channels", o->layout_channels ? (int64_t)params->voices->npersons : o->channels);
	rec_json_seconds(json, "zero_s", params->voices->zero_ns);
	rec_json_real(json, "gain_db", params->gain_db, 2);
	rec_json_real(json, "loudness_gain_db", result->loudness_gain_db, 2);
	rec_mixdown_figures_json(&result->figures, json);
	rec_json_int(json, "clipped_samples", result->programme.clipped);
	rec_json_real(json, "limited_db", result->limited_db, 2);
	rec_json_int(json, "limited_samples", result->limited_samples);
	rec_json_int(json, "bytes", result->programme.bytes);
}

/* the name of each person, in the order of stems and channels */
static const char *person_name(const struct rec_voices *voices, size_t person)
{
	for (size_t i = 0; i < voices->n; i++)
		if (voices->items[i].person == person)
			return voices->items[i].name;
	return NULL;
}

static void persons_json(const struct options *o, const struct rec_mixdown_params *params,
        const struct rec_mixdown_result *result, struct rec_json *json)
{
	const struct rec_voices *voices = params->voices;

	if (o->layout_channels) {
		rec_json_array(json, "channel_names");
		for (size_t i = 0; i < voices->npersons; i++)
			rec_json_str(json, NULL, person_name(voices, i));
		rec_json_end_array(json);
	}
	if (!params->stems)
		return;
	rec_json_array(json, "stems");
	for (size_t i = 0; i < voices->npersons; i++) {
		if (!params->stems[i])
			continue;
		rec_json_object(json, NULL);
		rec_json_str(json, "name", person_name(voices, i));
		rec_json_str(json, "path", params->stems[i]);
		rec_json_int(json, "clipped_samples", result->stems[i].clipped);
		rec_json_end_object(json);
	}
	rec_json_end_array(json);
}

static int print_summary(
        const struct options *o, const struct rec_mixdown_params *params, const struct rec_mixdown_result *result)
{
	struct rec_buf text = REC_BUF_INIT;
	struct rec_json json = {.buf = &text, .pretty = rec_tool_pretty(&o->common, o->output)};
	int err;

	rec_json_object(&json, NULL);
	programme_json(o, params, result, &json);
	rec_json_int(&json, "left_out", (int64_t)(params->voices->left_out + result->skipped));
	rec_json_int(&json, "truncated", (int64_t)result->truncated);
	persons_json(o, params, result, &json);
	rec_mixdown_inputs_json(params, result, &json);
	rec_json_real(&json, "total_s", (double)result->total_ns / 1e9, 3);
	rec_json_warnings(&json);
	rec_json_end_object(&json);
	err = rec_tool_summary(o->output, &text);
	rec_buf_free(&text);
	return err;
}

static struct rec_mixdown_params mixdown_of(const struct options *o, struct rec_voices *voices)
{
	struct rec_mixdown_params params = rec_mixargs_params(&o->mix, &o->common, voices);

	params.what = "mixing";
	params.output = o->output;
	params.layout_channels = o->layout_channels;
	params.limit = !o->no_limit;
	params.ceiling_dbtp = o->ceiling_dbtp;
	params.level_lufs = o->level_lufs;
	params.loudness_lufs = o->loudness_lufs;
	params.measure |= !isnan(o->loudness_lufs);
	params.sink.audio.channels = o->channels;
	return params;
}

static int place_voices(const struct options *o, struct rec_voices *voices, double *gain_db)
{
	int err = rec_voiceargs_gains(voices, &o->gains, gain_db);

	if (err == REC_OK && o->spread)
		rec_voiceargs_spread(voices);
	if (err == REC_OK)
		err = rec_voiceargs_pans(voices, &o->pans);
	if (err == REC_OK && o->layout_channels)
		err = check_layout(o, voices);
	return err;
}

static int mix(const struct options *o, struct rec_voices *voices)
{
	struct rec_mixdown_params params = mixdown_of(o, voices);
	struct rec_mixdown_result result = {0};
	struct rec_stems stems = {.mix = o->output};
	const char *format = rec_mixargs_format(&o->mix, o->output);
	int err = place_voices(o, voices, &params.gain_db);

	/* the stems' ending is that of the format, and says it */
	if (err == REC_OK && o->stems)
		err = rec_stems_open(&stems, o->stems, voices, format);
	params.stems = (const char *const *)stems.paths;
	if (err == REC_OK)
		err = check_outputs(o, voices, &stems);
	if (err == REC_OK)
		err = rec_mixargs_length(&o->mix, format, &params);
	if (err == REC_OK)
		err = rec_mixdown_run(&params, &result);
	if (err == REC_OK && rec_log_level() >= REC_INFO)
		rec_mixdown_print(&params, &result);
	if (err == REC_OK && o->common.json)
		err = print_summary(o, &params, &result);
	if (err == REC_OK && voices->left_out + result.skipped > 0)
		err = REC_ELEFTOUT;
	rec_stems_close(&stems, err < 0 && err != REC_ELEFTOUT);
	rec_mixdown_result_free(&params, &result);
	return err;
}

static int run(void *options)
{
	struct options *o = options;
	struct source source = {0};
	int err = rec_open_operands(&o->mix.sessions, &o->operands);

	o->mix.session = o->mix.sessions.n > 0 ? o->mix.sessions.items[0] : NULL;
	if (err == REC_OK)
		err = check_usage(o);
	if (err == REC_OK)
		err = o->mix.session ? rec_mixargs_open(&o->mix, &source.from) : open_inputs(o, &source);
	if (err == REC_OK)
		err = mix(o, source.from.voices);
	close_source(o, &source);
	return err;
}

int main(int argc, char **argv)
{
	struct options options = defaults;

	rec_net_install();
	return rec_tool_main(&tool, &options, run, argc, argv);
}
