/* SPDX-License-Identifier: MIT */
#include "media/encoder.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/queue.h"
#include "media/libav.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

struct rec_encoder {
	AVCodecContext *context;
	AVPacket *packet;
	struct rec_queue *queue;
	struct rec_packet_sink sink;
	pthread_t thread;
	bool running;
	atomic_bool cancelled; /* tells a cancelled queue from a finished one */
	int64_t work_ns;       /* of the thread until the join */
};

static void drop_frame(void *item)
{
	AVFrame *frame = item;

	av_frame_free(&frame);
}

int rec_encoder_new(struct rec_encoder **encoder, AVCodecContext *context, size_t capacity)
{
	struct rec_encoder *e = calloc(1, sizeof *e);

	if (!e) {
		avcodec_free_context(&context);
		return rec_report(REC_ENOMEM, "cannot start an encoder: out of memory");
	}
	e->context = context;
	e->packet = av_packet_alloc();
	if (!e->packet || rec_queue_new(&e->queue, capacity, drop_frame) < 0) {
		rec_encoder_free(&e);
		return rec_report(REC_ENOMEM, "cannot start an encoder: out of memory");
	}
	*encoder = e;
	return REC_OK;
}

const AVCodecContext *rec_encoder_context(const struct rec_encoder *encoder)
{
	return encoder->context;
}

static int failed(const struct rec_encoder *e, int av)
{
	char text[64];

	return rec_report(av == AVERROR(ENOMEM) ? REC_ENOMEM : REC_EENCODE, "encoder '%s' failed: %s",
	        e->context->codec->name, rec_libav_text(av, text));
}

/* a libav call on the encoder's time */
static int timed(struct rec_encoder *e, int64_t begin_ns, int av)
{
	e->work_ns += rec_monotonic_ns() - begin_ns;
	return av;
}

/* everything that the encoder has ready */
static int drain(struct rec_encoder *e)
{
	for (;;) {
		int64_t begin_ns = rec_monotonic_ns();
		int av = timed(e, begin_ns, avcodec_receive_packet(e->context, e->packet));
		if (av == AVERROR(EAGAIN) || av == AVERROR_EOF)
			return REC_OK;
		if (av < 0)
			return failed(e, av);
		/* not every encoder says it; the time base is one frame */
		if (e->context->codec_type == AVMEDIA_TYPE_VIDEO)
			e->packet->duration = 1;
		int r = e->sink.packet(e->sink.state, e->packet);
		av_packet_unref(e->packet);
		if (r < 0)
			return r;
	}
}

/* ${frame} NULL: the end */
static int encode(struct rec_encoder *e, const AVFrame *frame)
{
	int64_t begin_ns = rec_monotonic_ns();
	int av = timed(e, begin_ns, avcodec_send_frame(e->context, frame));

	if (av < 0)
		return failed(e, av);
	return drain(e);
}

static void *work(void *arg)
{
	struct rec_encoder *e = arg;
	void *item;
	int r = REC_OK;

	while (r == REC_OK && rec_queue_pop(e->queue, &item) == 0) {
		AVFrame *frame = item;
		r = encode(e, frame);
		av_frame_free(&frame);
	}
	if (r == REC_OK)
		r = atomic_load(&e->cancelled) ? REC_ENODATA : encode(e, NULL);
	if (r < 0)
		rec_encoder_cancel(e);
	e->sink.end(e->sink.state, r);
	return NULL;
}

int rec_encoder_start(struct rec_encoder *encoder, const struct rec_packet_sink *sink)
{
	encoder->sink = *sink;
	if (pthread_create(&encoder->thread, NULL, work, encoder) != 0)
		return rec_report(REC_ENOMEM, "cannot start an encoder: no thread");
	encoder->running = true;
	return REC_OK;
}

int rec_encoder_push(struct rec_encoder *encoder, AVFrame *frame)
{
	int r = rec_queue_push(encoder->queue, frame);

	if (r < 0)
		av_frame_free(&frame);
	return r;
}

void rec_encoder_finish(struct rec_encoder *encoder)
{
	rec_queue_close(encoder->queue);
}

void rec_encoder_cancel(struct rec_encoder *encoder)
{
	atomic_store(&encoder->cancelled, true);
	rec_queue_cancel(encoder->queue);
}

void rec_encoder_join(struct rec_encoder *encoder)
{
	if (encoder->running)
		pthread_join(encoder->thread, NULL);
	encoder->running = false;
}

int64_t rec_encoder_work_ns(const struct rec_encoder *encoder)
{
	return encoder->work_ns;
}

void rec_encoder_free(struct rec_encoder **encoder)
{
	struct rec_encoder *e = *encoder;

	*encoder = NULL;
	if (!e)
		return;
	if (e->queue)
		rec_encoder_cancel(e);
	rec_encoder_join(e);
	rec_queue_free(&e->queue);
	av_packet_free(&e->packet);
	avcodec_free_context(&e->context);
	free(e);
}
