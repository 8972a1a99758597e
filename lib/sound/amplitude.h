/* SPDX-License-Identifier: MIT */
/*
 * The loudest and the mean of a run of samples: what a waveform shows. Pure, and the loops that have to run at the speed of memory.
 *
 * A lane is what one line of a waveform shows: one channel, or all of them together. All together, the range is that of their mean,
 * rounded toward zero as audiowaveform rounds it, while peak and squares are over the samples of every channel, so that opposite
 * channels do not hide each other.
 */
#ifndef REC_SOUND_AMPLITUDE_H
#define REC_SOUND_AMPLITUDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rec_amplitude {
	int16_t min; /* of 16-bit samples; min > max: no sample was seen */
	int16_t max;
	float peak;     /* max |sample|, linear, full scale is 1; -32768 of 16 bits is 1 */
	double squares; /* sum of sample^2, linear */
};
#define REC_AMPLITUDE_NONE                                                                                             \
	{                                                                                                              \
		INT16_MAX, INT16_MIN, 0, 0                                                                             \
	}

/* interleaved samples that follow each other without a gap */
struct rec_pcm {
	int64_t pos;        /* sample number of the first */
	size_t n;           /* samples of each channel */
	const int16_t *s16; /* n x channels */
	const float *f32;   /* likewise, where the source has more than 16 bits; NULL: s16 is all there is. Finite */
};

struct rec_amplitude_params {
	int channels; /* [1, 16] */
	bool split;   /* one lane a channel; else one lane in all */
	bool squares; /* measure them; else 0 */
};

/** rec_amplitude_lanes(params): 1, or the channels. */
size_t rec_amplitude_lanes(const struct rec_amplitude_params *params);

/** rec_amplitude_add(params, pcm, from, n, lanes): add samples [from, from + n) of ${pcm} to the levels of its lanes. */
void rec_amplitude_add(const struct rec_amplitude_params *params, const struct rec_pcm *pcm, size_t from, size_t n,
        struct rec_amplitude *lanes);

/** rec_amplitude_merge(into, from): as if the samples of both had been added to ${into}. */
void rec_amplitude_merge(struct rec_amplitude *into, const struct rec_amplitude *from);

/** rec_amplitude_silence(lanes, n): add a silent sample to each lane. */
void rec_amplitude_silence(struct rec_amplitude *lanes, size_t n);

/**
 * rec_amplitude_s16_of_float(f32, n, s16): as audiowaveform reads samples of floating point: times 32767, the fraction cut off; what is beyond
 * full scale is clipped. f32 finite.
 */
void rec_amplitude_s16_of_float(const float *f32, size_t n, int16_t *s16);

/** rec_amplitude_s16_of_int(f32, n, s16): the upper 16 bits of integer samples that were scaled to [-1, 1). */
void rec_amplitude_s16_of_int(const float *f32, size_t n, int16_t *s16);

/** rec_amplitude_round(f32, n, s16): to the nearest, halves to the even one; full scale is 2^15 and clipped there; what is not finite becomes 0. */
void rec_amplitude_round(const float *f32, size_t n, int16_t *s16);

/** rec_amplitude_peak(f32, n): max |sample|; 0 where n = 0. f32 finite; with a sample that is not, no number or infinity. */
float rec_amplitude_peak(const float *f32, size_t n);

/** rec_amplitude_make_finite(f32, n): NaN and infinity, which files of floating point may hold, become 0. */
void rec_amplitude_make_finite(float *f32, size_t n);

#endif
