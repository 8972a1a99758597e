/* SPDX-License-Identifier: MIT */
#include "base/opt_parts.h"

#include "base/err.h"
#include "base/log.h"
#include "base/num.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* one option as typed, on its way to its destination */
struct given {
	const struct rec_opt *row;
	const char *shown;
	const char *value;
};

bool rec_optvalue_takes_one(const struct rec_opt *row)
{
	return row->type != REC_OPT_FLAG && row->type != REC_OPT_COUNT;
}

static int malformed(const struct given *g, const char *what)
{
	return rec_report(REC_EUSAGE, "value '%s' of option '%s' is not %s", g->value, g->shown, what);
}

/* Both bounds 0 mean none. NaN cannot come here: the parsers refuse it. */
static bool within(const struct rec_opt *row, double v)
{
	return (row->min == 0 && row->max == 0) || (v >= row->min && v <= row->max);
}

static int out_of_bounds(const struct given *g, const char *unit)
{
	return rec_report(REC_EUSAGE, "value '%s' of option '%s' must be from %.12g to %.12g%s", g->value, g->shown,
	        g->row->min, g->row->max, unit);
}

static int set_int(const struct given *g, int *dest)
{
	int64_t v;
	if (rec_parse_int(g->value, &v) < 0)
		return malformed(g, "a whole number");
	if (!within(g->row, (double)v))
		return out_of_bounds(g, "");
	if (v < INT_MIN || v > INT_MAX)
		return rec_report(REC_EUSAGE, "value '%s' of option '%s' must be from %d to %d", g->value, g->shown,
		        INT_MIN, INT_MAX);
	*dest = (int)v;
	return 0;
}

static int set_real(const struct given *g, double *dest)
{
	double v;
	if (rec_parse_real(g->value, &v) < 0)
		return malformed(g, "a number");
	if (!within(g->row, v))
		return out_of_bounds(g, "");
	*dest = v;
	return 0;
}

static int set_duration(const struct given *g, int64_t *dest)
{
	int64_t v;
	if (rec_parse_duration(g->value, &v) < 0)
		return malformed(g, "a duration like 90.5, 30m, 1h2m3s or 1:02:03");
	bool bounded = g->row->min != 0 || g->row->max != 0;
	if (bounded && (v < llround(g->row->min * 1e9) || v > llround(g->row->max * 1e9)))
		return out_of_bounds(g, " seconds");
	*dest = v;
	return 0;
}

static int set_rate(const struct given *g, struct rec_rate *dest)
{
	if (rec_parse_rate(g->value, dest) < 0)
		return malformed(g, "a rate like 30, 29.97 or 30000/1001, from 1/1000 to 1000");
	return 0;
}

static int set_size(const struct given *g, struct rec_size *dest)
{
	struct rec_size v;
	if (rec_parse_size(g->value, &v.width, &v.height) < 0)
		return malformed(g, "a size like 1280x720");
	if (!within(g->row, v.width) || !within(g->row, v.height))
		return out_of_bounds(g, " on each side");
	*dest = v;
	return 0;
}

static int set_bits(const struct given *g, int64_t *dest)
{
	int64_t v;
	if (rec_parse_bits(g->value, &v) < 0)
		return malformed(g, "a bit rate like 128000, 128k or 1.5M");
	if (!within(g->row, (double)v))
		return out_of_bounds(g, "");
	*dest = v;
	return 0;
}

static int set_choice(const struct given *g, int *dest)
{
	struct rec_buf list = REC_BUF_INIT;
	for (int i = 0; g->row->choices[i]; i++) {
		if (!strcmp(g->row->choices[i], g->value)) {
			rec_buf_free(&list);
			*dest = i;
			return 0;
		}
		rec_buf_printf(&list, "%s%s", i ? ", " : "", g->row->choices[i]);
	}
	rec_report(REC_EUSAGE, "value '%s' of option '%s' is none of %s", g->value, g->shown, rec_buf_str(&list));
	rec_buf_free(&list);
	return REC_EUSAGE;
}

static int add_string(const struct given *g, struct rec_strings *dest)
{
	const char **items = reallocarray(dest->items, dest->n + 1, sizeof(*items));
	if (!items)
		return rec_report(REC_ENOMEM, "out of memory");
	items[dest->n++] = g->value;
	dest->items = items;
	return 0;
}

static int add_numbered(const struct given *g, int number, struct rec_numbered *dest)
{
	if (number < 1 || number > g->row->max)
		return rec_report(
		        REC_EUSAGE, "the number in option '%s' must be from 1 to %.12g", g->shown, g->row->max);
	struct rec_numbered_value *items = reallocarray(dest->items, dest->n + 1, sizeof(*items));
	if (!items)
		return rec_report(REC_ENOMEM, "out of memory");
	items[dest->n++] = (struct rec_numbered_value){g->row->name, number, g->value};
	dest->items = items;
	return 0;
}

int rec_optvalue_set(const struct rec_opt *row, void *options, int number, const char *shown, const char *value)
{
	void *dest = (char *)options + row->dest;
	const struct given g = {row, shown, value};
	switch (row->type) {
	case REC_OPT_FLAG:
		*(bool *)dest = row->min != 1;
		return 0;
	case REC_OPT_COUNT:
		*(int *)dest += *(int *)dest < INT_MAX;
		return 0;
	case REC_OPT_STR:
		*(const char **)dest = value;
		return 0;
	case REC_OPT_LIST:
		return add_string(&g, dest);
	case REC_OPT_INT:
		return set_int(&g, dest);
	case REC_OPT_REAL:
		return set_real(&g, dest);
	case REC_OPT_DURATION:
		return set_duration(&g, dest);
	case REC_OPT_RATE:
		return set_rate(&g, dest);
	case REC_OPT_SIZE:
		return set_size(&g, dest);
	case REC_OPT_BITS:
		return set_bits(&g, dest);
	case REC_OPT_CHOICE:
		return set_choice(&g, dest);
	case REC_OPT_NUMBERED:
		return add_numbered(&g, number, dest);
	case REC_OPT_STOP:
	case REC_OPT_HEADING:
		break;
	}
	return REC_EUSAGE;
}
