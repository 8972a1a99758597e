/* SPDX-License-Identifier: MIT */
/*
 * The bytes of a muxer: an AVIOContext over base/out.h. The muxer may read its own output again (+faststart) and can open
 * nothing else. With a spool the bytes go to an unnamed temporary file (TMPDIR) first, for muxers that patch their head and an
 * output that cannot seek.
 */
#ifndef REC_MEDIA_MUXIO_H
#define REC_MEDIA_MUXIO_H

#include "base/out.h"

#include <libavformat/avformat.h>
#include <stdbool.h>

struct rec_muxio;

/** rec_muxio_open(io, out, spool): ${out} is borrowed until the end. REC_EIO, REC_ENOMEM; reported. */
int rec_muxio_open(struct rec_muxio **io, struct rec_out *out, bool spool);

/** rec_muxio_attach(io, context): make it the only way for ${context} to any byte. */
void rec_muxio_attach(struct rec_muxio *io, AVFormatContext *context);

/** rec_muxio_seekable(io): whether the muxer can go back. */
bool rec_muxio_seekable(const struct rec_muxio *io);

/** rec_muxio_error(io): 0, or the error of a write or read so far, which is reported already. */
int rec_muxio_error(const struct rec_muxio *io);

/** rec_muxio_finish(io): after the trailer: everything is in ${out}. REC_EIO (reported). */
int rec_muxio_finish(struct rec_muxio *io);

/** rec_muxio_free(io): after the AVFormatContext; NULL is fine. */
void rec_muxio_free(struct rec_muxio **io);

#endif
