/* SPDX-License-Identifier: MIT */
/* rec_get_part(): a part of a remote file into memory. */
#include "base/err.h"
#include "net/get.h"
#include "net/retry.h"
#include "net/version.h"

#include <stdio.h>
#include <string.h>

struct part {
	struct rec_version *version;
	bool fresh;    /* the version is not known yet */
	bool unranged; /* the server sent all of it instead */
	int64_t at;
	size_t n;
	char *bytes;
	size_t got;
	struct rec_retry retry;
	int64_t answer; /* place of the answer's first byte; -1: it has not begun */
};

static int take_answer(struct part *part, struct rec_http_reply *reply)
{
	if (reply->status == 200) {
		part->unranged = part->fresh;
		snprintf(reply->why, sizeof reply->why, "the server gave parts of it before and does not now");
		return REC_EREMOTE;
	}
	int r = rec_version_part(part->version, reply, part->at + (int64_t)part->got);
	if (r == REC_OK && part->fresh)
		rec_version_take(part->version, reply);
	part->fresh = false;
	part->answer = reply->first;
	return r;
}

static int on_bytes(void *context, struct rec_http_reply *reply, const char *bytes, size_t n)
{
	struct part *part = context;
	int r = part->answer < 0 ? take_answer(part, reply) : REC_OK;

	if (r < 0)
		return r;
	if (n > part->n - part->got) {
		snprintf(reply->why, sizeof reply->why, "the server sent more than was asked for");
		return REC_EREMOTE;
	}
	memcpy(part->bytes + part->got, bytes, n);
	part->got += n;
	rec_retry_moved(&part->retry, (int64_t)part->got);
	return REC_OK;
}

/* One request for what is still missing. REC_ENODATA: again; REC_OK: an answer that ends it. */
static enum rec_outcome ask(
        struct part *part, struct rec_http *http, const struct rec_target *target, struct rec_http_reply *reply)
{
	struct rec_http_request request = REC_HTTP_REQUEST("GET", target);
	struct rec_field guard;

	request.nheaders = rec_version_guard(part->version, &guard);
	request.headers = &guard;
	request.first = part->at + (int64_t)part->got;
	request.last = part->at + (int64_t)part->n - 1;
	request.sink = on_bytes;
	request.context = part;
	part->answer = -1;
	return rec_http_once(http, &request, reply);
}

/* Whether nothing is missing any more. */
static bool is_whole(const struct part *part)
{
	int64_t end = part->at + (int64_t)part->n;

	if (part->version->total >= 0 && end > part->version->total)
		end = part->version->total;
	return part->version->total >= 0 && part->at + (int64_t)part->got >= end;
}

static void explain(struct part *part, const struct rec_target *target, struct rec_http_reply *reply)
{
	if (reply->status == 412)
		snprintf(reply->why, sizeof reply->why, "it changed while it was read; try again");
	else if (reply->status == 416 && part->fresh && reply->total == 0)
		part->version->total = 0;
	else if (reply->status == 416 && part->fresh)
		part->unranged = true; /* some servers say so of an empty file */
	else if (reply->status == 206 || (reply->status == 200 && reply->text.len == 0))
		snprintf(reply->why, sizeof reply->why, "the server sent nothing");
	else
		rec_http_refusal(reply, target);
}

int rec_get_part(struct rec_http *http, const struct rec_target *target, struct rec_version *version, int64_t at,
        size_t n, char *bytes, size_t *got, char why[256])
{
	struct part part = {
	        .version = version, .fresh = version->total < 0, .at = at, .n = n, .bytes = bytes, .answer = -1};
	struct rec_http_reply reply;
	int local = 0;
	bool more = true;

	rec_retry_begin(&part.retry);
	while (more && !is_whole(&part)) {
		size_t before = part.got;
		enum rec_outcome outcome = ask(&part, http, target, &reply);
		if (outcome == REC_DONE && part.got == before) {
			explain(&part, target, &reply);
			more = false;
		}
		if (outcome == REC_AGAIN && !reply.why[0])
			rec_http_refusal(&reply, target);
		if (outcome == REC_FAILED || (outcome == REC_AGAIN && !rec_retry_wait(&part.retry, http, &reply)))
			more = false;
		snprintf(why, 256, "%s", reply.why);
		local = reply.local;
		rec_http_reply_free(&reply);
	}
	*got = part.got;
	if (is_whole(&part))
		return REC_OK;
	if (local)
		return local;
	return part.unranged ? REC_ENODATA : REC_EREMOTE;
}
