/* SPDX-License-Identifier: MIT */
#include "sound/mix.h"

#include "base/err.h"
#include "base/log.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* how long before it may sound a track is opened, so that decoding is ahead */
static const int64_t open_ahead_ns = 2 * REC_NS_PER_S;

enum state { WAITING, SOUNDING, ENDED, SKIPPED };

struct voice {
	struct rec_mix_track track;
	enum state state;
	struct rec_sound_track *sound;
	struct rec_sound_ledger ledger;
	bool accounted;
	float gain[2]; /* left, right; mono output: the first */
	float *pcm;    /* a block of its own samples */
	int channels;
	bool heard;      /* pcm holds the block last read */
	int64_t end;     /* known once it ended */
	int64_t counted; /* the ledger is complete up to here */
};

struct rec_mix {
	struct rec_mix_params params;
	struct voice *voices;
	size_t nvoices;
	int64_t pos;
	sem_t workers;
};

int rec_mix_new(struct rec_mix **mix, const struct rec_mix_params *params)
{
	long jobs = params->jobs > 0 ? params->jobs : sysconf(_SC_NPROCESSORS_ONLN);
	struct rec_mix *m = calloc(1, sizeof(*m));

	*mix = m;
	if (!m)
		return REC_ENOMEM;
	m->params = *params;
	sem_init(&m->workers, 0, jobs > 0 ? (unsigned)jobs : 1);
	return REC_OK;
}

/* A balance: the nearer side stays at full level, the other comes down; mono output takes no side. */
static void set_gain(struct voice *v, int channels)
{
	static const double half_pi = 1.57079632679489661923;
	double gain = pow(10, v->track.gain_db / 20), pan = v->track.pan;

	v->gain[0] = v->gain[1] = (float)gain;
	if (channels == 2 && pan > 0)
		v->gain[0] = (float)(gain * cos(fmin(pan, 1) * half_pi));
	if (channels == 2 && pan < 0)
		v->gain[1] = (float)(gain * cos(fmin(-pan, 1) * half_pi));
}

int rec_mix_add(struct rec_mix *mix, const struct rec_mix_track *track)
{
	struct voice *voices = realloc(mix->voices, (mix->nvoices + 1) * sizeof(*voices));

	if (!voices) {
		struct rec_input *input = track->place.input;

		rec_input_close(&input);
		return REC_ENOMEM;
	}
	mix->voices = voices;
	struct voice *v = &voices[mix->nvoices];
	memset(v, 0, sizeof(*v));
	v->track = *track;
	v->track.place.rate = mix->params.rate;
	if (v->track.place.channels > mix->params.channels)
		v->track.place.channels = mix->params.channels;
	v->track.place.max_channels = mix->params.channels;
	v->track.place.workers = &mix->workers;
	set_gain(v, mix->params.channels);
	return (int)mix->nvoices++;
}

static void close_voice(const struct rec_mix *mix, struct voice *v, enum state state)
{
	if (v->sound) {
		v->end = rec_sound_track_end(v->sound);
		rec_sound_track_close(&v->sound, &v->ledger);
		v->accounted = true;
		if (mix->params.counts) /* what may yet be cut is kept */
			rec_ledger_forget(&v->ledger, mix->pos);
	}
	free(v->pcm);
	v->pcm = NULL;
	v->heard = false;
	v->state = state;
}

/* An input that cannot be used: an error, or left out. */
static int leave_out(struct rec_mix *mix, struct voice *v, int err)
{
	if (err == REC_ENODATA)
		err = rec_report(REC_EINPUT, "cannot use '%s': no sound in it", v->track.path);
	if (err != REC_EINPUT || !mix->params.skip_bad)
		return err;
	rec_warn("left out '%s'", v->track.path);
	close_voice(mix, v, SKIPPED);
	return REC_OK;
}

static int open_voice(struct rec_mix *mix, struct voice *v)
{
	int err = rec_sound_track_open(&v->sound, v->track.path, &v->track.place);

	v->track.place.input = NULL;
	if (err < 0)
		return leave_out(mix, v, err);
	v->channels = rec_sound_track_channels(v->sound);
	v->pcm = malloc(REC_MIX_BLOCK * (size_t)v->channels * sizeof(*v->pcm));
	if (!v->pcm)
		return REC_ENOMEM;
	v->state = SOUNDING;
	return REC_OK;
}

static int64_t sample_or_bound(int64_t ns, int rate)
{
	return ns == INT64_MIN || ns == INT64_MAX ? ns : rec_samples_of_ns(ns, rate);
}

/* Open and close what comes and goes during the block [pos, pos + n). */
static int tend(struct rec_mix *mix, struct voice *v, size_t n)
{
	int rate = mix->params.rate;
	int64_t near = sample_or_bound(v->track.near_ns, rate), far = sample_or_bound(v->track.far_ns, rate);
	int64_t soon = mix->pos + (int64_t)n + rec_samples_of_ns(open_ahead_ns, rate);

	if (v->state == WAITING && near < soon)
		return open_voice(mix, v);
	if (v->state == SOUNDING && far <= mix->pos) {
		close_voice(mix, v, ENDED);
		v->end = v->counted = far;
	}
	return REC_OK;
}

/* Every channel alike, but for pan in stereo. A mono voice goes to all channels. */
static void add(const struct voice *v, float *pcm, size_t n, int channels)
{
	const float *in = v->pcm;
	float left = v->gain[0], right = v->gain[1];
	size_t c = (size_t)channels, own = (size_t)v->channels;

	if (channels == 2 && own == 1) {
		for (size_t i = 0; i < n; i++) {
			pcm[2 * i] += left * in[i];
			pcm[2 * i + 1] += right * in[i];
		}
	} else if (channels == 2) {
		for (size_t i = 0; i < n; i++) {
			pcm[2 * i] += left * in[2 * i];
			pcm[2 * i + 1] += right * in[2 * i + 1];
		}
	} else if (own == c) {
		for (size_t i = 0; i < n * c; i++)
			pcm[i] += left * in[i];
	} else {
		for (size_t i = 0; i < n * c; i++)
			pcm[i] += left * in[i / c * own];
	}
}

static int read_voice(struct rec_mix *mix, struct voice *v, float *pcm, size_t n)
{
	v->heard = false;
	if (v->state != SOUNDING)
		return REC_OK;
	int err = rec_sound_track_read(v->sound, mix->pos, n, v->pcm);
	if (err == REC_ENODATA) {
		v->counted = mix->pos + (int64_t)n;
		close_voice(mix, v, ENDED);
		return REC_OK;
	}
	if (err < 0)
		return leave_out(mix, v, err);
	v->heard = true;
	add(v, pcm, n, mix->params.channels);
	return REC_OK;
}

/* The end of the mix when no length is set: the last track's; -1: some track has not told yet. */
static int64_t end_of_all(const struct rec_mix *mix)
{
	int64_t last = 0;

	for (size_t i = 0; i < mix->nvoices; i++) {
		const struct voice *v = &mix->voices[i];
		int64_t end = v->state == SOUNDING ? rec_sound_track_end(v->sound) : v->end;

		if (v->state == WAITING || end < 0)
			return -1;
		last = v->state != SKIPPED && end > last ? end : last;
	}
	return last;
}

static size_t cut(const struct rec_mix *mix, size_t n)
{
	int64_t length = mix->params.length >= 0 ? mix->params.length : end_of_all(mix);
	int64_t left = length - mix->pos;

	if (length < 0 || left >= (int64_t)n)
		return n;
	return left > 0 ? (size_t)left : 0;
}

ssize_t rec_mix_read(struct rec_mix *mix, float *pcm, size_t n)
{
	n = n < REC_MIX_BLOCK ? n : REC_MIX_BLOCK;
	if (mix->params.length >= 0)
		n = cut(mix, n);
	memset(pcm, 0, n * (size_t)mix->params.channels * sizeof(*pcm));
	for (size_t i = 0; n && i < mix->nvoices; i++) {
		struct voice *v = &mix->voices[i];
		int err = tend(mix, v, n);

		if (err == REC_OK)
			err = read_voice(mix, v, pcm, n);
		if (err < 0)
			return err;
	}
	n = cut(mix, n);
	mix->pos += (int64_t)n;
	return (ssize_t)n;
}

const float *rec_mix_stem(const struct rec_mix *mix, size_t i, int *channels)
{
	const struct voice *v = &mix->voices[i];

	*channels = v->channels;
	return v->heard ? v->pcm : NULL;
}

bool rec_mix_add_stem(const struct rec_mix *mix, size_t i, float *pcm, size_t n, int channels)
{
	const struct voice *v = &mix->voices[i];

	if (v->heard)
		add(v, pcm, n, channels);
	return v->heard;
}

const struct rec_sound_ledger *rec_mix_ledger(struct rec_mix *mix, size_t i)
{
	struct voice *v = &mix->voices[i];

	if (v->state == SOUNDING) {
		v->counted = mix->pos;
		close_voice(mix, v, ENDED);
	}
	if (!v->accounted || v->state == SKIPPED)
		return NULL;
	/* without memory the tail is still counted, though not listed */
	(void)rec_ledger_gap(&v->ledger, v->counted, mix->pos - v->counted, REC_GAP_TAIL);
	v->counted = mix->pos;
	rec_ledger_cut(&v->ledger, mix->pos); /* a track was read to the end of a block */
	return &v->ledger;
}

bool rec_mix_skipped(const struct rec_mix *mix, size_t i)
{
	return mix->voices[i].state == SKIPPED;
}

void rec_mix_free(struct rec_mix **mix)
{
	struct rec_mix *m = *mix;

	if (!m)
		return;
	for (size_t i = 0; i < m->nvoices; i++) {
		close_voice(m, &m->voices[i], ENDED);
		rec_sound_ledger_free(&m->voices[i].ledger);
		rec_input_close(&m->voices[i].track.place.input);
	}
	free(m->voices);
	sem_destroy(&m->workers);
	free(m);
	*mix = NULL;
}
