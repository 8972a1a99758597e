/* SPDX-License-Identifier: MIT */
/*
 * A folder of pictures named by their capture time in microseconds (000000033411.png): the packets of a stream, one file at a time, sorted by
 * number. Gaps and duplicates are allowed, and sizes may change. Internal to lib/media: rec_input_open() knows a folder when it sees one.
 */
#ifndef REC_MEDIA_FOLDER_H
#define REC_MEDIA_FOLDER_H

#include <libavcodec/codec_id.h>
#include <libavcodec/packet.h>
#include <stdbool.h>

struct rec_folder;

/** rec_folder_is(path): whether ${path} is a folder. */
bool rec_folder_is(const char *path);

/**
 * rec_folder_open(folder, path):
 * List the folder: PNG (.png) or JPEG (.jpg, .jpeg) files, any case, whose names are numbers. Others are not read; pictures among them are warned of.
 * Errors, reported: REC_EINPUT: not readable, no such picture, both kinds at once; REC_ENOMEM.
 */
int rec_folder_open(struct rec_folder **folder, const char *path);

/** rec_folder_codec(folder): AV_CODEC_ID_PNG or AV_CODEC_ID_MJPEG. */
enum AVCodecID rec_folder_codec(const struct rec_folder *folder);

/**
 * rec_folder_read(folder, packet):
 * The next picture: its bytes, pts in microseconds. A file that is empty, cannot be opened, is no regular file (a symbolic link is none) or over the limit of
 * a packet gives a packet that no decoder takes, so that it is counted as damage where all damage is.
 * Return 0; REC_ENODATA: the end; REC_EIO (reported): a file there cannot be read; REC_ENOMEM.
 */
int rec_folder_read(struct rec_folder *folder, AVPacket *packet);

void rec_folder_close(struct rec_folder **folder);

#endif
