/* SPDX-License-Identifier: MIT */
/* The timeline of any presences and tracks: its windows are whole frames, follow each other and sum up to its length. */
#include "session/timeline.h"

#include "base/err.h"
#include "session/model.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	fuzz_quiet();
	return 0;
}

/* within what manifests may say */
static int64_t session_time(struct fuzz_bytes *bytes)
{
	uint64_t ns = (uint64_t)fuzz_time(bytes);

	return (int64_t)(ns % (UINT64_C(9000000000) * REC_NS_PER_S));
}

static void add_people(struct rec_session *session, struct fuzz_bytes *bytes)
{
	size_t npeople = 1 + fuzz_number(bytes, 1) % 12;

	for (size_t i = 0; i < npeople; i++) {
		struct rec_participant *who = rec_model_add_participant(session);
		char name[] = {(char)('A' + fuzz_number(bytes, 1) % 5), '\0'};
		int64_t join = session_time(bytes), leave = session_time(bytes);
		size_t ntracks = fuzz_number(bytes, 1) % 4;

		MUST(who && (who->name = strdup(name)));
		who->presence = (struct rec_span){join < leave ? join : leave, (join < leave ? leave : join) + 1};
		for (size_t k = 0; k < ntracks; k++) {
			struct rec_track *track = rec_model_add_track(session);

			MUST(track);
			track->kind = fuzz_number(bytes, 1) % 2 ? REC_VIDEO : REC_AUDIO;
			track->source = fuzz_number(bytes, 1) % 2 ? REC_SCREEN : REC_CAMERA;
			track->start_ns = session_time(bytes);
			track->end_ns = fuzz_number(bytes, 1) % 2 ? REC_NS_UNKNOWN : session_time(bytes);
		}
	}
}

static bool same(const size_t *a, size_t na, const size_t *b, size_t nb)
{
	return na == nb && (na == 0 || memcmp(a, b, na * sizeof(*a)) == 0);
}

static void check(const struct rec_timeline *t, const struct rec_session *session)
{
	int64_t at = 0;

	MUST(t->nframes > 0 && t->duration_ns > 0);
	for (size_t i = 0; i < t->nwindows; i++) {
		const struct rec_window *w = &t->windows[i], *before = i ? w - 1 : NULL;

		MUST(w->start_frame == at && w->end_frame > at);
		at = w->end_frame;
		for (size_t k = 0; k < w->ntiles; k++)
			MUST(w->tiles[k] < t->ntiles && (k == 0 || w->tiles[k - 1] < w->tiles[k]));
		for (size_t k = 0; k < w->npresent; k++)
			MUST(w->present[k] < session->nparticipants && (k == 0 || w->present[k - 1] < w->present[k]));
		MUST(!before || !same(before->tiles, before->ntiles, w->tiles, w->ntiles) ||
		        !same(before->present, before->npresent, w->present, w->npresent));
	}
	MUST(at == t->nframes && at == rec_frame_of_ns(t->duration_ns, t->fps));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct rec_rate rates[] = {
	        {30, 1}, {30000, 1001}, {1, 1000}, {1000, 1}, {25, 2}, {INT32_MAX, INT32_MAX - 1}};
	struct fuzz_bytes bytes = {data, size};
	struct rec_timeline_params params = REC_TIMELINE_PARAMS;
	struct rec_session *session = NULL;
	struct rec_timeline *timeline = NULL;

	MUST(rec_model_new(&session) == REC_OK);
	uint64_t bits = fuzz_number(&bytes, 1);
	params.fps = rates[fuzz_number(&bytes, 1) % 6];
	params.zero_clock = bits & 1;
	params.no_video = bits & 2;
	params.no_screen = bits & 4;
	params.start_ns = bits & 8 ? session_time(&bytes) : 0;
	params.duration_ns = bits & 16 ? session_time(&bytes) + 1 : REC_NS_UNKNOWN;
	int64_t end = bits & 32 ? session_time(&bytes) : REC_NS_UNKNOWN;
	add_people(session, &bytes);
	if (rec_model_finish(session, "fuzz", end) == REC_OK) {
		int r = rec_timeline_new(&timeline, session, &params);

		MUST(r == REC_OK || r == REC_EINPUT);
		if (r == REC_OK)
			check(timeline, session);
	}
	rec_timeline_free(&timeline);
	rec_session_free(&session);
	return 0;
}
