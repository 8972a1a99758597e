/* SPDX-License-Identifier: MIT */
#include "sound/gapfill.h"

#include "base/clock.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A file's very first stamp may be on any clock (Unix time too), but leaves room for what is added to it. */
static const int64_t first_most_ns = INT64_MAX / 2;
static const int64_t unmeasured_ns = 5 * REC_NS_PER_MS; /* least step while the jitter is not known */
static const double first_most = 12e6; /* and of it where the first few packets say how much they jitter */
enum { return_within = 8 };            /* packets: later than that a stamp that deviates has not come back */

void rec_gapfill_init(struct rec_gapfill *gapfill, int64_t tick_ns)
{
	memset(gapfill, 0, sizeof(*gapfill));
	rec_drift_init(&gapfill->drift, tick_ns);
}

void rec_gapfill_push(struct rec_gapfill *gapfill, int64_t stamp_ns, int64_t nsamples, int rate)
{
	assert(gapfill->n <= REC_GAPFILL_AHEAD && nsamples > 0 && rate > 0);
	gapfill->ahead[(gapfill->head + gapfill->n++) % (REC_GAPFILL_AHEAD + 1)] =
	        (struct rec_gapfill_packet){stamp_ns, nsamples, rate};
}

void rec_gapfill_end(struct rec_gapfill *gapfill)
{
	gapfill->ended = true;
}

static const struct rec_gapfill_packet *ahead(const struct rec_gapfill *g, unsigned i)
{
	return &g->ahead[(g->head + i) % (REC_GAPFILL_AHEAD + 1)];
}

static bool out_of_bounds(const struct rec_gapfill *g, int64_t stamp_ns)
{
	if (!g->started)
		return stamp_ns > first_most_ns || stamp_ns < -first_most_ns;
	return stamp_ns > g->first_ns + REC_GAPFILL_FAR_NS || stamp_ns < g->first_ns - REC_GAPFILL_FAR_NS;
}

static int64_t stretch_end(const struct rec_gapfill *g, int64_t slip_ns)
{
	return g->anchor_ns + rec_ns_of_samples(g->nsamples, g->rate) + slip_ns;
}

/*
 * The residuals of the packets ahead: how far each stamp lies from where the packet would stand if all followed from ${from_ns} without a
 * seam. Stamps out of bounds are left out. Return their number; the first is packet 0's.
 */
static unsigned residuals(const struct rec_gapfill *g, int64_t from_ns, int64_t *residual)
{
	int64_t at = from_ns;
	unsigned n = 0;

	for (unsigned i = 0; i < g->n; i++) {
		const struct rec_gapfill_packet *p = ahead(g, i);

		if (!out_of_bounds(g, p->stamp_ns))
			residual[n++] = p->stamp_ns - at;
		at += rec_ns_of_samples(p->nsamples, p->rate);
	}
	return n;
}

/* The least deviation that jitter and rounding do not explain. */
static int64_t step_least(const struct rec_drift *d)
{
	double ticks = 1.6 * (double)d->tick_ns;

	if (d->spread_ns < 0)
		return (int64_t)fmax(ticks, (double)unmeasured_ns);
	return (int64_t)fmax(ticks, 0.5e6 + 6 * d->spread_ns);
}

/*
 * Whether the packets after a deviating one are back on the old line, two in a row: then its stamp alone was off, or it came late and the
 * next ones made up for it. Nothing is missing, whatever the distance.
 */
static bool comes_back(const int64_t *residual, unsigned n, int64_t level, int64_t least)
{
	unsigned row = 0;

	for (unsigned i = 1; i < n && i <= return_within; i++) {
		int64_t old = llabs(residual[i] - level);
		bool back = old <= least && old < llabs(residual[i] - residual[0]);

		row = back ? row + 1 : 0;
		if (row == 2 || (row && n == 2))
			return true;
	}
	return false;
}

/*
 * The first packet's place, from its own stamp and those that agree with it: rounding and jitter average out. Its own stamp may be the
 * extreme one, so what agrees is asked again around the first answer.
 */
static int64_t centre(const int64_t *residual, unsigned n, int64_t least)
{
	int64_t v[REC_GAPFILL_AHEAD + 1];
	assert(n > 0);
	int64_t level = residual[0];

	for (int look = 0; look < 2; look++) {
		unsigned m = 0;

		for (unsigned i = 0; i < n; i++)
			if (llabs(residual[i] - level) <= least)
				v[m++] = residual[i];
		level = rec_middle_ns(v, m);
	}
	return level;
}

static void anchor(struct rec_gapfill *g, int64_t at_ns, int64_t gap_ns, struct rec_gapfill_place *place)
{
	place->anchor = true;
	place->at_ns = at_ns;
	place->gap_ns = gap_ns;
	g->anchor_ns = at_ns;
	g->nsamples = 0;
	g->rate = ahead(g, 0)->rate;
}

/* As step_least, where nothing was measured yet: from the first few packets alone. */
static int64_t first_least(const struct rec_drift *d, const int64_t *residual, unsigned n)
{
	int64_t v[return_within + 1];
	unsigned m = n <= return_within ? n : return_within + 1;

	memcpy(v, residual, m * sizeof(*v));
	int64_t level = rec_middle_ns(v, m);
	double spread = (double)rec_deviation_ns(v, m, level);
	return (int64_t)fmax(1.6 * (double)d->tick_ns, fmin(0.5e6 + 6 * spread, first_most));
}

static void start(struct rec_gapfill *g, struct rec_gapfill_place *place)
{
	int64_t residual[REC_GAPFILL_AHEAD + 1];
	int64_t stamp = ahead(g, 0)->stamp_ns;

	g->first_ns = stamp;
	g->started = true;
	unsigned n = residuals(g, stamp, residual);
	int64_t least = first_least(&g->drift, residual, n);
	anchor(g, stamp + centre(residual, n, least), 0, place);
	rec_drift_anchor(&g->drift);
}

/* Whether packet 0 begins a step that stays, and its size ${gap} from the end of the one before. */
static bool steps(const struct rec_gapfill *g, int64_t end, int64_t *gap)
{
	int64_t residual[REC_GAPFILL_AHEAD + 1];
	int64_t level = (int64_t)g->drift.level_ns;
	int64_t least = step_least(&g->drift);

	if (llabs(ahead(g, 0)->stamp_ns - end - level) <= least)
		return false;
	unsigned n = residuals(g, end, residual);
	if (comes_back(residual, n, level, least))
		return false;
	*gap = centre(residual, n, least);
	return llabs(*gap - level) > least;
}

/* Follow the packet before, or begin a new stretch. */
static void follow(struct rec_gapfill *g, int64_t slip_ns, struct rec_gapfill_place *place)
{
	const struct rec_gapfill_packet *p = ahead(g, 0);
	int64_t end = stretch_end(g, slip_ns), gap;

	if (steps(g, end, &gap)) {
		anchor(g, end + gap, gap, place);
		rec_drift_anchor(&g->drift);
		return;
	}
	rec_drift_add(&g->drift, p->stamp_ns - end, rec_ns_of_samples(p->nsamples, p->rate));
	/* counted at another rate from here on */
	if (p->rate != g->rate)
		anchor(g, end, 0, place);
}

bool rec_gapfill_next(struct rec_gapfill *gapfill, int64_t slip_ns, struct rec_gapfill_place *place)
{
	if (!gapfill->n || (!gapfill->ended && gapfill->n <= REC_GAPFILL_AHEAD))
		return false;
	const struct rec_gapfill_packet *p = ahead(gapfill, 0);

	memset(place, 0, sizeof(*place));
	if (out_of_bounds(gapfill, p->stamp_ns)) {
		place->refused = true;
	} else {
		if (gapfill->started)
			follow(gapfill, slip_ns, place);
		else
			start(gapfill, place);
		gapfill->nsamples += p->nsamples;
		place->drifting = gapfill->drift.engaged;
		place->ppm = gapfill->drift.ppm;
	}
	gapfill->head = (gapfill->head + 1) % (REC_GAPFILL_AHEAD + 1);
	gapfill->n--;
	return true;
}
