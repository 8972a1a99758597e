/* SPDX-License-Identifier: MIT */
/* One recording, whatever its stamps and sizes, as one of constant frame rate and size that starts at 0: decoded once, encoded once. */
#ifndef REC_EDIT_NORMALIZE_H
#define REC_EDIT_NORMALIZE_H

#include "base/progress.h"
#include "compose/cfr.h"
#include "edit/encoding.h"
#include "media/output.h"
#include "picture/letterbox.h"
#include "sound/ledger.h"

struct rec_normalize_params {
	const char *input; /* a media file, `-`, or a folder of pictures */
	const char *output;
	const char *format; /* NULL: by the output's ending */
	bool no_clobber;
	struct rec_letterbox_size size; /* even; width 0: the largest picture of the input */
	struct rec_rate fps;
	struct rec_rate max_fps; /* num 0: fps whatever the source; else up to this for a source that comes faster */
	bool keep_offset;        /* PTS 0 is the output's zero, else the first picture or sample */
	bool no_audio;
	bool strict;          /* a missing tail is an error */
	bool allow_truncated; /* one of a URL is none */
	enum rec_progress_mode progress;
	struct rec_encoding encoding;
};

/* zero-initialise, free with rec_normalize_result_free() */
struct rec_normalize_result {
	struct rec_letterbox_size size;
	const char *size_from; /* "option", "bitstream", "container"; static */
	struct rec_rate fps;
	int64_t zero_ns; /* the container stamp that stands at 0 */
	int64_t frames;
	char codec[32]; /* of the source's picture */
	bool has_sound;
	struct rec_picture_ledger picture;
	struct rec_sound_ledger sound;
	struct rec_output_stats output;
	int64_t total_ns;
};

/**
 * rec_normalize_run(params, result):
 * Errors, reported: those of the input (REC_EINPUT, REC_EIO), of the output (REC_EUSAGE, REC_EEXIST, REC_EIO, REC_EENCODE), REC_ENOMEM. No output was
 * left behind then.
 */
int rec_normalize_run(const struct rec_normalize_params *params, struct rec_normalize_result *result);

void rec_normalize_result_free(struct rec_normalize_result *result);

#endif
