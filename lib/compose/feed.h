/* SPDX-License-Identifier: MIT */
/*
 * A feed: one tile's pictures, decoded, put on the frame clock, scaled to their place, ahead of the canvas by a bounded queue on a
 * thread of its own. It knows the windows, so a picture is scaled once for each place it stands in, and one that stands on no
 * frame is never scaled.
 *
 *     rec_feed_start(&feed, &params);
 *     for each output frame n of the tile: rec_feed_at(feed, n, &piece, &changed);
 *     rec_feed_stop(&feed);
 */
#ifndef REC_COMPOSE_FEED_H
#define REC_COMPOSE_FEED_H

#include "compose/cfr.h"
#include "compose/plan.h"
#include "picture/canvas.h"
#include "picture/layout.h"

#include <semaphore.h>

/* how the canvas is divided */
struct rec_scene {
	enum rec_layout layout;
	enum rec_fit fit;
	int width;
	int height;
	int gap;
	int64_t hold_ns; /* how long a camera's last picture stands */
};

struct rec_feed_params {
	const struct rec_plan *plan;
	size_t tile; /* in the timeline */
	const struct rec_scene *scene;
	sem_t *workers; /* taken while decoding and scaling */
	struct rec_picture_ledger *
	        ledgers; /* one for each track of the session; the feed writes its own tracks', complete after rec_feed_stop() */
};

struct rec_feed;

int rec_feed_start(struct rec_feed **feed, const struct rec_feed_params *params);

/**
 * rec_feed_at(feed, frame, piece, changed):
 * What the tile shows on output frame ${frame}; frames never go back. ${piece} is borrowed until the next call; ${changed} is set when it differs from
 * that of the frame before, and left alone otherwise. Errors: what the feed's thread met (reported).
 */
int rec_feed_at(struct rec_feed *feed, int64_t frame, struct rec_piece *piece, bool *changed);

/** rec_feed_stop(feed): end the thread, at any moment; sets NULL; NULL is fine. */
void rec_feed_stop(struct rec_feed **feed);

#endif
