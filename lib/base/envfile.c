/* SPDX-License-Identifier: MIT */
#include "base/envfile.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "base/source.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MAX_BYTES ((size_t)1 << 20)

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"

static const char *skip_blanks(const char *p)
{
	return p + strspn(p, " \t\r");
}

static const char *skip_line(const char *p)
{
	return p + strcspn(p, "\n");
}

/* Append the text behind the quote at p; the place after the closing quote, or NULL when there is none. */
static const char *read_quoted(const char *p, struct rec_buf *value)
{
	char quote = *p++;
	for (; *p && *p != quote; p++) {
		if (quote == '"' && *p == '\\' && p[1] && strchr("n\"\\$`", p[1])) {
			p++;
			rec_buf_add(value, *p == 'n' ? "\n" : p, 1);
		} else
			rec_buf_add(value, p, 1);
	}
	return *p ? p + 1 : NULL;
}

/* Append the text from p to the end of the line or a comment, without the blanks around it; the place after it. */
static const char *read_plain(const char *p, struct rec_buf *value)
{
	const char *end = p;
	while (*end && *end != '\n' && !(*end == '#' && (end == p || end[-1] == ' ' || end[-1] == '\t')))
		end++;
	const char *last = end;
	while (last > p && strchr(" \t\r", last[-1]))
		last--;
	rec_buf_add(value, p, (size_t)(last - p));
	return end;
}

/* Take the assignment at *p and step over its line; a text that says what is wrong, or NULL. */
static const char *read_assignment(const char **p, struct rec_buf *name, struct rec_buf *value)
{
	const char *s = *p;
	if (!strncmp(s, "export", 6) && (s[6] == ' ' || s[6] == '\t'))
		s = skip_blanks(s + 6);
	size_t n = strspn(s, LETTERS "0123456789");
	if (!n || !strchr(LETTERS, *s) || s[n] != '=')
		return "not NAME=VALUE";
	rec_buf_add(name, s, n);
	s = skip_blanks(s + n + 1);
	if (*s == '\'' || *s == '"') {
		s = read_quoted(s, value);
		if (!s)
			return "no closing quote";
		s = skip_blanks(s);
		if (*s && *s != '\n' && *s != '#')
			return "text behind the closing quote";
	} else
		s = read_plain(s, value);
	*p = skip_line(s);
	return NULL;
}

static int load_text(const char *path, const char *text)
{
	int line = 1;
	const char *counted = text;
	for (const char *p = text; *p; p += *p == '\n') {
		for (; counted < p; counted++)
			line += *counted == '\n';
		p = skip_blanks(p);
		if (!*p || *p == '\n' || *p == '#') {
			p = skip_line(p);
			continue;
		}
		struct rec_buf name = REC_BUF_INIT;
		struct rec_buf value = REC_BUF_INIT;
		const char *wrong = read_assignment(&p, &name, &value);
		bool set =
		        !wrong && !name.failed && !value.failed && !setenv(rec_buf_str(&name), rec_buf_str(&value), 0);
		rec_buf_free(&name);
		rec_buf_free(&value);
		if (wrong)
			return rec_report(
			        REC_EINPUT, "cannot use environment file '%s': line %d: %s", path, line, wrong);
		if (!set)
			return rec_report(REC_ENOMEM, "out of memory");
	}
	return 0;
}

int rec_envfile_load(const char *path)
{
	char *text = NULL;
	size_t n = 0;
	int r = rec_source_slurp(path, MAX_BYTES, &text, &n);
	if (r < 0)
		return r;
	if (memchr(text, '\0', n))
		r = rec_report(REC_EINPUT, "cannot use environment file '%s': a NUL byte in it", path);
	else
		r = load_text(path, strncmp(text, "\xef\xbb\xbf", 3) ? text : text + 3);
	free(text);
	return r;
}
