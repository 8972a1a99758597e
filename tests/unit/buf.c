/* SPDX-License-Identifier: MIT */
/* Goal: a buffer holds what was appended, always ends in NUL, and a failure sticks. */
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void empty_is_a_string(void **state)
{
	(void)state;
	struct rec_buf buf = REC_BUF_INIT;
	assert_string_equal(rec_buf_str(&buf), "");
	char *text = rec_buf_steal(&buf);
	assert_non_null(text);
	assert_string_equal(text, "");
	free(text);
	rec_buf_free(&buf);
}

static void appends_across_growth(void **state)
{
	(void)state;
	struct rec_buf buf = REC_BUF_INIT;
	for (size_t i = 0; i < 1000; i++) {
		assert_int_equal(buf.len, i);
		rec_buf_add(&buf, &"0123456789"[i % 10], 1);
		assert_true(buf.cap > buf.len);
		assert_int_equal(buf.data[buf.len], 0);
	}
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(buf.data[i], '0' + (int)(i % 10));
	rec_buf_free(&buf);
	assert_null(buf.data);
	assert_int_equal(buf.len, 0);
}

static void keeps_nul_bytes(void **state)
{
	(void)state;
	struct rec_buf buf = REC_BUF_INIT;
	rec_buf_add(&buf, "a\0b", 3);
	rec_buf_puts(&buf, "c");
	assert_int_equal(buf.len, 4);
	assert_memory_equal(buf.data, "a\0bc", 5);
	rec_buf_free(&buf);
}

/* lengths around the first capacity, where an off-by-one would cut the last byte */
static void printf_fits_exactly(void **state)
{
	(void)state;
	for (int n = 60; n < 70; n++) {
		struct rec_buf buf = REC_BUF_INIT;
		rec_buf_printf(&buf, "%0*d|%s", n, 7, "end");
		assert_int_equal(buf.len, n + 4);
		assert_string_equal(buf.data + n - 1, "7|end");
		rec_buf_printf(&buf, "%d", 12);
		assert_string_equal(buf.data + n - 1, "7|end12");
		rec_buf_free(&buf);
	}
}

static void failure_sticks(void **state)
{
	(void)state;
	struct rec_buf buf = REC_BUF_INIT;
	rec_buf_puts(&buf, "kept");
	rec_buf_add(&buf, "x", SIZE_MAX - 8);
	assert_true(buf.failed);
	rec_buf_puts(&buf, "more");
	rec_buf_printf(&buf, "%d", 1);
	assert_string_equal(rec_buf_str(&buf), "kept");
	assert_int_equal(buf.len, 4);
	assert_null(rec_buf_steal(&buf));
	assert_false(buf.failed);
	assert_null(buf.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(empty_is_a_string),
	        cmocka_unit_test(appends_across_growth),
	        cmocka_unit_test(keeps_nul_bytes),
	        cmocka_unit_test(printf_fits_exactly),
	        cmocka_unit_test(failure_sticks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
