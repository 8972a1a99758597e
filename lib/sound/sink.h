/* SPDX-License-Identifier: MIT */
/*
 * One file of sound from float, whatever its format: WAV and FLAC through libsndfile where the target can seek, everything else through
 * libavformat. Appears whole or not at all.
 *
 *     rec_sink_open(&s, path, &params);  rec_sink_write(s, pcm, n) ...;  rec_sink_commit(&s, &stats);   -- or rec_sink_discard(&s)
 */
#ifndef REC_SOUND_SINK_H
#define REC_SOUND_SINK_H

#include "media/output.h"

struct rec_sink;

struct rec_sink_params {
	const char *format; /* NULL: by the path */
	bool no_clobber;
	struct rec_audio_params audio;
	int64_t bound; /* samples that will not be exceeded; -1: not known */
};

struct rec_sink_stats {
	int64_t samples; /* a channel */
	int64_t clipped; /* samples beyond full scale in any channel, cut off where the format is not float */
	int64_t bytes;
};

/**
 * rec_sink_open(sink, path, params):
 * ${path} is borrowed until the end. Errors, reported: REC_EUSAGE: format, rate, channels, bits, before anything of the target is touched;
 * REC_EEXIST; REC_EIO; REC_EENCODE; REC_ENOMEM.
 */
int rec_sink_open(struct rec_sink **sink, const char *path, const struct rec_sink_params *params);

/** rec_sink_write(sink, pcm, n): n x channels, interleaved float. REC_EIO, REC_EENCODE, reported; REC_ENOMEM. */
int rec_sink_write(struct rec_sink *sink, const float *pcm, size_t n);

/** rec_sink_commit(sink, stats): make it appear; ${stats} may be NULL. Frees, sets NULL. Errors as above: then nothing appeared. */
int rec_sink_commit(struct rec_sink **sink, struct rec_sink_stats *stats);

/** rec_sink_discard(sink): leave no trace; NULL is fine. */
void rec_sink_discard(struct rec_sink **sink);

#endif
