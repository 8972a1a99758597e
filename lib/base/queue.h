/* SPDX-License-Identifier: MIT */
/*
 * A bounded queue of pointers between threads. One producer closes it at its end; a consumer that stops early cancels
 * it, and the producer's next push says so.
 */
#ifndef REC_BASE_QUEUE_H
#define REC_BASE_QUEUE_H

#include <stddef.h>

struct rec_queue;

/**
 * rec_queue_new(queue, capacity, drop):
 * at most ${capacity} items wait; ${drop} frees items that nobody took (may be NULL). REC_ENOMEM.
 */
int rec_queue_new(struct rec_queue **queue, size_t capacity, void (*drop)(void *item));

/**
 * rec_queue_push(queue, item):
 * wait for room. 0: taken over. REC_ENODATA: cancelled or closed; the item stays the caller's.
 */
int rec_queue_push(struct rec_queue *queue, void *item);

/** rec_queue_pop(queue, item): wait for an item. 0; REC_ENODATA: closed and empty, or cancelled. */
int rec_queue_pop(struct rec_queue *queue, void **item);

/** rec_queue_close(queue): nothing more comes; what waits is still delivered. */
void rec_queue_close(struct rec_queue *queue);

/** rec_queue_cancel(queue): nobody wants more; what waits is dropped and pushes and pops fail. */
void rec_queue_cancel(struct rec_queue *queue);

/** rec_queue_free(queue): no thread uses it any more; drops what waits; sets NULL; NULL is fine. */
void rec_queue_free(struct rec_queue **queue);

#endif
