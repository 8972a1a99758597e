/* SPDX-License-Identifier: MIT */
/* rec_session_load(): which manifest, in which format, and the events beside it. */
#include "base/blame.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "base/source.h"
#include "session/archive.h"
#include "session/events.h"
#include "session/model.h"
#include "session/reader.h"
#include "session/store.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* the special forms first: what session.json accepts is wide; those without a manifest last */
static const struct rec_reader *const readers[] = {&rec_dailyraw_reader, &rec_livekit_reader, &rec_s3event_reader,
        &rec_openvidu_reader, &rec_opentok_reader, &rec_roomkit_reader, &rec_sessionjson_reader, &rec_daily_reader,
        &rec_dailyevents_reader, &rec_dailyfolder_reader, &rec_pngfolder_reader, &rec_segments_reader};
static const size_t nreaders = sizeof(readers) / sizeof(readers[0]);

/* of a folder's JSON files together */
static const size_t most_bytes = 64u << 20;

struct loading {
	struct rec_session *session;
	struct rec_manifest manifest;
	const struct rec_reader *reader; /* asked for, or recognised */
	cJSON *root;                     /* what manifest.root is */
	cJSON *events;                   /* found beside it; NULL */
	char *name;                      /* of the manifest inside the folder, for messages */
	char *events_name;
	char **parts; /* the file of each element of root; NULL: root is one file's */
	size_t nparts;
};

const char *rec_session_formats(void)
{
	return "session.json, daily, daily-raw, daily-events, daily-folder, opentok, openvidu, livekit, roomkit, "
	       "s3-event, "
	       "png-folder, segments";
}

int rec_reader_origin(struct rec_session *session, const struct rec_manifest *manifest, const char *why)
{
	free(session->origin_why);
	session->origin_why = strdup(manifest->params->origin >= 0 ? "--origin" : why);
	return session->origin_why ? REC_OK : REC_ENOMEM;
}

static const struct rec_reader *find_reader(const struct rec_manifest *manifest)
{
	for (size_t i = 0; i < nreaders; i++) {
		if (readers[i]->recognises(manifest))
			return readers[i];
	}
	return NULL;
}

/* ${kept}: its bytes, or NULL */
static int parse(const char *path, const struct rec_source *kept, cJSON **root)
{
	const struct rec_json_limits limits = REC_JSON_LIMITS;
	char why[256] = "";
	char *text = NULL;
	struct rec_source *source = NULL;
	size_t n = 0;
	int r = kept ? rec_source_again(kept, &source) : rec_source_open(&source, path);

	if (r == REC_OK)
		r = rec_source_rest(source, limits.bytes, &text, &n);
	rec_source_close(&source);
	if (r < 0)
		return r;
	r = rec_json_parse(text, n, &limits, root, why);
	free(text);
	return r == REC_EINVAL ? rec_report(REC_EINPUT, "cannot use '%s': %s", path, why) : r;
}

static int ask_for(struct loading *loading, const char *name)
{
	for (size_t i = 0; name && i < nreaders; i++) {
		if (strcmp(readers[i]->name, name) == 0)
			loading->reader = readers[i];
	}
	if (name && !loading->reader)
		return rec_report(
		        REC_EUSAGE, "unknown format '%s' for --from; try one of %s", name, rec_session_formats());
	return REC_OK;
}

/* session_id, or else the name of the folder, or of the zip without its ending */
static int default_id(struct rec_session *session)
{
	const char *path = session->archive ? session->archive : session->dir;
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	size_t n = strlen(name);

	if (session->archive && n > 4 && strcasecmp(name + n - 4, ".zip") == 0)
		n -= 4;
	if (!session->id)
		session->id = n > 0 ? strndup(name, n) : strdup("session");
	return session->id ? REC_OK : REC_ENOMEM;
}

static bool ends_in_json(const char *name)
{
	size_t n = strlen(name);

	return n > 5 && strcasecmp(name + n - 5, ".json") == 0;
}

static bool is_session_json(const char *name)
{
	const char *slash = strrchr(name, '/');

	return strcmp(slash ? slash + 1 : name, "session.json") == 0;
}

/* one JSON of the folder, parsed; NULL: it is none, which is nobody's concern. REC_EIO, REC_ENOMEM */
static int parse_member(struct loading *loading, size_t i, size_t *left, cJSON **root)
{
	const struct rec_json_limits limits = REC_JSON_LIMITS;
	const char *name = rec_store_name(loading->manifest.store, i);
	size_t most = *left < limits.bytes ? *left : limits.bytes;
	char *text = NULL;
	char why[256] = "";
	size_t n = 0;
	int r = rec_store_slurp(loading->manifest.store, i, most, &text, &n);

	*root = NULL;
	if (r == REC_ENODATA)
		return REC_OK;
	if (r < 0)
		return r;
	*left -= n;
	r = rec_json_parse(text, n, &limits, root, why);
	free(text);
	if (r != REC_EINVAL)
		return r;
	if (is_session_json(name))
		return rec_report(REC_EINPUT, "cannot use '%s' in '%s': %s", name, loading->manifest.path, why);
	rec_info("'%s' is not JSON: %s", name, why);
	return REC_OK;
}

static int add_part(struct loading *loading, const char *name)
{
	char **parts = reallocarray(loading->parts, loading->nparts + 1, sizeof(*parts));

	if (!parts)
		return REC_ENOMEM;
	loading->parts = parts;
	if (!(parts[loading->nparts] = strdup(name)))
		return REC_ENOMEM;
	loading->nparts++;
	return REC_OK;
}

/* an array of what is in ${root}, itself an array or one object; takes it over */
static cJSON *as_array(cJSON *root)
{
	cJSON *array = cJSON_IsArray(root) ? root : cJSON_CreateArray();

	if (array && array != root)
		cJSON_AddItemToArray(array, root);
	else if (!array)
		cJSON_Delete(root);
	return array;
}

/* LiveKit writes one manifest a track: they are one array. Takes ${root} over. */
static int join_livekit(struct loading *loading, const char *first, const char *name, cJSON *root)
{
	cJSON *rest = as_array(root);
	int r = rest && (loading->root = as_array(loading->root)) ? REC_OK : REC_ENOMEM;

	while (r == REC_OK && loading->nparts < (size_t)cJSON_GetArraySize(loading->root))
		r = add_part(loading, first);
	while (r == REC_OK && rest->child && (r = add_part(loading, name)) == REC_OK)
		cJSON_AddItemToArray(loading->root, cJSON_DetachItemViaPointer(rest, rest->child));
	cJSON_Delete(rest);
	loading->manifest.parts = loading->parts;
	return r;
}

/* What one JSON of the folder is good for; takes it over. */
static int use_member(struct loading *loading, const char *name, cJSON *root)
{
	struct rec_manifest manifest = loading->manifest;
	const struct rec_reader *found;

	manifest.root = root;
	found = find_reader(&manifest);
	if (found == &rec_dailyevents_reader && loading->reader != found && !loading->events) {
		loading->events = root;
		return (loading->events_name = strdup(name)) ? REC_OK : REC_ENOMEM;
	}
	if (found == &rec_livekit_reader && loading->root && loading->reader == found)
		return join_livekit(loading, loading->name, name, root);
	if (!found || (found == &rec_dailyevents_reader && loading->reader != found) ||
	        (loading->reader && !loading->root && loading->reader != found)) {
		cJSON_Delete(root);
		return REC_OK;
	}
	if (loading->root) {
		cJSON_Delete(root);
		return rec_report(REC_EINPUT, "cannot use '%s': it has two manifests, '%s' and '%s'; name one of them",
		        loading->manifest.path, loading->name, name);
	}
	loading->reader = found;
	loading->root = root;
	return (loading->name = strdup(name)) ? REC_OK : REC_ENOMEM;
}

/* session.json decides alone; what else is JSON is looked at */
static int find_manifest(struct loading *loading)
{
	struct rec_store *store = loading->manifest.store;
	size_t left = most_bytes;
	size_t only = SIZE_MAX;
	int r = rec_store_list(store);
	size_t n = rec_store_count(store);

	for (size_t i = 0; i < n && only == SIZE_MAX; i++) {
		if (is_session_json(rec_store_name(store, i)))
			only = i;
	}
	for (size_t i = 0; r == REC_OK && i < n; i++) {
		cJSON *root = NULL;
		if (!ends_in_json(rec_store_name(store, i)) || (only != SIZE_MAX && i != only))
			continue;
		r = parse_member(loading, i, &left, &root);
		if (r == REC_OK && root)
			r = use_member(loading, rec_store_name(store, i), root);
	}
	return r;
}

/* no manifest: the files' own names, or else events that name them */
static int settle_manifest(struct loading *loading)
{
	loading->manifest.root = loading->root;
	if (!loading->reader)
		loading->reader = find_reader(&loading->manifest);
	if (loading->events && (!loading->reader || loading->reader == &rec_segments_reader)) {
		loading->reader = &rec_dailyevents_reader;
		loading->manifest.root = loading->root = loading->events;
		loading->events = NULL;
	}
	if (loading->reader)
		return REC_OK;
	return rec_report(REC_EINPUT,
	        "cannot use '%s': there is no manifest in it that is known, nor files named so that they can be placed",
	        loading->manifest.path);
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int not_one_session(const struct loading *loading, const char *path)
{
	return rec_report(REC_EUSAGE,
	        "'%s' and '%s' are two manifests: only LiveKit's, one a track, are one session together",
	        loading->manifest.path, path);
}

/* the other manifests of the command line */
static int add_more(struct loading *loading)
{
	const struct rec_session_params *params = loading->manifest.params;
	int r = REC_OK;

	for (size_t i = 0; r == REC_OK && i < params->nmore; i++) {
		struct rec_manifest more = loading->manifest;
		cJSON *root = NULL;

		if (!loading->root || loading->reader != &rec_livekit_reader || is_folder(params->more[i]))
			return not_one_session(loading, params->more[i]);
		if ((r = parse(params->more[i], NULL, &root)) < 0)
			return r;
		more.root = root;
		if (!rec_livekit_reader.recognises(&more)) {
			cJSON_Delete(root);
			return not_one_session(loading, params->more[i]);
		}
		r = join_livekit(loading, loading->manifest.path, params->more[i], root);
		if (r == REC_OK && (r = rec_store_is_folder_of(loading->manifest.store, params->more[i])) == 0)
			return rec_report(REC_EUSAGE, "'%s' and '%s' lie in different folders; put them into one",
			        loading->manifest.path, params->more[i]);
		r = r < 0 ? r : REC_OK;
	}
	loading->manifest.root = loading->root;
	return r;
}

static int find_root(struct loading *loading)
{
	const char *path = loading->manifest.path;
	int r = is_folder(path) ? 1 : rec_archive_recognises(path);

	if (r < 0)
		return r;
	if (r > 0) {
		r = find_manifest(loading);
		return r < 0 ? r : settle_manifest(loading);
	}
	r = parse(path, loading->manifest.params->kept, &loading->root);
	if (r < 0)
		return r;
	loading->manifest.root = loading->root;
	if (!loading->reader)
		loading->reader = find_reader(&loading->manifest);
	if (loading->reader)
		return REC_OK;
	return rec_report(REC_EINPUT,
	        "cannot use '%s': participants is missing, and it is no other manifest that is known", path);
}

static int apply_file(struct loading *loading, const char *path, const struct rec_source *kept)
{
	cJSON *root = NULL;
	int r = parse(path, kept, &root);

	if (r == REC_OK)
		r = rec_events_apply(loading->session, root, path);
	cJSON_Delete(root);
	return r;
}

/* `events` of session.json: the events themselves, or the name of their file */
static int apply_member(struct loading *loading)
{
	const cJSON *events = cJSON_GetObjectItemCaseSensitive(loading->root, "events");
	const struct rec_source *kept = NULL;
	char *path = NULL;
	int r;

	if (cJSON_IsArray(events))
		return rec_events_recognises(loading->root)
		               ? rec_events_apply(loading->session, loading->root, loading->manifest.path)
		               : REC_OK;
	if (!cJSON_IsString(events))
		return REC_OK;
	r = rec_store_find(loading->manifest.store, "events", events->valuestring, &path, &kept);
	if (r == REC_OK)
		r = apply_file(loading, path, kept);
	free(path);
	return r;
}

/* The option beats what the manifest names, which beats what lies beside it. */
static int load_events(struct loading *loading)
{
	if (loading->manifest.params->events)
		return apply_file(loading, loading->manifest.params->events, NULL);
	if (loading->reader == &rec_sessionjson_reader)
		return apply_member(loading);
	return loading->events ? rec_events_apply(loading->session, loading->events, loading->events_name) : REC_OK;
}

static int run(struct loading *loading)
{
	struct rec_session *session = loading->session;
	const struct rec_manifest *manifest = &loading->manifest;
	int r;

	if ((r = ask_for(loading, manifest->params->from)) < 0 || (r = find_root(loading)) < 0 ||
	        (r = add_more(loading)) < 0 || (r = loading->reader->read(session, manifest)) < 0)
		return r;
	if (!(session->from = strdup(loading->reader->name)))
		return REC_ENOMEM;
	if (!session->origin_why && (r = rec_reader_origin(session, manifest, "the manifest")) < 0)
		return r;
	r = default_id(session);
	return r < 0 ? r : load_events(loading);
}

static int load(struct rec_session *session, const char *path, const struct rec_session_params *params)
{
	struct loading loading = {.session = session, .manifest = {.path = path, .params = params}};
	int r = rec_store_open(&loading.manifest.store, session, path, params);

	if (r == REC_OK)
		r = run(&loading);
	cJSON_Delete(loading.root);
	cJSON_Delete(loading.events);
	free(loading.name);
	free(loading.events_name);
	for (size_t i = 0; i < loading.nparts; i++)
		free(loading.parts[i]);
	free(loading.parts);
	rec_store_close(&loading.manifest.store);
	return r;
}

/* $RECORDINGS_DIR/NAME/session.json for a bare name that is no file; otherwise, or without memory, NULL */
static char *in_recordings(const char *path)
{
	const char *folder = getenv("RECORDINGS_DIR");
	struct rec_buf found = REC_BUF_INIT;
	struct stat st;
	bool here;

	if (!folder || !*folder || strchr(path, '/'))
		return NULL;
	if (!*path || strcmp(path, "-") == 0 || strcmp(path, ".") == 0 || strcmp(path, "..") == 0)
		return NULL;
	here = stat(path, &st) == 0;
	if (here && !S_ISDIR(st.st_mode))
		return NULL;
	rec_buf_printf(&found, "%s/%s/session.json", folder, path);
	if (here && found.data && stat(found.data, &st) != 0) /* a folder here, and none there */
		rec_buf_free(&found);
	return found.data ? rec_buf_steal(&found) : NULL;
}

int rec_session_load(struct rec_session **session, const char *path, const struct rec_session_params *params)
{
	static const struct rec_session_params defaults = REC_SESSION_PARAMS;
	struct rec_session *loaded = NULL;
	char *found = in_recordings(path);
	int blame = rec_blame_begin(path);
	int r = rec_model_new(&loaded);

	if (r == REC_OK)
		r = load(loaded, found ? found : path, params ? params : &defaults);
	rec_blame_end(blame);
	free(found);
	if (r < 0)
		rec_session_free(&loaded);
	else
		*session = loaded;
	return r;
}
