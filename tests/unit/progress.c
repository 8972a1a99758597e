/* SPDX-License-Identifier: MIT */
/* Goal: progress says what is done in the form asked for, at most ten times a second, and leaves nothing on the screen. */
#include "base/progress.h"

#include "base/clock.h"
#include "base/log.h"
#include "tests/unit/capture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

/* auto is silent where stderr is no terminal, as here */
static void silent(void **state)
{
	(void)state;
	static const enum rec_progress_mode modes[] = {REC_PROGRESS_NONE, REC_PROGRESS_AUTO};
	for (size_t i = 0; i < 2; i++) {
		struct rec_progress *p = NULL;
		struct capture c;
		capture_begin(&c, 2);
		assert_int_equal(rec_progress_begin(&p, modes[i], "composing", REC_NS_PER_S), 0);
		rec_progress_set(p, 5);
		rec_progress_end(&p);
		rec_progress_end(&p);
		const char *said = capture_end(&c);
		assert_string_equal(said, "");
	}
}

static int count(const char *text, const char *part)
{
	int n = 0;
	for (; (text = strstr(text, part)) != NULL; text += strlen(part))
		n++;
	return n;
}

static void bar(void **state)
{
	(void)state;
	struct rec_progress *p;
	struct capture c;
	capture_begin(&c, 2);
	assert_int_equal(rec_progress_begin(&p, REC_PROGRESS_BAR, "composing", 10 * REC_NS_PER_S), 0);
	pause_ms(110);
	rec_progress_set(p, 5 * REC_NS_PER_S);
	pause_ms(110);
	rec_progress_set(p, 10 * REC_NS_PER_S - 1);
	pause_ms(110);
	rec_progress_set(p, 10 * REC_NS_PER_S);
	rec_warn("above the bar");
	rec_progress_end(&p);
	assert_null(p);
	const char *said = capture_end(&c);
	assert_non_null(strstr(said, "composing   0 % [                        ] 0.0x"));
	assert_non_null(strstr(said, "composing  50 % [############            ] "));
	assert_non_null(strstr(said, "composing  99 % [########################] "));
	assert_non_null(strstr(said, "composing 100 % [########################] "));
	assert_non_null(strstr(said, "x, 0:00:00 left"));
	assert_non_null(strstr(said, "\rrectools: warning: above the bar\ncomposing 100 %"));
	assert_null(strchr(said, '\x1b'));
	/* the last thing written blanks the line out */
	size_t n = strlen(said);
	assert_int_equal(said[n - 1], '\r');
	while (n > 1 && said[n - 2] == ' ')
		n--;
	assert_int_equal(said[n - 2], '\r');
}

static void unknown_total(void **state)
{
	(void)state;
	struct rec_progress *p;
	struct capture c;
	capture_begin(&c, 2);
	assert_int_equal(rec_progress_begin(&p, REC_PROGRESS_BAR, "reading", 0), 0);
	pause_ms(110);
	rec_progress_set(p, 65 * REC_NS_PER_S);
	rec_progress_end(&p);
	const char *said = capture_end(&c);
	assert_non_null(strstr(said, "reading 1:05.000 "));
	assert_null(strchr(said, '%'));
	assert_null(strstr(said, "left"));
}

static void json(void **state)
{
	(void)state;
	struct rec_progress *p;
	struct capture c;
	capture_begin(&c, 2);
	assert_int_equal(rec_progress_begin(&p, REC_PROGRESS_JSON, "mixing", 8 * REC_NS_PER_S), 0);
	pause_ms(110);
	rec_progress_set(p, 2 * REC_NS_PER_S);
	rec_progress_end(&p);
	rec_progress_done(REC_PROGRESS_JSON, 5);
	const char *said = capture_end(&c);
	assert_int_equal(count(said, "\n"), 3);
	assert_int_equal(count(said, "\"progress\""), 2);
	assert_int_equal(count(said, "\"mixing\""), 2);
	assert_int_equal(count(said, "\"total_s\""), 2);
	assert_int_equal(count(said, "null"), 1); /* no ETA at the start */
	const char *last = strstr(said, "{\"event\":\"done\",\"status\":5}\n");
	assert_non_null(last);
	assert_int_equal(strlen(last), strlen("{\"event\":\"done\",\"status\":5}\n"));
}

/* 0.35 s of eager calls: the first drawing and then one each 0.1 s */
static void rate_is_limited(void **state)
{
	(void)state;
	struct rec_progress *p;
	struct capture c;
	capture_begin(&c, 2);
	assert_int_equal(rec_progress_begin(&p, REC_PROGRESS_JSON, "mixing", REC_NS_PER_S), 0);
	int64_t began = rec_monotonic_ns();
	int64_t now;
	do {
		rec_progress_set(p, 1);
		now = rec_monotonic_ns();
	} while (now - began < 350 * REC_NS_PER_MS);
	rec_progress_end(&p);
	const char *said = capture_end(&c);
	int drawn = count(said, "\"progress\"");
	assert_in_range(drawn, 2, 1 + (now - began) / (100 * REC_NS_PER_MS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(silent),
	        cmocka_unit_test(bar),
	        cmocka_unit_test(unknown_total),
	        cmocka_unit_test(json),
	        cmocka_unit_test(rate_is_limited),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
