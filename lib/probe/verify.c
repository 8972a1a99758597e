/* SPDX-License-Identifier: MIT */
#include "probe/verify.h"

#include "base/err.h"
#include "base/log.h"
#include "base/num.h"
#include "media/input.h"
#include "sound/loudness.h"
#include "sound/resample.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* video range: 16 is black; what encoders and noise add */
static const int black_luma = 24;

struct checking {
	struct rec_verify *verify;
	const struct rec_verify_params *params;
	const struct rec_timeline *timeline; /* NULL: no session */
	const char *path;
	/* pictures */
	AVFrame *before;
	int64_t prev_ns;
	int64_t first_step_ns;
	int64_t tick_ns;
	int64_t uneven;    /* steps that are not the first */
	int64_t uneven_ns; /* where the first of these is */
	int64_t backward;
	int64_t black_from; /* -1: not black */
	int64_t frozen_from;
	int64_t black_at; /* where the longest run begins */
	int64_t frozen_at;
	size_t window;
	/* sound */
	struct rec_loudness *loudness;
	struct rec_resample *resample;
	int64_t holes;
	int64_t hole_ns;
};

static int add_fault(struct rec_verify *verify, struct rec_buf *text)
{
	char **grown = reallocarray(verify->faults, verify->nfaults + 1, sizeof(*grown));

	if (grown)
		verify->faults = grown;
	if (!grown || !(grown[verify->nfaults] = rec_buf_steal(text))) {
		rec_buf_free(text);
		return REC_ENOMEM;
	}
	verify->nfaults++;
	return REC_OK;
}

/* a fault of a text, then a time, then a text; ${ns} REC_NS_UNKNOWN: no time */
static int fault(struct checking *c, const char *before, int64_t ns, const char *after)
{
	struct rec_buf text = REC_BUF_INIT;

	rec_buf_puts(&text, before);
	if (ns != REC_NS_UNKNOWN) {
		rec_buf_puts(&text, " ");
		rec_format_seconds(&text, ns, 6);
		rec_buf_puts(&text, " s");
	}
	rec_buf_puts(&text, after);
	return add_fault(c->verify, &text);
}

static int64_t end_of_frame(const struct checking *c)
{
	return c->prev_ns + (c->first_step_ns > 0 ? c->first_step_ns : 0);
}

/* luma alone, every fourth row and column: black for people */
static bool is_black(const AVFrame *frame)
{
	for (int y = 0; y < frame->height; y += 4) {
		const uint8_t *row = frame->data[0] + (ptrdiff_t)y * frame->linesize[0];
		for (int x = 0; x < frame->width; x += 4) {
			if (row[x] > black_luma)
				return false;
		}
	}
	return true;
}

static bool is_same(const AVFrame *a, const AVFrame *b)
{
	if (!a->data[0] || a->width != b->width || a->height != b->height || a->format != b->format)
		return false;
	for (int y = 0; y < a->height; y++) {
		if (memcmp(a->data[0] + (ptrdiff_t)y * a->linesize[0], b->data[0] + (ptrdiff_t)y * b->linesize[0],
		            (size_t)a->width) != 0)
			return false;
	}
	return true;
}

static bool has_luma(const AVFrame *frame)
{
	return frame->format == AV_PIX_FMT_YUV420P || frame->format == AV_PIX_FMT_YUVJ420P ||
	       frame->format == AV_PIX_FMT_YUV422P || frame->format == AV_PIX_FMT_YUV444P ||
	       frame->format == AV_PIX_FMT_NV12;
}

/* whether the session has anything to show at this moment */
static bool is_shown(struct checking *c, int64_t ns)
{
	const struct rec_timeline *timeline = c->timeline;

	if (!timeline)
		return true;
	while (c->window + 1 < timeline->nwindows &&
	        rec_ns_of_frame(timeline->windows[c->window].end_frame, timeline->fps) <= ns)
		c->window++;
	return c->window < timeline->nwindows && timeline->windows[c->window].ntiles > 0;
}

static void run_ends(int64_t *from, int64_t at, int64_t *longest, int64_t *longest_at)
{
	if (*from >= 0 && at - *from > *longest) {
		*longest = at - *from;
		*longest_at = *from;
	}
	*from = -1;
}

static void look_at_runs(struct checking *c, const AVFrame *frame, int64_t ns)
{
	bool shown = is_shown(c, ns);

	if (!has_luma(frame))
		return;
	if (!shown || !is_black(frame))
		run_ends(&c->black_from, ns, &c->verify->black_ns, &c->black_at);
	else if (c->black_from < 0)
		c->black_from = ns;
	if (!shown || !is_same(c->before, frame))
		run_ends(&c->frozen_from, ns, &c->verify->frozen_ns, &c->frozen_at);
	if (shown && c->frozen_from < 0)
		c->frozen_from = ns;
}

static void look_at_stamp(struct checking *c, int64_t ns)
{
	int64_t step_ns = c->prev_ns == REC_NS_UNKNOWN ? 0 : ns - c->prev_ns;

	if (c->prev_ns == REC_NS_UNKNOWN) {
		c->verify->video_start_ns = ns;
	} else if (step_ns <= 0) {
		c->backward++;
	} else if (c->first_step_ns == 0) {
		c->first_step_ns = step_ns;
	} else if (llabs(step_ns - c->first_step_ns) > 2 * c->tick_ns) {
		if (c->uneven++ == 0)
			c->uneven_ns = ns;
	}
	c->prev_ns = ns;
	c->verify->frames++;
}

static int watch(struct checking *c)
{
	struct rec_input_params params = REC_INPUT_PARAMS(REC_MEDIA_VIDEO);
	struct rec_input *in = NULL;
	AVFrame *frame = av_frame_alloc();
	int64_t ns;
	int r = rec_input_open(&in, c->path, &params);

	if (r == REC_OK && !frame)
		r = REC_ENOMEM;
	c->verify->has_video = r == REC_OK;
	if (r == REC_OK)
		c->tick_ns = rec_input_info(in)->tick_ns;
	while (r == REC_OK && (r = rec_input_read(in, frame, &ns)) == REC_OK) {
		look_at_stamp(c, ns);
		look_at_runs(c, frame, ns);
		av_frame_unref(c->before);
		av_frame_move_ref(c->before, frame);
	}
	if (c->verify->has_video) {
		c->verify->video_end_ns = end_of_frame(c);
		run_ends(&c->black_from, end_of_frame(c), &c->verify->black_ns, &c->black_at);
		run_ends(&c->frozen_from, end_of_frame(c), &c->verify->frozen_ns, &c->frozen_at);
	}
	av_frame_free(&frame);
	rec_input_close(&in);
	return r == REC_ENODATA ? REC_OK : r;
}

static int open_ears(struct checking *c, const AVFrame *frame)
{
	const struct rec_resample_params params = {frame->sample_rate, frame->ch_layout.nb_channels, false};
	int r = rec_resample_new(&c->resample, frame, &params);

	c->verify->rate = frame->sample_rate;
	return r < 0 ? r : rec_loudness_new(&c->loudness, frame->sample_rate, frame->ch_layout.nb_channels);
}

static int hear(struct checking *c, const AVFrame *frame, int64_t ns)
{
	float *pcm = NULL;
	size_t n = 0;
	int64_t expected_ns = c->verify->audio_start_ns + rec_ns_of_samples(c->verify->samples, c->verify->rate);
	int r = rec_resample_run(c->resample, frame, &pcm, &n);

	if (llabs(ns - expected_ns) > 2 * c->tick_ns + REC_NS_PER_MS && c->holes++ == 0)
		c->hole_ns = ns;
	for (size_t i = 0; r == REC_OK && i < n * (size_t)frame->ch_layout.nb_channels; i++)
		c->verify->clipped += fabsf(pcm[i]) > 1.0f;
	c->verify->samples += frame->nb_samples;
	c->verify->audio_end_ns = ns + rec_ns_of_samples(frame->nb_samples, c->verify->rate);
	return r < 0 ? r : rec_loudness_add(c->loudness, pcm, n);
}

static int listen(struct checking *c)
{
	struct rec_input_params params = REC_INPUT_PARAMS(REC_MEDIA_AUDIO);
	struct rec_level_figures figures = {-INFINITY, -INFINITY, -INFINITY};
	struct rec_input *in = NULL;
	AVFrame *frame = av_frame_alloc();
	int64_t ns;
	int r = rec_input_open(&in, c->path, &params);

	if (r == REC_OK && !frame)
		r = REC_ENOMEM;
	c->verify->has_audio = r == REC_OK;
	if (r == REC_OK)
		c->tick_ns = rec_input_info(in)->tick_ns;
	while (r == REC_OK && (r = rec_input_read(in, frame, &ns)) == REC_OK) {
		if (!c->resample) {
			c->verify->audio_start_ns = ns;
			r = open_ears(c, frame);
		}
		if (r == REC_OK && !rec_resample_fits(c->resample, frame))
			r = rec_report(
			        REC_EINPUT, "cannot verify '%s': its sound changes its format on the way", c->path);
		if (r == REC_OK)
			r = hear(c, frame, ns);
		av_frame_unref(frame);
	}
	if (c->loudness)
		rec_loudness_get(c->loudness, &figures);
	c->verify->lufs = figures.lufs;
	c->verify->peak_dbfs = figures.peak_dbfs;
	c->verify->true_peak_dbtp = figures.true_peak_dbtp;
	av_frame_free(&frame);
	rec_input_close(&in);
	if (r == REC_EINVAL)
		return rec_report(REC_EINPUT, "cannot verify '%s': its sample format is unknown", c->path);
	return r == REC_ENODATA ? REC_OK : r;
}

/* the rate that the steps say, exact where it is one of the usual ones */
static struct rec_rate rate_of(int64_t frames, int64_t length_ns)
{
	static const struct rec_rate usual[] = {{24, 1}, {25, 1}, {30, 1}, {50, 1}, {60, 1}, {15, 1}, {10, 1}, {12, 1},
	        {20, 1}, {24000, 1001}, {30000, 1001}, {60000, 1001}};

	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
		if (llabs(rec_ns_of_frame(frames, usual[i]) - length_ns) <= REC_NS_PER_MS)
			return usual[i];
	}
	return (struct rec_rate){rec_rescale(frames, 1000 * REC_NS_PER_S, length_ns > 0 ? length_ns : 1), 1000};
}

static int judge_picture(struct checking *c)
{
	struct rec_verify *v = c->verify;
	int r = REC_OK;

	if (!v->has_video)
		return REC_OK;
	if (v->frames > 1 && c->uneven == 0 && c->backward == 0)
		v->fps = rate_of(v->frames - 1, c->prev_ns - v->video_start_ns);
	if (c->backward > 0)
		r = fault(c, "stamps of the picture do not rise", REC_NS_UNKNOWN, "");
	if (r == REC_OK && c->uneven > 0)
		r = fault(c, "the frame rate is not constant: it changes at", c->uneven_ns, "");
	if (r == REC_OK && llabs(v->video_start_ns) > REC_NS_PER_MS)
		r = fault(c, "the picture starts at", v->video_start_ns, ", not at 0");
	if (r == REC_OK && c->params->black_ns > 0 && v->black_ns >= c->params->black_ns)
		r = fault(c, "the picture is black from", c->black_at, " on, for too long");
	if (r == REC_OK && c->params->frozen_ns > 0 && v->frozen_ns >= c->params->frozen_ns)
		r = fault(c, "the picture is frozen from", c->frozen_at, " on, for too long");
	return r;
}

static int judge_sound(struct checking *c)
{
	struct rec_verify *v = c->verify;
	int64_t frame_ns = c->first_step_ns > 0 ? c->first_step_ns : REC_NS_PER_S / 30;
	int r = REC_OK;

	if (!v->has_audio)
		return REC_OK;
	if (llabs(v->audio_start_ns) > REC_NS_PER_MS)
		r = fault(c, "the sound starts at", v->audio_start_ns, ", not at 0");
	if (r == REC_OK && c->holes > 0)
		r = fault(c, "the samples do not follow each other: one is missing or too many at", c->hole_ns, "");
	if (r == REC_OK && v->has_video && llabs(v->audio_end_ns - v->video_end_ns) > frame_ns)
		r = fault(c, "picture and sound end more than a frame apart: the sound ends by",
		        v->audio_end_ns - v->video_end_ns, " later");
	if (r == REC_OK && v->clipped > 0)
		r = fault(c, "the sound clips: samples beyond full scale", REC_NS_UNKNOWN, "");
	return r;
}

static bool session_has(const struct rec_session *session, enum rec_kind kind)
{
	for (size_t i = 0; i < session->ntracks; i++) {
		if (session->tracks[i].kind == kind)
			return true;
	}
	return false;
}

static int judge_session(struct checking *c, const struct rec_session *session)
{
	struct rec_verify *v = c->verify;
	int64_t length_ns = session->end_ns - session->first_ns;
	int64_t frame_ns = c->first_step_ns > 0 ? c->first_step_ns : REC_NS_PER_MS;
	int r = REC_OK;

	if (session_has(session, REC_VIDEO) && !v->has_video && v->has_audio)
		frame_ns = REC_NS_PER_S / 10; /* a mix: lossy codecs end on their own frames */
	if (session_has(session, REC_AUDIO) && !v->has_audio)
		r = fault(c, "there is no sound in it, though the session has some", REC_NS_UNKNOWN, "");
	if (r == REC_OK && session_has(session, REC_AUDIO) && v->has_audio && isinf(v->lufs))
		r = fault(c, "the sound is silent throughout", REC_NS_UNKNOWN, "");
	if (r == REC_OK && v->has_video && llabs(v->video_end_ns - length_ns) > frame_ns)
		r = fault(c, "the picture's length differs from the session's by", v->video_end_ns - length_ns, "");
	if (r == REC_OK && v->has_audio && llabs(v->audio_end_ns - length_ns) > frame_ns)
		r = fault(c, "the sound's length differs from the session's by", v->audio_end_ns - length_ns, "");
	return r;
}

static int check_all(struct checking *c, const struct rec_session *session)
{
	int r;

	if ((r = watch(c)) < 0 || (r = listen(c)) < 0)
		return r;
	if (!c->verify->has_video && !c->verify->has_audio)
		return rec_report(REC_EINPUT, "cannot verify '%s': no audio or video stream in it", c->path);
	if ((r = judge_picture(c)) < 0 || (r = judge_sound(c)) < 0)
		return r;
	return session ? judge_session(c, session) : REC_OK;
}

int rec_verify_file(struct rec_verify *verify, const char *path, const struct rec_session *session,
        const struct rec_verify_params *params)
{
	struct rec_timeline_params windows = REC_TIMELINE_PARAMS;
	struct rec_timeline *timeline = NULL;
	struct checking c = {.verify = verify,
	        .params = params,
	        .path = path,
	        .prev_ns = REC_NS_UNKNOWN,
	        .black_from = -1,
	        .frozen_from = -1,
	        .before = av_frame_alloc()};
	int r = c.before ? REC_OK : REC_ENOMEM;

	*verify = (struct rec_verify){.lufs = -INFINITY, .peak_dbfs = -INFINITY, .true_peak_dbtp = -INFINITY};
	if (r == REC_OK && session)
		r = rec_timeline_new(&timeline, session, &windows);
	c.timeline = timeline;
	if (r == REC_OK)
		r = check_all(&c, session);
	av_frame_free(&c.before);
	rec_loudness_free(&c.loudness);
	rec_resample_free(&c.resample);
	rec_timeline_free(&timeline);
	if (r < 0)
		rec_verify_free(verify);
	return r;
}

void rec_verify_json(const struct rec_verify *verify, struct rec_json *json)
{
	rec_json_bool(json, "ok", verify->nfaults == 0);
	if (verify->has_video) {
		rec_json_object(json, "video");
		rec_json_int(json, "frames", verify->frames);
		rec_json_real(
		        json, "fps", verify->fps.num ? (double)verify->fps.num / (double)verify->fps.den : NAN, 3);
		rec_json_seconds(json, "start_s", verify->video_start_ns);
		rec_json_seconds(json, "end_s", verify->video_end_ns);
		rec_json_seconds(json, "longest_black_s", verify->black_ns);
		rec_json_seconds(json, "longest_frozen_s", verify->frozen_ns);
		rec_json_end_object(json);
	}
	if (verify->has_audio) {
		rec_json_object(json, "audio");
		rec_json_int(json, "samples", verify->samples);
		rec_json_int(json, "rate", verify->rate);
		rec_json_seconds(json, "start_s", verify->audio_start_ns);
		rec_json_seconds(json, "end_s", verify->audio_end_ns);
		rec_json_real(json, "lufs", verify->lufs, 2);
		rec_json_real(json, "peak_dbfs", verify->peak_dbfs, 2);
		rec_json_real(json, "true_peak_dbtp", verify->true_peak_dbtp, 2);
		rec_json_int(json, "clipped_samples", verify->clipped);
		rec_json_end_object(json);
	}
	rec_json_array(json, "faults");
	for (size_t i = 0; i < verify->nfaults; i++)
		rec_json_str(json, NULL, verify->faults[i]);
	rec_json_end_array(json);
}

void rec_verify_free(struct rec_verify *verify)
{
	for (size_t i = 0; i < verify->nfaults; i++)
		free(verify->faults[i]);
	free(verify->faults);
	verify->faults = NULL;
	verify->nfaults = 0;
}
