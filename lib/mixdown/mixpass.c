/* SPDX-License-Identifier: MIT */
#include "mixdown/mixpass.h"

#include "base/err.h"
#include "sound/limit.h"

#include <stdlib.h>
#include <string.h>

int rec_mixpass_channels(const struct rec_mixdown_params *params)
{
	return params->layout_channels ? (int)params->voices->npersons : params->sink.audio.channels;
}

static void set_channels(struct rec_mixpass *m)
{
	const struct rec_mixdown_params *params = m->params;

	m->mix_channels = params->layout_channels ? 1 : params->output ? params->sink.audio.channels : 1;
	for (size_t i = 0; i < params->voices->npersons; i++) {
		m->stem_channels[i] = rec_mixdown_person_channels(params, i);
		if (params->layout_channels && m->stem_channels[i])
			m->stem_channels[i] = 1;
		if (m->stem_channels[i] > m->mix_channels)
			m->mix_channels = m->stem_channels[i];
	}
}

int rec_mixpass_new(struct rec_mixpass *m, const struct rec_mixdown_params *params, struct rec_mixdown_result *result)
{
	*m = (struct rec_mixpass){.params = params, .result = result};
	size_t n = m->params->voices->n + 1, persons = m->params->voices->npersons + 1;

	m->result->voices = calloc(n, sizeof(*m->result->voices));
	m->result->stems = calloc(persons, sizeof(*m->result->stems));
	m->level_gain_db = calloc(n, sizeof(*m->level_gain_db));
	m->numbers = calloc(n, sizeof(*m->numbers));
	m->measured = calloc(n, sizeof(*m->measured));
	m->stems = calloc(persons, sizeof(*m->stems));
	m->stem_channels = calloc(persons, sizeof(*m->stem_channels));
	m->mixed = calloc((size_t)REC_MIX_BLOCK * REC_MIX_CHANNELS, sizeof(*m->mixed));
	m->stem = calloc((size_t)REC_MIX_BLOCK * REC_MIX_CHANNELS, sizeof(*m->stem));
	if (!m->result->voices || !m->result->stems || !m->level_gain_db || !m->numbers || !m->measured || !m->stems ||
	        !m->stem_channels || !m->mixed || !m->stem)
		return REC_ENOMEM;
	set_channels(m);
	return REC_OK;
}

static double voice_gain_db(const struct rec_mixpass *m, size_t i)
{
	return m->params->voices->items[i].gain_db + m->params->gain_db + m->level_gain_db[i] +
	       m->result->loudness_gain_db;
}

static int add_voice(struct rec_mixpass *m, size_t i)
{
	struct rec_voice *voice = &m->params->voices->items[i];
	struct rec_mix_track track;

	m->numbers[i] = -1;
	if (voice->left_out)
		return REC_OK;
	track = rec_voice_track(voice);
	track.gain_db = voice_gain_db(m, i);
	/* without a programme all tracks of a person get the channels of their file */
	if (!m->params->output)
		track.place.channels = m->stem_channels[voice->person];
	m->result->voices[i].gain_db = track.gain_db;
	m->numbers[i] = rec_mix_add(m->mix, &track);
	return m->numbers[i] < 0 ? m->numbers[i] : REC_OK;
}

static int prepare_limit(struct rec_mixpass *m)
{
	const struct rec_mixdown_params *params = m->params;
	size_t delay = 0, channels = (size_t)rec_mixpass_channels(params);

	if (!params->output)
		return REC_OK;
	if (params->limit && !params->layout_channels) {
		int err = rec_limit_new(&m->limit, params->sink.audio.rate, (int)channels, params->ceiling_dbtp);

		if (err < 0)
			return err;
		delay = rec_limit_delay(m->limit);
	}
	m->shaped = calloc((REC_MIX_BLOCK + delay) * channels, sizeof(float));
	return m->shaped ? REC_OK : REC_ENOMEM;
}

static int begin_pass(struct rec_mixpass *m, enum rec_mixpass_purpose purpose)
{
	const struct rec_mixdown_params *params = m->params;
	const struct rec_mix_params mix = {params->sink.audio.rate, m->mix_channels, params->length, params->jobs,
	        params->skip_bad, !params->holes};
	int err = rec_mix_new(&m->mix, &mix);

	for (size_t i = 0; err == REC_OK && i < params->voices->n; i++)
		err = add_voice(m, i);
	if (err == REC_OK)
		err = prepare_limit(m);
	if (err == REC_OK && params->output &&
	        (purpose == REC_MIXPASS_PROGRAMME || (purpose == REC_MIXPASS_WRITE && params->measure)))
		err = rec_loudness_new(&m->loudness, mix.rate, rec_mixpass_channels(params));
	return err;
}

void rec_mixpass_end(struct rec_mixpass *m)
{
	rec_mix_free(&m->mix);
	rec_limit_free(&m->limit);
	rec_loudness_free(&m->loudness);
	for (size_t i = 0; m->measured && i < m->params->voices->n; i++)
		rec_loudness_free(&m->measured[i]);
	free(m->shaped);
	m->shaped = NULL;
}

/* Each voice by itself, before its gain. */
static int measure_voices(struct rec_mixpass *m, size_t n)
{
	for (size_t i = 0; i < m->params->voices->n; i++) {
		int channels, err = REC_OK;
		const float *pcm = m->numbers[i] < 0 ? NULL : rec_mix_stem(m->mix, (size_t)m->numbers[i], &channels);

		if (!pcm)
			continue;
		if (!m->measured[i])
			err = rec_loudness_new(&m->measured[i], m->params->sink.audio.rate, channels);
		if (err == REC_OK)
			err = rec_loudness_add(m->measured[i], pcm, n);
		if (err < 0)
			return err;
	}
	return REC_OK;
}

static void add_person(struct rec_mixpass *m, size_t person, float *pcm, size_t n, int channels)
{
	memset(pcm, 0, n * (size_t)channels * sizeof(*pcm));
	for (size_t i = 0; i < m->params->voices->n; i++)
		if (m->params->voices->items[i].person == person && m->numbers[i] >= 0)
			rec_mix_add_stem(m->mix, (size_t)m->numbers[i], pcm, n, channels);
}

static int write_stems(struct rec_mixpass *m, size_t n)
{
	int err = REC_OK;

	for (size_t i = 0; err == REC_OK && i < m->params->voices->npersons; i++) {
		if (!m->stems[i])
			continue;
		add_person(m, i, m->stem, n, m->stem_channels[i]);
		err = rec_sink_write(m->stems[i], m->stem, n);
	}
	return err;
}

/* one channel a person */
static void lay_out(struct rec_mixpass *m, size_t n)
{
	size_t channels = m->params->voices->npersons;

	for (size_t c = 0; c < channels; c++) {
		add_person(m, c, m->stem, n, 1);
		for (size_t i = 0; i < n; i++)
			m->shaped[i * channels + c] = m->stem[i];
	}
}

/* The programme from the mixed block, 0 samples: the end. Return how many came out. */
static size_t shape(struct rec_mixpass *m, size_t n)
{
	if (m->params->layout_channels)
		lay_out(m, n);
	else if (m->limit)
		return rec_limit_process(m->limit, n > 0 ? m->mixed : NULL, n, m->shaped);
	else
		memcpy(m->shaped, m->mixed, n * (size_t)m->mix_channels * sizeof(*m->mixed));
	return n;
}

static int write_programme(struct rec_mixpass *m, size_t n)
{
	int err = REC_OK;

	if (!m->params->output)
		return REC_OK;
	n = shape(m, n);
	if (n > 0 && m->loudness)
		err = rec_loudness_add(m->loudness, m->shaped, n);
	if (n > 0 && err == REC_OK)
		err = rec_sink_write(m->programme, m->shaped, n);
	return err;
}

/* One block. REC_ENODATA: that was the last. */
static int pass_block(struct rec_mixpass *m, enum rec_mixpass_purpose purpose)
{
	ssize_t got = rec_mix_read(m->mix, m->mixed, REC_MIX_BLOCK);
	size_t n = got > 0 ? (size_t)got : 0;
	int err = got < 0 ? (int)got : REC_OK;

	if (err == REC_OK && (purpose == REC_MIXPASS_VOICES || (purpose == REC_MIXPASS_WRITE && m->params->measure)))
		err = measure_voices(m, n);
	if (err == REC_OK && purpose == REC_MIXPASS_PROGRAMME && n > 0)
		err = rec_loudness_add(m->loudness, m->mixed, n);
	if (err == REC_OK && purpose == REC_MIXPASS_WRITE) {
		m->result->samples += (int64_t)n;
		rec_progress_set(m->progress, rec_ns_of_samples(m->result->samples, m->params->sink.audio.rate));
		err = write_stems(m, n);
		if (err == REC_OK)
			err = write_programme(m, n);
	}
	return err < 0 ? err : n > 0 ? REC_OK : REC_ENODATA;
}

int rec_mixpass_run(struct rec_mixpass *m, enum rec_mixpass_purpose purpose)
{
	int err = begin_pass(m, purpose);

	while (err == REC_OK)
		err = pass_block(m, purpose);
	return err == REC_ENODATA ? REC_OK : err;
}

void rec_mixpass_free(struct rec_mixpass *m)
{
	rec_mixpass_end(m);
	rec_sink_discard(&m->programme);
	for (size_t i = 0; m->stems && i < m->params->voices->npersons; i++)
		rec_sink_discard(&m->stems[i]);
	rec_progress_end(&m->progress);
	free(m->level_gain_db);
	free(m->numbers);
	free(m->measured);
	free(m->stems);
	free(m->stem_channels);
	free(m->mixed);
	free(m->stem);
}
