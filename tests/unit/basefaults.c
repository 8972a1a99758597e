/* SPDX-License-Identifier: MIT */
/* Goal: whatever file call of lib/base fails, an output appears whole or the old one stays, an input is whole or an error says why, and nothing is left. */
#include "base/log.h"
#include "base/spool.h"
#include "tests/unit/basecalls.h"
#include "tests/unit/fault.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_holds(const char *want)
{
	char text[64] = "";
	FILE *file = fopen(base_path, "r");

	assert_non_null(file);
	assert_non_null(fgets(text, sizeof(text), file));
	fclose(file);
	assert_string_equal(text, want);
}

/* Whether ${say}, with ${path} where it has @, is in the one line of ${text}; NULL: there is none. */
static bool says(const char *text, const char *say, const char *path)
{
	const char *at = say ? strchr(say, '@') : NULL;
	char want[1024];

	if (!say)
		return !*text;
	snprintf(want, sizeof(want), "%.*s%s%s", at ? (int)(at - say) : (int)strlen(say), say, at ? path : "",
	        at ? at + 1 : "");
	return lines(text) == 1 && strstr(text, want);
}

struct fault {
	const char *call;
	int nth;
	int code;
	int err;         /* of the run */
	const char *say; /* in the one line printed; NULL: nothing is */
};

static const struct fault outputs[] = {
        {"open64()", 1, ENOENT, REC_EIO, "its folder does not exist; make it first"},
        {"open64()", 1, EIO, REC_EIO, "Input/output error"},
        {"open64()", 1, EACCES, REC_OK, NULL}, /* then by O_PATH: a folder that may not be listed */
        {"openat64()", 9, ENOSPC, REC_EIO, "No space left on device"},
        {"openat64()", 9, EOPNOTSUPP, REC_OK, NULL},
        {"openat64()", 9, EISDIR, REC_OK, NULL},
        {"openat64()", 9, ENOENT, REC_OK, NULL},
        {"openat64()", 9, EINVAL, REC_OK, NULL},
        {"flock()", 1, EINTR, REC_OK, NULL},
        {"flock()", 1, ENOLCK, REC_OK, NULL},
        {"pwrite64()", 1, EINTR, REC_OK, NULL},
        {"pwrite64()", 1, ENOSPC, REC_EIO, "cannot write '@': No space left on device"},
        {"pread64()", 1, EINTR, REC_OK, NULL},
        {"pread64()", 1, EIO, REC_EIO, "Input/output error"},
        {"fsync()", 1, EIO, REC_EIO, "Input/output error"},
        {"fsync()", 1, EINVAL, REC_OK, NULL},
        {"fsync()", 2, EINVAL, REC_OK, NULL},
        {"fsync()", 2, EBADF, REC_OK, NULL},
        {"fsync()", 2, EIO, REC_OK, "warning: cannot sync the folder of '@': Input/output error"},
        {"linkat()", 1, EMLINK, REC_EIO, "Too many links"},
        {"linkat()", 2, EPERM, REC_EIO, "Operation not permitted"},
        {"renameat()", 1, EROFS, REC_EIO, "Read-only file system"},
};

static void outputs_are_whole_or_the_old_stays(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(outputs) / sizeof(*outputs); i++) {
		const struct fault *f = &outputs[i];
		struct capture capture;
		int before = descriptors();

		assert_true(file_write(tmp, "out", "old"));
		capture_begin(&capture, STDERR_FILENO);
		fault_begin(f->call, f->nth, f->code);
		int err = write_new();
		bool failed = fault_end();
		capture_end(&capture);
		if (!failed || err != f->err)
			fail_msg("%s %d, %s: %s", f->call, f->nth, strerror(f->code),
			        failed ? rec_strerror(err) : "no such call");
		if (!says(capture.text, f->say, base_path))
			fail_msg("%s %d, %s: said '%s'", f->call, f->nth, strerror(f->code), capture.text);
		assert_holds(err == REC_OK ? "new" : "old");
		assert_int_equal(names_in(tmp), 1);
		assert_int_equal(descriptors(), before);
	}
}

static const struct fault kept[] = {
        {"renameat2()", 1, EEXIST, REC_EEXIST, "'@' exists; leave out --no-clobber to replace it"},
        {"renameat2()", 1, EINVAL, REC_OK, NULL}, /* a file system without RENAME_NOREPLACE: by a link */
        {"renameat2()", 1, ENOSYS, REC_OK, NULL},
        {"renameat2()", 1, EIO, REC_EIO, "Input/output error"},
};

/* where files without a name are not known: the named one is renamed, and never over what came meanwhile */
static void named_outputs_do_not_clobber(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
		struct rec_out *out = NULL;
		struct capture capture;

		unlink(base_path);
		fault_begin("openat64()", 9, EOPNOTSUPP);
		assert_int_equal(rec_out_begin(&out, base_path, true), REC_OK);
		assert_true(fault_end());
		assert_int_equal(names_in(tmp), 1);
		assert_int_equal(rec_out_write(out, "new", 3), REC_OK);
		capture_begin(&capture, STDERR_FILENO);
		fault_begin(kept[i].call, kept[i].nth, kept[i].code);
		int err = rec_out_commit(&out);
		bool failed = fault_end();
		capture_end(&capture);
		assert_true(failed);
		assert_int_equal(err, kept[i].err);
		assert_true(says(capture.text, kept[i].say, base_path));
		assert_int_equal(names_in(tmp), err == REC_OK);
	}
}

static int write_target(const char *target)
{
	struct rec_out *out = NULL;
	int err = rec_out_begin(&out, target, false);

	if (err == REC_OK)
		err = rec_out_write(out, "new", 3);
	return err == REC_OK ? rec_out_commit(&out) : (rec_out_discard(&out), err);
}

static const struct {
	const char *target;
	struct fault fault;
} in_place[] = {
        {"/dev/null", {"open64()", 1, EINTR, REC_OK, NULL}},
        {"/dev/null", {"open64()", 1, EACCES, REC_EIO, "cannot write '/dev/null': Permission denied"}},
        {"/dev/null", {"write()", 1, EINTR, REC_OK, NULL}},
        {"/dev/null", {"write()", 1, EIO, REC_EIO, "cannot write '/dev/null': Input/output error"}},
        {"/dev/null", {"close()", 1, EIO, REC_EIO, "cannot write '/dev/null': Input/output error"}},
        {"/dev/null", {"close()", 1, EINTR, REC_OK, NULL}},
        {"/dev/stderr", {"fcntl64()", 2, EMFILE, REC_EIO, "cannot write '/dev/stderr': Too many open files"}},
        {"/dev/fd/2", {"fcntl64()", 2, EMFILE, REC_EIO, "cannot write '/dev/fd/2': Too many open files"}},
        {"-", {"fcntl64()", 2, EMFILE, REC_EIO, "cannot write 'standard output': Too many open files"}},
};

static void devices_and_descriptors(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(in_place) / sizeof(*in_place); i++) {
		const struct fault *f = &in_place[i].fault;
		struct capture capture;

		capture_begin(&capture, STDERR_FILENO);
		fault_begin(f->call, f->nth, f->code);
		int err = write_target(in_place[i].target);
		bool failed = fault_end();
		capture_end(&capture);
		if (!failed || err != f->err || !says(capture.text, f->say, base_path))
			fail_msg("row %zu: %s, said '%s'", i, rec_strerror(err), capture.text);
	}
}

/* names that only look like descriptors are files in a folder that has none of them */
static void no_descriptors(void **state)
{
	static const char *const targets[] = {"/dev/fd/-1", "/dev/fd/x", "/dev/fd/4294967296", "/proc/self/fd/-1"};

	(void)state;
	rec_log_set_level(REC_QUIET);
	for (size_t i = 0; i < sizeof(targets) / sizeof(*targets); i++) {
		char *place = rec_out_place(targets[i]);

		assert_string_equal(place, targets[i]);
		free(place);
		assert_int_equal(write_target(targets[i]), REC_EIO);
	}
	assert_null(rec_out_place("/proc/self/fd/1"));
	assert_null(rec_out_place("-"));
	rec_log_set_level(REC_WARNING);
}

static int read_head(void)
{
	char bytes[4] = "";
	ssize_t got = rec_source_head(base_path, bytes, 4);

	if (got == 0)
		return REC_ENODATA; /* it cannot be opened */
	return got < 0 ? (int)got : got == 3 && strcmp(bytes, "old") == 0 ? REC_OK : REC_EINVAL;
}

static const struct {
	int (*run)(void);
	struct fault fault;
} inputs[] = {
        {read_whole, {"open64()", 1, EINTR, REC_OK, NULL}},
        {read_whole, {"open64()", 1, EACCES, REC_EINPUT, "cannot open '@': Permission denied"}},
        {read_whole, {"open64()", 1, EMFILE, REC_EIO, "Too many open files"}},
        {read_whole, {"open64()", 1, ENFILE, REC_EIO, "Too many open files in system"}},
        {read_whole, {"open64()", 1, ENOMEM, REC_EIO, "Cannot allocate memory"}},
        {read_whole, {"open64()", 1, EIO, REC_EIO, "cannot open '@': Input/output error"}},
        {read_whole, {"fstat64()", 1, EIO, REC_EINPUT, "cannot read '@': Input/output error"}},
        {read_whole, {"pread64()", 1, EINTR, REC_OK, NULL}},
        {read_whole, {"pread64()", 1, EIO, REC_EIO, "cannot read '@': Input/output error"}},
        {read_whole, {"pread64()", 2, EIO, REC_EIO, "cannot read '@': Input/output error"}},
        {read_twice, {"fcntl64()", 1, EMFILE, REC_EIO, "cannot read '@' twice: Too many open files"}},
        {read_twice, {"pread64()", 1, EIO, REC_EIO, "cannot read '@': Input/output error"}},
        {read_head, {"read()", 1, EINTR, REC_OK, NULL}},
        {read_head, {"read()", 1, EIO, REC_EIO, "cannot read '@': Input/output error"}},
        {read_head, {"open64()", 1, EACCES, REC_ENODATA, NULL}},
};

static void inputs_are_whole_or_say_why(void **state)
{
	(void)state;
	assert_true(file_write(tmp, "out", "old"));
	for (size_t i = 0; i < sizeof(inputs) / sizeof(*inputs); i++) {
		const struct fault *f = &inputs[i].fault;
		struct capture capture;
		int before = descriptors();

		capture_begin(&capture, STDERR_FILENO);
		fault_begin(f->call, f->nth, f->code);
		int err = inputs[i].run();
		bool failed = fault_end();
		capture_end(&capture);
		if (!failed || err != f->err || !says(capture.text, f->say, base_path))
			fail_msg("row %zu: %s, said '%s'", i, rec_strerror(err), capture.text);
		assert_int_equal(fault_leaks(), 0);
		assert_int_equal(descriptors(), before);
	}
}

static const struct fault pipes[] = {
        {"fcntl64()", 1, EMFILE, REC_EIO, "cannot open 'standard input': Too many open files"},
        {"fcntl64()", 1, EINTR, REC_OK, NULL},
        {"read()", 1, EINTR, REC_OK, NULL},
        {"read()", 1, EAGAIN, REC_OK, NULL},
        {"read()", 2, EIO, REC_EIO, "cannot read 'standard input': Input/output error"},
        {"write()", 1, EINTR, REC_OK, NULL},
        {"write()", 1, ENOSPC, REC_EIO,
                "cannot keep 'standard input' in a temporary file in '@': No space left on device"},
        {"open64()", 1, EACCES, REC_EIO, "cannot make a temporary file in '@': Permission denied"},
        {"open64()", 1, EOPNOTSUPP, REC_OK, NULL},
        {"open64()", 1, EISDIR, REC_OK, NULL},
        {"open64()", 1, ENOENT, REC_OK, NULL},
        {"open64()", 1, EINVAL, REC_OK, NULL},
};

static void pipes_are_kept_in_a_file(void **state)
{
	(void)state;
	unlink(base_path);
	for (size_t i = 0; i < sizeof(pipes) / sizeof(*pipes); i++) {
		const struct fault *f = &pipes[i];
		struct capture capture;
		int before = descriptors();

		capture_begin(&capture, STDERR_FILENO);
		int saved = pipe_begin();
		fault_begin(f->call, f->nth, f->code);
		int err = read_pipe();
		bool failed = fault_end();
		pipe_end(saved);
		capture_end(&capture);
		if (!failed || err != f->err || !says(capture.text, f->say, tmp))
			fail_msg("row %zu: %s, said '%s'", i, rec_strerror(err), capture.text);
		assert_int_equal(descriptors(), before);
		assert_int_equal(names_in(tmp), 0); /* nor a file with a name */
	}
}

enum { RECORD = 4096, RECORDS = 600 };

/* more than two blocks, written and read again */
static int spool_records(void)
{
	struct rec_spool *spool;
	char record[RECORD] = {0};
	int err = rec_spool_new(&spool, RECORD);

	for (int i = 0; i < RECORDS && err == REC_OK; i++) {
		record[0] = (char)(i % 100);
		err = rec_spool_add(spool, record);
	}
	if (err == REC_OK)
		err = rec_spool_rewind(spool);
	for (int i = 0; i < RECORDS && err == REC_OK; i++) {
		err = rec_spool_next(spool, record);
		if (err == REC_OK && record[0] != i % 100)
			err = REC_EINVAL;
	}
	rec_spool_free(&spool);
	return err;
}

static const struct fault spools[] = {
        {"pwrite64()", 1, EINTR, REC_OK, NULL},
        {"pwrite64()", 1, ENOSPC, REC_EIO, "No space left on device; set TMPDIR to a folder with room"},
        {"pwrite64()", 3, ENOSPC, REC_EIO, "No space left on device; set TMPDIR to a folder with room"},
        {"pread64()", 1, EINTR, REC_OK, NULL},
        {"pread64()", 1, EIO, REC_EIO, "Input/output error"},
        {"pread64()", 2, EIO, REC_EIO, "Input/output error"},
};

static void spools_keep_all_or_say_why(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(spools) / sizeof(*spools); i++) {
		const struct fault *f = &spools[i];
		struct capture capture;

		capture_begin(&capture, STDERR_FILENO);
		fault_begin(f->call, f->nth, f->code);
		int err = spool_records();
		bool failed = fault_end();
		capture_end(&capture);
		if (!failed || err != f->err || !says(capture.text, f->say, base_path))
			fail_msg("row %zu: %s, said '%s'", i, rec_strerror(err), capture.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(outputs_are_whole_or_the_old_stays),
	        cmocka_unit_test(named_outputs_do_not_clobber),
	        cmocka_unit_test(devices_and_descriptors),
	        cmocka_unit_test(no_descriptors),
	        cmocka_unit_test(inputs_are_whole_or_say_why),
	        cmocka_unit_test(pipes_are_kept_in_a_file),
	        cmocka_unit_test(spools_keep_all_or_say_why),
	};
	return cmocka_run_group_tests(tests, base_make, base_remove);
}
