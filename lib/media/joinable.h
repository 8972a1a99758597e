/* SPDX-License-Identifier: MIT */
/* What decides whether the packets of one picture stream may follow those of another, in a given container. */
#ifndef REC_MEDIA_JOINABLE_H
#define REC_MEDIA_JOINABLE_H

#include "media/scan.h"

/** rec_joinable_holds(format, scan): whether the container (rec_output_format()'s name) takes the stream's packets as they are. */
bool rec_joinable_holds(const char *format, const struct rec_scan *scan);

/** rec_joinable_alike(a, b): whether both have the same codec, profile, sample format, size, shape of pixels and rotation. */
bool rec_joinable_alike(const struct rec_scan *a, const struct rec_scan *b);

/** rec_joinable_same_sets(a, b): whether they have the same parameter sets too, byte for byte. */
bool rec_joinable_same_sets(const struct rec_scan *a, const struct rec_scan *b);

/** rec_joinable_encoder(format, scan): the encoder whose pictures can stand among the stream's packets; NULL: there is none, as for what is turned, not 4:2:0 or VP8. Static. */
const char *rec_joinable_encoder(const char *format, const struct rec_scan *scan);

/** rec_joinable_is(scan, encoder): whether ${encoder} (any of its names) makes such streams. */
bool rec_joinable_is(const struct rec_scan *scan, const char *encoder);

/**
 * rec_joinable_sound(format, codec, bits): the encoder (rec_audio_params) that keeps every sample of ${codec} (rec_input_info) in the container; NULL: there is
 * none. MP4 could hold FLAC, but not every player reads it there. Static.
 */
const char *rec_joinable_sound(const char *format, const char *codec, int bits);

/** rec_joinable_depth(depth, scan): rec_reorder_depth() of its packets. */
int rec_joinable_depth(int depth, const struct rec_scan *scan);

/** rec_joinable_ticks(ticks, scan): the smallest count of ticks a second that both have exactly, ${ticks} and the stream's own; 90000 where that grows too large. */
int rec_joinable_ticks(int ticks, int64_t other);

#endif
