/* SPDX-License-Identifier: MIT */
/*
 * What libavformat drops and does not tell: Ogg pages whose checksum is wrong (RFC 3533, 6). The bytes are checked as they pass by, each of them
 * once, whatever is read again; other containers pass by as they are. Internal to lib/media.
 *
 *     if (!rec_lost_bytes(lost, at, bytes, n)) -- all that is read, from the first byte on
 *             ... that is the end
 *     ... = rec_lost_before(lost, packet);    -- each packet
 *     ... = rec_lost_at_end(lost);
 *     rec_lost_free(&lost);
 */
#ifndef REC_MEDIA_LOST_H
#define REC_MEDIA_LOST_H

#include <libavcodec/packet.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rec_lost;

/** rec_lost_new(lost): for one file, whatever it is. REC_ENOMEM. */
int rec_lost_new(struct rec_lost **lost);

/**
 * rec_lost_bytes(lost, at, bytes, n):
 * What the file holds from ${at} on; what leaves out something, or was there before, is passed over.
 * Return whether it is worth reading: no longer, after pages that lie within each other and would cost a hundred times the file.
 */
bool rec_lost_bytes(struct rec_lost *lost, int64_t at, const uint8_t *bytes, size_t n);

/** rec_lost_before(lost, packet): whether something between ${packet} and the one before it was dropped. */
bool rec_lost_before(struct rec_lost *lost, const AVPacket *packet);

/** rec_lost_at_end(lost): after the last packet: whether something that came later was dropped. */
bool rec_lost_at_end(const struct rec_lost *lost);

void rec_lost_free(struct rec_lost **lost);

#endif
