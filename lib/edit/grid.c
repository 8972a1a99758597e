/* SPDX-License-Identifier: MIT */
#include "edit/grid.h"

#include "base/err.h"

#include <stdlib.h>

/* one picture in so many may be lost: a 31st of 31 fps on a grid of 30 is no reason for 60 */
static const size_t tolerated = 20;

size_t rec_grid_lost(const int64_t *stamps, size_t n, struct rec_rate fps)
{
	size_t lost = 0;

	for (size_t i = 1; i < n; i++)
		lost += rec_frame_of_ns(stamps[i] - stamps[0], fps) == rec_frame_of_ns(stamps[i - 1] - stamps[0], fps);
	return lost;
}

static bool at_least(struct rec_rate a, struct rec_rate b)
{
	return (long double)a.num * b.den >= (long double)b.num * a.den;
}

int rec_grid_choose(const struct rec_scan *scan, struct rec_rate max, struct rec_rate *fps)
{
	struct rec_rate asked = *fps, rate = *fps;
	int64_t *stamps;
	int err = rec_scan_stamps(scan, &stamps);

	if (err < 0)
		return err;
	for (int64_t k = 2; !at_least(rate, max); k++) {
		if (rec_grid_lost(stamps, scan->npackets, rate) * tolerated <= scan->npackets)
			break;
		rate.num = k * asked.num;
	}
	*fps = at_least(rate, max) ? max : rate;
	free(stamps);
	return REC_OK;
}
