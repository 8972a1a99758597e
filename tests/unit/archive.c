/* SPDX-License-Identifier: MIT */
/* Goal: of a zip only what is harmless is listed and unpacked, whole or not at all, and every other member is refused by name. */
#include "session/archive.h"

#include "base/buf.h"
#include "base/err.h"
#include "tests/unit/fault.h"
#include "tests/unit/tmp.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka needs the four above */
#include <cmocka.h>

struct member {
	const char *name; /* NULL: no more */
	const char *bytes;
	unsigned mode; /* 0: a regular file's */
	bool encrypted;
};

static char path[4096]; /* of the zip */

static int setup(void **state)
{
	if (tmp_make(state) < 0)
		return -1;
	snprintf(path, sizeof(path), "%s/x.zip", tmp);
	return 0;
}

static void put(struct rec_buf *zip, unsigned long value, int nbytes)
{
	for (int i = 0; i < nbytes; i++, value >>= 8)
		rec_buf_add(zip, &(unsigned char){(unsigned char)(value & 0xff)}, 1);
}

static unsigned long crc32_of(const char *bytes, size_t n)
{
	unsigned long crc = 0xffffffff;

	for (size_t i = 0; i < n; i++) {
		crc ^= (unsigned char)bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return crc ^ 0xffffffff;
}

/* what a local header and one of the central directory share (APPNOTE.TXT, 4.3.7 and 4.3.12); stored, names in UTF-8 */
static void put_common(struct rec_buf *zip, const struct member *member)
{
	size_t n = strlen(member->bytes);

	put(zip, 20, 2);
	put(zip, member->encrypted ? 0x801 : 0x800, 2);
	put(zip, 0, 6); /* method and time */
	put(zip, crc32_of(member->bytes, n), 4);
	put(zip, n, 4);
	put(zip, n, 4);
	put(zip, strlen(member->name), 2);
	put(zip, 0, 2);
}

/* a zip of these members, ${times} over, without its last ${missing} bytes */
static void make_zip(const struct member *members, size_t times, size_t missing)
{
	struct rec_buf zip = REC_BUF_INIT, directory = REC_BUF_INIT;
	size_t n = 0, at;
	FILE *file;

	for (size_t i = 0; i < times; i++) {
		for (const struct member *m = members; m->name; m++, n++) {
			size_t offset = zip.len;

			put(&zip, 0x04034b50, 4);
			put_common(&zip, m);
			rec_buf_puts(&zip, m->name);
			rec_buf_puts(&zip, m->bytes);
			put(&directory, 0x02014b50, 4);
			put(&directory, 3 << 8 | 20, 2); /* made on Unix */
			put_common(&directory, m);
			put(&directory, 0, 6);
			put(&directory, (unsigned long)(m->mode ? m->mode : 0100644) << 16, 4);
			put(&directory, offset, 4);
			rec_buf_puts(&directory, m->name);
		}
	}
	at = zip.len;
	if (directory.len > 0)
		rec_buf_add(&zip, directory.data, directory.len);
	put(&zip, 0x06054b50, 4);
	put(&zip, 0, 4);
	put(&zip, n, 2);
	put(&zip, n, 2);
	put(&zip, directory.len, 4);
	put(&zip, at, 4);
	put(&zip, 0, 2);
	file = fopen(path, "w");
	assert_non_null(file);
	fwrite(zip.data, 1, zip.len - missing, file);
	assert_int_equal(fclose(file), 0);
	rec_buf_free(&zip);
	rec_buf_free(&directory);
}

static int open_quietly(struct rec_archive **archive, struct capture *capture)
{
	int r;

	capture_begin(capture, STDERR_FILENO);
	r = rec_archive_open(archive, path);
	capture_end(capture);
	return r;
}

static void test_recognised(void **state)
{
	static const struct {
		const char *bytes;
		int is;
	} rows[] = {{"PK\3\4more", 1}, {"PK\5\6", 1}, {"PK\3", 0}, {"PK\1\2", 0}, {"{\"a\":1}", 0}, {"", 0}};
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(file_write(tmp, "x.zip", rows[i].bytes));
		assert_int_equal(rec_archive_recognises(path), rows[i].is);
	}
	assert_int_equal(rec_archive_recognises(tmp), 0);
}

static void test_not_read(void **state)
{
	struct capture capture;
	int r;
	(void)state;

	assert_true(file_write(tmp, "x.zip", "PK\3\4more"));
	capture_begin(&capture, STDERR_FILENO);
	fault_begin("read", 1, EIO);
	r = rec_archive_recognises(path);
	assert_true(fault_end());
	capture_end(&capture);
	assert_int_equal(r, REC_EIO);
}

/* the names that are listed, or what is said */
static void test_lists(void **state)
{
	static const struct {
		struct member members[4];
		size_t missing;
		const char *names; /* NULL: refused */
		const char *said;
	} rows[] = {
	        {{{"b/c.webm", "x", 0, false}, {"a", "", 0, false}, {"dir/", "", 040755, false}}, 0, "a b/c.webm ",
	                NULL},
	        {{{"..x", "", 0, false}, {"y..", "", 0, false}, {"z/...", "", 0, false}}, 0, "..x y.. z/... ", NULL},
	        {{{"caf\xc3\xa9 \xe2\x98\x83", "", 0, false}}, 0, "caf\xc3\xa9 \xe2\x98\x83 ", NULL},
	        {{{NULL, NULL, 0, false}}, 0, "", NULL},
	        {{{"/etc/passwd", "", 0, false}}, 0, NULL, "'/etc/passwd' leads out"},
	        {{{"..", "", 0, false}}, 0, NULL, "'..' leads out"},
	        {{{"a/..", "", 0, false}}, 0, NULL, "'a/..' leads out"},
	        {{{"a/../b", "", 0, false}}, 0, NULL, "'a/../b' leads out"},
	        {{{"../b/", "", 040755, false}}, 0, NULL, "'../b/' leads out"},
	        {{{"x/a\\b", "", 0, false}}, 0, NULL, "leads out"},
	        {{{"", "", 0, false}}, 0, NULL, "x.zip"},
	        {{{"link", "a", 0120777, false}}, 0, NULL, "'link' is a link or a device"},
	        {{{"secret", "x", 0, true}}, 0, NULL, "'secret' is encrypted"},
	        {{{"a", "1", 0, false}, {"b", "", 0, false}, {"a", "2", 0, false}}, 0, NULL,
	                "two members of the name 'a'"},
	        {{{"a", "1", 0, false}}, 70, NULL, "x.zip"},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rec_archive *archive = NULL;
		struct rec_buf names = REC_BUF_INIT;
		struct capture capture;
		int r;

		make_zip(rows[i].members, 1, rows[i].missing);
		r = open_quietly(&archive, &capture);
		if (!rows[i].names && (r != REC_EINPUT || archive || !strstr(capture.text, rows[i].said)))
			fail_msg("row %zu: %d %s", i, r, capture.text);
		if (rows[i].names && r != REC_OK)
			fail_msg("row %zu: %d %s", i, r, capture.text);
		for (size_t k = 0; archive && k < rec_archive_count(archive); k++)
			rec_buf_printf(&names, "%s ", rec_archive_name(archive, k));
		if (rows[i].names)
			assert_string_equal(rec_buf_str(&names), rows[i].names);
		rec_buf_free(&names);
		rec_archive_close(&archive);
	}
}

static void test_limits(void **state)
{
	static const struct member file[] = {{"a", "", 0, false}, {NULL, NULL, 0, false}};
	static const struct member folder[] = {{"a/", "", 040755, false}, {NULL, NULL, 0, false}};
	char name[4200];
	const struct member longest[] = {{name, "", 0, false}, {NULL, NULL, 0, false}};
	struct rec_archive *archive = NULL;
	struct capture capture;
	(void)state;

	make_zip(file, 1001, 0);
	assert_int_equal(open_quietly(&archive, &capture), REC_EINPUT);
	assert_non_null(strstr(capture.text, "more than 1000 members"));
	make_zip(folder, 2001, 0);
	assert_int_equal(open_quietly(&archive, &capture), REC_EINPUT);
	assert_non_null(strstr(capture.text, "too many folders"));
	memset(name, 'n', sizeof(name));
	name[4097] = '\0';
	make_zip(longest, 1, 0);
	assert_int_equal(open_quietly(&archive, &capture), REC_EINPUT);
	assert_non_null(strstr(capture.text, "name cannot be read"));
	name[4096] = '\0';
	make_zip(longest, 1, 0);
	assert_int_equal(open_quietly(&archive, &capture), REC_OK);
	rec_archive_close(&archive);
}

static const struct member two[] = {
        {"a.webm", "first", 0, false}, {"b.webm", "second", 0, false}, {NULL, NULL, 0, false}};

/* the second member's bytes and name, a call that fails under way; what was said otherwise */
static int extract(const char *call, int code, long n, bool *hit_it, struct rec_buf *said)
{
	static struct capture capture;
	struct rec_archive *archive = NULL;
	struct rec_source *source = NULL;
	char *text = NULL;
	size_t size = 0;
	int r;

	capture_begin(&capture, STDERR_FILENO);
	fault_begin(call, n, code);
	r = rec_archive_open(&archive, path);
	if (r == REC_OK)
		r = rec_archive_extract(archive, 1, &source);
	*hit_it = fault_end();
	capture_end(&capture);
	assert_true((r == REC_OK) == (source != NULL));
	if (r == REC_OK)
		assert_int_equal(rec_source_rest(source, 1000, &text, &size), REC_OK);
	rec_buf_puts(said, r == REC_OK ? text : capture.text);
	if (r == REC_OK)
		rec_buf_printf(said, " of %s", strrchr(rec_source_name(source), '/'));
	free(text);
	rec_source_close(&source);
	rec_archive_close(&archive);
	return r;
}

static void test_faults(void **state)
{
	static const struct {
		const char *call;
		int code;
		int result;
		const char *said;
	} rows[] = {{"write", ENOSPC, REC_EIO, "set TMPDIR to a folder with room"},
	        {"write", EINTR, REC_OK, "second of /x.zip: b.webm"},
	        {"write", FAULT_SHORT, REC_OK, "second of /x.zip: b.webm"}};
	bool hit_it;
	(void)state;

	make_zip(two, 1, 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rec_buf said = REC_BUF_INIT;
		int r = extract(rows[i].call, rows[i].code, 1, &hit_it, &said);

		if (!hit_it || r != rows[i].result || !strstr(rec_buf_str(&said), rows[i].said))
			fail_msg("row %zu: %d '%s'", i, r, rec_buf_str(&said));
		rec_buf_free(&said);
	}
}

static void test_no_memory(void **state)
{
	bool hit_it = true;
	(void)state;

	make_zip(two, 1, 0);
	for (long n = 1; hit_it; n++) {
		struct rec_buf said = REC_BUF_INIT;
		int r = extract("alloc", ENOMEM, n, &hit_it, &said);

		if (r != REC_ENOMEM && (r != REC_OK || strcmp(rec_buf_str(&said), "second of /x.zip: b.webm") != 0))
			fail_msg("allocation %ld: %d '%s'", n, r, rec_buf_str(&said));
		if (!hit_it)
			assert_int_equal(r, REC_OK);
		rec_buf_free(&said);
	}
}

/* the zip is another one by the time its member is wanted, or none at all */
static void test_changed(void **state)
{
	static const struct member one[] = {{"a.webm", "first", 0, false}, {NULL, NULL, 0, false}};
	struct rec_archive *archive = NULL;
	struct rec_source *source = NULL;
	struct capture capture;
	(void)state;

	make_zip(two, 1, 0);
	assert_int_equal(rec_archive_open(&archive, path), REC_OK);
	make_zip(one, 1, 0);
	capture_begin(&capture, STDERR_FILENO);
	assert_int_equal(rec_archive_extract(archive, 1, &source), REC_EINPUT);
	capture_end(&capture);
	assert_null(source);
	assert_non_null(strstr(capture.text, "its member 'b.webm' is gone"));
	assert_int_equal(unlink(path), 0);
	capture_begin(&capture, STDERR_FILENO);
	assert_int_equal(rec_archive_extract(archive, 1, &source), REC_EINPUT);
	capture_end(&capture);
	assert_null(source);
	rec_archive_close(&archive);
	rec_archive_close(&archive);
}

/* a temporary file is read by its descriptor, from its start wherever it stands */
static void test_descriptor(void **state)
{
	struct rec_archive *archive = NULL;
	char name[64];
	int fd;
	(void)state;

	make_zip(two, 1, 0);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(lseek(fd, 7, SEEK_SET), 7);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	assert_int_equal(rec_archive_open(&archive, name), REC_OK);
	assert_int_equal(rec_archive_count(archive), 2);
	rec_archive_close(&archive);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_recognised), cmocka_unit_test(test_not_read),
	        cmocka_unit_test(test_lists), cmocka_unit_test(test_limits), cmocka_unit_test(test_faults),
	        cmocka_unit_test(test_no_memory), cmocka_unit_test(test_changed), cmocka_unit_test(test_descriptor)};

	return cmocka_run_group_tests(tests, setup, tmp_remove);
}
