/* SPDX-License-Identifier: MIT */
#include "base/opt_parts.h"

#include <string.h>

#define WIDTH     80
#define HELP_FROM 28 /* the column where the explanations begin */

bool rec_opthelp_hidden(const struct rec_opt *row)
{
	return row->name && !strcmp(row->name, "completion");
}

/* Append text broken at blanks; `column` is where the line stands, `indent` where the next ones begin. */
static void add_wrapped(struct rec_buf *out, const char *text, size_t column, size_t indent)
{
	bool first = true;
	while (*(text += strspn(text, " "))) {
		size_t n = strcspn(text, " ");
		if (!first && column + 1 + n > WIDTH) {
			rec_buf_printf(out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (!first) {
			rec_buf_puts(out, " ");
			column++;
		}
		rec_buf_add(out, text, n);
		column += n;
		text += n;
		first = false;
	}
	rec_buf_puts(out, "\n");
}

static void add_row(struct rec_buf *out, const struct rec_opt *row)
{
	size_t from = out->len;
	if (row->letter)
		rec_buf_printf(out, "  -%c, --%s", row->letter, row->name);
	else
		rec_buf_printf(out, "      --%s", row->name);
	if (rec_optvalue_takes_one(row) && row->arg)
		rec_buf_printf(out, " %s", row->arg);
	size_t column = out->len - from;
	if (column + 2 > HELP_FROM) {
		rec_buf_puts(out, "\n");
		column = 0;
	}
	rec_buf_printf(out, "%*s", (int)(HELP_FROM - column), "");
	add_wrapped(out, row->help ? row->help : "", HELP_FROM, HELP_FROM);
}

void rec_opthelp_add(struct rec_buf *out, const struct rec_tool *tool)
{
	size_t column = strlen("Usage:  ") + strlen(tool->name);
	rec_buf_printf(out, "Usage: %s ", tool->name);
	add_wrapped(out, tool->usage, column, column);
	add_wrapped(out, tool->summary, 0, 0);

	bool headed = false;
	for (const struct rec_opt *row = tool->opts; row->type != REC_OPT_STOP; row++) {
		if (row->type == REC_OPT_HEADING || !headed)
			rec_buf_printf(out, "\n%s:\n", row->type == REC_OPT_HEADING ? row->help : "Options");
		headed = true;
		if (row->type != REC_OPT_HEADING && !rec_opthelp_hidden(row))
			add_row(out, row);
	}
}
