/* SPDX-License-Identifier: MIT */
#include "media/joinable.h"

#include "media/formats.h"
#include "media/inband.h"
#include "media/reorder.h"
#include "media/video_options.h"

#include <libavformat/avformat.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	enum AVCodecID codec;
	const char
	        *encoder; /* NULL: its streams cannot say that they are BT.709, so none is made to stand among them */
} copied[] = {{AV_CODEC_ID_H264, "libx264"}, {AV_CODEC_ID_HEVC, "libx265"}, {AV_CODEC_ID_VP9, "libvpx-vp9"},
        {AV_CODEC_ID_AV1, "libsvtav1"}, {AV_CODEC_ID_VP8, NULL}};
enum { NCOPIED = sizeof(copied) / sizeof(copied[0]) };

static int find(enum AVCodecID codec)
{
	int i = 0;

	while (i < NCOPIED && copied[i].codec != codec)
		i++;
	return i;
}

/* libavformat has tags for more in QuickTime, and refuses them when the header is written. */
static bool refused_later(const AVOutputFormat *muxer, enum AVCodecID codec)
{
	return strcmp(muxer->name, "mov") == 0 && codec != AV_CODEC_ID_H264 && codec != AV_CODEC_ID_HEVC;
}

bool rec_joinable_holds(const char *format, const struct rec_scan *scan)
{
	const struct rec_format *row = rec_formats_find(NULL, format);
	const AVOutputFormat *muxer = row && row->video[0] ? av_guess_format(row->muxer, NULL, NULL) : NULL;

	return muxer && find(scan->par->codec_id) < NCOPIED && !refused_later(muxer, scan->par->codec_id) &&
	       avformat_query_codec(muxer, scan->par->codec_id, FF_COMPLIANCE_NORMAL) == 1;
}

static bool same_shape(AVRational a, AVRational b)
{
	if (a.num <= 0 || a.den <= 0)
		a = (AVRational){1, 1};
	if (b.num <= 0 || b.den <= 0)
		b = (AVRational){1, 1};
	return av_cmp_q(a, b) == 0;
}

bool rec_joinable_alike(const struct rec_scan *a, const struct rec_scan *b)
{
	return a->par->codec_id == b->par->codec_id && a->par->profile == b->par->profile &&
	       a->par->format == b->par->format && a->par->width == b->par->width && a->par->height == b->par->height &&
	       same_shape(a->sar, b->sar) && memcmp(a->matrix, b->matrix, sizeof(a->matrix)) == 0;
}

bool rec_joinable_same_sets(const struct rec_scan *a, const struct rec_scan *b)
{
	return rec_inband_same(a->par, b->par);
}

const char *rec_joinable_encoder(const char *format, const struct rec_scan *scan)
{
	const struct rec_format *row = rec_formats_find(NULL, format);
	int i = find(scan->par->codec_id);
	bool plain = scan->par->format == AV_PIX_FMT_YUV420P && scan->turns == 0 &&
	             same_shape(scan->sar, (AVRational){1, 1}) && !((scan->par->width | scan->par->height) & 1);

	if (!row || i == NCOPIED || !copied[i].encoder || !plain || !rec_formats_holds(row, copied[i].encoder, true))
		return NULL;
	return copied[i].encoder;
}

bool rec_joinable_is(const struct rec_scan *scan, const char *encoder)
{
	const char *name = rec_video_options_name(encoder);
	const AVCodec *codec = name ? avcodec_find_encoder_by_name(name) : NULL;

	return codec && codec->id == scan->par->codec_id;
}

const char *rec_joinable_sound(const char *format, const char *codec, int bits)
{
	const struct rec_format *row = rec_formats_find(NULL, format);
	bool from_flac = strcmp(codec, "flac") == 0, alone, flac, pcm;

	if (!row || bits == 0 || strcmp(row->name, "mp4") == 0)
		return NULL;
	alone = !row->audio[1] || strncmp(row->audio[0], "pcm", 3) == 0; /* no lossy codec to choose instead */
	flac = bits <= 24 && rec_formats_holds(row, "flac", false);
	pcm = rec_formats_holds(row, "pcm_s16le", false);
	if (flac && (from_flac || alone))
		return "flac";
	return pcm && (!from_flac || alone) ? "pcm" : NULL;
}

int rec_joinable_depth(int depth, const struct rec_scan *scan)
{
	int64_t window[2 * REC_REORDER_MOST];
	size_t n = sizeof(window) / sizeof(window[0]);

	for (size_t at = 0; at < scan->npackets; at += n / 2) {
		size_t k = 0;

		for (; k < n && at + k < scan->npackets; k++)
			window[k] = scan->packets[at + k].ns;
		depth = rec_reorder_depth(depth, window, k);
	}
	return depth;
}

int rec_joinable_ticks(int ticks, int64_t other)
{
	static const int64_t most = 10000000;
	int64_t a = ticks, b = other;

	while (b != 0) {
		int64_t rest = a % b;

		a = b;
		b = rest;
	}
	if (other <= 0 || ticks / a > most / other)
		return 90000;
	return (int)(ticks / a * other);
}
