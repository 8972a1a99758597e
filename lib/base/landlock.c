/* SPDX-License-Identifier: MIT */
/* The system calls themselves: there is no library for them in the oldest systems that this is built on, whose header lacks the newer rights. */
#include "base/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* rights of later versions than the header's may be */
#define TRUNCATE  (UINT64_C(1) << 14)
#define IOCTL_DEV (UINT64_C(1) << 15)

#define NET_BIND_TCP    (UINT64_C(1) << 0)
#define NET_CONNECT_TCP (UINT64_C(1) << 1)

#define SCOPE_ABSTRACT_UNIX_SOCKET (UINT64_C(1) << 0)
#define SCOPE_SIGNAL               (UINT64_C(1) << 1)

/* struct landlock_ruleset_attr as version 6 has it; older kernels take its beginning */
struct ruleset {
	uint64_t files;
	uint64_t net;
	uint64_t scoped;
};

static const uint64_t first_rights = LANDLOCK_ACCESS_FS_MAKE_SYM * 2 - 1; /* all of version 1 */
static const uint64_t of_files = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                                 LANDLOCK_ACCESS_FS_EXECUTE | TRUNCATE | IOCTL_DEV;

static uint64_t rights_of(enum rec_reach_kind kind)
{
	static const uint64_t read = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
	static const uint64_t write = LANDLOCK_ACCESS_FS_WRITE_FILE | TRUNCATE;
	static const uint64_t files = LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE;
	static const uint64_t folders =
	        LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REFER;

	switch (kind) {
	case REC_REACH_READ:
		return read;
	case REC_REACH_WRITE:
		return read | write;
	case REC_REACH_FILES:
		return read | write | files;
	case REC_REACH_TREE:
		return read | write | files | folders;
	}
	return 0;
}

static bool is_shortage(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOMEM;
}

/*
 * False: this could not be found out. What does not exist or may not be opened cannot be reached either: the tool itself will say so. Pipes
 * have no place in the file system, and need no rule.
 */
static bool allow(int ruleset, const struct rec_reach_item *item, uint64_t handled)
{
	struct landlock_path_beneath_attr rule = {.allowed_access = rights_of(item->kind) & handled};
	struct stat st;

	rule.parent_fd = open(item->path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return !is_shortage(errno);
	if (fstat(rule.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		rule.allowed_access &= of_files;
	bool fine = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0 ||
	            !is_shortage(errno);
	close(rule.parent_fd);
	return fine;
}

/* Version 1 lets no file move between folders, which a tool that fills a folder may have to do. */
static bool needs_moves(const struct rec_reach *reach)
{
	for (size_t i = 0; i < reach->n; i++)
		if (reach->items[i].kind == REC_REACH_TREE)
			return true;
	return false;
}

static struct ruleset describe(const struct rec_reach *reach, long version, size_t *size)
{
	struct ruleset set = {.files = first_rights};

	if (version >= 2)
		set.files |= LANDLOCK_ACCESS_FS_REFER;
	if (version >= 3)
		set.files |= TRUNCATE;
	if (version >= 4)
		set.net = reach->network ? NET_BIND_TCP : NET_BIND_TCP | NET_CONNECT_TCP;
	if (version >= 5)
		set.files |= IOCTL_DEV;
	if (version >= 6)
		set.scoped = SCOPE_ABSTRACT_UNIX_SOCKET | SCOPE_SIGNAL;
	*size = version >= 6 ? sizeof set : version >= 4 ? offsetof(struct ruleset, scoped) : sizeof set.files;
	return set;
}

int rec_landlock_restrict(const struct rec_reach *reach)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	size_t size;
	int saved;

	if (version < 0)
		return 0;
	if (version < 2 && needs_moves(reach)) {
		errno = ENOSYS;
		return 0;
	}
	struct ruleset set = describe(reach, version, &size);
	int fd = (int)syscall(SYS_landlock_create_ruleset, &set, size, 0);
	if (fd < 0)
		return is_shortage(errno) ? -1 : 0;
	for (size_t i = 0; version > 0 && i < reach->n; i++)
		if (!allow(fd, &reach->items[i], set.files))
			version = -1;
	if (version > 0 &&
	        (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || syscall(SYS_landlock_restrict_self, fd, 0) < 0))
		version = 0;
	saved = errno;
	close(fd);
	errno = saved;
	return (int)version;
}
