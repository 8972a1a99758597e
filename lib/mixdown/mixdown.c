/* SPDX-License-Identifier: MIT */
#include "mixdown/mixdown.h"

#include "base/err.h"
#include "base/log.h"
#include "compose/account.h"
#include "sound/limit.h"

#include <stdlib.h>
#include <string.h>

/* beyond this a quiet track is noise, and stays it */
static const double MOST_LEVEL_GAIN_DB = 30;
/* further than this from the loudness that was asked for is worth a word */
static const double LOUDNESS_TOLERANCE_LU = 0.5;

struct mixdown {
	const struct rec_mixdown_params *params;
	struct rec_mixdown_result *result;
	double *level_gain_db; /* of each voice */
	struct rec_sink *programme;
	struct rec_sink **stems; /* one a person; NULL: none */
	int *stem_channels;
	int mix_channels;
	struct rec_progress *progress;
	/* of the pass at hand */
	struct rec_mix *mix;
	int *numbers; /* of the voices in the mix; -1: not in it */
	struct rec_limit *limit;
	struct rec_loudness **measured; /* of each voice */
	struct rec_loudness *loudness;  /* of the programme */
	float *mixed;
	float *shaped; /* what goes to the programme */
	float *stem;
};

/* what a pass is for */
enum purpose { MEASURE_VOICES, MEASURE_PROGRAMME, WRITE };

static int programme_channels(const struct rec_mixdown_params *params)
{
	return params->layout_channels ? (int)params->voices->npersons : params->sink.audio.channels;
}

int rec_mixdown_person_channels(const struct rec_mixdown_params *params, size_t person)
{
	int most = params->output ? params->sink.audio.channels : REC_MIX_CHANNELS, channels = 0;

	for (size_t i = 0; i < params->voices->n; i++) {
		const struct rec_voice *voice = &params->voices->items[i];
		int own = fabs(voice->pan) > 0 ? 2 : voice->channels > 0 ? voice->channels : 1;

		if (voice->person == person && !voice->left_out)
			channels = own > channels ? own : channels;
	}
	if (channels && params->stem_channels)
		channels = params->stem_channels;
	return channels < most ? channels : most;
}

/* Every output is begun before any work: what is wrong with one shows at once. */
static int open_sinks(struct mixdown *m)
{
	const struct rec_mixdown_params *params = m->params;
	struct rec_sink_params sink = params->sink;
	int err = REC_OK;

	sink.audio.channels = programme_channels(params);
	if (params->output)
		err = rec_sink_open(&m->programme, params->output, &sink);
	for (size_t i = 0; err == REC_OK && params->stems && i < params->voices->npersons; i++) {
		sink.audio.channels = m->stem_channels[i];
		if (params->stems[i] && m->stem_channels[i])
			err = rec_sink_open(&m->stems[i], params->stems[i], &sink);
	}
	return err;
}

static int set_channels(struct mixdown *m)
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
	return REC_OK;
}

static double voice_gain_db(const struct mixdown *m, size_t i)
{
	return m->params->voices->items[i].gain_db + m->params->gain_db + m->level_gain_db[i] +
	       m->result->loudness_gain_db;
}

static int add_voice(struct mixdown *m, size_t i)
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

static int prepare_limit(struct mixdown *m)
{
	const struct rec_mixdown_params *params = m->params;
	size_t delay = 0, channels = (size_t)programme_channels(params);

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

static int begin_pass(struct mixdown *m, enum purpose purpose)
{
	const struct rec_mixdown_params *params = m->params;
	const struct rec_mix_params mix = {
	        params->sink.audio.rate, m->mix_channels, params->length, params->jobs, params->skip_bad};
	int err = rec_mix_new(&m->mix, &mix);

	for (size_t i = 0; err == REC_OK && i < params->voices->n; i++)
		err = add_voice(m, i);
	if (err == REC_OK)
		err = prepare_limit(m);
	if (err == REC_OK && params->output && (purpose == MEASURE_PROGRAMME || (purpose == WRITE && params->measure)))
		err = rec_loudness_new(&m->loudness, mix.rate, programme_channels(params));
	return err;
}

static void end_pass(struct mixdown *m)
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
static int measure_voices(struct mixdown *m, size_t n)
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

static void add_person(struct mixdown *m, size_t person, float *pcm, size_t n, int channels)
{
	memset(pcm, 0, n * (size_t)channels * sizeof(*pcm));
	for (size_t i = 0; i < m->params->voices->n; i++)
		if (m->params->voices->items[i].person == person && m->numbers[i] >= 0)
			rec_mix_add_stem(m->mix, (size_t)m->numbers[i], pcm, n, channels);
}

static int write_stems(struct mixdown *m, size_t n)
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
static void lay_out(struct mixdown *m, size_t n)
{
	size_t channels = m->params->voices->npersons;

	for (size_t c = 0; c < channels; c++) {
		add_person(m, c, m->stem, n, 1);
		for (size_t i = 0; i < n; i++)
			m->shaped[i * channels + c] = m->stem[i];
	}
}

/* The programme from the mixed block, 0 samples: the end. Return how many came out. */
static size_t shape(struct mixdown *m, size_t n)
{
	if (m->params->layout_channels)
		lay_out(m, n);
	else if (m->limit)
		return rec_limit_process(m->limit, n > 0 ? m->mixed : NULL, n, m->shaped);
	else
		memcpy(m->shaped, m->mixed, n * (size_t)m->mix_channels * sizeof(*m->mixed));
	return n;
}

static int write_programme(struct mixdown *m, size_t n)
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
static int pass_block(struct mixdown *m, enum purpose purpose)
{
	ssize_t got = rec_mix_read(m->mix, m->mixed, REC_MIX_BLOCK);
	size_t n = got > 0 ? (size_t)got : 0;
	int err = got < 0 ? (int)got : REC_OK;

	if (err == REC_OK && (purpose == MEASURE_VOICES || (purpose == WRITE && m->params->measure)))
		err = measure_voices(m, n);
	if (err == REC_OK && purpose == MEASURE_PROGRAMME && n > 0)
		err = rec_loudness_add(m->loudness, m->mixed, n);
	if (err == REC_OK && purpose == WRITE) {
		m->result->samples += (int64_t)n;
		rec_progress_set(m->progress, rec_ns_of_samples(m->result->samples, m->params->sink.audio.rate));
		err = write_stems(m, n);
		if (err == REC_OK)
			err = write_programme(m, n);
	}
	return err < 0 ? err : n > 0 ? REC_OK : REC_ENODATA;
}

static int run_pass(struct mixdown *m, enum purpose purpose)
{
	int err = begin_pass(m, purpose);

	while (err == REC_OK)
		err = pass_block(m, purpose);
	return err == REC_ENODATA ? REC_OK : err;
}

/* A mono voice that sounds on both sides counts twice. */
static double both_sides_db(const struct mixdown *m, size_t i)
{
	return m->mix_channels == 2 && m->params->voices->items[i].channels == 1 ? 10 * log10(2) : 0;
}

static void set_level(struct mixdown *m, size_t i)
{
	struct rec_level_figures figures;
	double gain_db;

	if (!m->measured[i])
		return;
	rec_loudness_get(m->measured[i], &figures);
	if (!isfinite(figures.lufs)) {
		rec_warn("'%s' is too quiet or too short to measure; its level is left alone",
		        m->params->voices->items[i].path);
		return;
	}
	gain_db = m->params->level_lufs - figures.lufs - both_sides_db(m, i);
	if (gain_db > MOST_LEVEL_GAIN_DB) {
		rec_warn("'%s' would have to be raised by %.1f dB; it is raised by %.0f dB",
		        m->params->voices->items[i].path, gain_db, MOST_LEVEL_GAIN_DB);
		gain_db = MOST_LEVEL_GAIN_DB;
	}
	m->level_gain_db[i] = gain_db;
}

static int find_levels(struct mixdown *m)
{
	int err = run_pass(m, MEASURE_VOICES);

	for (size_t i = 0; err == REC_OK && i < m->params->voices->n; i++)
		set_level(m, i);
	end_pass(m);
	return err;
}

static int find_loudness(struct mixdown *m)
{
	struct rec_level_figures figures;
	int err = run_pass(m, MEASURE_PROGRAMME);

	if (err == REC_OK) {
		rec_loudness_get(m->loudness, &figures);
		if (isfinite(figures.lufs))
			m->result->loudness_gain_db = m->params->loudness_lufs - figures.lufs;
		else
			rec_warn("the mix is too quiet or too short to measure; its loudness is left alone");
	}
	end_pass(m);
	return err;
}

static int measure_first(struct mixdown *m)
{
	bool level = !isnan(m->params->level_lufs), loudness = !isnan(m->params->loudness_lufs);
	const char *once = rec_voices_once(m->params->voices);
	int err = REC_OK;

	if ((level || loudness) && once)
		return rec_report(REC_EUSAGE,
		        "cannot reach a loudness with '%s': it takes a look before the mix, and a pipe can be read "
		        "once; give a file",
		        strcmp(once, "-") == 0 ? "standard input" : once);
	if (level)
		err = find_levels(m);
	if (err == REC_OK && loudness)
		err = find_loudness(m);
	return err;
}

static int take_ledger(struct rec_sound_ledger *to, const struct rec_sound_ledger *from)
{
	*to = *from;
	to->gaps = NULL;
	to->ngaps = 0;
	if (from->ngaps == 0)
		return REC_OK;
	to->gaps = malloc(from->ngaps * sizeof(*to->gaps));
	if (!to->gaps)
		return REC_ENOMEM;
	memcpy(to->gaps, from->gaps, from->ngaps * sizeof(*to->gaps));
	to->ngaps = from->ngaps;
	return REC_OK;
}

/* What the pass leaves: the account of each voice. */
static int take_accounts(struct mixdown *m)
{
	int err = REC_OK;

	for (size_t i = 0; err == REC_OK && i < m->params->voices->n; i++) {
		struct rec_voice_result *to = &m->result->voices[i];
		const struct rec_sound_ledger *ledger = NULL;

		to->figures = (struct rec_level_figures){NAN, NAN, NAN};
		if (m->numbers[i] < 0)
			continue;
		to->skipped = rec_mix_skipped(m->mix, (size_t)m->numbers[i]);
		m->result->skipped += to->skipped;
		ledger = rec_mix_ledger(m->mix, (size_t)m->numbers[i]);
		if (ledger)
			err = take_ledger(&to->ledger, ledger);
		if (m->measured[i])
			rec_loudness_get(m->measured[i], &to->figures);
	}
	m->result->figures = (struct rec_level_figures){NAN, NAN, NAN};
	if (m->loudness)
		rec_loudness_get(m->loudness, &m->result->figures);
	if (m->limit) {
		m->result->limited_db = rec_limit_reduction_db(m->limit);
		m->result->limited_samples = rec_limit_samples(m->limit);
	}
	return err;
}

static int check_tails(struct mixdown *m)
{
	int err = REC_OK;

	for (size_t i = 0; i < m->params->voices->n; i++) {
		const struct rec_damage *damage = &m->result->voices[i].ledger.damage;
		const struct rec_voice *voice = &m->params->voices->items[i];

		if (!damage->truncated)
			continue;
		m->result->truncated++;
		int said = rec_account_tail(voice->path, rec_ns_add(damage->last_ns, -rec_ns_add(voice->first_ns, 0)),
		        m->params->strict, m->params->allow_truncated);
		err = err == REC_OK ? said : err;
	}
	return err;
}

static void check_loudness(const struct mixdown *m)
{
	double wanted = m->params->loudness_lufs, got = m->result->figures.lufs;

	if (!isnan(wanted) && isfinite(got) && fabs(got - wanted) > LOUDNESS_TOLERANCE_LU)
		rec_warn("the loudness is %.1f LUFS, not %.1f: the limiter takes up to %.1f dB", got, wanted,
		        m->result->limited_db);
}

static void check_clipping(const struct mixdown *m, const char *path, const struct rec_sink_stats *stats)
{
	if (stats->clipped > 0 && m->params->sink.audio.bits != 32)
		rec_warn("%lld samples of '%s' were beyond full scale and are cut off; WAV with --bits 32f keeps them",
		        (long long)stats->clipped, path);
}

static int commit(struct mixdown *m)
{
	int err = REC_OK;

	for (size_t i = 0; err == REC_OK && i < m->params->voices->npersons; i++) {
		if (!m->stems[i])
			continue;
		err = rec_sink_commit(&m->stems[i], &m->result->stems[i]);
		if (err == REC_OK)
			check_clipping(m, m->params->stems[i], &m->result->stems[i]);
	}
	if (err == REC_OK && m->programme) {
		err = rec_sink_commit(&m->programme, &m->result->programme);
		if (err == REC_OK)
			check_clipping(m, m->params->output, &m->result->programme);
	}
	return err;
}

static int allocate(struct mixdown *m)
{
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
	return m->result->voices && m->result->stems && m->level_gain_db && m->numbers && m->measured && m->stems &&
	                       m->stem_channels && m->mixed && m->stem
	               ? REC_OK
	               : REC_ENOMEM;
}

static void clean_up(struct mixdown *m)
{
	end_pass(m);
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

static int begin_progress(struct mixdown *m)
{
	int64_t total = m->params->length > 0 ? rec_ns_of_samples(m->params->length, m->params->sink.audio.rate) : 0;

	return rec_progress_begin(&m->progress, m->params->progress, m->params->what, total);
}

int rec_mixdown_run(const struct rec_mixdown_params *params, struct rec_mixdown_result *result)
{
	struct mixdown m = {.params = params, .result = result};
	int64_t start_ns = rec_monotonic_ns();
	int err = allocate(&m);

	if (err == REC_OK)
		err = set_channels(&m);
	if (err == REC_OK)
		err = open_sinks(&m);
	if (err == REC_OK)
		err = measure_first(&m);
	if (err == REC_OK)
		err = begin_progress(&m);
	if (err == REC_OK)
		err = run_pass(&m, WRITE);
	if (err == REC_OK)
		err = take_accounts(&m);
	if (err == REC_OK)
		err = check_tails(&m);
	if (err == REC_OK)
		err = commit(&m);
	if (err == REC_OK)
		check_loudness(&m);
	clean_up(&m);
	result->total_ns = rec_monotonic_ns() - start_ns;
	return err;
}

void rec_mixdown_result_free(const struct rec_mixdown_params *params, struct rec_mixdown_result *result)
{
	for (size_t i = 0; result->voices && i < params->voices->n; i++)
		rec_sound_ledger_free(&result->voices[i].ledger);
	free(result->voices);
	free(result->stems);
	result->voices = NULL;
	result->stems = NULL;
}
