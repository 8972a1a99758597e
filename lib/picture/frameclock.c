/* SPDX-License-Identifier: MIT */
#include "picture/frameclock.h"

void rec_frame_clock_init(
        struct rec_frame_clock *clock, struct rec_rate fps, int64_t first, int64_t end, int64_t hold_ns)
{
	*clock = (struct rec_frame_clock){
	        .fps = fps, .first = first, .end = end, .hold_ns = hold_ns, .newest_ns = REC_NS_UNKNOWN};
}

static int64_t clamp(const struct rec_frame_clock *clock, int64_t frame)
{
	return frame < clock->first ? clock->first : frame > clock->end ? clock->end : frame;
}

static int64_t add(int64_t a, int64_t b)
{
	int64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

/* The pending picture stands on [its frame, next), cut short by hold. */
static bool settle(struct rec_frame_clock *clock, int64_t next, struct rec_run *run)
{
	int64_t start = clamp(clock, rec_frame_of_ns(clock->newest_ns, clock->fps));
	int64_t end = clamp(clock, next);

	if (clock->hold_ns != REC_NS_UNKNOWN) {
		int64_t limit = clamp(clock, rec_frame_of_ns(add(clock->newest_ns, clock->hold_ns), clock->fps));

		if (limit < end) {
			clock->holes++;
			clock->hole_frames += end - (limit > start ? limit : start);
			end = limit;
		}
	}
	if (end <= start) {
		clock->dropped++;
		return false;
	}
	clock->repeated += end - start - 1;
	*run = (struct rec_run){start, end};
	return true;
}

enum rec_push rec_frame_clock_push(struct rec_frame_clock *clock, int64_t pts_ns, struct rec_run *run)
{
	bool shown;

	if (clock->newest_ns == REC_NS_UNKNOWN) {
		clock->newest_ns = pts_ns;
		return REC_PUSH_REPLACE;
	}
	if (pts_ns < clock->newest_ns) {
		clock->dropped++;
		return REC_PUSH_STALE;
	}
	shown = settle(clock, rec_frame_of_ns(pts_ns, clock->fps), run);
	clock->newest_ns = pts_ns;
	return shown ? REC_PUSH_SHOW : REC_PUSH_REPLACE;
}

bool rec_frame_clock_finish(struct rec_frame_clock *clock, int64_t until_ns, struct rec_run *run)
{
	int64_t until = until_ns == REC_NS_UNKNOWN ? clock->end : rec_frame_of_ns(until_ns, clock->fps);

	return clock->newest_ns != REC_NS_UNKNOWN && settle(clock, until, run);
}

bool rec_frame_clock_done(const struct rec_frame_clock *clock)
{
	return clock->newest_ns != REC_NS_UNKNOWN && rec_frame_of_ns(clock->newest_ns, clock->fps) >= clock->end;
}
