/* SPDX-License-Identifier: MIT */
#include "media/output.h"

#include "base/err.h"
#include "base/log.h"
#include "base/out.h"
#include "media/codecs.h"
#include "media/encoder.h"
#include "media/formats.h"
#include "media/libav.h"
#include "media/muxer.h"
#include "media/packer.h"

#include <pthread.h>
#include <stdlib.h>

static const size_t default_queue_frames = 4;
static const size_t audio_queue_frames = 16;

enum { VIDEO, AUDIO, STREAMS };

struct stream {
	struct rec_output *output;
	struct rec_encoder *encoder; /* NULL: no such stream, or its packets are given */
	bool given;
	int index;  /* in the muxer */
	bool ended; /* of the feeding thread */
};

struct rec_output {
	const struct rec_format *format;
	struct rec_out *out;
	struct rec_muxer *muxer;
	struct stream streams[STREAMS];
	struct rec_packer packer; /* of the thread that feeds sound */
	int64_t frames;           /* of the thread that feeds pictures */
	pthread_mutex_t lock;
	int err; /* the first error, under the lock */
};

const char *rec_output_format(const char *path, const char *format)
{
	const struct rec_format *row = rec_formats_find(path, format);

	return row ? row->name : NULL;
}

bool rec_output_format_has(const char *format, bool video)
{
	const struct rec_format *row = rec_formats_find(NULL, format ? format : "");

	return row && (video ? row->video[0] : row->audio[0]) != NULL;
}

static int first_error(struct rec_output *o)
{
	pthread_mutex_lock(&o->lock);
	int r = o->err;
	pthread_mutex_unlock(&o->lock);
	return r;
}

/* Keep the first error and end both encoders, which wakes whoever waits. Return the first error. */
static int fail(struct rec_output *o, int err)
{
	pthread_mutex_lock(&o->lock);
	if (o->err == 0)
		o->err = err;
	err = o->err;
	pthread_mutex_unlock(&o->lock);
	for (int i = 0; i < STREAMS; i++) {
		if (o->streams[i].encoder)
			rec_encoder_cancel(o->streams[i].encoder);
	}
	return err;
}

static int take_packet(void *state, AVPacket *packet)
{
	struct stream *s = state;

	return rec_muxer_write(s->output->muxer, s->index, packet);
}

static void take_end(void *state, int err)
{
	struct stream *s = state;

	if (err == 0)
		err = rec_muxer_end(s->output->muxer, s->index);
	if (err < 0)
		fail(s->output, err);
}

static int open_encoders(struct rec_output *o, const struct rec_output_params *params)
{
	AVCodecContext *context;
	int r = REC_OK;

	if (params->video) {
		r = rec_codecs_open_video(&context, o->format, params->video);
		size_t capacity = params->queue_frames ? params->queue_frames : default_queue_frames;
		if (r == REC_OK)
			r = rec_encoder_new(&o->streams[VIDEO].encoder, context, capacity);
	}
	if (params->audio && r == REC_OK) {
		r = rec_codecs_open_audio(&context, o->format, params->audio);
		if (r == REC_OK)
			r = rec_encoder_new(&o->streams[AUDIO].encoder, context, audio_queue_frames);
		if (r == REC_OK)
			rec_packer_init(&o->packer, rec_encoder_context(o->streams[AUDIO].encoder));
	}
	return r;
}

static int add_stream(struct rec_output *o, struct stream *s)
{
	const AVCodecContext *context = rec_encoder_context(s->encoder);
	AVCodecParameters *par = avcodec_parameters_alloc();
	struct rec_muxer_stream row = {par, context->time_base, context->framerate, NULL};
	int r = REC_ENOMEM;

	if (!par || avcodec_parameters_from_context(par, context) < 0)
		rec_report(r, "cannot write '%s': out of memory", rec_out_target(o->out));
	else
		r = rec_muxer_add(o->muxer, &row, &s->index);
	avcodec_parameters_free(&par);
	return r;
}

static int add_given(struct rec_output *o, const struct rec_packet_params *packets)
{
	const struct rec_muxer_stream row = {packets->par, packets->time_base, packets->frame_rate, packets->matrix};

	o->streams[VIDEO].given = true;
	return rec_muxer_add(o->muxer, &row, &o->streams[VIDEO].index);
}

static int open_muxer(struct rec_output *o, const struct rec_output_params *params)
{
	int r = rec_muxer_open(&o->muxer, o->format, o->out);

	if (r == REC_OK && params->packets)
		r = add_given(o, params->packets);
	for (size_t i = 0; i < params->nchapters && r == REC_OK; i++)
		r = rec_muxer_chapter(o->muxer, &params->chapters[i]);
	for (int i = 0; i < STREAMS && r == REC_OK; i++) {
		if (o->streams[i].encoder)
			r = add_stream(o, &o->streams[i]);
	}
	return r < 0 ? r : rec_muxer_begin(o->muxer);
}

static int start(struct rec_output *o)
{
	int r = REC_OK;

	for (int i = 0; i < STREAMS && r == REC_OK; i++) {
		struct stream *s = &o->streams[i];
		const struct rec_packet_sink sink = {take_packet, take_end, s};
		s->output = o;
		if (s->encoder)
			r = rec_encoder_start(s->encoder, &sink);
	}
	return r;
}

static int find_format(const struct rec_format **format, const char *path, const struct rec_output_params *params)
{
	*format = rec_formats_find(path, params->format);
	if (!*format && params->format)
		return rec_report(REC_EUSAGE, "unknown format '%s': %s", params->format, rec_formats_names());
	if (!*format)
		return rec_report(REC_EUSAGE, "cannot tell a format from the name '%s': end it in, or give, one of %s",
		        path, rec_formats_names());
	if (!params->video && !params->audio && !params->packets)
		return rec_report(REC_EUSAGE, "nothing to write to '%s': neither picture nor sound", path);
	return REC_OK;
}

static int begin(struct rec_output **output, const char *path, const struct rec_output_params *params)
{
	const struct rec_format *format;
	int r = find_format(&format, path, params);

	if (r < 0)
		return r;
	rec_libav_init();
	*output = calloc(1, sizeof **output);
	if (!*output)
		return rec_report(REC_ENOMEM, "cannot write '%s': out of memory", path);
	(*output)->format = format;
	pthread_mutex_init(&(*output)->lock, NULL);
	return REC_OK;
}

int rec_output_open(struct rec_output **output, const char *path, const struct rec_output_params *params)
{
	struct rec_out *out = params->out;
	struct rec_output *o = NULL;
	int r = begin(&o, path, params);

	if (r < 0) {
		rec_out_discard(&out);
		return r;
	}
	o->out = out;
	r = open_encoders(o, params);
	if (r == REC_OK && !o->out)
		r = rec_out_begin(&o->out, path, params->no_clobber);
	if (r == REC_OK)
		r = open_muxer(o, params);
	if (r == REC_OK)
		r = start(o);
	if (r < 0)
		rec_output_discard(&o);
	else
		*output = o;
	return r;
}

int rec_output_check(const char *path, const struct rec_output_params *params)
{
	struct rec_output *o = NULL;
	int r = begin(&o, path, params);

	if (r == REC_OK)
		r = open_encoders(o, params);
	rec_output_discard(&o);
	return r;
}

/* hand over ${frame} */
static int push(struct rec_output *o, int which, AVFrame *frame)
{
	return rec_encoder_push(o->streams[which].encoder, frame) < 0 ? first_error(o) : REC_OK;
}

/* before anything is fed to a stream: it is there, open and well */
static int check_open(struct rec_output *o, int which)
{
	const struct stream *s = &o->streams[which];

	if (!(s->encoder || s->given) || s->ended)
		return rec_report(REC_EINVAL, "cannot write '%s': that stream is not open", rec_out_target(o->out));
	return first_error(o);
}

int rec_output_video(struct rec_output *output, const AVFrame *frame)
{
	int r = check_open(output, VIDEO);

	if (r < 0)
		return r;
	const AVCodecContext *context = rec_encoder_context(output->streams[VIDEO].encoder);
	if (frame->width != context->width || frame->height != context->height || frame->format != AV_PIX_FMT_YUV420P)
		return rec_report(REC_EINVAL, "cannot encode a picture of %dx%d: the output is %dx%d yuv420p",
		        frame->width, frame->height, context->width, context->height);
	AVFrame *copy = rec_libav_bare_reference(frame);
	if (!copy)
		return fail(output, rec_report(REC_ENOMEM, "cannot encode a picture: out of memory"));
	copy->pts = output->frames++;
	return push(output, VIDEO, copy);
}

int rec_output_audio(struct rec_output *output, const float *pcm, size_t nframes)
{
	int r = check_open(output, AUDIO);
	int channels = output->streams[AUDIO].encoder ? output->packer.context->ch_layout.nb_channels : 0;

	while (r == REC_OK && nframes > 0) {
		AVFrame *frame;
		ptrdiff_t n = rec_packer_add(&output->packer, pcm, nframes, &frame);
		if (n < 0)
			return fail(output, (int)n);
		if (frame)
			r = push(output, AUDIO, frame);
		pcm += n * channels;
		nframes -= (size_t)n;
	}
	return r;
}

int rec_output_packet(struct rec_output *output, AVPacket *packet)
{
	int r = check_open(output, VIDEO);

	if (r < 0)
		return r;
	output->frames++;
	r = rec_muxer_write(output->muxer, output->streams[VIDEO].index, packet);
	return r < 0 ? fail(output, r) : r;
}

static int end(struct rec_output *o, int which)
{
	struct stream *s = &o->streams[which];

	if (s->given && !s->ended) {
		s->ended = true;
		int r = first_error(o) == REC_OK ? rec_muxer_end(o->muxer, s->index) : REC_OK;
		if (r < 0)
			return fail(o, r);
	}
	if (s->encoder && !s->ended) {
		s->ended = true;
		AVFrame *rest = which == AUDIO ? rec_packer_rest(&o->packer) : NULL;
		if (rest)
			push(o, which, rest);
		rec_encoder_finish(s->encoder);
	}
	return first_error(o);
}

int rec_output_end_video(struct rec_output *output)
{
	return end(output, VIDEO);
}

int rec_output_end_audio(struct rec_output *output)
{
	return end(output, AUDIO);
}

void rec_output_cancel(struct rec_output *output, int err)
{
	if (output)
		fail(output, err);
}

static void fill_stats(const struct rec_output *o, struct rec_output_stats *stats)
{
	const struct rec_encoder *video = o->streams[VIDEO].encoder;
	const struct rec_encoder *audio = o->streams[AUDIO].encoder;

	*stats = (struct rec_output_stats){
	        .frames = o->frames,
	        .samples = o->packer.samples,
	        .bytes = rec_out_size(o->out),
	        .video_encode_ns = video ? rec_encoder_work_ns(video) : 0,
	        .audio_encode_ns = audio ? rec_encoder_work_ns(audio) : 0,
	        .video_codec = video ? rec_encoder_context(video)->codec->name : NULL,
	        .audio_codec = audio ? rec_encoder_context(audio)->codec->name : NULL,
	};
}

int rec_output_commit(struct rec_output **output, struct rec_output_stats *stats)
{
	struct rec_output *o = *output;

	*output = NULL;
	for (int i = 0; i < STREAMS; i++)
		end(o, i);
	for (int i = 0; i < STREAMS; i++) {
		if (o->streams[i].encoder)
			rec_encoder_join(o->streams[i].encoder);
	}
	int r = first_error(o);
	if (r == REC_OK)
		r = rec_muxer_finish(o->muxer);
	if (r == REC_OK && stats)
		fill_stats(o, stats);
	if (r == REC_OK)
		r = rec_out_commit(&o->out);
	rec_output_discard(&o);
	return r;
}

void rec_output_discard(struct rec_output **output)
{
	struct rec_output *o = *output;

	*output = NULL;
	if (!o)
		return;
	/* both, before either is waited for: an encoder's end reaches for the other one's queue */
	for (int i = 0; i < STREAMS; i++) {
		if (o->streams[i].encoder)
			rec_encoder_cancel(o->streams[i].encoder);
	}
	for (int i = 0; i < STREAMS; i++) {
		if (o->streams[i].encoder)
			rec_encoder_join(o->streams[i].encoder);
	}
	for (int i = 0; i < STREAMS; i++)
		rec_encoder_free(&o->streams[i].encoder);
	rec_packer_reset(&o->packer);
	rec_muxer_free(&o->muxer);
	rec_out_discard(&o->out);
	pthread_mutex_destroy(&o->lock);
	free(o);
}
