/* SPDX-License-Identifier: MIT */
/*
 * The sound tracks of a session, or files of the command line, on their way into a mix: each with its place, its presence and
 * its mutes in output time. All were looked at; what cannot be used is refused or marked.
 */
#ifndef REC_COMPOSE_VOICES_H
#define REC_COMPOSE_VOICES_H

#include "compose/plan.h"
#include "sound/mix.h"

struct rec_voice {
	char *name; /* the participant's, or the file's without folder and ending */
	char *path;
	const struct rec_source *kept; /* as of the track; NULL of an input */
	int stream;
	const char *entry; /* where the manifest, or the command line, says so; borrowed */
	size_t person;     /* whose it is; counts from 0 */
	size_t track;      /* in the session, or the number of the input */
	bool left_out;     /* it cannot be read (--skip-bad) */
	bool lacks_clock;  /* its stamps are no session time */
	int64_t first_ns;  /* container stamp of the first sample presented; the rest is what the container says */
	int64_t span_ns;   /* its length, where known; REC_NS_UNKNOWN */
	char codec[32];
	int rate;
	int channels;
	enum rec_origin origin; /* origin and start_ns: struct rec_sound_track_params */
	int64_t start_ns;
	bool bounded;            /* it sounds in audible alone */
	struct rec_span audible; /* output time */
	struct rec_spans mutes;  /* likewise */
	struct rec_cuts cuts;    /* the track's; borrowed */
	struct rec_input *input; /* a pipe, open since it was looked at; rec_voice_track() hands it on */
	double gain_db;
	double pan;
};

struct rec_voices {
	struct rec_voice *items;
	size_t n;
	size_t npersons;
	size_t left_out;
	int64_t zero_ns;   /* output 0 on the session's clock */
	int64_t length_ns; /* of the session; REC_NS_UNKNOWN: to the end of the last voice */
};

/* a file of the command line */
struct rec_voice_input {
	const char *entry; /* as typed */
	const char *path;
	int origin; /* enum rec_origin; -1: session where the first stamp is positive and the container has a clock, else track */
	int64_t start_ns; /* origin track: where the first sample stands */
};

/** rec_voices_from_plan(voices, plan): every wanted sound track; ${plan} is borrowed for their life. REC_ENOMEM. */
int rec_voices_from_plan(struct rec_voices **voices, const struct rec_plan *plan);

/**
 * rec_voices_from_inputs(voices, inputs, n, skip_bad):
 * Look at each file, every one a person by itself. What they point to is borrowed for the voices' life.
 * Errors, reported: REC_EINPUT: an input cannot be used (with ${skip_bad}: none can); REC_EIO; REC_ENOMEM.
 */
int rec_voices_from_inputs(struct rec_voices **voices, const struct rec_voice_input *inputs, size_t n, bool skip_bad);

/** rec_voice_origin_name(voice): "session", "track". */
const char *rec_voice_origin_name(const struct rec_voice *voice);

/** rec_voices_keep(voices, path): drop all voices but those of that file; how many are left. */
size_t rec_voices_keep(struct rec_voices *voices, const char *path);

/** rec_voice_track(voice): it as a track of a mix, which borrows it; its input, where it has one, goes along. */
struct rec_mix_track rec_voice_track(struct rec_voice *voice);

/**
 * rec_voices_bound_ns(voices, ns):
 * A time that no voice outlasts; looks through the packets of files that do not say how long they are. REC_NS_UNKNOWN: a pipe.
 * REC_EIO, REC_EINPUT, reported; REC_ENOMEM.
 */
int rec_voices_bound_ns(const struct rec_voices *voices, int64_t *ns);

/** rec_voices_once(voices): the path of one that can be read once only; NULL: all can be read again. */
const char *rec_voices_once(const struct rec_voices *voices);

/** rec_voices_check_output(voices, output): REC_EUSAGE (reported): ${output} is one of the inputs. */
int rec_voices_check_output(const struct rec_voices *voices, const char *output);

void rec_voices_free(struct rec_voices **voices);

#endif
