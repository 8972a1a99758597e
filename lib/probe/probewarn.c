/* SPDX-License-Identifier: MIT */
/* What is wrong, in plain words, with the remedy. */
#include "base/err.h"
#include "base/log.h"
#include "base/num.h"
#include "probe/probe.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* what two ends of one person's media may differ by, or a file from the manifest, before it is worth a word */
static const int64_t slack_ns = 1500 * REC_NS_PER_MS;
static const int64_t apart_ns = 20 * REC_NS_PER_MS;
static const int64_t long_silence_percent = 95;

static const char *name_of(const struct rec_track *track)
{
	const char *slash = strrchr(track->location, '/');

	return slash && slash[1] ? slash + 1 : track->location;
}

static const char *medium_of(const struct rec_track *track)
{
	return track->kind == REC_AUDIO ? "sound" : "picture";
}

/* begin a warning: "NAME: " */
static struct rec_buf begin(const struct rec_track *track)
{
	struct rec_buf text = REC_BUF_INIT;

	rec_escape(&text, name_of(track));
	rec_buf_puts(&text, ": ");
	return text;
}

static void put_s(struct rec_buf *text, int64_t ns, int decimals)
{
	rec_format_seconds(text, ns, decimals);
	rec_buf_puts(text, " s");
}

static int end(struct rec_probe *probe, struct rec_buf *text)
{
	char **grown = reallocarray(probe->warnings, probe->nwarnings + 1, sizeof(*grown));

	if (grown)
		probe->warnings = grown;
	if (!grown || !(grown[probe->nwarnings] = rec_buf_steal(text))) {
		rec_buf_free(text);
		return REC_ENOMEM;
	}
	probe->nwarnings++;
	return REC_OK;
}

static int warn_damage(struct rec_probe *probe, const struct rec_track *track, const struct rec_survey *survey)
{
	struct rec_buf text;
	int r;

	if (survey->truncated) {
		text = begin(track);
		rec_buf_puts(&text, "cut off after ");
		put_s(&text, survey->end_ns - survey->first_ns, 3);
		rec_buf_puts(&text, ": the recorder was stopped hard, or the copy is not whole; what is there is used "
		                    "(--strict refuses it)");
		if ((r = end(probe, &text)) < 0)
			return r;
	}
	if (survey->corrupt > 0) {
		text = begin(track);
		rec_buf_printf(&text, "%" PRId64 " damaged packets, the first at ", survey->corrupt);
		put_s(&text, survey->corrupt_ns == REC_NS_UNKNOWN ? 0 : survey->corrupt_ns - survey->first_ns, 3);
		rec_buf_puts(&text, "; fetch the file again if the source is whole");
		if ((r = end(probe, &text)) < 0)
			return r;
	}
	if (survey->unstamped > 0) {
		text = begin(track);
		rec_buf_printf(&text,
		        "%" PRId64 " of %" PRId64 " packets have no stamp: each is placed after the one before",
		        survey->unstamped, survey->packets);
		if ((r = end(probe, &text)) < 0)
			return r;
	}
	if (survey->backward > 0) {
		text = begin(track);
		rec_buf_printf(&text, "%" PRId64 " stamps run backward: what comes late is dropped", survey->backward);
		return end(probe, &text);
	}
	return REC_OK;
}

/* Daily: the name and the container both tell when it began */
static int warn_clock(struct rec_probe *probe, size_t i)
{
	const struct rec_track *track = &probe->session->tracks[i];
	const struct rec_survey *survey = &probe->surveys[i];
	struct rec_buf text;

	if (track->origin == REC_ORIGIN_SESSION && track->start_ns > 0 &&
	        llabs(survey->first_ns - track->start_ns) > apart_ns) {
		text = begin(track);
		rec_buf_puts(&text, "begins at ");
		put_s(&text, survey->first_ns, 3);
		rec_buf_puts(&text, " by its container and at ");
		put_s(&text, track->start_ns, 3);
		rec_buf_puts(&text, " by its name or the manifest, ");
		put_s(&text, llabs(survey->first_ns - track->start_ns), 3);
		rec_buf_puts(&text, " apart; the container is followed (--origin track follows the other)");
		return end(probe, &text);
	}
	if (track->origin == REC_ORIGIN_TRACK && !probe->lone && survey->first_ns > REC_NS_PER_S &&
	        llabs(survey->first_ns - track->start_ns) < REC_NS_PER_S) {
		text = begin(track);
		rec_buf_puts(&text, "its stamps begin at ");
		put_s(&text, survey->first_ns, 3);
		rec_buf_puts(&text,
		        ", near where the manifest places it: perhaps they are session time; try --origin session");
		return end(probe, &text);
	}
	return REC_OK;
}

/* the same person's track of the other medium that begins within a second; SIZE_MAX: none */
static size_t partner_of(const struct rec_probe *probe, size_t i)
{
	const struct rec_track *tracks = probe->session->tracks;

	for (size_t k = 0; k < probe->ntracks; k++) {
		if (tracks[k].participant == tracks[i].participant && tracks[k].kind != tracks[i].kind &&
		        tracks[k].source == tracks[i].source && probe->surveys[k].codec[0] &&
		        llabs(rec_probe_place(probe, k) - rec_probe_place(probe, i)) < REC_NS_PER_S)
			return k;
	}
	return SIZE_MAX;
}

/* where the recorder may have been paused: the first seam, when there are so few that they mean something */
static void put_seam(struct rec_buf *text, const struct rec_probe *probe, size_t i)
{
	const struct rec_survey *survey = &probe->surveys[i];

	if (survey->nseams < 1 || survey->nseams > 20)
		return;
	rec_buf_puts(text, ", after ");
	put_s(text, rec_probe_place(probe, i) + survey->seam_ns - survey->first_ns, 1);
}

static bool is_there(const struct rec_session *session, const char *name)
{
	struct rec_buf path = REC_BUF_INIT;
	struct stat st;
	bool there;

	rec_buf_printf(&path, "%s/%s", session->dir, name);
	there = path.data && stat(path.data, &st) == 0;
	rec_buf_free(&path);
	return there;
}

/* Time is missing in the file that no hole explains: a recorder that was paused leaves no other trace. */
static int warn_missing(struct rec_probe *probe, size_t i)
{
	const struct rec_session *session = probe->session;
	const struct rec_track *track = &session->tracks[i];
	size_t partner = partner_of(probe, i);
	int64_t leave_ns = session->participants[track->participant].presence.end_ns;
	int64_t end_ns = rec_probe_end(probe, i);
	int64_t less_ns = partner == SIZE_MAX ? 0 : rec_probe_end(probe, partner) - end_ns;
	int64_t short_ns = track->end_ns != REC_NS_UNKNOWN ? track->end_ns - end_ns : leave_ns - end_ns;
	struct rec_buf text;

	if (less_ns < slack_ns && short_ns < slack_ns)
		return REC_OK;
	text = begin(track);
	if (less_ns >= slack_ns) {
		put_s(&text, less_ns, 1);
		rec_buf_printf(
		        &text, " less %s than %s", medium_of(track), track->kind == REC_AUDIO ? "picture" : "sound");
	}
	if (short_ns >= slack_ns) {
		rec_buf_puts(&text, less_ns >= slack_ns ? ", " : "");
		put_s(&text, short_ns, 1);
		rec_buf_printf(
		        &text, " less %sthan the manifest says", track->kind == REC_AUDIO ? "sound " : "picture ");
	}
	put_seam(&text, probe, i);
	if (track->cuts.n > 0)
		rec_buf_puts(&text, ", with the pauses of the events put back: it ends early");
	else
		rec_buf_printf(&text, ": the recorder was paused, or stopped early; pass --events %s",
		        is_there(session, "events.json") ? "events.json" : "FILE if there is a log of it");
	return end(probe, &text);
}

static int warn_deep(struct rec_probe *probe, size_t i)
{
	const struct rec_track *track = &probe->session->tracks[i];
	const struct rec_deep *deep = probe->deep ? &probe->deep[i] : NULL;
	int64_t span_ns = probe->surveys[i].end_ns - probe->surveys[i].first_ns;
	struct rec_buf text;

	if (!deep || !deep->known)
		return REC_OK;
	if (deep->damage.corrupt > probe->surveys[i].corrupt) {
		int64_t at_ns =
		        deep->damage.corrupt_ns == REC_NS_UNKNOWN ? 0 : deep->damage.corrupt_ns - deep->damage.first_ns;
		int r;

		text = begin(track);
		rec_buf_printf(&text, "%" PRId64 " packets that cannot be decoded whole, the first at ",
		        deep->damage.corrupt - probe->surveys[i].corrupt);
		put_s(&text, at_ns, 3);
		if ((r = end(probe, &text)) < 0)
			return r;
	}
	text = begin(track);
	if (track->kind == REC_AUDIO && isinf(deep->lufs)) {
		rec_buf_puts(&text, "silent throughout: the microphone was muted or the wrong one");
		return end(probe, &text);
	}
	if (track->kind == REC_AUDIO && span_ns > 0 && deep->silence_ns / (span_ns / 100 + 1) >= long_silence_percent) {
		put_s(&text, deep->silence_ns, 1);
		rec_buf_puts(&text, " of silence, nearly all of it");
		return end(probe, &text);
	}
	if (track->kind == REC_VIDEO && deep->damage.undecoded > 0) {
		rec_buf_printf(&text, "%" PRId64 " pictures cannot be decoded: the last good one stands there",
		        deep->damage.undecoded);
		return end(probe, &text);
	}
	rec_buf_free(&text);
	return REC_OK;
}

static int warn_unread(struct rec_probe *probe, const struct rec_track *track)
{
	struct rec_buf text = begin(track);

	rec_buf_puts(&text, track->unusable ? "cannot be read; pass --skip-bad to the other tools to leave it out"
	                                    : "is not there, or has no ");
	if (!track->unusable)
		rec_buf_printf(&text, "%s in it; fetch it, or pass --skip-bad to leave it out", medium_of(track));
	return end(probe, &text);
}

int rec_probe_warn(struct rec_probe *probe)
{
	int r = REC_OK;

	for (size_t i = 0; r == REC_OK && i < probe->ntracks; i++) {
		const struct rec_track *track = &probe->session->tracks[i];

		if (!probe->surveys[i].codec[0]) {
			r = warn_unread(probe, track);
			continue;
		}
		r = warn_damage(probe, track, &probe->surveys[i]);
		if (r == REC_OK)
			r = warn_clock(probe, i);
		if (r == REC_OK && !probe->surveys[i].truncated)
			r = warn_missing(probe, i);
		if (r == REC_OK)
			r = warn_deep(probe, i);
	}
	return r;
}
