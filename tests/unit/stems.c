/* SPDX-License-Identifier: MIT */
/* Names from strangers become file names; INPUT[@OFFSET_S], gains and pans of the command line find their voices. */
#include "mixdown/stems.h"

#include "base/err.h"
#include "base/log.h"
#include "mixdown/voiceargs.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/unit/capture.h"

#include <cmocka.h>

static void safe_names(void **state)
{
	static const struct {
		const char *name;
		const char *safe;
	} rows[] = {{"Dana", "Dana"}, {"Chen Wei", "Chen_Wei"}, {"", "_"}, {".", "_"}, {"..", "_."},
	        {"../../etc", "_._.._etc"}, {"-rf", "_rf"}, {"a/b\\c:d", "a_b_c_d"}, {"Zoë", "Zoë"},
	        {"陳大文", "陳大文"}, {"x\ny\x1b[2J", "x_y__2J"}, {"\xff\xfe", "__"}, {"a\u202eb", "a_b"},
	        {"a\u00a0b", "a_b"}, {"CON.wav", "CON.wav"}, {"$(id)", "__id_"}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *safe = rec_stems_safe_name(rows[i].name);

		assert_string_equal(safe, rows[i].safe);
		free(safe);
	}
}

static void long_names(void **state)
{
	char name[1001] = "";
	char *safe;

	(void)state;
	for (size_t i = 0; i < 1000; i += 2)
		memcpy(name + i, "\xc3\xab", 2); /* never cut inside a character */
	name[1000] = '\0';
	safe = rec_stems_safe_name(name);
	assert_int_equal(strlen(safe), 200);
	free(safe);
	memmove(name + 1, name, 999);
	name[0] = 'a';
	name[999] = '\0';
	safe = rec_stems_safe_name(name);
	assert_int_equal(strlen(safe), 199);
	free(safe);
}

/* Three of one name in any case of letters, one who left no sound, in a folder that is made and goes again. */
static void paths(void **state)
{
	char dana[] = "Dana", upper[] = "DANA", third[] = "dana";
	struct rec_voice items[3] = {
	        {.name = dana, .person = 0}, {.name = upper, .person = 2}, {.name = third, .person = 3}};
	const struct rec_voices voices = {.items = items, .n = 3, .npersons = 4};
	char *folder = folder_new(), *inner = NULL, want[4096];
	struct rec_stems stems = {0};

	(void)state;
	assert_true(asprintf(&inner, "%s/stems", folder) > 0);
	assert_int_equal(rec_stems_open(&stems, inner, &voices, "wav"), REC_OK);
	assert_int_equal(stems.n, 4);
	snprintf(want, sizeof(want), "%s/Dana.wav", inner);
	assert_string_equal(stems.paths[0], want);
	assert_null(stems.paths[1]);
	snprintf(want, sizeof(want), "%s/DANA-2.wav", inner);
	assert_string_equal(stems.paths[2], want);
	snprintf(want, sizeof(want), "%s/dana-3.wav", inner);
	assert_string_equal(stems.paths[3], want);
	rec_stems_close(&stems, true);
	assert_int_equal(access(inner, F_OK), -1);
	free(inner);
	folder_remove(folder);
}

static void inputs(void **state)
{
	char *folder = folder_new(), *there = NULL;

	(void)state;
	assert_int_equal(file_write(folder, "a@2", "x"), 1);
	assert_true(asprintf(&there, "%s/a@2", folder) > 0);
	const struct {
		const char *text;
		const char *path;
		int origin;
		int64_t start_ns;
	} rows[] = {{"a.webm", "a.webm", -1, 0}, {"a.webm@2.5", "a.webm", REC_ORIGIN_TRACK, INT64_C(2500000000)},
	        {"a@b@1m", "a@b", REC_ORIGIN_TRACK, INT64_C(60000000000)},
	        {"a@-1", "a", REC_ORIGIN_TRACK, -INT64_C(1000000000)}, {"me@home.webm", "me@home.webm", -1, 0},
	        {"@3", "@3", -1, 0}, {"a@", "a@", -1, 0}, {there, there, -1, 0}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct rec_voice_input input;
		char *path;

		assert_int_equal(rec_voiceargs_input(rows[i].text, -1, &input, &path), REC_OK);
		assert_string_equal(input.path, rows[i].path);
		assert_int_equal(input.origin, rows[i].origin);
		assert_int_equal(input.start_ns, rows[i].start_ns);
		free(path);
	}
	free(there);
	folder_remove(folder);
}

static void gains_and_pans(void **state)
{
	char a[] = "a", b[] = "x=y", path[] = "in/a.webm", other[] = "b.webm";
	struct rec_voice items[3] = {{.name = a, .path = path, .entry = "in/a.webm@3", .person = 0},
	        {.name = b, .path = other, .entry = "b.webm", .person = 1},
	        {.name = a, .path = other, .entry = "c", .person = 2}};
	struct rec_voices voices = {.items = items, .n = 3, .npersons = 3};
	const char *gains[] = {"-3", "a=6", "x=y=-1.5", "+1", "in/a.webm@3=2"}, *pans[] = {"x=y=-0.5"};
	const char *const bad[] = {"", "a", "a=", "z=3", "a=1000", "61", "a=3dB", "nan"};
	double gain_db = 0;

	(void)state;
	assert_int_equal(rec_voiceargs_gains(&voices, &(struct rec_strings){gains, 5}, &gain_db), REC_OK);
	assert_true(fabs(gain_db + 2) < 1e-9);
	assert_true(fabs(items[0].gain_db - 2) < 1e-9 && fabs(items[1].gain_db + 1.5) < 1e-9 &&
	            fabs(items[2].gain_db - 6) < 1e-9);
	rec_voiceargs_spread(&voices);
	assert_true(fabs(items[0].pan + 0.7) < 1e-9 && fabs(items[1].pan) < 1e-9 && fabs(items[2].pan - 0.7) < 1e-9);
	assert_int_equal(rec_voiceargs_pans(&voices, &(struct rec_strings){pans, 1}), REC_OK);
	assert_true(fabs(items[1].pan + 0.5) < 1e-9);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct capture capture;
		const char *text = bad[i];
		int err;

		capture_begin(&capture, 2);
		err = rec_voiceargs_gains(&voices, &(struct rec_strings){&text, 1}, &gain_db);
		capture_end(&capture);
		assert_int_equal(err, REC_EUSAGE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(safe_names),
	        cmocka_unit_test(long_names),
	        cmocka_unit_test(paths),
	        cmocka_unit_test(inputs),
	        cmocka_unit_test(gains_and_pans),
	};
	rec_log_init("rec-x");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
