/* SPDX-License-Identifier: MIT */
/*
 * Demuxing, safely: libavformat over a rec_source, with whitelisted containers and codecs and no way to open anything
 * else; or a folder of pictures (media/folder.h), which looks the same from here on. Internal to lib/media; input.h is what others use.
 */
#ifndef REC_MEDIA_DEMUX_H
#define REC_MEDIA_DEMUX_H

#include "base/source.h"
#include "media/folder.h"
#include "media/lost.h"

#include <libavformat/avformat.h>
#include <stdbool.h>

struct rec_demux {
	struct rec_folder *folder; /* instead of source and io */
	struct rec_source *source;
	AVIOContext *io;
	AVFormatContext *format;
	struct rec_lost *lost;
	AVStream *stream; /* the chosen one */
	const char *path; /* for messages; borrowed */
	int read_error;   /* a rec_err that the source gave; 0 */
	bool opening;
	int64_t opening_bytes;
	bool truncated;   /* known when the end is reached */
	int64_t last_pos; /* byte where the payload of the packet last read begins, any stream; -1 */
	int64_t whole;    /* of a FLAC file: samples up to the end of the last frame that its checksum confirms */
};

/**
 * rec_demux_open(demux, path, source, type, number):
 * Recognise and open ${source} (taken over, also on error; NULL: open ${path}) and choose a stream of ${type}: the one of
 * that ${number} among them, from 1, in the file's order; 0: the best.
 * Errors: REC_EINPUT (reported); REC_ENODATA: no stream of that kind; REC_EIO; REC_ENOMEM. On error the demuxer is closed.
 */
int rec_demux_open(
        struct rec_demux *demux, const char *path, struct rec_source *source, enum AVMediaType type, int number);

/** rec_demux_read(demux, packet): the next packet of the chosen stream. REC_ENODATA at the end, REC_EIO, REC_ENOMEM. */
int rec_demux_read(struct rec_demux *demux, AVPacket *packet);

/** rec_demux_container(demux): libavformat's short name, or "folder". */
const char *rec_demux_container(const struct rec_demux *demux);

/** rec_demux_matrix(demux): the stream's display matrix, 9 numbers; NULL: none. */
const int32_t *rec_demux_matrix(const struct rec_demux *demux);

/** rec_demux_codecs(): the whitelist, comma-separated, for decoders opened beside the demuxer. */
const char *rec_demux_codecs(void);

void rec_demux_close(struct rec_demux *demux);

#endif
