/* SPDX-License-Identifier: MIT */
#include "net/uri.h"

#include "base/err.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_unreserved(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
	       c == '_' || c == '~';
}

void rec_uri_encode(struct rec_buf *buf, const char *text, size_t n, bool keep_slash)
{
	for (size_t i = 0; i < n; i++) {
		if (is_unreserved(text[i]) || (keep_slash && text[i] == '/'))
			rec_buf_add(buf, &text[i], 1);
		else
			rec_buf_printf(buf, "%%%02X", (unsigned char)text[i]);
	}
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int rec_uri_decode(const char *text, bool plus, char **decoded)
{
	char *out = malloc(strlen(text) + 1);
	size_t n = 0;

	if (!out)
		return REC_ENOMEM;
	for (; *text; text++) {
		int high = *text == '%' ? hex_value(text[1]) : 0;
		int low = *text == '%' && high >= 0 ? hex_value(text[2]) : 0;
		if (high < 0 || low < 0 || (*text == '%' && high + low == 0)) {
			free(out);
			return REC_EINVAL;
		}
		out[n++] = *text == '%' ? (char)(unsigned char)(16 * high + low) : *text == '+' && plus ? ' ' : *text;
		text += *text == '%' ? 2 : 0;
	}
	out[n] = '\0';
	*decoded = out;
	return REC_OK;
}

int rec_uri_folder(const char *url, struct rec_buf *buf)
{
	size_t end = strncasecmp(url, "s3:", 3) == 0 ? strlen(url) : strcspn(url, "?#");

	while (end > 0 && url[end - 1] != '/')
		end--;
	rec_buf_add(buf, url, end);
	return buf->failed ? REC_ENOMEM : REC_OK;
}

static int error_of(CURLUcode code)
{
	return code == CURLUE_OUT_OF_MEMORY ? REC_ENOMEM : REC_EINVAL;
}

/* Set *part, malloc'd with our own allocator; a part that is missing stays NULL. */
static int take(CURLU *url, CURLUPart what, char **part)
{
	char *text = NULL;
	CURLUcode code = curl_url_get(url, what, &text, 0);

	if (what == CURLUPART_PORT && code == CURLUE_NO_PORT)
		return REC_OK;
	if (code != CURLUE_OK)
		return error_of(code);
	*part = strdup(text);
	curl_free(text);
	return *part ? REC_OK : REC_ENOMEM;
}

static bool is_web(const char *scheme)
{
	return scheme && (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
}

int rec_uri_parse(struct rec_uri *uri, const char *text)
{
	CURLU *url = curl_url();
	struct rec_uri parts = {0};
	CURLUcode code = url ? curl_url_set(url, CURLUPART_URL, text, CURLU_PATH_AS_IS) : CURLUE_OUT_OF_MEMORY;
	int r = code == CURLUE_OK ? REC_OK : error_of(code);

	if (r == REC_OK)
		r = take(url, CURLUPART_SCHEME, &parts.scheme);
	if (r == REC_OK && !is_web(parts.scheme))
		r = REC_EINVAL;
	if (r == REC_OK)
		r = take(url, CURLUPART_HOST, &parts.host);
	if (r == REC_OK)
		r = take(url, CURLUPART_PORT, &parts.port);
	if (r == REC_OK)
		r = take(url, CURLUPART_PATH, &parts.path);
	curl_url_cleanup(url);
	if (r < 0)
		rec_uri_free(&parts);
	else
		*uri = parts;
	return r;
}

void rec_uri_free(struct rec_uri *uri)
{
	free(uri->scheme);
	free(uri->host);
	free(uri->port);
	free(uri->path);
	*uri = (struct rec_uri){0};
}

static const char *port_of(const struct rec_uri *uri)
{
	if (uri->port)
		return uri->port;
	return strcmp(uri->scheme, "https") == 0 ? "443" : "80";
}

bool rec_uri_same_host(const char *a, const char *b)
{
	struct rec_uri x = {0}, y = {0};
	bool same = rec_uri_parse(&x, a) == REC_OK && rec_uri_parse(&y, b) == REC_OK &&
	            strcmp(x.scheme, y.scheme) == 0 && strcasecmp(x.host, y.host) == 0 &&
	            strcmp(port_of(&x), port_of(&y)) == 0;

	rec_uri_free(&x);
	rec_uri_free(&y);
	return same;
}

/* The base's user and password, where the place that it leads to has none. */
static CURLUcode take_user(CURLU *to, const char *base)
{
	static const CURLUPart parts[] = {CURLUPART_USER, CURLUPART_PASSWORD};
	char *text = NULL;
	CURLU *from = NULL;
	CURLUcode code = curl_url_get(to, CURLUPART_USER, &text, 0);

	curl_free(text);
	if (code != CURLUE_NO_USER)
		return code;
	from = curl_url();
	code = from ? curl_url_set(from, CURLUPART_URL, base, 0) : CURLUE_OUT_OF_MEMORY;
	for (size_t i = 0; code == CURLUE_OK && i < sizeof parts / sizeof *parts; i++) {
		text = NULL;
		if (curl_url_get(from, parts[i], &text, 0) == CURLUE_OK)
			code = curl_url_set(to, parts[i], text, 0);
		curl_free(text);
	}
	curl_url_cleanup(from);
	return code;
}

int rec_uri_resolve(const char *base, const char *reference, char **url)
{
	CURLU *handle = curl_url();
	struct rec_uri check = {0};
	CURLUcode code = handle ? curl_url_set(handle, CURLUPART_URL, base, 0) : CURLUE_OUT_OF_MEMORY;

	*url = NULL;
	if (code == CURLUE_OK)
		code = curl_url_set(handle, CURLUPART_URL, reference, 0);
	int r = code == CURLUE_OK ? take(handle, CURLUPART_URL, url) : error_of(code);
	if (r == REC_OK && rec_uri_same_host(base, *url)) {
		free(*url);
		*url = NULL;
		code = take_user(handle, base);
		r = code == CURLUE_OK ? take(handle, CURLUPART_URL, url) : error_of(code);
	}
	curl_url_cleanup(handle);
	if (r == REC_OK)
		r = rec_uri_parse(&check, *url);
	rec_uri_free(&check);
	if (r < 0) {
		free(*url);
		*url = NULL;
	}
	return r;
}
