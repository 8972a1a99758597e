/* SPDX-License-Identifier: MIT */
#include "probe/deep.h"

#include "base/err.h"
#include "sound/amplitude.h"
#include "sound/loudness.h"
#include "sound/track.h"

#include <math.h>
#include <stdlib.h>

enum { RATE = 48000, BLOCK = 4800, MAX_SILENCES = 1000 };
static const float quiet = 0.001f; /* -60 dBFS */
static const int64_t shortest_ns = 2 * REC_NS_PER_S;

struct listening {
	struct rec_deep *deep;
	struct rec_loudness *loudness;
	int64_t quiet_from; /* sample; -1: it sounds */
	int64_t at;
};

static int end_silence(struct listening *l, int64_t at)
{
	struct rec_deep *deep = l->deep;
	struct rec_span span = {rec_ns_of_samples(l->quiet_from, RATE), rec_ns_of_samples(at, RATE)};

	if (l->quiet_from < 0 || span.end_ns - span.start_ns < shortest_ns) {
		l->quiet_from = -1;
		return REC_OK;
	}
	l->quiet_from = -1;
	deep->silence_ns += span.end_ns - span.start_ns;
	if (deep->silences.n == MAX_SILENCES)
		return REC_OK;
	if (!deep->silences.items && !(deep->silences.items = calloc(MAX_SILENCES, sizeof(*deep->silences.items))))
		return REC_ENOMEM;
	deep->silences.items[deep->silences.n++] = span;
	return REC_OK;
}

/* a block is silent or not as a whole: 100 ms are fine enough to be told of */
static int listen(struct listening *l, const float *pcm, size_t n, int channels)
{
	int r = REC_OK;

	if (rec_amplitude_peak(pcm, n * (size_t)channels) >= quiet)
		r = end_silence(l, l->at);
	else if (l->quiet_from < 0)
		l->quiet_from = l->at;
	l->at += (int64_t)n;
	return r < 0 ? r : rec_loudness_add(l->loudness, pcm, n);
}

static int listen_to_all(struct listening *l, struct rec_sound_track *sound)
{
	int channels = rec_sound_track_channels(sound);
	float *pcm = calloc((size_t)BLOCK * (size_t)channels, sizeof(*pcm));
	int r = pcm ? rec_loudness_new(&l->loudness, RATE, channels) : REC_ENOMEM;

	while (r == REC_OK) {
		r = rec_sound_track_read(sound, l->at, BLOCK, pcm);
		if (r == REC_OK)
			r = listen(l, pcm, BLOCK, channels);
	}
	if (r == REC_ENODATA)
		r = end_silence(l, rec_sound_track_end(sound) > 0 ? rec_sound_track_end(sound) : l->at);
	free(pcm);
	return r;
}

static double decibels(double linear)
{
	return linear > 0 ? 20 * log10(linear) : -INFINITY;
}

static int look_at_sound(struct rec_deep *deep, const struct rec_track *track)
{
	const struct rec_sound_track_params params = {.rate = RATE,
	        .max_channels = 8,
	        .origin = REC_ORIGIN_TRACK,
	        .cuts = track->cuts,
	        .kept = track->kept,
	        .stream = track->stream};
	struct listening l = {.deep = deep, .quiet_from = -1};
	struct rec_level_figures figures = {-INFINITY, -INFINITY, -INFINITY};
	struct rec_sound_ledger ledger = {0};
	struct rec_sound_track *sound = NULL;
	int r = rec_sound_track_open(&sound, track->path, &params);

	if (r == REC_OK)
		r = listen_to_all(&l, sound);
	if (r == REC_OK)
		rec_loudness_get(l.loudness, &figures);
	rec_sound_track_close(&sound, &ledger);
	deep->lufs = figures.lufs;
	deep->peak_dbfs = figures.peak_dbfs;
	deep->rms_dbfs = decibels(ledger.rms);
	deep->drift_ppm = ledger.drift_ppm;
	deep->damage = ledger.damage;
	rec_sound_ledger_free(&ledger);
	rec_loudness_free(&l.loudness);
	return r;
}

static int look_at_pictures(struct rec_deep *deep, const struct rec_track *track)
{
	struct rec_input_params params = REC_INPUT_PARAMS(REC_MEDIA_VIDEO);
	struct rec_input *in = NULL;
	AVFrame *frame = av_frame_alloc();
	int64_t pts_ns;
	int r;

	params.kept = track->kept;
	params.stream = track->stream;
	r = frame ? rec_input_open(&in, track->path, &params) : REC_ENOMEM;

	while (r == REC_OK) {
		r = rec_input_read(in, frame, &pts_ns);
		av_frame_unref(frame);
	}
	if (in)
		rec_input_damage(in, &deep->damage);
	av_frame_free(&frame);
	rec_input_close(&in);
	return r == REC_ENODATA && deep->damage.frames > 0 ? REC_OK : r;
}

int rec_deep_look(struct rec_deep *deep, const struct rec_track *track)
{
	int r;

	*deep = (struct rec_deep){.lufs = -INFINITY};
	r = track->kind == REC_AUDIO ? look_at_sound(deep, track) : look_at_pictures(deep, track);
	deep->known = r == REC_OK;
	return r;
}

void rec_deep_free(struct rec_deep *deep)
{
	free(deep->silences.items);
	deep->silences.items = NULL;
	deep->silences.n = 0;
}
