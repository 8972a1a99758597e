/* SPDX-License-Identifier: MIT */
/*
 * The option table. One row holds letter, name, type, destination, argument, bounds and help; the parser, --help, the
 * completion scripts and the test of the man pages all read that row.
 *
 *     struct options { struct rec_common common; const char *output; int crf; struct rec_strings inputs; };
 *     static const struct rec_opt table[] = {
 *             REC_COMMON_OPTS(struct options, common),
 *             {'o', "output", REC_OPT_STR, offsetof(struct options, output), "OUT", 0, 0, NULL, "write OUT"},
 *             {0, "crf", REC_OPT_INT, offsetof(struct options, crf), "N", 0, 51, NULL, "quality of x264"},
 *             REC_OPT_END};
 *     static const struct rec_tool tool = {"rec-x", "[options] -o OUT INPUT...", "do x", table, offsetof(...), 1, -1};
 *     int r = rec_opt_parse(&tool, &options, argc, argv);
 *
 * Options accept `--name value` and `--name=value`, `-o value` and `-oOUT`, and letters of flags may be grouped. `--` ends the options.
 * A lone `-` is an operand. A value may begin with `-` when it is a number or a lone `-`, or with `=`.
 * A flag given twice is no error; the last value of an option wins, lists collect.
 */
#ifndef REC_BASE_OPT_H
#define REC_BASE_OPT_H

#include "base/clock.h"
#include "base/progress.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rec_opt_type {
	REC_OPT_STOP,     /* ends the table */
	REC_OPT_FLAG,     /* bool: true; the row's min is 1 for `--no-NAME`-like rows that set false */
	REC_OPT_COUNT,    /* int: counts occurrences (-v -v) */
	REC_OPT_STR,      /* const char *: borrowed from argv */
	REC_OPT_LIST,     /* struct rec_strings: one more each time */
	REC_OPT_INT,      /* int within [min, max] */
	REC_OPT_REAL,     /* double within [min, max] */
	REC_OPT_DURATION, /* int64_t ns within [min, max] seconds */
	REC_OPT_RATE,     /* struct rec_rate */
	REC_OPT_SIZE,     /* struct rec_size; each side within [min, max] */
	REC_OPT_BITS,     /* int64_t, bits a second within [min, max] */
	REC_OPT_CHOICE,   /* int: index in choices */
	REC_OPT_NUMBERED, /* struct rec_numbered: name holds one `N`, e.g. "pN-video": --p3-video FILE; N in [1, max] */
	REC_OPT_HEADING   /* no option: help starts a group in --help and the man page */
};

struct rec_size {
	int width;
	int height;
};

/* strings collected in order; items are borrowed from argv, the array is malloc'd */
struct rec_strings {
	const char **items;
	size_t n;
};

/* values of a numbered option in the order given; field tells which row, so that all rows may share one destination */
struct rec_numbered_value {
	const char *field; /* the row's name, e.g. "pN-video" */
	int number;
	const char *value;
};
struct rec_numbered {
	struct rec_numbered_value *items;
	size_t n;
};

/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): the order is that in which the tables are read */
struct rec_opt {
	char letter;      /* 0: none */
	const char *name; /* without the dashes */
	enum rec_opt_type type;
	size_t dest; /* offsetof in the tool's options */
	const char *
	        arg; /* what --help calls the value; NULL for flags. FILE, OUT... and DIR say what it names: base/reach.h */
	double min; /* bounds for INT, REAL, DURATION, SIZE, BITS; both 0: unbounded */
	double max;
	const char *const *choices; /* CHOICE: NULL-terminated */
	const char *help;           /* one sentence, lower case, no full stop; defaults in parentheses */
};

/* the rows that every tool has */
struct rec_common {
	bool help;
	bool version;
	bool quiet;
	int verbose;
	bool json;
	int progress; /* enum rec_progress_mode */
	bool no_clobber;
	const char *env_file;
	bool no_sandbox;
	const char *completion; /* bash|zsh|fish: print the script; hidden from --help's list */
};

#define REC_OPT_END                                                                                                    \
	{                                                                                                              \
		0, NULL, REC_OPT_STOP, 0, NULL, 0, 0, NULL, NULL                                                       \
	}

/* rows of struct rec_common found at ${member} of ${type} */
#define REC_COMMON_OPTS(type, member)                                                                                  \
	{0, NULL, REC_OPT_HEADING, 0, NULL, 0, 0, NULL, "Common options"},                                             \
	        {'h', "help", REC_OPT_FLAG, offsetof(type, member.help), NULL, 0, 0, NULL,                             \
	                "print this help and exit"},                                                                   \
	        {0, "version", REC_OPT_FLAG, offsetof(type, member.version), NULL, 0, 0, NULL,                         \
	                "print the version and exit"},                                                                 \
	        {'q', "quiet", REC_OPT_FLAG, offsetof(type, member.quiet), NULL, 0, 0, NULL, "print errors only"},     \
	        {'v', "verbose", REC_OPT_COUNT, offsetof(type, member.verbose), NULL, 0, 0, NULL,                      \
	                "say what is done; twice: say more"},                                                          \
	        {0, "json", REC_OPT_FLAG, offsetof(type, member.json), NULL, 0, 0, NULL,                               \
	                "print one summary object on stdout (on stderr when OUT is -)"},                               \
	        {0, "progress", REC_OPT_CHOICE, offsetof(type, member.progress), "MODE", 0, 0, rec_progress_modes,     \
	                "show progress on stderr: auto, bar, json or none (auto: a bar on a terminal)"},               \
	        {'n', "no-clobber", REC_OPT_FLAG, offsetof(type, member.no_clobber), NULL, 0, 0, NULL,                 \
	                "do not replace an existing output"},                                                          \
	        {0, "env-file", REC_OPT_STR, offsetof(type, member.env_file), "FILE", 0, 0, NULL,                      \
	                "read environment variables from FILE, lines of NAME=VALUE"},                                  \
	        {0, "no-sandbox", REC_OPT_FLAG, offsetof(type, member.no_sandbox), NULL, 0, 0, NULL,                   \
	                "do the work without the sandbox, in one process"},                                            \
	{                                                                                                              \
		0, "completion", REC_OPT_STR, offsetof(type, member.completion), "SHELL", 0, 0, NULL,                  \
		        "print the completion script for bash, zsh or fish and exit"                                   \
	}

struct rec_reach;

struct rec_tool {
	const char *name;    /* "rec-compose" */
	const char *usage;   /* what follows the name in the usage line */
	const char *summary; /* one sentence */
	const struct rec_opt *opts;
	size_t common;   /* offsetof struct rec_common in the options */
	size_t operands; /* offsetof struct rec_strings for the operands */
	int min_operands;
	int max_operands; /* -1: any number */
	/* Add what a run touches and the table does not tell (base/reach.h), by the parsed options; NULL: nothing. */
	void (*reach)(const void *options, struct rec_reach *reach);
};

/**
 * rec_opt_parse(tool, options, argc, argv):
 * Parse the command line into ${options}, which holds the defaults when called. Strings stay borrowed from ${argv}.
 * Return REC_OK: go on. REC_ENODATA: --help, --version or --completion was served on stdout: the caller exits 0.
 * REC_EUSAGE: reported, with the nearest option's name where one is near. REC_EINPUT: --env-file is not readable or
 * malformed (base/envfile.h); REC_EIO: stdout is not writable; REC_ENOMEM: all reported.
 * Call rec_opt_free() in every case.
 * Sets the log's level (-q, -v) and its JSON form (--progress json), and loads --env-file into the environment (a name
 * that is set already keeps its value).
 */
int rec_opt_parse(const struct rec_tool *tool, void *options, int argc, char **argv);

/** rec_opt_free(tool, options): free the arrays of lists and numbered options. */
void rec_opt_free(const struct rec_tool *tool, void *options);

/** rec_opt_numbered(list, field, number): the last value given for that row and number; NULL when there is none. */
const char *rec_opt_numbered(const struct rec_numbered *list, const char *field, int number);

#endif
