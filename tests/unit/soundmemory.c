/* SPDX-License-Identifier: MIT */
/* Goal: without memory every step of the sound says REC_ENOMEM, gives NULL and keeps nothing; with it the same call goes well. */
#include "base/err.h"
#include "base/log.h"
#include "base/queue.h"
#include "base/spool.h"
#include "sound/gapfill.h"
#include "sound/limit.h"
#include "sound/loudness.h"
#include "sound/mix.h"
#include "sound/pcmreader.h"
#include "sound/peaks.h"
#include "sound/place.h"
#include "sound/resample.h"
#include "sound/seam.h"
#include "sound/sink.h"
#include "sound/wavfile.h"
#include "sound/wavout.h"
#include "tests/unit/capture.h"
#include "tests/unit/fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { RATE = 48000, N = 4800 };

/* what the calls below need, made once */
static struct {
	char *folder;
	char *wav;
	char *flac;
	char *draft;
	AVFrame *mono;
	AVFrame *stereo;
	AVFrame *handed; /* a reference to one of them */
	struct rec_source *source;
	struct rec_out *out;
	struct rec_mix *mix;
	struct rec_sound_ledger ledger;
} rig;

static AVFrame *frame_of(int channels)
{
	AVFrame *frame = av_frame_alloc();

	frame->format = AV_SAMPLE_FMT_FLT;
	frame->sample_rate = RATE;
	frame->nb_samples = 960;
	av_channel_layout_default(&frame->ch_layout, channels);
	assert_int_equal(av_frame_get_buffer(frame, 0), 0);
	memset(frame->data[0], 0, (size_t)frame->linesize[0]);
	return frame;
}

static int new_queue(void **thing)
{
	return rec_queue_new((struct rec_queue **)thing, 3, NULL);
}

static void free_queue(void **thing)
{
	rec_queue_free((struct rec_queue **)thing);
}

static int new_spool(void **thing)
{
	return rec_spool_new((struct rec_spool **)thing, 24);
}

static void free_spool(void **thing)
{
	rec_spool_free((struct rec_spool **)thing);
}

static int new_limit(void **thing)
{
	return rec_limit_new((struct rec_limit **)thing, RATE, 2, -1);
}

static void free_limit(void **thing)
{
	rec_limit_free((struct rec_limit **)thing);
}

static int new_loudness(void **thing)
{
	return rec_loudness_new((struct rec_loudness **)thing, RATE, 2);
}

static void free_loudness(void **thing)
{
	rec_loudness_free((struct rec_loudness **)thing);
}

static int new_seam(void **thing)
{
	return rec_seam_new((struct rec_seam **)thing, RATE, 2);
}

static void free_seam(void **thing)
{
	rec_seam_free((struct rec_seam **)thing);
}

static int new_mix(void **thing)
{
	return rec_mix_new((struct rec_mix **)thing, &(struct rec_mix_params){RATE, 2, -1, 1, false});
}

static void free_mix(void **thing)
{
	rec_mix_free((struct rec_mix **)thing);
}

static int new_peaks(void **thing, int64_t zoom, int64_t length, bool claimed)
{
	const struct rec_peaks_params params = {
	        .level = {.channels = 2}, .zoom = zoom, .points = 100, .length = length, .claimed = claimed};

	return rec_peaks_new((struct rec_peaks **)thing, &params);
}

static int new_zoom(void **thing)
{
	return new_peaks(thing, 256, -1, false);
}

static int new_points(void **thing)
{
	return new_peaks(thing, 0, 9600, false);
}

static int new_fold(void **thing)
{
	return new_peaks(thing, 0, -1, false);
}

static int new_claimed(void **thing)
{
	return new_peaks(thing, 0, 9600, true);
}

static void free_peaks(void **thing)
{
	rec_peaks_free((struct rec_peaks **)thing);
}

static int new_resample(void **thing)
{
	return rec_resample_new((struct rec_resample **)thing, rig.mono, &(struct rec_resample_params){44100, 2, true});
}

static int new_downmix(void **thing)
{
	return rec_resample_new(
	        (struct rec_resample **)thing, rig.stereo, &(struct rec_resample_params){RATE, 2, false});
}

static void free_resample(void **thing)
{
	rec_resample_free((struct rec_resample **)thing);
}

static int new_place(void **thing)
{
	static const struct rec_spans everywhere = {0};
	const struct rec_place_params params = {
	        .rate = RATE, .channels = 2, .audible = &everywhere, .ledger = &rig.ledger};

	return rec_place_new((struct rec_place **)thing, &params);
}

static void free_place(void **thing)
{
	rec_place_free((struct rec_place **)thing);
}

static int new_wavout(void **thing)
{
	return rec_wavout_open(
	        (struct rec_wavout **)thing, &(struct rec_wavout_params){false, RATE, 1, 16, -1}, rig.out);
}

static void free_wavout(void **thing)
{
	rec_wavout_free((struct rec_wavout **)thing);
}

static int new_sink(void **thing)
{
	const struct rec_sink_params params = {.audio = {.rate = RATE, .channels = 1, .bits = 16}, .bound = -1};

	return rec_sink_open((struct rec_sink **)thing, rig.wav, &params);
}

static void free_sink(void **thing)
{
	rec_sink_discard((struct rec_sink **)thing);
}

/* the quick way gives its source back where it fails, so that the test goes on with it */
static int new_wavfile(void **thing)
{
	int err = rec_wavfile_open((struct rec_wavfile **)thing, rig.source);

	if (err < 0 && rec_source_tell(rig.source) != 0)
		return REC_EIO;
	return err;
}

static void free_wavfile(void **thing)
{
	rec_wavfile_close((struct rec_wavfile **)thing);
	rig.source = NULL;
}

static int new_quick(void **thing)
{
	return rec_pcmreader_open((struct rec_pcmreader **)thing, rig.wav, NULL);
}

static int new_reader(void **thing)
{
	static const struct rec_sound_track_params place = {.rate = RATE, .channels = 2, .lone = true};

	return rec_pcmreader_open((struct rec_pcmreader **)thing, rig.wav, &place);
}

static int new_slow(void **thing)
{
	return rec_pcmreader_open((struct rec_pcmreader **)thing, rig.flac, NULL);
}

static void free_reader(void **thing)
{
	rec_pcmreader_close((struct rec_pcmreader **)thing, NULL);
}

static const struct {
	const char *name;
	int (*make)(void **thing);
	void (*end)(void **thing);
	long least; /* allocations that it takes, at least */
} makers[] = {
        {"queue", new_queue, free_queue, 2},
        {"spool", new_spool, free_spool, 2},
        {"limit", new_limit, free_limit, 5},
        {"loudness", new_loudness, free_loudness, 3},
        {"seam", new_seam, free_seam, 2},
        {"mix", new_mix, free_mix, 1},
        {"peaks by zoom", new_zoom, free_peaks, 4},
        {"peaks of a length", new_points, free_peaks, 2},
        {"peaks of any length", new_fold, free_peaks, 2},
        {"peaks of a claimed length", new_claimed, free_peaks, 3},
        {"resample", new_resample, free_resample, 4},
        {"resample without change", new_downmix, free_resample, 4},
        {"place", new_place, free_place, 2 + REC_GAPFILL_AHEAD},
        {"wavout", new_wavout, free_wavout, 1},
        {"sink", new_sink, free_sink, 3},
        {"wavfile", new_wavfile, free_wavfile, 4},
        {"pcmreader, quick", new_quick, free_reader, 5},
        {"pcmreader, placed", new_reader, free_reader, 10},
        {"pcmreader, not WAV", new_slow, free_reader, 10},
};

static void makers_without_memory(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(makers) / sizeof(*makers); i++) {
		void *thing = NULL;
		long n = 1;

		for (;; n++) {
			struct capture capture;

			capture_begin(&capture, STDERR_FILENO);
			fault_begin("alloc", n, ENOMEM);
			int err = makers[i].make(&thing);
			bool failed = fault_end();
			capture_end(&capture);
			if (!failed) {
				assert_int_equal(err, REC_OK);
				assert_non_null(thing);
				break;
			}
			if (err == REC_OK) { /* what its thread alone lacks is told when it is read */
				makers[i].end(&thing);
				continue;
			}
			if (err != REC_ENOMEM || thing || fault_leaks())
				fail_msg("%s, allocation %ld: %s, %p, %zu kept", makers[i].name, n, rec_strerror(err),
				        thing, fault_leaks());
		}
		makers[i].end(&thing);
		assert_null(thing);
		if (n - 1 < makers[i].least)
			fail_msg("%s: took memory %ld times", makers[i].name, n - 1);
	}
}

/* no thread to be had is no memory to be had */
static void without_threads(void **state)
{
	struct rec_pcmreader *reader;

	(void)state;
	for (int i = 0; i < 2; i++) {
		fault_begin("pthread_create()", 1, EAGAIN);
		assert_int_equal(rec_pcmreader_open(&reader, i ? rig.wav : rig.flac, NULL), REC_ENOMEM);
		assert_true(fault_end());
		assert_int_equal(fault_leaks(), 0);
		assert_null(reader);
	}
}

/* frames of mono, then of stereo, which wants another resampler, and a hole */
static int place_all(struct rec_place *place)
{
	int err = REC_OK;

	for (int i = 0; i < 80 && err == REC_OK; i++) {
		assert_int_equal(av_frame_ref(rig.handed, i < 40 ? rig.mono : rig.stereo), 0);
		err = rec_place_frame(place, rig.handed, (i + (i > 60 ? 50 : 0)) * INT64_C(20000000), false);
		av_frame_unref(rig.handed);
	}
	return err == REC_OK ? rec_place_end(place) : err;
}

static void placing_without_memory(void **state)
{
	long n = 1;

	(void)state;
	for (bool failed = true; failed; n++) {
		void *place;

		rec_sound_ledger_free(&rig.ledger);
		assert_int_equal(new_place(&place), REC_OK);
		fault_begin("alloc", n, ENOMEM);
		int err = place_all(place);
		free_place(&place);
		failed = fault_end();
		rec_sound_ledger_free(&rig.ledger);
		assert_int_equal(fault_leaks(), 0);
		assert_int_equal(err, failed ? REC_ENOMEM : REC_OK);
	}
	assert_true(n > 80);
}

/* an empty frame is no sound, one of an unknown format no error but of the format */
static void odd_frames(void **state)
{
	static const struct {
		int nb_samples, rate, format, err;
	} rows[] = {{0, RATE, AV_SAMPLE_FMT_FLT, REC_OK}, {960, 0, AV_SAMPLE_FMT_FLT, REC_OK},
	        {960, RATE, 9999, REC_EINVAL}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		AVFrame *frame = av_frame_clone(rig.mono);
		void *place;

		rec_sound_ledger_free(&rig.ledger);
		assert_int_equal(new_place(&place), REC_OK);
		frame->nb_samples = rows[i].nb_samples;
		frame->sample_rate = rows[i].rate;
		frame->format = rows[i].format;
		int err = rec_place_frame(place, frame, 0, false);
		assert_int_equal(frame->nb_samples, 0); /* its reference is taken */
		if (err == REC_OK)
			err = rec_place_end(place);
		assert_int_equal(err, rows[i].err);
		assert_null(rec_place_take(place));
		assert_int_equal(rig.ledger.used_samples, 0);
		free_place(&place);
		av_frame_free(&frame);
	}
}

/* the samples that came out, or an error */
static int mix_all(struct rec_mix **mix)
{
	const struct rec_mix_track track = {.path = rig.flac,
	        .place = {.origin = REC_ORIGIN_SESSION, .lone = true},
	        .near_ns = INT64_MIN,
	        .far_ns = INT64_MAX};
	float pcm[REC_MIX_BLOCK * 2];
	ssize_t got = new_mix((void **)mix), all = 0;

	for (int i = 0; i < 2 && got == REC_OK; i++) {
		got = rec_mix_add(*mix, &track);
		got = got == i ? REC_OK : got;
	}
	if (got < 0)
		return (int)got;
	while ((got = rec_mix_read(*mix, pcm, REC_MIX_BLOCK)) > 0)
		all += got;
	return (int)(got < 0 ? got : all);
}

/* Either all of it comes out (what a silence at a track's end takes is not missed) or an error tells. */
static void mixing_without_memory(void **state)
{
	long n = 1, errors = 0;

	(void)state;
	for (bool failed = true; failed; n++) {
		struct rec_mix *mix = NULL;
		struct capture capture;

		capture_begin(&capture, STDERR_FILENO);
		fault_begin("alloc", n, ENOMEM);
		int err = mix_all(&mix);
		rec_mix_free(&mix);
		failed = fault_end();
		capture_end(&capture);
		assert_null(mix);
		if ((err != N && (!failed || err != REC_ENOMEM)) || fault_leaks())
			fail_msg("allocation %ld: %d, %zu kept", n, err, fault_leaks());
		errors += err < 0;
	}
	assert_true(errors > 80 && errors >= n - 4);
}

/* a gap that finds no room is counted, though not listed */
static void ledger_without_memory(void **state)
{
	struct rec_sound_ledger ledger = {0};

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(rec_ledger_gap(&ledger, i * 10, 5, REC_GAP_HOLE), REC_OK);
	fault_begin("alloc", 1, ENOMEM);
	assert_int_equal(rec_ledger_gap(&ledger, 40, 5, REC_GAP_HOLE), REC_ENOMEM);
	assert_true(fault_end());
	assert_int_equal(ledger.ngaps, 4);
	assert_int_equal(ledger.gaps_total, 5);
	assert_int_equal(ledger.gap_samples, 25);
	rec_sound_ledger_free(&ledger);
}

static void write_sound(const char *path)
{
	const struct rec_sink_params params = {.audio = {.rate = RATE, .channels = 1, .bits = 16}, .bound = N};
	static float pcm[N];
	struct rec_sink *sink;

	assert_int_equal(rec_sink_open(&sink, path, &params), REC_OK);
	assert_int_equal(rec_sink_write(sink, pcm, N), REC_OK);
	assert_int_equal(rec_sink_commit(&sink, NULL), REC_OK);
}

static int set_up(void **state)
{
	(void)state;
	rec_log_init("rec-x");
	rig.folder = folder_new();
	if (!rig.folder || asprintf(&rig.wav, "%s/a.wav", rig.folder) < 0 ||
	        asprintf(&rig.flac, "%s/a.flac", rig.folder) < 0 || asprintf(&rig.draft, "%s/b.wav", rig.folder) < 0)
		return -1;
	write_sound(rig.wav);
	write_sound(rig.flac);
	rig.mono = frame_of(1);
	rig.stereo = frame_of(2);
	rig.handed = av_frame_alloc();
	assert_non_null(rig.handed);
	assert_int_equal(rec_source_open(&rig.source, rig.wav), REC_OK);
	assert_int_equal(rec_out_begin(&rig.out, rig.draft, false), REC_OK);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	av_frame_free(&rig.mono);
	av_frame_free(&rig.stereo);
	av_frame_free(&rig.handed);
	rec_source_close(&rig.source);
	rec_out_discard(&rig.out);
	free(rig.wav);
	free(rig.flac);
	free(rig.draft);
	folder_remove(rig.folder);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(makers_without_memory),
	        cmocka_unit_test(without_threads),
	        cmocka_unit_test(placing_without_memory),
	        cmocka_unit_test(odd_frames),
	        cmocka_unit_test(mixing_without_memory),
	        cmocka_unit_test(ledger_without_memory),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
