/* SPDX-License-Identifier: MIT */
/*
 * Lets calls that our own code makes fail: include it in one test, which then has these definitions before the libraries'. What tests/faults/inject.c
 * does to whole tools, here with one call of one function.
 *
 *     for (long n = 1; failing_begin("memory", n, ENOMEM), r = call(&thing), failing_end(); n++)
 *         ... it failed: r is REC_ENOMEM, thing is NULL and failing_leaks() is 0
 *     ... the call made no more than n - 1 of them and did what it should
 *
 * Calls from within libraries never fail. Those of a test itself between the two count, so it makes none.
 */
#ifndef REC_TESTS_UNIT_FAILING_H
#define REC_TESTS_UNIT_FAILING_H

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* sanitizers' own beginnings take memory, too, before what they add to a function works */
#define FAILING_RAW __attribute__((no_sanitize_address, no_sanitize_thread, no_sanitize_undefined))

extern char __executable_start, etext;

static struct {
	atomic_bool on;
	const char *call;
	long nth;
	int code;
	atomic_long seen;
	pthread_mutex_t lock;
	void *live[65536]; /* what was taken since the begin and not given back */
	size_t nlive;
} failing = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* From here on the ${nth} call, from 1 on, fails with that errno; 0: none. ${call}: "memory", whatever takes some, or a name below. */
static inline void failing_begin(const char *call, long nth, int code)
{
	failing.call = call;
	failing.nth = nth;
	failing.code = code;
	failing.seen = 0;
	failing.nlive = 0;
	failing.on = true;
}

/* Whether it did. */
static inline bool failing_end(void)
{
	failing.on = false;
	return failing.nth > 0 && failing.seen >= failing.nth;
}

/* Pieces of the C library's memory that our own code has taken since the begin and not given back until now. */
static inline size_t failing_leaks(void)
{
	return failing.nlive;
}

/* a library's function may end in another one's call, which then seems to come from here */
static _Thread_local int failing_depth;

FAILING_RAW static bool failing_is_ours(const void *caller)
{
	return failing.on && failing_depth == 0 && (const char *)caller >= &__executable_start &&
	       (const char *)caller < &etext;
}

FAILING_RAW static bool failing_hit(const char *call, const void *caller)
{
	if (!failing_is_ours(caller) || strcmp(call, failing.call) != 0 || ++failing.seen != failing.nth)
		return false;
	errno = failing.code;
	return true;
}

FAILING_RAW static void failing_forget(const void *block)
{
	if (!block || !failing.nlive)
		return;
	pthread_mutex_lock(&failing.lock);
	for (size_t i = failing.nlive; i-- > 0;)
		if (failing.live[i] == block) {
			failing.live[i] = failing.live[--failing.nlive];
			break;
		}
	pthread_mutex_unlock(&failing.lock);
}

FAILING_RAW static void failing_note(void *block, const void *caller)
{
	if (!block || !failing_is_ours(caller))
		return;
	pthread_mutex_lock(&failing.lock);
	if (failing.nlive < sizeof(failing.live) / sizeof(*failing.live))
		failing.live[failing.nlive++] = block;
	pthread_mutex_unlock(&failing.lock);
}

/*
 * What these take are integers and pointers, at most six, which go in registers on x86-64 and ARM alike; so one shape does for all, and under
 * names of their own they are no second declarations of what headers have.
 */
typedef intptr_t (*failing_registers)(intptr_t, intptr_t, intptr_t, intptr_t, intptr_t, intptr_t);

/* a sanitizer's own, where there is one: dlsym() itself takes memory while that begins */
#define FAILING_NEXT(type, name)                                                                                       \
	extern void failing_own_##name(void) __asm__("__interceptor_" #name) __attribute__((weak));                    \
	static type next;                                                                                              \
	if (!next)                                                                                                     \
		next = failing_own_##name ? (type)(uintptr_t)failing_own_##name                                        \
		                          : (type)(uintptr_t)dlsym(RTLD_NEXT, #name);

#define FAILING(call, name, failure, before, after)                                                                    \
	intptr_t failing_##name(intptr_t a, intptr_t b, intptr_t c, intptr_t d, intptr_t e, intptr_t f) __asm__(       \
	        #name);                                                                                                \
	FAILING_RAW intptr_t failing_##name(intptr_t a, intptr_t b, intptr_t c, intptr_t d, intptr_t e, intptr_t f)    \
	{                                                                                                              \
		FAILING_NEXT(failing_registers, name)                                                                  \
		if (failing_hit(call, __builtin_return_address(0)))                                                    \
			return failure;                                                                                \
		before;                                                                                                \
		failing_depth++;                                                                                       \
		intptr_t r = next(a, b, c, d, e, f);                                                                   \
		failing_depth--;                                                                                       \
		after;                                                                                                 \
		return r;                                                                                              \
	}

#define FAILING_TAKES(name, before)                                                                                    \
	FAILING("memory", name, 0, before, failing_note((void *)r, __builtin_return_address(0)))
#define FAILING_GIVES(name) FAILING("memory", name, 0, , )
#define FAILING_SAYS(name)  FAILING("memory", name, -ENOMEM, , )
#define FAILING_CALL(name)  FAILING(#name, name, -1, , )

FAILING_TAKES(malloc, )
FAILING_TAKES(calloc, )
FAILING_TAKES(realloc, if (b) failing_forget((void *)a))
FAILING_TAKES(reallocarray, failing_forget((void *)a))
FAILING_TAKES(strdup, )
FAILING_TAKES(strndup, )
FAILING("free", free, 0, failing_forget((void *)a), )

static int failing_print(char **text, const char *format, va_list rest, const void *caller)
{
	if (failing_hit("memory", caller))
		return -1;
	/* not by its name: that is one of those below */
	typedef int (*vasprintf_type)(char **, const char *, va_list);
	FAILING_NEXT(vasprintf_type, vasprintf)
	int n = next(text, format, rest);
	if (n >= 0)
		failing_note(*text, caller);
	return n;
}

#define FAILING_ASPRINTF(name, parameters)                                                                             \
	int failing_##name parameters __asm__(#name);                                                                  \
	int failing_##name parameters                                                                                  \
	{                                                                                                              \
		va_list rest;                                                                                          \
                                                                                                                       \
		va_start(rest, format);                                                                                \
		int n = failing_print(text, format, rest, __builtin_return_address(0));                                \
		va_end(rest);                                                                                          \
		return n;                                                                                              \
	}
FAILING_ASPRINTF(asprintf, (char **text, const char *format, ...))
FAILING_ASPRINTF(__asprintf_chk, (char **text, __attribute__((unused)) int flag, const char *format, ...))

FAILING_GIVES(av_frame_alloc)
FAILING_GIVES(ebur128_init)
FAILING_SAYS(av_channel_layout_copy)
FAILING_SAYS(swr_init)
FAILING_SAYS(swr_convert)
FAILING("pthread_create", pthread_create, failing.code, , )

FAILING_CALL(close)
FAILING_CALL(dup)
FAILING_CALL(fcntl64)
FAILING_CALL(flock)
FAILING_CALL(fstat64)
FAILING_CALL(fsync)
FAILING_CALL(ftruncate64)
FAILING_CALL(linkat)
FAILING_CALL(lseek64)
FAILING_CALL(mmap64)
FAILING_CALL(open64)
FAILING_CALL(openat64)
FAILING_CALL(pread64)
FAILING_CALL(pwrite64)
FAILING_CALL(read)
FAILING_CALL(renameat)
FAILING_CALL(renameat2)
FAILING_CALL(sem_wait)
FAILING_CALL(unlinkat)
FAILING_CALL(write)

#endif
