/* SPDX-License-Identifier: MIT */
/* The result of a mixdown in words and JSON. */
#include "base/log.h"
#include "compose/account.h"
#include "mixdown/mixdown.h"

void rec_mixdown_figures_json(const struct rec_level_figures *figures, struct rec_json *json)
{
	rec_json_real(json, "lufs", figures->lufs, 2);
	rec_json_real(json, "true_peak_dbtp", figures->true_peak_dbtp, 2);
	rec_json_real(json, "peak_dbfs", figures->peak_dbfs, 2);
}

static double decibels(double linear)
{
	return linear > 0 ? 20 * log10(linear) : -INFINITY;
}

void rec_mixdown_source_json(const struct rec_mixdown_params *params, const struct rec_mixdown_result *result, size_t i,
        struct rec_json *json)
{
	const struct rec_voice *voice = &params->voices->items[i];
	int64_t begin_ns = voice->origin == REC_ORIGIN_SESSION ? 0 : voice->first_ns;

	rec_json_str(json, "name", voice->name);
	rec_json_str(json, "path", voice->path);
	rec_json_str(json, "entry", voice->entry);
	rec_json_bool(json, "left_out", voice->left_out || result->voices[i].skipped);
	if (voice->left_out || result->voices[i].skipped)
		return;
	rec_json_str(json, "origin", rec_voice_origin_name(voice));
	rec_json_str(json, "codec", voice->codec);
	rec_json_int(json, "rate", voice->rate);
	rec_json_int(json, "channels", voice->channels);
	rec_json_seconds(json, "first_stamp_s", voice->first_ns);
	rec_json_seconds(json, "offset_s",
	        rec_ns_add(voice->start_ns, -rec_ns_add(begin_ns, 0))); /* added to a stamp, gives output time */
}

void rec_mixdown_ledger_json(const struct rec_mixdown_params *params, const struct rec_mixdown_result *result, size_t i,
        bool list, struct rec_json *json)
{
	const struct rec_voice_result *what = &result->voices[i];
	int rate = params->sink.audio.rate;

	if (params->voices->items[i].left_out || what->skipped)
		return;
	if (list)
		rec_account_ledger_json(&what->ledger, rate, json);
	else
		rec_account_sound_json(&what->ledger, rate, json);
	rec_json_object(json, "level");
	rec_mixdown_figures_json(&what->figures, json);
	rec_json_real(json, "rms_dbfs", decibels(what->ledger.rms), 2);
	rec_json_end_object(json);
}

void rec_mixdown_inputs_json(
        const struct rec_mixdown_params *params, const struct rec_mixdown_result *result, struct rec_json *json)
{
	rec_json_array(json, "inputs");
	for (size_t i = 0; i < params->voices->n; i++) {
		rec_json_object(json, NULL);
		rec_mixdown_source_json(params, result, i, json);
		rec_json_real(json, "gain_db", result->voices[i].gain_db, 2);
		rec_json_real(json, "pan", params->voices->items[i].pan, 2);
		rec_mixdown_ledger_json(params, result, i, false, json);
		rec_json_end_object(json);
	}
	rec_json_end_array(json);
}

void rec_mixdown_print(const struct rec_mixdown_params *params, const struct rec_mixdown_result *result)
{
	int rate = params->sink.audio.rate;

	for (size_t i = 0; i < params->voices->n; i++) {
		const struct rec_voice *voice = &params->voices->items[i];
		const struct rec_voice_result *what = &result->voices[i];

		if (voice->left_out || what->skipped)
			continue;
		rec_info("'%s' (%s): %.3f s heard, %lld holes of %.3f s in all, %.1f LUFS, %.1f dBTP, %lld clipped, "
		         "drift %.1f ppm, gain %.1f dB",
		        voice->path, voice->origin == REC_ORIGIN_SESSION ? "session time" : "own time",
		        (double)what->ledger.used_samples / rate, (long long)what->ledger.gaps_total,
		        (double)what->ledger.gap_samples / rate, what->figures.lufs, what->figures.true_peak_dbtp,
		        (long long)what->ledger.clipped_samples, what->ledger.drift_ppm, what->gain_db);
	}
}
