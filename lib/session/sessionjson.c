/* SPDX-License-Identifier: MIT */
/* The reader of session.json: rec-session(5). */
#include "session/reader.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "media/limits.h"
#include "session/field.h"
#include "session/model.h"
#include "session/paths.h"
#include "session/store.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct reading {
	struct rec_session *session;
	const struct rec_manifest *manifest;
	struct rec_paths paths;
	int64_t duration_ns;
	size_t nmutes; /* so far, of all tracks */
};

/* in the order of the enums */
static const char *const kinds[] = {"audio", "video", NULL};
static const char *const sources[] = {"camera", "screen", NULL};
static const char *const origins[] = {"track", "session", NULL};

static const char *const known_root[] = {
        "session_id", "session_dir", "participants", "layout", "duration_s", "events", NULL};
static const char *const known_participant[] = {
        "name", "id", "join_time_s", "leave_time_s", "video_path", "audio_path", "tracks", "mute", NULL};
static const char *const known_track[] = {
        "kind", "source", "path", "start_s", "end_s", "origin", "mute", "label", "cuts", "stream", NULL};

static char *copy_of(const char *str)
{
	return str ? strdup(str) : NULL;
}

static bool recognises(const struct rec_manifest *manifest)
{
	return cJSON_GetObjectItemCaseSensitive(manifest->root, "participants") != NULL;
}

static bool is_known(const char *const *known, const char *name)
{
	while (*known && strcmp(*known, name) != 0)
		known++;
	return *known != NULL;
}

/* what is not known is passed through: the other members as an object of their own; NULL: there are none */
static int keep_extra(const struct rec_place *place, const char *const *known, char **extra)
{
	cJSON *rest = cJSON_CreateObject();
	int r = rest ? REC_OK : REC_ENOMEM;

	for (const cJSON *item = place->object->child; r == REC_OK && item; item = item->next) {
		cJSON *copy;
		if (is_known(known, item->string))
			continue;
		if (!(copy = cJSON_Duplicate(item, true)) || !cJSON_AddItemToObject(rest, item->string, copy)) {
			cJSON_Delete(copy);
			r = REC_ENOMEM;
		}
	}
	if (r == REC_OK && rest->child && !(*extra = cJSON_PrintUnformatted(rest)))
		r = REC_ENOMEM;
	cJSON_Delete(rest);
	return r;
}

/* a participant may be muted for all its tracks, so a few bytes of JSON could be copied 10^5 times */
static int mute(
        struct reading *reading, const struct rec_place *place, struct rec_track *track, const struct rec_spans *spans)
{
	reading->nmutes += spans->n;
	if (reading->nmutes > rec_model_limits.mutes)
		return rec_field_error(
		        place, "mute", "is too much: more than %zu mutes in all", rec_model_limits.mutes);
	return rec_model_mute(track, spans);
}

/* the strings of a track; ${label} may be NULL */
static int fill_track(struct reading *reading, struct rec_track *track, const struct rec_place *place, const char *key,
        const char *location, const char *label)
{
	struct rec_buf entry = REC_BUF_INIT;
	int r;

	rec_buf_printf(&entry, "%s.%s", place->entry, key);
	track->entry = rec_buf_steal(&entry);
	track->location = strdup(location);
	track->label = copy_of(label);
	if (!track->entry || !track->location || (label && !track->label))
		return REC_ENOMEM;
	if (rec_store_is_zip(reading->manifest->store))
		r = rec_store_find(reading->manifest->store, track->entry, location, &track->path, &track->kept);
	else
		r = rec_paths_resolve(&reading->paths, track->entry, location, &track->path);
	if (r < 0)
		return r;
	if (reading->manifest->params->origin >= 0)
		track->origin = (enum rec_origin)reading->manifest->params->origin;
	return REC_OK;
}

/* video_path or audio_path: its first stamp belongs to the join; "" and null mean that there is none */
static int read_path(struct reading *reading, const struct rec_place *place, const char *key, enum rec_kind kind,
        const struct rec_spans *mutes)
{
	const struct rec_session *session = reading->session;
	const char *location = NULL;
	struct rec_track *track;
	int r = rec_field_str(place, key, &location);

	if (r < 0 || !location || !*location)
		return r;
	if (!(track = rec_model_add_track(reading->session)))
		return REC_ENOMEM;
	track->kind = kind;
	track->start_ns = session->participants[track->participant].presence.start_ns;
	track->start_is_join = true;
	if ((r = fill_track(reading, track, place, key, location, NULL)) < 0)
		return r;
	return kind == REC_AUDIO ? mute(reading, place, track, mutes) : REC_OK;
}

/* kind, source, origin, start and end of one of `tracks` */
static int read_track_fields(struct rec_track *track, const struct rec_place *place)
{
	int kind = -1;
	int source = REC_CAMERA;
	int origin = REC_ORIGIN_TRACK;
	int r;

	if ((r = rec_field_choice(place, "kind", kinds, &kind)) < 0 ||
	        (r = rec_field_choice(place, "source", sources, &source)) < 0 ||
	        (r = rec_field_choice(place, "origin", origins, &origin)) < 0 ||
	        (r = rec_field_seconds(place, "start_s", &track->start_ns)) < 0 ||
	        (r = rec_field_seconds(place, "end_s", &track->end_ns)) < 0 ||
	        (r = rec_field_count(place, "stream", rec_media_limits.streams, &track->stream)) < 0)
		return r;
	if (kind < 0)
		return rec_field_error(place, "kind", "is missing: audio or video");
	if (track->end_ns != REC_NS_UNKNOWN && track->end_ns <= track->start_ns)
		return rec_field_error(place, "end_s", "is %.15g, not after its start at %.15g",
		        (double)track->end_ns / 1e9, (double)track->start_ns / 1e9);
	track->kind = (enum rec_kind)kind;
	track->source = (enum rec_source_kind)source;
	track->origin = (enum rec_origin)origin;
	return REC_OK;
}

/* pairs of seconds [where in the file, how much is missing] */
static int read_cuts(const struct rec_place *place, struct rec_track *track)
{
	const cJSON *array = NULL;
	const cJSON *pair;
	int r = rec_field_array(place, "cuts", &array);

	cJSON_ArrayForEach(pair, array)
	{
		const cJSON *at = cJSON_IsArray(pair) ? pair->child : NULL;
		const cJSON *length = at ? at->next : NULL;

		if (r < 0)
			return r;
		if (track->cuts.n == 10000)
			return rec_field_error(place, "cuts", "are more than 10000");
		if (!cJSON_IsNumber(at) || !cJSON_IsNumber(length) || length->next ||
		        !(at->valuedouble >= 0 && at->valuedouble <= 1e9) ||
		        !(length->valuedouble > 0 && length->valuedouble <= 1e9))
			return rec_field_error(place, "cuts", "is no list of [seconds in the file, seconds missing]");
		r = rec_model_cut(track, llround(at->valuedouble * 1e9), llround(length->valuedouble * 1e9));
	}
	return r;
}

static int read_track(struct reading *reading, const struct rec_place *place, const struct rec_spans *mutes)
{
	struct rec_track *track = rec_model_add_track(reading->session);
	struct rec_spans own = {NULL, 0};
	const char *location = NULL;
	const char *label = NULL;
	int r;

	if (!track)
		return REC_ENOMEM;
	track->start_ns = reading->session->participants[track->participant].presence.start_ns;
	if ((r = rec_field_object(place)) < 0 || (r = read_track_fields(track, place)) < 0 ||
	        (r = rec_field_str(place, "path", &location)) < 0 || (r = rec_field_str(place, "label", &label)) < 0)
		return r;
	if (!location)
		return rec_field_error(place, "path", "is missing");
	if ((r = fill_track(reading, track, place, "path", location, label)) < 0 || (r = read_cuts(place, track)) < 0 ||
	        (r = keep_extra(place, known_track, &track->extra)) < 0)
		return r;
	track->start_is_join = !cJSON_HasObjectItem(place->object, "start_s") && track->origin == REC_ORIGIN_TRACK;
	r = rec_field_spans(place, "mute", &own);
	if (r == REC_OK)
		r = mute(reading, place, track, &own);
	if (r == REC_OK && track->kind == REC_AUDIO)
		r = mute(reading, place, track, mutes);
	free(own.items);
	return r;
}

static int read_tracks(struct reading *reading, const struct rec_place *place, const struct rec_spans *mutes)
{
	const cJSON *array = NULL;
	const cJSON *item;
	struct rec_buf entry = REC_BUF_INIT;
	size_t n = 0;
	int r = rec_field_array(place, "tracks", &array);

	cJSON_ArrayForEach(item, array)
	{
		struct rec_place at = {place->manifest, NULL, item};
		if (r < 0)
			break;
		entry.len = 0;
		rec_buf_printf(&entry, "%s.tracks[%zu]", place->entry, n++);
		at.entry = rec_buf_str(&entry);
		r = entry.failed ? REC_ENOMEM : read_track(reading, &at, mutes);
	}
	rec_buf_free(&entry);
	return r;
}

static int read_presence(const struct reading *reading, const struct rec_place *place, struct rec_span *presence)
{
	int64_t join_ns = REC_NS_UNKNOWN;
	int64_t leave_ns = REC_NS_UNKNOWN;
	bool until_end;
	int r;

	if ((r = rec_field_seconds(place, "join_time_s", &join_ns)) < 0 ||
	        (r = rec_field_seconds(place, "leave_time_s", &leave_ns)) < 0)
		return r;
	if (join_ns == REC_NS_UNKNOWN)
		return rec_field_error(place, "join_time_s", "is missing");
	until_end = leave_ns == REC_NS_UNKNOWN;
	if (until_end)
		leave_ns = reading->duration_ns;
	if (leave_ns == REC_NS_UNKNOWN)
		return rec_field_error(place, "leave_time_s", "is missing, and the session has no duration_s");
	if (leave_ns <= join_ns)
		return rec_field_error(place, "leave_time_s", "%s %.15g, %s its join_time_s %.15g",
		        until_end ? "is missing and duration_s is" : "is", (double)leave_ns / 1e9,
		        leave_ns < join_ns ? "before" : "the same as", (double)join_ns / 1e9);
	*presence = (struct rec_span){join_ns, leave_ns};
	return REC_OK;
}

static int read_media(struct reading *reading, const struct rec_place *place)
{
	struct rec_spans mutes = {NULL, 0};
	int r = rec_field_spans(place, "mute", &mutes);

	if (r == REC_OK)
		r = read_path(reading, place, "video_path", REC_VIDEO, &mutes);
	if (r == REC_OK)
		r = read_path(reading, place, "audio_path", REC_AUDIO, &mutes);
	if (r == REC_OK)
		r = read_tracks(reading, place, &mutes);
	free(mutes.items);
	return r;
}

static int read_participant(struct reading *reading, const struct rec_place *place)
{
	struct rec_participant *who;
	const char *name = NULL;
	const char *id = NULL;
	struct rec_span presence;
	int r;

	if ((r = rec_field_object(place)) < 0 || (r = rec_field_str(place, "name", &name)) < 0 ||
	        (r = rec_field_str(place, "id", &id)) < 0)
		return r;
	if (!name)
		return rec_field_error(place, "name", "is missing");
	if (strlen(name) > rec_model_limits.name)
		return rec_field_error(place, "name", "is longer than %zu bytes", rec_model_limits.name);
	if ((r = read_presence(reading, place, &presence)) < 0)
		return r;
	if (!(who = rec_model_add_participant(reading->session)))
		return REC_ENOMEM;
	who->presence = presence;
	who->name = strdup(name);
	who->entry = strdup(place->entry);
	who->id = copy_of(id);
	if (!who->name || !who->entry || (id && !who->id))
		return REC_ENOMEM;
	r = keep_extra(place, known_participant, &who->extra);
	return r < 0 ? r : read_media(reading, place);
}

static int read_participants(struct reading *reading, const struct rec_place *root)
{
	const cJSON *array = NULL;
	const cJSON *item;
	struct rec_buf entry = REC_BUF_INIT;
	size_t n = 0;
	int r = rec_field_array(root, "participants", &array);

	cJSON_ArrayForEach(item, array)
	{
		struct rec_place at = {root->manifest, NULL, item};
		if (r < 0)
			break;
		entry.len = 0;
		rec_buf_printf(&entry, "participants[%zu]", n++);
		at.entry = rec_buf_str(&entry);
		r = entry.failed ? REC_ENOMEM : read_participant(reading, &at);
	}
	rec_buf_free(&entry);
	return r;
}

static int read_root(struct reading *reading, const struct rec_place *root, const char **session_dir)
{
	const char *id = NULL;
	const char *layout = NULL;
	int r;

	if ((r = rec_field_str(root, "session_id", &id)) < 0 ||
	        (r = rec_field_str(root, "session_dir", session_dir)) < 0 ||
	        (r = rec_field_str(root, "layout", &layout)) < 0 ||
	        (r = rec_field_seconds(root, "duration_s", &reading->duration_ns)) < 0)
		return r;
	reading->session->id = copy_of(id);
	reading->session->layout = copy_of(layout);
	if ((id && !reading->session->id) || (layout && !reading->session->layout))
		return REC_ENOMEM;
	return keep_extra(root, known_root, &reading->session->extra);
}

static int read_session(struct rec_session *session, const struct rec_manifest *manifest)
{
	struct reading reading = {.session = session, .manifest = manifest, .duration_ns = REC_NS_UNKNOWN};
	struct rec_place root = {manifest->path, "", manifest->root};
	const char *session_dir = NULL;
	int r;

	if ((r = rec_field_object(&root)) < 0)
		return r;
	if ((r = read_root(&reading, &root, &session_dir)) < 0)
		return r;
	if ((r = rec_paths_open(&reading.paths, manifest->path, session_dir, manifest->params->allow_outside)) < 0)
		return r;
	free(session->dir);
	reading.paths.allow_remote = manifest->params->allow_remote;
	reading.paths.allow_insecure = manifest->params->allow_insecure;
	r = (session->dir = strdup(reading.paths.dir)) ? read_participants(&reading, &root) : REC_ENOMEM;
	rec_paths_close(&reading.paths);
	return r < 0 ? r : rec_model_finish(session, manifest->path, reading.duration_ns);
}

const struct rec_reader rec_sessionjson_reader = {"session.json", recognises, read_session};
