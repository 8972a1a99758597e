/* SPDX-License-Identifier: MIT */
#include "compose/compose.h"

#include "base/err.h"
#include "base/log.h"
#include "compose/account.h"
#include "compose/soundpass.h"
#include "picture/colour.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { CHANNELS = 2 };
/* a tile's feed starts this long before its first frame, so that the canvas need not wait for it */
static const int64_t LEAD_NS = REC_NS_PER_S;

/* the picture on its way through the windows */
struct pass {
	const struct rec_plan *plan;
	const struct rec_compose_params *params;
	struct rec_compose_result *result;
	struct rec_output *output;
	struct rec_soundpass *sound;
	struct rec_canvas *canvas;
	struct rec_feed **feeds; /* one for each tile; NULL while it is not near */
	bool *stopped;           /* one for each tile: over */
	struct rec_piece *pieces;
	AVFrame *picture; /* on the canvas now */
	sem_t workers;
	struct rec_progress *progress;
};

static int jobs(const struct rec_compose_params *params)
{
	long n = params->jobs > 0 ? params->jobs : sysconf(_SC_NPROCESSORS_ONLN);

	return n > 0 ? (int)n : 1;
}

static int64_t tile_frame(const struct pass *pass, int64_t session_ns)
{
	const struct rec_timeline *timeline = pass->plan->timeline;

	return rec_frame_of_ns(session_ns - timeline->zero_ns, timeline->fps);
}

/* Feeds run while their tile is near or shown: what comes and goes costs nothing before and after. */
static int tend_feeds(struct pass *pass, int64_t frame)
{
	const struct rec_timeline *timeline = pass->plan->timeline;
	int64_t near = rec_frame_of_ns(rec_ns_of_frame(frame, timeline->fps) + LEAD_NS, timeline->fps);

	for (size_t i = 0; i < timeline->ntiles; i++) {
		const struct rec_span *shown = &timeline->tiles[i].shown;
		bool over = tile_frame(pass, shown->end_ns) <= frame;

		if (over && !pass->stopped[i]) {
			rec_feed_stop(&pass->feeds[i]);
			pass->stopped[i] = true;
		} else if (!over && !pass->feeds[i] && tile_frame(pass, shown->start_ns) <= near) {
			struct rec_feed_params params = {
			        pass->plan, i, &pass->params->scene, &pass->workers, pass->result->pictures};
			int err = rec_feed_start(&pass->feeds[i], &params);

			if (err < 0)
				return err;
		}
	}
	return REC_OK;
}

/* What the canvas shows on this frame; drawn only when something changed. */
static int draw(struct pass *pass, const struct rec_window *window, int64_t frame)
{
	bool changed = !pass->picture || frame == window->start_frame;
	int64_t start_ns;
	AVFrame *drawn = NULL;
	int err = REC_OK;

	for (size_t k = 0; k < window->ntiles && err == REC_OK; k++)
		err = rec_feed_at(pass->feeds[window->tiles[k]], frame, &pass->pieces[k], &changed);
	if (err < 0 || !changed)
		return err;
	start_ns = rec_monotonic_ns();
	err = rec_canvas_draw(pass->canvas, pass->pieces, window->ntiles, &drawn);
	pass->result->draw_ns += rec_monotonic_ns() - start_ns;
	if (err == REC_OK) {
		av_frame_free(&pass->picture);
		pass->picture = drawn;
	}
	return err;
}

static int run_window(struct pass *pass, const struct rec_window *window)
{
	struct rec_rate fps = pass->plan->timeline->fps;
	int err = REC_OK;

	for (int64_t frame = window->start_frame; frame < window->end_frame && err == REC_OK; frame++) {
		/* joins and leaves lie on window edges; what nears is looked for twice a second */
		if (frame == window->start_frame || frame % (1 + fps.num / fps.den / 2) == 0)
			err = tend_feeds(pass, frame);
		if (err == REC_OK)
			err = draw(pass, window, frame);
		if (err == REC_OK)
			err = rec_output_video(pass->output, pass->picture);
		if (err == REC_OK && pass->sound)
			err = rec_soundpass_failed(pass->sound);
		rec_soundpass_meet(pass->sound, rec_ns_of_frame(frame + 1, fps));
		rec_progress_set(pass->progress, rec_ns_of_frame(frame + 1, fps));
	}
	return err;
}

static int run_picture(struct pass *pass)
{
	const struct rec_timeline *timeline = pass->plan->timeline;
	int err = REC_OK;

	for (size_t i = 0; i < timeline->nwindows && err == REC_OK; i++)
		err = run_window(pass, &timeline->windows[i]);
	return err == REC_OK ? rec_output_end_video(pass->output) : err;
}

static int parse_background(const struct rec_compose_params *params, uint8_t yuv[3])
{
	if (rec_colour_parse(params->background, yuv) < 0)
		return rec_report(REC_EUSAGE, "unknown colour '%s' for --background; try black, white or #RRGGBB",
		        params->background);
	return REC_OK;
}

static int prepare_picture(struct pass *pass)
{
	const struct rec_timeline *timeline = pass->plan->timeline;
	uint8_t yuv[3];
	int err = parse_background(pass->params, yuv);

	if (err < 0)
		return err;
	pass->feeds = calloc(timeline->ntiles + 1, sizeof(struct rec_feed *));
	pass->stopped = calloc(timeline->ntiles + 1, sizeof(bool));
	pass->pieces = calloc(timeline->ntiles + 1, sizeof(*pass->pieces));
	if (!pass->feeds || !pass->stopped || !pass->pieces)
		return REC_ENOMEM;
	return rec_canvas_new(&pass->canvas, pass->params->scene.width, pass->params->scene.height, yuv);
}

/* what the output is made of */
struct made {
	struct rec_video_params video;
	struct rec_audio_params audio;
	struct rec_output_params output;
};

static void describe_output(struct made *made, const struct rec_plan *plan, const struct rec_compose_params *params)
{
	const char *format = rec_output_format(params->output, params->format);
	bool picture = !format || rec_output_format_has(format, true);

	made->video = (struct rec_video_params){params->scene.width, params->scene.height, plan->timeline->fps,
	        params->codec, params->preset, params->crf, params->bitrate, NULL};
	made->audio = (struct rec_audio_params){
	        .rate = params->audio_rate, .channels = CHANNELS, .bitrate = params->audio_bitrate};
	made->output = (struct rec_output_params){.format = params->format,
	        .no_clobber = params->no_clobber,
	        .video = picture ? &made->video : NULL,
	        .audio = !params->no_audio && rec_plan_has(plan, REC_AUDIO) ? &made->audio : NULL};
}

int rec_compose_check(const struct rec_plan *plan, const struct rec_compose_params *params)
{
	struct made made;
	uint8_t yuv[3];
	int err = REC_OK;

	describe_output(&made, plan, params);
	if (!rec_output_format(params->output, params->format)) /* of a dry run, which need not say */
		made.output.format = "mp4";
	if (made.output.video)
		err = parse_background(params, yuv);
	return err < 0 ? err : rec_output_check(params->output, &made.output);
}

static void tell_output(const struct made *made, const char *output)
{
	const struct rec_video_params *video = made->output.video;
	char rate[48];

	if (video && video->bitrate > 0)
		snprintf(rate, sizeof(rate), "%" PRId64 " bits a second", video->bitrate);
	else if (video)
		snprintf(rate, sizeof(rate), "crf %g", video->crf);
	if (video)
		rec_info("'%s': picture %dx%d at %" PRId64 "/%" PRId64 " a second, %s, preset %s, %s", output,
		        video->width, video->height, video->fps.num, video->fps.den,
		        video->codec ? video->codec : "default codec", video->preset ? video->preset : "fast", rate);
	if (made->output.audio)
		rec_info("'%s': sound %d Hz, %d channels, %" PRId64 " bits a second", output, made->audio.rate,
		        made->audio.channels, made->audio.bitrate);
}

static int open_output(struct pass *pass)
{
	struct made made;

	describe_output(&made, pass->plan, pass->params);
	tell_output(&made, pass->params->output);
	return rec_output_open(&pass->output, pass->params->output, &made.output);
}

static int start_sound(struct pass *pass, bool picture)
{
	struct rec_soundpass_params params = {.plan = pass->plan,
	        .output = pass->output,
	        .rate = pass->params->audio_rate,
	        .channels = CHANNELS,
	        .jobs = jobs(pass->params),
	        .follows = picture,
	        .ledgers = pass->result->sounds};

	return rec_soundpass_start(&pass->sound, &params);
}

/* A file without its tail is used as far as it goes; people are told, --strict refuses, and so is a remote one. */
static int check_tails(const struct pass *pass)
{
	const struct rec_session *session = pass->plan->session;
	int err = REC_OK;

	for (size_t i = 0; i < session->ntracks; i++) {
		const struct rec_track *track = &session->tracks[i];
		const struct rec_damage *damage =
		        track->kind == REC_VIDEO ? &pass->result->pictures[i].damage : &pass->result->sounds[i].damage;

		if (!pass->plan->tracks[i].used || !damage->truncated)
			continue;
		pass->result->truncated++;
		int said = rec_account_tail("", track->path,
		        rec_ns_add(damage->last_ns, -rec_ns_add(pass->plan->tracks[i].first_ns, 0)),
		        pass->params->strict, pass->params->allow_truncated);
		err = err == REC_OK ? said : err;
	}
	return err;
}

static int run(struct pass *pass, bool picture, bool sound)
{
	int64_t length_ns = pass->plan->timeline->duration_ns;
	int err = picture ? prepare_picture(pass) : REC_OK, sound_err;

	if (err == REC_OK)
		err = open_output(pass);
	if (err == REC_OK)
		err = rec_progress_begin(&pass->progress, pass->params->progress, "composing", length_ns);
	if (err == REC_OK && sound)
		err = start_sound(pass, picture);
	if (err == REC_OK && picture)
		err = run_picture(pass);
	if (err < 0) /* wakes the mixer where it waits for its encoder */
		rec_output_cancel(pass->output, err);
	sound_err = rec_soundpass_stop(&pass->sound, err < 0, &pass->result->limited_db, &pass->result->sound_ns);
	return err < 0 ? err : sound_err;
}

static void stop_feeds(struct pass *pass)
{
	for (size_t i = 0; pass->feeds && i < pass->plan->timeline->ntiles; i++)
		rec_feed_stop(&pass->feeds[i]);
}

static void clean_up(struct pass *pass)
{
	stop_feeds(pass);
	rec_output_discard(&pass->output);
	rec_progress_end(&pass->progress);
	rec_canvas_free(&pass->canvas);
	av_frame_free(&pass->picture);
	free(pass->feeds);
	free(pass->stopped);
	free(pass->pieces);
	sem_destroy(&pass->workers);
}

int rec_compose_run(
        const struct rec_plan *plan, const struct rec_compose_params *params, struct rec_compose_result *result)
{
	const char *format = rec_output_format(params->output, params->format);
	bool picture = !format || rec_output_format_has(format, true);
	struct pass pass = {.plan = plan, .params = params, .result = result};
	int64_t start_ns = rec_monotonic_ns();
	int err = REC_ENOMEM;

	if (sem_init(&pass.workers, 0, (unsigned)jobs(params)) != 0)
		return REC_EIO;
	result->rate = params->audio_rate;
	result->pictures = calloc(plan->session->ntracks + 1, sizeof(*result->pictures));
	result->sounds = calloc(plan->session->ntracks + 1, sizeof(*result->sounds));
	if (result->pictures && result->sounds)
		err = run(&pass, picture, !params->no_audio && rec_plan_has(plan, REC_AUDIO));
	stop_feeds(&pass);
	if (err == REC_OK)
		err = check_tails(&pass);
	if (err == REC_OK)
		err = rec_output_commit(&pass.output, &result->output);
	if (err == REC_OK)
		rec_info("'%s': %" PRId64 " bytes, encoded by %s%s%s", params->output, result->output.bytes,
		        result->output.video_codec ? result->output.video_codec : "",
		        result->output.video_codec && result->output.audio_codec ? " and " : "",
		        result->output.audio_codec ? result->output.audio_codec : "");
	clean_up(&pass);
	result->total_ns = rec_monotonic_ns() - start_ns;
	return err;
}

void rec_compose_result_free(const struct rec_plan *plan, struct rec_compose_result *result)
{
	for (size_t i = 0; result->sounds && i < plan->session->ntracks; i++)
		rec_sound_ledger_free(&result->sounds[i]);
	free(result->sounds);
	free(result->pictures);
	result->sounds = NULL;
	result->pictures = NULL;
}
