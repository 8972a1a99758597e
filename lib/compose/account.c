/* SPDX-License-Identifier: MIT */
#include "compose/account.h"

#include "base/err.h"
#include "base/log.h"
#include "base/remote.h"

#include <sys/stat.h>

void rec_account_damage_json(const struct rec_damage *damage, struct rec_json *json)
{
	rec_json_object(json, "damage");
	rec_json_bool(json, "truncated", damage->truncated);
	rec_json_int(json, "corrupt_packets", damage->corrupt);
	rec_json_seconds(json, "first_corrupt_s", damage->corrupt_ns);
	rec_json_int(json, "undecoded", damage->undecoded);
	rec_json_int(json, "concealed", damage->concealed);
	rec_json_int(json, "backward_stamps", damage->backward);
	rec_json_int(json, "duplicate_stamps", damage->duplicate);
	rec_json_int(json, "unstamped", damage->unstamped);
	rec_json_end_object(json);
}

void rec_account_picture_json(const struct rec_picture_ledger *ledger, struct rec_rate fps, struct rec_json *json)
{
	rec_json_seconds(json, "used_s", rec_ns_of_frame(ledger->shown_frames, fps));
	rec_json_int(json, "decoded", ledger->damage.frames);
	rec_json_int(json, "shown_frames", ledger->shown_frames);
	rec_json_int(json, "repeats", ledger->repeated);
	rec_json_int(json, "drops", ledger->dropped);
	rec_json_int(json, "holes", ledger->holes);
	rec_json_seconds(json, "hole_s", rec_ns_of_frame(ledger->hole_frames, fps));
	rec_json_int(json, "size_changes", ledger->sizes);
	rec_account_damage_json(&ledger->damage, json);
}

static void list_json(const struct rec_sound_ledger *ledger, struct rec_json *json)
{
	rec_json_array(json, "holes");
	for (size_t i = 0; i < ledger->ngaps; i++) {
		const struct rec_gap *gap = &ledger->gaps[i];

		rec_json_object(json, NULL);
		rec_json_int(json, "start", gap->start);
		rec_json_int(json, "samples", gap->samples);
		rec_json_str(json, "cause", rec_gap_cause_name(gap->cause));
		rec_json_end_object(json);
	}
	rec_json_end_array(json);
}

static void counts_json(const struct rec_sound_ledger *ledger, int rate, struct rec_json *json)
{
	rec_json_seconds(json, "hole_s", rec_ns_of_samples(ledger->gap_samples, rate));
	rec_json_int(json, "trimmed_samples", ledger->trimmed_samples);
	rec_json_int(json, "clipped_samples", ledger->clipped_samples);
	rec_json_real(json, "drift_ppm", ledger->drift_ppm, 2);
	rec_account_damage_json(&ledger->damage, json);
}

static bool has_tile(const struct rec_timeline *timeline, const struct rec_window *window, size_t participant)
{
	for (size_t k = 0; k < window->ntiles; k++)
		if (timeline->tiles[window->tiles[k]].participant == participant)
			return true;
	return false;
}

void rec_account_tiles(const struct rec_timeline *timeline, const struct rec_session *session,
        const struct rec_window *window, struct rec_buf *text)
{
	const char *between = "; no picture: ";

	rec_buf_printf(text, "%zu tile%s", window->ntiles, window->ntiles == 1 ? "" : "s");
	for (size_t k = 0; k < window->ntiles; k++) {
		const struct rec_tile_source *tile = &timeline->tiles[window->tiles[k]];
		bool marked = session->participants[tile->participant].screen;

		rec_buf_puts(text, k ? ", " : ": ");
		rec_escape(text, tile->name);
		rec_buf_puts(text, tile->source == REC_SCREEN && !marked ? " (screen)" : "");
	}
	for (size_t k = 0; k < window->npresent; k++) {
		if (has_tile(timeline, window, window->present[k]))
			continue;
		rec_buf_puts(text, between);
		rec_escape(text, session->participants[window->present[k]].name);
		between = ", ";
	}
}

bool rec_account_same_file(const char *input, const char *output)
{
	struct stat a, b;

	return stat(input, &a) == 0 && stat(output, &b) == 0 && S_ISREG(a.st_mode) && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

void rec_account_sound_json(const struct rec_sound_ledger *ledger, int rate, struct rec_json *json)
{
	rec_json_seconds(json, "used_s", rec_ns_of_samples(ledger->used_samples, rate));
	rec_json_int(json, "holes", ledger->gaps_total);
	counts_json(ledger, rate, json);
}

void rec_account_ledger_json(const struct rec_sound_ledger *ledger, int rate, struct rec_json *json)
{
	rec_json_seconds(json, "used_s", rec_ns_of_samples(ledger->used_samples, rate));
	rec_json_int(json, "hole_count", ledger->gaps_total);
	list_json(ledger, json);
	counts_json(ledger, rate, json);
}

int rec_account_tail(const char *place, const char *path, int64_t length_ns, bool strict, bool allow_truncated)
{
	static const char *const text = "%s'%s' is cut off: its tail after %.3f s is missing";
	double seconds = (double)length_ns / REC_NS_PER_S;

	if (strict)
		return rec_report(REC_EINPUT, text, place, path, seconds);
	if (rec_remote_is(path) && !allow_truncated)
		return rec_report(REC_EREMOTE,
		        "%s'%s' is cut off: its tail after %.3f s is missing; --allow-truncated uses what there is",
		        place, path, seconds);
	rec_warn(text, place, path, seconds);
	return REC_OK;
}
