/* SPDX-License-Identifier: MIT */
#include "edit/normalize.h"

#include "base/err.h"
#include "base/log.h"
#include "compose/account.h"
#include "edit/grid.h"
#include "edit/recording.h"
#include "picture/colour.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { BLOCK = 1024, MAX_CHANNELS = 2 };
/* a stamp that lies further from the first is damage that would be days of one picture */
static const int64_t longest_ns = INT64_C(7) * 24 * 3600 * REC_NS_PER_S;

struct pass {
	const struct rec_normalize_params *params;
	struct rec_normalize_result *result;
	struct rec_recording recording;
	struct rec_scan scan;
	struct rec_input *in; /* until the frame clock takes it over */
	struct rec_cfr *cfr;
	struct rec_letterbox *letterbox;
	struct rec_output *output;
	struct rec_sound_track *track; /* NULL: no sound, or all of it is written */
	int channels;
	float block[BLOCK * MAX_CHANNELS];
	int64_t sample; /* written so far */
	int64_t frames; /* likewise */
	struct rec_progress *progress;
};

/* Where the sound begins, without which the output's zero is not known. */
static int find_sound(struct pass *pass, int64_t *first_ns)
{
	struct rec_input_params params = REC_INPUT_PARAMS(REC_MEDIA_AUDIO);
	struct rec_input *in = NULL;
	int err = rec_recording_input(&pass->recording, params, &in);

	if (err == REC_OK) {
		*first_ns = rec_input_info(in)->first_ns;
		pass->channels = rec_input_info(in)->channels > 1 ? 2 : 1;
		pass->result->has_sound = true;
	}
	rec_input_close(&in);
	return err;
}

static int look(struct pass *pass)
{
	struct rec_normalize_result *result = pass->result;
	struct rec_input_params params = REC_INPUT_PARAMS(REC_MEDIA_VIDEO);
	int64_t sound_ns;
	int err = rec_recording_open(&pass->recording, pass->params->input);

	if (err == REC_OK)
		err = rec_recording_scan(&pass->recording, &pass->scan);
	if (err == REC_OK)
		err = rec_recording_input(&pass->recording, params, &pass->in);
	if (err == REC_ENODATA)
		return rec_report(REC_EINPUT,
		        "cannot normalize '%s': there is no picture in it; rec-pad aligns sound alone",
		        pass->recording.path);
	if (err < 0)
		return err;
	snprintf(result->codec, sizeof(result->codec), "%s", rec_input_info(pass->in)->codec);
	result->zero_ns = sound_ns = rec_input_info(pass->in)->first_ns;
	if (rec_input_info(pass->in)->has_audio && !pass->params->no_audio)
		err = find_sound(pass, &sound_ns);
	if (sound_ns < result->zero_ns)
		result->zero_ns = sound_ns;
	if (pass->params->keep_offset && result->zero_ns > 0)
		result->zero_ns = 0;
	return err == REC_ENODATA ? REC_OK : err;
}

static int check_span(const struct pass *pass)
{
	int64_t span_ns = pass->scan.end_ns - pass->result->zero_ns;

	if (span_ns <= longest_ns)
		return REC_OK;
	return rec_report(REC_EINPUT, "cannot normalize '%s': its stamps span %" PRId64 " days, which is no recording",
	        pass->recording.path, span_ns / longest_ns * 7);
}

/* Rate and size of the output. */
static int settle(struct pass *pass)
{
	struct rec_normalize_result *result = pass->result;
	int err;

	result->fps = pass->params->fps;
	result->size = pass->params->size;
	result->size_from = "option";
	if (result->size.width == 0) {
		result->size = rec_letterbox_size(pass->scan.width ? pass->scan.width : rec_input_info(pass->in)->width,
		        pass->scan.height ? pass->scan.height : rec_input_info(pass->in)->height, pass->scan.sar,
		        rec_input_info(pass->in)->turns);
		result->size_from = pass->scan.told ? "bitstream" : "container";
	}
	err = check_span(pass);
	if (err == REC_OK && pass->params->max_fps.num)
		err = rec_grid_choose(&pass->scan, pass->params->max_fps, &result->fps);
	return err;
}

static int open_picture(struct pass *pass)
{
	struct rec_rate fps = pass->result->fps;
	int64_t place_ns = -pass->result->zero_ns;
	int64_t begin = rec_frame_of_ns(rec_input_info(pass->in)->first_ns + place_ns, fps);
	int64_t end = rec_frame_of_ns(pass->scan.end_ns + place_ns, fps);
	struct rec_cfr_params params = {.fps = fps,
	        .place_ns = place_ns,
	        .end = end > begin ? end : begin + 1, /* one picture is one frame at least */
	        .hold_ns = REC_NS_UNKNOWN,
	        .until_ns = REC_NS_UNKNOWN};
	struct rec_input *in = pass->in;
	uint8_t yuv[3];
	int err;

	if (rec_colour_parse(pass->params->encoding.background, yuv) < 0)
		return rec_report(REC_EUSAGE, "unknown colour '%s' for --background; try black, white or #RRGGBB",
		        pass->params->encoding.background);
	pass->result->frames = params.end;
	err = rec_letterbox_new(&pass->letterbox, pass->result->size, (enum rec_fit)pass->params->encoding.fit, yuv);
	if (err < 0)
		return err;
	pass->in = NULL;
	return rec_cfr_open(&pass->cfr, in, &params);
}

static int open_sound(struct pass *pass)
{
	struct rec_sound_track_params params = {.rate = pass->params->encoding.audio_rate,
	        .channels = pass->channels,
	        .origin = REC_ORIGIN_SESSION,
	        .start_ns = -pass->result->zero_ns};

	if (!pass->result->has_sound)
		return REC_OK;
	return rec_recording_sound(&pass->recording, params, &pass->track);
}

static int open_output(struct pass *pass)
{
	const struct rec_normalize_params *params = pass->params;
	struct rec_video_params video = {pass->result->size.width, pass->result->size.height, pass->result->fps,
	        params->encoding.codec, params->encoding.preset, params->encoding.crf, params->encoding.bitrate, NULL};
	struct rec_audio_params audio = {.rate = params->encoding.audio_rate,
	        .channels = pass->channels,
	        .bitrate = params->encoding.audio_bitrate};
	struct rec_output_params output = {.format = params->format,
	        .no_clobber = params->no_clobber,
	        .video = &video,
	        .audio = pass->result->has_sound ? &audio : NULL,
	        .queue_frames = 2}; /* the encoder is slower than what feeds it */

	return rec_output_open(&pass->output, params->output, &output);
}

/* Sound up to ${until}, exclusive, or to its end, which its stream then knows. */
static int feed_sound(struct pass *pass, int64_t until)
{
	int err = REC_OK;

	while (err == REC_OK && pass->track && pass->sample < until) {
		size_t n = until - pass->sample < BLOCK ? (size_t)(until - pass->sample) : BLOCK;
		int64_t end;

		err = rec_sound_track_read(pass->track, pass->sample, n, pass->block);
		end = rec_sound_track_end(pass->track);
		if (err == REC_OK && end >= 0 && end < pass->sample + (int64_t)n)
			n = end > pass->sample ? (size_t)(end - pass->sample) : 0;
		if (err == REC_OK && n > 0)
			err = rec_output_audio(pass->output, pass->block, n);
		pass->sample += (int64_t)n;
		if (err == REC_ENODATA || (end >= 0 && pass->sample >= end)) {
			rec_sound_track_close(&pass->track, &pass->result->sound);
			err = rec_output_end_audio(pass->output);
		}
	}
	return err;
}

/* One picture on frames up to ${until}, and the sound beside them: what one stream is ahead waits in memory. */
static int put(struct pass *pass, const AVFrame *picture, int turns, int64_t until)
{
	AVFrame *drawn = NULL;
	int err = REC_OK;

	if (pass->frames < until)
		err = rec_letterbox_draw(pass->letterbox, picture, turns, &drawn);
	while (err == REC_OK && pass->frames < until) {
		err = rec_output_video(pass->output, drawn);
		pass->frames++;
		if (err == REC_OK)
			err = feed_sound(pass, rec_samples_of_frames(pass->frames, pass->result->fps,
			                               pass->params->encoding.audio_rate));
		rec_progress_set(pass->progress, rec_ns_of_frame(pass->frames, pass->result->fps));
	}
	av_frame_free(&drawn);
	return err;
}

static int run_picture(struct pass *pass)
{
	const AVFrame *picture;
	struct rec_run run;
	int turns, err;

	while ((err = rec_cfr_next(pass->cfr, &picture, &turns, &run)) == REC_OK) {
		err = put(pass, NULL, 0, run.start);
		if (err == REC_OK)
			err = put(pass, picture, turns, run.end);
		if (err < 0)
			return err;
	}
	if (err != REC_ENODATA)
		return err;
	err = put(pass, NULL, 0, pass->result->frames);
	return err < 0 ? err : rec_output_end_video(pass->output);
}

/* Nothing is lost without a word. */
static int tell_losses(const struct pass *pass)
{
	const struct rec_damage *damage = &pass->result->picture.damage;
	int64_t lost = damage->undecoded + damage->corrupt;
	const char *path = pass->recording.path;
	bool cut = damage->truncated || pass->scan.truncated;

	if (lost > 0)
		rec_warn("'%s': %lld of %lld pictures could not be decoded", path, (long long)lost,
		        (long long)damage->packets);
	if (damage->concealed > 0)
		rec_warn("'%s': %lld pictures are damaged and shown as far as they could be decoded", path,
		        (long long)damage->concealed);
	if (!cut)
		return REC_OK;
	return rec_account_tail(
	        "", path, damage->last_ns - pass->result->zero_ns, pass->params->strict, pass->params->allow_truncated);
}

static int run(struct pass *pass)
{
	int err = look(pass);

	if (err == REC_OK)
		err = settle(pass);
	if (err == REC_OK)
		err = open_picture(pass);
	if (err == REC_OK)
		err = open_sound(pass);
	if (err == REC_OK)
		err = open_output(pass);
	if (err == REC_OK)
		err = rec_progress_begin(&pass->progress, pass->params->progress, "normalizing",
		        rec_ns_of_frame(pass->result->frames, pass->result->fps));
	if (err == REC_OK)
		err = run_picture(pass);
	if (err == REC_OK) /* sound may be longer than the picture */
		err = feed_sound(pass, rec_samples_of_ns(longest_ns, pass->params->encoding.audio_rate));
	rec_cfr_close(&pass->cfr, &pass->result->picture);
	return err == REC_OK ? tell_losses(pass) : err;
}

int rec_normalize_run(const struct rec_normalize_params *params, struct rec_normalize_result *result)
{
	struct pass *pass = calloc(1, sizeof(*pass));
	int64_t start_ns = rec_monotonic_ns();
	int err = REC_ENOMEM;

	if (!pass)
		return err;
	pass->params = params;
	pass->result = result;
	err = run(pass);
	if (err == REC_OK)
		err = rec_output_commit(&pass->output, &result->output);
	rec_output_discard(&pass->output);
	rec_progress_end(&pass->progress);
	rec_input_close(&pass->in);
	rec_sound_track_close(&pass->track, NULL);
	rec_letterbox_free(&pass->letterbox);
	rec_scan_free(&pass->scan);
	rec_recording_close(&pass->recording);
	free(pass);
	result->total_ns = rec_monotonic_ns() - start_ns;
	return err;
}

void rec_normalize_result_free(struct rec_normalize_result *result)
{
	rec_sound_ledger_free(&result->sound);
}
