/* SPDX-License-Identifier: MIT */
/* What only decoding tells of a track: level, silence and drift of sound; pictures that could not be decoded. */
#ifndef REC_PROBE_DEEP_H
#define REC_PROBE_DEEP_H

#include "media/input.h"
#include "session/session.h"

struct rec_deep {
	bool known;
	double lufs;      /* sound; -INFINITY: silence */
	double peak_dbfs; /* likewise */
	double rms_dbfs;
	double drift_ppm;
	int64_t silence_ns;        /* in runs of 2 s or more below -60 dBFS, holes included */
	struct rec_spans silences; /* these runs, in time since the first sample; the first 1000 */
	struct rec_damage damage;
};

/** rec_deep_look(deep, track): decode all of it. Errors as of rec_input_open() and rec_sound_track_open(). Free with rec_deep_free(). */
int rec_deep_look(struct rec_deep *deep, const struct rec_track *track);

void rec_deep_free(struct rec_deep *deep);

#endif
