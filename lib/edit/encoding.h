/* SPDX-License-Identifier: MIT */
/*
 * How picture and sound are encoded, where they are: what the tools of this room ask for alike, and the rows of their option tables.
 *
 *     struct options { struct rec_encoding encoding; ... };
 *     static const struct options defaults = {.encoding = {REC_ENCODING_DEFAULTS}};
 *     REC_ENCODING_PICTURE_OPTS(struct options, encoding, "help for --codec"), REC_ENCODING_SOUND_OPTS(struct options, encoding) in the table
 */
#ifndef REC_EDIT_ENCODING_H
#define REC_EDIT_ENCODING_H

#include "base/opt.h"
#include "picture/layout.h"

struct rec_encoding {
	int fit;                /* enum rec_fit */
	const char *background; /* a colour, as rec_colour_parse() reads it */
	const char *codec;      /* of the picture, as of rec_video_params; NULL: who encodes chooses */
	const char *preset;
	double crf; /* < 0: the codec's default */
	int64_t bitrate;
	int64_t audio_bitrate; /* 0: not asked for */
	int audio_rate;        /* Hz; 0: not asked for */
};

#define REC_ENCODING_DEFAULTS .background = "black", .crf = -1

/* clang-format off */
#define REC_ENCODING_PICTURE_OPTS(type, member, codec_help)                                                                \
	{0, "fit", REC_OPT_CHOICE, offsetof(type, member.fit), "HOW", 0, 0, rec_fit_names,                                 \
	        "how a picture of another shape fills it: contain, cover or stretch (contain)"},                           \
	{0, "background", REC_OPT_STR, offsetof(type, member.background), "COLOUR", 0, 0, NULL,                            \
	        "around the pictures: a name or #RRGGBB (black)"},                                                         \
	{0, "codec", REC_OPT_STR, offsetof(type, member.codec), "NAME", 0, 0, NULL, codec_help},                           \
	{0, "preset", REC_OPT_STR, offsetof(type, member.preset), "NAME", 0, 0, NULL,                                      \
	        "the codec's speed against size (fast)"},                                                                  \
	{0, "crf", REC_OPT_REAL, offsetof(type, member.crf), "N", 0, 63, NULL,                                             \
	        "the codec's quality, lower is better (18 for libx264)"},                                                  \
	{0, "bitrate", REC_OPT_BITS, offsetof(type, member.bitrate), "BITS", 1000, 1e9, NULL,                              \
	        "of the picture, instead of --crf: 4M"}

#define REC_ENCODING_SOUND_OPTS(type, member)                                                                              \
	{0, NULL, REC_OPT_HEADING, 0, NULL, 0, 0, NULL, "Sound"},                                                          \
	{0, "audio-bitrate", REC_OPT_BITS, offsetof(type, member.audio_bitrate), "BITS", 6000, 1e6, NULL,                  \
	        "of the sound (128k)"},                                                                                    \
	{0, "audio-rate", REC_OPT_INT, offsetof(type, member.audio_rate), "HZ", 8000, 192000, NULL,                        \
	        "samples a second (48000)"}
/* clang-format on */

#endif
