/* SPDX-License-Identifier: MIT */
/*
 * Voices become files of sound: a programme (their limited sum, or one channel a person), stems (one file a person, before the
 * limiter), or both, in one pass; up to two passes before it measure what loudness is to be reached.
 */
#ifndef REC_MIXDOWN_MIXDOWN_H
#define REC_MIXDOWN_MIXDOWN_H

#include "base/progress.h"
#include "compose/voices.h"
#include "sound/loudness.h"
#include "sound/sink.h"

#include <math.h>

struct rec_mixdown_params {
	struct rec_voices *voices;
	const char *output;          /* the programme; NULL: stems alone */
	struct rec_sink_params sink; /* of the programme and of the stems, whose channels follow their voices */
	bool layout_channels;        /* the programme holds one channel a person, in their order, not limited */
	const char *const *stems;    /* the path for each person; NULL: none; borrowed */
	int stem_channels;           /* 0: as many as the person's voices have, 2 where one is panned */
	bool limit;
	double ceiling_dbtp;
	double gain_db;       /* of all voices, besides their own */
	double level_lufs;    /* each voice is brought to it, as it sounds in the mix; NAN: left alone */
	double loudness_lufs; /* the programme is brought to it before the limiter; NAN: left alone */
	int64_t length;       /* samples; -1: to the end of the last voice */
	int jobs;             /* decoders at work at once; 0: as many as processors */
	bool skip_bad;
	bool strict;          /* a track whose tail is missing is an error */
	bool allow_truncated; /* one over a URL is none; otherwise the network may have lost it */
	bool measure;         /* fill in the figures of the result */
	bool holes;           /* list them in the result, not only their number */
	enum rec_progress_mode progress;
	const char *what; /* a verb for the progress: "mixing" */
};

/* what became of a voice, in their order */
struct rec_voice_result {
	struct rec_sound_ledger ledger;
	struct rec_level_figures figures; /* of the track alone, before gain; NAN: not measured */
	double gain_db;                   /* in all */
	bool skipped;
};

/* zero-initialise; rec_mixdown_result_free() */
struct rec_mixdown_result {
	struct rec_voice_result *voices;
	struct rec_sink_stats *stems; /* one a person */
	struct rec_sink_stats programme;
	struct rec_level_figures figures; /* of the programme as written */
	int64_t samples;
	double loudness_gain_db; /* of loudness_lufs */
	double limited_db;
	int64_t limited_samples;
	size_t truncated; /* voices whose tail is missing */
	size_t skipped;   /* voices left out while they were read */
	int64_t total_ns;
};

/**
 * rec_mixdown_person_channels(params, person): channels of that person's stem; 0: no voice of theirs can be used.
 */
int rec_mixdown_person_channels(const struct rec_mixdown_params *params, size_t person);

/**
 * rec_mixdown_run(params, result):
 * Errors, reported: those of the inputs (REC_EINPUT, REC_EIO), of the outputs (REC_EUSAGE, REC_EEXIST, REC_EIO, REC_EENCODE), also REC_EUSAGE where a
 * measuring pass is asked for and an input can be read once only; REC_ENOMEM. Each output appears whole or not at all; none, where the error
 * comes before all are complete.
 */
int rec_mixdown_run(const struct rec_mixdown_params *params, struct rec_mixdown_result *result);

/** rec_mixdown_inputs_json(params, result, json): the member "inputs": everything about each voice, "holes" as their number. */
void rec_mixdown_inputs_json(
        const struct rec_mixdown_params *params, const struct rec_mixdown_result *result, struct rec_json *json);

/** rec_mixdown_source_json(...), rec_mixdown_ledger_json(...): what voice ${i} is, and what became of it, into the object at hand; ${list}: each hole. */
void rec_mixdown_source_json(const struct rec_mixdown_params *params, const struct rec_mixdown_result *result, size_t i,
        struct rec_json *json);
void rec_mixdown_ledger_json(const struct rec_mixdown_params *params, const struct rec_mixdown_result *result, size_t i,
        bool list, struct rec_json *json);

/** rec_mixdown_figures_json(figures, json): lufs, true_peak_dbtp, peak_dbfs into the object at hand. */
void rec_mixdown_figures_json(const struct rec_level_figures *figures, struct rec_json *json);

/** rec_mixdown_print(params, result): a line about each voice under -v. */
void rec_mixdown_print(const struct rec_mixdown_params *params, const struct rec_mixdown_result *result);

void rec_mixdown_result_free(const struct rec_mixdown_params *params, struct rec_mixdown_result *result);

#endif
