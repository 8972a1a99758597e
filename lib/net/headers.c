/* SPDX-License-Identifier: MIT */
#include "net/headers.h"

#include "base/err.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

static const int64_t asked_first = 1 << 20;

static int add_line(struct curl_slist **list, const char *line)
{
	struct curl_slist *longer = curl_slist_append(*list, line);

	if (longer)
		*list = longer;
	return longer ? REC_OK : REC_ENOMEM;
}

/* libcurl sends one without a value where it is written with a semicolon. */
static int add_header(struct curl_slist **list, const char *name, const char *value)
{
	struct rec_buf line = REC_BUF_INIT;

	rec_buf_printf(&line, "%s%s%s", name, *value ? ": " : ";", value);
	int r = line.failed ? REC_ENOMEM : add_line(list, line.data);
	rec_buf_free(&line);
	return r;
}

enum { MOST_SIGNED = 32 };

/* What S3 wants signed: host, what AWS defines, and what the payload is. */
static int add_signature(struct curl_slist **list, const struct rec_http_request *request, const char *query)
{
	static const char empty[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
	const struct rec_target *target = request->target;
	const char *sum = request->body ? request->body->sums.sha256_hex : empty;
	const char *payload = *sum ? sum : "UNSIGNED-PAYLOAD";
	struct rec_field fields[MOST_SIGNED] = {{"host", target->host}};
	struct rec_buf value = REC_BUF_INIT;
	char date[REC_SIGV4_DATE];
	size_t n = 1;
	int r = REC_OK;

	rec_sigv4_date(date, time(NULL));
	fields[n++] = (struct rec_field){"x-amz-content-sha256", payload};
	fields[n++] = (struct rec_field){"x-amz-date", date};
	if (target->token)
		fields[n++] = (struct rec_field){"x-amz-security-token", target->token};
	for (size_t i = 1; r == REC_OK && i < n; i++)
		r = add_header(list, fields[i].name, fields[i].value);
	if (request->body)
		fields[n++] = (struct rec_field){"content-md5", request->body->sums.md5_base64};
	for (size_t i = 0; i < request->nheaders && n < MOST_SIGNED; i++)
		if (strncasecmp(request->headers[i].name, "x-amz-", 6) == 0 ||
		        strcasecmp(request->headers[i].name, "content-type") == 0)
			fields[n++] = request->headers[i];
	struct rec_sigv4_request sign = {request->method, target->path, query, fields, n, payload};
	if (r == REC_OK)
		r = rec_sigv4_sign(&value, &target->account, &sign, date);
	if (r == REC_OK)
		r = add_header(list, "Authorization", rec_buf_str(&value));
	rec_buf_free(&value);
	return r;
}

static int add_range(struct curl_slist **list, const struct rec_http_request *request)
{
	char range[64];

	if (request->first < 0)
		return REC_OK;
	if (request->last < 0)
		snprintf(range, sizeof range, "bytes=%lld-", (long long)request->first);
	else
		snprintf(range, sizeof range, "bytes=%lld-%lld", (long long)request->first, (long long)request->last);
	return add_header(list, "Range", range);
}

int rec_headers_make(struct curl_slist **list, const struct rec_http_request *request, const char *query)
{
	int r = add_header(list, "Accept-Encoding", "identity");

	if (r == REC_OK)
		r = add_range(list, request);
	/* libcurl asks before each PUT whether to send at all; a small one is sent sooner than that is answered */
	if (r == REC_OK && request->body && request->body->n < asked_first)
		r = add_line(list, "Expect:");
	if (r == REC_OK && request->body)
		r = add_header(list, "Content-MD5", request->body->sums.md5_base64);
	for (size_t i = 0; r == REC_OK && i < request->nheaders; i++)
		r = add_header(list, request->headers[i].name, request->headers[i].value);
	if (r == REC_OK && query)
		r = add_signature(list, request, query);
	return r;
}
