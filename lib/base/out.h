/* SPDX-License-Identifier: MIT */
/*
 * Outputs that appear whole or not at all.
 *
 *     struct rec_out *out = NULL;
 *     if ((r = rec_out_begin(&out, path, no_clobber)) < 0) return r;    -- reported
 *     rec_out_write(out, ...), rec_out_seek(out, ...) ...
 *     r = rec_out_commit(&out);                                          -- or rec_out_discard(&out)
 *
 * A regular target is written as an unnamed file in its folder (O_TMPFILE; a named, locked one where the file system
 * has none), then synced, linked and renamed over the target, and the folder is synced. Until the commit the old file
 * is untouched, whatever happens, SIGKILL included; what a kill in the middle of a commit leaves is removed by the
 * next run. A symbolic link is followed, so its target is replaced or, when it dangles, made. A target that is no
 * regular file (a pipe, a device, /dev/stdout, /dev/fd/N) is written in place and cannot seek; `-` is standard output,
 * whatever that is. The mode follows the umask, or the file that is replaced. A URL is written as an unnamed file in
 * TMPDIR, which the commit sends.
 */
#ifndef REC_BASE_OUT_H
#define REC_BASE_OUT_H

#include "base/signals.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct rec_out;

/**
 * rec_out_begin(out, target, no_clobber):
 * Begin an output. ${target} is borrowed until the end.
 * Errors, all reported: REC_EEXIST: it is a regular file and ${no_clobber}; REC_EIO: the folder is missing or not
 * writable, the target is a folder; REC_EREMOTE, REC_EUSAGE: a URL where nothing can be written; REC_ENOMEM.
 */
int rec_out_begin(struct rec_out **out, const char *target, bool no_clobber);

/**
 * rec_out_begin_draft(draft, of):
 * A temporary file in TMPDIR for what cannot be written into ${of} in order. It seeks, reads back and is discarded; it is not
 * committed. REC_EIO, REC_ENOMEM, reported.
 */
int rec_out_begin_draft(struct rec_out **draft, const struct rec_out *of);

/**
 * rec_out_place(target):
 * Where rec_out_begin() would put it: the path, symbolic links in its last component followed; malloc'd. NULL, with errno: 0, standard output or
 * another descriptor; ELOOP and others, a link that leads nowhere; ENOMEM. ${target} is no URL.
 */
char *rec_out_place(const char *target);

/** rec_out_seekable(out): whether rec_out_seek() works (a regular file, a URL). */
bool rec_out_seekable(const struct rec_out *out);

/** rec_out_target(out): the target as messages show it: "standard output", a URL without its query. */
const char *rec_out_target(const struct rec_out *out);

/** rec_out_write(out, bytes, n): write all ${n} bytes at the current place. REC_EIO, reported once for this output. */
int rec_out_write(struct rec_out *out, const void *bytes, size_t n);

/**
 * rec_out_read_at(out, bytes, n, at):
 * pread of what was written so far; bytes read, 0 at the end, or REC_EIO (reported). Seekable only.
 */
ssize_t rec_out_read_at(struct rec_out *out, void *bytes, size_t n, int64_t at);

/** rec_out_seek(out, at): the place of the next write; REC_EIO when not seekable. */
int rec_out_seek(struct rec_out *out, int64_t at);

/** rec_out_tell(out), rec_out_size(out): bytes: the place of the next write; the highest place written. */
int64_t rec_out_tell(const struct rec_out *out);
int64_t rec_out_size(const struct rec_out *out);

/**
 * rec_out_fd(out):
 * The descriptor, for libraries that want one (libsndfile); owned by ${out}. Its writes are not seen by rec_out_tell().
 * rec_out_write() on a regular file does not move its offset.
 */
int rec_out_fd(const struct rec_out *out);

/**
 * rec_out_commit(out):
 * Make it appear; frees, sets NULL. REC_EIO (also when a write failed before), REC_EREMOTE or REC_EEXIST, reported: then
 * the old file is as it was.
 */
int rec_out_commit(struct rec_out **out);

/** rec_out_discard(out): leave no trace; NULL is fine. */
void rec_out_discard(struct rec_out **out);

#endif
