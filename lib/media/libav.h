/* SPDX-License-Identifier: MIT */
/* What the users of libav share: lib/media, and who calls libavutil besides. */
#ifndef REC_MEDIA_LIBAV_H
#define REC_MEDIA_LIBAV_H

#include <libavformat/avformat.h>
#include <stdbool.h>

/**
 * rec_libav_init():
 * Silence libav's own talk (LOG_LEVEL=debug lets it speak), bound what it takes at once, since an MP4 of some bytes may claim an index of gigabytes, and
 * take huge pages from the process: encoders would waste them. Safe to call often, from any thread.
 */
void rec_libav_init(void);

/** rec_libav_allow_large(): end that bound, for the index of a long output. From any thread. */
void rec_libav_allow_large(void);

/** rec_libav_err(averror): the rec_err for an AVERROR: REC_ENOMEM, REC_ENODATA for the end of file, else REC_EINPUT. */
int rec_libav_err(int averror);

/**
 * rec_libav_lacks_memory(averror):
 * Whether a call on an input, before which errno was 0, failed for want of memory. AVERROR(ENOMEM) alone does not tell: libavformat says so of
 * a header that promises more than the file holds, too, or of a size beyond what av_malloc() ever gives.
 */
bool rec_libav_lacks_memory(int averror);

/** rec_libav_text(averror, text): libav's words for an error, lower case; returns ${text}. */
const char *rec_libav_text(int averror, char text[64]);

/** rec_libav_drop_samples(frame, n): move the frame's data past its first ${n} samples, 0 <= n < nb_samples; stamps are the caller's. */
void rec_libav_drop_samples(AVFrame *frame, int n);

/** rec_libav_bare_reference(frame): a new reference that carries nothing but the picture, BT.709 limited: what the frame's source had to say would reach the encoder. NULL: no memory. */
AVFrame *rec_libav_bare_reference(const AVFrame *frame);

#endif
