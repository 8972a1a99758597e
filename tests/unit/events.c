/* SPDX-License-Identifier: MIT */
/* Goal: events add what the manifest does not say - names, presence, starts, pauses - each to those it means, and nothing else. */
#include "base/err.h"
#include "tests/unit/dump.h"
#include "tests/unit/tmp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka needs the four above */
#include <cmocka.h>

struct row {
	const char *events;
	const char *want; /* the session's dump, and after it the pauses of its tracks */
	const char *said; /* the warning; NULL: none */
};

static const char ours[] =
        "{\"participants\":[{\"name\":\"Dana\",\"id\":\"d1\",\"join_time_s\":4,\"leave_time_s\":57,"
        "\"audio_path\":\"x/Dana-audio.webm\",\"video_path\":\"Dana-video.webm\",\"tracks\":[{\"kind\":\"video\","
        "\"source\":\"screen\",\"path\":\"screen.webm\",\"start_s\":10,\"end_s\":20}]}]}";
static const char daily[] = "{\"recording_id\":\"r\",\"tracks\":[{\"s3Key\":\"1000-u-cam-audio-1500\"},"
                            "{\"s3Key\":\"1000-u-screen-video-1500\"},{\"s3Key\":\"1000-v-cam-video-1500\"}]}";

static const struct row of_ours[] = {
        {"{\"events\":[]}", "Dana 4-57\n v 4-? Dana-video.webm\n a 4-? Dana-audio.webm\n sv 10-20 screen.webm\n", NULL},
        {"{\"events\":[{\"t\":5,\"p\":\"Dana\",\"ev\":\"rec-resume\"},{\"t\":12,\"p\":\"Dana\",\"ev\":"
         "\"rec-pause\"},{\"t\":13,\"p\":\"Dana\",\"ev\":\"rec-pause\"},{\"t\":14,\"p\":\"Dana\",\"ev\":"
         "\"rec-resume\"},{\"t\":15,\"p\":\"Dana\",\"ev\":\"rec-pause\"},{\"t\":15,\"p\":\"Dana\","
         "\"ev\":\"rec-resume\"},{\"t\":30,\"p\":\"Dana\",\"ev\":\"rec-pause\"}]}",
                "Dana 4-57\n v 4-? Dana-video.webm\n a 4-? Dana-audio.webm\n sv 10-20 screen.webm\n0! "
                "12-14\n1! 12-14\n2! 12-14\n",
                NULL},
        {"{\"events\":[{\"t\":2,\"p\":\"Dana\",\"ev\":\"rec-pause\"},{\"t\":6,\"p\":\"Dana\",\"ev\":"
         "\"rec-resume\"},{\"t\":20,\"p\":\"Dana\",\"ev\":\"rec-pause\"},{\"t\":21,\"p\":\"Dana\","
         "\"ev\":\"rec-resume\"}]}",
                "Dana 4-57\n v 4-? Dana-video.webm\n a 4-? Dana-audio.webm\n sv 10-20 screen.webm\n0! "
                "20-21\n1! 20-21\n",
                NULL},
        {"{\"events\":[{\"t\":12,\"p\":\"d1\",\"ev\":\"rec-pause-audio\"},{\"t\":13,\"p\":\"Dana\","
         "\"ev\":\"rec-resume-audio\"},{\"t\":14,\"p\":\"Dana\",\"ev\":\"rec-pause-video\"},{\"t\":16,"
         "\"p\":\"Dana\",\"ev\":\"rec-resume-video\"},{\"t\":17,\"p\":\"Dana\",\"ev\":\"rec-pausex\"},{"
         "\"t\":18,\"p\":\"Dana\",\"ev\":\"rec-resume\"},{\"t\":1,\"ev\":null,\"p\":\"Dana\"},{\"t\":1,"
         "\"ev\":\"join\"}]}",
                "Dana 4-57\n v 4-? Dana-video.webm\n a 4-? Dana-audio.webm\n sv 10-20 screen.webm\n0! "
                "14-16\n1! 12-13\n2! 14-16\n",
                NULL},
        {"{\"events\":[{\"t\":11,\"p\":\"Dana\",\"ev\":\"rec-pause\",\"file\":\"y/"
         "Dana-audio\"},{\"t\":12,\"p\":\"Dana\",\"ev\":\"rec-resume\",\"file\":\"y/"
         "Dana-audio\"},{\"t\":13,\"p\":\"Dana\",\"ev\":\"rec-pause\",\"file\":\"Dana-video.webm\"},{"
         "\"t\":14,\"p\":\"Dana\",\"ev\":\"rec-resume\",\"file\":\"Dana-video.webm\"},{\"t\":15,\"p\":"
         "\"Dana\",\"ev\":\"rec-pause\",\"file\":\"screen.webm.part\"},{\"t\":16,\"p\":\"Dana\",\"ev\":"
         "\"rec-resume\",\"file\":\"screen.webm.part\"},{\"t\":17,\"p\":\"Dana\",\"ev\":\"rec-pause\","
         "\"file\":\"Dana-aud\"},{\"t\":18,\"p\":\"Dana\",\"ev\":\"rec-resume\",\"file\":\"Dana-aud\"},{"
         "\"t\":18,\"p\":\"Dana\",\"ev\":\"rec-pause\",\"file\":\"screen-webm\"},{\"t\":19,\"p\":"
         "\"Dana\",\"ev\":\"rec-resume\",\"file\":\"screen-webm\"},{\"t\":19,\"p\":\"Dana\",\"ev\":"
         "\"rec-pause\",\"file\":\"screen.webmx\"},{\"t\":20,\"p\":\"Dana\",\"ev\":\"rec-resume\","
         "\"file\":\"screen.webmx\"},{\"t\":30,\"p\":\"Dana\",\"ev\":\"rec-pause\",\"file\":\"nothing-"
         "like-these.webm\"},{\"t\":31,\"p\":\"Dana\",\"ev\":\"rec-resume\",\"file\":\"nothing-like-"
         "these.webm\"}]}",
                "Dana 4-57\n v 4-? Dana-video.webm\n a 4-? Dana-audio.webm\n sv 10-20 screen.webm\n0! "
                "13-14\n1! 11-12\n2! 15-16\n",
                NULL},
        {"{\"events\":[{\"t\":5,\"p\":\"Dana\",\"ev\":\"rec-start-call-audio\",\"file\":\"Dana-audio."
         "webm\"},{\"t\":6,\"p\":\"Dana\",\"ev\":\"rec-start-call-video\"},{\"t\":7,\"p\":\"Dana\","
         "\"ev\":\"rec-start-call\",\"file\":\"screen.webm\"}]}",
                "Dana 4-57\n v 4-? Dana-video.webm\n a 5-? Dana-audio.webm\n sv 10-20 screen.webm\n", NULL},
        {"{\"events\":[{\"t\":11,\"p\":\"D\",\"ev\":\"rec-pause\"},{\"t\":12,\"p\":\"D\",\"ev\":\"rec-"
         "resume\"},{\"t\":13,\"p\":\"E\",\"ev\":\"join\"},{\"t\":14,\"p\":\"F\",\"ev\":\"leave\"}],"
         "\"files\":[{\"p\":\"D\"},{\"p\":7,\"name\":\"x\"},{\"p\":\"D\",\"name\":\"Dana\"}]}",
                "Dana 4-57\n v 4-? Dana-video.webm\n a 4-? Dana-audio.webm\n sv 10-20 screen.webm\n0! "
                "11-12\n1! 11-12\n2! 11-12\n",
                "'E' first"},
        {"{\"events\":[{\"t\":11,\"p\":\"Dana\",\"ev\":\"join\"},{\"t\":12,\"p\":\"Dana\",\"ev\":"
         "\"leave\"}],\"files\":{\"p\":\"D\"}}",
                "Dana 4-57\n v 4-? Dana-video.webm\n a 4-? Dana-audio.webm\n sv 10-20 screen.webm\n", NULL},
};

static const struct row of_daily[] = {
        {"{\"events\":[{\"ts\":1,\"type\":\"recording-started\",\"participant_id\":\"u\",\"data\":{}},{"
         "\"ts\":1.2,\"type\":\"participant-joined\",\"participant_id\":\"u\",\"data\":{\"user_name\":"
         "\"Uma\"}},{\"ts\":1.1,\"type\":\"participant-joined\",\"participant_id\":\"u\",\"data\":{"
         "\"name\":\"Other\"}},{\"ts\":5,\"type\":\"participant-left\",\"participant_id\":\"u\","
         "\"data\":{}},{\"ts\":4,\"type\":\"participant-left\",\"participant_id\":\"u\",\"data\":{}},{"
         "\"ts\":0.5,\"type\":\"track-added\",\"participant_id\":\"u\",\"data\":{}},{\"ts\":9,\"type\":"
         "\"track-removed\",\"participant_id\":\"u\",\"data\":{}},{\"ts\":2,\"type\":\"track-added\","
         "\"participant_id\":\"v\",\"data\":{\"userName\":\"\",\"username\":\"Vic\"}},{\"ts\":3,"
         "\"type\":\"track-added\",\"participant_id\":\"v\",\"data\":{}},{\"ts\":6,\"type\":\"track-"
         "removed\",\"participant_id\":\"v\",\"data\":{}},{\"ts\":5.5,\"type\":\"track-removed\","
         "\"participant_id\":\"v\",\"data\":{}}]}",
                "Other 0.1-4\n a 0.5-? 1000-u-cam-audio-150\n sv 0.5-? 1000-u-screen-video-\nVic 1-5\n v 0.5-? "
                "1000-v-cam-video-150\n",
                NULL},
        {"{\"events\":[{\"ts\":0.5,\"type\":\"participant-joined\",\"participant_id\":\"u\",\"data\":{}}"
         ",{\"ts\":5,\"type\":\"participant-joined\",\"participant_id\":\"v\",\"data\":{}},{\"ts\":4,"
         "\"type\":\"participant-left\",\"participant_id\":\"v\",\"data\":{}}]}",
                "u 0-?\n a 0.5-? 1000-u-cam-audio-150\n sv 0.5-? 1000-u-screen-video-\nv 4-?\n v 0.5-? "
                "1000-v-cam-video-150\n",
                NULL},
        {"{\"events\":[{\"ts\":2,\"type\":\"track-added\",\"participant_id\":\"u\",\"data\":{"
         "\"trackSessionNum\":1,\"mediaTag\":\"screen-video\"}},{\"ts\":3,\"type\":\"track-paused\","
         "\"participant_id\":\"u\",\"data\":{\"trackSessionNum\":1}},{\"ts\":4,\"type\":\"track-"
         "resumed\",\"participant_id\":\"u\",\"data\":{\"trackSessionNum\":1}},{\"ts\":2,\"type\":"
         "\"track-added\",\"participant_id\":\"u\",\"data\":{\"trackSessionNum\":2,\"kind\":\"cam-"
         "audio\"}},{\"ts\":3,\"type\":\"track-paused\",\"participant_id\":\"u\",\"data\":{"
         "\"trackSessionNum\":2}},{\"ts\":5,\"type\":\"track-resumed\",\"participant_id\":\"u\","
         "\"data\":{\"trackSessionNum\":2}},{\"ts\":6,\"type\":\"track-paused\",\"participant_id\":"
         "\"u\",\"data\":{\"trackSessionNum\":-1,\"kind\":\"audio\"}},{\"ts\":7,\"type\":\"track-"
         "resumed\",\"participant_id\":\"u\",\"data\":{\"trackSessionNum\":\"x\",\"kind\":\"audio\","
         "\"type\":\"video\"}},{\"ts\":8,\"type\":\"track-paused\",\"participant_id\":\"u\",\"data\":{"
         "\"trackSessionNum\":1000000000000000.0,\"mediaType\":\"Video\",\"mediaTag\":\"screen\","
         "\"type\":\"cam\"}},{\"ts\":9,\"type\":\"track-resumed\",\"participant_id\":\"u\",\"data\":{"
         "\"mediaType\":7,\"kind\":\"video\"}}]}",
                "u 1-?\n a 0.5-? 1000-u-cam-audio-150\n sv 0.5-? 1000-u-screen-video-\nv ?-?\n v 0.5-? "
                "1000-v-cam-video-150\n0 2-4\n0 5-6\n1 2-3\n1 7-8\n",
                NULL},
        {"{\"events\":[{\"ts\":3,\"type\":\"track-paused\",\"participant_id\":\"v\",\"data\":{\"uri\":"
         "\"s3://b/"
         "1000-u-cam-audio-1500\"}},{\"ts\":4,\"type\":\"track-resumed\",\"participant_id\":\"v\","
         "\"data\":{\"uri\":\"1000-u-cam-audio-1500.webm\"}}]}",
                "u ?-?\n a 0.5-? 1000-u-cam-audio-150\n sv 0.5-? 1000-u-screen-video-\nv ?-?\n v 0.5-? "
                "1000-v-cam-video-150\n0 2-3\n",
                NULL},
};

/* the session's dump, and after it the pauses of its tracks */
static char *dump_with_pauses(const struct rec_session *s)
{
	struct rec_buf text = REC_BUF_INIT;
	char *session = dump(s);

	rec_buf_puts(&text, session);
	free(session);
	for (size_t k = 0; k < s->ntracks; k++) {
		const struct rec_track *track = &s->tracks[k];

		for (size_t p = 0; p < track->pauses.n; p++)
			rec_buf_printf(&text, "%zu%s %g-%g\n", k, track->pauses_certain ? "!" : "",
			        (double)track->pauses.items[p].start_ns / 1e9,
			        (double)track->pauses.items[p].end_ns / 1e9);
	}
	return rec_buf_steal(&text);
}

static void check(const char *manifest, const struct row *rows, size_t n)
{
	char *path = tmp_path("m.json"), *events = tmp_path("e.json");

	assert_true(file_write(tmp, "m.json", manifest));
	for (size_t i = 0; i < n; i++) {
		struct rec_session_params params = REC_SESSION_PARAMS;
		struct rec_session *s = NULL;
		struct capture capture;
		char *got;
		int r;

		assert_true(file_write(tmp, "e.json", rows[i].events));
		params.events = events;
		capture_begin(&capture, STDERR_FILENO);
		r = rec_session_load(&s, path, &params);
		capture_end(&capture);
		if (r != REC_OK)
			fail_msg("row %zu: %d %s", i, r, capture.text);
		got = dump_with_pauses(s);
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("row %zu:\n%s\ninstead of\n%s", i, got, rows[i].want);
		if (rows[i].said ? !strstr(capture.text, rows[i].said) : capture.text[0])
			fail_msg("row %zu says '%s'", i, capture.text);
		free(got);
		rec_session_free(&s);
	}
	free(path);
	free(events);
}

static void test_ours(void **state)
{
	(void)state;
	check(ours, of_ours, sizeof(of_ours) / sizeof(*of_ours));
}

static void test_daily(void **state)
{
	(void)state;
	check(daily, of_daily, sizeof(of_daily) / sizeof(*of_daily));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_ours), cmocka_unit_test(test_daily)};

	return cmocka_run_group_tests(tests, tmp_make, tmp_remove);
}
