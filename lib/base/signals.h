/* SPDX-License-Identifier: MIT */
/* What a signal has to do: remove the temporary files that have a name, then end the process. */
#ifndef REC_BASE_SIGNALS_H
#define REC_BASE_SIGNALS_H

#include <stdbool.h>

/**
 * rec_signals_install():
 * SIGINT, SIGTERM, SIGHUP remove every temporary file that has a name and end the process with status 128 + n at once.
 * SIGPIPE and SIGXFSZ are ignored: the write fails with a message instead. A signal that was ignored at start stays
 * ignored.
 */
void rec_signals_install(void);

/** rec_signals_announce(on): a signal writes {"event":"done","status":128+n} to stderr first (--progress json). */
void rec_signals_announce(bool on);

/**
 * rec_signals_hold(), rec_signals_release():
 * Between the two a signal waits: for steps that must not be cut apart, such as making a file and listing it. Any thread, as
 * often as it likes; only calls that do not block may stand between.
 */
void rec_signals_hold(void);
void rec_signals_release(void);

/**
 * rec_signals_add(folder, name):
 * Remove ${name} in the open ${folder} when a signal comes. Any thread.
 * Return a handle for rec_signals_drop(); -1: the list is full, so that a signal leaves the file to the next run.
 */
int rec_signals_add(int folder, const char *name);

/** rec_signals_drop(handle): it is no temporary file any more; before its folder is closed. -1 is fine. */
void rec_signals_drop(int handle);

/** rec_signals_share(): before a child process begins the work: its list will be seen here too. 0, or -1 with errno. */
int rec_signals_share(void);

/** rec_signals_sweep(): the child has died: remove what it had listed, if it is there and still that file. */
void rec_signals_sweep(void);

#endif
