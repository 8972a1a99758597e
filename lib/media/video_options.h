/* SPDX-License-Identifier: MIT */
/* Preset, quality and thread count in each video encoder's own words. */
#ifndef REC_MEDIA_VIDEO_OPTIONS_H
#define REC_MEDIA_VIDEO_OPTIONS_H

#include <libavcodec/avcodec.h>

struct rec_video_params;

/** rec_video_options_name(name): the encoder that may be asked for as ${name} (also "h264", "hevc", ...); static; NULL: unknown. */
const char *rec_video_options_name(const char *name);

/** rec_video_options_names(): all of them, for a message; static. */
const char *rec_video_options_names(void);

/**
 * rec_video_options(context, params, options):
 * Fill ${context} (not yet open) and ${options} (the caller frees them, also on error) from preset, crf and bit rate. Presets
 * are libx264's names for every encoder, or the encoder's own word. crf is on the encoder's own scale.
 * Errors, reported: REC_EUSAGE: preset or crf out of range; REC_ENOMEM.
 */
int rec_video_options(AVCodecContext *context, const struct rec_video_params *params, AVDictionary **options);

#endif
