/* SPDX-License-Identifier: MIT */
/* Goal: which remote files a manifest names, whatever its form, and why another is refused. The manifest itself lies at a URL here. */
#include "session/remotes.h"

#include "base/err.h"
#include "base/remote.h"
#include "base/source.h"
#include "tests/unit/capture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka needs the four above */
#include <cmocka.h>

/* what every URL holds */
static const char *content;

static ssize_t text_read(void *state, void *bytes, size_t n, int64_t at)
{
	size_t left = strlen(content) - (size_t)at;

	(void)state;
	n = n < left ? n : left;
	memcpy(bytes, content + at, n);
	return (ssize_t)n;
}

static void text_close(void *state)
{
	(void)state;
}

static int text_open(struct rec_source **source, const char *url)
{
	static const struct rec_source_ops ops = {text_read, text_close, NULL};

	return rec_source_new(source, url, &ops, NULL, (int64_t)strlen(content), true);
}

static const struct rec_remote_ops remote = {.open = text_open};

struct row {
	const char *path; /* of the manifest */
	const char *text;
	const char *want; /* kind location name, of each track; or what is said of it */
	struct rec_remotes_params params;
};

#define ANY                                                                                                            \
	{                                                                                                              \
		NULL, NULL, false, -1                                                                                  \
	}
#define URL              "https://h.example/rec/m.json?sig=1"
#define DAILY(members)   "{\"recording_id\":\"r\",\"tracks\":[{" members "}]}"
#define RECORD(members)  "{\"Records\":[{\"s3\":{" members "}}]}"
#define SESSION(members) "{\"participants\":[{\"name\":\"n\"," members "}]}"

static char *describe(const struct rec_remotes *remotes)
{
	struct rec_buf text = REC_BUF_INIT;

	for (size_t i = 0; i < remotes->n; i++) {
		const struct rec_remote_track *t = &remotes->tracks[i];
		const char *kind = !t->kind_known ? "?" : t->kind == REC_AUDIO ? "audio" : "video";

		rec_buf_printf(&text, "%s%s %s %s", i ? "; " : "", kind, t->location, t->name);
		if (t->size >= 0)
			rec_buf_printf(&text, " %lld", (long long)t->size);
		if (!t->selected)
			rec_buf_puts(&text, " left");
	}
	return rec_buf_steal(&text);
}

static const struct row understood[] = {
        {URL, DAILY("\"type\":\"audio\",\"s3Key\":\"a/b c.webm\",\"size\":7"), "audio s3://k/a/b c.webm b_c.webm 7",
                {"k", NULL, false, -1}},
        {URL, DAILY("\"type\":\"video\",\"s3_key\":\"v\"},{\"type\":\"audio\",\"s3key\":\"a\""),
                "video s3://k/v v left; audio s3://k/a a", {"k", "daily", false, REC_AUDIO}},
        {URL, DAILY("\"download_link\":\"https://h/x.mp4?q=1\""), "? https://h/x.mp4?q=1 x.mp4", ANY},
        {URL, DAILY("\"url\":\"https://h/x.mp4\"},{\"url\":\"https://g/x.mp4\""),
                "? https://h/x.mp4 x-2.mp4; ? https://g/x.mp4 x.mp4", ANY},
        {URL, DAILY("\"url\":\"https://g/x.mp4\"},{\"url\":\"https://h/x.mp4\"},{\"url\":\"https://i/X-2.mp4\""),
                "? https://g/x.mp4 x.mp4; ? https://h/x.mp4 x-3.mp4; ? https://i/X-2.mp4 X-2.mp4", ANY},
        {URL, RECORD("\"bucket\":{\"name\":\"b\"},\"object\":{\"key\":\"a+b%2Fc.ogg\",\"size\":3}"),
                "? s3://b/a b/c.ogg c.ogg 3", ANY},
        {URL, SESSION("\"audio_path\":\"x y.ogg\",\"video_path\":\"sub/v.webm\""),
                "audio https://h.example/rec/x%20y.ogg x_y.ogg; video https://h.example/rec/sub/v.webm v.webm", ANY},
        {URL, "{\"session_dir\":\"in/ner\",\"participants\":[{\"audio_path\":\"a.ogg\"}]}",
                "audio https://h.example/rec/in/ner/a.ogg a.ogg", ANY},
        {URL, "{\"session_dir\":\"/home/x\",\"participants\":[{\"audio_path\":\"a.ogg\"}]}",
                "audio https://h.example/rec/a.ogg a.ogg", ANY},
        {URL, "{\"session_dir\":\"s3://b/dir\",\"participants\":[{\"audio_path\":\"a b.ogg\"}]}",
                "audio s3://b/dir/a b.ogg a_b.ogg", ANY},
        {URL, SESSION("\"tracks\":[{\"kind\":\"video\",\"path\":\"v.mp4\"},{\"path\":null},{\"path\":\"\"}]"),
                "video https://h.example/rec/v.mp4 v.mp4", ANY},
        {URL, DAILY("\"s3Key\":\"x1000-u-cam-audio-1500\""), "? s3://k/x1000-u-cam-audio-1500 x1000-u-cam-audio-1500",
                {"k", NULL, false, -1}},
        {URL, DAILY("\"s3Key\":\"1500-u-cam-audio-1000\""), "? s3://k/1500-u-cam-audio-1000 1500-u-cam-audio-1000",
                {"k", NULL, false, -1}},
        {URL, DAILY("\"s3Key\":\"1000-cam-audio-1500\""), "? s3://k/1000-cam-audio-1500 1000-cam-audio-1500",
                {"k", NULL, false, -1}},
        {URL, DAILY("\"s3Key\":\"1000u-cam-audio-1500\""), "? s3://k/1000u-cam-audio-1500 1000u-cam-audio-1500",
                {"k", NULL, false, -1}},
        {URL, DAILY("\"s3Key\":\"1000-u-cam-audio-1500x\""), "? s3://k/1000-u-cam-audio-1500x 1000-u-cam-audio-1500x",
                {"k", NULL, false, -1}},
        {URL, DAILY("\"s3Key\":\"1000-u-cam-audio-\""), "? s3://k/1000-u-cam-audio- 1000-u-cam-audio-",
                {"k", NULL, false, -1}},
        {URL, DAILY("\"s3Key\":\"1000000000000000000-u-cam-audio-1500\""),
                "? s3://k/1000000000000000000-u-cam-audio-1500 1000000000000000000-u-cam-audio-1500",
                {"k", NULL, false, -1}},
        {URL, DAILY("\"s3Key\":\"1000-u-screen-audio-1500.ogg\""),
                "audio s3://k/1000-u-screen-audio-1500.ogg 1000-u-screen-audio-1500.ogg", {"k", NULL, false, -1}},
        {URL, DAILY("\"url\":\"https://h/\"},{\"url\":\"https://h/a/session.json\"},{\"url\":\"https://h/.x\""),
                "? https://h/ track; ? https://h/a/session.json track-2; ? https://h/.x _x", ANY},
        {URL,
                DAILY("\"url\":\"https://h/x\"},{\"url\":\"https://g/X\"},{\"url\":\"https://g/"
                      ".y\"},{\"url\":\"https://h/.y\""),
                "? https://h/x x-2; ? https://g/X X; ? https://g/.y _y; ? https://h/.y _y-2", ANY},
        {URL, DAILY("\"type\":\"text\",\"url\":\"https://h/x\",\"size\":null"), "? https://h/x x",
                {NULL, NULL, false, REC_VIDEO}},
        {URL, "{\"session_dir\":\"in/../../x\",\"participants\":[{\"audio_path\":\"..a/b..\"}]}",
                "audio https://h.example/rec/..a/b.. b..", ANY},
        {URL, "{\"session_dir\":\".\",\"participants\":[{\"tracks\":[{\"kind\":7,\"path\":\"a.ogg\"}]}]}",
                "? https://h.example/rec/a.ogg a.ogg", ANY},
        {"http://h/m.json", SESSION("\"audio_path\":\"http://h/a.ogg\""), "audio http://h/a.ogg a.ogg",
                {NULL, NULL, true, -1}},
};

static void test_understood(void **state)
{
	(void)state;

	for (size_t i = 0; i < sizeof(understood) / sizeof(understood[0]); i++) {
		struct rec_remotes *remotes = NULL;

		content = understood[i].text;
		int r = rec_remotes_load(&remotes, understood[i].path, &understood[i].params);
		if (r != REC_OK)
			fail_msg("row %zu: %d", i, r);
		char *said = describe(remotes);
		if (strcmp(said, understood[i].want) != 0)
			fail_msg("row %zu: '%s', not '%s'", i, said, understood[i].want);
		free(said);
		rec_remotes_free(&remotes);
		assert_null(remotes);
	}
}

static const struct row refused[] = {
        {URL, "{", "line 1", ANY},
        {URL, "[]", "names remote files", ANY},
        {URL, "{\"x\":1}", "names remote files", ANY},
        {URL, "{\"x\":1}", "not of the form daily", {NULL, "daily", false, -1}},
        {URL, "{}", "unknown format 'zoom'", {NULL, "zoom", false, -1}},
        {URL, "{\"test\":\"test\"}", "the ping", ANY},
        {URL, "{\"recording_id\":\"r\",\"tracks\":null}", "is null", ANY},
        {URL, "{\"recording_id\":\"r\"}", "tracks is missing", ANY},
        {URL, "{\"recording_id\":\"r\",\"tracks\":[]}", "is empty", ANY},
        {URL, "{\"tracks\":[1]}", "tracks[0] is no object", ANY},
        {URL, DAILY("\"type\":\"audio\""), "tracks[0] has no s3Key", ANY},
        {URL, DAILY("\"url\":\"ftp://h/a\""), "a link that is no URL", ANY},
        {URL, DAILY("\"s3Key\":\"a\""), "without a bucket", ANY},
        {URL, DAILY("\"s3Key\":\"a\",\"size\":-1"), "tracks[0]", {"k", NULL, false, -1}},
        {URL, DAILY("\"s3Key\":\"a\",\"size\":\"many\""), "tracks[0]", {"k", NULL, false, -1}},
        {URL, DAILY("\"url\":\"http://h/a\""), "--allow-insecure", ANY},
        {URL, "{\"Records\":[]}", "Records is empty", ANY},
        {URL, RECORD("\"object\":{\"key\":\"a\"}"), "has no bucket.name", ANY},
        {URL, RECORD("\"bucket\":{\"name\":\"b\"},\"object\":{\"key\":\"a%zz\"}"), "not URL-encoded", ANY},
        {URL, SESSION("\"audio_path\":7"), "participants[0].audio_path is no string", ANY},
        {URL, SESSION("\"audio_path\":\"../a\""), "leads out", ANY},
        {URL, SESSION("\"audio_path\":\"/etc/passwd\""), "leads out", ANY},
        {URL, "{\"tracks\":[1,2]}", "tracks[0] is no object", ANY},
        {URL, DAILY("\"s3Key\":7"), "tracks[0] has no s3Key", ANY},
        {URL, DAILY("\"s3Key\":\"\""), "tracks[0] has no s3Key", ANY},
        {URL, DAILY("\"s3Key\":\"a\""), "without a bucket", {"", NULL, false, -1}},
        {URL, DAILY("\"s3Key\":\"a\",\"size\":1e16"), "a size that is none", {"k", NULL, false, -1}},
        {URL, "[1]", "not of the form daily", {NULL, "daily", false, -1}},
        {URL, "{\"Records\":[{},{}]}", "Records[0].s3 has no bucket.name", ANY},
        {URL, RECORD("\"bucket\":{\"name\":\"b\"},\"object\":{\"key\":7}"), "or no object.key", ANY},
        {URL, RECORD("\"bucket\":{\"name\":\"b\"},\"object\":{\"key\":\"\"}"), "or no object.key", ANY},
        {URL, RECORD("\"bucket\":{\"name\":7},\"object\":{\"key\":\"a\"}"), "has no bucket.name", ANY},
        {URL, RECORD("\"bucket\":{\"name\":\"\"},\"object\":{\"key\":\"a\"}"), "has no bucket.name", ANY},
        {URL, RECORD("\"bucket\":{\"name\":\"b\"},\"object\":{\"key\":\"a\",\"size\":-1}"), "a size that is none", ANY},
        {URL, SESSION("\"audio_path\":\"a/../b\""), "leads out", ANY},
        {URL, SESSION("\"audio_path\":\"a/..\""), "leads out", ANY},
        {URL, "{\"participants\":[{\"audio_path\":7},{\"audio_path\":8}]}", "participants[0].audio_path is no string",
                ANY},
        {URL, SESSION("\"audio_path\":null"), "it names no files", ANY},
};

static void test_refused(void **state)
{
	(void)state;

	unsetenv("S3_BUCKET");
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct rec_remotes *remotes = NULL;
		struct capture capture;

		content = refused[i].text;
		capture_begin(&capture, STDERR_FILENO);
		int r = rec_remotes_load(&remotes, refused[i].path, &refused[i].params);
		capture_end(&capture);
		if ((r != REC_EINPUT && r != REC_EUSAGE) || remotes || !strstr(capture.text, refused[i].want))
			fail_msg("row %zu: %d '%s' does not say '%s'", i, r, capture.text, refused[i].want);
		if (strstr(capture.text, "sig=1"))
			fail_msg("row %zu tells the query", i);
	}
}

/* a local manifest has no neighbours that could be fetched */
static void test_local(void **state)
{
	const struct rec_remotes_params params = ANY;
	struct rec_remotes *remotes = NULL;
	struct capture capture;
	char *tmp = folder_new();
	char path[4096];
	(void)state;

	assert_non_null(tmp);
	assert_true(file_write(tmp, "session.json", SESSION("\"audio_path\":\"a.ogg\"")));
	snprintf(path, sizeof(path), "%s/session.json", tmp);
	capture_begin(&capture, STDERR_FILENO);
	assert_int_equal(rec_remotes_load(&remotes, path, &params), REC_EINPUT);
	capture_end(&capture);
	assert_non_null(strstr(capture.text, "there is nothing to fetch"));
	folder_remove(tmp);
}

/* the tracks of one person more than are fetched at once */
static void test_too_many(void **state)
{
	struct rec_buf text = REC_BUF_INIT;
	struct rec_remotes *remotes = NULL;
	struct capture capture;
	(void)state;

	rec_buf_puts(&text, "{\"recording_id\":\"r\",\"tracks\":[");
	for (int i = 0; i <= 10000; i++)
		rec_buf_printf(&text, "%s{\"s3Key\":\"%d\"}", i ? "," : "", i);
	rec_buf_puts(&text, "]}");
	assert_false(text.failed);
	content = text.data;
	capture_begin(&capture, STDERR_FILENO);
	int r = rec_remotes_load(&remotes, URL, &(struct rec_remotes_params){"k", NULL, false, -1});
	capture_end(&capture);
	rec_buf_free(&text);
	assert_int_equal(r, REC_EINPUT);
	assert_null(remotes);
	assert_non_null(strstr(capture.text, "tracks[10000] is one too many: at most 10000 tracks"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_understood), cmocka_unit_test(test_refused),
	        cmocka_unit_test(test_local), cmocka_unit_test(test_too_many)};

	rec_remote_install(&remote);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
