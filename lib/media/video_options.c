/* SPDX-License-Identifier: MIT */
#include "media/video_options.h"

#include "base/err.h"
#include "base/log.h"
#include "media/output.h"

#include <assert.h>
#include <libavutil/cpu.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * Encoded bytes depend on the thread count, so it is a constant and never the number of cores: the same file comes out everywhere.
 * Three, with x264's own lookahead thread, are what x264 takes by itself on two cores; each one more costs 10 MB at 720p, and on two cores no
 * less time.
 */
#define THREADS     3
#define THREADS_STR "3"

static const char *const x264_presets[] = {
        "ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow", "placebo"};
#define NPRESETS (sizeof x264_presets / sizeof x264_presets[0])

struct video_codec {
	const char *name;
	const char *alias;
	const char *preset;            /* the option's name */
	const char *presets[NPRESETS]; /* its values for x264_presets; NULL: the same names */
	const char *quality;           /* the option that crf goes to */
	double crf;                    /* by default: about the look of libx264's 18 */
	double max_crf;
	bool whole_crf;          /* takes integers only */
	const char *fixed[6][2]; /* options that are always set */
};

#define NVENC_PRESETS                                                                                                  \
	{                                                                                                              \
		"p1", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p7", "p7"                                             \
	}

static const struct video_codec video_codecs[] = {
        {"libx264", "h264", "preset", {NULL}, "crf", 18, 51, false, {{NULL}}},
        {"libx265", "hevc", "preset", {NULL}, "crf", 20, 51, false,
                {{"x265-params", "log-level=error:pools=" THREADS_STR ":frame-threads=2:lookahead-slices=0"}}},
        {"libsvtav1", "av1", "preset", {"12", "11", "10", "9", "8", "7", "6", "4", "3", "1"}, "crf", 28, 63, true,
                {{"svtav1-params", "lp=" THREADS_STR}}},
        {"libvpx-vp9", "vp9", "cpu-used", {"5", "5", "5", "4", "4", "3", "2", "1", "0", "0"}, "crf", 28, 63, true,
                {{"deadline", "good"}, {"row-mt", "0"}, {"tile-columns", "2"}}},
        {"h264_nvenc", "h264_nvenc", "preset", NVENC_PRESETS, "cq", 21, 51, false, {{"rc", "vbr"}}},
        {"hevc_nvenc", "hevc_nvenc", "preset", NVENC_PRESETS, "cq", 23, 51, false, {{"rc", "vbr"}}},
};

static const struct video_codec *find(const char *name)
{
	for (size_t i = 0; i < sizeof video_codecs / sizeof video_codecs[0]; i++) {
		if (strcmp(name, video_codecs[i].name) == 0 || strcmp(name, video_codecs[i].alias) == 0)
			return &video_codecs[i];
	}
	return NULL;
}

const char *rec_video_options_name(const char *name)
{
	const struct video_codec *codec = find(name);

	return codec ? codec->name : NULL;
}

const char *rec_video_options_names(void)
{
	return "libx264, libx265, libsvtav1, libvpx-vp9, h264_nvenc, hevc_nvenc";
}

bool rec_output_wants_device(const char *codec)
{
	static const char *const devices[] = {"/dev/nvidiactl", "/dev/nvidia0", "/dev/dxg"};
	const char *name = codec ? rec_video_options_name(codec) : NULL;

	if (name && strstr(name, "_nvenc"))
		return true;
	for (size_t i = 0; codec && strcmp(codec, "auto") == 0 && i < sizeof devices / sizeof *devices; i++)
		if (access(devices[i], F_OK) == 0)
			return true;
	return false;
}

/* the encoder's word for ${preset}; NULL: there is none */
static const char *translate(const struct video_codec *codec, const char *preset)
{
	for (size_t i = 0; i < NPRESETS; i++) {
		if (strcmp(preset, x264_presets[i]) == 0)
			return codec->presets[0] ? codec->presets[i] : preset;
	}
	/* a number or p1 to p7, where the encoder's presets are such */
	for (size_t i = 0; i < NPRESETS && codec->presets[0]; i++) {
		if (strcmp(preset, codec->presets[i]) == 0)
			return preset;
	}
	return NULL;
}

static int set_preset(const struct video_codec *codec, const char *preset, AVDictionary **options)
{
	const char *word = translate(codec, preset ? preset : "fast");

	if (!word)
		return rec_report(REC_EUSAGE,
		        "'%s' has no preset '%s': ultrafast, superfast, veryfast, faster, fast, medium, slow, slower, "
		        "veryslow",
		        codec->name, preset);
	return av_dict_set(options, codec->preset, word, 0) < 0 ? REC_ENOMEM : REC_OK;
}

static int set_quality(const struct video_codec *codec, double crf, AVDictionary **options)
{
	char text[32];
	double value = crf < 0 ? codec->crf : crf;

	if (!(value <= codec->max_crf))
		return rec_report(REC_EUSAGE, "crf %.1f: '%s' takes 0 to %.0f", crf, codec->name, codec->max_crf);
	/* built of integers: a locale must not put a comma there */
	long cents = lround(value * 100);
	if (codec->whole_crf)
		snprintf(text, sizeof text, "%ld", lround(value));
	else
		snprintf(text, sizeof text, "%ld.%02ld", cents / 100, cents % 100);
	return av_dict_set(options, codec->quality, text, 0) < 0 ? REC_ENOMEM : REC_OK;
}

/*
 * x264's AVX-512 lookahead (mbtree, r3095) reads memory that nobody wrote when the width is no multiple of 128, so its bytes
 * change from run to run; its AVX2 code does not, is as fast, and is what a CPU without AVX-512 runs, so that both agree.
 */
static int tame_x264(AVDictionary **options)
{
#if defined(__x86_64__) || defined(__i386__)
	if (av_get_cpu_flags() & AV_CPU_FLAG_AVX512)
		return av_dict_set(options, "x264-params", "asm=avx2", 0) < 0 ? REC_ENOMEM : REC_OK;
#else
	(void)options;
#endif
	return REC_OK;
}

int rec_video_options(AVCodecContext *context, const struct rec_video_params *params, AVDictionary **options)
{
	const struct video_codec *codec = find(context->codec->name);

	assert(codec); /* it was found by a name of the table */
	int r = set_preset(codec, params->preset, options);

	if (r < 0)
		return r;
	context->thread_count = THREADS;
	context->bit_rate = params->bitrate > 0 ? params->bitrate : 0;
	if (context->bit_rate == 0)
		r = set_quality(codec, params->crf, options);
	for (size_t i = 0; r == REC_OK && codec->fixed[i][0]; i++) {
		if (av_dict_set(options, codec->fixed[i][0], codec->fixed[i][1], 0) < 0)
			r = REC_ENOMEM;
	}
	if (r == REC_OK && strcmp(codec->name, "libx264") == 0)
		r = tame_x264(options);
	return r;
}
