/* SPDX-License-Identifier: MIT */
#include "compose/open.h"

#include "base/err.h"

const char *const rec_open_origins[] = {"auto", "session", "track", NULL};

int rec_open_session(struct rec_session **session, const char *path, const struct rec_open_options *options,
        const struct rec_settle_params *settle)
{
	const struct rec_session_params params = {.allow_outside = options->allow_outside,
	        .origin = options->origin == 1   ? REC_ORIGIN_SESSION
	                  : options->origin == 2 ? REC_ORIGIN_TRACK
	                                         : -1,
	        .from = options->from,
	        .events = options->events,
	        .allow_remote = options->allow_remote,
	        .allow_insecure = options->allow_insecure};
	int r = rec_session_load(session, path, &params);

	if (r == REC_OK)
		r = rec_settle(*session, settle);
	if (r < 0)
		rec_session_free(session);
	return r;
}
