/* SPDX-License-Identifier: MIT */
/*
 * Lets calls that our code makes fail inside a unit test: tests/faults/inject.c without its environment. Include it in the
 * test's one file, and there no header of a library whose calls inject.c takes over (cJSON, libarchive, FFmpeg).
 *
 *     fault_begin("alloc", "ENOMEM", n);     -- the nth call from now on
 *     ... the function under test, and nothing else that may fail ...
 *     if (!fault_end()) break;               -- it makes fewer than n
 */
#ifndef REC_TESTS_UNIT_FAULT_H
#define REC_TESTS_UNIT_FAULT_H

/* the thread sanitizer wants to be first at every call, and does not start behind others: nothing fails there, and loops end at once */
#ifdef __SANITIZE_THREAD__
#define FAULTS 0

#include <stdbool.h>

static inline void fault_begin(const char *call, const char *kind, long nth)
{
	(void)call, (void)kind, (void)nth;
}

static inline bool fault_end(void)
{
	return false;
}
#else
#define FAULTS 1

#include "tests/faults/inject.c"

static inline void fault_begin(const char *call, const char *kind, long nth)
{
	if (fault.to == 0)
		dl_iterate_phdr(find_program, NULL);
	snprintf(fault.kind, sizeof(fault.kind), "%s", kind);
	snprintf(fault.call, sizeof(fault.call), "%s", call);
	*fault.count = 0;
	fault.nth = nth;
}

/* Nothing fails any more. Whether something did. */
static inline bool fault_end(void)
{
	bool hit_it = fault.nth > 0 && *fault.count >= fault.nth;

	fault.nth = 0;
	fault.call[0] = '\0';
	return hit_it;
}
#endif

#endif
