/* SPDX-License-Identifier: MIT */
#include "net/sigv4.h"

#include "base/err.h"
#include "net/digest.h"
#include "net/uri.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void rec_sigv4_date(char date[REC_SIGV4_DATE], time_t when)
{
	struct tm utc;

	gmtime_r(&when, &utc);
	strftime(date, REC_SIGV4_DATE, "%Y%m%dT%H%M%SZ", &utc);
}

/* The order of code points is that of bytes; names first, then values. */
static int by_encoded(const void *a, const void *b)
{
	char *const *x = a, *const *y = b;
	size_t nx = strcspn(*x, "="), ny = strcspn(*y, "=");
	int order = memcmp(*x, *y, nx < ny ? nx : ny);

	if (order == 0 && nx != ny)
		return nx < ny ? -1 : 1;
	return order ? order : strcmp(*x + nx, *y + ny);
}

int rec_sigv4_query(struct rec_buf *buf, const struct rec_field *fields, size_t n)
{
	char **pairs = calloc(n + 1, sizeof *pairs);
	int r = pairs ? REC_OK : REC_ENOMEM;

	for (size_t i = 0; r == REC_OK && i < n; i++) {
		struct rec_buf pair = REC_BUF_INIT;
		rec_uri_encode(&pair, fields[i].name, strlen(fields[i].name), false);
		rec_buf_puts(&pair, "=");
		rec_uri_encode(&pair, fields[i].value, strlen(fields[i].value), false);
		pairs[i] = rec_buf_steal(&pair);
		r = pairs[i] ? REC_OK : REC_ENOMEM;
	}
	if (r == REC_OK)
		qsort(pairs, n, sizeof *pairs, by_encoded);
	for (size_t i = 0; r == REC_OK && i < n; i++)
		rec_buf_printf(buf, "%s%s", i ? "&" : "", pairs[i]);
	for (size_t i = 0; pairs && i < n; i++)
		free(pairs[i]);
	free(pairs);
	return r == REC_OK && buf->failed ? REC_ENOMEM : r;
}

static int by_name(const void *a, const void *b)
{
	const struct rec_field *x = a, *y = b;

	return strcasecmp(x->name, y->name);
}

static void put_lower(struct rec_buf *buf, const char *name)
{
	for (; *name; name++) {
		char c = (char)tolower((unsigned char)*name);
		rec_buf_add(buf, &c, 1);
	}
}

/* without blanks around it, and runs of blanks as one */
static void put_trimmed(struct rec_buf *buf, const char *value)
{
	value += strspn(value, " \t");
	for (; *value; value++) {
		if (*value != ' ' && *value != '\t')
			rec_buf_add(buf, value, 1);
		else if (value[strspn(value, " \t")] && value[1] != ' ' && value[1] != '\t')
			rec_buf_add(buf, " ", 1);
	}
}

static void put_names(struct rec_buf *buf, const struct rec_field *headers, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		rec_buf_puts(buf, i ? ";" : "");
		put_lower(buf, headers[i].name);
	}
}

static struct rec_field *sorted(const struct rec_sigv4_request *request)
{
	struct rec_field *headers = calloc(request->nheaders + 1, sizeof *headers);

	if (headers) {
		memcpy(headers, request->headers, request->nheaders * sizeof *headers);
		qsort(headers, request->nheaders, sizeof *headers, by_name);
	}
	return headers;
}

int rec_sigv4_canonical(struct rec_buf *buf, const struct rec_sigv4_request *request)
{
	struct rec_field *headers = sorted(request);

	if (!headers)
		return REC_ENOMEM;
	rec_buf_printf(buf, "%s\n%s\n%s\n", request->method, request->path, request->query);
	for (size_t i = 0; i < request->nheaders; i++) {
		put_lower(buf, headers[i].name);
		rec_buf_puts(buf, ":");
		put_trimmed(buf, headers[i].value);
		rec_buf_puts(buf, "\n");
	}
	rec_buf_puts(buf, "\n");
	put_names(buf, headers, request->nheaders);
	rec_buf_printf(buf, "\n%s", request->payload_sha256);
	free(headers);
	return buf->failed ? REC_ENOMEM : REC_OK;
}

/* the key of the day, region and service */
static int derive(unsigned char out[REC_SHA256_SIZE], const struct rec_sigv4_key *key, const char *date)
{
	struct rec_buf secret = REC_BUF_INIT;
	const char *const steps[] = {key->region, key->service, "aws4_request"};

	rec_buf_printf(&secret, "AWS4%s", key->secret);
	int r = secret.failed ? REC_ENOMEM : rec_hmac_sha256(out, secret.data, secret.len, date, 8);
	for (size_t i = 0; r == REC_OK && i < sizeof steps / sizeof *steps; i++) {
		unsigned char last[REC_SHA256_SIZE];
		memcpy(last, out, sizeof last);
		r = rec_hmac_sha256(out, last, sizeof last, steps[i], strlen(steps[i]));
	}
	if (secret.data)
		explicit_bzero(secret.data, secret.len);
	rec_buf_free(&secret);
	return r;
}

static int signature(char hex[REC_SHA256_HEX], const struct rec_sigv4_key *key, const struct rec_sigv4_request *request,
        const char *date, const char *scope)
{
	struct rec_buf text = REC_BUF_INIT;
	unsigned char hash[REC_SHA256_SIZE], secret[REC_SHA256_SIZE];
	int r = rec_sigv4_canonical(&text, request);

	if (r == REC_OK)
		r = rec_sha256(hash, text.data, text.len);
	rec_buf_free(&text);
	if (r < 0)
		return r;
	rec_hex(hex, hash, sizeof hash);
	rec_buf_printf(&text, "AWS4-HMAC-SHA256\n%s\n%s\n%s", date, scope, hex);
	r = text.failed ? REC_ENOMEM : derive(secret, key, date);
	if (r == REC_OK)
		r = rec_hmac_sha256(hash, secret, sizeof secret, text.data, text.len);
	if (r == REC_OK)
		rec_hex(hex, hash, sizeof hash);
	rec_buf_free(&text);
	return r;
}

int rec_sigv4_sign(
        struct rec_buf *buf, const struct rec_sigv4_key *key, const struct rec_sigv4_request *request, const char *date)
{
	struct rec_buf scope = REC_BUF_INIT;
	char hex[REC_SHA256_HEX];
	struct rec_field *headers = sorted(request);

	rec_buf_printf(&scope, "%.8s/%s/%s/aws4_request", date, key->region, key->service);
	int r = !headers || scope.failed ? REC_ENOMEM : signature(hex, key, request, date, scope.data);
	if (r == REC_OK) {
		rec_buf_printf(buf, "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=", key->id, scope.data);
		put_names(buf, headers, request->nheaders);
		rec_buf_printf(buf, ", Signature=%s", hex);
		r = buf->failed ? REC_ENOMEM : REC_OK;
	}
	free(headers);
	rec_buf_free(&scope);
	return r;
}
