/* SPDX-License-Identifier: MIT */
/* Goal: what is a URL is known, and no message and no summary shows what may be secret in one. */
#include "base/remote.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "base/source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void test_is(void **state)
{
	static const struct {
		const char *text;
		bool is;
	} cases[] = {{"https://a/b", true}, {"http://a", true}, {"s3://b/k", true}, {"S3://b/k", true},
	        {"HTTPS://a", true}, {"", false}, {"-", false}, {"a.webm", false}, {"ftp://a/b", false},
	        {"file:///a", false}, {"https:/a", false}, {"./https://a", false}, {"s3:", false}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(rec_remote_is(cases[i].text), cases[i].is);
}

static void test_shown(void **state)
{
	static const struct {
		const char *text;
		const char *shown;
	} cases[] = {{"https://h/p?X-Amz-Signature=1", "https://h/p"}, {"https://u:p@h:1/p", "https://h:1/p"},
	        {"https://u:p@w@h/p@q", "https://h/p@q"}, {"https://h?a=b", "https://h"},
	        {"https://h/p#f", "https://h/p"}, {"s3://b/k y+z", "s3://b/k y+z"}, {"a?b", "a?b"},
	        {"https://h/?u@x", "https://h/"}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *shown = rec_remote_shown(cases[i].text);
		assert_string_equal(shown, cases[i].shown);
		free(shown);
	}
}

static void test_messages(void **state)
{
	static const struct {
		const char *text;
		const char *shown;
	} cases[] = {{"cannot open 'https://u:p@h/p?sig=1': no", "cannot open 'https://h/p': no"},
	        {"'https://h/p?s=1' and 'https://h/q?s=2'", "'https://h/p' and 'https://h/q'"},
	        {"'s3://b/a b?s=1' is", "'s3://b/a b' is"}, {"'https://h/it's?s='1'", "'https://h/it's'"},
	        {"see https://h/p?s=1 or not", "see https://h/p or not"}, {"no URL: a://b?c", "no URL: a://b?c"},
	        {"://", "://"}, {"https://", "https://"}, {"HTTPS://h?x", "HTTPS://h"}, {"did 'x'?", "did 'x'?"}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct rec_buf text = REC_BUF_INIT;
		rec_escape(&text, cases[i].text);
		assert_string_equal(rec_buf_str(&text), cases[i].shown);
		rec_buf_free(&text);
	}
}

static void test_summary(void **state)
{
	struct rec_buf text = REC_BUF_INIT;
	struct rec_json json = {.buf = &text};

	(void)state;
	rec_json_object(&json, NULL);
	rec_json_str(&json, "output", "https://u:p@h/p.mp4?sig=1");
	rec_json_end_object(&json);
	assert_string_equal(text.data, "{\"output\":\"https://h/p.mp4\"}");
	rec_buf_free(&text);
}

/* without lib/net there are no URLs, and nobody looks for a file of that name */
static void test_not_installed(void **state)
{
	struct rec_source *source = NULL;

	(void)state;
	assert_null(rec_remote_ops());
	assert_int_equal(rec_source_open(&source, "https://h/p"), REC_EINPUT);
	assert_null(source);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_is), cmocka_unit_test(test_shown),
	        cmocka_unit_test(test_messages), cmocka_unit_test(test_summary), cmocka_unit_test(test_not_installed)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
