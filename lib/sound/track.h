/* SPDX-License-Identifier: MIT */
/*
 * One track's sound, placed to the sample: a file's frames go through gap fill, drift and rate to a position in the output, and are
 * read as a gapless stream of interleaved float from sample 0 on, silence wherever the track has nothing. Decoding runs on a thread of
 * its own, ahead by a bounded queue. A hole of hours costs neither memory nor time beyond its silence.
 *
 *     rec_sound_track_open(&t, path, &params);           -- reported
 *     for (...) rec_sound_track_read(t, pos, n, pcm);     -- positions never go back
 *     rec_sound_track_close(&t, &ledger);
 */
#ifndef REC_SOUND_TRACK_H
#define REC_SOUND_TRACK_H

#include "base/clock.h"
#include "media/input.h"
#include "session/session.h"
#include "sound/ledger.h"

#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rec_sound_track;

struct rec_sound_track_params {
	int rate;         /* Hz of the output; 48000; 0: the source's */
	int channels;     /* of the output: 1 or 2 ...; 0: the source's, but at most max_channels */
	int max_channels; /* 0: no bound */
	/* where the stamps lie: origin track: the first sample presented stands at start_ns; origin session: stamp s stands at s + start_ns.
	 * start_ns counts from the output's zero, may be negative (what lies before 0 is trimmed, and counted) */
	enum rec_origin origin;
	int64_t start_ns;
	bool lone; /* origin track all the same where rec_sound_track_lacks_clock() */
	/* the items of all three are borrowed until close */
	struct rec_spans audible;  /* output time: silence outside, with a 5 ms fade at each edge; n == 0: everywhere */
	struct rec_spans mutes;    /* output time: silence inside, faded alike */
	struct rec_cuts cuts;      /* time that is missing in the file: put back as silence */
	sem_t *workers;            /* taken while decoding (-j); NULL */
	struct rec_source *source; /* read from it instead of opening the path; taken over, also on error; NULL */
	struct rec_input *input;   /* or this, open and not yet read, where the path is not opened here; likewise */
	const struct rec_source *kept; /* or from a second reader of this; borrowed until the track is open; NULL */
	int stream;                    /* as rec_input_params has it */
};

/**
 * rec_sound_track_open(track, path, params):
 * Errors as of rec_input_open(), reported: REC_EINPUT: missing, not media, nothing in it can be decoded; REC_ENODATA: media without sound
 * (an info only); REC_ENOMEM.
 */
int rec_sound_track_open(struct rec_sound_track **track, const char *path, const struct rec_sound_track_params *params);

/**
 * rec_sound_track_read(track, pos, n, pcm):
 * Samples [pos, pos + n) of the output. Return REC_OK; REC_ENODATA: the track has ended before ${pos} and pcm is silence;
 * REC_EIO: reading failed (reported); REC_EINPUT: a format that cannot be converted (reported); REC_ENOMEM.
 *   pcm   n x channels, interleaved float, full scale [-1, 1]; overwritten
 */
int rec_sound_track_read(struct rec_sound_track *track, int64_t pos, size_t n, float *pcm);

/**
 * rec_sound_track_lacks_clock(container, first_ns):
 * Whether a lone file's stamps are no session time: in that container, by libavformat's short name, they never are; or the first is more
 * than a week, as of a wall clock.
 */
bool rec_sound_track_lacks_clock(const char *container, int64_t first_ns);

/** rec_sound_track_channels(track): channels of the stream that rec_sound_track_read() gives. */
int rec_sound_track_channels(const struct rec_sound_track *track);

/** rec_sound_track_rate(track): of the same, in Hz. */
int rec_sound_track_rate(const struct rec_sound_track *track);

/** rec_sound_track_end(track): the output sample after its last one that may sound; -1: not known before rec_sound_track_read() came to the end. */
int64_t rec_sound_track_end(const struct rec_sound_track *track);

/** rec_sound_track_info(track): what the container says; borrowed until close. */
const struct rec_input_info *rec_sound_track_info(const struct rec_sound_track *track);

/** rec_sound_track_close(track, ledger): ${ledger} may be NULL; complete only when the track was read to its end. */
void rec_sound_track_close(struct rec_sound_track **track, struct rec_sound_ledger *ledger);

#endif
