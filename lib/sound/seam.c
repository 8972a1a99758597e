/* SPDX-License-Identifier: MIT */
#include "sound/seam.h"

#include "base/err.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const int fade_ms = 5;
/* a step this much larger than any near it is heard; -60 dBFS is not */
static const float steep = 1.5F;
static const float quiet = 0.001F;
static const double half_turn = 3.14159265358979323846;

struct rec_seam {
	size_t channels;
	size_t fade;  /* frames */
	float *held;  /* 2 x fade frames */
	size_t n;     /* frames in it */
	size_t joint; /* the frame in it that begins a piece, while marked */
	bool marked;
	size_t softened;
};

int rec_seam_new(struct rec_seam **out, int rate, int channels)
{
	struct rec_seam *s = calloc(1, sizeof(*s));

	*out = s;
	if (!s)
		return REC_ENOMEM;
	s->channels = (size_t)channels;
	s->fade = (size_t)(rate * fade_ms / 1000);
	s->held = calloc(2 * s->fade * s->channels + 1, sizeof(*s->held));
	if (s->held)
		return REC_OK;
	rec_seam_free(out);
	return REC_ENOMEM;
}

/* a piece shorter than a fade has no joint of its own */
void rec_seam_mark(struct rec_seam *seam)
{
	if (seam->marked)
		return;
	seam->marked = seam->n > 0;
	seam->joint = seam->n;
}

static bool goes_on(const struct rec_seam *s, size_t channel)
{
	const float *x = s->held + channel;
	float most = 0, step = fabsf(x[s->joint * s->channels] - x[(s->joint - 1) * s->channels]);

	for (size_t i = 1; i < s->n; i++)
		if (i != s->joint)
			most = fmaxf(most, fabsf(x[i * s->channels] - x[(i - 1) * s->channels]));
	return step <= steep * most + quiet;
}

static void soften(struct rec_seam *s)
{
	bool smooth = true;

	for (size_t c = 0; c < s->channels; c++)
		smooth = smooth && goes_on(s, c);
	s->marked = false;
	if (smooth)
		return;
	s->softened++;
	for (size_t i = 0; i < s->n; i++) {
		size_t away = i < s->joint ? s->joint - i : i - s->joint + 1; /* 1 next to the joint */
		float gain = away > s->fade
		                     ? 1
		                     : (float)(0.5 - 0.5 * cos(half_turn * ((double)away - 0.5) / (double)s->fade));

		for (size_t c = 0; c < s->channels; c++)
			s->held[i * s->channels + c] *= gain;
	}
}

static size_t give(struct rec_seam *s, size_t n, float *out)
{
	memcpy(out, s->held, n * s->channels * sizeof(*out));
	s->n -= n;
	memmove(s->held, s->held + n * s->channels, s->n * s->channels * sizeof(*out));
	return n;
}

size_t rec_seam_process(struct rec_seam *seam, const float *in, size_t n, float *out)
{
	size_t done = 0;

	if (!in) {
		if (seam->marked && seam->n > seam->joint)
			soften(seam);
		seam->marked = false;
		return give(seam, seam->n, out);
	}
	while (n > 0) {
		size_t room = (seam->marked ? seam->joint + seam->fade : 2 * seam->fade) - seam->n;
		size_t take = n < room ? n : room;

		memcpy(seam->held + seam->n * seam->channels, in, take * seam->channels * sizeof(*in));
		seam->n += take;
		in += take * seam->channels;
		n -= take;
		if (seam->marked && seam->n == seam->joint + seam->fade)
			soften(seam);
		if (!seam->marked && seam->n > seam->fade)
			done += give(seam, seam->n - seam->fade, out + done * seam->channels);
	}
	return done;
}

size_t rec_seam_delay(const struct rec_seam *seam)
{
	return 2 * seam->fade;
}

size_t rec_seam_softened(const struct rec_seam *seam)
{
	return seam->softened;
}

void rec_seam_free(struct rec_seam **out)
{
	if (!*out)
		return;
	free((*out)->held);
	free(*out);
	*out = NULL;
}
