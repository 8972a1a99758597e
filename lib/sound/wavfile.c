/* SPDX-License-Identifier: MIT */
#include "sound/wavfile.h"

#include "base/err.h"
#include "base/queue.h"
#include "media/limits.h"
#include "media/tail.h"
#include "sound/riff.h"

#include <pthread.h>
#include <sndfile.h>
#include <stdlib.h>
#include <string.h>

/* of a block, all channels: small enough for a processor's second cache */
#define BLOCK_SAMPLES 32768
/* one is read, one is measured, the others wait */
#define BLOCKS 6

enum form { FORM_S16, FORM_S32, FORM_FLOAT };

struct block {
	size_t n; /* samples of one channel */
	union {
		float f32[BLOCK_SAMPLES];
		int s32[BLOCK_SAMPLES];
	} wide; /* FORM_S32 is measured as floats, too */
	int16_t s16[BLOCK_SAMPLES];
};

struct rec_wavfile {
	struct rec_wavfile_info info;
	struct rec_source *source;
	int64_t at; /* of libsndfile in the source */
	int read_error;
	SNDFILE *file;
	enum form form;
	struct block *blocks;
	struct rec_queue *idle;
	struct rec_queue *full;
	pthread_t thread;
	bool running;
	int status;          /* how reading ended; read once `full` is closed */
	struct block *block; /* lent to the reader */
	int64_t pos;
};

static sf_count_t io_size(void *state)
{
	return rec_source_size(((struct rec_wavfile *)state)->source);
}

static sf_count_t io_tell(void *state)
{
	return ((struct rec_wavfile *)state)->at;
}

static sf_count_t io_seek(sf_count_t offset, int whence, void *state)
{
	struct rec_wavfile *w = state;

	int64_t from = whence == SEEK_CUR ? w->at : whence == SEEK_END ? rec_source_size(w->source) : 0;

	/* where a file's own numbers may lead; what is out of it reads as its end */
	if (__builtin_add_overflow(from, offset, &w->at) || w->at < 0)
		w->at = rec_source_size(w->source);
	return w->at;
}

static sf_count_t io_read(void *bytes, sf_count_t n, void *state)
{
	struct rec_wavfile *w = state;
	sf_count_t done = 0;

	while (done < n && !w->read_error && rec_source_seek(w->source, w->at) == REC_OK) {
		ssize_t got = rec_source_read(w->source, (char *)bytes + done, (size_t)(n - done));

		if (got < 0)
			w->read_error = (int)got;
		if (got <= 0)
			break;
		done += got;
		w->at += got;
	}
	return done;
}

static sf_count_t io_write(const void *bytes, sf_count_t n, void *state)
{
	(void)bytes, (void)n, (void)state;
	return 0;
}

static bool choose_form(int format, enum form *form)
{
	switch (format & SF_FORMAT_SUBMASK) {
	case SF_FORMAT_PCM_U8:
	case SF_FORMAT_PCM_16:
	case SF_FORMAT_ULAW:
	case SF_FORMAT_ALAW:
		*form = FORM_S16;
		return true;
	case SF_FORMAT_PCM_24:
	case SF_FORMAT_PCM_32:
		*form = FORM_S32;
		return true;
	case SF_FORMAT_FLOAT:
	case SF_FORMAT_DOUBLE:
		*form = FORM_FLOAT;
		return true;
	default:
		return false;
	}
}

static int open_file(struct rec_wavfile *w)
{
	static SF_VIRTUAL_IO io = {io_size, io_seek, io_read, io_write, io_tell};
	SF_INFO info = {0};

	w->file = sf_open_virtual(&io, SFM_READ, &info, w);
	if (!w->file || !choose_form(info.format, &w->form) || info.frames < 1)
		return REC_ENODATA;
	if (info.channels < 1 || info.channels > rec_media_limits.channels ||
	        info.samplerate < rec_media_limits.least_rate || info.samplerate > rec_media_limits.rate)
		return REC_ENODATA;
	w->info.rate = info.samplerate;
	w->info.channels = info.channels;
	w->info.length = info.frames;
	return REC_OK;
}

static sf_count_t read_s32(struct rec_wavfile *w, struct block *b, sf_count_t want)
{
	sf_count_t n = sf_readf_int(w->file, b->wide.s32, want);
	size_t all = (size_t)(n > 0 ? n : 0) * (size_t)w->info.channels;

	for (size_t i = 0; i < all; i++) {
		int v = b->wide.s32[i];

		b->s16[i] = (int16_t)(v >> 16);
		b->wide.f32[i] = (float)v * 0x1p-31F;
	}
	return n;
}

static sf_count_t read_float(struct rec_wavfile *w, struct block *b, sf_count_t want)
{
	sf_count_t n = sf_readf_float(w->file, b->wide.f32, want);
	size_t all = (size_t)(n > 0 ? n : 0) * (size_t)w->info.channels;

	rec_amplitude_make_finite(b->wide.f32, all);
	rec_amplitude_s16_of_float(b->wide.f32, all, b->s16);
	return n;
}

static sf_count_t fill(struct rec_wavfile *w, struct block *b, sf_count_t want)
{
	if (w->form == FORM_S16)
		return sf_readf_short(w->file, b->s16, want);
	return w->form == FORM_S32 ? read_s32(w, b, want) : read_float(w, b, want);
}

static void *read_thread(void *arg)
{
	struct rec_wavfile *w = arg;
	sf_count_t want = BLOCK_SAMPLES / w->info.channels, got = want;
	int64_t total = 0;
	void *item;

	while (got == want && rec_queue_pop(w->idle, &item) == REC_OK) {
		struct block *b = item;

		got = fill(w, b, want);
		b->n = got > 0 ? (size_t)got : 0;
		total += (int64_t)b->n;
		if (b->n == 0 || rec_queue_push(w->full, b) < 0)
			break;
	}
	w->status = w->read_error;
	w->info.truncated |= total < w->info.length;
	rec_queue_close(w->full);
	return NULL;
}

static int start(struct rec_wavfile *w)
{
	int err;

	w->blocks = malloc(BLOCKS * sizeof(*w->blocks));
	if (!w->blocks)
		return REC_ENOMEM;
	err = rec_queue_new(&w->idle, BLOCKS, NULL);
	if (err == REC_OK)
		err = rec_queue_new(&w->full, BLOCKS, NULL);
	for (size_t i = 0; err == REC_OK && i < BLOCKS; i++)
		err = rec_queue_push(w->idle, &w->blocks[i]);
	if (err == REC_OK && pthread_create(&w->thread, NULL, read_thread, w) != 0)
		err = REC_ENOMEM;
	w->running = err == REC_OK;
	return err;
}

int rec_wavfile_open(struct rec_wavfile **wav, struct rec_source *source)
{
	struct rec_wavfile *w;
	int err;

	*wav = NULL;
	/* only these reach libsndfile: the whitelist of what a stranger's file may make it parse */
	if (rec_source_tell(source) != 0 || !rec_riff_is_plain(source))
		return REC_ENODATA;
	w = calloc(1, sizeof(*w));
	if (!w)
		return REC_ENOMEM;
	w->source = source;
	err = open_file(w);
	if (err == REC_OK) {
		w->info.truncated = rec_tail_is_cut(source, "wav", -1);
		err = start(w);
	}
	if (err < 0) {
		w->source = NULL;
		rec_source_seek(source, 0);
		rec_wavfile_close(&w);
	}
	*wav = w;
	return err;
}

const struct rec_wavfile_info *rec_wavfile_info(const struct rec_wavfile *w)
{
	return &w->info;
}

int rec_wavfile_read(struct rec_wavfile *w, struct rec_pcm *pcm)
{
	void *item;

	if (w->block)
		rec_queue_push(w->idle, w->block);
	w->block = NULL;
	if (rec_queue_pop(w->full, &item) < 0)
		return w->status < 0 ? w->status : REC_ENODATA;
	w->block = item;
	*pcm = (struct rec_pcm){w->pos, w->block->n, w->block->s16, w->form == FORM_S16 ? NULL : w->block->wide.f32};
	w->pos += (int64_t)w->block->n;
	return REC_OK;
}

void rec_wavfile_close(struct rec_wavfile **wav)
{
	struct rec_wavfile *w = *wav;

	if (!w)
		return;
	if (w->running) {
		rec_queue_cancel(w->idle);
		rec_queue_cancel(w->full);
		pthread_join(w->thread, NULL);
	}
	rec_queue_free(&w->idle);
	rec_queue_free(&w->full);
	if (w->file)
		sf_close(w->file);
	rec_source_close(&w->source);
	free(w->blocks);
	free(w);
	*wav = NULL;
}
