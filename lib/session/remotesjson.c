/* SPDX-License-Identifier: MIT */
/* session.json: the files that it names, by URL or beside itself. */
#include "base/err.h"
#include "base/remote.h"
#include "net/uri.h"
#include "session/remotename.h"
#include "session/remotes_parts.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct reading {
	struct rec_remotes_loading *loading;
	char *base; /* of relative locations, ends in /; NULL: none */
};

static bool is_session(const cJSON *root)
{
	return cJSON_IsArray(rec_remotes_get(root, "participants"));
}

static bool goes_up(const char *path)
{
	for (const char *at = path; at; at = strchr(at, '/') ? strchr(at, '/') + 1 : NULL)
		if (strncmp(at, "..", 2) == 0 && (at[2] == '/' || at[2] == '\0'))
			return true;
	return false;
}

static int below(const struct reading *reading, const char *entry, const char *path, char **location)
{
	struct rec_buf text = REC_BUF_INIT;

	if (rec_remote_is(path))
		return rec_remotes_take_url(reading->loading, entry, path, location);
	if (!reading->base)
		return rec_remotes_error(
		        reading->loading, entry, "is no URL, and neither is the manifest; there is nothing to fetch");
	if (*path == '/' || goes_up(path))
		return rec_remotes_error(reading->loading, entry, "leads out of the session's folder");
	rec_buf_puts(&text, reading->base);
	if (strncasecmp(reading->base, "s3:", 3) == 0)
		rec_buf_puts(&text, path);
	else
		rec_uri_encode(&text, path, strlen(path), true);
	return (*location = rec_buf_steal(&text)) ? REC_OK : REC_ENOMEM;
}

/* The folder that relative locations are below: that of a manifest that is a URL, or session_dir. */
static int find_base(struct reading *reading)
{
	const char *manifest = reading->loading->path;
	const cJSON *dir = rec_remotes_get(reading->loading->remotes->root, "session_dir");
	const char *inner = cJSON_IsString(dir) ? dir->valuestring : "";
	struct rec_buf text = REC_BUF_INIT;
	int r = REC_OK;

	if (rec_remote_is(inner))
		r = rec_remotes_take_url(reading->loading, "session_dir", inner, &reading->base);
	else if (rec_remote_is(manifest)) {
		(void)rec_uri_folder(manifest, &text);
		/* an absolute folder is that of the machine where it was recorded */
		if (*inner && *inner != '/' && strcmp(inner, ".") != 0 && !goes_up(inner))
			rec_buf_puts(&text, inner);
		r = (reading->base = rec_buf_steal(&text)) ? REC_OK : REC_ENOMEM;
	}
	size_t n = reading->base ? strlen(reading->base) : 0;
	if (r == REC_OK && n > 0 && reading->base[n - 1] != '/') {
		rec_buf_printf(&text, "%s/", reading->base);
		free(reading->base);
		r = (reading->base = rec_buf_steal(&text)) ? REC_OK : REC_ENOMEM;
	}
	return r;
}

static int session_path(struct reading *reading, cJSON *object, const char *key, char *entry, cJSON *list)
{
	const cJSON *path = rec_remotes_get(object, key);
	struct rec_remote_track *track;
	int r;

	if (!path || cJSON_IsNull(path) || (cJSON_IsString(path) && !*path->valuestring)) {
		free(entry);
		return REC_OK;
	}
	if ((r = rec_remotes_add(reading->loading, entry, &track)) < 0)
		return r;
	if (!cJSON_IsString(path))
		return rec_remotes_error(reading->loading, track->entry, "is no string");
	track->object = object;
	track->key = key;
	track->list = list;
	r = below(reading, track->entry, path->valuestring, &track->location);
	return r < 0 ? r : rec_remotename_local(track);
}

static int session_participant(struct reading *reading, cJSON *who, size_t i)
{
	struct rec_remotes *remotes = reading->loading->remotes;
	cJSON *tracks = cJSON_GetObjectItemCaseSensitive(who, "tracks");
	cJSON *item;
	char rest[64];
	size_t n = 0;
	int r = REC_OK;

	for (int kind = 0; r == REC_OK && kind < 2; kind++) {
		size_t before = remotes->n;
		const char *key = kind == REC_VIDEO ? "video_path" : "audio_path";
		snprintf(rest, sizeof rest, ".%s", key);
		r = session_path(reading, who, key, rec_remotes_entry("participants", i, rest), NULL);
		if (remotes->n > before) {
			remotes->tracks[before].kind = (enum rec_kind)kind;
			remotes->tracks[before].kind_known = true;
		}
	}
	cJSON_ArrayForEach(item, tracks)
	{
		size_t before = remotes->n;
		const cJSON *kind = rec_remotes_get(item, "kind");
		snprintf(rest, sizeof rest, ".tracks[%zu].path", n++);
		if (r == REC_OK)
			r = session_path(reading, item, "path", rec_remotes_entry("participants", i, rest), tracks);
		if (remotes->n > before && cJSON_IsString(kind)) {
			remotes->tracks[before].kind = strcmp(kind->valuestring, "audio") == 0 ? REC_AUDIO : REC_VIDEO;
			remotes->tracks[before].kind_known = true;
		}
	}
	return r;
}

static int read_session(struct rec_remotes_loading *loading)
{
	cJSON *participants = cJSON_GetObjectItemCaseSensitive(loading->remotes->root, "participants");
	const cJSON *id = rec_remotes_get(loading->remotes->root, "session_id");
	struct reading reading = {.loading = loading};
	cJSON *who;
	size_t n = 0;
	int r = find_base(&reading);

	if (cJSON_IsString(id) && !(loading->remotes->id = strdup(id->valuestring)))
		r = REC_ENOMEM;
	cJSON_ArrayForEach(who, participants) if (r == REC_OK) r = session_participant(&reading, who, n++);
	free(reading.base);
	return r;
}

const struct rec_remotes_format rec_remotesjson_format = {"session.json", is_session, read_session};
