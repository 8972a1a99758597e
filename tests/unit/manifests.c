/* SPDX-License-Identifier: MIT */
/* Goal: each member of each service's manifest: what is accepted means what it says, and what is refused is told with its place. */
#include "base/err.h"
#include "tests/unit/manifest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka needs the four above */
#include <cmocka.h>

#define FILE_OF(fields)                                                                                                \
	"{\"files\":[{\"streamId\":\"s\",\"filename\":\"f\",\"startTimeOffset\":0,\"stopTimeOffset\":5," fields "}]}"

static const struct row opentok_refused[] = {
        {"[]", "cannot use"},
        {"{\"id\":7}", "id is a number"},
        {"{\"createdAt\":\"x\"}", "createdAt is a string"},
        {"{\"createdAt\":-1}", "createdAt is -1, not a time"},
        {"{\"createdAt\":1e300}", "createdAt is 1e+300, not a time"},
        {"{\"files\":7}", "files is a number"},
        {"{}", "names no tracks"},
        {"{\"files\":[7]}", "files[0] is a number"},
        {"{\"files\":[{\"streamId\":7}]}", "files[0].streamId is a number"},
        {"{\"files\":[{\"streamId\":\"\"}]}", "files[0].streamId is missing"},
        {"{\"files\":[{\"startTimeOffset\":1}]}", "files[0].streamId is missing"},
        {"{\"files\":[{\"streamId\":\"s\",\"startTimeOffset\":\"x\"}]}", "files[0].startTimeOffset is a string"},
        {"{\"files\":[{\"streamId\":\"s\",\"startTimeOffset\":0,\"stopTimeOffset\":[]}]}",
                "files[0].stopTimeOffset is"},
        {FILE_OF("\"hasAudio\":1"), "files[0].hasAudio is a number"},
        {FILE_OF("\"hasVideo\":\"no\""), "files[0].hasVideo is a string"},
        {FILE_OF("\"videoType\":{}"), "files[0].videoType is an object"},
        {FILE_OF("\"connectionData\":{}"), "files[0].connectionData is an object"},
        {"{\"files\":[{\"streamId\":\"s\",\"filename\":1,\"startTimeOffset\":0}]}", "files[0].filename is a number"},
        {FILE_OF("\"hasAudio\":false,\"hasVideo\":false"), "names no tracks"},
};

static const struct row opentok_understood[] = {
        {"{\"files\":[{\"streamId\":\"a\",\"startTimeOffset\":1000,\"hasAudio\":true,\"hasVideo\":false,"
         "\"stopTimeOffset\":5000,\"connectionData\":\"{\\\"nickname\\\":\\\"Ann\\\"}\"},{\"streamId\":\"b\","
         "\"startTimeOffset\":0,\"hasAudio\":true,\"hasVideo\":false,\"connectionData\":\"\\\"Bob\\\"\"},{\"streamId\":"
         "\"c\",\"startTimeOffset\":6000,\"hasAudio\":false,\"hasVideo\":true,\"stopTimeOffset\":7000,"
         "\"connectionData\":\"Ann\",\"videoType\":\"SCREEN\"},{\"streamId\":\"d\",\"startTimeOffset\":2000,"
         "\"hasAudio\":false,\"hasVideo\":true,\"connectionData\":\"Bob\",\"videoType\":\"SCREEN\"},{\"streamId\":"
         "\"e\",\"startTimeOffset\":4000,\"hasAudio\":false,\"hasVideo\":true,\"connectionData\":\"Ann\",\"videoType\":"
         "\"SCREEN\"},{\"streamId\":\"f\",\"startTimeOffset\":0,\"hasAudio\":false,\"hasVideo\":true,"
         "\"stopTimeOffset\":500,\"connectionData\":\"Ann\",\"videoType\":\"SCREEN\"},{\"streamId\":\"g\","
         "\"startTimeOffset\":0,\"hasAudio\":false,\"hasVideo\":true,\"stopTimeOffset\":500,\"connectionData\":\"Zed\","
         "\"videoType\":\"SCREEN\"}]}",
                "Ann ?-?\n a 1-5 a.webm\n sv 4-? e.webm\nBob ?-?\n a 0-? b.webm\n sv 2-? d.webm\nAnn 6-7\n sv 6-7 "
                "c.webm\nAnn 0-0.5\n sv 0-0.5 f.webm\nZed 0-0.5\n sv 0-0.5 g.webm\n"},
        {"{\"id\":\"x\",\"files\":[{\"streamId\":\"a\",\"startTimeOffset\":0,\"hasAudio\":true,\"hasVideo\":false,"
         "\"stopTimeOffset\":5000,\"connectionData\":\"[1]\"},{\"streamId\":\"b\",\"startTimeOffset\":0,\"hasAudio\":"
         "true,\"hasVideo\":false,\"stopTimeOffset\":5000,\"connectionData\":\"{bad\"},{\"streamId\":\"c\","
         "\"startTimeOffset\":0,\"hasAudio\":true,\"hasVideo\":false,\"stopTimeOffset\":5000,\"connectionData\":\"["
         "bad\"},{\"streamId\":\"d\",\"startTimeOffset\":0,\"hasAudio\":true,\"hasVideo\":false,\"stopTimeOffset\":"
         "5000,\"connectionData\":\"\\\"\\\"\"},{\"streamId\":\"e\",\"startTimeOffset\":0,\"hasAudio\":true,"
         "\"hasVideo\":false,\"stopTimeOffset\":5000,\"connectionData\":"
         "\"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
         "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\"},{"
         "\"streamId\":\"f\",\"startTimeOffset\":0,\"hasAudio\":true,\"hasVideo\":false,\"stopTimeOffset\":5000,"
         "\"connectionData\":\"\"},{\"streamId\":\"g\",\"startTimeOffset\":0,\"hasAudio\":true,\"hasVideo\":false,"
         "\"stopTimeOffset\":5000,\"connectionData\":\"{\\\"name\\\":\\\"\\\",\\\"user\\\":\\\"Una\\\"}\"},{"
         "\"streamId\":\"h\",\"startTimeOffset\":0,\"hasAudio\":true,\"hasVideo\":false,\"stopTimeOffset\":5000,"
         "\"connectionData\":\"{\\\"x\\\":1}\"},{\"streamId\":\"i\",\"startTimeOffset\":0,\"hasAudio\":true,"
         "\"hasVideo\":false,\"stopTimeOffset\":5000,\"connectionData\":\"7\"},{\"streamId\":\"j\",\"startTimeOffset\":"
         "0,\"hasAudio\":false,\"hasVideo\":true,\"stopTimeOffset\":5000,\"videoType\":\"SCREEN\"}]}",
                "a 0-5\n a 0-5 a.webm\nb 0-5\n a 0-5 b.webm\nc 0-5\n a 0-5 c.webm\nd 0-5\n a 0-5 d.webm\ne 0-5\n a 0-5 "
                "e.webm\nf 0-5\n a 0-5 f.webm\nUna 0-5\n a 0-5 g.webm\nh 0-5\n a 0-5 h.webm\ni 0-5\n a 0-5 i.webm\nj "
                "0-5\n sv 0-5 j.webm\n"},
};

#define TRACK_OF(track) "{\"url\":\"u.mp4\",\"duration_seconds\":1,\"tracks\":[" track "]}"
#define ROOM_AND(url)   "[{\"url\":\"room_0123456789ab_20261121T082106.mp4\"},{\"url\":\"" url "\"}]"

static const struct row roomkit_refused[] = {
        {"[7]", "[0] is a number"},
        {"{\"url\":7}", "url is a number"},
        {"{\"url\":\"\"}", "url is missing: nothing was recorded"},
        {"{}", "url is missing: nothing was recorded"},
        {"{\"url\":\"u\",\"duration_seconds\":\"1\"}", "duration_seconds is a string"},
        {"{\"url\":\"u\",\"duration_seconds\":-1}", "duration_seconds is -1, negative"},
        {"{\"url\":\"u\",\"duration_seconds\":1e10}", "more than 10^9 seconds"},
        {TRACK_OF("7"), "tracks[0] is a number"},
        {TRACK_OF("{\"kind\":7}"), "tracks[0].kind is a number"},
        {TRACK_OF("{\"kind\":\"text\"}"), "audio, video or screen"},
        {TRACK_OF("{\"kind\":\"audio\",\"participant_id\":7}"), "tracks[0].participant_id is a number"},
        {TRACK_OF("{\"kind\":\"audio\",\"channel_id\":7}"), "tracks[0].channel_id is a number"},
        {TRACK_OF("{}"), "tracks[0].kind is missing"},
        {ROOM_AND("room_0123456789ab_20261121T0821.mp4"), "[1].url"},
        {ROOM_AND("room_0123456789ab_20261121T082106x"), "[1].url"},
        {ROOM_AND("room_0123456789_20261121T082106"), "[1].url"},
        {ROOM_AND("room_0123456789abc20261121T082106"), "[1].url"},
        {ROOM_AND("room_0123456789ab-20261121T082106"), "[1].url"},
        {ROOM_AND("room_0123456789ab_18261121T082106.mp4"), "[1].url"},
};

static const struct row roomkit_understood[] = {
        {"{\"url\":\"u.mp4\",\"duration_seconds\":0,\"tracks\":[{\"kind\":\"audio\"},{\"kind\":\"audio\",\"participant_"
         "id\":\"\",\"channel_id\":\"\"},{\"kind\":\"audio\",\"participant_id\":\"\",\"channel_id\":\"ch\"},{\"kind\":"
         "\"screen\",\"participant_id\":\"p\"}]}",
                "room ?-?\n a1 0-? u.mp4\n a?2 0-? u.mp4\nch ?-?\n a?3 0-? u.mp4\np ?-?\n sv1 0-? u.mp4\n"},
        {"[{\"url\":\"x/"
         "room_0123456789ab_20261121T082110\",\"duration_seconds\":2,\"tracks\":[{\"kind\":\"video\",\"participant_"
         "id\":\"p\"}]},{\"url\":\"room_0123456789AB_20261121T082106.mp4\",\"tracks\":[{\"kind\":\"audio\","
         "\"participant_id\":\"p\"}]}]",
                "p ?-?\n v1 4-6 room_0123456789ab_20\n a1 0-? room_0123456789AB_20\n"},
};

#define EGRESS_FILES(files)                                                                                            \
	"{\"egress_id\":\"e\",\"started_at\":1,\"track_kind\":\"AUDIO\",\"publisher_identity\":\"A\",\"files\":" files \
	"}"
#define EGRESS(fields) "{\"egress_id\":\"e\",\"started_at\":1," fields "}"

static const struct row livekit_refused[] = {
        {"[7]", "[0] is a number"},
        {"{\"started_at\":{}}", "started_at is an object"},
        {EGRESS("\"room_id\":7"), "room_id is a number"},
        {EGRESS("\"room_name\":7"), "room_name is a number"},
        {EGRESS("\"ended_at\":\"x\""), "ended_at is a string"},
        {EGRESS("\"ended_at\":1,\"track_kind\":\"AUDIO\",\"publisher_identity\":\"A\""),
                "ended_at is not after its started_at"},
        {EGRESS("\"track_kind\":7"), "track_kind is a number"},
        {EGRESS("\"track_source\":7"), "track_source is a number"},
        {EGRESS("\"track_kind\":\"TEXT\""), "track_kind is something else"},
        {EGRESS("\"publisher_identity\":7"), "publisher_identity is a number"},
        {EGRESS("\"track_kind\":\"AUDIO\""), "publisher_identity is missing"},
        {EGRESS("\"track_kind\":\"AUDIO\",\"publisher_identity\":\"\""), "publisher_identity is missing"},
        {EGRESS("\"track_kind\":\"AUDIO\",\"publisher_identity\":\"A\""), "files has nothing in it"},
        {EGRESS_FILES("7"), "files is a number"},
        {EGRESS_FILES("[]"), "files has nothing in it"},
        {EGRESS_FILES("[{},{}]"), "more than one"},
        {EGRESS_FILES("[7]"), "files[0] is a number"},
        {EGRESS_FILES("[{}]"), "files[0].filename is missing"},
        {EGRESS_FILES("[{\"filename\":7}]"), "files[0].filename is a number"},
        {EGRESS_FILES("[{\"location\":7}]"), "files[0].location is a number"},
        {"[{\"egress_id\":\"e\",\"started_at\":1,\"track_kind\":\"AUDIO\",\"publisher_identity\":\"A\",\"files\":[{"
         "\"filename\":\"f\"}],\"room_id\":\"a\"},{\"egress_id\":\"g\",\"started_at\":1,\"track_kind\":\"AUDIO\","
         "\"publisher_identity\":\"A\",\"files\":[{\"filename\":\"f\"}],\"room_id\":\"b\"}]",
                "'b': another room than 'a'"},
        {"[{\"egress_id\":\"e\",\"started_at\":1,\"track_kind\":\"AUDIO\",\"publisher_identity\":\"A\",\"files\":[{"
         "\"filename\":\"f\"}]},{\"egress_id\":\"e\",\"started_at\":1,\"track_kind\":\"AUDIO\",\"publisher_identity\":"
         "\"A\",\"files\":[{\"filename\":\"f\"}]}]",
                "egress_id 'e' is given twice"},
};

static const struct row livekit_understood[] = {
        {"[{\"egress_id\":7,\"room_name\":\"r\",\"started_at\":5000000000,\"track_kind\":\"VIDEO\",\"track_source\":"
         "\"SCREEN_SHARE\",\"publisher_identity\":\"A\",\"files\":[{\"filename\":null,\"location\":\"/out/"
         "v.mp4\"}]},{\"started_at\":\"4000000000\",\"ended_at\":6000000000,\"track_kind\":\"audio\",\"publisher_"
         "identity\":\"B\",\"files\":[{\"filename\":\"a.ogg\"}]}]",
                "A ?-?\n sv 1-? v.mp4\nB 0-2\n a 0-2 a.ogg\n"},
};

#define RECORDING(tracks) "{\"recording_id\":\"r\",\"tracks\":" tracks "}"

static const struct row daily_refused[] = {
        {"[]", "cannot use"},
        {"{\"recording_id\":7,\"tracks\":[{}]}", "recording_id is a number"},
        {"{\"id\":7,\"tracks\":[{}]}", "id is a number"},
        {"{\"room_name\":7,\"tracks\":[{}]}", "room_name is a number"},
        {RECORDING("7"), "tracks is a number"},
        {RECORDING("[7]"), "tracks[0] is a number"},
        {RECORDING("[{\"type\":7}]"), "tracks[0].type is a number"},
        {RECORDING("[{\"type\":\"text\"}]"), "audio or video"},
        {"{\"test\":\"test\",\"more\":1}", "tracks is missing"},
        {"{\"test\":7}", "tracks is missing"},
};

static const struct row daily_understood[] = {
        {"{\"id\":\"i\",\"tracks\":[{\"s3_key\":\"1000-u-cam-audio-1500\"},{\"type\":\"video\",\"s3key\":\"1000-u-"
         "screen-video-2000\"}]}",
                "u ?-?\n a 0.5-? 1000-u-cam-audio-150\n sv 1-? 1000-u-screen-video-\n"},
        {"{\"type\":\"recording.ready\",\"payload\":{\"room_name\":\"n\",\"tracks\":[{\"s3Key\":\"1000-u-cam-audio-"
         "1500\"}]}}",
                "u ?-?\n a 0.5-? 1000-u-cam-audio-150\n"},
};

#define RAW_TRACKS(tracks) "{\"recordingStartTs\":1000,\"participants\":[{\"id\":\"a\",\"tracks\":[" tracks "]}]}"
#define RAW_PEOPLE(people) "{\"recordingStartTs\":1000,\"participants\":[" people "]}"

static const struct row daily_raw_refused[] = {
        {"[]", "cannot use"},
        {"{}", "recordingStartTs is missing"},
        {RAW_PEOPLE("7"), "participants[0] is a number"},
        {RAW_PEOPLE("{\"id\":7}"), "participants[0].id is a number"},
        {RAW_PEOPLE("{\"id\":\"a\",\"name\":7}"), "participants[0].name is a number"},
        {RAW_PEOPLE("{\"id\":\"a\",\"userName\":7}"), "participants[0].userName is a number"},
        {RAW_PEOPLE("{}"), "participants[0].id is missing"},
        {RAW_PEOPLE("{\"id\":\"\"}"), "participants[0].id is missing"},
        {RAW_TRACKS("7"), "participants[0].tracks[0] is a number"},
        {RAW_TRACKS("{\"file\":7}"), "tracks[0].file is a number"},
        {RAW_TRACKS("{}"), "tracks[0].file is missing"},
        {RAW_TRACKS("{\"file\":\"f\",\"mediaType\":7}"), "tracks[0].mediaType is a number"},
        {RAW_TRACKS("{\"file\":\"f\"}"), "tracks[0].mediaType is missing"},
        {RAW_TRACKS("{\"file\":\"f\",\"mediaType\":\"audio\",\"startOffsetSecs\":\"1\"}"),
                "tracks[0].startOffsetSecs is a string"},
        {RAW_TRACKS("{\"file\":\"f\",\"mediaType\":\"audio\",\"startTs\":{}}"), "tracks[0].startTs is an object"},
        {RAW_TRACKS("{\"file\":\"f\",\"mediaType\":\"audio\",\"startTs\":1}"), "tracks[0] begins -0.999 s"},
};

static const struct row daily_raw_understood[] = {
        {RAW_PEOPLE("{\"id\":\"a\",\"userName\":\"Ann\",\"tracks\":[{\"file\":\"1.webm\",\"mediaType\":\"cam-audio\","
                    "\"startTs\":1500},{\"file\":\"2.webm\",\"mediaType\":\"screenVideo\",\"startOffsetSecs\":2}]},{"
                    "\"id\":\"b\",\"name\":\"Bob\",\"userName\":\"x\",\"tracks\":[{\"file\":\"3.webm\",\"mediaType\":"
                    "\"video\",\"startOffsetSecs\":0}]}"),
                "Ann ?-?\n a 0.5-? 1.webm\n sv 2-? 2.webm\nBob ?-?\n v 0-? 3.webm\n"},
};

#define OBJECT(key) "{\"Records\":[{\"s3\":{\"object\":{\"key\":\"" key "\"}}}]}"

static const struct row s3_event_refused[] = {
        {"{\"Records\":[7]}", "Records[0] is a number"},
        {"{\"Records\":[{}]}", "Records[0].s3 is missing"},
        {"{\"Records\":[{\"s3\":7}]}", "Records[0].s3 is a number"},
        {"{\"Records\":[{\"s3\":{}}]}", "Records[0].s3.object is missing"},
        {"{\"Records\":[{\"s3\":{\"object\":{\"key\":7}}}]}", "Records[0].s3.object.key is a number"},
        {"{\"Records\":[{\"s3\":{\"object\":{}}}]}", "Records[0].s3.object.key is missing"},
        {"{\"Records\":[{\"s3\":{\"object\":{\"key\":\"\"}}}]}", "Records[0].s3.object.key is missing"},
        {OBJECT("a%"), "is not URL-encoded"},
        {OBJECT("a%4"), "is not URL-encoded"},
        {OBJECT("a%/0"), "is not URL-encoded"},
        {OBJECT("a%:0"), "is not URL-encoded"},
        {OBJECT("a%G0"), "is not URL-encoded"},
        {OBJECT("a%0`"), "is not URL-encoded"},
        {OBJECT("a%0g"), "is not URL-encoded"},
        {OBJECT("1000-u-cam-audio-1000\"}}},{\"s3\":{\"object\":{\"key\":\"b.mp4"), "Records[1].s3.object.key"},
};

static const struct row s3_event_understood[] = {
        {OBJECT("dir/%2eA%C3%a9+b"), ".Aé b ?-?\n v? 0-? .Aé b\n a? 0-? .Aé b\n"},
        {OBJECT(".hidden"), ".hidden ?-?\n v? 0-? .hidden\n a? 0-? .hidden\n"},
};

static const struct row openvidu_understood[] = {
        {"{\"files\":[{\"streamId\":\"s\",\"startTimeOffset\":\"0\",\"endTimeOffset\":\"5000\",\"hasAudio\":true,"
         "\"serverData\":\"Sam\"},{\"streamId\":\"t\",\"startTimeOffset\":0,\"endTimeOffset\":5000,\"hasVideo\":true,"
         "\"clientData\":\"Cy\",\"serverData\":\"Sam\"}]}",
                "Sam 0-5\n v? 0-5 s.webm\n a? 0-5 s.webm\nCy 0-5\n v? 0-5 t.webm\n a? 0-5 t.webm\n"},
};

REFUSED(opentok_refused, "opentok")
UNDERSTOOD(opentok_understood, "opentok")
REFUSED(roomkit_refused, "roomkit")
UNDERSTOOD(roomkit_understood, "roomkit")
REFUSED(livekit_refused, "livekit")
UNDERSTOOD(livekit_understood, "livekit")
REFUSED(daily_refused, "daily")
UNDERSTOOD(daily_understood, "daily")
REFUSED(daily_raw_refused, "daily-raw")
UNDERSTOOD(daily_raw_understood, "daily-raw")
REFUSED(s3_event_refused, "s3-event")
UNDERSTOOD(s3_event_understood, "s3-event")
UNDERSTOOD(openvidu_understood, "openvidu")

/* a time that no 64 bits of nanoseconds hold is refused, not wrapped into the past */
static void test_far_events(void **state)
{
	struct rec_session_params params = REC_SESSION_PARAMS;
	struct rec_session *s = NULL;
	struct capture capture;
	char path[4096], events[4096];
	(void)state;

	assert_true(
	        file_write(tmp, "m.json",
	                "{\"recordingStartTs\":0,\"participants\":[{\"id\":\"a\",\"tracks\":[{\"file\":\"f\","
	                "\"mediaType\":\"audio\",\"startTs\":0}]}]}") &&
	        file_write(tmp, "e.json",
	                "{\"T0_epoch_ms\":9000000000000,\"events\":[{\"t\":1000000000,\"p\":\"a\",\"ev\":\"join\"}]}"));
	snprintf(path, sizeof(path), "%s/m.json", tmp);
	snprintf(events, sizeof(events), "%s/e.json", tmp);
	params.events = events;
	capture_begin(&capture, STDERR_FILENO);
	assert_int_equal(rec_session_load(&s, path, &params), REC_EINPUT);
	capture_end(&capture);
	assert_null(s);
	assert_non_null(strstr(capture.text, "events[0].t is too late"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_opentok_refused),
	        cmocka_unit_test(test_opentok_understood),
	        cmocka_unit_test(test_roomkit_refused),
	        cmocka_unit_test(test_roomkit_understood),
	        cmocka_unit_test(test_livekit_refused),
	        cmocka_unit_test(test_livekit_understood),
	        cmocka_unit_test(test_daily_refused),
	        cmocka_unit_test(test_daily_understood),
	        cmocka_unit_test(test_daily_raw_refused),
	        cmocka_unit_test(test_daily_raw_understood),
	        cmocka_unit_test(test_s3_event_refused),
	        cmocka_unit_test(test_s3_event_understood),
	        cmocka_unit_test(test_openvidu_understood),
	        cmocka_unit_test(test_far_events),
	};

	return cmocka_run_group_tests(tests, tmp_make, tmp_remove);
}
