/* SPDX-License-Identifier: MIT */
/*
 * WAV, RF64 and FLAC through libsndfile, into an output that can seek. No PEAK chunk, no date: the same samples give the same bytes.
 *
 *     rec_wavout_open(&w, &params, out);  rec_wavout_write(w, pcm, n) ...;  rec_wavout_finish(w);  rec_wavout_free(&w);
 *     rec_out_commit(&out);
 */
#ifndef REC_SOUND_WAVOUT_H
#define REC_SOUND_WAVOUT_H

#include "base/out.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rec_wavout;

struct rec_wavout_params {
	bool flac;    /* else WAV */
	int rate;     /* Hz */
	int channels; /* [1, 1024]; FLAC [1, 8] */
	int bits;     /* 16, 24, or 32: float, WAV only */
	int64_t bound; /* samples a channel that will not be exceeded; -1: not known. Where they may pass 4 GB a WAV becomes RF64 */
};

/** rec_wavout_check(params): REC_EUSAGE (reported): bits, channels or rate out of range. */
int rec_wavout_check(const struct rec_wavout_params *params);

/** rec_wavout_open(wavout, params, out): ${out} is borrowed and stays valid until the free. REC_EUSAGE as above; REC_EENCODE: libsndfile refuses; REC_EIO; reported. REC_ENOMEM. */
int rec_wavout_open(struct rec_wavout **wavout, const struct rec_wavout_params *params, struct rec_out *out);

/**
 * rec_wavout_write(w, pcm, n):
 *   pcm  n x channels, interleaved float; integers round to nearest and clip; what is not finite becomes silence
 * Return 0; REC_EIO (reported), also when ${bound} was exceeded and 4 GB are full.
 */
int rec_wavout_write(struct rec_wavout *w, const float *pcm, size_t n);

/** rec_wavout_finish(w): complete the head; then only the free is left. REC_EIO (reported). */
int rec_wavout_finish(struct rec_wavout *w);

void rec_wavout_free(struct rec_wavout **w);

#endif
