/* SPDX-License-Identifier: MIT */
#include "compose/cfr.h"

#include "base/err.h"
#include "compose/workers.h"

#include <stdlib.h>

struct rec_cfr {
	struct rec_cfr_params params;
	struct rec_input *in;
	struct rec_frame_clock clock;
	struct rec_picture_ledger ledger;
	AVFrame *frame;   /* decoded last */
	AVFrame *pending; /* the newest that the clock knows, not shown yet */
	bool arrived;     /* frame takes the place of pending */
	bool ended;
};

int rec_cfr_open(struct rec_cfr **out, struct rec_input *in, const struct rec_cfr_params *params)
{
	struct rec_cfr *cfr = calloc(1, sizeof(*cfr));
	int err;

	*out = cfr;
	if (!cfr) {
		rec_input_close(&in);
		return REC_ENOMEM;
	}
	cfr->params = *params;
	cfr->in = in;
	cfr->frame = av_frame_alloc();
	cfr->pending = av_frame_alloc();
	rec_frame_clock_init(&cfr->clock, params->fps, params->first, params->end, params->hold_ns);
	err = cfr->frame && cfr->pending ? REC_OK : REC_ENOMEM;
	if (err == REC_OK)
		err = rec_input_skip(in, rec_ns_of_frame(params->first, params->fps) - params->place_ns);
	if (err < 0)
		rec_cfr_close(out, NULL);
	return err;
}

static void note_size(struct rec_cfr *cfr)
{
	if (cfr->pending->width != 0 &&
	        (cfr->pending->width != cfr->frame->width || cfr->pending->height != cfr->frame->height))
		cfr->ledger.sizes++;
}

static void settle_arrival(struct rec_cfr *cfr)
{
	if (cfr->arrived) {
		note_size(cfr);
		av_frame_unref(cfr->pending);
		av_frame_move_ref(cfr->pending, cfr->frame);
	}
	cfr->arrived = false;
	av_frame_unref(cfr->frame);
}

/* Decode one picture and move the clock on. ${shown}: the pending one stands on *run. */
static int step(struct rec_cfr *cfr, struct rec_run *run, bool *shown)
{
	int64_t start_ns = rec_workers_begin(cfr->params.workers), pts_ns;
	int err = rec_input_read(cfr->in, cfr->frame, &pts_ns);
	enum rec_push what;

	rec_workers_end(cfr->params.workers, start_ns, &cfr->ledger.work_ns);
	if (err < 0)
		return err;
	if (cfr->params.cuts)
		pts_ns += rec_cuts_before(cfr->params.cuts, pts_ns - rec_input_info(cfr->in)->first_ns);
	what = rec_frame_clock_push(&cfr->clock, pts_ns + cfr->params.place_ns, run);
	cfr->arrived = what != REC_PUSH_STALE;
	*shown = what == REC_PUSH_SHOW;
	return REC_OK;
}

int rec_cfr_next(struct rec_cfr *cfr, const AVFrame **picture, int *turns, struct rec_run *run)
{
	bool shown = false;

	while (!shown) {
		int err;

		settle_arrival(cfr);
		if (cfr->ended)
			return REC_ENODATA;
		err = rec_frame_clock_done(&cfr->clock) ? REC_ENODATA : step(cfr, run, &shown);
		if (err == REC_ENODATA) {
			cfr->ended = true;
			shown = rec_frame_clock_finish(&cfr->clock, cfr->params.until_ns, run);
		} else if (err < 0) {
			return err;
		}
	}
	cfr->ledger.shown_frames += run->end - run->start;
	*picture = cfr->pending;
	*turns = rec_input_rotation(cfr->in, cfr->pending);
	return REC_OK;
}

void rec_cfr_close(struct rec_cfr **out, struct rec_picture_ledger *ledger)
{
	struct rec_cfr *cfr = *out;

	*out = NULL;
	if (!cfr)
		return;
	cfr->ledger.dropped = cfr->clock.dropped;
	cfr->ledger.repeated = cfr->clock.repeated;
	cfr->ledger.holes = cfr->clock.holes;
	cfr->ledger.hole_frames = cfr->clock.hole_frames;
	rec_input_damage(cfr->in, &cfr->ledger.damage);
	if (ledger)
		*ledger = cfr->ledger;
	av_frame_free(&cfr->frame);
	av_frame_free(&cfr->pending);
	rec_input_close(&cfr->in);
	free(cfr);
}
