/* SPDX-License-Identifier: MIT */
/* Whether a file was cut off, from its structure alone: libraries read what is there and call it the end. For who reads containers: lib/media, sound/wavfile. */
#ifndef REC_MEDIA_TAIL_H
#define REC_MEDIA_TAIL_H

#include "base/source.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * rec_tail_is_cut(source, container, last_pos):
 * Walk the outer structure of a seekable file whose end was reached.
 *   container  libavformat's name of the demuxer, "matroska,webm"
 *   last_pos   byte offset of the last packet's payload, -1: not known; saves the walk through a Matroska file of unknown sizes
 * Matroska (RFC 8794, RFC 9559): an element that runs past the end of the file. MP4 (ISO/IEC 14496-12, 4.2): a box that does, or a movie
 * fragment without its data. Ogg (RFC 3533): a page that does. WAV: a data chunk that does. MP3: a Xing tag that counts more bytes than
 * there are. Others: false.
 */
bool rec_tail_is_cut(struct rec_source *source, const char *container, int64_t last_pos);

/**
 * rec_tail_flac_is_cut(streaminfo, n, nframes):
 * Whether the ${n} bytes of a FLAC file's STREAMINFO (RFC 9639, 8.2) promise more than the ${nframes} that its whole frames reach. A size of 0 is
 * not known, and false.
 */
bool rec_tail_flac_is_cut(const uint8_t *streaminfo, size_t n, int64_t nframes);

#endif
