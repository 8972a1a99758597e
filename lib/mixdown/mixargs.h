/* SPDX-License-Identifier: MIT */
/*
 * What the command lines of the tools of this room ask for alike, the rows of their option tables, and what these become.
 *
 *     struct options { struct rec_common common; struct rec_mixargs mix; ... };
 *     static const struct options defaults = {.mix = {REC_MIXARGS_DEFAULTS}};
 *     REC_MIXARGS_INPUT_OPTS(struct options, mix), ... in the table
 */
#ifndef REC_MIXDOWN_MIXARGS_H
#define REC_MIXDOWN_MIXARGS_H

#include "base/tool.h"
#include "compose/open.h"
#include "mixdown/mixdown.h"

struct rec_mixargs {
	struct rec_strings sessions;
	const char *session; /* the first of them; NULL: none */
	struct rec_open_options reading;
	int zero; /* 1: the session's own clock */
	bool skip_bad;
	bool strict;
	bool allow_truncated;
	const char *format;
	int64_t length_ns; /* REC_NS_UNKNOWN: not asked for */
	int rate;          /* Hz */
	int depth;         /* index in rec_mixargs_depths */
	int64_t bitrate;
	int jobs;
};

#define REC_MIXARGS_DEFAULTS .length_ns = REC_NS_UNKNOWN, .rate = 48000

extern const char *const rec_mixargs_zeros[];
extern const char *const rec_mixargs_depths[];

/* clang-format off */
#define REC_MIXARGS_INPUT_OPTS(type, member)                                                                               \
	{0, "zero", REC_OPT_CHOICE, offsetof(type, member.zero), "WHERE", 0, 0, rec_mixargs_zeros,                         \
	        "a session's output begins at the earliest join, or at 0 of its own clock (join)"},                        \
	{0, "skip-bad", REC_OPT_FLAG, offsetof(type, member.skip_bad), NULL, 0, 0, NULL,                                   \
	        "leave out inputs that cannot be used, and exit 5, instead of refusing with 3"},                           \
	{0, "strict", REC_OPT_FLAG, offsetof(type, member.strict), NULL, 0, 0, NULL,                                       \
	        "refuse a track whose tail is missing (exit 3)"},                                                          \
	{0, "allow-truncated", REC_OPT_FLAG, offsetof(type, member.allow_truncated), NULL, 0, 0, NULL,                     \
	        "use a track whose tail is missing from a URL, too, instead of failing with 4"}

#define REC_MIXARGS_FORMAT_OPTS(type, member, help)                                                                        \
	{0, "format", REC_OPT_STR, offsetof(type, member.format), "NAME", 0, 0, NULL, help}

#define REC_MIXARGS_LENGTH_OPTS(type, member, end)                                                                         \
	{0, "length", REC_OPT_DURATION, offsetof(type, member.length_ns), "TIME", 0, 1e6, NULL,                            \
	        "of the output, exactly (the session's; without one, to the end of the " end ")"},                         \
	{0, "rate", REC_OPT_INT, offsetof(type, member.rate), "HZ", 8000, 192000, NULL, "samples a second (48000)"}

#define REC_MIXARGS_CODEC_OPTS(type, member)                                                                               \
	{0, "bits", REC_OPT_CHOICE, offsetof(type, member.depth), "BITS", 0, 0, rec_mixargs_depths,                        \
	        "of a sample in WAV and FLAC: 16, 24 or 32f, WAV's float (16)"},                                           \
	{0, "bitrate", REC_OPT_BITS, offsetof(type, member.bitrate), "BITS", 6000, 1e6, NULL,                              \
	        "of MP3, AAC and Opus (128k)"}

#define REC_MIXARGS_WORK_OPTS(type, member)                                                                                \
	{0, NULL, REC_OPT_HEADING, 0, NULL, 0, 0, NULL, "Work"},                                                           \
	{'j', "jobs", REC_OPT_INT, offsetof(type, member.jobs), "N", 0, 1024, NULL,                                        \
	        "decode on at most N threads at once (as many as processors)"}
/* clang-format on */

/* the voices of a session, and what they borrow from; zero it */
struct rec_mixargs_source {
	struct rec_session *session;
	struct rec_plan *plan;
	struct rec_voices *voices;
};

/** rec_mixargs_open(args, source): the sound of the session; errors as of rec_open_session(), rec_plan_new(), rec_voices_from_plan(). */
int rec_mixargs_open(const struct rec_mixargs *args, struct rec_mixargs_source *source);

/** rec_mixargs_close(source): safe on what was never opened. */
void rec_mixargs_close(struct rec_mixargs_source *source);

/** rec_mixargs_origin(args): the origin that --origin forces, enum rec_origin; -1: by the first stamp. */
int rec_mixargs_origin(const struct rec_mixargs *args);

/** rec_mixargs_format(args, output): the format of ${output}, or of --format; without both wav. NULL: it cannot be told. */
const char *rec_mixargs_format(const struct rec_mixargs *args, const char *output);

/** rec_mixargs_params(args, common, voices): what both say of a run; the rest is off or 0, loudnesses are NAN. */
struct rec_mixdown_params rec_mixargs_params(
        const struct rec_mixargs *args, const struct rec_common *common, struct rec_voices *voices);

/**
 * rec_mixargs_length(args, format, params):
 * Set length and, for the header of a WAV, bound of ${params}, whose voices are set. Errors as of rec_voices_bound_ns().
 */
int rec_mixargs_length(const struct rec_mixargs *args, const char *format, struct rec_mixdown_params *params);

/** rec_mixargs_check_output(args, voices, target): REC_EUSAGE, reported: it is one of the inputs. */
int rec_mixargs_check_output(const struct rec_mixargs *args, const struct rec_voices *voices, const char *target);

#endif
