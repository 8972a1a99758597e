/* SPDX-License-Identifier: MIT */
#include "base/queue.h"

#include "base/err.h"

#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

struct rec_queue {
	pthread_mutex_t lock;
	pthread_cond_t room; /* an item left, or the queue ended */
	pthread_cond_t more; /* an item came, or the queue ended */
	void (*drop)(void *item);
	void **items; /* a ring of capacity items, the oldest at first */
	size_t capacity;
	size_t first;
	size_t n;
	bool closed;
};

int rec_queue_new(struct rec_queue **queue, size_t capacity, void (*drop)(void *item))
{
	assert(capacity > 0);
	struct rec_queue *q = calloc(1, sizeof *q);
	if (!q)
		return REC_ENOMEM;
	q->items = calloc(capacity, sizeof *q->items);
	if (!q->items) {
		free(q);
		return REC_ENOMEM;
	}
	/* with default attributes none of these fails under glibc and musl */
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->room, NULL);
	pthread_cond_init(&q->more, NULL);
	q->capacity = capacity;
	q->drop = drop;
	*queue = q;
	return REC_OK;
}

int rec_queue_push(struct rec_queue *queue, void *item)
{
	int r = REC_ENODATA;

	pthread_mutex_lock(&queue->lock);
	while (!queue->closed && queue->n == queue->capacity)
		pthread_cond_wait(&queue->room, &queue->lock);
	if (!queue->closed) {
		queue->items[(queue->first + queue->n++) % queue->capacity] = item;
		pthread_cond_signal(&queue->more);
		r = REC_OK;
	}
	pthread_mutex_unlock(&queue->lock);
	return r;
}

static void *take(struct rec_queue *q)
{
	void *item = q->items[q->first];

	q->first = (q->first + 1) % q->capacity;
	q->n--;
	return item;
}

int rec_queue_pop(struct rec_queue *queue, void **item)
{
	int r = REC_ENODATA;

	pthread_mutex_lock(&queue->lock);
	while (!queue->closed && queue->n == 0)
		pthread_cond_wait(&queue->more, &queue->lock);
	if (queue->n > 0) {
		*item = take(queue);
		pthread_cond_signal(&queue->room);
		r = REC_OK;
	}
	pthread_mutex_unlock(&queue->lock);
	return r;
}

static void drop_all(struct rec_queue *q)
{
	while (q->n > 0) {
		void *item = take(q);
		if (q->drop)
			q->drop(item);
	}
}

static void end(struct rec_queue *q, bool drop)
{
	pthread_mutex_lock(&q->lock);
	q->closed = true;
	if (drop)
		drop_all(q);
	pthread_cond_broadcast(&q->room);
	pthread_cond_broadcast(&q->more);
	pthread_mutex_unlock(&q->lock);
}

void rec_queue_close(struct rec_queue *queue)
{
	end(queue, false);
}

/* A cancelled queue is a closed one that is empty: nothing can be pushed any more. */
void rec_queue_cancel(struct rec_queue *queue)
{
	end(queue, true);
}

void rec_queue_free(struct rec_queue **queue)
{
	struct rec_queue *q = *queue;

	*queue = NULL;
	if (!q)
		return;
	drop_all(q);
	pthread_cond_destroy(&q->more);
	pthread_cond_destroy(&q->room);
	pthread_mutex_destroy(&q->lock);
	free(q->items);
	free(q);
}
