/* SPDX-License-Identifier: MIT */
#include "session/field.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "base/num.h"
#include "session/model.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double max_seconds = 1e9;

int rec_field_error(const struct rec_place *place, const char *key, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return rec_report(REC_EINPUT, "cannot use '%s': %s%s%s %s", place->manifest, place->entry,
	        key && *place->entry && *key != '[' ? "." : "", key ? key : "", text);
}

static const char *type_name(const cJSON *item)
{
	if (cJSON_IsString(item))
		return "a string";
	if (cJSON_IsNumber(item))
		return "a number";
	if (cJSON_IsBool(item))
		return "true or false";
	if (cJSON_IsArray(item))
		return "an array";
	return cJSON_IsObject(item) ? "an object" : "null";
}

/* NULL: missing or null */
static const cJSON *get(const struct rec_place *place, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(place->object, key);

	return cJSON_IsNull(item) ? NULL : item;
}

int rec_field_object(const struct rec_place *place)
{
	if (cJSON_IsObject(place->object))
		return REC_OK;
	return rec_field_error(place, NULL, "is %s, not an object", type_name(place->object));
}

int rec_field_str(const struct rec_place *place, const char *key, const char **out)
{
	const cJSON *item = get(place, key);

	if (!item)
		return REC_OK;
	if (!cJSON_IsString(item))
		return rec_field_error(place, key, "is %s, not a string", type_name(item));
	*out = item->valuestring;
	return REC_OK;
}

static int seconds_of(const struct rec_place *place, const char *key, const cJSON *item, int64_t *ns)
{
	double seconds;

	if (!cJSON_IsNumber(item))
		return rec_field_error(place, key, "is %s, not a number", type_name(item));
	seconds = item->valuedouble;
	if (!isfinite(seconds))
		return rec_field_error(place, key, "is no finite number");
	if (seconds < 0)
		return rec_field_error(place, key, "is %.15g, negative", seconds);
	if (seconds > max_seconds)
		return rec_field_error(place, key, "is %.15g, more than 10^9 seconds", seconds);
	*ns = llround(seconds * 1e9);
	return REC_OK;
}

int rec_field_seconds(const struct rec_place *place, const char *key, int64_t *ns)
{
	const cJSON *item = get(place, key);

	return item ? seconds_of(place, key, item, ns) : REC_OK;
}

int rec_field_count(const struct rec_place *place, const char *key, int most, int *out)
{
	const cJSON *item = get(place, key);

	if (!item)
		return REC_OK;
	if (!cJSON_IsNumber(item) || !(item->valuedouble >= 1 && item->valuedouble <= most) ||
	        item->valuedouble != (double)(int)item->valuedouble)
		return rec_field_error(place, key, "is no whole number from 1 to %d", most);
	*out = (int)item->valuedouble;
	return REC_OK;
}

int rec_field_time(const struct rec_place *place, const char *key, int64_t unit_ns, int64_t *ns)
{
	static const double most_s = 9e9;
	const cJSON *item = get(place, key);
	int64_t whole = 0;
	double value;

	if (!item)
		return REC_OK;
	if (cJSON_IsString(item) && rec_parse_int(item->valuestring, &whole) == REC_OK)
		value = (double)whole;
	else if (cJSON_IsNumber(item))
		value = item->valuedouble;
	else
		return rec_field_error(place, key, "is %s, not a number", type_name(item));
	if (!isfinite(value) || value < 0 || value * (double)unit_ns > most_s * 1e9)
		return rec_field_error(place, key, "is %.15g, not a time from 0 on", value);
	*ns = cJSON_IsString(item) ? whole * unit_ns : llround(value * (double)unit_ns);
	return REC_OK;
}

int rec_field_bool(const struct rec_place *place, const char *key, bool *out)
{
	const cJSON *item = get(place, key);

	if (!item)
		return REC_OK;
	if (!cJSON_IsBool(item))
		return rec_field_error(place, key, "is %s, not true or false", type_name(item));
	*out = cJSON_IsTrue(item);
	return REC_OK;
}

int rec_field_few(const struct rec_place *place, const char *key)
{
	const cJSON *array = key ? get(place, key) : place->object;
	size_t most = rec_model_limits.tracks;

	if (!cJSON_IsArray(array) || (size_t)cJSON_GetArraySize(array) <= most)
		return REC_OK;
	return rec_field_error(place, key, "has %d elements, more than the %zu tracks that a session may have",
	        cJSON_GetArraySize(array), most);
}

int rec_field_each(const struct rec_place *place, const char *key,
        int (*each)(void *context, const struct rec_place *element), void *context)
{
	const cJSON *array = place->object;
	struct rec_buf entry = REC_BUF_INIT;
	size_t n = 0;
	int r = key ? (array = NULL, rec_field_array(place, key, &array)) : REC_OK;

	for (const cJSON *item = array ? array->child : NULL; item && r == REC_OK; item = item->next) {
		struct rec_place at = {place->manifest, NULL, item};
		entry.len = 0;
		rec_buf_printf(
		        &entry, "%s%s%s[%zu]", place->entry, key && *place->entry ? "." : "", key ? key : "", n++);
		at.entry = rec_buf_str(&entry);
		r = entry.failed ? REC_ENOMEM : each(context, &at);
	}
	rec_buf_free(&entry);
	return r;
}

int rec_field_inner(const struct rec_place *place, const char *key, struct rec_place *inner, char entry[128])
{
	const cJSON *item = get(place, key);

	if (!item)
		return rec_field_error(place, key, "is missing");
	if (!cJSON_IsObject(item))
		return rec_field_error(place, key, "is %s, not an object", type_name(item));
	snprintf(entry, 128, "%s%s%s", place->entry, *place->entry ? "." : "", key);
	*inner = (struct rec_place){place->manifest, entry, item};
	return REC_OK;
}

static int report_choice(const struct rec_place *place, const char *key, const char *const *choices, const char *value)
{
	struct rec_buf list = REC_BUF_INIT;
	int r;

	for (int i = 0; choices[i]; i++)
		rec_buf_printf(&list, "%s%s", i == 0 ? "" : choices[i + 1] ? ", " : " or ", choices[i]);
	r = rec_field_error(place, key, "is '%.64s', not %s", value, rec_buf_str(&list));
	rec_buf_free(&list);
	return r;
}

int rec_field_choice(const struct rec_place *place, const char *key, const char *const *choices, int *out)
{
	const char *value = NULL;
	int r = rec_field_str(place, key, &value);

	if (r < 0 || !value)
		return r;
	for (int i = 0; choices[i]; i++) {
		if (strcmp(choices[i], value) == 0) {
			*out = i;
			return REC_OK;
		}
	}
	return report_choice(place, key, choices, value);
}

int rec_field_array(const struct rec_place *place, const char *key, const struct cJSON **out)
{
	const cJSON *item = get(place, key);

	if (!item)
		return REC_OK;
	if (!cJSON_IsArray(item))
		return rec_field_error(place, key, "is %s, not an array", type_name(item));
	*out = item;
	return REC_OK;
}

static int read_span(const struct rec_place *place, const char *key, const cJSON *pair, struct rec_span *span)
{
	int r;

	if (!cJSON_IsArray(pair) || cJSON_GetArraySize(pair) != 2)
		return rec_field_error(place, key, "is no pair of seconds [from, to]");
	if ((r = seconds_of(place, key, pair->child, &span->start_ns)) < 0)
		return r;
	if ((r = seconds_of(place, key, pair->child->next, &span->end_ns)) < 0)
		return r;
	if (span->end_ns < span->start_ns)
		return rec_field_error(place, key, "ends before it begins");
	return REC_OK;
}

int rec_field_spans(const struct rec_place *place, const char *key, struct rec_spans *spans)
{
	const cJSON *array = NULL;
	const cJSON *pair;
	char name[64];
	int r = rec_field_array(place, key, &array);

	*spans = (struct rec_spans){NULL, 0};
	if (r < 0 || !array || !array->child)
		return r;
	if (!(spans->items = calloc((size_t)cJSON_GetArraySize(array), sizeof(*spans->items))))
		return REC_ENOMEM;
	cJSON_ArrayForEach(pair, array)
	{
		snprintf(name, sizeof(name), "%s[%zu]", key, spans->n);
		if ((r = read_span(place, name, pair, &spans->items[spans->n])) < 0)
			return r;
		spans->n++;
	}
	return REC_OK;
}
