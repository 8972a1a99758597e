/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Make room for n more bytes and the NUL. */
static bool reserve(struct rec_buf *buf, size_t n)
{
	if (buf->failed)
		return false;
	if (n < buf->cap - buf->len)
		return true;
	size_t cap = buf->cap ? buf->cap : 64;
	while (cap - buf->len <= n) {
		if (cap > SIZE_MAX / 2) {
			buf->failed = true;
			return false;
		}
		cap *= 2;
	}
	char *data = realloc(buf->data, cap);
	if (!data) {
		buf->failed = true;
		return false;
	}
	buf->data = data;
	buf->cap = cap;
	return true;
}

void rec_buf_add(struct rec_buf *buf, const void *bytes, size_t n)
{
	if (!reserve(buf, n))
		return;
	if (n)
		memcpy(buf->data + buf->len, bytes, n);
	buf->len += n;
	buf->data[buf->len] = '\0';
}

void rec_buf_puts(struct rec_buf *buf, const char *str)
{
	rec_buf_add(buf, str, strlen(str));
}

void rec_buf_vprintf(struct rec_buf *buf, const char *fmt, va_list args)
{
	va_list again;
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, fmt, args);
	if (n < 0)
		buf->failed = true;
	else if (reserve(buf, (size_t)n)) {
		vsnprintf(buf->data + buf->len, (size_t)n + 1, fmt, again);
		buf->len += (size_t)n;
	}
	va_end(again);
}

void rec_buf_printf(struct rec_buf *buf, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	rec_buf_vprintf(buf, fmt, args);
	va_end(args);
}

const char *rec_buf_str(const struct rec_buf *buf)
{
	return buf->data ? buf->data : "";
}

char *rec_buf_steal(struct rec_buf *buf)
{
	rec_buf_add(buf, "", 0); /* an empty text is memory of the caller's too */
	char *data = buf->failed ? NULL : buf->data;
	if (!data)
		free(buf->data);
	*buf = (struct rec_buf)REC_BUF_INIT;
	return data;
}

void rec_buf_free(struct rec_buf *buf)
{
	free(buf->data);
	*buf = (struct rec_buf)REC_BUF_INIT;
}
