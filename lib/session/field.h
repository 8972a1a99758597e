/* SPDX-License-Identifier: MIT */
/*
 * Typed fields of a manifest's JSON. What has the wrong type or range is reported with the entry it stands in:
 *     cannot use 'session.json': participants[1].join_time_s is a string, not a number
 * A field that is missing or null leaves the result as it was.
 */
#ifndef REC_SESSION_FIELD_H
#define REC_SESSION_FIELD_H

#include "session/session.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cJSON;

/* an object and where it stands; all borrowed */
struct rec_place {
	const char *manifest;
	const char *entry; /* "participants[2]"; "" for the outermost object */
	const struct cJSON *object;
};

/** rec_field_error(place, key, fmt, ...): report "cannot use 'MANIFEST': ENTRY.KEY ..."; REC_EINPUT. ${key} NULL: the entry itself. */
int rec_field_error(const struct rec_place *place, const char *key, const char *fmt, ...)
        __attribute__((format(printf, 3, 4)));

/** rec_field_object(place): whether it is an object; REC_EINPUT, reported. */
int rec_field_object(const struct rec_place *place);

/** rec_field_str(place, key, out): borrowed from the JSON. REC_EINPUT, reported. */
int rec_field_str(const struct rec_place *place, const char *key, const char **out);

/** rec_field_seconds(place, key, ns): a number in [0, 10^9], rounded to the nearest nanosecond. REC_EINPUT, reported. */
int rec_field_seconds(const struct rec_place *place, const char *key, int64_t *ns);

/**
 * rec_field_time(place, key, unit_ns, ns):
 * A number of ${unit_ns} nanoseconds each (REC_NS_PER_MS: milliseconds), or a string of its digits as JSON writers make of 64-bit
 * integers, from 0 to 9 x 10^9 seconds: an offset or a Unix time. REC_EINPUT, reported.
 */
int rec_field_time(const struct rec_place *place, const char *key, int64_t unit_ns, int64_t *ns);

/** rec_field_count(place, key, most, out): a whole number in [1, ${most}]. REC_EINPUT, reported. */
int rec_field_count(const struct rec_place *place, const char *key, int most, int *out);

/** rec_field_bool(place, key, out): REC_EINPUT, reported. */
int rec_field_bool(const struct rec_place *place, const char *key, bool *out);

/**
 * rec_field_each(place, key, each, context):
 * Call ${each} for every element of an array, with its own entry ("files[3]"), until one fails. ${key} NULL: ${place} is the array itself.
 * REC_EINPUT, reported: it is no array; REC_ENOMEM; what ${each} returns.
 */
int rec_field_each(const struct rec_place *place, const char *key,
        int (*each)(void *context, const struct rec_place *element), void *context);

/** rec_field_few(place, key): whether the array ${key} (NULL: ${place} itself) has no more elements than a session has tracks: asked before each is looked for on disk. REC_EINPUT, reported. */
int rec_field_few(const struct rec_place *place, const char *key);

/** rec_field_inner(place, key, inner, entry): the object ${key} inside; ${entry} keeps its name. REC_EINPUT, reported: missing, no object. */
int rec_field_inner(const struct rec_place *place, const char *key, struct rec_place *inner, char entry[128]);

/** rec_field_choice(place, key, choices, out): the index of a string in a NULL-terminated list. REC_EINPUT, reported. */
int rec_field_choice(const struct rec_place *place, const char *key, const char *const *choices, int *out);

/** rec_field_array(place, key, out): REC_EINPUT, reported. */
int rec_field_array(const struct rec_place *place, const char *key, const struct cJSON **out);

/**
 * rec_field_spans(place, key, spans):
 * Pairs of seconds [[a, b], ...] with a <= b; items are malloc'd for the caller, also after an error. REC_EINPUT, reported; REC_ENOMEM.
 */
int rec_field_spans(const struct rec_place *place, const char *key, struct rec_spans *spans);

#endif
