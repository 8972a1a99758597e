/* SPDX-License-Identifier: MIT */
/* Writing a remote file: one PUT, and what goes around it. */
#include "net/put.h"

#include "base/err.h"
#include "base/log.h"
#include "net/get.h"
#include "net/multipart.h"
#include "net/retry.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

const int rec_put_stall_s = 18; /* servers think long before they answer a PUT */

/* the Content-Type that goes with an ending; NULL: none is known */
static const char *type_by_ending(const char *name, size_t n)
{
	static const struct {
		const char *ending;
		const char *type;
	} types[] = {{".mp4", "video/mp4"}, {".m4v", "video/mp4"}, {".mov", "video/quicktime"},
	        {".mkv", "video/x-matroska"}, {".webm", "video/webm"}, {".m4a", "audio/mp4"}, {".mp3", "audio/mpeg"},
	        {".ogg", "audio/ogg"}, {".opus", "audio/ogg"}, {".flac", "audio/flac"}, {".wav", "audio/wav"},
	        {".json", "application/json"}, {".peaks", "application/json"}, {".svg", "image/svg+xml"},
	        {".png", "image/png"}, {".jpg", "image/jpeg"}, {".txt", "text/plain; charset=utf-8"},
	        {".vtt", "text/vtt; charset=utf-8"}, {".srt", "application/x-subrip"}};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		size_t m = strlen(types[i].ending);
		if (n > m && strncasecmp(name + n - m, types[i].ending, m) == 0)
			return types[i].type;
	}
	return NULL;
}

static const char *type_of(const struct rec_put_params *params, const struct rec_target *target)
{
	const char *type = params->type;

	if (!type && target->key)
		type = type_by_ending(target->key, strlen(target->key));
	else if (!type)
		type = type_by_ending(target->url, strcspn(target->url, "?#"));
	if (!type && params->name)
		type = type_by_ending(params->name, strlen(params->name));
	return type ? type : "application/octet-stream";
}

int rec_put_failed(const struct rec_target *target, const struct rec_http_reply *reply)
{
	if (reply->local)
		return rec_report(REC_EIO, "cannot send the file to '%s': %s", target->shown, reply->why);
	return rec_report(REC_EREMOTE, "cannot write '%s': %s", target->shown, reply->why);
}

int rec_put_unreadable(const struct rec_target *target)
{
	return rec_report(REC_EIO, "cannot send the file to '%s': it cannot be read: %s", target->shown,
	        errno ? strerror(errno) : "it became shorter");
}

static int refuse_clobber(const struct rec_target *target)
{
	return rec_report(REC_EEXIST, "'%s' exists; leave out --no-clobber to replace it", target->shown);
}

/* What a server that takes the write but refuses to be asked says to HEAD: a presigned URL is for one method alone. */
static bool cannot_be_asked(int status)
{
	return status == 401 || status == 403 || status == 405 || status == 501;
}

static int check_absent(struct rec_http *http, const struct rec_target *target)
{
	struct rec_http_reply reply;
	int r = rec_get_head(http, target, &reply);

	if (r == REC_OK && reply.status >= 200 && reply.status < 300)
		r = refuse_clobber(target);
	else if (r == REC_OK && reply.status != 404 && !cannot_be_asked(reply.status))
		rec_http_refusal(&reply, target);
	if (r == REC_EREMOTE || (r == REC_OK && reply.why[0]))
		r = rec_put_failed(target, &reply);
	rec_http_reply_free(&reply);
	return r;
}

int rec_put_check(const char *url, bool no_clobber)
{
	struct rec_target target;
	struct rec_http *http = NULL;
	int r = rec_target_parse(&target, url);

	if (r < 0)
		return r;
	if (no_clobber)
		r = rec_http_new(&http, NULL);
	if (r == REC_OK && no_clobber)
		r = check_absent(http, &target);
	rec_http_free(&http);
	rec_target_free(&target);
	return r;
}

/* Is it there, as long as it should be? */
static int verify(struct rec_http *http, const struct rec_target *target, int64_t size, struct rec_put_result *result)
{
	struct rec_http_reply reply;
	int r = rec_get_head(http, target, &reply);

	result->verified = r == REC_OK && reply.status == 200 && reply.length == size;
	bool silent = reply.status == 200 && reply.length < 0;
	if (r == REC_OK && !result->verified && !silent && !cannot_be_asked(reply.status)) {
		if (reply.status != 200)
			rec_http_refusal(&reply, target);
		else
			snprintf(reply.why, sizeof reply.why,
			        "it was sent, but the server says that it has %lld bytes of %lld",
			        (long long)reply.length, (long long)size);
		r = REC_EREMOTE;
	}
	if (r == REC_OK && reply.etag[0])
		memcpy(result->etag, reply.etag, sizeof result->etag);
	if (r == REC_EREMOTE)
		rec_put_failed(target, &reply);
	rec_http_reply_free(&reply);
	return r;
}

/* 0, or why the answer to a PUT is no success; then reply->why. */
static int judge(struct rec_http_reply *reply, const struct rec_target *target, const struct rec_sums *sums)
{
	bool error = reply->text.len > 0 && strstr(rec_buf_str(&reply->text), "<Error");

	if (reply->status < 200 || reply->status > 299 || error) {
		rec_http_refusal(reply, target);
		return REC_EREMOTE;
	}
	if (reply->etag_is_md5 && !reply->encrypted && target->bucket &&
	        strncasecmp(reply->etag + 1, sums->md5_hex, REC_MD5_HEX - 1) != 0) {
		snprintf(reply->why, sizeof reply->why,
		        "what arrived is not what was sent, as its checksum (ETag) says");
		return REC_EREMOTE;
	}
	return REC_OK;
}

int rec_put_once(struct rec_http *http, const struct rec_http_request *request, struct rec_http_reply *reply)
{
	int r = rec_retry_perform(http, request, reply);

	return r == REC_OK ? judge(reply, request->target, &request->body->sums) : r;
}

/* Whether what is there now is what was sent. */
static bool is_ours(struct rec_http *http, const struct rec_target *target, const struct rec_http_body *body)
{
	struct rec_http_reply reply;
	bool ours = rec_get_head(http, target, &reply) == REC_OK && reply.status == 200 && reply.length == body->n &&
	            reply.etag_is_md5 && strncasecmp(reply.etag + 1, body->sums.md5_hex, REC_MD5_HEX - 1) == 0;

	rec_http_reply_free(&reply);
	return ours;
}

static int put_whole(struct rec_http *http, const struct rec_target *target, int fd, int64_t size,
        const struct rec_put_params *params, struct rec_put_result *result)
{
	struct rec_http_request request = REC_HTTP_REQUEST("PUT", target);
	struct rec_http_body body = {.fd = fd, .n = size};
	struct rec_http_reply reply = {0};
	int r = rec_sums_of_file(&body.sums, fd, 0, size, rec_target_signs_content(target));

	if (r == REC_EIO)
		return rec_put_unreadable(target);
	if (r < 0)
		return r;
	request.body = &body;
	request.headers = params->headers;
	request.nheaders = params->nheaders;
	request.stall_s = rec_put_stall_s;
	r = rec_put_once(http, &request, &reply);
	if (r < 0 && reply.status == 501 &&
	        params->no_clobber) { /* no conditional writes here; HEAD was asked before */
		rec_http_reply_free(&reply);
		request.nheaders--;
		r = rec_put_once(http, &request, &reply);
	}
	bool exists = r == REC_EREMOTE && reply.status == 412 && params->no_clobber;
	/* where an answer was lost, it may be the file that was sent */
	if (exists && reply.repeated && is_ours(http, target, &body))
		r = REC_OK;
	if (r == REC_EREMOTE)
		r = exists ? refuse_clobber(target) : rec_put_failed(target, &reply);
	else if (r == REC_OK) {
		memcpy(result->etag, reply.etag, sizeof result->etag);
		if (params->progress)
			params->progress(params->context, size);
	}
	rec_http_reply_free(&reply);
	return r;
}

enum { MOST_HEADERS = 24 };

/* The user's headers, the type, and, last, what refuses to replace. */
static int with_headers(
        struct rec_put_params *params, const struct rec_target *target, struct rec_field headers[MOST_HEADERS])
{
	size_t n = 0;
	bool typed = false;

	for (size_t i = 0; i < params->nheaders && n < MOST_HEADERS - 2; i++) {
		typed |= strcasecmp(params->headers[i].name, "content-type") == 0;
		headers[n++] = params->headers[i];
	}
	if (n < params->nheaders)
		return rec_report(REC_EUSAGE, "there are more than %d headers", MOST_HEADERS - 2);
	if (!typed)
		headers[n++] = (struct rec_field){"Content-Type", type_of(params, target)};
	if (params->no_clobber)
		headers[n++] = (struct rec_field){"If-None-Match", "*"};
	params->headers = headers;
	params->nheaders = n;
	return REC_OK;
}

int rec_put_file(struct rec_http *http, const struct rec_target *target, int fd, int64_t size,
        const struct rec_put_params *params, struct rec_put_result *result)
{
	struct rec_field headers[MOST_HEADERS];
	struct rec_put_params full = *params;
	int r = with_headers(&full, target, headers);

	*result = (struct rec_put_result){.verified = false};
	if (r == REC_OK && params->no_clobber)
		r = check_absent(http, target);
	if (r == REC_OK && target->bucket && size > params->most_whole)
		r = rec_multipart_put(http, target, fd, size, &full, result);
	else if (r == REC_OK)
		r = put_whole(http, target, fd, size, &full, result);
	if (r == REC_OK)
		r = verify(http, target, size, result);
	if (r == REC_ENOMEM)
		rec_report(r, "cannot write '%s': %s", target->shown, rec_strerror(r));
	return r;
}

int rec_put_publish(const char *url, int fd, int64_t size, bool no_clobber)
{
	struct rec_put_params params = REC_PUT_PARAMS;
	struct rec_put_result result;
	struct rec_target target;
	struct rec_http *http = NULL;
	int r = rec_target_parse(&target, url);

	if (r < 0)
		return r;
	params.no_clobber = no_clobber;
	r = rec_http_new(&http, NULL);
	if (r == REC_OK)
		r = rec_put_file(http, &target, fd, size, &params, &result);
	rec_http_free(&http);
	rec_target_free(&target);
	return r;
}

/* ${hidden}: the answer to its deletion spoke of a delete marker */
static int check_gone(struct rec_http *http, const struct rec_target *target, bool hidden, struct rec_http_reply *reply)
{
	int r = rec_get_head(http, target, reply);

	if (r < 0)
		return r;
	if (reply->status == 200)
		snprintf(reply->why, sizeof reply->why, "the server took the request, but it is still there");
	else if (cannot_be_asked(reply->status))
		snprintf(reply->why, sizeof reply->why,
		        "the server took the request, but answers %d when asked whether it is gone; "
		        "S3 wants s3:ListBucket for that",
		        reply->status);
	else if (reply->status != 404 && reply->status != 410)
		rec_http_refusal(reply, target);
	else if (hidden)
		snprintf(reply->why, sizeof reply->why,
		        "it is hidden, but its bucket keeps the versions before; delete these with the storage's own "
		        "tools");
	else
		return REC_OK;
	return REC_EREMOTE;
}

int rec_put_remove(const struct rec_target *target)
{
	struct rec_http_request request = REC_HTTP_REQUEST("DELETE", target);
	struct rec_http *http = NULL;
	struct rec_http_reply reply = {0};
	int r = rec_http_new(&http, NULL);

	request.stall_s = rec_put_stall_s;
	if (r == REC_OK)
		r = rec_retry_perform(http, &request, &reply);
	if (r == REC_OK && ((reply.status < 200 || reply.status > 299) && reply.status != 404)) {
		rec_http_refusal(&reply, target);
		r = REC_EREMOTE;
	}
	if (r == REC_OK) {
		bool hidden = reply.hidden;
		rec_http_reply_free(&reply);
		r = check_gone(http, target, hidden, &reply);
	}
	if (r == REC_EREMOTE)
		rec_report(r, "cannot delete '%s': %s", target->shown, reply.why);
	rec_http_reply_free(&reply);
	rec_http_free(&http);
	return r;
}
