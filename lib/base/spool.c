/* SPDX-License-Identifier: MIT */
#include "base/spool.h"

#include "base/err.h"
#include "base/log.h"
#include "base/source.h"
#include "base/unlinked.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* records are handled a block at a time */
#define BLOCK_BYTES (1 << 20)

struct rec_spool {
	size_t record;
	size_t room;  /* bytes of a block: whole records */
	char *block;  /* while adding: what the file does not have yet; while reading: what was read last */
	size_t used;  /* bytes in it */
	size_t at;    /* while reading: the next record in it */
	int fd;       /* -1: everything fits in the block */
	int64_t size; /* bytes in the file */
	int64_t from; /* while reading: the next byte of the file */
	int64_t count;
};

int rec_spool_new(struct rec_spool **spool, size_t record)
{
	struct rec_spool *s = calloc(1, sizeof(*s));

	*spool = s;
	if (!s)
		return REC_ENOMEM;
	assert(record > 0 && record <= 4096);
	s->fd = -1;
	s->record = record;
	s->room = BLOCK_BYTES / record * record;
	s->block = malloc(s->room);
	if (!s->block) {
		rec_spool_free(spool);
		return REC_ENOMEM;
	}
	return REC_OK;
}

static int failed(void)
{
	return rec_report(REC_EIO,
	        "cannot keep what was measured in a temporary file in '%s': %s; set TMPDIR to a "
	        "folder with room",
	        rec_unlinked_folder(), strerror(errno));
}

static int write_block(struct rec_spool *s)
{
	size_t done = 0;

	if (s->fd < 0 && rec_source_unlinked(&s->fd) < 0)
		return REC_EIO;
	while (done < s->used) {
		ssize_t n = pwrite(s->fd, s->block + done, s->used - done, s->size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return failed();
		done += (size_t)n;
		s->size += n;
	}
	s->used = 0;
	return REC_OK;
}

int rec_spool_add(struct rec_spool *s, const void *record)
{
	if (s->used == s->room && write_block(s) < 0)
		return REC_EIO;
	memcpy(s->block + s->used, record, s->record);
	s->used += s->record;
	s->count++;
	return REC_OK;
}

int64_t rec_spool_count(const struct rec_spool *s)
{
	return s->count;
}

static int read_block(struct rec_spool *s)
{
	size_t want = s->size - s->from < (int64_t)s->room ? (size_t)(s->size - s->from) : s->room;

	s->used = s->at = 0;
	while (s->used < want) {
		ssize_t n = pread(s->fd, s->block + s->used, want - s->used, s->from);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return failed();
		s->used += (size_t)n;
		s->from += n;
	}
	return REC_OK;
}

int rec_spool_rewind(struct rec_spool *s)
{
	s->at = 0;
	if (s->fd < 0)
		return REC_OK;
	if (s->size < s->count * (int64_t)s->record && write_block(s) < 0)
		return REC_EIO;
	s->from = 0;
	return read_block(s);
}

int rec_spool_next(struct rec_spool *s, void *record)
{
	if (s->at == s->used) {
		if (s->fd < 0 || s->from == s->size)
			return REC_ENODATA;
		if (read_block(s) < 0)
			return REC_EIO;
	}
	memcpy(record, s->block + s->at, s->record);
	s->at += s->record;
	return REC_OK;
}

void rec_spool_free(struct rec_spool **spool)
{
	if (!*spool)
		return;
	if ((*spool)->fd >= 0)
		close((*spool)->fd);
	free((*spool)->block);
	free(*spool);
	*spool = NULL;
}
