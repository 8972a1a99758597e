/* SPDX-License-Identifier: MIT */
/* The plan and the result in words and JSON. */
#include "base/err.h"
#include "base/log.h"
#include "base/num.h"
#include "compose/account.h"
#include "compose/compose.h"

#include <inttypes.h>
#include <stdio.h>

static const char *kind_name(const struct rec_track *track)
{
	return track->kind == REC_AUDIO ? "audio" : "video";
}

static const char *participant_name(const struct rec_plan *plan, size_t participant)
{
	return plan->session->participants[participant].name;
}

void rec_plan_windows_json(const struct rec_plan *plan, struct rec_json *json)
{
	const struct rec_timeline *timeline = plan->timeline;

	rec_json_array(json, "windows");
	for (size_t i = 0; i < timeline->nwindows; i++) {
		const struct rec_window *window = &timeline->windows[i];

		rec_json_object(json, NULL);
		rec_json_seconds(json, "start_s", rec_ns_of_frame(window->start_frame, timeline->fps));
		rec_json_seconds(json, "end_s", rec_ns_of_frame(window->end_frame, timeline->fps));
		rec_json_int(json, "start_frame", window->start_frame);
		rec_json_int(json, "end_frame", window->end_frame);
		rec_json_array(json, "participants");
		for (size_t k = 0; k < window->npresent; k++)
			rec_json_str(json, NULL, participant_name(plan, window->present[k]));
		rec_json_end_array(json);
		rec_json_array(json, "tiles");
		for (size_t k = 0; k < window->ntiles; k++)
			rec_json_str(json, NULL, timeline->tiles[window->tiles[k]].name);
		rec_json_end_array(json);
		rec_json_end_object(json);
	}
	rec_json_end_array(json);
}

/* what is known of a track before the pass */
static void track_json(const struct rec_plan *plan, size_t i, struct rec_json *json)
{
	const struct rec_track *track = &plan->session->tracks[i];
	const struct rec_plan_track *found = &plan->tracks[i];

	rec_json_str(json, "participant", participant_name(plan, track->participant));
	rec_json_str(json, "kind", kind_name(track));
	rec_json_str(json, "source", track->source == REC_SCREEN ? "screen" : "camera");
	rec_json_str(json, "path", track->path);
	rec_json_str(json, "entry", track->entry);
	rec_json_bool(json, "used", found->used);
	rec_json_bool(json, "left_out", found->left_out);
	rec_json_str(json, "origin", track->origin == REC_ORIGIN_SESSION ? "session" : "track");
	rec_json_seconds(json, "said_start_s", track->start_ns);
	if (track->cuts.n > 0)
		rec_json_seconds(json, "put_back_s", rec_cuts_before(&track->cuts, INT64_MAX));
	if (!found->used)
		return;
	rec_json_str(json, "codec", found->codec);
	rec_json_seconds(json, "first_stamp_s", found->first_ns);
	rec_json_seconds(json, "offset_s", found->place_ns); /* added to a stamp, gives output time */
	if (track->kind == REC_VIDEO) {
		rec_json_int(json, "width", found->width);
		rec_json_int(json, "height", found->height);
	} else {
		rec_json_int(json, "rate", found->rate);
		rec_json_int(json, "channels", found->channels);
	}
}

void rec_plan_inputs_json(const struct rec_plan *plan, struct rec_json *json)
{
	rec_json_array(json, "inputs");
	for (size_t i = 0; i < plan->session->ntracks; i++) {
		rec_json_object(json, NULL);
		track_json(plan, i, json);
		rec_json_end_object(json);
	}
	rec_json_end_array(json);
}

static void timings_json(const struct rec_plan *plan, const struct rec_compose_result *result, struct rec_json *json)
{
	int64_t picture_ns = 0;

	for (size_t i = 0; i < plan->session->ntracks; i++)
		picture_ns += result->pictures[i].work_ns;
	rec_json_object(json, "timings");
	rec_json_real(json, "decode_scale_s", (double)picture_ns / 1e9, 3);
	rec_json_real(json, "draw_s", (double)result->draw_ns / 1e9, 3);
	rec_json_real(json, "video_encode_s", (double)result->output.video_encode_ns / 1e9, 3);
	rec_json_real(json, "sound_s", (double)result->sound_ns / 1e9, 3);
	rec_json_real(json, "audio_encode_s", (double)result->output.audio_encode_ns / 1e9, 3);
	rec_json_real(json, "total_s", (double)result->total_ns / 1e9, 3);
	rec_json_end_object(json);
}

void rec_compose_result_json(
        const struct rec_plan *plan, const struct rec_compose_result *result, struct rec_json *json)
{
	rec_json_array(json, "inputs");
	for (size_t i = 0; i < plan->session->ntracks; i++) {
		rec_json_object(json, NULL);
		track_json(plan, i, json);
		if (plan->tracks[i].used && plan->session->tracks[i].kind == REC_VIDEO)
			rec_account_picture_json(&result->pictures[i], plan->timeline->fps, json);
		else if (plan->tracks[i].used)
			rec_account_sound_json(&result->sounds[i], result->rate, json);
		rec_json_end_object(json);
	}
	rec_json_end_array(json);
	rec_json_real(json, "limited_db", result->limited_db, 2);
	timings_json(plan, result, json);
}

static void print_window(const struct rec_plan *plan, const struct rec_window *window, struct rec_buf *text)
{
	const struct rec_timeline *timeline = plan->timeline;

	rec_buf_puts(text, "  ");
	rec_format_clock(text, rec_ns_of_frame(window->start_frame, timeline->fps));
	rec_buf_puts(text, " - ");
	rec_format_clock(text, rec_ns_of_frame(window->end_frame, timeline->fps));
	rec_buf_printf(text, "  %" PRId64 " frames, ", window->end_frame - window->start_frame);
	rec_account_tiles(timeline, plan->session, window, text);
	rec_buf_puts(text, "\n");
}

/* not escaped yet */
static void describe_track(const struct rec_plan *plan, size_t i, struct rec_buf *text)
{
	const struct rec_track *track = &plan->session->tracks[i];
	const struct rec_plan_track *found = &plan->tracks[i];

	rec_buf_printf(text, "%s %s '%s'", participant_name(plan, track->participant), kind_name(track), track->path);
	if (!found->used) {
		rec_buf_puts(text, found->left_out ? ": left out" : ": not wanted");
		return;
	}
	rec_buf_printf(text, ": %s", found->codec);
	if (track->kind == REC_VIDEO)
		rec_buf_printf(text, " %dx%d", found->width, found->height);
	else
		rec_buf_printf(
		        text, " %d Hz, %d channel%s", found->rate, found->channels, found->channels == 1 ? "" : "s");
	rec_buf_puts(text, ", first stamp ");
	rec_format_seconds(text, found->first_ns, 3);
	rec_buf_printf(text, " s, %s clock, stands at ", track->origin == REC_ORIGIN_SESSION ? "session" : "track");
	rec_format_seconds(text, found->first_ns + found->place_ns, 3);
	rec_buf_puts(text, " s");
	if (track->origin == REC_ORIGIN_SESSION && track->start_ns != found->first_ns && track->start_ns > 0) {
		rec_buf_puts(text, ", said to begin at ");
		rec_format_seconds(text, track->start_ns, 3);
		rec_buf_puts(text, " s on that clock: ");
		rec_format_seconds(text, found->first_ns - track->start_ns, 3);
		rec_buf_puts(text, " s apart");
	}
	if (track->cuts.n > 0) {
		rec_buf_puts(text, ", ");
		rec_format_seconds(text, rec_cuts_before(&track->cuts, INT64_MAX), 3);
		rec_buf_printf(text, " s put back at %zu pauses", track->cuts.n);
	}
}

static void print_track(const struct rec_plan *plan, size_t i, struct rec_buf *text)
{
	struct rec_buf line = REC_BUF_INIT;

	describe_track(plan, i, &line);
	rec_buf_puts(text, "  ");
	rec_escape(text, rec_buf_str(&line));
	rec_buf_puts(text, "\n");
	text->failed |= line.failed;
	rec_buf_free(&line);
}

void rec_plan_tell(const struct rec_plan *plan)
{
	const struct rec_timeline *timeline = plan->timeline;

	if (rec_log_level() < REC_INFO)
		return;
	rec_info("'%s', read as %s: %zu participants, %zu tracks, clock decided by %s", plan->session->id,
	        plan->session->from, plan->session->nparticipants, plan->session->ntracks,
	        plan->session->origin_why ? plan->session->origin_why : "the command line");
	for (size_t i = 0; i < plan->session->ntracks; i++) {
		struct rec_buf line = REC_BUF_INIT;

		describe_track(plan, i, &line);
		if (plan->tracks[i].used)
			rec_buf_printf(&line, ", decoder %s", plan->tracks[i].decoder);
		rec_info("%s", rec_buf_str(&line));
		rec_buf_free(&line);
	}
	rec_info("%zu windows, %zu tiles, %" PRId64 " frames", timeline->nwindows, timeline->ntiles, timeline->nframes);
}

int rec_plan_print(const struct rec_plan *plan)
{
	const struct rec_timeline *timeline = plan->timeline;
	struct rec_buf text = REC_BUF_INIT;
	int err;

	rec_escape(&text, plan->session->id);
	rec_buf_printf(&text, ": %" PRId64 " frames, ", timeline->nframes);
	rec_format_clock(&text, timeline->duration_ns);
	rec_buf_printf(&text, "\nwindows (%zu)\n", timeline->nwindows);
	for (size_t i = 0; i < timeline->nwindows; i++)
		print_window(plan, &timeline->windows[i], &text);
	rec_buf_printf(&text, "inputs (%zu), read as %s", plan->session->ntracks, plan->session->from);
	if (plan->session->origin_why) {
		rec_buf_puts(&text, "; clock decided by ");
		rec_escape(&text, plan->session->origin_why);
	}
	rec_buf_puts(&text, "\n");
	for (size_t i = 0; i < plan->session->ntracks; i++)
		print_track(plan, i, &text);
	err = text.failed ? REC_ENOMEM : rec_print(rec_buf_str(&text));
	rec_buf_free(&text);
	return err;
}
