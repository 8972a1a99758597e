/* SPDX-License-Identifier: MIT */
#include "media/inband.h"

#include "base/err.h"
#include "base/log.h"

#include <stdbool.h>
#include <string.h>

/* ISO/IEC 14496-15: a configuration record begins with its version, 1; a byte stream with a start code */
static bool has_record(const AVCodecParameters *par)
{
	return par->extradata_size > 6 && par->extradata[0] == 1;
}

static const char *filter_for(const AVCodecParameters *par)
{
	if (par->codec_id != AV_CODEC_ID_H264 && par->codec_id != AV_CODEC_ID_HEVC)
		return NULL;
	if (has_record(par))
		return par->codec_id == AV_CODEC_ID_H264 ? "h264_mp4toannexb" : "hevc_mp4toannexb";
	return par->extradata_size > 0 ? "dump_extra" : NULL;
}

int rec_inband_open(AVBSFContext **filter, const AVCodecParameters *par)
{
	const char *name = filter_for(par);
	const AVBitStreamFilter *found = name ? av_bsf_get_by_name(name) : NULL;

	*filter = NULL;
	if (!name)
		return REC_OK;
	if (!found)
		return rec_report(REC_EENCODE, "this FFmpeg is built without the '%s' filter", name);
	if (av_bsf_alloc(found, filter) < 0 || avcodec_parameters_copy((*filter)->par_in, par) < 0)
		return REC_ENOMEM;
	if (av_bsf_init(*filter) >= 0)
		return REC_OK;
	av_bsf_free(filter);
	return rec_report(REC_EINPUT, "cannot copy pictures: their parameter sets are damaged");
}

bool rec_inband_same(const AVCodecParameters *a, const AVCodecParameters *b)
{
	return a->extradata_size == b->extradata_size &&
	       (a->extradata_size == 0 || memcmp(a->extradata, b->extradata, (size_t)a->extradata_size) == 0);
}
