/* SPDX-License-Identifier: MIT */
#include "session/write.h"

#include "base/err.h"
#include "base/json.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

/* the rest of a path that lies below the folder; NULL: it does not */
static const char *below(const char *path, const char *folder)
{
	size_t n = folder ? strlen(folder) : 0;

	if (n == 0 || strncmp(path, folder, n) != 0 || path[n] != '/')
		return NULL;
	return path + n + 1;
}

/* a member of a zip is written as where it will lie once that is unpacked beside the session.json */
static const char *location_of(const struct rec_session *session, const struct rec_track *track, const char *folder)
{
	const char *rest = session->archive ? track->path + strlen(session->archive) + 2 : below(track->path, folder);

	return rest ? rest : track->path;
}

static bool all_below(const struct rec_session *session, const char *folder)
{
	if (session->archive)
		return true;
	for (size_t i = 0; i < session->ntracks; i++) {
		if (!below(session->tracks[i].path, folder))
			return false;
	}
	return true;
}

static void write_extra(struct rec_json *json, const char *extra)
{
	cJSON *object = extra ? cJSON_Parse(extra) : NULL;

	for (const cJSON *item = object ? object->child : NULL; item; item = item->next) {
		char *text = cJSON_PrintUnformatted(item);
		if (text)
			rec_json_raw(json, item->string, text);
		else
			json->buf->failed = true;
		cJSON_free(text);
	}
	cJSON_Delete(object);
}

static void write_pair(struct rec_json *json, int64_t a_ns, int64_t b_ns)
{
	rec_json_array(json, NULL);
	rec_json_seconds(json, NULL, a_ns);
	rec_json_seconds(json, NULL, b_ns);
	rec_json_end_array(json);
}

static void write_track(
        struct rec_json *json, const struct rec_session *session, const struct rec_track *track, const char *folder)
{
	rec_json_object(json, NULL);
	rec_json_str(json, "kind", track->kind == REC_AUDIO ? "audio" : "video");
	if (track->source == REC_SCREEN)
		rec_json_str(json, "source", "screen");
	rec_json_str(json, "path", location_of(session, track, folder));
	if (track->stream > 0)
		rec_json_int(json, "stream", track->stream);
	rec_json_seconds(json, "start_s", track->start_ns);
	if (track->end_ns != REC_NS_UNKNOWN && track->end_ns > track->start_ns)
		rec_json_seconds(json, "end_s", track->end_ns);
	rec_json_str(json, "origin", track->origin == REC_ORIGIN_SESSION ? "session" : "track");
	if (track->label)
		rec_json_str(json, "label", track->label);
	if (track->mutes.n > 0)
		rec_json_array(json, "mute");
	for (size_t i = 0; i < track->mutes.n; i++)
		write_pair(json, track->mutes.items[i].start_ns, track->mutes.items[i].end_ns);
	if (track->mutes.n > 0)
		rec_json_end_array(json);
	if (track->cuts.n > 0)
		rec_json_array(json, "cuts");
	for (size_t i = 0; i < track->cuts.n; i++)
		write_pair(json, track->cuts.items[i].at_ns, track->cuts.items[i].length_ns);
	if (track->cuts.n > 0)
		rec_json_end_array(json);
	write_extra(json, track->extra);
	rec_json_end_object(json);
}

static void write_participant(
        struct rec_json *json, const struct rec_session *session, size_t number, const char *folder, size_t *next)
{
	const struct rec_participant *who = &session->participants[number];

	rec_json_object(json, NULL);
	rec_json_str(json, "name", who->name);
	if (who->id)
		rec_json_str(json, "id", who->id);
	rec_json_seconds(json, "join_time_s", who->presence.start_ns);
	rec_json_seconds(json, "leave_time_s", who->presence.end_ns);
	rec_json_array(json, "tracks");
	/* a participant's tracks follow each other in the session */
	for (; *next < session->ntracks && session->tracks[*next].participant == number; ++*next)
		write_track(json, session, &session->tracks[*next], folder);
	rec_json_end_array(json);
	write_extra(json, who->extra);
	rec_json_end_object(json);
}

int rec_session_write(const struct rec_session *session, const char *folder, struct rec_buf *text)
{
	struct rec_json json = {.buf = text, .pretty = true};
	bool here = session->archive || (folder && all_below(session, folder));
	size_t next = 0;

	rec_json_object(&json, NULL);
	rec_json_str(&json, "session_id", session->id);
	rec_json_str(&json, "session_dir", here ? "." : session->dir);
	if (session->given_end_ns != REC_NS_UNKNOWN)
		rec_json_seconds(&json, "duration_s", session->given_end_ns);
	if (session->layout)
		rec_json_str(&json, "layout", session->layout);
	rec_json_array(&json, "participants");
	for (size_t i = 0; i < session->nparticipants; i++)
		write_participant(&json, session, i, here ? folder : session->dir, &next);
	rec_json_end_array(&json);
	write_extra(&json, session->extra);
	rec_json_end_object(&json);
	rec_buf_puts(text, "\n");
	return text->failed ? REC_ENOMEM : REC_OK;
}
