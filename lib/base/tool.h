/* SPDX-License-Identifier: MIT */
/*
 * What main() of every tool does: log, signals, command line, the work, the exit status.
 *
 *     int main(int argc, char **argv)
 *     {
 *             struct options options = defaults;
 *             return rec_tool_main(&tool, &options, run, argc, argv);
 *     }
 */
#ifndef REC_BASE_TOOL_H
#define REC_BASE_TOOL_H

#include "base/buf.h"
#include "base/opt.h"

/**
 * rec_tool_main(tool, options, run, argc, argv):
 *   options  the tool's defaults; freed of its lists at the end
 *   run      does the work: a rec_err, reported where it arose; REC_ENOMEM is reported here
 * It runs in the sandbox (base/sandbox.h), in a process of its own, unless --no-sandbox is given.
 * With --progress json the last line on stderr is {"event":"done","status":N}, whatever happened before, a signal included.
 * Return the exit status.
 */
int rec_tool_main(const struct rec_tool *tool, void *options, int (*run)(void *options), int argc, char **argv);

/**
 * rec_tool_summary(output, text):
 * Print the --json summary ${text}: on stdout, or on stderr where ${output} is `-` (NULL: no output), which is written
 * by then: where stdout takes no summary, that is said. REC_ENOMEM when ${text} failed; REC_EIO.
 */
int rec_tool_summary(const char *output, const struct rec_buf *text);

/** rec_tool_pretty(common, output): whether that summary is laid out for people: not where it shares stderr with JSON lines. */
bool rec_tool_pretty(const struct rec_common *common, const char *output);

#endif
