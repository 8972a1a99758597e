/* SPDX-License-Identifier: MIT */
/* Where a track may be heard: silence outside its presence and inside its mutes, with short fades so that nothing clicks. */
#ifndef REC_SOUND_MASK_H
#define REC_SOUND_MASK_H

#include "session/session.h"

#include <stddef.h>
#include <stdint.h>

/* of a fade at an edge; it lies outside a mute, inside a presence: what is to be silent is silent */
#define REC_MASK_FADE_NS (5 * REC_NS_PER_MS)

struct rec_mask {
	const struct rec_spans *audible; /* n == 0: everywhere */
	const struct rec_spans *mutes;
	int rate;
	int channels;
};

/** rec_mask_apply(mask, pos, pcm, n): samples [pos, pos + n) of the output, n x channels, interleaved. */
void rec_mask_apply(const struct rec_mask *mask, int64_t pos, float *pcm, size_t n);

#endif
