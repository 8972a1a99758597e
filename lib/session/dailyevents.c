/* SPDX-License-Identifier: MIT */
/* The reader of Daily's event JSON alone: every recording-media-started names a file. Names, presence and pauses follow from session/events.c. */
#include "base/err.h"
#include "session/dailyname.h"
#include "session/eventlist.h"
#include "session/events.h"

#include <cjson/cJSON.h>
#include <stdio.h>

static bool recognises(const struct rec_manifest *manifest)
{
	return rec_events_is_daily(manifest->root);
}

static int add_file(struct rec_gather *gather, struct rec_session *session, const struct rec_manifest *manifest,
        const struct rec_event *event, bool *by_name)
{
	char entry[64];
	struct rec_place place = {manifest->path, entry, NULL};
	struct rec_gather_file file = {
	        .place = &place, .field = "data.uri", .who = event->who, .end_ns = REC_NS_UNKNOWN};
	struct rec_dailyname name;

	snprintf(entry, sizeof(entry), "events[%zu]", event->number);
	if (!event->file)
		return rec_field_error(&place, "data.uri", "is missing");
	file.location = event->file;
	if (rec_dailyname_parse(event->file, &name)) {
		*by_name = true;
		return rec_dailyname_add(gather, session, &file, &name);
	}
	if (event->kind < 0)
		return rec_field_error(&place, "data.contentType", "is neither audio nor video");
	file.kind = (enum rec_kind)event->kind;
	file.source = event->source == REC_SCREEN ? REC_SCREEN : REC_CAMERA;
	file.start_ns = event->at_ns;
	return rec_gather_add(gather, &file);
}

static int read_events(struct rec_session *session, const struct rec_manifest *manifest)
{
	struct rec_gather *gather = NULL;
	struct rec_eventlist list;
	bool by_name = false;
	int r = rec_eventlist_read(&list, manifest->root, manifest->path, REC_NS_UNKNOWN);

	if (r == REC_OK)
		r = rec_gather_open(&gather, session, manifest);
	for (size_t i = 0; r == REC_OK && i < list.n; i++) {
		if (list.items[i].what == REC_EVENT_START)
			r = add_file(gather, session, manifest, &list.items[i], &by_name);
	}
	if (!by_name)
		session->epoch_ns = list.epoch_ns;
	if (r == REC_OK)
		r = by_name ? rec_dailyname_clock(session, manifest)
		            : rec_reader_origin(session, manifest, "the events: every file counts from its own start");
	r = rec_gather_finish(&gather, r);
	rec_eventlist_free(&list);
	return r < 0 ? r : rec_events_apply(session, manifest->root, manifest->path);
}

const struct rec_reader rec_dailyevents_reader = {"daily-events", recognises, read_events};
