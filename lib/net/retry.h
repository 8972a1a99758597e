/* SPDX-License-Identifier: MIT */
/*
 * When to ask again: with growing pauses and jitter, or as long as the server's Retry-After says, until nothing has moved for
 * 20 seconds or six times in a row.
 */
#ifndef REC_NET_RETRY_H
#define REC_NET_RETRY_H

#include "net/http.h"

struct rec_retry {
	int tries;        /* since something moved */
	int64_t since_ns; /* when it did; waiting as the server wished does not count */
	int64_t bytes;    /* how many had come then */
};

void rec_retry_begin(struct rec_retry *retry);

/** rec_retry_moved(retry, bytes): so many have come in all by now; less than 16 KiB more than before is nothing yet. */
void rec_retry_moved(struct rec_retry *retry, int64_t bytes);

/** rec_retry_wait(retry, http, reply): wait before the next try; false: no more tries. */
bool rec_retry_wait(struct rec_retry *retry, const struct rec_http *http, const struct rec_http_reply *reply);

/**
 * rec_retry_perform(http, request, reply):
 * rec_http_once() until it is done or hopeless; for requests without a sink.
 * Return 0: an answer came, be it a refusal; REC_EREMOTE: none, reply->why says why, nothing is reported.
 */
int rec_retry_perform(struct rec_http *http, const struct rec_http_request *request, struct rec_http_reply *reply);

#endif
