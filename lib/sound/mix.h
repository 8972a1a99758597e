/* SPDX-License-Identifier: MIT */
/*
 * The mix: tracks summed at constant gain, block by block. A track is opened when its place nears and closed after it, so memory is
 * bounded by what is audible at once. Mono goes to both sides at full level.
 *
 *     rec_mix_new(&mix, &params);  rec_mix_add(mix, path, &track) ...;
 *     while ((n = rec_mix_read(mix, pcm, REC_MIX_BLOCK)) > 0) ...;       -- before the limiter
 *     rec_mix_ledger(mix, i);  rec_mix_free(&mix);
 */
#ifndef REC_SOUND_MIX_H
#define REC_SOUND_MIX_H

#include "sound/track.h"

#include <sys/types.h>

#define REC_MIX_BLOCK    1024
#define REC_MIX_CHANNELS 16

struct rec_mix;

struct rec_mix_params {
	int rate;       /* Hz */
	int channels;   /* 1 to REC_MIX_CHANNELS; more than 2 for tracks of 1 channel or of as many */
	int64_t length; /* samples; -1: to the end of the last track */
	int jobs;       /* decoders at work at once; 0: as many as processors */
	bool skip_bad;  /* a track that cannot be used is left out with a warning instead of an error */
	bool counts;    /* of gaps are enough: those of a track that has ended are no longer listed */
};

struct rec_mix_track {
	const char *path; /* borrowed */
	struct rec_sound_track_params
	        place; /* rate and workers are the mix's to set; channels 0: the source's, at most the mix's */
	int64_t near_ns; /* output time from which the track may sound: it is opened a little before; INT64_MIN: at once */
	int64_t far_ns; /* output time after which it certainly does not: it is closed; INT64_MAX: at its end */
	double gain_db;
	double pan; /* -1 left .. 1 right: the other side comes down by the cosine; 0: both sides at full level */
};

int rec_mix_new(struct rec_mix **mix, const struct rec_mix_params *params);

/** rec_mix_add(mix, track): before the first read; its number, from 0, or REC_ENOMEM. */
int rec_mix_add(struct rec_mix *mix, const struct rec_mix_track *track);

/**
 * rec_mix_read(mix, pcm, n):
 * The next ${n} samples or fewer (REC_MIX_BLOCK at most): interleaved float, not limited.
 * Return the number of samples, 0 at the end, or an error (reported): REC_EINPUT: a track cannot be used; REC_EIO; REC_ENOMEM.
 */
ssize_t rec_mix_read(struct rec_mix *mix, float *pcm, size_t n);

/**
 * rec_mix_stem(mix, i, channels):
 * During the block last read, track ${i}'s own samples (n x its channels, at most the mix's; before gain); NULL: silent. Borrowed until the next read.
 */
const float *rec_mix_stem(const struct rec_mix *mix, size_t i, int *channels);

/**
 * rec_mix_add_stem(mix, i, pcm, n, channels):
 * Add track ${i} to ${pcm} (n x channels) as it went into the block last read: with its gain, and its pan where channels are 2. Return whether
 * it sounds. ${channels} is the track's own number, or any when that is 1.
 */
bool rec_mix_add_stem(const struct rec_mix *mix, size_t i, float *pcm, size_t n, int channels);

/** rec_mix_ledger(mix, i): what became of track ${i}; NULL: it was left out, or never opened. Borrowed. After the last read: it closes the track. */
const struct rec_sound_ledger *rec_mix_ledger(struct rec_mix *mix, size_t i);

/** rec_mix_skipped(mix, i): whether track ${i} was left out (skip_bad). */
bool rec_mix_skipped(const struct rec_mix *mix, size_t i);

void rec_mix_free(struct rec_mix **mix);

#endif
