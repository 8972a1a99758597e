/* SPDX-License-Identifier: MIT */
#include "edit/concatsound.h"

#include "base/err.h"
#include "sound/seam.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK = 1024 };

struct rec_concat_sound {
	struct rec_concat_plan *plan;
	int rate;
	size_t piece;   /* the one in hand */
	int64_t sample; /* of the output, the next to read */
	struct rec_sound_track *track;
	size_t open; /* the segment whose track is open, or was: SIZE_MAX: none */
	struct rec_seam *seam;
	float *block;
	float *joined;
};

int rec_concat_sound_open(struct rec_concat_sound **out, struct rec_concat_plan *plan, int rate)
{
	struct rec_concat_sound *s = calloc(1, sizeof(*s));
	size_t channels = (size_t)plan->channels;
	int err;

	*out = s;
	if (!s)
		return REC_ENOMEM;
	s->plan = plan;
	s->rate = rate;
	s->open = SIZE_MAX;
	err = rec_seam_new(&s->seam, rate, plan->channels);
	if (err == REC_OK) {
		s->block = calloc(BLOCK * channels, sizeof(float));
		s->joined = calloc((BLOCK + rec_seam_delay(s->seam)) * channels, sizeof(float));
		err = s->block && s->joined ? REC_OK : REC_ENOMEM;
	}
	if (err < 0)
		rec_concat_sound_close(out, NULL);
	return err;
}

static void close_track(struct rec_concat_sound *s)
{
	if (s->track)
		rec_sound_track_close(&s->track, &s->plan->segments.items[s->open].sound);
}

/* A segment's sound counts from its first picture. */
static int open_track(struct rec_concat_sound *s, size_t i)
{
	const struct rec_segment *segment = &s->plan->segments.items[i];
	struct rec_sound_track_params params = {.rate = s->rate,
	        .channels = s->plan->channels,
	        .origin = REC_ORIGIN_SESSION,
	        .start_ns = -segment->first_ns};

	if (s->open == i)
		return REC_OK;
	close_track(s);
	s->open = i;
	return segment->has_sound ? rec_recording_sound(&segment->recording, params, &s->track) : REC_OK;
}

/* whether ${b} goes on where ${a} ended, in one file */
static bool follows(const struct rec_piece *a, const struct rec_piece *b)
{
	return a->segment == b->segment && a->to_ns == b->from_ns;
}

static int write_joined(struct rec_concat_sound *s, struct rec_output *output, const float *pcm, size_t n)
{
	size_t ready = rec_seam_process(s->seam, pcm, n, s->joined);

	return ready > 0 ? rec_output_audio(output, s->joined, ready) : REC_OK;
}

/* Some samples of the piece in hand, which ends at sample ${end}. */
static int read_block(struct rec_concat_sound *s, const struct rec_piece *piece, int64_t end, size_t *n)
{
	const struct rec_segment *segment = &s->plan->segments.items[piece->segment];
	int64_t begin = rec_samples_of_ns(piece->at_ns, s->rate);
	int64_t at = rec_samples_of_ns(piece->from_ns - segment->first_ns, s->rate) + s->sample - begin;
	int err = open_track(s, piece->segment);

	*n = end - s->sample < BLOCK ? (size_t)(end - s->sample) : BLOCK;
	memset(s->block, 0, *n * (size_t)s->plan->channels * sizeof(float));
	if (err == REC_OK && s->track)
		err = rec_sound_track_read(s->track, at, *n, s->block);
	return err == REC_ENODATA ? REC_OK : err; /* silence fills it */
}

int rec_concat_sound_feed(struct rec_concat_sound *s, struct rec_output *output, int64_t until_ns)
{
	const struct rec_pieces *pieces = &s->plan->pieces;
	int64_t until = rec_samples_of_ns(until_ns, s->rate);
	int err = REC_OK;

	while (err == REC_OK && s->piece < pieces->n && s->sample < until) {
		const struct rec_piece *piece = &pieces->items[s->piece];
		int64_t end = rec_samples_of_ns(piece->at_ns + piece->length_ns, s->rate);
		size_t n = 0;

		if (s->sample >= end) {
			s->piece++;
			if (s->piece < pieces->n && !follows(piece, &pieces->items[s->piece]))
				rec_seam_mark(s->seam);
			continue;
		}
		err = read_block(s, piece, end, &n);
		s->sample += (int64_t)n;
		if (err == REC_OK)
			err = write_joined(s, output, s->block, n);
	}
	if (err == REC_OK && until_ns >= pieces->end_ns) {
		err = write_joined(s, output, NULL, 0);
		close_track(s);
		if (err == REC_OK)
			err = rec_output_end_audio(output);
	}
	return err;
}

void rec_concat_sound_close(struct rec_concat_sound **out, size_t *softened)
{
	struct rec_concat_sound *s = *out;

	*out = NULL;
	if (!s)
		return;
	if (softened && s->seam)
		*softened = rec_seam_softened(s->seam);
	close_track(s);
	rec_seam_free(&s->seam);
	free(s->block);
	free(s->joined);
	free(s);
}
