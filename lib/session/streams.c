/* SPDX-License-Identifier: MIT */
#include "session/streams.h"

#include "base/err.h"
#include "base/json.h"
#include "session/field.h"
#include "session/gather.h"
#include "session/model.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct stream {
	char *entry;
	const char *id; /* borrowed from the JSON, as all but entry, name and file */
	char *name;     /* NULL: none */
	char *file;
	bool screen;
	bool has_audio;
	bool has_video;
	bool sure; /* has_audio and has_video were said */
	struct rec_span span;
};

struct reading {
	const struct rec_streams_dialect *dialect;
	struct stream *streams;
	size_t n;
};

/* the first member of ${object} that is a name; NULL: none */
static const char *name_in(const cJSON *object)
{
	static const char *const members[] = {
	        "userName", "username", "name", "displayName", "clientData", "user", "nickname"};

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, members[i]);
		if (cJSON_IsString(item) && item->valuestring[0])
			return item->valuestring;
	}
	return NULL;
}

/* a name out of what an application put there: JSON, or plain text; ${name} is malloc'd, or stays NULL. REC_ENOMEM */
static int read_name(const char *text, char **name)
{
	const struct rec_json_limits limits = {1 << 16, 16, 1000};
	const char *found = NULL;
	cJSON *root = NULL;
	int r;

	if (!text || !*text)
		return REC_OK;
	r = rec_json_parse(text, strlen(text), &limits, &root, NULL);
	if (r == REC_ENOMEM)
		return r;
	if (r < 0)
		found = strlen(text) <= 200 && *text != '{' && *text != '[' ? text : NULL;
	else if (cJSON_IsString(root) && root->valuestring[0])
		found = root->valuestring;
	else if (cJSON_IsObject(root))
		found = name_in(root);
	r = found && !(*name = strdup(found)) ? REC_ENOMEM : REC_OK;
	cJSON_Delete(root);
	return r;
}

static int find_name(const struct reading *reading, const struct rec_place *place, char **name)
{
	for (size_t i = 0; reading->dialect->data[i] && !*name; i++) {
		const char *data = NULL;
		int r = rec_field_str(place, reading->dialect->data[i], &data);
		if (r == REC_OK)
			r = read_name(data, name);
		if (r < 0)
			return r;
	}
	return REC_OK;
}

static int find_file(const struct reading *reading, const struct rec_place *place, struct stream *stream)
{
	const char *file = NULL;
	int r = reading->dialect->file ? rec_field_str(place, reading->dialect->file, &file) : REC_OK;

	if (r < 0)
		return r;
	if (file && *file)
		return (stream->file = strdup(file)) ? REC_OK : REC_ENOMEM;
	if (asprintf(&stream->file, "%s.webm", stream->id) >= 0)
		return REC_OK;
	stream->file = NULL;
	return REC_ENOMEM;
}

static int read_span(const struct reading *reading, const struct rec_place *place, struct rec_span *span)
{
	int r;

	*span = (struct rec_span){REC_NS_UNKNOWN, REC_NS_UNKNOWN};
	if ((r = rec_field_time(place, "startTimeOffset", REC_NS_PER_MS, &span->start_ns)) < 0 ||
	        (r = rec_field_time(place, reading->dialect->stop, REC_NS_PER_MS, &span->end_ns)) < 0)
		return r;
	if (span->start_ns == REC_NS_UNKNOWN)
		return rec_field_error(place, "startTimeOffset", "is missing: it cannot be placed");
	if (span->end_ns != REC_NS_UNKNOWN && span->end_ns <= span->start_ns)
		return rec_field_error(place, reading->dialect->stop,
		        "is %.15g ms, not after its startTimeOffset %.15g", (double)span->end_ns / 1e6,
		        (double)span->start_ns / 1e6);
	return REC_OK;
}

static int read_media(const struct reading *reading, const struct rec_place *place, struct stream *stream)
{
	const char *type = NULL;
	int r;

	stream->has_audio = stream->has_video = true;
	stream->sure = cJSON_HasObjectItem(place->object, "hasAudio") && cJSON_HasObjectItem(place->object, "hasVideo");
	if ((r = rec_field_bool(place, "hasAudio", &stream->has_audio)) < 0 ||
	        (r = rec_field_bool(place, "hasVideo", &stream->has_video)) < 0 ||
	        (r = rec_field_str(place, reading->dialect->type, &type)) < 0)
		return r;
	stream->screen = type && strcasecmp(type, "screen") == 0;
	return REC_OK;
}

static int read_stream(void *context, const struct rec_place *place)
{
	struct reading *reading = context;
	struct stream *stream = &reading->streams[reading->n];
	int r;

	if ((r = rec_field_object(place)) < 0 || (r = rec_field_str(place, "streamId", &stream->id)) < 0)
		return r;
	if (!stream->id || !*stream->id)
		return rec_field_error(place, "streamId", "is missing");
	if (!(stream->entry = strdup(place->entry)))
		return REC_ENOMEM;
	reading->n++;
	if ((r = read_span(reading, place, &stream->span)) < 0 || (r = read_media(reading, place, stream)) < 0 ||
	        (r = find_name(reading, place, &stream->name)) < 0)
		return r;
	return find_file(reading, place, stream);
}

static bool meet(struct rec_span a, struct rec_span b)
{
	return (b.end_ns == REC_NS_UNKNOWN || a.start_ns < b.end_ns) &&
	       (a.end_ns == REC_NS_UNKNOWN || b.start_ns < a.end_ns);
}

/* whose screen it is: a camera's of the same name at the same time, or else its own */
static const char *owner_of(const struct reading *reading, const struct stream *stream)
{
	for (size_t i = 0; stream->screen && stream->name && i < reading->n; i++) {
		const struct stream *other = &reading->streams[i];
		if (!other->screen && other->name && strcmp(other->name, stream->name) == 0 &&
		        meet(other->span, stream->span))
			return other->id;
	}
	return stream->id;
}

static int add_stream(
        const struct reading *reading, const struct stream *stream, struct rec_gather *gather, const char *manifest)
{
	struct rec_place place = {manifest, stream->entry, NULL};
	struct rec_gather_file file = {.place = &place,
	        .location = stream->file,
	        .who = owner_of(reading, stream),
	        .name = stream->name,
	        .source = stream->screen ? REC_SCREEN : REC_CAMERA,
	        .start_ns = stream->span.start_ns,
	        .end_ns = stream->span.end_ns};
	int r = REC_OK;

	if (!stream->sure)
		return rec_gather_both(gather, &file);
	file.kind = REC_VIDEO;
	if (stream->has_video)
		r = rec_gather_add(gather, &file);
	file.kind = REC_AUDIO;
	return r == REC_OK && stream->has_audio ? rec_gather_add(gather, &file) : r;
}

static int gather_all(struct reading *reading, struct rec_session *session, const struct rec_manifest *manifest)
{
	struct rec_gather *gather = NULL;
	int r = rec_gather_open(&gather, session, manifest);

	for (size_t i = 0; r == REC_OK && i < reading->n; i++)
		r = add_stream(reading, &reading->streams[i], gather, manifest->path);
	if (r == REC_OK)
		r = rec_reader_origin(session, manifest, "the format: every file counts from its own start");
	return rec_gather_finish(&gather, r);
}

static int read_root(struct rec_session *session, const struct rec_place *root)
{
	const char *id = NULL;
	int r = rec_field_str(root, "id", &id);

	if (r == REC_OK)
		r = rec_field_time(root, "createdAt", REC_NS_PER_MS, &session->epoch_ns);
	if (r == REC_OK && id && !(session->id = strdup(id)))
		r = REC_ENOMEM;
	return r;
}

int rec_streams_read(
        struct rec_session *session, const struct rec_manifest *manifest, const struct rec_streams_dialect *dialect)
{
	struct rec_place root = {manifest->path, "", manifest->root};
	struct reading reading = {.dialect = dialect};
	const cJSON *files = NULL;
	size_t n;
	int r;

	if ((r = rec_field_object(&root)) < 0 || (r = read_root(session, &root)) < 0 ||
	        (r = rec_field_array(&root, "files", &files)) < 0)
		return r;
	n = files ? (size_t)cJSON_GetArraySize(files) : 0;
	if (n > rec_model_limits.participants)
		return rec_field_error(&root, "files", "are more than %zu", rec_model_limits.participants);
	if (!(reading.streams = calloc(n + 1, sizeof(*reading.streams))))
		return REC_ENOMEM;
	r = rec_field_each(&root, "files", read_stream, &reading);
	if (r == REC_OK)
		r = gather_all(&reading, session, manifest);
	for (size_t i = 0; i < reading.n; i++) {
		free(reading.streams[i].entry);
		free(reading.streams[i].name);
		free(reading.streams[i].file);
	}
	free(reading.streams);
	return r;
}
