/* SPDX-License-Identifier: MIT */
/*
 * Frames of sound on any stamps become blocks: in order, never over each other, nothing but numbers in them, no more of them than came
 * in; and the account covers the output from its zero to its end.
 */
#include "sound/place.h"

#include "base/err.h"
#include "sound/gapfill.h"
#include "tests/fuzz/fuzz.h"

#include <libavutil/channel_layout.h>
#include <math.h>
#include <string.h>

static const int64_t samples_most = 2000000;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	fuzz_quiet();
	return 0;
}

struct run {
	struct rec_place *place;
	int channels;
	int64_t end;  /* of the last block */
	int64_t most; /* samples that may come out */
	int64_t came;
};

static void take(struct run *run)
{
	struct rec_place_block *block;

	while ((block = rec_place_take(run->place))) {
		MUST(block->n >= 1 && block->n <= REC_PLACE_BLOCK);
		MUST(block->pos >= run->end);
		run->end = block->pos + (int64_t)block->n;
		run->came += (int64_t)block->n;
		for (size_t i = 0; i < block->n * (size_t)run->channels; i++)
			MUST(isfinite(block->pcm[i]));
		free(block);
	}
}

static AVFrame *make_frame(struct fuzz_bytes *bytes, uint64_t kind, int *samples)
{
	static const enum AVSampleFormat formats[] = {AV_SAMPLE_FMT_S16, AV_SAMPLE_FMT_FLTP, AV_SAMPLE_FMT_FLT,
	        AV_SAMPLE_FMT_U8P, AV_SAMPLE_FMT_DBL, AV_SAMPLE_FMT_S32P};
	static const int rates[] = {48000, 44100, 8000, 96000};
	AVFrame *frame = av_frame_alloc();
	int channels = kind & 1 ? 2 : 1;

	MUST(frame);
	frame->format = kind & 2 ? formats[fuzz_number(bytes, 1) % 6] : AV_SAMPLE_FMT_FLTP;
	frame->sample_rate = kind & 4 ? rates[fuzz_number(bytes, 1) % 4] : 48000;
	frame->nb_samples = kind & 8 ? 1 + (int)(fuzz_number(bytes, 2) % 9000) : 960;
	if (kind & 1 && fuzz_number(bytes, 1) > 200)
		channels = 1 + (int)(fuzz_number(bytes, 1) % 8);
	av_channel_layout_default(&frame->ch_layout, channels);
	MUST(av_frame_get_buffer(frame, 0) == 0);
	uint8_t pattern[8];
	for (size_t i = 0; i < sizeof(pattern); i++)
		pattern[i] = (uint8_t)fuzz_number(bytes, 1);
	for (int c = 0; c < AV_NUM_DATA_POINTERS && frame->data[c]; c++)
		for (int i = 0; i + 8 <= frame->linesize[0]; i += 8)
			memcpy(frame->data[c] + i, pattern, sizeof(pattern));
	*samples = frame->nb_samples;
	return frame;
}

static int feed(struct run *run, struct fuzz_bytes *bytes, int rate)
{
	int64_t next = fuzz_time(bytes), in = 0;
	int err = REC_OK;

	while (bytes->left > 0 && in < samples_most && err == REC_OK) {
		uint64_t kind = fuzz_number(bytes, 1);
		int n;
		AVFrame *frame = make_frame(bytes, kind >> 4, &n);
		int64_t length = rec_ns_of_samples(n, frame->sample_rate);

		if (kind % 4 == 1)
			next = fuzz_time(bytes);
		if (kind % 4 == 2)
			next = rec_ns_add(next, (int64_t)fuzz_number(bytes, 4) - INT32_MAX);
		/* bent by at most 0.5 %, and once more what its filter held where it changes */
		run->most += rec_rescale(n, rate, frame->sample_rate) * 1005 / 1000 + 200;
		in += n;
		err = rec_place_frame(run->place, frame, next, kind % 4 == 3);
		next = rec_ns_add(next, length);
		av_frame_free(&frame);
		take(run);
	}
	return err;
}

static void add_up(const struct run *run, const struct rec_sound_ledger *ledger, bool everywhere)
{
	int64_t silence = 0;

	MUST(run->came <= run->most);
	MUST(ledger->used_samples <= run->came && ledger->used_samples >= 0 && ledger->trimmed_samples >= 0);
	MUST(isfinite(ledger->peak) && isfinite(ledger->rms) && isfinite(ledger->drift_ppm));
	for (size_t i = 0; i < ledger->ngaps; i++) {
		const struct rec_gap *gap = &ledger->gaps[i];

		MUST(gap->start >= 0 && gap->samples > 0);
		if (gap->start < run->end)
			silence += gap->samples;
	}
	if (everywhere)
		MUST(run->came == ledger->used_samples && run->came + silence == run->end);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_bytes bytes = {data, size};
	struct rec_sound_ledger ledger;
	struct rec_span items[2] = {{0, 0}, {0, 0}};
	uint64_t bits = fuzz_number(&bytes, 1);
	struct rec_spans audible = {items, bits & 1 ? 2 : 0};
	struct rec_place_params params = {.rate = bits & 2 ? 48000 : 16000,
	        .channels = bits & 4 ? 2 : 1,
	        .tick_ns = bits & 8 ? 1000000 : 1,
	        .origin = bits & 16 ? REC_ORIGIN_SESSION : REC_ORIGIN_TRACK,
	        .audible = &audible,
	        .ledger = &ledger};
	struct run run = {.channels = params.channels};

	memset(&ledger, 0, sizeof(ledger));
	if (bits & 32)
		params.start_ns = fuzz_time(&bytes) % REC_GAPFILL_FAR_NS;
	for (size_t i = 0; i < audible.n; i++) {
		items[i].start_ns = (i ? items[0].end_ns : 0) + (int64_t)fuzz_number(&bytes, 4);
		items[i].end_ns = items[i].start_ns + 1 + (int64_t)fuzz_number(&bytes, 4);
	}
	MUST(rec_place_new(&run.place, &params) == REC_OK);
	int err = feed(&run, &bytes, params.rate);
	if (err == REC_OK)
		err = rec_place_end(run.place);
	take(&run);
	MUST(err == REC_OK || err == REC_EINVAL);
	if (err == REC_OK)
		add_up(&run, &ledger, audible.n == 0);
	rec_place_free(&run.place);
	rec_sound_ledger_free(&ledger);
	return 0;
}
