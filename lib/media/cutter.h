/* SPDX-License-Identifier: MIT */
/*
 * Stretches of one file's picture stream, each as its packets are or decoded, in one pass without a seek.
 *
 *     rec_cutter_open(&cutter, path, source, &scan, spans, n);
 *     while ((r = rec_cutter_next(cutter, &item)) == 0) ...;
 *     rec_cutter_close(&cutter, &damage);
 */
#ifndef REC_MEDIA_CUTTER_H
#define REC_MEDIA_CUTTER_H

#include "media/scan.h"

#include <libavcodec/packet.h>
#include <libavutil/frame.h>

/* pictures stamped [from_ns, to_ns) */
struct rec_cut_span {
	int64_t from_ns;
	int64_t to_ns;
	bool decode; /* else the packets: from_ns is a key picture's stamp then, and the last GOP can do without what is left out */
};

struct rec_cut_item {
	size_t span;
	int64_t ns;
	int64_t duration_ns; /* to the next stamp, or to the end of the span */
	AVPacket *
	        packet; /* of a span that is not decoded; borrowed until the next call, and may be moved out; else NULL */
	AVFrame *frame; /* of one that is; likewise */
	int turns;      /* that show the frame upright */
};

struct rec_cutter;

/**
 * rec_cutter_open(cutter, path, source, scan, spans, n):
 *   source  taken over, also on error; NULL: open ${path}
 *   spans   in order, not overlapping; borrowed until close, as ${scan} is
 * Errors as of rec_input_open().
 */
int rec_cutter_open(struct rec_cutter **cutter, const char *path, struct rec_source *source,
        const struct rec_scan *scan, const struct rec_cut_span *spans, size_t n);

/** rec_cutter_next(cutter, item): spans never go back; frames come by their stamps, packets in decoding order. REC_ENODATA: the end; REC_EIO, REC_EINPUT (reported); REC_ENOMEM. */
int rec_cutter_next(struct rec_cutter *cutter, struct rec_cut_item *item);

/** rec_cutter_close(cutter, damage): what was lost on the way is added to ${damage}, which may be NULL. */
void rec_cutter_close(struct rec_cutter **cutter, struct rec_damage *damage);

#endif
