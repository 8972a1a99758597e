/* SPDX-License-Identifier: MIT */
#include "media/muxer.h"

#include "base/err.h"
#include "base/log.h"
#include "media/libav.h"
#include "media/muxio.h"
#include "media/output.h"

#include <assert.h>
#include <libavformat/avformat.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct waiting {
	AVPacket *packet;
	struct waiting *next;
};

struct stream {
	AVRational time_base; /* of the packets that come */
	int64_t shift;        /* in it, added to every stamp */
	struct waiting *first;
	struct waiting **last;
	bool ended;
};

struct rec_muxer {
	const struct rec_format *format;
	struct rec_out *out; /* borrowed */
	struct rec_muxio *io;
	AVFormatContext *context;
	pthread_mutex_t lock; /* of everything below, and of the context once begun */
	struct stream streams[REC_MUXER_STREAMS];
	int n;
	int err; /* the first error of a packet, reported: nothing more is written */
	int64_t npackets;
};

/* an MP4's index takes some hundred bytes for each, in one piece */
static const int64_t many_packets = 500000;

static int no_memory(const struct rec_muxer *m)
{
	return rec_report(REC_ENOMEM, "cannot write '%s': out of memory", rec_out_target(m->out));
}

/* The rec_err of libav's ${av}. A failed write was reported where it happened and is the cause whatever libav makes of it. */
static int check(const struct rec_muxer *m, int av)
{
	char text[64];
	int r = rec_muxio_error(m->io);

	if (r < 0 || av >= 0)
		return r;
	if (av == AVERROR(ENOMEM))
		return no_memory(m);
	return rec_report(REC_EENCODE, "cannot write '%s' as %s: %s", rec_out_target(m->out), m->format->name,
	        rec_libav_text(av, text));
}

static int open_context(struct rec_muxer *m)
{
	int av = avformat_alloc_output_context2(&m->context, NULL, m->format->muxer, NULL);

	if (av == AVERROR(ENOMEM))
		return no_memory(m);
	if (av < 0)
		return rec_report(REC_EENCODE, "this FFmpeg is built without the '%s' muxer", m->format->muxer);
	/* a name that faststart's second look can be told by */
	m->context->url = av_strdup("output");
	if (!m->context->url)
		return no_memory(m);
	/* pictures begin at 0; only priming is before it, which each container takes away by itself */
	m->context->avoid_negative_ts = AVFMT_AVOID_NEG_TS_DISABLED;
	/* no library version, date or random number in the file */
	m->context->flags |= AVFMT_FLAG_BITEXACT;
	bool spool = m->format->layout == REC_LAYOUT_REWRITE && !rec_out_seekable(m->out);
	int r = rec_muxio_open(&m->io, m->out, spool);
	if (r < 0)
		return r;
	rec_muxio_attach(m->io, m->context);
	/* whoever reads a pipe wants it soon; a file wants few writes */
	m->context->flush_packets = rec_muxio_seekable(m->io) ? 0 : -1;
	return REC_OK;
}

int rec_muxer_open(struct rec_muxer **muxer, const struct rec_format *format, struct rec_out *out)
{
	struct rec_muxer *m = calloc(1, sizeof *m);

	if (!m)
		return rec_report(REC_ENOMEM, "cannot write '%s': out of memory", rec_out_target(out));
	m->format = format;
	m->out = out;
	pthread_mutex_init(&m->lock, NULL);
	for (int i = 0; i < REC_MUXER_STREAMS; i++)
		m->streams[i].last = &m->streams[i].first;
	int r = open_context(m);
	if (r < 0)
		rec_muxer_free(&m);
	else
		*muxer = m;
	return r;
}

/* QuickTime plays HEVC under this tag only */
static void choose_tag(const struct rec_muxer *m, AVCodecParameters *par)
{
	par->codec_tag = 0;
	if (par->codec_id == AV_CODEC_ID_HEVC && m->format->layout == REC_LAYOUT_MOOV)
		par->codec_tag = MKTAG('h', 'v', 'c', '1');
}

/*
 * libavformat before 60 writes the CodecDelay of Opus into Matroska, which readers subtract, but does not add it to the blocks'
 * stamps: sound would be 6.5 ms early. Later ones do that by themselves.
 */
static int64_t opus_shift(const struct rec_muxer *m, const struct rec_muxer_stream *stream)
{
	const char *name = m->format->muxer;
	bool matroska = strcmp(name, "matroska") == 0 || strcmp(name, "webm") == 0;

	if (LIBAVFORMAT_VERSION_MAJOR >= 60 || !matroska || stream->par->codec_id != AV_CODEC_ID_OPUS)
		return 0;
	return av_rescale_q(stream->par->initial_padding, (AVRational){1, stream->par->sample_rate}, stream->time_base);
}

static int add_matrix(AVStream *st, const int32_t *matrix)
{
	size_t n = 9 * sizeof(*matrix);
#if LIBAVFORMAT_VERSION_INT >= AV_VERSION_INT(60, 15, 100)
	AVPacketSideData *side = av_packet_side_data_new(
	        &st->codecpar->coded_side_data, &st->codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX, n, 0);
	uint8_t *data = side ? side->data : NULL;
#else
	uint8_t *data = av_stream_new_side_data(st, AV_PKT_DATA_DISPLAYMATRIX, n);
#endif

	if (!data)
		return REC_ENOMEM;
	memcpy(data, matrix, n);
	return REC_OK;
}

int rec_muxer_add(struct rec_muxer *muxer, const struct rec_muxer_stream *stream, int *index)
{
	AVStream *st = avformat_new_stream(muxer->context, NULL);

	assert(muxer->n < REC_MUXER_STREAMS);
	if (!st || avcodec_parameters_copy(st->codecpar, stream->par) < 0)
		return no_memory(muxer);
	choose_tag(muxer, st->codecpar);
	st->time_base = stream->time_base;
	st->avg_frame_rate = stream->frame_rate;
	st->r_frame_rate = stream->frame_rate;
	if (st->codecpar->codec_type == AVMEDIA_TYPE_VIDEO)
		st->sample_aspect_ratio = st->codecpar->sample_aspect_ratio;
	if (stream->matrix && add_matrix(st, stream->matrix) < 0)
		return no_memory(muxer);
	*index = muxer->n++;
	muxer->streams[*index].time_base = stream->time_base;
	muxer->streams[*index].shift = opus_shift(muxer, stream);
	return REC_OK;
}

int rec_muxer_chapter(struct rec_muxer *muxer, const struct rec_chapter *chapter)
{
	AVFormatContext *context = muxer->context;
	AVChapter **more = av_realloc_array(context->chapters, context->nb_chapters + 1, sizeof(*more));
	AVChapter *entry = more ? av_mallocz(sizeof(*entry)) : NULL;

	if (more)
		context->chapters = more;
	if (!entry)
		return no_memory(muxer);
	context->chapters[context->nb_chapters] = entry;
	entry->id = (int64_t)++context->nb_chapters;
	entry->time_base = (AVRational){1, (int)REC_NS_PER_S};
	entry->start = chapter->start_ns;
	entry->end = chapter->end_ns;
	return av_dict_set(&entry->metadata, "title", chapter->title, 0) < 0 ? no_memory(muxer) : REC_OK;
}

/* The unit of edit list durations: milliseconds would cut sound on a millisecond instead of on its last sample. */
static int movie_timescale(const AVFormatContext *context)
{
	for (unsigned i = 0; i < context->nb_streams; i++) {
		const AVCodecParameters *par = context->streams[i]->codecpar;
		if (par->codec_type == AVMEDIA_TYPE_AUDIO)
			return par->sample_rate;
	}
	return context->streams[0]->time_base.den;
}

static bool is_fragmented(const struct rec_muxer *m)
{
	return m->format->layout == REC_LAYOUT_MOOV && !rec_muxio_seekable(m->io);
}

static int set_options(const struct rec_muxer *m, AVDictionary **options)
{
	const char *name = m->format->muxer;
	int av = 0;

	if (m->format->layout == REC_LAYOUT_MOOV) {
		const char *flags = is_fragmented(m) ? "frag_keyframe+empty_moov+delay_moov" : "faststart";

		av = av_dict_set(options, "movflags", flags, 0);
		if (av >= 0)
			av = av_dict_set_int(options, "movie_timescale", movie_timescale(m->context), 0);
	} else if (strcmp(name, "wav") == 0) {
		av = av_dict_set(options, "rf64", "auto", 0);
	} else if (strcmp(name, "mp3") == 0) {
		av = av_dict_set(options, "id3v2_version", "0", 0);
	}
	return av;
}

/*
 * A chapter track in fragments never gets its samples, and begins as much before 0 as sound is primed. libavformat makes it of the chapters that it
 * sees here; the list in the index, which follows with the first fragment, takes those that are there by then.
 */
int rec_muxer_begin(struct rec_muxer *muxer)
{
	AVFormatContext *context = muxer->context;
	unsigned nchapters = context->nb_chapters;
	AVDictionary *options = NULL;
	int av = set_options(muxer, &options);

	if (is_fragmented(muxer))
		context->nb_chapters = 0;
	if (av >= 0)
		av = avformat_write_header(context, &options);
	context->nb_chapters = nchapters;
	av_dict_free(&options);
	return check(muxer, av);
}

static int64_t decoded_at(const AVPacket *packet)
{
	return packet->dts != AV_NOPTS_VALUE ? packet->dts : packet->pts;
}

/* The stream whose packet is next; -1: one that has not ended holds none, so that cannot be known yet. */
static int next_stream(const struct rec_muxer *m)
{
	int best = -1;

	for (int i = 0; i < m->n; i++) {
		const struct stream *s = &m->streams[i];
		if (!s->first && !s->ended)
			return -1;
		if (!s->first)
			continue;
		const struct stream *b = best < 0 ? NULL : &m->streams[best];
		if (!b || av_compare_ts(decoded_at(s->first->packet), s->time_base, decoded_at(b->first->packet),
		                  b->time_base) < 0)
			best = i;
	}
	return best;
}

static void drop_first(struct stream *s)
{
	struct waiting *w = s->first;

	s->first = w->next;
	if (!s->first)
		s->last = &s->first;
	av_packet_free(&w->packet);
	free(w);
}

/* everything whose place is known; under the lock */
static int write_ready(struct rec_muxer *m)
{
	int i;

	while (m->err == 0 && (i = next_stream(m)) >= 0) {
		struct stream *s = &m->streams[i];
		AVPacket *packet = s->first->packet;
		packet->stream_index = i;
		av_packet_rescale_ts(packet, s->time_base, m->context->streams[i]->time_base);
		if (++m->npackets == many_packets)
			rec_libav_allow_large();
		int av = av_write_frame(m->context, packet);
		drop_first(s);
		m->err = check(m, av);
	}
	return m->err;
}

static int append(struct stream *s, AVPacket *packet)
{
	struct waiting *w = calloc(1, sizeof *w);

	if (w)
		w->packet = av_packet_alloc();
	if (!w || !w->packet || av_packet_make_refcounted(packet) < 0) {
		if (w)
			av_packet_free(&w->packet);
		free(w);
		return REC_ENOMEM;
	}
	av_packet_move_ref(w->packet, packet);
	if (w->packet->pts != AV_NOPTS_VALUE)
		w->packet->pts += s->shift;
	if (w->packet->dts != AV_NOPTS_VALUE)
		w->packet->dts += s->shift;
	*s->last = w;
	s->last = &w->next;
	return REC_OK;
}

int rec_muxer_write(struct rec_muxer *muxer, int index, AVPacket *packet)
{
	pthread_mutex_lock(&muxer->lock);
	if (muxer->err == 0 && append(&muxer->streams[index], packet) < 0)
		muxer->err = no_memory(muxer);
	int r = write_ready(muxer);
	pthread_mutex_unlock(&muxer->lock);
	return r;
}

int rec_muxer_end(struct rec_muxer *muxer, int index)
{
	pthread_mutex_lock(&muxer->lock);
	muxer->streams[index].ended = true;
	int r = write_ready(muxer);
	pthread_mutex_unlock(&muxer->lock);
	return r;
}

int rec_muxer_finish(struct rec_muxer *muxer)
{
	int r = check(muxer, av_write_trailer(muxer->context));

	return r < 0 ? r : rec_muxio_finish(muxer->io);
}

void rec_muxer_free(struct rec_muxer **muxer)
{
	struct rec_muxer *m = *muxer;

	*muxer = NULL;
	if (!m)
		return;
	for (int i = 0; i < REC_MUXER_STREAMS; i++) {
		while (m->streams[i].first)
			drop_first(&m->streams[i]);
	}
	avformat_free_context(m->context);
	rec_muxio_free(&m->io);
	pthread_mutex_destroy(&m->lock);
	free(m);
}
