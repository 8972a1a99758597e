/* SPDX-License-Identifier: MIT */
/* Goal: the session.json of what was fetched says who was there when, by the files' names and lengths; lack of memory loses nothing in silence. */
#include "session/remotes.h"

#include "base/err.h"
#include "tests/unit/capture.h"
#include "tests/unit/fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka needs the four above */
#include <cmocka.h>

struct file {
	const char *name;
	const char *bytes; /* the file below testdata whose bytes it has; NULL: none, it is no media */
};

struct row {
	const char *text;
	const char *here; /* 'y' or 'n' for each track */
	struct file files[4];
	int result; /* of rec_remotes_session() */
	const char *want;
};

static const struct row rows[] = {
        {"{\"recording_id\":\"r\",\"tracks\":[{\"s3Key\":\"1000-u-cam-audio-1500.ogg\"},{\"s3Key\":\"1000-u-cam-video-"
         "1400.webm\"},{\"s3Key\":\"1000-w-screen-video-2000\"},{\"s3Key\":\"1000-x-cam-audio-1000\"},{\"s3Key\":"
         "\"1000-w-cam-audio-3000.ogg\"}]}",
                "yyyny",
                {{"1000-u-cam-audio-1500.ogg", "fuzz/media/opus.ogg"},
                        {"1000-u-cam-video-1400.webm", "fuzz/media/vp8.webm"}, {"1000-w-screen-video-2000", NULL},
                        {"1000-w-cam-audio-3000.ogg", "fuzz/media/opus.ogg"}},
                REC_OK,
                "{\n  \"session_id\": \"r\",\n  \"session_dir\": \".\",\n  \"participants\": [\n    {\n      \"name\": "
                "\"u\",\n      \"join_time_s\": 0.4,\n      \"leave_time_s\": 1,\n      \"tracks\": [\n        {\n     "
                "     \"kind\": \"audio\",\n          \"source\": \"camera\",\n          \"path\": "
                "\"1000-u-cam-audio-1500.ogg\",\n          \"origin\": \"track\",\n          \"start_s\": 0.5\n        "
                "},\n        {\n          \"kind\": \"video\",\n          \"source\": \"camera\",\n          \"path\": "
                "\"1000-u-cam-video-1400.webm\",\n          \"origin\": \"track\",\n          \"start_s\": 0.4\n       "
                " }\n      ]\n    },\n    {\n      \"name\": \"w\",\n      \"join_time_s\": 1,\n      "
                "\"leave_time_s\": 2.3065,\n      \"tracks\": [\n        {\n          \"kind\": \"video\",\n          "
                "\"source\": \"screen\",\n          \"path\": \"1000-w-screen-video-2000\",\n          \"origin\": "
                "\"track\",\n          \"start_s\": 1\n        },\n        {\n          \"kind\": \"audio\",\n         "
                " \"source\": \"camera\",\n          \"path\": \"1000-w-cam-audio-3000.ogg\",\n          \"origin\": "
                "\"track\",\n          \"start_s\": 2\n        }\n      ]\n    }\n  ]\n}\n"},
        {"{\"recording_id\":\"r\",\"tracks\":[{\"s3Key\":\"1000-u-cam-audio-1500.webm\"},{\"s3Key\":\"1000-u-cam-video-"
         "1400.webm\"}]}",
                "yy",
                {{"1000-u-cam-audio-1500.webm",
                         "S1-two/daily/"
                         "1795248866333-3505012e-4e6a-51b5-8928-8d3e0c796d5a-cam-audio-1795248907309.webm"},
                        {"1000-u-cam-video-1400.webm", "fuzz/media/vp8.webm"}},
                REC_OK,
                "{\n  \"session_id\": \"r\",\n  \"session_dir\": \".\",\n  \"participants\": [\n    {\n      \"name\": "
                "\"u\",\n      \"join_time_s\": 0.4,\n      \"leave_time_s\": 15.26,\n      \"tracks\": [\n        {\n "
                "         \"kind\": \"audio\",\n          \"source\": \"camera\",\n          \"path\": "
                "\"1000-u-cam-audio-1500.webm\",\n          \"origin\": \"track\",\n          \"start_s\": 0.5\n       "
                " },\n        {\n          \"kind\": \"video\",\n          \"source\": \"camera\",\n          "
                "\"path\": \"1000-u-cam-video-1400.webm\",\n          \"origin\": \"track\",\n          \"start_s\": "
                "0.4\n        }\n      ]\n    }\n  ]\n}\n"},
        {"{\"tracks\":[{\"type\":\"audio\",\"url\":\"https://h/talk.ogg\"}]}", "y",
                {{"talk.ogg", "fuzz/media/opus.ogg"}}, REC_OK,
                "{\n  \"session_dir\": \".\",\n  \"participants\": [\n    {\n      \"name\": \"talk\",\n      "
                "\"join_time_s\": 0,\n      \"leave_time_s\": 0.3065,\n      \"tracks\": [\n        {\n          "
                "\"kind\": \"audio\",\n          \"source\": \"camera\",\n          \"path\": \"talk.ogg\",\n          "
                "\"origin\": \"track\",\n          \"start_s\": 0\n        }\n      ]\n    }\n  ]\n}\n"},
        {"{\"Records\":[{\"s3\":{\"bucket\":{\"name\":\"b\"},\"object\":{\"key\":\"d/x.ogg\"}}}]}", "y",
                {{"x.ogg", "fuzz/media/opus.ogg"}}, REC_OK,
                "{\n  \"session_dir\": \".\",\n  \"participants\": [\n    {\n      \"name\": \"x\",\n      "
                "\"join_time_s\": 0,\n      \"leave_time_s\": 0.3065,\n      \"tracks\": [\n        {\n          "
                "\"kind\": \"audio\",\n          \"source\": \"camera\",\n          \"path\": \"x.ogg\",\n          "
                "\"origin\": \"track\",\n          \"start_s\": 0\n        }\n      ]\n    }\n  ]\n}\n"},
        {"{\"Records\":[{\"s3\":{\"bucket\":{\"name\":\"b\"},\"object\":{\"key\":\"d/.junk\"}}}]}", "y",
                {{"_junk", NULL}}, REC_OK,
                "{\n  \"session_dir\": \".\",\n  \"participants\": [\n    {\n      \"name\": \"_junk\",\n      "
                "\"join_time_s\": 0,\n      \"leave_time_s\": 0.001,\n      \"tracks\": [\n        {\n          "
                "\"kind\": \"video\",\n          \"source\": \"camera\",\n          \"path\": \"_junk\",\n          "
                "\"origin\": \"track\",\n          \"start_s\": 0\n        }\n      ]\n    }\n  ]\n}\n"},
        {"{\"Records\":[{\"s3\":{\"bucket\":{\"name\":\"b\"},\"object\":{\"key\":\"d/plain\"}}}]}", "y", {{NULL, NULL}},
                REC_OK,
                "{\n  \"session_dir\": \".\",\n  \"participants\": [\n    {\n      \"name\": \"plain\",\n      "
                "\"join_time_s\": 0,\n      \"leave_time_s\": 0.001,\n      \"tracks\": [\n        {\n          "
                "\"kind\": \"video\",\n          \"source\": \"camera\",\n          \"path\": \"plain\",\n          "
                "\"origin\": \"track\",\n          \"start_s\": 0\n        }\n      ]\n    }\n  ]\n}\n"},
        {"{\"Records\":[{\"s3\":{\"bucket\":{\"name\":\"b\"},\"object\":{\"key\":\"d/"
         "x.ogg\"}}},{\"s3\":{\"bucket\":{\"name\":\"b\"},\"object\":{\"key\":\"d/y.ogg\"}}}]}",
                "yy", {{NULL, NULL}}, REC_EINPUT, "nothing says when Records[1].s3 began"},
        {"{\"Records\":[{\"s3\":{\"bucket\":{\"name\":\"b\"},\"object\":{\"key\":\"d/"
         "x.ogg\"}}},{\"s3\":{\"bucket\":{\"name\":\"b\"},\"object\":{\"key\":\"d/y.ogg\"}}}]}",
                "ny", {{"y.ogg", "fuzz/media/opus.ogg"}}, REC_OK,
                "{\n  \"session_dir\": \".\",\n  \"participants\": [\n    {\n      \"name\": \"y\",\n      "
                "\"join_time_s\": 0,\n      \"leave_time_s\": 0.3065,\n      \"tracks\": [\n        {\n          "
                "\"kind\": \"audio\",\n          \"source\": \"camera\",\n          \"path\": \"y.ogg\",\n          "
                "\"origin\": \"track\",\n          \"start_s\": 0\n        }\n      ]\n    }\n  ]\n}\n"},
        {"{\"tracks\":[{\"s3Key\":\"1000-u-cam-audio-1500\"},{\"s3Key\":\"odd\"}]}", "yy", {{NULL, NULL}}, REC_EINPUT,
                "nothing says when tracks[1] began"},
        {"{\"session_id\":\"s\",\"session_dir\":\"https://h/"
         "d\",\"own\":1,\"participants\":[{\"name\":\"n\",\"audio_path\":\"a%20b.ogg\",\"video_path\":\"s3://b/"
         "v.webm\",\"tracks\":[{\"kind\":\"audio\",\"path\":\"t.ogg\"},{\"kind\":\"video\",\"path\":\"https://h/"
         "u%zz.webm\"}]}]}",
                "ynyn", {{NULL, NULL}}, REC_OK,
                "{\n\t\"session_id\":\t\"s\",\n\t\"own\":\t1,\n\t\"participants\":\t[{\n\t\t\t\"name\":\t\"n\","
                "\n\t\t\t\"audio_path\":\t\"a_20b.ogg\",\n\t\t\t\"tracks\":\t[{\n\t\t\t\t\t\"kind\":\t\"audio\","
                "\n\t\t\t\t\t\"path\":\t\"t.ogg\"\n\t\t\t\t}]\n\t\t}],\n\t\"session_dir\":\t\".\"\n}\n"},
        {"{\"participants\":[{\"name\":\"n\",\"audio_path\":\"https://h/a.ogg\",\"video_path\":\"s3://b/"
         "v.webm\",\"tracks\":[{\"kind\":\"audio\",\"path\":\"https://g/a.ogg\"},{\"kind\":\"video\",\"path\":\"https:/"
         "/h/a.ogg\"}]}]}",
                "nyny", {{NULL, NULL}}, REC_OK,
                "{\n\t\"participants\":\t[{\n\t\t\t\"name\":\t\"n\",\n\t\t\t\"video_path\":\t\"v.webm\","
                "\n\t\t\t\"tracks\":\t[{\n\t\t\t\t\t\"kind\":\t\"video\",\n\t\t\t\t\t\"path\":\t\"a-2.ogg\"\n\t\t\t\t}]"
                "\n\t\t}],\n\t\"session_dir\":\t\".\"\n}\n"}};

static void put_files(const char *tmp, const struct file *files)
{
	for (size_t i = 0; i < 4 && files[i].name; i++) {
		char to[4096], from[512], *real;

		snprintf(to, sizeof(to), "%s/%s", tmp, files[i].name);
		snprintf(from, sizeof(from), "testdata/%s", files[i].bytes ? files[i].bytes : "README.md");
		real = realpath(from, NULL);
		assert_non_null(real);
		assert_int_equal(symlink(real, to), 0);
		free(real);
	}
}

/* from the manifest to the session.json; the nth allocation fails */
static int convert(const struct row *row, const char *tmp, long n, bool *hit_it, char **text)
{
	const struct rec_remotes_params params = {"bucket", NULL, false, -1};
	static struct capture capture;
	struct rec_remotes *remotes = NULL;
	struct rec_buf made = REC_BUF_INIT;
	char path[4096];
	int r;

	snprintf(path, sizeof(path), "%s/manifest", tmp);
	capture_begin(&capture, STDERR_FILENO);
	fault_begin("alloc", n, ENOMEM);
	r = rec_remotes_load(&remotes, path, &params);
	for (size_t i = 0; r == REC_OK && i < remotes->n; i++)
		remotes->tracks[i].here = row->here[i] == 'y';
	if (r == REC_OK)
		r = rec_remotes_session(remotes, tmp, &made);
	*hit_it = fault_end();
	capture_end(&capture);
	rec_remotes_free(&remotes);
	*text = strdup(r == REC_OK ? rec_buf_str(&made) : capture.text);
	rec_buf_free(&made);
	return r;
}

static void test_sessions(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *tmp = folder_new();
		char *text = NULL;
		bool hit_it;
		int r;

		assert_non_null(tmp);
		put_files(tmp, rows[i].files);
		assert_true(file_write(tmp, "manifest", rows[i].text));
		r = convert(&rows[i], tmp, 0, &hit_it, &text);
		if (r != rows[i].result || !strstr(text, rows[i].want))
			fail_msg("row %zu: %d\n%s\nis not\n%s", i, r, text, rows[i].want);
		free(text);
		folder_remove(tmp);
	}
}

/* The files are not there, so that each is as short as one that says nothing. */
static void test_no_memory(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *tmp = folder_new();
		char *whole = NULL;
		bool hit_it = true;

		assert_non_null(tmp);
		assert_true(file_write(tmp, "manifest", rows[i].text));
		convert(&rows[i], tmp, 0, &hit_it, &whole);
		hit_it = true;
		for (long n = 1; hit_it; n++) {
			char *text = NULL;
			int r = convert(&rows[i], tmp, n, &hit_it, &text);

			if (r != REC_ENOMEM && r != rows[i].result)
				fail_msg("row %zu, allocation %ld: %d %s", i, n, r, text);
			if (r == REC_OK && strcmp(text, whole) != 0)
				fail_msg("row %zu, allocation %ld:\n%s\ninstead of\n%s", i, n, text, whole);
			free(text);
		}
		free(whole);
		folder_remove(tmp);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_sessions), cmocka_unit_test(test_no_memory)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
