/* SPDX-License-Identifier: MIT */
/*
 * Records of one size, written once and then read from the start, as often as needed. A megabyte or two stays in memory; what is more
 * goes to an unlinked temporary file (TMPDIR, else /tmp), so that any number costs bounded memory.
 */
#ifndef REC_BASE_SPOOL_H
#define REC_BASE_SPOOL_H

#include <stddef.h>
#include <stdint.h>

struct rec_spool;

/** rec_spool_new(spool, record): records of ${record} bytes, in [1, 4096]. REC_ENOMEM. */
int rec_spool_new(struct rec_spool **spool, size_t record);

/** rec_spool_add(spool, record): append one. REC_EIO (reported): no room in the temporary folder. */
int rec_spool_add(struct rec_spool *spool, const void *record);

/** rec_spool_count(spool): records so far. */
int64_t rec_spool_count(const struct rec_spool *spool);

/** rec_spool_rewind(spool): the next read gives the first record; nothing is added any more. REC_EIO (reported). */
int rec_spool_rewind(struct rec_spool *spool);

/** rec_spool_next(spool, record): the next one. REC_ENODATA: there is none; REC_EIO (reported). */
int rec_spool_next(struct rec_spool *spool, void *record);

void rec_spool_free(struct rec_spool **spool);

#endif
