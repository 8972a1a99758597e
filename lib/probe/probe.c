/* SPDX-License-Identifier: MIT */
#include "probe/probe.h"

#include "base/err.h"
#include "base/remote.h"
#include "base/source.h"
#include "session/archive.h"
#include "session/model.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* JSON begins with a bracket, after blanks and perhaps a byte order mark; no container that is read does */
static bool begins_as_json(const char *head, ssize_t n)
{
	ssize_t i = n >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	while (i < n && (head[i] == ' ' || head[i] == '\n' || head[i] == '\r' || head[i] == '\t'))
		i++;
	return i < n && (head[i] == '{' || head[i] == '[');
}

/* the same of a manifest's bytes that are kept; 1, 0, or a rec_err */
static int holds_json(const struct rec_source *kept)
{
	struct rec_source *source = NULL;
	char head[512] = "";
	ssize_t n = rec_source_again(kept, &source);

	if (n == REC_OK)
		n = rec_source_read(source, head, sizeof head);
	rec_source_close(&source);
	return n < 0 ? (int)n : begins_as_json(head, n);
}

/* whether it is a folder, a zip, JSON, or a bare name that stands for a recording: 1, 0, or a rec_err; ${kept}: its bytes, or NULL */
static int is_manifest(const char *path, const struct rec_source *kept)
{
	char head[512] = "";
	struct stat st;

	if (kept)
		return holds_json(kept);
	if (stat(path, &st) < 0) /* a name below $RECORDINGS_DIR, or nothing: the reader says so */
		return !strchr(path, '/') && getenv("RECORDINGS_DIR");
	if (S_ISDIR(st.st_mode))
		return 1;
	int zip = rec_archive_recognises(path);
	if (zip != 0)
		return zip;
	ssize_t n = rec_source_head(path, head, sizeof head);
	return n < 0 ? (int)n : begins_as_json(head, n);
}

bool rec_probe_may_be_manifest(const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) /* a pipe can be read once only */
		return true;
	return is_manifest(path, NULL) != 0; /* what cannot be read now may be read later */
}

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (strcmp(path, "-") == 0)
		return "standard input";
	return slash && slash[1] ? slash + 1 : path;
}

static int add_track(struct rec_session *session, const char *path, const struct rec_source *kept, enum rec_kind kind)
{
	struct rec_track *track = rec_model_add_track(session);

	if (!track)
		return REC_ENOMEM;
	track->kind = kind;
	track->maybe = true;
	track->kept = kept;
	track->entry = strdup("");
	track->location = strdup(name_of(path));
	track->path = strdup(path);
	return track->entry && track->location && track->path ? REC_OK : REC_ENOMEM;
}

/* a lone file is the session of one participant who is there as long as it lasts */
static int lone_session(struct rec_session **session, const char *path, const struct rec_source *kept)
{
	const char *name = name_of(path);
	struct rec_participant *who;
	int r = rec_model_new(session);

	if (r < 0)
		return r;
	if (!(who = rec_model_add_participant(*session)))
		return REC_ENOMEM;
	who->presence = (struct rec_span){REC_NS_UNKNOWN, REC_NS_UNKNOWN};
	who->name = strdup(name);
	who->entry = strdup(path);
	(*session)->id = strdup(name);
	(*session)->dir = strdup(".");
	(*session)->from = strdup("media file");
	if (!who->name || !who->entry || !(*session)->id || !(*session)->dir || !(*session)->from)
		return REC_ENOMEM;
	if ((r = add_track(*session, path, kept, REC_VIDEO)) < 0 ||
	        (r = add_track(*session, path, kept, REC_AUDIO)) < 0)
		return r;
	return rec_model_finish(*session, path, REC_NS_UNKNOWN);
}

static int open_lone(struct rec_probe *probe, const char *path, const struct rec_settle_params *settle)
{
	struct rec_source *source = NULL;
	int r = probe->kept ? REC_OK : rec_source_open(&source, path); /* says so when it is not there */

	rec_source_close(&source);
	probe->lone = true;
	if (r == REC_OK)
		r = lone_session(&probe->session, probe->kept ? rec_source_name(probe->kept) : path, probe->kept);
	return r < 0 ? r : rec_settle(probe->session, settle);
}

static int look_deep(struct rec_probe *probe, bool skip_bad)
{
	if (!(probe->deep = calloc(probe->ntracks + 1, sizeof(*probe->deep))))
		return REC_ENOMEM;
	for (size_t i = 0; i < probe->ntracks; i++) {
		int r = probe->surveys[i].codec[0] ? rec_deep_look(&probe->deep[i], &probe->session->tracks[i])
		                                   : REC_OK;
		if (r < 0 && !(skip_bad && r == REC_EINPUT))
			return r;
	}
	return REC_OK;
}

static int make_timeline(struct rec_probe *probe, struct rec_rate fps)
{
	struct rec_timeline_params params = REC_TIMELINE_PARAMS;

	params.fps = fps;
	if (probe->session->ntracks == 0 || probe->session->end_ns <= probe->session->first_ns)
		return REC_OK;
	return rec_timeline_new(&probe->timeline, probe->session, &params);
}

/* What cannot seek is looked at more than once: it goes through a temporary file. */
static int keep(struct rec_probe *probe, const char *path)
{
	struct stat st;
	int r;

	if (strcmp(path, "-") != 0 &&
	        (rec_remote_is(path) || stat(path, &st) < 0 || S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
		return REC_OK;
	r = rec_source_open(&probe->kept, path);
	return r < 0 ? r : rec_source_make_seekable(probe->kept);
}

static int open_paths(struct rec_probe *probe, const struct rec_strings *paths, const struct rec_probe_params *params,
        const struct rec_settle_params *settle)
{
	const char *zip = "/proc/self/fd/0";
	struct rec_strings one = {&zip, 1};
	struct rec_open_options reading = params->reading;

	/* the members of a zip are kept one by one; it may be standard input, as a file */
	if (paths->n == 1 && strcmp(paths->items[0], "-") == 0 && rec_archive_recognises(zip) > 0)
		return rec_open_session(&probe->session, &one, &reading, settle);
	int r = keep(probe, paths->items[0]);
	if (r == REC_OK)
		r = paths->n > 1 || reading.from ? 1 : is_manifest(paths->items[0], probe->kept);
	if (r < 0)
		return r;
	reading.kept = probe->kept;
	if (r > 0)
		return rec_open_session(&probe->session, paths, &reading, settle);
	return open_lone(probe, paths->items[0], settle);
}

int rec_probe_open(struct rec_probe *probe, const struct rec_strings *paths, const struct rec_probe_params *params)
{
	const struct rec_settle_params settle = {.skip_bad = params->skip_bad, .surveys = &probe->surveys};
	int r;

	*probe = (struct rec_probe){.kept = NULL};
	r = open_paths(probe, paths, params, &settle);
	if (r < 0)
		return r;
	probe->ntracks = probe->session->ntracks;
	if (!probe->lone)
		r = make_timeline(probe, params->fps);
	if (r == REC_OK && params->deep)
		r = look_deep(probe, params->skip_bad);
	return r < 0 ? r : rec_probe_warn(probe);
}

int64_t rec_probe_place(const struct rec_probe *probe, size_t i)
{
	const struct rec_track *track = &probe->session->tracks[i];

	if (track->origin == REC_ORIGIN_SESSION && probe->surveys[i].codec[0])
		return probe->surveys[i].first_ns;
	return track->start_ns;
}

int64_t rec_probe_end(const struct rec_probe *probe, size_t i)
{
	const struct rec_track *track = &probe->session->tracks[i];
	const struct rec_survey *survey = &probe->surveys[i];

	if (!survey->codec[0])
		return track->end_ns != REC_NS_UNKNOWN ? track->end_ns : track->start_ns;
	return rec_probe_place(probe, i) + survey->end_ns - survey->first_ns + rec_cuts_before(&track->cuts, INT64_MAX);
}

void rec_probe_close(struct rec_probe *probe)
{
	for (size_t i = 0; i < probe->nwarnings; i++)
		free(probe->warnings[i]);
	free(probe->warnings);
	for (size_t i = 0; probe->deep && i < probe->ntracks; i++)
		rec_deep_free(&probe->deep[i]);
	free(probe->deep);
	rec_settle_free_surveys(&probe->surveys, probe->ntracks);
	rec_timeline_free(&probe->timeline);
	rec_session_free(&probe->session);
	rec_source_close(&probe->kept);
}
