/* SPDX-License-Identifier: MIT */
/*
 * audiowaveform's two data formats, byte for byte (its doc/DataFormat.md): minimum and maximum of each point as 16-bit or 8-bit integers,
 * channels interleaved within a point. Its JSON is always version 2; its .dat is version 1, without the channels, when there is one.
 */
#include "waveform/waveform.h"

#include "base/err.h"

#include <stdlib.h>

static int64_t count_of(const struct rec_waveform *w, size_t cut)
{
	return w->sources[0].has_sound ? rec_peaks_count(w->sources[0].peaks[cut]) : 0;
}

static int64_t zoom_of(const struct rec_waveform *w, size_t cut)
{
	if (w->sources[0].has_sound)
		return rec_peaks_zoom(w->sources[0].peaks[cut]);
	return w->cuts[cut].zoom > 0 ? w->cuts[cut].zoom : 1;
}

typedef void put_value(struct rec_buf *buf, int value, bool first);

static void put_text(struct rec_buf *buf, int value, bool first)
{
	char text[8];
	size_t n = sizeof(text);
	unsigned left = value < 0 ? (unsigned)-value : (unsigned)value;

	do
		text[--n] = (char)('0' + left % 10);
	while (left /= 10);
	if (value < 0)
		text[--n] = '-';
	if (!first)
		text[--n] = ',';
	rec_buf_add(buf, text + n, sizeof(text) - n);
}

static void put_byte(struct rec_buf *buf, int value, bool first)
{
	char byte = (char)value;

	(void)first;
	rec_buf_add(buf, &byte, 1);
}

static void put_word(struct rec_buf *buf, int value, bool first)
{
	unsigned word = (unsigned)value;
	char bytes[2] = {(char)(word & 0xFF), (char)(word >> 8 & 0xFF)};

	(void)first;
	rec_buf_add(buf, bytes, 2);
}

/* Every minimum and maximum; 8 bits are a 256th, rounded toward zero. */
static int put_values(const struct rec_waveform *w, size_t cut, put_value *put, struct rec_waveform_sink *sink)
{
	struct rec_amplitude *levels = calloc(w->lanes + 1, sizeof(*levels));
	int divisor = w->params->bits == 8 ? 256 : 1;
	bool first = true;
	int64_t nsamples;
	int err = levels ? REC_OK : REC_ENOMEM;

	if (err == REC_OK && count_of(w, cut) > 0)
		err = rec_peaks_rewind(w->sources[0].peaks[cut]);
	for (int64_t left = count_of(w, cut); left > 0 && err == REC_OK; left--) {
		err = rec_peaks_next(w->sources[0].peaks[cut], levels, &nsamples);
		for (size_t i = 0; i < w->lanes && err == REC_OK; i++) {
			put(&sink->buf, levels[i].min / divisor, first);
			put(&sink->buf, levels[i].max / divisor, false);
			first = false;
		}
		if (err == REC_OK)
			err = rec_waveform_flush(sink, REC_WAVEFORM_PIECE);
	}
	free(levels);
	return err;
}

int rec_waveform_write_json(const struct rec_waveform *w, size_t cut, struct rec_waveform_sink *sink)
{
	int err;

	if (w->params->session)
		return rec_waveform_write_lanes(w, cut, sink);
	rec_buf_printf(&sink->buf,
	        "{\"version\":2,\"channels\":%zu,\"sample_rate\":%d,\"samples_per_pixel\":%lld,\"bits\":%d,"
	        "\"length\":%lld,\"data\":[",
	        w->lanes, w->rate, (long long)zoom_of(w, cut), w->params->bits, (long long)count_of(w, cut));
	err = put_values(w, cut, put_text, sink);
	rec_buf_puts(&sink->buf, "]}\n");
	return err;
}

static void put_int32(struct rec_buf *buf, int64_t value)
{
	uint32_t word = (uint32_t)value;
	char bytes[4] = {(char)(word & 0xFF), (char)(word >> 8 & 0xFF), (char)(word >> 16 & 0xFF), (char)(word >> 24)};

	rec_buf_add(buf, bytes, 4);
}

int rec_waveform_write_dat(const struct rec_waveform *w, size_t cut, struct rec_waveform_sink *sink)
{
	bool narrow = w->params->bits == 8;

	put_int32(&sink->buf, w->lanes == 1 ? 1 : 2);
	put_int32(&sink->buf, narrow ? 1 : 0);
	put_int32(&sink->buf, w->rate);
	put_int32(&sink->buf, zoom_of(w, cut));
	put_int32(&sink->buf, count_of(w, cut));
	if (w->lanes > 1)
		put_int32(&sink->buf, (int64_t)w->lanes);
	return put_values(w, cut, narrow ? put_byte : put_word, sink);
}
