/* SPDX-License-Identifier: MIT */
/*
 * The reader of S3's event notifications: {"Records": [{"s3": {"bucket": {"name"}, "object": {"key", "size"}}}]}, keys URL-encoded. A
 * notification says nothing of time: keys of Daily's names are placed by these, and a recording that is alone begins at 0.
 */
#include "base/err.h"
#include "session/dailyname.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

struct reading {
	struct rec_session *session;
	struct rec_gather *gather;
	size_t n;
	bool by_name; /* the first key was one of Daily's */
};

static bool recognises(const struct rec_manifest *manifest)
{
	const cJSON *records = cJSON_GetObjectItemCaseSensitive(manifest->root, "Records");

	return cJSON_IsArray(records) && cJSON_GetObjectItemCaseSensitive(records->child, "s3");
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* + is a blank, %XX a byte; NULL: malformed (*bad), or no memory */
static char *decode(const char *key, bool *bad)
{
	char *text = malloc(strlen(key) + 1);
	char *to = text;

	*bad = false;
	for (const char *from = key; text && *from; from++) {
		int high = *from == '%' ? hex_value(from[1]) : 0;
		int low = *from == '%' && high >= 0 ? hex_value(from[2]) : 0;

		if (high < 0 || low < 0 || (*from == '%' && high == 0 && low == 0)) {
			*bad = true;
			free(text);
			return NULL;
		}
		if (*from == '%')
			*to++ = (char)(high << 4 | low);
		else
			*to++ = *from == '+' ? ' ' : *from;
		from += *from == '%' ? 2 : 0;
	}
	if (text)
		*to = '\0';
	return text;
}

/* the last part without its ending: all that is known of who it is; malloc'd */
static char *name_of(const char *key)
{
	const char *slash = strrchr(key, '/');
	const char *start = slash ? slash + 1 : key;
	const char *dot = strrchr(start, '.');

	return strndup(start, dot && dot > start ? (size_t)(dot - start) : strlen(start));
}

static int add_alone(struct reading *reading, struct rec_gather_file *file)
{
	char *who = name_of(file->location);
	int r;

	if (!who)
		return REC_ENOMEM;
	file->who = who;
	r = rec_gather_both(reading->gather, file);
	free(who);
	return r;
}

static int add_key(struct reading *reading, const struct rec_place *place, const char *location)
{
	struct rec_gather_file file = {
	        .place = place, .field = "s3.object.key", .location = location, .end_ns = REC_NS_UNKNOWN};
	struct rec_dailyname name;
	bool by_name = rec_dailyname_parse(location, &name);

	if (reading->n++ == 0)
		reading->by_name = by_name;
	else if (!by_name || !reading->by_name)
		return rec_field_error(place, file.field,
		        "'%.200s' cannot be placed beside the others: neither it nor its name says when it began",
		        location);
	if (by_name)
		return rec_dailyname_add(reading->gather, reading->session, &file, &name);
	return add_alone(reading, &file);
}

static int read_record(void *context, const struct rec_place *place)
{
	struct rec_place s3;
	struct rec_place object;
	char names[2][128];
	const char *key = NULL;
	char *location;
	bool bad;
	int r;

	if ((r = rec_field_object(place)) < 0 || (r = rec_field_inner(place, "s3", &s3, names[0])) < 0 ||
	        (r = rec_field_inner(&s3, "object", &object, names[1])) < 0 ||
	        (r = rec_field_str(&object, "key", &key)) < 0)
		return r;
	if (!key || !*key)
		return rec_field_error(&object, "key", "is missing");
	location = decode(key, &bad);
	if (bad)
		return rec_field_error(&object, "key", "is not URL-encoded: %% without two digits");
	if (!location)
		return REC_ENOMEM;
	r = add_key(context, place, location);
	free(location);
	return r;
}

static int read_records(struct rec_session *session, const struct rec_manifest *manifest)
{
	struct rec_place root = {manifest->path, "", manifest->root};
	struct reading reading = {.session = session};
	int r = rec_gather_open(&reading.gather, session, manifest);

	if (r == REC_OK)
		r = rec_field_few(&root, "Records");
	if (r == REC_OK)
		r = rec_field_each(&root, "Records", read_record, &reading);
	if (r == REC_OK)
		r = reading.by_name
		            ? rec_dailyname_clock(session, manifest)
		            : rec_reader_origin(session, manifest, "the format: the file counts from its own start");
	return rec_gather_finish(&reading.gather, r);
}

const struct rec_reader rec_s3event_reader = {"s3-event", recognises, read_records};
