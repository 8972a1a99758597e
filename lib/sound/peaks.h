/* SPDX-License-Identifier: MIT */
/*
 * The levels of a sound in buckets of time, in one pass and bounded memory. Pure: samples in, points out. Three ways to cut:
 *
 *   zoom      point k holds samples [k zoom, (k + 1) zoom); as many points as it takes
 *   length    point i of N holds samples [i L / N, (i + 1) L / N), rounded down, L the length told; exact
 *   neither   N points of a length that only the end tells: buckets of one sample that become wider by two whenever they are too many, so
 *             that there are 64 to 128 of them for each point in the end; an edge is off by 1/128 of a point at most. What has no more than
 *             REC_PEAKS_EXACT samples is exact
 *
 * A length that is only claimed (a container's duration) is tried beside the third way, and taken when it turns out to be true. Where
 * there are more points than samples, a point holds the sample that it lies in.
 *
 *     rec_peaks_new(&peaks, &params);
 *     for each block: rec_peaks_add(peaks, &pcm);
 *     rec_peaks_end(peaks, nsamples);
 *     rec_peaks_rewind(peaks);  while (rec_peaks_next(peaks, lanes, &n) == REC_OK) ...;
 */
#ifndef REC_SOUND_PEAKS_H
#define REC_SOUND_PEAKS_H

#include "sound/amplitude.h"

#define REC_PEAKS_EXACT (1 << 17)
/* most buckets of the third way, of all lanes: 32 MB. With more than 16384 points a lane there are fewer of them for each point */
#define REC_PEAKS_MOST (1 << 21)

struct rec_peaks;

struct rec_peaks_params {
	struct rec_amplitude_params level;
	int64_t zoom;   /* samples a point, >= 1; 0: there are ${points} */
	int64_t points; /* [1, 2^20] */
	int64_t length; /* samples; -1: not known */
	bool claimed;   /* the length may be wrong */
};

/** rec_peaks_new(peaks, params): REC_ENOMEM. */
int rec_peaks_new(struct rec_peaks **peaks, const struct rec_peaks_params *params);

/**
 * rec_peaks_add(peaks, pcm):
 * Samples, in order; what lies between two blocks is silence. With a length that is told and not claimed blocks may come in
 * any order, and those that overlap are merged: the louder one shows. Return 0; REC_ENOMEM; REC_EIO (reported).
 */
int rec_peaks_add(struct rec_peaks *peaks, const struct rec_pcm *pcm);

/** rec_peaks_end(peaks, nsamples): the sound has ${nsamples} in all; silence up to there. As rec_peaks_add(). */
int rec_peaks_end(struct rec_peaks *peaks, int64_t nsamples);

/** rec_peaks_count(peaks): points, after the end; 0 when there are no samples. */
int64_t rec_peaks_count(const struct rec_peaks *peaks);

/** rec_peaks_zoom(peaks): samples of a point, rounded to nearest, at least 1; after the end. */
int64_t rec_peaks_zoom(const struct rec_peaks *peaks);

int rec_peaks_rewind(struct rec_peaks *peaks);

/**
 * rec_peaks_next(peaks, lanes, nsamples):
 * The next point: a level for each lane, and how many samples it is made of (of one channel). REC_ENODATA: that was the last; REC_EIO (reported).
 */
int rec_peaks_next(struct rec_peaks *peaks, struct rec_amplitude *lanes, int64_t *nsamples);

void rec_peaks_free(struct rec_peaks **peaks);

#endif
