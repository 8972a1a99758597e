/* SPDX-License-Identifier: MIT */
#include "compose/feed.h"

#include "base/err.h"
#include "base/log.h"
#include "base/queue.h"
#include "compose/workers.h"
#include "picture/tile.h"

#include <pthread.h>
#include <stdlib.h>

/* pictures that wait for the canvas */
static const size_t AHEAD = 3;

/* from output frame `frame` on the tile shows this */
struct update {
	int64_t frame;
	AVFrame *picture; /* NULL: the background */
	struct rec_rect place;
};

struct rec_feed {
	struct rec_feed_params params;
	const struct rec_tile_source *source;
	int64_t first; /* output frames [first, end) of the tile */
	int64_t end;
	struct rec_queue *queue;
	pthread_t thread;
	bool running;

	/* the thread's */
	struct rec_tile *tile;
	size_t window;        /* the one reached */
	int64_t filled_until; /* updates so far reach to this frame */
	int64_t work_ns;      /* scaling, without the waits */
	int err;              /* read after the queue is closed */

	/* the canvas's */
	struct update now;
	struct update *next;
	bool ended;
};

static void drop_update(void *item)
{
	struct update *update = item;

	if (!update)
		return;
	av_frame_free(&update->picture);
	free(update);
}

static int push(struct rec_feed *feed, int64_t frame, AVFrame *picture, struct rec_rect place)
{
	struct update *update = malloc(sizeof(*update));
	int err = REC_ENOMEM;

	if (update) {
		*update = (struct update){frame, picture, place};
		picture = NULL;
		err = rec_queue_push(feed->queue, update);
		if (err < 0)
			drop_update(update);
	}
	av_frame_free(&picture);
	return err;
}

static struct rec_rect cell_in(const struct rec_feed *feed, const struct rec_window *window)
{
	const struct rec_scene *scene = feed->params.scene;
	size_t i = 0;

	while (i + 1 < window->ntiles && window->tiles[i] != feed->params.tile)
		i++;
	return rec_layout_cell(scene->layout, window->ntiles, i, scene->width, scene->height, scene->gap);
}

static bool same_rect(struct rec_rect a, struct rec_rect b)
{
	return a.x == b.x && a.y == b.y && a.width == b.width && a.height == b.height;
}

/* Scale a picture to its cell and queue it from output frame ${from} on. */
static int show_from(struct rec_feed *feed, const AVFrame *picture, int turns, struct rec_rect cell, int64_t from)
{
	struct rec_rect place;
	AVFrame *out = NULL;
	int64_t start_ns = rec_workers_begin(feed->params.workers);
	int err = rec_tile_render(feed->tile, picture, turns, cell, &out, &place);

	rec_workers_end(feed->params.workers, start_ns, &feed->work_ns);
	if (err == REC_EINVAL)
		err = rec_report(REC_EINPUT, "cannot scale the picture of '%s': its pixel format is unknown",
		        feed->source->name);
	return err < 0 ? err : push(feed, from, out, place);
}

/* Show a picture on a run of frames: scaled anew only where a window gives the tile another cell. */
static int show(struct rec_feed *feed, const AVFrame *picture, int turns, struct rec_run run)
{
	const struct rec_timeline *timeline = feed->params.plan->timeline;
	struct rec_rect last = {-1, -1, 0, 0};
	int err = REC_OK;

	if (run.start > feed->filled_until)
		err = push(feed, feed->filled_until, NULL, last);
	while (timeline->windows[feed->window].end_frame <= run.start)
		feed->window++;
	while (err == REC_OK) {
		const struct rec_window *window = &timeline->windows[feed->window];
		struct rec_rect cell = cell_in(feed, window);

		if (!same_rect(cell, last))
			err = show_from(feed, picture, turns, cell,
			        run.start > window->start_frame ? run.start : window->start_frame);
		last = cell;
		if (window->end_frame >= run.end)
			break;
		feed->window++;
	}
	feed->filled_until = run.end;
	return err;
}

static int64_t last_moment(const struct rec_feed *feed, const struct rec_track *track)
{
	if (track->end_ns == REC_NS_UNKNOWN)
		return REC_NS_UNKNOWN;
	return track->end_ns - feed->params.plan->timeline->zero_ns;
}

/* A tile's tracks follow each other: one stands until the next begins. */
static int64_t end_of_track(const struct rec_feed *feed, size_t k)
{
	const struct rec_plan *plan = feed->params.plan;
	const struct rec_plan_track *following;
	int64_t next, frame;

	if (k + 1 == feed->source->ntracks)
		return feed->end;
	following = &plan->tracks[feed->source->tracks[k + 1]];
	next = rec_ns_add(following->first_ns, following->place_ns);
	frame = rec_frame_of_ns(next, plan->timeline->fps);
	return frame < feed->end ? frame : feed->end;
}

static int show_all(struct rec_feed *feed, struct rec_cfr *cfr)
{
	const AVFrame *picture;
	struct rec_run run;
	int turns, err;

	while ((err = rec_cfr_next(cfr, &picture, &turns, &run)) == REC_OK)
		if ((err = show(feed, picture, turns, run)) < 0)
			return err;
	return err == REC_ENODATA ? REC_OK : err;
}

static int run_track(struct rec_feed *feed, size_t k)
{
	const struct rec_plan *plan = feed->params.plan;
	size_t index = feed->source->tracks[k];
	const struct rec_track *track = &plan->session->tracks[index];
	struct rec_input_params input = REC_INPUT_PARAMS(REC_MEDIA_VIDEO);
	struct rec_cfr_params params = {.fps = plan->timeline->fps,
	        .place_ns = plan->tracks[index].place_ns,
	        .first = feed->filled_until,
	        .end = end_of_track(feed, k),
	        .hold_ns = track->source == REC_SCREEN ? REC_NS_UNKNOWN : feed->params.scene->hold_ns,
	        .until_ns = last_moment(feed, track),
	        .cuts = &track->cuts,
	        .workers = feed->params.workers};
	struct rec_input *in = NULL;
	struct rec_cfr *cfr = NULL;
	int err;

	input.kept = track->kept;
	input.stream = track->stream;
	err = rec_input_open(&in, track->path, &input);

	if (err == REC_OK)
		err = rec_cfr_open(&cfr, in, &params);
	if (err == REC_OK)
		err = show_all(feed, cfr);
	rec_cfr_close(&cfr, &feed->params.ledgers[index]);
	feed->params.ledgers[index].work_ns += feed->work_ns;
	feed->work_ns = 0;
	return err;
}

static void *run_feed(void *arg)
{
	struct rec_feed *feed = arg;
	struct rec_rect nowhere = {0, 0, 0, 0};
	int err = REC_OK;

	for (size_t k = 0; k < feed->source->ntracks && err == REC_OK; k++)
		err = run_track(feed, k);
	if (err == REC_OK && feed->filled_until < feed->end)
		err = push(feed, feed->filled_until, NULL, nowhere);
	feed->err = err;
	rec_queue_close(feed->queue);
	return NULL;
}

static int64_t clamp_frame(int64_t frame, int64_t nframes)
{
	return frame < 0 ? 0 : frame > nframes ? nframes : frame;
}

int rec_feed_start(struct rec_feed **out, const struct rec_feed_params *params)
{
	const struct rec_timeline *timeline = params->plan->timeline;
	struct rec_feed *feed = calloc(1, sizeof(*feed));
	int err = REC_ENOMEM;

	*out = feed;
	if (!feed)
		return err;
	feed->params = *params;
	feed->source = &timeline->tiles[params->tile];
	feed->first = clamp_frame(
	        rec_frame_of_ns(feed->source->shown.start_ns - timeline->zero_ns, timeline->fps), timeline->nframes);
	feed->end = clamp_frame(
	        rec_frame_of_ns(feed->source->shown.end_ns - timeline->zero_ns, timeline->fps), timeline->nframes);
	feed->filled_until = feed->first;
	err = rec_tile_new(&feed->tile, params->scene->fit);
	if (err == REC_OK)
		err = rec_queue_new(&feed->queue, AHEAD, drop_update);
	if (err == REC_OK && pthread_create(&feed->thread, NULL, run_feed, feed) != 0)
		err = rec_report(REC_EIO, "cannot start a thread for '%s'", feed->source->name);
	feed->running = err == REC_OK;
	if (err < 0)
		rec_feed_stop(out);
	return err;
}

/* The next update, waiting for it; none at the end of the feed. */
static int look_ahead(struct rec_feed *feed)
{
	void *item = NULL;

	if (feed->next || feed->ended)
		return REC_OK;
	if (rec_queue_pop(feed->queue, &item) == REC_OK) {
		feed->next = item;
		return REC_OK;
	}
	feed->ended = true;
	return feed->err;
}

int rec_feed_at(struct rec_feed *feed, int64_t frame, struct rec_piece *piece, bool *changed)
{
	int err = look_ahead(feed);

	while (err == REC_OK && feed->next && feed->next->frame <= frame) {
		av_frame_free(&feed->now.picture);
		feed->now = *feed->next;
		free(feed->next);
		feed->next = NULL;
		*changed = true;
		err = look_ahead(feed);
	}
	*piece = (struct rec_piece){feed->now.picture, feed->now.place};
	return err;
}

void rec_feed_stop(struct rec_feed **out)
{
	struct rec_feed *feed = *out;

	if (!feed)
		return;
	if (feed->queue)
		rec_queue_cancel(feed->queue);
	if (feed->running)
		pthread_join(feed->thread, NULL);
	av_frame_free(&feed->now.picture);
	drop_update(feed->next);
	rec_queue_free(&feed->queue);
	rec_tile_free(&feed->tile);
	free(feed);
	*out = NULL;
}
