/* SPDX-License-Identifier: MIT */
#include "media/joiner.h"

#include "base/err.h"
#include "base/log.h"
#include "media/codecs.h"
#include "media/inband.h"
#include "media/libav.h"
#include "media/reorder.h"

#include <assert.h>
#include <stdlib.h>

/* more pictures than any encoder holds back */
enum { AHEAD = 1024 };

struct stamp {
	int64_t ns;
	int64_t duration_ns;
};

struct rec_joiner {
	const struct rec_format *format;
	struct rec_output *output;
	AVRational time_base;
	bool in_band;
	struct rec_video_params video;
	struct rec_video_tags tags; /* of the source */
	struct rec_reorder reorder;
	bool started;
	AVBSFContext *filter;       /* of the source that is copied; NULL: packets pass as they are */
	AVCodecContext *encoder;    /* of the piece; NULL: none is open */
	AVBSFContext *encoded;      /* likewise, behind it */
	int64_t frames;             /* given to the encoder */
	struct stamp stamps[AHEAD]; /* of these, by their number */
	AVPacket *packet;
	int64_t ncopied;
	int64_t nencoded;
};

static int no_memory(void)
{
	return rec_report(REC_ENOMEM, "cannot join pictures: out of memory");
}

static int open_encoder(struct rec_joiner *j)
{
	int err = rec_codecs_open_video(&j->encoder, j->format, &j->video);

	assert(err < 0 || j->encoder);
	if (err == REC_OK && j->in_band) {
		AVCodecParameters *par = avcodec_parameters_alloc();

		err = par && avcodec_parameters_from_context(par, j->encoder) >= 0 ? REC_OK : no_memory();
		if (err == REC_OK)
			err = rec_inband_open(&j->encoded, par);
		avcodec_parameters_free(&par);
	}
	j->frames = 0;
	return err;
}

/* What the container's head says: the first source's parameters, or the encoder's. */
static int describe(struct rec_joiner *j, const struct rec_joiner_params *params, AVCodecParameters *par)
{
	int av = 0;

	if (params->par && j->filter)
		av = avcodec_parameters_copy(par, j->filter->par_out);
	else if (params->par)
		av = avcodec_parameters_copy(par, params->par);
	else
		av = avcodec_parameters_from_context(par, j->encoder);
	return av < 0 ? no_memory() : REC_OK;
}

static int open_output(struct rec_joiner *j, const char *path, const struct rec_joiner_params *params)
{
	AVCodecParameters *par = avcodec_parameters_alloc();
	struct rec_packet_params packets = {par, params->time_base, params->frame_rate, params->matrix};
	struct rec_output_params output = params->output;
	int err = par ? describe(j, params, par) : no_memory();

	output.packets = &packets;
	if (err == REC_OK)
		err = rec_output_open(&j->output, path, &output);
	avcodec_parameters_free(&par);
	return err;
}

int rec_joiner_open(struct rec_joiner **out, const char *path, const struct rec_joiner_params *params)
{
	struct rec_joiner *j = calloc(1, sizeof(*j));
	int depth = params->depth, err = REC_OK;

	*out = j;
	if (!j)
		return no_memory();
	rec_libav_init();
	j->format = rec_formats_find(path, params->output.format);
	j->time_base = params->time_base;
	j->in_band = params->in_band;
	j->packet = av_packet_alloc();
	if (!j->packet)
		err = no_memory();
	if (err == REC_OK && params->video) {
		j->video = *params->video;
		err = open_encoder(j);
		if (err == REC_OK && j->encoder->has_b_frames > depth)
			depth = j->encoder->has_b_frames;
	}
	j->reorder.depth = depth;
	if (err == REC_OK && params->par)
		err = rec_joiner_source(j, params->par);
	if (err == REC_OK)
		err = open_output(j, path, params);
	if (err < 0)
		rec_joiner_close(out);
	return err;
}

struct rec_output *rec_joiner_output(const struct rec_joiner *joiner)
{
	return joiner->output;
}

int rec_joiner_source(struct rec_joiner *joiner, const AVCodecParameters *par)
{
	joiner->tags = (struct rec_video_tags){(int)par->color_range, (int)par->color_primaries, (int)par->color_trc,
	        (int)par->color_space, (int)par->chroma_location};
	av_bsf_free(&joiner->filter);
	return joiner->in_band ? rec_inband_open(&joiner->filter, par) : REC_OK;
}

static int64_t ticks(const struct rec_joiner *j, int64_t ns)
{
	return rec_rescale(ns, j->time_base.den, j->time_base.num * REC_NS_PER_S);
}

static int write_one(struct rec_joiner *j, AVPacket *packet, struct stamp at)
{
	int64_t pts = ticks(j, at.ns), dts;

	packet->duration = ticks(j, at.ns + at.duration_ns) - pts;
	if (!j->started)
		rec_reorder_init(&j->reorder, j->reorder.depth, packet->duration);
	j->started = true;
	rec_reorder_next(&j->reorder, &pts, &dts);
	packet->pts = pts;
	packet->dts = dts;
	packet->pos = -1;
	return rec_output_packet(j->output, packet);
}

/* through a filter that gives one packet for each */
static int write_filtered(struct rec_joiner *j, AVBSFContext *filter, AVPacket *packet, struct stamp at)
{
	int av = 0;

	if (filter) {
		av = av_bsf_send_packet(filter, packet);
		if (av >= 0)
			av = av_bsf_receive_packet(filter, packet);
	}
	if (av == AVERROR(EAGAIN))
		return REC_OK;
	if (av == AVERROR(ENOMEM))
		return no_memory();
	if (av < 0)
		return rec_report(REC_EINPUT,
		        "cannot copy a picture: its parameter sets are damaged; pass --size to encode it anew");
	return write_one(j, packet, at);
}

int rec_joiner_packet(struct rec_joiner *joiner, AVPacket *packet, int64_t ns, int64_t duration_ns)
{
	joiner->ncopied++;
	return write_filtered(joiner, joiner->filter, packet, (struct stamp){ns, duration_ns});
}

static int failed(const struct rec_joiner *j, int av)
{
	char text[64];

	return rec_report(av == AVERROR(ENOMEM) ? REC_ENOMEM : REC_EENCODE, "encoder '%s' failed: %s",
	        j->encoder->codec->name, rec_libav_text(av, text));
}

/* ${frame} NULL: the end of the piece */
static int encode(struct rec_joiner *j, const AVFrame *frame)
{
	int av = avcodec_send_frame(j->encoder, frame), err = REC_OK;

	if (av < 0)
		return failed(j, av);
	while (err == REC_OK && (av = avcodec_receive_packet(j->encoder, j->packet)) >= 0) {
		struct stamp at = j->stamps[(uint64_t)j->packet->pts % AHEAD];

		err = write_filtered(j, j->encoded, j->packet, at);
		av_packet_unref(j->packet);
	}
	if (err < 0 || av == AVERROR(EAGAIN) || av == AVERROR_EOF)
		return err;
	return failed(j, av);
}

static int give(struct rec_joiner *j, const AVFrame *frame, struct stamp at)
{
	AVFrame *copy = rec_libav_bare_reference(frame);
	int err;

	assert(j->encoder);
	if (!copy)
		return no_memory();
	copy->color_range = j->encoder->color_range;
	copy->color_primaries = j->encoder->color_primaries;
	copy->color_trc = j->encoder->color_trc;
	copy->colorspace = j->encoder->colorspace;
	copy->pts = j->frames++;
	j->stamps[copy->pts % AHEAD] = at;
	j->nencoded++;
	err = encode(j, copy);
	av_frame_free(&copy);
	return err;
}

int rec_joiner_frame(struct rec_joiner *joiner, const AVFrame *frame, int64_t ns, int64_t duration_ns)
{
	int err = joiner->encoder ? REC_OK : open_encoder(joiner);

	return err < 0 ? err : give(joiner, frame, (struct stamp){ns, duration_ns});
}

int rec_joiner_native(struct rec_joiner *joiner, const AVFrame *frame, int64_t ns, int64_t duration_ns)
{
	int err = REC_OK;

	if (frame->format != AV_PIX_FMT_YUV420P || frame->width != joiner->video.width ||
	        frame->height != joiner->video.height)
		return REC_EINVAL;
	if (joiner->frames == 0) { /* the first of a piece: the encoder that is open may have other tags */
		avcodec_free_context(&joiner->encoder);
		av_bsf_free(&joiner->encoded);
		joiner->video.tags = &joiner->tags;
		err = open_encoder(joiner);
		joiner->video.tags = NULL;
	}
	return err < 0 ? err : give(joiner, frame, (struct stamp){ns, duration_ns});
}

int rec_joiner_end_piece(struct rec_joiner *joiner)
{
	int err = REC_OK;

	if (!joiner->encoder || joiner->frames == 0)
		return REC_OK;
	err = encode(joiner, NULL);
	avcodec_free_context(&joiner->encoder);
	av_bsf_free(&joiner->encoded);
	joiner->frames = 0;
	return err;
}

void rec_joiner_counts(const struct rec_joiner *joiner, int64_t *copied, int64_t *encoded)
{
	*copied = joiner->ncopied;
	*encoded = joiner->nencoded;
}

void rec_joiner_close(struct rec_joiner **out)
{
	struct rec_joiner *j = *out;

	*out = NULL;
	if (!j)
		return;
	avcodec_free_context(&j->encoder);
	av_bsf_free(&j->encoded);
	av_bsf_free(&j->filter);
	av_packet_free(&j->packet);
	free(j);
}
