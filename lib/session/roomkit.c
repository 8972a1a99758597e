/* SPDX-License-Identifier: MIT */
/*
 * The reader of roomkit's recording results, one or an array: {id, url, duration_seconds, tracks: [{kind, participant_id}]}. When each began
 * stands in its file's name alone, room_{12 hex}_{YYYYMMDDTHHMMSS}.{ext}, in UTC and whole seconds. Several tracks of one kind are the
 * file's streams of that kind, in order; one that has fewer holds them mixed.
 */
#include "base/err.h"
#include "session/gather.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct reading {
	struct rec_session *session;
	struct rec_gather *gather;
	struct rec_gather_file file; /* of the result being read */
	int seen[2];                 /* tracks of each kind of the result so far */
	bool several;                /* more than one result */
};

static bool recognises(const struct rec_manifest *manifest)
{
	const cJSON *root = manifest->root;
	const cJSON *first = cJSON_IsArray(root) ? root->child : root;

	return cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(first, "tracks")) &&
	       cJSON_GetObjectItemCaseSensitive(first, "url") &&
	       cJSON_GetObjectItemCaseSensitive(first, "duration_seconds");
}

/* Unix time of room_0123456789ab_20260318T132416.mp4; REC_NS_UNKNOWN: it is no such name */
static int64_t start_of(const char *url)
{
	const char *slash = strrchr(url, '/');
	const char *name = slash ? slash + 1 : url;
	struct tm tm = {0};
	const char *end;

	if (strncmp(name, "room_", 5) != 0 || strspn(name + 5, "0123456789abcdefABCDEF") != 12 || name[17] != '_')
		return REC_NS_UNKNOWN;
	end = strptime(name + 18, "%Y%m%dT%H%M%S", &tm);
	if (!end || (*end != '.' && *end != '\0'))
		return REC_NS_UNKNOWN;
	int64_t seconds = timegm(&tm);
	/* a year of other digits is no time that anything was recorded at */
	return seconds >= 0 && seconds <= INT64_C(9000000000) ? seconds * REC_NS_PER_S : REC_NS_UNKNOWN;
}

static int find_first(void *context, const struct rec_place *place)
{
	struct reading *reading = context;
	const char *url = NULL;
	int64_t at_ns;
	int r;

	if ((r = rec_field_object(place)) < 0 || (r = rec_field_str(place, "url", &url)) < 0)
		return r;
	if (!url || !*url)
		return rec_field_error(place, "url", "is missing: nothing was recorded");
	at_ns = start_of(url);
	if (at_ns == REC_NS_UNKNOWN && reading->several)
		return rec_field_error(place, "url",
		        "'%.100s' does not say when it began (room_{12 hex}_{YYYYMMDDTHHMMSS}): it cannot be placed",
		        url);
	if (at_ns != REC_NS_UNKNOWN &&
	        (reading->session->epoch_ns == REC_NS_UNKNOWN || at_ns < reading->session->epoch_ns))
		reading->session->epoch_ns = at_ns;
	return REC_OK;
}

static int read_track(void *context, const struct rec_place *place)
{
	static const char *const kinds[] = {"audio", "video", "screen", NULL};
	struct reading *reading = context;
	struct rec_gather_file *file = &reading->file;
	const char *who = NULL;
	int kind = -1;
	int r;

	if ((r = rec_field_object(place)) < 0 || (r = rec_field_choice(place, "kind", kinds, &kind)) < 0 ||
	        (r = rec_field_str(place, "participant_id", &who)) < 0)
		return r;
	if (kind < 0)
		return rec_field_error(place, "kind", "is missing: audio or video");
	if ((!who || !*who) && (r = rec_field_str(place, "channel_id", &who)) < 0)
		return r;
	file->who = who && *who ? who : "room";
	file->kind = kind == REC_AUDIO ? REC_AUDIO : REC_VIDEO;
	file->source = kind == 2 ? REC_SCREEN : REC_CAMERA;
	file->stream = ++reading->seen[file->kind];
	file->maybe = file->stream > 1;
	reading->session->unsettled = true; /* they share one clock: which begins first only the file tells */
	return rec_gather_add(reading->gather, file);
}

static int read_result(void *context, const struct rec_place *place)
{
	struct reading *reading = context;
	struct rec_gather_file *file = &reading->file;
	int64_t length_ns = REC_NS_UNKNOWN;
	int64_t at_ns;
	int r;

	*file = (struct rec_gather_file){.place = place, .field = "url", .end_ns = REC_NS_UNKNOWN};
	reading->seen[0] = reading->seen[1] = 0;
	if ((r = rec_field_str(place, "url", &file->location)) < 0 ||
	        (r = rec_field_seconds(place, "duration_seconds", &length_ns)) < 0)
		return r;
	at_ns = start_of(file->location);
	file->start_ns = at_ns == REC_NS_UNKNOWN ? 0 : at_ns - reading->session->epoch_ns;
	if (length_ns != REC_NS_UNKNOWN && length_ns > 0)
		file->end_ns = file->start_ns + length_ns;
	return rec_field_each(place, "tracks", read_track, reading);
}

static int each(const struct rec_place *root, int (*one)(void *, const struct rec_place *), void *context)
{
	return cJSON_IsArray(root->object) ? rec_field_each(root, NULL, one, context) : one(context, root);
}

static int read_roomkit(struct rec_session *session, const struct rec_manifest *manifest)
{
	struct rec_place root = {manifest->path, "", manifest->root};
	struct reading reading = {
	        .session = session, .several = cJSON_IsArray(manifest->root) && cJSON_GetArraySize(manifest->root) > 1};
	int r;

	if ((r = each(&root, find_first, &reading)) < 0 ||
	        (r = rec_gather_open(&reading.gather, session, manifest)) < 0)
		return r;
	r = each(&root, read_result, &reading);
	if (r == REC_OK)
		r = rec_reader_origin(session, manifest, "the format: every file counts from its own start");
	return rec_gather_finish(&reading.gather, r);
}

const struct rec_reader rec_roomkit_reader = {"roomkit", recognises, read_roomkit};
