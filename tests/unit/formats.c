/* SPDX-License-Identifier: MIT */
#include "media/formats.h"

#include "media/output.h"

#include <libavformat/avformat.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_find(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		const char *format;
		const char *want;
	} cases[] = {
	        {"a.mp4", NULL, "mp4"},
	        {"a.MP4", NULL, "mp4"},
	        {"dir.wav/a.m4v", NULL, "mp4"},
	        {"a.mov", NULL, "mov"},
	        {"a.mkv", NULL, "mkv"},
	        {"a.mka", NULL, "mkv"},
	        {"a.webm", NULL, "webm"},
	        {"a.m4a", NULL, "m4a"},
	        {"a.mp3", NULL, "mp3"},
	        {"a.opus", NULL, "opus"},
	        {"a.ogg", NULL, "ogg"},
	        {"a.oga", NULL, "ogg"},
	        {"a.flac", NULL, "flac"},
	        {"a.wav", NULL, "wav"},
	        {"a.wav", "mp3", "mp3"},
	        {"-", "MKV", "mkv"},
	        {NULL, "wav", "wav"},
	        {"-", NULL, NULL},
	        {"mp4", NULL, NULL},
	        {"a.mp4/b", NULL, NULL},
	        {"a.", NULL, NULL},
	        {"a.mp4", "", NULL},
	        {"a.mp4", "avi", NULL},
	        {"a.mp", NULL, NULL},
	        {"a.mp4 m4v", NULL, NULL},
	        {"", NULL, NULL},
	        {"a.mp44", NULL, NULL},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *got = rec_output_format(cases[i].path, cases[i].format);
		if (!cases[i].want)
			assert_null(got);
		else {
			assert_non_null(got);
			assert_string_equal(got, cases[i].want);
		}
	}
}

static void test_has(void **state)
{
	(void)state;
	assert_true(rec_output_format_has("mp4", true));
	assert_true(rec_output_format_has("mp4", false));
	assert_true(rec_output_format_has("webm", true));
	assert_false(rec_output_format_has("wav", true));
	assert_true(rec_output_format_has("wav", false));
	assert_false(rec_output_format_has("m4a", true));
	assert_false(rec_output_format_has("avi", false));
	assert_true(rec_formats_holds(rec_formats_find(NULL, "mkv"), "libx264", true));
	assert_false(rec_formats_holds(rec_formats_find(NULL, "webm"), "libx264", true));
	assert_false(rec_formats_holds(rec_formats_find(NULL, "mp4"), "aac", true));
}

/* every name in the message is a row, and its muxer is in this FFmpeg */
static void test_names(void **state)
{
	(void)state;
	char names[256];
	int n = 0;

	strncpy(names, rec_formats_names(), sizeof names - 1);
	names[sizeof names - 1] = '\0';
	for (char *name = strtok(names, ", "); name; name = strtok(NULL, ", "), n++) {
		const struct rec_format *row = rec_formats_find(NULL, name);
		assert_non_null(row);
		assert_string_equal(row->name, name);
		assert_non_null(av_guess_format(row->muxer, NULL, NULL));
		assert_non_null(row->audio[0]);
	}
	assert_int_equal(n, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_find),
	        cmocka_unit_test(test_has),
	        cmocka_unit_test(test_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
