/* SPDX-License-Identifier: MIT */
/*
 * Everybody's coming and going, and every tile's, becomes two edges on the frame grid. The edges are sorted and swept with
 * two sets (bitmaps, so they enumerate in the manifest's order); between two edges lies a window. As what has no
 * frame makes no edges, every edge changes a set, and no two neighbours can be the same.
 */
#include "session/timeline.h"

#include "base/err.h"
#include "base/log.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* indexes in all windows together: 512 MB of them; people who all come and go one by one need n^2 */
static const size_t max_indexes = (size_t)64 << 20;

struct set {
	uint64_t *words;
	size_t nwords;
	size_t n; /* members */
};

struct edge {
	int64_t frame;
	size_t index;
	bool tile; /* a tile's, or else a participant entry's */
	bool on;
};

struct sweep {
	struct rec_timeline *timeline;
	struct edge *edges;
	size_t nedges;
	struct set present;
	struct set tiles;
};

/* sorts tracks into tiles: by participant, cameras first, then by start, then in the manifest's order */
struct key {
	size_t participant;
	enum rec_source_kind source;
	int64_t start_ns;
	size_t track;
};

static int by_tile(const void *a, const void *b)
{
	const struct key *x = a;
	const struct key *y = b;

	if (x->participant != y->participant)
		return x->participant < y->participant ? -1 : 1;
	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	if (x->start_ns != y->start_ns)
		return x->start_ns < y->start_ns ? -1 : 1;
	return (x->track > y->track) - (x->track < y->track);
}

static int64_t begin_of(const struct rec_session *session, const struct rec_timeline_params *params, size_t track)
{
	int64_t probed = params->begin_ns ? params->begin_ns[track] : REC_NS_UNKNOWN;

	return probed != REC_NS_UNKNOWN ? probed : session->tracks[track].start_ns;
}

static size_t list_pictures(
        struct key *keys, const struct rec_session *session, const struct rec_timeline_params *params)
{
	size_t n = 0;

	for (size_t i = 0; i < session->ntracks && !params->no_video; i++) {
		const struct rec_track *track = &session->tracks[i];
		if (track->kind != REC_VIDEO || (params->skip && params->skip[i]))
			continue;
		if (track->source == REC_SCREEN && params->no_screen)
			continue;
		keys[n++] = (struct key){track->participant, track->source, begin_of(session, params, i), i};
	}
	qsort(keys, n, sizeof(*keys), by_tile);
	return n;
}

/* from the first track's start to the last one's end, within the presence */
static struct rec_span screen_span(
        const struct rec_tile_source *tile, const struct rec_session *session, const struct rec_timeline_params *params)
{
	struct rec_span presence = session->participants[tile->participant].presence;
	struct rec_span shown = {begin_of(session, params, tile->tracks[0]), INT64_MIN};

	for (size_t i = 0; i < tile->ntracks; i++) {
		int64_t end_ns = session->tracks[tile->tracks[i]].end_ns;
		if (end_ns == REC_NS_UNKNOWN && params->end_ns)
			end_ns = params->end_ns[tile->tracks[i]];
		if (end_ns == REC_NS_UNKNOWN)
			end_ns = presence.end_ns;
		if (end_ns > shown.end_ns)
			shown.end_ns = end_ns;
	}
	if (shown.start_ns < presence.start_ns)
		shown.start_ns = presence.start_ns;
	if (shown.end_ns > presence.end_ns)
		shown.end_ns = presence.end_ns;
	return shown;
}

/* the tile of keys[0..n) */
static int fill_tile(struct rec_tile_source *tile, const struct key *keys, size_t n, const struct rec_session *session,
        const struct rec_timeline_params *params)
{
	const struct rec_participant *who = &session->participants[keys[0].participant];

	tile->participant = keys[0].participant;
	tile->source = keys[0].source;
	tile->name = who->name;
	if (!(tile->tracks = calloc(n, sizeof(*tile->tracks))))
		return REC_ENOMEM;
	tile->ntracks = n;
	for (size_t i = 0; i < n; i++)
		tile->tracks[i] = keys[i].track;
	tile->shown = tile->source == REC_SCREEN ? screen_span(tile, session, params) : who->presence;
	return REC_OK;
}

static int group_tiles(struct rec_timeline *timeline, const struct key *keys, size_t n,
        const struct rec_session *session, const struct rec_timeline_params *params)
{
	size_t end;
	int r;

	if (n > 0 && !(timeline->tiles = calloc(n, sizeof(*timeline->tiles))))
		return REC_ENOMEM;
	for (size_t at = 0; at < n; at = end) {
		for (end = at + 1; end < n && keys[end].participant == keys[at].participant &&
		                   keys[end].source == keys[at].source;)
			end++;
		r = fill_tile(&timeline->tiles[timeline->ntiles++], keys + at, end - at, session, params);
		if (r < 0)
			return r;
	}
	return REC_OK;
}

static int make_tiles(
        struct rec_timeline *timeline, const struct rec_session *session, const struct rec_timeline_params *params)
{
	struct key *keys = calloc(session->ntracks + 1, sizeof(*keys));
	int r = REC_ENOMEM;

	if (keys)
		r = group_tiles(timeline, keys, list_pictures(keys, session, params), session, params);
	free(keys);
	return r;
}

static int64_t frame_of(const struct rec_timeline *timeline, int64_t ns)
{
	int64_t frame = rec_frame_of_ns(ns - timeline->zero_ns, timeline->fps);

	if (frame < 0)
		return 0;
	return frame < timeline->nframes ? frame : timeline->nframes;
}

static void add_edges(struct sweep *sweep, struct rec_span span, size_t index, bool tile)
{
	int64_t start = frame_of(sweep->timeline, span.start_ns);
	int64_t end = frame_of(sweep->timeline, span.end_ns);

	if (start >= end)
		return;
	sweep->edges[sweep->nedges++] = (struct edge){start, index, tile, true};
	sweep->edges[sweep->nedges++] = (struct edge){end, index, tile, false};
}

static int by_frame(const void *a, const void *b)
{
	const struct edge *x = a;
	const struct edge *y = b;

	return (x->frame > y->frame) - (x->frame < y->frame);
}

static int new_set(struct set *set, size_t n)
{
	set->nwords = n / 64 + 1;
	set->words = calloc(set->nwords, sizeof(*set->words));
	return set->words ? REC_OK : REC_ENOMEM;
}

static void toggle(struct set *set, size_t index, bool on)
{
	uint64_t bit = UINT64_C(1) << (index % 64);

	assert(((set->words[index / 64] & bit) == 0) == on);
	set->words[index / 64] ^= bit;
	set->n = on ? set->n + 1 : set->n - 1;
}

/* the members in ascending order, malloc'd; NULL for none */
static int list_set(const struct set *set, size_t **items, size_t *n)
{
	*n = 0;
	*items = NULL;
	if (set->n == 0)
		return REC_OK;
	if (!(*items = calloc(set->n, sizeof(**items))))
		return REC_ENOMEM;
	for (size_t i = 0; i < set->nwords; i++) {
		for (uint64_t word = set->words[i]; word; word &= word - 1)
			(*items)[(*n)++] = i * 64 + (size_t)__builtin_ctzll(word);
	}
	return REC_OK;
}

/* refuse before anything is allocated what would fill the memory */
static int check_size(const struct sweep *sweep)
{
	size_t members = 0;
	size_t nindexes = 0;

	for (size_t i = 0; i < sweep->nedges; i++) {
		if (i > 0 && sweep->edges[i].frame > sweep->edges[i - 1].frame)
			nindexes += members;
		members = sweep->edges[i].on ? members + 1 : members - 1;
	}
	if (nindexes <= max_indexes)
		return REC_OK;
	return rec_report(REC_EINPUT,
	        "cannot cut the session into windows: too many people come and go (%zu places in all, more than %zu)",
	        nindexes, max_indexes);
}

static int add_window(struct sweep *sweep, int64_t start, int64_t end)
{
	struct rec_window *window = &sweep->timeline->windows[sweep->timeline->nwindows++];
	int r;

	window->start_frame = start;
	window->end_frame = end;
	if ((r = list_set(&sweep->tiles, &window->tiles, &window->ntiles)) < 0)
		return r;
	return list_set(&sweep->present, &window->present, &window->npresent);
}

static int run_sweep(struct sweep *sweep)
{
	int64_t at = 0; /* where the window begins that is not closed yet */
	int r;

	for (size_t i = 0; i < sweep->nedges; i++) {
		const struct edge *edge = &sweep->edges[i];
		if (edge->frame > at) {
			if ((r = add_window(sweep, at, edge->frame)) < 0)
				return r;
			at = edge->frame;
		}
		toggle(edge->tile ? &sweep->tiles : &sweep->present, edge->index, edge->on);
	}
	return at < sweep->timeline->nframes ? add_window(sweep, at, sweep->timeline->nframes) : REC_OK;
}

static int make_windows(struct rec_timeline *timeline, const struct rec_session *session)
{
	struct sweep sweep = {.timeline = timeline};
	size_t nedges = 2 * (session->nparticipants + timeline->ntiles);
	int r = REC_ENOMEM;

	sweep.edges = calloc(nedges + 1, sizeof(*sweep.edges));
	timeline->windows = calloc(nedges + 1, sizeof(*timeline->windows));
	if (sweep.edges && timeline->windows && new_set(&sweep.present, session->nparticipants) == REC_OK &&
	        new_set(&sweep.tiles, timeline->ntiles) == REC_OK) {
		for (size_t i = 0; i < session->nparticipants; i++)
			add_edges(&sweep, session->participants[i].presence, i, false);
		for (size_t i = 0; i < timeline->ntiles; i++)
			add_edges(&sweep, timeline->tiles[i].shown, i, true);
		qsort(sweep.edges, sweep.nedges, sizeof(*sweep.edges), by_frame);
		r = check_size(&sweep);
		if (r == REC_OK)
			r = run_sweep(&sweep);
	}
	free(sweep.edges);
	free(sweep.present.words);
	free(sweep.tiles.words);
	return r;
}

/* zero, duration and frames */
static int place(
        struct rec_timeline *timeline, const struct rec_session *session, const struct rec_timeline_params *params)
{
	int64_t zero_ns = params->zero_clock ? 0 : session->first_ns;
	int64_t length_ns = session->end_ns - zero_ns;

	if (params->start_ns < 0)
		return rec_report(REC_EINVAL, "an excerpt cannot start before the session's zero");
	if (params->start_ns > 0 && params->start_ns >= length_ns)
		return rec_report(REC_EINPUT,
		        "nothing is left: the excerpt starts at %.15g s and the session ends at %.15g s",
		        (double)params->start_ns / 1e9, (double)length_ns / 1e9);
	length_ns -= params->start_ns;
	if (params->duration_ns != REC_NS_UNKNOWN && params->duration_ns < length_ns)
		length_ns = params->duration_ns;
	timeline->fps = params->fps;
	timeline->zero_ns = zero_ns + params->start_ns;
	timeline->duration_ns = length_ns;
	timeline->nframes = rec_frame_of_ns(length_ns, params->fps);
	if (timeline->nframes < 1)
		return rec_report(
		        REC_EINPUT, "nothing is left: %.15g s is less than one frame", (double)length_ns / 1e9);
	return REC_OK;
}

int rec_timeline_new(
        struct rec_timeline **timeline, const struct rec_session *session, const struct rec_timeline_params *params)
{
	struct rec_timeline *made = calloc(1, sizeof(*made));
	int r = made ? place(made, session, params) : REC_ENOMEM;

	if (r == REC_OK)
		r = make_tiles(made, session, params);
	if (r == REC_OK)
		r = make_windows(made, session);
	if (r < 0)
		rec_timeline_free(&made);
	else
		*timeline = made;
	return r;
}

void rec_timeline_free(struct rec_timeline **timeline)
{
	struct rec_timeline *gone = *timeline;

	if (!gone)
		return;
	for (size_t i = 0; i < gone->ntiles; i++)
		free(gone->tiles[i].tracks);
	for (size_t i = 0; i < gone->nwindows; i++) {
		free(gone->windows[i].tiles);
		free(gone->windows[i].present);
	}
	free(gone->tiles);
	free(gone->windows);
	free(gone);
	*timeline = NULL;
}
