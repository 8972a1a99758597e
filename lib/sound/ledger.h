/* SPDX-License-Identifier: MIT */
/* The account of one track's sound: every stretch of silence that was put in, every sample that was left out. */
#ifndef REC_SOUND_LEDGER_H
#define REC_SOUND_LEDGER_H

#include "media/input.h"

#include <stddef.h>
#include <stdint.h>

/* causes of silence in the ledger */
enum rec_gap_cause { REC_GAP_HEAD, REC_GAP_HOLE, REC_GAP_STEP, REC_GAP_DAMAGE, REC_GAP_TAIL, REC_GAP_MUTE };

struct rec_gap {
	int64_t start; /* sample of the output */
	int64_t samples;
	enum rec_gap_cause cause;
};

#define REC_LEDGER_GAPS 100000

/* what became of a track; the first REC_LEDGER_GAPS gaps are listed, all are counted */
struct rec_sound_ledger {
	struct rec_gap *gaps; /* freed by rec_sound_ledger_free */
	size_t ngaps;
	int64_t gaps_total;
	int64_t gap_samples;
	int64_t used_samples; /* samples of the source that were placed, at the output's rate */
	int64_t trimmed_samples; /* overlaps, before zero, outside the presence; not what follows the last presence: that is not read */
	int64_t over_samples;    /* of these, what stands over earlier sound of the track: its stamps ran back */
	int64_t far_samples;     /* of these, what stands beyond REC_GAPFILL_FAR_NS: its stamps are wrong */
	int64_t clipped_samples; /* used samples at or beyond full scale in any channel */
	double drift_ppm; /* mean correction over the track, > 0: made longer, its clock was slow; 0: none was needed */
	double peak;      /* linear, of the used sound, before mutes */
	double rms;       /* likewise */
	struct rec_damage damage;
};

/** rec_ledger_gap(ledger, start, samples, cause): count a gap, and list it while there is room; samples <= 0: none. One that
 *  continues the last one makes it longer. REC_ENOMEM: counted, not listed. */
int rec_ledger_gap(struct rec_sound_ledger *ledger, int64_t start, int64_t samples, enum rec_gap_cause cause);

/** rec_ledger_cut(ledger, end): the output ends at sample ${end}: silence behind it does not count. The gaps are sorted. */
void rec_ledger_cut(struct rec_sound_ledger *ledger, int64_t end);

/**
 * rec_ledger_forget(ledger, start):
 * Gaps that end at sample ${start} or before stay counted and are no longer listed, but for the last one, which may go on. The gaps are sorted.
 */
void rec_ledger_forget(struct rec_sound_ledger *ledger, int64_t start);

/** rec_ledger_sort(ledger): the gaps in order of their start. */
void rec_ledger_sort(struct rec_sound_ledger *ledger);

void rec_sound_ledger_free(struct rec_sound_ledger *ledger);

/** rec_gap_cause_name(cause): "head", "hole", "step", "damage", "tail", "mute". */
const char *rec_gap_cause_name(enum rec_gap_cause cause);

#endif
