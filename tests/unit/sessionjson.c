/* SPDX-License-Identifier: MIT */
/* Goal: in a session.json what makes no sense is refused with the entry's name, what does is accepted, and bounds hold. */
#include "base/buf.h"
#include "base/err.h"
#include "tests/unit/manifest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka needs the four above */
#include <cmocka.h>

/* as any manifest whose format is told from its content */

/* one participant of the given fields behind a good one */
#define SECOND(fields) "{\"participants\": [{\"name\": \"A\", \"join_time_s\": 1, \"leave_time_s\": 2}, {" fields "}]}"
#define TIMES          "\"name\": \"B\", \"join_time_s\": 4.46, \"leave_time_s\": 9"
#define TRACK(fields)  SECOND(TIMES ", \"tracks\": [{" fields "}]")

static const struct row bad_documents[] = {
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
REFUSED(bad_documents, NULL)

static const struct row bad_participants[] = {
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
};
REFUSED(bad_participants, NULL)

static const struct row bad_paths_and_mutes[] = {
        {SECOND(TIMES ", \"video_path\": 3"), ": participants[1].video_path is a number, not a string"},
        {SECOND(TIMES ", \"video_path\": [\"a\"]"), ": participants[1].video_path is an array, not a string"},
        {SECOND(TIMES ", \"audio_path\": \"../a.wav\""), ": participants[1].audio_path '../a.wav' leads out"},
        {SECOND(TIMES ", \"audio_path\": \"/etc/passwd\""), ": participants[1].audio_path '/etc/passwd' leads out"},
        {SECOND(TIMES ", \"audio_path\": \"https://u:p@x.org/a\""),
                ": participants[1].audio_path is a URL (https://...)"},
        {SECOND(TIMES ", \"mute\": 3"), ": participants[1].mute is a number, not an array"},
        {SECOND(TIMES ", \"mute\": [[1, 2], [1]]"), ": participants[1].mute[1] is no pair"},
        {SECOND(TIMES ", \"mute\": [[1, 2, 3]]"), ": participants[1].mute[0] is no pair"},
        {SECOND(TIMES ", \"mute\": [[2, 1]]"), ": participants[1].mute[0] ends before it begins"},
        {SECOND(TIMES ", \"mute\": [[1, \"2\"]]"), ": participants[1].mute[0] is a string, not a number"},
};
REFUSED(bad_paths_and_mutes, NULL)

static const struct row bad_tracks[] = {
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
};
REFUSED(bad_tracks, NULL)

/* by its name */

#define PERSON_TRACK(fields)                                                                                           \
	"{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9,\"tracks\":[{\"kind\":\"audio\","     \
	"\"path\":\"p\"," fields "}]}]}"
#define PERSON_EVENTS(events)                                                                                          \
	"{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9}],\"events\":[" events "]}"
#define PERSON(fields) "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9," fields "}]}"

static const struct row forced_participants[] = {
        {"[]", "cannot use"},
        {"{\"session_id\":7}", "session_id is a number"},
        {"{\"session_dir\":7}", "session_dir is a number"},
        {"{\"layout\":7}", "layout is a number"},
        {"{\"duration_s\":\"x\"}", "duration_s is a string"},
        {"{\"participants\":[7,8]}", "participants[0] is a number"},
        {"{\"participants\":[{\"name\":7}]}", "participants[0].name is a number"},
        {"{\"participants\":[{\"name\":\"n\",\"id\":7}]}", "participants[0].id is a number"},
        {PERSON("\"tracks\":[7,8]"), "participants[0].tracks[0] is a number"},
        {PERSON("\"tracks\":7"), "participants[0].tracks is a number"},
        {PERSON("\"mute\":7"), "participants[0].mute is a number"},
        {PERSON("\"mute\":[[1]]"), "participants[0].mute"},
        {PERSON("\"mute\":[[1,\"2\"]]"), "participants[0].mute"},
        {PERSON("\"mute\":[[\"1\",2]]"), "participants[0].mute"},
        {PERSON("\"mute\":[[3,2]]"), "participants[0].mute"},
        {PERSON("\"video_path\":7"), "participants[0].video_path is a number"},
};
REFUSED(forced_participants, "session.json")

static const struct row forced_tracks[] = {
        {PERSON_TRACK("\"label\":7"), "tracks[0].label is a number"},
        {PERSON_TRACK("\"source\":7"), "tracks[0].source is a number"},
        {PERSON_TRACK("\"origin\":7"), "tracks[0].origin is a number"},
        {PERSON_TRACK("\"start_s\":{}"), "tracks[0].start_s is an object"},
        {PERSON_TRACK("\"end_s\":{}"), "tracks[0].end_s is an object"},
        {PERSON_TRACK("\"start_s\":2,\"end_s\":2"), "tracks[0].end_s is 2, not after"},
        {PERSON_TRACK("\"stream\":\"1\""), "tracks[0].stream is no whole number"},
        {PERSON_TRACK("\"stream\":0"), "tracks[0].stream is no whole number"},
        {PERSON_TRACK("\"stream\":1.5"), "tracks[0].stream is no whole number"},
        {PERSON_TRACK("\"stream\":1000000"), "tracks[0].stream is no whole number"},
        {PERSON_TRACK("\"stream\":-1"), "tracks[0].stream is no whole number"},
};
REFUSED(forced_tracks, "session.json")

static const struct row forced_cuts[] = {
        {PERSON_TRACK("\"cuts\":7"), "tracks[0].cuts is a number"},
        {PERSON_TRACK("\"cuts\":[7]"), "tracks[0].cuts is no list"},
        {PERSON_TRACK("\"cuts\":[[]]"), "tracks[0].cuts is no list"},
        {PERSON_TRACK("\"cuts\":[[1]]"), "tracks[0].cuts is no list"},
        {PERSON_TRACK("\"cuts\":[[\"1\",2]]"), "tracks[0].cuts is no list"},
        {PERSON_TRACK("\"cuts\":[[1,\"2\"]]"), "tracks[0].cuts is no list"},
        {PERSON_TRACK("\"cuts\":[[1,2,3]]"), "tracks[0].cuts is no list"},
        {PERSON_TRACK("\"cuts\":[[-1,2]]"), "tracks[0].cuts is no list"},
        {PERSON_TRACK("\"cuts\":[[2e9,2]]"), "tracks[0].cuts is no list"},
        {PERSON_TRACK("\"cuts\":[[1,0]]"), "tracks[0].cuts is no list"},
        {PERSON_TRACK("\"cuts\":[[1,2e9]]"), "tracks[0].cuts is no list"},
        {PERSON_TRACK("\"cuts\":[7,[1,1]]"), "tracks[0].cuts is no list"},
};
REFUSED(forced_cuts, "session.json")

static const struct row forced_events[] = {
        {PERSON_EVENTS("{\"ev\":\"join\",\"p\":\"n\"}"), "events[0].t is missing"},
        {PERSON_EVENTS("{\"ev\":\"join\",\"p\":7}"), "events[0].p is a number"},
        {PERSON_EVENTS("{\"ev\":7}"), "events[0].ev is a number"},
        {PERSON_EVENTS("{\"ev\":\"x\",\"file\":7}"), "events[0].file is a number"},
        {PERSON_EVENTS("{\"ev\":\"x\",\"t\":\"1\"}"), "events[0].t is a string"},
        {PERSON_EVENTS("{\"ev\":\"x\"},7"), "events[1] is a number"},
        {PERSON_EVENTS("{\"ts\":1,\"type\":7}"), "events[0].type is a number"},
        {PERSON_EVENTS("{\"ts\":1,\"type\":\"x\"},7"), "events[1] is a number"},
        {PERSON_EVENTS("{\"ts\":1,\"type\":\"x\",\"participant_id\":7}"), "events[0].participant_id is a number"},
        {PERSON_EVENTS("{\"ts\":{},\"type\":\"x\"}"), "events[0].ts is an object"},
        {PERSON_EVENTS("{\"ts\":1,\"type\":\"x\"},{\"ts\":{},\"type\":\"x\"}"), "events[1].ts is an object"},
        {PERSON_EVENTS("{\"ts\":1,\"type\":\"x\"},{\"type\":\"track-added\"}"), "events[1].ts is missing"},
        {PERSON_EVENTS("{\"ts\":1,\"type\":\"track-added\"}"), "events[0].participant_id is missing"},
        {PERSON_EVENTS(
                 "{\"ts\":null,\"type\":\"x\"},{\"ts\":5,\"type\":\"participant-joined\",\"participant_id\":\"n\"}"),
                "events[0].ts is missing"},
        {"{\"T0_epoch_ms\":{},\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9}],\"events\":[{"
         "\"ev\":\"x\"}]}",
                "T0_epoch_ms is an object"},
};
REFUSED(forced_events, "session.json")

static const struct row understood[] = {
        {"{\"duration_s\":9,\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"mute\":[[1,2],[1.5,3],[5,5]],\"audio_"
         "path\":\"\",\"video_path\":null,\"tracks\":[{\"kind\":\"video\",\"source\":\"screen\",\"origin\":\"session\","
         "\"path\":\"v\",\"stream\":2,\"start_s\":1,\"end_s\":4},{\"kind\":\"audio\",\"path\":\"a\",\"cuts\":[[4,1],[2,"
         "0.5]]}]},{\"name\":\"n (screen) \\t\",\"join_time_s\":1,\"leave_time_s\":2,\"video_path\":\"s\"}]}",
                "n 0-9\n sv!2 1-4 v\n a 0-? a\nn (screen) \t 1-2\n sv 1-? s\n"},
};
UNDERSTOOD(understood, "session.json")

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

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_bad_documents),
	        cmocka_unit_test(test_bad_participants),
	        cmocka_unit_test(test_bad_paths_and_mutes),
	        cmocka_unit_test(test_bad_tracks),
	        cmocka_unit_test(test_forced_participants),
	        cmocka_unit_test(test_forced_tracks),
	        cmocka_unit_test(test_forced_cuts),
	        cmocka_unit_test(test_forced_events),
	        cmocka_unit_test(test_understood),
	        cmocka_unit_test(test_refused_files),
	        cmocka_unit_test(test_accepted),
	        cmocka_unit_test(test_limits),
	        cmocka_unit_test(test_mutes_do_not_multiply),
	};

	return cmocka_run_group_tests(tests, tmp_make, tmp_remove);
}
