/* SPDX-License-Identifier: MIT */
/*
 * The one pass: every track decoded once, put on the clock, drawn on the canvas or mixed, encoded once. Picture and sound run side by side;
 * memory is bounded by what is visible and audible at one instant.
 */
#ifndef REC_COMPOSE_COMPOSE_H
#define REC_COMPOSE_COMPOSE_H

#include "base/json.h"
#include "base/progress.h"
#include "compose/feed.h"
#include "compose/plan.h"
#include "media/output.h"
#include "sound/track.h"

struct rec_compose_params {
	const char *output;
	const char *format; /* NULL: by the output's ending */
	bool no_clobber;
	struct rec_scene scene;
	const char *background; /* a colour, as rec_colour_parse() reads it */
	const char *codec;
	const char *preset;
	double crf;
	int64_t bitrate;
	int64_t audio_bitrate;
	int audio_rate;
	bool no_audio;
	int jobs;             /* threads that decode and scale at once; 0: as many as processors */
	bool strict;          /* a track whose tail is missing is an error */
	bool allow_truncated; /* one over the network is not: otherwise the network may have lost it */
	enum rec_progress_mode progress;
};

/* what was done; zero-initialise, free with rec_compose_result_free() */
struct rec_compose_result {
	struct rec_picture_ledger *pictures; /* one for each track of the session */
	struct rec_sound_ledger *sounds;     /* likewise */
	struct rec_output_stats output;
	size_t truncated; /* tracks whose tail is missing */
	double limited_db;
	int rate;         /* Hz of the sound */
	int64_t sound_ns; /* time spent decoding and mixing sound */
	int64_t draw_ns;  /* on the canvas */
	int64_t total_ns;
};

/**
 * rec_compose_run(plan, params, result):
 * Errors, reported: those of the inputs (REC_EINPUT, REC_EIO), of the output (REC_EUSAGE, REC_EEXIST, REC_EIO, REC_EENCODE), REC_ENOMEM. No output was left
 * behind then.
 */
int rec_compose_run(
        const struct rec_plan *plan, const struct rec_compose_params *params, struct rec_compose_result *result);

/** rec_compose_check(plan, params): what rec_compose_run() refuses before it writes anything: colour, codec, preset, quality, rates. REC_EUSAGE, REC_EENCODE (reported); REC_ENOMEM. */
int rec_compose_check(const struct rec_plan *plan, const struct rec_compose_params *params);

/** rec_compose_result_json(plan, result, json): the members "inputs", "limited_db" and "timings" of the summary. */
void rec_compose_result_json(
        const struct rec_plan *plan, const struct rec_compose_result *result, struct rec_json *json);

void rec_compose_result_free(const struct rec_plan *plan, struct rec_compose_result *result);

#endif
