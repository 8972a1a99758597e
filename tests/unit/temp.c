/* SPDX-License-Identifier: MIT */
/* Goal: the temporary files of living runs, of killed ones and of strangers do not get in each other's way, and a signal leaves none. */
#include "tests/unit/outrig.h"

#include "base/temp.h"

#include <signal.h>
#include <sys/wait.h>

static void stray_is_swept(void **state)
{
	(void)state;
	make_file(".file.rectmp0", "stray", 0644);
	make_file(".file.rectmp7", "stray", 0400);
	make_file(".other.rectmp0", "another target's", 0644);
	struct rec_out *out = begin("file", "text");
	assert_int_equal(count_names(false), lacks_tmpfile ? 2 : 1);
	assert_int_equal(rec_out_commit(&out), REC_OK);
	assert_int_equal(count_names(false), 2);
	assert_holds(".other.rectmp0", "another target's");
}

/* What looks like a stray and is none stays, and does not stand in the way. */
static void foreign_names_are_left_alone(void **state)
{
	(void)state;
	make_file("file", "old", 0644);
	make_file("precious", "kept", 0644);
	assert_int_equal(symlink("precious", ".file.rectmp0"), 0);
	assert_int_equal(mkdir(".file.rectmp1", 0755), 0);
	assert_int_equal(mkfifo(".file.rectmp2", 0644), 0);
	struct rec_out *out = begin("file", "text");
	assert_int_equal(rec_out_commit(&out), REC_OK);
	assert_holds("file", "text");
	assert_holds("precious", "kept");
	assert_int_equal(count_names(false), 5);
}

/* Two at once: neither takes the other for a stray; the last commit wins. */
static void runs_do_not_disturb_each_other(void **state)
{
	(void)state;
	make_file("file", "old", 0644);
	struct rec_out *first = begin("file", "first");
	struct rec_out *second = begin("file", "second");
	assert_int_equal(rec_out_commit(&second), REC_OK);
	assert_holds("file", "second");
	assert_int_equal(rec_out_commit(&first), REC_OK);
	assert_holds("file", "first");
	assert_int_equal(count_names(false), 1);
}

/* A run that stands between link and rename holds the first name. */
static void living_temporary_is_respected(void **state)
{
	(void)state;
	make_file("file", "old", 0644);
	make_file(".file.rectmp0", "living", 0644);
	int fd = open(".file.rectmp0", O_RDWR);
	rec_temp_lock(fd);
	struct rec_out *out = begin("file", "text");
	assert_int_equal(rec_out_commit(&out), REC_OK);
	assert_holds("file", "text");
	assert_holds(".file.rectmp0", "living");
	close(fd);
}

static void ninth_run_is_refused(void **state)
{
	struct rec_out *outs[8];
	struct rec_out *ninth = NULL;

	(void)state;
	for (int i = 0; i < 8; i++)
		outs[i] = begin("file", "text");
	assert_int_equal(rec_out_begin(&ninth, "file", false), REC_EIO);
	for (int i = 0; i < 8; i++)
		rec_out_discard(&outs[i]);
	assert_int_equal(count_names(false), 0);
}

/* The status of a child that writes to "old" and gets sig while it does. */
static int signalled(int sig, void (*at_start)(int))
{
	fflush(NULL);
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		struct rec_out *out = NULL;
		signal(sig, at_start);
		rec_signals_install();
		if (rec_out_begin(&out, "old", false) < 0 || rec_out_write(out, "newer", 5) < 0)
			_exit(99);
		raise(sig);
		_exit(rec_out_commit(&out) < 0 ? 98 : 0);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFSIGNALED(status))
		return -WTERMSIG(status);
	return WEXITSTATUS(status);
}

static void signal_leaves_no_trace(void **state)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

	(void)state;
	make_file("old", "old", 0644);
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		assert_int_equal(signalled(signals[i], SIG_DFL), 128 + signals[i]);
		assert_holds("old", "old");
		assert_int_equal(count_names(false), 1);
	}
	assert_int_equal(signalled(SIGKILL, SIG_DFL), -SIGKILL);
	assert_holds("old", "old");
	assert_int_equal(count_names(false), lacks_tmpfile ? 2 : 1);
	/* under nohup; it also sweeps what the kill left */
	assert_int_equal(signalled(SIGHUP, SIG_IGN), 0);
	assert_holds("old", "newer");
	assert_int_equal(count_names(false), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        BOTH(stray_is_swept),
	        BOTH(foreign_names_are_left_alone),
	        BOTH(runs_do_not_disturb_each_other),
	        BOTH(living_temporary_is_respected),
	        cmocka_unit_test_setup_teardown(ninth_run_is_refused, named, clear),
	        BOTH(signal_leaves_no_trace),
	};

	return cmocka_run_group_tests(tests, out_make, out_remove);
}
