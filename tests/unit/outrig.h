/* SPDX-License-Identifier: MIT */
/*
 * For tests of rec_out: an empty folder to work in, a file system that can be made to lack things, and tests that run with unnamed and with
 * named temporary files. To be the first header: fortified ones define openat() inline, and it is replaced here.
 */
#ifndef REC_TESTS_UNIT_OUTRIG_H
#define REC_TESTS_UNIT_OUTRIG_H

#undef _FORTIFY_SOURCE

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/log.h"
#include "base/out.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What the file system of the moment cannot do; these functions stand before the C library's. */
static bool lacks_tmpfile;
static bool lacks_noreplace;
static bool fsync_fails;

int openat(int folder, const char *path, int flags, ...)
{
	va_list args;

	va_start(args, flags);
	mode_t mode = va_arg(args, mode_t);
	va_end(args);
	if (lacks_tmpfile && (flags & O_TMPFILE) == O_TMPFILE) {
		errno = EOPNOTSUPP;
		return -1;
	}
	return (int)syscall(SYS_openat, folder, path, flags, mode);
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
	if (lacks_noreplace) {
		errno = EINVAL;
		return -1;
	}
	return (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
}

int fsync(int fd)
{
	if (fsync_fails) {
		errno = EIO;
		return -1;
	}
	return (int)syscall(SYS_fsync, fd);
}

static char folder[] = "/tmp/rectools-out-XXXXXX";

static inline int out_make(void **state)
{
	(void)state;
	rec_log_init("out");
	rec_log_set_level(REC_QUIET);
	rec_signals_install();
	umask(022);
	return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static inline int out_remove(void **state)
{
	(void)state;
	return chdir("/") == 0 ? rmdir(folder) : -1;
}

/* The number of names in the folder; each is removed when ${empty}. */
static inline int count_names(bool empty)
{
	DIR *dir = opendir(".");
	int n = 0;

	assert_non_null(dir);
	for (struct dirent *entry; (entry = readdir(dir));) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		n++;
		if (empty && remove(entry->d_name) < 0)
			fail_msg("cannot remove %s", entry->d_name);
	}
	closedir(dir);
	return n;
}

static inline int unnamed(void **state)
{
	(void)state;
	lacks_tmpfile = lacks_noreplace = fsync_fails = false;
	return 0;
}

static inline int named(void **state)
{
	unnamed(state);
	lacks_tmpfile = true;
	return 0;
}

static inline int clear(void **state)
{
	unnamed(state);
	count_names(true);
	return 0;
}

static inline void make_file(const char *name, const char *text, mode_t mode)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(name, mode), 0);
}

static inline void assert_holds(const char *name, const char *want)
{
	char text[256] = "";
	FILE *file = fopen(name, "r");

	assert_non_null(file);
	size_t n = fread(text, 1, sizeof text - 1, file);
	fclose(file);
	assert_int_equal(n, strlen(want));
	assert_string_equal(text, want);
}

static inline struct rec_out *begin(const char *target, const char *text)
{
	struct rec_out *out = NULL;

	assert_int_equal(rec_out_begin(&out, target, false), REC_OK);
	assert_int_equal(rec_out_write(out, text, strlen(text)), REC_OK);
	return out;
}

/* a test's two rows */
#define BOTH(test)                                                                                                     \
	{#test " (unnamed)", test, unnamed, clear, NULL},                                                              \
	{                                                                                                              \
#test " (named)", test, named, clear, NULL                                                             \
	}

#endif
