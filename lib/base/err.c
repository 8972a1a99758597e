/* SPDX-License-Identifier: MIT */
#include "base/err.h"

int rec_exit_status(int err)
{
	switch (err) {
	case REC_OK:
		return 0;
	case REC_EUSAGE:
	case REC_EINVAL:
		return 2;
	case REC_EINPUT:
	case REC_ENODATA:
		return 3;
	case REC_EREMOTE:
		return 4;
	case REC_ELEFTOUT:
		return 5;
	default:
		return 1;
	}
}

const char *rec_strerror(int err)
{
	switch (err) {
	case REC_OK:
		return "no error";
	case REC_EIO:
		return "reading or writing failed";
	case REC_ENOMEM:
		return "out of memory";
	case REC_EENCODE:
		return "the encoder failed";
	case REC_EEXIST:
		return "it exists already";
	case REC_EUSAGE:
		return "wrong usage";
	case REC_EINVAL:
		return "invalid value";
	case REC_EINPUT:
		return "the input cannot be used";
	case REC_ENODATA:
		return "no data";
	case REC_EREMOTE:
		return "the remote side failed";
	case REC_ELEFTOUT:
		return "something was left out";
	default:
		return "unknown error";
	}
}
