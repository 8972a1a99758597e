/* SPDX-License-Identifier: MIT */
/*
 * The plan: every input looked at before anything is written, what cannot be used refused or left out, and the timeline of
 * windows over what is left.
 */
#ifndef REC_COMPOSE_PLAN_H
#define REC_COMPOSE_PLAN_H

#include "base/json.h"
#include "session/timeline.h"

#include <stdbool.h>

/* what is known of a track's file before the pass */
struct rec_plan_track {
	bool used;        /* it takes part: its medium is wanted, and it can be read */
	bool left_out;    /* it was wanted, but cannot be read (--skip-bad) */
	int64_t first_ns; /* container stamp of the first sample or picture presented; REC_NS_UNKNOWN */
	int64_t place_ns; /* what is added to a container stamp to give output time */
	char codec[32];
	char decoder[32];
	int width;
	int height;
	int rate;
	int channels;
};

struct rec_plan {
	const struct rec_session *session;
	struct rec_timeline *timeline;
	struct rec_plan_track *tracks; /* one for each of the session's */
	size_t left_out;
};

struct rec_plan_params {
	struct rec_timeline_params timeline; /* skip and end_ns are filled in here */
	bool no_audio;
	bool skip_bad;
};

/**
 * rec_plan_new(plan, session, params):
 * ${session} is borrowed for the plan's life.
 * Errors, reported: REC_EINPUT: an input cannot be used, or nothing is left; REC_ENOMEM.
 */
int rec_plan_new(struct rec_plan **plan, const struct rec_session *session, const struct rec_plan_params *params);

/** rec_plan_has(plan, kind): whether any track of that kind takes part. */
bool rec_plan_has(const struct rec_plan *plan, enum rec_kind kind);

/** rec_plan_windows_json(plan, json), rec_plan_inputs_json(plan, json): the members "windows" and "inputs" of a dry run's object. */
void rec_plan_windows_json(const struct rec_plan *plan, struct rec_json *json);
void rec_plan_inputs_json(const struct rec_plan *plan, struct rec_json *json);

/** rec_plan_print(plan): the plan for people, on stdout. REC_EIO. */
int rec_plan_print(const struct rec_plan *plan);

/** rec_plan_tell(plan): under -v, what each input is, and the plan in a line. */
void rec_plan_tell(const struct rec_plan *plan);

void rec_plan_free(struct rec_plan **plan);

#endif
