/* SPDX-License-Identifier: MIT */
/*
 * A growing byte buffer. Start from REC_BUF_INIT, append, read data and len, free.
 * The data always ends in a NUL that len does not count. A failed append sets `failed`, and every later
 * append does nothing, so that a long run of appends needs one check at its end.
 */
#ifndef REC_BASE_BUF_H
#define REC_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct rec_buf {
	char *data; /* NULL until the first append; use rec_buf_str() for a string that is never NULL */
	size_t len;
	size_t cap;
	bool failed; /* out of memory: len is what was there before */
};

#define REC_BUF_INIT                                                                                                   \
	{                                                                                                              \
		NULL, 0, 0, false                                                                                      \
	}

void rec_buf_add(struct rec_buf *buf, const void *bytes, size_t n);
void rec_buf_puts(struct rec_buf *buf, const char *str);
void rec_buf_printf(struct rec_buf *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void rec_buf_vprintf(struct rec_buf *buf, const char *fmt, va_list args) __attribute__((format(printf, 2, 0)));

/** rec_buf_str(buf): the text so far, "" when empty; borrowed until the next append. */
const char *rec_buf_str(const struct rec_buf *buf);

/** rec_buf_steal(buf): the text as malloc'd memory that the caller frees; NULL when it failed. The buffer is empty after. */
char *rec_buf_steal(struct rec_buf *buf);

void rec_buf_free(struct rec_buf *buf);

#endif
