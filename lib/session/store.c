/* SPDX-License-Identifier: MIT */
#include "session/store.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "base/source.h"
#include "session/archive.h"
#include "session/model.h"
#include "session/paths.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

static const size_t max_files = 100000;
/* what a recorder's name may lack on disk */
static const char *const endings[] = {"", ".webm", ".mp4", ".mkv", ".ogg"};

struct rec_store {
	struct rec_session *session;
	char *path;
	struct rec_paths paths;        /* of a folder */
	struct rec_archive *archive;   /* or this */
	struct rec_source **extracted; /* one for each member: its bytes, the session's, or NULL */
	char **names;                  /* of a folder */
	size_t nnames;
	bool listed;
};

static int open_zip(struct rec_store *store)
{
	int r = rec_archive_open(&store->archive, store->path);

	if (r < 0)
		return r;
	store->session->archive = strdup(store->path);
	store->extracted = calloc(rec_archive_count(store->archive) + 1, sizeof(struct rec_source *));
	return store->session->archive && store->extracted ? REC_OK : REC_ENOMEM;
}

int rec_store_open(
        struct rec_store **out, struct rec_session *session, const char *path, const struct rec_session_params *params)
{
	struct rec_store *store = calloc(1, sizeof(*store));
	int r = REC_ENOMEM;

	if (store) {
		store->session = session;
		store->path = strdup(path);
	}
	if (store && store->path)
		r = rec_paths_open(&store->paths, store->path, NULL, params->allow_outside);
	if (r == REC_OK) {
		store->paths.allow_remote = params->allow_remote;
		store->paths.allow_insecure = params->allow_insecure;
	}
	if (r == REC_OK && (r = rec_archive_recognises(path)) > 0)
		r = open_zip(store);
	if (r == REC_OK && !session->dir && !(session->dir = strdup(store->paths.dir)))
		r = REC_ENOMEM;
	if (r < 0)
		rec_store_close(&store);
	*out = store;
	return r;
}

int rec_store_is_folder_of(const struct rec_store *store, const char *path)
{
	struct rec_paths paths;
	bool same;
	int r;

	if (store->archive)
		return 0;
	if ((r = rec_paths_open(&paths, path, NULL, true)) < 0)
		return r == REC_ENOMEM ? r : 0;
	same = strcmp(paths.root, store->paths.root) == 0;
	rec_paths_close(&paths);
	return same;
}

bool rec_store_is_zip(const struct rec_store *store)
{
	return store->archive != NULL;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int add_name(struct rec_store *store, const char *name)
{
	size_t n = store->nnames;

	if (n == max_files)
		return rec_report(
		        REC_EINPUT, "cannot use '%s': there are more than %zu files in it", store->path, max_files);
	if ((n & (n - 1)) == 0) {
		char **grown = reallocarray(store->names, n > 0 ? 2 * n : 1, sizeof(*grown));
		if (!grown)
			return REC_ENOMEM;
		store->names = grown;
	}
	if (!(store->names[n] = strdup(name)))
		return REC_ENOMEM;
	store->nnames++;
	return REC_OK;
}

/* hidden files are nobody's recording */
static int list_folder(struct rec_store *store)
{
	DIR *folder = opendir(store->paths.dir);
	struct dirent *entry;
	int r = REC_OK;

	if (!folder)
		return errno == ENOMEM ? REC_ENOMEM
		                       : rec_report(REC_EINPUT, "cannot read '%s': %s", store->path, strerror(errno));
	while (r == REC_OK && (entry = readdir(folder))) {
		if (entry->d_name[0] != '.')
			r = add_name(store, entry->d_name);
	}
	closedir(folder);
	if (store->nnames > 0)
		qsort(store->names, store->nnames, sizeof(*store->names), by_name);
	return r;
}

int rec_store_list(struct rec_store *store)
{
	int r = store->archive || store->listed ? REC_OK : list_folder(store);

	store->listed = true;
	return r;
}

size_t rec_store_count(const struct rec_store *store)
{
	return store->archive ? rec_archive_count(store->archive) : store->nnames;
}

const char *rec_store_name(const struct rec_store *store, size_t i)
{
	return store->archive ? rec_archive_name(store->archive, i) : store->names[i];
}

static int extract(struct rec_store *store, size_t i)
{
	struct rec_source *source = NULL;
	int r = store->extracted[i] ? REC_OK : rec_archive_extract(store->archive, i, &source);

	if (r < 0 || store->extracted[i])
		return r;
	r = rec_model_keep(store->session, source);
	if (r == REC_OK)
		store->extracted[i] = source;
	return r;
}

/* the whole of a member */
static int slurp_member(struct rec_store *store, size_t i, size_t limit, char **text, size_t *n)
{
	struct rec_source *source = NULL;
	int r = extract(store, i);

	if (r == REC_OK)
		r = rec_source_again(store->extracted[i], &source);
	if (r == REC_OK)
		r = rec_source_rest(source, limit, text, n);
	rec_source_close(&source);
	return r;
}

/* a pipe in a folder has no writer that anyone knows of: opening it would wait for ever */
static int slurp_file(const char *path, size_t limit, char **text, size_t *n)
{
	struct stat st;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return REC_ENODATA;
	return rec_source_slurp(path, limit, text, n);
}

int rec_store_slurp(struct rec_store *store, size_t i, size_t limit, char **text, size_t *n)
{
	struct rec_buf path = REC_BUF_INIT;
	int r;

	if (store->archive)
		return slurp_member(store, i, limit, text, n);
	rec_buf_printf(&path, "%s/%s", store->paths.dir, store->names[i]);
	r = path.failed ? REC_ENOMEM : slurp_file(path.data, limit, text, n);
	rec_buf_free(&path);
	return r;
}

/* the last part of a key, a path or a URL without its query; malloc'd */
static char *last_part(const char *location)
{
	bool url = strstr(location, "://") != NULL;
	size_t n = url ? strcspn(location, "?#") : strlen(location);
	size_t start = n;

	while (start > 0 && location[start - 1] != '/')
		start--;
	return strndup(location + start, n - start);
}

static const char *base_of(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? slash + 1 : name;
}

/* SIZE_MAX: none */
static size_t find_member(const struct rec_store *store, const char *location, const char *last)
{
	size_t n = rec_archive_count(store->archive);

	for (size_t i = 0; i < n; i++) {
		if (strcmp(rec_archive_name(store->archive, i), location) == 0)
			return i;
	}
	for (size_t e = 0; e < sizeof(endings) / sizeof(endings[0]); e++) {
		for (size_t i = 0; i < n; i++) {
			const char *base = base_of(rec_archive_name(store->archive, i));
			if (strncmp(base, last, strlen(last)) == 0 && strcmp(base + strlen(last), endings[e]) == 0)
				return i;
		}
	}
	return SIZE_MAX;
}

static int find_in_zip(
        struct rec_store *store, const char *location, const char *last, char **path, const struct rec_source **kept)
{
	size_t i = *last ? find_member(store, location, last) : SIZE_MAX;
	int r;

	if (i == SIZE_MAX && asprintf(path, "%s: %s", store->path, last) < 0)
		*path = NULL;
	if (i == SIZE_MAX)
		return *path ? REC_OK : REC_ENOMEM;
	if ((r = extract(store, i)) < 0)
		return r;
	*kept = store->extracted[i];
	return (*path = strdup(rec_source_name(*kept))) ? REC_OK : REC_ENOMEM;
}

/* whether folder/name.ending is there; then ${name} is that, resolved and checked as any location is */
static int try_beside(struct rec_store *store, const char *entry, const char *last, char **path)
{
	for (size_t e = 0; *last && e < sizeof(endings) / sizeof(endings[0]); e++) {
		struct rec_buf name = REC_BUF_INIT;
		struct rec_buf whole = REC_BUF_INIT;
		int r = REC_ENODATA;

		rec_buf_printf(&name, "%s%s", last, endings[e]);
		rec_buf_printf(&whole, "%s/%s", store->paths.dir, rec_buf_str(&name));
		if (name.failed || whole.failed)
			r = REC_ENOMEM;
		else if (access(whole.data, F_OK) == 0)
			r = rec_paths_resolve(&store->paths, entry, name.data, path);
		rec_buf_free(&name);
		rec_buf_free(&whole);
		if (r != REC_ENODATA)
			return r;
	}
	return REC_ENODATA;
}

/* a path of the recorder's own machine, or file://: its folder means nothing here */
static bool is_foreign_path(const char *location)
{
	return location[0] == '/' || strncasecmp(location, "file:///", 8) == 0;
}

static int find_in_folder(
        struct rec_store *store, const char *entry, const char *location, const char *last, char **path)
{
	bool foreign = is_foreign_path(location);
	bool elsewhere = foreign || strstr(location, "://");
	char *spelled = NULL;
	int r = REC_ENODATA;

	if (!*last || strcmp(last, ".") == 0 || strcmp(last, "..") == 0)
		return rec_paths_resolve(&store->paths, entry, location, path);
	if ((!elsewhere || (store->paths.anywhere && location[0] == '/')) &&
	        (r = rec_paths_resolve(&store->paths, entry, location, &spelled)) < 0)
		return r;
	if (spelled && access(spelled, F_OK) == 0) {
		*path = spelled;
		return REC_OK;
	}
	r = try_beside(store, entry, last, path);
	if (r == REC_ENODATA && spelled && !elsewhere) {
		*path = spelled;
		return REC_OK;
	}
	free(spelled);
	return r == REC_ENODATA ? rec_paths_resolve(&store->paths, entry, foreign ? last : location, path) : r;
}

int rec_store_find(
        struct rec_store *store, const char *entry, const char *location, char **path, const struct rec_source **kept)
{
	char *last = last_part(location);
	int r;

	if (!last)
		return REC_ENOMEM;
	*kept = NULL;
	r = store->archive ? find_in_zip(store, location, last, path, kept)
	                   : find_in_folder(store, entry, location, last, path);
	free(last);
	return r;
}

void rec_store_close(struct rec_store **store)
{
	struct rec_store *gone = *store;

	*store = NULL;
	if (!gone)
		return;
	for (size_t i = 0; i < gone->nnames; i++)
		free(gone->names[i]);
	free(gone->extracted);
	free(gone->names);
	rec_archive_close(&gone->archive);
	rec_paths_close(&gone->paths);
	free(gone->path);
	free(gone);
}
