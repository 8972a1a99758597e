/* SPDX-License-Identifier: MIT */
#include "base/signals.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

enum state { EMPTY, FILLING, LISTED };

/* The handler may allocate nothing and take no lock, so the list is an array whose rows change hands atomically. */
static struct row {
	atomic_int state;
	int folder;
	char name[NAME_MAX + 1];
} rows[64];

static const int nrows = sizeof rows / sizeof *rows;

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

int rec_signals_add(int folder, const char *name)
{
	size_t len = strlen(name);

	for (int i = 0; len <= NAME_MAX && i < nrows; i++) {
		int empty = EMPTY;
		if (!atomic_compare_exchange_strong(&rows[i].state, &empty, FILLING))
			continue;
		rows[i].folder = folder;
		memcpy(rows[i].name, name, len + 1);
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
