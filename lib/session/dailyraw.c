/* SPDX-License-Identifier: MIT */
/* The reader of Daily's raw-tracks manifest: {recordingStartTs, participants: [{id, tracks: [{file, mediaType, startTs, startOffsetSecs}]}]}. */
#include "session/dailyname.h"

#include "base/err.h"

#include <cjson/cJSON.h>
#include <string.h>

struct reading {
	struct rec_session *session;
	struct rec_gather *gather;
	const char *who;
	const char *name;
};

static bool recognises(const struct rec_manifest *manifest)
{
	return cJSON_GetObjectItemCaseSensitive(manifest->root, "recordingStartTs") != NULL;
}

/* startOffsetSecs, or else startTs less the recording's */
static int read_start(const struct rec_session *session, const struct rec_place *place, int64_t *start_ns)
{
	int64_t at_ns = REC_NS_UNKNOWN;
	int r = rec_field_seconds(place, "startOffsetSecs", start_ns);

	if (r < 0 || *start_ns != REC_NS_UNKNOWN)
		return r;
	if ((r = rec_field_time(place, "startTs", REC_NS_PER_MS, &at_ns)) < 0)
		return r;
	if (at_ns == REC_NS_UNKNOWN)
		return rec_field_error(place, "startOffsetSecs", "and startTs are missing: it cannot be placed");
	*start_ns = at_ns - session->epoch_ns;
	return REC_OK;
}

/* audio, video, cam-audio, screen-video, screenVideo ... */
static int read_kind(const struct rec_place *place, struct rec_gather_file *file)
{
	const char *type = NULL;
	int r = rec_field_str(place, "mediaType", &type);

	if (r < 0)
		return r;
	if (!type)
		return rec_field_error(place, "mediaType", "is missing: audio or video");
	file->source = strcasestr(type, "screen") ? REC_SCREEN : REC_CAMERA;
	if (strcasestr(type, "audio"))
		file->kind = REC_AUDIO;
	else if (strcasestr(type, "video"))
		file->kind = REC_VIDEO;
	else
		return rec_field_error(place, "mediaType", "is '%.64s', not audio or video", type);
	return REC_OK;
}

static int read_track(void *context, const struct rec_place *place)
{
	struct reading *reading = context;
	struct rec_gather_file file = {.place = place,
	        .field = "file",
	        .who = reading->who,
	        .name = reading->name,
	        .start_ns = REC_NS_UNKNOWN,
	        .end_ns = REC_NS_UNKNOWN};
	int r;

	if ((r = rec_field_object(place)) < 0 || (r = rec_field_str(place, "file", &file.location)) < 0)
		return r;
	if (!file.location)
		return rec_field_error(place, "file", "is missing");
	if ((r = read_kind(place, &file)) < 0 || (r = read_start(reading->session, place, &file.start_ns)) < 0)
		return r;
	return rec_gather_add(reading->gather, &file);
}

static int read_participant(void *context, const struct rec_place *place)
{
	struct reading *reading = context;
	int r;

	reading->who = reading->name = NULL;
	if ((r = rec_field_object(place)) < 0 || (r = rec_field_str(place, "id", &reading->who)) < 0 ||
	        (r = rec_field_str(place, "name", &reading->name)) < 0)
		return r;
	if (!reading->name && (r = rec_field_str(place, "userName", &reading->name)) < 0)
		return r;
	if (!reading->who || !*reading->who)
		return rec_field_error(place, "id", "is missing");
	return rec_field_each(place, "tracks", read_track, reading);
}

static int read_raw(struct rec_session *session, const struct rec_manifest *manifest)
{
	struct rec_place root = {manifest->path, "", manifest->root};
	struct reading reading = {.session = session};
	int r;

	if ((r = rec_field_object(&root)) < 0 ||
	        (r = rec_field_time(&root, "recordingStartTs", REC_NS_PER_MS, &session->epoch_ns)) < 0)
		return r;
	if (session->epoch_ns == REC_NS_UNKNOWN)
		return rec_field_error(&root, "recordingStartTs", "is missing");
	if ((r = rec_gather_open(&reading.gather, session, manifest)) < 0)
		return r;
	r = rec_field_each(&root, "participants", read_participant, &reading);
	if (r == REC_OK)
		r = rec_dailyname_clock(session, manifest);
	return rec_gather_finish(&reading.gather, r);
}

const struct rec_reader rec_dailyraw_reader = {"daily-raw", recognises, read_raw};
