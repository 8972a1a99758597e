/* SPDX-License-Identifier: MIT */
#include "sound/place.h"

#include "base/err.h"
#include "sound/gapfill.h"
#include "sound/resample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* samples at or beyond this are clipped: full scale of 16 bits */
static const float full_scale = 32767.0F / 32768.0F;

struct waiting {
	AVFrame *frame;
	bool damaged;
};

struct rec_place {
	struct rec_place_params params;
	struct rec_gapfill gapfill;
	struct waiting waiting[REC_GAPFILL_AHEAD + 1]; /* a ring beside the gap fill's */
	unsigned head;
	unsigned nwaiting;
	struct rec_resample *resample;
	AVFrame *before; /* the frame that was set down last */
	bool started;
	int64_t origin_ns;        /* container time that stands at start_ns */
	int64_t at;               /* where the stretch's next sample goes */
	int64_t filled;           /* end of what was placed: nothing goes before it */
	enum rec_gap_cause cause; /* of what lies between them */
	size_t skip;              /* samples that the resampler will give a second time */
	int64_t carried_ns;       /* slip of the stretch before its resampler was last changed */
	int64_t slip_ns;          /* of all that was resampled before */
	int64_t sound_ns;         /* length of all frames */
	double squares;
	struct rec_place_block *first; /* full blocks */
	struct rec_place_block **last;
	struct rec_place_block *open; /* the one being filled */
};

int rec_place_new(struct rec_place **place, const struct rec_place_params *params)
{
	struct rec_place *p = calloc(1, sizeof(*p));

	*place = p;
	if (!p)
		return REC_ENOMEM;
	p->params = *params;
	p->last = &p->first;
	rec_gapfill_init(&p->gapfill, params->tick_ns);
	p->before = av_frame_alloc();
	bool lacking = !p->before;
	for (size_t i = 0; i <= REC_GAPFILL_AHEAD; i++) {
		p->waiting[i].frame = av_frame_alloc();
		lacking |= !p->waiting[i].frame;
	}
	if (lacking)
		rec_place_free(place);
	return lacking ? REC_ENOMEM : REC_OK;
}

static void close_block(struct rec_place *p)
{
	if (!p->open)
		return;
	*p->last = p->open;
	p->last = &p->open->next;
	p->open = NULL;
}

static int open_block(struct rec_place *p, int64_t pos)
{
	close_block(p);
	p->open = malloc(sizeof(*p->open) + REC_PLACE_BLOCK * (size_t)p->params.channels * sizeof(float));
	if (!p->open)
		return REC_ENOMEM;
	p->open->next = NULL;
	p->open->pos = pos;
	p->open->n = 0;
	return REC_OK;
}

static int append(struct rec_place *p, int64_t pos, const float *pcm, size_t n)
{
	size_t channels = (size_t)p->params.channels;

	while (n) {
		struct rec_place_block *b = p->open;

		if (!b || b->n == REC_PLACE_BLOCK || b->pos + (int64_t)b->n != pos) {
			if (open_block(p, pos) < 0)
				return REC_ENOMEM;
			b = p->open;
		}
		size_t room = REC_PLACE_BLOCK - b->n;
		size_t take = n < room ? n : room;
		memcpy(b->pcm + b->n * channels, pcm, take * channels * sizeof(*pcm));
		b->n += take;
		pcm += take * channels;
		pos += (int64_t)take;
		n -= take;
	}
	return REC_OK;
}

static void measure(struct rec_place *p, const float *pcm, size_t n)
{
	size_t channels = (size_t)p->params.channels;
	float peak = 0;
	double squares = 0;

	for (size_t i = 0; i < n * channels; i++) {
		float v = fabsf(pcm[i]);

		peak = v > peak ? v : peak;
		squares += (double)v * (double)v;
	}
	p->squares += squares;
	p->params.ledger->used_samples += (int64_t)n;
	if ((double)peak > p->params.ledger->peak)
		p->params.ledger->peak = (double)peak;
	for (size_t i = 0; peak >= full_scale && i < n; i++) {
		bool over = false;

		for (size_t c = 0; c < channels; c++)
			over |= fabsf(pcm[i * channels + c]) >= full_scale;
		p->params.ledger->clipped_samples += over;
	}
}

/* the sample after the last that can be heard */
static int64_t audible_end(const struct rec_place *p)
{
	const struct rec_spans *spans = p->params.audible;
	int64_t last_ns = INT64_MIN;

	for (size_t i = 0; i < spans->n; i++)
		last_ns = spans->items[i].end_ns > last_ns ? spans->items[i].end_ns : last_ns;
	return spans->n > 0 ? rec_samples_of_ns(last_ns, p->params.rate) : INT64_MAX;
}

bool rec_place_done(const struct rec_place *p)
{
	return p->started && p->at >= audible_end(p);
}

/* What of [pos, pos + n) lies inside a presence is used. */
static int use_audible(struct rec_place *p, int64_t pos, const float *pcm, size_t n)
{
	const struct rec_spans *spans = p->params.audible;
	int64_t end = pos + (int64_t)n, upto = pos, used = 0;

	for (size_t i = 0; i < spans->n; i++) {
		int64_t a = rec_samples_of_ns(spans->items[i].start_ns, p->params.rate);
		int64_t b = rec_samples_of_ns(spans->items[i].end_ns, p->params.rate);

		a = a > upto ? a : upto;
		b = b < end ? b : end;
		if (a >= b)
			continue;
		measure(p, pcm + (size_t)(a - pos) * (size_t)p->params.channels, (size_t)(b - a));
		used += b - a;
		upto = b;
	}
	/* how much lies past the last presence nobody knows: it is not read */
	int64_t last = audible_end(p), beyond = end > last ? end - (pos > last ? pos : last) : 0;
	p->params.ledger->trimmed_samples += (int64_t)n - used - beyond;
	return used ? append(p, pos, pcm, n) : REC_OK;
}

/* Put samples at the stretch's end; nothing goes before zero, over what is there, or beyond all bounds. */
static int put(struct rec_place *p, const float *pcm, size_t n)
{
	int64_t most = rec_samples_of_ns(REC_GAPFILL_FAR_NS, p->params.rate);
	int64_t from = p->at, end = p->at + (int64_t)n;

	p->at = end;
	int64_t a = from > p->filled ? from : p->filled;
	int64_t b = end < most ? end : most;
	int64_t over = (end < p->filled ? end : p->filled) - (from > 0 ? from : 0);
	p->params.ledger->over_samples += over > 0 ? over : 0;
	p->params.ledger->far_samples += end > most ? end - (from > most ? from : most) : 0;
	if (a >= b) {
		p->params.ledger->trimmed_samples += (int64_t)n;
		return REC_OK;
	}
	/* not before there is something to put: a stretch may turn out to lie under what is there, or beyond all bounds */
	int err = rec_ledger_gap(p->params.ledger, p->filled, a - p->filled, p->cause);
	if (err < 0)
		return err;
	p->params.ledger->trimmed_samples += (a - from) + (end - b);
	p->filled = b;
	pcm += (size_t)(a - from) * (size_t)p->params.channels;
	if (p->params.audible->n)
		return use_audible(p, a, pcm, (size_t)(b - a));
	measure(p, pcm, (size_t)(b - a));
	return append(p, a, pcm, (size_t)(b - a));
}

static int run(struct rec_place *p, const AVFrame *frame)
{
	float *pcm;
	size_t n;
	int err = rec_resample_run(p->resample, frame, &pcm, &n);

	if (err < 0)
		return err;
	size_t skip = n < p->skip ? n : p->skip;
	p->skip -= skip;
	return put(p, pcm + skip * (size_t)p->params.channels, n - skip);
}

static int64_t stretch_slip(const struct rec_place *p)
{
	return p->carried_ns + (p->resample ? rec_resample_slip_ns(p->resample) : 0);
}

static int end_stretch(struct rec_place *p)
{
	if (!p->resample)
		return REC_OK;
	p->slip_ns += rec_resample_slip_ns(p->resample);
	return run(p, NULL);
}

static int64_t bounded(int64_t v, int64_t most)
{
	return v < -most ? -most : v > most ? most : v;
}

static int64_t output_sample(const struct rec_place *p, int64_t at_ns)
{
	/* neither sum nor product can overflow: a place far out of the output is as good as its bound */
	int64_t ns = bounded(at_ns / 2 - p->origin_ns / 2 + p->params.start_ns / 2, REC_GAPFILL_FAR_NS);

	if (llabs(ns) == REC_GAPFILL_FAR_NS)
		return rec_samples_of_ns(2 * ns, p->params.rate);
	return rec_samples_of_ns(at_ns - p->origin_ns + p->params.start_ns, p->params.rate);
}

/* A whole number of packets missing is a hole; any other short distance is a clock that was set on. */
static enum rec_gap_cause cause_of(const struct waiting *w, const struct rec_gapfill_place *to, bool head)
{
	static const int64_t step_most_ns = 200 * REC_NS_PER_MS, near_ns = 3 * REC_NS_PER_MS;

	if (head)
		return REC_GAP_HEAD;
	if (w->damaged)
		return REC_GAP_DAMAGE;
	int64_t packet_ns = rec_ns_of_samples(w->frame->nb_samples, w->frame->sample_rate);
	int64_t rest_ns = packet_ns > 0 ? to->gap_ns % packet_ns : 0;
	bool whole = rest_ns <= near_ns || packet_ns - rest_ns <= near_ns;
	return to->gap_ns > step_most_ns || (whole && to->gap_ns >= packet_ns / 2) ? REC_GAP_HOLE : REC_GAP_STEP;
}

/* Most tracks begin at 0, and exactly there: an offset that the stamps' rounding alone explains is none, for the whole track. */
static bool is_zero(const struct rec_place *p, int64_t at_ns)
{
	return p->params.origin == REC_ORIGIN_TRACK || llabs(at_ns) <= p->params.tick_ns / 2;
}

static int begin_stretch(struct rec_place *p, const struct waiting *w, const struct rec_gapfill_place *to)
{
	bool head = !p->started;
	int err = end_stretch(p);

	p->carried_ns = 0;
	p->skip = 0;
	if (err < 0)
		return err;
	if (head && is_zero(p, to->at_ns))
		p->origin_ns = to->at_ns;
	p->started = true;
	if (!head && to->gap_ns == 0)
		return REC_OK;
	p->at = output_sample(p, to->at_ns);
	p->cause = cause_of(w, to, head);
	return REC_OK;
}

/* A new resampler in the middle of a stretch hears the frame before again, so that its filter joins without a click. */
static int warm_up(struct rec_place *p)
{
	const AVFrame *before = p->before;

	if (!before->nb_samples || !rec_resample_fits(p->resample, before))
		return REC_OK;
	p->skip = (size_t)rec_rescale(before->nb_samples, p->params.rate, before->sample_rate);
	return run(p, before);
}

static int fit_resampler(struct rec_place *p, const AVFrame *frame, const struct rec_gapfill_place *to)
{
	const struct rec_resample_params params = {p->params.rate, p->params.channels, to->drifting};

	if (p->resample && rec_resample_fits(p->resample, frame) &&
	        (!to->drifting || rec_resample_bendable(p->resample)))
		return REC_OK;
	p->carried_ns = stretch_slip(p); /* a format may change without a new stretch */
	int err = end_stretch(p);
	if (err < 0)
		return err;
	rec_resample_free(&p->resample);
	err = rec_resample_new(&p->resample, frame, &params);
	return err < 0 || to->anchor ? err : warm_up(p);
}

static int set_down(struct rec_place *p, const struct waiting *w, const struct rec_gapfill_place *to)
{
	const AVFrame *frame = w->frame;
	int err = REC_OK;

	if (to->refused) {
		int64_t n = rec_rescale(frame->nb_samples, p->params.rate, frame->sample_rate);

		p->params.ledger->trimmed_samples += n;
		p->params.ledger->far_samples += n;
		return REC_OK;
	}
	if (to->anchor)
		err = begin_stretch(p, w, to);
	if (err == REC_OK)
		err = fit_resampler(p, frame, to);
	if (err == REC_OK && to->drifting)
		err = rec_resample_bend(p->resample, to->ppm);
	p->sound_ns += rec_ns_of_samples(frame->nb_samples, frame->sample_rate);
	return err < 0 ? err : run(p, frame);
}

static int settle(struct rec_place *p)
{
	struct rec_gapfill_place to;
	int err = REC_OK;

	while (err == REC_OK && rec_gapfill_next(&p->gapfill, stretch_slip(p), &to)) {
		struct waiting *w = &p->waiting[p->head];

		err = set_down(p, w, &to);
		av_frame_unref(p->before);
		av_frame_move_ref(p->before, w->frame);
		p->head = (p->head + 1) % (REC_GAPFILL_AHEAD + 1);
		p->nwaiting--;
	}
	return err;
}

int rec_place_frame(struct rec_place *place, AVFrame *frame, int64_t pts_ns, bool damaged)
{
	struct waiting *w = &place->waiting[(place->head + place->nwaiting) % (REC_GAPFILL_AHEAD + 1)];

	if (frame->nb_samples < 1 || frame->sample_rate < 1) {
		av_frame_unref(frame);
		return REC_OK;
	}
	av_frame_move_ref(w->frame, frame);
	w->damaged = damaged;
	place->nwaiting++;
	rec_gapfill_push(&place->gapfill, pts_ns, w->frame->nb_samples, w->frame->sample_rate);
	return settle(place);
}

int rec_place_end(struct rec_place *place)
{
	struct rec_sound_ledger *ledger = place->params.ledger;

	rec_gapfill_end(&place->gapfill);
	int err = settle(place);
	if (err == REC_OK)
		err = end_stretch(place);
	close_block(place);
	if (place->sound_ns > 0)
		ledger->drift_ppm = (double)place->slip_ns / (double)place->sound_ns * 1e6;
	if (ledger->used_samples)
		ledger->rms = sqrt(place->squares / (double)ledger->used_samples / place->params.channels);
	return err;
}

struct rec_place_block *rec_place_take(struct rec_place *place)
{
	struct rec_place_block *block = place->first;

	if (!block)
		return NULL;
	place->first = block->next;
	if (!place->first)
		place->last = &place->first;
	block->next = NULL;
	return block;
}

void rec_place_free(struct rec_place **place)
{
	struct rec_place *p = *place;
	struct rec_place_block *block;

	if (!p)
		return;
	close_block(p);
	while ((block = rec_place_take(p)))
		free(block);
	for (size_t i = 0; i <= REC_GAPFILL_AHEAD; i++)
		av_frame_free(&p->waiting[i].frame);
	av_frame_free(&p->before);
	rec_resample_free(&p->resample);
	free(p);
	*place = NULL;
}
