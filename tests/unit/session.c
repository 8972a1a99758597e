/* SPDX-License-Identifier: MIT */
/* Goal: session.json becomes the model it means, and what makes no sense is refused with the entry's name. */
#include "session/session.h"

#include "base/buf.h"
#include "base/err.h"
#include "tests/unit/capture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka needs the four above */
#include <cmocka.h>

#define S  REC_NS_PER_S
#define MS REC_NS_PER_MS

static char *tmp;

static int setup(void **state)
{
	(void)state;
	return (tmp = folder_new()) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	folder_remove(tmp);
	return 0;
}

static int load_text(struct rec_session **session, const char *text, const struct rec_session_params *params)
{
	char path[4096];

	assert_true(file_write(tmp, "session.json", text));
	snprintf(path, sizeof(path), "%s/session.json", tmp);
	return rec_session_load(session, path, params);
}

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

/* one participant of the given fields behind a good one */
#define SECOND(fields) "{\"participants\": [{\"name\": \"A\", \"join_time_s\": 1, \"leave_time_s\": 2}, {" fields "}]}"
#define TIMES          "\"name\": \"B\", \"join_time_s\": 4.46, \"leave_time_s\": 9"
#define TRACK(fields)  SECOND(TIMES ", \"tracks\": [{" fields "}]")

static void test_refused(void **state)
{
	static const struct {
		const char *text;
		const char *message; /* a part of it */
	} rows[] = {
	        {"", "session.json"},
	        {"{", "session.json"},
	        {"[]", "participants is missing"},
	        {"3", "participants is missing"},
	        {"null", "participants is missing"},
	        {"{}", "participants is missing"},
	        {"{\"participants\": null}", "participants is empty"},
	        {"{\"participants\": []}", "participants is empty"},
	        {"{\"participants\": {}}", ": participants is an object, not an array"},
	        {"{\"participants\": [3]}", ": participants[0] is a number, not an object"},
	        {"{\"participants\": [null]}", ": participants[0] is null, not an object"},
	        {"{\"participants\": [[]]}", ": participants[0] is an array, not an object"},
	        {"{\"participants\": []} x", "session.json"},
	        {SECOND("\"join_time_s\": 1, \"leave_time_s\": 2"), ": participants[1].name is missing"},
	        {SECOND("\"name\": 5, \"join_time_s\": 1, \"leave_time_s\": 2"),
	                ": participants[1].name is a number, not a string"},
	        {SECOND("\"name\": \"B\", \"leave_time_s\": 2"), ": participants[1].join_time_s is missing"},
	        {SECOND("\"name\": \"B\", \"join_time_s\": null, \"leave_time_s\": 2"),
	                ": participants[1].join_time_s is missing"},
	        {SECOND("\"name\": \"B\", \"join_time_s\": 1"), ": participants[1].leave_time_s is missing"},
	        {SECOND("\"name\": \"B\", \"join_time_s\": \"1\", \"leave_time_s\": 2"),
	                ": participants[1].join_time_s is a string, not a number"},
	        {SECOND("\"name\": \"B\", \"join_time_s\": true, \"leave_time_s\": 2"),
	                ": participants[1].join_time_s is true or false, not a number"},
	        {SECOND("\"name\": \"B\", \"join_time_s\": -1, \"leave_time_s\": 2"),
	                ": participants[1].join_time_s is -1, negative"},
	        {SECOND("\"name\": \"B\", \"join_time_s\": 1, \"leave_time_s\": 10000000000"),
	                ": participants[1].leave_time_s is 10000000000, more than 10^9 seconds"},
	        {SECOND("\"name\": \"B\", \"join_time_s\": 1, \"leave_time_s\": 1e999"), "session.json"},
	        {SECOND("\"name\": \"B\", \"join_time_s\": NaN, \"leave_time_s\": 2"), "session.json"},
	        {SECOND("\"name\": \"B\", \"join_time_s\": 4.46, \"leave_time_s\": 3.5"),
	                ": participants[1].leave_time_s is 3.5, before its join_time_s 4.46"},
	        {SECOND("\"name\": \"B\", \"join_time_s\": 4.46, \"leave_time_s\": 4.46"),
	                ": participants[1].leave_time_s is 4.46, the same as its join_time_s 4.46"},
	        {SECOND("\"name\": \"B\", \"name\": \"C\", \"join_time_s\": 1, \"leave_time_s\": 2"), "name"},
	        {SECOND("\"name\": \"a\\u0000b\", \"join_time_s\": 1, \"leave_time_s\": 2"), "session.json"},
	        {SECOND("\"name\": \"\xff\", \"join_time_s\": 1, \"leave_time_s\": 2"), "session.json"},
	        {SECOND(TIMES ", \"video_path\": 3"), ": participants[1].video_path is a number, not a string"},
	        {SECOND(TIMES ", \"video_path\": [\"a\"]"), ": participants[1].video_path is an array, not a string"},
	        {SECOND(TIMES ", \"audio_path\": \"../a.wav\""), ": participants[1].audio_path '../a.wav' leads out"},
	        {SECOND(TIMES ", \"audio_path\": \"/etc/passwd\""),
	                ": participants[1].audio_path '/etc/passwd' leads out"},
	        {SECOND(TIMES ", \"audio_path\": \"https://u:p@x.org/a\""),
	                ": participants[1].audio_path is a URL (https://...)"},
	        {SECOND(TIMES ", \"mute\": 3"), ": participants[1].mute is a number, not an array"},
	        {SECOND(TIMES ", \"mute\": [[1, 2], [1]]"), ": participants[1].mute[1] is no pair"},
	        {SECOND(TIMES ", \"mute\": [[1, 2, 3]]"), ": participants[1].mute[0] is no pair"},
	        {SECOND(TIMES ", \"mute\": [[2, 1]]"), ": participants[1].mute[0] ends before it begins"},
	        {SECOND(TIMES ", \"mute\": [[1, \"2\"]]"), ": participants[1].mute[0] is a string, not a number"},
	        {SECOND(TIMES ", \"tracks\": {}"), ": participants[1].tracks is an object, not an array"},
	        {SECOND(TIMES ", \"tracks\": [\"a\"]"), ": participants[1].tracks[0] is a string, not an object"},
	        {TRACK("\"path\": \"a\""), ": participants[1].tracks[0].kind is missing"},
	        {TRACK("\"kind\": \"text\", \"path\": \"a\""),
	                ": participants[1].tracks[0].kind is 'text', not audio or video"},
	        {TRACK("\"kind\": \"audio\""), ": participants[1].tracks[0].path is missing"},
	        {TRACK("\"kind\": \"audio\", \"path\": \"\""), ": participants[1].tracks[0].path is empty"},
	        {TRACK("\"kind\": \"audio\", \"path\": \"s3://b/k\""), ": participants[1].tracks[0].path is a URL"},
	        {TRACK("\"kind\": \"audio\", \"path\": \"a\", \"source\": \"phone\""),
	                ": participants[1].tracks[0].source is 'phone', not camera or screen"},
	        {TRACK("\"kind\": \"audio\", \"path\": \"a\", \"origin\": 0"),
	                ": participants[1].tracks[0].origin is a number, not a string"},
	        {TRACK("\"kind\": \"audio\", \"path\": \"a\", \"start_s\": -0.5"),
	                ": participants[1].tracks[0].start_s is -0.5, negative"},
	        {TRACK("\"kind\": \"audio\", \"path\": \"a\", \"start_s\": 3, \"end_s\": 3"),
	                ": participants[1].tracks[0].end_s is 3, not after its start at 3"},
	        {TRACK("\"kind\": \"audio\", \"path\": \"a\", \"label\": 1"),
	                ": participants[1].tracks[0].label is a number, not a string"},
	        {"{\"session_id\": 5, \"participants\": [{" TIMES "}]}", ": session_id is a number, not a string"},
	        {"{\"session_dir\": [], \"participants\": [{" TIMES "}]}", ": session_dir is an array, not a string"},
	        {"{\"session_dir\": \"..\", \"participants\": [{" TIMES "}]}", ": session_dir '..' is outside"},
	        {"{\"layout\": 5, \"participants\": [{" TIMES "}]}", ": layout is a number, not a string"},
	        {"{\"duration_s\": \"5\", \"participants\": [{" TIMES "}]}", ": duration_s is a string, not a number"},
	        {"{\"duration_s\": 4.46, \"participants\": [{" TIMES "}]}",
	                ": duration_s is 4.46, not after the earliest join 4.46"},
	        {"{\"duration_s\": 2, \"participants\": [{\"name\": \"B\", \"join_time_s\": 4.46}]}",
	                ": participants[0].leave_time_s is missing and duration_s is 2, before its join_time_s 4.46"},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rec_session *s = NULL;
		struct capture capture;
		const char *message;
		int r;

		capture_begin(&capture, STDERR_FILENO);
		r = load_text(&s, rows[i].text, NULL);
		message = capture_end(&capture);
		if (r != REC_EINPUT || s || !strstr(message, rows[i].message) || !strstr(message, "session.json'"))
			fail_msg("row %zu: %s\n%d: %s", i, rows[i].text, r, message);
	}
}

static void test_refused_files(void **state)
{
	static const char *const names[] = {"leave-first", "escape", "number", "duplicate", "that-is-missing"};
	(void)state;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct rec_session *s = NULL;
		struct capture capture;
		char path[256];
		int r;

		snprintf(path, sizeof(path), "testdata/manifests/bad-%s.json", names[i]);
		capture_begin(&capture, STDERR_FILENO);
		r = rec_session_load(&s, path, NULL);
		assert_non_null(strstr(capture_end(&capture), path));
		assert_int_equal(r, REC_EINPUT);
		assert_null(s);
	}
}

static void test_accepted(void **state)
{
	static const char *const texts[] = {
	        SECOND(TIMES ", \"video_path\": null, \"audio_path\": null, \"tracks\": null, \"mute\": null"),
	        SECOND(TIMES ", \"video_path\": \"\""),
	        SECOND("\"name\": \"\", \"join_time_s\": 0, \"leave_time_s\": 1000000000"),
	        SECOND("\"name\": \"\xF0\x9F\x98\x80\", \"join_time_s\": -0.0, \"leave_time_s\": 0.000000001"),
	        TRACK("\"kind\": \"video\", \"path\": \"a..b/c\", \"start_s\": 0"), /* before the join */
	        "\xEF\xBB\xBF" SECOND(TIMES),
	        "{\"session_id\": null, \"session_dir\": \"\", \"layout\": null, \"duration_s\": null, "
	        "\"participants\": "
	        "[{" TIMES "}], \"events\": 3}",
	};
	(void)state;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct rec_session *s = NULL;
		if (load_text(&s, texts[i], NULL) != REC_OK)
			fail_msg("row %zu: %s", i, texts[i]);
		rec_session_free(&s);
	}
}

static void test_limits(void **state)
{
	static const struct {
		size_t n;
		size_t name_bytes;
		size_t ntracks; /* of the first one */
		int r;
	} rows[] = {{30000, 1, 0, REC_OK}, {30001, 1, 0, REC_EINPUT}, {1, 10240, 0, REC_OK}, {1, 10241, 0, REC_EINPUT},
	        {1, 1, 100000, REC_OK}, {1, 1, 100001, REC_EINPUT}};
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rec_buf text = REC_BUF_INIT;
		struct rec_session *s = NULL;
		struct capture capture;
		int r;

		rec_buf_puts(&text, "{\"participants\": [");
		for (size_t k = 0; k < rows[i].n; k++) {
			rec_buf_printf(&text, "%s{\"name\": \"%0*d\", \"join_time_s\": 0, \"leave_time_s\": 1",
			        k ? "," : "", (int)rows[i].name_bytes, 7);
			rec_buf_puts(&text, k < 1 && rows[i].ntracks > 0 ? ",\"tracks\":[" : "}");
		}
		for (size_t k = 0; k < rows[i].ntracks; k++)
			rec_buf_printf(&text, "%s{\"kind\":\"audio\",\"path\":\"a\"}", k ? "," : "");
		rec_buf_puts(&text, rows[i].ntracks > 0 ? "]}]}" : "]}");
		capture_begin(&capture, STDERR_FILENO);
		r = load_text(&s, rec_buf_str(&text), NULL);
		capture_end(&capture);
		assert_int_equal(r, rows[i].r);
		if (r == REC_OK) /* all at the same time: as many people */
			assert_int_equal(s->npersons, rows[i].n);
		rec_session_free(&s);
		rec_buf_free(&text);
	}
}

/* 2000 mutes of a participant for each of 600 tracks would be 1.2 million */
static void test_mutes_do_not_multiply(void **state)
{
	struct rec_buf text = REC_BUF_INIT;
	struct rec_session *s = NULL;
	struct capture capture;
	int r;
	(void)state;

	rec_buf_puts(&text, "{\"participants\": [{" TIMES ", \"mute\": [[0,1]");
	for (int i = 1; i < 2000; i++)
		rec_buf_puts(&text, ",[0,1]");
	rec_buf_puts(&text, "], \"tracks\": [{\"kind\":\"audio\",\"path\":\"a\"}");
	for (int i = 1; i < 600; i++)
		rec_buf_puts(&text, ",{\"kind\":\"audio\",\"path\":\"a\"}");
	rec_buf_puts(&text, "]}]}");
	capture_begin(&capture, STDERR_FILENO);
	r = load_text(&s, rec_buf_str(&text), NULL);
	assert_non_null(strstr(capture_end(&capture), "more than 1000000 mutes in all"));
	assert_int_equal(r, REC_EINPUT);
	rec_buf_free(&text);
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
	assert_true(file_write(folder, "session.json", SECOND(TIMES ", \"audio_path\": \"a.wav\"")));
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

	assert_true(file_write(tmp, "in.json", SECOND(TIMES ", \"audio_path\": \"a.wav\"")));
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
	        cmocka_unit_test(test_refused),
	        cmocka_unit_test(test_refused_files),
	        cmocka_unit_test(test_accepted),
	        cmocka_unit_test(test_limits),
	        cmocka_unit_test(test_mutes_do_not_multiply),
	        cmocka_unit_test(test_screen_names),
	        cmocka_unit_test(test_stem),
	        cmocka_unit_test(test_recordings_dir),
	        cmocka_unit_test(test_stdin),
	        cmocka_unit_test(test_entries),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
