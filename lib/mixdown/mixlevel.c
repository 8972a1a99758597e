/* SPDX-License-Identifier: MIT */
#include "mixdown/mixlevel.h"

#include "base/err.h"
#include "base/log.h"

#include <string.h>

/* beyond this a quiet track is noise, and stays it */
static const double MOST_LEVEL_GAIN_DB = 30;

/* A mono voice that sounds on both sides counts twice. */
static double both_sides_db(const struct rec_mixpass *m, size_t i)
{
	return m->mix_channels == 2 && m->params->voices->items[i].channels == 1 ? 10 * log10(2) : 0;
}

static void set_level(struct rec_mixpass *m, size_t i)
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

static int find_levels(struct rec_mixpass *m)
{
	int err = rec_mixpass_run(m, REC_MIXPASS_VOICES);

	for (size_t i = 0; err == REC_OK && i < m->params->voices->n; i++)
		set_level(m, i);
	rec_mixpass_end(m);
	return err;
}

static int find_loudness(struct rec_mixpass *m)
{
	struct rec_level_figures figures;
	int err = rec_mixpass_run(m, REC_MIXPASS_PROGRAMME);

	if (err == REC_OK) {
		rec_loudness_get(m->loudness, &figures);
		if (isfinite(figures.lufs))
			m->result->loudness_gain_db = m->params->loudness_lufs - figures.lufs;
		else
			rec_warn("the mix is too quiet or too short to measure; its loudness is left alone");
	}
	rec_mixpass_end(m);
	return err;
}

int rec_mixlevel_find(struct rec_mixpass *m)
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
