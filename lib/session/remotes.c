/* SPDX-License-Identifier: MIT */
#include "session/remotes.h"

#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "base/remote.h"
#include "base/source.h"
#include "session/remotename.h"
#include "session/remotes_parts.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const size_t max_tracks = 10000;
static const size_t max_location = 8192;

const cJSON *rec_remotes_get(const cJSON *object, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(object, key);
}

int rec_remotes_error(const struct rec_remotes_loading *loading, const char *entry, const char *why)
{
	return rec_report(REC_EINPUT, "cannot use '%s': %s %s", loading->remotes->manifest, entry, why);
}

int rec_remotes_add(struct rec_remotes_loading *loading, char *entry, struct rec_remote_track **track)
{
	struct rec_remotes *remotes = loading->remotes;
	struct rec_remote_track *tracks;
	int r = REC_OK;

	*track = NULL;
	if (!entry)
		return REC_ENOMEM;
	if (remotes->n >= max_tracks)
		r = rec_remotes_error(loading, entry, "is one too many: at most 10000 tracks are fetched at once");
	tracks = r == REC_OK ? realloc(remotes->tracks, (remotes->n + 1) * sizeof *tracks) : NULL;
	if (!tracks) {
		free(entry);
		return r < 0 ? r : REC_ENOMEM;
	}
	remotes->tracks = tracks;
	*track = &tracks[remotes->n++];
	**track = (struct rec_remote_track){.entry = entry, .size = -1, .start_ms = -1, .selected = true};
	return REC_OK;
}

char *rec_remotes_entry(const char *list, size_t i, const char *rest)
{
	struct rec_buf text = REC_BUF_INIT;

	rec_buf_printf(&text, "%s[%zu]%s", list, i, rest);
	return rec_buf_steal(&text);
}

char *rec_remotes_in_bucket(const char *bucket, const char *key)
{
	struct rec_buf text = REC_BUF_INIT;

	rec_buf_printf(&text, "s3://%s/%s", bucket, key);
	return rec_buf_steal(&text);
}

int rec_remotes_take_url(const struct rec_remotes_loading *loading, const char *entry, const char *url, char **location)
{
	if (strlen(url) > max_location)
		return rec_remotes_error(loading, entry, "is longer than 8192 bytes");
	if (strncasecmp(url, "http:", 5) == 0 && !loading->params->allow_insecure)
		return rec_remotes_error(loading, entry,
		        "is an http URL, which anyone on the way can change; --allow-insecure follows it");
	return (*location = strdup(url)) ? REC_OK : REC_ENOMEM;
}

int rec_remotes_take_size(struct rec_remote_track *track, const struct rec_remotes_loading *loading, const cJSON *size)
{
	if (!size || cJSON_IsNull(size))
		return REC_OK;
	if (!cJSON_IsNumber(size) || size->valuedouble < 0 || size->valuedouble > 1e15)
		return rec_remotes_error(loading, track->entry, "has a size that is none");
	track->size = (int64_t)size->valuedouble;
	return REC_OK;
}

static const struct rec_remotes_format *const formats[] = {
        &rec_remotesevent_format, &rec_remotesjson_format, &rec_remotesdaily_format};
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

static const struct rec_remotes_format *find_format(const struct rec_remotes_loading *loading)
{
	const char *from = loading->params->from;

	for (size_t i = 0; i < nformats; i++)
		if (from ? strcmp(from, formats[i]->name) == 0 : formats[i]->recognises(loading->remotes->root))
			return formats[i];
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

static int load(struct rec_remotes_loading *loading)
{
	const char *path = loading->path;
	struct rec_remotes *remotes = loading->remotes;
	const struct rec_remotes_format *format;
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
	if ((r = format->read(loading)) < 0)
		return r;
	if (remotes->n == 0)
		return rec_report(REC_EINPUT, "cannot use '%s': it names no files", remotes->manifest);
	return settle_names(remotes, loading->params->select);
}

static bool is_known(const char *from)
{
	for (size_t i = 0; i < nformats; i++)
		if (strcmp(from, formats[i]->name) == 0)
			return true;
	return false;
}

int rec_remotes_load(struct rec_remotes **remotes, const char *path, const struct rec_remotes_params *params)
{
	struct rec_remotes *loaded;
	struct rec_remotes_loading loading = {.params = params, .path = path};

	if (params->from && !is_known(params->from))
		return rec_report(REC_EUSAGE,
		        "unknown format '%s' for --from; known are daily, s3-event and session.json", params->from);
	loading.remotes = loaded = calloc(1, sizeof *loaded);
	if (!loaded)
		return REC_ENOMEM;
	int r = load(&loading);
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
