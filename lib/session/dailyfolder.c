/* SPDX-License-Identifier: MIT */
/* The reader of folders and zips without a manifest, whose files have Daily's names. */
#include "session/dailyname.h"

#include "base/err.h"
#include "session/store.h"

static bool recognises(const struct rec_manifest *manifest)
{
	struct rec_dailyname name;

	for (size_t i = 0; !manifest->root && i < rec_store_count(manifest->store); i++) {
		if (rec_dailyname_parse(rec_store_name(manifest->store, i), &name))
			return true;
	}
	return false;
}

static int read_folder(struct rec_session *session, const struct rec_manifest *manifest)
{
	struct rec_gather *gather = NULL;
	int r = rec_gather_open(&gather, session, manifest);

	if (r == REC_OK)
		r = rec_store_list(manifest->store); /* with --from also beside a manifest */
	for (size_t i = 0; r == REC_OK && i < rec_store_count(manifest->store); i++) {
		const char *location = rec_store_name(manifest->store, i);
		struct rec_place place = {manifest->path, location, NULL};
		struct rec_gather_file file = {.place = &place, .location = location, .end_ns = REC_NS_UNKNOWN};
		struct rec_dailyname name;

		if (rec_dailyname_parse(location, &name))
			r = rec_dailyname_add(gather, session, &file, &name);
	}
	if (r == REC_OK) {
		rec_gather_by_start(gather);
		r = rec_dailyname_clock(session, manifest);
	}
	return rec_gather_finish(&gather, r);
}

const struct rec_reader rec_dailyfolder_reader = {"daily-folder", recognises, read_folder};
