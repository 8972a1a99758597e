/* SPDX-License-Identifier: MIT */
/*
 * One output file: at most one picture stream and one sound stream, encoded on threads of their own behind bounded queues,
 * muxed in the order of their stamps, and placed atomically (base/out.h). The same frames and parameters give the same bytes on
 * every run: no clock, no random, a constant number of encoder threads.
 *
 *     rec_output_open(&o, path, &params);                -- reported errors
 *     rec_output_video(o, frame); rec_output_audio(o, pcm, n);    -- each from one thread of its own, or both from one
 *     rec_output_end_video(o); rec_output_end_audio(o);   -- from the thread that fed it
 *     r = rec_output_commit(&o, &stats);                  -- or rec_output_discard(&o)
 *
 * Frames are numbered from 0 in the order given: frame n stands at n/fps, sample n at n/rate; both streams begin at 0 and the
 * encoder's delay (B-frames, AAC priming, Opus pre-skip, LAME delay) is written so that players take it away again.
 *
 * The two streams may be fed any distance apart, and one may end long before the other: a caller waits for its own encoder
 * alone. What one stream is ahead waits as compressed packets in memory (an hour of AAC at 128 kb/s: 58 MB), so a caller that
 * wants bounded memory keeps the two within some seconds. An end tells that a stream holds the other back no longer: give it as soon as it is known.
 * The first error, in whatever thread, is reported once; it ends both encoders, and every later call returns its code.
 * After an error, or at any other moment when no other thread is inside a call, discard.
 */
#ifndef REC_MEDIA_OUTPUT_H
#define REC_MEDIA_OUTPUT_H

#include "base/clock.h"

#include <libavcodec/codec_par.h>
#include <libavcodec/packet.h>
#include <libavutil/frame.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rec_output;
struct rec_out;

/* libavutil's numbers (H.273) */
struct rec_video_tags {
	int range;
	int primaries;
	int transfer;
	int matrix;
	int location; /* of chroma samples */
};

struct rec_video_params {
	int width; /* even */
	int height;
	struct rec_rate fps;
	/*
	 * FFmpeg's encoder or a short name: libx264 (h264), libx265 (hevc), libsvtav1 (av1), libvpx-vp9 (vp9), h264_nvenc, hevc_nvenc; "auto":
	 * h264_nvenc where it works, else as NULL; NULL: the container's default: libx264, for WebM libvpx-vp9
	 */
	const char *codec;
	const char *preset; /* libx264's names for every encoder, or the encoder's own word; NULL: "fast" */
	double crf;         /* on the encoder's own scale (cq of NVENC); < 0: its default, 18 for libx264 */
	int64_t bitrate;    /* bits a second instead of crf; 0: by crf */
	const struct rec_video_tags *tags; /* of the pictures; NULL: BT.709, limited range */
};

struct rec_audio_params {
	int rate;          /* Hz; 48000 */
	int channels;      /* interleaved float */
	const char *codec; /* aac, opus, mp3, flac, pcm or FFmpeg's encoder; NULL: what the container holds by custom */
	int64_t bitrate;   /* bits a second of lossy codecs; 0: 128000 */
	int bits;          /* of PCM and FLAC: 16, 24 or 32 (float, PCM only); 0: 16 */
};

/* a picture stream that comes encoded */
struct rec_packet_params {
	const AVCodecParameters *par; /* copied */
	AVRational time_base;         /* of the packets' stamps */
	AVRational frame_rate;        /* {0, 1}: it varies */
	const int32_t *matrix;        /* display matrix, 9 numbers; NULL: upright */
};

struct rec_chapter {
	int64_t start_ns;
	int64_t end_ns;
	const char *title;
};

struct rec_output_params {
	const char *
	        format; /* "mp4", "mov", "mkv", "webm", "m4a", "mp3", "opus", "ogg", "flac", "wav"; NULL: by the path */
	bool no_clobber;
	const struct rec_video_params *video;    /* NULL: none */
	const struct rec_audio_params *audio;    /* NULL: none */
	const struct rec_packet_params *packets; /* instead of video: rec_output_packet() */
	const struct rec_chapter *chapters;      /* copied */
	size_t nchapters;
	size_t queue_frames; /* pictures that wait for the encoder; 0: 4 */
	struct rec_out *out; /* begun for that path; taken over, also on error; NULL: begin it */
};

struct rec_output_stats {
	int64_t frames;
	int64_t samples; /* a channel */
	int64_t bytes;
	int64_t video_encode_ns; /* wall time inside the encoders */
	int64_t audio_encode_ns;
	const char *video_codec; /* the encoder that was used, what `auto` chose; static; NULL: no such stream */
	const char *audio_codec;
};

/**
 * rec_output_format(path, format):
 * The name of the container for ${path} (by its ending, any case) or ${format} (which wins; NULL: none given).
 * Return a static short name ("mp4", "mov", "mkv", "webm", "m4a", "mp3", "opus", "ogg", "flac", "wav"), or NULL when neither tells.
 */
const char *rec_output_format(const char *path, const char *format);

/** rec_output_format_has(format, video): whether that container can hold picture (video) or sound. */
bool rec_output_format_has(const char *format, bool video);

/**
 * rec_output_open(output, path, params):
 * Open encoders, muxer and the atomic output. ${path} is borrowed until the end, ${params} for the call. A pipe gets a form that
 * needs no seek (fragmented MP4, MOV and M4A; WAV and FLAC without a length), MP3 for a pipe passes through a temporary file.
 * Errors, reported: REC_EUSAGE: unknown format, no stream at all, a codec that the container cannot hold or this FFmpeg lacks, an odd
 * or excessive size, a preset, quality, rate (with the list) or channel count out of range; REC_EEXIST; REC_EIO; REC_EENCODE: the
 * encoder or muxer refused; REC_ENOMEM. Nothing of the target is touched before all REC_EUSAGE is ruled out.
 */
int rec_output_open(struct rec_output **output, const char *path, const struct rec_output_params *params);

/** rec_output_check(path, params): what rec_output_open() refuses before it touches the target: open the encoders and close them again. Errors as there. */
int rec_output_check(const char *path, const struct rec_output_params *params);

/**
 * rec_output_video(output, frame):
 * Queue the next picture: yuv420p of the size of the parameters, limited range BT.709; its stamps, tags and side data are ignored. A
 * reference is taken: the caller must not write into the buffers after (the same frame may be given again for a repeat).
 * Waits while the queue is full.
 * Return 0; REC_EINVAL (reported): another size or format, or after the end; else the output's first error.
 */
int rec_output_video(struct rec_output *output, const AVFrame *frame);

/**
 * rec_output_audio(output, pcm, nframes):
 * Queue sound: nframes x channels, interleaved float; copied; any length. Integer formats round to nearest and clip; NaN and
 * infinity become silence. Waits while the queue is full. Errors as rec_output_video().
 */
int rec_output_audio(struct rec_output *output, const float *pcm, size_t nframes);

/**
 * rec_output_packet(output, packet):
 * Write one encoded picture; dts strictly ascending and <= pts, the first picture presented at 0. What ${packet} holds is moved out. Errors as rec_output_video().
 */
int rec_output_packet(struct rec_output *output, AVPacket *packet);

/** rec_output_end_video(output), rec_output_end_audio(output): the last of that stream was given. Again, or without that stream: nothing. */
int rec_output_end_video(struct rec_output *output);
int rec_output_end_audio(struct rec_output *output);

/**
 * rec_output_cancel(output, err):
 * Make every call of now and later fail with ${err}, so that the other stream's thread comes back; then discard. NULL is fine.
 */
void rec_output_cancel(struct rec_output *output, int err);

/**
 * rec_output_commit(output, stats):
 * End what has not ended, wait for the encoders, finish the file, make it appear; ${stats} may be NULL. Frees, sets NULL.
 * Errors, reported (here or before): then nothing appeared.
 */
int rec_output_commit(struct rec_output **output, struct rec_output_stats *stats);

/** rec_output_discard(output): stop the encoders and leave no trace; NULL is fine. */
void rec_output_discard(struct rec_output **output);

/**
 * rec_output_wants_device(codec):
 * Whether ${codec}, as rec_video_params has it, is or may be one that a graphics card encodes, whose driver needs more of the system than the sandbox allows.
 */
bool rec_output_wants_device(const char *codec);
#define REC_OUTPUT_DEVICE "a graphics card's driver needs more than it allows"

#endif
