/* SPDX-License-Identifier: MIT */
/* Goal: a file appears whole or not at all and keeps what it had; a pipe, a device and standard output are written in place. */
#include "tests/unit/outrig.h"

#include <pthread.h>
#include <sys/resource.h>

static int named_without_noreplace(void **state)
{
	named(state);
	lacks_noreplace = true;
	return 0;
}

static mode_t mode_of(const char *name)
{
	struct stat st;

	assert_int_equal(stat(name, &st), 0);
	return st.st_mode & 07777;
}

static void makes_a_new_file(void **state)
{
	struct rec_out *out = begin("new", "text");

	(void)state;
	assert_true(rec_out_seekable(out));
	assert_string_equal(rec_out_target(out), "new");
	assert_int_equal(access("new", F_OK), -1);
	assert_int_equal(count_names(false), lacks_tmpfile ? 1 : 0);
	assert_int_equal(rec_out_commit(&out), REC_OK);
	assert_null(out);
	assert_holds("new", "text");
	assert_int_equal(mode_of("new"), 0644);
	assert_int_equal(count_names(false), 1);
}

static void replaces_and_keeps_the_mode(void **state)
{
	static const mode_t modes[] = {0600, 0444, 0755, 0666};

	(void)state;
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
		make_file("old", "old", modes[i]);
		struct rec_out *out = begin("./old", "newer");
		assert_holds("old", "old");
		assert_int_equal(rec_out_commit(&out), REC_OK);
		assert_holds("old", "newer");
		assert_int_equal(mode_of("old"), modes[i]);
		assert_int_equal(count_names(true), 1);
	}
}

static void discard_leaves_no_trace(void **state)
{
	(void)state;
	make_file("old", "old", 0644);
	struct rec_out *out = begin("old", "newer");
	rec_out_discard(&out);
	assert_null(out);
	rec_out_discard(&out);
	assert_holds("old", "old");
	assert_int_equal(count_names(false), 1);
}

static void seeks_and_reads_back(void **state)
{
	struct rec_out *out = begin("file", "0123456789");
	char bytes[8] = "";

	(void)state;
	assert_int_equal(rec_out_seek(out, 2), REC_OK);
	assert_int_equal(rec_out_write(out, "ab", 2), REC_OK);
	assert_int_equal(rec_out_tell(out), 4);
	assert_int_equal(rec_out_size(out), 10);
	assert_int_equal(rec_out_read_at(out, bytes, 4, 1), 4);
	assert_memory_equal(bytes, "1ab4", 4);
	assert_int_equal(rec_out_tell(out), 4);
	assert_int_equal(rec_out_read_at(out, bytes, 4, 10), 0);
	assert_int_equal(rec_out_seek(out, -1), REC_EIO);
	assert_int_equal(rec_out_commit(&out), REC_OK);
	assert_holds("file", "01ab456789");
}

/* The file of another comes between begin and commit. */
static void no_clobber_holds_to_the_end(void **state)
{
	struct rec_out *out = NULL;

	(void)state;
	assert_int_equal(rec_out_begin(&out, "file", true), REC_OK);
	assert_int_equal(rec_out_write(out, "ours", 4), REC_OK);
	make_file("file", "theirs", 0644);
	assert_int_equal(rec_out_commit(&out), REC_EEXIST);
	assert_holds("file", "theirs");
	assert_int_equal(rec_out_begin(&out, "file", true), REC_EEXIST);
	assert_null(out);
	assert_int_equal(count_names(true), 1);

	assert_int_equal(rec_out_begin(&out, "file", true), REC_OK);
	assert_int_equal(rec_out_write(out, "ours", 4), REC_OK);
	assert_int_equal(rec_out_commit(&out), REC_OK);
	assert_holds("file", "ours");
	assert_int_equal(count_names(false), 1);
}

static void failed_write_keeps_the_old(void **state)
{
	static const char zeros[4096];
	struct rlimit usual;

	(void)state;
	make_file("old", "old", 0644);
	struct rec_out *out = begin("old", "newer");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &usual), 0);
	struct rlimit tight = {1000, usual.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	int first = rec_out_write(out, zeros, sizeof zeros);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &usual), 0);
	assert_int_equal(first, REC_EIO);
	assert_int_equal(rec_out_size(out), 1000);
	/* room again, but what is missing stays missing */
	assert_int_equal(rec_out_write(out, zeros, 1), REC_EIO);
	assert_int_equal(rec_out_commit(&out), REC_EIO);
	assert_holds("old", "old");
	assert_int_equal(count_names(false), 1);
}

static void failed_commit_keeps_the_old(void **state)
{
	(void)state;
	make_file("old", "old", 0644);
	struct rec_out *out = begin("old", "newer");
	fsync_fails = true;
	assert_int_equal(rec_out_commit(&out), REC_EIO);
	assert_holds("old", "old");
	assert_int_equal(count_names(false), 1);

	fsync_fails = false;
	out = begin("file", "text");
	assert_int_equal(mkdir("file", 0755), 0);
	assert_int_equal(rec_out_commit(&out), REC_EIO);
	assert_int_equal(count_names(false), 2);
}

static void link_is_followed(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(mkdir("sub", 0755), 0);
	make_file("sub/real", "old", 0644);
	assert_int_equal(symlink("sub/hop", "link"), 0);
	assert_int_equal(symlink("real", "sub/hop"), 0);
	for (int dangling = 0; dangling < 2; dangling++) {
		struct rec_out *out = begin("link", "text");
		assert_int_equal(rec_out_commit(&out), REC_OK);
		assert_holds("sub/real", "text");
		assert_int_equal(lstat("link", &st), 0);
		assert_true(S_ISLNK(st.st_mode));
		assert_int_equal(unlink("sub/real"), 0);
	}
	assert_int_equal(unlink("sub/hop"), 0);
	assert_int_equal(count_names(false), 2);
}

static void refused(void **state)
{
	static const char *const targets[] = {
	        ".", "..", "/", "sub", "sub/", "missing/", "missing/file", "loop", "file/x", ""};
	char name[NAME_MAX + 2];

	(void)state;
	assert_int_equal(mkdir("sub", 0755), 0);
	make_file("file", "", 0644);
	assert_int_equal(symlink("loop", "loop"), 0);
	memset(name, 'n', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	for (size_t i = 0; i <= sizeof targets / sizeof *targets; i++) {
		struct rec_out *out = NULL;
		const char *target = i < sizeof targets / sizeof *targets ? targets[i] : name;
		assert_int_equal(rec_out_begin(&out, target, false), REC_EIO);
		assert_null(out);
	}
	assert_int_equal(count_names(false), 3);
}

static void longest_name_is_replaced(void **state)
{
	char name[NAME_MAX + 1] = "";

	(void)state;
	while (strlen(name) + 2 <= NAME_MAX)
		strcat(name, "\xC3\xA9");
	make_file(name, "old", 0644);
	struct rec_out *out = begin(name, "text");
	assert_int_equal(rec_out_commit(&out), REC_OK);
	assert_holds(name, "text");
	assert_int_equal(count_names(false), 1);
}

static void *read_fifo(void *text)
{
	int fd = open("fifo", O_RDONLY);
	char *at = text;

	for (ssize_t got; (got = read(fd, at, 16)) > 0;)
		at += got;
	close(fd);
	return NULL;
}

static void fifo_is_written_in_place(void **state)
{
	struct rec_out *out = NULL;
	char text[64] = "";
	char byte;
	pthread_t reader;
	struct stat st;

	(void)state;
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_int_equal(pthread_create(&reader, NULL, read_fifo, text), 0);
	/* nothing is replaced, so --no-clobber has no say */
	assert_int_equal(rec_out_begin(&out, "fifo", true), REC_OK);
	assert_false(rec_out_seekable(out));
	assert_int_equal(rec_out_seek(out, 0), REC_EIO);
	assert_int_equal(rec_out_write(out, "one ", 4), REC_OK);
	assert_int_equal(rec_out_write(out, "two", 3), REC_OK);
	assert_int_equal(rec_out_tell(out), 7);
	fsync_fails = true;
	assert_int_equal(rec_out_commit(&out), REC_OK);
	pthread_join(reader, NULL);
	assert_string_equal(text, "one two");
	assert_int_equal(lstat("fifo", &st), 0);
	assert_true(S_ISFIFO(st.st_mode));

	assert_int_equal(pthread_create(&reader, NULL, read_fifo, text), 0);
	assert_int_equal(rec_out_begin(&out, "fifo", false), REC_OK);
	assert_int_equal(rec_out_read_at(out, &byte, 1, 0), REC_EIO);
	rec_out_discard(&out);
	pthread_join(reader, NULL);
}

static void full_device_fails(void **state)
{
	struct rec_out *out = NULL;

	(void)state;
	assert_int_equal(rec_out_begin(&out, "/dev/full", false), REC_OK);
	assert_int_equal(rec_out_write(out, "x", 1), REC_EIO);
	assert_int_equal(rec_out_commit(&out), REC_EIO);
}

static void closed_pipe_fails(void **state)
{
	struct rec_out *out = NULL;
	char target[32];
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	snprintf(target, sizeof target, "/dev/fd/%d", ends[1]);
	assert_int_equal(rec_out_begin(&out, target, false), REC_OK);
	close(ends[0]);
	assert_int_equal(rec_out_write(out, "x", 1), REC_EIO);
	rec_out_discard(&out);
	close(ends[1]);
}

static void *drain(void *fd)
{
	static char bytes[1 << 18];
	size_t n = 0;

	usleep(50000);
	for (ssize_t got; (got = read(*(int *)fd, bytes, sizeof bytes)) > 0;)
		n += (size_t)got;
	return (void *)(uintptr_t)n;
}

/* A pipe holds 64 KiB: short writes, then EAGAIN until the reader wakes. */
static void pipe_without_blocking_gets_all(void **state)
{
	static const char zeros[1 << 18];
	struct rec_out *out = NULL;
	char target[32];
	int ends[2];
	pthread_t reader;
	void *n;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(pthread_create(&reader, NULL, drain, &ends[0]), 0);
	snprintf(target, sizeof target, "/proc/self/fd/%d", ends[1]);
	assert_int_equal(rec_out_begin(&out, target, false), REC_OK);
	close(ends[1]);
	assert_int_equal(rec_out_write(out, zeros, sizeof zeros), REC_OK);
	assert_int_equal(rec_out_commit(&out), REC_OK);
	pthread_join(reader, &n);
	assert_int_equal((uintptr_t)n, sizeof zeros);
	close(ends[0]);
}

/* `{ echo head; rec-tool -o X; } > file` for every name of standard output: the redirection keeps its place and its file. */
static void standard_output_keeps_its_file(void **state)
{
	static const char *const targets[] = {"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "link"};
	struct stat before;
	struct stat after;

	(void)state;
	assert_int_equal(symlink("/dev/stdout", "link"), 0);
	fflush(stdout);
	int real = dup(STDOUT_FILENO);
	for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
		struct rec_out *out = NULL;
		int fd = open("file", O_WRONLY | O_CREAT | O_TRUNC, 0644);
		dup2(fd, STDOUT_FILENO);
		bool head = write(STDOUT_FILENO, "head ", 5) == 5;
		int begun = rec_out_begin(&out, targets[i], true);
		bool seekable = begun == REC_OK && rec_out_seekable(out);
		int written = begun == REC_OK ? rec_out_write(out, "body", 4) : begun;
		int committed = begun == REC_OK ? rec_out_commit(&out) : begun;
		bool tail = write(STDOUT_FILENO, " tail", 5) == 5;
		dup2(real, STDOUT_FILENO);
		assert_true(head && tail && !seekable);
		assert_int_equal(written, REC_OK);
		assert_int_equal(committed, REC_OK);
		assert_holds("file", "head body tail");
		assert_int_equal(fstat(fd, &before), 0);
		assert_int_equal(stat("file", &after), 0);
		assert_int_equal(before.st_ino, after.st_ino);
		close(fd);
	}
	close(real);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        BOTH(makes_a_new_file),
	        BOTH(replaces_and_keeps_the_mode),
	        BOTH(discard_leaves_no_trace),
	        BOTH(seeks_and_reads_back),
	        BOTH(no_clobber_holds_to_the_end),
	        cmocka_unit_test_setup_teardown(no_clobber_holds_to_the_end, named_without_noreplace, clear),
	        BOTH(failed_write_keeps_the_old),
	        BOTH(failed_commit_keeps_the_old),
	        BOTH(link_is_followed),
	        BOTH(refused),
	        BOTH(longest_name_is_replaced),
	        cmocka_unit_test_setup_teardown(fifo_is_written_in_place, unnamed, clear),
	        cmocka_unit_test_setup_teardown(full_device_fails, unnamed, clear),
	        cmocka_unit_test_setup_teardown(closed_pipe_fails, unnamed, clear),
	        cmocka_unit_test_setup_teardown(pipe_without_blocking_gets_all, unnamed, clear),
	        cmocka_unit_test_setup_teardown(standard_output_keeps_its_file, unnamed, clear),
	};

	return cmocka_run_group_tests(tests, out_make, out_remove);
}
