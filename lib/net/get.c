/* SPDX-License-Identifier: MIT */
/* rec_get_file(): all of a remote file into a local one. */
#include "net/get.h"

#include "base/err.h"
#include "base/log.h"
#include "net/follow.h"
#include "net/retry.h"
#include "net/version.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* bytes of an answer after which the next one is asked for at once */
static const int64_t least_part = 16 << 10;

struct download {
	const struct rec_target *target;
	const struct rec_get_params *params;
	struct rec_version *version;
	struct rec_follow *follow; /* where there is an MD5 to compare with; of the bytes so far */
	int fd;
	int64_t at;   /* bytes that the file has */
	int64_t high; /* the most that it had: a server without ranges begins anew each time */
	struct rec_retry retry;
	bool begun;    /* this answer's first bytes were looked at */
	bool known;    /* the version is known */
	bool earlier;  /* all that is known comes from an earlier run, so it may be forgotten */
	bool whole;    /* ask without a Range: the server has none, does not say how long it is, or the file is empty */
	bool unranged; /* the server answered a Range with everything */
	bool anew;     /* ask again at once: without a Range, or for what it became since the earlier run */
	int error;     /* of our own side, reported */
};

static void progress(const struct download *d, int64_t bytes)
{
	if (d->params->progress)
		d->params->progress(d->params->context, bytes);
}

static int own_error(struct download *d, int err, const char *why)
{
	d->error = rec_report(err, "cannot keep '%s': %s", d->target->shown, why);
	return err;
}

static int begin_anew(struct download *d)
{
	if (ftruncate(d->fd, 0) < 0)
		return own_error(d, REC_EIO, strerror(errno));
	progress(d, -d->at);
	d->at = 0;
	rec_follow_free(&d->follow);
	return REC_OK;
}

static int fail(struct rec_http_reply *reply, const char *why)
{
	snprintf(reply->why, sizeof reply->why, "%s", why);
	return REC_EREMOTE;
}

static int check_size(const struct download *d, struct rec_http_reply *reply)
{
	const struct rec_get_params *params = d->params;
	int64_t total = d->version->total;

	if (total < 0 && params->expected < 0 && !reply->framed && !params->allow_truncated)
		return fail(
		        reply, "the server does not say where it ends; rec-fetch --allow-truncated takes what comes");
	if (total >= 0 && params->expected >= 0 && total != params->expected) {
		snprintf(reply->why, sizeof reply->why, "it has %lld bytes, and the manifest says %lld",
		        (long long)total, (long long)params->expected);
		return REC_EREMOTE;
	}
	if (total > params->max_bytes)
		return fail(reply, "it is larger than --max-size permits");
	return REC_OK;
}

/* What an earlier run left is of another version. */
static int forget(struct download *d)
{
	d->known = d->earlier = false;
	rec_version_init(d->version);
	return begin_anew(d);
}

/* The first bytes of an answer: is it what was asked for? */
static int begin_answer(struct download *d, struct rec_http_reply *reply)
{
	int r = REC_OK;

	d->begun = true;
	d->unranged = reply->status == 200 && !d->whole;
	if (d->earlier && !rec_version_is(d->version, reply)) {
		if ((r = forget(d)) < 0)
			return r;
		d->anew = reply->status == 206;
		if (d->anew)
			return fail(reply, "it changed since the last run");
	}
	if (d->known && (r = rec_version_part(d->version, reply, d->at)) < 0)
		return r;
	if (reply->status == 206 && reply->first != d->at)
		return fail(reply, "the server sent another part than was asked for");
	if (reply->status == 206 && reply->total < 0) {
		d->anew = !d->whole;
		d->whole = true;
		return fail(reply, "the server does not say how long it is");
	}
	if (reply->status == 200 && d->at > 0 && (r = begin_anew(d)) < 0)
		return r;
	d->earlier = false;
	if (d->known)
		return REC_OK;
	rec_version_take(d->version, reply);
	d->known = true;
	if ((r = check_size(d, reply)) == REC_OK && d->params->started)
		r = d->error = d->params->started(d->params->context, d->version);
	return r;
}

/* Have the kernel write what came, so that the sync at the end has little left to do. */
static void write_back(const struct download *d, int64_t before)
{
	static const int64_t step = 8 << 20;

	if (d->at / step > before / step)
		(void)sync_file_range(d->fd, (before / step) * step, step, SYNC_FILE_RANGE_WRITE);
}

/* The digest of what is there now; also of what an earlier run left. */
static int follow(struct download *d)
{
	int r = REC_OK;

	if (!d->version->md5[0] || d->params->no_checksum)
		return REC_OK;
	if (!d->follow && (r = rec_follow_new(&d->follow, d->fd)) < 0)
		return own_error(d, r, rec_strerror(r));
	rec_follow_to(d->follow, d->at);
	return REC_OK;
}

static int put(struct download *d, const char *bytes, size_t n)
{
	int64_t before = d->at;

	while (n > 0) {
		ssize_t done = pwrite(d->fd, bytes, n, d->at);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return own_error(d, REC_EIO, done < 0 ? strerror(errno) : "nothing more fits");
		bytes += done;
		n -= (size_t)done;
		d->at += done;
		progress(d, done);
	}
	write_back(d, before);
	if (d->at > d->high)
		rec_retry_moved(&d->retry, d->high = d->at);
	return follow(d);
}

static int on_bytes(void *context, struct rec_http_reply *reply, const char *bytes, size_t n)
{
	struct download *d = context;
	int64_t most = d->params->max_bytes;
	int r = d->begun ? REC_OK : begin_answer(d, reply);

	if (r < 0)
		return r;
	if (d->params->expected >= 0 && d->params->expected < most)
		most = d->params->expected;
	if (d->version->total >= 0 && d->version->total < most)
		most = d->version->total;
	if ((int64_t)n > most - d->at)
		return fail(reply, d->params->expected == most ? "it is longer than the manifest says"
		                                               : "it is longer than it may be");
	return put(d, bytes, n);
}

static enum rec_outcome ask(struct download *d, struct rec_http *http, struct rec_http_reply *reply)
{
	struct rec_http_request request = REC_HTTP_REQUEST("GET", d->target);
	struct rec_field guard;

	if (d->known && d->at > 0 && !d->earlier)
		request.nheaders = rec_version_guard(d->version, &guard);
	request.headers = &guard;
	request.first = d->whole ? -1 : d->at;
	request.max_redirs = d->params->max_redirs;
	request.sink = on_bytes;
	request.context = d;
	d->begun = false;
	return rec_http_once(http, &request, reply);
}

/* An answer came to its end. REC_OK: all is there; REC_ENODATA: ask for more; else reply->why. */
static int end_answer(struct download *d, struct rec_http_reply *reply)
{
	if (reply->status == 416 && d->earlier) /* it became shorter since */
		return forget(d) < 0 ? REC_EIO : REC_ENODATA;
	if (reply->status == 416 && d->at == 0 && !d->whole) {
		d->whole = true;
		return REC_ENODATA;
	}
	if (reply->status == 412)
		return fail(reply, "it changed while it was read; try again");
	if ((reply->status != 200 && reply->status != 206) || reply->text.len > 0) {
		rec_http_refusal(reply, d->target);
		return REC_EREMOTE;
	}
	if (!d->begun) { /* no bytes at all */
		int r = begin_answer(d, reply);
		if (r < 0)
			return r;
	}
	if (d->version->total < 0)
		d->version->total = d->at;
	if (d->at < d->version->total)
		return REC_ENODATA;
	return REC_OK;
}

/* Ask until all is there; reply->why says why not. */
static int fetch(struct download *d, struct rec_http *http, struct rec_http_reply *reply)
{
	rec_retry_begin(&d->retry);
	d->high = d->retry.bytes = d->at;
	for (;;) {
		int64_t before = d->at;
		enum rec_outcome outcome = ask(d, http, reply);
		int r = outcome == REC_DONE ? end_answer(d, reply) : REC_ENODATA;
		/* some servers answer with less than was asked for, which is no failure */
		bool on =
		        r == REC_ENODATA && outcome == REC_DONE && reply->status == 206 && d->at - before >= least_part;
		if (d->anew || on) {
			d->anew = false;
			rec_http_reply_free(reply);
			continue;
		}
		if (r != REC_ENODATA || outcome == REC_FAILED)
			return r == REC_ENODATA ? REC_EREMOTE : r;
		if (outcome == REC_AGAIN && !reply->why[0])
			rec_http_refusal(reply, d->target);
		else if (outcome == REC_DONE)
			snprintf(reply->why, sizeof reply->why, "the server sends less than it says");
		if (!rec_retry_wait(&d->retry, http, reply))
			return REC_EREMOTE;
		rec_http_reply_free(reply);
	}
}

/* A length that only the body's own answer tells is held against what HEAD says, where the server answers that. */
static int check_head(const struct download *d, struct rec_http *http, struct rec_http_reply *reply)
{
	if (!d->unranged || d->params->expected >= 0)
		return REC_OK;
	rec_http_reply_free(reply);
	if (rec_get_head(http, d->target, reply) < 0 || reply->status != 200 || reply->length < 0)
		return REC_OK;
	return reply->length == d->version->total ? REC_OK
	                                          : fail(reply, "the server is at odds with itself how long it is");
}

static int check_content(struct download *d, struct rec_http_reply *reply)
{
	char hex[REC_MD5_HEX];

	if (d->params->expected >= 0 && d->at != d->params->expected)
		return fail(reply, "it is shorter than the manifest says");
	if (!d->follow)
		return REC_OK;
	if (rec_follow_end(d->follow, hex) < 0)
		return own_error(d, REC_EIO, errno ? strerror(errno) : "another program made it shorter meanwhile");
	if (strcmp(hex, d->version->md5) != 0)
		return fail(reply, "what came is not what its checksum (ETag) says; --no-checksum takes it");
	return REC_OK;
}

int rec_get_file(struct rec_http *http, const struct rec_target *target, int fd, const struct rec_get_params *params,
        struct rec_version *version)
{
	struct download d = {.target = target, .params = params, .version = version, .fd = fd, .at = params->resume};
	struct rec_http_reply reply = {0};

	if (d.at == 0)
		rec_version_init(version);
	else
		progress(&d, d.at);
	d.known = d.earlier = d.at > 0;
	int r = fetch(&d, http, &reply);
	if (r == REC_OK)
		r = check_head(&d, http, &reply);
	if (r == REC_OK)
		r = check_content(&d, &reply);
	if (d.error)
		r = d.error;
	else if (r == REC_EREMOTE && reply.local)
		r = reply.local;
	else if (r == REC_EREMOTE && !rec_http_cancelled(http))
		rec_report(r, "cannot read '%s': %s", target->shown, reply.why);
	rec_http_reply_free(&reply);
	rec_follow_free(&d.follow);
	return r;
}

int rec_get_head(struct rec_http *http, const struct rec_target *target, struct rec_http_reply *reply)
{
	struct rec_http_request request = REC_HTTP_REQUEST("HEAD", target);

	return rec_retry_perform(http, &request, reply);
}
