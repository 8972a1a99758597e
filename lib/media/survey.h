/* SPDX-License-Identifier: MIT */
/*
 * What a stream's packets tell without decoding them: stamps, rates, holes, key frames, sizes, damage. One pass over the file; an hour of sound
 * takes a fraction of a second. A folder of pictures (media/folder.h) is one stream.
 *
 *     struct rec_survey survey;
 *     const struct rec_input_params params = REC_INPUT_PARAMS(REC_MEDIA_AUDIO);
 *     if ((r = rec_survey_file(&survey, path, &params)) < 0) return r;
 *     ... rec_survey_free(&survey);
 */
#ifndef REC_MEDIA_SURVEY_H
#define REC_MEDIA_SURVEY_H

#include "base/clock.h"
#include "media/input.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* items kept of each list; more are only counted */
#define REC_SURVEY_LIST 1000
/* a distance between stamps, beyond the usual one, that is listed as a hole */
#define REC_SURVEY_HOLE_NS (REC_NS_PER_S / 2)

struct rec_survey_hole {
	int64_t at_ns; /* container time of where something is missing from */
	int64_t length_ns;
};

struct rec_survey_size {
	int64_t at_ns; /* container time from which on pictures are that large */
	int width;
	int height;
};

/* times are container stamps; REC_NS_UNKNOWN: not known */
struct rec_survey {
	char container[32];
	char codec[32];
	int rate; /* Hz */
	int channels;
	int64_t tick_ns;     /* coarseness of the stamps */
	int64_t duration_ns; /* as the container says */
	int64_t packets;
	int64_t bytes;
	int64_t first_ns; /* lowest stamp, */
	int64_t last_ns;  /* highest, */
	int64_t end_ns;   /* and its end: with the packet's duration, or else the median distance */
	/* distances between stamps in order of presentation, to the millisecond */
	int64_t step_p5_ns;
	int64_t step_median_ns;
	int64_t step_p95_ns;
	int64_t step_max_ns;
	int64_t keys;       /* key frames; of sound every packet */
	int64_t key_max_ns; /* the longest way to a key frame, or to the end */
	int64_t nholes;
	int64_t hole_ns;               /* their sum */
	struct rec_survey_hole *holes; /* the first REC_SURVEY_LIST */
	int64_t nseams; /* sound: packets that come later than the one before ends, by 4 ms and less than a hole: a recorder that stalled or was paused */
	int64_t seam_ns; /* the first of them; REC_NS_UNKNOWN: none */
	int64_t nsizes;
	struct rec_survey_size *sizes; /* likewise; pictures only, at key frames */
	int64_t backward;              /* stamps before the one before, in order of presentation */
	int64_t duplicate;
	int64_t unstamped;    /* packets; where all are, they stand one after the other from 0 on */
	int64_t unstamped_ns; /* how long they last, as they say */
	int64_t corrupt;      /* packets that the demuxer marked */
	int64_t corrupt_ns;
	bool truncated; /* the file ends in the middle of something */
	bool has_audio; /* the file has a stream of that kind */
	bool has_video;
};

/**
 * rec_survey_file(survey, path, params):
 * Survey the stream that ${params} say, as of rec_input_open(); threads and packets_only do not matter. ${survey} needs no freeing after an error.
 * Errors: REC_EINPUT, reported: missing, empty, not media, no packet in it; REC_ENODATA, not reported: no stream of that kind; REC_EIO; REC_ENOMEM.
 */
int rec_survey_file(struct rec_survey *survey, const char *path, const struct rec_input_params *params);

/** rec_survey_held(survey): holes and sizes that the lists hold: the lower of their number and REC_SURVEY_LIST. */
size_t rec_survey_held(int64_t n);

void rec_survey_free(struct rec_survey *survey);

#endif
