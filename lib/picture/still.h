/* SPDX-License-Identifier: MIT */
/*
 * Whether a picture is the one before it again, but for what an encoder does to it: no block of 16 x 16 luma samples changes its mean by more than 2 of 255. A pointer
 * that moves or a digit that counts is a change.
 */
#ifndef REC_PICTURE_STILL_H
#define REC_PICTURE_STILL_H

#include <libavutil/frame.h>
#include <stdbool.h>

/* the picture that the others are held against; zero-initialise */
struct rec_still {
	float *means;
	size_t n;
	int width;
	int height;
	int format;
	float *fresh; /* of the picture in hand */
};

/** rec_still_is(still, frame, same): whether it shows what the one kept shows; where not, it is kept from now on. A format whose first plane is no 8-bit luma is never the same. REC_ENOMEM. */
int rec_still_is(struct rec_still *still, const AVFrame *frame, bool *same);

void rec_still_clear(struct rec_still *still);

#endif
