/* SPDX-License-Identifier: MIT */
/* Goal: without memory every step of the sound refuses to begin with REC_ENOMEM, gives NULL and keeps nothing; with it the same call goes well. */
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
#include "sound/wavfile.h"
#include "sound/wavout.h"
#include "tests/unit/fault.h"
#include "tests/unit/soundrig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* what some of the calls below need */
static char *draft;
static struct rec_source *source;
static struct rec_out *out;
static struct rec_sound_ledger ledger;

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
	return rec_mix_new((struct rec_mix **)thing, &(struct rec_mix_params){RATE, 2, -1, 1, false, false});
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
	return rec_resample_new(
	        (struct rec_resample **)thing, sound.mono, &(struct rec_resample_params){44100, 2, true});
}

static int new_downmix(void **thing)
{
	return rec_resample_new(
	        (struct rec_resample **)thing, sound.stereo, &(struct rec_resample_params){RATE, 2, false});
}

static void free_resample(void **thing)
{
	rec_resample_free((struct rec_resample **)thing);
}

static int new_place(void **thing)
{
	static const struct rec_spans everywhere = {0};
	const struct rec_place_params params = {.rate = RATE, .channels = 2, .audible = &everywhere, .ledger = &ledger};

	return rec_place_new((struct rec_place **)thing, &params);
}

static void free_place(void **thing)
{
	rec_place_free((struct rec_place **)thing);
}

static int new_wavout(void **thing)
{
	return rec_wavout_open((struct rec_wavout **)thing, &(struct rec_wavout_params){false, RATE, 1, 16, -1}, out);
}

static void free_wavout(void **thing)
{
	rec_wavout_free((struct rec_wavout **)thing);
}

static int new_sink(void **thing)
{
	const struct rec_sink_params params = {.audio = {.rate = RATE, .channels = 1, .bits = 16}, .bound = -1};

	return rec_sink_open((struct rec_sink **)thing, sound.wav, &params);
}

static void free_sink(void **thing)
{
	rec_sink_discard((struct rec_sink **)thing);
}

/* the quick way gives its source back where it fails, so that the test goes on with it */
static int new_wavfile(void **thing)
{
	int err = rec_wavfile_open((struct rec_wavfile **)thing, source);

	if (err < 0 && rec_source_tell(source) != 0)
		return REC_EIO;
	return err;
}

static void free_wavfile(void **thing)
{
	rec_wavfile_close((struct rec_wavfile **)thing);
	source = NULL;
}

static int new_quick(void **thing)
{
	return rec_pcmreader_open((struct rec_pcmreader **)thing, sound.wav, NULL);
}

static int new_reader(void **thing)
{
	static const struct rec_sound_track_params place = {.rate = RATE, .channels = 2, .lone = true};

	return rec_pcmreader_open((struct rec_pcmreader **)thing, sound.wav, &place);
}

static int new_slow(void **thing)
{
	return rec_pcmreader_open((struct rec_pcmreader **)thing, sound.flac, NULL);
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
		assert_int_equal(rec_pcmreader_open(&reader, i ? sound.wav : sound.flac, NULL), REC_ENOMEM);
		assert_true(fault_end());
		assert_int_equal(fault_leaks(), 0);
		assert_null(reader);
	}
}

static int set_up(void **state)
{
	if (sound_make(state) < 0)
		return -1;
	draft = tmp_path("b.wav");
	assert_int_equal(rec_source_open(&source, sound.wav), REC_OK);
	assert_int_equal(rec_out_begin(&out, draft, false), REC_OK);
	return 0;
}

static int tear_down(void **state)
{
	rec_source_close(&source);
	rec_out_discard(&out);
	free(draft);
	return sound_remove(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(makers_without_memory),
	        cmocka_unit_test(without_threads),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
