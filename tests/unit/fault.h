/* SPDX-License-Identifier: MIT */
/*
 * Lets calls that our own code makes fail inside a unit test: tests/faults/inject.c without its environment, and with a list of the blocks of
 * memory that our code holds. Include it in the test's one file.
 *
 *     for (long n = 1; fault_begin("alloc", n, ENOMEM), r = call(&thing), fault_end(); n++)
 *         ... it failed: r is REC_ENOMEM, thing is NULL and fault_leaks() is 0
 *     ... the call made no more than n - 1 of them and did what it should
 *
 * Calls of a test itself between the two count like those of what it tests, so it makes none.
 */
#ifndef REC_TESTS_UNIT_FAULT_H
#define REC_TESTS_UNIT_FAULT_H

#include <pthread.h>
#include <stddef.h>

static struct {
	pthread_mutex_t lock;
	void *blocks[65536]; /* what was taken since the begin and not given back */
	size_t n;
} fault_live = {.lock = PTHREAD_MUTEX_INITIALIZER};

#define FAULT_TAKEN(block, caller) fault_note(block, caller)
#define FAULT_GIVEN(block)         fault_forget(block)

static void fault_note(void *block, const void *caller);
static void fault_forget(const void *block);

#include "tests/faults/inject.c"

FAULT_OWN static void fault_note(void *block, const void *caller)
{
	if (!block || !fault.call || !fault_is_ours(caller))
		return;
	pthread_mutex_lock(&fault_live.lock);
	if (fault_live.n < sizeof(fault_live.blocks) / sizeof(*fault_live.blocks))
		fault_live.blocks[fault_live.n++] = block;
	pthread_mutex_unlock(&fault_live.lock);
}

FAULT_OWN static void fault_forget(const void *block)
{
	if (!block || !fault_live.n)
		return;
	pthread_mutex_lock(&fault_live.lock);
	for (size_t i = fault_live.n; i-- > 0;)
		if (fault_live.blocks[i] == block) {
			fault_live.blocks[i] = fault_live.blocks[--fault_live.n];
			break;
		}
	pthread_mutex_unlock(&fault_live.lock);
}

FAULT_CALL("", free, ANY_FD, return 0, fault_forget((void *)a), )

/* From here on the ${nth} call, from 1 on, fails with that errno or FAULT_SHORT; 0: none. ${call}: one of inject.c's. */
static inline void fault_begin(const char *call, long nth, int code)
{
	if (fault.to == 0)
		dl_iterate_phdr(fault_find_program, NULL);
	*fault.count = 0;
	fault.nth = nth;
	fault.code = code;
	fault_live.n = 0;
	__atomic_store_n(&fault.call, call, __ATOMIC_RELEASE);
}

/* Nothing fails any more. Whether something did. */
static inline bool fault_end(void)
{
	__atomic_store_n(&fault.call, NULL, __ATOMIC_RELEASE);
	return fault.nth > 0 && *fault.count >= fault.nth;
}

/* Blocks of the C library's memory that our own code has taken since the begin and not given back until now. */
static inline size_t fault_leaks(void)
{
	return fault_live.n;
}

#endif
