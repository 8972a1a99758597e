/* SPDX-License-Identifier: MIT */
/* S3's event notification: the objects that were made. */
#include "base/err.h"
#include "net/uri.h"
#include "session/remotename.h"
#include "session/remotes_parts.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

static bool is_event(const cJSON *root)
{
	return cJSON_IsArray(rec_remotes_get(root, "Records"));
}

static int event_track(struct rec_remotes_loading *loading, const cJSON *record, size_t i)
{
	const cJSON *s3 = rec_remotes_get(record, "s3"), *object = rec_remotes_get(s3, "object"),
	            *key = rec_remotes_get(object, "key");
	const cJSON *name = rec_remotes_get(rec_remotes_get(s3, "bucket"), "name");
	struct rec_remote_track *track;
	char *decoded = NULL;
	int r = rec_remotes_add(loading, rec_remotes_entry("Records", i, ".s3"), &track);

	if (r < 0)
		return r;
	if (!cJSON_IsString(key) || !*key->valuestring || !cJSON_IsString(name) || !*name->valuestring)
		return rec_remotes_error(loading, track->entry, "has no bucket.name or no object.key");
	r = rec_uri_decode(key->valuestring, true, &decoded);
	if (r == REC_EINVAL)
		return rec_remotes_error(loading, track->entry, "has a key that is not URL-encoded");
	if (r < 0)
		return r;
	track->location = rec_remotes_in_bucket(name->valuestring, decoded);
	free(decoded);
	if (!track->location)
		return REC_ENOMEM;
	r = rec_remotes_take_size(track, loading, rec_remotes_get(object, "size"));
	return r < 0 ? r : rec_remotename_read(track);
}

static int read_event(struct rec_remotes_loading *loading)
{
	const cJSON *records = rec_remotes_get(loading->remotes->root, "Records");
	const cJSON *record;
	size_t n = 0;
	int r = REC_OK;

	if (!records->child)
		return rec_remotes_error(loading, "Records", "is empty");
	cJSON_ArrayForEach(record, records) if (r == REC_OK) r = event_track(loading, record, n++);
	return r;
}

const struct rec_remotes_format rec_remotesevent_format = {"s3-event", is_event, read_event};
