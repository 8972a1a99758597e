/* SPDX-License-Identifier: MIT */
#include "media/rotation.h"

#include <libavutil/display.h>
#include <math.h>
#include <stddef.h>

int rec_rotation_of(const int32_t *matrix)
{
	double counterclockwise = matrix ? av_display_rotation_get(matrix) : 0;

	if (isnan(counterclockwise))
		return 0;
	return ((int)lround(-counterclockwise / 90) % 4 + 4) % 4;
}
