/* SPDX-License-Identifier: MIT */
/*
 * A remote file: an http or https URL as it is, or s3://bucket/key, where the key is not encoded. Where a bucket is and who asks comes
 * from the environment (rec(7)): AWS_ENDPOINT_URL_S3 over AWS_ENDPOINT_URL, AWS_REGION over AWS_DEFAULT_REGION,
 * AWS_S3_ADDRESSING_STYLE, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN; no key: anonymous.
 */
#ifndef REC_NET_TARGET_H
#define REC_NET_TARGET_H

#include "net/sigv4.h"

#include <stdbool.h>

struct rec_target {
	char *shown;  /* for messages and summaries */
	char *url;    /* to ask for; of S3 without a query */
	char *bucket; /* NULL: http or https */
	char *key;
	/* of S3, to sign with */
	char *host;                   /* as the Host header has it */
	char *path;                   /* encoded */
	struct rec_sigv4_key account; /* id NULL: anonymous; borrowed from the environment */
	const char *token;            /* NULL: none */
};

/**
 * rec_target_parse(target, location):
 * Errors, reported: REC_EUSAGE: no such URL, a bucket that cannot be one, no key; REC_EREMOTE: credentials or an endpoint in the
 * environment that make no sense; REC_ENOMEM. Then nothing needs freeing.
 */
int rec_target_parse(struct rec_target *target, const char *location);

/**
 * rec_target_signs_content(target):
 * Whether what is sent there is a part of the signature: over http, where anyone on the way could change it. Over https TLS sees to that,
 * and S3 takes UNSIGNED-PAYLOAD; the Content-MD5 is signed in both cases.
 */
bool rec_target_signs_content(const struct rec_target *target);

/** rec_target_is_folder(location): whether it ends in /, in a URL before its query. */
bool rec_target_is_folder(const char *location);

/** rec_target_below(location, name): ${location}, such a folder, with ${name} after that /, encoded in a URL; malloc'd; NULL: no memory. */
char *rec_target_below(const char *location, const char *name);

void rec_target_free(struct rec_target *target);

#endif
