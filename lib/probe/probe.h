/* SPDX-License-Identifier: MIT */
/*
 * What is known of a session or a lone file: its windows, what the packets of every track tell, and in plain words what is wrong and what to
 * do about it. Packets only; `deep` decodes the sound.
 *
 *     struct rec_probe probe = {0};
 *     if ((r = rec_probe_open(&probe, path, &params)) == REC_OK) r = rec_probe_text(&probe, &text);
 *     rec_probe_close(&probe);
 */
#ifndef REC_PROBE_PROBE_H
#define REC_PROBE_PROBE_H

#include "base/buf.h"
#include "base/json.h"
#include "compose/open.h"
#include "probe/deep.h"
#include "session/timeline.h"

struct rec_probe {
	struct rec_session *session;
	struct rec_timeline *timeline; /* NULL: a lone file, or nothing to show */
	struct rec_survey *surveys;    /* one for each track; codec "": it could not be read */
	struct rec_deep *deep;         /* likewise; NULL: not asked for */
	size_t ntracks;
	char **warnings;
	size_t nwarnings;
	bool lone;               /* a media file, not a session */
	struct rec_source *kept; /* what standard input or a pipe held; NULL */
};

struct rec_probe_params {
	struct rec_open_options reading;
	struct rec_rate fps; /* of the windows */
	bool skip_bad;
	bool deep;
};

/**
 * rec_probe_open(probe, paths, params):
 * ${paths} is a manifest, its folder or zip, a media file, or `-` or a pipe: a manifest or media there; or several manifests of one session.
 * Errors, reported: those of rec_open_session() and rec_input_open().
 */
int rec_probe_open(struct rec_probe *probe, const struct rec_strings *paths, const struct rec_probe_params *params);

/** rec_probe_may_be_manifest(path): whether it can be one rather than media, as far as a look that consumes nothing tells: a pipe always may. */
bool rec_probe_may_be_manifest(const char *path);

/** rec_probe_place(probe, i): where track i's first stamp stands in session time. rec_probe_end(): its end, what was put back included. Codec "": what the manifest says. */
int64_t rec_probe_place(const struct rec_probe *probe, size_t i);
int64_t rec_probe_end(const struct rec_probe *probe, size_t i);

/** rec_probe_warn(probe): work out the warnings; part of rec_probe_open(). */
int rec_probe_warn(struct rec_probe *probe);

/** rec_probe_text(), rec_probe_json(), rec_probe_svg(): append the report for people, the summary object's members, a picture of the timeline. REC_ENOMEM. */
int rec_probe_text(const struct rec_probe *probe, struct rec_buf *text);
void rec_probe_json(const struct rec_probe *probe, struct rec_json *json);
int rec_probe_svg(const struct rec_probe *probe, struct rec_buf *text);

void rec_probe_close(struct rec_probe *probe);

#endif
