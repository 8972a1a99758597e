/* SPDX-License-Identifier: MIT */
/* One file of net/fetch.h. A later run goes on with what came so far. */
#ifndef REC_NET_FETCHFILE_H
#define REC_NET_FETCHFILE_H

#include "net/fetch.h"
#include "net/notes.h"

/** rec_fetchfile_get(http, folder, notes, file, params): into the open ${folder}, synced, from where ${notes} say that it is; as rec_get_file(). */
int rec_fetchfile_get(struct rec_http *http, int folder, struct rec_notes *notes, struct rec_fetch_file *file,
        const struct rec_get_params *params);

#endif
