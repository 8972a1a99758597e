/* SPDX-License-Identifier: MIT */
/*
 * Joints without a click: where one piece of sound follows another and the wave does not go on, 5 ms before the joint are faded out and 5 ms after it faded in. Where it
 * does go on (a recorder that began a new file in the middle of a word) not a sample changes. Nothing moves: output sample n is input sample n.
 */
#ifndef REC_SOUND_SEAM_H
#define REC_SOUND_SEAM_H

#include <stddef.h>

struct rec_seam;

/** rec_seam_new(seam, rate, channels): rate in Hz. REC_ENOMEM. */
int rec_seam_new(struct rec_seam **seam, int rate, int channels);

/** rec_seam_mark(seam): the next sample begins another piece. */
void rec_seam_mark(struct rec_seam *seam);

/**
 * rec_seam_process(seam, in, n, out):
 *   in    n x channels, interleaved float; NULL: flush: the samples still held come out
 *   out   room for (n + rec_seam_delay()) x channels; may not be in
 * Return the number of frames written.
 */
size_t rec_seam_process(struct rec_seam *seam, const float *in, size_t n, float *out);

/** rec_seam_delay(seam): frames held back at most. */
size_t rec_seam_delay(const struct rec_seam *seam);

/** rec_seam_softened(seam): joints that were faded. */
size_t rec_seam_softened(const struct rec_seam *seam);

void rec_seam_free(struct rec_seam **seam);

#endif
