/* SPDX-License-Identifier: MIT */
/*
 * One stream of one media file, or a folder of pictures named by microseconds (media/folder.h), demuxed and decoded safely: its frames in the order of their stamps, on the nanosecond
 * clock. Only whitelisted containers and codecs, no URL or second file is ever opened, sizes are bounded
 * (media/limits.h). Tolerant of missing duration, cues and index, unknown sizes, duplicate and backward stamps, size changes
 * and truncated tails; what was lost is counted, never hidden.
 *
 *     struct rec_input *in = NULL;
 *     if ((r = rec_input_open(&in, path, &params)) < 0) return r;        -- reported
 *     while ((r = rec_input_read(in, frame, &pts_ns)) == 0) { ...; av_frame_unref(frame); }
 *     if (r != REC_ENODATA) ...                                           -- reported
 *     rec_input_damage(in, &damage); rec_input_close(&in);
 */
#ifndef REC_MEDIA_INPUT_H
#define REC_MEDIA_INPUT_H

#include "base/clock.h"
#include "base/source.h"

#include <libavutil/frame.h>
#include <stdbool.h>
#include <stdint.h>

struct rec_input;

enum rec_media { REC_MEDIA_AUDIO, REC_MEDIA_VIDEO };

struct rec_input_params {
	enum rec_media media;
	int threads;               /* of the decoder; 1 */
	struct rec_source *source; /* read from it instead of opening the path; taken over, also on error; NULL */
	bool packets_only;         /* no decoder: rec_input_read_packet() alone */
	const struct rec_source
	        *kept; /* or from a second reader of this, seekable; borrowed until the input is open; NULL */
	int stream;    /* the number among the streams of that kind, from 1; 0: the best of them */
};
#define REC_INPUT_PARAMS(media)                                                                                        \
	{                                                                                                              \
		(media), 1, NULL, false, NULL, 0                                                                       \
	}

struct rec_input_info {
	const char *container; /* libavformat's short name; borrowed from the input */
	const char *codec;     /* libavcodec's name; static */
	const char *decoder;   /* FFmpeg's; "" with packets_only */
	int width;             /* of the header: frames may differ */
	int height;
	int rate; /* Hz */
	int channels;
	int bits;            /* of a sample of PCM or FLAC: 16, 24 or 32 (float); 0: another codec, or other bits */
	int64_t tick_ns;     /* one tick of the stamps' time base, rounded up: the coarseness of every stamp */
	int64_t duration_ns; /* as the container says; REC_NS_UNKNOWN: it does not */
	int64_t first_ns;    /* stamp of the first frame presented; REC_NS_UNKNOWN with packets_only */
	int turns;           /* rec_input_rotation() of that frame */
	bool has_audio;      /* the file has a stream of that kind */
	bool has_video;
};

/* what was lost on the way; times are container stamps in ns */
struct rec_damage {
	int64_t packets; /* read */
	int64_t frames;  /* decoded */
	int64_t corrupt; /* packets that are damaged, or that the decoder refused */
	int64_t undecoded; /* pictures whose packet gave no frame (nothing to show before the first key frame, a frozen decoder) */
	int64_t concealed;  /* pictures that the decoder gave, but with parts it had to make up */
	int64_t backward;   /* stamps before the one before */
	int64_t duplicate;  /* stamps equal to the one before */
	int64_t unstamped;  /* packets without a stamp: placed after the one before */
	bool truncated;     /* the file ends in the middle of something */
	int64_t first_ns;   /* stamp of the first frame presented; REC_NS_UNKNOWN: none */
	int64_t last_ns;    /* end of the last one */
	int64_t corrupt_ns; /* where the first damage is; REC_NS_UNKNOWN: none */
};

/**
 * rec_input_open(in, path, params):
 * Open a stream of the wanted kind and decode its first frame, so that a file that gives nothing fails here.
 * ${path} is a local path or `-`; used in messages even when a source is given.
 * Errors: REC_EINPUT, reported with the cause: missing, empty, not media, a playlist, over a limit, nothing decodable;
 * REC_ENODATA, not reported: media, but no stream of that kind; REC_EIO (reported); REC_ENOMEM.
 */
int rec_input_open(struct rec_input **in, const char *path, const struct rec_input_params *params);

const struct rec_input_info *rec_input_info(const struct rec_input *in);
const char *rec_input_path(const struct rec_input *in);

/**
 * rec_input_read(in, frame, pts_ns):
 * The next frame, in order of presentation. Sound: after pre-skip, priming and edit list, pts_ns is the stamp of the first sample kept; frames keep
 * the decoder's sample format. Picture: rotation is NOT applied (rec_input_rotation). Stamps may repeat or go backward
 * as the file has them: who places them decides.
 *   frame   an allocated, empty frame; on success it holds a reference that the caller unrefs
 *   pts_ns  container time
 * Return 0; REC_ENODATA: the end (also the end of what a truncated file holds); REC_EIO: reading failed (reported); REC_ENOMEM.
 */
int rec_input_read(struct rec_input *in, AVFrame *frame, int64_t *pts_ns);

/**
 * rec_input_skip(in, from_ns):
 * Right after the opening: what is presented before ${from_ns} (container time) is not wanted. It is not decoded where that is not needed: pictures
 * begin at the last key frame at or before ${from_ns} (VP8, VP9, AV1, whose key frames need nothing from before; H.264 is decoded whole), sound a
 * second before it. Does nothing for an input that cannot be read twice.
 * The first frame's stamp stays in the info. Errors: REC_EIO (reported), REC_ENOMEM.
 */
int rec_input_skip(struct rec_input *in, int64_t from_ns);

/* a packet's place and size, without decoding */
struct rec_packet_info {
	int64_t pts_ns;      /* REC_NS_UNKNOWN: none */
	int64_t duration_ns; /* 0: not known */
	int64_t bytes;
	int64_t pos; /* byte offset in the file, -1: not known */
	bool key;
	bool corrupt;
};

/** rec_input_read_packet(in, info): the next packet of the stream in file order; only with packets_only. As rec_input_read(). */
int rec_input_read_packet(struct rec_input *in, struct rec_packet_info *info);

/**
 * rec_input_rotation(in, frame):
 * Clockwise quarter turns, 0 to 3, that show ${frame} upright: its own display matrix, else the stream's.
 */
int rec_input_rotation(const struct rec_input *in, const AVFrame *frame);

/** rec_input_damage(in, damage): the counts so far. */
void rec_input_damage(const struct rec_input *in, struct rec_damage *damage);

void rec_input_close(struct rec_input **in);

#endif
