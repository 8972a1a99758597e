/* SPDX-License-Identifier: MIT */
/* Goal: the table alone decides what is taken, what is refused with which words, and what --help and completion say. */
#include "base/opt.h"

#include "base/err.h"
#include "base/log.h"
#include "tests/unit/capture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MAX_ARGS     12

struct options {
	struct rec_common common;
	const char *output;
	int crf;
	double gain_db;
	int64_t offset_ns;
	struct rec_rate fps;
	struct rec_size size;
	int64_t bits;
	int layout;
	bool video;
	struct rec_strings tags;
	struct rec_numbered people;
	struct rec_strings inputs;
};

static const char *const layouts[] = {"row", "grid", NULL};

#define AT(member) offsetof(struct options, member)
static const struct rec_opt table[] = {
        {0, NULL, REC_OPT_HEADING, 0, NULL, 0, 0, NULL, "Output"},
        {'o', "output", REC_OPT_STR, AT(output), "OUT", 0, 0, NULL, "write OUT"},
        {0, "crf", REC_OPT_INT, AT(crf), "N", 0, 51, NULL, "quality of x264 (23)"},
        {0, "gain", REC_OPT_REAL, AT(gain_db), "DB", -60, 60, NULL, "raise by DB"},
        {0, "offset", REC_OPT_DURATION, AT(offset_ns), "TIME", -10, 3600.5, NULL, "the first sample's place"},
        {0, "fps", REC_OPT_RATE, AT(fps), "RATE", 0, 0, NULL, "frames a second"},
        {0, "size", REC_OPT_SIZE, AT(size), "WxH", 16, 8192, NULL, "the picture's size"},
        {0, "bitrate", REC_OPT_BITS, AT(bits), "BITS", 8000, 1000000000, NULL, "bits a second"},
        {'l', "layout", REC_OPT_CHOICE, AT(layout), "NAME", 0, 0, layouts, "row or grid: how it's arranged [row]"},
        {0, "no-video", REC_OPT_FLAG, AT(video), NULL, 1, 0, NULL, "leave the picture out"},
        {'t', "tag", REC_OPT_LIST, AT(tags), "TAG", 0, 0, NULL,
                "a tag; a long explanation that cannot stand on one line of eighty columns, so that it wraps twice in "
                "the help"},
        {0, "pN-video", REC_OPT_NUMBERED, AT(people), "FILE", 0, 99, NULL, "the picture of person N"},
        {0, "pN-name", REC_OPT_NUMBERED, AT(people), "NAME", 0, 99, NULL, "the name of person N"},
        REC_COMMON_OPTS(struct options, common),
        REC_OPT_END,
};
static const struct rec_tool tool = {
        "rec-x", "[options] -o OUT INPUT...", "do x with INPUT", table, AT(common), AT(inputs), 1, 3, NULL};

/* Parse words separated by `|`; what came on stderr is returned, the caller frees it. */
static char *parse(struct options *o, const char *words, int *r)
{
	static char line[512]; /* the options borrow from it */
	char *argv[MAX_ARGS + 2] = {"rec-x"};
	int argc = 1;
	snprintf(line, sizeof(line), "%s", words);
	for (char *p = line; *words && p; argc++) {
		argv[argc] = p;
		p = strchr(p, '|');
		if (p)
			*p++ = '\0';
		assert_true(argc <= MAX_ARGS);
	}
	*o = (struct options){.video = true, .crf = 23};
	unsetenv("LOG_LEVEL");
	rec_log_init("rec-x");
	rec_log_set_json(false);
	struct capture c;
	capture_begin(&c, 2);
	*r = rec_opt_parse(&tool, o, argc, argv);
	return strdup(capture_end(&c));
}

/* Parse what must be taken without a word. */
static void take(struct options *o, const char *words)
{
	int r;
	char *said = parse(o, words, &r);
	assert_string_equal(said, "");
	assert_int_equal(r, REC_OK);
	free(said);
}

static void forms(void **state)
{
	(void)state;
	static const char *const rows[] = {"--output|F|in", "--output=F|in", "-o|F|in", "-oF|in", "in|-o|F",
	        "-o|F|--|in", "-o|G|--output=F|in", "-qvo|F|in", "-qvoF|in"};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct options o;
		take(&o, rows[i]);
		assert_string_equal(o.output, "F");
		assert_int_equal(o.inputs.n, 1);
		assert_string_equal(o.inputs.items[0], "in");
		assert_true(o.common.quiet == (i > 6) && o.common.verbose == (i > 6));
		rec_opt_free(&tool, &o);
		assert_null(o.inputs.items);
	}
}

static void values(void **state)
{
	(void)state;
	struct options o;
	take(&o, "--crf=0|--gain=-3.5|--offset=-1.5|--fps=30000/1001|--size=640x360|--bitrate=1.5M|--layout=grid|in");
	assert_int_equal(o.crf, 0);
	assert_true(o.gain_db == -3.5);
	assert_int_equal(o.offset_ns, -1500000000);
	assert_true(o.fps.num == 30000 && o.fps.den == 1001);
	assert_true(o.size.width == 640 && o.size.height == 360);
	assert_int_equal(o.bits, 1500000);
	assert_int_equal(o.layout, 1);
	assert_true(o.video);
	rec_opt_free(&tool, &o);

	take(&o, "--no-video|-vvv|--offset|1:00:00.5|in");
	assert_false(o.video);
	assert_int_equal(o.common.verbose, 3);
	assert_int_equal(o.offset_ns, 3600500000000);
	assert_int_equal(rec_log_level(), REC_DEBUG);
	rec_opt_free(&tool, &o);
}

static void values_with_a_minus(void **state)
{
	(void)state;
	struct options o;
	take(&o, "--gain|-3|--offset|-1.5s|-o|-|--|--crf");
	assert_true(o.gain_db == -3);
	assert_int_equal(o.offset_ns, -1500000000);
	assert_string_equal(o.output, "-");
	assert_string_equal(o.inputs.items[0], "--crf");
	rec_opt_free(&tool, &o);

	take(&o, "--output=--foo|-|-t-x|--tag=");
	assert_string_equal(o.output, "--foo");
	assert_string_equal(o.inputs.items[0], "-");
	assert_string_equal(o.tags.items[0], "-x");
	assert_string_equal(o.tags.items[1], "");
	rec_opt_free(&tool, &o);
}

static void collects(void **state)
{
	(void)state;
	struct options o;
	take(&o, "-ta|--tag|b|--p1-name=A|--p12-video|v|--p1-name=B|i|j|k");
	assert_int_equal(o.tags.n, 2);
	assert_string_equal(o.tags.items[1], "b");
	assert_int_equal(o.inputs.n, 3);
	assert_int_equal(o.people.n, 3);
	assert_string_equal(o.people.items[1].field, "pN-video");
	assert_string_equal(rec_opt_numbered(&o.people, "pN-name", 1), "B");
	assert_string_equal(rec_opt_numbered(&o.people, "pN-video", 12), "v");
	assert_null(rec_opt_numbered(&o.people, "pN-video", 1));
	rec_opt_free(&tool, &o);
	assert_null(o.people.items);
	assert_null(o.tags.items);
}

static void refusals(void **state)
{
	(void)state;
	static const struct {
		const char *words, *said;
	} rows[] = {
	        {"--outptu|F", "unknown option '--outptu'; did you mean '--output'?"},
	        {"--out=F", "unknown option '--out'; did you mean '--output'?"},
	        {"--cfr=1", "unknown option '--cfr'; did you mean '--crf'?"},
	        {"--p3-vidoe=F", "unknown option '--p3-vidoe'; did you mean '--p3-video'?"},
	        {"--p0-video=F", "unknown option '--p0-video'; did you mean '--p1-video'?"},
	        {"--pN-video=F", "unknown option '--pN-video'; did you mean '--p1-video'?"},
	        {"--frobnicate", "unknown option '--frobnicate'; see 'rec-x --help'"},
	        {"--x", "unknown option '--x'; see 'rec-x --help'"},
	        {"--=x", "unknown option '--'; see 'rec-x --help'"},
	        {"--\x1b[2J", "unknown option '--\\x1b[2J'; see 'rec-x --help'"},
	        {"-z", "unknown option '-z'; see 'rec-x --help'"},
	        {"-3", "unknown option '-3'; see 'rec-x --help'"},
	        {"-crf=3", "unknown option '-c' in '-crf=3'; did you mean '--crf=3'?"},
	        {"--quiet=yes", "option '--quiet' takes no value"},
	        {"--quiet=", "option '--quiet' takes no value"},
	        {"in|--output", "option '--output' needs a value: --output OUT"},
	        {"in|-o", "option '-o' needs a value: -o OUT"},
	        {"--output|--foo",
	                "option '--output' needs a value: --output OUT; if it is '--foo', write '--output=--foo'"},
	        {"-o|-q|in", "option '-o' needs a value: -o OUT; if it is '-q', write '--output=-q'"},
	        {"--p2-name|-x",
	                "option '--p2-name' needs a value: --p2-name NAME; if it is '-x', write '--p2-name=-x'"},
	        {"--output|--|in", "option '--output' needs a value: --output OUT; if it is '--', write '--output=--'"},
	        {"--crf=52", "value '52' of option '--crf' must be from 0 to 51"},
	        {"--crf=-1", "value '-1' of option '--crf' must be from 0 to 51"},
	        {"--crf=9999999999", "value '9999999999' of option '--crf' must be from 0 to 51"},
	        {"--crf=2.5", "value '2.5' of option '--crf' is not a whole number"},
	        {"--crf=", "value '' of option '--crf' is not a whole number"},
	        {"--gain=60.1", "value '60.1' of option '--gain' must be from -60 to 60"},
	        {"--gain=nan", "value 'nan' of option '--gain' is not a number"},
	        {"--offset=-10.000000001",
	                "value '-10.000000001' of option '--offset' must be from -10 to 3600.5 seconds"},
	        {"--offset=5 min",
	                "value '5 min' of option '--offset' is not a duration like 90.5, 30m, 1h2m3s or 1:02:03"},
	        {"--fps=0",
	                "value '0' of option '--fps' is not a rate like 30, 29.97 or 30000/1001, from 1/1000 to 1000"},
	        {"--size=640", "value '640' of option '--size' is not a size like 1280x720"},
	        {"--size=640x8", "value '640x8' of option '--size' must be from 16 to 8192 on each side"},
	        {"--size=8193x16", "value '8193x16' of option '--size' must be from 16 to 8192 on each side"},
	        {"--bitrate=7999", "value '7999' of option '--bitrate' must be from 8000 to 1000000000"},
	        {"--bitrate=1x", "value '1x' of option '--bitrate' is not a bit rate like 128000, 128k or 1.5M"},
	        {"-lpip", "value 'pip' of option '-l' is none of row, grid"},
	        {"--progress=loud", "value 'loud' of option '--progress' is none of auto, bar, json, none"},
	        {"--p100-name=A", "the number in option '--p100-name' must be from 1 to 99"},
	        {"--p4294967297-name=A", "the number in option '--p4294967297-name' must be from 1 to 99"},
	        {"", "missing operand; usage: rec-x [options] -o OUT INPUT..."},
	        {"a|b|c|d", "unexpected operand 'd'; see 'rec-x --help'"},
	        {"--completion=csh", "value 'csh' of option '--completion' is none of bash, zsh, fish"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct options o;
		int r;
		char want[300];
		char *said = parse(&o, rows[i].words, &r);
		snprintf(want, sizeof(want), "rec-x: %s\n", rows[i].said);
		assert_string_equal(said, want);
		assert_int_equal(r, REC_EUSAGE);
		free(said);
		rec_opt_free(&tool, &o);
	}
}

/* an option name of any length is only text */
static void overlong_name(void **state)
{
	(void)state;
	char words[400] = "--";
	struct options o;
	int r;
	memset(words + 2, 'o', sizeof(words) - 3);
	char *said = parse(&o, words, &r);
	assert_int_equal(r, REC_EUSAGE);
	assert_non_null(strstr(said, "unknown option '--ooo"));
	free(said);
	memcpy(words, "--p111", 6);
	memset(words + 6, '1', sizeof(words) - 20);
	memcpy(words + sizeof(words) - 8, "-name=A", 8);
	memset(words + 386, '1', 6);
	said = parse(&o, words, &r);
	assert_int_equal(r, REC_EUSAGE);
	assert_non_null(strstr(said, "must be from 1 to 99"));
	free(said);
	rec_opt_free(&tool, &o);
}

static void json_errors(void **state)
{
	(void)state;
	struct options o;
	int r;
	char *said = parse(&o, "--progress=json|--crf=x", &r);
	assert_int_equal(r, REC_EUSAGE);
	assert_int_equal(said[0], '{');
	assert_non_null(strstr(said, "\"error\""));
	free(said);
	rec_opt_free(&tool, &o);
}

static char *served(const char *words)
{
	struct options o;
	int r;
	struct capture c;
	capture_begin(&c, 1);
	char *said = parse(&o, words, &r);
	char *text = strdup(capture_end(&c));
	assert_string_equal(said, "");
	assert_int_equal(r, REC_ENODATA);
	free(said);
	rec_opt_free(&tool, &o);
	return text;
}

static void help(void **state)
{
	(void)state;
	static const char *const rows[] = {"Usage: rec-x [options] -o OUT INPUT...\ndo x with INPUT\n\nOutput:\n",
	        "\n  -o, --output OUT          write OUT\n", "\n      --crf N               quality of x264 (23)\n",
	        "\n      --pN-video FILE       the picture of person N\n", "\n      --no-video            leave",
	        "\n\nCommon options:\n  -h, --help                print this help and exit\n",
	        "\n      --progress MODE       show progress"};
	char *text = served("--help");
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_non_null(strstr(text, rows[i]));
	assert_null(strstr(text, "completion"));
	for (char *save, *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		assert_true(strlen(line) <= 80);
		assert_true(line[strlen(line) - 1] != ' ');
	}
	free(text);
}

static void version(void **state)
{
	(void)state;
	char *text = served("--version");
	assert_string_equal(text, "rec-x (rectools) " REC_VERSION "\n");
	free(text);
}

static void full_device(void **state)
{
	(void)state;
	struct options o;
	int r;
	FILE *full = fopen("/dev/full", "w");
	if (!full)
		skip();
	fflush(stdout);
	int saved = dup(1);
	dup2(fileno(full), 1);
	char *said = parse(&o, "--help", &r);
	dup2(saved, 1);
	close(saved);
	fclose(full);
	clearerr(stdout);
	assert_int_equal(r, REC_EIO);
	assert_string_equal(said, "rec-x: cannot write to standard output: No space left on device\n");
	free(said);
	rec_opt_free(&tool, &o);
}

static void completion(void **state)
{
	(void)state;
	static const struct {
		const char *shell, *part;
	} rows[] = {
	        {"bash", "-l | --layout) words='row grid' ;;\n"},
	        {"bash", "-*) words='-o --output --crf "},
	        {"bash", " --p1-video --p2-video --p3-video --p4-video --p1-name "},
	        {"bash", "complete -o default -F _rec_x rec-x\n"},
	        {"zsh", "#compdef rec-x\n"},
	        {"zsh", "{-l+,--layout=}'[row or grid\\: how it'\\''s arranged \\[row\\]]:NAME:(row grid)'"},
	        {"zsh", "'*'{-v,--verbose}'["},
	        {"zsh", "--p2-name='[the name of person N]:NAME:_files'"},
	        {"fish", "complete -c rec-x -s o -l output -r -d 'write OUT'\n"},
	        {"fish", "-s l -l layout -x -a 'row grid' -d 'row or grid: how it\\'s arranged [row]'\n"},
	        {"fish", "complete -c rec-x -s q -l quiet -d 'print errors only'\n"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char words[40];
		snprintf(words, sizeof(words), "--completion|%s", rows[i].shell);
		char *text = served(words);
		assert_non_null(strstr(text, rows[i].part));
		assert_null(strstr(text, "--completion"));
		free(text);
	}
}

/* Parse with an environment file of that text. */
static char *with_env_file(const char *text, size_t n, int *r)
{
	struct options o;
	char path[] = "envfile-XXXXXX";
	char words[64];
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, n), (ssize_t)n);
	close(fd);
	snprintf(words, sizeof(words), "--env-file=%s|in", path);
	char *said = parse(&o, words, r);
	unlink(path);
	rec_opt_free(&tool, &o);
	return said;
}

static void env_file(void **state)
{
	(void)state;
	static const char text[] = "\xef\xbb\xbf# comment\n"
	                           "\n"
	                           "REC_A=plain value # comment\n"
	                           "  export REC_B='single $X \\n # \"kept\"'  # comment\r\n"
	                           "REC_C=\"a\\nb\\\"c\\$d\\x\"\n"
	                           "REC_D=\n"
	                           "REC_E=a#b=c\r\n"
	                           "REC_F='two\nlines'\n"
	                           "REC_SET=from file\n"
	                           "LOG_LEVEL=error\n"
	                           "_9=x\n"
	                           "REC_G=$HOME/`id`"; /* no newline at the end */
	static const struct {
		const char *name, *want;
	} rows[] = {{"REC_A", "plain value"}, {"REC_B", "single $X \\n # \"kept\""}, {"REC_C", "a\nb\"c$d\\x"},
	        {"REC_D", ""}, {"REC_E", "a#b=c"}, {"REC_F", "two\nlines"}, {"REC_SET", "from environment"},
	        {"_9", "x"}, {"REC_G", "$HOME/`id`"}};
	int r;
	setenv("REC_SET", "from environment", 1);
	char *said = with_env_file(text, sizeof(text) - 1, &r);
	assert_string_equal(said, "");
	assert_int_equal(r, REC_OK);
	free(said);
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_non_null(getenv(rows[i].name));
		assert_string_equal(getenv(rows[i].name), rows[i].want);
	}
	assert_int_equal(rec_log_level(), REC_ERROR);
}

/* the message names the line and shows no value */
static void env_file_refused(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t n;
		const char *said;
	} rows[] = {
	        {"A=1\n\nSECRET\n", 0, "line 3: not NAME=VALUE"},
	        {"A SECRET=1\n", 0, "line 1: not NAME=VALUE"},
	        {"1A=SECRET\n", 0, "line 1: not NAME=VALUE"},
	        {"=SECRET\n", 0, "line 1: not NAME=VALUE"},
	        {"REC_Z='a\nb'\nREC_Y=\"SECRET\n\n", 0, "line 3: no closing quote"},
	        {"REC_Z='a'SECRET\n", 0, "line 1: text behind the closing quote"},
	        {"REC_Z=a\0SECRET", 14, "a NUL byte in it"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		int r;
		char *said = with_env_file(rows[i].text, rows[i].n ? rows[i].n : strlen(rows[i].text), &r);
		assert_int_equal(r, REC_EINPUT);
		assert_non_null(strstr(said, "rec-x: cannot use environment file 'envfile-"));
		assert_non_null(strstr(said, rows[i].said));
		assert_null(strstr(said, "SECRET"));
		free(said);
	}
	struct options o;
	int r;
	char *said = parse(&o, "--env-file=no/such/file|in", &r);
	assert_int_equal(r, REC_EINPUT);
	assert_non_null(strstr(said, "no/such/file"));
	free(said);
	rec_opt_free(&tool, &o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(forms),
	        cmocka_unit_test(values),
	        cmocka_unit_test(values_with_a_minus),
	        cmocka_unit_test(collects),
	        cmocka_unit_test(refusals),
	        cmocka_unit_test(overlong_name),
	        cmocka_unit_test(json_errors),
	        cmocka_unit_test(help),
	        cmocka_unit_test(version),
	        cmocka_unit_test(full_device),
	        cmocka_unit_test(completion),
	        cmocka_unit_test(env_file),
	        cmocka_unit_test(env_file_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
