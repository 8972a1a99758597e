/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"

#include <cjson/cJSON.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define N63 "1234567890123456789012345678901234567890123456789012345678901.5"

static void accepted(void **state)
{
	static const char *const texts[] = {"null", " true\r\n\t", "\xEF\xBB\xBF{}", "[]",
	        "[1,-0,0.5,1e3,1E+3,1e-400,-1.5e-3]", "{\"a\":{\"a\":1},\"b\":[{\"a\":1},{\"a\":2}]}",
	        "\"\\u0061\\\"\\\\\\/\\b\\f\\n\\r\\t\\ud83d\\ude00\"",
	        "\"\x7F\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\xF4\x8F\xBF\xBF\"", "{\"\":1,\"a\":2,\"ab\":3}",
	        "[" N63 "]", "1.7976931348623157e308"};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		cJSON *root = NULL;
		char why[256] = "";
		int r = rec_json_parse(texts[i], strlen(texts[i]), NULL, &root, why);
		if (r < 0)
			fail_msg("%s: %s", texts[i], why);
		assert_non_null(root);
		cJSON_Delete(root);
	}
}

static const struct {
	const char *text;
	const char *why;
} bad_texts[] = {
        {"", "line 1, column 1: expected a value, found the end"},
        {"{} x", "line 1, column 4: something follows the value"},
        {"{}\n\xEF\xBB\xBF", "line 2, column 1: something follows the value"},
        {"{\"a\":1,\n \"\xC3\xA9\":2, \"a\":3}", "line 2, column 9: duplicate key 'a'"},
        {"{\"a\":1,\"\\u0061\":2}", "line 1, column 8: duplicate key '\\u0061'"},
        {"{\"\\ud83d\\ude00\":1,\"\xF0\x9F\x98\x80\":2}", "line 1, column 19: duplicate key '\xF0\x9F\x98\x80'"},
        {"{\"\":1,\"\":2}", "line 1, column 7: duplicate key ''"},
        {"{\"z\":1,\"b\":1,\"z\":2,\"b\":2}", "line 1, column 14: duplicate key 'z'"},
        {"[{\"a\":1},{\"b\":[{}],\"b\":2}]", "line 1, column 20: duplicate key 'b'"},
        {"[1e999]", "line 1, column 2: number too large"},
        {"[-1e999]", "line 1, column 2: number too large"},
        {"[1" N63 "]", "line 1, column 2: number longer than 63 characters"},
        {"[01]", "line 1, column 2: number with a leading zero"},
        {"-", "line 1, column 1: malformed number"},
        {"[1.]", "line 1, column 2: malformed number"},
        {"[1e]", "line 1, column 2: malformed number"},
        {"[1e+]", "line 1, column 2: malformed number"},
        {"+1", "line 1, column 1: expected a value"},
        {".5", "line 1, column 1: expected a value"},
        {"NaN", "line 1, column 1: expected a value"},
        {"tru", "line 1, column 1: expected a value"},
        {"truefalse", "line 1, column 5: something follows the value"},
        {"[1,]", "line 1, column 4: expected a value"},
        {"[1 2]", "line 1, column 4: expected ',' or ']'"},
        {"[1}", "line 1, column 3: expected ',' or ']'"},
        {"{\"a\":1,}", "line 1, column 8: expected a string"},
        {"{\"a\" 1}", "line 1, column 6: expected ':'"},
        {"{\"a\":1]", "line 1, column 7: expected ',' or '}'"},
        {"{a:1}", "line 1, column 2: expected a string"},
        {"[", "line 1, column 2: expected a value, found the end"},
        {"[1\v]", "line 1, column 3: expected ',' or ']'"},
        {"\"a", "line 1, column 1: string without end"},
        {"\"a\\", "line 1, column 3: string without end"},
        {"\"a\\\"", "line 1, column 1: string without end"},
        {"\"a\nb\"", "line 1, column 3: control character in a string; write it as an escape"},
        {"\"\\x\"", "line 1, column 2: unknown escape"},
        {"\"\\u00g0\"", "line 1, column 2: \\u wants four hexadecimal digits"},
        {"\"\\u00", "line 1, column 2: \\u wants four hexadecimal digits"},
        {"\"\\u0000\"", "line 1, column 2: \\u0000 cannot be kept"},
        {"\"\\ud800\"", "line 1, column 2: lone surrogate"},
        {"\"\\udc00\"", "line 1, column 2: lone surrogate"},
        {"\"\\ud800\\u0041\"", "line 1, column 2: lone surrogate"},
        {"\"\\ud800\\ud800\"", "line 1, column 2: lone surrogate"},
        {"\"\x80\"", "line 1, column 2: invalid UTF-8"},
        {"\"\xC0\x80\"", "line 1, column 2: invalid UTF-8"},
        {"\"\xE0\x9F\xBF\"", "line 1, column 2: invalid UTF-8"},
        {"\"\xED\xA0\x80\"", "line 1, column 2: invalid UTF-8"},
        {"\"\xF4\x90\x80\x80\"", "line 1, column 2: invalid UTF-8"},
        {"\"\xF5\"", "line 1, column 2: invalid UTF-8"},
        {"\"\xE2\x82", "line 1, column 2: invalid UTF-8"},
        {"// a\n1", "line 1, column 1: expected a value"},
};

static void refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad_texts / sizeof *bad_texts; i++) {
		/* memory of the exact size: the address sanitizer sees one byte too much */
		size_t n = strlen(bad_texts[i].text);
		char *text = malloc(n ? n : 1);
		cJSON *root = NULL;
		char why[256] = "";
		memcpy(text, bad_texts[i].text, n);
		assert_int_equal(rec_json_parse(text, n, NULL, &root, why), REC_EINVAL);
		assert_string_equal(why, bad_texts[i].why);
		assert_null(root);
		assert_int_equal(rec_json_parse(text, n, NULL, &root, NULL), REC_EINVAL);
		free(text);
	}
}

static void nul_byte_is_refused(void **state)
{
	static const struct {
		const char *text;
		size_t n;
	} rows[] = {{"1\0", 2}, {"\"\0\"", 3}, {"\"\\\0\"", 4}, {"\"\\u00\0a\"", 8}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		cJSON *root = NULL;
		assert_int_equal(rec_json_parse(rows[i].text, rows[i].n, NULL, &root, NULL), REC_EINVAL);
	}
}

static void limits_hold(void **state)
{
	static const struct {
		const char *text;
		struct rec_json_limits limits;
		const char *why; /* NULL: accepted */
	} rows[] = {
	        {"[[1]]", {5, 2, 3}, NULL},
	        {"[[1]]", {4, 2, 3}, "larger than 4 bytes"},
	        {"[[1]]", {5, 1, 3}, "line 1, column 2: nested too deep"},
	        {"[[1]]", {5, 2, 2}, "line 1, column 3: too many values"},
	        {"1", {5, 0, 1}, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		cJSON *root = NULL;
		char why[256] = "";
		int r = rec_json_parse(rows[i].text, strlen(rows[i].text), &rows[i].limits, &root, why);
		assert_int_equal(r, rows[i].why ? REC_EINVAL : REC_OK);
		assert_string_equal(why, rows[i].why ? rows[i].why : "");
		cJSON_Delete(root);
	}
}

/* What every limit lets through, cJSON must take: 1000 levels, and no deeper whatever the caller says. */
static void depth_of_cjson(void **state)
{
	static const struct rec_json_limits any = {1 << 20, 1 << 20, 1 << 20};
	char text[2 * 1001];

	(void)state;
	for (size_t depth = 1000; depth <= 1001; depth++) {
		cJSON *root = NULL;
		memset(text, '[', depth);
		memset(text + depth, ']', depth);
		assert_int_equal(
		        rec_json_parse(text, 2 * depth, &any, &root, NULL), depth == 1000 ? REC_OK : REC_EINVAL);
		cJSON_Delete(root);
	}
}

static void values_arrive(void **state)
{
	static const char text[] = "\xEF\xBB\xBF {\"s\":\"\\ud83d\\ude00\\n\",\"n\":-12.5e1,\"l\":" N63 "} ";
	cJSON *root = NULL;

	(void)state;
	assert_int_equal(rec_json_parse(text, sizeof text - 1, NULL, &root, NULL), REC_OK);
	assert_string_equal(cJSON_GetObjectItem(root, "s")->valuestring, "\xF0\x9F\x98\x80\n");
	assert_true(cJSON_GetObjectItem(root, "n")->valuedouble == -125);
	assert_true(cJSON_GetObjectItem(root, "l")->valuedouble == strtod(N63, NULL));
	cJSON_Delete(root);
}

/* 200 000 keys of one object, the last twice: quadratic work would take minutes. */
static void huge_object(void **state)
{
	struct rec_buf buf = REC_BUF_INIT;
	cJSON *root = NULL;
	char why[256] = "";

	(void)state;
	rec_buf_puts(&buf, "{");
	for (int i = 0; i < 200000; i++)
		rec_buf_printf(&buf, "\"key%d\":1,", i);
	rec_buf_puts(&buf, "\"key199999\":2}");
	assert_int_equal(rec_json_parse(buf.data, buf.len, NULL, &root, why), REC_EINVAL);
	assert_non_null(strstr(why, "duplicate key 'key199999'"));
	rec_buf_free(&buf);
}

static void long_key_is_cut_at_a_character(void **state)
{
	struct rec_buf buf = REC_BUF_INIT;
	cJSON *root = NULL;
	char why[256] = "";

	(void)state;
	for (int twice = 0; twice < 2; twice++) {
		rec_buf_puts(&buf, twice ? "\":1,\"" : "{\"");
		for (int i = 0; i < 100; i++)
			rec_buf_puts(&buf, "\xE2\x82\xAC");
	}
	rec_buf_puts(&buf, "\":2}");
	assert_int_equal(rec_json_parse(buf.data, buf.len, NULL, &root, why), REC_EINVAL);
	assert_non_null(strstr(why, "\xE2\x82\xAC..."));
	rec_buf_free(&buf);
}

static void write_sample(struct rec_json *json)
{
	rec_json_object(json, NULL);
	rec_json_str(json, "s", "a\"\\/\n\x01\x7F\xC3\xA9");
	rec_json_str(json, "none", NULL);
	rec_json_int(json, "min", INT64_MIN);
	rec_json_array(json, "list");
	rec_json_bool(json, NULL, true);
	rec_json_bool(json, NULL, false);
	rec_json_null(json, NULL);
	rec_json_object(json, NULL);
	rec_json_end_object(json);
	rec_json_end_array(json);
	rec_json_seconds(json, "t", -1500000001);
	rec_json_seconds(json, "u", REC_NS_UNKNOWN);
	rec_json_raw(json, "raw", "[1]");
	rec_json_end_object(json);
}

static void writes(void **state)
{
	static const char *const want[] = {
	        "{\"s\":\"a\\\"\\\\/"
	        "\\n\\u0001\\u007f\xC3\xA9\",\"none\":null,\"min\":-9223372036854775808,\"list\":[true,false,null,{}],"
	        "\"t\":-1.500000001,\"u\":null,\"raw\":[1]}",
	        "{\n  \"s\": \"a\\\"\\\\/\\n\\u0001\\u007f\xC3\xA9\",\n  \"none\": null,\n  \"min\": "
	        "-9223372036854775808,\n  \"list\": [\n"
	        "    true,\n    false,\n    null,\n    {}\n  ],\n  \"t\": -1.500000001,\n  \"u\": null,\n  \"raw\": "
	        "[1]\n}"};

	(void)state;
	for (int pretty = 0; pretty < 2; pretty++) {
		struct rec_buf buf = REC_BUF_INIT;
		struct rec_json json = {.buf = &buf, .pretty = pretty};
		cJSON *root = NULL;
		write_sample(&json);
		assert_string_equal(rec_buf_str(&buf), want[pretty]);
		assert_int_equal(rec_json_parse(buf.data, buf.len, NULL, &root, NULL), REC_OK);
		cJSON_Delete(root);
		rec_buf_free(&buf);
	}
}

static void bad_utf8_is_replaced(void **state)
{
	static const struct {
		const char *text;
		const char *want;
	} rows[] = {
	        {"a\x80z", "\"a\xEF\xBF\xBDz\""},
	        {"\xE2\x82", "\"\xEF\xBF\xBD\""},
	        {"\xC0\xAF", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
	        {"\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
	        {"\xF0\x9F\x98z", "\"\xEF\xBF\xBDz\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct rec_buf buf = REC_BUF_INIT;
		struct rec_json json = {.buf = &buf};
		rec_json_str(&json, NULL, rows[i].text);
		assert_string_equal(rec_buf_str(&buf), rows[i].want);
		rec_buf_free(&buf);
	}
}

static void writes_reals(void **state)
{
	static const struct {
		double value;
		int decimals;
		const char *want;
	} rows[] = {
	        {0, 3, "0"},
	        {-0.0, 3, "0"},
	        {-0.0004, 3, "0"},
	        {-0.0006, 3, "-0.001"},
	        {-0.5, 0, "0"}, /* half to even */
	        {-1.5, 0, "-2"},
	        {100, 0, "100"},
	        {100, 2, "100"},
	        {1.5, 3, "1.5"},
	        {1.115, 2, "1.11"}, /* the double is below */
	        {0.999, 2, "1"},
	        {-23.04, 1, "-23"},
	        {1e22, 3, "10000000000000000000000"},
	        {INFINITY, 3, "null"},
	        {NAN, 3, "null"},
	        {0.25, -1, "0"},
	};

	(void)state;
	setlocale(LC_ALL, "de_DE.UTF-8"); /* a comma, where that locale is there */
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct rec_buf buf = REC_BUF_INIT;
		struct rec_json json = {.buf = &buf};
		rec_json_real(&json, NULL, rows[i].value, rows[i].decimals);
		assert_string_equal(rec_buf_str(&buf), rows[i].want);
		rec_buf_free(&buf);
	}
	setlocale(LC_ALL, "C");
}

static void longest_real(void **state)
{
	struct rec_buf buf = REC_BUF_INIT;
	struct rec_json json = {.buf = &buf};

	(void)state;
	rec_json_real(&json, NULL, -1.7976931348623157e308, 99);
	assert_int_equal(buf.len, 310);
	assert_true(strtod(rec_buf_str(&buf), NULL) == -1.7976931348623157e308);
	rec_buf_free(&buf);
}

static void warnings(void **state)
{
	struct rec_buf buf = REC_BUF_INIT;
	struct rec_json json = {.buf = &buf};

	(void)state;
	rec_log_set_level(REC_QUIET);
	rec_json_object(&json, NULL);
	rec_json_warnings(&json);
	rec_json_end_object(&json);
	assert_string_equal(rec_buf_str(&buf), "{\"warnings\":[]}");
	rec_buf_free(&buf);

	json = (struct rec_json){.buf = &buf};
	rec_warn("lost '%s'", "a\"b");
	rec_json_object(&json, NULL);
	rec_json_warnings(&json);
	rec_json_end_object(&json);
	assert_string_equal(rec_buf_str(&buf), "{\"warnings\":[\"lost 'a\\\"b'\"]}");
	rec_buf_free(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(accepted),
	        cmocka_unit_test(refused),
	        cmocka_unit_test(nul_byte_is_refused),
	        cmocka_unit_test(limits_hold),
	        cmocka_unit_test(depth_of_cjson),
	        cmocka_unit_test(values_arrive),
	        cmocka_unit_test(huge_object),
	        cmocka_unit_test(long_key_is_cut_at_a_character),
	        cmocka_unit_test(writes),
	        cmocka_unit_test(bad_utf8_is_replaced),
	        cmocka_unit_test(writes_reals),
	        cmocka_unit_test(longest_real),
	        cmocka_unit_test(warnings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
