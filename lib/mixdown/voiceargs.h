/* SPDX-License-Identifier: MIT */
/* What a command line says about voices: INPUT[@OFFSET_S], NAME=VALUE. */
#ifndef REC_MIXDOWN_VOICEARGS_H
#define REC_MIXDOWN_VOICEARGS_H

#include "base/opt.h"
#include "compose/voices.h"

/**
 * rec_voiceargs_input(text, origin, input, path):
 * Split INPUT[@OFFSET_S]. A file of that whole name wins; an offset implies origin track.
 *   origin   of an input without offset: enum rec_origin, -1: by its first stamp
 *   input    its path is ${path}
 *   path     malloc'd, the caller's
 * REC_ENOMEM.
 */
int rec_voiceargs_input(const char *text, int origin, struct rec_voice_input *input, char **path);

/**
 * rec_voiceargs_gains(voices, list, gain_db):
 * Each of ${list} is NAME=DB, the gain of every voice of that name, or DB, which is added to ${gain_db}. NAME is the voice's name, or the input
 * as typed. REC_EUSAGE (reported): no such voice; not a number within [-100, 60].
 */
int rec_voiceargs_gains(struct rec_voices *voices, const struct rec_strings *list, double *gain_db);

/** rec_voiceargs_pans(voices, list): the same for NAME=-1..1. */
int rec_voiceargs_pans(struct rec_voices *voices, const struct rec_strings *list);

/** rec_voiceargs_spread(voices): pan the persons evenly from left to right, in their order; before rec_voiceargs_pans(). */
void rec_voiceargs_spread(struct rec_voices *voices);

#endif
