/* SPDX-License-Identifier: MIT */
/*
 * Talk on stderr. A program calls rec_log_init() once; then any thread reports.
 * Whoever knows the file name reports and returns in one statement:
 *     return rec_report(REC_EINPUT, "cannot open '%s': %s", path, why);
 * Messages are lower case, quote their subject, name the remedy where one is known, and have no full stop.
 * Control characters, bidirectional marks and broken UTF-8 in a message are shown as escapes, so a name is
 * never more than text.
 */
#ifndef REC_BASE_LOG_H
#define REC_BASE_LOG_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

enum rec_level { REC_QUIET, REC_ERROR, REC_WARNING, REC_INFO, REC_DEBUG };

/**
 * rec_log_init(argv0):
 * Take the program's name from the last component of ${argv0} and the level from LOG_LEVEL
 * (quiet|error|warning|info|debug, any case; anything else: warning).
 */
void rec_log_init(const char *argv0);

/** rec_log_program(): the name given to rec_log_init(), "rectools" before that. */
const char *rec_log_program(void);

/** rec_log_set_level(level): a flag (-q: REC_ERROR, -v: REC_INFO) beats LOG_LEVEL. */
void rec_log_set_level(enum rec_level level);

/** rec_log_level(): the level in force. */
enum rec_level rec_log_level(void);

/** rec_log_set_json(on): one JSON object a line on stderr, {"event":"warning","message":...}, instead of text. */
void rec_log_set_json(bool on);

/** rec_report(err, fmt, ...): print an error; return ${err}. */
int rec_report(int err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/**
 * rec_log_demote(on):
 * From now on this thread's errors are warnings: what they name is left out instead (--skip-bad). The remedy, which follows the last "; " of
 * a message, gives way to "left out".
 */
void rec_log_demote(bool on);

/**
 * rec_log_lone(on):
 * The run has one input, so that leaving it out leaves nothing: errors do not end with the remedy --skip-bad.
 */
void rec_log_lone(bool on);

/** rec_warn(fmt, ...): print a warning and keep it for the summary (the first 1000 of a run); one that was kept is not said again. */
void rec_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** rec_note(fmt, ...): print unless -q, as something that is worth knowing and no reason to worry; not kept for the summary. */
void rec_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** rec_info(fmt, ...): print under -v. */
void rec_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** rec_debug(fmt, ...): print under LOG_LEVEL=debug or -vv. */
void rec_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** rec_warnings(n): the warnings kept so far, ${n} of them; borrowed, valid until the next rec_warn(). */
const char *const *rec_warnings(size_t *n);

/**
 * rec_log_status(line):
 * Show ${line} as the status line (a progress bar) that messages are printed above; NULL removes it.
 * Written to stderr at once, without a newline.
 */
void rec_log_status(const char *line);

/** rec_log_line(line): write ${line} and a newline to stderr whole, not mixed with other threads' messages. */
void rec_log_line(const char *line);

/**
 * rec_escape(buf, text):
 * Append ${text} as messages show it: one line, nothing that a terminal would act on, and URLs without user, password and query, which
 * may be secret.
 */
void rec_escape(struct rec_buf *buf, const char *text);

/** rec_print(text): write ${text} to standard output, all of it, at once. REC_EIO (reported). */
int rec_print(const char *text);

#endif
