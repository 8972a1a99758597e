/* SPDX-License-Identifier: MIT */
/* The segments of a joined recording: each looked at before anything is written, and refused or left out where it cannot be used. */
#ifndef REC_EDIT_SEGMENTS_H
#define REC_EDIT_SEGMENTS_H

#include "edit/recording.h"
#include "session/session.h"
#include "sound/ledger.h"

struct rec_segment {
	const char *path; /* as it was given */
	struct rec_recording recording;
	struct rec_scan scan; /* has_picture */
	bool has_picture;
	bool has_sound;
	bool left_out;
	/* of the sound */
	int channels; /* 1 or 2 */
	int rate;     /* Hz */
	int bits;     /* as of rec_input_info; 0 also for more channels than two */
	const char *codec;
	/* stamps: where its picture begins and ends, or its sound where there is no picture */
	int64_t first_ns;
	int64_t end_ns;
	struct rec_spans kept; /* of these: all but the stills that are dropped */
	int64_t dropped_ns;
	struct rec_damage damage; /* of the picture */
	struct rec_sound_ledger sound;
};

struct rec_segments {
	struct rec_segment *items;
	size_t n;
	size_t left_out;
	bool pictures; /* every segment in use has a picture; else none has */
};

struct rec_segments_params {
	bool skip_bad;
	bool strict;
	bool allow_truncated;
	bool no_audio;
	bool sound_only;       /* the output holds no picture */
	int64_t drop_still_ns; /* 0: nothing is dropped */
};

/**
 * rec_segments_open(segments, paths, n, params):
 * Errors, reported with the segment's place: REC_EINPUT: one cannot be used, or (strict) lacks its tail, or nothing is left; REC_EREMOTE: one of
 * a URL lacks it, without allow_truncated; REC_EIO; REC_ENOMEM.
 * Free also on error.
 */
int rec_segments_open(
        struct rec_segments *segments, const char *const *paths, size_t n, const struct rec_segments_params *params);

void rec_segments_free(struct rec_segments *segments);

/** rec_stills_find(recording, first_ns, end_ns, least_ns, kept): what is left of [first_ns, end_ns) without runs of one picture longer than ${least_ns}: of each its first picture stays. As rec_input_open(). */
int rec_stills_find(const struct rec_recording *recording, int64_t first_ns, int64_t end_ns, int64_t least_ns,
        struct rec_spans *kept);

#endif
