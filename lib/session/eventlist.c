/* SPDX-License-Identifier: MIT */
#include "session/eventlist.h"

#include "base/err.h"
#include "session/events.h"
#include "session/field.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

struct reading {
	struct rec_eventlist *list;
	const struct rec_place *root;
	int64_t shift_ns; /* added to an event's own time */
	/* Daily: what a track's number stands for */
	struct rec_event *tracks;
	int64_t *numbers;
	size_t ntracks;
};

static const cJSON *get(const cJSON *object, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(object, key);
}

static const char *text_of(const cJSON *object, const char *key)
{
	const cJSON *item = get(object, key);

	return cJSON_IsString(item) && item->valuestring[0] ? item->valuestring : NULL;
}

bool rec_events_is_daily(const cJSON *root)
{
	const cJSON *events = get(root, "events");

	return cJSON_IsArray(events) && get(events->child, "ts") && get(events->child, "type");
}

bool rec_events_recognises(const cJSON *root)
{
	const cJSON *events = get(root, "events");

	return cJSON_IsArray(events) && (!events->child || get(events->child, "ev") || rec_events_is_daily(root));
}

static const char *last_part(const char *location)
{
	const char *slash = location ? strrchr(location, '/') : NULL;

	return slash ? slash + 1 : location;
}

static void add(struct reading *reading, struct rec_event event)
{
	event.number = reading->list->n;
	reading->list->items[reading->list->n++] = event;
}

/* the kind at the end of "rec-pause-audio"; -1: none */
static int kind_at_end(const char *name)
{
	size_t n = strlen(name);

	if (n > 6 && strcmp(name + n - 6, "-audio") == 0)
		return REC_AUDIO;
	return n > 6 && strcmp(name + n - 6, "-video") == 0 ? REC_VIDEO : -1;
}

static bool begins(const char *name, const char *with)
{
	size_t n = strlen(with);

	return strncmp(name, with, n) == 0 &&
	       (name[n] == '\0' || strcmp(name + n, "-audio") == 0 || strcmp(name + n, "-video") == 0);
}

/* {"t", "p", "ev", "file"} */
static int read_ours(void *context, const struct rec_place *place)
{
	static const struct {
		const char *name;
		enum rec_event_kind what;
	} known[] = {{"join", REC_EVENT_JOIN}, {"leave", REC_EVENT_LEAVE}, {"rec-start-call", REC_EVENT_START},
	        {"rec-pause", REC_EVENT_PAUSE}, {"rec-resume", REC_EVENT_RESUME}};
	struct reading *reading = context;
	struct rec_event event = {.source = -1, .certain = true, .at_ns = REC_NS_UNKNOWN};
	const char *name = NULL;
	int r;

	if ((r = rec_field_object(place)) < 0 || (r = rec_field_str(place, "ev", &name)) < 0 ||
	        (r = rec_field_str(place, "p", &event.who)) < 0 ||
	        (r = rec_field_str(place, "file", &event.file)) < 0 ||
	        (r = rec_field_seconds(place, "t", &event.at_ns)) < 0)
		return r;
	for (size_t i = 0; name && event.who && i < sizeof(known) / sizeof(known[0]); i++) {
		if (!begins(name, known[i].name))
			continue;
		if (event.at_ns == REC_NS_UNKNOWN)
			return rec_field_error(place, "t", "is missing");
		event.what = known[i].what;
		event.kind = kind_at_end(name);
		event.file = last_part(event.file);
		if (__builtin_add_overflow(event.at_ns, reading->shift_ns, &event.at_ns))
			return rec_field_error(place, "t", "is too late, counted from T0_epoch_ms");
		add(reading, event);
	}
	return REC_OK;
}

static void read_types(const cJSON *data, struct rec_event *event)
{
	static const char *const members[] = {"contentType", "mediaType", "mediaTag", "kind", "type", "uri"};

	event->kind = event->source = -1;
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const char *text = text_of(data, members[i]);
		if (!text)
			continue;
		if (event->kind < 0 && strcasestr(text, "audio"))
			event->kind = REC_AUDIO;
		else if (event->kind < 0 && strcasestr(text, "video"))
			event->kind = REC_VIDEO;
		if (event->source < 0 && strcasestr(text, "screen"))
			event->source = REC_SCREEN;
		else if (event->source < 0 && strcasestr(text, "cam"))
			event->source = REC_CAMERA;
	}
}

static const char *true_name(const cJSON *data)
{
	static const char *const members[] = {"user_name", "userName", "username", "name"};
	const char *name = NULL;

	for (size_t i = 0; !name && i < sizeof(members) / sizeof(members[0]); i++)
		name = text_of(data, members[i]);
	return name;
}

/* A track's number ties its events together: what one of them tells of kind and file holds for all. */
static void tie(struct reading *reading, const cJSON *data, struct rec_event *event)
{
	const cJSON *number = get(data, "trackSessionNum");
	size_t i = 0;

	if (!cJSON_IsNumber(number) || !(number->valuedouble >= 0 && number->valuedouble < 1e15))
		return;
	while (i < reading->ntracks && reading->numbers[i] != (int64_t)number->valuedouble)
		i++;
	if (i == reading->ntracks) {
		if (i == 10000) /* tracks a recording may have; the search is linear */
			return;
		reading->numbers[i] = (int64_t)number->valuedouble;
		reading->tracks[reading->ntracks++] = *event;
	}
	if (event->kind < 0)
		event->kind = reading->tracks[i].kind;
	if (event->source < 0)
		event->source = reading->tracks[i].source;
	if (!event->file)
		event->file = reading->tracks[i].file;
	reading->tracks[i] = *event;
}

/* {"ts", "type", "participant_id", "data"} */
static int read_daily(void *context, const struct rec_place *place)
{
	static const struct {
		const char *name;
		enum rec_event_kind what;
		bool weak;
	} known[] = {{"participant-joined", REC_EVENT_JOIN, false}, {"participant-left", REC_EVENT_LEAVE, false},
	        {"track-added", REC_EVENT_JOIN, true}, {"track-removed", REC_EVENT_LEAVE, true},
	        {"recording-media-started", REC_EVENT_START, false}, {"track-paused", REC_EVENT_PAUSE, false},
	        {"track-resumed", REC_EVENT_RESUME, false}};
	struct reading *reading = context;
	struct rec_event event = {.at_ns = REC_NS_UNKNOWN};
	const char *type = NULL;
	const cJSON *data;
	int r;

	if ((r = rec_field_object(place)) < 0 || (r = rec_field_str(place, "type", &type)) < 0 ||
	        (r = rec_field_str(place, "participant_id", &event.who)) < 0 ||
	        (r = rec_field_time(place, "ts", REC_NS_PER_S, &event.at_ns)) < 0)
		return r;
	data = get(place->object, "data");
	for (size_t i = 0; type && i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(type, known[i].name) != 0)
			continue;
		if (event.at_ns == REC_NS_UNKNOWN)
			return rec_field_error(place, "ts", "is missing");
		if (!event.who)
			return rec_field_error(place, "participant_id", "is missing");
		event.what = known[i].what;
		event.weak = known[i].weak;
		event.name = true_name(data);
		event.file = last_part(text_of(data, "uri"));
		event.at_ns += reading->shift_ns;
		read_types(data, &event);
		tie(reading, data, &event);
		add(reading, event);
	}
	return REC_OK;
}

static int by_time(const void *a, const void *b)
{
	const struct rec_event *x = a;
	const struct rec_event *y = b;

	if (x->at_ns != y->at_ns)
		return x->at_ns < y->at_ns ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

/* the Unix time that a time of 0 in the events means, less the session's zero */
static int find_shift(struct reading *reading, int64_t epoch_ns)
{
	const struct rec_place *root = reading->root;
	int64_t zero_ns = REC_NS_UNKNOWN;
	int r;

	if (rec_events_is_daily(root->object)) {
		struct rec_place first = {root->manifest, "events[0]", get(root->object, "events")->child};
		if (epoch_ns == REC_NS_UNKNOWN && (r = rec_field_time(&first, "ts", REC_NS_PER_S, &epoch_ns)) < 0)
			return r;
		if (epoch_ns == REC_NS_UNKNOWN)
			return rec_field_error(&first, "ts", "is missing");
		reading->shift_ns = -epoch_ns;
	} else {
		if ((r = rec_field_time(root, "T0_epoch_ms", REC_NS_PER_MS, &zero_ns)) < 0)
			return r;
		if (epoch_ns == REC_NS_UNKNOWN)
			epoch_ns = zero_ns;
		reading->shift_ns = zero_ns == REC_NS_UNKNOWN ? 0 : zero_ns - epoch_ns;
	}
	reading->list->epoch_ns = epoch_ns;
	return REC_OK;
}

int rec_eventlist_read(struct rec_eventlist *list, const cJSON *object, const char *path, int64_t epoch_ns)
{
	const struct rec_place root = {path, "", object};
	const cJSON *events = get(object, "events");
	size_t n = cJSON_IsArray(events) ? (size_t)cJSON_GetArraySize(events) : 0;
	struct reading reading = {.list = list, .root = &root};
	int r = REC_ENOMEM;

	*list = (struct rec_eventlist){.epoch_ns = REC_NS_UNKNOWN};
	if (!rec_events_recognises(object))
		return rec_field_error(
		        &root, "events", "is missing, or not a list of events: {t, p, ev} or Daily's {ts, type}");
	list->items = calloc(n + 1, sizeof(*list->items));
	reading.tracks = calloc(10000, sizeof(*reading.tracks));
	reading.numbers = calloc(10000, sizeof(*reading.numbers));
	if (list->items && reading.tracks && reading.numbers)
		r = n > 0 ? find_shift(&reading, epoch_ns) : REC_OK;
	if (r == REC_OK)
		r = rec_field_each(&root, "events", rec_events_is_daily(object) ? read_daily : read_ours, &reading);
	free(reading.tracks);
	free(reading.numbers);
	if (list->items)
		qsort(list->items, list->n, sizeof(*list->items), by_time);
	return r;
}

void rec_eventlist_free(struct rec_eventlist *list)
{
	free(list->items);
	list->items = NULL;
	list->n = 0;
}
