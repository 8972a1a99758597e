/* SPDX-License-Identifier: MIT */
/* rec-pad: a track of sound becomes a file in which every sample stands at its time; a session becomes one a participant, all of one length. */
#include "base/err.h"
#include "base/log.h"
#include "base/tool.h"
#include "compose/account.h"
#include "mixdown/mixargs.h"
#include "mixdown/stems.h"
#include "net/net.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct options {
	struct rec_common common;
	struct rec_mixargs mix;
	int64_t offset_ns;
	const char *output;
	const char *folder;
	int channels;
	struct rec_strings operands;
};

#define AT(member) offsetof(struct options, member)

static const struct rec_opt table[] = {{0, NULL, REC_OPT_HEADING, 0, NULL, 0, 0, NULL, "Input"},
        {0, "session", REC_OPT_LIST, AT(mix.sessions), "FILE", 0, 0, NULL,
                "place and end as in this session; a bare name means $RECORDINGS_DIR/NAME/session.json"},
        REC_OPEN_OPTS(struct options, mix.reading),
        {0, "offset", REC_OPT_DURATION, AT(offset_ns), "TIME", -1e6, 1e6, NULL,
                "where the first sample stands; implies --origin track"},
        REC_MIXARGS_INPUT_OPTS(struct options, mix), {0, NULL, REC_OPT_HEADING, 0, NULL, 0, 0, NULL, "Output"},
        {'o', "output", REC_OPT_STR, AT(output), "OUT", 0, 0, NULL, "the file to write; - is standard output"},
        {'d', "directory", REC_OPT_STR, AT(folder), "DIR", 0, 0, NULL,
                "write one file for each participant of the session, all of one length"},
        REC_MIXARGS_FORMAT_OPTS(
                struct options, mix, "wav, flac, opus, ogg, webm, m4a or mp3 (by OUT's ending; with -d: wav)"),
        REC_MIXARGS_LENGTH_OPTS(struct options, mix, "track"),
        {0, "channels", REC_OPT_INT, AT(channels), "N", 1, REC_MIX_CHANNELS, NULL, "of the output (the track's)"},
        REC_MIXARGS_CODEC_OPTS(struct options, mix), REC_MIXARGS_WORK_OPTS(struct options, mix),
        REC_COMMON_OPTS(struct options, common), REC_OPT_END};

static const struct rec_tool tool = {"rec-pad", "[option ...] -o OUT INPUT | --session session.json -d DIR",
        "put every sample of a track at its time", table, AT(common), AT(operands), 0, 1, NULL};

static const struct options defaults = {.mix = {REC_MIXARGS_DEFAULTS}, .offset_ns = REC_NS_UNKNOWN};

/* what the voices come from; the voices borrow all of it */
struct source {
	struct rec_mixargs_source from;
	struct rec_voice_input input;
};

static const char *input_of(const struct options *o)
{
	return o->operands.n ? o->operands.items[0] : NULL;
}

static int forced_origin(const struct options *o)
{
	if (o->offset_ns != REC_NS_UNKNOWN)
		return REC_ORIGIN_TRACK;
	return rec_mixargs_origin(&o->mix);
}

static int check_usage(const struct options *o)
{
	if (o->mix.session && o->offset_ns != REC_NS_UNKNOWN)
		return rec_report(
		        REC_EUSAGE, "--session says where a track stands, and so does --offset; give one of them");
	if (o->offset_ns != REC_NS_UNKNOWN && o->mix.reading.origin == 1)
		return rec_report(
		        REC_EUSAGE, "--offset places the first sample, so it does not go with --origin session");
	if (!o->mix.session && (o->mix.reading.from || o->mix.reading.events))
		return rec_report(REC_EUSAGE, "--from and --events go with --session");
	if (!o->mix.session && !input_of(o))
		return rec_report(REC_EUSAGE, "nothing to pad: pass a file, or --session session.json -d DIR");
	if (o->folder && (!o->mix.session || o->output || input_of(o)))
		return rec_report(REC_EUSAGE, "-d goes with --session alone: all participants of it, and no -o");
	if (!o->folder && !o->output)
		return rec_report(
		        REC_EUSAGE, "no output: pass -o OUT%s", o->mix.session ? " and one file, or -d DIR" : "");
	if (!o->folder && !input_of(o))
		return rec_report(REC_EUSAGE, "-o is the output of one file: name it, or pass -d DIR");
	if (o->output && !rec_output_format(o->output, o->mix.format))
		return rec_report(REC_EUSAGE, "cannot tell the format of '%s'; pass --format wav", o->output);
	return REC_OK;
}

static int open_session(const struct options *o, struct source *source)
{
	int err = rec_mixargs_open(&o->mix, &source->from);

	if (err == REC_OK && input_of(o) && rec_voices_keep(source->from.voices, input_of(o)) == 0)
		err = rec_report(REC_EUSAGE, "'%s' is no sound track of the session '%s'", input_of(o), o->mix.session);
	return err;
}

static int open_input(const struct options *o, struct source *source)
{
	source->input = (struct rec_voice_input){
	        input_of(o), input_of(o), forced_origin(o), o->offset_ns == REC_NS_UNKNOWN ? 0 : o->offset_ns};
	rec_log_lone(true);
	return rec_voices_from_inputs(&source->from.voices, &source->input, 1, false);
}

static void tell_origin(const struct options *o, const struct rec_voice *voice)
{
	if (!o->mix.session && forced_origin(o) < 0)
		rec_note("'%s': origin %s, its first stamp is %.3f s; --origin says otherwise", voice->path,
		        rec_voice_origin_name(voice), (double)voice->first_ns / REC_NS_PER_S);
}

static void level_json(const struct rec_mixdown_params *params, const struct rec_mixdown_result *result, size_t person,
        struct rec_json *json)
{
	rec_json_seconds(json, "duration_s", rec_ns_of_samples(result->samples, params->sink.audio.rate));
	rec_json_int(json, "samples", result->samples);
	rec_json_int(json, "rate", params->sink.audio.rate);
	rec_json_int(json, "channels", rec_mixdown_person_channels(params, person));
}

/* one file: what became of it, and where it came from */
static void file_json(const struct options *o, const struct rec_mixdown_params *params,
        const struct rec_mixdown_result *result, struct rec_json *json)
{
	const struct rec_voice *voice = params->voices->items;

	rec_json_str(json, "output", o->output);
	level_json(params, result, voice->person, json);
	rec_json_seconds(json, "zero_s", params->voices->zero_ns);
	rec_json_str(json, "origin", rec_voice_origin_name(voice));
	rec_json_object(json, "input");
	rec_mixdown_source_json(params, result, 0, json);
	rec_json_end_object(json);
	rec_mixdown_ledger_json(params, result, 0, true, json);
}

static void person_json(const struct rec_mixdown_params *params, const struct rec_mixdown_result *result, size_t person,
        const char *name, struct rec_json *json)
{
	const struct rec_voices *voices = params->voices;

	rec_json_object(json, NULL);
	rec_json_str(json, "name", name);
	rec_json_str(json, "output", params->stems[person]);
	level_json(params, result, person, json);
	rec_json_array(json, "inputs");
	for (size_t i = 0; i < voices->n; i++) {
		if (voices->items[i].person != person)
			continue;
		rec_json_object(json, NULL);
		rec_mixdown_source_json(params, result, i, json);
		rec_mixdown_ledger_json(params, result, i, true, json);
		rec_json_end_object(json);
	}
	rec_json_end_array(json);
	rec_json_end_object(json);
}

static const char *person_name(const struct rec_session *session, size_t person)
{
	for (size_t i = 0; i < session->nparticipants; i++)
		if (session->participants[i].person == person)
			return session->participants[i].name;
	return NULL;
}

static int print_summary(const struct options *o, const struct rec_session *session,
        const struct rec_mixdown_params *params, const struct rec_mixdown_result *result)
{
	struct rec_buf text = REC_BUF_INIT;
	struct rec_json json = {.buf = &text, .pretty = rec_tool_pretty(&o->common, o->output)};
	int err;

	rec_json_object(&json, NULL);
	if (o->output)
		file_json(o, params, result, &json);
	else {
		rec_json_str(&json, "session_id", session->id);
		rec_json_seconds(&json, "zero_s", params->voices->zero_ns);
		rec_json_array(&json, "outputs");
		for (size_t i = 0; i < params->voices->npersons; i++)
			person_json(params, result, i, person_name(session, i), &json);
		rec_json_end_array(&json);
	}
	rec_json_int(&json, "left_out", (int64_t)(params->voices->left_out + result->skipped));
	rec_json_int(&json, "truncated", (int64_t)result->truncated);
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

	params.what = "padding";
	params.holes = true;
	params.stem_channels = o->channels;
	return params;
}

/* One path a person: in the folder, or OUT for the one of the input. */
static int set_outputs(const struct options *o, const struct rec_voices *voices, const char *format,
        struct rec_stems *stems, const char ***paths)
{
	int err = REC_OK;

	if (o->folder)
		err = rec_stems_open(stems, o->folder, voices, format);
	if (err < 0)
		return err;
	*paths = calloc(voices->npersons + 1, sizeof(**paths));
	if (!*paths)
		return REC_ENOMEM;
	if (o->output)
		(*paths)[voices->items[0].person] = o->output;
	for (size_t i = 0; i < stems->n; i++)
		(*paths)[i] = stems->paths[i];
	for (size_t i = 0; err == REC_OK && i < voices->npersons; i++)
		if ((*paths)[i])
			err = rec_mixargs_check_output(&o->mix, voices, (*paths)[i]);
	return err;
}

static int pad(const struct options *o, const struct source *source)
{
	assert(source->from.voices);
	struct rec_mixdown_params params = mixdown_of(o, source->from.voices);
	struct rec_mixdown_result result = {0};
	struct rec_stems stems = {0};
	const char *format = rec_mixargs_format(&o->mix, o->output);
	const char **paths = NULL;
	int err = set_outputs(o, source->from.voices, format, &stems, &paths);

	params.stems = paths;
	if (err == REC_OK)
		err = rec_mixargs_length(&o->mix, format, &params);
	if (err == REC_OK)
		err = rec_mixdown_run(&params, &result);
	if (err == REC_OK)
		tell_origin(o, params.voices->items);
	if (err == REC_OK && rec_log_level() >= REC_INFO)
		rec_mixdown_print(&params, &result);
	if (err == REC_OK && o->common.json)
		err = print_summary(o, source->from.session, &params, &result);
	if (err == REC_OK && params.voices->left_out + result.skipped > 0)
		err = REC_ELEFTOUT;
	rec_stems_close(&stems, err < 0 && err != REC_ELEFTOUT);
	free(paths);
	rec_mixdown_result_free(&params, &result);
	return err;
}

static int run(void *options)
{
	struct options *o = options;
	struct source source = {0};
	int err;

	o->mix.session = o->mix.sessions.n > 0 ? o->mix.sessions.items[0] : NULL;
	err = check_usage(o);
	if (err == REC_OK)
		err = o->mix.session ? open_session(o, &source) : open_input(o, &source);
	if (err == REC_OK)
		err = pad(o, &source);
	rec_mixargs_close(&source.from);
	return err;
}

int main(int argc, char **argv)
{
	struct options options = defaults;

	rec_net_install();
	return rec_tool_main(&tool, &options, run, argc, argv);
}
