/* SPDX-License-Identifier: MIT */
/* rec-fetch: the remote tracks of a recording into a folder, with their session.json; or, with --purge, away from where they are. */
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "base/reach.h"
#include "base/remote.h"
#include "base/tool.h"
#include "net/fetch.h"
#include "net/net.h"
#include "net/put.h"
#include "session/remotes.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *const kinds[] = {"audio", "video", "all", NULL};
enum { SELECT_ALL = 2 };

struct options {
	struct rec_common common;
	const char *folder;
	const char *from;
	const char *bucket;
	int select;
	int jobs;
	bool partial;
	bool allow_insecure;
	bool allow_truncated;
	bool no_checksum;
	int64_t max_size;
	int max_redirs;
	bool dry_run;
	bool purge;
	struct rec_strings operands;
};

#define AT(member) offsetof(struct options, member)

static const struct rec_opt table[] = {{0, NULL, REC_OPT_HEADING, 0, NULL, 0, 0, NULL, "Input"},
        {0, "from", REC_OPT_STR, AT(from), "NAME", 0, 0, NULL,
                "the manifest's form: daily, s3-event or session.json (told from the content)"},
        {0, "bucket", REC_OPT_STR, AT(bucket), "NAME", 0, 0, NULL, "the bucket of keys without one ($S3_BUCKET)"},
        {0, "select", REC_OPT_CHOICE, AT(select), "KIND", 0, 0, kinds, "fetch audio, video or all (all)"},
        {0, "allow-insecure", REC_OPT_FLAG, AT(allow_insecure), NULL, 0, 0, NULL,
                "follow http:// in the manifest, which anyone on the way can change"},
        {0, "allow-truncated", REC_OPT_FLAG, AT(allow_truncated), NULL, 0, 0, NULL,
                "take what comes from a server that does not say where it ends"},
        {0, "no-checksum", REC_OPT_FLAG, AT(no_checksum), NULL, 0, 0, NULL,
                "do not take an ETag of 32 digits for the content's MD5"},
        {0, "max-size", REC_OPT_BITS, AT(max_size), "BYTES", 1, 1e15, NULL, "refuse a file larger than this (64G)"},
        {0, "max-redirs", REC_OPT_INT, AT(max_redirs), "N", 0, 100, NULL, "follow at most N redirects (10)"},
        {0, NULL, REC_OPT_HEADING, 0, NULL, 0, 0, NULL, "Output"},
        {'d', "directory", REC_OPT_STR, AT(folder), "DIR", 0, 0, NULL, "put tracks and session.json into DIR"},
        {0, "partial", REC_OPT_FLAG, AT(partial), NULL, 0, 0, NULL,
                "keep what came when a track is missing, and exit 5, instead of 4 and nothing"},
        {0, "dry-run", REC_OPT_FLAG, AT(dry_run), NULL, 0, 0, NULL,
                "list what would be fetched or deleted, and do nothing"},
        {0, "purge", REC_OPT_FLAG, AT(purge), NULL, 0, 0, NULL,
                "delete every remote track of the recording instead, and list them"},
        {0, NULL, REC_OPT_HEADING, 0, NULL, 0, 0, NULL, "Work"},
        {'j', "jobs", REC_OPT_INT, AT(jobs), "N", 1, 64, NULL, "fetch N files at once (8)"},
        REC_COMMON_OPTS(struct options, common), REC_OPT_END};

/* DIR.part lies beside DIR, and becomes it */
static void reach(const void *options, struct rec_reach *reach)
{
	const struct options *o = options;

	reach->network = true;
	if (o->folder && *o->folder)
		rec_reach_beside(reach, REC_REACH_TREE, o->folder);
}

static const struct rec_tool tool = {"rec-fetch", "-d DIR MANIFEST|-",
        "fetch a recording's remote tracks into a folder", table, AT(common), AT(operands), 1, 1, reach};

static const struct options defaults = {
        .select = SELECT_ALL, .jobs = 8, .max_size = INT64_C(64000000000), .max_redirs = 10};

/* What is fetched or deleted: each location once. */
struct list {
	struct rec_fetch_file *files;
	const struct rec_remote_track **tracks; /* the first one that names it */
	bool *gone;
	size_t n;
};

static int make_list(struct list *list, const struct rec_remotes *remotes, bool everything)
{
	list->files = calloc(remotes->n + 1, sizeof *list->files);
	list->tracks = calloc(remotes->n + 1, sizeof *list->tracks);
	list->gone = calloc(remotes->n + 1, sizeof *list->gone);
	if (!list->files || !list->tracks || !list->gone)
		return REC_ENOMEM;
	for (size_t i = 0; i < remotes->n; i++) {
		const struct rec_remote_track *track = &remotes->tracks[i];
		bool listed = false;
		for (size_t j = 0; j < list->n; j++)
			listed |= strcmp(list->files[j].name, track->name) == 0;
		if (listed || !(track->selected || everything))
			continue;
		list->tracks[list->n] = track;
		list->files[list->n++] =
		        (struct rec_fetch_file){.location = track->location, .name = track->name, .size = track->size};
	}
	if (list->n == 0)
		return rec_report(REC_EINPUT, "cannot use '%s': no track of that kind in it", remotes->manifest);
	return REC_OK;
}

static void free_list(struct list *list)
{
	free(list->files);
	free(list->tracks);
	free(list->gone);
}

static int print_summary(const struct options *o, const struct rec_remotes *remotes, const struct list *list)
{
	struct rec_buf text = REC_BUF_INIT;
	struct rec_json json = {.buf = &text, .pretty = true};
	int64_t bytes = 0, left = 0;
	int err;

	rec_json_object(&json, NULL);
	rec_json_str(&json, "session_id", remotes->id);
	rec_json_str(&json, "from", remotes->from);
	if (!o->purge)
		rec_json_str(&json, "output", o->folder);
	rec_json_bool(&json, "dry_run", o->dry_run);
	rec_json_array(&json, "files");
	for (size_t i = 0; i < list->n; i++) {
		const struct rec_fetch_file *file = &list->files[i];
		char *shown = rec_remote_shown(file->location);
		int64_t size = file->here ? file->version.total : file->size;
		rec_json_object(&json, NULL);
		rec_json_str(&json, "entry", list->tracks[i]->entry);
		rec_json_str(&json, "location", shown);
		if (!o->purge)
			rec_json_str(&json, "file", file->name);
		if (size >= 0)
			rec_json_int(&json, "bytes", size);
		if (file->here && file->version.etag[0])
			rec_json_str(&json, "etag", file->version.etag);
		if (!o->dry_run)
			rec_json_bool(&json, o->purge ? "deleted" : "fetched", o->purge ? list->gone[i] : file->here);
		rec_json_end_object(&json);
		free(shown);
		bytes += file->here ? size : 0;
		left += !(o->purge ? list->gone[i] : file->here);
	}
	rec_json_end_array(&json);
	if (!o->purge)
		rec_json_int(&json, "bytes", bytes);
	rec_json_int(&json, "left_out", o->dry_run ? 0 : left);
	rec_json_warnings(&json);
	rec_json_end_object(&json);
	err = rec_tool_summary(NULL, &text);
	rec_buf_free(&text);
	return err;
}

static int print_list(const struct list *list, const bool *which)
{
	struct rec_buf text = REC_BUF_INIT;
	int err;

	for (size_t i = 0; i < list->n; i++) {
		char *shown = which && !which[i] ? NULL : rec_remote_shown(list->files[i].location);
		if (!shown)
			continue;
		rec_escape(&text, shown);
		rec_buf_puts(&text, "\n");
		free(shown);
	}
	err = text.failed ? REC_ENOMEM : rec_print(rec_buf_str(&text));
	rec_buf_free(&text);
	return err;
}

/* Every one is tried, so that as little as possible is left. */
static int purge(const struct list *list)
{
	int err = REC_OK;

	for (size_t i = 0; i < list->n; i++) {
		struct rec_target target;
		int r = rec_target_parse(&target, list->files[i].location);
		if (r == REC_OK) {
			r = rec_put_remove(&target);
			rec_target_free(&target);
		}
		list->gone[i] = r == REC_OK;
		if (r < 0)
			err = REC_EREMOTE;
	}
	return err;
}

static void mark_here(struct rec_remotes *remotes, const struct list *list)
{
	for (size_t i = 0; i < remotes->n; i++)
		for (size_t j = 0; j < list->n; j++)
			if (remotes->tracks[i].selected && strcmp(remotes->tracks[i].name, list->files[j].name) == 0)
				remotes->tracks[i].here = list->files[j].here;
}

static int add_session(struct rec_fetch *fetch, struct rec_remotes *remotes)
{
	struct rec_buf text = REC_BUF_INIT;
	int err = rec_remotes_session(remotes, rec_fetch_folder(fetch), &text);

	if (err == REC_OK)
		err = rec_fetch_add(fetch, "session.json", text.data, text.len);
	rec_buf_free(&text);
	return err;
}

static int fetch_all(const struct options *o, struct rec_remotes *remotes, struct list *list)
{
	struct rec_fetch_params params = {.jobs = o->jobs,
	        .partial = o->partial,
	        .get = REC_GET_PARAMS,
	        .progress = o->common.quiet ? REC_PROGRESS_NONE : (enum rec_progress_mode)o->common.progress};
	struct rec_fetch *fetch = NULL;
	int err = rec_fetch_begin(&fetch, o->folder, o->common.no_clobber), left = REC_OK;

	params.get.max_bytes = o->max_size;
	params.get.max_redirs = o->max_redirs;
	params.get.allow_truncated = o->allow_truncated;
	params.get.no_checksum = o->no_checksum;
	if (err == REC_OK)
		err = left = rec_fetch_run(fetch, list->files, list->n, &params);
	if (err == REC_OK || err == REC_ELEFTOUT) {
		mark_here(remotes, list);
		err = add_session(fetch, remotes);
	}
	if (err == REC_OK)
		err = rec_fetch_commit(&fetch);
	rec_fetch_discard(&fetch);
	return err == REC_OK ? left : err;
}

static int work(const struct options *o, struct rec_remotes *remotes)
{
	struct list list = {0};
	int err = make_list(&list, remotes, o->purge);

	/* of what comes with --partial one file may be left, which needs no place */
	if (err == REC_OK && !o->purge && !o->partial)
		err = rec_remotes_check_places(remotes, false);
	if (err == REC_OK && !o->dry_run)
		err = o->purge ? purge(&list) : fetch_all(o, remotes, &list);
	/* what was deleted is told also where something stayed */
	if (err == REC_OK || err == REC_ELEFTOUT || (o->purge && err == REC_EREMOTE)) {
		int said = REC_OK;
		if (o->common.json)
			said = print_summary(o, remotes, &list);
		else if (o->dry_run || o->purge)
			said = print_list(&list, o->dry_run ? NULL : list.gone);
		err = said < 0 ? said : err;
	}
	free_list(&list);
	return err;
}

static int run(void *options)
{
	struct options *o = options;
	struct rec_remotes_params params = {.bucket = o->bucket,
	        .from = o->from,
	        .allow_insecure = o->allow_insecure,
	        .select = o->select == SELECT_ALL ? -1 : o->select};
	struct rec_remotes *remotes = NULL;
	int err;

	if (o->purge && o->folder)
		return rec_report(REC_EUSAGE, "--purge and --directory do not go together");
	if (o->purge && o->select != SELECT_ALL)
		return rec_report(REC_EUSAGE, "--purge deletes every kind; leave out --select");
	if (!o->purge && !o->dry_run && (!o->folder || !*o->folder))
		return rec_report(REC_EUSAGE, "no folder: pass -d DIR");
	err = rec_remotes_load(&remotes, o->operands.items[0], &params);
	if (err == REC_OK)
		err = work(o, remotes);
	rec_remotes_free(&remotes);
	return err;
}

int main(int argc, char **argv)
{
	struct options options = defaults;

	rec_net_install();
	return rec_tool_main(&tool, &options, run, argc, argv);
}
