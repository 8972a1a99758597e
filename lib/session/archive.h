/* SPDX-License-Identifier: MIT */
/*
 * A zip of recordings, read safely: names that lead out, links, and more bytes than such a file can honestly hold are refused. The only
 * includer of libarchive.
 *
 *     rec_archive_open(&archive, "archive.zip");
 *     for (i < rec_archive_count(archive)) rec_archive_name(archive, i) ...;
 *     rec_archive_extract(archive, i, &source);
 *     rec_archive_close(&archive);
 */
#ifndef REC_SESSION_ARCHIVE_H
#define REC_SESSION_ARCHIVE_H

#include "base/source.h"

#include <stdbool.h>
#include <stddef.h>

struct rec_archive;

/** rec_archive_recognises(path): 1: it is a regular file that begins as a zip does; 0: it is none; REC_EIO (reported). */
int rec_archive_recognises(const char *path);

/**
 * rec_archive_open(archive, path):
 * Read the list of members. Errors, reported: REC_EINPUT: no zip, damaged, encrypted, more than 1000 members, a name that is absolute or
 * has `..`, a member that is no file and no folder, two of one name; REC_ENOMEM.
 */
int rec_archive_open(struct rec_archive **archive, const char *path);

/** rec_archive_count(archive), rec_archive_name(archive, i): the files in it, sorted by name; folders are not listed. */
size_t rec_archive_count(const struct rec_archive *archive);
const char *rec_archive_name(const struct rec_archive *archive, size_t i);

/**
 * rec_archive_extract(archive, i, source):
 * A member's bytes in an unlinked temporary file, called "archive.zip: member"; the caller's to close. All members together may grow to ten times the archive's own
 * size and 64 MiB: media does not shrink, so what grows more is a bomb.
 * Errors, reported: REC_EINPUT: damaged, too large; REC_EIO: no room; REC_ENOMEM.
 */
int rec_archive_extract(struct rec_archive *archive, size_t i, struct rec_source **source);

void rec_archive_close(struct rec_archive **archive);

#endif
