/* SPDX-License-Identifier: MIT */
/* Daily's webhook: the tracks that it names. */
#include "base/err.h"
#include "base/log.h"
#include "base/remote.h"
#include "session/remotename.h"
#include "session/remotes_parts.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

static const char *const daily_keys[] = {"s3Key", "s3_key", "s3key", "download_link", "url"};
enum { NDAILY_KEYS = sizeof daily_keys / sizeof *daily_keys };

static const cJSON *payload_of(const cJSON *root)
{
	const cJSON *payload = rec_remotes_get(root, "payload");

	return cJSON_IsObject(payload) ? payload : root;
}

static bool is_daily(const cJSON *root)
{
	return rec_remotes_get(payload_of(root), "tracks") || rec_remotes_get(payload_of(root), "recording_id") ||
	       rec_remotes_get(root, "test");
}

static int daily_location(
        const struct rec_remotes_loading *loading, const char *entry, const cJSON *item, char **location)
{
	const char *bucket = loading->params->bucket ? loading->params->bucket : getenv("S3_BUCKET");

	for (size_t i = 0; i < NDAILY_KEYS; i++) {
		const cJSON *key = rec_remotes_get(item, daily_keys[i]);
		if (!cJSON_IsString(key) || !*key->valuestring)
			continue;
		if (rec_remote_is(key->valuestring))
			return rec_remotes_take_url(loading, entry, key->valuestring, location);
		if (i > 2)
			return rec_remotes_error(loading, entry, "has a link that is no URL");
		if (!bucket || !*bucket)
			return rec_report(REC_EUSAGE,
			        "cannot use '%s': it names keys without a bucket; set S3_BUCKET or pass --bucket",
			        loading->remotes->manifest);
		return (*location = rec_remotes_in_bucket(bucket, key->valuestring)) ? REC_OK : REC_ENOMEM;
	}
	return rec_remotes_error(loading, entry, "has no s3Key");
}

static int daily_track(struct rec_remotes_loading *loading, const cJSON *item, size_t i)
{
	const cJSON *type = rec_remotes_get(item, "type");
	struct rec_remote_track *track;
	int r = rec_remotes_add(loading, rec_remotes_entry("tracks", i, ""), &track);

	if (r < 0)
		return r;
	if (!cJSON_IsObject(item))
		return rec_remotes_error(loading, track->entry, "is no object");
	if ((r = daily_location(loading, track->entry, item, &track->location)) < 0 ||
	        (r = rec_remotes_take_size(track, loading, rec_remotes_get(item, "size"))) < 0)
		return r;
	if (cJSON_IsString(type) &&
	        (strcmp(type->valuestring, "audio") == 0 || strcmp(type->valuestring, "video") == 0)) {
		track->kind_known = true;
		track->kind = strcmp(type->valuestring, "audio") == 0 ? REC_AUDIO : REC_VIDEO;
	}
	return rec_remotename_read(track);
}

static int read_daily(struct rec_remotes_loading *loading)
{
	const cJSON *root = loading->remotes->root;
	const cJSON *payload = payload_of(root);
	const cJSON *tracks = rec_remotes_get(payload, "tracks");
	const cJSON *id = rec_remotes_get(payload, "recording_id");
	const cJSON *item;
	size_t n = 0;
	int r = REC_OK;

	if (!tracks && rec_remotes_get(root, "test"))
		return rec_report(REC_EINPUT, "cannot use '%s': it is the ping that Daily sends to test a webhook",
		        loading->remotes->manifest);
	if (cJSON_IsNull(tracks))
		return rec_remotes_error(loading, "tracks",
		        "is null: the key that asked may not see them; ask with one that has the rights");
	if (!cJSON_IsArray(tracks))
		return rec_remotes_error(loading, "tracks", "is missing");
	if (!tracks->child)
		return rec_remotes_error(loading, "tracks", "is empty: nobody spoke or showed anything");
	if (cJSON_IsString(id) && !(loading->remotes->id = strdup(id->valuestring)))
		return REC_ENOMEM;
	cJSON_ArrayForEach(item, tracks) if (r == REC_OK) r = daily_track(loading, item, n++);
	return r;
}

const struct rec_remotes_format rec_remotesdaily_format = {"daily", is_daily, read_daily};
