/* SPDX-License-Identifier: MIT */
/* The report of a probe, for people and for programs. */
#include "base/err.h"
#include "base/log.h"
#include "base/num.h"
#include "compose/account.h"
#include "probe/probe.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static const char *base_of(const struct rec_track *track)
{
	const char *slash = strrchr(track->location, '/');

	return slash && slash[1] ? slash + 1 : track->location;
}

static void put_s(struct rec_buf *text, int64_t ns)
{
	rec_format_seconds(text, ns, 3);
	rec_buf_puts(text, " s");
}

static void put_ms(struct rec_buf *text, const char *before, int64_t ns)
{
	rec_buf_printf(text, "%s%" PRId64, before, (ns + REC_NS_PER_MS / 2) / REC_NS_PER_MS);
}

static void put_holes(const struct rec_survey *survey, struct rec_buf *text)
{
	size_t shown = rec_survey_held(survey->nholes) < 12 ? rec_survey_held(survey->nholes) : 12;

	if (survey->nholes == 0)
		return;
	rec_buf_printf(text, "    holes: %" PRId64 ", ", survey->nholes);
	put_s(text, survey->hole_ns);
	rec_buf_puts(text, " in all:");
	for (size_t i = 0; i < shown; i++) {
		rec_buf_puts(text, i ? ", " : " ");
		rec_format_seconds(text, survey->holes[i].at_ns, 3);
		rec_buf_puts(text, " +");
		rec_format_seconds(text, survey->holes[i].length_ns, 3);
	}
	rec_buf_puts(text, (int64_t)shown < survey->nholes ? " ...\n" : "\n");
}

static void put_sizes(const struct rec_survey *survey, struct rec_buf *text)
{
	size_t shown = rec_survey_held(survey->nsizes) < 12 ? rec_survey_held(survey->nsizes) : 12;

	if (survey->nsizes == 0)
		return;
	rec_buf_puts(text, survey->nsizes > 1 ? "    sizes:" : "    size:");
	for (size_t i = 0; i < shown; i++) {
		rec_buf_printf(text, "%s%dx%d", i ? ", " : " ", survey->sizes[i].width, survey->sizes[i].height);
		if (i > 0) {
			rec_buf_puts(text, " from ");
			rec_format_seconds(text, survey->sizes[i].at_ns, 3);
		}
	}
	rec_buf_puts(text, (int64_t)shown < survey->nsizes ? " ...\n" : "\n");
}

static double rate_of(int64_t step_ns)
{
	return step_ns > 0 ? 1e9 / (double)step_ns : 0;
}

static void put_rate(const struct rec_track *track, const struct rec_survey *survey, struct rec_buf *text)
{
	rec_buf_printf(text, "    packets: %" PRId64 ", every", survey->packets);
	put_ms(text, " ", survey->step_median_ns);
	put_ms(text, " ms (5 % ", survey->step_p5_ns);
	put_ms(text, ", 95 % ", survey->step_p95_ns);
	put_ms(text, ", longest ", survey->step_max_ns);
	rec_buf_puts(text, ")");
	if (track->kind == REC_VIDEO)
		rec_buf_printf(text, ", %.1f a second; %" PRId64 " key frames, at most ",
		        rate_of(survey->step_median_ns), survey->keys);
	if (track->kind == REC_VIDEO)
		put_s(text, survey->key_max_ns);
	if (track->kind == REC_VIDEO)
		rec_buf_puts(text, " apart");
	rec_buf_printf(text, "; %" PRId64 " duplicate, %" PRId64 " backward, %" PRId64 " missing stamps\n",
	        survey->duplicate, survey->backward, survey->unstamped);
}

static void put_stamps(const struct rec_probe *probe, size_t i, struct rec_buf *text)
{
	const struct rec_track *track = &probe->session->tracks[i];
	const struct rec_survey *survey = &probe->surveys[i];

	rec_buf_puts(text, "    stamps: ");
	rec_format_seconds(text, survey->first_ns, 3);
	rec_buf_puts(text, " to ");
	rec_format_seconds(text, survey->end_ns, 3);
	rec_buf_puts(text, " s, span ");
	put_s(text, survey->end_ns - survey->first_ns);
	if (track->end_ns != REC_NS_UNKNOWN && track->end_ns > track->start_ns && track->source != REC_SCREEN) {
		rec_buf_puts(text, " of ");
		put_s(text, track->end_ns - track->start_ns);
		rec_buf_puts(text, " in the manifest");
	}
	if (!probe->lone) {
		rec_buf_printf(text, "; %s clock: ", track->origin == REC_ORIGIN_SESSION ? "session" : "track");
		rec_format_seconds(text, rec_probe_place(probe, i), 3);
		rec_buf_puts(text, " to ");
		rec_format_seconds(text, rec_probe_end(probe, i), 3);
		rec_buf_puts(text, " s of the session");
	}
	if (track->origin == REC_ORIGIN_SESSION && track->start_ns > 0) {
		rec_buf_puts(text, " (said: ");
		put_s(text, track->start_ns);
		rec_buf_puts(text, ", ");
		put_s(text, survey->first_ns - track->start_ns);
		rec_buf_puts(text, " apart)");
	}
	rec_buf_puts(text, "\n");
	for (size_t k = 0; k < track->cuts.n; k++) {
		rec_buf_puts(text, k ? ", " : "    put back: ");
		rec_format_seconds(text, track->cuts.items[k].length_ns, 3);
		rec_buf_puts(text, " s at ");
		rec_format_seconds(text, track->cuts.items[k].at_ns, 3);
	}
	rec_buf_puts(text, track->cuts.n > 0 ? " s of the file\n" : "");
}

static void put_db(struct rec_buf *text, const char *name, double value, const char *unit)
{
	if (isinf(value))
		rec_buf_printf(text, "%s none", name);
	else
		rec_buf_printf(text, "%s %.1f %s", name, value, unit);
}

static void put_deep(const struct rec_track *track, const struct rec_deep *deep, struct rec_buf *text)
{
	if (track->kind == REC_VIDEO) {
		rec_buf_printf(text,
		        "    decoded: %" PRId64 " pictures, %" PRId64 " not decodable, %" PRId64 " damaged packets\n",
		        deep->damage.frames, deep->damage.undecoded, deep->damage.corrupt);
		return;
	}
	put_db(text, "    level:", deep->lufs, "LUFS");
	put_db(text, ", peak", deep->peak_dbfs, "dBFS");
	put_db(text, ", RMS", deep->rms_dbfs, "dBFS");
	rec_buf_printf(text, "; drift %.1f ppm; silence ", deep->drift_ppm);
	put_s(text, deep->silence_ns);
	rec_buf_printf(text, " in %zu runs\n    decoded: %" PRId64 " frames, %" PRId64 " damaged packets\n",
	        deep->silences.n, deep->damage.frames, deep->damage.corrupt);
}

static void put_track(const struct rec_probe *probe, size_t i, struct rec_buf *text)
{
	const struct rec_track *track = &probe->session->tracks[i];
	const struct rec_survey *survey = &probe->surveys[i];

	rec_buf_printf(text, "  %s%s ", track->source == REC_SCREEN ? "screen " : "",
	        track->kind == REC_AUDIO ? "audio" : "video");
	rec_escape(text, base_of(track));
	if (!survey->codec[0]) {
		rec_buf_puts(text, ": not read\n");
		return;
	}
	rec_buf_printf(text, ": %s in %s", survey->codec, survey->container);
	if (track->kind == REC_AUDIO)
		rec_buf_printf(text, ", %d Hz, %d channel%s", survey->rate, survey->channels,
		        survey->channels == 1 ? "" : "s");
	rec_buf_printf(text, ", %" PRId64 " bytes\n", survey->bytes);
	put_stamps(probe, i, text);
	put_sizes(survey, text);
	put_rate(track, survey, text);
	put_holes(survey, text);
	if (survey->corrupt > 0 || survey->truncated)
		rec_buf_printf(text, "    damage: %" PRId64 " damaged packets%s\n", survey->corrupt,
		        survey->truncated ? ", the tail is missing" : "");
	if (probe->deep && probe->deep[i].known)
		put_deep(track, &probe->deep[i], text);
}

static void put_windows(const struct rec_probe *probe, struct rec_buf *text)
{
	const struct rec_timeline *timeline = probe->timeline;

	rec_buf_printf(text, "windows (%zu)\n", timeline->nwindows);
	for (size_t i = 0; i < timeline->nwindows; i++) {
		const struct rec_window *window = &timeline->windows[i];

		rec_buf_puts(text, "  ");
		rec_format_clock(text, rec_ns_of_frame(window->start_frame, timeline->fps));
		rec_buf_puts(text, " - ");
		rec_format_clock(text, rec_ns_of_frame(window->end_frame, timeline->fps));
		rec_buf_puts(text, "  ");
		rec_account_tiles(timeline, probe->session, window, text);
		rec_buf_puts(text, "\n");
	}
}

static void put_session(const struct rec_probe *probe, struct rec_buf *text)
{
	const struct rec_session *session = probe->session;

	rec_escape(text, session->id);
	rec_buf_printf(text, ": %s, %zu participant%s, %zu track%s, ", session->from, session->nparticipants,
	        session->nparticipants == 1 ? "" : "s", session->ntracks, session->ntracks == 1 ? "" : "s");
	rec_format_seconds(text, session->first_ns, 3);
	rec_buf_puts(text, " to ");
	rec_format_seconds(text, session->end_ns, 3);
	rec_buf_puts(text, " s\nclock decided by ");
	rec_escape(text, session->origin_why ? session->origin_why : "the manifest");
	rec_buf_puts(text, "\n");
	if (probe->timeline)
		put_windows(probe, text);
}

int rec_probe_text(const struct rec_probe *probe, struct rec_buf *text)
{
	const struct rec_session *session = probe->session;
	size_t at = 0;

	if (!probe->lone)
		put_session(probe, text);
	for (size_t i = 0; i < session->nparticipants; i++) {
		const struct rec_participant *who = &session->participants[i];

		rec_escape(text, who->name);
		if (!probe->lone) {
			rec_buf_puts(text, " (");
			rec_format_seconds(text, who->presence.start_ns, 3);
			rec_buf_puts(text, " to ");
			rec_format_seconds(text, who->presence.end_ns, 3);
			rec_buf_puts(text, " s)");
		}
		rec_buf_puts(text, "\n");
		for (; at < probe->ntracks && session->tracks[at].participant == i; at++)
			put_track(probe, at, text);
	}
	if (probe->nwarnings > 0)
		rec_buf_printf(text, "warnings (%zu)\n", probe->nwarnings);
	for (size_t i = 0; i < probe->nwarnings; i++)
		rec_buf_printf(text, "  %s\n", probe->warnings[i]);
	return text->failed ? REC_ENOMEM : REC_OK;
}

static void json_lists(const struct rec_survey *survey, struct rec_json *json)
{
	rec_json_array(json, "holes");
	for (size_t i = 0; i < rec_survey_held(survey->nholes); i++) {
		rec_json_object(json, NULL);
		rec_json_seconds(json, "at_s", survey->holes[i].at_ns);
		rec_json_seconds(json, "length_s", survey->holes[i].length_ns);
		rec_json_end_object(json);
	}
	rec_json_end_array(json);
	rec_json_array(json, "sizes");
	for (size_t i = 0; i < rec_survey_held(survey->nsizes); i++) {
		rec_json_object(json, NULL);
		rec_json_seconds(json, "at_s", survey->sizes[i].at_ns);
		rec_json_int(json, "width", survey->sizes[i].width);
		rec_json_int(json, "height", survey->sizes[i].height);
		rec_json_end_object(json);
	}
	rec_json_end_array(json);
}

static void json_survey(const struct rec_survey *survey, struct rec_json *json)
{
	rec_json_str(json, "codec", survey->codec);
	rec_json_str(json, "container", survey->container);
	rec_json_int(json, "rate", survey->rate);
	rec_json_int(json, "channels", survey->channels);
	rec_json_int(json, "bytes", survey->bytes);
	rec_json_int(json, "packets", survey->packets);
	rec_json_seconds(json, "first_stamp_s", survey->first_ns);
	rec_json_seconds(json, "last_stamp_s", survey->last_ns);
	rec_json_seconds(json, "end_s", survey->end_ns);
	rec_json_seconds(json, "container_duration_s", survey->duration_ns);
	rec_json_object(json, "step_s");
	rec_json_seconds(json, "p5", survey->step_p5_ns);
	rec_json_seconds(json, "median", survey->step_median_ns);
	rec_json_seconds(json, "p95", survey->step_p95_ns);
	rec_json_seconds(json, "max", survey->step_max_ns);
	rec_json_end_object(json);
	rec_json_int(json, "key_frames", survey->keys);
	rec_json_seconds(json, "key_frames_apart_s", survey->key_max_ns);
	rec_json_int(json, "hole_count", survey->nholes);
	rec_json_seconds(json, "hole_s", survey->hole_ns);
	rec_json_int(json, "duplicate_stamps", survey->duplicate);
	rec_json_int(json, "backward_stamps", survey->backward);
	rec_json_int(json, "unstamped", survey->unstamped);
	rec_json_int(json, "corrupt_packets", survey->corrupt);
	rec_json_seconds(json, "first_corrupt_s", survey->corrupt_ns);
	rec_json_bool(json, "truncated", survey->truncated);
	json_lists(survey, json);
}

static void json_deep(const struct rec_track *track, const struct rec_deep *deep, struct rec_json *json)
{
	rec_json_object(json, "deep");
	if (track->kind == REC_AUDIO) {
		rec_json_real(json, "lufs", deep->lufs, 2);
		rec_json_real(json, "peak_dbfs", deep->peak_dbfs, 2);
		rec_json_real(json, "rms_dbfs", deep->rms_dbfs, 2);
		rec_json_real(json, "drift_ppm", deep->drift_ppm, 2);
		rec_json_seconds(json, "silence_s", deep->silence_ns);
		rec_json_array(json, "silences");
		for (size_t i = 0; i < deep->silences.n; i++) {
			rec_json_array(json, NULL);
			rec_json_seconds(json, NULL, deep->silences.items[i].start_ns);
			rec_json_seconds(json, NULL, deep->silences.items[i].end_ns);
			rec_json_end_array(json);
		}
		rec_json_end_array(json);
	}
	rec_json_int(json, "decoded", deep->damage.frames);
	rec_json_int(json, "undecoded", deep->damage.undecoded);
	rec_json_int(json, "corrupt_packets", deep->damage.corrupt);
	rec_json_end_object(json);
}

static void json_track(const struct rec_probe *probe, size_t i, struct rec_json *json)
{
	const struct rec_track *track = &probe->session->tracks[i];
	bool known = probe->surveys[i].codec[0] != '\0';

	rec_json_object(json, NULL);
	rec_json_str(json, "participant", probe->session->participants[track->participant].name);
	rec_json_str(json, "kind", track->kind == REC_AUDIO ? "audio" : "video");
	rec_json_str(json, "source", track->source == REC_SCREEN ? "screen" : "camera");
	rec_json_str(json, "path", track->path);
	rec_json_str(json, "location", track->location);
	rec_json_str(json, "entry", track->entry);
	rec_json_bool(json, "read", known);
	rec_json_str(json, "origin", track->origin == REC_ORIGIN_SESSION ? "session" : "track");
	rec_json_seconds(json, "said_start_s", track->start_ns);
	rec_json_seconds(json, "said_end_s", track->end_ns);
	rec_json_seconds(json, "session_start_s", known ? rec_probe_place(probe, i) : REC_NS_UNKNOWN);
	rec_json_seconds(json, "session_end_s", known ? rec_probe_end(probe, i) : REC_NS_UNKNOWN);
	rec_json_array(json, "cuts");
	for (size_t k = 0; k < track->cuts.n; k++) {
		rec_json_object(json, NULL);
		rec_json_seconds(json, "at_s", track->cuts.items[k].at_ns);
		rec_json_seconds(json, "length_s", track->cuts.items[k].length_ns);
		rec_json_end_object(json);
	}
	rec_json_end_array(json);
	if (known)
		json_survey(&probe->surveys[i], json);
	if (probe->deep && probe->deep[i].known)
		json_deep(track, &probe->deep[i], json);
	rec_json_end_object(json);
}

static void json_windows(const struct rec_probe *probe, struct rec_json *json)
{
	const struct rec_timeline *timeline = probe->timeline;

	rec_json_array(json, "windows");
	for (size_t i = 0; timeline && i < timeline->nwindows; i++) {
		const struct rec_window *window = &timeline->windows[i];

		rec_json_object(json, NULL);
		rec_json_seconds(json, "start_s", rec_ns_of_frame(window->start_frame, timeline->fps));
		rec_json_seconds(json, "end_s", rec_ns_of_frame(window->end_frame, timeline->fps));
		rec_json_array(json, "participants");
		for (size_t k = 0; k < window->npresent; k++)
			rec_json_str(json, NULL, probe->session->participants[window->present[k]].name);
		rec_json_end_array(json);
		rec_json_end_object(json);
	}
	rec_json_end_array(json);
}

void rec_probe_json(const struct rec_probe *probe, struct rec_json *json)
{
	const struct rec_session *session = probe->session;

	rec_json_str(json, "session_id", session->id);
	rec_json_str(json, "format", session->from);
	rec_json_str(json, "origin_decided_by", session->origin_why);
	rec_json_seconds(json, "start_s", session->first_ns);
	rec_json_seconds(json, "end_s", session->end_ns);
	rec_json_array(json, "participants");
	for (size_t i = 0; i < session->nparticipants; i++) {
		rec_json_object(json, NULL);
		rec_json_str(json, "name", session->participants[i].name);
		rec_json_str(json, "id", session->participants[i].id);
		rec_json_seconds(json, "join_time_s", session->participants[i].presence.start_ns);
		rec_json_seconds(json, "leave_time_s", session->participants[i].presence.end_ns);
		rec_json_end_object(json);
	}
	rec_json_end_array(json);
	json_windows(probe, json);
	rec_json_array(json, "tracks");
	for (size_t i = 0; i < probe->ntracks; i++)
		json_track(probe, i, json);
	rec_json_end_array(json);
	rec_json_array(json, "findings");
	for (size_t i = 0; i < probe->nwarnings; i++)
		rec_json_str(json, NULL, probe->warnings[i]);
	rec_json_end_array(json);
}
