/* SPDX-License-Identifier: MIT */
/* Goal: what lies in a folder decides what it means, and a manifest's locations are found in it by their last part, never outside of it. */
#include "base/err.h"
#include "tests/unit/capture.h"
#include "tests/unit/dump.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka needs the four above */
#include <cmocka.h>

struct file {
	const char *name; /* with a / at its end: a folder; with a |: a pipe; NULL: no more */
	const char *text;
};

struct row {
	const char *from; /* NULL: told from the content */
	const char *path; /* below the folder; NULL: the folder itself */
	struct file files[5];
	const char *said; /* why it is refused; NULL: it is not */
	const char *want; /* the session's dump */
};

#define PLAIN "{\"participants\":[{\"name\":\"n\",\"join_time_s\":0,\"leave_time_s\":1}]}"
#define DAILY "{\"recording_id\":\"r\",\"tracks\":[{\"type\":\"audio\",\"s3Key\":\"1000-u-cam-audio-1500\"}]}"
#define EVENTS                                                                                                         \
	"{\"events\":[{\"ts\":1.5,\"type\":\"recording-media-started\",\"participant_id\":\"u\",\"data\":{\"uri\":"    \
	"\"1000-u-cam-audio-1500\"}}]}"
#define ONE(location)                                                                                                  \
	"{\"files\":[{\"streamId\":\"s\",\"filename\":\"" location                                                     \
	"\",\"startTimeOffset\":0,\"stopTimeOffset\":5000,\"hasAudio\":true,\"hasVideo\":false}]}"

static void put_files(const char *tmp, const struct file *files)
{
	for (size_t i = 0; i < 5 && files[i].name; i++) {
		char path[4096];
		size_t n = strlen(files[i].name) - 1;

		snprintf(path, sizeof(path), "%s/%.*s", tmp, (int)n, files[i].name);
		if (files[i].name[n] == '/')
			assert_int_equal(mkdir(path, 0700), 0);
		else if (files[i].name[n] == '|')
			assert_int_equal(mkfifo(path, 0600), 0);
		else
			assert_true(file_write(tmp, files[i].name, files[i].text));
	}
}

static const struct row folders[] = {
        {NULL, NULL, {{"take1-5x.webm", ""}, {"take1-6x.webm", ""}, {"take1-10x.webm", ""}}, NULL,
                "recording ?-?\n v? 0-? take1-5x.webm\n a? 0-? take1-5x.webm\n v? 0-? take1-6x.webm\n a? 0-? "
                "take1-6x.webm\n v? 0-? take1-10x.webm\n a? 0-? take1-10x.webm\n"},
        {NULL, NULL, {{"7.webm", ""}, {"007.WEBM", ""}}, "there is no manifest in it", NULL},
        {NULL, NULL, {{"00.webm", ""}, {"1.webm", ""}, {"0.webm", ""}}, NULL,
                "recording ?-?\n v? 0-? 0.webm\n a? 0-? 0.webm\n v? 0-? 00.webm\n a? 0-? 00.webm\n v? 0-? "
                "1.webm\n a? 0-? 1.webm\n"},
        {NULL, NULL, {{"a1.webm", ""}, {"b2.webm", ""}}, "there is no manifest in it", NULL},
        {NULL, NULL, {{"a.webm", ""}}, NULL, "recording ?-?\n v? 0-? a.webm\n a? 0-? a.webm\n"},
        {NULL, NULL, {{"a1.webm", ""}, {"a.webm", ""}}, "there is no manifest in it", NULL},
        {NULL, NULL, {{"a1.webm", ""}, {"a2.mp4", ""}}, "there is no manifest in it", NULL},
        {NULL, NULL, {{"a1b.webm", ""}, {"a2c.webm", ""}}, "there is no manifest in it", NULL},
        {NULL, NULL, {{"ab1.webm", ""}, {"abc1.webm", ""}}, "there is no manifest in it", NULL},
        {"segments", NULL, {{"a.webm", ""}, {"b.webm", ""}}, "not the numbered segments of one recording", NULL},
        {"segments", "m.json", {{"a1.webm", ""}, {"a2.webm", ""}, {"m.json", PLAIN}}, NULL,
                "recording ?-?\n v? 0-? a1.webm\n a? 0-? a1.webm\n v? 0-? a2.webm\n a? 0-? a2.webm\n"},
        {"daily-folder", "m.json", {{"1000-u-cam-audio-1500.webm", ""}, {"m.json", PLAIN}}, NULL,
                "u ?-?\n a 0.5-? 1000-u-cam-audio-150\n"},
        {NULL, "pics", {{"pics/", NULL}, {"pics/1.png", ""}, {"pics/22.png", ""}, {"pics/notes.txt", ""}}, NULL,
                "pics ?-?\n v 0-? pics\n"},
        {NULL, NULL, {{"1.png", ""}, {"notes.txt", ""}}, "there is no manifest in it", NULL},
        {NULL, NULL, {{".png", ""}, {"1234567890123456789.png", ""}, {"7.jpg", ""}, {"x.png", ""}},
                "there is no manifest in it", NULL},
        {NULL, NULL, {{"p.json|", NULL}, {"m.json", PLAIN}}, NULL, "n 0-1\n"},
        {NULL, NULL, {{"sub.json/", NULL}, {".hidden.json", PLAIN}}, "there is no manifest in it", NULL},
        {NULL, NULL, {{"e.json", EVENTS}, {"f.json", EVENTS}, {"a1.webm", ""}}, NULL,
                "u ?-?\n a 0.5-? 1000-u-cam-audio-150\n"},
        {NULL, NULL, {{"e.json", EVENTS}, {"m.json", DAILY}}, NULL, "u ?-?\n a 0.5-? 1000-u-cam-audio-150\n"},
        {"opentok", NULL, {{"a.json", PLAIN}, {"m.json", ONE("f.ogg")}}, NULL, "s 0-5\n a 0-5 f.ogg\n"},
        {"daily-events", NULL, {{"e.json", EVENTS}}, NULL, "u ?-?\n a 0.5-? 1000-u-cam-audio-150\n"},
        {"daily-events", NULL, {{"e.json", EVENTS}, {"f.json", EVENTS}}, "two manifests", NULL},
        {NULL, "m.json", {{"m.json", ONE("..")}}, "leads out", NULL},
        {NULL, "m.json", {{"m.json", ONE("sub/")}}, NULL, "s 0-5\n a 0-5 \n"},
        {NULL, "m.json", {{"m.json", ONE("https://h/x/f.ogg?sig=/1#a")}, {"f.ogg", ""}}, NULL, "s 0-5\n a 0-5 f.ogg\n"},
        {NULL, "m.json", {{"m.json", ONE("https://h/x/f")}, {"f.mkv", ""}}, NULL, "s 0-5\n a 0-5 f.mkv\n"},
        {NULL, "m.json", {{"m.json", ONE("https://h/x/none.ogg")}}, "is a URL", NULL},
        {NULL, "m.json", {{"m.json", ONE("file:///rec/f.ogg")}, {"f.ogg", ""}}, NULL, "s 0-5\n a 0-5 f.ogg\n"},
        {NULL, "m.json", {{"m.json", ONE("file:///rec/none.ogg")}}, NULL, "s 0-5\n a 0-5 none.ogg\n"},
        {NULL, "m.json", {{"m.json", ONE("/rec/f.ogg")}, {"f.ogg", ""}}, NULL, "s 0-5\n a 0-5 f.ogg\n"},
        {NULL, "m.json", {{"m.json", ONE("/rec/none.ogg")}}, NULL, "s 0-5\n a 0-5 none.ogg\n"},
        {NULL, "m.json", {{"m.json", ONE("sub/f.ogg")}, {"f.ogg", ""}}, NULL, "s 0-5\n a 0-5 f.ogg\n"},
        {NULL, "m.json", {{"m.json", ONE("sub/none.ogg")}}, NULL, "s 0-5\n a 0-5 none.ogg\n"},
        {NULL, "m.json", {{"m.json", ONE("../f.ogg")}, {"f.ogg", ""}}, "leads out", NULL}};

static void test_folders(void **state)
{
	(void)state;

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		struct rec_session_params params = REC_SESSION_PARAMS;
		struct rec_session *s = NULL;
		struct capture capture;
		char *tmp = folder_new();
		char path[4096];
		char *text;
		int r;

		assert_non_null(tmp);
		put_files(tmp, folders[i].files);
		snprintf(path, sizeof(path), "%s/%s", tmp, folders[i].path ? folders[i].path : "");
		params.from = folders[i].from;
		capture_begin(&capture, STDERR_FILENO);
		r = rec_session_load(&s, path, &params);
		capture_end(&capture);
		assert_true((r == REC_OK) == (s != NULL));
		text = s ? dump(s) : strdup(capture.text);
		if (folders[i].said ? r != REC_EINPUT || !strstr(text, folders[i].said)
		                    : r != REC_OK || strcmp(text, folders[i].want) != 0)
			fail_msg("row %zu: %d\n%s\ninstead of\n%s", i, r, text,
			        folders[i].said ? folders[i].said : folders[i].want);
		free(text);
		rec_session_free(&s);
		folder_remove(tmp);
	}
}

/* a format that is asked for, and nothing there that could be of it */
static void test_empty(void **state)
{
	char names[1024];
	char *rest = names;
	char *tmp = folder_new();
	(void)state;

	assert_non_null(tmp);
	assert_true(file_write(tmp, "notes.txt", "x"));
	snprintf(names, sizeof(names), "%s", rec_session_formats());
	for (char *name = strtok_r(names, ", ", &rest); name; name = strtok_r(NULL, ", ", &rest)) {
		struct rec_session_params params = REC_SESSION_PARAMS;
		struct rec_session *s = NULL;
		struct capture capture;
		int r;

		params.from = name;
		capture_begin(&capture, STDERR_FILENO);
		r = rec_session_load(&s, tmp, &params);
		capture_end(&capture);
		if (strcmp(name, "png-folder") == 0) { /* the files themselves tell whether there are any */
			assert_int_equal(r, REC_OK);
			rec_session_free(&s);
		} else if (r != REC_EINPUT || s || !strstr(capture.text, tmp)) {
			fail_msg("%s: %d %s", name, r, capture.text);
		}
	}
	folder_remove(tmp);
}

/* a bare name means a file here, or else the recording of that name; a folder here only if there is no such recording */
static void test_recordings(void **state)
{
	static const struct {
		const char *name;
		const char *id; /* NULL: there is none */
	} rows[] = {{"there", "there"}, {"both", "both"}, {"here", "of the folder here"}, {"file.json", "of the file"},
	        {"neither", NULL}, {"", NULL}, {".", "of the file"}, {"..", NULL}, {"./there", NULL}};
	char *tmp = folder_new();
	char *before = realpath(".", NULL);
	(void)state;

	assert_non_null(tmp);
	put_files(tmp,
	        (const struct file[5]){{"recordings/", NULL}, {"recordings/there/", NULL}, {"recordings/both/", NULL},
	                {"recordings/there/session.json", PLAIN}, {"recordings/both/session.json", PLAIN}});
	put_files(tmp,
	        (const struct file[5]){{"work/", NULL}, {"work/both/", NULL}, {"work/here/", NULL},
	                {"work/here/session.json",
	                        "{\"session_id\":\"of the folder here\",\"participants\":[{\"name\":\"n\","
	                        "\"join_time_s\":0,\"leave_time_s\":1}]}"},
	                {"work/file.json",
	                        "{\"session_id\":\"of the file\",\"participants\":[{\"name\":\"n\",\"join_time_s\":0,"
	                        "\"leave_time_s\":1}]}"}});
	assert_int_equal(chdir(tmp), 0);
	assert_int_equal(chdir("work"), 0);
	setenv("RECORDINGS_DIR", "../recordings", 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rec_session *s = NULL;
		struct capture capture;
		int r;

		capture_begin(&capture, STDERR_FILENO);
		r = rec_session_load(&s, rows[i].name, NULL);
		capture_end(&capture);
		if (rows[i].id ? r != REC_OK || strcmp(s->id, rows[i].id) != 0 : r != REC_EINPUT)
			fail_msg("'%s': %d %s %s", rows[i].name, r, s ? s->id : "", capture.text);
		rec_session_free(&s);
	}
	setenv("RECORDINGS_DIR", "", 1);
	struct rec_session *s = NULL;
	struct capture capture;
	capture_begin(&capture, STDERR_FILENO);
	assert_int_equal(rec_session_load(&s, "there", NULL), REC_EINPUT);
	capture_end(&capture);
	unsetenv("RECORDINGS_DIR");
	assert_int_equal(chdir(before), 0);
	free(before);
	folder_remove(tmp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_folders), cmocka_unit_test(test_empty), cmocka_unit_test(test_recordings)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
