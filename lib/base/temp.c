/* SPDX-License-Identifier: MIT */
#include "base/temp.h"

#include "base/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAMES = 8 };

/* what a name has besides the target's: the dot before, ".rectmp" and a digit after */
static const size_t extra = sizeof ".%.rectmp" - 1;

/* The target's name, cut at a whole character where a file system allows no longer names. */
static void name_of(char name[NAME_MAX + 1], int folder, const char *target, int k)
{
	long limit = fpathconf(folder, _PC_NAME_MAX);
	size_t max = limit < 32 || limit > NAME_MAX ? NAME_MAX : (size_t)limit;
	size_t len = strlen(target);

	if (len > max - extra) {
		len = max - extra;
		while (len > 0 && ((unsigned char)target[len] & 0xC0) == 0x80)
			len--;
	}
	snprintf(name, NAME_MAX + 1, ".%.*s.rectmp%d", (int)len, target, k);
}

static bool is_named(int fd, int folder, const char *name)
{
	struct stat ours;
	struct stat named;

	return fstat(fd, &ours) == 0 && S_ISREG(ours.st_mode) &&
	       fstatat(folder, name, &named, AT_SYMLINK_NOFOLLOW) == 0 && ours.st_dev == named.st_dev &&
	       ours.st_ino == named.st_ino;
}

/* NFS wants a file open for writing before it locks it; a file of mode 0444 can only be read. */
static int open_stray(int folder, const char *name)
{
	static const int flags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
	int fd = openat(folder, name, flags | O_RDWR, 0);

	return fd >= 0 || errno != EACCES ? fd : openat(folder, name, flags | O_RDONLY, 0);
}

/* Remove what a killed run left. Return whether something was removed. */
static bool remove_stray(int folder, const char *name)
{
	int fd = open_stray(folder, name);
	if (fd < 0)
		return false;
	bool removed =
	        flock(fd, LOCK_EX | LOCK_NB) == 0 && is_named(fd, folder, name) && unlinkat(folder, name, 0) == 0;
	close(fd);
	return removed;
}

void rec_temp_sweep(int folder, const char *target)
{
	char name[NAME_MAX + 1];

	for (int k = 0; k < NAMES; k++) {
		name_of(name, folder, target, k);
		remove_stray(folder, name);
	}
}

void rec_temp_lock(int fd)
{
	while (flock(fd, LOCK_EX) < 0 && errno == EINTR)
		;
}

int rec_temp_link(int fd, int folder, const char *name)
{
	char path[sizeof "/proc/self/fd/" + 3 * sizeof fd];

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	return linkat(AT_FDCWD, path, folder, name, AT_SYMLINK_FOLLOW);
}

static int create(int folder, const char *name, mode_t mode)
{
	int fd = openat(folder, name, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, mode);
	if (fd < 0)
		return -1;
	rec_temp_lock(fd);
	if (is_named(fd, folder, name))
		return fd;
	/* a sweep came between the two calls and took it for a stray */
	close(fd);
	errno = EEXIST;
	return -1;
}

static int attempt(int folder, const char *name, int fd, mode_t mode)
{
	if (fd < 0)
		return create(folder, name, mode);
	return rec_temp_link(fd, folder, name) < 0 ? -1 : fd;
}

/* Take one name, from the dead if need be: the descriptor, or -1 with errno. */
static int claim(int folder, const char *name, int fd, mode_t mode)
{
	int claimed = attempt(folder, name, fd, mode);

	if (claimed >= 0 || errno != EEXIST)
		return claimed;
	if (remove_stray(folder, name))
		return attempt(folder, name, fd, mode);
	errno = EEXIST;
	return -1;
}

int rec_temp_claim(struct rec_temp *temp, int folder, const char *target, int fd, mode_t mode)
{
	char name[NAME_MAX + 1];

	for (int k = 0; k < NAMES; k++) {
		name_of(name, folder, target, k);
		rec_signals_hold();
		int claimed = claim(folder, name, fd, mode);
		int e = errno;
		int signal = claimed >= 0 ? rec_signals_add(folder, name) : -1;
		rec_signals_release();
		errno = e;
		if (claimed >= 0) {
			temp->folder = folder;
			memcpy(temp->name, name, sizeof name);
			temp->signal = signal;
			return claimed;
		}
		if (errno != EEXIST)
			return -1;
	}
	errno = EBUSY;
	return -1;
}

static void release(struct rec_temp *temp)
{
	rec_signals_drop(temp->signal);
	temp->name[0] = '\0';
}

/* rename() that fails with EEXIST, also on a file system without RENAME_NOREPLACE. */
static int rename_noreplace(int folder, const char *from, const char *to)
{
	if (renameat2(folder, from, folder, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	return linkat(folder, from, folder, to, 0) < 0 ? -1 : unlinkat(folder, from, 0);
}

/* Held, for once the name is free another run may have it, and the signal must not remove that one's. */
int rec_temp_rename(struct rec_temp *temp, const char *target, bool replace)
{
	rec_signals_hold();
	int r = replace ? renameat(temp->folder, temp->name, temp->folder, target)
	                : rename_noreplace(temp->folder, temp->name, target);
	int e = errno;
	if (r == 0)
		release(temp);
	rec_signals_release();
	errno = e;
	return r;
}

void rec_temp_remove(struct rec_temp *temp)
{
	rec_signals_hold();
	unlinkat(temp->folder, temp->name, 0);
	release(temp);
	rec_signals_release();
}
