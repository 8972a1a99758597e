/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/num.h"
#include "base/remote.h"
#include "base/utf8.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* the longest double without a fraction, and what fits a fraction's digits and separator */
enum { DECIMALS_MAX = 30, REAL_MAX = DBL_MAX_10_EXP + DECIMALS_MAX + 16 };

/* JSON often ends on a screen: DEL, C1 and the marks that turn the direction of text are escaped too. */
static bool acts_on_terminals(uint32_t code)
{
	return (code >= 0x7F && code < 0xA0) || (code >= 0x202A && code <= 0x202E) ||
	       (code >= 0x2066 && code <= 0x2069);
}

static void add_escaped(struct rec_buf *buf, uint32_t code, const char *bytes, size_t len)
{
	static const char means[] = "\"\\\b\f\n\r\t";
	static const char letters[] = "\"\\bfnrt";
	const char *found = code && code < 0x80 ? strchr(means, (int)code) : NULL;

	if (found)
		rec_buf_printf(buf, "\\%c", letters[found - means]);
	else if (code < 0x20 || acts_on_terminals(code))
		rec_buf_printf(buf, "\\u%04x", (unsigned)code);
	else
		rec_buf_add(buf, bytes, len);
}

static void add_string(struct rec_buf *buf, const char *value)
{
	const char *end = value + strlen(value);

	rec_buf_add(buf, "\"", 1);
	for (size_t len; value < end; value += len) {
		uint32_t code;
		if (rec_utf8_decode(value, (size_t)(end - value), &code, &len) < 0)
			rec_buf_puts(buf, "\xEF\xBF\xBD");
		else
			add_escaped(buf, code, value, len);
	}
	rec_buf_add(buf, "\"", 1);
}

static void new_line(struct rec_json *json)
{
	if (!json->pretty)
		return;
	rec_buf_add(json->buf, "\n", 1);
	for (int i = 0; i < json->depth; i++)
		rec_buf_add(json->buf, "  ", 2);
}

/* What stands before a value. */
static void lead_in(struct rec_json *json, const char *key)
{
	if (json->comma)
		rec_buf_add(json->buf, ",", 1);
	json->comma = true;
	if (json->depth > 0)
		new_line(json);
	if (!key)
		return;
	add_string(json->buf, key);
	rec_buf_puts(json->buf, json->pretty ? ": " : ":");
}

static void open_container(struct rec_json *json, const char *key, const char *bracket)
{
	lead_in(json, key);
	rec_buf_puts(json->buf, bracket);
	json->depth++;
	json->comma = false;
}

static void close_container(struct rec_json *json, const char *bracket)
{
	json->depth--;
	if (json->comma)
		new_line(json);
	rec_buf_puts(json->buf, bracket);
	json->comma = true;
}

void rec_json_object(struct rec_json *json, const char *key)
{
	open_container(json, key, "{");
}

void rec_json_end_object(struct rec_json *json)
{
	close_container(json, "}");
}

void rec_json_array(struct rec_json *json, const char *key)
{
	open_container(json, key, "[");
}

void rec_json_end_array(struct rec_json *json)
{
	close_container(json, "]");
}

void rec_json_raw(struct rec_json *json, const char *key, const char *text)
{
	lead_in(json, key);
	rec_buf_puts(json->buf, text);
}

void rec_json_null(struct rec_json *json, const char *key)
{
	rec_json_raw(json, key, "null");
}

void rec_json_bool(struct rec_json *json, const char *key, bool value)
{
	rec_json_raw(json, key, value ? "true" : "false");
}

void rec_json_int(struct rec_json *json, const char *key, int64_t value)
{
	lead_in(json, key);
	rec_buf_printf(json->buf, "%" PRId64, value);
}

void rec_json_str(struct rec_json *json, const char *key, const char *value)
{
	if (!value) {
		rec_json_null(json, key);
		return;
	}
	char *shown = rec_remote_shown(value);
	lead_in(json, key);
	add_string(json->buf, shown ? shown : "");
	json->buf->failed |= !shown;
	free(shown);
}

/* printf rounds the exact binary value; of its text only the digits are used, since the separator is the locale's. */
void rec_json_real(struct rec_json *json, const char *key, double value, int decimals)
{
	char digits[REAL_MAX];

	if (!isfinite(value)) {
		rec_json_null(json, key);
		return;
	}
	if (decimals < 0 || decimals > DECIMALS_MAX)
		decimals = decimals < 0 ? 0 : DECIMALS_MAX;
	size_t len = (size_t)snprintf(digits, sizeof digits, "%.*f", decimals, fabs(value));
	size_t whole = strspn(digits, "0123456789");
	const char *fraction = digits + len - decimals;
	while (decimals > 0 && fraction[decimals - 1] == '0')
		decimals--;
	bool zero = decimals == 0 && whole == 1 && digits[0] == '0';

	lead_in(json, key);
	rec_buf_printf(json->buf, "%s%.*s", signbit(value) && !zero ? "-" : "", (int)whole, digits);
	if (decimals > 0)
		rec_buf_printf(json->buf, ".%.*s", decimals, fraction);
}

void rec_json_seconds(struct rec_json *json, const char *key, int64_t ns)
{
	if (ns == REC_NS_UNKNOWN) {
		rec_json_null(json, key);
		return;
	}
	lead_in(json, key);
	rec_format_seconds(json->buf, ns, 9);
}

void rec_json_warnings(struct rec_json *json)
{
	size_t n;
	const char *const *warnings = rec_warnings(&n);

	rec_json_array(json, "warnings");
	for (size_t i = 0; i < n; i++)
		rec_json_str(json, NULL, warnings[i]);
	rec_json_end_array(json);
}
