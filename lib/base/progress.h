/* SPDX-License-Identifier: MIT */
/*
 * Progress on stderr: a bar on a terminal, JSON lines for programs, or nothing. Thread-safe; redrawn at most ten times a second.
 * stderr without a terminal, NO_COLOR and TERM=dumb are respected (a dumb terminal gets no bar under auto).
 *     rec_progress_begin(&p, mode, "composing", total);  rec_progress_set(p, done) ...;  rec_progress_end(&p);
 * The program says rec_progress_done() once, as the last thing it does (base/tool.h does it).
 */
#ifndef REC_BASE_PROGRESS_H
#define REC_BASE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

enum rec_progress_mode { REC_PROGRESS_AUTO, REC_PROGRESS_BAR, REC_PROGRESS_JSON, REC_PROGRESS_NONE };

/* "auto", "bar", "json", "none", NULL */
extern const char *const rec_progress_modes[];

struct rec_progress;

/**
 * rec_progress_begin(progress, mode, what, total_ns):
 *   what      a verb for the bar, "composing"; borrowed for the life of the progress
 *   total_ns  the length of the media that will be made; 0: unknown (no percentage, no ETA)
 * Return 0 or REC_ENOMEM; rec_progress_* accept NULL and then do nothing.
 */
int rec_progress_begin(struct rec_progress **progress, enum rec_progress_mode mode, const char *what, int64_t total_ns);

/**
 * rec_progress_begin_bytes(progress, mode, what, total):
 * The same over bytes instead of media time; ${total} 0: unknown. JSON: {"event":"progress","what","done_bytes","total_bytes",
 * "bytes_per_s","eta_s"}.
 */
int rec_progress_begin_bytes(
        struct rec_progress **progress, enum rec_progress_mode mode, const char *what, int64_t total);

/** rec_progress_set_total(progress, total): it is known better now. */
void rec_progress_set_total(struct rec_progress *progress, int64_t total);

/** rec_progress_set(progress, done_ns): media time done; bar: percentage, speed (x real time) and ETA. JSON: {"event":"progress","what","done_s","total_s","speed","eta_s"}. */
void rec_progress_set(struct rec_progress *progress, int64_t done_ns);

/** rec_progress_end(progress): remove the bar. Frees, sets NULL. */
void rec_progress_end(struct rec_progress **progress);

/** rec_progress_done(mode, status): JSON: the last line, {"event":"done","status":N}, N being the exit status. Other modes: nothing. */
void rec_progress_done(enum rec_progress_mode mode, int status);

#endif
