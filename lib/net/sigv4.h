/* SPDX-License-Identifier: MIT */
/*
 * AWS Signature Version 4. libcurl 7.88's own signer neither sorts the query nor encodes the path nor sends the payload's
 * hash, so that a key with a blank, +, parentheses or UTF-8 fails; hence this one, of the canonical form alone.
 * Source: AWS, "Create a signed AWS API request" (IAM User Guide); proved with AWS's published vectors (tests/unit/sigv4.c).
 */
#ifndef REC_NET_SIGV4_H
#define REC_NET_SIGV4_H

#include "base/buf.h"

#include <stddef.h>
#include <time.h>

/* a header or a part of the query, not encoded; borrowed */
struct rec_field {
	const char *name;
	const char *value;
};

struct rec_sigv4_key {
	const char *id;
	const char *secret;
	const char *region;
	const char *service; /* "s3" */
};

struct rec_sigv4_request {
	const char *method;
	const char *path;                /* encoded as it goes over the wire, begins with / */
	const char *query;               /* canonical: rec_sigv4_query(); "" for none */
	const struct rec_field *headers; /* those that are signed: host and x-amz-date at least; each name once */
	size_t nheaders;
	const char *payload_sha256; /* hexadecimal, or UNSIGNED-PAYLOAD */
};

enum { REC_SIGV4_DATE = 17 };

/** rec_sigv4_date(date, when): 20150830T123600Z. */
void rec_sigv4_date(char date[REC_SIGV4_DATE], time_t when);

/** rec_sigv4_query(buf, fields, n): append the query, encoded and sorted, which is also what goes over the wire. REC_ENOMEM. */
int rec_sigv4_query(struct rec_buf *buf, const struct rec_field *fields, size_t n);

/** rec_sigv4_canonical(buf, request): append the canonical request. REC_ENOMEM. */
int rec_sigv4_canonical(struct rec_buf *buf, const struct rec_sigv4_request *request);

/** rec_sigv4_sign(buf, key, request, date): append the value of the Authorization header. REC_ENOMEM. */
int rec_sigv4_sign(struct rec_buf *buf, const struct rec_sigv4_key *key, const struct rec_sigv4_request *request,
        const char *date);

#endif
