/* SPDX-License-Identifier: MIT */
#include "mixdown/mixargs.h"

#include "base/err.h"
#include "base/log.h"

#include <math.h>
#include <string.h>

const char *const rec_mixargs_zeros[] = {"join", "clock", NULL};
const char *const rec_mixargs_depths[] = {"16", "24", "32f", NULL};
static const int bits_of_depth[] = {16, 24, 32};

int rec_mixargs_open(const struct rec_mixargs *args, struct rec_mixargs_source *source)
{
	const struct rec_settle_params settle = {.skip_bad = args->skip_bad, .no_video = true};
	struct rec_plan_params plan = {.timeline = REC_TIMELINE_PARAMS, .skip_bad = args->skip_bad};
	int err = rec_open_session(&source->session, &args->sessions, &args->reading, &settle);

	plan.timeline.no_video = true;
	plan.timeline.zero_clock = args->zero == 1;
	if (err == REC_OK)
		err = rec_plan_new(&source->plan, source->session, &plan);
	return err == REC_OK ? rec_voices_from_plan(&source->voices, source->plan) : err;
}

void rec_mixargs_close(struct rec_mixargs_source *source)
{
	rec_voices_free(&source->voices);
	rec_plan_free(&source->plan);
	rec_session_free(&source->session);
}

int rec_mixargs_origin(const struct rec_mixargs *args)
{
	return args->reading.origin == 1 ? REC_ORIGIN_SESSION : args->reading.origin == 2 ? REC_ORIGIN_TRACK : -1;
}

const char *rec_mixargs_format(const struct rec_mixargs *args, const char *output)
{
	if (output)
		return rec_output_format(output, args->format);
	return args->format ? args->format : "wav";
}

struct rec_mixdown_params rec_mixargs_params(
        const struct rec_mixargs *args, const struct rec_common *common, struct rec_voices *voices)
{
	struct rec_mixdown_params params = {.voices = voices,
	        .level_lufs = NAN,
	        .loudness_lufs = NAN,
	        .jobs = args->jobs,
	        .skip_bad = args->skip_bad,
	        .strict = args->strict,
	        .allow_truncated = args->allow_truncated,
	        .measure = common->json || rec_log_level() >= REC_INFO,
	        .progress = common->quiet ? REC_PROGRESS_NONE : (enum rec_progress_mode)common->progress};

	params.sink.format = args->format;
	params.sink.no_clobber = common->no_clobber;
	params.sink.audio.rate = args->rate;
	params.sink.audio.bitrate = args->bitrate;
	params.sink.audio.bits = bits_of_depth[args->depth];
	return params;
}

int rec_mixargs_length(const struct rec_mixargs *args, const char *format, struct rec_mixdown_params *params)
{
	int64_t length_ns = args->length_ns != REC_NS_UNKNOWN ? args->length_ns : params->voices->length_ns;
	int64_t bound_ns = length_ns;
	int err = REC_OK;

	params->length = length_ns == REC_NS_UNKNOWN ? -1 : rec_samples_of_ns(length_ns, args->rate);
	if (bound_ns == REC_NS_UNKNOWN && strcmp(format, "wav") == 0)
		err = rec_voices_bound_ns(params->voices, &bound_ns);
	params->sink.bound = bound_ns == REC_NS_UNKNOWN ? -1 : rec_samples_of_ns(bound_ns, args->rate);
	return err;
}

int rec_mixargs_check_output(const struct rec_mixargs *args, const struct rec_voices *voices, const char *target)
{
	int err = rec_open_check_output(&args->sessions, target);

	return err < 0 ? err : rec_voices_check_output(voices, target);
}
