/* SPDX-License-Identifier: MIT */
/* The reader of LiveKit's track egress: one JSON a track, Unix nanoseconds; an array, a folder or several of them are one session. */
#include "base/err.h"
#include "base/log.h"
#include "session/gather.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

struct reading {
	struct rec_session *session;
	struct rec_gather *gather;
	const char *room; /* of the first */
};

static bool recognises(const struct rec_manifest *manifest)
{
	const cJSON *root = manifest->root;
	const cJSON *first = cJSON_IsArray(root) ? root->child : root;

	return cJSON_GetObjectItemCaseSensitive(first, "egress_id") != NULL;
}

static int find_first(void *context, const struct rec_place *place)
{
	struct rec_session *session = context;
	int64_t at_ns = REC_NS_UNKNOWN;
	int r = rec_field_object(place);

	if (r == REC_OK)
		r = rec_field_time(place, "started_at", 1, &at_ns);
	if (r < 0)
		return r;
	if (at_ns == REC_NS_UNKNOWN)
		return rec_field_error(place, "started_at", "is missing: it cannot be placed");
	if (session->epoch_ns == REC_NS_UNKNOWN || at_ns < session->epoch_ns)
		session->epoch_ns = at_ns;
	return REC_OK;
}

static int check_room(struct reading *reading, const struct rec_place *place)
{
	const char *room = NULL;
	int r = rec_field_str(place, "room_id", &room);

	if (r == REC_OK && !room)
		r = rec_field_str(place, "room_name", &room);
	if (r < 0 || !room)
		return r;
	if (!reading->room) {
		reading->room = room;
		return (reading->session->id = strdup(room)) ? REC_OK : REC_ENOMEM;
	}
	if (strcmp(room, reading->room) != 0)
		return rec_field_error(
		        place, "room_id", "is '%.100s': another room than '%.100s' of the first", room, reading->room);
	return REC_OK;
}

/* the span, the kind and the source; two members decide the latter */
static int read_fields(const struct reading *reading, const struct rec_place *place, struct rec_gather_file *file)
{
	const char *kind = NULL;
	const char *source = NULL;
	int r;

	if ((r = rec_field_time(place, "started_at", 1, &file->start_ns)) < 0 ||
	        (r = rec_field_time(place, "ended_at", 1, &file->end_ns)) < 0 ||
	        (r = rec_field_str(place, "track_kind", &kind)) < 0 ||
	        (r = rec_field_str(place, "track_source", &source)) < 0 ||
	        (r = rec_field_str(place, "publisher_identity", &file->who)) < 0)
		return r;
	if (file->end_ns != REC_NS_UNKNOWN && file->end_ns <= file->start_ns)
		return rec_field_error(place, "ended_at", "is not after its started_at");
	if (!kind || (!strcasestr(kind, "audio") && !strcasestr(kind, "video")))
		return rec_field_error(
		        place, "track_kind", "is %s, not AUDIO or VIDEO", kind ? "something else" : "missing");
	if (!file->who || !*file->who)
		return rec_field_error(place, "publisher_identity", "is missing: nobody to give the track to");
	file->kind = strcasestr(kind, "audio") ? REC_AUDIO : REC_VIDEO;
	file->source = source && strcasestr(source, "screen") ? REC_SCREEN : REC_CAMERA;
	file->start_ns -= reading->session->epoch_ns;
	if (file->end_ns != REC_NS_UNKNOWN)
		file->end_ns -= reading->session->epoch_ns;
	return REC_OK;
}

/* the first of `files`: a track egress writes one */
static int read_location(const struct rec_place *place, const char **location)
{
	const cJSON *files = NULL;
	struct rec_place at = {place->manifest, "files[0]", NULL};
	int r = rec_field_array(place, "files", &files);

	if (r < 0)
		return r;
	if (!files || !files->child)
		return rec_field_error(place, "files", "has nothing in it: the egress failed");
	if (files->child->next)
		return rec_field_error(
		        place, "files", "has more than one in it: only egress of single tracks can be placed");
	at.object = files->child;
	if ((r = rec_field_object(&at)) < 0 || (r = rec_field_str(&at, "filename", location)) < 0 ||
	        (!*location && (r = rec_field_str(&at, "location", location)) < 0))
		return r;
	return *location ? REC_OK : rec_field_error(place, "files[0].filename", "is missing");
}

static int read_egress(void *context, const struct rec_place *place)
{
	struct reading *reading = context;
	struct rec_gather_file file = {.place = place, .field = "files[0].filename", .end_ns = REC_NS_UNKNOWN};
	int r;

	if ((r = check_room(reading, place)) < 0 || (r = read_fields(reading, place, &file)) < 0 ||
	        (r = read_location(place, &file.location)) < 0)
		return r;
	return rec_gather_add(reading->gather, &file);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* an egress given twice would be heard twice */
static int check_ids(const struct rec_manifest *manifest)
{
	const cJSON *item = cJSON_IsArray(manifest->root) ? manifest->root->child : NULL;
	const char **ids = calloc((size_t)cJSON_GetArraySize(manifest->root) + 1, sizeof(*ids));
	size_t n = 0;
	int r = ids ? REC_OK : REC_ENOMEM;

	for (; ids && item; item = item->next) {
		const cJSON *id = cJSON_GetObjectItemCaseSensitive(item, "egress_id");
		if (cJSON_IsString(id))
			ids[n++] = id->valuestring;
	}
	if (n > 0)
		qsort(ids, n, sizeof(*ids), by_text);
	for (size_t i = 1; r == REC_OK && i < n; i++) {
		if (strcmp(ids[i], ids[i - 1]) == 0)
			r = rec_report(REC_EINPUT, "cannot use '%s': egress_id '%.100s' is given twice", manifest->path,
			        ids[i]);
	}
	free(ids);
	return r;
}

static int each(const struct rec_manifest *manifest, int (*one)(void *, const struct rec_place *), void *context)
{
	const struct rec_place root = {manifest->path, "", manifest->root};
	const cJSON *item = manifest->parts ? manifest->root->child : NULL;
	int r = REC_OK;

	if (!manifest->parts)
		return cJSON_IsArray(root.object) ? rec_field_each(&root, NULL, one, context) : one(context, &root);
	for (size_t i = 0; r == REC_OK && item; i++, item = item->next) {
		const struct rec_place place = {manifest->parts[i], "", item};
		r = one(context, &place);
	}
	return r;
}

static int read_livekit(struct rec_session *session, const struct rec_manifest *manifest)
{
	struct reading reading = {.session = session};
	int r;

	if ((r = check_ids(manifest)) < 0 || (r = each(manifest, find_first, session)) < 0 ||
	        (r = rec_gather_open(&reading.gather, session, manifest)) < 0)
		return r;
	r = each(manifest, read_egress, &reading);
	if (r == REC_OK)
		r = rec_reader_origin(session, manifest, "the format: every file counts from its own start");
	return rec_gather_finish(&reading.gather, r);
}

const struct rec_reader rec_livekit_reader = {"livekit", recognises, read_livekit};
