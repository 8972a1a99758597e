/* SPDX-License-Identifier: MIT */
/* Files that a process may open, as the kernel's Landlock keeps them. */
#ifndef REC_BASE_LANDLOCK_H
#define REC_BASE_LANDLOCK_H

#include "base/reach.h"

/**
 * rec_landlock_restrict(reach):
 * From now on this thread, and those that it starts, open, make and remove nothing but what ${reach} lists; what is open already stays so. Without
 * reach->network no TCP connection is made either, where the kernel knows that.
 * Return the version of the kernel's interface, 1 or more; 0 with errno: the kernel has it not, and nothing is restricted; -1 with errno: no descriptor or
 * no memory for it.
 */
int rec_landlock_restrict(const struct rec_reach *reach);

#endif
