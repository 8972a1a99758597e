/* SPDX-License-Identifier: MIT */
#include "base/spool.h"

#include "base/err.h"
#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* in memory, just full, and in a file; read twice */
static void what_went_in_comes_out(void **state)
{
	static const int64_t counts[] = {0, 1, (1 << 20) / 24, (1 << 20) / 24 + 1, 200000};

	(void)state;
	for (size_t c = 0; c < 5; c++) {
		struct rec_spool *spool = NULL;
		int64_t record[3] = {0};

		assert_int_equal(rec_spool_new(&spool, sizeof(record)), REC_OK);
		for (int64_t i = 0; i < counts[c]; i++) {
			record[0] = i;
			record[2] = -i;
			assert_int_equal(rec_spool_add(spool, record), REC_OK);
		}
		assert_int_equal(rec_spool_count(spool), counts[c]);
		for (int turn = 0; turn < 2; turn++) {
			assert_int_equal(rec_spool_rewind(spool), REC_OK);
			for (int64_t i = 0; i < counts[c]; i++) {
				assert_int_equal(rec_spool_next(spool, record), REC_OK);
				assert_int_equal(record[0], i);
				assert_int_equal(record[2], -i);
			}
			assert_int_equal(rec_spool_next(spool, record), REC_ENODATA);
		}
		rec_spool_free(&spool);
		assert_null(spool);
	}
}

static void no_room_is_an_error(void **state)
{
	struct rec_spool *spool = NULL;
	char record[4096] = {0};
	int err = REC_OK;

	(void)state;
	rec_log_set_level(REC_QUIET);
	setenv("TMPDIR", "/nonexistent", 1);
	assert_int_equal(rec_spool_new(&spool, sizeof(record)), REC_OK);
	for (int i = 0; i < 1000 && err == REC_OK; i++)
		err = rec_spool_add(spool, record);
	unsetenv("TMPDIR");
	assert_int_equal(err, REC_EIO);
	rec_spool_free(&spool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(what_went_in_comes_out), cmocka_unit_test(no_room_is_an_error)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
