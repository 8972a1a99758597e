/* SPDX-License-Identifier: MIT */
/*
 * The MD5 of a file that still grows, made on a thread of its own that follows what is written, so that whoever writes need not wait for
 * it. A small file gets no thread.
 *
 *     struct rec_follow *follow = NULL;
 *     if ((r = rec_follow_new(&follow, fd)) < 0) return r;
 *     ... write from byte 0 on ...; rec_follow_to(follow, bytes);
 *     r = rec_follow_end(follow, hex);
 *     rec_follow_free(&follow);
 */
#ifndef REC_NET_FOLLOW_H
#define REC_NET_FOLLOW_H

#include "net/digest.h"

#include <stdint.h>

struct rec_follow;

/** rec_follow_new(follow, fd): ${fd} is a regular file, open for reading until rec_follow_free(). REC_ENOMEM. */
int rec_follow_new(struct rec_follow **follow, int fd);

/** rec_follow_to(follow, bytes): so many bytes from the file's beginning are as they will stay; never fewer than before. */
void rec_follow_to(struct rec_follow *follow, int64_t bytes);

/** rec_follow_end(follow, hex): the MD5 of what rec_follow_to() last said; once. REC_EIO: the file cannot be read, as errno says, or is shorter: errno is 0 (not reported). */
int rec_follow_end(struct rec_follow *follow, char hex[REC_MD5_HEX]);

/** rec_follow_free(follow): also where it did not end; NULL is fine. */
void rec_follow_free(struct rec_follow **follow);

#endif
