/* SPDX-License-Identifier: MIT */
/* Gap fill places every packet where its stamp says, over any duration, whatever the stamps are made of. No media: stamps in, places out. */
#include "sound/gapfill.h"

#include "base/clock.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
/* after the headers it needs */
#include <cmocka.h>

#define S  REC_NS_PER_S
#define MS REC_NS_PER_MS

/* the placed packets, as a resampler without error of its own would do it */
struct sim {
	struct rec_gapfill gapfill;
	int64_t truth[REC_GAPFILL_AHEAD + 1]; /* true times of the packets that wait */
	int64_t nsamples[REC_GAPFILL_AHEAD + 1];
	unsigned head, n;
	int rate;
	int64_t at_ns;   /* end of what was placed */
	double slip_ns;  /* of the stretch */
	double worst_ns; /* largest |placed - true| */
	int64_t gaps, gap_ns, overlap_ns, anchors, refused, drifted;
	bool first;
	int64_t first_ns;
};

static void sim_init(struct sim *sim, int rate, int64_t tick_ns)
{
	memset(sim, 0, sizeof(*sim));
	rec_gapfill_init(&sim->gapfill, tick_ns);
	sim->rate = rate;
	sim->first = true;
}

static void sim_take(struct sim *sim)
{
	struct rec_gapfill_place place;

	while (rec_gapfill_next(&sim->gapfill, (int64_t)llround(sim->slip_ns), &place)) {
		int64_t nsamples = sim->nsamples[sim->head], truth = sim->truth[sim->head];

		sim->head = (sim->head + 1) % (REC_GAPFILL_AHEAD + 1);
		sim->n--;
		if (place.refused) {
			sim->refused++;
			continue;
		}
		if (place.anchor) {
			sim->anchors++;
			sim->gaps += place.gap_ns > 0;
			sim->gap_ns += place.gap_ns > 0 ? place.gap_ns : 0;
			sim->overlap_ns -= place.gap_ns < 0 ? place.gap_ns : 0;
			sim->at_ns = place.at_ns;
			sim->slip_ns = 0;
			if (sim->first)
				sim->first_ns = place.at_ns;
			sim->first = false;
		}
		sim->worst_ns = fmax(sim->worst_ns, fabs((double)(sim->at_ns - truth) + fmod(sim->slip_ns, 1)));
		double nominal = (double)nsamples / sim->rate * 1e9;
		sim->slip_ns += place.drifting ? nominal * place.ppm * 1e-6 : 0;
		sim->drifted += place.drifting;
		sim->at_ns = sim->gapfill.anchor_ns + rec_ns_of_samples(sim->gapfill.nsamples, sim->rate) +
		             (int64_t)llround(sim->slip_ns);
	}
}

static void sim_packet(struct sim *sim, int64_t truth_ns, int64_t stamp_ns, int64_t nsamples)
{
	unsigned at = (sim->head + sim->n++) % (REC_GAPFILL_AHEAD + 1);

	sim->truth[at] = truth_ns;
	sim->nsamples[at] = nsamples;
	rec_gapfill_push(&sim->gapfill, stamp_ns, nsamples, sim->rate);
	sim_take(sim);
}

static void sim_end(struct sim *sim)
{
	rec_gapfill_end(&sim->gapfill);
	sim_take(sim);
}

/* a small generator: the same stamps on every run */
static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* uniform in [-1, 1] */
static double noise(uint32_t *state)
{
	return (double)next_random(state) / (double)(1u << 23) - 1;
}

static int64_t round_to(int64_t ns, int64_t tick_ns)
{
	return tick_ns > 1 ? rec_rescale(ns, 1, tick_ns) * tick_ns : ns;
}

struct course {
	const char *name;
	int rate;
	int64_t nsamples; /* per packet */
	int64_t tick_ns;
	double jitter_ms;
	double ppm;
	double hours;
	int64_t hole_every; /* packets; 0: none */
	int64_t hole_ns;
	double allowed_ms;
	bool clean; /* nothing may be resampled */
};

static const struct course courses[] = {
        {"exact stamps", 48000, 960, 1, 0, 0, 1, 0, 0, 0.001, true},
        {"ms stamps, AAC frames", 44100, 1024, MS, 0, 0, 1, 0, 0, 1.0, true},
        {"ms stamps, 1/3 ms frames", 48000, 1024, MS, 0, 0, 1, 0, 0, 1.0, true},
        {"90 kHz stamps", 44100, 1024, 11111, 0, 0, 1, 0, 0, 0.02, true},
        {"ms stamps, a lost packet a second", 48000, 960, MS, 0, 0, 1, 50, 20 * MS, 1.0, true},
        {"ms stamps, 60 ms hole a second", 48000, 960, MS, 0, 0, 10, 47, 60 * MS, 1.0, true},
        {"ms stamps, 40.3 ms hole a second", 44100, 1024, MS, 0, 0, 1, 41, 40300000, 1.0, true},
        {"exact stamps, 1 ms hole a second", 48000, 960, 1, 0, 0, 1, 50, MS, 0.001, true},
        {"ms stamps, 3 ms hole a second", 48000, 960, MS, 0, 0, 1, 50, 3 * MS, 1.0, true},
        {"DTX: one packet every 400 ms", 48000, 960, MS, 0, 0, 10, 1, 380 * MS, 0.51, true},
        {"10 min holes", 48000, 960, MS, 0, 0, 10, 5000, 600 * S, 1.0, true},
        {"1.5 ms lost at each DTX hole", 48000, 960, MS, 0, 0, 1, 1, 381500000, 0.51, true},
        {"+300 ppm, exact", 48000, 960, 1, 0, 300, 1, 0, 0, 1.5, false},
        {"+300 ppm, ms", 48000, 960, MS, 0, 300, 1, 0, 0, 2, false},
        {"-300 ppm, ms", 48000, 960, MS, 0, -300, 1, 0, 0, 2, false},
        {"+300 ppm, ms, 60 ms packets", 48000, 2880, MS, 0, 300, 1, 0, 0, 2, false},
        {"-300 ppm, AAC in ms", 44100, 1024, MS, 0, -300, 1, 0, 0, 2, false},
        {"+300 ppm, jitter 0.5", 48000, 960, 1, 0.5, 300, 1, 0, 0, 2, false},
        {"+300 ppm, jitter 2, ms", 48000, 960, MS, 2, 300, 10, 0, 0, 2, false},
        {"-300 ppm, jitter 2, 60 ms packets", 48000, 2880, MS, 2, -300, 1, 0, 0, 2, false},
        {"+20 ppm, ms", 48000, 960, MS, 0, 20, 1, 0, 0, 1.3, false},
        {"-2 ppm, ms", 48000, 960, MS, 0, -2, 10, 0, 0, 1.3, false},
        {"-50 ppm, jitter 1", 48000, 960, MS, 1, -50, 1, 0, 0, 2, false},
        {"+300 ppm and a hole a second", 48000, 960, MS, 0, 300, 1, 50, 60 * MS, 1.0, false},
        {"+300 ppm and a hole each 20 s", 48000, 960, MS, 0, 300, 1, 1000, 100 * MS, 2, false},
        {"jitter 2, no drift", 48000, 960, 1, 2, 0, 1, 0, 0, 2, false},
        {"-80 ppm, jitter 3", 48000, 960, 1, 3, -80, 1, 0, 0, 1.2, false},
        {"+300 ppm, jitter 3, 60 ms packets", 48000, 2880, MS, 3, 300, 1, 0, 0, 2, false},
        {"jitter 3, no drift", 48000, 960, 1, 3, 0, 1, 0, 0, 1, false},
        {"jitter 1.5, ms, no drift", 48000, 960, MS, 1.5, 0, 1, 0, 0, 1, false},
        {"+300 ppm, jitter 5", 48000, 960, 1, 5, 300, 1, 0, 0, 2.2, false},
        {"100 ms frames, jitter 2, 300 ppm", 48000, 4800, MS, 2, 300, 1, 0, 0, 2, false},
};

static void run_course(const struct course *c)
{
	struct sim sim;
	uint32_t seed = 7;
	int64_t anchor = 1234567, content = 0, holes = 0, n = 0;

	sim_init(&sim, c->rate, c->tick_ns);
	while ((double)rec_ns_of_samples(content, c->rate) + (double)holes < c->hours * 3600e9) {
		int64_t nominal = rec_ns_of_samples(content, c->rate);
		int64_t truth = anchor + nominal + (int64_t)llround((double)nominal * c->ppm * 1e-6) + holes;
		int64_t stamp = round_to(truth + (int64_t)(noise(&seed) * c->jitter_ms * 1e6), c->tick_ns);

		sim_packet(&sim, truth, stamp, c->nsamples);
		content += c->nsamples;
		if (c->hole_every && ++n % c->hole_every == 0)
			holes += c->hole_ns;
	}
	sim_end(&sim);
	print_message("# %s: worst %.3f ms, %lld gaps, %lld anchors, %lld of them bent\n", c->name, sim.worst_ns / 1e6,
	        (long long)sim.gaps, (long long)sim.anchors, (long long)sim.drifted);
	if (sim.worst_ns > c->allowed_ms * 1e6)
		fail_msg("%s: %.3f ms off, %.3f allowed", c->name, sim.worst_ns / 1e6, c->allowed_ms);
	if (c->clean)
		assert_int_equal(sim.drifted, 0);
	if (!c->hole_every) {
		assert_int_equal(sim.gaps, 0);
		assert_int_equal(sim.anchors, 1);
	}
	if (c->hole_every && c->clean) {
		int64_t wanted = (n - 1) / c->hole_every;

		assert_int_equal(sim.gaps, wanted);
	}
	assert_int_equal(sim.overlap_ns, 0);
}

static void test_courses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(courses) / sizeof(courses[0]); i++)
		run_course(&courses[i]);
}

/* Stamps jump by 90 to 110 ms every 30 s and the content is that much later from then on: followed, and no drift. */
static void test_steps_are_not_drift(void **state)
{
	struct sim sim;
	uint32_t seed = 3;
	int64_t late = 0;

	(void)state;
	sim_init(&sim, 48000, MS);
	for (int64_t i = 0; i < 10 * 3600 * 50 / 3; i++) {
		if (i % 500 == 499)
			late += 100 * MS + (int64_t)(noise(&seed) * 10e6);
		int64_t truth = i * 60 * MS + late;

		sim_packet(&sim, truth, round_to(truth, MS), 2880);
	}
	sim_end(&sim);
	assert_int_equal(sim.drifted, 0);
	assert_int_equal(sim.gaps, sim.anchors - 1);
	assert_int_equal(sim.gaps, 10 * 3600 * 50 / 3 / 500);
	assert_in_range((int64_t)sim.worst_ns, 0, 1000000);
	/* the clock's own length, to the rounding of each end */
	assert_in_range(llabs(sim.gap_ns - late), 0, MS);
}

#define DROP INT64_MIN
#define MOST 24

/* packets of 20 ms: stamps and the places they must get, in ms; the place of a duplicate is under what is already there */
struct script {
	const char *name;
	size_t n;
	int64_t stamp[MOST];
	int64_t want[MOST];
};

static const struct script scripts[] = {
        {"one packet", 1, {7000}, {7000}},
        {"contiguous", 4, {0, 20, 40, 60}, {0, 20, 40, 60}},
        {"negative start", 4, {-7, 13, 33, 53}, {-7, 13, 33, 53}},
        {"hole after the first", 4, {0, 3000, 3020, 3040}, {0, 3000, 3020, 3040}},
        {"hole before the last", 4, {0, 20, 40, 5000}, {0, 20, 40, 5000}},
        {"two holes", 6, {0, 20, 60, 80, 200, 220}, {0, 20, 60, 80, 200, 220}},
        {"hole of 10 min", 4, {0, 20, 600020, 600040}, {0, 20, 600020, 600040}},
        {"duplicate packet", 6, {0, 20, 20, 40, 60, 80}, {0, 20, 20, 40, 60, 80}},
        {"duplicate stamp, content goes on", 6, {0, 20, 40, 40, 80, 100}, {0, 20, 40, 60, 80, 100}},
        {"one stamp far off", 6, {0, 20, 100000, 60, 80, 100}, {0, 20, 40, 60, 80, 100}},
        {"one stamp back", 6, {0, 20, -900, 60, 80, 100}, {0, 20, 40, 60, 80, 100}},
        {"backward for good", 6, {1000, 1020, 1040, 1000, 1020, 1040}, {1000, 1020, 1040, 1000, 1020, 1040}},
        {"late, then caught up", 9, {0, 20, 120, 121, 122, 123, 124, 140, 160},
                {0, 20, 40, 60, 80, 100, 120, 140, 160}},
        {"out of all bounds", 5, {0, 20, INT64_MAX / MS, INT64_MIN / MS, 80}, {0, 20, DROP, DROP, 80}},
        {"refused from the start", 3, {INT64_MAX / MS, 20, 40}, {DROP, 20, 40}},
        {"DTX", 5, {0, 400, 800, 1200, 1220}, {0, 400, 800, 1200, 1220}},
};

static void run_script(const struct script *c)
{
	struct rec_gapfill gapfill;
	struct rec_gapfill_place place;
	size_t in = 0, out = 0;
	int64_t at = 0;

	rec_gapfill_init(&gapfill, MS);
	while (out < c->n) {
		if (in < c->n && gapfill.n <= REC_GAPFILL_AHEAD)
			rec_gapfill_push(&gapfill, c->stamp[in++] * MS, 960, 48000);
		if (in == c->n)
			rec_gapfill_end(&gapfill);
		if (!rec_gapfill_next(&gapfill, 0, &place))
			continue;
		if (place.refused != (c->want[out] == DROP))
			fail_msg("%s: packet %zu refused or not", c->name, out);
		at = place.anchor ? place.at_ns : at;
		if (!place.refused && at != c->want[out] * MS)
			fail_msg("%s: packet %zu at %.3f ms, not %lld", c->name, out, (double)at / 1e6,
			        (long long)c->want[out]);
		at += place.refused ? 0 : 20 * MS;
		out++;
	}
	assert_false(rec_gapfill_next(&gapfill, 0, &place));
}

static void test_scripts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++)
		run_script(&scripts[i]);
}

/* Any stamps at all: no overflow (the sanitizer's business), no endless loop, a place or a refusal for each. */
static void test_hostile_stamps(void **state)
{
	struct rec_gapfill gapfill;
	struct rec_gapfill_place place;
	uint32_t seed = 99;
	int64_t answered = 0;

	(void)state;
	for (int round = 0; round < 200; round++) {
		rec_gapfill_init(&gapfill, round % 3 ? MS : 1);
		answered = 0;
		for (int i = 0; i < 100; i++) {
			int64_t bits = (int64_t)((uint64_t)next_random(&seed) << 40 ^
			                         (uint64_t)next_random(&seed) << 20 ^ next_random(&seed));
			int64_t stamp = i % 4 ? bits >> next_random(&seed) % 64 : i % 8 ? INT64_MAX : INT64_MIN;

			rec_gapfill_push(&gapfill, stamp, 1 + next_random(&seed) % 100000,
			        (int)(1 + next_random(&seed) % 384000));
			while (rec_gapfill_next(&gapfill, 0, &place))
				answered++;
		}
		rec_gapfill_end(&gapfill);
		while (rec_gapfill_next(&gapfill, 0, &place))
			answered++;
		assert_int_equal(answered, 100);
	}
}

/* A change of rate begins a stretch, without a gap. */
static void test_rate_change(void **state)
{
	struct rec_gapfill gapfill;
	struct rec_gapfill_place place;
	int64_t anchors = 0;

	(void)state;
	rec_gapfill_init(&gapfill, MS);
	for (int i = 0; i < 40; i++) {
		int rate = i < 20 ? 48000 : 16000;

		rec_gapfill_push(&gapfill, i * 20 * MS, rate / 50, rate);
		if (i == 39)
			rec_gapfill_end(&gapfill);
		while (rec_gapfill_next(&gapfill, 0, &place)) {
			anchors += place.anchor;
			assert_int_equal(place.gap_ns, 0);
		}
	}
	assert_int_equal(anchors, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_courses),
	        cmocka_unit_test(test_steps_are_not_drift),
	        cmocka_unit_test(test_scripts),
	        cmocka_unit_test(test_hostile_stamps),
	        cmocka_unit_test(test_rate_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
