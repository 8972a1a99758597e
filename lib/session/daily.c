/* SPDX-License-Identifier: MIT */
/* The reader of what Daily says of a raw-tracks recording: the webhook recording.ready-to-download, bare or in its envelope, and REST. */
#include "session/dailyname.h"

#include "base/err.h"
#include "base/log.h"

#include <cjson/cJSON.h>
#include <string.h>

/* the webhook, its documentation and REST spell it in three ways */
static const char *const keys[] = {"s3Key", "s3_key", "s3key"};

static const cJSON *get(const cJSON *object, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(object, key);
}

static const cJSON *payload_of(const cJSON *root)
{
	const cJSON *payload = get(root, "payload");

	return cJSON_IsObject(payload) ? payload : root;
}

static bool has_key(const cJSON *object)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (get(object, keys[i]))
			return true;
	}
	return false;
}

static bool is_ping(const cJSON *root)
{
	const cJSON *test = get(root, "test");

	return cJSON_IsString(test) && strcmp(test->valuestring, "test") == 0 && cJSON_GetArraySize(root) == 1;
}

static bool recognises(const struct rec_manifest *manifest)
{
	const cJSON *root = manifest->root;
	const cJSON *payload;
	const cJSON *tracks;

	if (!cJSON_IsObject(root))
		return false;
	payload = payload_of(root);
	tracks = get(payload, "tracks");
	return is_ping(root) || get(payload, "recording_id") || (tracks && get(payload, "room_name")) ||
	       has_key(payload) || (cJSON_IsArray(tracks) && has_key(tracks->child));
}

struct reading {
	struct rec_session *session;
	struct rec_gather *gather;
};

static int find_key(const struct rec_place *place, const char **key, const char **location)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		int r = rec_field_str(place, *key = keys[i], location);
		if (r < 0 || *location)
			return r;
	}
	return rec_field_error(place, keys[0], "is missing");
}

static int read_track(void *context, const struct rec_place *place)
{
	static const char *const kinds[] = {"audio", "video", NULL};
	struct reading *reading = context;
	struct rec_gather_file file = {.place = place, .end_ns = REC_NS_UNKNOWN};
	struct rec_dailyname name;
	int kind = -1;
	int r;

	if ((r = rec_field_object(place)) < 0 || (r = rec_field_choice(place, "type", kinds, &kind)) < 0 ||
	        (r = find_key(place, &file.field, &file.location)) < 0)
		return r;
	if (!rec_dailyname_parse(file.location, &name))
		return rec_field_error(place, file.field,
		        "'%.200s' is no track's name: "
		        "{recording_start_ms}-{id}-{cam|screen}-{audio|video}-{track_start_ms}",
		        file.location);
	if (kind >= 0 && (enum rec_kind)kind != name.kind)
		return rec_field_error(place, "type", "is %s, but its name says otherwise", kinds[kind]);
	return rec_dailyname_add(reading->gather, reading->session, &file, &name);
}

static int check(const struct rec_place *place, const cJSON *root)
{
	const cJSON *tracks = get(place->object, "tracks");

	if (is_ping(root))
		return rec_report(REC_EINPUT, "cannot use '%s': it is the ping that Daily sends to test a webhook",
		        place->manifest);
	if (!tracks)
		return rec_field_error(place, "tracks",
		        "is missing: only raw-tracks recordings have them, a cloud recording is one video already");
	if (cJSON_IsNull(tracks))
		return rec_field_error(place, "tracks",
		        "is null: the key that asked may not see them; ask with one that has the rights to recordings");
	if (cJSON_IsArray(tracks) && !tracks->child)
		return rec_field_error(place, "tracks", "is empty: nobody spoke or showed anything");
	return REC_OK;
}

static int read_id(struct rec_session *session, const struct rec_place *place)
{
	const char *id = NULL;
	int r = rec_field_str(place, "recording_id", &id);

	if (r == REC_OK && !id)
		r = rec_field_str(place, "id", &id);
	if (r == REC_OK && !id)
		r = rec_field_str(place, "room_name", &id);
	if (r < 0 || !id)
		return r;
	return (session->id = strdup(id)) ? REC_OK : REC_ENOMEM;
}

static int read_daily(struct rec_session *session, const struct rec_manifest *manifest)
{
	const cJSON *payload = payload_of(manifest->root);
	struct rec_place place = {manifest->path, payload == manifest->root ? "" : "payload", payload};
	struct reading reading = {.session = session};
	int r;

	if ((r = rec_field_object(&place)) < 0 || (r = check(&place, manifest->root)) < 0 ||
	        (r = read_id(session, &place)) < 0 || (r = rec_gather_open(&reading.gather, session, manifest)) < 0)
		return r;
	if ((r = rec_field_few(&place, "tracks")) == REC_OK)
		r = rec_field_each(&place, "tracks", read_track, &reading);
	if (r == REC_OK)
		r = rec_dailyname_clock(session, manifest);
	return rec_gather_finish(&reading.gather, r);
}

const struct rec_reader rec_daily_reader = {"daily", recognises, read_daily};
