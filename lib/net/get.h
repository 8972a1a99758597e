/* SPDX-License-Identifier: MIT */
/* Reading a remote file: a part of it into memory, or all of it into a file. */
#ifndef REC_NET_GET_H
#define REC_NET_GET_H

#include "net/http.h"

/* Which content it is, so that one that changes while it is read is noticed; rec_version_init() before the first request. */
struct rec_version {
	int64_t total;         /* bytes; -1: not known */
	char etag[256];        /* "" when the server gives none */
	char modified[64];     /* Last-Modified; "" */
	char md5[REC_MD5_HEX]; /* of the content, where the ETag is one; "" */
};

void rec_version_init(struct rec_version *version);

/**
 * rec_get_part(http, target, version, at, n, bytes, got, why):
 * Ask for ${n} bytes from ${at} on; fewer come at the end alone. The first call with a fresh ${version} sets it, the later ones hold the
 * server to it.
 * Return 0; REC_ENODATA: the server gives no ranges (first call alone); REC_EREMOTE: ${why} (256 bytes) says why. Nothing is reported.
 */
int rec_get_part(struct rec_http *http, const struct rec_target *target, struct rec_version *version, int64_t at,
        size_t n, char *bytes, size_t *got, char why[256]);

struct rec_get_params {
	int64_t expected; /* bytes, as a manifest says; -1: not said */
	int64_t max_bytes;
	int max_redirs;
	bool allow_truncated; /* take a body of which nobody says where it ends */
	bool no_checksum;     /* do not take an ETag of 32 digits for an MD5 */
	int64_t resume;       /* bytes that the file has already, of the version given; 0 */
	/* may be NULL: the version is known now, from byte ${at} on; so many bytes more, negative when all begins anew */
	int (*started)(void *context, const struct rec_version *version);
	void (*progress)(void *context, int64_t bytes);
	void *context;
};
#define REC_GET_PARAMS                                                                                                 \
	{                                                                                                              \
		.expected = -1, .max_bytes = INT64_C(1) << 40, .max_redirs = 10                                        \
	}

/**
 * rec_get_file(http, target, fd, params, version):
 * All of it into ${fd} from byte 0 on, resumed by Range where a connection breaks, its size and, where known, its MD5 verified.
 * Errors, reported: REC_EREMOTE; REC_EIO: the file cannot be written; REC_ENOMEM. What came is still in ${fd} then.
 */
int rec_get_file(struct rec_http *http, const struct rec_target *target, int fd, const struct rec_get_params *params,
        struct rec_version *version);

/** rec_get_head(http, target, reply): HEAD, asked again as rec_retry_perform() does; its errors. */
int rec_get_head(struct rec_http *http, const struct rec_target *target, struct rec_http_reply *reply);

#endif
