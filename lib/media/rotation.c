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

int rec_rotation_of_frame(const AVFrame *frame, int turns)
{
	const AVFrameSideData *side = av_frame_get_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX);

	if (!side || side->size < 9 * sizeof(int32_t))
		return turns;
	return rec_rotation_of((const int32_t *)(const void *)side->data);
}
