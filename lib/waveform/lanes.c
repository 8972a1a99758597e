/* SPDX-License-Identifier: MIT */
/* A session's lanes as JSON, for pages that show who spoke when; rec-waveform(1) describes it. */
#include "waveform/waveform.h"

#include "base/err.h"
#include "sound/dbfs.h"

static void put_spans(struct rec_json *json, const char *key, const struct rec_spans *spans)
{
	rec_json_array(json, key);
	for (size_t i = 0; i < spans->n; i++) {
		rec_json_array(json, NULL);
		rec_json_seconds(json, NULL, spans->items[i].start_ns);
		rec_json_seconds(json, NULL, spans->items[i].end_ns);
		rec_json_end_array(json);
	}
	rec_json_end_array(json);
}

static int put_values(const struct rec_waveform *w, struct rec_peaks *peaks, bool rms, struct rec_json *json)
{
	struct rec_amplitude level;
	struct rec_buf text = REC_BUF_INIT;
	int64_t n;
	int err = rec_peaks_rewind(peaks);

	rec_json_array(json, rms ? "rms" : "peaks");
	while (err == REC_OK && (err = rec_peaks_next(peaks, &level, &n)) == REC_OK) {
		double v = rms ? rec_rms(level.squares, n * w->channels) : (double)level.peak;

		text.len = 0;
		if (w->params->db)
			rec_put_hundredths(&text, rec_dbfs(v));
		else
			rec_put_tenthousandths(&text, v);
		rec_json_raw(json, NULL, rec_buf_str(&text));
	}
	rec_json_end_array(json);
	if (text.failed)
		err = REC_ENOMEM;
	rec_buf_free(&text);
	return err == REC_ENODATA ? REC_OK : err;
}

static int put_lane(
        const struct rec_waveform *w, const struct rec_waveform_source *source, size_t cut, struct rec_json *json)
{
	int err;

	rec_json_object(json, NULL);
	rec_json_str(json, "name", source->name);
	put_spans(json, "present", &source->present);
	put_spans(json, "muted", &source->muted);
	put_spans(json, "gaps", &source->gaps);
	err = put_values(w, source->peaks[cut], false, json);
	if (err == REC_OK && w->params->rms)
		err = put_values(w, source->peaks[cut], true, json);
	rec_json_end_object(json);
	return err;
}

int rec_waveform_write_lanes(const struct rec_waveform *w, size_t cut, struct rec_waveform_sink *sink)
{
	struct rec_json json = {.buf = &sink->buf};
	const struct rec_peaks *peaks = w->sources[0].peaks[cut];
	int err = REC_OK;

	rec_json_object(&json, NULL);
	rec_json_int(&json, "version", 1);
	rec_json_str(&json, "session_id", w->params->session->id);
	rec_json_seconds(&json, "duration_s", rec_ns_of_samples(w->length, w->rate));
	rec_json_seconds(&json, "zero_s", w->zero_ns);
	rec_json_str(&json, "unit", w->params->db ? "dBFS" : "linear");
	rec_json_int(&json, "sample_rate", w->rate);
	rec_json_int(&json, "samples_per_point", rec_peaks_zoom(peaks));
	rec_json_int(&json, "points", rec_peaks_count(peaks));
	rec_json_array(&json, "lanes");
	for (size_t i = 0; i < w->nsources && err == REC_OK; i++) {
		err = put_lane(w, &w->sources[i], cut, &json);
		if (err == REC_OK)
			err = rec_waveform_flush(sink, REC_WAVEFORM_PIECE);
	}
	rec_json_end_array(&json);
	rec_json_end_object(&json);
	rec_buf_puts(&sink->buf, "\n");
	return err;
}
