/* SPDX-License-Identifier: MIT */
/*
 * How a reader builds the session: add entries and tracks, fill them in, finish. Whatever was filled in so far,
 * rec_session_free() frees it.
 *
 *     struct rec_participant *who = rec_model_add_participant(session);   -- NULL: no memory; valid until the next one
 *     who->name = ..., who->presence = ...;
 *     struct rec_track *track = rec_model_add_track(session); ...
 *     r = rec_model_finish(session, "session.json", REC_NS_UNKNOWN);
 */
#ifndef REC_SESSION_MODEL_H
#define REC_SESSION_MODEL_H

#include "session/session.h"

#include <stddef.h>
#include <stdint.h>

struct rec_model_limits {
	size_t participants;
	size_t tracks;
	size_t mutes; /* of all tracks together */
	size_t name;  /* bytes */
};
extern const struct rec_model_limits rec_model_limits;

/** rec_model_new(session): empty. REC_ENOMEM. */
int rec_model_new(struct rec_session **session);

struct rec_participant *rec_model_add_participant(struct rec_session *session);

/** rec_model_add_track(session): a camera's audio of origin track, at 0, of the participant added last. */
struct rec_track *rec_model_add_track(struct rec_session *session);

/** rec_model_clear_track(track): free what it owns, and not the track. */
void rec_model_clear_track(struct rec_track *track);

/** rec_model_keep(session, source): hold it open until the session is freed; taken over, also on error: REC_ENOMEM. */
int rec_model_keep(struct rec_session *session, struct rec_source *source);

/** rec_model_mute(track, spans): add ${spans}; the track's mutes stay sorted and disjoint. REC_ENOMEM. */
int rec_model_mute(struct rec_track *track, const struct rec_spans *spans);

/** rec_model_cut(track, at_ns, length_ns): add a cut, kept in order. REC_ENOMEM. */
int rec_model_cut(struct rec_track *track, int64_t at_ns, int64_t length_ns);

/**
 * rec_model_finish(session, manifest, end_ns):
 * Derive screens, persons, first_ns and end_ns.
 *   manifest  for messages
 *   end_ns    the session's end; REC_NS_UNKNOWN: the last leave
 * Someone whose presence is not known leaves the session unsettled, without ends and persons: rec_settle() finds what is missing and
 * calls this again, with the session's given_end_ns.
 * Entries of one name are one person who comes back, unless they overlap: in order of their join each is given to the
 * person of that name who left last before it, and makes another person when there is none.
 * Errors, reported: REC_EINPUT: nobody took part, over a limit, an end that is not after the earliest join; REC_ENOMEM.
 */
int rec_model_finish(struct rec_session *session, const char *manifest, int64_t end_ns);

#endif
