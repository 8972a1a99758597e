/* SPDX-License-Identifier: MIT */
#include "probe/probe.h"

#include "base/err.h"
#include "base/log.h"
#include "base/source.h"
#include "session/archive.h"
#include "session/model.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* JSON begins with a bracket, after blanks and perhaps a byte order mark; no container that is read does */
static bool begins_as_json(const char *head, ssize_t n)
{
	ssize_t i = n >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	while (i < n && (head[i] == ' ' || head[i] == '\n' || head[i] == '\r' || head[i] == '\t'))
		i++;
	return i < n && (head[i] == '{' || head[i] == '[');
}

int rec_probe_is_manifest(const char *path)
{
	char head[512];
	struct stat st;

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

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (strncmp(path, "/proc/self/fd/", 14) == 0)
		return "standard input";
	return slash && slash[1] ? slash + 1 : path;
}

static int add_track(struct rec_session *session, const char *path, enum rec_kind kind)
{
	struct rec_track *track = rec_model_add_track(session);

	if (!track)
		return REC_ENOMEM;
	track->kind = kind;
	track->maybe = true;
	track->entry = strdup("");
	track->location = strdup(name_of(path));
	track->path = strdup(path);
	return track->entry && track->location && track->path ? REC_OK : REC_ENOMEM;
}

/* a lone file is the session of one participant who is there as long as it lasts */
static int lone_session(struct rec_session **session, const char *path)
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
	if ((r = add_track(*session, path, REC_VIDEO)) < 0 || (r = add_track(*session, path, REC_AUDIO)) < 0)
		return r;
	return rec_model_finish(*session, path, REC_NS_UNKNOWN);
}

static int open_lone(struct rec_probe *probe, const char *path, const struct rec_settle_params *settle)
{
	struct rec_source *source = NULL;
	int r = rec_source_open(&source, path); /* says so when it is not there */

	rec_source_close(&source);
	probe->lone = true;
	if (r == REC_OK)
		r = lone_session(&probe->session, path);
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

/* Standard input is looked at more than once: it goes through a temporary file. */
static int keep_stdin(int *fd)
{
	struct rec_source *source = NULL;
	char chunk[1 << 14];
	ssize_t got = 1;
	int r = rec_source_open(&source, "-");

	if (r == REC_OK)
		r = rec_source_unlinked(fd);
	while (r == REC_OK && got > 0) {
		got = rec_source_read(source, chunk, sizeof(chunk));
		for (ssize_t put, done = 0; r == REC_OK && done < got; done += put) {
			put = write(*fd, chunk + done, (size_t)(got - done));
			if (put < 0)
				put = errno == EINTR ? 0
				                     : (r = rec_report(REC_EIO, "cannot keep standard input: %s",
				                                strerror(errno)),
				                               0);
		}
	}
	rec_source_close(&source);
	return r < 0 ? r : got < 0 ? (int)got : REC_OK;
}

static int open_path(struct rec_probe *probe, const char *path, const struct rec_probe_params *params,
        const struct rec_settle_params *settle)
{
	char kept[64];
	int r = REC_OK;

	if (strcmp(path, "-") == 0) {
		r = keep_stdin(&probe->fd);
		snprintf(kept, sizeof(kept), "/proc/self/fd/%d", probe->fd);
		path = kept;
	}
	if (r == REC_OK)
		r = params->reading.from ? 1 : rec_probe_is_manifest(path);
	if (r < 0)
		return r;
	if (r > 0)
		return rec_open_session(&probe->session, path, &params->reading, settle);
	return open_lone(probe, path, settle);
}

int rec_probe_open(struct rec_probe *probe, const char *path, const struct rec_probe_params *params)
{
	const struct rec_settle_params settle = {.skip_bad = params->skip_bad, .surveys = &probe->surveys};
	int r;

	*probe = (struct rec_probe){.fd = -1};
	r = open_path(probe, path, params, &settle);
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
	if (probe->fd >= 0)
		close(probe->fd);
	probe->fd = -1;
}
