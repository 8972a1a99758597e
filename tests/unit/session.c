/* SPDX-License-Identifier: MIT */
/* Goal: session.json and the command line's entries become the model that they mean. */
#include "session/session.h"

#include "base/err.h"
#include "tests/unit/manifest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka needs the four above */
#include <cmocka.h>

#define S  REC_NS_PER_S
#define MS REC_NS_PER_MS

static const struct rec_track *track_of(const struct rec_session *session, const char *entry)
{
	for (size_t i = 0; i < session->ntracks; i++) {
		if (strcmp(session->tracks[i].entry, entry) == 0)
			return &session->tracks[i];
	}
	fail_msg("no track %s", entry);
	return NULL;
}

static void assert_ends_with(const char *text, const char *end)
{
	assert_true(strlen(text) >= strlen(end));
	assert_string_equal(text + strlen(text) - strlen(end), end);
}

/* one participant with sound */
#define ONE                                                                                                            \
	"{\"participants\": [{\"name\": \"A\", \"join_time_s\": 1, \"leave_time_s\": 2, \"audio_path\": \"a.wav\"}]}"

static void test_first_form(void **state)
{
	struct rec_session *s = NULL;
	(void)state;

	assert_int_equal(rec_session_load(&s, "testdata/manifests/good-first.json", NULL), REC_OK);
	assert_string_equal(s->id, "20260318_132416");
	assert_string_equal(s->from, "session.json");
	assert_ends_with(s->dir, "/testdata/manifests");
	assert_null(s->layout);
	assert_int_equal(s->nparticipants, 2);
	assert_int_equal(s->npersons, 2);
	assert_int_equal(s->ntracks, 2);
	assert_int_equal(s->participants[0].presence.start_ns, 4460 * MS);
	assert_int_equal(s->participants[0].presence.end_ns, 54270 * MS);
	assert_string_equal(s->participants[1].entry, "participants[1]");
	assert_int_equal(s->first_ns, 4460 * MS);
	assert_int_equal(s->end_ns, 54270 * MS);
	const struct rec_track *video = track_of(s, "participants[0].video_path");
	assert_int_equal(video->kind, REC_VIDEO);
	assert_int_equal(video->source, REC_CAMERA);
	assert_int_equal(video->origin, REC_ORIGIN_TRACK);
	assert_int_equal(video->start_ns, 4460 * MS);
	assert_true(video->end_ns == REC_NS_UNKNOWN);
	assert_string_equal(video->location, "/srv/recordings/20260318_132416/aditya.mp4");
	assert_ends_with(video->path, "/testdata/manifests/aditya.mp4");
	assert_ends_with(track_of(s, "participants[0].audio_path")->path, "/testdata/manifests/aditya.wav");
	assert_true(rec_session_has(s, 0, REC_AUDIO));
	assert_true(rec_session_has(s, 0, REC_VIDEO));
	assert_false(rec_session_has(s, 1, REC_VIDEO));
	assert_false(rec_session_has(s, 1, REC_AUDIO));
	rec_session_free(&s);
	assert_null(s);
	rec_session_free(&s);
}

static void test_full_form(void **state)
{
	struct rec_session *s = NULL;
	const struct rec_track *t;
	(void)state;

	assert_int_equal(rec_session_load(&s, "testdata/manifests/good-full.json", NULL), REC_OK);
	assert_string_equal(s->id, "manifests");
	assert_string_equal(s->layout, "grid");
	assert_int_equal(s->ntracks, 5);
	assert_int_equal(s->end_ns, 10 * S);
	assert_int_equal(s->first_ns, 1);
	t = track_of(s, "participants[0].tracks[0].path");
	assert_int_equal(t->kind, REC_AUDIO);
	assert_int_equal(t->start_ns, 1250 * MS);
	assert_int_equal(t->mutes.n, 2); /* [2,4) of [2,3) and [2.5,4); [5,6) */
	assert_int_equal(t->mutes.items[0].start_ns, 2 * S);
	assert_int_equal(t->mutes.items[0].end_ns, 4 * S);
	assert_int_equal(t->mutes.items[1].start_ns, 5 * S);
	assert_int_equal(t->mutes.items[1].end_ns, 6 * S);
	t = track_of(s, "participants[0].tracks[1].path");
	assert_int_equal(t->start_ns, 1 * S);
	assert_int_equal(t->mutes.n, 0);
	assert_int_equal(t->source, REC_CAMERA);
	assert_string_equal(t->label, "Bea (phone)");
	t = track_of(s, "participants[0].tracks[2].path");
	assert_int_equal(t->source, REC_SCREEN);
	assert_int_equal(t->origin, REC_ORIGIN_SESSION);
	assert_int_equal(t->end_ns, 7500 * MS);
	assert_null(t->label);
	assert_false(s->participants[0].screen);
	assert_true(s->participants[1].screen);
	assert_int_equal(s->participants[1].presence.end_ns, 10 * S); /* no leave: the session's end */
	assert_int_equal(track_of(s, "participants[1].video_path")->source, REC_SCREEN);
	assert_int_equal(track_of(s, "participants[1].audio_path")->source, REC_CAMERA);
	assert_string_equal(s->participants[2].name, "Carl\n%s'\"{}");
	rec_session_free(&s);
}

static void test_forced_origin(void **state)
{
	struct rec_session_params params = REC_SESSION_PARAMS;
	struct rec_session *s = NULL;
	(void)state;

	params.origin = REC_ORIGIN_SESSION;
	assert_int_equal(rec_session_load(&s, "testdata/manifests/good-full.json", &params), REC_OK);
	for (size_t i = 0; i < s->ntracks; i++)
		assert_int_equal(s->tracks[i].origin, REC_ORIGIN_SESSION);
	rec_session_free(&s);
	params.origin = REC_ORIGIN_TRACK;
	assert_int_equal(rec_session_load(&s, "testdata/manifests/good-full.json", &params), REC_OK);
	for (size_t i = 0; i < s->ntracks; i++)
		assert_int_equal(s->tracks[i].origin, REC_ORIGIN_TRACK);
	rec_session_free(&s);
}

static void test_persons(void **state)
{
	/* Ann at 5-20, 20-30 and 35-36 is one who comes back; the Ann at 10-12 is there at the same time; names are exact */
	static const size_t persons[] = {0, 1, 0, 2, 0, 3};
	struct rec_session *s = NULL;
	(void)state;

	assert_int_equal(rec_session_load(&s, "testdata/manifests/good-rejoin.json", NULL), REC_OK);
	assert_int_equal(s->npersons, 4);
	for (size_t i = 0; i < s->nparticipants; i++)
		assert_int_equal(s->participants[i].person, persons[i]);
	rec_session_free(&s);
}

static void test_screen_names(void **state)
{
	static const struct {
		const char *name;
		bool screen;
	} rows[] = {{"A (screen)", true}, {"(screen)", true}, {"A (SCREEN) \\t ", true}, {"A(screen)", true},
	        {"A (screen) B", false}, {"screen", false}, {"screen)", false}, {"", false}, {" ", false}};
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rec_session *s = NULL;
		char text[256];

		snprintf(text, sizeof(text),
		        "{\"participants\": [{\"name\": \"%s\", \"join_time_s\": 0, \"leave_time_s\": 1, "
		        "\"video_path\": \"v\"}]}",
		        rows[i].name);
		assert_int_equal(load_text(&s, text, NULL), REC_OK);
		assert_int_equal(s->participants[0].screen, rows[i].screen);
		assert_int_equal(s->tracks[0].source, rows[i].screen ? REC_SCREEN : REC_CAMERA);
		rec_session_free(&s);
	}
}

static void test_stem(void **state)
{
	static const struct {
		const char *id;
		const char *stem;
	} rows[] = {{"20260318_132416", "20260318_132416"}, {"a/b\\c d", "a_b_c_d"}, {"../x", "_._x"}, {"", "_"},
	        {".", "_"}, {"a\nb%", "a_b_"}, {"caf\xC3\xA9", "caf_"}, {"-n", "-n"}};
	char longest[300];
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char id[32];
		snprintf(id, sizeof(id), "%s", rows[i].id);
		char *stem = rec_session_stem(&(struct rec_session){.id = id});
		assert_string_equal(stem, rows[i].stem);
		free(stem);
	}
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	char *stem = rec_session_stem(&(struct rec_session){.id = longest});
	assert_int_equal(strlen(stem), 200);
	free(stem);
}

static void test_recordings_dir(void **state)
{
	struct rec_session *s = NULL;
	struct capture capture;
	char folder[4096];
	int r;
	(void)state;

	snprintf(folder, sizeof(folder), "%s/meeting-1", tmp);
	assert_int_equal(mkdir(folder, 0700), 0);
	assert_true(file_write(folder, "session.json", ONE));
	setenv("RECORDINGS_DIR", tmp, 1);
	assert_int_equal(rec_session_load(&s, "meeting-1", NULL), REC_OK);
	assert_string_equal(s->id, "meeting-1");
	assert_string_equal(s->dir, folder);
	rec_session_free(&s);
	capture_begin(&capture, STDERR_FILENO);
	r = rec_session_load(&s, "..", NULL);
	assert_int_equal(r, REC_EINPUT);
	unsetenv("RECORDINGS_DIR");
	r = rec_session_load(&s, "meeting-1", NULL);
	capture_end(&capture);
	assert_int_equal(r, REC_EINPUT);
}

static void test_stdin(void **state)
{
	struct rec_session *s = NULL;
	char *here = realpath(".", NULL);
	char path[4096];
	int saved = dup(STDIN_FILENO);
	int r;
	(void)state;

	assert_true(file_write(tmp, "in.json", ONE));
	snprintf(path, sizeof(path), "%s/in.json", tmp);
	assert_non_null(freopen(path, "r", stdin));
	r = rec_session_load(&s, "-", NULL);
	dup2(saved, STDIN_FILENO);
	close(saved);
	assert_int_equal(r, REC_OK);
	assert_string_equal(s->dir, here);
	rec_session_free(&s);
	free(here);
}

static void test_entries(void **state)
{
	static const struct rec_session_entry good[] = {
	        {"Ann", "../v.mp4", NULL, 2 * S, 9 * S, 1}, {NULL, NULL, "/x/a.wav", 1 * S, 3 * S, 4}};
	static const struct {
		struct rec_session_entry entry;
		const char *message;
	} bad[] = {
	        {{"A", NULL, NULL, 2 * S, 2 * S, 3}, "--p3-leave is 2, not after --p3-join 2"},
	        {{"A", NULL, NULL, REC_NS_UNKNOWN, 2 * S, 3}, "--p3-join is missing"},
	        {{"A", NULL, NULL, 1 * S, REC_NS_UNKNOWN, 3}, "--p3-leave is missing"},
	        {{"A", NULL, NULL, -1, 2 * S, 3}, "--p3-join is negative"},
	};
	struct rec_session *s = NULL;
	struct capture capture;
	int r;
	(void)state;

	assert_int_equal(rec_session_from_entries(&s, good, 2), REC_OK);
	assert_int_equal(s->ntracks, 2);
	assert_string_equal(s->participants[1].name, "Participant 4");
	assert_string_equal(s->participants[1].entry, "--p4");
	assert_string_equal(s->tracks[0].path, "../v.mp4");
	assert_string_equal(s->tracks[1].entry, "--p4-audio");
	assert_int_equal(s->tracks[1].participant, 1);
	assert_int_equal(s->first_ns, 1 * S);
	assert_int_equal(s->end_ns, 9 * S);
	rec_session_free(&s);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		capture_begin(&capture, STDERR_FILENO);
		r = rec_session_from_entries(&s, &bad[i].entry, 1);
		assert_non_null(strstr(capture_end(&capture), bad[i].message));
		assert_int_equal(r, REC_EUSAGE);
		assert_null(s);
	}
	capture_begin(&capture, STDERR_FILENO);
	r = rec_session_from_entries(&s, NULL, 0);
	capture_end(&capture);
	assert_int_equal(r, REC_EUSAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_first_form),
	        cmocka_unit_test(test_full_form),
	        cmocka_unit_test(test_forced_origin),
	        cmocka_unit_test(test_persons),
	        cmocka_unit_test(test_screen_names),
	        cmocka_unit_test(test_stem),
	        cmocka_unit_test(test_recordings_dir),
	        cmocka_unit_test(test_stdin),
	        cmocka_unit_test(test_entries),
	};
	return cmocka_run_group_tests(tests, tmp_make, tmp_remove);
}
