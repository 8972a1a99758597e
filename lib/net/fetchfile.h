/* SPDX-License-Identifier: MIT */
/* One file of net/fetch.h. What came so far and of which version is noted beside it, in `.NAME.version`, so that a later run can go on. */
#ifndef REC_NET_FETCHFILE_H
#define REC_NET_FETCHFILE_H

#include "net/fetch.h"

/** rec_fetchfile_get(http, folder, file, params): into the open ${folder}, synced; as rec_get_file(). */
int rec_fetchfile_get(
        struct rec_http *http, int folder, struct rec_fetch_file *file, const struct rec_get_params *params);

#endif
