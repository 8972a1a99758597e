/* SPDX-License-Identifier: MIT */
/*
 * Decoded frames to places in the output: gap fill, rate, channels and drift; overlaps trimmed, everything counted. Silence is
 * never made: it is what lies between two blocks.
 *
 *     rec_place_new(&place, &params);
 *     for each frame: rec_place_frame(place, frame, pts_ns, damaged);  while ((block = rec_place_take(place))) ...; free(block);
 *     rec_place_end(place);  while ((block = rec_place_take(place))) ...;
 */
#ifndef REC_SOUND_PLACE_H
#define REC_SOUND_PLACE_H

#include "session/session.h"
#include "sound/ledger.h"

#include <libavutil/frame.h>

/* most samples of a block */
#define REC_PLACE_BLOCK 4096

struct rec_place;

/* contiguous samples of the output; positions never go back from one block to the next */
struct rec_place_block {
	struct rec_place_block *next; /* inside rec_place alone */
	int64_t pos;
	size_t n;
	float pcm[]; /* n x channels, interleaved */
};

struct rec_place_params {
	int rate;
	int channels;
	int64_t tick_ns; /* coarseness of the stamps */
	enum rec_origin origin;
	int64_t start_ns;
	const struct rec_spans *audible; /* n == 0: everywhere; borrowed */
	struct rec_sound_ledger *ledger; /* written until rec_place_end(); borrowed */
};

int rec_place_new(struct rec_place **place, const struct rec_place_params *params);

/**
 * rec_place_frame(place, frame, pts_ns, damaged):
 *   frame     sound in any format; its reference is taken, the frame is left empty
 *   damaged   something before it could not be decoded
 * Return 0; REC_EINVAL: the format cannot be converted; REC_ENOMEM.
 */
int rec_place_frame(struct rec_place *place, AVFrame *frame, int64_t pts_ns, bool damaged);

/** rec_place_end(place): no frame follows. As rec_place_frame(). */
int rec_place_end(struct rec_place *place);

/** rec_place_done(place): whether what follows lies past the last audible span: nothing more will be used. By position, never by time spent. */
bool rec_place_done(const struct rec_place *place);

/** rec_place_take(place): the next full block, the caller's to free(); NULL: none yet. */
struct rec_place_block *rec_place_take(struct rec_place *place);

void rec_place_free(struct rec_place **place);

#endif
