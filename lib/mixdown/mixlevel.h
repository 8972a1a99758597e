/* SPDX-License-Identifier: MIT */
/* The gains that bring voices and programme to the loudness that was asked for: the passes before the one that writes. */
#ifndef REC_MIXDOWN_MIXLEVEL_H
#define REC_MIXDOWN_MIXLEVEL_H

#include "mixdown/mixpass.h"

/**
 * rec_mixlevel_find(m): sets m->level_gain_db and the result's loudness_gain_db, as far as the params ask for them.
 * Errors, reported: REC_EUSAGE where an input can be read only once; those of the inputs.
 */
int rec_mixlevel_find(struct rec_mixpass *m);

#endif
