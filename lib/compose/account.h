/* SPDX-License-Identifier: MIT */
/* What became of an input, as members of the summary's object: the same words in every tool. */
#ifndef REC_COMPOSE_ACCOUNT_H
#define REC_COMPOSE_ACCOUNT_H

#include "base/buf.h"
#include "base/json.h"
#include "compose/cfr.h"
#include "session/timeline.h"
#include "sound/ledger.h"

/** rec_account_picture_json(ledger, fps, json): pictures used, repeated, dropped, and "damage". */
void rec_account_picture_json(const struct rec_picture_ledger *ledger, struct rec_rate fps, struct rec_json *json);

/** rec_account_sound_json(ledger, rate, json): seconds used, silence put in, and "damage"; rate in Hz of the output. */
void rec_account_sound_json(const struct rec_sound_ledger *ledger, int rate, struct rec_json *json);

/** rec_account_ledger_json(ledger, rate, json): the same, but "holes" lists {start, samples, cause} of each silence, and "hole_count" is their number. */
void rec_account_ledger_json(const struct rec_sound_ledger *ledger, int rate, struct rec_json *json);

/** rec_account_damage_json(damage, json): the member "damage". */
void rec_account_damage_json(const struct rec_damage *damage, struct rec_json *json);

/** rec_account_tiles(timeline, session, window, text): append "2 tiles: Bea, Bea (screen); no picture: Carl". */
void rec_account_tiles(const struct rec_timeline *timeline, const struct rec_session *session,
        const struct rec_window *window, struct rec_buf *text);

/** rec_account_same_file(input, output): whether both are one regular file; a path that is not there is none. */
bool rec_account_same_file(const char *input, const char *output);

/**
 * rec_account_tail(place, path, length_ns, strict, allow_truncated):
 * Say that the tail of ${path}, one of several inputs at ${place} ("segment 1 of 2, ", or ""), is missing after ${length_ns}: a warning, or with ${strict} an error. Over a URL the network may have lost
 * it, so that it is one there without ${allow_truncated}, too.
 * Return 0; REC_EINPUT with ${strict}; REC_EREMOTE.
 */
int rec_account_tail(const char *place, const char *path, int64_t length_ns, bool strict, bool allow_truncated);

#endif
