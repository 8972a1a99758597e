/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/remote.h"
#include "base/utf8.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAX_WARNINGS 1000

/* stderr belongs to the process, and so does this state; the lock guards all of it. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *program = "rectools";
static enum rec_level level = REC_WARNING;
static bool as_json;
static bool lone;
static char status[256];
static char *warnings[MAX_WARNINGS];
static size_t nwarnings;
static _Thread_local bool demoted;

static const char *const level_names[] = {"quiet", "error", "warning", "info", "debug"};

void rec_log_init(const char *argv0)
{
	const char *slash = argv0 ? strrchr(argv0, '/') : NULL;
	const char *name = slash ? slash + 1 : argv0;
	const char *wanted = getenv("LOG_LEVEL");

	pthread_mutex_lock(&lock);
	if (name && *name)
		program = name;
	level = REC_WARNING;
	for (int i = REC_QUIET; wanted && i <= REC_DEBUG; i++) {
		if (!strcasecmp(wanted, level_names[i]))
			level = (enum rec_level)i;
	}
	pthread_mutex_unlock(&lock);
}

const char *rec_log_program(void)
{
	pthread_mutex_lock(&lock);
	const char *name = program;
	pthread_mutex_unlock(&lock);
	return name;
}

void rec_log_set_level(enum rec_level new_level)
{
	pthread_mutex_lock(&lock);
	level = new_level;
	pthread_mutex_unlock(&lock);
}

enum rec_level rec_log_level(void)
{
	pthread_mutex_lock(&lock);
	enum rec_level now = level;
	pthread_mutex_unlock(&lock);
	return now;
}

void rec_log_set_json(bool on)
{
	pthread_mutex_lock(&lock);
	as_json = on;
	pthread_mutex_unlock(&lock);
}

static void escape(struct rec_buf *buf, const char *text)
{
	size_t n = strlen(text);
	while (n) {
		uint32_t c;
		size_t len;
		bool broken = rec_utf8_decode(text, n, &c, &len) < 0;
		if (broken || (len == 1 && rec_utf8_is_unsafe(c))) {
			for (size_t i = 0; i < len; i++)
				rec_buf_printf(buf, "\\x%02x", (unsigned char)text[i]);
		} else if (rec_utf8_is_unsafe(c))
			rec_buf_printf(buf, "\\u{%x}", c);
		else
			rec_buf_add(buf, text, len);
		text += len;
		n -= len;
	}
}

void rec_escape(struct rec_buf *buf, const char *text)
{
	struct rec_buf shown = REC_BUF_INIT;

	rec_remote_redact(&shown, text);
	escape(buf, rec_buf_str(&shown));
	rec_buf_free(&shown);
}

/* What blanks the status line out; without terminal codes, so that it works on a dumb terminal too. */
static void add_erase(struct rec_buf *buf)
{
	if (*status)
		rec_buf_printf(buf, "\r%*s\r", (int)strlen(status), "");
}

/* One write, so that lines of other processes on the same terminal do not cut in. Called with the lock held. */
static void put_line(const char *text)
{
	struct rec_buf out = REC_BUF_INIT;
	add_erase(&out);
	rec_buf_puts(&out, text);
	rec_buf_puts(&out, "\n");
	rec_buf_puts(&out, status);
	if (out.failed) {
		fputs(text, stderr);
		fputc('\n', stderr);
	} else
		fwrite(out.data, 1, out.len, stderr);
	fflush(stderr);
	rec_buf_free(&out);
}

/* The line that says text, which is escaped already, as text or JSON; text does not label errors. */
static void add_message(struct rec_buf *line, const char *label, const char *text)
{
	if (as_json) {
		struct rec_json json = {.buf = line};
		rec_json_object(&json, NULL);
		rec_json_str(&json, "event", label);
		rec_json_str(&json, "message", text);
		rec_json_end_object(&json);
		return;
	}
	rec_escape(line, program);
	rec_buf_puts(line, ": ");
	if (label != level_names[REC_ERROR])
		rec_buf_printf(line, "%s: ", label);
	rec_buf_puts(line, text);
}

/* Keep the warning for the summary; false: it was said before, as in an earlier look at the same file. */
static bool keep(const char *text)
{
	for (size_t i = 0; i < nwarnings; i++)
		if (strcmp(warnings[i], text) == 0)
			return false;
	char *copy = nwarnings < MAX_WARNINGS ? strdup(text) : NULL;
	if (copy)
		warnings[nwarnings++] = copy;
	return true;
}

static bool is_lone(void)
{
	pthread_mutex_lock(&lock);
	bool is = lone;
	pthread_mutex_unlock(&lock);
	return is;
}

static void replace_remedy(struct rec_buf *text)
{
	char *remedy = NULL;
	for (char *p = text->data; p && (p = strstr(p, "; ")); p++)
		remedy = p;
	if (remedy) {
		*remedy = '\0';
		text->len = (size_t)(remedy - text->data);
	}
	rec_buf_puts(text, "; left out");
}

static void drop_skipping(struct rec_buf *text)
{
	static const char remedy[] = "; pass --skip-bad to leave it out";
	const size_t len = sizeof(remedy) - 1;

	if (!text->data || text->len < len || strcmp(text->data + text->len - len, remedy) != 0)
		return;
	text->len -= len;
	text->data[text->len] = '\0';
}

static void __attribute__((format(printf, 3, 0)))
message(enum rec_level at, const char *label, const char *fmt, va_list args)
{
	struct rec_buf raw = REC_BUF_INIT;
	struct rec_buf text = REC_BUF_INIT;
	struct rec_buf line = REC_BUF_INIT;
	rec_buf_vprintf(&raw, fmt, args);
	if (at == REC_ERROR && demoted) {
		at = REC_WARNING;
		label = level_names[at];
		replace_remedy(&raw);
	}
	if (at == REC_ERROR && is_lone())
		drop_skipping(&raw);
	rec_escape(&text, rec_buf_str(&raw));

	pthread_mutex_lock(&lock);
	bool fresh = label != level_names[REC_WARNING] || keep(rec_buf_str(&text));
	if (fresh && at <= level) {
		add_message(&line, label, rec_buf_str(&text));
		put_line(raw.failed || text.failed || line.failed ? "out of memory for a message" : line.data);
	}
	pthread_mutex_unlock(&lock);

	rec_buf_free(&raw);
	rec_buf_free(&text);
	rec_buf_free(&line);
}

int rec_report(int err, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	message(REC_ERROR, level_names[REC_ERROR], fmt, args);
	va_end(args);
	return err;
}

void rec_log_demote(bool on)
{
	demoted = on;
}

void rec_log_lone(bool on)
{
	pthread_mutex_lock(&lock);
	lone = on;
	pthread_mutex_unlock(&lock);
}

void rec_warn(const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	message(REC_WARNING, level_names[REC_WARNING], fmt, args);
	va_end(args);
}

void rec_note(const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	message(REC_WARNING, "note", fmt, args);
	va_end(args);
}

void rec_info(const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	message(REC_INFO, level_names[REC_INFO], fmt, args);
	va_end(args);
}

void rec_debug(const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	message(REC_DEBUG, level_names[REC_DEBUG], fmt, args);
	va_end(args);
}

const char *const *rec_warnings(size_t *n)
{
	pthread_mutex_lock(&lock);
	*n = nwarnings;
	pthread_mutex_unlock(&lock);
	return (const char *const *)warnings;
}

void rec_log_status(const char *line)
{
	struct rec_buf text = REC_BUF_INIT;
	struct rec_buf out = REC_BUF_INIT;
	rec_escape(&text, line ? line : "");

	pthread_mutex_lock(&lock);
	add_erase(&out);
	snprintf(status, sizeof(status), "%s", rec_buf_str(&text));
	rec_buf_puts(&out, status);
	if (!out.failed && out.len) {
		fwrite(out.data, 1, out.len, stderr);
		fflush(stderr);
	}
	pthread_mutex_unlock(&lock);

	rec_buf_free(&text);
	rec_buf_free(&out);
}

void rec_log_line(const char *line)
{
	pthread_mutex_lock(&lock);
	put_line(line);
	pthread_mutex_unlock(&lock);
}

int rec_print(const char *text)
{
	if (fputs(text, stdout) >= 0 && fflush(stdout) == 0)
		return REC_OK;
	return rec_report(REC_EIO, "cannot write to standard output: %s", strerror(errno));
}
