/* SPDX-License-Identifier: MIT */
/* rec-publish: files to where people find them, a bucket or a server; each appears whole or not at all. */
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "base/reach.h"
#include "base/remote.h"
#include "base/tool.h"
#include "net/net.h"
#include "net/publish.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const acls[] = {
        "private", "public-read", "authenticated-read", "bucket-owner-read", "bucket-owner-full-control", NULL};

struct options {
	struct rec_common common;
	const char *type;
	struct rec_strings headers;
	int acl;
	int jobs;
	bool delete_source;
	struct rec_strings operands;
};

#define AT(member) offsetof(struct options, member)

static const struct rec_opt table[] = {{0, NULL, REC_OPT_HEADING, 0, NULL, 0, 0, NULL, "Output"},
        {0, "type", REC_OPT_STR, AT(type), "TYPE", 0, 0, NULL, "the Content-Type (by the file's ending)"},
        {0, "header", REC_OPT_LIST, AT(headers), "NAME: VALUE", 0, 0, NULL,
                "send this header too, such as 'Cache-Control: max-age=3600'; again for more"},
        {0, "acl", REC_OPT_CHOICE, AT(acl), "NAME", 0, 0, acls,
                "who may read it: private, public-read, authenticated-read, bucket-owner-read or "
                "bucket-owner-full-control (as the bucket says)"},
        {0, "delete-source", REC_OPT_FLAG, AT(delete_source), NULL, 0, 0, NULL,
                "delete each file once the server says that it has it whole"},
        {0, NULL, REC_OPT_HEADING, 0, NULL, 0, 0, NULL, "Work"},
        {'j', "jobs", REC_OPT_INT, AT(jobs), "N", 1, 32, NULL, "send N files or parts at once (4)"},
        REC_COMMON_OPTS(struct options, common), REC_OPT_END};

static void reach(const void *options, struct rec_reach *reach)
{
	const struct options *o = options;

	rec_reach_output(reach, o->operands.items[o->operands.n - 1]);
	for (size_t i = 0; o->delete_source && i + 1 < o->operands.n; i++)
		rec_reach_beside(reach, REC_REACH_FILES, o->operands.items[i]);
}

static const struct rec_tool tool = {"rec-publish", "FILE... s3://BUCKET/PREFIX/ | URL",
        "put files into a bucket or onto a server, and print their URLs", table, AT(common), AT(operands), 2, -1,
        reach};

static const struct options defaults = {.acl = -1, .jobs = 4};

/* "Name: value" of the command line; name and value are cut out of a copy */
static int split_header(char *text, struct rec_field *field)
{
	static const char token[] = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	static const char *const ours[] = {"host", "authorization", "content-length", "content-md5",
	        "transfer-encoding", "if-none-match", "x-amz-date", "x-amz-content-sha256", "x-amz-security-token",
	        NULL};
	char *colon = strchr(text, ':');
	bool fine = colon && colon > text && strspn(text, token) == (size_t)(colon - text);

	for (const char *c = colon; fine && *c; c++)
		fine = (unsigned char)*c >= ' ' && *c != 0x7F;
	if (!fine)
		return rec_report(REC_EUSAGE, "a --header is no header; write --header 'Name: value'");
	*colon = '\0';
	for (size_t i = 0; ours[i]; i++)
		if (strcasecmp(text, ours[i]) == 0)
			return rec_report(REC_EUSAGE, "--header cannot set '%s', which follows from the file", text);
	*field = (struct rec_field){text, colon + 1 + strspn(colon + 1, " ")};
	return REC_OK;
}

/* It is sent as a header as it is. */
static int check_type(const char *type)
{
	bool fine = !type || *type;

	for (const char *c = type; c && *c; c++)
		fine &= (unsigned char)*c >= ' ' && *c != 0x7F;
	return fine ? REC_OK : rec_report(REC_EUSAGE, "a --type is no type; write one such as --type video/mp4");
}

/* The headers that were asked for; copies holds what they point into. */
static int make_headers(const struct options *o, char **copies, struct rec_field *fields, size_t *n)
{
	int err = check_type(o->type);

	*n = 0;
	for (size_t i = 0; err == REC_OK && i < o->headers.n; i++) {
		copies[i] = strdup(o->headers.items[i]);
		err = copies[i] ? split_header(copies[i], &fields[*n]) : REC_ENOMEM;
		*n += err == REC_OK;
	}
	if (o->acl >= 0)
		fields[(*n)++] = (struct rec_field){"x-amz-acl", acls[o->acl]};
	return err;
}

/* All is looked at before anything is sent. */
static int open_files(const struct options *o, struct rec_publish_file *files, size_t *n)
{
	size_t nfiles = o->operands.n - 1;
	const char *destination = o->operands.items[nfiles];
	int err = REC_OK;

	if (!rec_remote_is(destination))
		return rec_report(
		        REC_EUSAGE, "'%s' is no URL; write s3://BUCKET/PREFIX/ or https://HOST/PATH", destination);
	if (nfiles > 1 && !rec_target_is_folder(destination))
		return rec_report(REC_EUSAGE, "several files need a place that ends in /");
	for (*n = 0; err == REC_OK && *n < nfiles;) {
		struct rec_publish_file *file = &files[(*n)++];
		err = rec_publish_open(file, o->operands.items[*n - 1], destination);
		for (size_t j = 0; err == REC_OK && j + 1 < *n; j++)
			if (strcmp(files[j].location, file->location) == 0)
				err = rec_report(REC_EUSAGE, "'%s' and '%s' would be the same file there",
				        files[j].path, file->path);
	}
	return err;
}

static int print_summary(const struct rec_publish_file *files, size_t n)
{
	struct rec_buf text = REC_BUF_INIT;
	struct rec_json json = {.buf = &text, .pretty = true};

	rec_json_object(&json, NULL);
	rec_json_array(&json, "files");
	for (size_t i = 0; i < n; i++) {
		const struct rec_publish_file *file = &files[i];
		if (!file->sent)
			continue;
		rec_json_object(&json, NULL);
		rec_json_str(&json, "file", file->path);
		rec_json_str(&json, "url", file->url);
		if (file->target.bucket) {
			rec_json_str(&json, "bucket", file->target.bucket);
			rec_json_str(&json, "key", file->target.key);
		}
		rec_json_str(&json, "etag", file->result.etag[0] ? file->result.etag : NULL);
		rec_json_int(&json, "size", file->size);
		rec_json_bool(&json, "verified", file->result.verified);
		rec_json_bool(&json, "deleted_source", file->deleted);
		rec_json_end_object(&json);
	}
	rec_json_end_array(&json);
	rec_json_warnings(&json);
	rec_json_end_object(&json);
	int err = rec_tool_summary(NULL, &text);
	rec_buf_free(&text);
	return err;
}

static int print_urls(const struct rec_publish_file *files, size_t n)
{
	struct rec_buf text = REC_BUF_INIT;

	for (size_t i = 0; i < n; i++)
		if (files[i].sent)
			rec_buf_printf(&text, "%s\n", files[i].url);
	int err = text.failed ? REC_ENOMEM : rec_print(rec_buf_str(&text));
	rec_buf_free(&text);
	return err;
}

static int run(void *options)
{
	struct options *o = options;
	struct rec_publish_params params = {.put = REC_PUT_PARAMS,
	        .jobs = o->jobs,
	        .delete_source = o->delete_source,
	        .progress = o->common.quiet ? REC_PROGRESS_NONE : (enum rec_progress_mode)o->common.progress};
	struct rec_publish_file *files = calloc(o->operands.n, sizeof *files);
	struct rec_field *fields = calloc(o->headers.n + 2, sizeof *fields);
	char **copies = calloc(o->headers.n + 1, sizeof *copies);
	size_t n = 0;
	int err = files && fields && copies ? REC_OK : REC_ENOMEM;

	if (err == REC_OK)
		err = make_headers(o, copies, fields, &params.put.nheaders);
	if (err == REC_OK)
		err = open_files(o, files, &n);
	params.put.headers = fields;
	params.put.type = o->type;
	params.put.no_clobber = o->common.no_clobber;
	if (err == REC_OK) {
		err = rec_publish_run(files, n, &params);
		/* what is there already is told, also when another one failed */
		int said = o->common.json ? print_summary(files, n) : print_urls(files, n);
		err = err == REC_OK ? said : err;
	}
	for (size_t i = 0; i < n; i++)
		rec_publish_close(&files[i]);
	for (size_t i = 0; copies && i < o->headers.n; i++)
		free(copies[i]);
	free(copies);
	free(fields);
	free(files);
	return err;
}

int main(int argc, char **argv)
{
	struct options options = defaults;

	rec_net_install();
	return rec_tool_main(&tool, &options, run, argc, argv);
}
