/* SPDX-License-Identifier: MIT */
/* What a hostile file may ask for: the one place where the bounds stand. Checked before anything of that size is allocated. */
#ifndef REC_MEDIA_LIMITS_H
#define REC_MEDIA_LIMITS_H

#include <stdint.h>

struct rec_media_limits {
	int side;       /* pixels, each of width and height */
	int64_t pixels; /* width x height */
	int least_rate; /* Hz; below it a small file would be hours of sound */
	int rate;       /* Hz */
	int channels;   /* */
	int streams;    /* in one file */
	int64_t probe;  /* bytes read to recognise a file */
	int64_t packet; /* bytes of one packet */
};

#define REC_MEDIA_LIMITS                                                                                               \
	{                                                                                                              \
		16384, 36000000, 1000, 384000, 16, 64, 5 << 20, 64 << 20                                               \
	}

extern const struct rec_media_limits rec_media_limits;

#endif
