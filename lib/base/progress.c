/* SPDX-License-Identifier: MIT */
#include "base/progress.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "base/num.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define REDRAW_NS (REC_NS_PER_S / 10)
#define BAR_CELLS 24

const char *const rec_progress_modes[] = {"auto", "bar", "json", "none", NULL};

struct rec_progress {
	enum rec_progress_mode mode;
	const char *what;
	bool bytes; /* what the counts below are, instead of ns */
	int64_t total_ns;
	int64_t done_ns;
	int64_t began_ns;
	int64_t drawn_ns;
	pthread_mutex_t lock;
};

static enum rec_progress_mode resolve(enum rec_progress_mode mode)
{
	const char *term = getenv("TERM");
	if (mode != REC_PROGRESS_AUTO)
		return mode;
	if (!isatty(STDERR_FILENO) || !term || !strcmp(term, "dumb") || rec_log_level() < REC_WARNING)
		return REC_PROGRESS_NONE;
	return REC_PROGRESS_BAR;
}

static size_t terminal_width(void)
{
	struct winsize size;
	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col : 80;
}

/* What is left of the wall time at the speed so far; REC_NS_UNKNOWN without a total or a speed. */
static int64_t eta_ns(const struct rec_progress *p, int64_t spent_ns)
{
	if (p->total_ns <= 0 || p->done_ns <= 0)
		return REC_NS_UNKNOWN;
	return p->done_ns >= p->total_ns ? 0 : rec_rescale(spent_ns, p->total_ns - p->done_ns, p->done_ns);
}

/* `, 3.1x` or `, 12.3 MB/s` */
static void put_speed(const struct rec_progress *p, struct rec_buf *line, int64_t spent_ns)
{
	int64_t tenths = p->bytes ? rec_rescale(p->done_ns, REC_NS_PER_S / 100000, spent_ns)
	                          : rec_rescale(p->done_ns, 10, spent_ns);

	rec_buf_printf(line, " %" PRId64 ".%" PRId64 "%s", tenths / 10, tenths % 10, p->bytes ? " MB/s" : "x");
}

/* `composing  42 % [##########              ] 3.1x, 1:12 left` */
static void draw_bar(const struct rec_progress *p, int64_t spent_ns)
{
	struct rec_buf line = REC_BUF_INIT;
	int64_t eta = eta_ns(p, spent_ns);
	rec_buf_printf(&line, "%s ", p->what);
	if (p->total_ns > 0) {
		int64_t done = p->done_ns < p->total_ns ? p->done_ns : p->total_ns;
		int cells = (int)rec_rescale(done, BAR_CELLS, p->total_ns);
		int64_t percent = rec_rescale(done, 100, p->total_ns);
		if (percent == 100 && done < p->total_ns)
			percent = 99; /* 100 % only when all is done */
		rec_buf_printf(&line, "%3d %% [%.*s%*s]", (int)percent, cells, "########################",
		        BAR_CELLS - cells, "");
	} else if (p->bytes)
		rec_buf_printf(&line, "%" PRId64 " MB", p->done_ns / 1000000);
	else
		rec_format_clock(&line, p->done_ns / REC_NS_PER_S * REC_NS_PER_S);
	put_speed(p, &line, spent_ns);
	if (eta != REC_NS_UNKNOWN) {
		int64_t s = rec_rescale(eta, 1, REC_NS_PER_S);
		rec_buf_printf(&line, ", %" PRId64 ":%02" PRId64 ":%02" PRId64 " left", s / 3600, s / 60 % 60, s % 60);
	}
	/* a line that wraps could not be erased */
	size_t width = terminal_width();
	if (!line.failed && line.len >= width)
		line.data[width - 1] = '\0';
	rec_log_status(rec_buf_str(&line));
	rec_buf_free(&line);
}

static void put_json(const struct rec_progress *p, int64_t spent_ns)
{
	struct rec_buf line = REC_BUF_INIT;
	struct rec_json json = {.buf = &line};
	rec_json_object(&json, NULL);
	rec_json_str(&json, "event", "progress");
	rec_json_str(&json, "what", p->what);
	if (p->bytes) {
		rec_json_int(&json, "done_bytes", p->done_ns);
		if (p->total_ns > 0)
			rec_json_int(&json, "total_bytes", p->total_ns);
		else
			rec_json_null(&json, "total_bytes");
		rec_json_int(&json, "bytes_per_s", rec_rescale(p->done_ns, REC_NS_PER_S, spent_ns));
	} else {
		rec_json_seconds(&json, "done_s", p->done_ns);
		rec_json_seconds(&json, "total_s", p->total_ns > 0 ? p->total_ns : REC_NS_UNKNOWN);
		rec_json_real(&json, "speed", (double)p->done_ns / (double)spent_ns, 2);
	}
	int64_t eta = eta_ns(p, spent_ns);
	rec_json_seconds(
	        &json, "eta_s", eta == REC_NS_UNKNOWN ? eta : rec_rescale(eta, 1, REC_NS_PER_MS) * REC_NS_PER_MS);
	rec_json_end_object(&json);
	if (!line.failed)
		rec_log_line(line.data);
	rec_buf_free(&line);
}

/* Called with the lock held. */
static void show(struct rec_progress *p, int64_t now)
{
	int64_t spent_ns = now > p->began_ns ? now - p->began_ns : 1;
	p->drawn_ns = now;
	if (p->mode == REC_PROGRESS_JSON)
		put_json(p, spent_ns);
	else
		draw_bar(p, spent_ns);
}

static int begin(
        struct rec_progress **progress, enum rec_progress_mode mode, const char *what, int64_t total, bool bytes)
{
	*progress = NULL;
	mode = resolve(mode);
	if (mode == REC_PROGRESS_NONE)
		return 0;
	struct rec_progress *p = calloc(1, sizeof(*p));
	if (!p)
		return REC_ENOMEM;
	p->mode = mode;
	p->what = what;
	p->bytes = bytes;
	p->total_ns = total;
	p->began_ns = rec_monotonic_ns();
	pthread_mutex_init(&p->lock, NULL);
	show(p, p->began_ns);
	*progress = p;
	return 0;
}

int rec_progress_begin(struct rec_progress **progress, enum rec_progress_mode mode, const char *what, int64_t total_ns)
{
	return begin(progress, mode, what, total_ns, false);
}

int rec_progress_begin_bytes(
        struct rec_progress **progress, enum rec_progress_mode mode, const char *what, int64_t total)
{
	return begin(progress, mode, what, total, true);
}

void rec_progress_set_total(struct rec_progress *p, int64_t total)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->total_ns = total;
	pthread_mutex_unlock(&p->lock);
}

void rec_progress_set(struct rec_progress *p, int64_t done_ns)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	if (done_ns > p->done_ns) /* threads report out of order */
		p->done_ns = done_ns;
	int64_t now = rec_monotonic_ns();
	if (now - p->drawn_ns >= REDRAW_NS)
		show(p, now);
	pthread_mutex_unlock(&p->lock);
}

void rec_progress_end(struct rec_progress **progress)
{
	struct rec_progress *p = *progress;
	if (!p)
		return;
	if (p->mode != REC_PROGRESS_JSON)
		rec_log_status(NULL);
	pthread_mutex_destroy(&p->lock);
	free(p);
	*progress = NULL;
}

void rec_progress_done(enum rec_progress_mode mode, int status)
{
	char line[64];

	if (mode != REC_PROGRESS_JSON)
		return;
	snprintf(line, sizeof(line), "{\"event\":\"done\",\"status\":%d}", status);
	rec_log_line(line);
}
