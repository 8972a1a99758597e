/* SPDX-License-Identifier: MIT */
/* struct rec_version against an answer; a part of net/get.h. */
#ifndef REC_NET_VERSION_H
#define REC_NET_VERSION_H

#include "net/get.h"

/** rec_version_take(version, reply): it is what an answer 200 or 206 says. */
void rec_version_take(struct rec_version *version, const struct rec_http_reply *reply);

/** rec_version_is(version, reply): whether the answer is of that version, as far as both say. */
bool rec_version_is(const struct rec_version *version, const struct rec_http_reply *reply);

/** rec_version_guard(version, field): the header that makes the server refuse another version; how many: 0 or 1. */
size_t rec_version_guard(const struct rec_version *version, struct rec_field *field);

/** rec_version_part(version, reply, at): whether an answer 206 is the part from ${at} on; REC_EREMOTE: reply->why. */
int rec_version_part(const struct rec_version *version, struct rec_http_reply *reply, int64_t at);

#endif
