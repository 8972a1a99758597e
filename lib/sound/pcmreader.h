/* SPDX-License-Identifier: MIT */
/*
 * The sound of a recording as it is, for measuring: its own rate and channels, in blocks that follow each other in time. A WAV file goes
 * the quick way (sound/wavfile.h), everything else through sound/track.h, where holes become silence. Decoding runs on a thread of its own.
 *
 *     rec_pcmreader_open(&reader, path, NULL);                      -- reported
 *     while ((r = rec_pcmreader_read(reader, &pcm)) == REC_OK) ...;
 *     n = rec_pcmreader_length(reader);                               -- after REC_ENODATA
 *     rec_pcmreader_close(&reader, &ledger);
 */
#ifndef REC_SOUND_PCMREADER_H
#define REC_SOUND_PCMREADER_H

#include "sound/amplitude.h"
#include "sound/track.h"

struct rec_pcmreader;

struct rec_pcmreader_info {
	const char *container; /* borrowed from the reader, as codec */
	const char *codec;
	int rate;
	int channels;
	int64_t length; /* samples of one channel; -1: not known before the end */
	bool claimed;   /* the container's word, which may be wrong */
};

/**
 * rec_pcmreader_open(reader, path, place):
 * ${path} is a file or `-`. ${place} says where on a session's clock the sound lies (its rate and channels: 0 for the source's own), borrowed
 * with its spans until close. NULL: a lone file. Its zero is PTS 0, or its first sample where the file has no session clock
 * (rec_sound_track_lacks_clock).
 * Errors as of rec_sound_track_open(): REC_EINPUT and REC_EIO reported; REC_ENODATA: media without sound; REC_ENOMEM.
 */
int rec_pcmreader_open(struct rec_pcmreader **reader, const char *path, const struct rec_sound_track_params *place);

const struct rec_pcmreader_info *rec_pcmreader_info(const struct rec_pcmreader *reader);

/** rec_pcmreader_read(reader, pcm): the next block; borrowed until the next call. REC_ENODATA: the end; the rest as rec_sound_track_read(). */
int rec_pcmreader_read(struct rec_pcmreader *reader, struct rec_pcm *pcm);

/** rec_pcmreader_length(reader): samples of one channel in all; after the end. */
int64_t rec_pcmreader_length(const struct rec_pcmreader *reader);

/** rec_pcmreader_close(reader, ledger): ${ledger} may be NULL; the caller frees it (rec_sound_ledger_free). */
void rec_pcmreader_close(struct rec_pcmreader **reader, struct rec_sound_ledger *ledger);

#endif
