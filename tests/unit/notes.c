/* SPDX-License-Identifier: MIT */
/* Goal: the last version noted of a file is found by the next run, and what is no whole line never stands for one. */
#include "net/notes.h"

#include "base/err.h"
#include "tests/unit/tmp.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define MD5 "0123456789abcdef0123456789abcdef"

static int open_folder(void)
{
	int folder = open(tmp, O_RDONLY | O_DIRECTORY);

	assert_true(folder >= 0);
	return folder;
}

static struct rec_version version(int64_t total, const char *etag, const char *md5)
{
	struct rec_version v;

	rec_version_init(&v);
	v.total = total;
	snprintf(v.etag, sizeof v.etag, "%s", etag);
	snprintf(v.md5, sizeof v.md5, "%s", md5);
	return v;
}

static void add(int folder, const char *name, struct rec_version v)
{
	struct rec_notes *notes = NULL;

	assert_int_equal(rec_notes_open(&notes, folder), REC_OK);
	rec_notes_add(notes, name, &v);
	rec_notes_close(&notes);
	assert_null(notes);
}

static void assert_found(int folder, const char *name, const struct rec_version *want)
{
	struct rec_notes *notes = NULL;
	struct rec_version got;

	assert_int_equal(rec_notes_open(&notes, folder), REC_OK);
	assert_int_equal(rec_notes_find(notes, name, &got), want != NULL);
	if (want) {
		assert_int_equal(got.total, want->total);
		assert_string_equal(got.etag, want->etag);
		assert_string_equal(got.md5, want->md5);
	}
	rec_notes_close(&notes);
}

static void the_last_one_holds(void **state)
{
	int folder = open_folder();
	struct rec_version first = version(100, "\"a\"", ""), last = version(INT64_C(1) << 40, "\"" MD5 "\"", MD5);

	(void)state;
	assert_found(folder, "a.webm", NULL);
	add(folder, "a.webm", first);
	add(folder, "b.webm", last);
	assert_found(folder, "a.webm", &first);
	assert_found(folder, "b.webm", &last);
	assert_found(folder, "a", NULL);
	add(folder, "a.webm", last);
	assert_found(folder, "a.webm", &last);
	close(folder);
}

/* what cannot be recognised takes the place of what could */
static void without_a_mark(void **state)
{
	const struct rec_version rows[] = {version(100, "", ""), version(-1, "\"b\"", ""), version(7, "\"a\tb\"", ""),
	        version(7, "\"a\nb.webm\t1\tx\t\"", "")};
	const struct rec_version known = version(100, "\"a\"", "");
	int folder = open_folder();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		add(folder, "a.webm", known);
		assert_found(folder, "a.webm", &known);
		add(folder, "a.webm", rows[i]);
		assert_found(folder, "a.webm", NULL);
		assert_found(folder, "b.webm", NULL);
	}
	close(folder);
}

/* as a kill in the middle of a line, or another program, leaves it */
static void torn(void **state)
{
	static const char *const texts[] = {"a.webm\t100\t\"a\"\t", "a.webm\t100\n", "a.webm\t100\t\"a\"\n", "\n\n\n",
	        "\t\t\t\n", "a.webm\t100\t\"a\"\tb.webm\t200\t\"b\"\t\n", "a.webm\t100\t\"a\"\t" MD5 "0\n"};
	const struct rec_version known = version(5, "\"c\"", "");
	int folder = open_folder();

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		int fd = openat(folder, ".versions", O_WRONLY | O_CREAT | O_TRUNC, 0600);

		assert_int_equal(write(fd, texts[i], strlen(texts[i])), strlen(texts[i]));
		close(fd);
		assert_found(folder, "a.webm", NULL);
		assert_found(folder, "b.webm", NULL);
		add(folder, "c.webm", known);
		add(folder, "c.webm", known);
		assert_found(folder, "c.webm", &known);
	}
	close(folder);
}

/* too long to be ours: as if it were not there */
static void too_long(void **state)
{
	const struct rec_version known = version(5, "\"c\"", "");
	int folder = open_folder();
	int fd;

	(void)state;
	add(folder, "c.webm", known);
	fd = openat(folder, ".versions", O_WRONLY);
	assert_int_equal(ftruncate(fd, INT64_C(1) << 40), 0);
	close(fd);
	assert_found(folder, "c.webm", NULL);
	add(folder, "c.webm", known);
	assert_found(folder, "c.webm", &known);
	close(folder);
}

/* a link is not followed; the files are fetched without notes */
static void a_link(void **state)
{
	int folder = open_folder();

	(void)state;
	assert_int_equal(symlinkat("elsewhere", folder, ".versions"), 0);
	add(folder, "c.webm", version(5, "\"c\"", ""));
	assert_found(folder, "c.webm", NULL);
	assert_int_equal(faccessat(folder, "elsewhere", F_OK, 0), -1);
	close(folder);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, tmp_make, tmp_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(the_last_one_holds), TEST(without_a_mark), TEST(torn), TEST(too_long), TEST(a_link)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
