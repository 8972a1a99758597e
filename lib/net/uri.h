/* SPDX-License-Identifier: MIT */
/* Percent-encoding as RFC 3986 and AWS's canonical form want it, and URLs taken apart and put together by libcurl. */
#ifndef REC_NET_URI_H
#define REC_NET_URI_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/** rec_uri_encode(buf, text, n, keep_slash): append ${text}; every byte but A-Z a-z 0-9 - . _ ~ (and / where kept) becomes %XX, upper-case. */
void rec_uri_encode(struct rec_buf *buf, const char *text, size_t n, bool keep_slash);

/**
 * rec_uri_decode(text, plus, decoded):
 * Undo it; ${plus}: a + is a blank, as in S3's events. ${decoded} is malloc'd.
 * Return 0; REC_EINVAL: a % without two hexadecimal digits, or %00; REC_ENOMEM.
 */
int rec_uri_decode(const char *text, bool plus, char **decoded);

/** rec_uri_folder(url, buf): append ${url} up to its last slash, without a query. REC_ENOMEM. */
int rec_uri_folder(const char *url, struct rec_buf *buf);

/* an http or https URL taken apart; every part is malloc'd or NULL */
struct rec_uri {
	char *scheme; /* "http" or "https" */
	char *host;   /* lower case as libcurl has it; IPv6 in brackets */
	char *port;   /* NULL: the scheme's own */
	char *path;   /* encoded, begins with / */
};

/** rec_uri_parse(uri, text): REC_EINVAL: no http or https URL that libcurl accepts; REC_ENOMEM. On error nothing needs freeing. */
int rec_uri_parse(struct rec_uri *uri, const char *text);

void rec_uri_free(struct rec_uri *uri);

/** rec_uri_same_host(a, b): whether scheme, host and port of two URLs are the same. */
bool rec_uri_same_host(const char *a, const char *b);

/** rec_uri_resolve(base, reference, url): the URL that ${reference} means at ${base} (RFC 3986, 5), with the base's user and password on the same host alone; malloc'd. REC_EINVAL: no http or https URL; REC_ENOMEM. */
int rec_uri_resolve(const char *base, const char *reference, char **url);

#endif
