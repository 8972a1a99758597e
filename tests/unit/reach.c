/* SPDX-License-Identifier: MIT */
/*
 * Goal: what a run may touch follows from the option table and the parsed command line: inputs are read, outputs and folders written, and the
 * network is there only when somebody asked for it.
 */
#include "base/reach.h"

#include "base/opt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct options {
	struct rec_common common;
	const char *session;
	const char *events;
	const char *name;
	const char *folder;
	struct rec_strings outputs;
	struct rec_numbered people;
	bool allow_outside;
	bool allow_remote;
	struct rec_strings operands;
};

#define AT(member) offsetof(struct options, member)

static const struct rec_opt table[] = {{0, "session", REC_OPT_STR, AT(session), "FILE", 0, 0, NULL, "a manifest"},
        {0, "events", REC_OPT_STR, AT(events), "FILE", 0, 0, NULL, "an input"},
        {0, "name", REC_OPT_STR, AT(name), "NAME", 0, 0, NULL, "no file"},
        {'d', "directory", REC_OPT_STR, AT(folder), "DIR", 0, 0, NULL, "a folder"},
        {'o', "output", REC_OPT_LIST, AT(outputs), "OUT", 0, 0, NULL, "outputs"},
        {0, "pN-video", REC_OPT_NUMBERED, AT(people), "FILE", 1, 99, NULL, "inputs"},
        {0, "pN-name", REC_OPT_NUMBERED, AT(people), "NAME", 1, 99, NULL, "no files"},
        {0, "allow-outside", REC_OPT_FLAG, AT(allow_outside), NULL, 0, 0, NULL, "all may be read"},
        {0, "allow-remote", REC_OPT_FLAG, AT(allow_remote), NULL, 0, 0, NULL, "network"},
        REC_COMMON_OPTS(struct options, common), REC_OPT_END};

static const struct rec_tool tool = {
        "rec-x", "[options] INPUT...", "do x", table, AT(common), AT(operands), 0, -1, NULL};

/* words apart by blanks; what is reached besides what every run reads, as `KIND PATH` with commas: r, w, f, t */
static const struct {
	const char *words;
	const char *reached;
	bool network;
	bool sends;
} cases[] = {
        {"in/a.webm -", "r in/a.webm", false, false},
        {"in missing", "r in, r missing", false, false},
        {"--events in/a.webm --name in/b.webm", "r in/a.webm", false, false},
        {"--p3-video in/a.webm --p3-name in/b.webm", "r in/a.webm", false, false},
        {"--session in/s.json", "r in/s.json, r in", false, false},
        {"--session s.json", "r s.json, r .", false, false},
        {"--session in", "r in, r in", false, false},
        {"--session -", "r .", false, false},
        {"--session pipe", "r pipe, r .", false, false},
        {"-o out/x.mp4 -o y.mp4", "f out, f .", false, false},
        {"-o out/link", "f out/../in", false, false},
        {"-o -", "", false, false},
        {"-o /dev/stdout", "", false, false},
        {"-o pipe", "w pipe", false, false},
        {"-o /dev/null", "w /dev/null", false, false},
        {"-d out", "t out", false, false},
        {"-d out/new//", "t out", false, false},
        {"-d new", "t .", false, false},
        {"--allow-outside", "r /", false, false},
        {"--allow-remote", "", true, false},
        {"https://host/a.webm", "", true, false},
        {"--session S3://bucket/s.json", "", true, false},
        {"-o s3://bucket/x.mp4", "", true, true},
        {"--p1-video http://host/a", "", true, false},
};

static void spell(char *text, size_t room, const struct rec_reach *reach, size_t from)
{
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = from; i < reach->n; i++)
		n += (size_t)snprintf(text + n, room - n, "%s%c %s", i > from ? ", " : "", "rwft"[reach->items[i].kind],
		        reach -> items[i].path);
}

static void test_cases(void **state)
{
	struct options none = {.session = NULL};
	struct rec_reach system = REC_REACH_INIT;

	(void)state;
	rec_reach_of(&system, &tool, &none);
	assert_true(system.n > 5);
	assert_false(system.network || system.failed || system.off);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct rec_reach reach = REC_REACH_INIT;
		struct options o = {.session = NULL};
		char line[256], text[1024], *argv[16] = {"rec-x"}, *rest = line;
		int argc = 1;

		snprintf(line, sizeof line, "%s", cases[i].words);
		while ((argv[argc] = strsep(&rest, " ")))
			argc++;
		assert_int_equal(rec_opt_parse(&tool, &o, argc, argv), 0);
		rec_reach_of(&reach, &tool, &o);
		spell(text, sizeof text, &reach, system.n);
		assert_string_equal(text, cases[i].reached);
		assert_int_equal(reach.network, cases[i].network);
		assert_int_equal(reach.sends, cases[i].sends);
		assert_false(reach.failed);
		rec_reach_free(&reach);
		rec_opt_free(&tool, &o);
	}
	rec_reach_free(&system);
}

static void test_recordings(void **state)
{
	struct rec_reach reach = REC_REACH_INIT;
	char text[256];

	(void)state;
	setenv("RECORDINGS_DIR", "/recordings", 1);
	rec_reach_manifest(&reach, REC_REACH_READ, "monday");
	rec_reach_manifest(&reach, REC_REACH_READ, "in/s.json");
	spell(text, sizeof text, &reach, 0);
	assert_string_equal(text, "r monday, r /recordings/monday, r in/s.json, r in");
	unsetenv("RECORDINGS_DIR");
	rec_reach_free(&reach);
}

static void touch(const char *path)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fclose(file);
}

static int set_up(void **state)
{
	static char folder[] = "/tmp/rec-reach-XXXXXX";

	unsetenv("RECORDINGS_DIR");
	if (!mkdtemp(folder) || chdir(folder) < 0 || mkdir("in", 0700) < 0 || mkdir("out", 0700) < 0 ||
	        mkfifo("pipe", 0600) < 0 || symlink("../in/b.webm", "out/link") < 0)
		return -1;
	touch("in/a.webm");
	touch("in/b.webm");
	touch("in/s.json");
	touch("s.json");
	*state = folder;
	return 0;
}

static int tear_down(void **state)
{
	static const char *const names[] = {"in/a.webm", "in/b.webm", "in/s.json", "s.json", "pipe", "out/link"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		unlink(names[i]);
	return rmdir("in") | rmdir("out") | rmdir(*state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases), cmocka_unit_test(test_recordings)};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
