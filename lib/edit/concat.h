/* SPDX-License-Identifier: MIT */
/* The segments of one recording, joined: picture packets are copied wherever they can be, sound is encoded once over the whole. */
#ifndef REC_EDIT_CONCAT_H
#define REC_EDIT_CONCAT_H

#include "base/progress.h"
#include "edit/encoding.h"
#include "edit/pieces.h"
#include "edit/segments.h"
#include "media/output.h"
#include "picture/letterbox.h"

struct rec_concat_params {
	const char *const *inputs;
	size_t ninputs;
	const char *output;
	const char *format; /* NULL: by the output's ending */
	bool no_clobber;
	int64_t max_length_ns;          /* REC_NS_UNKNOWN: no limit */
	int64_t drop_still_ns;          /* runs of one picture longer than this are cut; 0: none */
	bool chapters;                  /* one for each segment */
	struct rec_letterbox_size size; /* width 0: the first segment's */
	struct rec_rate fps;            /* num 0: the first segment's, where it has one, else 30 for what is encoded */
	bool no_audio;
	bool skip_bad;
	bool strict;
	bool allow_truncated;
	enum rec_progress_mode progress;
	struct rec_encoding encoding;
};

/* how the whole is made; settled before anything is written */
struct rec_concat_plan {
	struct rec_segments segments;
	struct rec_pieces pieces;
	bool *copies;                   /* one for each segment: its packets are copied but for cut GOPs */
	bool encodes;                   /* anything is encoded */
	bool anew;                      /* everything is: no encoder makes pictures like the first segment's */
	bool in_band;                   /* parameter sets differ */
	struct rec_letterbox_size size; /* of what is encoded */
	struct rec_rate fps;            /* likewise, of the grid */
	const char *encoder;            /* likewise; NULL: the container's default */
	int channels;                   /* of the sound; 0: none */
	int rate;                       /* Hz */
	const char *sound_encoder;      /* one that keeps the segments' own samples; NULL: the container's default */
	int bits;                       /* of it */
};

struct rec_concat_result {
	struct rec_concat_plan plan;
	struct rec_output_stats output;
	int64_t copied; /* pictures */
	int64_t encoded;
	size_t softened; /* joints of the sound that were faded */
	int64_t total_ns;
};

/**
 * rec_concat_run(params, result):
 * Errors, reported: those of the inputs (REC_EINPUT, REC_EIO), of the output (REC_EUSAGE, REC_EEXIST, REC_EIO, REC_EENCODE), REC_ENOMEM. No output was
 * left behind then. ${result} is zero before and is freed also on error.
 */
int rec_concat_run(const struct rec_concat_params *params, struct rec_concat_result *result);

void rec_concat_result_free(struct rec_concat_result *result);

/** rec_concat_plan(plan, params, format): look at the segments and decide; ${format} is rec_output_format()'s name. */
int rec_concat_plan(struct rec_concat_plan *plan, const struct rec_concat_params *params, const char *format);

void rec_concat_plan_free(struct rec_concat_plan *plan);

#endif
