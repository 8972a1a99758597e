/* SPDX-License-Identifier: MIT */
/* What people type: numbers, durations, rates and sizes, and the command line, one argument a line. */
#include "base/err.h"
#include "base/num.h"
#include "base/opt.h"
#include "tests/fuzz/fuzz.h"

#include <math.h>
#include <string.h>

struct options {
	struct rec_common common;
	bool flag, negative;
	int count, integer, choice;
	const char *str;
	double real;
	int64_t duration_ns, bits;
	struct rec_rate rate;
	struct rec_size size;
	struct rec_strings list, operands;
	struct rec_numbered numbered;
};

static const char *const choices[] = {"row", "grid", "column", NULL};

#define ROW(letter, name, type, member, min, max, choices)                                                             \
	{                                                                                                              \
		letter, name, type, offsetof(struct options, member), "X", min, max, choices, "be it"                  \
	}
static const struct rec_opt table[] = {
        REC_COMMON_OPTS(struct options, common),
        ROW('f', "flag", REC_OPT_FLAG, flag, 0, 0, NULL),
        ROW(0, "no-flag", REC_OPT_FLAG, negative, 1, 0, NULL),
        ROW('c', "count", REC_OPT_COUNT, count, 0, 0, NULL),
        ROW('s', "str", REC_OPT_STR, str, 0, 0, NULL),
        ROW('l', "list", REC_OPT_LIST, list, 0, 0, NULL),
        ROW('i', "int", REC_OPT_INT, integer, -5, 51, NULL),
        ROW('r', "real", REC_OPT_REAL, real, -70, 5, NULL),
        ROW('d', "duration", REC_OPT_DURATION, duration_ns, 0, 1e6, NULL),
        ROW(0, "rate", REC_OPT_RATE, rate, 0, 0, NULL),
        ROW(0, "size", REC_OPT_SIZE, size, 2, 16384, NULL),
        ROW('b', "bits", REC_OPT_BITS, bits, 1000, 1e9, NULL),
        ROW(0, "choice", REC_OPT_CHOICE, choice, 0, 0, choices),
        ROW(0, "pN-video", REC_OPT_NUMBERED, numbered, 0, 1000, NULL),
        ROW(0, "pN-join", REC_OPT_NUMBERED, numbered, 0, 1000, NULL),
        REC_OPT_END,
};

static const struct rec_tool tool = {.name = "rec-fuzz",
        .usage = "[options] INPUT...",
        .summary = "be fuzzed",
        .opts = table,
        .common = offsetof(struct options, common),
        .operands = offsetof(struct options, operands),
        .max_operands = -1};

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	fuzz_quiet();
	return 0;
}

static void duration(const char *text)
{
	struct rec_buf shown = REC_BUF_INIT;
	int64_t ns = 7, again = 0;
	int r = rec_parse_duration(text, &ns);

	MUST(r == REC_OK ? llabs(ns) <= INT64_C(1000000000) * REC_NS_PER_S : r == REC_EINVAL && ns == 7);
	if (r < 0)
		return;
	rec_format_seconds(&shown, ns, 9);
	MUST(rec_parse_duration(rec_buf_str(&shown), &again) == REC_OK && again == ns);
	rec_buf_free(&shown);
	rec_format_clock(&shown, ns);
	MUST(shown.len > 0);
	rec_buf_free(&shown);
}

static void numbers(const char *text)
{
	struct rec_rate rate = {0, 0};
	int64_t integer = 7, bits = -1;
	double real = 0;
	int width = 0, height = 0;

	if (rec_parse_int(text, &integer) < 0)
		MUST(integer == 7);
	if (rec_parse_real(text, &real) == REC_OK)
		MUST(isfinite(real));
	if (rec_parse_rate(text, &rate) == REC_OK) {
		MUST(rate.num >= 1 && rate.num <= INT32_MAX && rate.den >= 1 && rate.den <= INT32_MAX);
		MUST(rate.num * 1000 >= rate.den && rate.num <= rate.den * 1000);
		MUST(rec_frame_of_ns(rec_ns_of_frame(1000, rate), rate) == 1000);
	}
	if (rec_parse_size(text, &width, &height) == REC_OK)
		MUST(width >= 1 && width <= 65535 && height >= 1 && height <= 65535);
	if (rec_parse_bits(text, &bits) == REC_OK)
		MUST(bits > 0);
}

static void within(const struct options *o)
{
	MUST(o->integer >= -5 && o->integer <= 51 && o->real >= -70 && o->real <= 5);
	MUST(o->duration_ns >= 0 && o->duration_ns <= INT64_C(1000000) * REC_NS_PER_S);
	MUST(o->choice >= 0 && o->choice < 3);
	MUST(o->bits == 0 || (o->bits >= 1000 && o->bits <= 1000000000));
	MUST(o->size.width == 0 || (o->size.width >= 2 && o->size.width <= 16384 && o->size.height <= 16384));
	for (size_t i = 0; i < o->numbered.n; i++)
		MUST(o->numbered.items[i].number >= 1 && o->numbered.items[i].number <= 1000);
}

static void command_line(char **words, int n)
{
	struct options options = {.integer = 1};
	int r = rec_opt_parse(&tool, &options, n, words);

	if (r == REC_OK)
		within(&options);
	else
		MUST(r == REC_EUSAGE || r == REC_ENODATA || r == REC_EINPUT);
	rec_opt_free(&tool, &options);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *words[66] = {(char[]){"rec-fuzz"}};
	char *text = fuzz_text(data, size);
	int n = 1;

	for (char *at = text, *end; at && n < 64; at = end) {
		end = strchr(at, '\n');
		if (end)
			*end++ = '\0';
		duration(at);
		numbers(at);
		/* a file would change the environment of the runs after it: envfile.c */
		if (strncmp(at, "--e", 3) != 0)
			words[n++] = at;
	}
	command_line(words, n);
	free(text);
	return 0;
}
