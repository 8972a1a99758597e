/* SPDX-License-Identifier: MIT */
#include "compose/open.h"

#include "base/err.h"
#include "base/log.h"
#include "compose/account.h"

#include <stdlib.h>
#include <string.h>

const char *const rec_open_origins[] = {"auto", "session", "track", NULL};

int rec_open_operands(struct rec_strings *paths, struct rec_strings *operands)
{
	const char **items;

	if (paths->n == 0 || operands->n == 0)
		return REC_OK;
	items = reallocarray(paths->items, paths->n + operands->n, sizeof(*items));
	if (!items)
		return REC_ENOMEM;
	memcpy(items + paths->n, operands->items, operands->n * sizeof(*items));
	paths->items = items;
	paths->n += operands->n;
	operands->n = 0;
	return REC_OK;
}

int rec_open_check_output(const struct rec_strings *paths, const char *output)
{
	for (size_t i = 0; i < paths->n; i++)
		if (rec_account_same_file(paths->items[i], output))
			return rec_report(REC_EUSAGE, "'%s' is the session itself; name another output", output);
	return REC_OK;
}

int rec_open_session(struct rec_session **session, const struct rec_strings *paths,
        const struct rec_open_options *options, const struct rec_settle_params *settle)
{
	const struct rec_session_params params = {.allow_outside = options->allow_outside,
	        .origin = options->origin == 1   ? REC_ORIGIN_SESSION
	                  : options->origin == 2 ? REC_ORIGIN_TRACK
	                                         : -1,
	        .from = options->from,
	        .events = options->events,
	        .allow_remote = options->allow_remote,
	        .allow_insecure = options->allow_insecure,
	        .more = paths->items + 1,
	        .nmore = paths->n - 1,
	        .kept = options->kept};
	int r = rec_session_load(session, paths->items[0], &params);

	if (r == REC_OK)
		r = rec_settle(*session, settle);
	if (r < 0)
		rec_session_free(session);
	return r;
}
