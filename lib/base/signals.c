/* SPDX-License-Identifier: MIT */
#include "base/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum state { EMPTY, FILLING, LISTED };

/* The handler may allocate nothing and take no lock, so the list is an array whose rows change hands atomically. */
struct row {
	atomic_int state;
	int folder;
	char name[NAME_MAX + 1];
	/* for another process, to which the folder's descriptor means nothing; only where the list is shared */
	dev_t dev;
	ino_t ino;
	char path[PATH_MAX];
};

enum { NROWS = 64 };
static struct row own_rows[NROWS];
static struct row *rows = own_rows;
static const int nrows = NROWS;

/*
 * A signal first says that it is there, then looks whether it is held; who holds does it the other way round. So one of the two
 * sees the other, whatever threads they are in.
 */
static atomic_int pending;
static atomic_int held;
/* whether the end is to be announced */
static atomic_bool announced;

void rec_signals_announce(bool on)
{
	atomic_store(&announced, on);
}

/* Nothing but write() may be called here. */
static void announce(int status)
{
	char line[] = "{\"event\":\"done\",\"status\":000}\n";
	char *digits = strstr(line, "000");

	for (int i = 2, rest = status; i >= 0; i--, rest /= 10)
		digits[i] = (char)('0' + rest % 10);
	if (write(STDERR_FILENO, line, sizeof line - 1) < 0)
		return;
}

static void stop(int sig)
{
	for (int i = 0; i < nrows; i++)
		if (atomic_load(&rows[i].state) == LISTED)
			unlinkat(rows[i].folder, rows[i].name, 0);
	if (atomic_exchange(&announced, false))
		announce(128 + sig);
	_exit(128 + sig);
}

static void on_signal(int sig)
{
	atomic_store(&pending, sig);
	if (atomic_load(&held) == 0)
		stop(sig);
}

void rec_signals_hold(void)
{
	atomic_fetch_add(&held, 1);
	int sig = atomic_load(&pending);
	if (sig)
		stop(sig);
}

void rec_signals_release(void)
{
	bool last = atomic_fetch_sub(&held, 1) == 1;
	int sig = atomic_load(&pending);
	if (last && sig)
		stop(sig);
}

static void handle(int sig, void (*handler)(int))
{
	struct sigaction old;
	struct sigaction new = {.sa_handler = handler};

	sigfillset(&new.sa_mask);
	if (sigaction(sig, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
		sigaction(sig, &new, NULL);
}

void rec_signals_install(void)
{
	handle(SIGINT, on_signal);
	handle(SIGTERM, on_signal);
	handle(SIGHUP, on_signal);
	handle(SIGPIPE, SIG_IGN);
	handle(SIGXFSZ, SIG_IGN);
}

int rec_signals_share(void)
{
	void *map = mmap(NULL, sizeof own_rows, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED)
		return -1;
	rows = map;
	return 0;
}

/* Note what another process needs to find the file. */
static void describe(struct row *row)
{
	char link[sizeof "/proc/self/fd/" + 3 * sizeof row->folder];
	struct stat st;

	snprintf(link, sizeof link, "/proc/self/fd/%d", row->folder);
	ssize_t n = readlink(link, row->path, sizeof row->path - 1);
	if (n < 0 || fstatat(row->folder, row->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		n = 0;
	else {
		row->dev = st.st_dev;
		row->ino = st.st_ino;
	}
	row->path[n] = '\0';
}

/* Whether it is still the file that was listed, and no living run has taken the name and the file's number meanwhile. */
static bool is_ours(int folder, const struct row *row)
{
	struct stat st;
	int fd = openat(folder, row->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	bool ours = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_dev == row->dev &&
	            st.st_ino == row->ino && (flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK);

	if (fd >= 0)
		close(fd);
	return ours;
}

void rec_signals_sweep(void)
{
	for (int i = 0; i < nrows; i++) {
		struct row *row = &rows[i];
		if (atomic_load(&row->state) != LISTED || !row->path[0])
			continue;
		row->name[NAME_MAX] = row->path[PATH_MAX - 1] = '\0'; /* who died may have written anything */
		int folder = strchr(row->name, '/') ? -1 : open(row->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (folder >= 0 && is_ours(folder, row))
			unlinkat(folder, row->name, 0);
		if (folder >= 0)
			close(folder);
	}
}

int rec_signals_add(int folder, const char *name)
{
	size_t len = strlen(name);

	for (int i = 0; len <= NAME_MAX && i < nrows; i++) {
		int empty = EMPTY;
		if (!atomic_compare_exchange_strong(&rows[i].state, &empty, FILLING))
			continue;
		rows[i].folder = folder;
		memcpy(rows[i].name, name, len + 1);
		if (rows != own_rows)
			describe(&rows[i]);
		atomic_store(&rows[i].state, LISTED);
		return i;
	}
	return -1;
}

void rec_signals_drop(int handle)
{
	if (handle >= 0)
		atomic_store(&rows[handle].state, EMPTY);
}
