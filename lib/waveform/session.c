/* SPDX-License-Identifier: MIT */
/* A session: each person's tracks, one after the other, into a lane of its own on the session's clock. */
#include "waveform/waveform.h"

#include "base/err.h"
#include "base/log.h"
#include "compose/account.h"
#include "session/timeline.h"
#include "sound/pcmreader.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const int RATE = 48000;
/* everybody is measured with two channels: a mono voice is the same on both */
static const int CHANNELS = 2;
/* what is missing for less is a pause of the encoder (DTX) or a lost packet */
static const int64_t GAP_NS = REC_NS_PER_S;

static int add_span(struct rec_spans *spans, struct rec_span span, int64_t duration_ns)
{
	struct rec_span *items;

	span.start_ns = span.start_ns > 0 ? span.start_ns : 0;
	span.end_ns = span.end_ns < duration_ns ? span.end_ns : duration_ns;
	if (span.start_ns >= span.end_ns)
		return REC_OK;
	items = realloc(spans->items, (spans->n + 1) * sizeof(*items));
	if (!items)
		return REC_ENOMEM;
	items[spans->n++] = span;
	spans->items = items;
	return REC_OK;
}

static int by_start(const void *a, const void *b)
{
	const struct rec_span *x = a, *y = b;

	return (x->start_ns > y->start_ns) - (x->start_ns < y->start_ns);
}

/* Sorted, and what touches or overlaps is one. */
static void tidy(struct rec_spans *spans)
{
	size_t n = 0;

	if (spans->n == 0)
		return;
	qsort(spans->items, spans->n, sizeof(*spans->items), by_start);
	for (size_t i = 1; i < spans->n; i++) {
		struct rec_span *last = &spans->items[n], *next = &spans->items[i];

		if (next->start_ns > last->end_ns)
			spans->items[++n] = *next;
		else if (next->end_ns > last->end_ns)
			last->end_ns = next->end_ns;
	}
	spans->n = n + 1;
}

static struct rec_span since(struct rec_span span, int64_t zero_ns)
{
	return (struct rec_span){span.start_ns - zero_ns, span.end_ns - zero_ns};
}

static int64_t duration_of(const struct rec_waveform *w)
{
	return rec_ns_of_samples(w->length, w->rate);
}

static int new_source(struct rec_waveform *w, size_t person)
{
	const struct rec_session *session = w->params->session;
	struct rec_waveform_source *source = &w->sources[person];
	int err = REC_OK;

	source->peaks = calloc(w->ncuts, sizeof(struct rec_peaks *));
	if (!source->peaks)
		return REC_ENOMEM;
	source->has_sound = true;
	for (size_t i = 0; i < session->nparticipants && err == REC_OK; i++) {
		const struct rec_participant *who = &session->participants[i];

		if (who->person != person)
			continue;
		if (!source->name && !(source->name = strdup(who->name)))
			return REC_ENOMEM;
		err = add_span(&source->present, since(who->presence, w->zero_ns), duration_of(w));
	}
	tidy(&source->present);
	for (size_t i = 0; i < w->ncuts && err == REC_OK; i++) {
		/* by zoom, but told the length, so that tracks may come in any order */
		int64_t zoom = w->cuts[i].zoom, points = zoom ? (w->length + zoom - 1) / zoom : w->cuts[i].points;
		const struct rec_peaks_params params = {
		        {CHANNELS, false, w->params->rms}, 0, points, zoom ? points * zoom : w->length, false};

		err = rec_peaks_new(&source->peaks[i], &params);
	}
	return err;
}

/* What the ledger knows of holes inside the presence, and the end of the presence after the end of the sound. */
static int add_gaps(struct rec_waveform *w, struct rec_waveform_source *source, struct rec_span presence, int64_t end,
        const struct rec_sound_ledger *ledger)
{
	int err = REC_OK;

	for (size_t i = 0; i <= ledger->ngaps && err == REC_OK; i++) {
		struct rec_span gap = {rec_ns_of_samples(end, w->rate), presence.end_ns};

		if (i < ledger->ngaps) {
			const struct rec_gap *g = &ledger->gaps[i];

			if (g->cause == REC_GAP_MUTE || g->cause == REC_GAP_TAIL)
				continue;
			gap.start_ns = rec_ns_of_samples(g->start, w->rate);
			gap.end_ns = rec_ns_of_samples(g->start + g->samples, w->rate);
		}
		gap.start_ns = gap.start_ns > presence.start_ns ? gap.start_ns : presence.start_ns;
		gap.end_ns = gap.end_ns < presence.end_ns ? gap.end_ns : presence.end_ns;
		if (gap.end_ns - gap.start_ns >= GAP_NS)
			err = add_span(&source->gaps, gap, duration_of(w));
	}
	return err;
}

static int check_tail(struct rec_waveform *w, const struct rec_track *track, const struct rec_sound_ledger *ledger)
{
	if (!ledger->damage.truncated)
		return REC_OK;
	w->truncated++;
	return rec_account_tail("", track->path, rec_ns_of_samples(ledger->used_samples, w->rate), w->params->strict,
	        w->params->allow_truncated);
}

static int read_all(struct rec_waveform *w, struct rec_waveform_source *source, struct rec_pcmreader *reader)
{
	struct rec_pcm pcm;
	int err;

	assert(source->peaks);
	while ((err = rec_pcmreader_read(reader, &pcm)) == REC_OK && pcm.pos < w->length)
		for (size_t i = 0; i < w->ncuts && err == REC_OK; i++)
			err = rec_peaks_add(source->peaks[i], &pcm);
	return err == REC_ENODATA ? REC_OK : err;
}

/* where the track lies, as every tool with a session places it */
static int place_track(const struct rec_waveform *w, const struct rec_track *track, struct rec_span *presence,
        struct rec_sound_track_params *place, struct rec_spans *mutes)
{
	const struct rec_session *session = w->params->session;

	*presence = since(session->participants[track->participant].presence, w->zero_ns);
	mutes->n = track->mutes.n;
	mutes->items = calloc(track->mutes.n + 1, sizeof(*mutes->items));
	if (!mutes->items)
		return REC_ENOMEM;
	for (size_t i = 0; i < track->mutes.n; i++)
		mutes->items[i] = since(track->mutes.items[i], w->zero_ns);
	*place = (struct rec_sound_track_params){.rate = RATE,
	        .channels = CHANNELS,
	        .origin = track->origin,
	        .start_ns = (track->origin == REC_ORIGIN_SESSION ? 0 : track->start_ns) - w->zero_ns,
	        .audible = {presence, 1},
	        .mutes = *mutes,
	        .cuts = track->cuts,
	        .kept = track->kept,
	        .stream = track->stream};
	return REC_OK;
}

static int read_track(struct rec_waveform *w, const struct rec_track *track, struct rec_span presence,
        const struct rec_sound_track_params *place)
{
	struct rec_waveform_source *source = &w->sources[w->params->session->participants[track->participant].person];
	struct rec_sound_ledger ledger = {0};
	struct rec_pcmreader *reader = NULL;
	int64_t end = 0;
	int err = rec_pcmreader_open(&reader, track->path, place);

	if (err == REC_OK) {
		err = read_all(w, source, reader);
		end = rec_pcmreader_length(reader);
	} else if (err == REC_ENODATA) {
		rec_warn("there is no sound in '%s'", track->path);
		err = REC_OK;
	}
	rec_pcmreader_close(&reader, &ledger);
	if (err == REC_OK)
		err = add_gaps(w, source, presence, end, &ledger);
	for (size_t i = 0; i < place->mutes.n && err == REC_OK; i++)
		err = add_span(&source->muted, place->mutes.items[i], duration_of(w));
	if (err == REC_OK)
		err = check_tail(w, track, &ledger);
	rec_sound_ledger_free(&ledger);
	return err;
}

static int add_track(struct rec_waveform *w, const struct rec_track *track)
{
	struct rec_sound_track_params place;
	struct rec_spans mutes = {NULL, 0};
	struct rec_span presence;
	int err = place_track(w, track, &presence, &place, &mutes);

	if (err == REC_OK) {
		rec_log_demote(w->params->skip_bad);
		err = read_track(w, track, presence, &place);
		rec_log_demote(false);
	}
	free(mutes.items);
	if (err == REC_EINPUT && w->params->skip_bad) {
		w->left_out++;
		err = REC_OK;
	}
	return err;
}

static int prepare(struct rec_waveform *w, struct rec_waveform_request *requests, size_t n)
{
	const struct rec_session *session = w->params->session;
	struct rec_timeline_params params = REC_TIMELINE_PARAMS;
	struct rec_timeline *timeline = NULL;
	int err;

	params.no_video = true;
	params.zero_clock = w->params->zero_clock;
	err = rec_timeline_new(&timeline, session, &params);
	if (err < 0)
		return err;
	w->rate = RATE;
	w->channels = CHANNELS;
	w->lanes = 1;
	w->zero_ns = timeline->zero_ns;
	w->length = rec_samples_of_ns(timeline->duration_ns, RATE);
	rec_timeline_free(&timeline);
	for (size_t i = 0; i < n && err == REC_OK; i++)
		err = rec_waveform_cut(w, &requests[i]);
	for (size_t i = 0; i < session->nparticipants; i++)
		if (session->participants[i].person >= w->nsources)
			w->nsources = session->participants[i].person + 1;
	w->sources = calloc(w->nsources + 1, sizeof(*w->sources));
	for (size_t i = 0; w->sources && i < w->nsources && err == REC_OK; i++)
		err = new_source(w, i);
	return w->sources ? err : REC_ENOMEM;
}

static int finish(struct rec_waveform *w, struct rec_waveform_source *source)
{
	struct rec_amplitude level;
	int64_t n;
	int err = REC_OK;

	tidy(&source->muted);
	tidy(&source->gaps);
	for (size_t i = 0; i < w->ncuts && err == REC_OK; i++)
		err = rec_peaks_end(source->peaks[i], w->length);
	if (err == REC_OK)
		err = rec_peaks_rewind(source->peaks[0]);
	while (err == REC_OK && rec_peaks_next(source->peaks[0], &level, &n) == REC_OK)
		w->peak = level.peak > w->peak ? level.peak : w->peak;
	return err;
}

int rec_waveform_measure_session(struct rec_waveform *w, struct rec_waveform_request *requests, size_t n)
{
	const struct rec_session *session = w->params->session;
	struct rec_progress *progress = NULL;
	int err = prepare(w, requests, n);

	if (err == REC_OK)
		err = rec_progress_begin(
		        &progress, w->params->progress, "measuring", (int64_t)session->ntracks * duration_of(w));
	for (size_t i = 0; i < session->ntracks && err == REC_OK; i++) {
		if (session->tracks[i].kind == REC_AUDIO)
			err = add_track(w, &session->tracks[i]);
		rec_progress_set(progress, (int64_t)(i + 1) * duration_of(w));
	}
	for (size_t i = 0; i < w->nsources && err == REC_OK; i++)
		err = finish(w, &w->sources[i]);
	rec_progress_end(&progress);
	return err;
}
