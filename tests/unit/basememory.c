/* SPDX-License-Identifier: MIT */
/* Goal: without memory lib/base says REC_ENOMEM, keeps nothing and leaves no file; with it the same call goes well. */
#include "base/envfile.h"
#include "base/opt.h"
#include "base/opt_parts.h"
#include "base/progress.h"
#include "base/reach.h"
#include "tests/unit/basecalls.h"
#include "tests/unit/fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *env; /* a file of settings */

/* a pipe, made seekable */
static int pipe_once(void)
{
	int saved = pipe_begin(), err = read_pipe();

	pipe_end(saved);
	return err;
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

	rec_reach_add(&reach, REC_REACH_READ, tmp);
	rec_reach_input(&reach, base_path);
	rec_reach_manifest(&reach, REC_REACH_READ, base_path);
	rec_reach_output(&reach, base_path);
	int err = reach.failed ? REC_ENOMEM : REC_OK;
	rec_reach_free(&reach);
	return err;
}

static int load_environment(void)
{
	int err;

	unsetenv("REC_UNIT_A");
	unsetenv("REC_UNIT_B");
	err = rec_envfile_load(env);
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
        {"output", write_new, 5, false},
        {"draft", write_draft, 4, false},
        {"input", read_whole, 4, false},
        {"input twice", read_twice, 8, false},
        {"pipe", pipe_once, 6, false},
        {"progress", follow_progress, 1, true},
        {"reach", list_reach, 9, false},
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

			assert_true(file_write(tmp, "out", "old"));
			capture_begin(&capture, STDERR_FILENO);
			fault_begin("alloc", n, ENOMEM);
			int err = runs[i].run();
			failed = fault_end();
			capture_end(&capture);
			if (err != (failed && (n == 1 || !runs[i].optional) ? REC_ENOMEM : REC_OK) || fault_leaks())
				fail_msg("%s, allocation %ld: %s, %zu kept, said '%s'", runs[i].name, n,
				        rec_strerror(err), fault_leaks(), capture.text);
			assert_int_equal(descriptors(), before);
			assert_int_equal(names_in(tmp), 2);
		}
		if (n - 2 < runs[i].least)
			fail_msg("%s: took memory %ld times", runs[i].name, n - 2);
	}
}

static int set_up(void **state)
{
	if (base_make(state) < 0 || !file_write(tmp, "env", "REC_UNIT_A=one\nREC_UNIT_B='two'\n"))
		return -1;
	env = tmp_path("env");
	return 0;
}

static int tear_down(void **state)
{
	free(env);
	return base_remove(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(without_memory),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
