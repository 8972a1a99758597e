/* SPDX-License-Identifier: MIT */
/* The MD5 that follows a growing file is that of the whole file, whatever its size and the pieces in which it grew. */
#include "net/follow.h"
#include "base/err.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

static int new_file(void)
{
	FILE *file = tmpfile();
	assert_non_null(file);
	int fd = dup(fileno(file));
	fclose(file);
	assert_true(fd >= 0);
	return fd;
}

static void grow(int fd, struct rec_follow *follow, int64_t size, int64_t piece)
{
	char *bytes = malloc((size_t)piece);

	assert_non_null(bytes);
	for (int64_t at = 0; at < size; at += piece) {
		size_t n = (size_t)(size - at < piece ? size - at : piece);
		for (size_t i = 0; i < n; i++)
			bytes[i] = (char)((at + (int64_t)i) * 7 >> 3);
		assert_int_equal(pwrite(fd, bytes, n, at), n);
		rec_follow_to(follow, at + (int64_t)n);
	}
	free(bytes);
}

static void is_that_of_the_file(void **state)
{
	static const struct {
		int64_t size;
		int64_t piece;
	} cases[] = {{0, 1}, {1, 1}, {100000, 16384}, {1 << 20, 1 << 20}, {(1 << 20) + 1, 16384}, {5000000, 16384},
	        {5000000, 5000000}, {9 << 20, 3000}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct rec_follow *follow = NULL;
		char hex[REC_MD5_HEX];
		struct rec_sums sums;
		int fd = new_file();

		assert_int_equal(rec_follow_new(&follow, fd), REC_OK);
		grow(fd, follow, cases[i].size, cases[i].piece);
		assert_int_equal(rec_follow_end(follow, hex), REC_OK);
		assert_int_equal(rec_sums_of_file(&sums, fd, 0, cases[i].size, false), REC_OK);
		assert_string_equal(hex, sums.md5_hex);
		assert_string_equal(sums.sha256_hex, "");
		rec_follow_free(&follow);
		assert_null(follow);
		close(fd);
	}
}

/* What was there before counts, too; what is missing is told. */
static void begins_anywhere(void **state)
{
	static const int64_t told[] = {50, 5 << 20};
	struct rec_follow *follow = NULL;
	char hex[REC_MD5_HEX];
	int fd = new_file();

	(void)state;
	assert_int_equal(pwrite(fd, "abc", 3, 0), 3);
	assert_int_equal(rec_follow_new(&follow, fd), REC_OK);
	rec_follow_to(follow, 3);
	assert_int_equal(rec_follow_end(follow, hex), REC_OK);
	assert_string_equal(hex, "900150983cd24fb0d6963f7d28e17f72"); /* RFC 1321, A.5 */
	rec_follow_free(&follow);
	for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
		assert_int_equal(rec_follow_new(&follow, fd), REC_OK);
		rec_follow_to(follow, told[i]);
		assert_int_equal(rec_follow_end(follow, hex), REC_EIO);
		rec_follow_free(&follow);
	}
	close(fd);
}

static void may_be_given_up(void **state)
{
	struct rec_follow *follow = NULL;
	int fd = new_file();

	(void)state;
	assert_int_equal(rec_follow_new(&follow, fd), REC_OK);
	grow(fd, follow, 4 << 20, 65536);
	rec_follow_free(&follow);
	rec_follow_free(&follow);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(is_that_of_the_file), cmocka_unit_test(begins_anywhere),
	        cmocka_unit_test(may_be_given_up)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
