/* SPDX-License-Identifier: MIT */
/* Compiled with -O3 (Makefile): the loops are written so that the compiler makes vectors of them. */
#include "sound/amplitude.h"

#include <float.h>
#include <math.h>

/* sums of a run are integers: 2^16 squares of 16 bits fit in 2^46 */
static const float INT_SCALE = 32768.0F;
static const float FLOAT_SCALE = 32767.0F;
/* 3 * 2^22: added to a number below 2^22 it leaves no room for a fraction, and what is larger is clipped */
static const float WHOLE = 12582912.0F;

struct range {
	int min;
	int max;
};

size_t rec_amplitude_lanes(const struct rec_amplitude_params *params)
{
	return params->split ? (size_t)params->channels : 1;
}

static struct range range_of(const int16_t *x, size_t n)
{
	int16_t min = INT16_MAX, max = INT16_MIN;

	for (size_t i = 0; i < n; i++) {
		min = x[i] < min ? x[i] : min;
		max = x[i] > max ? x[i] : max;
	}
	return (struct range){min, max};
}

/* of every stride-th sample */
static struct range range_of_channel(const int16_t *x, size_t n, size_t stride)
{
	struct range r = {INT16_MAX, INT16_MIN};

	for (size_t i = 0; i < n; i++) {
		int v = x[i * stride];

		r.min = v < r.min ? v : r.min;
		r.max = v > r.max ? v : r.max;
	}
	return r;
}

/* of a + b of each pair */
static struct range range_of_pairs(const int16_t *x, size_t n)
{
	int min = INT32_MAX, max = INT32_MIN;

	for (size_t i = 0; i < n; i++) {
		int sum = x[2 * i] + x[2 * i + 1];

		min = sum < min ? sum : min;
		max = sum > max ? sum : max;
	}
	return (struct range){min, max};
}

static struct range range_of_sums(const int16_t *x, size_t n, size_t channels)
{
	struct range r = {INT32_MAX, INT32_MIN};

	for (size_t i = 0; i < n; i++) {
		int sum = 0;

		for (size_t c = 0; c < channels; c++)
			sum += x[i * channels + c];
		r.min = sum < r.min ? sum : r.min;
		r.max = sum > r.max ? sum : r.max;
	}
	return r;
}

/* Division toward zero keeps the order, so the mean's range is the mean of the sums' range. */
static struct range range_of_mean(const int16_t *x, size_t n, int channels)
{
	struct range r;

	if (channels == 1)
		return range_of(x, n);
	r = channels == 2 ? range_of_pairs(x, n) : range_of_sums(x, n, (size_t)channels);
	return (struct range){r.min / channels, r.max / channels};
}

static float peak_of_range(struct range r)
{
	int loudest = -r.min > r.max ? -r.min : r.max;

	return (float)loudest / INT_SCALE;
}

/* Finite floats without their sign are in the order of their bits. */
static float peak_of_floats(const float *x, size_t n, size_t stride)
{
	union {
		float f;
		int32_t bits;
	} v, peak = {.bits = 0};

	for (size_t i = 0; i < n; i++) {
		v.f = x[i * stride];
		v.bits &= INT32_MAX;
		peak.bits = v.bits > peak.bits ? v.bits : peak.bits;
	}
	return peak.f;
}

static double squares_of_s16(const int16_t *x, size_t n, size_t stride)
{
	int64_t sum = 0;

	for (size_t i = 0; i < n; i++) {
		int v = x[i * stride];

		/* NOLINTNEXTLINE(bugprone-implicit-widening-of-multiplication-result): 16 bits each, and vectorised as such */
		sum += v * v;
	}
	return (double)sum / ((double)INT_SCALE * (double)INT_SCALE);
}

static double squares_of_floats(const float *x, size_t n, size_t stride)
{
	double sums[4] = {0};

	for (size_t i = 0; i < n; i++)
		sums[i & 3] += (double)x[i * stride] * (double)x[i * stride];
	return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

static void add_range(struct rec_amplitude *lane, struct range r)
{
	lane->min = (int16_t)(r.min < lane->min ? r.min : lane->min);
	lane->max = (int16_t)(r.max > lane->max ? r.max : lane->max);
}

static void add_peak(struct rec_amplitude *lane, float peak)
{
	lane->peak = peak > lane->peak ? peak : lane->peak;
}

static void add_channel(const struct rec_amplitude_params *params, const int16_t *s16, const float *f32, size_t n,
        struct rec_amplitude *lane)
{
	size_t stride = (size_t)params->channels;
	struct range r = stride == 1 ? range_of(s16, n) : range_of_channel(s16, n, stride);

	add_range(lane, r);
	add_peak(lane, f32 ? peak_of_floats(f32, n, stride) : peak_of_range(r));
	if (params->squares)
		lane->squares += f32 ? squares_of_floats(f32, n, stride) : squares_of_s16(s16, n, stride);
}

static void add_mean(const struct rec_amplitude_params *params, const int16_t *s16, const float *f32, size_t n,
        struct rec_amplitude *lane)
{
	size_t all = n * (size_t)params->channels;
	struct range r = range_of_mean(s16, n, params->channels);

	add_range(lane, r);
	if (f32)
		add_peak(lane, peak_of_floats(f32, all, 1));
	else
		add_peak(lane, peak_of_range(params->channels == 1 ? r : range_of(s16, all)));
	if (params->squares)
		lane->squares += f32 ? squares_of_floats(f32, all, 1) : squares_of_s16(s16, all, 1);
}

void rec_amplitude_add(const struct rec_amplitude_params *params, const struct rec_pcm *pcm, size_t from, size_t n,
        struct rec_amplitude *lanes)
{
	const int16_t *s16 = pcm->s16 + from * (size_t)params->channels;
	const float *f32 = pcm->f32 ? pcm->f32 + from * (size_t)params->channels : NULL;

	if (n == 0)
		return;
	if (!params->split || params->channels == 1) {
		add_mean(params, s16, f32, n, lanes);
		return;
	}
	for (int c = 0; c < params->channels; c++)
		add_channel(params, s16 + c, f32 ? f32 + c : NULL, n, &lanes[c]);
}

void rec_amplitude_merge(struct rec_amplitude *into, const struct rec_amplitude *from)
{
	into->min = from->min < into->min ? from->min : into->min;
	into->max = from->max > into->max ? from->max : into->max;
	into->peak = from->peak > into->peak ? from->peak : into->peak;
	into->squares += from->squares;
}

void rec_amplitude_silence(struct rec_amplitude *lanes, size_t n)
{
	static const struct rec_amplitude silence = {0, 0, 0, 0};

	for (size_t i = 0; i < n; i++)
		rec_amplitude_merge(&lanes[i], &silence);
}

static float clip(float v)
{
	v = v > 32767.0F ? 32767.0F : v;
	return v < -32768.0F ? -32768.0F : v;
}

void rec_amplitude_s16_of_float(const float *f32, size_t n, int16_t *s16)
{
	for (size_t i = 0; i < n; i++)
		s16[i] = (int16_t)(int)clip(f32[i] * FLOAT_SCALE);
}

void rec_amplitude_s16_of_int(const float *f32, size_t n, int16_t *s16)
{
	for (size_t i = 0; i < n; i++) {
		float v = clip(f32[i] * INT_SCALE);
		int whole = (int)v;

		s16[i] = (int16_t)(whole - ((float)whole > v));
	}
}

static float or_zero(float v)
{
	return fabsf(v) <= FLT_MAX ? v : 0.0F;
}

float rec_amplitude_peak(const float *f32, size_t n)
{
	return peak_of_floats(f32, n, 1);
}

static int16_t nearest(float v)
{
	float shifted = v * INT_SCALE + WHOLE;

	return (int16_t)(int)clip(shifted - WHOLE);
}

void rec_amplitude_round(const float *f32, size_t n, int16_t *s16)
{
	/* a loop that looks at each sample is no vector */
	if (rec_amplitude_peak(f32, n) <= FLT_MAX) {
		for (size_t i = 0; i < n; i++)
			s16[i] = nearest(f32[i]);
	} else {
		for (size_t i = 0; i < n; i++)
			s16[i] = nearest(or_zero(f32[i]));
	}
}

void rec_amplitude_make_finite(float *f32, size_t n)
{
	for (size_t i = 0; i < n; i++)
		f32[i] = or_zero(f32[i]);
}
