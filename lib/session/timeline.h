/* SPDX-License-Identifier: MIT */
/*
 * The timeline: the session cut into layout windows on whole output frames. A window is a run of frames through which
 * the same entries are present and the same tiles are shown. Windows under one frame vanish; their sum is the duration, exactly.
 *
 * A tile is one picture on the canvas: the camera of a participant entry, or one screen share. It has the tracks that
 * feed it, in order of their start. A participant without a picture has no tile.
 */
#ifndef REC_SESSION_TIMELINE_H
#define REC_SESSION_TIMELINE_H

#include "session/session.h"

struct rec_tile_source {
	size_t participant;
	enum rec_source_kind source;
	const char *name; /* borrowed from the session */
	size_t *tracks;   /* indexes in the session, by start */
	size_t ntracks;
	struct rec_span
	        shown; /* session time; a camera: the presence; a screen: its tracks' span within the presence */
};

struct rec_window {
	int64_t start_frame;
	int64_t end_frame; /* exclusive */
	size_t *tiles;     /* indexes in the timeline, in the manifest's order */
	size_t ntiles;
	size_t *present; /* indexes of participant entries, in the manifest's order */
	size_t npresent;
};

struct rec_timeline {
	struct rec_rate fps;
	int64_t zero_ns;     /* the session time of frame 0 */
	int64_t duration_ns; /* sound's length; nframes is it on the frame grid */
	int64_t nframes;
	struct rec_tile_source *tiles;
	size_t ntiles;
	struct rec_window *windows;
	size_t nwindows;
};

struct rec_timeline_params {
	struct rec_rate fps;
	bool zero_clock;     /* the session's clock keeps its zero, instead of the earliest join */
	bool no_video;       /* no tiles */
	bool no_screen;      /* screens take no tile */
	int64_t start_ns;    /* excerpt, counted from the zero; >= 0 */
	int64_t duration_ns; /* REC_NS_UNKNOWN: to the end */
	const bool *skip;    /* ntracks of the session: tracks that cannot be used (--skip-bad); NULL: none */
	/* ntracks: session time of each track's first picture, where probed; NULL or REC_NS_UNKNOWN: the manifest's start */
	const int64_t *begin_ns;
	const int64_t *
	        end_ns; /* ntracks: session time after each track's last picture, where probed (screens); NULL or REC_NS_UNKNOWN: not known */
};
#define REC_TIMELINE_PARAMS                                                                                            \
	{                                                                                                              \
		{30, 1}, false, false, false, 0, REC_NS_UNKNOWN, NULL, NULL, NULL                                      \
	}

/**
 * rec_timeline_new(timeline, session, params):
 * ${session} is borrowed for the timeline's life. Boundaries lie at rec_frame_of_ns(time - zero): the first frame that a
 * picture of that time would appear on.
 * A tile that is never shown (its span is empty, or outside of the excerpt) is in tiles, and in no window.
 * Errors: REC_EINPUT, reported: nothing is left (an excerpt past the end, a session under one frame), or the windows would list more than
 * 2^26 tiles and people in all; REC_EINVAL, reported: start_ns < 0; REC_ENOMEM.
 */
int rec_timeline_new(
        struct rec_timeline **timeline, const struct rec_session *session, const struct rec_timeline_params *params);

void rec_timeline_free(struct rec_timeline **timeline);

#endif
