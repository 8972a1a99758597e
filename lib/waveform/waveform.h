/* SPDX-License-Identifier: MIT */
/*
 * Waveforms: a recording, or each person of a session, measured in one pass and written in as many forms as are wanted.
 *
 *     struct rec_waveform_request requests[] = {{.path = "a.peaks.json", .format = rec_waveform_format("a.peaks.json", NULL)}, ...};
 *     rec_waveform_measure(&waveform, &params, requests, n);            -- reads the input, once
 *     rec_waveform_write(waveform, requests, n, no_clobber);            -- all outputs, or none
 *     rec_waveform_free(&waveform);
 */
#ifndef REC_WAVEFORM_WAVEFORM_H
#define REC_WAVEFORM_WAVEFORM_H

#include "base/json.h"
#include "base/out.h"
#include "base/progress.h"
#include "picture/plot.h"
#include "session/session.h"
#include "sound/ledger.h"
#include "sound/peaks.h"

struct rec_waveform_params {
	const char *input;                 /* a lone recording; or NULL, and */
	const struct rec_session *session; /* one lane a person */
	bool zero_clock;                   /* as in the timeline */
	bool skip_bad;
	bool strict;          /* a missing tail is REC_EINPUT */
	bool allow_truncated; /* one of a URL is no REC_EREMOTE */
	int64_t points;       /* 0: by the form */
	int64_t zoom;         /* samples a point; 0: not said */
	int64_t per_second;   /* points a second; 0: not said */
	int bits;             /* 8 or 16, of json and dat */
	bool split;           /* a lane for each channel */
	bool rms;
	bool db;
	struct rec_plot_style style;
	enum rec_progress_mode progress;
};

/* an output */
struct rec_waveform_request {
	const char *path;
	const struct rec_waveform_format *format;
	size_t cut; /* rec_waveform_measure() fills it in: which of the sources' peaks */
};

/* the lone recording, or one person of a session */
struct rec_waveform_source {
	char *name; /* NULL: the lone recording */
	bool has_sound;
	struct rec_peaks **peaks; /* one for each cut */
	struct rec_spans present; /* output time; these three of a session alone */
	struct rec_spans muted;
	struct rec_spans gaps; /* nothing was recorded for a second or more */
};

/* how the sound is cut into points; equal requests share one */
struct rec_waveform_cut {
	int64_t zoom; /* 0: by points */
	int64_t points;
};

struct rec_waveform {
	const struct rec_waveform_params *params;
	struct rec_waveform_cut *cuts;
	size_t ncuts;
	struct rec_waveform_source *sources;
	size_t nsources;
	int rate;       /* Hz */
	int channels;   /* of the source; 1 of a session's */
	size_t lanes;   /* in each of the sources' peaks */
	int64_t length; /* samples of one channel */
	int64_t zero_ns;
	int64_t left_out;
	int64_t truncated;
	float peak;                     /* of everything, linear */
	struct rec_sound_ledger ledger; /* of a lone recording */
	char container[32];
	char codec[32];
};

/* where a form is written to: appended to the buffer, which goes out in pieces */
struct rec_waveform_sink {
	struct rec_buf buf;
	struct rec_out *out;
};

/** rec_waveform_flush(sink, least): hand the buffer on when it holds ${least} bytes or more. REC_EIO, REC_ENOMEM. */
int rec_waveform_flush(struct rec_waveform_sink *sink, size_t least);
#define REC_WAVEFORM_PIECE (1 << 16)

/* one form, one row of the table in waveform_formats.c, one file of code */
struct rec_waveform_format {
	const char *name;   /* of --format */
	const char *ending; /* ".peaks.json" */
	int64_t points;     /* of a lone recording, when nothing is said; 0: zoom 256, or one a column of the picture */
	bool picture;
	bool session; /* whether it can show a session */
	bool plain;   /* it has no place for RMS and dBFS */
	int (*write)(const struct rec_waveform *waveform, size_t cut, struct rec_waveform_sink *sink);
};

/** rec_waveform_format(path, name): by name, or when that is NULL by what ${path} ends in (any case). NULL: none. */
const struct rec_waveform_format *rec_waveform_format(const char *path, const char *name);

/** rec_waveform_format_names: for messages: "peaks, json, ...". */
extern const char rec_waveform_format_names[];

/* the writers of the table */
int rec_waveform_write_peaks(const struct rec_waveform *waveform, size_t cut, struct rec_waveform_sink *sink);
int rec_waveform_write_json(const struct rec_waveform *waveform, size_t cut, struct rec_waveform_sink *sink);
int rec_waveform_write_dat(const struct rec_waveform *waveform, size_t cut, struct rec_waveform_sink *sink);
int rec_waveform_write_lanes(const struct rec_waveform *waveform, size_t cut, struct rec_waveform_sink *sink);
int rec_waveform_write_svg(const struct rec_waveform *waveform, size_t cut, struct rec_waveform_sink *sink);
int rec_waveform_write_png(const struct rec_waveform *waveform, size_t cut, struct rec_waveform_sink *sink);

/**
 * rec_waveform_measure(waveform, params, requests, n):
 * Read the input once. ${params} and what it points to are borrowed for the waveform's life.
 * Errors, reported: REC_EINPUT: an input cannot be used, or its tail is missing under strict; REC_EUSAGE: less than a sample a point comes
 * out; REC_EIO. REC_ENOMEM, not reported.
 */
int rec_waveform_measure(struct rec_waveform **waveform, const struct rec_waveform_params *params,
        struct rec_waveform_request *requests, size_t n);

/** rec_waveform_write(waveform, requests, n, no_clobber): nothing appears unless everything could be written. As rec_out_commit(). */
int rec_waveform_write(
        const struct rec_waveform *waveform, const struct rec_waveform_request *requests, size_t n, bool no_clobber);

/** rec_waveform_summary(waveform, requests, n, json): members of the summary object. */
void rec_waveform_summary(const struct rec_waveform *waveform, const struct rec_waveform_request *requests, size_t n,
        struct rec_json *json);

void rec_waveform_free(struct rec_waveform **waveform);

/* steps of the measuring, each in a file of its own */

/** rec_waveform_cut(waveform, request, named): fill in request->cut; rate and length (-1: unknown) must be known. REC_EUSAGE (reported), REC_ENOMEM. */
int rec_waveform_cut(struct rec_waveform *waveform, struct rec_waveform_request *request);

/** rec_waveform_measure_lone(waveform, requests, n), rec_waveform_measure_session(...): as rec_waveform_measure(). */
int rec_waveform_measure_lone(struct rec_waveform *waveform, struct rec_waveform_request *requests, size_t n);
int rec_waveform_measure_session(struct rec_waveform *waveform, struct rec_waveform_request *requests, size_t n);

#endif
