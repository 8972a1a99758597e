/* SPDX-License-Identifier: MIT */
/* rec_remotes_session(): the session.json of what was fetched. */
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "media/input.h"
#include "session/remotes.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

static const int64_t session_clock_ns = 100 * REC_NS_PER_MS;
static const int64_t least_ns = REC_NS_PER_MS; /* of a file that says nothing: nobody leaves before he joins */

/* a track and what its file says */
struct placed {
	const struct rec_remote_track *track;
	enum rec_kind kind;
	int64_t first_ns; /* container stamps */
	int64_t last_ns;
};

struct placing {
	const struct rec_remotes *remotes;
	const char *folder;
	struct placed *items;
	size_t n;
	bool session_clock;
};

/* The stamps of one medium of a file; false: it has none. What is wrong with a file is for those who use it to say. */
static bool measure(const char *path, struct placed *placed)
{
	struct rec_input_params params =
	        REC_INPUT_PARAMS(placed->kind == REC_AUDIO ? REC_MEDIA_AUDIO : REC_MEDIA_VIDEO);
	struct rec_packet_info packet;
	struct rec_input *in = NULL;
	bool any = false;

	params.packets_only = true;
	rec_log_demote(true);
	if (rec_input_open(&in, path, &params) == REC_OK) {
		while (rec_input_read_packet(in, &packet) == REC_OK) {
			if (packet.pts_ns == REC_NS_UNKNOWN)
				continue;
			if (!any || packet.pts_ns < placed->first_ns)
				placed->first_ns = packet.pts_ns;
			if (!any || packet.pts_ns + packet.duration_ns > placed->last_ns)
				placed->last_ns = packet.pts_ns + packet.duration_ns;
			any = true;
		}
	}
	rec_input_close(&in);
	rec_log_demote(false);
	return any;
}

static int add(struct placing *placing, const struct rec_remote_track *track)
{
	struct rec_buf path = REC_BUF_INIT;
	bool any = false;

	rec_buf_printf(&path, "%s/%s", placing->folder, track->name);
	if (path.failed)
		return REC_ENOMEM;
	for (int kind = REC_AUDIO; kind <= REC_VIDEO; kind++) {
		struct placed placed = {track, (enum rec_kind)kind, 0, 0};
		if (track->kind_known && (int)track->kind != kind)
			continue;
		if (!measure(path.data, &placed) && !track->kind_known && !(kind == REC_VIDEO && !any))
			continue;
		any = true;
		placing->items[placing->n++] = placed;
		placing->session_clock |= placed.first_ns > session_clock_ns;
	}
	rec_buf_free(&path);
	return REC_OK;
}

static int64_t start_of(const struct placing *placing, const struct placed *placed)
{
	if (placing->session_clock)
		return placed->first_ns;
	return placed->track->start_ms >= 0 ? placed->track->start_ms * REC_NS_PER_MS : 0;
}

static int64_t end_of(const struct placing *placing, const struct placed *placed)
{
	int64_t length = placed->last_ns - placed->first_ns;

	return start_of(placing, placed) + (length > least_ns ? length : least_ns);
}

/* whose track it is: the participant's id, or else the file's name without its ending */
static const char *who(const struct placed *placed, size_t *n)
{
	const char *name = placed->track->participant ? placed->track->participant : placed->track->name;
	const char *dot = placed->track->participant ? NULL : strrchr(name, '.');

	*n = dot && dot > name ? (size_t)(dot - name) : strlen(name);
	return name;
}

static bool same_person(const struct placed *a, const struct placed *b)
{
	size_t na, nb;
	const char *x = who(a, &na), *y = who(b, &nb);

	return na == nb && memcmp(x, y, na) == 0;
}

static void put_track(struct rec_json *json, const struct placing *placing, const struct placed *placed)
{
	rec_json_object(json, NULL);
	rec_json_str(json, "kind", placed->kind == REC_AUDIO ? "audio" : "video");
	rec_json_str(json, "source", placed->track->screen ? "screen" : "camera");
	rec_json_str(json, "path", placed->track->name);
	rec_json_str(json, "origin", placing->session_clock ? "session" : "track");
	rec_json_seconds(json, "start_s", start_of(placing, placed));
	rec_json_end_object(json);
}

/* the i-th track's person, with all of the person's tracks, where this is the first one */
static void put_person(struct rec_json *json, const struct placing *placing, size_t i)
{
	const struct placed *first = &placing->items[i];
	int64_t join = start_of(placing, first), leave = end_of(placing, first);
	size_t n;
	const char *name = who(first, &n);

	for (size_t j = 0; j < i; j++)
		if (same_person(first, &placing->items[j]))
			return;
	for (size_t j = i; j < placing->n; j++)
		if (same_person(first, &placing->items[j])) {
			int64_t start = start_of(placing, &placing->items[j]),
			        end = end_of(placing, &placing->items[j]);
			join = start < join ? start : join;
			leave = end > leave ? end : leave;
		}
	char *copy = strndup(name, n);
	json->buf->failed |= !copy;
	rec_json_object(json, NULL);
	rec_json_str(json, "name", copy);
	rec_json_seconds(json, "join_time_s", join);
	rec_json_seconds(json, "leave_time_s", leave);
	rec_json_array(json, "tracks");
	for (size_t j = i; j < placing->n; j++)
		if (same_person(first, &placing->items[j]))
			put_track(json, placing, &placing->items[j]);
	rec_json_end_array(json);
	rec_json_end_object(json);
	free(copy);
}

int rec_remotes_check_places(const struct rec_remotes *remotes, bool here)
{
	size_t n = 0, unplaced = 0, which = 0;

	if (strcmp(remotes->from, "session.json") == 0)
		return REC_OK;
	for (size_t i = 0; i < remotes->n; i++) {
		const struct rec_remote_track *track = &remotes->tracks[i];
		if (!(here ? track->here : track->selected))
			continue;
		n++;
		if (track->start_ms < 0) {
			unplaced++;
			which = i;
		}
	}
	if (unplaced == 0 || n == 1)
		return REC_OK;
	return rec_report(REC_EINPUT, "cannot use '%s': nothing says when %s began, beside the others",
	        remotes->manifest, remotes->tracks[which].entry);
}

static int from_names(const struct rec_remotes *remotes, const char *folder, struct rec_buf *text)
{
	struct placing placing = {.remotes = remotes, .folder = folder};
	struct rec_json json = {.buf = text, .pretty = true};
	int r = rec_remotes_check_places(remotes, true);

	placing.items = calloc(2 * remotes->n + 1, sizeof *placing.items);
	if (r == REC_OK && !placing.items)
		r = REC_ENOMEM;
	for (size_t i = 0; r == REC_OK && i < remotes->n; i++)
		if (remotes->tracks[i].here)
			r = add(&placing, &remotes->tracks[i]);
	if (r == REC_OK) {
		rec_json_object(&json, NULL);
		if (remotes->id)
			rec_json_str(&json, "session_id", remotes->id);
		rec_json_str(&json, "session_dir", ".");
		rec_json_array(&json, "participants");
		for (size_t i = 0; i < placing.n; i++)
			put_person(&json, &placing, i);
		rec_json_end_array(&json);
		rec_json_end_object(&json);
		r = text->failed ? REC_ENOMEM : REC_OK;
	}
	free(placing.items);
	return r;
}

/* The manifest itself, its URLs replaced by the names here; what is not here is left out. */
static int from_itself(const struct rec_remotes *remotes, struct rec_buf *text)
{
	cJSON *dir = cJSON_CreateString(".");

	if (!dir)
		return REC_ENOMEM;
	cJSON_DeleteItemFromObjectCaseSensitive(remotes->root, "session_dir");
	cJSON_AddItemToObject(remotes->root, "session_dir", dir);
	for (size_t i = 0; i < remotes->n; i++) {
		const struct rec_remote_track *track = &remotes->tracks[i];
		cJSON *name = track->here ? cJSON_CreateString(track->name) : NULL;
		if (track->here && !name)
			return REC_ENOMEM;
		if (track->here)
			cJSON_ReplaceItemInObjectCaseSensitive(track->object, track->key, name);
		else if (track->list)
			cJSON_Delete(cJSON_DetachItemViaPointer(track->list, track->object));
		else
			cJSON_DeleteItemFromObjectCaseSensitive(track->object, track->key);
	}
	char *printed = cJSON_Print(remotes->root);
	if (!printed)
		return REC_ENOMEM;
	rec_buf_puts(text, printed);
	cJSON_free(printed);
	return text->failed ? REC_ENOMEM : REC_OK;
}

int rec_remotes_session(const struct rec_remotes *remotes, const char *folder, struct rec_buf *text)
{
	int r = strcmp(remotes->from, "session.json") == 0 ? from_itself(remotes, text)
	                                                   : from_names(remotes, folder, text);

	rec_buf_puts(text, "\n");
	return r == REC_OK && text->failed ? REC_ENOMEM : r;
}
