/* SPDX-License-Identifier: MIT */
#include "base/sandbox.h"

#include "base/blame.h"
#include "base/err.h"
#include "base/landlock.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/reach.h"
#include "base/signals.h"
#include "base/syscalls.h"
#include "base/unlinked.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef REC_NO_SANDBOX
static const bool built_in = false;
#else
static const bool built_in = true;
#endif

/* what is passed on; a terminal gives some of them to the child too, which does no harm */
static const int passed[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGTSTP};

struct parent {
	pid_t child;
	int requests; /* of base/unlinked.h; -1: no more come */
	int signals;  /* signalfd */
	int end;      /* as waitpid() has it */
};

static bool may_be_passed(int sig)
{
	for (size_t i = 0; i < sizeof passed / sizeof *passed; i++)
		if (passed[i] == sig)
			return true;
	return false;
}

static void say_lacking(const char *what, int error)
{
	rec_info("the sandbox goes without %s: %s", what, strerror(error));
}

static int fail(const struct rec_common *common, const char *why)
{
	int status =
	        rec_exit_status(rec_report(REC_EIO, "cannot start the sandbox: %s; --no-sandbox goes without", why));

	if (!common->quiet)
		rec_progress_done((enum rec_progress_mode)common->progress, status);
	return status;
}

/* The child: give up everything that the work does not need. 0; an errno: no descriptor or no memory for it. */
static int confine(const struct rec_reach *reach)
{
	static const struct rlimit no_core = {0, 0};
	int version = rec_landlock_restrict(reach);

	if (version < 0)
		return errno;
	if (version == 0)
		say_lacking("Landlock, so all files are within reach", errno);
	int error = rec_syscalls_restrict(reach->network);
	if (error == ENOMEM)
		return error;
	if (error)
		say_lacking("seccomp, so all system calls are", error);
	if (version > 0 && !error)
		rec_debug("the sandbox is closed: Landlock %d, seccomp%s", version, reach->network ? ", network" : "");
	setrlimit(RLIMIT_CORE, &no_core);
	rec_blame_watch();
	return 0;
}

static void begin_child(const struct rec_reach *reach, const struct rec_common *common, pid_t parent, int requests)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent) /* it died before that */
		_exit(128 + SIGKILL);
	rec_unlinked_ask(requests);
	int error = confine(reach);
	if (error)
		_exit(fail(common, strerror(error)));
}

/* Whether the child has ended. One that the terminal stopped, or who asked us to, stops us too; one stopped by SIGSTOP is somebody's experiment. */
static bool has_ended(struct parent *p)
{
	pid_t got;

	while ((got = waitpid(p->child, &p->end, WNOHANG | WUNTRACED)) > 0 || (got < 0 && errno == EINTR)) {
		if (got < 0)
			continue;
		if (!WIFSTOPPED(p->end))
			return true;
		if (WSTOPSIG(p->end) != SIGSTOP) {
			raise(SIGSTOP);
			kill(p->child, SIGCONT);
		}
	}
	return got < 0;
}

static void pass_on(const struct parent *p)
{
	struct signalfd_siginfo info;

	while (read(p->signals, &info, sizeof info) == sizeof info)
		if (may_be_passed((int)info.ssi_signo))
			kill(p->child, (int)info.ssi_signo);
}

static void wait_for(struct parent *p)
{
	do {
		struct pollfd fds[] = {{p->signals, POLLIN, 0}, {p->requests, POLLIN, 0}};
		if (poll(fds, 2, -1) <= 0)
			continue;
		if (fds[1].revents && rec_unlinked_serve(p->requests) < 0)
			p->requests = -1;
		if (fds[0].revents)
			pass_on(p);
	} while (!has_ended(p));
}

static bool is_crash(int sig)
{
	return sig == SIGSEGV || sig == SIGBUS || sig == SIGABRT || sig == SIGFPE || sig == SIGILL || sig == SIGSYS;
}

/* Say how the child died; the exit status. */
static int explain(int sig)
{
	struct rec_buf names = REC_BUF_INIT;
	int status = 128 + sig;

	if (rec_blame_late() && rec_blame_names(&names) > 0)
		status = rec_exit_status(rec_report(REC_EINPUT,
		        "cannot read %s: its header takes too long to read; it is damaged or hostile, leave it out",
		        rec_buf_str(&names)));
	else if (!is_crash(sig))
		rec_report(REC_EIO, "stopped by signal %d (%s)%s", sig, strsignal(sig),
		        sig == SIGKILL ? "; the system may have run out of memory" : "");
	else if (rec_blame_names(&names) > 0)
		status = rec_exit_status(rec_report(REC_EINPUT,
		        "cannot read %s: decoding crashed (%s); it is damaged or hostile, leave it out",
		        rec_buf_str(&names), strsignal(sig)));
	else
		status = rec_exit_status(
		        rec_report(REC_EIO, "crashed (%s); this is a bug, please report it", strsignal(sig)));
	rec_buf_free(&names);
	return status;
}

/* A bar that the child had drawn stays above the message. */
static void leave_line(const struct rec_common *common)
{
	bool drawn = common->progress == REC_PROGRESS_AUTO || common->progress == REC_PROGRESS_BAR;

	if (drawn && !common->quiet && isatty(STDERR_FILENO))
		fputc('\n', stderr);
}

static int finish(const struct parent *p, const struct rec_common *common)
{
	int status;

	if (WIFEXITED(p->end))
		return WEXITSTATUS(p->end);
	rec_signals_sweep();
	leave_line(common);
	status = explain(WTERMSIG(p->end));
	if (!common->quiet)
		rec_progress_done((enum rec_progress_mode)common->progress, status);
	return status;
}

/* The signals that the parent reads instead of being ended by them; before the child is made, so that none is missed. */
static int open_signals(sigset_t *before)
{
	sigset_t mask;

	sigemptyset(&mask);
	for (size_t i = 0; i < sizeof passed / sizeof *passed; i++)
		sigaddset(&mask, passed[i]);
	sigaddset(&mask, SIGCHLD);
	int fd = signalfd(-1, &mask, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd >= 0) {
		signal(SIGCHLD, SIG_DFL); /* ignored, it would leave nothing to wait for */
		sigprocmask(SIG_BLOCK, &mask, before);
	}
	return fd;
}

/* Make the child; in it false, in the parent true and the child's status. */
static bool run_apart(const struct rec_reach *reach, const struct rec_common *common, int *status)
{
	struct parent p = {.child = -1, .signals = -1};
	pid_t self = getpid();
	sigset_t before;
	int ends[2];

	if (rec_blame_share() == 0 && rec_signals_share() == 0 &&
	        socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0 &&
	        (p.signals = open_signals(&before)) >= 0) {
		fflush(NULL);
		p.child = fork();
	}
	if (p.child < 0) { /* the process ends now: nothing is put back */
		*status = fail(common, strerror(errno));
		return true;
	}
	if (p.child == 0) {
		close(ends[0]);
		close(p.signals);
		sigprocmask(SIG_SETMASK, &before, NULL);
		begin_child(reach, common, self, ends[1]);
		return false;
	}
	close(ends[1]);
	p.requests = ends[0];
	wait_for(&p);
	*status = finish(&p, common);
	return true;
}

bool rec_sandbox_enter(const struct rec_tool *tool, const void *options, int *status)
{
	const struct rec_common *common = (const void *)((const char *)options + tool->common);
	struct rec_reach reach = REC_REACH_INIT;
	bool over = false;

	if (!built_in || common->no_sandbox)
		return false;
	rec_reach_of(&reach, tool, options);
	if (reach.failed) {
		*status = fail(common, rec_strerror(REC_ENOMEM));
		over = true;
	} else if (reach.off)
		rec_info("without the sandbox: %s", reach.off);
	else
		over = run_apart(&reach, common, status);
	rec_reach_free(&reach);
	return over;
}
