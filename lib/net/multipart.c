/* SPDX-License-Identifier: MIT */
#include "net/multipart.h"

#include "base/err.h"
#include "base/log.h"
#include "net/get.h"
#include "net/ledger.h"
#include "net/retry.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const int64_t most_parts = 10000; /* S3's limit */

struct upload {
	const struct rec_target *target;
	const struct rec_put_params *params;
	int fd;
	int64_t size;
	int64_t part_size;
	int nparts;
	char *id;
	char (*etags)[256];
	pthread_mutex_t lock;
	int next;           /* the part that nobody has taken yet */
	int error;          /* of the first part that failed, reported */
	atomic_bool cancel; /* set with it */
};

/* A request without a body of interest: create, abort. */
static int simple(struct rec_http *http, const struct upload *up, const char *method, const struct rec_field *query,
        struct rec_http_reply *reply)
{
	struct rec_http_request request = REC_HTTP_REQUEST(method, up->target);

	request.query = query;
	request.nquery = 1;
	request.stall_s = rec_put_stall_s;
	if (strcmp(method, "POST") == 0) {
		request.headers = up->params->headers;
		/* the last one refuses to replace, and belongs to the end */
		request.nheaders = up->params->nheaders - (up->params->no_clobber ? 1 : 0);
	}
	return rec_retry_perform(http, &request, reply);
}

static int create(struct rec_http *http, struct upload *up)
{
	const struct rec_field query = {"uploads", ""};
	struct rec_http_reply reply;
	int r = simple(http, up, "POST", &query, &reply);

	if (r == REC_OK && reply.status == 200)
		up->id = rec_http_element(rec_buf_str(&reply.text), "UploadId");
	if (r == REC_OK && reply.status == 200 && (!up->id || !*up->id))
		snprintf(reply.why, sizeof reply.why, "the server begins no upload in parts");
	else if (r == REC_OK && reply.status != 200)
		rec_http_refusal(&reply, up->target);
	if (r == REC_EREMOTE || reply.why[0])
		r = rec_put_failed(up->target, &reply);
	rec_http_reply_free(&reply);
	return r;
}

/* Whether it is gone. */
static bool abort_upload(struct rec_http *http, const struct upload *up, const char *id)
{
	const struct rec_field query = {"uploadId", id};
	struct rec_http_reply reply;
	bool gone = simple(http, up, "DELETE", &query, &reply) == REC_OK &&
	            ((reply.status >= 200 && reply.status < 300) || reply.status == 404);

	rec_http_reply_free(&reply);
	return gone;
}

static int put_part(struct rec_http *http, struct upload *up, int number)
{
	char digits[16];
	const struct rec_field query[] = {{"partNumber", digits}, {"uploadId", up->id}};
	struct rec_http_request request = REC_HTTP_REQUEST("PUT", up->target);
	struct rec_http_body body = {.fd = up->fd, .at = (number - 1) * up->part_size};
	struct rec_http_reply reply = {0};

	snprintf(digits, sizeof digits, "%d", number);
	body.n = up->size - body.at < up->part_size ? up->size - body.at : up->part_size;
	request.query = query;
	request.nquery = 2;
	request.body = &body;
	request.stall_s = rec_put_stall_s;
	int r = rec_sums_of_file(&body.sums, up->fd, body.at, body.n, rec_target_signs_content(up->target));
	if (r == REC_EIO)
		return rec_put_unreadable(up->target);
	if (r == REC_OK)
		r = rec_put_once(http, &request, &reply);
	if (r == REC_OK && !reply.etag[0]) {
		snprintf(reply.why, sizeof reply.why, "the server gave no ETag for a part");
		r = REC_EREMOTE;
	}
	if (r == REC_OK) {
		memcpy(up->etags[number - 1], reply.etag, sizeof reply.etag);
		if (up->params->progress)
			up->params->progress(up->params->context, body.n);
	} else if (r == REC_EREMOTE && !atomic_load(&up->cancel))
		r = rec_put_failed(up->target, &reply);
	rec_http_reply_free(&reply);
	return r;
}

static int take_part(struct upload *up)
{
	pthread_mutex_lock(&up->lock);
	int number = up->error || up->next > up->nparts ? 0 : up->next++;
	pthread_mutex_unlock(&up->lock);
	return number;
}

static void *work(void *context)
{
	struct upload *up = context;
	struct rec_http *http = NULL;
	int r = rec_http_new(&http, &up->cancel);

	for (int number; r == REC_OK && (number = take_part(up)) > 0;)
		r = put_part(http, up, number);
	pthread_mutex_lock(&up->lock);
	if (r < 0 && !up->error)
		up->error = r;
	pthread_mutex_unlock(&up->lock);
	if (r < 0)
		atomic_store(&up->cancel, true);
	rec_http_free(&http);
	return NULL;
}

static int put_parts(struct upload *up)
{
	enum { MOST = 32 };
	pthread_t threads[MOST];
	int jobs = up->params->jobs < up->nparts ? up->params->jobs : up->nparts, n = 0;

	while (n < jobs && n < MOST && pthread_create(&threads[n], NULL, work, up) == 0)
		n++;
	if (n == 0)
		work(up);
	for (int i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	return up->error;
}

static void put_escaped(struct rec_buf *buf, const char *text)
{
	for (; *text; text++) {
		if (*text == '&')
			rec_buf_puts(buf, "&amp;");
		else if (*text == '<')
			rec_buf_puts(buf, "&lt;");
		else
			rec_buf_add(buf, text, 1);
	}
}

static int list_parts(struct rec_buf *xml, const struct upload *up)
{
	rec_buf_puts(xml, "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
	for (int i = 0; i < up->nparts; i++) {
		rec_buf_printf(xml, "<Part><PartNumber>%d</PartNumber><ETag>", i + 1);
		put_escaped(xml, up->etags[i]);
		rec_buf_puts(xml, "</ETag></Part>");
	}
	rec_buf_puts(xml, "</CompleteMultipartUpload>");
	return xml->failed ? REC_ENOMEM : REC_OK;
}

/*
 * The answer may be 200 and an error all the same. Where an earlier answer was lost, the upload is gone because it is complete: the HEAD
 * that follows tells.
 */
static int complete(struct rec_http *http, struct upload *up, struct rec_put_result *result)
{
	const struct rec_field query = {"uploadId", up->id};
	struct rec_field headers[] = {{"Content-Type", "application/xml"}, {"If-None-Match", "*"}};
	struct rec_http_request request = REC_HTTP_REQUEST("POST", up->target);
	struct rec_http_reply reply = {0};
	struct rec_buf xml = REC_BUF_INIT;
	struct rec_http_body body = {.fd = -1};
	int r = list_parts(&xml, up);

	body.text = xml.data;
	body.n = (int64_t)xml.len;
	if (r == REC_OK)
		r = rec_sums_of_text(&body.sums, xml.data, xml.len);
	request.query = &query;
	request.nquery = 1;
	request.headers = headers;
	request.nheaders = up->params->no_clobber ? 2 : 1;
	request.body = &body;
	request.stall_s = rec_put_stall_s;
	if (r == REC_OK)
		r = rec_retry_perform(http, &request, &reply);
	if (r == REC_OK && reply.status == 501 && up->params->no_clobber) {
		rec_http_reply_free(&reply);
		request.nheaders = 1;
		r = rec_retry_perform(http, &request, &reply);
	}
	char *etag = r == REC_OK ? rec_http_element(rec_buf_str(&reply.text), "ETag") : NULL;
	bool error = r == REC_OK && (reply.status != 200 || strstr(rec_buf_str(&reply.text), "<Error"));
	if (etag)
		snprintf(result->etag, sizeof result->etag, "%s", etag);
	if (error && reply.status == 412)
		r = rec_report(REC_EEXIST, "'%s' exists; leave out --no-clobber to replace it", up->target->shown);
	else if (error &&
	         !(reply.status == 404 && reply.repeated && strstr(rec_buf_str(&reply.text), "NoSuchUpload"))) {
		rec_http_refusal(&reply, up->target);
		r = REC_EREMOTE;
	}
	if (r == REC_EREMOTE)
		rec_put_failed(up->target, &reply);
	free(etag);
	rec_buf_free(&xml);
	rec_http_reply_free(&reply);
	return r;
}

int rec_multipart_put(struct rec_http *http, const struct rec_target *target, int fd, int64_t size,
        const struct rec_put_params *params, struct rec_put_result *result)
{
	struct upload up = {
	        .target = target, .params = params, .fd = fd, .size = size, .part_size = params->part_size, .next = 1};
	struct rec_ledger ledger;
	char *left = NULL;
	bool done = true;

	while (up.part_size * most_parts < size)
		up.part_size *= 2;
	up.nparts = (int)((size + up.part_size - 1) / up.part_size);
	up.etags = calloc((size_t)up.nparts, sizeof *up.etags);
	if (!up.etags)
		return REC_ENOMEM;
	pthread_mutex_init(&up.lock, NULL);
	rec_ledger_open(&ledger, target, &left);
	if (left && (done = abort_upload(http, &up, left)))
		rec_info("'%s': an upload that an earlier run left was aborted", target->shown);
	int r = create(http, &up);
	if (r == REC_OK) {
		rec_ledger_note(&ledger, up.id);
		done = true;
		r = put_parts(&up);
		if (r == REC_OK)
			r = complete(http, &up, result);
		if (r < 0)
			done = abort_upload(http, &up, up.id);
		if (!done)
			rec_warn("parts of '%s' are still on the server; the next upload there aborts them",
			        target->shown);
	}
	rec_ledger_close(&ledger, done);
	pthread_mutex_destroy(&up.lock);
	free(left);
	free(up.id);
	free(up.etags);
	return r;
}
