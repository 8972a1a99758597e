/* SPDX-License-Identifier: MIT */
/*
 * Goal: whichever allocation fails while a session is read, the reader says REC_ENOMEM and gives nothing, or it gives the same session
 * as with memory: nothing is lost in silence.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/num.h"
#include "session/session.h"
#include "tests/unit/capture.h"
#include "tests/unit/fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka needs the four above */
#include <cmocka.h>

static void put_spans(struct rec_buf *text, const char *what, const struct rec_spans *spans)
{
	for (size_t i = 0; i < spans->n; i++)
		rec_buf_printf(text, " %s %lld-%lld", what, (long long)spans->items[i].start_ns,
		        (long long)spans->items[i].end_ns);
}

static const char *or_none(const char *text)
{
	return text ? text : "(none)";
}

static char *dump(const struct rec_session *s)
{
	struct rec_buf text = REC_BUF_INIT;

	rec_buf_printf(&text, "%s %s %s %s %s %s %s %lld\n", s->id, s->dir, s->from, or_none(s->layout),
	        or_none(s->extra), or_none(s->origin_why), or_none(s->archive), (long long)s->epoch_ns);
	for (size_t i = 0; i < s->nparticipants; i++) {
		const struct rec_participant *who = &s->participants[i];
		rec_buf_printf(&text, "%s %s %s %s %lld-%lld %zu\n", who->name, or_none(who->id), or_none(who->extra),
		        who->entry, (long long)who->presence.start_ns, (long long)who->presence.end_ns, who->person);
	}
	for (size_t i = 0; i < s->ntracks; i++) {
		const struct rec_track *track = &s->tracks[i];
		rec_buf_printf(&text, "%zu %d %d %d %s %s %s %s %s %lld-%lld", track->participant, track->kind,
		        track->source, track->origin, track->entry, track->location, track->path, or_none(track->label),
		        or_none(track->extra), (long long)track->start_ns, (long long)track->end_ns);
		put_spans(&text, "mute", &track->mutes);
		put_spans(&text, "pause", &track->pauses);
		for (size_t k = 0; k < track->cuts.n; k++)
			rec_buf_printf(&text, " cut %lld %lld", (long long)track->cuts.items[k].at_ns,
			        (long long)track->cuts.items[k].length_ns);
		rec_buf_puts(&text, "\n");
	}
	return rec_buf_steal(&text);
}

/* one load, its nth allocation failing; *said: the session, or else what was reported */
static int load(const char *path, const struct rec_session_params *params, long n, bool *hit_it, char **said)
{
	static struct capture capture;
	struct rec_session *s = NULL;
	int r;

	capture_begin(&capture, STDERR_FILENO);
	fault_begin("alloc", n, ENOMEM);
	r = rec_session_load(&s, path, params);
	*hit_it = fault_end();
	capture_end(&capture);
	if ((r == REC_OK) != (s != NULL))
		fail_msg("%s, allocation %ld: %d, with a session: %d", path, n, r, s != NULL);
	*said = s ? dump(s) : strdup(capture.text);
	rec_session_free(&s);
	return r;
}

static void check(const char *path, const struct rec_session_params *params, int want)
{
	bool hit_it = false;
	char *whole = NULL;
	int r = load(path, params, 0, &hit_it, &whole);

	if (r != want)
		fail_msg("%s: %d %s", path, r, whole);
	hit_it = true;
	for (long n = 1; hit_it; n++) {
		char *said = NULL;

		r = load(path, params, n, &hit_it, &said);
		if (r != REC_ENOMEM && r != want)
			fail_msg("%s, allocation %ld: %d %s", path, n, r, said);
		if (r == REC_OK && strcmp(said, whole) != 0)
			fail_msg("%s, allocation %ld: '%s' instead of '%s'", path, n, said, whole);
		if (!hit_it && r != want)
			fail_msg("%s: %d once nothing fails", path, r);
		free(said);
	}
	free(whole);
}

static void test_manifests(void **state)
{
	static const char *const files[] = {"daily-webhook.json", "daily-envelope.json", "s3-event-daily.json",
	        "daily-raw.json", "daily-events.json", "opentok.json", "openvidu.json", "livekit.json",
	        "livekit-one.json", "roomkit.json", "roomkit-room.json", "s3-event.json", "good-full.json",
	        "good-rejoin.json"};
	(void)state;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct rec_session_params params = REC_SESSION_PARAMS;
		char path[256];

		snprintf(path, sizeof(path), "testdata/manifests/%s", files[i]);
		check(path, NULL, REC_OK);
		params.origin = REC_ORIGIN_SESSION;
		check(path, &params, REC_OK);
	}
}

/* one manifest in a folder of its own, with what lies beside it */
static void test_texts(void **state)
{
	static const struct {
		const char *text;
		const char *beside; /* an empty file */
		int want;
		bool allow_remote;
	} rows[] = {
	        {"{\"session_id\":\"i\",\"layout\":\"grid\",\"duration_s\":9,\"own\":[1],\"events\":\"e.json\","
	         "\"participants\":[{\"name\":\"Dana\",\"id\":\"d\",\"join_time_s\":1,\"x\":{\"y\":1},"
	         "\"mute\":[[1,2]],\"audio_path\":\"Dana-audio.webm\",\"video_path\":\"new/"
	         "Dana-video.webm\",\"tracks\":["
	         "{\"kind\":\"audio\",\"path\":\"b.ogg\",\"label\":\"b\",\"mute\":[[2,3],[5,6]],\"cuts\":[[1,2],[4,1]],"
	         "\"more\":\"text\"}]}]}",
	                "b.ogg", REC_OK, false},
	        {"{\"session_dir\":\"sub\",\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":1,"
	         "\"audio_path\":\"a.ogg\"}]}",
	                "a.ogg", REC_OK, false},
	        {"{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":1,"
	         "\"audio_path\":\"https://h.example/a b.ogg\",\"video_path\":\"s3://b/v.webm\"}]}",
	                "a.ogg", REC_OK, true},
	        {"{\"participants\":[{\"name\":\"n\",\"join_time_s\":2,\"leave_time_s\":1}]}", "x", REC_EINPUT, false},
	        {"{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":1,\"audio_path\":\"../a\"}]}",
	                "x", REC_EINPUT, false},
	        {"{\"id\":\"i\",\"createdAt\":5000,\"files\":[{\"streamId\":\"s\",\"filename\":\"\","
	         "\"startTimeOffset\":0,\"stopTimeOffset\":5,\"hasAudio\":true,\"hasVideo\":true,"
	         "\"connectionData\":\"{\\\"userName\\\":\\\"Ann\\\"}\",\"streamData\":\"\\\"Bob\\\"\"},"
	         "{\"streamId\":\"t\",\"startTimeOffset\":0,\"stopTimeOffset\":5,\"videoType\":\"screen\","
	         "\"connectionData\":\"Ann\"}]}",
	                "s.mp4", REC_OK, false},
	        {"{\"recording_id\":\"r\",\"tracks\":[{\"type\":\"audio\",\"s3Key\":\"d/1000-u-cam-audio-1500\"},"
	         "{\"type\":\"video\",\"s3Key\":\"d/1000-u-cam-video-1600\"}]}",
	                "1000-u-cam-audio-1500.mp4", REC_OK, false},
	        {"{\"Records\":[{\"s3\":{\"object\":{\"key\":\"a%20b+c.mp4\"}}}]}", "a b c.mp4", REC_OK, false},
	        {"[{\"url\":\"https://h/room_0123456789ab_20261121T082106.mp4\",\"duration_seconds\":1,\"tracks\":[]}]",
	                "room_0123456789ab_20261121T082106.mp4", REC_EINPUT, false},
	        {"{\"hello\":1}", "x", REC_EINPUT, false},
	        {"{", "x", REC_EINPUT, false},
	};
	char *tmp = folder_new();
	char path[4096];
	(void)state;

	assert_non_null(tmp);
	assert_true(file_write(tmp, "e.json",
	        "{\"events\":[{\"t\":2,\"p\":\"Dana\",\"ev\":\"rec-pause\"},{\"t\":3,\"p\":\"Dana\",\"ev\":\"rec-"
	        "resume\"},"
	        "{\"t\":4,\"p\":\"Dana\",\"ev\":\"rec-pause\"},{\"t\":5,\"p\":\"Zoe\",\"ev\":\"join\"}]}"));
	snprintf(path, sizeof(path), "%s/sub", tmp);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/m.json", tmp);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rec_session_params params = REC_SESSION_PARAMS;

		assert_true(file_write(tmp, "m.json", rows[i].text) && file_write(tmp, rows[i].beside, ""));
		params.allow_remote = rows[i].allow_remote;
		check(path, &params, rows[i].want);
	}
	folder_remove(tmp);
}

struct file {
	const char *name;
	const char *text;
};

#define LIVEKIT(kind, name)                                                                                            \
	"{\"egress_id\":\"" name                                                                                       \
	"\",\"started_at\":1,\"ended_at\":2000000001,\"publisher_identity\":\"A\",\"track_kind\":\"" kind              \
	"\",\"files\":[{\"filename\":\"/out/" name "\"}]}"
#define PLAIN "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":1}]}"

/* what a folder means as a whole */
static void test_folders(void **state)
{
	static const struct {
		struct file files[6];
		int want;
	} rows[] = {
	        {{{"1000-b-cam-audio-1000.webm", ""}, {"1000-a-cam-video-3000.webm", ""}, {"broken.json", "{"}},
	                REC_OK},
	        {{{"scope-10.webm", ""}, {"scope-9.webm", ""}, {"scope-001.webm", ""}}, REC_OK},
	        {{{"1.png", ""}, {"2.png", ""}, {"3.PNG", ""}}, REC_OK},
	        {{{"session.json", PLAIN}, {"other.json", PLAIN}, {"notes.txt", ""}}, REC_OK},
	        {{{"a.json", PLAIN}, {"b.json", PLAIN}}, REC_EINPUT},
	        {{{"session.json", "{"}}, REC_EINPUT},
	        {{{"notes.txt", "x"}}, REC_EINPUT},
	        {{{"a.json", LIVEKIT("AUDIO", "a.ogg")}, {"b.json", "[" LIVEKIT("VIDEO", "b.webm") "]"},
	                 {"c.json", LIVEKIT("AUDIO", "c.ogg")}, {"a.ogg", ""}},
	                REC_OK},
	        {{{"m.json", "{\"recording_id\":\"r\",\"tracks\":[{\"type\":\"audio\",\"s3Key\":\"1000-u-cam-audio-"
	                     "1500\"}]}"},
	                 {"e.json", "{\"events\":[{\"ts\":1.1,\"type\":\"participant-joined\",\"participant_id\":\"u\","
	                            "\"data\":{\"user_name\":\"Uma\"}},{\"ts\":3,\"type\":\"participant-left\","
	                            "\"participant_id\":\"u\",\"data\":{}}]}"},
	                 {"e2.json", "{\"events\":[{\"ts\":1.1,\"type\":\"participant-joined\",\"participant_id\":"
	                             "\"u\"}]}"}},
	                REC_OK},
	        {{{"e.json", "{\"events\":[{\"ts\":1.5,\"type\":\"recording-media-started\",\"participant_id\":\"u\","
	                     "\"data\":{\"uri\":\"s3://b/1000-u-cam-audio-1500\"}}]}"}},
	                REC_OK},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *tmp = folder_new();

		assert_non_null(tmp);
		for (const struct file *file = rows[i].files; file->name; file++)
			assert_true(file_write(tmp, file->name, file->text));
		check(tmp, NULL, rows[i].want);
		folder_remove(tmp);
	}
}

static void test_zip(void **state)
{
	(void)state;
	check("testdata/fuzz/manifest/small.zip", NULL, REC_OK);
}

/* LiveKit's manifests by name, and events that the command line names */
static void test_more(void **state)
{
	struct rec_session_params params = REC_SESSION_PARAMS;
	char *tmp = folder_new();
	char path[4096], second[4096];
	const char *more[] = {second};
	(void)state;

	assert_non_null(tmp);
	assert_true(file_write(tmp, "a.json", LIVEKIT("AUDIO", "a.ogg")) &&
	            file_write(tmp, "b.json", LIVEKIT("VIDEO", "b.webm")) && file_write(tmp, "c.json", PLAIN));
	snprintf(path, sizeof(path), "%s/a.json", tmp);
	snprintf(second, sizeof(second), "%s/b.json", tmp);
	params.more = more;
	params.nmore = 1;
	check(path, &params, REC_OK);
	snprintf(second, sizeof(second), "%s/c.json", tmp);
	check(path, &params, REC_EUSAGE);
	params.nmore = 0;
	params.events = "testdata/manifests/events.json";
	check(second, &params, REC_OK);
	folder_remove(tmp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_manifests), cmocka_unit_test(test_texts),
	        cmocka_unit_test(test_folders), cmocka_unit_test(test_zip), cmocka_unit_test(test_more)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
