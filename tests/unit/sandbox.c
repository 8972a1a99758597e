/* SPDX-License-Identifier: MIT */
/*
 * Goal: whatever ends the child that works, the parent says it, passes on what concerns it and returns the status that the header promises.
 * The sandbox's own source is built into this test, since builds for coverage leave it out of the tools.
 */
#undef REC_NO_SANDBOX
#include "lib/base/sandbox.c" /* NOLINT(bugprone-suspicious-include) */

#include "base/opt.h"
#include "tests/unit/capture.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

#include <cmocka.h>

/* processes here end without exit(), so what they covered is kept before */
extern void __gcov_exit(void) __attribute__((weak));
_Noreturn void counted_exit(int status) __asm__("_exit");

_Noreturn void counted_exit(int status)
{
	if (__gcov_exit)
		__gcov_exit();
	for (;;)
		syscall(SYS_exit_group, status);
}

struct options {
	struct rec_common common;
	bool failed; /* no memory for the list of what may be reached */
	const char *off;
	rlim_t files;         /* that may be open; 0: as many as there are */
	const char *terminal; /* that stderr is; NULL: none */
	struct rec_strings operands;
};

static void reach_all(const void *options, struct rec_reach *reach)
{
	const struct options *o = options;

	rec_reach_add(reach, REC_REACH_TREE, "/");
	reach->failed |= o->failed;
	reach->off = o->off;
}

static const struct rec_opt table[] = {REC_COMMON_OPTS(struct options, common), REC_OPT_END};
static const struct rec_tool tool = {"rec-test", "", "be tested", table, offsetof(struct options, common),
        offsetof(struct options, operands), 0, 0, reach_all};

/* what the child works at; it tells its number first */
static int ready;

static void tell(void)
{
	pid_t self = getpid();

	(void)!write(ready, &self, sizeof(self));
}

static void succeed(void)
{
}

static void exit_5(void)
{
	counted_exit(5);
}

static void crash_at_work(void)
{
	rec_blame_begin("a.webm");
	raise(SIGSEGV);
}

static void crash(void)
{
	raise(SIGABRT);
}

static void be_killed(void)
{
	raise(SIGKILL);
}

static void wait_long(void)
{
	tell();
	for (;;)
		pause();
}

/* what happens to both meanwhile */

static void none(pid_t parent, pid_t child)
{
	(void)parent, (void)child;
}

static void end_parent(pid_t parent, pid_t child)
{
	(void)child;
	kill(parent, SIGTERM);
}

static void hang_up(pid_t parent, pid_t child)
{
	(void)child;
	kill(parent, SIGHUP);
}

static void end_child(pid_t parent, pid_t child)
{
	(void)parent;
	kill(child, SIGUSR1);
}

/* both stop, and both go on */
static void stop_and_go_on(pid_t parent, pid_t child)
{
	int status;

	kill(parent, SIGTSTP);
	assert_int_equal(waitpid(parent, &status, WUNTRACED), parent);
	assert_true(WIFSTOPPED(status));
	kill(parent, SIGCONT);
	kill(child, SIGTERM);
}

/* somebody stops the child alone: the parent goes on waiting */
static void halt_child(pid_t parent, pid_t child)
{
	int status;

	kill(child, SIGSTOP);
	usleep(50000);
	assert_int_equal(waitpid(parent, &status, WNOHANG | WUNTRACED), 0);
	kill(child, SIGCONT);
	kill(child, SIGINT);
}

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static const struct {
	const char *name;
	void (*work)(void);
	void (*meanwhile)(pid_t parent, pid_t child);
	int status;
	const char *said; /* at the end of stderr */
	struct options options;
} rows[] = {
        {"done", succeed, none, 0, "", {.failed = false}},
        {"a status", exit_5, none, 5, "", {.failed = false}},
        {"a status under --progress json is the child's to tell", exit_5, none, 5, "",
                {.common.progress = REC_PROGRESS_JSON}},
        {"a crash over an input", crash_at_work, none, 3,
                "cannot read 'a.webm': decoding crashed (Segmentation fault); it is damaged or hostile, leave it out\n",
                {.failed = false}},
        {"a crash elsewhere", crash, none, 1, "crashed (Aborted); this is a bug, please report it\n",
                {.failed = false}},
        {"a crash, the done line", crash, none, 1, "please report it\n{\"event\":\"done\",\"status\":1}\n",
                {.common.progress = REC_PROGRESS_JSON}},
        {"a crash, no done line", crash, none, 1, "please report it\n",
                {.common.quiet = true, .common.progress = REC_PROGRESS_JSON}},
        {"killed", be_killed, none, 137, "stopped by signal 9 (Killed); the system may have run out of memory\n",
                {.failed = false}},
        {"SIGTERM to the parent", wait_long, end_parent, 143, "stopped by signal 15 (Terminated)\n", {.failed = false}},
        {"SIGHUP to the parent", wait_long, hang_up, 129, "stopped by signal 1 (Hangup)\n", {.failed = false}},
        {"SIGUSR1 to the child", wait_long, end_child, 138, "stopped by signal 10 (User defined signal 1)\n",
                {.failed = false}},
        {"SIGTSTP", wait_long, stop_and_go_on, 143, "stopped by signal 15 (Terminated)\n", {.failed = false}},
        {"SIGSTOP to the child", wait_long, halt_child, 130, "stopped by signal 2 (Interrupt)\n", {.failed = false}},
        {"no memory", exit_5, none, 1, "cannot start the sandbox: out of memory; --no-sandbox goes without\n",
                {.failed = true}},
        {"no memory, the done line", exit_5, none, 1, "goes without\n{\"event\":\"done\",\"status\":1}\n",
                {.common.progress = REC_PROGRESS_JSON, .failed = true}},
};

/* A process like a tool: 100 where the sandbox is not entered. */
static void be_a_tool(const struct options *options, void (*work)(void))
{
	pid_t self = getpid();
	int status;

	for (size_t i = 0; i < COUNT(passed); i++)
		signal(passed[i], SIG_DFL);
	setpgid(0, 0);
	if (options->terminal)
		dup2(open(options->terminal, O_WRONLY | O_NOCTTY | O_CLOEXEC), STDERR_FILENO);
	if (options->files)
		setrlimit(RLIMIT_NOFILE, &(struct rlimit){options->files, options->files});
	if (rec_sandbox_enter(&tool, options, &status))
		counted_exit(status);
	if (getpid() == self)
		counted_exit(100);
	work();
	counted_exit(0);
}

/* Run it; what it ended with as waitpid() has it. */
static int run(
        const struct options *options, void (*work)(void), void (*meanwhile)(pid_t, pid_t), struct capture *capture)
{
	int ends[2], status;
	pid_t child = 0;

	assert_int_equal(pipe(ends), 0);
	capture_begin(capture, STDERR_FILENO);
	pid_t parent = fork();
	if (parent == 0) {
		ready = ends[1];
		be_a_tool(options, work);
	}
	close(ends[1]);
	if (work == wait_long && read(ends[0], &child, sizeof(child)) == sizeof(child))
		meanwhile(parent, child);
	close(ends[0]);
	pid_t ended = waitpid(parent, &status, 0);
	capture_end(capture);
	assert_int_equal(ended, parent);
	return status;
}

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return m == 0 ? n == 0 : n >= m && strcmp(text + n - m, end) == 0;
}

static void the_parent_says_how_it_ended(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct capture capture;
		int status = run(&rows[i].options, rows[i].work, rows[i].meanwhile, &capture);

		if (!WIFEXITED(status) || WEXITSTATUS(status) != rows[i].status ||
		        !ends_with(capture.text, rows[i].said))
			fail_msg("%s: %#x '%s'", rows[i].name, status, capture.text);
	}
}

static void options_go_without(void **state)
{
	static const struct {
		struct options options;
		const char *said;
	} without[] = {
	        {{.common.no_sandbox = true}, ""}, {{.off = "of a reason"}, "without the sandbox: of a reason\n"}};

	(void)state;
	for (size_t i = 0; i < COUNT(without); i++) {
		struct capture capture;

		rec_log_set_level(REC_INFO);
		int status = run(&without[i].options, exit_5, none, &capture);
		rec_log_set_level(REC_WARNING);
		assert_int_equal(WEXITSTATUS(status), 100);
		assert_true(ends_with(capture.text, without[i].said));
	}
}

/* with enough of them the work is done; with fewer it is not begun */
static void too_few_files(void **state)
{
	struct options options = {.files = 3};
	int status = 1;

	(void)state;
	for (; options.files < 64 && status != 5; options.files++) {
		struct capture capture;

		status = WEXITSTATUS(run(&options, exit_5, none, &capture));
		if (status != 5) {
			assert_int_equal(status, 1);
			assert_non_null(strstr(capture.text, "Too many open files; --no-sandbox goes without\n"));
		}
	}
	assert_int_equal(status, 5);
	assert_in_range(options.files, 6, 32);
}

/* what the child had drawn stays above */
static void a_bar_stays(void **state)
{
	char said[256] = "";
	struct capture capture;
	int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

	(void)state;
	if (terminal < 0 || grantpt(terminal) != 0 || unlockpt(terminal) != 0)
		skip();
	const struct options options = {.terminal = ptsname(terminal)};
	int keep = open(options.terminal, O_WRONLY | O_NOCTTY | O_CLOEXEC); /* what is written to it lasts */
	int status = run(&options, be_killed, none, &capture);
	assert_int_equal(WEXITSTATUS(status), 137);
	assert_true(read(terminal, said, sizeof(said) - 1) > 0);
	assert_int_equal(strncmp(said, "\r\n", 2), 0);
	assert_non_null(strstr(said, "stopped by signal 9"));
	close(keep);
	close(terminal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(the_parent_says_how_it_ended),
	        cmocka_unit_test(options_go_without),
	        cmocka_unit_test(too_few_files),
	        cmocka_unit_test(a_bar_stays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
