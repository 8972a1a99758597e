/* SPDX-License-Identifier: MIT */
/* The names that Daily gives to raw tracks: {recording_start_ms}-{uuid}-{cam|screen}-{audio|video}-{track_start_ms}, with or without an ending. */
#ifndef REC_SESSION_DAILYNAME_H
#define REC_SESSION_DAILYNAME_H

#include "session/gather.h"
#include "session/session.h"

struct rec_dailyname {
	int64_t recording_ns; /* Unix time */
	int64_t track_ns;
	char who[256]; /* the uuid, or whatever stands in its place */
	enum rec_kind kind;
	enum rec_source_kind source;
};

/** rec_dailyname_parse(location, name): the last part of a path, key or URL; false: it is no such name. */
bool rec_dailyname_parse(const char *location, struct rec_dailyname *name);

/**
 * rec_dailyname_add(gather, session, file, name):
 * Place a track by its name and add it; who, kind, source and start of ${file} are filled in here. All tracks must be of one recording, whose start becomes the session's zero
 * (epoch_ns). Errors, reported: REC_EINPUT: another recording's, a start before the recording's; those of rec_gather_add().
 */
int rec_dailyname_add(struct rec_gather *gather, struct rec_session *session, const struct rec_gather_file *file,
        const struct rec_dailyname *name);

/** rec_dailyname_clock(session, manifest): Daily's rule for where the stamps lie: left to the files. REC_ENOMEM. */
int rec_dailyname_clock(struct rec_session *session, const struct rec_manifest *manifest);

#endif
