/* SPDX-License-Identifier: MIT */
#include "media/input.h"

#include "base/blame.h"
#include "base/err.h"
#include "base/log.h"
#include "media/decoder.h"
#include "media/demux.h"
#include "media/libav.h"
#include "media/rotation.h"

#include <errno.h>
#include <libavcodec/avcodec.h>
#include <stdlib.h>
#include <string.h>

/* sound is decoded from this long before it is wanted, so that decoders have settled */
static const int64_t SOUND_LEAD_NS = REC_NS_PER_S;
/* pictures come this far out of order at most, in stamps */
static const int64_t REORDER_NS = 2 * REC_NS_PER_S;
/* a stream whose decoder refuses this many packets in a row gives nothing any more */
static const int MAX_REFUSED = 100000;

struct rec_input {
	char *path;
	struct rec_demux demux;
	int stream; /* as the parameters say */
	struct rec_input_info info;
	AVCodecContext *decoder; /* NULL with packets_only */
	AVPacket *packet;
	AVFrame *first; /* decoded at open, handed out by the first read */
	int64_t first_ns;
	bool draining;
	int64_t skip_to_ns;  /* packets before this are not decoded; REC_NS_UNKNOWN: none is left out */
	int64_t prev_ns;     /* stamp of the frame before; REC_NS_UNKNOWN */
	int64_t prev_end_ns; /* where it ended: the place of a frame without a stamp */
	struct rec_damage damage;
};

static int64_t length_ns(const struct rec_input *in, int64_t ticks)
{
	AVRational base = in->demux.stream->time_base;

	return rec_ns_of_ticks(ticks, base.num, base.den);
}

/* A stamp on the file's clock. libavformat puts the first sample kept of an MP3 behind its encoder's delay: there it is 0. */
static int64_t stamp_ns(const struct rec_input *in, int64_t ticks)
{
	int64_t start = in->demux.stream->start_time;

	if (start > 0 && strcmp(rec_demux_container(&in->demux), "mp3") == 0)
		ticks -= start;
	return length_ns(in, ticks);
}

static int sample_bits(const AVCodecParameters *par)
{
	switch (par->codec_id) {
	case AV_CODEC_ID_PCM_U8:
	case AV_CODEC_ID_PCM_S16LE:
	case AV_CODEC_ID_PCM_S16BE:
		return 16;
	case AV_CODEC_ID_PCM_S24LE:
	case AV_CODEC_ID_PCM_S24BE:
		return 24;
	case AV_CODEC_ID_PCM_F32LE:
	case AV_CODEC_ID_PCM_F32BE:
		return 32;
	case AV_CODEC_ID_FLAC:
		return par->bits_per_raw_sample <= 16 ? 16 : par->bits_per_raw_sample <= 24 ? 24 : 0;
	default:
		return 0;
	}
}

static void describe(struct rec_input *in)
{
	const AVFormatContext *format = in->demux.format;
	const AVCodecParameters *par = in->demux.stream->codecpar;

	in->info.container = rec_demux_container(&in->demux);
	in->info.codec = avcodec_get_name(par->codec_id);
	in->info.decoder = "";
	in->info.width = par->width;
	in->info.height = par->height;
	in->info.rate = par->sample_rate;
	in->info.channels = par->ch_layout.nb_channels;
	in->info.bits = sample_bits(par);
	in->info.tick_ns = length_ns(in, 1) + 1;
	in->info.duration_ns =
	        format->duration > 0 ? rec_ns_of_ticks(format->duration, 1, AV_TIME_BASE) : REC_NS_UNKNOWN;
	in->info.first_ns = REC_NS_UNKNOWN;
	for (unsigned i = 0; i < format->nb_streams; i++) {
		in->info.has_audio |= format->streams[i]->codecpar->codec_type == AVMEDIA_TYPE_AUDIO;
		in->info.has_video |= format->streams[i]->codecpar->codec_type == AVMEDIA_TYPE_VIDEO;
	}
}

static void note_corrupt(struct rec_input *in, int64_t at_ns)
{
	in->damage.corrupt++;
	if (in->damage.corrupt_ns == REC_NS_UNKNOWN)
		in->damage.corrupt_ns = at_ns;
}

/* Whether this packet lies before what is wanted. Decoding begins again at a key frame. */
static bool is_skipped(struct rec_input *in)
{
	if (in->skip_to_ns == REC_NS_UNKNOWN)
		return false;
	if (in->packet->pts == AV_NOPTS_VALUE || stamp_ns(in, in->packet->pts) < in->skip_to_ns ||
	        !(in->packet->flags & AV_PKT_FLAG_KEY))
		return true;
	in->skip_to_ns = REC_NS_UNKNOWN;
	return false;
}

/* Give the decoder its next packet. A packet that it refuses is damage: counted, and the next one is tried. */
static int feed(struct rec_input *in)
{
	for (int refused = 0; refused < MAX_REFUSED; refused++) {
		int err = rec_demux_read(&in->demux, in->packet);
		int64_t at_ns;

		if (err == REC_ENODATA) {
			in->damage.truncated = in->demux.truncated;
			in->draining = true;
			return avcodec_send_packet(in->decoder, NULL) == AVERROR(ENOMEM) ? REC_ENOMEM : REC_OK;
		}
		if (err < 0)
			return err;
		if (is_skipped(in)) {
			av_packet_unref(in->packet);
			refused = -1;
			continue;
		}
		/* what an edit list hides goes through the decoder, and no frame of it comes back */
		in->damage.packets += !(in->packet->flags & AV_PKT_FLAG_DISCARD);
		at_ns = in->packet->pts == AV_NOPTS_VALUE ? in->prev_end_ns : stamp_ns(in, in->packet->pts);
		if (in->packet->flags & AV_PKT_FLAG_CORRUPT)
			note_corrupt(in, at_ns);
		errno = 0;
		err = avcodec_send_packet(in->decoder, in->packet);
		av_packet_unref(in->packet);
		if (rec_libav_lacks_memory(err))
			return REC_ENOMEM;
		if (err >= 0)
			return REC_OK;
		note_corrupt(in, at_ns);
	}
	in->draining = true;
	return REC_OK;
}

static int64_t frame_length_ns(const struct rec_input *in, const AVFrame *frame)
{
	if (frame->width == 0)
		return rec_ns_of_samples(frame->nb_samples, frame->sample_rate);
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 30, 100)
	return length_ns(in, frame->duration);
#else
	return length_ns(in, frame->pkt_duration);
#endif
}

/*
 * Sound before 0 is an encoder's priming that the demuxer did not take away (AAC in Matroska and in fragmented MP4). Drop it; a stamp
 * within rounding of 0 is none. Returns whether nothing of the frame is left.
 */
static bool is_priming(const struct rec_input *in, AVFrame *frame)
{
	int64_t ns = frame->pts == AV_NOPTS_VALUE ? 0 : stamp_ns(in, frame->pts), samples;
	AVRational base = in->demux.stream->time_base;

	if (frame->width > 0 || ns >= -2 * in->info.tick_ns || ns < -REC_NS_PER_S)
		return false;
	samples = rec_samples_of_ns(-ns, frame->sample_rate);
	if (samples >= frame->nb_samples)
		return true;
	rec_libav_drop_samples(frame, (int)samples);
	frame->pts += rec_rescale(samples, base.den, (int64_t)frame->sample_rate * base.num);
	frame->best_effort_timestamp = frame->pts;
	return false;
}

/* Put the frame on the clock and count what is odd about its stamp. */
static int64_t place(struct rec_input *in, const AVFrame *frame)
{
	int64_t ticks = frame->best_effort_timestamp != AV_NOPTS_VALUE ? frame->best_effort_timestamp : frame->pts;
	int64_t ns = ticks == AV_NOPTS_VALUE ? in->prev_end_ns : stamp_ns(in, ticks);

	if (ticks == AV_NOPTS_VALUE)
		in->damage.unstamped++;
	else if (in->prev_ns != REC_NS_UNKNOWN && ns <= in->prev_ns)
		*(ns < in->prev_ns ? &in->damage.backward : &in->damage.duplicate) += 1;
	in->prev_ns = ns;
	in->prev_end_ns = rec_ns_add(ns, frame_length_ns(in, frame));
	in->damage.frames++;
	if (frame->decode_error_flags != 0 || frame->flags & AV_FRAME_FLAG_CORRUPT)
		in->damage.concealed++;
	if (in->damage.first_ns == REC_NS_UNKNOWN)
		in->damage.first_ns = ns;
	if (in->damage.last_ns == REC_NS_UNKNOWN || in->prev_end_ns > in->damage.last_ns)
		in->damage.last_ns = in->prev_end_ns;
	return ns;
}

static int decode_next(struct rec_input *in, AVFrame *frame, int64_t *pts_ns)
{
	for (;;) {
		errno = 0;
		int err = avcodec_receive_frame(in->decoder, frame);

		if (err == AVERROR_EOF)
			return REC_ENODATA;
		if (rec_libav_lacks_memory(err))
			return REC_ENOMEM;
		if (err == AVERROR(EAGAIN)) {
			if (in->draining)
				return REC_ENODATA;
			err = feed(in);
			if (err < 0)
				return err;
		} else if (err < 0) {
			note_corrupt(in, in->prev_end_ns);
		} else if (!rec_decoder_within_limits(frame)) {
			note_corrupt(in, in->prev_end_ns);
			av_frame_unref(frame);
		} else if (!is_priming(in, frame)) {
			*pts_ns = place(in, frame);
			return REC_OK;
		} else {
			av_frame_unref(frame);
		}
	}
}

/* The next frame straight from the decoder. */
static int decode(struct rec_input *in, AVFrame *frame, int64_t *pts_ns)
{
	int blame = rec_blame_begin(in->path);
	int err = decode_next(in, frame, pts_ns);

	rec_blame_end(blame);
	return err;
}

static int decode_first(struct rec_input *in, enum rec_media media)
{
	int err;

	in->first = av_frame_alloc();
	if (!in->first)
		return REC_ENOMEM;
	err = decode(in, in->first, &in->first_ns);
	if (err == REC_ENODATA)
		return rec_report(REC_EINPUT,
		        "cannot read '%s': there is no %s in it that can be decoded; pass --skip-bad to leave it out",
		        in->path, media == REC_MEDIA_AUDIO ? "sound" : "picture");
	in->info.first_ns = in->first_ns;
	in->info.decoder = in->decoder->codec->name;
	in->info.turns = rec_input_rotation(in, in->first);
	if (media == REC_MEDIA_VIDEO && in->info.width == 0) { /* nothing outside the pictures tells */
		in->info.width = in->first->width;
		in->info.height = in->first->height;
	}
	return err;
}

int rec_input_open(struct rec_input **out, const char *path, const struct rec_input_params *params)
{
	enum AVMediaType type = params->media == REC_MEDIA_AUDIO ? AVMEDIA_TYPE_AUDIO : AVMEDIA_TYPE_VIDEO;
	struct rec_input *in = calloc(1, sizeof(*in));
	struct rec_source *source = params->source;
	int err = REC_OK;

	if (!source && params->kept && (err = rec_source_again(params->kept, &source)) < 0) {
		free(in);
		return err;
	}
	err = REC_ENOMEM;
	if (in)
		in->path = strdup(path);
	if (!in || !in->path) {
		rec_source_close(&source);
		free(in);
		return REC_ENOMEM;
	}
	in->skip_to_ns = in->prev_ns = in->damage.first_ns = in->damage.last_ns = in->damage.corrupt_ns =
	        REC_NS_UNKNOWN;
	in->stream = params->stream;
	in->packet = av_packet_alloc();
	if (in->packet)
		err = rec_demux_open(&in->demux, in->path, source, type, params->stream);
	else
		rec_source_close(&source);
	if (err == REC_OK) {
		describe(in);
		if (!params->packets_only)
			err = rec_decoder_open(&in->decoder, in->path, in->demux.stream->codecpar,
			        in->demux.stream->time_base, params->threads);
	}
	if (err == REC_OK && !params->packets_only)
		err = decode_first(in, params->media);
	if (err < 0)
		rec_input_close(&in);
	*out = in;
	return err;
}

const struct rec_input_info *rec_input_info(const struct rec_input *in)
{
	return &in->info;
}

const char *rec_input_path(const struct rec_input *in)
{
	return in->path;
}

int rec_input_read(struct rec_input *in, AVFrame *frame, int64_t *pts_ns)
{
	if (in->first) {
		av_frame_move_ref(frame, in->first);
		av_frame_free(&in->first);
		*pts_ns = in->first_ns;
		return REC_OK;
	}
	return decode(in, frame, pts_ns);
}

/* The stamp of the last key frame at or before ${from_ns}, by reading packets; REC_NS_UNKNOWN: none. */
static int find_key(const struct rec_input *in, int64_t from_ns, int64_t *key_ns)
{
	struct rec_source *again = NULL;
	struct rec_demux demux;
	AVPacket *packet = av_packet_alloc();
	int err = packet ? rec_source_again(in->demux.source, &again) : REC_ENOMEM;

	*key_ns = REC_NS_UNKNOWN;
	if (err == REC_OK)
		err = rec_demux_open(&demux, in->path, again, AVMEDIA_TYPE_VIDEO, in->stream);
	if (err < 0) {
		av_packet_free(&packet);
		return err;
	}
	while ((err = rec_demux_read(&demux, packet)) == REC_OK) {
		int64_t ns = packet->pts == AV_NOPTS_VALUE ? REC_NS_UNKNOWN : stamp_ns(in, packet->pts);

		if (ns != REC_NS_UNKNOWN && ns <= from_ns && (packet->flags & AV_PKT_FLAG_KEY))
			*key_ns = ns;
		av_packet_unref(packet);
		if (ns != REC_NS_UNKNOWN && ns > rec_ns_add(from_ns, REORDER_NS))
			break;
	}
	av_packet_free(&packet);
	rec_demux_close(&demux);
	return err == REC_ENODATA ? REC_OK : err;
}

/* Parameter sets of H.264 and HEVC may have come in packets before the key frame. */
static bool keys_stand_alone(enum AVCodecID id)
{
	return id == AV_CODEC_ID_VP8 || id == AV_CODEC_ID_VP9 || id == AV_CODEC_ID_AV1;
}

int rec_input_skip(struct rec_input *in, int64_t from_ns)
{
	int64_t to_ns = rec_ns_add(from_ns, -SOUND_LEAD_NS);
	int err = REC_OK;

	if (from_ns <= rec_ns_add(in->first_ns, SOUND_LEAD_NS) || !in->demux.source ||
	        !rec_source_seekable(in->demux.source))
		return REC_OK;
	if (in->decoder->codec_type == AVMEDIA_TYPE_VIDEO && !keys_stand_alone(in->decoder->codec_id))
		return REC_OK;
	if (in->decoder->codec_type == AVMEDIA_TYPE_VIDEO)
		err = find_key(in, from_ns, &to_ns);
	if (err < 0 || to_ns == REC_NS_UNKNOWN || to_ns <= in->first_ns)
		return err;
	av_frame_free(&in->first);
	avcodec_flush_buffers(in->decoder);
	in->draining = false;
	in->skip_to_ns = to_ns;
	return REC_OK;
}

int rec_input_read_packet(struct rec_input *in, struct rec_packet_info *info)
{
	const AVPacket *packet = in->packet;
	int err = rec_demux_read(&in->demux, in->packet);

	if (err < 0) {
		in->damage.truncated = in->demux.truncated;
		return err;
	}
	in->damage.packets++;
	info->pts_ns = packet->pts == AV_NOPTS_VALUE ? REC_NS_UNKNOWN : stamp_ns(in, packet->pts);
	info->duration_ns = length_ns(in, packet->duration);
	info->bytes = packet->size;
	info->pos = packet->pos;
	info->key = packet->flags & AV_PKT_FLAG_KEY;
	info->corrupt = packet->flags & AV_PKT_FLAG_CORRUPT;
	if (info->corrupt)
		note_corrupt(in, info->pts_ns);
	av_packet_unref(in->packet);
	return REC_OK;
}

int rec_input_rotation(const struct rec_input *in, const AVFrame *frame)
{
	return rec_rotation_of_frame(frame, rec_rotation_of(rec_demux_matrix(&in->demux)));
}

void rec_input_damage(const struct rec_input *in, struct rec_damage *damage)
{
	*damage = in->damage;
	if (in->draining && in->info.width > 0) {
		int64_t lost = damage->packets - damage->corrupt - damage->frames;

		damage->undecoded = lost > 0 ? lost : 0;
	}
}

void rec_input_close(struct rec_input **in)
{
	if (!*in)
		return;
	avcodec_free_context(&(*in)->decoder);
	av_packet_free(&(*in)->packet);
	av_frame_free(&(*in)->first);
	rec_demux_close(&(*in)->demux);
	free((*in)->path);
	free(*in);
	*in = NULL;
}
