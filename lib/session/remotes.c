/* SPDX-License-Identifier: MIT */
#include "session/remotes.h"

#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "base/remote.h"
#include "base/source.h"
#include "net/uri.h"
#include "session/field.h"
#include "session/remotename.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const size_t max_tracks = 10000;
static const size_t max_location = 8192;

struct loading {
	struct rec_remotes *remotes;
	const struct rec_remotes_params *params;
	char *base; /* of relative locations, ends in /; NULL: none */
};

struct format {
	const char *name;
	bool (*recognises)(const cJSON *root);
	int (*read)(struct loading *loading);
};

static const cJSON *get(const cJSON *object, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(object, key);
}

static int place_error(const struct loading *loading, const char *entry, const char *why)
{
	return rec_report(REC_EINPUT, "cannot use '%s': %s %s", loading->remotes->manifest, entry, why);
}

/* the next track, empty; its entry is taken over */
static struct rec_remote_track *add_track(struct loading *loading, char *entry)
{
	struct rec_remotes *remotes = loading->remotes;
	struct rec_remote_track *tracks;

	if (!entry || remotes->n >= max_tracks) {
		free(entry);
		return NULL;
	}
	tracks = realloc(remotes->tracks, (remotes->n + 1) * sizeof *tracks);
	if (!tracks) {
		free(entry);
		return NULL;
	}
	remotes->tracks = tracks;
	tracks[remotes->n] = (struct rec_remote_track){.entry = entry, .size = -1, .start_ms = -1, .selected = true};
	return &tracks[remotes->n++];
}

static char *entry_of(const char *list, size_t i, const char *rest)
{
	struct rec_buf text = REC_BUF_INIT;

	rec_buf_printf(&text, "%s[%zu]%s", list, i, rest);
	return rec_buf_steal(&text);
}

/* s3://BUCKET/KEY; malloc'd */
static char *in_bucket(const char *bucket, const char *key)
{
	struct rec_buf text = REC_BUF_INIT;

	rec_buf_printf(&text, "s3://%s/%s", bucket, key);
	return rec_buf_steal(&text);
}

/* A URL as the manifest has it, if it may be followed; malloc'd. REC_EINPUT, reported. */
static int take_url(const struct loading *loading, const char *entry, const char *url, char **location)
{
	if (strlen(url) > max_location)
		return place_error(loading, entry, "is longer than 8192 bytes");
	if (strncasecmp(url, "http:", 5) == 0 && !loading->params->allow_insecure)
		return place_error(loading, entry,
		        "is an http URL, which anyone on the way can change; --allow-insecure follows it");
	return (*location = strdup(url)) ? REC_OK : REC_ENOMEM;
}

static int take_size(struct rec_remote_track *track, const struct loading *loading, const cJSON *size)
{
	if (!size || cJSON_IsNull(size))
		return REC_OK;
	if (!cJSON_IsNumber(size) || size->valuedouble < 0 || size->valuedouble > 1e15)
		return place_error(loading, track->entry, "has a size that is none");
	track->size = (int64_t)size->valuedouble;
	return REC_OK;
}

/* Daily */

static const char *const daily_keys[] = {"s3Key", "s3_key", "s3key", "download_link", "url"};
enum { NDAILY_KEYS = sizeof daily_keys / sizeof *daily_keys };

static const cJSON *payload_of(const cJSON *root)
{
	const cJSON *payload = get(root, "payload");

	return cJSON_IsObject(payload) ? payload : root;
}

static bool is_daily(const cJSON *root)
{
	return get(payload_of(root), "tracks") || get(payload_of(root), "recording_id") || get(root, "test");
}

static int daily_location(const struct loading *loading, const char *entry, const cJSON *item, char **location)
{
	const char *bucket = loading->params->bucket ? loading->params->bucket : getenv("S3_BUCKET");

	for (size_t i = 0; i < NDAILY_KEYS; i++) {
		const cJSON *key = get(item, daily_keys[i]);
		if (!cJSON_IsString(key) || !*key->valuestring)
			continue;
		if (rec_remote_is(key->valuestring))
			return take_url(loading, entry, key->valuestring, location);
		if (i > 2)
			return place_error(loading, entry, "has a link that is no URL");
		if (!bucket || !*bucket)
			return rec_report(REC_EUSAGE,
			        "cannot use '%s': it names keys without a bucket; set S3_BUCKET or pass --bucket",
			        loading->remotes->manifest);
		return (*location = in_bucket(bucket, key->valuestring)) ? REC_OK : REC_ENOMEM;
	}
	return place_error(loading, entry, "has no s3Key");
}

static int daily_track(struct loading *loading, const cJSON *item, size_t i)
{
	struct rec_remote_track *track = add_track(loading, entry_of("tracks", i, ""));
	const cJSON *type = get(item, "type");
	int r;

	if (!track)
		return REC_ENOMEM;
	if (!cJSON_IsObject(item))
		return place_error(loading, track->entry, "is no object");
	if ((r = daily_location(loading, track->entry, item, &track->location)) < 0 ||
	        (r = take_size(track, loading, get(item, "size"))) < 0)
		return r;
	if (cJSON_IsString(type) &&
	        (strcmp(type->valuestring, "audio") == 0 || strcmp(type->valuestring, "video") == 0)) {
		track->kind_known = true;
		track->kind = strcmp(type->valuestring, "audio") == 0 ? REC_AUDIO : REC_VIDEO;
	}
	return rec_remotename_read(track);
}

static int read_daily(struct loading *loading)
{
	const cJSON *root = loading->remotes->root;
	const cJSON *payload = payload_of(root);
	const cJSON *tracks = get(payload, "tracks");
	const cJSON *id = get(payload, "recording_id");
	const cJSON *item;
	size_t n = 0;
	int r = REC_OK;

	if (!tracks && get(root, "test"))
		return rec_report(REC_EINPUT, "cannot use '%s': it is the ping that Daily sends to test a webhook",
		        loading->remotes->manifest);
	if (cJSON_IsNull(tracks))
		return place_error(loading, "tracks",
		        "is null: the key that asked may not see them; ask with one that has the rights");
	if (!cJSON_IsArray(tracks))
		return place_error(loading, "tracks", "is missing");
	if (!tracks->child)
		return place_error(loading, "tracks", "is empty: nobody spoke or showed anything");
	if (cJSON_IsString(id) && !(loading->remotes->id = strdup(id->valuestring)))
		return REC_ENOMEM;
	cJSON_ArrayForEach(item, tracks) if (r == REC_OK) r = daily_track(loading, item, n++);
	return r;
}

/* S3's event notification */

static bool is_event(const cJSON *root)
{
	return cJSON_IsArray(get(root, "Records"));
}

static int event_track(struct loading *loading, const cJSON *record, size_t i)
{
	struct rec_remote_track *track = add_track(loading, entry_of("Records", i, ".s3"));
	const cJSON *s3 = get(record, "s3"), *object = get(s3, "object"), *key = get(object, "key");
	const cJSON *name = get(get(s3, "bucket"), "name");
	char *decoded = NULL;

	if (!track)
		return REC_ENOMEM;
	if (!cJSON_IsString(key) || !*key->valuestring || !cJSON_IsString(name) || !*name->valuestring)
		return place_error(loading, track->entry, "has no bucket.name or no object.key");
	int r = rec_uri_decode(key->valuestring, true, &decoded);
	if (r == REC_EINVAL)
		return place_error(loading, track->entry, "has a key that is not URL-encoded");
	if (r < 0)
		return r;
	track->location = in_bucket(name->valuestring, decoded);
	free(decoded);
	if (!track->location)
		return REC_ENOMEM;
	r = take_size(track, loading, get(object, "size"));
	return r < 0 ? r : rec_remotename_read(track);
}

static int read_event(struct loading *loading)
{
	const cJSON *records = get(loading->remotes->root, "Records");
	const cJSON *record;
	size_t n = 0;
	int r = REC_OK;

	if (!records->child)
		return place_error(loading, "Records", "is empty");
	cJSON_ArrayForEach(record, records) if (r == REC_OK) r = event_track(loading, record, n++);
	return r;
}

/* session.json */

static bool is_session(const cJSON *root)
{
	return cJSON_IsArray(get(root, "participants"));
}

static bool goes_up(const char *path)
{
	for (const char *at = path; at; at = strchr(at, '/') ? strchr(at, '/') + 1 : NULL)
		if (strncmp(at, "..", 2) == 0 && (at[2] == '/' || at[2] == '\0'))
			return true;
	return false;
}

static int below(const struct loading *loading, const char *entry, const char *path, char **location)
{
	struct rec_buf text = REC_BUF_INIT;

	if (rec_remote_is(path))
		return take_url(loading, entry, path, location);
	if (!loading->base)
		return place_error(loading, entry, "is no URL, and neither is the manifest; there is nothing to fetch");
	if (*path == '/' || goes_up(path))
		return place_error(loading, entry, "leads out of the session's folder");
	rec_buf_puts(&text, loading->base);
	if (strncasecmp(loading->base, "s3:", 3) == 0)
		rec_buf_puts(&text, path);
	else
		rec_uri_encode(&text, path, strlen(path), true);
	return (*location = rec_buf_steal(&text)) ? REC_OK : REC_ENOMEM;
}

/* The folder that relative locations are below: that of a manifest that is a URL, or session_dir. */
static int find_base(struct loading *loading, const char *manifest)
{
	const cJSON *dir = get(loading->remotes->root, "session_dir");
	const char *inner = cJSON_IsString(dir) ? dir->valuestring : "";
	struct rec_buf text = REC_BUF_INIT;
	int r = REC_OK;

	if (rec_remote_is(inner))
		r = take_url(loading, "session_dir", inner, &loading->base);
	else if (rec_remote_is(manifest)) {
		(void)rec_uri_folder(manifest, &text);
		/* an absolute folder is that of the machine where it was recorded */
		if (*inner && *inner != '/' && strcmp(inner, ".") != 0 && !goes_up(inner))
			rec_buf_puts(&text, inner);
		r = (loading->base = rec_buf_steal(&text)) ? REC_OK : REC_ENOMEM;
	}
	size_t n = loading->base ? strlen(loading->base) : 0;
	if (r == REC_OK && n > 0 && loading->base[n - 1] != '/') {
		rec_buf_printf(&text, "%s/", loading->base);
		free(loading->base);
		r = (loading->base = rec_buf_steal(&text)) ? REC_OK : REC_ENOMEM;
	}
	return r;
}

static int session_path(struct loading *loading, cJSON *object, const char *key, char *entry, cJSON *list)
{
	const cJSON *path = get(object, key);
	struct rec_remote_track *track;
	int r;

	if (!path || cJSON_IsNull(path) || (cJSON_IsString(path) && !*path->valuestring)) {
		free(entry);
		return REC_OK;
	}
	if (!(track = add_track(loading, entry)))
		return REC_ENOMEM;
	if (!cJSON_IsString(path))
		return place_error(loading, track->entry, "is no string");
	track->object = object;
	track->key = key;
	track->list = list;
	r = below(loading, track->entry, path->valuestring, &track->location);
	return r < 0 ? r : rec_remotename_local(track);
}

static int session_participant(struct loading *loading, cJSON *who, size_t i)
{
	cJSON *tracks = cJSON_GetObjectItemCaseSensitive(who, "tracks");
	cJSON *item;
	char rest[64];
	size_t n = 0;
	int r = REC_OK;

	for (int kind = 0; r == REC_OK && kind < 2; kind++) {
		size_t before = loading->remotes->n;
		const char *key = kind == REC_VIDEO ? "video_path" : "audio_path";
		snprintf(rest, sizeof rest, ".%s", key);
		r = session_path(loading, who, key, entry_of("participants", i, rest), NULL);
		if (loading->remotes->n > before) {
			loading->remotes->tracks[before].kind = (enum rec_kind)kind;
			loading->remotes->tracks[before].kind_known = true;
		}
	}
	cJSON_ArrayForEach(item, tracks)
	{
		size_t before = loading->remotes->n;
		const cJSON *kind = get(item, "kind");
		snprintf(rest, sizeof rest, ".tracks[%zu].path", n++);
		if (r == REC_OK)
			r = session_path(loading, item, "path", entry_of("participants", i, rest), tracks);
		if (loading->remotes->n > before && cJSON_IsString(kind)) {
			loading->remotes->tracks[before].kind =
			        strcmp(kind->valuestring, "audio") == 0 ? REC_AUDIO : REC_VIDEO;
			loading->remotes->tracks[before].kind_known = true;
		}
	}
	return r;
}

static int read_session(struct loading *loading)
{
	cJSON *participants = cJSON_GetObjectItemCaseSensitive(loading->remotes->root, "participants");
	const cJSON *id = get(loading->remotes->root, "session_id");
	cJSON *who;
	size_t n = 0;
	int r = REC_OK;

	if (cJSON_IsString(id) && !(loading->remotes->id = strdup(id->valuestring)))
		return REC_ENOMEM;
	cJSON_ArrayForEach(who, participants) if (r == REC_OK) r = session_participant(loading, who, n++);
	return r;
}

static const struct format formats[] = {
        {"s3-event", is_event, read_event},
        {"session.json", is_session, read_session},
        {"daily", is_daily, read_daily},
};
static const size_t nformats = sizeof formats / sizeof *formats;

static int parse(struct rec_remotes *remotes, const char *path)
{
	const struct rec_json_limits limits = REC_JSON_LIMITS;
	char *text = NULL, why[256] = "";
	size_t n = 0;
	int r = rec_source_slurp(path, limits.bytes, &text, &n);

	if (r < 0)
		return r;
	r = rec_json_parse(text, n, &limits, &remotes->root, why);
	free(text);
	return r == REC_EINVAL ? rec_report(REC_EINPUT, "cannot use '%s': %s", remotes->manifest, why) : r;
}

static const struct format *find_format(const struct loading *loading)
{
	const char *from = loading->params->from;

	for (size_t i = 0; i < nformats; i++)
		if (from ? strcmp(from, formats[i].name) == 0 : formats[i].recognises(loading->remotes->root))
			return &formats[i];
	return NULL;
}

/* One file may be named twice (a track that is picture and sound): it is fetched once. */
static int settle_names(struct rec_remotes *remotes, int select)
{
	for (size_t i = 0; i < remotes->n; i++) {
		struct rec_remote_track *track = &remotes->tracks[i];
		if (select >= 0 && track->kind_known && (int)track->kind != select)
			track->selected = false;
	}
	return rec_remotename_settle(remotes);
}

static int load(struct loading *loading, const char *path)
{
	struct rec_remotes *remotes = loading->remotes;
	const struct format *format;
	int r;

	remotes->manifest = strcmp(path, "-") == 0 ? strdup("standard input") : rec_remote_shown(path);
	if (!remotes->manifest)
		return REC_ENOMEM;
	if ((r = parse(remotes, path)) < 0)
		return r;
	format = find_format(loading);
	if (!format)
		return rec_report(REC_EINPUT,
		        "cannot use '%s': it is no manifest that names remote files; known are %s", remotes->manifest,
		        "daily, s3-event and session.json");
	remotes->from = format->name;
	if (!cJSON_IsObject(remotes->root) || !format->recognises(remotes->root))
		return rec_report(
		        REC_EINPUT, "cannot use '%s': it is not of the form %s", remotes->manifest, format->name);
	if ((r = find_base(loading, path)) < 0 || (r = format->read(loading)) < 0)
		return r;
	if (remotes->n == 0)
		return rec_report(REC_EINPUT, "cannot use '%s': it names no files", remotes->manifest);
	return settle_names(remotes, loading->params->select);
}

static bool is_known(const char *from)
{
	for (size_t i = 0; i < nformats; i++)
		if (strcmp(from, formats[i].name) == 0)
			return true;
	return false;
}

int rec_remotes_load(struct rec_remotes **remotes, const char *path, const struct rec_remotes_params *params)
{
	struct rec_remotes *loaded;
	struct loading loading = {.params = params};

	if (params->from && !is_known(params->from))
		return rec_report(REC_EUSAGE,
		        "unknown format '%s' for --from; known are daily, s3-event and session.json", params->from);
	loading.remotes = loaded = calloc(1, sizeof *loaded);
	if (!loaded)
		return REC_ENOMEM;
	int r = load(&loading, path);
	free(loading.base);
	if (r < 0)
		rec_remotes_free(&loaded);
	else
		*remotes = loaded;
	return r;
}

void rec_remotes_free(struct rec_remotes **remotes)
{
	struct rec_remotes *gone = *remotes;

	if (!gone)
		return;
	for (size_t i = 0; i < gone->n; i++) {
		free(gone->tracks[i].entry);
		free(gone->tracks[i].location);
		free(gone->tracks[i].name);
		free(gone->tracks[i].participant);
	}
	free(gone->tracks);
	free(gone->manifest);
	free(gone->id);
	cJSON_Delete(gone->root);
	free(gone);
	*remotes = NULL;
}
