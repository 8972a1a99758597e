/* SPDX-License-Identifier: MIT */
#include "sound/drift.h"

#include "base/clock.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double look_s = 0.25;        /* how often the loop is turned */
static const double window_least_s = 1.0; /* of the median; in steady sound */
static const double window_most_s = 4.0;
static const double window_per_ns = 2e-6; /* longer, the more the stamps jitter: 2 s for a median deviation of 1 ms */
static const unsigned window_least = 9;   /* packets in it, however long each is */
static const double engage_ns =
        0.9e6; /* rounding to whole milliseconds explains 0.5, and real stamps wander a little */
static const double off_most_s = 20.0;    /* how long stamps may hover off by one tick */
static const double spread_s = 60.0;      /* memory of jitter that has ceased */
static const double hurry_ns = 0.9e6;     /* an error of this makes the loop fast again */
static const double memory_least_s = 8.0; /* fast enough for 300 ppm, slow enough for the median's delay */
static const double memory_most_s = 64.0;
static const double rate_most = 600e-6;
static const double usual_rate = 60e-6; /* of a sound card against stamps: its standard deviation */
static const double begin_share = 0.5;  /* of the jitter that is left in a stretch's beginning */
static const double chance_most = 2.2;  /* standard deviations that chance explains, at two looks in a row */
static const double ppm_most = 1200.0;

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

int64_t rec_median_ns(int64_t *values, unsigned n)
{
	qsort(values, n, sizeof(*values), compare);
	int64_t low = values[(n - 1) / 2], high = values[n / 2];

	return low + (high - low) / 2;
}

int64_t rec_middle_ns(int64_t *values, unsigned n)
{
	unsigned cut = n / 4;
	double sum = 0;

	qsort(values, n, sizeof(*values), compare);
	for (unsigned i = cut; i < n - cut; i++)
		sum += (double)(values[i] - values[cut]);
	return values[cut] + llround(sum / (n - 2 * cut));
}

int64_t rec_deviation_ns(int64_t *values, unsigned n, int64_t level_ns)
{
	for (unsigned i = 0; i < n; i++)
		values[i] = llabs(values[i] - level_ns);
	int64_t median = rec_median_ns(values, n);
	int64_t wide = values[(n - 1) * 4 / 5] * 5 / 8;

	return median > wide ? median : wide;
}

static double clamp(double v, double low, double high)
{
	return v < low ? low : v > high ? high : v;
}

void rec_drift_init(struct rec_drift *drift, int64_t tick_ns)
{
	memset(drift, 0, sizeof(*drift));
	drift->tick_ns = tick_ns;
	drift->spread_ns = -1;
}

void rec_drift_anchor(struct rec_drift *drift)
{
	drift->n = 0;
	drift->head = 0;
	drift->sure = 0;
	drift->off_s = 0;
	drift->level_ns = 0;
	drift->window_s = drift->pending_s = drift->stretch_s = 0;
	drift->ppm = drift->engaged ? drift->rate * 1e6 : 0;
}

static void measure(struct rec_drift *d)
{
	int64_t v[REC_DRIFT_WINDOW] = {0};

	for (unsigned i = 0; i < d->n; i++)
		v[i] = d->residual_ns[(d->head + i) % REC_DRIFT_WINDOW];
	int64_t level = rec_middle_ns(v, d->n);
	d->level_ns = (double)level;
	d->jitter_ns = (double)rec_deviation_ns(v, d->n, level);
	d->spread_ns = fmax(d->jitter_ns, d->spread_ns - (d->spread_ns - d->jitter_ns) * d->pending_s / spread_s);
}

/* What the median of the window may show by chance: its own deviation, k-fold (1.85 = 1.48 x 1.25: deviation from median deviation, and
 * of a median from that of a sample). */
static double threshold(const struct rec_drift *d, double floor_ns, double ticks, double k)
{
	double chance = k * 1.85 * d->jitter_ns / sqrt(d->n);

	return fmax(fmax(floor_ns, ticks * (double)d->tick_ns), chance);
}

static double memory_floor(const struct rec_drift *d)
{
	return fmax(memory_least_s, 5 * d->window_s); /* more would answer late, less would swing */
}

/*
 * Whether the error is more than what rounding explains. Stamps that are rounded alike all along may hover between two ticks: one tick off is no
 * drift yet, unless it stays. Where jitter blurs the ticks the median is finer than they are.
 */
static bool is_drift(struct rec_drift *d, double dt)
{
	bool blurred = d->jitter_ns > 0.2 * (double)d->tick_ns;
	double level = fabs(d->level_ns);

	d->sure = level > threshold(d, engage_ns, blurred ? 0.9 : 1.05, chance_most) ? d->sure + 1 : 0;
	d->off_s = level > threshold(d, engage_ns, 0.6, chance_most) ? d->off_s + dt : 0;
	return d->sure >= 2 || d->off_s > off_most_s;
}

/*
 * The error so far is partly the beginning's own (it was placed by jittering stamps), partly drift that has grown since. The most likely
 * share of the latter, with both normally distributed.
 */
static void engage(struct rec_drift *d)
{
	double grown_s = fmax(d->stretch_s - d->window_s / 2, look_s);
	double drifted = usual_rate * grown_s;
	double placed = hypot(begin_share * d->spread_ns, begin_share * (double)d->tick_ns) / 1e9;

	d->engaged = true;
	d->memory_s = clamp(d->stretch_s, memory_floor(d), memory_most_s);
	d->rate = d->level_ns / 1e9 * drifted / (drifted * drifted + placed * placed) * usual_rate;
	d->rate = clamp(d->rate, -rate_most, rate_most);
}

/* Gains of the least-squares line over the last memory_s: 4/T for the offset, 6/T^2 for the slope. */
static void turn(struct rec_drift *d, double dt)
{
	double e = d->level_ns / 1e9;
	double least = memory_floor(d);

	if (fabs(d->level_ns) > threshold(d, hurry_ns, 0.9, 5))
		d->memory_s = least;
	else
		d->memory_s = clamp(d->memory_s + dt, least, memory_most_s);
	double t = d->memory_s;
	d->rate = clamp(d->rate + 6 / (t * t) * e * dt, -rate_most, rate_most);
	d->ppm = clamp((d->rate + 4 / t * e) * 1e6, -ppm_most, ppm_most);
}

static double window_wanted(const struct rec_drift *d)
{
	return clamp(d->spread_ns * window_per_ns, window_least_s, window_most_s);
}

static void drop_oldest(struct rec_drift *d)
{
	d->window_s -= (double)d->duration_ns[d->head] / 1e9;
	d->head = (d->head + 1) % REC_DRIFT_WINDOW;
	d->n--;
}

void rec_drift_add(struct rec_drift *drift, int64_t residual_ns, int64_t duration_ns)
{
	double dt = (double)duration_ns / 1e9;

	if (drift->n == REC_DRIFT_WINDOW)
		drop_oldest(drift);
	unsigned at = (drift->head + drift->n++) % REC_DRIFT_WINDOW;
	drift->residual_ns[at] = residual_ns;
	drift->duration_ns[at] = duration_ns;
	drift->window_s += dt;
	drift->stretch_s += dt;
	drift->pending_s += dt;
	while (drift->n > window_least &&
	        drift->window_s - (double)drift->duration_ns[drift->head] / 1e9 >= window_wanted(drift))
		drop_oldest(drift);
	if (drift->pending_s < look_s || drift->n < window_least)
		return;
	measure(drift);
	if (!drift->engaged && is_drift(drift, drift->pending_s))
		engage(drift);
	if (drift->engaged)
		turn(drift, fmin(drift->pending_s, 1.0));
	drift->pending_s = 0;
}
