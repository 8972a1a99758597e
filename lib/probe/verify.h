/* SPDX-License-Identifier: MIT */
/*
 * Whether a finished file is what players and people expect: decoded once, whole, and checked. For CI.
 *
 *     struct rec_verify verify;
 *     if ((r = rec_verify_file(&verify, "out.mp4", session, &params)) == REC_OK) ... verify.nfaults ...
 *     rec_verify_free(&verify);
 */
#ifndef REC_PROBE_VERIFY_H
#define REC_PROBE_VERIFY_H

#include "base/json.h"
#include "session/timeline.h"

struct rec_verify_params {
	int64_t black_ns; /* a run of black pictures this long is a fault, where the session has something to show; 0: not checked */
	int64_t frozen_ns; /* a run of one and the same picture; likewise */
};
#define REC_VERIFY_PARAMS                                                                                              \
	{                                                                                                              \
		2 * REC_NS_PER_S, 30 * REC_NS_PER_S                                                                    \
	}

struct rec_verify_run {
	int64_t start_ns;
	int64_t end_ns;
};

struct rec_verify {
	bool has_video;
	bool has_audio;
	int64_t frames;
	struct rec_rate fps; /* num 0: not constant */
	int64_t samples;
	int rate;
	int64_t video_start_ns;
	int64_t video_end_ns;
	int64_t audio_start_ns;
	int64_t audio_end_ns;
	int64_t black_ns;  /* the longest run that counts */
	int64_t frozen_ns; /* likewise */
	double lufs;
	double peak_dbfs;
	double true_peak_dbtp;
	int64_t clipped; /* samples beyond full scale */
	char **faults;
	size_t nfaults;
};

/**
 * rec_verify_file(verify, path, session, params):
 *   session   settled; NULL: only what the file itself tells
 * Checked: constant rate, stamps that rise, a start at 0, ends of picture and sound within one frame, samples without holes, black and frozen runs, clipping;
 * with a session also the duration and that there is sound. Errors, reported: REC_EINPUT: it cannot be read at all; REC_ENOMEM.
 */
int rec_verify_file(struct rec_verify *verify, const char *path, const struct rec_session *session,
        const struct rec_verify_params *params);

void rec_verify_json(const struct rec_verify *verify, struct rec_json *json);

void rec_verify_free(struct rec_verify *verify);

#endif
