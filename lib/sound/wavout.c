/* SPDX-License-Identifier: MIT */
#include "sound/wavout.h"

#include "base/err.h"
#include "base/log.h"
#include "sound/amplitude.h"

#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>

/* samples, all channels, converted at a time */
#define CHUNK 4096

/* what a RIFF's 32-bit sizes hold, less room for the head */
static const int64_t MOST_BYTES = INT64_C(0xFFFFFFFF) - 4096;

struct rec_wavout {
	struct rec_wavout_params params;
	struct rec_out *out;
	SNDFILE *file;
	int64_t left; /* bytes of samples that still fit; -1: no bound */
	int64_t at;   /* libsndfile's place in the output */
	bool failed;  /* the output has reported why */
};

int rec_wavout_check(const struct rec_wavout_params *params)
{
	int most = params->flac ? 8 : 1024;

	if (params->bits != 16 && params->bits != 24 && params->bits != 32)
		return rec_report(REC_EUSAGE, "%d bits a sample: 16, 24 or 32 (float)", params->bits);
	if (params->flac && params->bits == 32)
		return rec_report(REC_EUSAGE, "FLAC holds 16 or 24 bits a sample, not 32");
	if (params->channels < 1 || params->channels > most)
		return rec_report(REC_EUSAGE, "%s holds 1 to %d channels, not %d", params->flac ? "FLAC" : "WAV", most,
		        params->channels);
	if (params->rate < 1 || params->rate > 655350)
		return rec_report(REC_EUSAGE, "sample rate %d Hz is out of range", params->rate);
	return REC_OK;
}

static sf_count_t file_size(void *state)
{
	return rec_out_size(((struct rec_wavout *)state)->out);
}

static sf_count_t file_seek(sf_count_t at, int whence, void *state)
{
	struct rec_wavout *w = state;

	if (whence == SEEK_CUR)
		at += w->at;
	else if (whence == SEEK_END)
		at += rec_out_size(w->out);
	if (at < 0)
		return -1;
	w->at = at;
	return at;
}

static sf_count_t file_read(void *bytes, sf_count_t n, void *state)
{
	struct rec_wavout *w = state;
	ssize_t got = rec_out_read_at(w->out, bytes, (size_t)n, w->at);

	w->failed |= got < 0;
	if (got < 0)
		return 0;
	w->at += got;
	return got;
}

static sf_count_t file_write(const void *bytes, sf_count_t n, void *state)
{
	struct rec_wavout *w = state;

	w->failed |= rec_out_seek(w->out, w->at) < 0 || rec_out_write(w->out, bytes, (size_t)n) < 0;
	if (w->failed)
		return 0;
	w->at += n;
	return n;
}

static sf_count_t file_tell(void *state)
{
	return ((struct rec_wavout *)state)->at;
}

/* What libsndfile says of a failed write is no cause: "No Error", "System error". */
static int refused(const struct rec_wavout *w, int err, const char *why)
{
	return w->failed ? REC_EIO : rec_report(err, "cannot write '%s': %s", rec_out_target(w->out), why);
}

static int64_t frame_bytes(const struct rec_wavout_params *params)
{
	return (int64_t)params->bits / 8 * params->channels;
}

static bool needs_rf64(const struct rec_wavout_params *params)
{
	return !params->flac && (params->bound < 0 || params->bound > MOST_BYTES / frame_bytes(params));
}

static int format_of(const struct rec_wavout_params *params)
{
	int bits = params->bits == 16 ? SF_FORMAT_PCM_16 : params->bits == 24 ? SF_FORMAT_PCM_24 : SF_FORMAT_FLOAT;

	if (params->flac)
		return SF_FORMAT_FLAC | bits;
	return (needs_rf64(params) ? SF_FORMAT_RF64 : SF_FORMAT_WAV) | bits;
}

static int open_file(struct rec_wavout *w)
{
	SF_VIRTUAL_IO io = {file_size, file_seek, file_read, file_write, file_tell};
	SF_INFO info = {0};

	info.samplerate = w->params.rate;
	info.channels = w->params.channels;
	info.format = format_of(&w->params);
	w->file = sf_open_virtual(&io, SFM_WRITE, &info, w);
	if (!w->file)
		return refused(w, REC_EENCODE, sf_strerror(NULL));
	/* both before the first sample: a chunk with the date, and an RF64 that turned out to be small becomes a WAV */
	sf_command(w->file, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE);
	if (needs_rf64(&w->params))
		sf_command(w->file, SFC_RF64_AUTO_DOWNGRADE, NULL, SF_TRUE);
	w->left = w->params.flac || needs_rf64(&w->params) ? -1 : MOST_BYTES;
	return REC_OK;
}

int rec_wavout_open(struct rec_wavout **wavout, const struct rec_wavout_params *params, struct rec_out *out)
{
	struct rec_wavout *w;
	int err = rec_wavout_check(params);

	*wavout = NULL;
	if (err < 0)
		return err;
	w = calloc(1, sizeof(*w));
	if (!w)
		return REC_ENOMEM;
	w->params = *params;
	w->out = out;
	err = open_file(w);
	if (err < 0)
		rec_wavout_free(&w);
	*wavout = w;
	return err;
}

static float cleaned(float v)
{
	return isfinite(v) ? v : 0;
}

/* to 24 bits */
static int scaled(float v)
{
	static const double full = 8388608;
	double r = rint((double)cleaned(v) * full);

	return (int)(r > full - 1 ? full - 1 : r < -full ? -full : r);
}

/* libsndfile's own scale is 2^15 - 1; full scale is 2^15, as decoders have it */
static sf_count_t write_chunk(struct rec_wavout *w, const float *pcm, size_t n)
{
	union {
		short narrow[CHUNK];
		int wide[CHUNK];
		float real[CHUNK];
	} chunk;
	sf_count_t count = (sf_count_t)n;

	if (w->params.bits == 16) {
		rec_amplitude_round(pcm, n, chunk.narrow);
		return sf_write_short(w->file, chunk.narrow, count);
	}
	if (w->params.bits == 24) { /* the upper 24 bits */
		for (size_t i = 0; i < n; i++)
			chunk.wide[i] = scaled(pcm[i]) * 256;
		return sf_write_int(w->file, chunk.wide, count);
	}
	for (size_t i = 0; i < n; i++)
		chunk.real[i] = cleaned(pcm[i]);
	return sf_write_float(w->file, chunk.real, count);
}

int rec_wavout_write(struct rec_wavout *w, const float *pcm, size_t n)
{
	size_t channels = (size_t)w->params.channels, step = CHUNK / channels * channels;
	int64_t bytes = frame_bytes(&w->params) * (int64_t)n;

	if (w->left >= 0 && bytes > w->left)
		return rec_report(REC_EIO,
		        "cannot write '%s': it passes 4 GB though its inputs seemed shorter; pass --length",
		        rec_out_target(w->out));
	w->left -= w->left >= 0 ? bytes : 0;
	for (size_t done = 0; done < n * channels; done += step) {
		size_t m = n * channels - done < step ? n * channels - done : step;

		if (write_chunk(w, pcm + done, m) != (sf_count_t)m)
			return refused(w, REC_EIO, sf_strerror(w->file));
	}
	return REC_OK;
}

int rec_wavout_finish(struct rec_wavout *w)
{
	int err;

	sf_write_sync(w->file);
	err = sf_close(w->file);
	w->file = NULL;

	return err == 0 && !w->failed ? REC_OK : refused(w, REC_EIO, sf_error_number(err));
}

void rec_wavout_free(struct rec_wavout **w)
{
	if (!*w)
		return;
	if ((*w)->file)
		sf_close((*w)->file);
	free(*w);
	*w = NULL;
}
