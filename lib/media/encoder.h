/* SPDX-License-Identifier: MIT */
/*
 * One encoder on a thread of its own: frames in through a bounded queue, packets out to a sink.
 *
 *     rec_encoder_new(&enc, context, capacity);
 *     rec_encoder_start(enc, &sink);
 *     rec_encoder_push(enc, frame) ...  rec_encoder_finish(enc);      -- or rec_encoder_cancel(enc), any thread
 *     rec_encoder_join(enc);  rec_encoder_free(&enc);
 */
#ifndef REC_MEDIA_ENCODER_H
#define REC_MEDIA_ENCODER_H

#include <libavcodec/avcodec.h>
#include <stddef.h>
#include <stdint.h>

struct rec_encoder;

/* where packets go; called on the encoder's thread */
struct rec_packet_sink {
	/* ${packet} is the encoder's, what it holds may be moved out; stamps in the context's time base. 0 or a rec_err, reported. */
	int (*packet)(void *state, AVPacket *packet);
	/* once, last: 0: every packet was given; REC_ENODATA: cancelled; else the error, reported */
	void (*end)(void *state, int err);
	void *state;
};

/** rec_encoder_new(encoder, context, capacity): take over an open ${context}, also on error; ${capacity} frames may wait. REC_ENOMEM (reported). */
int rec_encoder_new(struct rec_encoder **encoder, AVCodecContext *context, size_t capacity);

const AVCodecContext *rec_encoder_context(const struct rec_encoder *encoder);

/** rec_encoder_start(encoder, sink): ${sink} is copied. REC_ENOMEM (reported): no thread. */
int rec_encoder_start(struct rec_encoder *encoder, const struct rec_packet_sink *sink);

/** rec_encoder_push(encoder, frame): take over ${frame}, also on error; wait for room. REC_ENODATA: ended by finish, cancel or an error. */
int rec_encoder_push(struct rec_encoder *encoder, AVFrame *frame);

/** rec_encoder_finish(encoder): no more frames: encode what waits. */
void rec_encoder_finish(struct rec_encoder *encoder);

/** rec_encoder_cancel(encoder): drop what waits and end soon; wakes a waiting push. */
void rec_encoder_cancel(struct rec_encoder *encoder);

/** rec_encoder_join(encoder): wait for the thread; after finish or cancel. */
void rec_encoder_join(struct rec_encoder *encoder);

/** rec_encoder_work_ns(encoder): time inside the encoder; after the join. */
int64_t rec_encoder_work_ns(const struct rec_encoder *encoder);

/** rec_encoder_free(encoder): cancel and join if need be; NULL is fine. */
void rec_encoder_free(struct rec_encoder **encoder);

#endif
