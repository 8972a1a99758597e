/* SPDX-License-Identifier: MIT */
/* Goal: a message is one line of plain text whatever is in it; levels, JSON, kept warnings and the status line work. */
#include "base/log.h"

#include "base/err.h"
#include "tests/unit/capture.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void expect(struct capture *c, const char *want)
{
	const char *got = capture_end(c);
	assert_string_equal(got, want);
}

static int setup(void **state)
{
	(void)state;
	unsetenv("LOG_LEVEL");
	rec_log_init("/usr/bin/rec-x");
	rec_log_set_json(false);
	return 0;
}

static void program_name(void **state)
{
	(void)state;
	static const struct {
		const char *argv0, *want;
	} rows[] = {{"rec-a", "rec-a"}, {"./bin/rec-b", "rec-b"}, {"/", "rec-b"}, {"", "rec-b"}, {NULL, "rec-b"}};
	for (size_t i = 0; i < COUNT(rows); i++) {
		rec_log_init(rows[i].argv0);
		assert_string_equal(rec_log_program(), rows[i].want);
	}
}

static void level_from_environment(void **state)
{
	(void)state;
	static const struct {
		const char *value;
		enum rec_level want;
	} rows[] = {{"quiet", REC_QUIET}, {"ERROR", REC_ERROR}, {"Warning", REC_WARNING}, {"info", REC_INFO},
	        {"DEBUG", REC_DEBUG}, {"", REC_WARNING}, {"debug ", REC_WARNING}, {"4", REC_WARNING}};
	for (size_t i = 0; i < COUNT(rows); i++) {
		setenv("LOG_LEVEL", rows[i].value, 1);
		rec_log_init("rec-x");
		assert_int_equal(rec_log_level(), rows[i].want);
	}
}

static void escapes(void **state)
{
	(void)state;
	static const struct {
		const char *raw, *shown;
	} rows[] = {
	        {"plain 'name.webm'", "plain 'name.webm'"},
	        {"J\xc3\xbcrgen \xe6\x97\xa5 \xf0\x9f\x99\x82", "J\xc3\xbcrgen \xe6\x97\xa5 \xf0\x9f\x99\x82"},
	        {"a\nb\r\tc", "a\\x0ab\\x0d\\x09c"},
	        {"\x1b[31mred\x7f\x07", "\\x1b[31mred\\x7f\\x07"},
	        {"\xc2\x9b"
	         "31m \xc2\x80\xc2\x9f\xc2\xa0",
	                "\\u{9b}31m \\u{80}\\u{9f}\xc2\xa0"},
	        {"\xe2\x80\xaetxt.exe", "\\u{202e}txt.exe"},
	        {"\xe2\x80\x8e\xe2\x80\x8f\xe2\x80\xaa\xe2\x81\xa6\xe2\x81\xa9",
	                "\\u{200e}\\u{200f}\\u{202a}\\u{2066}\\u{2069}"},
	        {"\xe2\x80\xa8\xe2\x80\xa9\xd8\x9c", "\\u{2028}\\u{2029}\\u{61c}"},
	        {"\xe2\x80\x8d\xe2\x80\xa7\xe2\x80\xaf", "\xe2\x80\x8d\xe2\x80\xa7\xe2\x80\xaf"},
	        {"\xff\xfe", "\\xff\\xfe"},
	        {"\xc0\xaf\xe0\x80\x80", "\\xc0\\xaf\\xe0\\x80\\x80"},
	        {"\xed\xa0\x80", "\\xed\\xa0\\x80"},
	        {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
	        {"cut \xe6\x97", "cut \\xe6\\x97"},
	        {"\xf0\x9f\x99", "\\xf0\\x9f\\x99"},
	        {"\xe6\x1b\x97", "\\xe6\\x1b\\x97"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char want[256];
		snprintf(want, sizeof(want), "rec-x: %s\n", rows[i].shown);
		struct capture c;
		capture_begin(&c, 2);
		rec_report(REC_EINPUT, "%s", rows[i].raw);
		expect(&c, want);
	}
}

static void report_returns(void **state)
{
	(void)state;
	struct capture c;
	capture_begin(&c, 2);
	int r = rec_report(REC_EREMOTE, "cannot read '%s': %d", "a", 404);
	expect(&c, "rec-x: cannot read 'a': 404\n");
	assert_int_equal(r, REC_EREMOTE);
}

static void lone_input(void **state)
{
	(void)state;
	static const struct {
		const char *raw, *shown;
	} rows[] = {{"cannot read 'a'; pass --skip-bad to leave it out", "rec-x: cannot read 'a'\n"},
	        {"; pass --skip-bad to leave it out: no", "rec-x: ; pass --skip-bad to leave it out: no\n"},
	        {"it out", "rec-x: it out\n"}};
	rec_log_lone(true);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct capture c;
		capture_begin(&c, 2);
		rec_report(REC_EINPUT, "%s", rows[i].raw);
		expect(&c, rows[i].shown);
	}
	rec_log_lone(false);
}

static void say_all(const char *warning)
{
	rec_report(REC_EIO, "e");
	rec_warn("%s", warning);
	rec_note("n");
	rec_info("i");
	rec_debug("d");
}

static void levels(void **state)
{
	(void)state;
	static const char *const want[] = {[REC_QUIET] = "",
	        [REC_ERROR] = "rec-x: e\n",
	        [REC_WARNING] = "rec-x: e\nrec-x: warning: w2\nrec-x: note: n\n",
	        [REC_INFO] = "rec-x: e\nrec-x: warning: w3\nrec-x: note: n\nrec-x: info: i\n",
	        [REC_DEBUG] = "rec-x: e\nrec-x: warning: w4\nrec-x: note: n\nrec-x: info: i\nrec-x: debug: d\n"};
	for (int at = REC_QUIET; at <= REC_DEBUG; at++) {
		const char warning[] = {'w', (char)('0' + at), '\0'};
		struct capture c;
		capture_begin(&c, 2);
		rec_log_set_level((enum rec_level)at);
		say_all(warning);
		expect(&c, want[at]);
	}
}

/* as where a file is read twice */
static void said_once(void **state)
{
	(void)state;
	struct capture c;
	capture_begin(&c, 2);
	rec_warn("'%s' is odd", "a");
	rec_warn("'%s' is odd", "b");
	rec_warn("'%s' is odd", "a");
	rec_note("n");
	rec_note("n");
	expect(&c, "rec-x: warning: 'a' is odd\nrec-x: warning: 'b' is odd\nrec-x: note: n\nrec-x: note: n\n");
}

static void json_lines(void **state)
{
	(void)state;
	struct capture c;
	capture_begin(&c, 2);
	rec_log_set_json(true);
	rec_report(REC_EIO, "cannot open '%s'", "a\"b\\c\n.webm");
	rec_warn("w");
	const char *got = capture_end(&c);
	/* blanks between tokens are the writer's choice */
	char flat[512];
	size_t n = 0;
	for (const char *p = got; *p && n < sizeof(flat) - 1; p++) {
		if (*p != ' ')
			flat[n++] = *p;
	}
	flat[n] = '\0';
	assert_string_equal(flat, "{\"event\":\"error\",\"message\":\"cannotopen'a\\\"b\\\\c\\\\x0a.webm'\"}\n"
	                          "{\"event\":\"warning\",\"message\":\"w\"}\n");
}

static void status_line(void **state)
{
	(void)state;
	struct capture c;
	capture_begin(&c, 2);
	rec_log_status("50 %");
	rec_report(REC_EIO, "e");
	rec_log_status("6");
	rec_log_line("{}");
	rec_log_status(NULL);
	rec_log_status(NULL);
	rec_report(REC_EIO, "f");
	expect(&c, "50 %\r    \rrec-x: e\n50 %\r    \r6\r \r{}\n6\r \rrec-x: f\n");
}

/* kept escaped and also when not shown, in order, the first 1000 of the run */
static void warnings_kept(void **state)
{
	(void)state;
	size_t before;
	size_t n;
	rec_warnings(&before);
	rec_log_set_level(REC_QUIET);
	rec_warn("first\n");
	for (int i = 0; i < 1100; i++)
		rec_warn("number %d", i);
	const char *const *kept = rec_warnings(&n);
	assert_int_equal(n, 1000);
	assert_string_equal(kept[before], "first\\x0a");
	assert_string_equal(kept[before + 1], "number 0");
	char last[32];
	snprintf(last, sizeof(last), "number %zu", 1000 - before - 2);
	assert_string_equal(kept[999], last);
}

static void *chatter(void *arg)
{
	for (int i = 0; i < 200; i++)
		rec_report(REC_EIO, "thread %s says a line of some length %s", (const char *)arg, (const char *)arg);
	return NULL;
}

static void threads_do_not_mix(void **state)
{
	(void)state;
	static char names[4][2] = {"a", "b", "c", "d"};
	pthread_t threads[4];
	struct capture c;
	capture_begin(&c, 2);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, chatter, names[i]), 0);
	for (size_t i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	capture_end(&c);
	int lines = 0;
	for (char *save, *line = strtok_r(c.text, "\n", &save); line; line = strtok_r(NULL, "\n", &save), lines++) {
		char want[80];
		snprintf(want, sizeof(want), "rec-x: thread %c says a line of some length %c", line[14], line[14]);
		assert_string_equal(line, want);
	}
	assert_int_equal(lines, 800);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup(program_name, setup),
	        cmocka_unit_test_setup(level_from_environment, setup),
	        cmocka_unit_test_setup(escapes, setup),
	        cmocka_unit_test_setup(report_returns, setup),
	        cmocka_unit_test_setup(lone_input, setup),
	        cmocka_unit_test_setup(levels, setup),
	        cmocka_unit_test_setup(said_once, setup),
	        cmocka_unit_test_setup(json_lines, setup),
	        cmocka_unit_test_setup(status_line, setup),
	        cmocka_unit_test_setup(warnings_kept, setup),
	        cmocka_unit_test_setup(threads_do_not_mix, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
