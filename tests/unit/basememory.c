/* SPDX-License-Identifier: MIT */
/* Goal: without memory lib/base says REC_ENOMEM, keeps nothing and leaves no file; with it the same call goes well. */
#include "base/envfile.h"
#include "base/err.h"
#include "base/log.h"
#include "base/opt.h"
#include "base/opt_parts.h"
#include "base/out.h"
#include "base/progress.h"
#include "base/reach.h"
#include "base/source.h"
#include "tests/unit/capture.h"
#include "tests/unit/failing.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct {
	char *folder;
	char *path;
	char *env;
} rig;

/* open descriptors of this process */
static int descriptors(void)
{
	DIR *list = opendir("/proc/self/fd");
	int n = 0;

	assert_non_null(list);
	while (readdir(list))
		n++;
	closedir(list);
	return n;
}

static int names(void)
{
	DIR *list = opendir(rig.folder);
	int n = -2;

	assert_non_null(list);
	while (readdir(list))
		n++;
	closedir(list);
	return n;
}

static int write_new(bool no_clobber)
{
	struct rec_out *out = NULL;
	int err = rec_out_begin(&out, rig.path, no_clobber);

	if (err == REC_OK)
		err = rec_out_write(out, "new", 3);
	if (err == REC_OK) {
		char back[3];

		err = rec_out_read_at(out, back, 3, 0) == 3 ? REC_OK : REC_EIO;
	}
	if (err == REC_OK)
		err = rec_out_commit(&out);
	rec_out_discard(&out);
	return err;
}

/* like ${path}, read whole */
static int read_whole(const char *path)
{
	char *text = NULL;
	size_t n = 0;
	int err = rec_source_slurp(path, 100, &text, &n);

	if (err == REC_OK && (n != 3 || strcmp(text, "old") != 0))
		err = REC_EINVAL;
	free(text);
	return err;
}

static int read_twice(const char *path)
{
	struct rec_source *first = NULL, *second = NULL;
	char bytes[4] = "";
	int err = rec_source_open(&first, path);

	if (err == REC_OK)
		err = rec_source_again(first, &second);
	if (err == REC_OK && (rec_source_read_at(second, 1, bytes, 3) != 2 || strcmp(bytes, "ld") != 0))
		err = rec_source_error(second);
	rec_source_close(&first);
	rec_source_close(&second);
	return err;
}

/* a pipe of 3 bytes, made seekable */
static int spool_pipe(void)
{
	struct rec_source *source = NULL;
	int ends[2], saved = dup(STDIN_FILENO), err;
	char bytes[4] = "";

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "old", 3), 3);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	close(ends[1]);
	failing.on = true; /* not while the pipe is made */
	err = rec_source_open(&source, "-");
	if (err == REC_OK)
		err = rec_source_make_seekable(source);
	if (err == REC_OK && (rec_source_read_at(source, 0, bytes, 3) != 3 || strcmp(bytes, "old") != 0))
		err = REC_EINVAL;
	rec_source_close(&source);
	failing.on = false;
	dup2(saved, STDIN_FILENO);
	close(saved);
	return err;
}

static int write_once(void)
{
	return write_new(false);
}

static int write_draft(void)
{
	struct rec_out *out = NULL, *draft = NULL;
	int err = rec_out_begin(&out, "/dev/null", false);

	if (err == REC_OK)
		err = rec_out_begin_draft(&draft, out);
	if (err < 0 && draft)
		err = REC_EINVAL;
	rec_out_discard(&draft);
	rec_out_discard(&out);
	return err;
}

static int read_once(void)
{
	return read_whole(rig.path);
}

static int read_again(void)
{
	return read_twice(rig.path);
}

/* a line that finds no memory is left out */
static int follow_progress(void)
{
	struct rec_progress *progress = NULL;
	int err = rec_progress_begin_bytes(&progress, REC_PROGRESS_JSON, "copying", 10);

	rec_progress_set_total(progress, 5);
	rec_progress_set(progress, 1);
	if ((progress == NULL) != (err < 0))
		err = REC_EINVAL;
	rec_progress_end(&progress);
	return err;
}

static int list_reach(void)
{
	struct rec_reach reach = REC_REACH_INIT;

	rec_reach_add(&reach, REC_REACH_READ, rig.folder);
	rec_reach_input(&reach, rig.path);
	rec_reach_manifest(&reach, REC_REACH_READ, rig.path);
	int err = reach.failed ? REC_ENOMEM : REC_OK;
	rec_reach_free(&reach);
	return err;
}

static int load_environment(void)
{
	int err;

	unsetenv("REC_UNIT_A");
	unsetenv("REC_UNIT_B");
	err = rec_envfile_load(rig.env);
	if (err == REC_OK && (strcmp(getenv("REC_UNIT_A"), "one") != 0 || strcmp(getenv("REC_UNIT_B"), "two") != 0))
		err = REC_EINVAL;
	return err;
}

static int take_options(void)
{
	static const struct rec_opt list = {.name = "list", .type = REC_OPT_LIST, .arg = "X"};
	static const struct rec_opt numbered = {.name = "n", .type = REC_OPT_NUMBERED, .arg = "X", .max = 3};
	struct rec_strings strings = {0};
	struct rec_numbered values = {0};
	int err = rec_optvalue_set(&list, &strings, 0, "--list", "x");

	if (err == REC_OK)
		err = rec_optvalue_set(&numbered, &values, 2, "--n2", "x");
	free(strings.items);
	free(values.items);
	return err;
}

static const struct {
	const char *name;
	int (*run)(void);
	long least;    /* allocations that it takes, at least */
	bool optional; /* it goes well without all but the first */
} runs[] = {
        {"output", write_once, 5, false},
        {"draft", write_draft, 4, false},
        {"input", read_once, 4, false},
        {"input twice", read_again, 8, false},
        {"pipe", spool_pipe, 6, false},
        {"progress", follow_progress, 1, true},
        {"reach", list_reach, 6, false},
        {"environment file", load_environment, 4, false},
        {"options", take_options, 2, false},
};

static void without_memory(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(runs) / sizeof(*runs); i++) {
		bool failed = true;
		long n = 1;

		for (; failed; n++) {
			struct capture capture;
			int before = descriptors();

			assert_true(file_write(rig.folder, "out", "old"));
			capture_begin(&capture, STDERR_FILENO);
			failing_begin("memory", n, ENOMEM);
			int err = runs[i].run();
			failed = failing_end();
			capture_end(&capture);
			if (err != (failed && (n == 1 || !runs[i].optional) ? REC_ENOMEM : REC_OK) || failing_leaks())
				fail_msg("%s, allocation %ld: %s, %zu kept, said '%s'", runs[i].name, n,
				        rec_strerror(err), failing_leaks(), capture.text);
			assert_int_equal(descriptors(), before);
			assert_int_equal(names(), 2);
		}
		if (n - 2 < runs[i].least)
			fail_msg("%s: took memory %ld times", runs[i].name, n - 2);
	}
}

static int set_up(void **state)
{
	(void)state;
	rec_log_init("rec-x");
	rig.folder = folder_new();
	if (!rig.folder || asprintf(&rig.path, "%s/out", rig.folder) < 0 ||
	        asprintf(&rig.env, "%s/env", rig.folder) < 0)
		return -1;
	if (!file_write(rig.folder, "env", "REC_UNIT_A=one\nREC_UNIT_B='two'\n"))
		return -1;
	return setenv("TMPDIR", rig.folder, 1);
}

static int tear_down(void **state)
{
	(void)state;
	free(rig.path);
	free(rig.env);
	folder_remove(rig.folder);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(without_memory),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
