/* SPDX-License-Identifier: MIT */
#include "sound/loudness.h"

#include "base/err.h"
#include "sound/amplitude.h"
#include "sound/truepeak.h"

#include <ebur128.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* samples a channel that are looked at together */
#define BLOCK   256
#define CONTEXT (REC_TRUEPEAK_BEFORE + REC_TRUEPEAK_AFTER)

/* silence after which nothing of the sound before it is left in any filter: the slowest falls by e each 4 ms (BS.1770-5, annex 1) */
static const int RING_OUT_S = 3;

/*
 * No phase of the filter makes more of a sample peak than the sum of its coefficients' magnitudes, 2.02 for the worst (BS.1770-5, annex 2).
 */
static const float MOST_GAIN = 2.03F;

/* one channel on its way: the context that the samples at hand need before them, then they */
struct line {
	float pcm[CONTEXT + BLOCK];
	float true_peak;
	float peak;
};

struct rec_loudness {
	ebur128_state *state;
	size_t channels;
	size_t hop;      /* samples from one gating block to the next */
	int64_t settled; /* samples of silence that ring out */
	int64_t silent;  /* samples of silence measured since the last sound; past settled no more are measured */
	size_t owed;     /* samples of silence that were passed over, less whole hops */
	float *nothing;  /* a hop of silence */
	size_t filled;   /* of each line, behind its context */
	struct line *lines;
};

int rec_loudness_new(struct rec_loudness **out, int rate, int channels)
{
	struct rec_loudness *l;

	*out = NULL;
	if (rate < 16 || rate > 2822400 || channels < 1 || channels > 64)
		return REC_EINVAL;
	l = calloc(1, sizeof(*l));
	if (!l)
		return REC_ENOMEM;
	l->channels = (size_t)channels;
	l->hop = ((size_t)rate + 5) / 10; /* as libebur128 has it */
	l->settled = (int64_t)rate * RING_OUT_S;
	l->nothing = calloc(l->hop * l->channels, sizeof(*l->nothing));
	l->lines = calloc(l->channels, sizeof(*l->lines));
	l->state = ebur128_init((unsigned)channels, (unsigned long)rate, EBUR128_MODE_I | EBUR128_MODE_HISTOGRAM);
	for (unsigned c = 0; l->state && c < (unsigned)channels; c++)
		ebur128_set_channel(l->state, c, EBUR128_CENTER); /* weighs 1 */
	if (!l->lines || !l->nothing || !l->state)
		rec_loudness_free(&l);
	*out = l;
	return l ? REC_OK : REC_ENOMEM;
}

/* The first n samples behind the context have what they need after them but for the last few, which stay. */
static void look(struct line *line, size_t n)
{
	float peak[BLOCK];
	float max = rec_amplitude_peak(line->pcm, CONTEXT + n);

	line->peak = max > line->peak ? max : line->peak;
	if (max * MOST_GAIN > line->true_peak) {
		memset(peak, 0, sizeof(peak));
		rec_truepeak(line->pcm + REC_TRUEPEAK_BEFORE, n, peak);
		max = rec_amplitude_peak(peak, n);
		line->true_peak = max > line->true_peak ? max : line->true_peak;
	}
	memmove(line->pcm, line->pcm + n, CONTEXT * sizeof(*line->pcm));
}

static void look_at_all(struct rec_loudness *l)
{
	for (size_t c = 0; c < l->channels; c++)
		look(&l->lines[c], l->filled);
	l->filled = 0;
}

static void add_peaks(struct rec_loudness *l, const float *pcm, size_t n)
{
	while (n > 0) {
		size_t m = BLOCK - l->filled < n ? BLOCK - l->filled : n;

		for (size_t c = 0; c < l->channels; c++) {
			float *to = l->lines[c].pcm + CONTEXT + l->filled;

			for (size_t i = 0; i < m; i++)
				to[i] = pcm[i * l->channels + c];
		}
		l->filled += m;
		if (l->filled == BLOCK)
			look_at_all(l);
		pcm += m * l->channels;
		n -= m;
	}
}

static int measure(struct rec_loudness *l, const float *pcm, size_t n)
{
	return ebur128_add_frames_float(l->state, pcm, n) == EBUR128_SUCCESS ? REC_OK : REC_ENOMEM;
}

/*
 * Silence counts for nothing (it is below the absolute gate), but for where the next blocks begin: once all has rung out, whole hops of
 * it are passed over.
 */
int rec_loudness_add(struct rec_loudness *l, const float *pcm, size_t n)
{
	bool silence = rec_amplitude_peak(pcm, n * l->channels) == 0;
	int r = REC_OK;

	if (silence && l->silent >= l->settled) {
		l->owed = (l->owed + n) % l->hop;
		return REC_OK;
	}
	l->silent = silence ? l->silent + (int64_t)n : 0;
	if (l->owed > 0)
		r = measure(l, l->nothing, l->owed);
	l->owed = 0;
	add_peaks(l, pcm, n);
	return r < 0 ? r : measure(l, pcm, n);
}

/* What stands behind the last sample is silence. */
static void flush_peaks(struct rec_loudness *l)
{
	if (l->filled)
		look_at_all(l);
	for (size_t c = 0; c < l->channels; c++)
		memset(l->lines[c].pcm + CONTEXT, 0, CONTEXT * sizeof(float));
	l->filled = CONTEXT;
	look_at_all(l);
}

static double decibels(float linear)
{
	return linear > 0 ? 20 * log10((double)linear) : -INFINITY;
}

void rec_loudness_get(struct rec_loudness *l, struct rec_level_figures *figures)
{
	float true_peak = 0, peak = 0;

	flush_peaks(l);
	for (size_t c = 0; c < l->channels; c++) {
		true_peak = l->lines[c].true_peak > true_peak ? l->lines[c].true_peak : true_peak;
		peak = l->lines[c].peak > peak ? l->lines[c].peak : peak;
	}
	if (ebur128_loudness_global(l->state, &figures->lufs) != EBUR128_SUCCESS)
		figures->lufs = -INFINITY;
	figures->true_peak_dbtp = decibels(true_peak);
	figures->peak_dbfs = decibels(peak);
}

void rec_loudness_free(struct rec_loudness **l)
{
	if (!*l)
		return;
	if ((*l)->state)
		ebur128_destroy(&(*l)->state);
	free((*l)->lines);
	free((*l)->nothing);
	free(*l);
	*l = NULL;
}
