/* SPDX-License-Identifier: MIT */
#include "edit/segments.h"

#include "base/err.h"
#include "base/log.h"
#include "compose/account.h"

#include <stdio.h>
#include <stdlib.h>

/* a stamp that lies further from the first is damage that would be days of silence */
static const int64_t longest_ns = INT64_C(7) * 24 * 3600 * REC_NS_PER_S;

static bool has_key(const struct rec_scan *scan, int64_t *ns)
{
	for (size_t i = 0; i < scan->npackets; i++)
		if (scan->packets[i].key) {
			*ns = scan->packets[i].ns;
			return true;
		}
	return false;
}

/* Pictures begin with the first that can be decoded, or, where an edit list hides that, with the first that is shown. */
static int look_at_picture(struct rec_segment *segment)
{
	int err = rec_recording_scan(&segment->recording, &segment->scan);
	int64_t key_ns;

	if (err < 0)
		return err;
	segment->has_picture = true;
	segment->damage.corrupt = segment->scan.corrupt;
	segment->damage.corrupt_ns = segment->scan.corrupt_ns;
	segment->damage.truncated = segment->scan.truncated;
	segment->end_ns = segment->scan.end_ns;
	if (has_key(&segment->scan, &key_ns)) {
		segment->first_ns = key_ns > segment->scan.first_ns ? key_ns : segment->scan.first_ns;
		return REC_OK;
	}
	return rec_report(REC_EINPUT,
	        "cannot read '%s': none of its pictures can be decoded without one before it; "
	        "pass --skip-bad to leave it out",
	        segment->recording.path);
}

/* Where the sound ends, from its packets. */
static int measure_sound(struct rec_segment *segment, int64_t first_ns)
{
	struct rec_input_params params = REC_INPUT_PARAMS(REC_MEDIA_AUDIO);
	struct rec_packet_info packet;
	struct rec_input *in = NULL;
	int err;

	params.packets_only = true;
	err = rec_recording_input(&segment->recording, params, &in);
	segment->first_ns = segment->end_ns = first_ns;
	while (err == REC_OK && (err = rec_input_read_packet(in, &packet)) == REC_OK)
		if (packet.pts_ns != REC_NS_UNKNOWN && packet.pts_ns + packet.duration_ns > segment->end_ns)
			segment->end_ns = packet.pts_ns + packet.duration_ns;
	if (err == REC_ENODATA)
		rec_input_damage(in, &segment->damage);
	rec_input_close(&in);
	return err == REC_ENODATA ? REC_OK : err;
}

static void note_sound(struct rec_segment *segment, const struct rec_input_info *info)
{
	segment->has_sound = true;
	segment->channels = info->channels > 1 ? 2 : 1;
	segment->rate = info->rate;
	segment->bits = info->channels <= 2 ? info->bits : 0;
	segment->codec = info->codec;
}

/* Its first sample is decoded: a sound that cannot be is found before anything is written. */
static int look_at_sound(struct rec_segment *segment)
{
	struct rec_input_params params = REC_INPUT_PARAMS(REC_MEDIA_AUDIO);
	struct rec_input *in = NULL;
	int64_t first_ns = 0;
	int err = rec_recording_input(&segment->recording, params, &in);

	if (err == REC_ENODATA)
		return REC_OK;
	if (err == REC_OK) {
		note_sound(segment, rec_input_info(in));
		first_ns = rec_input_info(in)->first_ns;
	}
	rec_input_close(&in);
	if (err == REC_OK && !segment->has_picture)
		err = measure_sound(segment, first_ns);
	return err;
}

static int check_span(const struct rec_segment *segment)
{
	if (!segment->has_picture && !segment->has_sound)
		return rec_report(REC_EINPUT,
		        "cannot read '%s': neither picture nor sound in it; pass --skip-bad to leave it out",
		        segment->recording.path);
	if (segment->end_ns - segment->first_ns > longest_ns)
		return rec_report(REC_EINPUT,
		        "cannot read '%s': its stamps span more than a week, which is no recording; "
		        "pass --skip-bad to leave it out",
		        segment->recording.path);
	return REC_OK;
}

static int keep_all(struct rec_segment *segment)
{
	segment->kept.items = calloc(1, sizeof(*segment->kept.items));
	if (!segment->kept.items)
		return REC_ENOMEM;
	segment->kept.n = 1;
	segment->kept.items[0] = (struct rec_span){segment->first_ns, segment->end_ns};
	return REC_OK;
}

static int choose_kept(struct rec_segment *segment, int64_t drop_still_ns)
{
	int err;

	if (drop_still_ns == 0 || !segment->has_picture)
		return keep_all(segment);
	err = rec_stills_find(&segment->recording, segment->first_ns, segment->end_ns, drop_still_ns, &segment->kept);
	segment->dropped_ns = segment->end_ns - segment->first_ns;
	for (size_t i = 0; i < segment->kept.n; i++)
		segment->dropped_ns -= segment->kept.items[i].end_ns - segment->kept.items[i].start_ns;
	return err;
}

static int look(struct rec_segment *segment, const struct rec_segments_params *params)
{
	int err = rec_recording_open(&segment->recording, segment->path);

	if (err == REC_OK)
		err = look_at_picture(segment);
	if (err == REC_ENODATA) /* sound alone */
		err = REC_OK;
	if (err == REC_OK && !params->no_audio)
		err = look_at_sound(segment);
	if (err == REC_OK)
		err = check_span(segment);
	if (err == REC_OK)
		err = choose_kept(segment, params->drop_still_ns);
	rec_recording_rest(&segment->recording);
	return err;
}

/* A damaged segment is used as far as it goes; people are told where. */
static int tell_damage(
        const struct rec_segment *segment, size_t place, size_t n, const struct rec_segments_params *params)
{
	const struct rec_damage *damage = &segment->damage;
	char text[64];

	if (segment->has_picture && damage->corrupt > 0)
		rec_warn("segment %zu of %zu, '%s', is damaged: %lld packets, the first at %.3f s", place, n,
		        segment->recording.path, (long long)damage->corrupt,
		        (double)(damage->corrupt_ns - segment->first_ns) / REC_NS_PER_S);
	if (!damage->truncated)
		return REC_OK;
	snprintf(text, sizeof text, "segment %zu of %zu, ", place, n);
	return rec_account_tail(text, segment->recording.path, segment->end_ns - segment->first_ns, params->strict,
	        params->allow_truncated);
}

/* A segment of sound alone cannot stand among pictures. */
static int refuse_sound(struct rec_segments *segments, size_t i, bool leave_out)
{
	int err;

	rec_log_demote(leave_out);
	err = rec_report(REC_EINPUT,
	        "cannot join segment %zu of %zu, '%s': there is no picture in it; end OUT in .m4a or .wav to join "
	        "sound alone",
	        i + 1, segments->n, segments->items[i].recording.path);
	rec_log_demote(false);
	if (!leave_out)
		return err;
	segments->items[i].left_out = true;
	segments->left_out++;
	return REC_OK;
}

/* Either all have a picture, or the output is sound alone. */
static int check_media(struct rec_segments *segments, const struct rec_segments_params *params)
{
	size_t pictures = 0, sounds = 0, used = segments->n - segments->left_out;
	int err = REC_OK;

	for (size_t i = 0; i < segments->n; i++) {
		pictures += !segments->items[i].left_out && segments->items[i].has_picture;
		sounds += !segments->items[i].left_out && segments->items[i].has_sound;
	}
	if (used == 0)
		return rec_report(REC_EINPUT, "nothing to join: none of the %zu segments can be used", segments->n);
	if (params->sound_only && sounds == 0)
		return rec_report(REC_EINPUT, "nothing to join: none of the %zu segments has sound", segments->n);
	for (size_t i = 0; i < segments->n && !params->sound_only && err == REC_OK; i++)
		if (!segments->items[i].left_out && !segments->items[i].has_picture)
			err = refuse_sound(segments, i, params->skip_bad && pictures > 0);
	segments->pictures = !params->sound_only;
	return err;
}

static int look_at(struct rec_segments *segments, size_t i, const struct rec_segments_params *params)
{
	struct rec_segment *segment = &segments->items[i];
	int err;

	rec_log_demote(params->skip_bad);
	err = look(segment, params);
	if (err == REC_EINPUT)
		rec_report(err, "segment %zu of %zu cannot be used", i + 1, segments->n);
	rec_log_demote(false);
	if (err == REC_EINPUT && params->skip_bad) {
		segment->left_out = true;
		segments->left_out++;
		return REC_OK;
	}
	return err < 0 ? err : tell_damage(segment, i + 1, segments->n, params);
}

int rec_segments_open(
        struct rec_segments *segments, const char *const *paths, size_t n, const struct rec_segments_params *params)
{
	int err = REC_OK;

	*segments = (struct rec_segments){.items = calloc(n + 1, sizeof(*segments->items)), .n = n};
	if (!segments->items)
		return REC_ENOMEM;
	for (size_t i = 0; i < n; i++)
		segments->items[i] = (struct rec_segment){.path = paths[i], .damage.corrupt_ns = REC_NS_UNKNOWN};
	for (size_t i = 0; i < n && err == REC_OK; i++)
		err = look_at(segments, i, params);
	return err < 0 ? err : check_media(segments, params);
}

void rec_segments_free(struct rec_segments *segments)
{
	for (size_t i = 0; i < segments->n && segments->items; i++) {
		struct rec_segment *segment = &segments->items[i];

		if (segment->has_picture)
			rec_scan_free(&segment->scan);
		free(segment->kept.items);
		rec_sound_ledger_free(&segment->sound);
		rec_recording_close(&segment->recording);
	}
	free(segments->items);
	*segments = (struct rec_segments){0};
}
