/* SPDX-License-Identifier: MIT */
/* A folder for all tests of a program: cmocka_run_group_tests(tests, tmp_make, tmp_remove). */
#ifndef REC_TESTS_UNIT_TMP_H
#define REC_TESTS_UNIT_TMP_H

#include "base/log.h"
#include "tests/unit/capture.h"

static char *tmp;

static inline int tmp_make(void **state)
{
	(void)state;
	rec_log_init("rec-x");
	tmp = folder_new();
	return tmp ? 0 : -1;
}

static inline int tmp_remove(void **state)
{
	(void)state;
	folder_remove(tmp);
	return 0;
}

/* tmp/name; the caller frees it */
static inline char *tmp_path(const char *name)
{
	char *path = NULL;

	if (asprintf(&path, "%s/%s", tmp, name) < 0)
		abort();
	return path;
}

#endif
