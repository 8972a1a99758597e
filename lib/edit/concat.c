/* SPDX-License-Identifier: MIT */
#include "edit/concat.h"

#include "base/err.h"
#include "base/log.h"
#include "edit/concatsound.h"
#include "media/cutter.h"
#include "media/joinable.h"
#include "media/joiner.h"
#include "picture/colour.h"
#include "picture/frameclock.h"

#include <stdlib.h>
#include <string.h>

struct pass {
	const struct rec_concat_params *params;
	struct rec_concat_result *result;
	struct rec_concat_plan *plan;
	const char *format;
	struct rec_joiner *joiner; /* NULL: sound alone */
	struct rec_output *output;
	struct rec_concat_sound *sound; /* NULL: none */
	struct rec_letterbox *letterbox;
	struct rec_progress *progress;
	/* the piece in hand */
	struct rec_frame_clock clock; /* of a piece on the grid */
	AVFrame *pending;             /* its newest picture, upright and of the output's size */
};

/* What one stream is ahead waits in memory: the sound keeps up with the picture. */
static int keep_up(struct pass *pass, int64_t ns)
{
	rec_progress_set(pass->progress, ns);
	return pass->sound ? rec_concat_sound_feed(pass->sound, pass->output, ns) : REC_OK;
}

static int64_t length_to(const struct rec_piece *piece, int64_t ns)
{
	return ns < piece->length_ns ? ns : piece->length_ns;
}

/* The pending picture on frames [run.start, run.end) of the piece's own grid. */
static int show(struct pass *pass, const struct rec_piece *piece, struct rec_run run)
{
	struct rec_rate fps = pass->plan->fps;
	int err = REC_OK;

	for (int64_t n = run.start; n < run.end && err == REC_OK; n++) {
		int64_t at = rec_ns_of_frame(n, fps), end = length_to(piece, rec_ns_of_frame(n + 1, fps));

		err = rec_joiner_frame(pass->joiner, pass->pending, piece->at_ns + at, end - at);
		if (err == REC_OK)
			err = keep_up(pass, piece->at_ns + end);
	}
	return err;
}

/* The newest picture is pending from now on. */
static int draw(struct pass *pass, const struct rec_cut_item *item)
{
	AVFrame *drawn = NULL;
	int err = rec_letterbox_draw(pass->letterbox, item->frame, item->turns, &drawn);

	if (err < 0)
		return err;
	av_frame_free(&pass->pending);
	pass->pending = drawn;
	return REC_OK;
}

/* A picture of a GOP that is cut: as it is, unless its size changed in the middle of the stream. */
static int use_part(struct pass *pass, const struct rec_cut_item *item, int64_t ns)
{
	int err = rec_joiner_native(pass->joiner, item->frame, ns, item->duration_ns);

	if (err != REC_EINVAL)
		return err;
	err = draw(pass, item);
	return err < 0 ? err : rec_joiner_frame(pass->joiner, pass->pending, ns, item->duration_ns);
}

static int use_frame(struct pass *pass, const struct rec_piece *piece, const struct rec_cut_item *item)
{
	int64_t at = item->ns - piece->from_ns;
	struct rec_run run;
	enum rec_push what;
	int err = REC_OK;

	if (piece->how == REC_PIECE_ENCODE)
		return use_part(pass, item, piece->at_ns + at);
	what = rec_frame_clock_push(&pass->clock, at, &run);
	if (what == REC_PUSH_SHOW)
		err = show(pass, piece, run);
	return err == REC_OK && what != REC_PUSH_STALE ? draw(pass, item) : err;
}

static int64_t frames_of(const struct pass *pass, const struct rec_piece *piece)
{
	int64_t n = rec_frame_of_ns(piece->length_ns, pass->plan->fps);

	/* an exact cut may leave a part of a frame */
	if (rec_ns_of_frame(n, pass->plan->fps) < piece->length_ns)
		n++;
	while (n > 1 && rec_ns_of_frame(n - 1, pass->plan->fps) >= piece->length_ns)
		n--;
	return n > 0 ? n : 1;
}

static int begin_piece(struct pass *pass, const struct rec_piece *piece)
{
	rec_frame_clock_init(&pass->clock, pass->plan->fps, 0, frames_of(pass, piece), REC_NS_UNKNOWN);
	return REC_OK;
}

/* A grid is filled from its first frame to its last: where nothing could be decoded, with background. */
static int end_piece(struct pass *pass, const struct rec_piece *piece)
{
	struct rec_run run;
	int err = REC_OK;

	if (piece->how == REC_PIECE_COPY)
		return keep_up(pass, piece->at_ns + piece->length_ns);
	if (piece->how == REC_PIECE_GRID && pass->clock.newest_ns == REC_NS_UNKNOWN) {
		struct rec_cut_item nothing = {.ns = 0};

		err = draw(pass, &nothing);
		rec_frame_clock_push(&pass->clock, 0, &run);
	}
	if (err == REC_OK && piece->how == REC_PIECE_GRID && rec_frame_clock_finish(&pass->clock, REC_NS_UNKNOWN, &run))
		err = show(pass, piece, run);
	if (err == REC_OK)
		err = rec_joiner_end_piece(pass->joiner);
	return err < 0 ? err : keep_up(pass, piece->at_ns + piece->length_ns);
}

static int use_item(struct pass *pass, const struct rec_piece *piece, struct rec_cut_item *item)
{
	int64_t at = piece->at_ns + item->ns - piece->from_ns;
	int err;

	if (item->frame)
		return use_frame(pass, piece, item);
	err = rec_joiner_packet(pass->joiner, item->packet, at, item->duration_ns);
	return err < 0 ? err : keep_up(pass, at);
}

/* The pieces [first, first + n) of one segment, in one pass through its file. */
static int run_segment(struct pass *pass, size_t first, size_t n, const struct rec_cut_span *spans)
{
	const struct rec_piece *pieces = pass->plan->pieces.items + first;
	struct rec_segment *segment = &pass->plan->segments.items[pieces->segment];
	struct rec_cutter *cutter = NULL;
	struct rec_source *source = NULL;
	struct rec_cut_item item;
	size_t k = 0;
	int err = rec_recording_reader(&segment->recording, &source);

	if (err == REC_OK && pass->plan->copies[pieces->segment])
		err = rec_joiner_source(pass->joiner, segment->scan.par);
	if (err == REC_OK)
		err = rec_cutter_open(&cutter, segment->recording.path, source, &segment->scan, spans, n);
	if (err == REC_OK)
		err = begin_piece(pass, &pieces[0]);
	while (err == REC_OK && (err = rec_cutter_next(cutter, &item)) == REC_OK) {
		for (; k < item.span && err == REC_OK; k++) {
			err = end_piece(pass, &pieces[k]);
			if (err == REC_OK)
				err = begin_piece(pass, &pieces[k + 1]);
		}
		if (err == REC_OK)
			err = use_item(pass, &pieces[k], &item);
	}
	err = err == REC_ENODATA ? REC_OK : err;
	for (; k < n && err == REC_OK; k++) {
		err = end_piece(pass, &pieces[k]);
		if (err == REC_OK && k + 1 < n)
			err = begin_piece(pass, &pieces[k + 1]);
	}
	rec_cutter_close(&cutter, &segment->damage);
	return err;
}

static int run_pictures(struct pass *pass)
{
	const struct rec_pieces *pieces = &pass->plan->pieces;
	struct rec_cut_span *spans = calloc(pieces->n + 1, sizeof(*spans));
	int err = spans ? REC_OK : REC_ENOMEM;

	for (size_t i = 0; err == REC_OK && i < pieces->n; i++)
		spans[i] = (struct rec_cut_span){
		        pieces->items[i].from_ns, pieces->items[i].to_ns, pieces->items[i].how != REC_PIECE_COPY};
	for (size_t i = 0, n; err == REC_OK && i < pieces->n; i += n) {
		for (n = 1; i + n < pieces->n && pieces->items[i + n].segment == pieces->items[i].segment; n++)
			continue;
		err = run_segment(pass, i, n, spans + i);
	}
	free(spans);
	return err == REC_OK ? rec_output_end_video(pass->output) : err;
}

/* Ticks that every copied stream and the grid have exactly; Matroska has milliseconds. */
static AVRational choose_ticks(const struct pass *pass)
{
	const struct rec_concat_plan *plan = pass->plan;
	int ticks = plan->encodes ? rec_joinable_ticks(1, plan->fps.num) : 1;

	if (strcmp(pass->format, "mkv") == 0 || strcmp(pass->format, "webm") == 0)
		return (AVRational){1, 1000};
	for (size_t i = 0; i < plan->segments.n; i++) {
		AVRational base = plan->segments.items[i].scan.time_base;

		if (plan->copies[i])
			ticks = rec_joinable_ticks(ticks, base.num == 1 ? base.den : 90000);
	}
	return (AVRational){1, ticks};
}

static const struct rec_segment *first_copied(const struct rec_concat_plan *plan)
{
	for (size_t i = 0; i < plan->segments.n; i++)
		if (plan->copies[i])
			return &plan->segments.items[i];
	return NULL;
}

/* One chapter a segment, from its first piece to its last. Return how many there are. */
static size_t list_chapters(const struct rec_concat_plan *plan, struct rec_chapter *chapters)
{
	size_t n = 0;

	for (size_t i = 0; i < plan->pieces.n; i++) {
		const struct rec_piece *piece = &plan->pieces.items[i];
		const char *path = plan->segments.items[piece->segment].path, *slash = strrchr(path, '/');

		if (i == 0 || piece->segment != piece[-1].segment)
			chapters[n++] = (struct rec_chapter){piece->at_ns, 0, slash ? slash + 1 : path};
		chapters[n - 1].end_ns = piece->at_ns + piece->length_ns;
	}
	return n;
}

static int open_joiner(struct pass *pass, struct rec_output_params *output)
{
	const struct rec_concat_params *params = pass->params;
	const struct rec_concat_plan *plan = pass->plan;
	const struct rec_segment *copied = first_copied(plan);
	struct rec_video_params video = {plan->size.width, plan->size.height, plan->fps, plan->encoder,
	        params->encoding.preset, params->encoding.crf, params->encoding.bitrate, NULL};
	struct rec_joiner_params joiner = {.output = *output,
	        .video = plan->encodes ? &video : NULL,
	        .in_band = plan->in_band,
	        .time_base = choose_ticks(pass),
	        .frame_rate = {0, 1}};
	int err;

	if (copied) {
		joiner.par = copied->scan.par;
		joiner.matrix = copied->scan.turns ? copied->scan.matrix : NULL;
	} else {
		joiner.frame_rate = (AVRational){(int)plan->fps.num, (int)plan->fps.den};
	}
	for (size_t i = 0; i < plan->segments.n; i++)
		if (plan->copies[i])
			joiner.depth = rec_joinable_depth(joiner.depth, &plan->segments.items[i].scan);
	err = rec_joiner_open(&pass->joiner, params->output, &joiner);
	if (err == REC_OK)
		pass->output = rec_joiner_output(pass->joiner);
	return err;
}

static int open_output(struct pass *pass)
{
	const struct rec_concat_params *params = pass->params;
	struct rec_chapter *chapters = calloc(pass->plan->pieces.n + 1, sizeof(*chapters));
	struct rec_audio_params audio = {.rate = pass->plan->rate,
	        .channels = pass->plan->channels,
	        .codec = pass->plan->sound_encoder,
	        .bitrate = params->encoding.audio_bitrate,
	        .bits = pass->plan->sound_encoder ? pass->plan->bits : 0};
	struct rec_output_params output = {.format = params->format,
	        .no_clobber = params->no_clobber,
	        .audio = pass->plan->channels > 0 ? &audio : NULL,
	        .chapters = chapters};
	int err = chapters ? REC_OK : REC_ENOMEM;

	if (err == REC_OK && params->chapters)
		output.nchapters = list_chapters(pass->plan, chapters);
	if (err == REC_OK && pass->plan->segments.pictures)
		err = open_joiner(pass, &output);
	else if (err == REC_OK)
		err = rec_output_open(&pass->output, params->output, &output);
	free(chapters);
	return err;
}

static int prepare(struct pass *pass)
{
	uint8_t yuv[3];
	int err;

	if (rec_colour_parse(pass->params->encoding.background, yuv) < 0)
		return rec_report(REC_EUSAGE, "unknown colour '%s' for --background; try black, white or #RRGGBB",
		        pass->params->encoding.background);
	err = rec_concat_plan(pass->plan, pass->params, pass->format);
	if (err == REC_OK && pass->plan->encodes)
		err = rec_letterbox_new(
		        &pass->letterbox, pass->plan->size, (enum rec_fit)pass->params->encoding.fit, yuv);
	if (err == REC_OK && pass->plan->channels > 0)
		err = rec_concat_sound_open(&pass->sound, pass->plan, pass->plan->rate);
	return err;
}

static int run(struct pass *pass)
{
	int err = prepare(pass);

	if (err == REC_OK)
		err = open_output(pass);
	if (err == REC_OK)
		err = rec_progress_begin(&pass->progress, pass->params->progress, "joining", pass->plan->pieces.end_ns);
	if (err == REC_OK && pass->joiner)
		err = run_pictures(pass);
	if (err == REC_OK)
		err = keep_up(pass, pass->plan->pieces.end_ns);
	return err;
}

int rec_concat_run(const struct rec_concat_params *params, struct rec_concat_result *result)
{
	struct pass pass = {.params = params,
	        .result = result,
	        .plan = &result->plan,
	        .format = rec_output_format(params->output, params->format)};
	int64_t start_ns = rec_monotonic_ns();
	int err = run(&pass);

	if (pass.joiner)
		rec_joiner_counts(pass.joiner, &result->copied, &result->encoded);
	rec_concat_sound_close(&pass.sound, &result->softened);
	if (err == REC_OK)
		err = rec_output_commit(&pass.output, &result->output);
	rec_output_discard(&pass.output);
	rec_progress_end(&pass.progress);
	rec_joiner_close(&pass.joiner);
	rec_letterbox_free(&pass.letterbox);
	av_frame_free(&pass.pending);
	result->total_ns = rec_monotonic_ns() - start_ns;
	return err;
}

void rec_concat_result_free(struct rec_concat_result *result)
{
	rec_concat_plan_free(&result->plan);
}
