/* SPDX-License-Identifier: MIT */
#include "compose/settle.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "base/num.h"
#include "session/model.h"

#include <stdlib.h>
#include <string.h>

/* Daily's names and containers may be 209 ms apart; a file that starts later than this is on the session's clock */
static const int64_t late_start_ns = 100 * REC_NS_PER_MS;
/* how far a hole may lie from where an event says that it began */
static const int64_t near_ns = REC_NS_PER_S;

struct settling {
	struct rec_session *session;
	const struct rec_settle_params *params;
	struct rec_survey *surveys; /* one for each track */
};

static bool is_known(const struct rec_survey *survey)
{
	return survey->codec[0] != '\0';
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool is_wanted(const struct settling *s, const struct rec_track *track)
{
	return !(track->kind == REC_AUDIO ? s->params->no_audio : s->params->no_video);
}

/* What is missing or not wanted is for the plan to say; REC_ENODATA: the file has no such stream, and need not. */
static int survey_track(struct settling *s, size_t i)
{
	struct rec_track *track = &s->session->tracks[i];
	struct rec_input_params params = REC_INPUT_PARAMS(track->kind == REC_AUDIO ? REC_MEDIA_AUDIO : REC_MEDIA_VIDEO);
	bool lenient = s->params->skip_bad || !is_wanted(s, track);
	int r;

	s->surveys[i].codec[0] = '\0';
	if (track->unusable || !rec_track_is_there(track))
		return REC_OK;
	params.kept = track->kept;
	params.stream = track->stream;
	rec_log_demote(lenient);
	r = rec_survey_file(&s->surveys[i], track->path, &params);
	rec_log_demote(false);
	if (r < 0)
		s->surveys[i] = (struct rec_survey){.codec = ""};
	if (r == REC_ENODATA)
		return track->maybe ? REC_ENODATA : REC_OK;
	if (r == REC_EINPUT && lenient) {
		track->unusable = is_wanted(s, track);
		return REC_OK;
	}
	return r;
}

/* the manifest counts more streams than the file has */
static void tell_mixed(const struct rec_session *session, const struct rec_track *track)
{
	if (track->stream > 1)
		rec_warn("'%s' has no %s number %d, which is said to be that of '%s': taken to be mixed into another",
		        track->path, track->kind == REC_AUDIO ? "sound" : "picture", track->stream,
		        session->participants[track->participant].name);
}

static int survey_all(struct settling *s)
{
	struct rec_session *session = s->session;
	size_t n = 0;

	for (size_t i = 0; i < session->ntracks; i++) {
		int r = survey_track(s, i);

		if (r == REC_ENODATA) {
			tell_mixed(session, &session->tracks[i]);
			rec_model_clear_track(&session->tracks[i]);
			continue;
		}
		if (r < 0) { /* what was not reached stays where it can be freed */
			memmove(&session->tracks[n], &session->tracks[i],
			        (session->ntracks - i) * sizeof(*session->tracks));
			session->ntracks -= i - n;
			return r;
		}
		session->tracks[n] = session->tracks[i];
		if (n != i) {
			s->surveys[n] = s->surveys[i];
			s->surveys[i] = (struct rec_survey){.codec = ""};
		}
		n++;
	}
	session->ntracks = n;
	return REC_OK;
}

static int decide_origin(struct settling *s)
{
	struct rec_session *session = s->session;
	struct rec_buf why = REC_BUF_INIT;
	size_t late = 0;

	if (!session->containers_decide)
		return REC_OK;
	while (late < session->ntracks && !(is_known(&s->surveys[late]) && s->surveys[late].first_ns > late_start_ns))
		late++;
	if (late < session->ntracks) {
		rec_buf_printf(&why, "the containers: '%s' starts at ", last_part(session->tracks[late].location));
		rec_format_seconds(&why, s->surveys[late].first_ns, 3);
		rec_buf_puts(&why, " s");
	} else {
		rec_buf_puts(&why, "the files' names: no container starts after 0.1 s");
	}
	for (size_t i = 0; i < session->ntracks; i++)
		session->tracks[i].origin = late < session->ntracks ? REC_ORIGIN_SESSION : REC_ORIGIN_TRACK;
	free(session->origin_why);
	session->origin_why = rec_buf_steal(&why);
	session->containers_decide = false;
	return session->origin_why ? REC_OK : REC_ENOMEM;
}

static int64_t place_of(const struct rec_track *track, const struct rec_survey *survey)
{
	return track->origin == REC_ORIGIN_SESSION && is_known(survey) ? survey->first_ns : track->start_ns;
}

/* where the track ends in session time; REC_NS_UNKNOWN */
static int64_t end_of(const struct rec_track *track, const struct rec_survey *survey)
{
	if (!is_known(survey))
		return track->end_ns;
	return place_of(track, survey) + (survey->end_ns - survey->first_ns) + rec_cuts_before(&track->cuts, INT64_MAX);
}

/* by file and the start that it is said to have, then in the session's order */
static int by_file(const void *a, const void *b)
{
	const struct rec_track *x = *(const struct rec_track *const *)a;
	const struct rec_track *y = *(const struct rec_track *const *)b;
	int order = strcmp(x->path, y->path);

	if (order == 0)
		order = (x->start_ns > y->start_ns) - (x->start_ns < y->start_ns);
	return order ? order : (x > y) - (x < y);
}

static bool is_same_file(const struct rec_track *a, const struct rec_track *b)
{
	return strcmp(a->path, b->path) == 0 && a->start_ns == b->start_ns;
}

/* The start of tracks of one file is the file's own: that of whatever comes first in it. */
static void spread_file(struct settling *s, struct rec_track **tracks, size_t n)
{
	int64_t first_ns = INT64_MAX;

	for (size_t i = 0; i < n; i++) {
		const struct rec_survey *survey = &s->surveys[tracks[i] - s->session->tracks];
		if (is_known(survey) && survey->first_ns < first_ns)
			first_ns = survey->first_ns;
	}
	for (size_t i = 0; i < n; i++) {
		const struct rec_survey *survey = &s->surveys[tracks[i] - s->session->tracks];
		if (is_known(survey) && tracks[i]->origin == REC_ORIGIN_TRACK)
			tracks[i]->start_ns += survey->first_ns - first_ns;
	}
}

static int spread_files(struct settling *s)
{
	size_t n = s->session->ntracks;
	struct rec_track **tracks = calloc(n + 1, sizeof(struct rec_track *));
	size_t to;

	if (!tracks)
		return REC_ENOMEM;
	for (size_t i = 0; i < n; i++)
		tracks[i] = &s->session->tracks[i];
	qsort(tracks, n, sizeof(struct rec_track *), by_file);
	for (size_t from = 0; from < n; from = to) {
		for (to = from + 1; to < n && is_same_file(tracks[from], tracks[to]);)
			to++;
		if (to > from + 1)
			spread_file(s, tracks + from, to - from);
	}
	free(tracks);
	return REC_OK;
}

/* A segment begins where the one before it ends: its tracks, neighbours, keep their distance. */
static void chain_segments(struct settling *s)
{
	struct rec_track *tracks = s->session->tracks;
	int64_t base_ns = 0; /* of the segment */
	int64_t end_ns = 0;  /* of what came so far */

	for (size_t i = 0; i < s->session->ntracks; i++) {
		struct rec_track *track = &tracks[i];

		if (track->follows) {
			if (i == 0 || strcmp(track->path, tracks[i - 1].path) != 0)
				base_ns = end_ns;
			track->start_ns += base_ns;
			track->follows = false;
		}
		if (end_of(track, &s->surveys[i]) > end_ns)
			end_ns = end_of(track, &s->surveys[i]);
	}
}

/* whether the stamps themselves leave a hole there */
static bool has_hole(const struct rec_survey *survey, int64_t at_ns, int64_t length_ns)
{
	for (size_t i = 0; i < rec_survey_held(survey->nholes); i++) {
		int64_t from_ns = survey->holes[i].at_ns - survey->first_ns;
		if (llabs(from_ns - at_ns) <= near_ns && survey->holes[i].length_ns >= length_ns / 2)
			return true;
	}
	return false;
}

/* how much shorter the file is than its track or its participant's presence says */
static int64_t missing_ns(const struct settling *s, const struct rec_track *track, const struct rec_survey *survey)
{
	int64_t end_ns = track->end_ns;

	if (end_ns == REC_NS_UNKNOWN)
		end_ns = s->session->participants[track->participant].presence.end_ns;
	return end_ns == REC_NS_UNKNOWN ? 0 : end_ns - end_of(track, survey);
}

static int cut_track(const struct settling *s, struct rec_track *track, const struct rec_survey *survey)
{
	int64_t span_ns = survey->end_ns - survey->first_ns;
	int r = REC_OK;

	for (size_t i = 0; r == REC_OK && is_known(survey) && i < track->pauses.n; i++) {
		const struct rec_span *pause = &track->pauses.items[i];
		int64_t length_ns = pause->end_ns - pause->start_ns;
		int64_t at_ns = pause->start_ns - place_of(track, survey) - rec_cuts_before(&track->cuts, INT64_MAX);

		if (at_ns < 0 || at_ns > span_ns || has_hole(survey, at_ns, length_ns))
			continue;
		if (track->pauses_certain || missing_ns(s, track, survey) >= length_ns / 2)
			r = rec_model_cut(track, at_ns, length_ns);
	}
	return r;
}

static int cut_all(struct settling *s)
{
	int r = REC_OK;

	for (size_t i = 0; r == REC_OK && i < s->session->ntracks; i++)
		r = cut_track(s, &s->session->tracks[i], &s->surveys[i]);
	return r;
}

/* A screen stands until its track ends. */
static void end_screens(struct settling *s)
{
	for (size_t i = 0; i < s->session->ntracks; i++) {
		struct rec_track *track = &s->session->tracks[i];
		if (track->kind == REC_VIDEO && track->source == REC_SCREEN && track->end_ns == REC_NS_UNKNOWN)
			track->end_ns = end_of(track, &s->surveys[i]);
	}
}

static void widen(struct rec_span *span, int64_t start_ns, int64_t end_ns)
{
	if (span->start_ns == REC_NS_UNKNOWN || start_ns < span->start_ns)
		span->start_ns = start_ns;
	if (span->end_ns == REC_NS_UNKNOWN || end_ns > span->end_ns)
		span->end_ns = end_ns;
}

static int find_presence(struct settling *s)
{
	struct rec_session *session = s->session;
	struct rec_span *seen = calloc(session->nparticipants + 1, sizeof(*seen));
	int r = seen ? REC_OK : REC_ENOMEM;
	int64_t last_ns = 0; /* where somebody of whom nothing is known does no harm */

	for (size_t i = 0; seen && i < session->nparticipants; i++)
		seen[i] = (struct rec_span){REC_NS_UNKNOWN, REC_NS_UNKNOWN};
	for (size_t i = 0; seen && i < session->ntracks; i++) {
		const struct rec_track *track = &session->tracks[i];
		if (is_known(&s->surveys[i]))
			widen(&seen[track->participant], place_of(track, &s->surveys[i]),
			        end_of(track, &s->surveys[i]));
		if (is_known(&s->surveys[i]) && end_of(track, &s->surveys[i]) > last_ns)
			last_ns = end_of(track, &s->surveys[i]);
	}
	for (size_t i = 0; r == REC_OK && i < session->nparticipants; i++) {
		struct rec_participant *who = &session->participants[i];
		bool open = who->presence.start_ns == REC_NS_UNKNOWN || who->presence.end_ns == REC_NS_UNKNOWN;

		if (who->presence.start_ns == REC_NS_UNKNOWN)
			who->presence.start_ns = seen[i].start_ns;
		if (who->presence.end_ns == REC_NS_UNKNOWN)
			who->presence.end_ns = seen[i].end_ns;
		if (open &&
		        (who->presence.start_ns == REC_NS_UNKNOWN || who->presence.end_ns <= who->presence.start_ns)) {
			if (!s->params->skip_bad)
				r = rec_report(REC_EINPUT,
				        "cannot tell when '%s' (%s) was there: none of the files can be read; pass "
				        "--skip-bad to leave them out",
				        who->name, who->entry);
			who->presence = (struct rec_span){last_ns, last_ns};
		}
	}
	free(seen);
	return r;
}

/* A stamp before the session's zero cannot be helped: everything counts from 0. */
static void clamp_presence(struct rec_session *session)
{
	for (size_t i = 0; i < session->nparticipants; i++) {
		if (session->participants[i].presence.start_ns < 0)
			session->participants[i].presence.start_ns = 0;
	}
}

static int settle(struct settling *s)
{
	struct rec_session *session = s->session;
	int r;

	if ((r = decide_origin(s)) < 0)
		return r;
	if ((r = spread_files(s)) < 0)
		return r;
	chain_segments(s);
	if ((r = cut_all(s)) < 0)
		return r;
	end_screens(s);
	if ((r = find_presence(s)) < 0)
		return r;
	clamp_presence(session);
	session->unsettled = false;
	return rec_model_finish(session, session->from, session->given_end_ns);
}

int rec_settle(struct rec_session *session, const struct rec_settle_params *params)
{
	struct settling s = {session, params, NULL};
	size_t n = session->ntracks;
	int r;

	if (!session->unsettled && !params->surveys)
		return REC_OK;
	if (!(s.surveys = calloc(n + 1, sizeof(*s.surveys))))
		return REC_ENOMEM;
	r = survey_all(&s);
	if (r == REC_OK && session->unsettled)
		r = settle(&s);
	if (r == REC_OK && params->surveys)
		*params->surveys = s.surveys;
	else
		rec_settle_free_surveys(&s.surveys, n);
	return r;
}

void rec_settle_free_surveys(struct rec_survey **surveys, size_t n)
{
	for (size_t i = 0; *surveys && i < n; i++)
		rec_survey_free(&(*surveys)[i]);
	free(*surveys);
	*surveys = NULL;
}
