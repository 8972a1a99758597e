/* SPDX-License-Identifier: MIT */
/*
 * Named temporary files beside a target, for out.c.
 *
 * A target NAME has eight names, `.NAME.rectmp0` to `.NAME.rectmp7` (NAME cut where it would grow too long). Who uses
 * one holds flock(LOCK_EX) on the file behind it until it is renamed or removed, and only a holder of that lock
 * renames or removes it. So a name whose lock is free was left by a killed run and may be removed, and a living run is
 * never disturbed. Where locks do not work a name counts as alive.
 */
#ifndef REC_BASE_TEMP_H
#define REC_BASE_TEMP_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

struct rec_temp {
	int folder; /* borrowed */
	char name[NAME_MAX + 1];
	int signal; /* handle of rec_signals_add() */
};

/** rec_temp_sweep(folder, target): remove what killed runs left for the name ${target} in the open ${folder}. */
void rec_temp_sweep(int folder, const char *target);

/**
 * rec_temp_lock(fd):
 * Take the lock, waiting for it; call it on an unnamed file before it gets a name. Does nothing where locks do not
 * work.
 */
void rec_temp_lock(int fd);

/**
 * rec_temp_link(fd, folder, name):
 * name an unnamed file (O_TMPFILE). 0, or -1 with errno; EEXIST: the name is taken.
 */
int rec_temp_link(int fd, int folder, const char *name);

/**
 * rec_temp_claim(temp, folder, target, fd, mode):
 * Give the unnamed, locked ${fd} one of the names; or, when ${fd} is -1, make a file of ${mode} (less the umask), open
 * for reading and writing. A signal removes it from now on.
 * Return the descriptor, owned by the caller; -1 with errno; EBUSY: eight living runs write the same target.
 */
int rec_temp_claim(struct rec_temp *temp, int folder, const char *target, int fd, mode_t mode);

/**
 * rec_temp_rename(temp, target, replace):
 * Give the file the name ${target} in its folder; then it is no temporary file any more.
 * 0, or -1 with errno; EEXIST: ${target} is there, and not to be replaced.
 */
int rec_temp_rename(struct rec_temp *temp, const char *target, bool replace);

/** rec_temp_remove(temp): remove the file; before its descriptor is closed. */
void rec_temp_remove(struct rec_temp *temp);

#endif
