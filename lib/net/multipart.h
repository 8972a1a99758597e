/* SPDX-License-Identifier: MIT */
/* S3's uploads in parts; a part of net/put.h. */
#ifndef REC_NET_MULTIPART_H
#define REC_NET_MULTIPART_H

#include "net/put.h"

extern const int rec_put_stall_s;

/**
 * rec_multipart_put(http, target, fd, size, params, result):
 * As rec_put_file(), without the HEAD. What an upload of ours to the same place left behind when it was killed is aborted first: uploads
 * are noted in $XDG_STATE_HOME/rectools/uploads, else ~/.local/state.
 */
int rec_multipart_put(struct rec_http *http, const struct rec_target *target, int fd, int64_t size,
        const struct rec_put_params *params, struct rec_put_result *result);

/** rec_put_once(http, request, reply): a PUT with its retries, and a look at the answer; REC_EREMOTE: reply->why, not reported. */
int rec_put_once(struct rec_http *http, const struct rec_http_request *request, struct rec_http_reply *reply);

/** rec_put_failed(target, reply): report reply->why; REC_EREMOTE, or REC_EIO where it is this machine's. */
int rec_put_failed(const struct rec_target *target, const struct rec_http_reply *reply);

/** rec_put_unreadable(target): report errno, of a file that was to be sent (0: it became shorter); REC_EIO. */
int rec_put_unreadable(const struct rec_target *target);

#endif
