/* SPDX-License-Identifier: MIT */
/*
 * The frame clock: which output frames a source picture stands on. Output frame n shows the newest picture with
 * PTS <= t(n) + half a frame; a picture stands until the next, at most `hold`, and never outside [first, end).
 * Pure arithmetic: pictures go in by their stamps alone, runs of output frames come out.
 *
 *     rec_frame_clock_init(&clock, fps, first, end, hold_ns);
 *     for each picture: if (rec_frame_clock_push(&clock, pts_ns, &run)) show the picture BEFORE this one on run;
 *     at the end: if (rec_frame_clock_finish(&clock, until_ns, &run)) show the last picture on run;
 */
#ifndef REC_PICTURE_FRAMECLOCK_H
#define REC_PICTURE_FRAMECLOCK_H

#include "base/clock.h"

#include <stdbool.h>

/* output frames [start, end) */
struct rec_run {
	int64_t start;
	int64_t end;
};

struct rec_frame_clock {
	struct rec_rate fps;
	int64_t first; /* output frames [first, end) are wanted */
	int64_t end;
	int64_t hold_ns;   /* REC_NS_UNKNOWN: without limit */
	int64_t newest_ns; /* stamp of the pending picture; REC_NS_UNKNOWN: none */
	int64_t dropped;   /* pictures that stood on no frame */
	int64_t repeated;  /* frames that show the picture of the frame before */
	int64_t holes;     /* times that hold ran out before the next picture */
	int64_t hole_frames;
};

void rec_frame_clock_init(
        struct rec_frame_clock *clock, struct rec_rate fps, int64_t first, int64_t end, int64_t hold_ns);

/** What became of a picture that was pushed. */
enum rec_push {
	REC_PUSH_STALE,   /* older than the pending one: it is dropped */
	REC_PUSH_REPLACE, /* the pending one stands on no frame: this one takes its place */
	REC_PUSH_SHOW     /* the pending one stands on *run; this one takes its place */
};

/** rec_frame_clock_push(clock, pts_ns, run): a picture at output time ${pts_ns}. */
enum rec_push rec_frame_clock_push(struct rec_frame_clock *clock, int64_t pts_ns, struct rec_run *run);

/**
 * rec_frame_clock_finish(clock, until_ns, run):
 * No more pictures; the pending one stands until ${until_ns} (REC_NS_UNKNOWN: as long as hold lets it).
 * Return whether it stands on any frame.
 */
bool rec_frame_clock_finish(struct rec_frame_clock *clock, int64_t until_ns, struct rec_run *run);

/** rec_frame_clock_done(clock): whether later pictures can change nothing any more: the pending one begins at or past the end. */
bool rec_frame_clock_done(const struct rec_frame_clock *clock);

#endif
