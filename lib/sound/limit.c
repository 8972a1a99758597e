/* SPDX-License-Identifier: MIT */
#include "sound/limit.h"

#include "base/err.h"
#include "sound/amplitude.h"
#include "sound/truepeak.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/*
 * The gain that a peak needs is held over the lookahead before it, released exponentially, and smoothed by two moving means whose spans add up to the
 * lookahead: at the peak the mean holds nothing but gains that suffice. Gains are whole numbers (1 is 2^30), so sums are exact and a gain of
 * 1 is 1 again after any number of peaks.
 */
#define ONE   (INT64_C(1) << 30)
#define CHUNK 256

static const double lookahead_s = 0.003;
static const double release_s = 0.080;
static const int64_t home = ONE >> 20; /* a millionth per frame */
/* the filter's largest sum of |coefficients|: no sample below ceiling / gain can give a peak above the ceiling */
static const float worst_gain = 2.04F;
/* what four-fold oversampling and the moving gain may miss */
static const double margin = 0.98;

/* a moving mean over the last n values */
struct mean {
	int64_t *ring;
	size_t n;
	size_t at;
	int64_t sum;
};

struct rec_limit {
	size_t channels;
	size_t look;   /* frames of lookahead */
	size_t delay;  /* look + what the peak filter needs */
	size_t primed; /* frames of the delay that were taken in */
	double ceiling;
	int64_t release; /* share of the way back per frame */
	float *in;       /* channels x stride: one row per channel, history then the new chunk */
	size_t stride;
	int64_t *need; /* ring of look + 1 gains */
	size_t need_at;
	int64_t low; /* least of the ring */
	size_t low_left;
	int64_t held; /* after release */
	struct mean means[2];
	int64_t deepest;
	int64_t turned_down;
};

static int mean_new(struct mean *mean, size_t n)
{
	mean->ring = malloc(n * sizeof(*mean->ring));
	if (!mean->ring)
		return REC_ENOMEM;
	mean->n = n;
	for (size_t i = 0; i < n; i++)
		mean->ring[i] = ONE;
	mean->sum = ONE * (int64_t)n;
	return REC_OK;
}

static int64_t mean_push(struct mean *mean, int64_t value)
{
	mean->sum += value - mean->ring[mean->at];
	mean->ring[mean->at] = value;
	mean->at = mean->at + 1 == mean->n ? 0 : mean->at + 1;
	return mean->sum / (int64_t)mean->n;
}

static int allocate(struct rec_limit *l)
{
	l->stride = REC_TRUEPEAK_BEFORE + l->delay + CHUNK;
	l->in = calloc(l->stride * l->channels, sizeof(*l->in));
	l->need = malloc((l->look + 1) * sizeof(*l->need));
	if (!l->in || !l->need)
		return REC_ENOMEM;
	for (size_t i = 0; i <= l->look; i++)
		l->need[i] = ONE;
	int err = mean_new(&l->means[0], l->look / 2 + 1);
	return err < 0 ? err : mean_new(&l->means[1], l->look - l->look / 2 + 1);
}

int rec_limit_new(struct rec_limit **limit, int rate, int channels, double ceiling_dbtp)
{
	*limit = NULL;
	if (rate < 8000 || rate > 384000 || channels < 1 || channels > 16 ||
	        !(ceiling_dbtp >= -20 && ceiling_dbtp <= 0))
		return REC_EINVAL;
	struct rec_limit *l = calloc(1, sizeof(*l));
	if (!l)
		return REC_ENOMEM;
	l->channels = (size_t)channels;
	l->look = (size_t)lrint(lookahead_s * rate);
	l->delay = l->look + REC_TRUEPEAK_AFTER;
	l->ceiling = pow(10, ceiling_dbtp / 20);
	l->release = lrint((1 - exp(-1 / (release_s * rate))) * (double)ONE);
	l->low = l->held = l->deepest = ONE;
	if (allocate(l) < 0) {
		rec_limit_free(&l);
		return REC_ENOMEM;
	}
	*limit = l;
	return REC_OK;
}

size_t rec_limit_delay(const struct rec_limit *limit)
{
	return limit->delay;
}

/* The least gain of the last look + 1. */
static int64_t least(struct rec_limit *l, int64_t need)
{
	l->need[l->need_at] = need;
	l->need_at = l->need_at == l->look ? 0 : l->need_at + 1;
	if (need <= l->low) {
		l->low = need;
		l->low_left = l->look + 1;
	} else if (--l->low_left == 0) {
		l->low = ONE;
		for (size_t age = 0; age <= l->look; age++) {
			/* from the oldest on, so that the youngest of equals counts */
			size_t i = (l->need_at + age) % (l->look + 1);

			if (l->need[i] <= l->low) {
				l->low = l->need[i];
				l->low_left = age + 1;
			}
		}
	}
	return l->low;
}

static int64_t next_gain(struct rec_limit *l, int64_t need)
{
	int64_t low = least(l, need);

	/* the constant share brings it home: an exponential alone never is */
	l->held += ((ONE - l->held) * l->release >> 30) + home;
	l->held = l->held > low ? low : l->held;
	return mean_push(&l->means[1], mean_push(&l->means[0], l->held));
}

/* Nothing is being turned down and nothing will be. */
static bool at_rest(const struct rec_limit *l)
{
	return l->low == ONE && l->held == ONE && l->means[0].sum == ONE * (int64_t)l->means[0].n &&
	       l->means[1].sum == ONE * (int64_t)l->means[1].n;
}

static bool quiet(const struct rec_limit *l, size_t n)
{
	float most = (float)l->ceiling / worst_gain;

	for (size_t c = 0; c < l->channels; c++) {
		const float *x = l->in + c * l->stride + l->look;

		if (!(rec_amplitude_peak(x, n + REC_TRUEPEAK_BEFORE + REC_TRUEPEAK_AFTER) < most))
			return false;
	}
	return true;
}

/* gains[i] is that of the chunk's i-th output frame. */
static void find_gains(struct rec_limit *l, size_t n, float *gains)
{
	float peak[CHUNK] = {0};

	for (size_t c = 0; c < l->channels; c++)
		rec_truepeak(l->in + c * l->stride + l->look + REC_TRUEPEAK_BEFORE, n, peak);
	for (size_t i = 0; i < n; i++) {
		double over = (double)peak[i] / l->ceiling;
		int64_t gain = next_gain(l, over > 1 ? (int64_t)(margin / over * (double)ONE) : ONE);

		gains[i] = (float)gain / (float)ONE;
		l->turned_down += gain < ONE;
		l->deepest = gain < l->deepest ? gain : l->deepest;
	}
}

static void take_in(struct rec_limit *l, const float *in, size_t n)
{
	size_t history = l->stride - CHUNK;

	for (size_t c = 0; c < l->channels; c++) {
		float *row = l->in + c * l->stride;

		if (!in)
			memset(row + history, 0, n * sizeof(*row));
		for (size_t i = 0; in && i < n; i++)
			row[history + i] = in[i * l->channels + c];
	}
}

static void give_out(struct rec_limit *l, const float *gains, size_t n, size_t skip, float *out)
{
	for (size_t c = 0; c < l->channels; c++) {
		float *row = l->in + c * l->stride;

		for (size_t i = skip; i < n; i++)
			out[(i - skip) * l->channels + c] = row[REC_TRUEPEAK_BEFORE + i];
		for (size_t i = skip; gains && i < n; i++)
			out[(i - skip) * l->channels + c] *= gains[i];
		memmove(row, row + n, (l->stride - CHUNK) * sizeof(*row));
	}
}

/* Return the frames that came out: fewer than n while the delay fills. */
static size_t process_chunk(struct rec_limit *l, const float *in, size_t n, float *out)
{
	float gains[CHUNK];
	size_t skip = l->delay - l->primed < n ? l->delay - l->primed : n;

	take_in(l, in, n);
	bool pass = at_rest(l) && quiet(l, n);
	if (!pass)
		find_gains(l, n, gains);
	give_out(l, pass ? NULL : gains, n, skip, out);
	l->primed += skip;
	return n - skip;
}

size_t rec_limit_process(struct rec_limit *limit, const float *in, size_t n, float *out)
{
	size_t total = 0;

	if (!in)
		n = limit->delay;
	for (size_t done = 0; done < n;) {
		size_t m = n - done < CHUNK ? n - done : CHUNK;

		total +=
		        process_chunk(limit, in ? in + done * limit->channels : NULL, m, out + total * limit->channels);
		done += m;
	}
	return total;
}

double rec_limit_reduction_db(const struct rec_limit *limit)
{
	return 20 * log10((double)ONE / (double)limit->deepest);
}

int64_t rec_limit_samples(const struct rec_limit *limit)
{
	return limit->turned_down;
}

void rec_limit_free(struct rec_limit **limit)
{
	if (!*limit)
		return;
	free((*limit)->in);
	free((*limit)->need);
	free((*limit)->means[0].ring);
	free((*limit)->means[1].ring);
	free(*limit);
	*limit = NULL;
}
