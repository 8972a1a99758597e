/* SPDX-License-Identifier: MIT */
/*
 * What happened when, beside a manifest: who came and went, true names, when the recorder was paused, when each file began. Two forms:
 *
 *   ours    {"T0_epoch_ms": N, "events": [{"t": 21.002, "p": "Dana", "ev": "rec-pause-audio"}], "files": [{"file", "p", "name"}]}
 *           t in seconds since T0 (the session's zero where that is not said); ev: join, leave, rec-start-call-KIND with "file", rec-pause, rec-resume, the last
 *           two also as -audio and -video; others are passed over
 *   Daily   {"events": [{"ts": Unix seconds, "type", "participant_id", "data"}]}: participant-joined and -left, track-added, -removed, -paused and -resumed,
 *           recording-media-started; others are passed over
 */
#ifndef REC_SESSION_EVENTS_H
#define REC_SESSION_EVENTS_H

#include "session/session.h"

struct cJSON;

/** rec_events_recognises(root): whether it is either form. */
bool rec_events_recognises(const struct cJSON *root);

/** rec_events_is_daily(root): whether it is Daily's form. */
bool rec_events_is_daily(const struct cJSON *root);

/**
 * rec_events_apply(session, root, path):
 * Add what the events know and the manifest does not: names instead of ids, presence that only the files could have told, the start of a
 * file that has none but its participant's join, and pauses (rec_track.pauses), which rec_settle() makes cuts of where time is missing.
 * What the manifest says stands. A warning names events of people who are not in the session.
 *   path   for messages
 * Errors, reported: REC_EINPUT: not events, a wrong type; REC_ENOMEM.
 */
int rec_events_apply(struct rec_session *session, const struct cJSON *root, const char *path);

#endif
