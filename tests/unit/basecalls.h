/* SPDX-License-Identifier: MIT */
/* What a tool does with lib/base's files, each in one call that says how it went: for tests in which something on the way fails. */
#ifndef REC_TESTS_UNIT_BASECALLS_H
#define REC_TESTS_UNIT_BASECALLS_H

#include "base/err.h"
#include "base/out.h"
#include "base/source.h"
#include "tests/unit/tmp.h"

static char *base_path; /* the file that they work on */

static inline int base_make(void **state)
{
	if (tmp_make(state) < 0)
		return -1;
	base_path = tmp_path("out");
	return setenv("TMPDIR", tmp, 1);
}

static inline int base_remove(void **state)
{
	free(base_path);
	return tmp_remove(state);
}

/* "new", over what was there */
static inline int write_new(void)
{
	struct rec_out *out = NULL;
	int err = rec_out_begin(&out, base_path, false);

	if (err == REC_OK)
		err = rec_out_write(out, "new", 3);
	if (err == REC_OK) {
		char back[3];

		err = rec_out_read_at(out, back, 3, 0) == 3 ? REC_OK : REC_EIO;
	}
	if (err == REC_OK)
		err = rec_out_commit(&out);
	rec_out_discard(&out);
	return err;
}

/* the file holds "old" for those that read; REC_EINVAL: they found something else */
static inline int read_whole(void)
{
	char *text = NULL;
	size_t n = 0;
	int err = rec_source_slurp(base_path, 100, &text, &n);

	if (err == REC_OK && (n != 3 || strcmp(text, "old") != 0))
		err = REC_EINVAL;
	free(text);
	return err;
}

static inline int read_twice(void)
{
	struct rec_source *first = NULL, *second = NULL;
	char bytes[4] = "";
	int err = rec_source_open(&first, base_path);

	if (err == REC_OK)
		err = rec_source_again(first, &second);
	if (err == REC_OK && (rec_source_read_at(second, 1, bytes, 3) != 2 || strcmp(bytes, "ld") != 0))
		err = rec_source_error(second);
	rec_source_close(&first);
	rec_source_close(&second);
	return err;
}

/* Standard input becomes a pipe with "old" in it; what it was, for pipe_end(). */
static inline int pipe_begin(void)
{
	int ends[2], saved = dup(STDIN_FILENO);

	if (saved < 0 || pipe(ends) < 0 || write(ends[1], "old", 3) != 3 || dup2(ends[0], STDIN_FILENO) < 0)
		abort();
	close(ends[0]);
	close(ends[1]);
	return saved;
}

static inline void pipe_end(int saved)
{
	if (dup2(saved, STDIN_FILENO) < 0)
		abort();
	close(saved);
}

/* such a pipe, made seekable */
static inline int read_pipe(void)
{
	struct rec_source *source = NULL;
	char bytes[4] = "";
	int err = rec_source_open(&source, "-");

	if (err == REC_OK)
		err = rec_source_make_seekable(source);
	if (err == REC_OK && (rec_source_read_at(source, 0, bytes, 3) != 3 || strcmp(bytes, "old") != 0))
		err = REC_EINVAL;
	rec_source_close(&source);
	return err;
}

#endif
