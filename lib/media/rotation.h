/* SPDX-License-Identifier: MIT */
/* Display matrices as quarter turns. Internal to lib/media. */
#ifndef REC_MEDIA_ROTATION_H
#define REC_MEDIA_ROTATION_H

#include <libavutil/frame.h>
#include <stdint.h>

/** rec_rotation_of(matrix): clockwise quarter turns, 0 to 3, nearest to a display matrix of 9 numbers (libavutil/display.h); NULL: 0. */
int rec_rotation_of(const int32_t *matrix);

/** rec_rotation_of_frame(frame, turns): by the frame's own matrix; without one, ${turns}, the stream's. */
int rec_rotation_of_frame(const AVFrame *frame, int turns);

#endif
