/* SPDX-License-Identifier: MIT */
/* Goal: exactly the documented spellings are taken, exactly, in any locale; a refusal leaves the result alone. */
#include "base/num.h"

#include "base/err.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define BAD          INT64_C(-7777777)

/* refused by every parser */
static const char *const garbage[] = {"", " ", "-", "+", "abc", "nan", "NaN", "inf", "-inf", "infinity", "0x10",
        "0x1p3", "1 ", " 1", "\t1", "1\n", "--1", "+-1", "1,5", "1_000", "1e", "1e+", ".", "5.", "1..2", "1.2.3",
        "\xd9\xa1", "1\xc2\xa0"};

static void ints(void **state)
{
	(void)state;
	static const struct {
		const char *str;
		int64_t want;
	} rows[] = {
	        {"0", 0},
	        {"-0", 0},
	        {"+7", 7},
	        {"007", 7},
	        {"9223372036854775807", INT64_MAX},
	        {"-9223372036854775808", INT64_MIN},
	        {"9223372036854775808", BAD},
	        {"-9223372036854775809", BAD},
	        {"99999999999999999999999999999999", BAD},
	        {"00000000000000000000000000000012", 12},
	        {"1.0", BAD},
	        {"1e3", BAD},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t v = BAD;
		assert_int_equal(rec_parse_int(rows[i].str, &v), rows[i].want == BAD ? REC_EINVAL : 0);
		assert_int_equal(v, rows[i].want);
	}
	for (size_t i = 0; i < COUNT(garbage); i++) {
		int64_t v = BAD;
		assert_int_equal(rec_parse_int(garbage[i], &v), REC_EINVAL);
		assert_int_equal(v, BAD);
	}
}

static void reals(void **state)
{
	(void)state;
	static const struct {
		const char *str;
		double want;
	} rows[] = {
	        {"0", 0},
	        {"-1.5", -1.5},
	        {"+.5", 0.5},
	        {"1e3", 1000},
	        {"2.5E-1", 0.25},
	        {"1e-999", 0},
	        {"0.1000000000000000000000000000000000000001", 0.1},
	};
	static const char *const refused[] = {"1e999", "-1e999", "1e5.5", "1.e5", "e5", "1f", "1d"};
	for (size_t i = 0; i < COUNT(rows); i++) {
		double v = 77;
		assert_int_equal(rec_parse_real(rows[i].str, &v), 0);
		assert_true(v == rows[i].want);
	}
	for (size_t i = 0; i < COUNT(garbage) + COUNT(refused); i++) {
		double v = 77;
		const char *str = i < COUNT(garbage) ? garbage[i] : refused[i - COUNT(garbage)];
		assert_int_equal(rec_parse_real(str, &v), REC_EINVAL);
		assert_true(v == 77);
	}
}

#define S REC_NS_PER_S
static const struct {
	const char *str;
	int64_t want;
} durations[] = {
        {"90", 90 * S},
        {"90.5", 90 * S + S / 2},
        {".25", S / 4},
        {"120s", 120 * S},
        {"1500ms", 1500 * REC_NS_PER_MS},
        {"0.0005ms", 500},
        {"30m", 1800 * S},
        {"1h", 3600 * S},
        {"1.5h", 5400 * S},
        {"1h2m3.5s", 3723 * S + S / 2},
        {"1h3s", 3603 * S},
        {"1h2m3s4ms", 3723 * S + 4 * REC_NS_PER_MS},
        {"2m500ms", 120 * S + S / 2},
        {"02:03", 123 * S},
        {"90:00", 5400 * S},
        {"1:02:03", 3723 * S},
        {"01:02:03.250", 3723 * S + S / 4},
        {"00:00:59.9999999999", 60 * S},
        {"-1.5", -1500 * REC_NS_PER_MS},
        {"-1h2m", -3720 * S},
        {"-00:01", -S},
        {"+2", 2 * S},
        /* what a double would miss, and digits beyond the nanosecond */
        {"999999999.999999999", 1000000000 * S - 1},
        {"4.46", 4460000000},
        {"0.0000000004", 0},
        {"0.0000000005", 1},
        {"-0.0000000005", -1},
        {"0.00000000049999999999999999999999999999999999999999999999999999999999", 0},
        {"0.33333333333333333333h", 1200 * S},
        {"0.000000000000138888888888888888888888888888h", 0},
        {"0.000000000000138888888888888888888888888889h", 1},
        {"0000000000000000000000000000000000000001", S},
        {"1000000000", 1000000000 * S},
        {"1000000000.0000000004", 1000000000 * S},
        {"1000000000.0000000005", BAD},
        {"1000000001", BAD},
        {"277777h46m40s", 1000000000 * S},
        {"277777h46m40.1s", BAD},
        {"277777:46:40", 1000000000 * S},
        {"277777:46:41", BAD},
        {"99999999999999999999999999:00:00", BAD},
        {"99999999999999999999999999h", BAD},
        {"99999999999999999999999999", BAD},
        {"1m2h", BAD},
        {"1s1s", BAD},
        {"1ms1s", BAD},
        {"1.5h30m", BAD},
        {"1h30", BAD},
        {"h", BAD},
        {"1hh", BAD},
        {"1H", BAD},
        {"1h-2m", BAD},
        {"1e3", BAD},
        {"1:2", BAD},
        {"1:60", BAD},
        {"1:60:00", BAD},
        {"1:00:00:00", BAD},
        {"1.5:00", BAD},
        {"1:00.5:00", BAD},
        {":30", BAD},
        {"1:", BAD},
        {"1:00s", BAD},
        {"1:-1", BAD},
        {"::", BAD},
        {"1us", BAD},
        {"5min", BAD},
};

static void check_durations(void)
{
	for (size_t i = 0; i < COUNT(durations); i++) {
		int64_t ns = BAD;
		int r = rec_parse_duration(durations[i].str, &ns);
		if (ns != durations[i].want || r != (ns == BAD ? REC_EINVAL : 0))
			fail_msg("'%s': %d, %lld ns", durations[i].str, r, (long long)ns);
	}
	for (size_t i = 0; i < COUNT(garbage); i++) {
		int64_t ns = BAD;
		assert_int_equal(rec_parse_duration(garbage[i], &ns), REC_EINVAL);
		assert_int_equal(ns, BAD);
	}
}

static void duration(void **state)
{
	(void)state;
	check_durations();
}

static void rates(void **state)
{
	(void)state;
	static const struct {
		const char *str;
		int64_t num, den;
	} rows[] = {
	        {"30", 30, 1},
	        {"29.97", 2997, 100},
	        {"23.976", 2997, 125},
	        {"30000/1001", 30000, 1001},
	        {"60/2", 30, 1},
	        {"25.000000000000000", 25, 1},
	        {"0.001", 1, 1000},
	        {"1/1000", 1, 1000},
	        {"1000", 1000, 1},
	        {"2147483647/2147483647", 1, 1},
	        {"2147483647/2147483646", 2147483647, 2147483646},
	};
	static const char *const refused[] = {"0", "-30", "+30", "0/1", "30/0", "30/-1", "30/1.5", "1.5/2", "30/", "/1",
	        "1001", "1000.0001", "0.0009", "1/1001", "2147483648/2147483648", "99999999999999999999/1",
	        "1/99999999999999999999", "29.9700000001", "123.456789013", "30fps", "1e1", "30/1/1",
	        "99999999999999999999"};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rec_rate rate = {7, 7};
		assert_int_equal(rec_parse_rate(rows[i].str, &rate), 0);
		assert_int_equal(rate.num, rows[i].num);
		assert_int_equal(rate.den, rows[i].den);
	}
	for (size_t i = 0; i < COUNT(garbage) + COUNT(refused); i++) {
		struct rec_rate rate = {7, 9};
		const char *str = i < COUNT(garbage) ? garbage[i] : refused[i - COUNT(garbage)];
		if (rec_parse_rate(str, &rate) != REC_EINVAL || rate.num != 7 || rate.den != 9)
			fail_msg("'%s' was taken", str);
	}
}

static void sizes(void **state)
{
	(void)state;
	static const char *const refused[] = {"", "x", "1280", "1280x", "x720", "0x720", "1280x0", "65536x1", "1x65536",
	        "-1x5", "1x-5", "1280X720", "1280*720", "1280x720x3", " 1x1", "1x1 ", "1x 1", "99999999999999999999x1",
	        "4294967297x1", "1.5x2"};
	int w = 0;
	int h = 0;
	assert_int_equal(rec_parse_size("1280x720", &w, &h), 0);
	assert_true(w == 1280 && h == 720);
	assert_int_equal(rec_parse_size("65535x1", &w, &h), 0);
	assert_true(w == 65535 && h == 1);
	for (size_t i = 0; i < COUNT(refused); i++) {
		w = h = -9;
		assert_int_equal(rec_parse_size(refused[i], &w, &h), REC_EINVAL);
		assert_true(w == -9 && h == -9);
	}
}

static void bits(void **state)
{
	(void)state;
	static const struct {
		const char *str;
		int64_t want;
	} rows[] = {
	        {"128000", 128000},
	        {"128k", 128000},
	        {"128K", 128000},
	        {"2M", 2000000},
	        {"1.5M", 1500000},
	        {"0.5G", 500000000},
	        {"1.0005k", BAD},
	        {"1.5", BAD},
	        {"0", BAD},
	        {"0k", BAD},
	        {"0.0000001M", BAD},
	        {"-1k", BAD},
	        {"k", BAD},
	        {"1m", BAD},
	        {"1kk", BAD},
	        {"1k ", BAD},
	        {"1kb", BAD},
	        {"99999999999999999999G", BAD},
	        {"9223372036854775807G", BAD},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t v = BAD;
		assert_int_equal(rec_parse_bits(rows[i].str, &v), rows[i].want == BAD ? REC_EINVAL : 0);
		assert_int_equal(v, rows[i].want);
	}
}

static void seconds_text(void **state)
{
	(void)state;
	static const struct {
		int64_t ns;
		int decimals;
		const char *want;
	} rows[] = {
	        {0, 9, "0"},
	        {4460000000, 3, "4.46"},
	        {-500000000, 3, "-0.5"},
	        {1999500000, 3, "2"},
	        {1999499999, 3, "1.999"},
	        {499999999, 0, "0"},
	        {500000000, 0, "1"},
	        {-499999, 3, "0"},
	        {-500000, 3, "-0.001"},
	        {1, 9, "0.000000001"},
	        {10 * S, 0, "10"},
	        {100 * S, 6, "100"},
	        {INT64_MAX, 9, "9223372036.854775807"},
	        {INT64_MIN, 9, "-9223372036.854775808"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rec_buf buf = REC_BUF_INIT;
		rec_format_seconds(&buf, rows[i].ns, rows[i].decimals);
		assert_string_equal(rec_buf_str(&buf), rows[i].want);
		rec_buf_free(&buf);
	}
}

static void clock_text(void **state)
{
	(void)state;
	static const struct {
		int64_t ns;
		const char *want;
	} rows[] = {
	        {0, "0:00.000"},
	        {59999499999, "0:59.999"},
	        {59999500000, "1:00.000"},
	        {3599 * S, "59:59.000"},
	        {3600 * S, "1:00:00.000"},
	        {3723 * S + S / 4, "1:02:03.250"},
	        {36000 * S, "10:00:00.000"},
	        {-1500000000, "-0:01.500"},
	        {-1, "0:00.000"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rec_buf buf = REC_BUF_INIT;
		rec_format_clock(&buf, rows[i].ns);
		assert_string_equal(rec_buf_str(&buf), rows[i].want);
		rec_buf_free(&buf);
	}
}

/* a decimal comma in force changes nothing; needs any such locale on the machine */
static void any_locale(void **state)
{
	static const char *const comma[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "fr_FR.utf8", "de_DE", "fr_FR"};
	bool found = false;
	for (size_t i = 0; i < COUNT(comma) && !found; i++)
		found = setlocale(LC_ALL, comma[i]) && !strcmp(localeconv()->decimal_point, ",");
	if (!found)
		skip();
	reals(state);
	check_durations();
	seconds_text(state);
	setlocale(LC_ALL, "C");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(ints),
	        cmocka_unit_test(reals),
	        cmocka_unit_test(duration),
	        cmocka_unit_test(rates),
	        cmocka_unit_test(sizes),
	        cmocka_unit_test(bits),
	        cmocka_unit_test(seconds_text),
	        cmocka_unit_test(clock_text),
	        cmocka_unit_test(any_locale),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
