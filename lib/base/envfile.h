/* SPDX-License-Identifier: MIT */
/*
 * `.env` files: lines of NAME=VALUE or `export NAME=VALUE`; `#` begins a comment at the start of a line or after a
 * blank. A value may stand in '...' (as it is) or "..." (\n, \", \\, \$ and \` are escapes), also over several lines.
 * Nothing is expanded and no command is run.
 */
#ifndef REC_BASE_ENVFILE_H
#define REC_BASE_ENVFILE_H

/**
 * rec_envfile_load(path):
 * Set what the file says in the environment; a name that is set already keeps its value. Before any thread starts.
 * REC_EINPUT: not readable, over 1 MiB, or malformed: the message names the line, never a value, which may be secret.
 * REC_ENOMEM. All reported.
 */
int rec_envfile_load(const char *path);

#endif
