/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include "base/err.h"
#include "base/num.h"
#include "base/utf8.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cJSON copies a number into 64 bytes and misreads a longer one. */
enum { NUMBER_MAX = 63 };

/*
 * One pass checks the whole text before cJSON allocates anything. keys is a stack of where the names of the objects
 * that are open begin, after their quotes; an object sorts its own when it ends and takes them off.
 */
struct scan {
	const char *text;
	size_t n;
	size_t at;
	struct rec_json_limits limits;
	int depth;
	size_t values;
	const char **keys;
	size_t nkeys;
	size_t capacity;
	char *why; /* 256 bytes */
};

/* Say why, with line and column (in characters) of ${at}. */
static int refuse(const struct scan *s, size_t at, const char *why)
{
	size_t line = 1;
	size_t column = 1;

	for (size_t i = 0; i < at && i < s->n; i++) {
		if (s->text[i] == '\n') {
			line++;
			column = 1;
		} else if (((unsigned char)s->text[i] & 0xC0) != 0x80) {
			column++;
		}
	}
	snprintf(s->why, 256, "line %zu, column %zu: %s", line, column, why);
	return REC_EINVAL;
}

/* The byte here; -1 at the end. */
static int peek(const struct scan *s)
{
	return s->at < s->n ? (unsigned char)s->text[s->at] : -1;
}

static bool skip(struct scan *s, char c)
{
	if (peek(s) != c)
		return false;
	s->at++;
	return true;
}

static void skip_blanks(struct scan *s)
{
	while (skip(s, ' ') || skip(s, '\t') || skip(s, '\n') || skip(s, '\r'))
		;
}

/* Four hexadecimal digits; -1 when they are not. */
static long hex4(const char *p, const char *end)
{
	long value = 0;

	if (end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		static const char digits[] = "0123456789abcdef";
		int lower = p[i] >= 'A' && p[i] <= 'F' ? p[i] - 'A' + 'a' : p[i];
		const char *digit = lower ? strchr(digits, lower) : NULL;
		if (!digit)
			return -1;
		value = value * 16 + (digit - digits);
	}
	return value;
}

/* What follows "\u": sets code. NULL, or what is wrong. */
static const char *decode_u(const char **p, const char *end, uint32_t *code)
{
	long high = hex4(*p, end);

	if (high < 0)
		return "\\u wants four hexadecimal digits";
	if (high == 0)
		return "\\u0000 cannot be kept";
	*p += 4;
	*code = (uint32_t)high;
	if (high < 0xD800 || high > 0xDFFF)
		return NULL;
	long low = end - *p >= 6 && (*p)[0] == '\\' && (*p)[1] == 'u' ? hex4(*p + 2, end) : -1;
	if (high > 0xDBFF || low < 0xDC00 || low > 0xDFFF)
		return "lone surrogate";
	*p += 6;
	*code = 0x10000 + ((uint32_t)(high - 0xD800) << 10) + (uint32_t)(low - 0xDC00);
	return NULL;
}

static const char *decode_escape(const char **p, const char *end, uint32_t *code)
{
	static const char letters[] = "\"\\/bfnrt";
	static const char means[] = "\"\\/\b\f\n\r\t";

	if (*p == end)
		return "string without end";
	char letter = *(*p)++;
	if (letter == 'u')
		return decode_u(p, end, code);
	const char *found = letter ? strchr(letters, letter) : NULL;
	if (!found)
		return "unknown escape";
	*code = (unsigned char)means[found - letters];
	return NULL;
}

/* The next character of a string's inside, *p < end and not the closing quote. NULL, or what is wrong. */
static const char *decode_char(const char **p, const char *end, uint32_t *code)
{
	unsigned char c = (unsigned char)**p;
	size_t len = 1;

	if (c < 0x20)
		return "control character in a string; write it as an escape";
	if (c < 0x80)
		*code = c;
	else if (rec_utf8_decode(*p, (size_t)(end - *p), code, &len) < 0)
		return "invalid UTF-8";
	*p += len;
	return c == '\\' ? decode_escape(p, end, code) : NULL;
}

static int scan_string(struct scan *s)
{
	const char *end = s->text + s->n;
	size_t start = s->at;
	uint32_t code;

	if (!skip(s, '"'))
		return refuse(s, s->at, "expected a string");
	for (const char *p = s->text + s->at; p < end;) {
		s->at = (size_t)(p - s->text);
		if (skip(s, '"'))
			return REC_OK;
		const char *why = decode_char(&p, end, &code);
		if (why)
			return refuse(s, s->at, why);
	}
	return refuse(s, start, "string without end");
}

static bool skip_digits(struct scan *s)
{
	size_t start = s->at;

	while (peek(s) >= '0' && peek(s) <= '9')
		s->at++;
	return s->at > start;
}

/* RFC 8259, section 6 */
static bool skip_number(struct scan *s)
{
	skip(s, '-');
	if (!skip(s, '0') && !skip_digits(s))
		return false;
	if (skip(s, '.') && !skip_digits(s))
		return false;
	if (skip(s, 'e') || skip(s, 'E')) {
		if (!skip(s, '-'))
			skip(s, '+');
		return skip_digits(s);
	}
	return true;
}

static int scan_number(struct scan *s)
{
	size_t start = s->at;
	char number[NUMBER_MAX + 1] = "";
	double value;

	if (!skip_number(s))
		return refuse(s, start, "malformed number");
	if (peek(s) >= '0' && peek(s) <= '9')
		return refuse(s, start, "number with a leading zero");
	if (s->at - start > NUMBER_MAX)
		return refuse(s, start, "number longer than 63 characters");
	memcpy(number, s->text + start, s->at - start);
	if (rec_parse_real(number, &value) < 0)
		return refuse(s, start, "number too large");
	return REC_OK;
}

static int scan_word(struct scan *s)
{
	static const char *const words[] = {"true", "false", "null"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t len = strlen(words[i]);
		if (s->n - s->at >= len && memcmp(s->text + s->at, words[i], len) == 0) {
			s->at += len;
			return REC_OK;
		}
	}
	return refuse(s, s->at, peek(s) < 0 ? "expected a value, found the end" : "expected a value");
}

static int push_key(struct scan *s, const char *key)
{
	if (s->nkeys == s->capacity) {
		size_t capacity = s->capacity ? 2 * s->capacity : 256;
		const char **keys = reallocarray(s->keys, capacity, sizeof *keys);
		if (!keys)
			return REC_ENOMEM;
		s->keys = keys;
		s->capacity = capacity;
	}
	s->keys[s->nkeys++] = key;
	return REC_OK;
}

/* Order two checked strings, given after their opening quotes, by what they decode to. */
static int compare_decoded(const char *a, const char *b, const char *end)
{
	while (*a != '"' && *b != '"') {
		uint32_t x = 0;
		uint32_t y = 0;
		decode_char(&a, end, &x);
		decode_char(&b, end, &y);
		if (x != y)
			return x < y ? -1 : 1;
	}
	return (*a != '"') - (*b != '"');
}

static int compare_keys(const void *a, const void *b, void *end)
{
	const char *x = *(const char *const *)a;
	const char *y = *(const char *const *)b;
	int order = compare_decoded(x, y, end);

	/* of equal ones the first in the text first */
	return order ? order : (x > y) - (x < y);
}

/* keys[base...] are those of one object, in the order of the text. */
static int check_keys(struct scan *s, size_t base)
{
	const char *end = s->text + s->n;
	const char *twice = NULL; /* the first in the text, whatever the order of the sort */
	size_t n = s->nkeys - base;
	char why[128];

	s->nkeys = base;
	if (n < 2)
		return REC_OK;
	const char **keys = s->keys + base;
	qsort_r(keys, n, sizeof *keys, compare_keys, (void *)(uintptr_t)end);
	for (size_t i = 1; i < n; i++)
		if (compare_decoded(keys[i - 1], keys[i], end) == 0 && (!twice || keys[i] < twice))
			twice = keys[i];
	if (!twice)
		return REC_OK;
	size_t len = 0;
	for (uint32_t code; len < 64 && twice[len] != '"';) {
		const char *p = twice + len;
		decode_char(&p, end, &code);
		len = (size_t)(p - twice);
	}
	snprintf(why, sizeof why, "duplicate key '%.*s%s'", (int)len, twice, twice[len] == '"' ? "" : "...");
	return refuse(s, (size_t)(twice - s->text) - 1, why);
}

static int scan_value(struct scan *s);

static int scan_member(struct scan *s)
{
	size_t start = s->at;
	int r = scan_string(s);

	if (r < 0)
		return r;
	r = push_key(s, s->text + start + 1);
	if (r < 0)
		return r;
	skip_blanks(s);
	if (!skip(s, ':'))
		return refuse(s, s->at, "expected ':'");
	skip_blanks(s);
	return scan_value(s);
}

/* After the opening bracket: items up to the closing one. */
static int scan_items(struct scan *s, int (*item)(struct scan *), char close)
{
	skip_blanks(s);
	if (skip(s, close))
		return REC_OK;
	for (;;) {
		int r = item(s);
		if (r < 0)
			return r;
		skip_blanks(s);
		if (skip(s, close))
			return REC_OK;
		if (!skip(s, ','))
			return refuse(s, s->at, close == '}' ? "expected ',' or '}'" : "expected ',' or ']'");
		skip_blanks(s);
	}
}

static int scan_container(struct scan *s)
{
	size_t base = s->nkeys;
	bool object = peek(s) == '{';
	int r;

	if (++s->depth > s->limits.depth)
		return refuse(s, s->at, "nested too deep");
	s->at++;
	r = object ? scan_items(s, scan_member, '}') : scan_items(s, scan_value, ']');
	s->depth--;
	return r == REC_OK && object ? check_keys(s, base) : r;
}

static int scan_value(struct scan *s)
{
	int c = peek(s);

	if (++s->values > s->limits.values)
		return refuse(s, s->at, "too many values");
	if (c == '{' || c == '[')
		return scan_container(s);
	if (c == '"')
		return scan_string(s);
	if (c == '-' || (c >= '0' && c <= '9'))
		return scan_number(s);
	return scan_word(s);
}

static int scan_text(struct scan *s)
{
	if (s->n > s->limits.bytes) {
		snprintf(s->why, 256, "larger than %zu bytes", s->limits.bytes);
		return REC_EINVAL;
	}
	skip_blanks(s);
	int r = scan_value(s);
	if (r < 0)
		return r;
	skip_blanks(s);
	return s->at < s->n ? refuse(s, s->at, "something follows the value") : REC_OK;
}

int rec_json_parse(const char *text, size_t n, const struct rec_json_limits *limits, struct cJSON **root, char why[256])
{
	static const struct rec_json_limits usual = REC_JSON_LIMITS;
	char unwanted[256];
	size_t mark = n >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
	struct scan s = {
	        .text = text + mark, .n = n - mark, .limits = limits ? *limits : usual, .why = why ? why : unwanted};

	if (s.limits.depth > CJSON_NESTING_LIMIT)
		s.limits.depth = CJSON_NESTING_LIMIT;
	int r = scan_text(&s);
	free(s.keys);
	if (r < 0)
		return r;
	/* what passed fails here for want of memory alone */
	*root = cJSON_ParseWithLengthOpts(s.text, s.n, NULL, false);
	return *root ? REC_OK : REC_ENOMEM;
}
