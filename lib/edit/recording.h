/* SPDX-License-Identifier: MIT */
/*
 * One recording that is looked at more than once: scanned, its picture decoded, its sound decoded, each by a reader of its own. What cannot
 * seek is kept in an unlinked temporary file first.
 *
 *     rec_recording_open(&recording, path);
 *     rec_recording_scan(&recording, &scan);  rec_recording_picture(&recording, &in);  rec_recording_sound(&recording, &track, &params);
 *     rec_recording_close(&recording);
 */
#ifndef REC_EDIT_RECORDING_H
#define REC_EDIT_RECORDING_H

#include "media/input.h"
#include "media/scan.h"
#include "sound/track.h"

struct rec_recording {
	const char *path;          /* for messages */
	struct rec_source *source; /* NULL: a folder of pictures, or at rest */
	bool kept;                 /* the only copy: a pipe's */
};

/** rec_recording_open(recording, path): ${path} is borrowed. As rec_source_open(), rec_source_make_seekable(). */
int rec_recording_open(struct rec_recording *recording, const char *path);

/** rec_recording_reader(recording, source): a reader of its own; NULL: whoever reads opens the path. REC_EIO (reported), REC_ENOMEM. */
int rec_recording_reader(const struct rec_recording *recording, struct rec_source **source);

/** rec_recording_scan(recording, scan): as rec_scan_picture(). */
int rec_recording_scan(const struct rec_recording *recording, struct rec_scan *scan);

/** rec_recording_input(recording, params, in): as rec_input_open(); the source is filled in here. */
int rec_recording_input(const struct rec_recording *recording, struct rec_input_params params, struct rec_input **in);

/** rec_recording_sound(recording, params, track): as rec_sound_track_open(); the source is filled in here. A folder: REC_ENODATA. */
int rec_recording_sound(
        const struct rec_recording *recording, struct rec_sound_track_params params, struct rec_sound_track **track);

/** rec_recording_rest(recording): hold no open file where the path leads to it again, as hundreds of segments must. It is opened again when it is needed. */
void rec_recording_rest(struct rec_recording *recording);

void rec_recording_close(struct rec_recording *recording);

#endif
