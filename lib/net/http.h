/* SPDX-License-Identifier: MIT */
/*
 * One request and its answer, over libcurl: signed where the target is S3's, redirects followed as far as it is safe, limits kept. What
 * went wrong is told, not reported; net/retry.h decides whether to ask again.
 *
 *     struct rec_http *http = NULL;
 *     rec_http_new(&http, NULL);
 *     struct rec_http_request request = REC_HTTP_REQUEST("GET", &target);
 *     outcome = rec_http_once(http, &request, &reply);
 *     rec_http_reply_free(&reply); rec_http_free(&http);
 *
 * Never: compression, cookies, HTTP/0.9, a scheme other than http and https, from https to http, signed headers to another host, a
 * link-local address (where clouds keep their credentials), TLS without verification. HTTP/2 where the server has it.
 */
#ifndef REC_NET_HTTP_H
#define REC_NET_HTTP_H

#include "base/buf.h"
#include "net/digest.h"
#include "net/target.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* keeps its connections for the next request; one thread at a time */
struct rec_http;

/** rec_http_new(http, cancel): ${cancel}, when it becomes true, ends a request as a failure within a second; may be NULL. REC_ENOMEM. */
int rec_http_new(struct rec_http **http, const atomic_bool *cancel);
void rec_http_free(struct rec_http **http);
/** rec_http_cancelled(http): whether that is so. */
bool rec_http_cancelled(const struct rec_http *http);

/* what is sent: text, or a part of a file */
struct rec_http_body {
	const char *text;
	int fd; /* used when text is NULL; read with pread */
	int64_t at;
	int64_t n;
	struct rec_sums sums;
};

struct rec_http_reply {
	int status;     /* 0: no answer */
	int64_t length; /* Content-Length; -1: none */
	int64_t first;  /* Content-Range: bytes first-last/total; -1: not given */
	int64_t last;
	int64_t total;
	int64_t got;         /* bytes of the body that came, whoever took them */
	char etag[256];      /* quotes included; "" */
	char modified[64];   /* Last-Modified; "" */
	char type[128];      /* Content-Type */
	bool etag_is_md5;    /* it has 32 digits; not with `encrypted` */
	bool encrypted;      /* by the storage, with keys of its own: then the ETag is no MD5 */
	char region[64];     /* where S3 says that the bucket is; "" */
	bool hidden;         /* by a delete marker: the versions before it stay */
	bool framed;         /* the answer tells where it ends */
	int64_t wait_ns;     /* Retry-After; -1: none */
	struct rec_buf text; /* the body where no sink takes it, at most 64 KiB: refusals and small answers */
	bool repeated;       /* it answers a body that was sent before, too */
	int local;           /* where what went wrong is this machine's: REC_EIO: the file to send; REC_ENOMEM */
	char why[256];       /* what went wrong, for a message */
};

struct rec_http_request {
	const char *method;
	const struct rec_target *target;
	const struct rec_field *query; /* of S3 alone */
	size_t nquery;
	const struct rec_field *headers; /* besides those that follow from the rest */
	size_t nheaders;
	const struct rec_http_body *body;
	int64_t first; /* ask for the bytes first to last; -1: for all */
	int64_t last;  /* -1: to the end */
	int max_redirs;
	int stall_s; /* under 100 bytes a second for so long: given up */
	/* Takes the body of an answer 200 or 206; a rec_err ends the request, its cause in reply->why. NULL: reply->text. */
	int (*sink)(void *context, struct rec_http_reply *reply, const char *bytes, size_t n);
	void *context;
};
#define REC_HTTP_REQUEST(method, target)                                                                               \
	{                                                                                                              \
		(method), (target), NULL, 0, NULL, 0, NULL, -1, -1, 10, 5, NULL, NULL                                  \
	}

enum rec_outcome {
	REC_DONE,  /* an answer came, whole; reply->status may still be a refusal */
	REC_AGAIN, /* it failed in a way that may pass: connection, stall, 429, 500, 502, 503, 504 */
	REC_FAILED /* asking again is of no use */
};

/** rec_http_once(http, request, reply): ${reply} is overwritten; rec_http_reply_free() in every case. */
enum rec_outcome rec_http_once(
        struct rec_http *http, const struct rec_http_request *request, struct rec_http_reply *reply);

/** rec_http_refusal(reply, target): put into reply->why what a refusal says: "403 Forbidden: AccessDenied; check ...". */
void rec_http_refusal(struct rec_http_reply *reply, const struct rec_target *target);

/** rec_http_element(text, name): the text of the first <name> in a small XML answer, entities resolved; malloc'd; NULL: none. */
char *rec_http_element(const char *text, const char *name);

void rec_http_reply_free(struct rec_http_reply *reply);

#endif
