/* SPDX-License-Identifier: MIT */
#include "session/keep.h"

#include "base/err.h"
#include "base/log.h"
#include "base/remote.h"
#include "session/model.h"

#include <string.h>
#include <sys/stat.h>

static bool reads_once(const char *path)
{
	struct stat st;

	if (strcmp(path, "-") == 0)
		return true;
	if (rec_remote_is(path) || stat(path, &st) < 0)
		return false;
	return !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

/* what an earlier track of that path keeps; NULL: none */
static const struct rec_source *find_kept(const struct rec_session *session, size_t n, const char *path)
{
	for (size_t i = 0; i < n; i++) {
		if (session->tracks[i].kept && strcmp(session->tracks[i].path, path) == 0)
			return session->tracks[i].kept;
	}
	return NULL;
}

static int keep(struct rec_session *session, struct rec_track *track)
{
	struct rec_source *source = NULL;
	int r;

	rec_info("'%s' is a pipe: reading all of it first", track->path);
	r = rec_source_open(&source, track->path);
	if (r == REC_OK)
		r = rec_source_make_seekable(source);
	if (r < 0) {
		rec_source_close(&source);
		return r;
	}
	r = rec_model_keep(session, source);
	if (r == REC_OK)
		track->kept = source;
	return r;
}

int rec_session_keep(struct rec_session *session, const struct rec_keep_params *params)
{
	for (size_t i = 0; i < session->ntracks; i++) {
		struct rec_track *track = &session->tracks[i];
		int r;

		if (track->kept || (track->kind == REC_AUDIO ? params->no_audio : params->no_video) ||
		        !reads_once(track->path))
			continue;
		if ((track->kept = find_kept(session, i, track->path)))
			continue;
		rec_log_demote(params->skip_bad);
		r = keep(session, track);
		rec_log_demote(false);
		if (r == REC_EINPUT && params->skip_bad)
			track->unusable = true;
		else if (r < 0)
			return r;
	}
	return REC_OK;
}
