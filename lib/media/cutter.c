/* SPDX-License-Identifier: MIT */
#include "media/cutter.h"

#include "base/blame.h"
#include "base/err.h"
#include "media/decoder.h"
#include "media/demux.h"
#include "media/rotation.h"

#include <libavcodec/avcodec.h>
#include <stdlib.h>

/* the packets of a span, by their place in the file */
struct range {
	size_t first;
	size_t end;
};

struct rec_cutter {
	struct rec_demux demux;
	const struct rec_scan *scan;
	const struct rec_cut_span *spans;
	struct range *ranges;
	size_t n;
	int64_t *stamps; /* all, in order */
	AVCodecContext *decoder;
	bool decoding;
	bool draining; /* the decoder was told that no packet follows */
	AVPacket *packet;
	AVFrame *frame;
	size_t next; /* number of the packet that is read next */
	bool held;   /* packet waits for the decoder to be empty */
	bool ended;
	struct rec_damage damage;
};

/* The last key packet at or before the span, to the first one after it that is past it; pictures of the span that come behind that one are decoded, too. */
static struct range find_range(const struct rec_scan *scan, const struct rec_cut_span *span)
{
	struct range r = {0, scan->npackets};

	for (size_t i = 0; i < scan->npackets; i++)
		if (scan->packets[i].key && scan->packets[i].ns <= span->from_ns)
			r.first = i;
	for (size_t i = r.first + 1; i < scan->npackets; i++)
		if (scan->packets[i].key && scan->packets[i].ns >= span->to_ns) {
			r.end = i;
			break;
		}
	for (size_t i = r.end; i < scan->npackets && span->decode; i++)
		if (scan->packets[i].ns >= span->from_ns && scan->packets[i].ns < span->to_ns)
			r.end = i + 1;
	return r;
}

int rec_cutter_open(struct rec_cutter **out, const char *path, struct rec_source *source, const struct rec_scan *scan,
        const struct rec_cut_span *spans, size_t n)
{
	struct rec_cutter *c = calloc(1, sizeof(*c));
	int err = c ? rec_demux_open(&c->demux, path, source, AVMEDIA_TYPE_VIDEO, 0) : REC_ENOMEM;

	*out = c;
	if (!c) {
		rec_source_close(&source);
		return err;
	}
	c->scan = scan;
	c->spans = spans;
	c->n = n;
	c->packet = av_packet_alloc();
	c->frame = av_frame_alloc();
	c->ranges = calloc(n + 1, sizeof(*c->ranges));
	if (err == REC_OK && (!c->packet || !c->frame || !c->ranges))
		err = REC_ENOMEM;
	if (err == REC_OK)
		err = rec_scan_stamps(scan, &c->stamps);
	for (size_t i = 0; err == REC_OK && i < n; i++)
		c->ranges[i] = find_range(scan, &spans[i]);
	if (err < 0)
		rec_cutter_close(out, NULL);
	return err;
}

/* how long the picture of ${ns} stands before the next stamp */
static int64_t duration_at(const struct rec_cutter *c, int64_t ns, int64_t limit)
{
	size_t low = 0, high = c->scan->npackets;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (c->stamps[middle] <= ns)
			low = middle + 1;
		else
			high = middle;
	}
	return (low < c->scan->npackets && c->stamps[low] < limit ? c->stamps[low] : limit) - ns;
}

/* the span of that kind which wants a picture of packet ${i} stamped ${ns}; n: none */
static size_t wanted(const struct rec_cutter *c, size_t i, int64_t ns, bool decode)
{
	for (size_t k = 0; k < c->n; k++)
		if (c->spans[k].decode == decode && ns >= c->spans[k].from_ns && ns < c->spans[k].to_ns &&
		        (decode || (i >= c->ranges[k].first && i < c->ranges[k].end)))
			return k;
	return c->n;
}

static bool must_decode(const struct rec_cutter *c, size_t i)
{
	for (size_t k = 0; k < c->n; k++)
		if (c->spans[k].decode && i >= c->ranges[k].first && i < c->ranges[k].end)
			return true;
	return false;
}

static bool fill(const struct rec_cutter *c, struct rec_cut_item *item, size_t span, int64_t ns)
{
	if (span == c->n)
		return false;
	*item = (struct rec_cut_item){.span = span, .ns = ns, .duration_ns = duration_at(c, ns, c->spans[span].to_ns)};
	return true;
}

static int64_t frame_ns(const struct rec_cutter *c, const AVFrame *frame)
{
	int64_t ticks = frame->best_effort_timestamp != AV_NOPTS_VALUE ? frame->best_effort_timestamp : frame->pts;

	if (ticks == AV_NOPTS_VALUE)
		return REC_NS_UNKNOWN;
	return rec_ns_of_ticks(ticks, c->scan->time_base.num, c->scan->time_base.den);
}

/* A frame that a span wants, from what the decoder holds. REC_ENODATA: it wants a packet, or is empty. */
static int take_frame(struct rec_cutter *c, struct rec_cut_item *item)
{
	for (;;) {
		int av, turns;

		av_frame_unref(c->frame);
		av = avcodec_receive_frame(c->decoder, c->frame);
		if (av == AVERROR(ENOMEM))
			return REC_ENOMEM;
		if (av == AVERROR(EAGAIN) || av == AVERROR_EOF)
			return REC_ENODATA;
		if (av < 0 || !rec_decoder_within_limits(c->frame)) {
			c->damage.corrupt++;
			continue;
		}
		c->damage.frames++;
		c->damage.concealed += c->frame->decode_error_flags != 0 || c->frame->flags & AV_FRAME_FLAG_CORRUPT;
		turns = rec_rotation_of_frame(c->frame, c->scan->turns);
		if (!fill(c, item, wanted(c, 0, frame_ns(c, c->frame), true), frame_ns(c, c->frame)))
			continue;
		item->frame = c->frame;
		item->turns = turns;
		return REC_OK;
	}
}

static int begin_decoding(struct rec_cutter *c)
{
	c->decoding = true;
	c->draining = false;
	if (c->decoder) {
		avcodec_flush_buffers(c->decoder);
		return REC_OK;
	}
	return rec_decoder_open(&c->decoder, c->demux.path, c->demux.stream->codecpar, c->demux.stream->time_base, 1);
}

/* Read on. A decoder that no later packet needs is emptied before the packet is looked at. */
static int read_packet(struct rec_cutter *c)
{
	int err;

	av_packet_unref(c->packet);
	err = rec_demux_read(&c->demux, c->packet);
	if (err == REC_ENODATA)
		c->ended = true;
	else if (err < 0)
		return err;
	c->held = !c->ended;
	if (c->decoding && !c->draining && (c->ended || !must_decode(c, c->next))) {
		c->draining = true;
		if (avcodec_send_packet(c->decoder, NULL) == AVERROR(ENOMEM))
			return REC_ENOMEM;
	}
	return REC_OK;
}

/* The packet that was read: to the decoder, to the caller (item->packet), or to both. */
static int use_packet(struct rec_cutter *c, struct rec_cut_item *item)
{
	size_t i = c->next < c->scan->npackets ? c->next : c->scan->npackets - 1;
	int64_t ns = c->scan->packets[i].ns;
	int err = REC_OK;

	c->held = false;
	if (must_decode(c, i)) {
		if (!c->decoding)
			err = begin_decoding(c);
		if (err < 0)
			return err;
		c->damage.packets++;
		err = avcodec_send_packet(c->decoder, c->packet);
		if (err == AVERROR(ENOMEM))
			return REC_ENOMEM;
		if (err < 0)
			c->damage.corrupt++;
	}
	c->next++;
	if (fill(c, item, wanted(c, i, ns, false), ns))
		item->packet = c->packet;
	return REC_OK;
}

static int next_item(struct rec_cutter *cutter, struct rec_cut_item *item)
{
	for (*item = (struct rec_cut_item){0};;) {
		int err = REC_ENODATA;

		if (cutter->decoding)
			err = take_frame(cutter, item);
		if (err != REC_ENODATA)
			return err;
		if (cutter->draining)
			cutter->decoding = cutter->draining = false;
		if (cutter->held)
			err = use_packet(cutter, item);
		else if (cutter->ended)
			return REC_ENODATA;
		else
			err = read_packet(cutter);
		if (err < 0 && err != REC_ENODATA)
			return err;
		if (item->packet)
			return REC_OK;
	}
}

int rec_cutter_next(struct rec_cutter *cutter, struct rec_cut_item *item)
{
	int blame = rec_blame_begin(cutter->demux.path);
	int err = next_item(cutter, item);

	rec_blame_end(blame);
	return err;
}

void rec_cutter_close(struct rec_cutter **out, struct rec_damage *damage)
{
	struct rec_cutter *c = *out;

	*out = NULL;
	if (!c)
		return;
	if (damage) {
		damage->packets += c->damage.packets;
		damage->frames += c->damage.frames;
		damage->corrupt += c->damage.corrupt;
		damage->concealed += c->damage.concealed;
		damage->truncated |= c->demux.truncated;
	}
	avcodec_free_context(&c->decoder);
	av_packet_free(&c->packet);
	av_frame_free(&c->frame);
	rec_demux_close(&c->demux);
	free(c->ranges);
	free(c->stamps);
	free(c);
}
