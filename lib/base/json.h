/* SPDX-License-Identifier: MIT */
/*
 * JSON, strictly: RFC 8259 over cJSON, which by itself accepts trailing junk, duplicate keys, 1e999, bad UTF-8 and
 * \u0000 (json.c). And a writer for summaries: deterministic, no locale, keys in the order of the calls (jsonwrite.c).
 */
#ifndef REC_BASE_JSON_H
#define REC_BASE_JSON_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cJSON;

/* what a manifest may cost; REC_JSON_LIMITS is the default */
struct rec_json_limits {
	size_t bytes;
	int depth;
	size_t values;
};
#define REC_JSON_LIMITS                                                                                                \
	{                                                                                                              \
		16u << 20, 64, 2000000                                                                                 \
	}

/**
 * rec_json_parse(text, n, limits, root, why):
 *   text    n bytes, need not end in NUL; a UTF-8 byte order mark is skipped
 *   limits  NULL: REC_JSON_LIMITS; depth counts objects and arrays inside each other, at most 1000
 *   root    the value; the caller frees it with cJSON_Delete
 *   why     on REC_EINVAL a text like "line 3, column 14: duplicate key 'name'" (256 bytes are enough); may be NULL
 * Refused: anything after the value, duplicate keys (as decoded: \u0061 is a), numbers that are not finite as double
 * or longer than 63 characters, invalid UTF-8, lone surrogates, \u0000, control characters in strings, leading zeros,
 * depth or size over the limits.
 * Return 0; REC_EINVAL; REC_ENOMEM.
 */
int rec_json_parse(
        const char *text, size_t n, const struct rec_json_limits *limits, struct cJSON **root, char why[256]);

/* The writer. Errors are those of the buffer: check buf->failed at the end. */
struct rec_json {
	struct rec_buf *buf;
	bool pretty; /* newlines and two blanks a level */
	int depth;   /* internal */
	bool comma;  /* internal */
};

/* key is NULL inside arrays and for the outermost value */
void rec_json_object(struct rec_json *json, const char *key);
void rec_json_end_object(struct rec_json *json);
void rec_json_array(struct rec_json *json, const char *key);
void rec_json_end_array(struct rec_json *json);
void rec_json_str(struct rec_json *json, const char *key,
        const char *
                value); /* NULL: null; bad UTF-8 becomes U+FFFD; a URL goes without user and query, which may be secret */
void rec_json_int(struct rec_json *json, const char *key, int64_t value);
void rec_json_bool(struct rec_json *json, const char *key, bool value);
void rec_json_null(struct rec_json *json, const char *key);
void rec_json_real(struct rec_json *json, const char *key, double value, int decimals); /* not finite: null */
void rec_json_seconds(
        struct rec_json *json, const char *key, int64_t ns); /* decimal seconds, exact; REC_NS_UNKNOWN: null */
void rec_json_raw(struct rec_json *json, const char *key, const char *text); /* text is JSON already */

/** rec_json_warnings(json): "warnings": [...] with what rec_warn() kept. */
void rec_json_warnings(struct rec_json *json);

#endif
