/* SPDX-License-Identifier: MIT */
/*
 * Writing a remote file: it appears whole or not at all. Over S3 a large one goes in parts, several at once. Each PUT carries the MD5 of
 * what it sends, and a HEAD afterwards says whether it is there.
 */
#ifndef REC_NET_PUT_H
#define REC_NET_PUT_H

#include "net/http.h"

struct rec_put_params {
	const char *type; /* Content-Type; NULL: by the target's ending, or else by that of ${name} */
	const char *name; /* of the file that is sent; NULL: none */
	const struct rec_field *headers;
	size_t nheaders;
	bool no_clobber;
	int jobs;                                       /* parts at once */
	int64_t most_whole;                             /* over S3 larger files go in parts */
	int64_t part_size;                              /* of so many bytes; more where 10000 parts would not do */
	void (*progress)(void *context, int64_t bytes); /* any thread; NULL */
	void *context;
};
#define REC_PUT_PARAMS                                                                                                 \
	{                                                                                                              \
		.jobs = 4, .most_whole = INT64_C(16) << 20, .part_size = INT64_C(8) << 20                              \
	}

struct rec_put_result {
	char etag[256]; /* "" when the server gives none */
	bool verified;  /* it was asked whether the file is there, and it is, of that size */
};

/**
 * rec_put_file(http, target, fd, size, params, result):
 * Send the first ${size} bytes of the regular ${fd}.
 * Errors, reported: REC_EEXIST: it is there and no_clobber; REC_EREMOTE; REC_EIO: ${fd}; REC_ENOMEM. Parts that were sent are taken back.
 */
int rec_put_file(struct rec_http *http, const struct rec_target *target, int fd, int64_t size,
        const struct rec_put_params *params, struct rec_put_result *result);

/* for base/remote.h */
int rec_put_check(const char *url, bool no_clobber);
int rec_put_publish(const char *url, int fd, int64_t size, bool no_clobber);

/** rec_put_remove(target): DELETE it, and ask whether it is gone. REC_EREMOTE, REC_ENOMEM, reported. A file that is not there is fine. */
int rec_put_remove(const struct rec_target *target);

#endif
