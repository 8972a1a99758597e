/* SPDX-License-Identifier: MIT */
/* What opt.c, optvalue.c, opthelp.c and optcomp.c share; nobody else includes it. */
#ifndef REC_BASE_OPT_PARTS_H
#define REC_BASE_OPT_PARTS_H

#include "base/buf.h"
#include "base/opt.h"

/** rec_optvalue_takes_one(row): whether the option has a value. */
bool rec_optvalue_takes_one(const struct rec_opt *row);

/**
 * rec_optvalue_set(row, options, number, shown, value):
 * Check ${value} and store it at the row's destination.
 *   number  N of a numbered option, checked against the row's max here
 *   shown   the option as it was typed, for messages
 *   value   borrowed for the life of ${options}; NULL for flags
 * Return 0; REC_EUSAGE, REC_ENOMEM, reported.
 */
int rec_optvalue_set(const struct rec_opt *row, void *options, int number, const char *shown, const char *value);

/** rec_opthelp_add(out, tool): append what --help prints, at most 80 columns wide. */
void rec_opthelp_add(struct rec_buf *out, const struct rec_tool *tool);

/** rec_opthelp_hidden(row): whether --help leaves the row out. */
bool rec_opthelp_hidden(const struct rec_opt *row);

/** rec_optcomp_add(out, tool, shell): append the completion script for "bash", "zsh" or "fish"; else REC_EINVAL. */
int rec_optcomp_add(struct rec_buf *out, const struct rec_tool *tool, const char *shell);

#endif
