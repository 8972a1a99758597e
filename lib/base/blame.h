/* SPDX-License-Identifier: MIT */
/*
 * Which input a thread works on, told to the parent process in case the thread dies over it (base/sandbox.h).
 *
 *     int blame = rec_blame_begin("a.webm");
 *     ... libav decodes ...
 *     rec_blame_end(blame);
 */
#ifndef REC_BASE_BLAME_H
#define REC_BASE_BLAME_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/** rec_blame_share(): the parent, before it starts the child: share the names with it. 0, or -1 with errno. Without it all below does nothing. */
int rec_blame_share(void);

/** rec_blame_watch(): the child: note which thread crashes. */
void rec_blame_watch(void);

/** rec_blame_begin(name): from here to rec_blame_end() this thread works on ${name}; within another pair the outer name counts. What rec_blame_end() takes. */
int rec_blame_begin(const char *name);
void rec_blame_end(int blame);

/**
 * rec_blame_limit(seconds):
 * From here to rec_blame_unlimit() this thread may take that much of a processor; then the process dies, as over a crash. For what a library
 * does without asking anybody, such as a header's hundred thousand tags, each compared with all before it.
 */
void rec_blame_limit(int seconds);
void rec_blame_unlimit(void);

/** rec_blame_late(): the parent, when the child has died: whether such a limit was its end. */
bool rec_blame_late(void);

/**
 * rec_blame_names(buf):
 * The parent, when the child has died: append the inputs that it may have died over, quoted, with commas. One, where the thread that crashed
 * is known; those in work at that moment, where it is not. How many.
 */
size_t rec_blame_names(struct rec_buf *buf);

#endif
