/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into a tool by tests/sandbox.t. At the call of $SANDBOX_AT (decode: avcodec_receive_frame, encode: avcodec_receive_packet) number $SANDBOX_CALL (1) it does
 * $SANDBOX_DO, as a decoder would that was taken over. $SANDBOX_NAMED: no file goes without a name (O_TMPFILE).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_int calls;

static const char *wish(const char *name)
{
	const char *value = getenv(name);

	return value ? value : "";
}

/* one line a deed: its name, and "done" or why not */
static void tell(const char *what, long result)
{
	fprintf(stderr, "TRIED %s %s\n", what, result < 0 ? strerrorname_np(errno) : "done");
}

static void *nothing(void *context)
{
	return context;
}

static void misbehave(void)
{
	const char *victim = wish("SANDBOX_VICTIM");
	char *const none[] = {NULL};
	pthread_t thread;
	char text[4096];

	tell("read", open("/etc/passwd", O_RDONLY));
	tell("list", open("/etc", O_RDONLY | O_DIRECTORY));
	tell("write", open(victim, O_WRONLY));
	snprintf(text, sizeof text, "%s.new", victim);
	tell("create", open(text, O_WRONLY | O_CREAT, 0600));
	tell("chmod", chmod(victim, 0600));
	tell("rename", rename(victim, text));
	tell("remove", unlink(text[0] && access(victim, F_OK) == 0 ? victim : text));
	/* no such program, so that this goes on where it may be started */
	execve("/nonexistent/program", none, none);
	tell("exec", errno == ENOENT ? 0 : -1);
	pid_t child = fork();
	if (child == 0)
		_exit(0);
	tell("fork", child);
	tell("inet", socket(AF_INET, SOCK_STREAM, 0));
	tell("unix", socket(AF_UNIX, SOCK_STREAM, 0));
	tell("signal", kill(getppid(), 0));
	ptrace(PTRACE_PEEKDATA, getppid(), NULL, NULL);
	tell("trace", errno == ESRCH ? 0 : -1);
	tell("unshare", syscall(SYS_unshare, CLONE_FILES));
	/* and what it may */
	tell("self", kill(getpid(), 0));
	errno = pthread_create(&thread, NULL, nothing, NULL);
	tell("thread", errno ? -1 : 0);
}

/* more of the stack than there is */
static int deep(int n)
{
	volatile char room[65536];

	room[0] = (char)n;
	return deep(n + 1) + room[0];
}

static void act(const char *at)
{
	const char *what = wish("SANDBOX_DO");

	if (strcmp(at, wish("SANDBOX_AT")) != 0 || atomic_fetch_add(&calls, 1) + 1 != atoi(wish("SANDBOX_CALL")))
		return;
	if (strcmp(what, "misbehave") == 0)
		misbehave();
	else if (strcmp(what, "wait") == 0) {
		fprintf(stderr, "WAITING\n");
		for (;;)
			pause();
	} else if (strcmp(what, "deep") == 0)
		fprintf(stderr, "%d\n", deep(0));
	else if (strcmp(what, "null") == 0)
		*(volatile int *)NULL = 1;
	else if (strcmp(what, "abort") == 0)
		abort();
	else
		raise(atoi(what));
}

typedef int take(void *, void *);

int avcodec_receive_frame(void *context, void *frame);
int avcodec_receive_frame(void *context, void *frame)
{
	act("decode");
	return ((take *)dlsym(RTLD_NEXT, "avcodec_receive_frame"))(context, frame);
}

int avcodec_receive_packet(void *context, void *packet);
int avcodec_receive_packet(void *context, void *packet)
{
	act("encode");
	return ((take *)dlsym(RTLD_NEXT, "avcodec_receive_packet"))(context, packet);
}

static int open_at(const char *symbol, int folder, const char *path, int flags, mode_t mode)
{
	if ((flags & O_TMPFILE) == O_TMPFILE && *wish("SANDBOX_NAMED")) {
		errno = EOPNOTSUPP;
		return -1;
	}
	return ((int (*)(int, const char *, int, ...))dlsym(RTLD_NEXT, symbol))(folder, path, flags, mode);
}

#define OPENAT(symbol)                                                                                                 \
	int symbol(int folder, const char *path, int flags, ...)                                                       \
	{                                                                                                              \
		va_list list;                                                                                          \
		va_start(list, flags);                                                                                 \
		mode_t mode = va_arg(list, mode_t);                                                                    \
		va_end(list);                                                                                          \
		return open_at(#symbol, folder, path, flags, mode);                                                    \
	}
OPENAT(openat)
OPENAT(openat64)
