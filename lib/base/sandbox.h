/* SPDX-License-Identifier: MIT */
/*
 * The work in a child process that can do little else, and a parent that waits for it. What the child may reach is base/reach.h; how it is kept to that is
 * base/landlock.h and base/syscalls.h. The parent passes signals on, stops and goes on with the child, opens temporary files without a name for it
 * (base/unlinked.h), and when the child has died removes its named temporary files and says why. The child dies with the parent.
 *
 * Where the kernel lacks Landlock or seccomp the work is done without, which -v tells. REC_NO_SANDBOX, defined when this is
 * compiled, leaves all of it out, for sanitizers and coverage.
 */
#ifndef REC_BASE_SANDBOX_H
#define REC_BASE_SANDBOX_H

#include "base/opt.h"

#include <stdbool.h>

/**
 * rec_sandbox_enter(tool, options, status):
 * Call it after the options are parsed and before any thread.
 * Return false: go on with the work, in the child that this has made, or without one where the options say so. Return true: the work is over; ${status} is
 * that of the child: as it exited, or, when a signal ended it, said and
 *     3      it crashed over an input (SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGSYS), which the message names
 *     1      it crashed elsewhere; or no child could be made
 *     128+n  another signal
 * with the done line of --progress json.
 */
bool rec_sandbox_enter(const struct rec_tool *tool, const void *options, int *status);

#endif
