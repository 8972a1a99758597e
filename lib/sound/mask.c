/* SPDX-License-Identifier: MIT */
#include "sound/mask.h"

#include <math.h>
#include <string.h>

/* the fade's shape over [0, 1]: raised cosine */
static float ramp(int64_t i, int64_t n)
{
	static const double pi = 3.14159265358979323846;

	return (float)(0.5 - 0.5 * cos(pi * ((double)i + 0.5) / (double)n));
}

static void scale(float *pcm, int channels, float gain)
{
	for (int c = 0; c < channels; c++)
		pcm[c] *= gain;
}

static int64_t fade_samples(const struct rec_mask *mask)
{
	int64_t n = rec_samples_of_ns(REC_MASK_FADE_NS, mask->rate);

	return n > 0 ? n : 1;
}

/* The gain of sample ${at} inside one presence [start, end). */
static float presence_gain(int64_t at, int64_t start, int64_t end, int64_t fade)
{
	if (at < start || at >= end)
		return 0;
	int64_t edge = at - start < end - 1 - at ? at - start : end - 1 - at;
	return edge < fade ? ramp(edge, fade) : 1;
}

static float audible_gain(const struct rec_mask *mask, int64_t at, int64_t fade)
{
	float gain = 0;

	for (size_t i = 0; i < mask->audible->n; i++) {
		const struct rec_span *s = &mask->audible->items[i];
		float g = presence_gain(
		        at, rec_samples_of_ns(s->start_ns, mask->rate), rec_samples_of_ns(s->end_ns, mask->rate), fade);

		gain = g > gain ? g : gain;
	}
	return gain;
}

static float mute_gain(const struct rec_span *mute, int rate, int64_t at, int64_t fade)
{
	int64_t start = rec_samples_of_ns(mute->start_ns, rate), end = rec_samples_of_ns(mute->end_ns, rate);

	if (start >= end || at < start - fade || at >= end + fade)
		return 1;
	if (at < start)
		return ramp(start - 1 - at, fade);
	return at < end ? 0 : ramp(at - end, fade);
}

/* Whether [pos, end) lies wholly and clear of the fades inside a presence, or wholly outside all. */
static int uniform(const struct rec_mask *mask, int64_t pos, int64_t end, int64_t fade)
{
	bool touched = false;

	for (size_t i = 0; i < mask->audible->n; i++) {
		int64_t a = rec_samples_of_ns(mask->audible->items[i].start_ns, mask->rate);
		int64_t b = rec_samples_of_ns(mask->audible->items[i].end_ns, mask->rate);

		if (a + fade <= pos && end <= b - fade)
			return 1;
		touched |= a < end && pos < b;
	}
	return touched ? -1 : 0;
}

static void apply_audible(const struct rec_mask *mask, int64_t pos, float *pcm, size_t n, int64_t fade)
{
	int all = mask->audible->n ? uniform(mask, pos, pos + (int64_t)n, fade) : 1;

	if (all == 0)
		memset(pcm, 0, n * (size_t)mask->channels * sizeof(*pcm));
	for (size_t i = 0; all < 0 && i < n; i++)
		scale(pcm + i * (size_t)mask->channels, mask->channels, audible_gain(mask, pos + (int64_t)i, fade));
}

void rec_mask_apply(const struct rec_mask *mask, int64_t pos, float *pcm, size_t n)
{
	int64_t fade = fade_samples(mask), end = pos + (int64_t)n;

	apply_audible(mask, pos, pcm, n, fade);
	for (size_t m = 0; m < mask->mutes->n; m++) {
		const struct rec_span *mute = &mask->mutes->items[m];
		int64_t a = rec_samples_of_ns(mute->start_ns, mask->rate) - fade;
		int64_t b = rec_samples_of_ns(mute->end_ns, mask->rate) + fade;

		for (int64_t at = a > pos ? a : pos; at < b && at < end; at++)
			scale(pcm + (size_t)(at - pos) * (size_t)mask->channels, mask->channels,
			        mute_gain(mute, mask->rate, at, fade));
	}
}
