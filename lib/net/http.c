/* SPDX-License-Identifier: MIT */
#include "net/http.h"

#include "base/err.h"
#include "net/headers.h"
#include "net/reply.h"
#include "net/uri.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

static const long connect_ms = 8000;
static const size_t max_headers = 256 << 10;
static const size_t max_text = 64 << 10;
static const char link_local[] = "its address is link-local, where no recording can be";

struct rec_http {
	CURL *easy;
	const atomic_bool *cancel;
	char error[CURL_ERROR_SIZE];
};

/* one exchange: a request and its redirects */
struct exchange {
	struct rec_http *http;
	const struct rec_http_request *request;
	struct rec_http_reply *reply;
	char *url;      /* being asked now */
	bool first;     /* no redirect was followed yet */
	char *location; /* of a redirect */
	size_t header_bytes;
	int64_t sent; /* of the body */
	bool compressed;
	bool repeated; /* the body was sent again */
	bool refused;  /* by us, for good; reply->why says why */
	struct curl_slist *headers;
};

/* Refuse for good; what a callback returns then ends the transfer. */
static size_t refuse(struct exchange *ex, const char *why)
{
	if (!ex->refused)
		snprintf(ex->reply->why, sizeof ex->reply->why, "%s", why);
	ex->refused = true;
	return 0;
}

static size_t on_header(char *line, size_t size, size_t n, void *context)
{
	struct exchange *ex = context;
	const char *why = NULL;

	(void)size;
	ex->header_bytes += n;
	if (ex->header_bytes > max_headers)
		return refuse(ex, "its headers are longer than 256 KiB");
	if (!rec_reply_header(ex->reply, line, n, &ex->location, &ex->compressed, &why)) {
		ex->reply->local = why == rec_strerror(REC_ENOMEM) ? REC_ENOMEM : 0;
		return refuse(ex, why);
	}
	return n;
}

static bool is_xml(const char *type)
{
	return strncasecmp(type, "application/xml", 15) == 0 || strncasecmp(type, "text/xml", 8) == 0;
}

/* No recording is XML: a server that sends some with status 200 tells an error. */
static bool goes_to_sink(const struct exchange *ex)
{
	return ex->request->sink && (ex->reply->status == 200 || ex->reply->status == 206) && !is_xml(ex->reply->type);
}

static size_t on_body(char *bytes, size_t size, size_t n, void *context)
{
	struct exchange *ex = context;
	struct rec_http_reply *reply = ex->reply;

	(void)size;
	reply->got += (int64_t)n;
	if (goes_to_sink(ex)) {
		if (ex->compressed)
			return refuse(ex, "it was sent compressed, which was not asked for");
		if (ex->request->sink(ex->request->context, reply, bytes, n) < 0) {
			ex->refused = true;
			return 0;
		}
	} else if (reply->text.len < max_text) {
		size_t room = max_text - reply->text.len;
		rec_buf_add(&reply->text, bytes, n < room ? n : room);
	} else if (reply->got > (int64_t)max_headers)
		return refuse(ex, "its answer is longer than such an answer can be");
	return n;
}

static size_t on_read(char *bytes, size_t size, size_t n, void *context)
{
	struct exchange *ex = context;
	const struct rec_http_body *body = ex->request->body;
	int64_t left = body ? body->n - ex->sent : 0;
	ssize_t got;

	(void)size;
	if ((int64_t)n > left)
		n = (size_t)left;
	if (n == 0)
		return 0;
	if (body->text) {
		memcpy(bytes, body->text + ex->sent, n);
		got = (ssize_t)n;
	} else {
		do
			got = pread(body->fd, bytes, n, body->at + ex->sent);
		while (got < 0 && errno == EINTR);
	}
	if (got <= 0) {
		refuse(ex, got < 0 ? strerror(errno) : "the file became shorter while it was sent");
		ex->reply->local = REC_EIO;
		return CURL_READFUNC_ABORT;
	}
	ex->sent += got;
	return (size_t)got;
}

static int on_seek(void *context, curl_off_t at, int whence)
{
	struct exchange *ex = context;

	if (whence != SEEK_SET || at < 0)
		return CURL_SEEKFUNC_FAIL;
	ex->repeated |= ex->sent > at;
	ex->sent = at;
	return CURL_SEEKFUNC_OK;
}

static int on_progress(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	const struct exchange *ex = context;

	(void)a, (void)b, (void)c, (void)d;
	return rec_http_cancelled(ex->http);
}

/* 169.254.0.0/16, fe80::/10, and the former inside of the latter family */
static bool is_link_local(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET) {
		const struct sockaddr_in *v4 = (const void *)address;
		return ntohl(v4->sin_addr.s_addr) >> 16 == 0xA9FE;
	}
	if (address->sa_family == AF_INET6) {
		const struct in6_addr *v6 = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
		return IN6_IS_ADDR_LINKLOCAL(v6) ||
		       (IN6_IS_ADDR_V4MAPPED(v6) && v6->s6_addr[12] == 169 && v6->s6_addr[13] == 254);
	}
	return false;
}

/* Behind a proxy the URL alone tells. */
static bool names_link_local(const char *url)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
	struct rec_uri uri = {0};
	bool is = false;

	if (rec_uri_parse(&uri, url) < 0)
		return false;
	size_t n = strlen(uri.host);
	if (n > 2 && uri.host[0] == '[') {
		uri.host[n - 1] = '\0';
		is = inet_pton(AF_INET6, uri.host + 1, &v6.sin6_addr) == 1 && is_link_local((const void *)&v6);
	} else
		is = inet_pton(AF_INET, uri.host, &v4.sin_addr) == 1 && is_link_local((const void *)&v4);
	rec_uri_free(&uri);
	return is;
}

static curl_socket_t on_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct exchange *ex = context;

	(void)purpose;
	if (is_link_local(&address->addr)) {
		refuse(ex, link_local);
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

int rec_http_new(struct rec_http **http, const atomic_bool *cancel)
{
	struct rec_http *h = calloc(1, sizeof *h);

	*http = NULL;
	if (!h)
		return REC_ENOMEM;
	h->cancel = cancel;
	h->easy = curl_easy_init();
	if (!h->easy) {
		free(h);
		return REC_ENOMEM;
	}
	*http = h;
	return REC_OK;
}

void rec_http_free(struct rec_http **http)
{
	if (!*http)
		return;
	curl_easy_cleanup((*http)->easy);
	free(*http);
	*http = NULL;
}

bool rec_http_cancelled(const struct rec_http *http)
{
	return http->cancel && atomic_load(http->cancel);
}

static const char *ca_file(void)
{
	const char *file = getenv("CURL_CA_BUNDLE");

	if (!file || !*file)
		file = getenv("SSL_CERT_FILE");
	if (!file || !*file)
		file = getenv("AWS_CA_BUNDLE");
	return file && *file ? file : NULL;
}

static void put_options(struct exchange *ex)
{
	CURL *easy = ex->http->easy;
	const char *ca = ca_file();

	curl_easy_reset(easy);
	ex->http->error[0] = '\0';
	curl_easy_setopt(easy, CURLOPT_URL, ex->url);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, ex->http->error);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "rectools/" REC_VERSION);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 100L);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)ex->request->stall_s);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 256L << 10);
	curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, 256L << 10);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, ex);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, ex);
	curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(easy, CURLOPT_XFERINFODATA, ex);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_socket);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, ex);
	if (ca)
		curl_easy_setopt(easy, CURLOPT_CAINFO, ca);
}

static void put_method(struct exchange *ex)
{
	CURL *easy = ex->http->easy;
	const char *method = ex->request->method;

	if (strcmp(method, "HEAD") == 0)
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	else if (strcmp(method, "PUT") == 0 || strcmp(method, "POST") == 0) {
		curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
		curl_easy_setopt(
		        easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)(ex->request->body ? ex->request->body->n : 0));
		curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
		curl_easy_setopt(easy, CURLOPT_READDATA, ex);
		curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_seek);
		curl_easy_setopt(easy, CURLOPT_SEEKDATA, ex);
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
	} else if (strcmp(method, "GET") != 0)
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
}

/* The URL of the first request; S3's has the canonical query. */
static int begin(struct exchange *ex, struct rec_buf *query)
{
	const struct rec_http_request *request = ex->request;
	struct rec_buf url = REC_BUF_INIT;
	int r = rec_sigv4_query(query, request->query, request->nquery);

	rec_buf_printf(&url, "%s%s%s", request->target->url, query->len ? "?" : "", rec_buf_str(query));
	ex->url = rec_buf_steal(&url);
	return r < 0 || !ex->url ? REC_ENOMEM : REC_OK;
}

static enum rec_outcome outcome_of(const struct exchange *ex, CURLcode code)
{
	struct rec_http_reply *reply = ex->reply;

	if (code == CURLE_OK)
		return rec_reply_again(reply) ? REC_AGAIN : REC_DONE;
	if (ex->refused)
		return REC_FAILED;
	snprintf(reply->why, sizeof reply->why, "%s", ex->http->error[0] ? ex->http->error : curl_easy_strerror(code));
	switch (code) {
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_COULDNT_CONNECT:
	case CURLE_OPERATION_TIMEDOUT:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
	case CURLE_GOT_NOTHING:
	case CURLE_PARTIAL_FILE:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
	case CURLE_SSL_CONNECT_ERROR:
		return REC_AGAIN;
	default:
		return REC_FAILED;
	}
}

static enum rec_outcome ask(struct exchange *ex, const char *query)
{
	rec_http_reply_free(ex->reply);
	rec_reply_init(ex->reply);
	ex->header_bytes = 0;
	ex->sent = 0;
	ex->compressed = false;
	put_options(ex);
	put_method(ex);
	bool sign = ex->first && ex->request->target->account.id;
	int r = rec_headers_make(&ex->headers, ex->request, sign ? query : NULL);
	enum rec_outcome outcome = REC_FAILED;
	if (r == REC_OK)
		curl_easy_setopt(ex->http->easy, CURLOPT_HTTPHEADER, ex->headers);
	if (r == REC_OK)
		outcome = outcome_of(ex, curl_easy_perform(ex->http->easy));
	else
		ex->reply->local = REC_ENOMEM;
	/* the handle lives longer than these */
	curl_easy_setopt(ex->http->easy, CURLOPT_HTTPHEADER, NULL);
	curl_easy_setopt(ex->http->easy, CURLOPT_ERRORBUFFER, NULL);
	curl_slist_free_all(ex->headers);
	ex->headers = NULL;
	return outcome;
}

/* Where the redirect leads, if it may be followed; false: reply->why says why not. */
static bool follow(struct exchange *ex)
{
	const char *method = ex->request->method;
	char *next = NULL;

	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		return refuse(
		        ex, "it is redirected elsewhere, which is followed for reading alone; give the place itself");
	if (rec_uri_resolve(ex->url, ex->location, &next) < 0)
		return refuse(ex, "it is redirected to what is no http or https URL");
	if (strncasecmp(ex->url, "https:", 6) == 0 && strncasecmp(next, "https:", 6) != 0) {
		free(next);
		return refuse(ex, "it is redirected from https to http");
	}
	free(ex->url);
	ex->url = next;
	ex->first = false;
	return true;
}

static bool is_redirect(const struct exchange *ex)
{
	int status = ex->reply->status;

	return ex->location && (status == 301 || status == 302 || status == 303 || status == 307 || status == 308);
}

enum rec_outcome rec_http_once(
        struct rec_http *http, const struct rec_http_request *request, struct rec_http_reply *reply)
{
	struct exchange ex = {.http = http, .request = request, .reply = reply, .first = true};
	struct rec_buf query = REC_BUF_INIT;
	enum rec_outcome outcome = REC_FAILED;

	rec_reply_init(reply);
	if (begin(&ex, &query) < 0)
		reply->local = REC_ENOMEM;
	for (int hops = 0; ex.url; hops++) {
		free(ex.location);
		ex.location = NULL;
		if (names_link_local(ex.url)) {
			refuse(&ex, link_local);
			break;
		}
		outcome = ask(&ex, rec_buf_str(&query));
		if (outcome != REC_DONE || !is_redirect(&ex))
			break;
		outcome = REC_FAILED;
		if (hops >= request->max_redirs) {
			snprintf(reply->why, sizeof reply->why, "it is redirected more than %d times",
			        request->max_redirs);
			break;
		}
		if (!follow(&ex))
			break;
	}
	free(ex.location);
	free(ex.url);
	rec_buf_free(&query);
	reply->repeated = ex.repeated;
	if (reply->local == REC_ENOMEM)
		snprintf(reply->why, sizeof reply->why, "%s", rec_strerror(REC_ENOMEM));
	return outcome;
}
