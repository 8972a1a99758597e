/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/queue.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { MANY = 20000 };

static int numbers[MANY];
static atomic_int dropped;

static void count_drop(void *item)
{
	(void)item;
	atomic_fetch_add(&dropped, 1);
}

static int reset(void **state)
{
	(void)state;
	atomic_store(&dropped, 0);
	return 0;
}

static void *produce(void *arg)
{
	struct rec_queue *queue = arg;
	int pushed = 0;

	while (pushed < MANY && rec_queue_push(queue, &numbers[pushed]) == REC_OK)
		pushed++;
	rec_queue_close(queue);
	return (void *)(intptr_t)pushed;
}

static void *consume(void *arg)
{
	void *item;

	return (void *)(intptr_t)rec_queue_pop(arg, &item);
}

static void keeps_order_at_any_capacity(void **state)
{
	static const size_t capacities[] = {1, 2, 7, MANY + 1};

	(void)state;
	for (size_t i = 0; i < sizeof capacities / sizeof *capacities; i++) {
		struct rec_queue *queue = NULL;
		pthread_t producer;
		void *item;
		void *pushed;
		int n = 0;

		assert_int_equal(rec_queue_new(&queue, capacities[i], count_drop), REC_OK);
		assert_int_equal(pthread_create(&producer, NULL, produce, queue), 0);
		for (; rec_queue_pop(queue, &item) == REC_OK; n++)
			assert_ptr_equal(item, &numbers[n]);
		pthread_join(producer, &pushed);
		assert_int_equal(n, MANY);
		assert_int_equal((intptr_t)pushed, MANY);
		rec_queue_free(&queue);
		assert_null(queue);
	}
	assert_int_equal(atomic_load(&dropped), 0);
}

static void closed_delivers_what_waits(void **state)
{
	struct rec_queue *queue = NULL;
	void *item = NULL;

	(void)state;
	assert_int_equal(rec_queue_new(&queue, 2, count_drop), REC_OK);
	assert_int_equal(rec_queue_push(queue, &numbers[0]), REC_OK);
	rec_queue_close(queue);
	assert_int_equal(rec_queue_push(queue, &numbers[1]), REC_ENODATA);
	assert_int_equal(rec_queue_pop(queue, &item), REC_OK);
	assert_ptr_equal(item, &numbers[0]);
	assert_int_equal(rec_queue_pop(queue, &item), REC_ENODATA);
	rec_queue_free(&queue);
	assert_int_equal(atomic_load(&dropped), 0);
}

static void cancel_wakes_a_waiting_producer(void **state)
{
	struct rec_queue *queue = NULL;
	pthread_t producer;
	void *item;
	void *pushed;

	(void)state;
	assert_int_equal(rec_queue_new(&queue, 1, count_drop), REC_OK);
	assert_int_equal(pthread_create(&producer, NULL, produce, queue), 0);
	usleep(50000); /* time enough to fill the queue and wait */
	rec_queue_cancel(queue);
	pthread_join(producer, &pushed);
	assert_in_range((intptr_t)pushed, 0, 1);
	assert_int_equal(atomic_load(&dropped), (intptr_t)pushed);
	assert_int_equal(rec_queue_pop(queue, &item), REC_ENODATA);
	assert_int_equal(rec_queue_push(queue, &numbers[0]), REC_ENODATA);
	rec_queue_free(&queue);
}

static void close_wakes_every_consumer(void **state)
{
	struct rec_queue *queue = NULL;
	pthread_t consumers[3];
	void *got;

	(void)state;
	assert_int_equal(rec_queue_new(&queue, 1, NULL), REC_OK);
	for (int i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&consumers[i], NULL, consume, queue), 0);
	usleep(50000);
	rec_queue_close(queue);
	for (int i = 0; i < 3; i++) {
		pthread_join(consumers[i], &got);
		assert_int_equal((intptr_t)got, REC_ENODATA);
	}
	rec_queue_free(&queue);
}

static void free_drops_what_waits(void **state)
{
	struct rec_queue *queue = NULL;

	(void)state;
	assert_int_equal(rec_queue_new(&queue, 3, count_drop), REC_OK);
	for (int i = 0; i < 3; i++)
		assert_int_equal(rec_queue_push(queue, &numbers[i]), REC_OK);
	rec_queue_free(&queue);
	assert_int_equal(atomic_load(&dropped), 3);
	rec_queue_free(&queue);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup(keeps_order_at_any_capacity, reset),
	        cmocka_unit_test_setup(closed_delivers_what_waits, reset),
	        cmocka_unit_test_setup(cancel_wakes_a_waiting_producer, reset),
	        cmocka_unit_test(close_wakes_every_consumer),
	        cmocka_unit_test_setup(free_drops_what_waits, reset),
	};

	alarm(60); /* a lost wake-up would wait for ever */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
