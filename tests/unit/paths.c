/* SPDX-License-Identifier: MIT */
/* Goal: no location leaves the manifest's folder, by whatever road, and the honest ones are found. */
#include "session/paths.h"

#include "base/err.h"
#include "tests/unit/tmp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka needs the four above */
#include <cmocka.h>

static void make_folder(const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", tmp, name);
	if (mkdir(path, 0700) < 0)
		abort();
}

static void make_link(const char *target, const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", tmp, name);
	if (symlink(target, path) < 0)
		abort();
}

/*
 * TMP/in/session.json, in/a.webm, in/sub/b.webm, in/pngs/; TMP/in-too/c.webm, TMP/out/secret.wav; links in in/: inside -> a.webm,
 * leak -> ../out/secret.wav, leakdir -> ../out, loop -> loop, dangling -> ../out/nothing, back -> ../in
 */
static int setup(void **state)
{
	static const char *const files[] = {"in/session.json", "in/a.webm", "in/sub/b.webm", "in/new\nline'\"%s.wav",
	        "in-too/c.webm", "out/secret.wav"};

	if (tmp_make(state) < 0)
		return -1;
	make_folder("in");
	make_folder("in/sub");
	make_folder("in/pngs");
	make_folder("in-too");
	make_folder("out");
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (!file_write(tmp, files[i], "x"))
			return -1;
	}
	make_link("a.webm", "in/inside");
	make_link("../out/secret.wav", "in/leak");
	make_link("../out", "in/leakdir");
	make_link("loop", "in/loop");
	make_link("../out/nothing", "in/dangling");
	make_link("../in", "in/back");
	return 0;
}

/* @ stands for TMP; the buffer is the caller's */
static const char *expand(const char *text, char out[4096])
{
	if (!text || text[0] != '@')
		return text;
	snprintf(out, 4096, "%s%s", tmp, text + 1);
	return out;
}

static int open_in(struct rec_paths *paths, const char *session_dir, bool allow_outside)
{
	static char manifest[4096];
	char dir[4096];

	return rec_paths_open(paths, expand("@/in/session.json", manifest), expand(session_dir, dir), allow_outside);
}

static void test_session_dir(void **state)
{
	static const struct {
		const char *session_dir;
		bool allow_outside;
		const char *dir; /* NULL: refused */
	} rows[] = {
	        {NULL, false, "@/in"},
	        {"", false, "@/in"},
	        {".", false, "@/in"},
	        {"sub", false, "@/in/sub"},
	        {"sub/..", false, "@/in"},
	        {"@/in", false, "@/in"},
	        {"@/in/sub/", false, "@/in/sub"},
	        {"back/sub", false, "@/in/sub"},
	        {"/was/here/once", false, "@/in"},
	        {"missing", false, "@/in"},
	        {"../missing", false, "@/in"},
	        {"loop", false, "@/in"},
	        {"..", false, NULL},
	        {"..", true, "@"},
	        {"../in-too", false, NULL},
	        {"@/out", false, NULL},
	        {"@/out", true, "@/out"},
	        {"leakdir", false, NULL},
	        {"leakdir", true, "@/out"},
	        {"/", false, NULL},
	        {"a.webm", false, NULL},
	        {"s3://bucket/prefix", true, NULL},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rec_paths paths;
		struct capture capture;
		char dir[4096];
		int r;

		capture_begin(&capture, STDERR_FILENO);
		r = open_in(&paths, rows[i].session_dir, rows[i].allow_outside);
		capture_end(&capture);
		if (!rows[i].dir) {
			if (r != REC_EINPUT || !strstr(capture.text, "session_dir"))
				fail_msg("row %zu: %d %s", i, r, capture.text);
			continue;
		}
		if (r != REC_OK || strcmp(paths.dir, expand(rows[i].dir, dir)) != 0)
			fail_msg("row %zu: %d %s", i, r, r == REC_OK ? paths.dir : capture.text);
		rec_paths_close(&paths);
	}
}

struct location {
	const char *session_dir;
	bool allow_outside;
	const char *location;
	const char *path; /* NULL: refused */
};

static const struct location honest[] = {
        {NULL, false, "a.webm", "@/in/a.webm"},
        {NULL, false, "./sub//b.webm", "@/in/sub/b.webm"},
        {NULL, false, "sub/../a.webm", "@/in/a.webm"},
        {NULL, false, "pngs", "@/in/pngs"},
        {NULL, false, "pngs/", "@/in/pngs"},
        {NULL, false, "@/in/a.webm", "@/in/a.webm"},
        {NULL, false, "inside", "@/in/a.webm"},
        {NULL, false, "back/sub/b.webm", "@/in/sub/b.webm"},
        {NULL, false, "new\nline'\"%s.wav", "@/in/new\nline'\"%s.wav"},
        {NULL, false, "not there yet.wav", "@/in/not there yet.wav"},
        {NULL, false, "no/such/folder/x.wav", "@/in/no/such/folder/x.wav"},
        {NULL, false, "back/back/x.wav", "@/in/x.wav"},
        {NULL, false, "a..b/..c", "@/in/a..b/..c"},
        {NULL, false, "a:b", "@/in/a:b"},
        {NULL, false, "../in/a.webm", "@/in/a.webm"},
        {"sub", false, "b.webm", "@/in/sub/b.webm"},
        {"sub", false, "../a.webm", "@/in/a.webm"},
        {"/was/here/once", false, "a.webm", "@/in/a.webm"},
        {"/was/here/once", false, "/was/here/once/sub/b.webm", "@/in/sub/b.webm"},
        {"/was/here/once/", false, "/was/here/once//a.webm", "@/in/a.webm"},
        {"@/out", true, "secret.wav", "@/out/secret.wav"},
        {"@/out", true, "@/in/a.webm", "@/in/a.webm"},
        {"@/out", true, "../in-too/c.webm", "@/in-too/c.webm"},
        {NULL, true, "leak", "@/out/secret.wav"},
        {NULL, false, "@/in", "@/in"},
};

static const struct location roads_out[] = {
        {NULL, false, "..", NULL},
        {NULL, false, "../out/secret.wav", NULL},
        {NULL, false, "sub/../../out/secret.wav", NULL},
        {NULL, false, "../in-too/c.webm", NULL},
        {NULL, false, "@/in-too/c.webm", NULL},
        {NULL, false, "@", NULL},
        {NULL, false, "/etc/passwd", NULL},
        {NULL, false, "/no/such/file", NULL},
        {NULL, false, "../nothing", NULL},
        {NULL, false, "nothing/../../out/secret.wav", NULL},
        {NULL, false, "nothing/..", NULL},
        {NULL, false, "leak", NULL},
        {NULL, false, "leakdir/secret.wav", NULL},
        {NULL, false, "leakdir/nothing", NULL},
        {NULL, false, "back/../out/secret.wav", NULL},
        {NULL, false, "dangling", NULL},
        {NULL, false, "dangling/x", NULL},
        {NULL, false, "loop", NULL},
        {NULL, false, "/proc/self/root/etc/passwd", NULL},
        {"/was/here/once", false, "/was/here/once/../../../etc/passwd", NULL},
        {"/was/here/once", false, "/was/here/once/leak", NULL},
        {"/was/here/once", false, "/was/here/onces/a.webm", NULL},
        {"/was/here/once", false, "/was/here/a.webm", NULL},
        {NULL, true, "loop/x", NULL},
        {NULL, true, "https://example.org/a.webm", NULL},
        {NULL, true, "HTTP://example.org/a.webm", NULL},
        {NULL, true, "s3://bucket/key", NULL},
        {NULL, true, "file:///etc/passwd", NULL},
        {NULL, true, "", NULL},
};

static void locate(const struct location *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct rec_paths paths;
		struct capture capture;
		char location[4096];
		char want[4096];
		char *path = NULL;
		int r;

		assert_int_equal(open_in(&paths, rows[i].session_dir, rows[i].allow_outside), REC_OK);
		capture_begin(&capture, STDERR_FILENO);
		r = rec_paths_resolve(&paths, "participants[7].audio_path", expand(rows[i].location, location), &path);
		capture_end(&capture);
		if (!rows[i].path && (r != REC_EINPUT || path || !strstr(capture.text, "participants[7].audio_path")))
			fail_msg("row %zu: %d %s %s", i, r, path ? path : "", capture.text);
		if (rows[i].path && (r != REC_OK || strcmp(path, expand(rows[i].path, want)) != 0))
			fail_msg("row %zu: %d %s", i, r, r == REC_OK ? path : capture.text);
		free(path);
		rec_paths_close(&paths);
	}
}

static void test_locations(void **state)
{
	(void)state;
	locate(honest, sizeof(honest) / sizeof(*honest));
}

static void test_roads_out(void **state)
{
	(void)state;
	locate(roads_out, sizeof(roads_out) / sizeof(*roads_out));
}

/* of a manifest that is a URL, locations are its neighbours */
static void test_remote(void **state)
{
	static const struct {
		const char *manifest;
		const char *session_dir;
		const char *location;
		const char *path; /* NULL: refused */
		const char *said;
	} rows[] = {
	        {"https://h/r/m.json?sig=1", NULL, "a b.ogg", "https://h/r/a%20b.ogg", NULL},
	        {"https://h/r/m.json", ".", "sub/a.ogg", "https://h/r/sub/a.ogg", NULL},
	        {"https://h/r/m.json", "in", "a.ogg", "https://h/r/in/a.ogg", NULL},
	        {"https://h/r/m.json", "in/", "a.ogg", "https://h/r/in/a.ogg", NULL},
	        {"https://h/r/m.json", "/was/here", "a.ogg", "https://h/r/a.ogg", NULL},
	        {"S3://b/r/m.json", "in", "a b#.ogg", "S3://b/r/in/a b#.ogg", NULL},
	        {"https://h/r/m.json", NULL, "https://g/x.ogg", "https://g/x.ogg", NULL},
	        {"https://h/r/m.json", NULL, "http://g/x.ogg", NULL, "--allow-insecure"},
	        {"https://h/r/m.json", NULL, "abcdefghijabcdefghijabcdefghijab://x", NULL, "a kind that is not known"},
	        {"https://h/r/m.json", NULL, "abcdefghijabcdefghijabcdefghijabc://x",
	                "https://h/r/abcdefghijabcdefghijabcdefghijabc%3A//x", NULL},
	        {"https://h/r/m.json", "https://g/", "a", NULL, "session_dir 'https://g/' is a URL"},
	        {"https://h/r/m.json", "in/../..", "a", NULL, "session_dir 'in/../..' is outside"},
	        {"https://h/r/m.json", NULL, "/a.ogg", NULL, "leads out"},
	        {"https://h/r/m.json", NULL, "x/../a.ogg", NULL, "leads out"},
	        {"https://h/r/m.json", NULL, "", NULL, "is empty"},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rec_paths paths;
		struct capture capture;
		char *path = NULL;
		int r;

		capture_begin(&capture, STDERR_FILENO);
		r = rec_paths_open(&paths, rows[i].manifest, rows[i].session_dir, false);
		paths.allow_remote = true;
		if (r == REC_OK)
			r = rec_paths_resolve(&paths, "e", rows[i].location, &path);
		capture_end(&capture);
		if (rows[i].path ? r != REC_OK || strcmp(path, rows[i].path) != 0
		                 : r != REC_EINPUT || path || !strstr(capture.text, rows[i].said))
			fail_msg("row %zu: %d %s %s", i, r, path ? path : "", capture.text);
		free(path);
		rec_paths_close(&paths);
	}
}

/* the root of the file system is a folder like others, and so is what lies directly in it */
static void test_root(void **state)
{
	struct rec_paths paths;
	struct capture capture;
	char *path = NULL;
	(void)state;

	assert_int_equal(rec_paths_open(&paths, "/", NULL, false), REC_OK);
	assert_string_equal(paths.root, "/");
	assert_int_equal(rec_paths_resolve(&paths, "e", "no such folder/x", &path), REC_OK);
	assert_string_equal(path, "/no such folder/x");
	free(path);
	rec_paths_close(&paths);
	assert_int_equal(rec_paths_open(&paths, "/no such manifest", "//", true), REC_OK);
	assert_string_equal(paths.dir, "/");
	rec_paths_close(&paths);
	assert_int_equal(open_in(&paths, NULL, false), REC_OK);
	capture_begin(&capture, STDERR_FILENO);
	paths.anywhere = true;
	assert_int_equal(rec_paths_resolve(&paths, "e", "/dev/null", &path), REC_EINPUT);
	capture_end(&capture);
	assert_non_null(strstr(capture.text, "is a pipe, a socket or a device"));
	rec_paths_close(&paths);
}

/* a message must not carry what a URL may hold, nor a location cost more than a path may */
static void test_messages_and_length(void **state)
{
	struct rec_paths paths;
	struct capture capture;
	char *path = NULL;
	char longest[5001];
	(void)state;

	assert_int_equal(open_in(&paths, NULL, false), REC_OK);
	capture_begin(&capture, STDERR_FILENO);
	assert_int_equal(rec_paths_resolve(&paths, "e", "https://u:secret@h/k?X-Amz-Signature=1", &path), REC_EINPUT);
	capture_end(&capture);
	assert_non_null(strstr(capture.text, "https://..."));
	assert_null(strstr(capture.text, "secret"));
	assert_null(strstr(capture.text, "Amz"));
	for (size_t i = 0; i < sizeof(longest) - 1; i++)
		longest[i] = i % 2 ? '/' : 'a';
	longest[5000] = '\0';
	capture_begin(&capture, STDERR_FILENO);
	assert_int_equal(rec_paths_resolve(&paths, "e", longest, &path), REC_EINPUT);
	capture_end(&capture);
	assert_non_null(strstr(capture.text, "longer than 4096 bytes"));
	longest[4000] = '\0'; /* 2000 folders that are not there */
	assert_int_equal(rec_paths_resolve(&paths, "e", longest, &path), REC_OK);
	free(path);
	rec_paths_close(&paths);
}

/* the folder of a pipe means nothing: locations start from the current one */
static void test_folder_of_a_pipe(void **state)
{
	struct rec_paths paths;
	char *here = realpath(".", NULL);
	char name[64];
	int ends[2];
	(void)state;

	assert_int_equal(pipe(ends), 0);
	snprintf(name, sizeof(name), "/dev/fd/%d", ends[0]);
	assert_int_equal(rec_paths_open(&paths, name, NULL, false), REC_OK);
	assert_string_equal(paths.root, here);
	rec_paths_close(&paths);
	assert_int_equal(rec_paths_open(&paths, "-", NULL, false), REC_OK);
	assert_string_equal(paths.root, here);
	rec_paths_close(&paths);
	close(ends[0]);
	close(ends[1]);
	free(here);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_session_dir),
	        cmocka_unit_test(test_locations),
	        cmocka_unit_test(test_roads_out),
	        cmocka_unit_test(test_remote),
	        cmocka_unit_test(test_root),
	        cmocka_unit_test(test_messages_and_length),
	        cmocka_unit_test(test_folder_of_a_pipe),
	};
	return cmocka_run_group_tests(tests, setup, tmp_remove);
}
