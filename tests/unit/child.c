/* SPDX-License-Identifier: MIT */
/* Goal: what a parent process does for the child that works: gives it temporary files, sweeps what it left, names what it died over. */
#include "base/blame.h"
#include "base/signals.h"
#include "base/unlinked.h"
#include "tests/unit/capture.h"
#include "tests/unit/fault.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cmocka.h>

/* children end without exit(), so what they covered is kept here */
extern void __gcov_exit(void) __attribute__((weak));
_Noreturn void counted_exit(int status) __asm__("_exit");
int counted_raise(int sig) __asm__("raise");

_Noreturn void counted_exit(int status)
{
	if (__gcov_exit)
		__gcov_exit();
	for (;;)
		syscall(SYS_exit_group, status);
}

int counted_raise(int sig)
{
	if (__gcov_exit)
		__gcov_exit();
	return (int)syscall(SYS_tgkill, getpid(), (pid_t)syscall(SYS_gettid), sig);
}

static int end_of(pid_t child)
{
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

/* temporary files for a child that may make none */

/* 0: a file that holds what is written; else the errno */
static int ask_once(void)
{
	char back[3] = "";
	int fd = rec_unlinked_open();

	if (fd < 0)
		return errno;
	if (!(fcntl(fd, F_GETFD) & FD_CLOEXEC) || pwrite(fd, "ab", 2, 0) != 2 || pread(fd, back, 2, 0) != 2 ||
	        strcmp(back, "ab") != 0)
		return 200;
	close(fd);
	return 0;
}

static int ask_without_room(void)
{
	struct rlimit none;
	int r;

	getrlimit(RLIMIT_NOFILE, &none);
	none.rlim_cur = 0;
	setrlimit(RLIMIT_NOFILE, &none);
	r = rec_unlinked_open();
	return r < 0 ? errno : 0;
}

static int ask_nobody(void)
{
	int ends[2];

	socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends);
	close(ends[1]);
	rec_unlinked_ask(ends[0]);
	return ask_once();
}

static const struct {
	const char *folder; /* TMPDIR; NULL: one that is there; "": not set to anything, so /tmp */
	int (*ask)(void);
	int code;
} asks[] = {
        {NULL, ask_once, 0},
        {"", ask_once, 0},
        {"/nonexistent", ask_once, ENOENT},
        {NULL, ask_without_room, EMFILE},
        {NULL, ask_nobody, EIO},
};

static void a_parent_makes_temporary_files(void **state)
{
	char *folder = folder_new();

	(void)state;
	for (size_t i = 0; i < sizeof(asks) / sizeof(*asks); i++) {
		int ends[2], gate[2];
		char go;

		setenv("TMPDIR", asks[i].folder ? asks[i].folder : folder, 1);
		assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
		assert_int_equal(pipe(gate), 0);
		assert_int_equal(rec_unlinked_serve(ends[1]), 0);
		fflush(NULL);
		pid_t child = fork();
		if (child == 0) {
			close(ends[1]);
			rec_unlinked_ask(ends[0]);
			counted_exit(read(gate[0], &go, 1) == 1 ? asks[i].ask() : 201);
		}
		close(ends[0]);
		assert_int_equal(rec_unlinked_serve(ends[1]), 0);
		assert_int_equal(write(gate[1], "g", 1), 1);
		while (poll(&(struct pollfd){ends[1], POLLIN, 0}, 1, 10000) == 1 && rec_unlinked_serve(ends[1]) == 0)
			;
		int status = end_of(child);
		if (!WIFEXITED(status) || WEXITSTATUS(status) != asks[i].code)
			fail_msg("row %zu: status %d", i, WEXITSTATUS(status));
		assert_int_equal(rec_unlinked_serve(ends[1]), -1);
		close(ends[1]);
		close(gate[0]);
		close(gate[1]);
	}
	unsetenv("TMPDIR");
	assert_int_equal(rmdir(folder), 0); /* no name is left in it */
	free(folder);
}

/* named temporary files of a child that died */

enum then { LEFT, REPLACED, LINKED, LOCKED, DROPPED, GONE, BELOW, LATE };

static const struct {
	const char *name;
	enum then then;
	bool stays;
} strays[] = {
        {"left", LEFT, false},
        {"another", LEFT, false},
        {"replaced", REPLACED, true},
        {"linked", LINKED, true},
        {"locked", LOCKED, true},
        {"dropped", DROPPED, true},
        {"gone", GONE, false},
        {"sub/below", BELOW, true},
        {"late", LATE, true},
};

enum { STRAYS = sizeof(strays) / sizeof(*strays) };

static void leave(const char *path, int folder, size_t i)
{
	const char *name = strays[i].name;

	if (strays[i].then != LATE)
		file_write(path, name, "x");
	int handle = rec_signals_add(folder, name);
	if (handle < 0)
		counted_exit(1);
	if (strays[i].then == DROPPED)
		rec_signals_drop(handle);
	if (strays[i].then == GONE || strays[i].then == LINKED)
		unlinkat(folder, name, 0);
	if (strays[i].then == LINKED)
		(void)!symlinkat("locked", folder, name);
	if (strays[i].then == LATE)
		file_write(path, name, "x");
	if (strays[i].then == REPLACED) {
		file_write(path, "other", "y");
		renameat(folder, "other", folder, name);
	}
}

static void a_parent_sweeps_what_the_child_left(void **state)
{
	char *path = folder_new();
	int folder = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	assert_int_equal(mkdirat(folder, "sub", 0700), 0);
	fault_begin("mmap64()", 1, ENOMEM);
	assert_int_equal(rec_signals_share(), -1);
	assert_true(fault_end());
	assert_int_equal(rec_signals_share(), 0);
	fflush(NULL);
	pid_t child = fork();
	if (child == 0) {
		for (size_t i = 0; i < STRAYS; i++)
			leave(path, folder, i);
		counted_exit(0);
	}
	assert_int_equal(end_of(child), 0);
	int locked = openat(folder, "locked", O_RDONLY | O_CLOEXEC);
	assert_int_equal(flock(locked, LOCK_EX | LOCK_NB), 0);
	rec_signals_sweep();
	for (size_t i = 0; i < STRAYS; i++)
		if ((faccessat(folder, strays[i].name, F_OK, AT_SYMLINK_NOFOLLOW) == 0) != strays[i].stays)
			fail_msg("%s", strays[i].name);
	close(locked);
	close(folder);
	folder_remove(path);
}

/* as many names as the list has, and none that no file system allows */
static void the_list_has_an_end(void **state)
{
	char name[NAME_MAX + 2];
	int handles[100], n = 0;

	(void)state;
	assert_int_equal(rec_signals_share(), 0);
	memset(name, 'x', sizeof(name));
	name[NAME_MAX + 1] = '\0';
	assert_int_equal(rec_signals_add(AT_FDCWD, name), -1);
	while (n < 100 && (handles[n] = rec_signals_add(-1, "no-such")) >= 0)
		n++;
	assert_in_range(n, 8, 99);
	rec_signals_drop(-1);
	rec_signals_drop(handles[5]);
	assert_int_equal(rec_signals_add(-1, "no-such"), handles[5]);
	for (int i = 0; i < n; i++)
		rec_signals_drop(handles[i]);
}

/* a signal ends the process at once, or where it is no longer held, and says so if asked to */
static void a_signal_waits_while_it_is_held(void **state)
{
	static const struct {
		bool held, announced;
		int sig;
		const char *say;
	} rows[] = {{false, false, SIGTERM, ""}, {true, false, SIGINT, "held\n"},
	        {false, true, SIGHUP, "{\"event\":\"done\",\"status\":129}\n"},
	        {true, true, SIGTERM, "held\n{\"event\":\"done\",\"status\":143}\n"}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct capture capture;

		capture_begin(&capture, STDERR_FILENO);
		pid_t child = fork();
		if (child == 0) {
			signal(rows[i].sig, SIG_DFL);
			rec_signals_install();
			rec_signals_announce(rows[i].announced);
			if (rows[i].held) {
				rec_signals_hold();
				rec_signals_hold();
			}
			kill(getpid(), rows[i].sig);
			if (rows[i].held)
				rec_signals_release();
			(void)!write(STDERR_FILENO, "held\n", 5);
			rec_signals_release();
			counted_exit(0);
		}
		int status;
		pid_t ended = waitpid(child, &status, 0);
		capture_end(&capture);
		assert_int_equal(ended, child);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 128 + rows[i].sig);
		assert_string_equal(capture.text, rows[i].say);
	}
}

/* what a child died over */

static void *work_beside(void *gate)
{
	char byte = 'x';

	rec_blame_begin("b.webm");
	(void)!write(*(int *)gate, &byte, 1);
	pause();
	return NULL;
}

static void begin_beside(void)
{
	static int gate[2];
	pthread_t thread;
	char byte;

	if (pipe(gate) < 0 || pthread_create(&thread, NULL, work_beside, &gate[1]) != 0 || read(gate[0], &byte, 1) != 1)
		counted_exit(1);
}

static void die_at_work(void)
{
	begin_beside();
	rec_blame_begin("a.webm");
	if (rec_blame_begin("inner") != -1)
		counted_exit(1);
	rec_blame_end(-1);
	counted_raise(SIGSEGV);
}

static void die_beside(void)
{
	begin_beside();
	counted_raise(SIGABRT);
}

static void die_of_another(void)
{
	rec_blame_begin("a.webm");
	begin_beside();
	syscall(SYS_kill, getpid(), SIGFPE); /* as another process would: whose fault it is nobody knows */
	pause();
}

static void die_after_work(void)
{
	rec_blame_end(rec_blame_begin("a.webm"));
	counted_raise(SIGBUS);
}

static const struct {
	void (*die)(void);
	int sig;
	const char *names;
	size_t n;
} deaths[] = {
        {die_at_work, SIGSEGV, "'a.webm'", 1},
        {die_beside, SIGABRT, "", 0},
        {die_of_another, SIGFPE, "'a.webm', 'b.webm'", 2},
        {die_after_work, SIGBUS, "", 0},
};

static void the_input_that_it_died_over_is_named(void **state)
{
	struct rec_buf names = REC_BUF_INIT;

	(void)state;
	/* without a list all of it does nothing */
	rec_blame_watch();
	assert_int_equal(rec_blame_begin("a.webm"), -1);
	assert_int_equal(rec_blame_names(&names), 0);
	fault_begin("mmap64()", 1, ENOMEM);
	assert_int_equal(rec_blame_share(), -1);
	assert_true(fault_end());
	for (size_t i = 0; i < sizeof(deaths) / sizeof(*deaths); i++) {
		assert_int_equal(rec_blame_share(), 0);
		fflush(NULL);
		pid_t child = fork();
		if (child == 0) {
			setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
			rec_blame_watch();
			deaths[i].die();
			counted_exit(0);
		}
		int status = end_of(child);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), deaths[i].sig);
		assert_int_equal(rec_blame_names(&names), deaths[i].n);
		assert_string_equal(rec_buf_str(&names), deaths[i].names);
		rec_buf_free(&names);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_parent_makes_temporary_files),
	        cmocka_unit_test(a_parent_sweeps_what_the_child_left),
	        cmocka_unit_test(the_list_has_an_end),
	        cmocka_unit_test(a_signal_waits_while_it_is_held),
	        cmocka_unit_test(the_input_that_it_died_over_is_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
