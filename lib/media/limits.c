/* SPDX-License-Identifier: MIT */
#include "media/limits.h"

const struct rec_media_limits rec_media_limits = REC_MEDIA_LIMITS;
