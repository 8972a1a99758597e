/* SPDX-License-Identifier: MIT */
#include "media/libav.h"

#include "base/err.h"
#include "base/log.h"

#include <ctype.h>
#include <pthread.h>

static void set_level(void)
{
	av_log_set_level(rec_log_level() >= REC_DEBUG ? AV_LOG_VERBOSE : AV_LOG_QUIET);
}

void rec_libav_init(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, set_level);
}

int rec_libav_err(int averror)
{
	if (averror >= 0)
		return REC_OK;
	if (averror == AVERROR(ENOMEM))
		return REC_ENOMEM;
	return averror == AVERROR_EOF ? REC_ENODATA : REC_EINPUT;
}

const char *rec_libav_text(int averror, char text[64])
{
	av_strerror(averror, text, 64);
	text[0] = (char)tolower((unsigned char)text[0]);
	return text;
}
