/* SPDX-License-Identifier: MIT */
#include "base/opt.h"

#include "base/buf.h"
#include "base/envfile.h"
#include "base/err.h"
#include "base/log.h"
#include "base/num.h"
#include "base/opt_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_NAME 64 /* longer names are compared with nothing */

struct parser {
	const struct rec_tool *tool;
	void *options;
	int argc;
	char **argv;
	int at; /* the argument being read */
};

/* The number of digits at text; a number does not begin with 0. */
static size_t number_length(const char *text)
{
	return *text == '0' ? 0 : strspn(text, "0123456789");
}

/* Whether the n bytes of name spell the row; then *number is N of a numbered row, too large ones as 0. */
static bool spells(const struct rec_opt *row, const char *name, size_t n, int *number)
{
	const char *mark = row->type == REC_OPT_NUMBERED ? strchr(row->name, 'N') : NULL;
	if (!mark)
		return strlen(row->name) == n && !memcmp(row->name, name, n);
	size_t before = (size_t)(mark - row->name);
	if (strncmp(row->name, name, before) != 0)
		return false;
	size_t digits = number_length(name + before);
	const char *rest = name + before + digits;
	size_t nrest = strlen(mark + 1);
	if (!digits || before + digits + nrest != n || memcmp(rest, mark + 1, nrest) != 0)
		return false;
	*number = digits < 10 ? (int)strtol(name + before, NULL, 10) : 0;
	return true;
}

static const struct rec_opt *find_name(const struct rec_opt *row, const char *name, size_t n, int *number)
{
	for (; row->type != REC_OPT_STOP; row++) {
		if (row->type != REC_OPT_HEADING && spells(row, name, n, number))
			return row;
	}
	return NULL;
}

static const struct rec_opt *find_letter(const struct rec_opt *row, char letter)
{
	for (; row->type != REC_OPT_STOP; row++) {
		if (row->letter && row->letter == letter)
			return row;
	}
	return NULL;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * Edits that turn a into b: insert, delete, replace, swap neighbours (optimal string alignment). Rows of the matrix
 * are kept for i, i - 1 and i - 2 only.
 */
static size_t distance(const char *a, const char *b)
{
	size_t rows[3][MAX_NAME + 1];
	size_t na = strlen(a);
	size_t nb = strlen(b);
	for (size_t j = 0; j <= nb; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= na; i++) {
		size_t *now = rows[i % 3];
		const size_t *up = rows[(i + 2) % 3];
		const size_t *upper = rows[(i + 1) % 3];
		now[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			now[j] = least(least(up[j], now[j - 1]) + 1, up[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				now[j] = least(now[j], upper[j - 2] + 1);
		}
	}
	return rows[na % 3][nb];
}

/* The row's name, with N as the first number of typed, or 1. */
static void spell_like(char name[MAX_NAME], const struct rec_opt *row, const char *typed)
{
	const char *mark = row->type == REC_OPT_NUMBERED ? strchr(row->name, 'N') : NULL;
	const char *digits = typed + strcspn(typed, "123456789");
	size_t n = number_length(digits);
	if (mark)
		snprintf(name, MAX_NAME, "%.*s%.*s%s", (int)(mark - row->name), row->name, n ? (int)n : 1,
		        n ? digits : "1", mark + 1);
	else
		snprintf(name, MAX_NAME, "%s", row->name);
}

/* Find the name nearest to typed; false when none is near. A beginning of a name counts as one edit. */
static bool find_nearest(const struct rec_opt *row, const char *typed, char nearest[MAX_NAME])
{
	size_t n = strlen(typed);
	size_t best = n < 6 ? 2 : n / 3 + 1;
	bool found = false;
	if (n < 2 || n >= MAX_NAME)
		return false;
	for (; row->type != REC_OPT_STOP; row++) {
		char name[MAX_NAME];
		if (row->type == REC_OPT_HEADING)
			continue;
		spell_like(name, row, typed);
		size_t d = strncmp(name, typed, n) ? distance(typed, name) : 1;
		if (d < best) {
			best = d;
			found = true;
			memcpy(nearest, name, sizeof(name));
		}
	}
	return found;
}

static int unknown_name(const struct rec_tool *tool, const char *name, size_t n)
{
	char typed[MAX_NAME + 1];
	char nearest[MAX_NAME];
	snprintf(typed, sizeof(typed), "%.*s", (int)n, name);
	if (find_nearest(tool->opts, typed, nearest))
		return rec_report(REC_EUSAGE, "unknown option '--%.*s'; did you mean '--%s'?", (int)n, name, nearest);
	return rec_report(REC_EUSAGE, "unknown option '--%.*s'; see '%s --help'", (int)n, name, tool->name);
}

static int unknown_letter(const struct rec_tool *tool, char letter, const char *arg)
{
	int number;
	size_t n = strcspn(arg + 1, "=");
	if (find_name(tool->opts, arg + 1, n, &number))
		return rec_report(REC_EUSAGE, "unknown option '-%c' in '%s'; did you mean '-%s'?", letter, arg, arg);
	return rec_report(REC_EUSAGE, "unknown option '-%c'; see '%s --help'", letter, tool->name);
}

/* `-3` and `-1.5s` are values; any other word that begins with `-` is more likely the next option. */
static bool may_be_value(const char *arg)
{
	double real;
	int64_t ns;
	return arg[0] != '-' || !arg[1] || rec_parse_real(arg, &real) == 0 || rec_parse_duration(arg, &ns) == 0;
}

/* Take the next argument as the value of an option. */
static int take_value(struct parser *p, const struct rec_opt *row, const char *shown, const char **value)
{
	const char *arg = row->arg ? row->arg : "VALUE";
	if (p->at + 1 >= p->argc)
		return rec_report(REC_EUSAGE, "option '%s' needs a value: %s %s", shown, shown, arg);
	const char *next = p->argv[p->at + 1];
	if (!may_be_value(next))
		return rec_report(REC_EUSAGE, "option '%s' needs a value: %s %s; if it is '%s', write '--%s=%s'", shown,
		        shown, arg, next, row->type == REC_OPT_NUMBERED ? shown + 2 : row->name, next);
	p->at++;
	*value = next;
	return 0;
}

/* -q, -v and --progress json count at once, so that they shape the messages about what follows them. */
static void apply_common(const struct rec_common *common)
{
	if (common->quiet)
		rec_log_set_level(REC_ERROR);
	else if (common->verbose)
		rec_log_set_level(common->verbose > 1 ? REC_DEBUG : REC_INFO);
	rec_log_set_json(common->progress == REC_PROGRESS_JSON);
}

static const struct rec_common *common_of(const struct rec_tool *tool, const void *options)
{
	return (const void *)((const char *)options + tool->common);
}

static int store(struct parser *p, const struct rec_opt *row, int number, const char *shown, const char *value)
{
	int r = 0;
	if (!value && rec_optvalue_takes_one(row))
		r = take_value(p, row, shown, &value);
	if (r == 0)
		r = rec_optvalue_set(row, p->options, number, shown, value);
	if (r == 0)
		apply_common(common_of(p->tool, p->options));
	return r;
}

/* `--name`, `--name=value` */
static int read_name(struct parser *p, const char *arg)
{
	const char *name = arg + 2;
	size_t n = strcspn(name, "=");
	const char *value = name[n] ? name + n + 1 : NULL;
	int number = 0;
	const struct rec_opt *row = find_name(p->tool->opts, name, n, &number);
	if (!row)
		return unknown_name(p->tool, name, n);
	char shown[MAX_NAME + 16];
	snprintf(shown, sizeof(shown), "%.*s", (int)n + 2, arg);
	if (value && !rec_optvalue_takes_one(row))
		return rec_report(REC_EUSAGE, "option '%s' takes no value", shown);
	return store(p, row, number, shown, value);
}

/* `-v`, `-qn`, `-o value`, `-oOUT` */
static int read_letters(struct parser *p, const char *arg)
{
	for (const char *letter = arg + 1; *letter; letter++) {
		const struct rec_opt *row = find_letter(p->tool->opts, *letter);
		if (!row)
			return unknown_letter(p->tool, *letter, arg);
		const char shown[] = {'-', *letter, '\0'};
		bool takes = rec_optvalue_takes_one(row);
		int r = store(p, row, 0, shown, takes && letter[1] ? letter + 1 : NULL);
		if (r < 0 || takes)
			return r;
	}
	return 0;
}

static int add_operand(struct parser *p, const char *arg)
{
	struct rec_strings *operands = (void *)((char *)p->options + p->tool->operands);
	if (p->tool->max_operands == 0 || (p->tool->max_operands > 0 && operands->n >= (size_t)p->tool->max_operands))
		return rec_report(REC_EUSAGE, "unexpected operand '%s'; see '%s --help'", arg, p->tool->name);
	const char **items = reallocarray(operands->items, operands->n + 1, sizeof(*items));
	if (!items)
		return rec_report(REC_ENOMEM, "out of memory");
	items[operands->n++] = arg;
	operands->items = items;
	return 0;
}

static int read_arguments(struct parser *p)
{
	bool ended = false;
	for (p->at = 1; p->at < p->argc; p->at++) {
		const char *arg = p->argv[p->at];
		int r = 0;
		if (ended || arg[0] != '-' || !arg[1])
			r = add_operand(p, arg);
		else if (!strcmp(arg, "--"))
			ended = true;
		else
			r = arg[1] == '-' ? read_name(p, arg) : read_letters(p, arg);
		if (r < 0)
			return r;
	}
	return 0;
}

static int print(struct rec_buf *text)
{
	int r = REC_ENODATA;
	if (text->failed)
		r = rec_report(REC_ENOMEM, "out of memory");
	else if (fwrite(text->data, 1, text->len, stdout) != text->len || fflush(stdout))
		r = rec_report(REC_EIO, "cannot write to standard output: %s", strerror(errno));
	rec_buf_free(text);
	return r;
}

/* --help, --version, --completion; 0 when none was given */
static int serve(const struct rec_tool *tool, const struct rec_common *common)
{
	struct rec_buf text = REC_BUF_INIT;
	if (common->help)
		rec_opthelp_add(&text, tool);
	else if (common->version)
		rec_buf_printf(&text, "%s (rectools) %s\n", tool->name, REC_VERSION);
	else if (!common->completion)
		return 0;
	else if (rec_optcomp_add(&text, tool, common->completion) < 0)
		return rec_report(REC_EUSAGE, "value '%s' of option '--completion' is none of bash, zsh, fish",
		        common->completion);
	return print(&text);
}

static int check_operands(const struct rec_tool *tool, const void *options)
{
	if (tool->min_operands <= 0)
		return 0;
	const struct rec_strings *operands = (const void *)((const char *)options + tool->operands);
	if (operands->n >= (size_t)tool->min_operands)
		return 0;
	return rec_report(
	        REC_EUSAGE, "%s operand; usage: %s %s", operands->n ? "one more" : "missing", tool->name, tool->usage);
}

int rec_opt_parse(const struct rec_tool *tool, void *options, int argc, char **argv)
{
	struct parser p = {tool, options, argc, argv, 1};
	const struct rec_common *common = common_of(tool, options);
	int r = read_arguments(&p);
	if (r == 0)
		r = serve(tool, common);
	if (r == 0)
		r = check_operands(tool, options);
	if (r == 0 && common->env_file) {
		r = rec_envfile_load(common->env_file);
		rec_log_init(rec_log_program()); /* the file may have set LOG_LEVEL */
		apply_common(common);
	}
	return r;
}

void rec_opt_free(const struct rec_tool *tool, void *options)
{
	for (const struct rec_opt *row = tool->opts; row->type != REC_OPT_STOP; row++) {
		void *dest = (char *)options + row->dest;
		if (row->type == REC_OPT_LIST) {
			free(((struct rec_strings *)dest)->items);
			*(struct rec_strings *)dest = (struct rec_strings){NULL, 0};
		} else if (row->type == REC_OPT_NUMBERED) {
			free(((struct rec_numbered *)dest)->items);
			*(struct rec_numbered *)dest = (struct rec_numbered){NULL, 0};
		}
	}
	if (tool->max_operands != 0) {
		struct rec_strings *operands = (void *)((char *)options + tool->operands);
		free(operands->items);
		*operands = (struct rec_strings){NULL, 0};
	}
}

const char *rec_opt_numbered(const struct rec_numbered *list, const char *field, int number)
{
	for (size_t i = list->n; i-- > 0;) {
		if (list->items[i].number == number && !strcmp(list->items[i].field, field))
			return list->items[i].value;
	}
	return NULL;
}
