/* SPDX-License-Identifier: MIT */
/*
 * The bare array that wavesurfer and transcript pages load: max |sample| of each point over the recording's maximum, two decimals, written
 * as Python's round(x, 2) prints them. Channels apart: an array of such arrays. With RMS: an object of both.
 */
#include "waveform/waveform.h"

#include "base/err.h"
#include "sound/dbfs.h"

#include <stdlib.h>

enum what { PEAK, RMS };

struct scale {
	const struct rec_waveform *w;
	double most;
};

static double value_of(const struct scale *s, const struct rec_amplitude *level, int64_t nsamples, enum what what)
{
	int64_t n = s->w->lanes > 1 || s->w->params->split ? nsamples : nsamples * s->w->channels;
	double v = what == PEAK ? (double)level->peak : rec_rms(level->squares, n);

	if (s->w->params->db)
		return rec_dbfs(v);
	return s->most > 0 ? v / s->most : 0;
}

static int write_lane(const struct scale *s, size_t cut, size_t lane, enum what what, struct rec_waveform_sink *sink)
{
	struct rec_peaks *peaks = s->w->sources[0].peaks[cut];
	struct rec_amplitude *levels = malloc(s->w->lanes * sizeof(*levels));
	const char *comma = "";
	int64_t n;
	int err = levels ? rec_peaks_rewind(peaks) : REC_ENOMEM;

	rec_buf_puts(&sink->buf, "[");
	while (err == REC_OK && (err = rec_peaks_next(peaks, levels, &n)) == REC_OK) {
		rec_buf_puts(&sink->buf, comma);
		rec_put_hundredths(&sink->buf, value_of(s, &levels[lane], n, what));
		comma = ", ";
		err = rec_waveform_flush(sink, REC_WAVEFORM_PIECE);
	}
	rec_buf_puts(&sink->buf, "]");
	free(levels);
	return err == REC_ENODATA ? REC_OK : err;
}

static int write_array(const struct scale *s, size_t cut, enum what what, struct rec_waveform_sink *sink)
{
	int err = REC_OK;

	if (!s->w->sources[0].has_sound) {
		rec_buf_puts(&sink->buf, "[]");
		return REC_OK;
	}
	if (!s->w->params->split)
		return write_lane(s, cut, 0, what, sink);
	rec_buf_puts(&sink->buf, "[");
	for (size_t i = 0; i < s->w->lanes && err == REC_OK; i++) {
		rec_buf_puts(&sink->buf, i ? ", " : "");
		err = write_lane(s, cut, i, what, sink);
	}
	rec_buf_puts(&sink->buf, "]");
	return err;
}

int rec_waveform_write_peaks(const struct rec_waveform *w, size_t cut, struct rec_waveform_sink *sink)
{
	const struct scale scale = {w, (double)w->peak};
	int err;

	if (!w->params->rms) {
		err = write_array(&scale, cut, PEAK, sink);
	} else {
		rec_buf_puts(&sink->buf, "{\"peaks\": ");
		err = write_array(&scale, cut, PEAK, sink);
		rec_buf_puts(&sink->buf, ", \"rms\": ");
		if (err == REC_OK)
			err = write_array(&scale, cut, RMS, sink);
		rec_buf_puts(&sink->buf, "}");
	}
	rec_buf_puts(&sink->buf, "\n");
	return err;
}
