/* SPDX-License-Identifier: MIT */
/* The output rate for a source that may come faster than the grid that was asked for. */
#ifndef REC_EDIT_GRID_H
#define REC_EDIT_GRID_H

#include "media/scan.h"

/**
 * rec_grid_choose(scan, max, fps):
 * ${fps} holds the rate that was asked for. Of its whole multiples up to ${max}, and ${max} itself, the smallest on which at most one picture in twenty finds its frame taken; where none is
 * enough, ${max}. REC_ENOMEM.
 */
int rec_grid_choose(const struct rec_scan *scan, struct rec_rate max, struct rec_rate *fps);

/** rec_grid_lost(stamps, n, fps): how many of ${n} pictures, stamps in order, stand on no output frame at ${fps}. */
size_t rec_grid_lost(const int64_t *stamps, size_t n, struct rec_rate fps);

#endif
