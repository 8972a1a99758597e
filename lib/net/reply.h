/* SPDX-License-Identifier: MIT */
/* What the headers and the body of an answer say; parts of net/http.h. */
#ifndef REC_NET_REPLY_H
#define REC_NET_REPLY_H

#include "net/http.h"

void rec_reply_init(struct rec_http_reply *reply);

/**
 * rec_reply_header(reply, line, n, location, compressed, why):
 * Take one header line, or a status line, which begins anew. ${location} is set to malloc'd memory, ${compressed} for a Content-Encoding.
 * false: it makes the answer unusable, as ${why} says (static).
 */
bool rec_reply_header(
        struct rec_http_reply *reply, const char *line, size_t n, char **location, bool *compressed, const char **why);

/** rec_reply_again(reply): whether that answer is one that passes: 429, 500, 502, 503, 504, or S3's codes that mean so, also with status 200. */
bool rec_reply_again(const struct rec_http_reply *reply);

#endif
