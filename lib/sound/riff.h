/* SPDX-License-Identifier: MIT */
/* The chunks of a WAV file, looked at before libsndfile parses them. */
#ifndef REC_SOUND_RIFF_H
#define REC_SOUND_RIFF_H

#include "base/source.h"

#include <stdbool.h>

/**
 * rec_riff_is_plain(source):
 * Whether a seekable source is a RIFF or RF64 WAVE of chunks that libsndfile 1.2 takes in bounded time. It loops as often as a list of
 * sub-chunks, cue points or sampler loops promises, also past the end of the file: 174 bytes keep it busy for minutes. So: known chunks
 * alone, each inside of the file and at most 1 MiB, but for the data; at most 1000. The source stands at its start afterwards.
 */
bool rec_riff_is_plain(struct rec_source *source);

#endif
