/* SPDX-License-Identifier: MIT */
/* Goal: each member of each manifest format: what is accepted means what it says, and what is refused is told with its place. */
#include "base/err.h"
#include "tests/unit/capture.h"
#include "tests/unit/dump.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka needs the four above */
#include <cmocka.h>

struct row {
	const char *from;
	const char *text;
	const char *want; /* the session's dump, or what is said of it */
};

/* load the text as that format from a folder of its own; the session, or what was said */
static int load(const struct row *row, const char *tmp, char **said)
{
	struct rec_session_params params = REC_SESSION_PARAMS;
	static struct capture capture;
	struct rec_session *s = NULL;
	char path[4096];
	int r;

	assert_true(file_write(tmp, "m.json", row->text));
	snprintf(path, sizeof(path), "%s/m.json", tmp);
	params.from = row->from;
	capture_begin(&capture, STDERR_FILENO);
	r = rec_session_load(&s, path, &params);
	capture_end(&capture);
	*said = s ? dump(s) : strdup(capture.text);
	assert_true((r == REC_OK) == (s != NULL));
	rec_session_free(&s);
	return r;
}

static void test_refused(void **state)
{
	static const struct row rows[] = {{"opentok", "[]", "cannot use"}, {"opentok", "{\"id\":7}", "id is a number"},
	        {"opentok", "{\"createdAt\":\"x\"}", "createdAt is a string"},
	        {"opentok", "{\"createdAt\":-1}", "createdAt is -1, not a time"},
	        {"opentok", "{\"createdAt\":1e300}", "createdAt is 1e+300, not a time"},
	        {"opentok", "{\"files\":7}", "files is a number"}, {"opentok", "{}", "names no tracks"},
	        {"opentok", "{\"files\":[7]}", "files[0] is a number"},
	        {"opentok", "{\"files\":[{\"streamId\":7}]}", "files[0].streamId is a number"},
	        {"opentok", "{\"files\":[{\"streamId\":\"\"}]}", "files[0].streamId is missing"},
	        {"opentok", "{\"files\":[{\"startTimeOffset\":1}]}", "files[0].streamId is missing"},
	        {"opentok", "{\"files\":[{\"streamId\":\"s\",\"startTimeOffset\":\"x\"}]}",
	                "files[0].startTimeOffset is a string"},
	        {"opentok", "{\"files\":[{\"streamId\":\"s\",\"startTimeOffset\":0,\"stopTimeOffset\":[]}]}",
	                "files[0].stopTimeOffset is"},
	        {"opentok",
	                "{\"files\":[{\"streamId\":\"s\",\"filename\":\"f\",\"startTimeOffset\":0,\"stopTimeOffset\":5,"
	                "\"hasAudio\":1}]}",
	                "files[0].hasAudio is a number"},
	        {"opentok",
	                "{\"files\":[{\"streamId\":\"s\",\"filename\":\"f\",\"startTimeOffset\":0,\"stopTimeOffset\":5,"
	                "\"hasVideo\":\"no\"}]}",
	                "files[0].hasVideo is a string"},
	        {"opentok",
	                "{\"files\":[{\"streamId\":\"s\",\"filename\":\"f\",\"startTimeOffset\":0,\"stopTimeOffset\":5,"
	                "\"videoType\":{}}]}",
	                "files[0].videoType is an object"},
	        {"opentok",
	                "{\"files\":[{\"streamId\":\"s\",\"filename\":\"f\",\"startTimeOffset\":0,\"stopTimeOffset\":5,"
	                "\"connectionData\":{}}]}",
	                "files[0].connectionData is an object"},
	        {"opentok", "{\"files\":[{\"streamId\":\"s\",\"filename\":1,\"startTimeOffset\":0}]}",
	                "files[0].filename is a number"},
	        {"opentok",
	                "{\"files\":[{\"streamId\":\"s\",\"filename\":\"f\",\"startTimeOffset\":0,\"stopTimeOffset\":5,"
	                "\"hasAudio\":false,\"hasVideo\":false}]}",
	                "names no tracks"},
	        {"roomkit", "[7]", "[0] is a number"}, {"roomkit", "{\"url\":7}", "url is a number"},
	        {"roomkit", "{\"url\":\"\"}", "url is missing: nothing was recorded"},
	        {"roomkit", "{}", "url is missing: nothing was recorded"},
	        {"roomkit", "{\"url\":\"u\",\"duration_seconds\":\"1\"}", "duration_seconds is a string"},
	        {"roomkit", "{\"url\":\"u\",\"duration_seconds\":-1}", "duration_seconds is -1, negative"},
	        {"roomkit", "{\"url\":\"u\",\"duration_seconds\":1e10}", "more than 10^9 seconds"},
	        {"roomkit", "{\"url\":\"u.mp4\",\"duration_seconds\":1,\"tracks\":[7]}", "tracks[0] is a number"},
	        {"roomkit", "{\"url\":\"u.mp4\",\"duration_seconds\":1,\"tracks\":[{\"kind\":7}]}",
	                "tracks[0].kind is a number"},
	        {"roomkit", "{\"url\":\"u.mp4\",\"duration_seconds\":1,\"tracks\":[{\"kind\":\"text\"}]}",
	                "audio, video or screen"},
	        {"roomkit",
	                "{\"url\":\"u.mp4\",\"duration_seconds\":1,\"tracks\":[{\"kind\":\"audio\",\"participant_id\":"
	                "7}]}",
	                "tracks[0].participant_id is a number"},
	        {"roomkit",
	                "{\"url\":\"u.mp4\",\"duration_seconds\":1,\"tracks\":[{\"kind\":\"audio\",\"channel_id\":7}]}",
	                "tracks[0].channel_id is a number"},
	        {"roomkit", "{\"url\":\"u.mp4\",\"duration_seconds\":1,\"tracks\":[{}]}", "tracks[0].kind is missing"},
	        {"roomkit",
	                "[{\"url\":\"room_0123456789ab_20261121T082106.mp4\"},{\"url\":\"room_0123456789ab_"
	                "20261121T0821.mp4\"}]",
	                "[1].url"},
	        {"roomkit",
	                "[{\"url\":\"room_0123456789ab_20261121T082106.mp4\"},{\"url\":\"room_0123456789ab_"
	                "20261121T082106x\"}]",
	                "[1].url"},
	        {"roomkit",
	                "[{\"url\":\"room_0123456789ab_20261121T082106.mp4\"},{\"url\":\"room_0123456789_"
	                "20261121T082106\"}]",
	                "[1].url"},
	        {"roomkit",
	                "[{\"url\":\"room_0123456789ab_20261121T082106.mp4\"},{\"url\":\"room_"
	                "0123456789abc20261121T082106\"}]",
	                "[1].url"},
	        {"roomkit",
	                "[{\"url\":\"room_0123456789ab_20261121T082106.mp4\"},{\"url\":\"room_0123456789ab-"
	                "20261121T082106\"}]",
	                "[1].url"},
	        {"roomkit",
	                "[{\"url\":\"room_0123456789ab_20261121T082106.mp4\"},{\"url\":\"room_0123456789ab_"
	                "18261121T082106.mp4\"}]",
	                "[1].url"},
	        {"livekit", "[7]", "[0] is a number"}, {"livekit", "{\"started_at\":{}}", "started_at is an object"},
	        {"livekit", "{\"egress_id\":\"e\",\"started_at\":1,\"room_id\":7}", "room_id is a number"},
	        {"livekit", "{\"egress_id\":\"e\",\"started_at\":1,\"room_name\":7}", "room_name is a number"},
	        {"livekit", "{\"egress_id\":\"e\",\"started_at\":1,\"ended_at\":\"x\"}", "ended_at is a string"},
	        {"livekit",
	                "{\"egress_id\":\"e\",\"started_at\":1,\"ended_at\":1,\"track_kind\":\"AUDIO\",\"publisher_"
	                "identity\":\"A\"}",
	                "ended_at is not after its started_at"},
	        {"livekit", "{\"egress_id\":\"e\",\"started_at\":1,\"track_kind\":7}", "track_kind is a number"},
	        {"livekit", "{\"egress_id\":\"e\",\"started_at\":1,\"track_source\":7}", "track_source is a number"},
	        {"livekit", "{\"egress_id\":\"e\",\"started_at\":1,\"track_kind\":\"TEXT\"}",
	                "track_kind is something else"},
	        {"livekit", "{\"egress_id\":\"e\",\"started_at\":1,\"publisher_identity\":7}",
	                "publisher_identity is a number"},
	        {"livekit", "{\"egress_id\":\"e\",\"started_at\":1,\"track_kind\":\"AUDIO\"}",
	                "publisher_identity is missing"},
	        {"livekit",
	                "{\"egress_id\":\"e\",\"started_at\":1,\"track_kind\":\"AUDIO\",\"publisher_identity\":\"\"}",
	                "publisher_identity is missing"},
	        {"livekit",
	                "{\"egress_id\":\"e\",\"started_at\":1,\"track_kind\":\"AUDIO\",\"publisher_identity\":\"A\"}",
	                "files has nothing in it"},
	        {"livekit",
	                "{\"egress_id\":\"e\",\"started_at\":1,\"track_kind\":\"AUDIO\",\"publisher_identity\":\"A\","
	                "\"files\":7}",
	                "files is a number"},
	        {"livekit",
	                "{\"egress_id\":\"e\",\"started_at\":1,\"track_kind\":\"AUDIO\",\"publisher_identity\":\"A\","
	                "\"files\":[]}",
	                "files has nothing in it"},
	        {"livekit",
	                "{\"egress_id\":\"e\",\"started_at\":1,\"track_kind\":\"AUDIO\",\"publisher_identity\":\"A\","
	                "\"files\":[{},{}]}",
	                "more than one"},
	        {"livekit",
	                "{\"egress_id\":\"e\",\"started_at\":1,\"track_kind\":\"AUDIO\",\"publisher_identity\":\"A\","
	                "\"files\":[7]}",
	                "files[0] is a number"},
	        {"livekit",
	                "{\"egress_id\":\"e\",\"started_at\":1,\"track_kind\":\"AUDIO\",\"publisher_identity\":\"A\","
	                "\"files\":[{}]}",
	                "files[0].filename is missing"},
	        {"livekit",
	                "{\"egress_id\":\"e\",\"started_at\":1,\"track_kind\":\"AUDIO\",\"publisher_identity\":\"A\","
	                "\"files\":[{\"filename\":7}]}",
	                "files[0].filename is a number"},
	        {"livekit",
	                "{\"egress_id\":\"e\",\"started_at\":1,\"track_kind\":\"AUDIO\",\"publisher_identity\":\"A\","
	                "\"files\":[{\"location\":7}]}",
	                "files[0].location is a number"},
	        {"livekit",
	                "[{\"egress_id\":\"e\",\"started_at\":1,\"track_kind\":\"AUDIO\",\"publisher_identity\":\"A\","
	                "\"files\":[{\"filename\":\"f\"}],\"room_id\":\"a\"},{\"egress_id\":\"g\",\"started_at\":1,"
	                "\"track_kind\":\"AUDIO\",\"publisher_identity\":\"A\",\"files\":[{\"filename\":\"f\"}],\"room_"
	                "id\":\"b\"}]",
	                "'b': another room than 'a'"},
	        {"livekit",
	                "[{\"egress_id\":\"e\",\"started_at\":1,\"track_kind\":\"AUDIO\",\"publisher_identity\":\"A\","
	                "\"files\":[{\"filename\":\"f\"}]},{\"egress_id\":\"e\",\"started_at\":1,\"track_kind\":"
	                "\"AUDIO\",\"publisher_identity\":\"A\",\"files\":[{\"filename\":\"f\"}]}]",
	                "egress_id 'e' is given twice"},
	        {"daily", "[]", "cannot use"},
	        {"daily", "{\"recording_id\":7,\"tracks\":[{}]}", "recording_id is a number"},
	        {"daily", "{\"id\":7,\"tracks\":[{}]}", "id is a number"},
	        {"daily", "{\"room_name\":7,\"tracks\":[{}]}", "room_name is a number"},
	        {"daily", "{\"recording_id\":\"r\",\"tracks\":7}", "tracks is a number"},
	        {"daily", "{\"recording_id\":\"r\",\"tracks\":[7]}", "tracks[0] is a number"},
	        {"daily", "{\"recording_id\":\"r\",\"tracks\":[{\"type\":7}]}", "tracks[0].type is a number"},
	        {"daily", "{\"recording_id\":\"r\",\"tracks\":[{\"type\":\"text\"}]}", "audio or video"},
	        {"daily", "{\"test\":\"test\",\"more\":1}", "tracks is missing"},
	        {"daily", "{\"test\":7}", "tracks is missing"}, {"daily-raw", "[]", "cannot use"},
	        {"daily-raw", "{}", "recordingStartTs is missing"},
	        {"daily-raw", "{\"recordingStartTs\":1000,\"participants\":[7]}", "participants[0] is a number"},
	        {"daily-raw", "{\"recordingStartTs\":1000,\"participants\":[{\"id\":7}]}",
	                "participants[0].id is a number"},
	        {"daily-raw", "{\"recordingStartTs\":1000,\"participants\":[{\"id\":\"a\",\"name\":7}]}",
	                "participants[0].name is a number"},
	        {"daily-raw", "{\"recordingStartTs\":1000,\"participants\":[{\"id\":\"a\",\"userName\":7}]}",
	                "participants[0].userName is a number"},
	        {"daily-raw", "{\"recordingStartTs\":1000,\"participants\":[{}]}", "participants[0].id is missing"},
	        {"daily-raw", "{\"recordingStartTs\":1000,\"participants\":[{\"id\":\"\"}]}",
	                "participants[0].id is missing"},
	        {"daily-raw", "{\"recordingStartTs\":1000,\"participants\":[{\"id\":\"a\",\"tracks\":[7]}]}",
	                "participants[0].tracks[0] is a number"},
	        {"daily-raw", "{\"recordingStartTs\":1000,\"participants\":[{\"id\":\"a\",\"tracks\":[{\"file\":7}]}]}",
	                "tracks[0].file is a number"},
	        {"daily-raw", "{\"recordingStartTs\":1000,\"participants\":[{\"id\":\"a\",\"tracks\":[{}]}]}",
	                "tracks[0].file is missing"},
	        {"daily-raw",
	                "{\"recordingStartTs\":1000,\"participants\":[{\"id\":\"a\",\"tracks\":[{\"file\":\"f\","
	                "\"mediaType\":7}]}]}",
	                "tracks[0].mediaType is a number"},
	        {"daily-raw",
	                "{\"recordingStartTs\":1000,\"participants\":[{\"id\":\"a\",\"tracks\":[{\"file\":\"f\"}]}]}",
	                "tracks[0].mediaType is missing"},
	        {"daily-raw",
	                "{\"recordingStartTs\":1000,\"participants\":[{\"id\":\"a\",\"tracks\":[{\"file\":\"f\","
	                "\"mediaType\":\"audio\",\"startOffsetSecs\":\"1\"}]}]}",
	                "tracks[0].startOffsetSecs is a string"},
	        {"daily-raw",
	                "{\"recordingStartTs\":1000,\"participants\":[{\"id\":\"a\",\"tracks\":[{\"file\":\"f\","
	                "\"mediaType\":\"audio\",\"startTs\":{}}]}]}",
	                "tracks[0].startTs is an object"},
	        {"daily-raw",
	                "{\"recordingStartTs\":1000,\"participants\":[{\"id\":\"a\",\"tracks\":[{\"file\":\"f\","
	                "\"mediaType\":\"audio\",\"startTs\":1}]}]}",
	                "tracks[0] begins -0.999 s"},
	        {"s3-event", "{\"Records\":[7]}", "Records[0] is a number"},
	        {"s3-event", "{\"Records\":[{}]}", "Records[0].s3 is missing"},
	        {"s3-event", "{\"Records\":[{\"s3\":7}]}", "Records[0].s3 is a number"},
	        {"s3-event", "{\"Records\":[{\"s3\":{}}]}", "Records[0].s3.object is missing"},
	        {"s3-event", "{\"Records\":[{\"s3\":{\"object\":{\"key\":7}}}]}",
	                "Records[0].s3.object.key is a number"},
	        {"s3-event", "{\"Records\":[{\"s3\":{\"object\":{}}}]}", "Records[0].s3.object.key is missing"},
	        {"s3-event", "{\"Records\":[{\"s3\":{\"object\":{\"key\":\"\"}}}]}",
	                "Records[0].s3.object.key is missing"},
	        {"s3-event", "{\"Records\":[{\"s3\":{\"object\":{\"key\":\"a%\"}}}]}", "is not URL-encoded"},
	        {"s3-event", "{\"Records\":[{\"s3\":{\"object\":{\"key\":\"a%4\"}}}]}", "is not URL-encoded"},
	        {"s3-event", "{\"Records\":[{\"s3\":{\"object\":{\"key\":\"a%/0\"}}}]}", "is not URL-encoded"},
	        {"s3-event", "{\"Records\":[{\"s3\":{\"object\":{\"key\":\"a%:0\"}}}]}", "is not URL-encoded"},
	        {"s3-event", "{\"Records\":[{\"s3\":{\"object\":{\"key\":\"a%G0\"}}}]}", "is not URL-encoded"},
	        {"s3-event", "{\"Records\":[{\"s3\":{\"object\":{\"key\":\"a%0`\"}}}]}", "is not URL-encoded"},
	        {"s3-event", "{\"Records\":[{\"s3\":{\"object\":{\"key\":\"a%0g\"}}}]}", "is not URL-encoded"},
	        {"s3-event",
	                "{\"Records\":[{\"s3\":{\"object\":{\"key\":\"1000-u-cam-audio-1000\"}}},{\"s3\":{\"object\":{"
	                "\"key\":\"b.mp4\"}}}]}",
	                "Records[1].s3.object.key"},
	        {"session.json", "[]", "cannot use"}, {"session.json", "{\"session_id\":7}", "session_id is a number"},
	        {"session.json", "{\"session_dir\":7}", "session_dir is a number"},
	        {"session.json", "{\"layout\":7}", "layout is a number"},
	        {"session.json", "{\"duration_s\":\"x\"}", "duration_s is a string"},
	        {"session.json", "{\"participants\":[7,8]}", "participants[0] is a number"},
	        {"session.json", "{\"participants\":[{\"name\":7}]}", "participants[0].name is a number"},
	        {"session.json", "{\"participants\":[{\"name\":\"n\",\"id\":7}]}", "participants[0].id is a number"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9,\"tracks\":[7,8]}]}",
	                "participants[0].tracks[0] is a number"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9,\"tracks\":7}]}",
	                "participants[0].tracks is a number"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9,\"mute\":7}]}",
	                "participants[0].mute is a number"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9,\"mute\":[[1]]}]}",
	                "participants[0].mute"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9,\"mute\":[[1,\"2\"]]}]"
	                "}",
	                "participants[0].mute"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9,\"mute\":[[\"1\",2]]}]"
	                "}",
	                "participants[0].mute"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9,\"mute\":[[3,2]]}]}",
	                "participants[0].mute"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9,\"video_path\":7}]}",
	                "participants[0].video_path is a number"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9,\"tracks\":[{\"kind\":"
	                "\"audio\",\"path\":\"p\",\"label\":7}]}]}",
	                "tracks[0].label is a number"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9,\"tracks\":[{\"kind\":"
	                "\"audio\",\"path\":\"p\",\"source\":7}]}]}",
	                "tracks[0].source is a number"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9,\"tracks\":[{\"kind\":"
	                "\"audio\",\"path\":\"p\",\"origin\":7}]}]}",
	                "tracks[0].origin is a number"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9,\"tracks\":[{\"kind\":"
	                "\"audio\",\"path\":\"p\",\"start_s\":{}}]}]}",
	                "tracks[0].start_s is an object"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9,\"tracks\":[{\"kind\":"
	                "\"audio\",\"path\":\"p\",\"end_s\":{}}]}]}",
	                "tracks[0].end_s is an object"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9,\"tracks\":[{\"kind\":"
	                "\"audio\",\"path\":\"p\",\"start_s\":2,\"end_s\":2}]}]}",
	                "tracks[0].end_s is 2, not after"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9,\"tracks\":[{\"kind\":"
	                "\"audio\",\"path\":\"p\",\"stream\":\"1\"}]}]}",
	                "tracks[0].stream is no whole number"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9,\"tracks\":[{\"kind\":"
	                "\"audio\",\"path\":\"p\",\"stream\":0}]}]}",
	                "tracks[0].stream is no whole number"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9,\"tracks\":[{\"kind\":"
	                "\"audio\",\"path\":\"p\",\"stream\":1.5}]}]}",
	                "tracks[0].stream is no whole number"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9,\"tracks\":[{\"kind\":"
	                "\"audio\",\"path\":\"p\",\"stream\":1000000}]}]}",
	                "tracks[0].stream is no whole number"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9,\"tracks\":[{\"kind\":"
	                "\"audio\",\"path\":\"p\",\"stream\":-1}]}]}",
	                "tracks[0].stream is no whole number"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9,\"tracks\":[{\"kind\":"
	                "\"audio\",\"path\":\"p\",\"cuts\":7}]}]}",
	                "tracks[0].cuts is a number"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9,\"tracks\":[{\"kind\":"
	                "\"audio\",\"path\":\"p\",\"cuts\":[7]}]}]}",
	                "tracks[0].cuts is no list"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9,\"tracks\":[{\"kind\":"
	                "\"audio\",\"path\":\"p\",\"cuts\":[[]]}]}]}",
	                "tracks[0].cuts is no list"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9,\"tracks\":[{\"kind\":"
	                "\"audio\",\"path\":\"p\",\"cuts\":[[1]]}]}]}",
	                "tracks[0].cuts is no list"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9,\"tracks\":[{\"kind\":"
	                "\"audio\",\"path\":\"p\",\"cuts\":[[\"1\",2]]}]}]}",
	                "tracks[0].cuts is no list"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9,\"tracks\":[{\"kind\":"
	                "\"audio\",\"path\":\"p\",\"cuts\":[[1,\"2\"]]}]}]}",
	                "tracks[0].cuts is no list"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9,\"tracks\":[{\"kind\":"
	                "\"audio\",\"path\":\"p\",\"cuts\":[[1,2,3]]}]}]}",
	                "tracks[0].cuts is no list"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9,\"tracks\":[{\"kind\":"
	                "\"audio\",\"path\":\"p\",\"cuts\":[[-1,2]]}]}]}",
	                "tracks[0].cuts is no list"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9,\"tracks\":[{\"kind\":"
	                "\"audio\",\"path\":\"p\",\"cuts\":[[2e9,2]]}]}]}",
	                "tracks[0].cuts is no list"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9,\"tracks\":[{\"kind\":"
	                "\"audio\",\"path\":\"p\",\"cuts\":[[1,0]]}]}]}",
	                "tracks[0].cuts is no list"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9,\"tracks\":[{\"kind\":"
	                "\"audio\",\"path\":\"p\",\"cuts\":[[1,2e9]]}]}]}",
	                "tracks[0].cuts is no list"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9,\"tracks\":[{\"kind\":"
	                "\"audio\",\"path\":\"p\",\"cuts\":[7,[1,1]]}]}]}",
	                "tracks[0].cuts is no list"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9}],\"events\":[{\"ev\":"
	                "\"join\",\"p\":\"n\"}]}",
	                "events[0].t is missing"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9}],\"events\":[{\"ev\":"
	                "\"join\",\"p\":7}]}",
	                "events[0].p is a number"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9}],\"events\":[{\"ev\":"
	                "7}]}",
	                "events[0].ev is a number"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9}],\"events\":[{\"ev\":"
	                "\"x\",\"file\":7}]}",
	                "events[0].file is a number"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9}],\"events\":[{\"ev\":"
	                "\"x\",\"t\":\"1\"}]}",
	                "events[0].t is a string"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9}],\"events\":[{\"ev\":"
	                "\"x\"},7]}",
	                "events[1] is a number"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9}],\"events\":[{\"ts\":"
	                "1,\"type\":7}]}",
	                "events[0].type is a number"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9}],\"events\":[{\"ts\":"
	                "1,\"type\":\"x\"},7]}",
	                "events[1] is a number"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9}],\"events\":[{\"ts\":"
	                "1,\"type\":\"x\",\"participant_id\":7}]}",
	                "events[0].participant_id is a number"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9}],\"events\":[{\"ts\":"
	                "{},\"type\":\"x\"}]}",
	                "events[0].ts is an object"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9}],\"events\":[{\"ts\":"
	                "1,\"type\":\"x\"},{\"ts\":{},\"type\":\"x\"}]}",
	                "events[1].ts is an object"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9}],\"events\":[{\"ts\":"
	                "1,\"type\":\"x\"},{\"type\":\"track-added\"}]}",
	                "events[1].ts is missing"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9}],\"events\":[{\"ts\":"
	                "1,\"type\":\"track-added\"}]}",
	                "events[0].participant_id is missing"},
	        {"session.json",
	                "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9}],\"events\":[{\"ts\":"
	                "null,\"type\":\"x\"},{\"ts\":5,\"type\":\"participant-joined\",\"participant_id\":\"n\"}]}",
	                "events[0].ts is missing"},
	        {"session.json",
	                "{\"T0_epoch_ms\":{},\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":9}],"
	                "\"events\":[{\"ev\":\"x\"}]}",
	                "T0_epoch_ms is an object"}};
	char *tmp = folder_new();
	(void)state;

	assert_non_null(tmp);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *said = NULL;
		int r = load(&rows[i], tmp, &said);

		if (r != REC_EINPUT || !strstr(said, rows[i].want))
			fail_msg("%s %s: %d '%s' does not say '%s'", rows[i].from, rows[i].text, r, said, rows[i].want);
		free(said);
	}
	folder_remove(tmp);
}

static void test_understood(void **state)
{
	static const struct row rows[] = {
	        {"opentok",
	                "{\"files\":[{\"streamId\":\"a\",\"startTimeOffset\":1000,\"hasAudio\":true,\"hasVideo\":false,"
	                "\"stopTimeOffset\":5000,\"connectionData\":\"{\\\"nickname\\\":\\\"Ann\\\"}\"},{\"streamId\":"
	                "\"b\",\"startTimeOffset\":0,\"hasAudio\":true,\"hasVideo\":false,\"connectionData\":"
	                "\"\\\"Bob\\\"\"},{\"streamId\":\"c\",\"startTimeOffset\":6000,\"hasAudio\":false,\"hasVideo\":"
	                "true,\"stopTimeOffset\":7000,\"connectionData\":\"Ann\",\"videoType\":\"SCREEN\"},{"
	                "\"streamId\":\"d\",\"startTimeOffset\":2000,\"hasAudio\":false,\"hasVideo\":true,"
	                "\"connectionData\":\"Bob\",\"videoType\":\"SCREEN\"},{\"streamId\":\"e\",\"startTimeOffset\":"
	                "4000,\"hasAudio\":false,\"hasVideo\":true,\"connectionData\":\"Ann\",\"videoType\":\"SCREEN\"}"
	                ",{\"streamId\":\"f\",\"startTimeOffset\":0,\"hasAudio\":false,\"hasVideo\":true,"
	                "\"stopTimeOffset\":500,\"connectionData\":\"Ann\",\"videoType\":\"SCREEN\"},{\"streamId\":"
	                "\"g\",\"startTimeOffset\":0,\"hasAudio\":false,\"hasVideo\":true,\"stopTimeOffset\":500,"
	                "\"connectionData\":\"Zed\",\"videoType\":\"SCREEN\"}]}",
	                "Ann ?-?\n a 1-5 a.webm\n sv 4-? e.webm\nBob ?-?\n a 0-? b.webm\n sv 2-? d.webm\nAnn 6-7\n sv "
	                "6-7 c.webm\nAnn 0-0.5\n sv 0-0.5 f.webm\nZed 0-0.5\n sv 0-0.5 g.webm\n"},
	        {"opentok",
	                "{\"id\":\"x\",\"files\":[{\"streamId\":\"a\",\"startTimeOffset\":0,\"hasAudio\":true,"
	                "\"hasVideo\":false,\"stopTimeOffset\":5000,\"connectionData\":\"[1]\"},{\"streamId\":\"b\","
	                "\"startTimeOffset\":0,\"hasAudio\":true,\"hasVideo\":false,\"stopTimeOffset\":5000,"
	                "\"connectionData\":\"{bad\"},{\"streamId\":\"c\",\"startTimeOffset\":0,\"hasAudio\":true,"
	                "\"hasVideo\":false,\"stopTimeOffset\":5000,\"connectionData\":\"[bad\"},{\"streamId\":\"d\","
	                "\"startTimeOffset\":0,\"hasAudio\":true,\"hasVideo\":false,\"stopTimeOffset\":5000,"
	                "\"connectionData\":\"\\\"\\\"\"},{\"streamId\":\"e\",\"startTimeOffset\":0,\"hasAudio\":true,"
	                "\"hasVideo\":false,\"stopTimeOffset\":5000,\"connectionData\":"
	                "\"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
	                "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
	                "nnnnnnnnnnnnnnn\"},{\"streamId\":\"f\",\"startTimeOffset\":0,\"hasAudio\":true,\"hasVideo\":"
	                "false,\"stopTimeOffset\":5000,\"connectionData\":\"\"},{\"streamId\":\"g\","
	                "\"startTimeOffset\":0,\"hasAudio\":true,\"hasVideo\":false,\"stopTimeOffset\":5000,"
	                "\"connectionData\":\"{\\\"name\\\":\\\"\\\",\\\"user\\\":\\\"Una\\\"}\"},{\"streamId\":\"h\","
	                "\"startTimeOffset\":0,\"hasAudio\":true,\"hasVideo\":false,\"stopTimeOffset\":5000,"
	                "\"connectionData\":\"{\\\"x\\\":1}\"},{\"streamId\":\"i\",\"startTimeOffset\":0,\"hasAudio\":"
	                "true,\"hasVideo\":false,\"stopTimeOffset\":5000,\"connectionData\":\"7\"},{\"streamId\":\"j\","
	                "\"startTimeOffset\":0,\"hasAudio\":false,\"hasVideo\":true,\"stopTimeOffset\":5000,"
	                "\"videoType\":\"SCREEN\"}]}",
	                "a 0-5\n a 0-5 a.webm\nb 0-5\n a 0-5 b.webm\nc 0-5\n a 0-5 c.webm\nd 0-5\n a 0-5 d.webm\ne "
	                "0-5\n a 0-5 e.webm\nf 0-5\n a 0-5 f.webm\nUna 0-5\n a 0-5 g.webm\nh 0-5\n a 0-5 h.webm\ni "
	                "0-5\n a 0-5 i.webm\nj 0-5\n sv 0-5 j.webm\n"},
	        {"openvidu",
	                "{\"files\":[{\"streamId\":\"s\",\"startTimeOffset\":\"0\",\"endTimeOffset\":\"5000\","
	                "\"hasAudio\":true,\"serverData\":\"Sam\"},{\"streamId\":\"t\",\"startTimeOffset\":0,"
	                "\"endTimeOffset\":5000,\"hasVideo\":true,\"clientData\":\"Cy\",\"serverData\":\"Sam\"}]}",
	                "Sam 0-5\n v? 0-5 s.webm\n a? 0-5 s.webm\nCy 0-5\n v? 0-5 t.webm\n a? 0-5 t.webm\n"},
	        {"roomkit",
	                "{\"url\":\"u.mp4\",\"duration_seconds\":0,\"tracks\":[{\"kind\":\"audio\"},{\"kind\":"
	                "\"audio\",\"participant_id\":\"\",\"channel_id\":\"\"},{\"kind\":\"audio\",\"participant_id\":"
	                "\"\",\"channel_id\":\"ch\"},{\"kind\":\"screen\",\"participant_id\":\"p\"}]}",
	                "room ?-?\n a1 0-? u.mp4\n a?2 0-? u.mp4\nch ?-?\n a?3 0-? u.mp4\np ?-?\n sv1 0-? u.mp4\n"},
	        {"roomkit",
	                "[{\"url\":\"x/"
	                "room_0123456789ab_20261121T082110\",\"duration_seconds\":2,\"tracks\":[{\"kind\":\"video\","
	                "\"participant_id\":\"p\"}]},{\"url\":\"room_0123456789AB_20261121T082106.mp4\",\"tracks\":[{"
	                "\"kind\":\"audio\",\"participant_id\":\"p\"}]}]",
	                "p ?-?\n v1 4-6 room_0123456789ab_20\n a1 0-? room_0123456789AB_20\n"},
	        {"livekit",
	                "[{\"egress_id\":7,\"room_name\":\"r\",\"started_at\":5000000000,\"track_kind\":\"VIDEO\","
	                "\"track_source\":\"SCREEN_SHARE\",\"publisher_identity\":\"A\",\"files\":[{\"filename\":null,"
	                "\"location\":\"/out/"
	                "v.mp4\"}]},{\"started_at\":\"4000000000\",\"ended_at\":6000000000,\"track_kind\":\"audio\","
	                "\"publisher_identity\":\"B\",\"files\":[{\"filename\":\"a.ogg\"}]}]",
	                "A ?-?\n sv 1-? v.mp4\nB 0-2\n a 0-2 a.ogg\n"},
	        {"daily",
	                "{\"id\":\"i\",\"tracks\":[{\"s3_key\":\"1000-u-cam-audio-1500\"},{\"type\":\"video\","
	                "\"s3key\":\"1000-u-screen-video-2000\"}]}",
	                "u ?-?\n a 0.5-? 1000-u-cam-audio-150\n sv 1-? 1000-u-screen-video-\n"},
	        {"daily",
	                "{\"type\":\"recording.ready\",\"payload\":{\"room_name\":\"n\",\"tracks\":[{\"s3Key\":\"1000-"
	                "u-cam-audio-1500\"}]}}",
	                "u ?-?\n a 0.5-? 1000-u-cam-audio-150\n"},
	        {"daily-raw",
	                "{\"recordingStartTs\":1000,\"participants\":[{\"id\":\"a\",\"userName\":\"Ann\",\"tracks\":[{"
	                "\"file\":\"1.webm\",\"mediaType\":\"cam-audio\",\"startTs\":1500},{\"file\":\"2.webm\","
	                "\"mediaType\":\"screenVideo\",\"startOffsetSecs\":2}]},{\"id\":\"b\",\"name\":\"Bob\","
	                "\"userName\":\"x\",\"tracks\":[{\"file\":\"3.webm\",\"mediaType\":\"video\","
	                "\"startOffsetSecs\":0}]}]}",
	                "Ann ?-?\n a 0.5-? 1.webm\n sv 2-? 2.webm\nBob ?-?\n v 0-? 3.webm\n"},
	        {"s3-event", "{\"Records\":[{\"s3\":{\"object\":{\"key\":\"dir/%2eA%C3%a9+b\"}}}]}",
	                ".Aé b ?-?\n v? 0-? .Aé b\n a? 0-? .Aé b\n"},
	        {"s3-event", "{\"Records\":[{\"s3\":{\"object\":{\"key\":\".hidden\"}}}]}",
	                ".hidden ?-?\n v? 0-? .hidden\n a? 0-? .hidden\n"},
	        {"session.json",
	                "{\"duration_s\":9,\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"mute\":[[1,2],[1.5,3],"
	                "[5,5]],\"audio_path\":\"\",\"video_path\":null,\"tracks\":[{\"kind\":\"video\",\"source\":"
	                "\"screen\",\"origin\":\"session\",\"path\":\"v\",\"stream\":2,\"start_s\":1,\"end_s\":4},{"
	                "\"kind\":\"audio\",\"path\":\"a\",\"cuts\":[[4,1],[2,0.5]]}]},{\"name\":\"n (screen) "
	                "\\t\",\"join_time_s\":1,\"leave_time_s\":2,\"video_path\":\"s\"}]}",
	                "n 0-9\n sv!2 1-4 v\n a 0-? a\nn (screen) \t 1-2\n sv 1-? s\n"}};
	char *tmp = folder_new();
	(void)state;

	assert_non_null(tmp);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *said = NULL;
		int r = load(&rows[i], tmp, &said);

		if (r != REC_OK || strcmp(said, rows[i].want) != 0)
			fail_msg("%s %s: %d\n%s\ninstead of\n%s", rows[i].from, rows[i].text, r, said, rows[i].want);
		free(said);
	}
	folder_remove(tmp);
}

/* a time that no 64 bits of nanoseconds hold is refused, not wrapped into the past */
static void test_far_events(void **state)
{
	struct rec_session_params params = REC_SESSION_PARAMS;
	struct rec_session *s = NULL;
	struct capture capture;
	char *tmp = folder_new();
	char path[4096], events[4096];
	(void)state;

	assert_non_null(tmp);
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
	folder_remove(tmp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_understood), cmocka_unit_test(test_refused), cmocka_unit_test(test_far_events)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
