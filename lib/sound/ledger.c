/* SPDX-License-Identifier: MIT */
#include "sound/ledger.h"

#include "base/err.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static int grow(struct rec_sound_ledger *ledger)
{
	/* the room doubles whenever the number of gaps reaches a power of two */
	size_t n = ledger->ngaps;

	if (n & (n - 1))
		return REC_OK;
	struct rec_gap *gaps = realloc(ledger->gaps, (n ? 2 * n : 1) * sizeof(*gaps));
	if (!gaps)
		return REC_ENOMEM;
	ledger->gaps = gaps;
	return REC_OK;
}

int rec_ledger_gap(struct rec_sound_ledger *ledger, int64_t start, int64_t samples, enum rec_gap_cause cause)
{
	struct rec_gap *last = ledger->ngaps ? &ledger->gaps[ledger->ngaps - 1] : NULL;

	if (samples <= 0)
		return REC_OK;
	ledger->gap_samples += samples;
	if (last && last->cause == cause && last->start + last->samples == start) {
		last->samples += samples;
		return REC_OK;
	}
	ledger->gaps_total++;
	if (ledger->ngaps == REC_LEDGER_GAPS)
		return REC_OK;
	if (grow(ledger) < 0)
		return REC_ENOMEM;
	assert(ledger->gaps);
	ledger->gaps[ledger->ngaps++] = (struct rec_gap){start, samples, cause};
	return REC_OK;
}

static int by_start(const void *a, const void *b)
{
	const struct rec_gap *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->cause != y->cause)
		return x->cause < y->cause ? -1 : 1;
	return (x->samples > y->samples) - (x->samples < y->samples);
}

void rec_ledger_sort(struct rec_sound_ledger *ledger)
{
	if (ledger->ngaps)
		qsort(ledger->gaps, ledger->ngaps, sizeof(*ledger->gaps), by_start);
}

void rec_ledger_cut(struct rec_sound_ledger *ledger, int64_t end)
{
	while (ledger->ngaps) {
		struct rec_gap *last = &ledger->gaps[ledger->ngaps - 1];
		int64_t over = last->start + last->samples - end;

		if (over <= 0)
			return;
		if (last->start < end) {
			last->samples -= over;
			ledger->gap_samples -= over;
			return;
		}
		ledger->gap_samples -= last->samples;
		ledger->gaps_total--;
		ledger->ngaps--;
	}
}

void rec_ledger_forget(struct rec_sound_ledger *ledger, int64_t start)
{
	size_t past = 0, room = 1;

	while (past + 1 < ledger->ngaps && ledger->gaps[past].start + ledger->gaps[past].samples <= start)
		past++;
	if (past == 0)
		return;
	ledger->ngaps -= past;
	memmove(ledger->gaps, ledger->gaps + past, ledger->ngaps * sizeof(*ledger->gaps));
	/* as much room as grow() expects */
	while (room < ledger->ngaps)
		room *= 2;
	struct rec_gap *gaps = realloc(ledger->gaps, room * sizeof(*gaps));
	ledger->gaps = gaps ? gaps : ledger->gaps;
}

void rec_sound_ledger_free(struct rec_sound_ledger *ledger)
{
	free(ledger->gaps);
	memset(ledger, 0, sizeof(*ledger));
}

const char *rec_gap_cause_name(enum rec_gap_cause cause)
{
	static const char *const names[] = {"head", "hole", "step", "damage", "tail", "mute"};

	return names[cause];
}
