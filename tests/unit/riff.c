/* SPDX-License-Identifier: MIT */
/* Goal: only WAV files whose chunks are known, bounded and inside of the file reach libsndfile. */
#include "sound/riff.h"

#include "base/buf.h"
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
/* cmocka needs the four above */
#include <cmocka.h>

/* a chunk: its name, the size that it claims, the bytes that it has */
struct chunk {
	const char *name;
	uint32_t claims;
	size_t has;
};

static ssize_t buf_read(void *state, void *bytes, size_t n, int64_t at)
{
	const struct rec_buf *buf = state;
	size_t left = (uint64_t)at < buf->len ? buf->len - (size_t)at : 0;

	n = n < left ? n : left;
	n = n > 7 ? 7 : n; /* short reads are fine */
	memcpy(bytes, buf->data + at, n);
	return (ssize_t)n;
}

static void buf_close(void *state)
{
	(void)state;
}

static void put_size(struct rec_buf *buf, uint32_t size)
{
	const uint8_t bytes[4] = {(uint8_t)size, (uint8_t)(size >> 8), (uint8_t)(size >> 16), (uint8_t)(size >> 24)};

	rec_buf_add(buf, bytes, 4);
}

static bool is_plain(const char *head, const char *form, const struct chunk *chunks, size_t n, bool seekable)
{
	static const struct rec_source_ops ops = {buf_read, buf_close, NULL};
	static const char zeros[4096];
	struct rec_buf buf = REC_BUF_INIT;
	struct rec_source *source = NULL;

	rec_buf_puts(&buf, head);
	put_size(&buf, 0);
	rec_buf_puts(&buf, form);
	for (size_t i = 0; i < n; i++) {
		rec_buf_puts(&buf, chunks[i].name);
		put_size(&buf, chunks[i].claims);
		for (size_t left = chunks[i].has, k; left > 0; left -= k) {
			k = left < sizeof(zeros) ? left : sizeof(zeros);
			rec_buf_add(&buf, zeros, k);
		}
	}
	assert_int_equal(rec_source_new(&source, "x", &ops, &buf, (int64_t)buf.len, seekable), REC_OK);
	bool plain = rec_riff_is_plain(source);
	assert_int_equal(rec_source_tell(source), 0);
	rec_source_close(&source);
	rec_buf_free(&buf);
	return plain;
}

static void test_chunks(void **state)
{
	static const struct {
		struct chunk chunks[4];
		size_t n;
		bool plain;
	} rows[] = {
	        {{{"fmt ", 16, 16}, {"data", 8, 8}}, 2, true},
	        {{{"fmt ", 16, 16}, {"data", 7, 8}, {"LIST", 4, 4}}, 3, true}, /* padded to even */
	        {{{"fmt ", 16, 16}, {"data", 100, 8}}, 2, true},               /* cut off */
	        {{{"fmt ", 16, 16}, {"data", 0, 8}}, 2, true},                 /* never filled in */
	        {{{"fmt ", 16, 16}, {"data", UINT32_MAX, 8}}, 2, true},        /* into a pipe */
	        {{{"ds64", 28, 28}, {"fmt ", 16, 16}, {"data", UINT32_MAX, 8}}, 3, true},
	        {{{"JUNK", 1 << 20, 1 << 20}, {"fmt ", 16, 16}, {"data", 8, 8}}, 3, true},
	        {{{"JUNK", (1 << 20) + 2, (1 << 20) + 2}, {"fmt ", 16, 16}, {"data", 8, 8}}, 3, false},
	        {{{"fmt ", 16, 16}, {"LIST", 5000, 8}}, 2, false},
	        {{{"fmt ", 16, 16}, {"LIST", UINT32_MAX, 8}}, 2, false},
	        {{{"fmt ", 16, 16}, {"cue ", 8, 8}, {"data", 8, 8}}, 3, false},
	        {{{"fmt ", 16, 16}, {"data", 8, 8}, {"smpl", 36, 36}}, 3, false},
	        {{{"fmt ", 16, 16}, {"data", 8, 12}}, 2, false}, /* something behind it that is no chunk */
	};
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (is_plain("RIFF", "WAVE", rows[i].chunks, rows[i].n, true) != rows[i].plain)
			fail_msg("row %zu", i);
}

static void test_head(void **state)
{
	static const struct chunk chunks[] = {{"fmt ", 16, 16}, {"data", 8, 8}};
	(void)state;

	assert_true(is_plain("RF64", "WAVE", chunks, 2, true));
	assert_false(is_plain("RIFX", "WAVE", chunks, 2, true));
	assert_false(is_plain("RIFF", "AVI ", chunks, 2, true));
	assert_false(is_plain("RIFF", "WAVE", chunks, 2, false));
	assert_false(is_plain("RIFF", "W", chunks, 0, true));
}

static void test_too_many(void **state)
{
	struct chunk *chunks = calloc(1001, sizeof(*chunks));
	(void)state;

	assert_non_null(chunks);
	for (size_t i = 0; i < 1001; i++)
		chunks[i] = (struct chunk){"JUNK", 0, 0};
	assert_true(is_plain("RIFF", "WAVE", chunks, 999, true));
	assert_false(is_plain("RIFF", "WAVE", chunks, 1001, true));
	free(chunks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_chunks), cmocka_unit_test(test_head), cmocka_unit_test(test_too_many)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
