/* SPDX-License-Identifier: MIT */
/* The headers of a request: what it asks for, what its body is, and S3's signature; a part of net/http.h. */
#ifndef REC_NET_HEADERS_H
#define REC_NET_HEADERS_H

#include "net/http.h"

struct curl_slist;

/**
 * rec_headers_make(list, request, query):
 * Append to ${list}, which the caller frees also on error. The request is signed where ${query} is not NULL: the canonical one
 * (rec_sigv4_query()), "" for none. REC_ENOMEM.
 */
int rec_headers_make(struct curl_slist **list, const struct rec_http_request *request, const char *query);

#endif
