/* SPDX-License-Identifier: MIT */
/*
 * One picture stream out of pieces: packets as they are, from one file or another, and pictures that are encoded here, each piece closed in itself.
 * Decoding times are made anew (media/reorder.h), so no joint has a gap, an overlap or a stamp that goes back.
 *
 *     rec_joiner_open(&joiner, path, &params);
 *     rec_joiner_source(joiner, par);  rec_joiner_packet(joiner, packet, ns, duration_ns) ...;
 *     rec_joiner_frame(joiner, frame, ns, duration_ns) ...;  rec_joiner_end_piece(joiner);
 *     rec_joiner_end(joiner);  -- then rec_output_commit()
 *     rec_joiner_close(&joiner);
 */
#ifndef REC_MEDIA_JOINER_H
#define REC_MEDIA_JOINER_H

#include "media/output.h"

struct rec_joiner;

struct rec_joiner_params {
	struct rec_output_params output;      /* video and packets are filled in here */
	const AVCodecParameters *par;         /* of the packets that are copied; NULL: none is */
	const int32_t *matrix;                /* of these; NULL: upright */
	const struct rec_video_params *video; /* for what is encoded; NULL: nothing is */
	bool in_band;          /* parameter sets before every key picture: they are not the same throughout */
	AVRational time_base;  /* of the output */
	AVRational frame_rate; /* {0, 1}: it varies */
	int depth;             /* rec_reorder_depth() of what is copied */
};

/** rec_joiner_open(joiner, path, params): as rec_output_open(). */
int rec_joiner_open(struct rec_joiner **joiner, const char *path, const struct rec_joiner_params *params);

/** rec_joiner_output(joiner): for the sound, and to commit or discard; owned by the caller from now on, who ends it before the joiner is closed. */
struct rec_output *rec_joiner_output(const struct rec_joiner *joiner);

/** rec_joiner_source(joiner, par): the packets that follow are of such a stream. REC_EENCODE (reported), REC_ENOMEM. */
int rec_joiner_source(struct rec_joiner *joiner, const AVCodecParameters *par);

/** rec_joiner_packet(joiner, packet, ns, duration_ns): what ${packet} holds is moved out; output time. As rec_output_packet(). */
int rec_joiner_packet(struct rec_joiner *joiner, AVPacket *packet, int64_t ns, int64_t duration_ns);

/** rec_joiner_frame(joiner, frame, ns, duration_ns): yuv420p of the size of video, as rec_output_video() wants it; stamps ascend. REC_EENCODE (reported). */
int rec_joiner_frame(struct rec_joiner *joiner, const AVFrame *frame, int64_t ns, int64_t duration_ns);

/**
 * rec_joiner_native(joiner, frame, ns, duration_ns):
 * A picture of the source that rec_joiner_source() named, as it came: its colours and their tags stay what they are beside the packets that are copied. REC_EINVAL, not reported: it is not
 * yuv420p of the size of video; then nothing was done. Else as rec_joiner_frame(). A piece is native as a whole or not at all.
 */
int rec_joiner_native(struct rec_joiner *joiner, const AVFrame *frame, int64_t ns, int64_t duration_ns);

/** rec_joiner_end_piece(joiner): the next picture begins a GOP of its own; what the encoder holds is written. Nothing was encoded: nothing. */
int rec_joiner_end_piece(struct rec_joiner *joiner);

/** rec_joiner_counts(joiner, copied, encoded): pictures so far. */
void rec_joiner_counts(const struct rec_joiner *joiner, int64_t *copied, int64_t *encoded);

void rec_joiner_close(struct rec_joiner **joiner);

#endif
