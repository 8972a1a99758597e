/* SPDX-License-Identifier: MIT */
/* Gap fill and drift on any stamps: a place or a refusal for every packet, in order, and none out of all bounds. */
#include "sound/gapfill.h"

#include "base/clock.h"
#include "tests/fuzz/fuzz.h"

#include <math.h>

static const int64_t packets_most = 3000;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	fuzz_quiet();
	return 0;
}

struct run {
	struct rec_gapfill gapfill;
	int64_t answered;
	double slip_ns;
};

static void answer(struct run *run)
{
	struct rec_gapfill_place place;

	while (rec_gapfill_next(&run->gapfill, (int64_t)run->slip_ns, &place)) {
		run->answered++;
		MUST(isfinite(place.ppm) && fabs(place.ppm) <= 5000);
		if (place.refused)
			continue;
		MUST(run->gapfill.started);
		if (place.anchor) {
			run->slip_ns = 0;
			MUST(llabs(place.at_ns / 2 - run->gapfill.first_ns / 2) <= 2 * REC_GAPFILL_FAR_NS);
		}
		double nominal = (double)run->gapfill.nsamples / run->gapfill.rate;
		run->slip_ns = place.drifting ? nominal * place.ppm * 1e3 : 0;
	}
}

static int64_t stamp(struct fuzz_bytes *bytes, int64_t next, uint64_t kind)
{
	switch (kind % 8) {
	case 0:
		return fuzz_time(bytes);
	case 1: /* a hole */
		return rec_ns_add(next, (int64_t)fuzz_number(bytes, 5));
	case 2: /* back */
		return rec_ns_add(next, -(int64_t)fuzz_number(bytes, 4));
	case 3: /* jitter */
		return rec_ns_add(next, (int64_t)fuzz_number(bytes, 1) * 20000 - 2560000);
	default:
		return next;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_bytes bytes = {data, size};
	static const int rates[] = {48000, 44100, 8000, 1, 384000, 16000};
	struct run run = {.answered = 0};
	int64_t pushed = 0, next = fuzz_time(&bytes),
	        tick = (int64_t)(fuzz_number(&bytes, 1) % 3 ? 1000000 : fuzz_number(&bytes, 4));

	rec_gapfill_init(&run.gapfill, tick);
	while (bytes.left > 0) {
		uint64_t kind = fuzz_number(&bytes, 1), repeat = kind & 128 ? 1 + fuzz_number(&bytes, 2) % 500 : 1;
		int64_t nsamples = 1 + (int64_t)fuzz_number(&bytes, kind & 64 ? 3 : 1) * 16;
		int rate = rates[kind >> 3 & 7 ? (kind >> 3 & 7) % 6 : 0];

		/* a clock that drifts by up to 127 ppm */
		int64_t drift = (int8_t)fuzz_number(&bytes, 1) * (rec_ns_of_samples(nsamples, rate) / 1000000);
		next = stamp(&bytes, next, kind);
		for (; repeat-- > 0 && pushed < packets_most; pushed++) {
			rec_gapfill_push(&run.gapfill, next, nsamples, rate);
			answer(&run);
			next = rec_ns_add(next, rec_ns_of_samples(nsamples, rate) + drift);
		}
	}
	rec_gapfill_end(&run.gapfill);
	answer(&run);
	MUST(run.answered == pushed);
	return 0;
}
