/* SPDX-License-Identifier: MIT */
/* Goal: without memory on its way sound is placed and mixed as a whole or an error tells, and nothing is kept; odd frames are no harm. */
#include "sound/mix.h"
#include "sound/place.h"
#include "tests/unit/fault.h"
#include "tests/unit/soundrig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static AVFrame *handed; /* a reference to one of the rig's frames */
static struct rec_sound_ledger ledger;

static struct rec_place *place_new(void)
{
	static const struct rec_spans everywhere = {0};
	const struct rec_place_params params = {.rate = RATE, .channels = 2, .audible = &everywhere, .ledger = &ledger};
	struct rec_place *place;

	rec_sound_ledger_free(&ledger);
	assert_int_equal(rec_place_new(&place, &params), REC_OK);
	return place;
}

/* frames of mono, then of stereo, which wants another resampler, and a hole */
static int place_all(struct rec_place *place)
{
	int err = REC_OK;

	for (int i = 0; i < 80 && err == REC_OK; i++) {
		assert_int_equal(av_frame_ref(handed, i < 40 ? sound.mono : sound.stereo), 0);
		err = rec_place_frame(place, handed, (i + (i > 60 ? 50 : 0)) * INT64_C(20000000), false);
		av_frame_unref(handed);
	}
	return err == REC_OK ? rec_place_end(place) : err;
}

static void placing_without_memory(void **state)
{
	long n = 1;

	(void)state;
	for (bool failed = true; failed; n++) {
		struct rec_place *place = place_new();

		fault_begin("alloc", n, ENOMEM);
		int err = place_all(place);
		rec_place_free(&place);
		failed = fault_end();
		rec_sound_ledger_free(&ledger);
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
		AVFrame *frame = av_frame_clone(sound.mono);
		struct rec_place *place = place_new();

		frame->nb_samples = rows[i].nb_samples;
		frame->sample_rate = rows[i].rate;
		frame->format = rows[i].format;
		int err = rec_place_frame(place, frame, 0, false);
		assert_int_equal(frame->nb_samples, 0); /* its reference is taken */
		if (err == REC_OK)
			err = rec_place_end(place);
		assert_int_equal(err, rows[i].err);
		assert_null(rec_place_take(place));
		assert_int_equal(ledger.used_samples, 0);
		rec_place_free(&place);
		av_frame_free(&frame);
	}
}

/* the samples that came out, or an error */
static int mix_all(struct rec_mix **mix)
{
	const struct rec_mix_track track = {.path = sound.flac,
	        .place = {.origin = REC_ORIGIN_SESSION, .lone = true},
	        .near_ns = INT64_MIN,
	        .far_ns = INT64_MAX};
	float pcm[REC_MIX_BLOCK * 2];
	ssize_t got = rec_mix_new(mix, &(struct rec_mix_params){RATE, 2, -1, 1, false, false}), all = 0;

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
	struct rec_sound_ledger own = {0};

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(rec_ledger_gap(&own, i * 10, 5, REC_GAP_HOLE), REC_OK);
	fault_begin("alloc", 1, ENOMEM);
	assert_int_equal(rec_ledger_gap(&own, 40, 5, REC_GAP_HOLE), REC_ENOMEM);
	assert_true(fault_end());
	assert_int_equal(own.ngaps, 4);
	assert_int_equal(own.gaps_total, 5);
	assert_int_equal(own.gap_samples, 25);
	rec_sound_ledger_free(&own);
}

static int set_up(void **state)
{
	if (sound_make(state) < 0)
		return -1;
	handed = av_frame_alloc();
	return handed ? 0 : -1;
}

static int tear_down(void **state)
{
	av_frame_free(&handed);
	return sound_remove(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(placing_without_memory),
	        cmocka_unit_test(odd_frames),
	        cmocka_unit_test(mixing_without_memory),
	        cmocka_unit_test(ledger_without_memory),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
