/* SPDX-License-Identifier: MIT */
/*
 * The quick way through a WAV file: libsndfile reads it, on a thread of its own, into blocks that are used again and again. No stamps, no
 * conversion that loses anything. What it does not know (a pipe, other codecs, more channels than are read) goes through lib/media.
 */
#ifndef REC_SOUND_WAVFILE_H
#define REC_SOUND_WAVFILE_H

#include "base/source.h"
#include "sound/amplitude.h"

struct rec_wavfile;

struct rec_wavfile_info {
	int rate;
	int channels;
	int64_t length; /* samples of one channel */
	bool truncated; /* the header promises more */
};

/**
 * rec_wavfile_open(wav, source):
 * WAV and RF64 of integers, floating point, A-law or mu-law, seekable. Takes ${source} over only when it returns 0.
 * REC_ENODATA: it is none of these, and ${source} stands where it stood; REC_ENOMEM.
 */
int rec_wavfile_open(struct rec_wavfile **wav, struct rec_source *source);

const struct rec_wavfile_info *rec_wavfile_info(const struct rec_wavfile *wav);

/** rec_wavfile_read(wav, pcm): the next block; borrowed until the next call. REC_ENODATA: the end; REC_EIO (reported). */
int rec_wavfile_read(struct rec_wavfile *wav, struct rec_pcm *pcm);

void rec_wavfile_close(struct rec_wavfile **wav);

#endif
