/* SPDX-License-Identifier: MIT */
/*
 * Bytes to read: a file, a pipe, standard input (`-`); lib/net adds URLs. Media and manifests are read through this
 * alone.
 */
#ifndef REC_BASE_SOURCE_H
#define REC_BASE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct rec_source;

struct rec_source_ops {
	ssize_t (*read)(void *state, void *bytes, size_t n,
	        int64_t at); /* bytes read (short is fine), 0 at the end, or a rec_err; reports its errors itself */
	void (*close)(void *state);
	int (*again)(void *state, void **copy); /* a second state over the same bytes, for any thread; NULL: cannot */
};

/**
 * rec_source_open(source, path):
 * Open a local file, a named pipe (waits for its writer) or standard input, a regular file there from where it stands.
 * A folder, a block device or a named socket is refused; a character device is read like a pipe. A URL is opened by what
 * rec_remote_install() was given.
 * Errors, reported: REC_EINPUT: missing, not readable, refused; REC_EREMOTE: a URL that cannot be read; REC_ENOMEM.
 */
int rec_source_open(struct rec_source **source, const char *path);

/**
 * rec_source_fd(path):
 * open() a local file for reading. Of a temporary file without a name the sandbox (base/sandbox.h) lets `/proc/self/fd/N` not be opened again: then it is
 * duplicated, at its start, and shares its offset. -1 with errno.
 */
int rec_source_fd(const char *path);

/** rec_source_descriptor(path): N of `/proc/self/fd/N`; -1: it is another path. */
int rec_source_descriptor(const char *path);

/**
 * rec_source_new(source, name, ops, state, size, seekable):
 * Wrap ${state}; ${size} in bytes, -1 when not known. Takes ${state} over, also on error: REC_ENOMEM (reported).
 * ${name} is copied; ${ops} stays valid as long as the source.
 */
int rec_source_new(struct rec_source **source, const char *name, const struct rec_source_ops *ops, void *state,
        int64_t size, bool seekable);

/** rec_source_name(source): for messages: the path, "standard input", a URL without its query. */
const char *rec_source_name(const struct rec_source *source);
int64_t rec_source_size(const struct rec_source *source); /* -1: not known */
bool rec_source_seekable(const struct rec_source *source);

/** rec_source_read(source, bytes, n): from the current place; bytes read, 0 at the end, or a rec_err (reported); REC_EIO also: a file ends before its size. */
ssize_t rec_source_read(struct rec_source *source, void *bytes, size_t n);

/** rec_source_error(source): the first error that reading gave, for those who cannot tell it from the end; 0: none. */
int rec_source_error(const struct rec_source *source);

/** rec_source_seek(source, at): REC_EIO when not seekable or negative. */
int rec_source_seek(struct rec_source *source, int64_t at);
int64_t rec_source_tell(const struct rec_source *source);

/** rec_source_read_at(source, at, bytes, n): as many of ${n} bytes from ${at} as there are; 0 where it cannot seek there. The current place moves. */
size_t rec_source_read_at(struct rec_source *source, int64_t at, void *bytes, size_t n);

/**
 * rec_source_make_seekable(source):
 * Copy what a pipe holds into an unlinked temporary file (TMPDIR, else /tmp) so that it can be read twice; its size is
 * known then. Called before the first read. Does nothing when seekable.
 * Errors, reported: those of reading; REC_EIO: no room or no folder; REC_ENOMEM. Then only the close is left.
 */
int rec_source_make_seekable(struct rec_source *source);

/**
 * rec_source_head(path, bytes, n):
 * The first ${n} bytes of a regular file, fewer where it is shorter, to tell what it is; without waiting for a pipe.
 * Return their number, 0 where it is none or cannot be opened; REC_EIO (reported).
 */
ssize_t rec_source_head(const char *path, void *bytes, size_t n);

/** rec_source_unlinked(fd): a temporary file without a name (TMPDIR, else /tmp), open for reading and writing; the caller's. REC_EIO (reported). */
int rec_source_unlinked(int *fd);

/** rec_source_from_fd(source, name, fd, size): a regular file of ${size} bytes, read from its start. Takes ${fd} over, also on error: REC_ENOMEM (reported). */
int rec_source_from_fd(struct rec_source **source, const char *name, int fd, int64_t size);

/**
 * rec_source_again(source, again):
 * A second reader of the same bytes, from their start, with a place of its own; each may be used in a thread of its own. Seekable only.
 * Errors, reported: REC_EIO: this kind of source is read once; REC_ENOMEM.
 */
int rec_source_again(const struct rec_source *source, struct rec_source **again);

/**
 * rec_source_slurp(path, limit, text, n):
 * The whole of a small file, NUL-terminated, malloc'd; ${n} without the NUL.
 * Errors, reported: REC_EINPUT (also when larger than ${limit} bytes); REC_EIO; REC_ENOMEM.
 */
int rec_source_slurp(const char *path, size_t limit, char **text, size_t *n);

/** rec_source_rest(source, limit, text, n): likewise what is left of an open one. */
int rec_source_rest(struct rec_source *source, size_t limit, char **text, size_t *n);

void rec_source_close(struct rec_source **source);

#endif
