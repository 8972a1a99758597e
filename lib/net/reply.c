/* SPDX-License-Identifier: MIT */
#include "net/reply.h"

#include "base/clock.h"
#include "base/err.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

void rec_reply_init(struct rec_http_reply *reply)
{
	*reply = (struct rec_http_reply){.length = -1, .first = -1, .last = -1, .total = -1, .wait_ns = -1};
}

void rec_http_reply_free(struct rec_http_reply *reply)
{
	rec_buf_free(&reply->text);
}

/* decimal digits up to what is no digit; -1: none, or too many */
static int64_t number(const char **text)
{
	int64_t value = 0;
	const char *start = *text;

	for (; **text >= '0' && **text <= '9'; ++*text) {
		if (*text - start >= 18)
			return -1;
		value = value * 10 + (**text - '0');
	}
	return *text == start ? -1 : value;
}

/* "bytes 0-99/1234"; what does not fit leaves -1 */
static void take_range(struct rec_http_reply *reply, const char *value)
{
	if (strncasecmp(value, "bytes ", 6) != 0)
		return;
	value += 6;
	if (*value == '*')
		value++;
	else {
		int64_t first = number(&value);
		if (*value++ != '-')
			return;
		int64_t last = number(&value);
		if (first < 0 || last < first)
			return;
		reply->first = first;
		reply->last = last;
	}
	if (*value++ == '/')
		reply->total = number(&value);
}

static bool take_length(struct rec_http_reply *reply, const char *value, const char **why)
{
	int64_t length = number(&value);

	*why = "its Content-Length makes no sense";
	if (length < 0 || *value || (reply->length >= 0 && reply->length != length))
		return false;
	reply->length = length;
	reply->framed = true;
	return true;
}

/* seconds, or a date */
static void take_wait(struct rec_http_reply *reply, const char *value)
{
	int64_t seconds = number(&value);

	if (seconds < 0) {
		time_t then = curl_getdate(value, NULL), now = time(NULL);
		seconds = then < 0 ? -1 : then > now ? then - now : 0;
	}
	if (seconds >= 0)
		reply->wait_ns = (seconds > 86400 ? 86400 : seconds) * REC_NS_PER_S;
}

/* An ETag of 32 digits is an MD5, unless the storage encrypts with keys of its own. */
static void take_etag(struct rec_http_reply *reply, const char *value)
{
	snprintf(reply->etag, sizeof reply->etag, "%s", value);
	if (strlen(value) >= sizeof reply->etag)
		reply->etag[0] = '\0';
	reply->etag_is_md5 = strlen(reply->etag) == 34 && reply->etag[0] == '"' && reply->etag[33] == '"' &&
	                     strspn(reply->etag + 1, "0123456789abcdefABCDEF") == 32;
}

static bool begin(struct rec_http_reply *reply, const char *line, char **location, bool *compressed)
{
	const char *status = strchr(line, ' ');

	rec_buf_free(&reply->text);
	rec_reply_init(reply);
	free(*location);
	*location = NULL;
	*compressed = false;
	reply->framed = line[5] >= '2';
	reply->status = status ? (int)strtol(status, NULL, 10) : 0;
	return true;
}

static bool take(struct rec_http_reply *reply, const char *name, const char *value, char **location, bool *compressed,
        const char **why)
{
	if (strcasecmp(name, "content-length") == 0)
		return take_length(reply, value, why);
	if (strcasecmp(name, "content-range") == 0)
		take_range(reply, value);
	else if (strcasecmp(name, "content-type") == 0)
		snprintf(reply->type, sizeof reply->type, "%s", value);
	else if (strcasecmp(name, "transfer-encoding") == 0)
		reply->framed |= strcasestr(value, "chunked") != NULL;
	else if (strcasecmp(name, "content-encoding") == 0)
		*compressed = *value && strcasecmp(value, "identity") != 0 && strcasecmp(value, "aws-chunked") != 0;
	else if (strcasecmp(name, "retry-after") == 0)
		take_wait(reply, value);
	else if (strcasecmp(name, "last-modified") == 0)
		snprintf(reply->modified, sizeof reply->modified, "%s", value);
	else if (strcasecmp(name, "etag") == 0)
		take_etag(reply, value);
	else if (strcasecmp(name, "x-amz-server-side-encryption") == 0)
		reply->encrypted |= strncasecmp(value, "aws:", 4) == 0;
	else if (strcasecmp(name, "x-amz-server-side-encryption-customer-algorithm") == 0)
		reply->encrypted = true;
	else if (strcasecmp(name, "x-amz-delete-marker") == 0)
		reply->hidden = strcasecmp(value, "true") == 0;
	else if (strcasecmp(name, "x-amz-bucket-region") == 0)
		snprintf(reply->region, sizeof reply->region, "%s", value);
	else if (strcasecmp(name, "location") == 0) {
		free(*location);
		*location = strdup(value);
	}
	return true;
}

bool rec_reply_header(
        struct rec_http_reply *reply, const char *line, size_t n, char **location, bool *compressed, const char **why)
{
	char *text = strndup(line, n);
	bool fine = true;

	*why = rec_strerror(REC_ENOMEM);
	if (!text)
		return false;
	text[strcspn(text, "\r\n")] = '\0';
	char *colon = strchr(text, ':');
	if (strncmp(text, "HTTP/", 5) == 0)
		fine = begin(reply, text, location, compressed);
	else if (colon) {
		char *value = colon + 1 + strspn(colon + 1, " \t");
		for (size_t len = strlen(value); len > 0 && strchr(" \t", value[len - 1]); len--)
			value[len - 1] = '\0';
		*colon = '\0';
		fine = take(reply, text, value, location, compressed, why);
	}
	free(text);
	return fine;
}

static void put_entity(struct rec_buf *buf, const char **text)
{
	static const struct {
		const char *name;
		const char *bytes;
	} entities[] = {{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&apos;", "'"},
	        {"&#34;", "\""}, {"&#39;", "'"}};

	for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
		size_t n = strlen(entities[i].name);
		if (strncmp(*text, entities[i].name, n) == 0) {
			rec_buf_puts(buf, entities[i].bytes);
			*text += n;
			return;
		}
	}
	rec_buf_add(buf, (*text)++, 1);
}

char *rec_http_element(const char *text, const char *name)
{
	struct rec_buf value = REC_BUF_INIT;
	char open[64], close[64];

	snprintf(open, sizeof open, "<%s>", name);
	snprintf(close, sizeof close, "</%s>", name);
	const char *at = strstr(text, open);
	const char *end = at ? strstr(at, close) : NULL;
	if (!end)
		return NULL;
	for (at += strlen(open); at < end;)
		put_entity(&value, &at);
	if (!value.data)
		return strdup("");
	return rec_buf_steal(&value);
}

static char *code_of(const struct rec_http_reply *reply)
{
	const char *text = rec_buf_str(&reply->text);

	return strstr(text, "<Error") ? rec_http_element(text, "Code") : NULL;
}

bool rec_reply_again(const struct rec_http_reply *reply)
{
	static const char *const passing[] = {"InternalError", "SlowDown", "ServiceUnavailable", "RequestTimeout",
	        "OperationAborted", "ConditionalRequestConflict", NULL};
	int status = reply->status;
	bool again = status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
	char *code = again ? NULL : code_of(reply);

	for (size_t i = 0; code && passing[i]; i++)
		again |= strcmp(code, passing[i]) == 0;
	free(code);
	return again;
}

static const char *meaning(int status)
{
	switch (status) {
	case 400:
		return "Bad Request";
	case 401:
		return "Unauthorized";
	case 403:
		return "Forbidden";
	case 404:
		return "Not Found";
	case 405:
		return "Method Not Allowed";
	case 409:
		return "Conflict";
	case 412:
		return "Precondition Failed";
	case 416:
		return "Range Not Satisfiable";
	case 429:
		return "Too Many Requests";
	case 500:
		return "Internal Server Error";
	case 502:
		return "Bad Gateway";
	case 503:
		return "Service Unavailable";
	case 504:
		return "Gateway Timeout";
	default:
		return "";
	}
}

/* what to do about it */
static const char *remedy(const struct rec_http_reply *reply, const struct rec_target *target)
{
	bool denied = reply->status == 401 || reply->status == 403;

	/* some answer 400 to whoever comes without a signature */
	if ((denied || reply->status == 400) && target->bucket && !target->account.id)
		return "; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or pass --env-file";
	if (denied && target->bucket)
		return "; check the credentials, the region and the rights of that key";
	if (denied)
		return "; check that the URL has not expired";
	return "";
}

void rec_http_refusal(struct rec_http_reply *reply, const struct rec_target *target)
{
	char *code = code_of(reply);
	const char *text = meaning(reply->status);
	char *region = code && !reply->region[0] ? rec_http_element(rec_buf_str(&reply->text), "Region") : NULL;

	if (region)
		snprintf(reply->region, sizeof reply->region, "%s", region);
	free(region);
	if (reply->region[0] && strcmp(reply->region, target->account.region ? target->account.region : "") != 0 &&
	        reply->status >= 300 && reply->status < 500 && target->bucket)
		snprintf(reply->why, sizeof reply->why, "the bucket is in another region; set AWS_REGION=%s",
		        reply->region);
	else
		snprintf(reply->why, sizeof reply->why, "the server answers %d%s%s%s%.60s%s", reply->status,
		        *text ? " " : "", text, code ? ", " : "", code ? code : "", remedy(reply, target));
	free(code);
}
