/* SPDX-License-Identifier: MIT */
/*
 * Packets of one or two streams into a container, ordered by decoding time. The order depends on the stamps alone, never on
 * which thread came first: a packet is written once every stream that has not ended holds a later one. What waits for that is
 * kept in memory, compressed, without a bound.
 *
 *     rec_muxer_open(&m, format, out);  rec_muxer_add(m, &stream, &index) ...;  rec_muxer_begin(m);
 *     rec_muxer_write(m, index, packet) ...;  rec_muxer_end(m, index) ...;         -- any thread
 *     r = rec_muxer_finish(m);  rec_muxer_free(&m);
 */
#ifndef REC_MEDIA_MUXER_H
#define REC_MEDIA_MUXER_H

#include "base/out.h"
#include "media/formats.h"

#include <libavcodec/avcodec.h>

#define REC_MUXER_STREAMS 2

struct rec_chapter;
struct rec_muxer;

struct rec_muxer_stream {
	const AVCodecParameters *par; /* copied */
	AVRational time_base;         /* of the packets' stamps */
	AVRational frame_rate;        /* of picture; {0, 1} for sound, and where it varies */
	const int32_t *matrix;        /* display matrix; NULL: none */
};

/** rec_muxer_open(muxer, format, out): ${out} is borrowed until the end. REC_EIO, REC_ENOMEM, REC_EENCODE: no such muxer; reported. */
int rec_muxer_open(struct rec_muxer **muxer, const struct rec_format *format, struct rec_out *out);

/** rec_muxer_add(muxer, stream, index): before begin; at most REC_MUXER_STREAMS. REC_ENOMEM (reported). */
int rec_muxer_add(struct rec_muxer *muxer, const struct rec_muxer_stream *stream, int *index);

/** rec_muxer_chapter(muxer, chapter): before begin, in order. REC_ENOMEM (reported). */
int rec_muxer_chapter(struct rec_muxer *muxer, const struct rec_chapter *chapter);

/** rec_muxer_begin(muxer): write the head. REC_EENCODE: the container refuses a stream; REC_EIO; reported. */
int rec_muxer_begin(struct rec_muxer *muxer);

/** rec_muxer_write(muxer, index, packet): move out what ${packet} holds. REC_EIO, REC_EENCODE, REC_ENOMEM; reported. Thread-safe. */
int rec_muxer_write(struct rec_muxer *muxer, int index, AVPacket *packet);

/** rec_muxer_end(muxer, index): nothing more of that stream, which holds back no other any more. As rec_muxer_write(). */
int rec_muxer_end(struct rec_muxer *muxer, int index);

/** rec_muxer_finish(muxer): every stream has ended: write the rest, trailer, index. The file is then in ${out}, not committed. Reported. */
int rec_muxer_finish(struct rec_muxer *muxer);

/** rec_muxer_free(muxer): NULL is fine. */
void rec_muxer_free(struct rec_muxer **muxer);

#endif
