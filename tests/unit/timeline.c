/* SPDX-License-Identifier: MIT */
/* Goal: windows lie on whole frames, tell who is there and what is shown, and sum up to the duration. */
#include "session/timeline.h"

#include "base/buf.h"
#include "base/err.h"
#include "session/model.h"
#include "tests/unit/capture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka needs the four above */
#include <cmocka.h>

#define S       REC_NS_PER_S
#define MS      REC_NS_PER_MS
#define UNKNOWN REC_NS_UNKNOWN

/* up to 4 people with up to 3 tracks each, in milliseconds */
struct track_row {
	char kind; /* 'a', 'v', 's' a screen; 0: none */
	int start_ms;
	int end_ms; /* 0: unknown */
};
struct person_row {
	int join_ms;
	int leave_ms; /* 0: nobody */
	struct track_row tracks[3];
};

static struct rec_session *make_session(const struct person_row people[4], int64_t end_ns)
{
	struct rec_session *session = NULL;

	assert_int_equal(rec_model_new(&session), REC_OK);
	for (int i = 0; i < 4 && people[i].leave_ms; i++) {
		struct rec_participant *who = rec_model_add_participant(session);
		char name[] = {(char)('A' + i), '\0'};
		who->name = strdup(name);
		who->presence = (struct rec_span){people[i].join_ms * MS, people[i].leave_ms * MS};
		for (int k = 0; k < 3 && people[i].tracks[k].kind; k++) {
			struct rec_track *track = rec_model_add_track(session);
			const struct track_row *row = &people[i].tracks[k];
			track->kind = row->kind == 'a' ? REC_AUDIO : REC_VIDEO;
			track->source = row->kind == 's' ? REC_SCREEN : REC_CAMERA;
			track->start_ns = row->start_ms * MS;
			track->end_ns = row->end_ms ? row->end_ms * MS : UNKNOWN;
		}
	}
	assert_int_equal(rec_model_finish(session, "test", end_ns), REC_OK);
	return session;
}

/* "0-30 A:A 30-60 AB:AB|" : frames, who is present, the tiles (lower case: a screen) */
static void describe(const struct rec_timeline *timeline, const struct rec_session *session, struct rec_buf *text)
{
	for (size_t i = 0; i < timeline->nwindows; i++) {
		const struct rec_window *w = &timeline->windows[i];
		rec_buf_printf(text, "%s%d-%d ", i ? " " : "", (int)w->start_frame, (int)w->end_frame);
		for (size_t k = 0; k < w->npresent; k++)
			rec_buf_puts(text, session->participants[w->present[k]].name);
		rec_buf_puts(text, ":");
		for (size_t k = 0; k < w->ntiles; k++) {
			const struct rec_tile_source *tile = &timeline->tiles[w->tiles[k]];
			rec_buf_printf(text, "%c", tile->source == REC_SCREEN ? tile->name[0] + 32 : tile->name[0]);
		}
	}
}

/* what every timeline keeps */
static void assert_whole(const struct rec_timeline *timeline)
{
	int64_t at = 0;

	for (size_t i = 0; i < timeline->nwindows; i++) {
		const struct rec_window *w = &timeline->windows[i];
		const struct rec_window *before = i > 0 ? w - 1 : NULL;
		assert_int_equal(w->start_frame, at);
		assert_true(w->end_frame > w->start_frame);
		at = w->end_frame;
		for (size_t k = 1; k < w->npresent; k++)
			assert_true(w->present[k] > w->present[k - 1]);
		for (size_t k = 1; k < w->ntiles; k++)
			assert_true(w->tiles[k] > w->tiles[k - 1]);
		if (before && before->npresent == w->npresent && before->ntiles == w->ntiles) {
			bool same = (!w->npresent ||
			                    memcmp(w->present, before->present, w->npresent * sizeof(size_t)) == 0) &&
			            (!w->ntiles || memcmp(w->tiles, before->tiles, w->ntiles * sizeof(size_t)) == 0);
			assert_false(same);
		}
	}
	assert_int_equal(at, timeline->nframes);
}

/* clang-format off */
#define CAM  {'v', 0, 0}
#define NONE {0, 0, 0}
/* clang-format on */

static void test_windows(void **state)
{
	static const struct {
		struct person_row people[4];
		struct rec_timeline_params params;
		int64_t end_ns;
		const char *windows;
	} rows[] = {
	        /* a join and a leave */
	        {{{1000, 5000, {CAM}}, {2000, 3000, {CAM}}}, REC_TIMELINE_PARAMS, UNKNOWN,
	                "0-30 A:A 30-60 AB:AB 60-120 A:A"},
	        /* the clock's zero, and nobody at first */
	        {{{1000, 5000, {CAM}}}, {{30, 1}, true, false, false, 0, UNKNOWN, NULL, NULL, NULL}, UNKNOWN,
	                "0-30 : 30-150 A:A"},
	        /* nobody in between; a rejoin that touches */
	        {{{0, 1000, {CAM}}, {2000, 3000, {CAM}}, {3000, 4000, {NONE}}}, REC_TIMELINE_PARAMS, UNKNOWN,
	                "0-30 A:A 30-60 : 60-90 B:B 90-120 C:"},
	        /* a boundary at or before t(n) + half a frame belongs to n: 1016 ms -> 30 (1000 + 16.67), 1017 ms -> 31 */
	        {{{0, 2000, {CAM}}, {1016, 2000, {CAM}}}, REC_TIMELINE_PARAMS, UNKNOWN, "0-30 A:A 30-60 AB:AB"},
	        {{{0, 2000, {CAM}}, {1017, 2000, {CAM}}}, REC_TIMELINE_PARAMS, UNKNOWN, "0-31 A:A 31-60 AB:AB"},
	        /* under one frame vanishes; two that do so at one place */
	        {{{0, 2000, {CAM}}, {1000, 1010, {CAM}}, {1002, 1012, {NONE}}}, REC_TIMELINE_PARAMS, UNKNOWN,
	                "0-60 A:A"},
	        /* without a picture there is no tile, yet a window */
	        {{{0, 2000, {CAM}}, {1000, 2000, {{'a', 1000, 0}}}}, REC_TIMELINE_PARAMS, UNKNOWN,
	                "0-30 A:A 30-60 AB:A"},
	        /* a screen beside a camera, from its start to its end */
	        {{{0, 4000, {CAM, {'s', 1000, 3000}}}}, REC_TIMELINE_PARAMS, UNKNOWN, "0-30 A:A 30-90 A:Aa 90-120 A:A"},
	        /* screens of one person share a tile; their span is clipped to the presence */
	        {{{1000, 4000, {{'s', 2500, 9000}, {'s', 500, 1500}}}}, REC_TIMELINE_PARAMS, UNKNOWN, "0-90 A:a"},
	        /* a screen without an end lasts to the leave; one that begins after it is never shown */
	        {{{0, 2000, {{'s', 1000, 0}}}, {0, 2000, {{'s', 3000, 4000}}}}, REC_TIMELINE_PARAMS, UNKNOWN,
	                "0-30 AB: 30-60 AB:a"},
	        /* duration_s cuts, and extends */
	        {{{1000, 5000, {CAM}}}, REC_TIMELINE_PARAMS, 3 * S, "0-60 A:A"},
	        {{{1000, 2000, {CAM}}}, REC_TIMELINE_PARAMS, 3 * S, "0-30 A:A 30-60 :"},
	        /* excerpts: from 2 s after the zero, 1 s long; longer than there is */
	        {{{1000, 5000, {CAM}}, {3500, 5000, {NONE}}},
	                {{30, 1}, false, false, false, 2 * S, 1 * S, NULL, NULL, NULL}, UNKNOWN, "0-15 A:A 15-30 AB:A"},
	        {{{1000, 5000, {CAM}}}, {{30, 1}, false, false, false, 3 * S, 99 * S, NULL, NULL, NULL}, UNKNOWN,
	                "0-30 A:A"},
	        {{{0, 1000, {CAM}}, {0, 5000, {NONE}}},
	                {{30, 1}, false, false, false, 2 * S, UNKNOWN, NULL, NULL, NULL}, UNKNOWN, "0-90 B:"},
	        /* left out */
	        {{{0, 1000, {CAM, {'s', 0, 0}}}}, {{30, 1}, false, true, false, 0, UNKNOWN, NULL, NULL, NULL}, UNKNOWN,
	                "0-30 A:"},
	        {{{0, 1000, {CAM, {'s', 0, 0}}}}, {{30, 1}, false, false, true, 0, UNKNOWN, NULL, NULL, NULL}, UNKNOWN,
	                "0-30 A:A"},
	        /* an exact rational rate: 1001 s are 30000 frames */
	        {{{0, 1001000, {CAM}}}, {{30000, 1001}, false, false, false, 0, UNKNOWN, NULL, NULL, NULL}, UNKNOWN,
	                "0-30000 A:A"},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rec_session *session = make_session(rows[i].people, rows[i].end_ns);
		struct rec_timeline *timeline = NULL;
		struct rec_buf text = REC_BUF_INIT;

		assert_int_equal(rec_timeline_new(&timeline, session, &rows[i].params), REC_OK);
		describe(timeline, session, &text);
		if (strcmp(rec_buf_str(&text), rows[i].windows) != 0)
			fail_msg("row %zu: %s, not %s", i, rec_buf_str(&text), rows[i].windows);
		assert_whole(timeline);
		rec_buf_free(&text);
		rec_timeline_free(&timeline);
		assert_null(timeline);
		rec_session_free(&session);
	}
}

static void test_zero_and_duration(void **state)
{
	static const struct person_row people[4] = {{1000, 5500, {CAM}}};
	static const struct {
		struct rec_timeline_params params;
		int64_t zero_ns;
		int64_t duration_ns;
		int64_t nframes;
	} rows[] = {
	        {REC_TIMELINE_PARAMS, 1 * S, 4500 * MS, 135},
	        {{{30, 1}, true, false, false, 0, UNKNOWN, NULL, NULL, NULL}, 0, 5500 * MS, 165},
	        {{{30, 1}, false, false, false, 500 * MS, UNKNOWN, NULL, NULL, NULL}, 1500 * MS, 4 * S, 120},
	        {{{30, 1}, true, false, false, 500 * MS, 2 * S, NULL, NULL, NULL}, 500 * MS, 2 * S, 60},
	        {{{30, 1}, false, false, false, 4400 * MS, INT64_MAX, NULL, NULL, NULL}, 5400 * MS, 100 * MS, 3},
	};
	struct rec_session *session = make_session(people, UNKNOWN);
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rec_timeline *timeline = NULL;
		assert_int_equal(rec_timeline_new(&timeline, session, &rows[i].params), REC_OK);
		assert_int_equal(timeline->zero_ns, rows[i].zero_ns);
		assert_int_equal(timeline->duration_ns, rows[i].duration_ns);
		assert_int_equal(timeline->nframes, rows[i].nframes);
		rec_timeline_free(&timeline);
	}
	rec_session_free(&session);
}

static void test_nothing_left(void **state)
{
	static const struct person_row people[4] = {{1000, 5000, {CAM}}};
	static const struct {
		int64_t start_ns;
		int64_t duration_ns;
		int r;
	} rows[] = {{4 * S, UNKNOWN, REC_EINPUT}, {99 * S, UNKNOWN, REC_EINPUT}, {INT64_MAX, UNKNOWN, REC_EINPUT},
	        {3999 * MS, UNKNOWN, REC_EINPUT}, {0, 16 * MS, REC_EINPUT}, {0, 0, REC_EINPUT}, {0, -5, REC_EINPUT},
	        {-1, UNKNOWN, REC_EINVAL}, {INT64_MIN, UNKNOWN, REC_EINVAL}};
	struct rec_session *session = make_session(people, UNKNOWN);
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rec_timeline_params params = REC_TIMELINE_PARAMS;
		struct rec_timeline *timeline = NULL;
		struct capture capture;
		int r;

		params.start_ns = rows[i].start_ns;
		params.duration_ns = rows[i].duration_ns;
		capture_begin(&capture, STDERR_FILENO);
		r = rec_timeline_new(&timeline, session, &params);
		assert_true(strlen(capture_end(&capture)) > 0);
		assert_int_equal(r, rows[i].r);
		assert_null(timeline);
	}
	rec_session_free(&session);
}

static void test_tiles(void **state)
{
	/* tracks 0 a, 1 v at 2 s, 2 v at 1 s; 3 s, 4 v, 5 s */
	static const struct person_row people[4] = {{1000, 5000, {{'a', 1000, 0}, {'v', 2000, 0}, {'v', 1000, 0}}},
	        {2000, 5000, {{'s', 3000, 0}, {'v', 2000, 0}, {'s', 2500, 3000}}}};
	static const bool skip[6] = {false, false, true, false, true, false};
	static const int64_t ends[6] = {UNKNOWN, UNKNOWN, UNKNOWN, 4 * S, UNKNOWN, 1 * S};
	struct rec_session *session = make_session(people, UNKNOWN);
	struct rec_timeline_params params = REC_TIMELINE_PARAMS;
	struct rec_timeline *timeline = NULL;
	(void)state;

	assert_int_equal(rec_timeline_new(&timeline, session, &params), REC_OK);
	assert_int_equal(timeline->ntiles, 3);
	assert_int_equal(timeline->tiles[0].ntracks, 2);
	assert_int_equal(timeline->tiles[0].tracks[0], 2); /* by start */
	assert_int_equal(timeline->tiles[0].tracks[1], 1);
	assert_string_equal(timeline->tiles[0].name, "A");
	assert_int_equal(timeline->tiles[0].shown.start_ns, 1 * S);
	assert_int_equal(timeline->tiles[0].shown.end_ns, 5 * S);
	assert_int_equal(timeline->tiles[1].source, REC_CAMERA);
	assert_int_equal(timeline->tiles[2].source, REC_SCREEN);
	assert_int_equal(timeline->tiles[2].tracks[0], 5);
	assert_int_equal(timeline->tiles[2].tracks[1], 3);
	assert_int_equal(timeline->tiles[2].shown.start_ns, 2500 * MS);
	assert_int_equal(timeline->tiles[2].shown.end_ns, 5 * S);
	rec_timeline_free(&timeline);

	params.skip = skip;
	params.end_ns = ends; /* the manifest's own end (track 5) wins over what was probed */
	assert_int_equal(rec_timeline_new(&timeline, session, &params), REC_OK);
	assert_int_equal(timeline->ntiles, 2);
	assert_int_equal(timeline->tiles[0].ntracks, 1);
	assert_int_equal(timeline->tiles[0].tracks[0], 1);
	assert_int_equal(timeline->tiles[1].participant, 1);
	assert_int_equal(timeline->tiles[1].shown.start_ns, 2500 * MS);
	assert_int_equal(timeline->tiles[1].shown.end_ns, 4 * S);
	rec_timeline_free(&timeline);
	rec_session_free(&session);
}

/* n people who join ${step_ns} apart and stay for ${stay_ns} */
static struct rec_session *make_crowd(int n, int64_t step_ns, int64_t stay_ns)
{
	struct rec_session *session = NULL;

	assert_int_equal(rec_model_new(&session), REC_OK);
	for (int i = 0; i < n; i++) {
		struct rec_participant *who = rec_model_add_participant(session);
		struct rec_track *track = rec_model_add_track(session);
		assert_true(who && track);
		who->name = strdup("same");
		who->presence = (struct rec_span){i * step_ns, i * step_ns + stay_ns};
		track->kind = REC_VIDEO;
		track->start_ns = who->presence.start_ns;
	}
	assert_int_equal(rec_model_finish(session, "test", UNKNOWN), REC_OK);
	return session;
}

static void test_crowd(void **state)
{
	struct rec_timeline_params params = REC_TIMELINE_PARAMS;
	struct rec_session *session = make_crowd(10000, 1 * S, 100 * S);
	struct rec_timeline *timeline = NULL;
	struct capture capture;
	int64_t begin_ns = rec_monotonic_ns();
	int r;
	(void)state;

	assert_int_equal(session->npersons, 100);
	assert_int_equal(rec_timeline_new(&timeline, session, &params), REC_OK);
	assert_true(rec_monotonic_ns() - begin_ns < 5 * S); /* 0.02 s; a cube would take hours */
	assert_int_equal(timeline->nwindows, 10099);        /* a boundary each second */
	assert_whole(timeline);
	assert_int_equal(timeline->windows[5000].npresent, 100);
	assert_int_equal(timeline->windows[5000].ntiles, 100);
	rec_timeline_free(&timeline);
	rec_session_free(&session);

	/* all of them at once, one by one: what would fill the memory is refused */
	session = make_crowd(10000, 1 * S, 10000 * S);
	capture_begin(&capture, STDERR_FILENO);
	r = rec_timeline_new(&timeline, session, &params);
	assert_non_null(strstr(capture_end(&capture), "too many people come and go"));
	assert_int_equal(r, REC_EINPUT);
	assert_null(timeline);
	rec_session_free(&session);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_windows),
	        cmocka_unit_test(test_zero_and_duration),
	        cmocka_unit_test(test_nothing_left),
	        cmocka_unit_test(test_tiles),
	        cmocka_unit_test(test_crowd),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
