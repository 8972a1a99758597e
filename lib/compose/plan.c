/* SPDX-License-Identifier: MIT */
#include "compose/plan.h"

#include "base/err.h"
#include "base/log.h"
#include "media/input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool wanted(const struct rec_track *track, const struct rec_plan_params *params)
{
	if (track->kind == REC_AUDIO)
		return !params->no_audio;
	return !params->timeline.no_video && !(params->timeline.no_screen && track->source == REC_SCREEN);
}

/* Decode the first frame: where the file's own clock stands, and proof that it gives anything at all. */
static int look(const struct rec_track *track, struct rec_plan_track *found)
{
	struct rec_input_params params = REC_INPUT_PARAMS(track->kind == REC_AUDIO ? REC_MEDIA_AUDIO : REC_MEDIA_VIDEO);
	struct rec_input *in = NULL;
	const struct rec_input_info *info;
	int err;

	params.kept = track->kept;
	params.stream = track->stream;
	if (!rec_track_is_there(track))
		return rec_report(REC_EINPUT, "cannot open '%s' (%s): %s; pass --skip-bad to leave it out", track->path,
		        track->entry, strerror(errno));
	err = rec_input_open(&in, track->path, &params);

	if (err == REC_ENODATA)
		return rec_report(REC_EINPUT,
		        "cannot use '%s' (%s): there is no %s in it; pass --skip-bad to leave it out", track->path,
		        track->entry, track->kind == REC_AUDIO ? "sound" : "picture");
	if (err < 0)
		return err;
	info = rec_input_info(in);
	found->first_ns = info->first_ns;
	snprintf(found->codec, sizeof(found->codec), "%s", info->codec);
	snprintf(found->decoder, sizeof(found->decoder), "%s", info->decoder);
	found->width = info->width;
	found->height = info->height;
	found->rate = info->rate;
	found->channels = info->channels;
	rec_input_close(&in);
	return REC_OK;
}

/* A screen stands until its track ends: where the manifest does not say when, the packets do. */
static int find_end(const struct rec_track *track, const struct rec_plan_track *found, int64_t *end_ns)
{
	struct rec_input_params params = REC_INPUT_PARAMS(REC_MEDIA_VIDEO);
	struct rec_packet_info packet;
	struct rec_input *in = NULL;
	int64_t last = found->first_ns;
	int err;

	params.packets_only = true;
	params.kept = track->kept;
	params.stream = track->stream;
	err = rec_input_open(&in, track->path, &params);
	while (err == REC_OK && (err = rec_input_read_packet(in, &packet)) == REC_OK)
		if (packet.pts_ns != REC_NS_UNKNOWN && packet.pts_ns + packet.duration_ns > last)
			last = packet.pts_ns + packet.duration_ns;
	rec_input_close(&in);
	if (err != REC_ENODATA)
		return err;
	*end_ns = track->origin == REC_ORIGIN_SESSION ? last : last - found->first_ns + track->start_ns;
	*end_ns += rec_cuts_before(&track->cuts, INT64_MAX);
	return REC_OK;
}

static bool needs_end(const struct rec_plan *plan, const struct rec_track *track)
{
	return track->kind == REC_VIDEO && track->source == REC_SCREEN && track->end_ns == REC_NS_UNKNOWN &&
	       !plan->session->participants[track->participant].screen;
}

/* Look at every wanted track. What cannot be used ends the run, or is marked to be skipped. */
static int look_at_all(
        struct rec_plan *plan, const struct rec_plan_params *params, bool *skip, int64_t *begin_ns, int64_t *end_ns)
{
	for (size_t i = 0; i < plan->session->ntracks; i++) {
		const struct rec_track *track = &plan->session->tracks[i];
		struct rec_plan_track *found = &plan->tracks[i];
		int err;

		begin_ns[i] = end_ns[i] = found->first_ns = REC_NS_UNKNOWN;
		if (!wanted(track, params)) {
			skip[i] = true;
			continue;
		}
		rec_log_demote(params->skip_bad);
		err = track->unusable ? REC_EINPUT : look(track, found);
		rec_log_demote(false);
		if (err == REC_EINPUT && params->skip_bad) {
			skip[i] = found->left_out = true;
			plan->left_out++;
			continue;
		}
		if (err == REC_OK && needs_end(plan, track))
			err = find_end(track, found, &end_ns[i]);
		if (err < 0)
			return err;
		if (track->origin == REC_ORIGIN_SESSION)
			begin_ns[i] = found->first_ns;
		found->used = true;
	}
	return REC_OK;
}

/* origin track: its first sample or picture stands at start_ns; origin session: stamps are session time */
static void place_tracks(struct rec_plan *plan)
{
	for (size_t i = 0; i < plan->session->ntracks; i++) {
		const struct rec_track *track = &plan->session->tracks[i];
		struct rec_plan_track *found = &plan->tracks[i];

		found->place_ns = -plan->timeline->zero_ns;
		if (track->origin == REC_ORIGIN_TRACK && found->used)
			found->place_ns += track->start_ns - found->first_ns;
	}
}

static int check_something_left(const struct rec_plan *plan)
{
	if (rec_plan_has(plan, REC_AUDIO) || rec_plan_has(plan, REC_VIDEO))
		return REC_OK;
	if (plan->left_out == 0)
		return rec_report(REC_EINPUT,
		        "cannot compose '%s': no track is left of its %zu; see --no-video, --no-audio, --no-screen and "
		        "the output's format",
		        plan->session->id, plan->session->ntracks);
	return rec_report(REC_EINPUT, "cannot compose '%s': none of its %zu tracks can be used", plan->session->id,
	        plan->session->ntracks);
}

int rec_plan_new(struct rec_plan **out, const struct rec_session *session, const struct rec_plan_params *params)
{
	struct rec_timeline_params timeline = params->timeline;
	size_t n = session->ntracks ? session->ntracks : 1;
	struct rec_plan *plan = calloc(1, sizeof(*plan));
	bool *skip = calloc(n, sizeof(*skip));
	int64_t *begin_ns = calloc(n, sizeof(*begin_ns)), *end_ns = calloc(n, sizeof(*end_ns));
	int err = REC_ENOMEM;

	*out = NULL;
	if (!plan || !skip || !begin_ns || !end_ns)
		goto done;
	plan->session = session;
	plan->tracks = calloc(n, sizeof(*plan->tracks));
	if (!plan->tracks)
		goto done;
	err = look_at_all(plan, params, skip, begin_ns, end_ns);
	if (err == REC_OK)
		err = check_something_left(plan);
	timeline.skip = skip;
	timeline.begin_ns = begin_ns;
	timeline.end_ns = end_ns;
	if (err == REC_OK)
		err = rec_timeline_new(&plan->timeline, session, &timeline);
	if (err == REC_OK) {
		place_tracks(plan);
		*out = plan;
		plan = NULL;
	}
done:
	rec_plan_free(&plan);
	free(skip);
	free(begin_ns);
	free(end_ns);
	return err;
}

bool rec_plan_has(const struct rec_plan *plan, enum rec_kind kind)
{
	for (size_t i = 0; i < plan->session->ntracks; i++)
		if (plan->tracks[i].used && plan->session->tracks[i].kind == kind)
			return true;
	return false;
}

void rec_plan_free(struct rec_plan **plan)
{
	if (!*plan)
		return;
	rec_timeline_free(&(*plan)->timeline);
	free((*plan)->tracks);
	free(*plan);
	*plan = NULL;
}
