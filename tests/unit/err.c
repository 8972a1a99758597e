/* SPDX-License-Identifier: MIT */
/* Goal: every error has its exit status, as rec(7) has it, and words of its own. */
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
/* cmocka needs the four above */
#include <cmocka.h>

static void test_all(void **state)
{
	static const struct {
		int err;
		int status;
	} rows[] = {{REC_OK, 0}, {REC_EIO, 1}, {REC_ENOMEM, 1}, {REC_EENCODE, 1}, {REC_EEXIST, 1}, {REC_EUSAGE, 2},
	        {REC_EINVAL, 2}, {REC_EINPUT, 3}, {REC_ENODATA, 3}, {REC_EREMOTE, 4}, {REC_ELEFTOUT, 5}, {-1000, 1},
	        {1, 1}};
	const size_t n = sizeof(rows) / sizeof(rows[0]);
	(void)state;

	for (size_t i = 0; i < n; i++) {
		assert_int_equal(rec_exit_status(rows[i].err), rows[i].status);
		assert_true(strlen(rec_strerror(rows[i].err)) > 0);
		for (size_t k = 0; k < i && i < n - 1; k++)
			assert_string_not_equal(rec_strerror(rows[i].err), rec_strerror(rows[k].err));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_all)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
