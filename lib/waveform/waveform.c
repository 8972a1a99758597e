/* SPDX-License-Identifier: MIT */
#include "waveform/waveform.h"

#include "base/err.h"
#include "base/log.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* what audiowaveform takes when nothing is said */
static const int64_t ZOOM = 256;

static int64_t points_of(const struct rec_waveform *w, const struct rec_waveform_format *format)
{
	if (w->params->points > 0)
		return w->params->points;
	if (format->picture)
		return (int64_t)rec_plot_columns(&w->params->style, w->params->session != NULL);
	return w->params->session ? 255 : format->points;
}

static int choose_cut(
        const struct rec_waveform *w, const struct rec_waveform_format *format, struct rec_waveform_cut *cut)
{
	const struct rec_waveform_params *params = w->params;

	cut->zoom = 0;
	cut->points = points_of(w, format);
	if (!format->picture && params->per_second > 0) {
		cut->zoom = w->rate / params->per_second;
		if (cut->zoom < 1)
			return rec_report(REC_EUSAGE, "%lld points a second are more than the %d samples a second",
			        (long long)params->per_second, w->rate);
	} else if (!format->picture && params->zoom > 0) {
		cut->zoom = params->zoom;
	} else if (cut->points == 0) {
		cut->zoom = ZOOM;
	}
	if (cut->zoom > 0)
		cut->points = 0;
	return REC_OK;
}

int rec_waveform_cut(struct rec_waveform *w, struct rec_waveform_request *request)
{
	struct rec_waveform_cut cut, *cuts;
	int err = choose_cut(w, request->format, &cut);

	if (err < 0)
		return err;
	for (request->cut = 0; request->cut < w->ncuts; request->cut++)
		if (w->cuts[request->cut].zoom == cut.zoom && w->cuts[request->cut].points == cut.points)
			return REC_OK;
	cuts = realloc(w->cuts, (w->ncuts + 1) * sizeof(*cuts));
	if (!cuts)
		return REC_ENOMEM;
	cuts[w->ncuts++] = cut;
	w->cuts = cuts;
	return REC_OK;
}

int rec_waveform_measure(struct rec_waveform **waveform, const struct rec_waveform_params *params,
        struct rec_waveform_request *requests, size_t n)
{
	struct rec_waveform *w = calloc(1, sizeof(*w));
	int err;

	*waveform = w;
	if (!w)
		return REC_ENOMEM;
	w->params = params;
	if (params->session)
		err = rec_waveform_measure_session(w, requests, n);
	else
		err = rec_waveform_measure_lone(w, requests, n);
	if (err < 0)
		rec_waveform_free(waveform);
	return err;
}

int rec_waveform_flush(struct rec_waveform_sink *sink, size_t least)
{
	int err;

	if (sink->buf.failed)
		return REC_ENOMEM;
	if (sink->buf.len == 0 || sink->buf.len < least)
		return REC_OK;
	err = rec_out_write(sink->out, sink->buf.data, sink->buf.len);
	sink->buf.len = 0;
	return err;
}

static int write_one(const struct rec_waveform *w, const struct rec_waveform_request *request, struct rec_out *out)
{
	struct rec_waveform_sink sink = {REC_BUF_INIT, out};
	int err = request->format->write(w, request->cut, &sink);

	if (err == REC_OK)
		err = rec_waveform_flush(&sink, 0);
	rec_buf_free(&sink.buf);
	return err;
}

int rec_waveform_write(
        const struct rec_waveform *w, const struct rec_waveform_request *requests, size_t n, bool no_clobber)
{
	struct rec_out **outs = calloc(n, sizeof(struct rec_out *));
	int err = outs ? REC_OK : REC_ENOMEM;

	for (size_t i = 0; i < n && err == REC_OK; i++)
		err = rec_out_begin(&outs[i], requests[i].path, no_clobber);
	for (size_t i = 0; i < n && err == REC_OK; i++)
		err = write_one(w, &requests[i], outs[i]);
	for (size_t i = 0; i < n && err == REC_OK; i++)
		err = rec_out_commit(&outs[i]);
	for (size_t i = 0; outs && i < n; i++)
		rec_out_discard(&outs[i]);
	free(outs);
	return err;
}

static void outputs_json(
        const struct rec_waveform *w, const struct rec_waveform_request *requests, size_t n, struct rec_json *json)
{
	const struct rec_waveform_source *first = w->nsources > 0 ? &w->sources[0] : NULL;

	rec_json_array(json, "outputs");
	for (size_t i = 0; i < n; i++) {
		rec_json_object(json, NULL);
		rec_json_str(json, "path", requests[i].path);
		rec_json_str(json, "format", requests[i].format->name);
		if (first && first->has_sound) {
			rec_json_int(json, "points", rec_peaks_count(first->peaks[requests[i].cut]));
			rec_json_int(json, "samples_per_point", rec_peaks_zoom(first->peaks[requests[i].cut]));
		}
		rec_json_end_object(json);
	}
	rec_json_end_array(json);
}

void rec_waveform_summary(
        const struct rec_waveform *w, const struct rec_waveform_request *requests, size_t n, struct rec_json *json)
{
	rec_json_seconds(json, "duration_s", w->rate > 0 ? rec_ns_of_samples(w->length, w->rate) : 0);
	rec_json_int(json, "rate", w->rate);
	rec_json_int(json, "samples", w->length);
	if (!w->params->session) {
		rec_json_int(json, "channels", w->channels);
		rec_json_str(json, "container", w->container);
		rec_json_str(json, "codec", w->codec);
		rec_json_int(json, "holes", w->ledger.gaps_total);
		rec_json_seconds(json, "hole_s", w->rate > 0 ? rec_ns_of_samples(w->ledger.gap_samples, w->rate) : 0);
		rec_json_int(json, "corrupt_packets", w->ledger.damage.corrupt);
	} else {
		rec_json_str(json, "session_id", w->params->session->id);
		rec_json_seconds(json, "zero_s", w->zero_ns);
		rec_json_int(json, "lanes", (int64_t)w->nsources);
		rec_json_int(json, "left_out", w->left_out);
	}
	rec_json_int(json, "truncated", w->truncated);
	if (w->peak > 0)
		rec_json_real(json, "peak_dbfs", 20 * log10((double)w->peak), 2);
	else
		rec_json_null(json, "peak_dbfs");
	outputs_json(w, requests, n, json);
}

static void free_source(const struct rec_waveform *w, struct rec_waveform_source *source)
{
	for (size_t i = 0; source->peaks && i < w->ncuts; i++)
		rec_peaks_free(&source->peaks[i]);
	free(source->peaks);
	free(source->name);
	free(source->present.items);
	free(source->muted.items);
	free(source->gaps.items);
}

void rec_waveform_free(struct rec_waveform **waveform)
{
	struct rec_waveform *w = *waveform;

	if (!w)
		return;
	for (size_t i = 0; w->sources && i < w->nsources; i++)
		free_source(w, &w->sources[i]);
	free(w->sources);
	free(w->cuts);
	rec_sound_ledger_free(&w->ledger);
	free(w);
	*waveform = NULL;
}
