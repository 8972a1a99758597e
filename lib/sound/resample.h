/* SPDX-License-Identifier: MIT */
/*
 * libswresample behind one door: any sample format, rate and channel layout becomes interleaved float at the output's rate and channels.
 * At equal rates and without drift samples pass through bit for bit (float) or exactly scaled (integers). Mono goes to every side at full level,
 * stereo to mono is the mean, surround to fewer channels is libswresample's matrix, normalised so that it cannot clip.
 */
#ifndef REC_SOUND_RESAMPLE_H
#define REC_SOUND_RESAMPLE_H

#include "base/clock.h"

#include <libavutil/frame.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rec_resample;

struct rec_resample_params {
	int rate;      /* Hz of the output */
	int channels;  /* of the output; [1, 64] */
	bool bendable; /* rec_resample_bend() will be called; needless when the rates differ */
};

/** rec_resample_new(r, like, params): for frames like ${like} (format, rate, layout). REC_EINVAL: libswresample cannot convert it; REC_ENOMEM. */
int rec_resample_new(struct rec_resample **r, const AVFrame *like, const struct rec_resample_params *params);

/** rec_resample_fits(r, frame): whether ${frame} is like the one it was made for. */
bool rec_resample_fits(const struct rec_resample *r, const AVFrame *frame);

/** rec_resample_bendable(r): whether rec_resample_bend() may be called. */
bool rec_resample_bendable(const struct rec_resample *r);

/** rec_resample_bend(r, ppm): from here on make the sound ${ppm} parts in a million longer (shorter); |ppm| <= 5000. REC_EINVAL. */
int rec_resample_bend(struct rec_resample *r, double ppm);

/**
 * rec_resample_run(r, frame, pcm, n):
 * Take ${frame}, or what is still held back when NULL (then the next frame begins a new stretch).
 *   pcm, n   n x channels floats that came out, the caller's to change until the next call; never NaN or infinite
 * A whole stretch gives as many samples as the time it lasts, within one; only one shorter than the filter (32 samples of the lower rate) may give
 * fewer.
 * Return 0; REC_EINVAL: libswresample refused; REC_ENOMEM.
 */
int rec_resample_run(struct rec_resample *r, const AVFrame *frame, float **pcm, size_t *n);

/** rec_resample_slip_ns(r): how much longer than nominal the stretch became so far by bending. */
int64_t rec_resample_slip_ns(const struct rec_resample *r);

void rec_resample_free(struct rec_resample **r);

#endif
