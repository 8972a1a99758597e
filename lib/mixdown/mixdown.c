/* SPDX-License-Identifier: MIT */
#include "mixdown/mixdown.h"

#include "base/err.h"
#include "base/log.h"
#include "compose/account.h"
#include "mixdown/mixlevel.h"
#include "mixdown/mixpass.h"
#include "sound/limit.h"

#include <stdlib.h>
#include <string.h>

/* further than this from the loudness that was asked for is worth a word */
static const double LOUDNESS_TOLERANCE_LU = 0.5;

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
static int open_sinks(struct rec_mixpass *m)
{
	const struct rec_mixdown_params *params = m->params;
	struct rec_sink_params sink = params->sink;
	int err = REC_OK;

	sink.audio.channels = rec_mixpass_channels(params);
	if (params->output)
		err = rec_sink_open(&m->programme, params->output, &sink);
	for (size_t i = 0; err == REC_OK && params->stems && i < params->voices->npersons; i++) {
		sink.audio.channels = m->stem_channels[i];
		if (params->stems[i] && m->stem_channels[i])
			err = rec_sink_open(&m->stems[i], params->stems[i], &sink);
	}
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
static int take_accounts(struct rec_mixpass *m)
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

static int check_tails(struct rec_mixpass *m)
{
	int err = REC_OK;

	for (size_t i = 0; i < m->params->voices->n; i++) {
		const struct rec_damage *damage = &m->result->voices[i].ledger.damage;
		const struct rec_voice *voice = &m->params->voices->items[i];

		if (!damage->truncated)
			continue;
		m->result->truncated++;
		int said =
		        rec_account_tail("", voice->path, rec_ns_add(damage->last_ns, -rec_ns_add(voice->first_ns, 0)),
		                m->params->strict, m->params->allow_truncated);
		err = err == REC_OK ? said : err;
	}
	return err;
}

static void check_loudness(const struct rec_mixpass *m)
{
	double wanted = m->params->loudness_lufs, got = m->result->figures.lufs;

	if (!isnan(wanted) && isfinite(got) && fabs(got - wanted) > LOUDNESS_TOLERANCE_LU)
		rec_warn("the loudness is %.1f LUFS, not %.1f: the limiter takes up to %.1f dB", got, wanted,
		        m->result->limited_db);
}

static void check_clipping(const struct rec_mixpass *m, const char *path, const struct rec_sink_stats *stats)
{
	if (stats->clipped > 0 && m->params->sink.audio.bits != 32)
		rec_warn("%lld samples of '%s' were beyond full scale and are cut off; WAV with --bits 32f keeps them",
		        (long long)stats->clipped, path);
}

static int commit(struct rec_mixpass *m)
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

static int begin_progress(struct rec_mixpass *m)
{
	int64_t total = m->params->length > 0 ? rec_ns_of_samples(m->params->length, m->params->sink.audio.rate) : 0;

	return rec_progress_begin(&m->progress, m->params->progress, m->params->what, total);
}

int rec_mixdown_run(const struct rec_mixdown_params *params, struct rec_mixdown_result *result)
{
	struct rec_mixpass m;
	int64_t start_ns = rec_monotonic_ns();
	int err = rec_mixpass_new(&m, params, result);

	if (err == REC_OK)
		err = open_sinks(&m);
	if (err == REC_OK)
		err = rec_mixlevel_find(&m);
	if (err == REC_OK)
		err = begin_progress(&m);
	if (err == REC_OK)
		err = rec_mixpass_run(&m, REC_MIXPASS_WRITE);
	if (err == REC_OK)
		err = take_accounts(&m);
	if (err == REC_OK)
		err = check_tails(&m);
	if (err == REC_OK)
		err = commit(&m);
	if (err == REC_OK)
		check_loudness(&m);
	rec_mixpass_free(&m);
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
