/* SPDX-License-Identifier: MIT */
/* One recording, read once and cut in every way that was asked for. */
#include "waveform/waveform.h"

#include "base/err.h"
#include "base/log.h"
#include "compose/account.h"
#include "sound/pcmreader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int new_peaks(struct rec_waveform *w, const struct rec_pcmreader_info *info)
{
	struct rec_waveform_source *source = &w->sources[0];
	int err = REC_OK;

	source->peaks = calloc(w->ncuts, sizeof(struct rec_peaks *));
	if (!source->peaks)
		return REC_ENOMEM;
	for (size_t i = 0; i < w->ncuts && err == REC_OK; i++) {
		const struct rec_peaks_params params = {{info->channels, w->params->split, w->params->rms},
		        w->cuts[i].zoom, w->cuts[i].points, info->length, info->claimed};

		err = rec_peaks_new(&source->peaks[i], &params);
	}
	return err;
}

static void note(struct rec_waveform *w, const struct rec_pcmreader_info *info)
{
	const struct rec_amplitude_params level = {info->channels, w->params->split, false};

	w->rate = info->rate;
	w->channels = info->channels;
	w->lanes = rec_amplitude_lanes(&level);
	snprintf(w->container, sizeof(w->container), "%s", info->container);
	snprintf(w->codec, sizeof(w->codec), "%s", info->codec);
}

static int read_all(struct rec_waveform *w, struct rec_pcmreader *reader, struct rec_progress *progress)
{
	struct rec_peaks **peaks = w->sources[0].peaks;
	struct rec_pcm pcm;
	int err;

	while ((err = rec_pcmreader_read(reader, &pcm)) == REC_OK) {
		for (size_t i = 0; i < w->ncuts && err == REC_OK; i++)
			err = rec_peaks_add(peaks[i], &pcm);
		if (err < 0)
			return err;
		rec_progress_set(progress, rec_ns_of_samples(pcm.pos, w->rate));
	}
	w->length = rec_pcmreader_length(reader);
	if (err == REC_ENODATA)
		err = REC_OK;
	for (size_t i = 0; i < w->ncuts && err == REC_OK; i++)
		err = rec_peaks_end(peaks[i], w->length);
	return err;
}

/* the loudest sample of all */
static int find_peak(struct rec_waveform *w)
{
	struct rec_peaks *peaks = w->sources[0].peaks[0];
	struct rec_amplitude *levels = calloc(w->lanes, sizeof(*levels));
	int64_t n;
	int err = levels ? rec_peaks_rewind(peaks) : REC_ENOMEM;

	while (err == REC_OK && (err = rec_peaks_next(peaks, levels, &n)) == REC_OK)
		for (size_t i = 0; i < w->lanes; i++)
			w->peak = levels[i].peak > w->peak ? levels[i].peak : w->peak;
	free(levels);
	return err == REC_ENODATA ? REC_OK : err;
}

static int measure(
        struct rec_waveform *w, struct rec_pcmreader *reader, struct rec_waveform_request *requests, size_t n)
{
	const struct rec_pcmreader_info *info = rec_pcmreader_info(reader);
	struct rec_progress *progress = NULL;
	int err = REC_OK;

	note(w, info);
	for (size_t i = 0; i < n && err == REC_OK; i++)
		err = rec_waveform_cut(w, &requests[i]);
	if (err == REC_OK)
		err = new_peaks(w, info);
	if (err == REC_OK)
		err = rec_progress_begin(&progress, w->params->progress, "measuring",
		        info->length > 0 ? rec_ns_of_samples(info->length, info->rate) : 0);
	if (err == REC_OK)
		err = read_all(w, reader, progress);
	if (err == REC_OK)
		err = find_peak(w);
	w->sources[0].has_sound = err == REC_OK;
	rec_progress_end(&progress);
	return err;
}

/* People are told, --strict refuses, and so is a remote one. */
static int check_tail(struct rec_waveform *w)
{
	if (!w->ledger.damage.truncated)
		return REC_OK;
	w->truncated = 1;
	return rec_account_tail("", w->params->input, rec_ns_of_samples(w->length, w->rate), w->params->strict,
	        w->params->allow_truncated);
}

/* A recording without sound has no points: that is an answer, too. */
static int nothing(struct rec_waveform *w, struct rec_waveform_request *requests, size_t n)
{
	const struct rec_pcmreader_info none = {"", "", 48000, 1, 0, false};
	int err = REC_OK;

	rec_warn("there is no sound in '%s'", w->params->input);
	note(w, &none);
	for (size_t i = 0; i < n && err == REC_OK; i++)
		err = rec_waveform_cut(w, &requests[i]);
	return err;
}

int rec_waveform_measure_lone(struct rec_waveform *w, struct rec_waveform_request *requests, size_t n)
{
	struct rec_pcmreader *reader = NULL;
	int err;

	w->sources = calloc(1, sizeof(*w->sources));
	if (!w->sources)
		return REC_ENOMEM;
	w->nsources = 1;
	err = rec_pcmreader_open(&reader, w->params->input, NULL);
	if (err == REC_ENODATA)
		return nothing(w, requests, n);
	if (err == REC_OK)
		err = measure(w, reader, requests, n);
	rec_pcmreader_close(&reader, &w->ledger);
	return err == REC_OK ? check_tail(w) : err;
}
