/* SPDX-License-Identifier: MIT */
#include "media/libav.h"

#include "base/err.h"
#include "base/log.h"

#include <ctype.h>
#include <errno.h>
#include <libavutil/mem.h>
#include <libavutil/samplefmt.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

/* bytes at once: the largest picture with four bytes a pixel, the index of seven million packets */
static const size_t most_at_once = 160 << 20;

/* x264 asks for huge pages, which rounds each frame that it holds up to 2 MB: a tenth of its memory, and no time gained. */
static void use_small_pages(void)
{
#ifdef PR_SET_THP_DISABLE
	prctl(PR_SET_THP_DISABLE, 1UL, 0UL, 0UL, 0UL);
#endif
}

static void init(void)
{
	use_small_pages();
	av_max_alloc(most_at_once);
	setenv("SVT_LOG", "1", 0); /* SVT-AV1 talks on stderr by itself; 1: errors only */
	av_log_set_level(rec_log_level() >= REC_DEBUG ? AV_LOG_VERBOSE : AV_LOG_QUIET);
}

void rec_libav_init(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, init);
}

void rec_libav_allow_large(void)
{
	rec_libav_init();
	av_max_alloc(INT_MAX);
}

int rec_libav_err(int averror)
{
	if (averror >= 0)
		return REC_OK;
	if (averror == AVERROR(ENOMEM))
		return REC_ENOMEM;
	return averror == AVERROR_EOF ? REC_ENODATA : REC_EINPUT;
}

bool rec_libav_lacks_memory(int averror)
{
	bool said = averror == AVERROR(ENOMEM);
	void *some;

	if (!said || errno == ENOMEM)
		return said;
	some = malloc(1 << 20); /* posix_memalign() need not set errno */
	free(some);
	return !some;
}

const char *rec_libav_text(int averror, char text[64])
{
	av_strerror(averror, text, 64);
	text[0] = (char)tolower((unsigned char)text[0]);
	return text;
}

void rec_libav_drop_samples(AVFrame *frame, int n)
{
	enum AVSampleFormat format = (enum AVSampleFormat)frame->format;
	int channels = frame->ch_layout.nb_channels;
	int planes = av_sample_fmt_is_planar(format) ? channels : 1;
	ptrdiff_t bytes = (ptrdiff_t)n * av_get_bytes_per_sample(format) * (planes == 1 ? channels : 1);

	for (int i = 0; i < planes; i++)
		frame->extended_data[i] += bytes;
	for (int i = 0; frame->data != frame->extended_data && i < planes && i < AV_NUM_DATA_POINTERS; i++)
		frame->data[i] += bytes;
	frame->nb_samples -= n;
}

AVFrame *rec_libav_bare_reference(const AVFrame *frame)
{
	AVFrame *copy = av_frame_clone(frame);

	if (!copy)
		return NULL;
	while (copy->nb_side_data > 0)
		av_frame_remove_side_data(copy, copy->side_data[0]->type);
	av_dict_free(&copy->metadata);
	copy->pict_type = AV_PICTURE_TYPE_NONE;
	copy->sample_aspect_ratio = (AVRational){1, 1};
	copy->color_range = AVCOL_RANGE_MPEG;
	copy->color_primaries = AVCOL_PRI_BT709;
	copy->color_trc = AVCOL_TRC_BT709;
	copy->colorspace = AVCOL_SPC_BT709;
	return copy;
}
