/* SPDX-License-Identifier: MIT */
/* The sound of joined segments: each piece's, cut or filled to the length of its pictures, read as one stream. */
#ifndef REC_EDIT_CONCATSOUND_H
#define REC_EDIT_CONCATSOUND_H

#include "edit/concat.h"

struct rec_concat_sound;

/** rec_concat_sound_open(sound, plan, rate): ${plan} is borrowed; its segments' ledgers are written by close. REC_ENOMEM. */
int rec_concat_sound_open(struct rec_concat_sound **sound, struct rec_concat_plan *plan, int rate);

/** rec_concat_sound_feed(sound, output, until_ns): write what stands before ${until_ns}, but for some ms that a joint may change; past the end: everything. */
int rec_concat_sound_feed(struct rec_concat_sound *sound, struct rec_output *output, int64_t until_ns);

/** rec_concat_sound_close(sound, softened): ${softened} joints were faded; may be NULL. */
void rec_concat_sound_close(struct rec_concat_sound **sound, size_t *softened);

#endif
