/* SPDX-License-Identifier: MIT */
#include "media/muxio.h"

#include "base/err.h"
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUFFER = 1 << 16 };

struct rec_muxio {
	AVIOContext *pb;
	struct rec_out *target; /* borrowed */
	struct rec_out *spool;  /* NULL: none */
	int err;
};

/* the second look of +faststart */
struct reader {
	struct rec_muxio *io;
	int64_t at;
};

/* where the muxer writes */
static struct rec_out *sink(const struct rec_muxio *io)
{
	return io->spool ? io->spool : io->target;
}

static int keep(struct rec_muxio *io, int r)
{
	if (r < 0 && io->err == 0)
		io->err = r;
	return r < 0 ? AVERROR(EIO) : 0;
}

#if LIBAVFORMAT_VERSION_MAJOR >= 61
static int write_bytes(void *opaque, const uint8_t *bytes, int n)
#else
static int write_bytes(void *opaque, uint8_t *bytes, int n)
#endif
{
	struct rec_muxio *io = opaque;

	if (io->err)
		return AVERROR(EIO);
	int av = keep(io, rec_out_write(sink(io), bytes, (size_t)n));
	return av < 0 ? av : n;
}

static int64_t seek_bytes(void *opaque, int64_t at, int whence)
{
	struct rec_muxio *io = opaque;

	whence &= ~AVSEEK_FORCE;
	if (whence == AVSEEK_SIZE)
		return rec_out_size(sink(io));
	if (whence == SEEK_CUR)
		at += rec_out_tell(sink(io));
	else if (whence == SEEK_END)
		at += rec_out_size(sink(io));
	int av = keep(io, rec_out_seek(sink(io), at));
	return av < 0 ? av : at;
}

static int read_again(void *opaque, uint8_t *bytes, int n)
{
	struct reader *reader = opaque;
	ssize_t got = rec_out_read_at(sink(reader->io), bytes, (size_t)n, reader->at);

	if (got < 0)
		return keep(reader->io, (int)got);
	reader->at += got;
	return got == 0 ? AVERROR_EOF : (int)got;
}

static int64_t seek_again(void *opaque, int64_t at, int whence)
{
	struct reader *reader = opaque;
	int64_t size = rec_out_size(sink(reader->io));

	whence &= ~AVSEEK_FORCE;
	if (whence == AVSEEK_SIZE)
		return size;
	if (whence == SEEK_CUR)
		at += reader->at;
	else if (whence == SEEK_END)
		at += size;
	if (at < 0)
		return AVERROR(EINVAL);
	return reader->at = at;
}

static void free_reader(AVIOContext *pb)
{
	free(pb->opaque);
	av_free(pb->buffer);
	avio_context_free(&pb);
}

/* Only what was written here can be opened, and only to read. */
static int open_again(AVFormatContext *context, AVIOContext **pb, const char *url, int flags, AVDictionary **options)
{
	struct rec_muxio *io = context->opaque;

	(void)options;
	if (flags != AVIO_FLAG_READ || strcmp(url, context->url) != 0 || !rec_muxio_seekable(io))
		return AVERROR(EPERM);
	struct reader *reader = calloc(1, sizeof *reader);
	unsigned char *buffer = av_malloc(BUFFER);
	*pb = buffer && reader ? avio_alloc_context(buffer, BUFFER, 0, reader, read_again, NULL, seek_again) : NULL;
	if (!*pb) {
		av_free(buffer);
		free(reader);
		return AVERROR(ENOMEM);
	}
	reader->io = io;
	return 0;
}

static int close_again(AVFormatContext *context, AVIOContext *pb)
{
	(void)context;
	free_reader(pb);
	return 0;
}

int rec_muxio_open(struct rec_muxio **io, struct rec_out *out, bool spool)
{
	struct rec_muxio *m = calloc(1, sizeof *m);

	if (!m)
		return rec_report(REC_ENOMEM, "cannot write '%s': out of memory", rec_out_target(out));
	m->target = out;
	int r = spool ? rec_out_begin_draft(&m->spool, out) : REC_OK;
	if (r < 0) {
		rec_muxio_free(&m);
		return r;
	}
	unsigned char *buffer = av_malloc(BUFFER);
	bool seekable = rec_muxio_seekable(m);
	m->pb = buffer ? avio_alloc_context(buffer, BUFFER, 1, m, NULL, write_bytes, seekable ? seek_bytes : NULL)
	               : NULL;
	if (!m->pb) {
		av_free(buffer);
		rec_muxio_free(&m);
		return rec_report(REC_ENOMEM, "cannot write '%s': out of memory", rec_out_target(out));
	}
	m->pb->seekable = seekable ? AVIO_SEEKABLE_NORMAL : 0;
	*io = m;
	return REC_OK;
}

void rec_muxio_attach(struct rec_muxio *io, AVFormatContext *context)
{
	context->pb = io->pb;
	context->flags |= AVFMT_FLAG_CUSTOM_IO;
	context->opaque = io;
	context->io_open = open_again;
	context->io_close2 = close_again;
}

bool rec_muxio_seekable(const struct rec_muxio *io)
{
	return rec_out_seekable(sink(io));
}

int rec_muxio_error(const struct rec_muxio *io)
{
	return io->err;
}

static int copy_spool(struct rec_muxio *io)
{
	unsigned char bytes[BUFFER];
	int64_t at = 0;

	for (;;) {
		ssize_t n = rec_out_read_at(io->spool, bytes, sizeof bytes, at);
		if (n <= 0)
			return (int)n;
		int r = rec_out_write(io->target, bytes, (size_t)n);
		if (r < 0)
			return r;
		at += n;
	}
}

int rec_muxio_finish(struct rec_muxio *io)
{
	avio_flush(io->pb);
	if (io->err == 0 && io->pb->error < 0)
		io->err = rec_report(REC_EIO, "cannot write '%s'", rec_out_target(io->target));
	if (io->err == 0 && io->spool)
		io->err = copy_spool(io);
	return io->err;
}

void rec_muxio_free(struct rec_muxio **io)
{
	struct rec_muxio *m = *io;

	*io = NULL;
	if (!m)
		return;
	if (m->pb)
		av_freep(&m->pb->buffer);
	avio_context_free(&m->pb);
	rec_out_discard(&m->spool);
	free(m);
}
