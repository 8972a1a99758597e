/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/log.h"
#include "base/source.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static char folder[] = "/tmp/rectools-source-XXXXXX";
static int real_stdin;

static int set_up(void **state)
{
	(void)state;
	rec_log_init("source");
	rec_log_set_level(REC_QUIET);
	real_stdin = dup(STDIN_FILENO);
	return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
	static const char *const names[] = {"file", "empty", "fifo", "socket"};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		unlink(names[i]);
	return chdir("/") == 0 ? rmdir(folder) : -1;
}

static void make_file(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void read_all(struct rec_source *source, const char *want)
{
	char bytes[64];
	size_t n = 0;
	ssize_t got;

	while ((got = rec_source_read(source, bytes + n, sizeof bytes - n)) > 0)
		n += (size_t)got;
	assert_int_equal(got, 0);
	assert_int_equal(n, strlen(want));
	assert_memory_equal(bytes, want, n);
}

static void *write_fifo(void *name)
{
	make_file(name, "piped");
	return NULL;
}

static void regular_file_seeks(void **state)
{
	struct rec_source *source = NULL;
	char two[2];

	(void)state;
	make_file("file", "0123456789");
	assert_int_equal(rec_source_open(&source, "file"), REC_OK);
	assert_string_equal(rec_source_name(source), "file");
	assert_int_equal(rec_source_size(source), 10);
	assert_true(rec_source_seekable(source));
	assert_int_equal(rec_source_seek(source, 4), REC_OK);
	assert_int_equal(rec_source_read(source, two, 2), 2);
	assert_memory_equal(two, "45", 2);
	assert_int_equal(rec_source_tell(source), 6);
	assert_int_equal(rec_source_seek(source, -1), REC_EIO);
	assert_int_equal(rec_source_tell(source), 6);
	assert_int_equal(rec_source_seek(source, 100), REC_OK);
	assert_int_equal(rec_source_read(source, two, 2), 0);
	assert_int_equal(rec_source_make_seekable(source), REC_OK);
	rec_source_close(&source);
	assert_null(source);
	rec_source_close(&source);
}

static void shorter_than_it_was(void **state)
{
	struct rec_source *source = NULL;
	char bytes[8];

	(void)state;
	make_file("file", "0123456789");
	assert_int_equal(rec_source_open(&source, "file"), REC_OK);
	assert_int_equal(rec_source_read(source, bytes, 4), 4);
	assert_int_equal(truncate("file", 5), 0);
	assert_int_equal(rec_source_read(source, bytes, 8), 1);
	assert_int_equal(rec_source_read(source, bytes, 8), REC_EIO);
	assert_int_equal(rec_source_error(source), REC_EIO);
	rec_source_close(&source);
}

static void fifo_waits_and_becomes_seekable(void **state)
{
	struct rec_source *source = NULL;
	pthread_t writer;

	(void)state;
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_int_equal(pthread_create(&writer, NULL, write_fifo, "fifo"), 0);
	assert_int_equal(rec_source_open(&source, "fifo"), REC_OK);
	assert_false(rec_source_seekable(source));
	assert_int_equal(rec_source_size(source), -1);
	assert_int_equal(rec_source_seek(source, 0), REC_EIO);
	setenv("TMPDIR", folder, 1);
	assert_int_equal(rec_source_make_seekable(source), REC_OK);
	pthread_join(writer, NULL);
	assert_true(rec_source_seekable(source));
	assert_int_equal(rec_source_size(source), 5);
	assert_int_equal(rec_source_tell(source), 0);
	for (int pass = 0; pass < 2; pass++) {
		read_all(source, "piped");
		assert_int_equal(rec_source_seek(source, 0), REC_OK);
	}
	rec_source_close(&source);
}

static void temporary_folder_is_named(void **state)
{
	struct rec_source *source = NULL;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	assert_int_equal(rec_source_open(&source, "-"), REC_OK);
	setenv("TMPDIR", "no/such/folder", 1);
	assert_int_equal(rec_source_make_seekable(source), REC_EIO);
	unsetenv("TMPDIR");
	rec_source_close(&source);
	close(ends[0]);
	close(ends[1]);
	dup2(real_stdin, STDIN_FILENO);
}

/* A parent's pipe without blocking has nothing yet when we read first. */
static void *write_late(void *fd)
{
	usleep(50000);
	assert_int_equal(write(*(int *)fd, "late", 4), 4);
	close(*(int *)fd);
	return NULL;
}

static void standard_input_pipe_without_blocking(void **state)
{
	struct rec_source *source = NULL;
	pthread_t writer;
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
	assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	assert_int_equal(rec_source_open(&source, "-"), REC_OK);
	assert_string_equal(rec_source_name(source), "standard input");
	assert_int_equal(pthread_create(&writer, NULL, write_late, &ends[1]), 0);
	read_all(source, "late");
	pthread_join(writer, NULL);
	rec_source_close(&source);
	close(ends[0]);
	dup2(real_stdin, STDIN_FILENO);
}

static void standard_input_file_from_where_it_stands(void **state)
{
	struct rec_source *source = NULL;

	(void)state;
	make_file("file", "0123456789");
	int fd = open("file", O_RDONLY);
	assert_int_equal(lseek(fd, 7, SEEK_SET), 7);
	assert_int_equal(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	assert_int_equal(rec_source_open(&source, "-"), REC_OK);
	assert_int_equal(rec_source_size(source), 3);
	read_all(source, "789");
	assert_int_equal(rec_source_seek(source, 1), REC_OK);
	read_all(source, "89");
	rec_source_close(&source);
	assert_true(fcntl(STDIN_FILENO, F_GETFD) >= 0);
	close(fd);
	dup2(real_stdin, STDIN_FILENO);
}

static void standard_input_may_be_a_socket(void **state)
{
	struct rec_source *source = NULL;
	int ends[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	assert_int_equal(write(ends[1], "sent", 4), 4);
	close(ends[1]);
	assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	assert_int_equal(rec_source_open(&source, "-"), REC_OK);
	read_all(source, "sent");
	rec_source_close(&source);
	close(ends[0]);
	dup2(real_stdin, STDIN_FILENO);
}

static void refused(void **state)
{
	static const char *const paths[] = {".", "missing", "", "socket", "file/", "/dev/null/x"};
	struct rec_source *source = NULL;
	struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "socket"};

	(void)state;
	make_file("file", "x");
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&name, sizeof name), 0);
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		assert_int_equal(rec_source_open(&source, paths[i]), REC_EINPUT);
		assert_null(source);
	}
	close(fd);
}

static void character_device_is_a_stream(void **state)
{
	struct rec_source *source = NULL;

	(void)state;
	assert_int_equal(rec_source_open(&source, "/dev/null"), REC_OK);
	assert_false(rec_source_seekable(source));
	read_all(source, "");
	rec_source_close(&source);
}

static void slurp_keeps_the_limit(void **state)
{
	static const struct {
		const char *path;
		size_t limit;
		int want;
		const char *text;
	} rows[] = {
	        {"file", 5, REC_OK, "12345"},
	        {"file", 4, REC_EINPUT, NULL},
	        {"empty", 0, REC_OK, ""},
	        {"missing", 5, REC_EINPUT, NULL},
	        {".", 5, REC_EINPUT, NULL},
	        {"/dev/zero", 1000000, REC_EINPUT, NULL},
	};

	(void)state;
	make_file("file", "12345");
	make_file("empty", "");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text = NULL;
		size_t n = 99;
		assert_int_equal(rec_source_slurp(rows[i].path, rows[i].limit, &text, &n), rows[i].want);
		if (rows[i].want == REC_OK) {
			assert_string_equal(text, rows[i].text);
			assert_int_equal(n, strlen(rows[i].text));
		} else {
			assert_null(text);
		}
		free(text);
	}
}

struct broken {
	int64_t left;
	int closed;
};

static ssize_t broken_read(void *state, void *bytes, size_t n, int64_t at)
{
	struct broken *broken = state;

	(void)n;
	if (at >= broken->left)
		return REC_EREMOTE;
	*(char *)bytes = 'x';
	return 1;
}

static void broken_close(void *state)
{
	((struct broken *)state)->closed++;
}

static void errors_of_a_source_pass_through(void **state)
{
	static const struct rec_source_ops ops = {broken_read, broken_close, NULL};
	struct broken broken = {3, 0};
	struct rec_source *source = NULL;
	char byte;

	(void)state;
	assert_int_equal(rec_source_new(&source, "https://host/a", &ops, &broken, -1, false), REC_OK);
	assert_int_equal(rec_source_make_seekable(source), REC_EREMOTE);
	assert_int_equal(rec_source_read(source, &byte, 1), REC_EREMOTE);
	assert_int_equal(rec_source_tell(source), 3);
	rec_source_close(&source);
	assert_int_equal(broken.closed, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(regular_file_seeks),
	        cmocka_unit_test(shorter_than_it_was),
	        cmocka_unit_test(fifo_waits_and_becomes_seekable),
	        cmocka_unit_test(temporary_folder_is_named),
	        cmocka_unit_test(standard_input_pipe_without_blocking),
	        cmocka_unit_test(standard_input_file_from_where_it_stands),
	        cmocka_unit_test(standard_input_may_be_a_socket),
	        cmocka_unit_test(refused),
	        cmocka_unit_test(character_device_is_a_stream),
	        cmocka_unit_test(slurp_keeps_the_limit),
	        cmocka_unit_test(errors_of_a_source_pass_through),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
