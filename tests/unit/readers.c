/* SPDX-License-Identifier: MIT */
/* Goal: every recorder's manifest becomes the session it means, and what cannot be placed is refused with the entry's name. */
#include "session/session.h"

#include "base/err.h"
#include "session/dailyname.h"
#include "tests/unit/capture.h"
#include "tests/unit/dump.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka needs the four above */
#include <cmocka.h>

#define A "29630143-575b-54e6-a0b8-fb5a59ab1b59"
#define I "3505012e-4e6a-51b5-8928-8d3e0c796d5a"
#define DAILY                                                                                                          \
	A " ?-?\n a 0.828-? 1795248866333-296301\n v 0.893-? 1795248866333-296301\n" I                                 \
	  " ?-?\n a 40.976-? 1795248866333-350501\n v 41.018-? 1795248866333-350501\n"

static const struct {
	const char *file;
	const char *from;
	const char *id;
	bool unsettled;
	const char *dump;
} formats[] = {
        {"daily-webhook.json", "daily", "6174dc78-ff48-5298-899f-3b34e8d27bec", true, DAILY},
        {"daily-envelope.json", "daily", "6174dc78-ff48-5298-899f-3b34e8d27bec", true, DAILY},
        {"daily-rest.json", "daily", "6174dc78-ff48-5298-899f-3b34e8d27bec", true, DAILY},
        {"s3-event-daily.json", "s3-event", "manifests", true, DAILY},
        {"daily-raw.json", "daily-raw", "manifests", true, DAILY},
        {"daily-events.json", "daily-events", "manifests", true,
                "Aditya 0.767-65\n a 0.828-? 1795248866333-296301\n v 0.893-? 1795248866333-296301\n"
                "iPhone 40.967-55\n a 40.976-? 1795248866333-350501\n v 41.018-? 1795248866333-350501\n"},
        {"opentok.json", "opentok", "b8f64de1-e218-4091-9544-4cbf369fc238", true,
                "Aditya 0.829-65.008\n v? 0.829-65.008 aditya.webm\n a? 0.829-65.008 aditya.webm\n"
                " sv? 41-54 slides.webm\n sa? 41-54 slides.webm\n"
                "iPhone 40.975-55.012\n v? 40.975-55.012 iphone.webm\n a? 40.975-55.012 iphone.webm\n"},
        {"openvidu.json", "openvidu", "ses_standup", true,
                "Aditya 0.829-65.008\n v 0.829-65.008 str_CAM_1.webm\n a 0.829-65.008 str_CAM_1.webm\n"
                "iPhone 40.975-55.012\n a 40.975-55.012 str_CAM_2.webm\n"},
        {"livekit.json", "livekit", "RM_x", false,
                "Aditya 0-64.179\n a 0-64.179 aditya.ogg\n v 0.055-64.179 aditya.webm\n"
                "iPhone 40.146-54.183\n a 40.146-54.183 iphone.ogg\n sv 40.171-54.183 iphone.webm\n"},
        {"livekit-one.json", "livekit", "RM_x", false, "Aditya 0-64.179\n a 0-64.179 aditya.ogg\n"},
        {"roomkit.json", "roomkit", "manifests", true,
                "Aditya 0-64.2\n a1 0-64.2 room_0123456789ab_20\n v1 0-64.2 room_0123456789ab_20\n"
                "iPhone 41-55\n a1 41-55 room_ba9876543210_20\n"},
        {"roomkit-room.json", "roomkit", "manifests", true,
                "Aditya 0-64.2\n a1 0-64.2 room_0123456789ab_20\n v1 0-64.2 room_0123456789ab_20\n"
                " sv?2 0-64.2 room_0123456789ab_20\n"
                "iPhone 0-64.2\n a?2 0-64.2 room_0123456789ab_20\n"},
        {"s3-event.json", "s3-event", "manifests", true,
                "Weekly sync (caf\xc3\xa9) ?-?\n v? 0-? Weekly sync (caf\xc3\xa9).\n a? 0-? Weekly sync "
                "(caf\xc3\xa9).\n"},
        {"good-first.json", "session.json", "20260318_132416", false, NULL},
};

static void test_formats(void **state)
{
	(void)state;

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		struct rec_session *s = NULL;
		struct capture capture;
		char path[256];
		char *text;
		int r;

		snprintf(path, sizeof(path), "testdata/manifests/%s", formats[i].file);
		capture_begin(&capture, STDERR_FILENO);
		r = rec_session_load(&s, path, NULL);
		capture_end(&capture);
		if (r != REC_OK)
			fail_msg("%s: %d %s", formats[i].file, r, capture.text);
		assert_string_equal(s->from, formats[i].from);
		assert_string_equal(s->id, formats[i].id);
		if (s->unsettled != formats[i].unsettled)
			fail_msg("%s: unsettled %d", formats[i].file, s->unsettled);
		text = dump(s);
		if (formats[i].dump && strcmp(text, formats[i].dump) != 0)
			fail_msg("%s:\n%s\ninstead of\n%s", formats[i].file, text, formats[i].dump);
		free(text);
		rec_session_free(&s);
	}
}

static void test_daily_names(void **state)
{
	static const struct {
		const char *location;
		const char *who; /* NULL: no such name */
		int64_t start_ms;
		enum rec_kind kind;
		enum rec_source_kind source;
	} rows[] = {
	        {"1000-u-cam-audio-1500", "u", 500, REC_AUDIO, REC_CAMERA},
	        {"https://h/a/b/1000-u-screen-video-1000.webm?X=1/2", "u", 0, REC_VIDEO, REC_SCREEN},
	        {"pre/fix/1000-a-b-cam-cam-audio-c-cam-video-2000.mp4", "a-b-cam-cam-audio-c", 1000, REC_VIDEO,
	                REC_CAMERA},
	        {"1000- \"<&'%s\n\xf0\x9f\x98\x80-cam-audio-1001", " \"<&'%s\n\xf0\x9f\x98\x80", 1, REC_AUDIO,
	                REC_CAMERA},
	        {"1000-u-cam-audio-", NULL, 0, REC_AUDIO, REC_CAMERA},
	        {"1000-cam-audio-1500", NULL, 0, REC_AUDIO, REC_CAMERA},
	        {"-u-cam-audio-1500", NULL, 0, REC_AUDIO, REC_CAMERA},
	        {"1000-u-cam-text-1500", NULL, 0, REC_AUDIO, REC_CAMERA},
	        {"1000-u-tv-audio-1500", NULL, 0, REC_AUDIO, REC_CAMERA},
	        {"x1000-u-cam-audio-1500", NULL, 0, REC_AUDIO, REC_CAMERA},
	        {"99999999999999999999-u-cam-audio-1500", NULL, 0, REC_AUDIO, REC_CAMERA},
	        {"1000-u-cam-audio-1500/", NULL, 0, REC_AUDIO, REC_CAMERA},
	        {"", NULL, 0, REC_AUDIO, REC_CAMERA},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rec_dailyname name;
		bool is = rec_dailyname_parse(rows[i].location, &name);

		if (is != (rows[i].who != NULL))
			fail_msg("row %zu: %d", i, is);
		if (!is)
			continue;
		assert_string_equal(name.who, rows[i].who);
		assert_int_equal(name.track_ns - name.recording_ns, rows[i].start_ms * REC_NS_PER_MS);
		assert_int_equal(name.kind, rows[i].kind);
		assert_int_equal(name.source, rows[i].source);
	}
}

static const struct {
	const char *text;
	const char *said;
} refused[] = {
        {"{\"test\":\"test\"}", "ping"},
        {"{\"recording_id\":\"r\",\"room_name\":\"x\",\"tracks\":null}", "tracks is null"},
        {"{\"recording_id\":\"r\",\"room_name\":\"x\",\"tracks\":[]}", "tracks is empty"},
        {"{\"recording_id\":\"r\",\"room_name\":\"x\"}", "tracks is missing"},
        {"{\"recording_id\":\"r\",\"tracks\":[{\"type\":\"audio\"}]}", "tracks[0].s3Key is missing"},
        {"{\"recording_id\":\"r\",\"tracks\":[{\"type\":\"audio\",\"s3Key\":\"a/b\"}]}",
                "tracks[0].s3Key 'a/b' is no track's name"},
        {"{\"recording_id\":\"r\",\"tracks\":[{\"type\":\"video\",\"s3Key\":\"1-u-cam-audio-2\"}]}", "tracks[0].type"},
        {"{\"recording_id\":\"r\",\"tracks\":[{\"s3Key\":\"5-u-cam-audio-2\"}]}", "cannot be placed"},
        {"{\"recording_id\":\"r\",\"tracks\":[{\"s3Key\":\"1-u-cam-audio-2\"},{\"s3Key\":\"2-u-cam-audio-2\"}]"
         "}",
                "another recording"},
        {"{\"recording_id\":\"r\",\"tracks\":[{\"s3Key\":7}]}", "tracks[0].s3Key is a number"},
        {"{\"recordingStartTs\":1000,\"participants\":[{\"id\":\"a\",\"tracks\":[{\"file\":\"f\",\"mediaType\":"
         "\"audio\"}]}]}",
                "participants[0].tracks[0].startOffsetSecs and startTs are missing"},
        {"{\"recordingStartTs\":1000,\"participants\":[{\"id\":\"a\",\"tracks\":[{\"file\":\"f\",\"mediaType\":"
         "\"text\",\"startTs\":1}]}]}",
                "participants[0].tracks[0].mediaType"},
        {"{\"recordingStartTs\":\"NaN\",\"participants\":[]}", "recordingStartTs is a string"},
        {"{\"recordingStartTs\":1000,\"participants\":[]}", "names no tracks"},
        {"{\"files\":[{\"streamId\":\"s\",\"filename\":\"f\",\"startTimeOffset\":5,\"stopTimeOffset\":5}]}",
                "files[0].stopTimeOffset"},
        {"{\"files\":[{\"streamId\":\"s\",\"filename\":\"f\",\"stopTimeOffset\":5}]}",
                "files[0].startTimeOffset is missing"},
        {"{\"files\":[{\"streamId\":\"s\",\"filename\":\"../f\",\"startTimeOffset\":0,\"stopTimeOffset\":5}]}",
                "leads out"},
        {"{\"files\":[{\"streamId\":\"../../"
         "f\",\"connectionId\":\"c\",\"startTimeOffset\":0,\"endTimeOffset\":5}]}",
                "leads out"},
        {"{\"files\":[{\"streamId\":\"s\",\"connectionId\":\"c\",\"startTimeOffset\":-1,\"endTimeOffset\":5}]}",
                "files[0].startTimeOffset is -1"},
        {"[{\"egress_id\":\"e\",\"started_at\":1,\"files\":[]}]", "[0].track_kind"},
        {"{\"egress_id\":\"e\",\"files\":[]}", "started_at is missing"},
        {"{\"Records\":[{\"s3\":{\"object\":{\"key\":\"a%zz\"}}}]}", "Records[0].s3.object.key is not URL-encoded"},
        {"{\"Records\":[{\"s3\":{\"object\":{\"key\":\"a%00b\"}}}]}", "Records[0].s3.object.key is not URL-encoded"},
        {"{\"Records\":[{\"s3\":{\"object\":{\"key\":\"a\"}}},{\"s3\":{\"object\":{\"key\":\"b\"}}}]}",
                "Records[1].s3.object.key"},
        {"{\"Records\":[{\"s3\":{\"object\":{\"key\":\"..%2f..\"}}}]}", "leads out"},
        {"[{\"url\":\"room_0123456789ab_00261121T082106.mp4\",\"duration_seconds\":1,\"tracks\":[]},"
         "{\"url\":\"b.mp4\",\"duration_seconds\":1,\"tracks\":[]}]",
                "[0].url 'room_0123456789ab_00261121T082106.mp4' does not say"},
        {"[{\"url\":\"a.mp4\",\"duration_seconds\":1,\"tracks\":[]},{\"url\":\"b.mp4\",\"duration_seconds\":1,"
         "\"tracks\":[]}]",
                "[0].url 'a.mp4' does not say when it began"},
        {"{\"events\":[{\"ts\":1,\"type\":\"recording-media-started\",\"participant_id\":\"p\",\"data\":{}}]}",
                "data.uri is missing"},
        {"{\"hello\":1}", "no other manifest"},
        {"[]", "no other manifest"},
};

static void test_refused(void **state)
{
	char *tmp = folder_new();
	char path[4096];
	(void)state;

	assert_non_null(tmp);
	snprintf(path, sizeof(path), "%s/m.json", tmp);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct rec_session *s = NULL;
		struct capture capture;
		int r;

		assert_true(file_write(tmp, "m.json", refused[i].text));
		capture_begin(&capture, STDERR_FILENO);
		r = rec_session_load(&s, path, NULL);
		capture_end(&capture);
		if (r != REC_EINPUT || s || !strstr(capture.text, refused[i].said))
			fail_msg("row %zu: %d '%s' does not say '%s'", i, r, capture.text, refused[i].said);
	}
	folder_remove(tmp);
}

/* --from beats the content; what is no format is a mistake of the command line */
static void test_from(void **state)
{
	struct rec_session_params params = REC_SESSION_PARAMS;
	struct rec_session *s = NULL;
	struct capture capture;
	(void)state;

	params.from = "livekit";
	capture_begin(&capture, STDERR_FILENO);
	assert_int_equal(rec_session_load(&s, "testdata/manifests/opentok.json", &params), REC_EINPUT);
	params.from = "zoom";
	assert_int_equal(rec_session_load(&s, "testdata/manifests/opentok.json", &params), REC_EUSAGE);
	capture_end(&capture);
	assert_non_null(strstr(capture.text, "started_at is missing"));
	assert_non_null(strstr(capture.text, "daily-raw"));
	params.from = "opentok";
	params.origin = REC_ORIGIN_SESSION;
	assert_int_equal(rec_session_load(&s, "testdata/manifests/opentok.json", &params), REC_OK);
	assert_int_equal(s->tracks[0].origin, REC_ORIGIN_SESSION);
	assert_string_equal(s->origin_why, "--origin");
	rec_session_free(&s);
}

static void test_folder(void **state)
{
	struct rec_session *s = NULL;
	struct capture capture;
	char *tmp = folder_new();
	char *text;
	(void)state;

	assert_non_null(tmp);
	assert_true(file_write(tmp, "1000-b-cam-audio-1000.webm", "") &&
	            file_write(tmp, "1000-a-cam-video-3000.webm", "") && file_write(tmp, "notes.txt", "") &&
	            file_write(tmp, "broken.json", "{"));
	assert_int_equal(rec_session_load(&s, tmp, NULL), REC_OK);
	text = dump(s);
	assert_string_equal(s->from, "daily-folder");
	assert_string_equal(text, "b ?-?\n a 0-? 1000-b-cam-audio-100\na ?-?\n v 2-? 1000-a-cam-video-300\n");
	free(text);
	rec_session_free(&s);
	/* two manifests: whose is the folder? */
	assert_true(file_write(tmp, "x.json", "{\"recordingStartTs\":1,\"participants\":[]}") &&
	            file_write(tmp, "y.json", "{\"recordingStartTs\":1,\"participants\":[]}"));
	capture_begin(&capture, STDERR_FILENO);
	assert_int_equal(rec_session_load(&s, tmp, NULL), REC_EINPUT);
	capture_end(&capture);
	assert_non_null(strstr(capture.text, "'x.json' and 'y.json'"));
	/* session.json decides alone */
	assert_true(file_write(
	        tmp, "session.json", "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":1}]}"));
	assert_int_equal(rec_session_load(&s, tmp, NULL), REC_OK);
	assert_string_equal(s->from, "session.json");
	rec_session_free(&s);
	folder_remove(tmp);
}

static void test_segments(void **state)
{
	struct rec_session *s = NULL;
	char *tmp = folder_new();
	char *text;
	(void)state;

	assert_non_null(tmp);
	assert_true(file_write(tmp, "scope-10.webm", "") && file_write(tmp, "scope-9.webm", "") &&
	            file_write(tmp, "scope-001.webm", ""));
	assert_int_equal(rec_session_load(&s, tmp, NULL), REC_OK);
	assert_string_equal(s->from, "segments");
	text = dump(s);
	assert_string_equal(text,
	        "recording ?-?\n v? 0-? scope-001.webm\n a? 0-? scope-001.webm\n v? 0-? scope-9.webm\n"
	        " a? 0-? scope-9.webm\n v? 0-? scope-10.webm\n a? 0-? scope-10.webm\n");
	assert_false(s->tracks[1].follows);
	assert_true(s->tracks[2].follows);
	free(text);
	rec_session_free(&s);
	folder_remove(tmp);
}

/* events tell what the manifest does not, and nothing else */
static void test_events(void **state)
{
	static const char manifest[] = "{\"participants\":[{\"name\":\"Dana\",\"join_time_s\":4,\"leave_time_s\":57,"
	                               "\"audio_path\":\"Dana-audio.webm\",\"video_path\":\"Dana-video.webm\"}]}";
	struct rec_session_params params = REC_SESSION_PARAMS;
	struct rec_session *s = NULL;
	char *tmp = folder_new();
	char path[4096];
	(void)state;

	assert_non_null(tmp);
	assert_true(file_write(tmp, "session.json", manifest));
	snprintf(path, sizeof(path), "%s/session.json", tmp);
	params.events = "testdata/manifests/events.json";
	assert_int_equal(rec_session_load(&s, path, &params), REC_OK);
	assert_int_equal(s->participants[0].presence.start_ns, 4 * REC_NS_PER_S);
	assert_true(s->unsettled);
	for (size_t i = 0; i < s->ntracks; i++) {
		const struct rec_track *track = &s->tracks[i];
		bool audio = track->kind == REC_AUDIO;
		assert_int_equal(track->start_ns, audio ? INT64_C(4014100000) : 4 * REC_NS_PER_S);
		assert_int_equal(track->pauses.n, audio ? 1 : 0);
		if (!audio)
			continue;
		assert_true(track->pauses_certain);
		assert_int_equal(track->pauses.items[0].start_ns, INT64_C(21002000000));
		assert_int_equal(track->pauses.items[0].end_ns, INT64_C(28003400000));
	}
	rec_session_free(&s);
	folder_remove(tmp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_formats), cmocka_unit_test(test_daily_names),
	        cmocka_unit_test(test_refused), cmocka_unit_test(test_from), cmocka_unit_test(test_folder),
	        cmocka_unit_test(test_segments), cmocka_unit_test(test_events)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
