/* SPDX-License-Identifier: MIT */
#include "base/opt_parts.h"

#include "base/err.h"

#include <string.h>

/* how many numbers of `--pN-video` the shells offer */
#define NUMBERS 4

/* One spelling of an option: the row, and N for a numbered one. */
struct spelling {
	const struct rec_opt *row;
	int number;
};

static bool is_option(const struct rec_opt *row)
{
	return row->type != REC_OPT_HEADING && !rec_opthelp_hidden(row);
}

static int last_number(const struct rec_opt *row)
{
	if (row->type != REC_OPT_NUMBERED)
		return 1;
	return row->max < NUMBERS ? (int)row->max : NUMBERS;
}

static void add_name(struct rec_buf *out, const struct spelling *s)
{
	const char *name = s->row->name;
	const char *n = s->row->type == REC_OPT_NUMBERED ? strchr(name, 'N') : NULL;
	if (n)
		rec_buf_printf(out, "%.*s%d%s", (int)(n - name), name, s->number, n + 1);
	else
		rec_buf_puts(out, name);
}

/* Append text with a backslash before each character of `special`, and `quote` for each single quote. */
static void add_quoted(struct rec_buf *out, const char *text, const char *special, const char *quote)
{
	for (; *text; text++) {
		if (*text == '\'')
			rec_buf_puts(out, quote);
		else {
			if (strchr(special, *text))
				rec_buf_puts(out, "\\");
			rec_buf_add(out, text, 1);
		}
	}
}

static void add_choices(struct rec_buf *out, const struct rec_opt *row)
{
	for (int i = 0; row->choices[i]; i++)
		rec_buf_printf(out, "%s%s", i ? " " : "", row->choices[i]);
}

/* A shell function's name from the tool's. */
static void add_function(struct rec_buf *out, const char *tool)
{
	for (rec_buf_puts(out, "_"); *tool; tool++)
		rec_buf_add(out, *tool == '-' ? "_" : tool, 1);
}

static void for_each(struct rec_buf *out, const struct rec_tool *tool,
        void (*add)(struct rec_buf *out, const struct rec_tool *tool, const struct spelling *s))
{
	for (const struct rec_opt *row = tool->opts; row->type != REC_OPT_STOP; row++) {
		for (int i = 1; is_option(row) && i <= last_number(row); i++)
			add(out, tool, &(struct spelling){row, i});
	}
}

static void add_bash_choice(struct rec_buf *out, const struct rec_tool *tool, const struct spelling *s)
{
	(void)tool;
	if (s->row->type != REC_OPT_CHOICE)
		return;
	rec_buf_puts(out, "\t");
	if (s->row->letter)
		rec_buf_printf(out, "-%c | ", s->row->letter);
	rec_buf_printf(out, "--%s) words='", s->row->name);
	add_choices(out, s->row);
	rec_buf_puts(out, "' ;;\n");
}

static void add_bash_word(struct rec_buf *out, const struct rec_tool *tool, const struct spelling *s)
{
	(void)tool;
	if (s->row->letter)
		rec_buf_printf(out, "-%c ", s->row->letter);
	rec_buf_puts(out, "--");
	add_name(out, s);
	rec_buf_puts(out, " ");
}

/* bash splits `--name=value` at the `=`; an empty reply falls back to file names (-o default). */
static void add_bash(struct rec_buf *out, const struct rec_tool *tool)
{
	add_function(out, tool->name);
	rec_buf_puts(out, "()\n{\n"
	                  "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=\n"
	                  "\t[ \"$cur\" = = ] && cur=\n"
	                  "\t[ \"$prev\" = = ] && [ \"$COMP_CWORD\" -gt 1 ] && prev=${COMP_WORDS[COMP_CWORD-2]}\n"
	                  "\tcase $prev in\n");
	for_each(out, tool, add_bash_choice);
	rec_buf_puts(out, "\t*) case $cur in -*) words='");
	for_each(out, tool, add_bash_word);
	rec_buf_puts(out, "' ;; esac ;;\n\tesac\n"
	                  "\tCOMPREPLY=()\n"
	                  "\t[ \"$words\" ] && COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
	                  "\treturn 0\n}\ncomplete -o default -F ");
	add_function(out, tool->name);
	rec_buf_printf(out, " %s\n", tool->name);
}

static void add_zsh_option(struct rec_buf *out, const struct rec_tool *tool, const struct spelling *s)
{
	const struct rec_opt *row = s->row;
	bool takes = rec_optvalue_takes_one(row);
	(void)tool;
	rec_buf_puts(out, row->type == REC_OPT_LIST || row->type == REC_OPT_COUNT ? " \\\n\t\t'*'" : " \\\n\t\t");
	if (row->letter)
		rec_buf_printf(out, "{-%c%s,--%s%s}", row->letter, takes ? "+" : "", row->name, takes ? "=" : "");
	else {
		rec_buf_puts(out, "--");
		add_name(out, s);
		rec_buf_puts(out, takes ? "=" : "");
	}
	rec_buf_puts(out, "'[");
	add_quoted(out, row->help ? row->help : "", "[]:\\", "'\\''");
	rec_buf_puts(out, "]");
	if (takes) {
		rec_buf_puts(out, ":");
		add_quoted(out, row->arg ? row->arg : "value", "[]:\\", "'\\''");
		rec_buf_puts(out, ":");
	}
	if (row->type == REC_OPT_CHOICE) {
		rec_buf_puts(out, "(");
		add_choices(out, row);
		rec_buf_puts(out, ")");
	} else if (takes)
		rec_buf_puts(out, "_files");
	rec_buf_puts(out, "'");
}

/* works as a file of $fpath, where its body is the function, and when sourced */
static void add_zsh(struct rec_buf *out, const struct rec_tool *tool)
{
	rec_buf_printf(out, "#compdef %s\n", tool->name);
	add_function(out, tool->name);
	rec_buf_puts(out, "()\n{\n\t_arguments -s -S");
	for_each(out, tool, add_zsh_option);
	rec_buf_printf(out, " \\\n\t\t'*:file:_files'\n}\nif [ \"$funcstack[1]\" = _%s ]; then\n\t", tool->name);
	add_function(out, tool->name);
	rec_buf_puts(out, " \"$@\"\nelse\n\tcompdef ");
	add_function(out, tool->name);
	rec_buf_printf(out, " %s\nfi\n", tool->name);
}

static void add_fish_option(struct rec_buf *out, const struct rec_tool *tool, const struct spelling *s)
{
	const struct rec_opt *row = s->row;
	rec_buf_printf(out, "complete -c %s", tool->name);
	if (row->letter)
		rec_buf_printf(out, " -s %c", row->letter);
	rec_buf_puts(out, " -l ");
	add_name(out, s);
	if (row->type == REC_OPT_CHOICE) {
		rec_buf_puts(out, " -x -a '");
		add_choices(out, row);
		rec_buf_puts(out, "'");
	} else if (rec_optvalue_takes_one(row))
		rec_buf_puts(out, " -r");
	rec_buf_puts(out, " -d '");
	add_quoted(out, row->help ? row->help : "", "\\", "\\'");
	rec_buf_puts(out, "'\n");
}

int rec_optcomp_add(struct rec_buf *out, const struct rec_tool *tool, const char *shell)
{
	if (!strcmp(shell, "bash"))
		add_bash(out, tool);
	else if (!strcmp(shell, "zsh"))
		add_zsh(out, tool);
	else if (!strcmp(shell, "fish"))
		for_each(out, tool, add_fish_option);
	else
		return REC_EINVAL;
	return 0;
}
