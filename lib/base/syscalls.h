/* SPDX-License-Identifier: MIT */
/* System calls that a process gives up, by seccomp. */
#ifndef REC_BASE_SYSCALLS_H
#define REC_BASE_SYSCALLS_H

#include <stdbool.h>

/**
 * rec_syscalls_restrict(network):
 * From now on this thread and those that it starts start no program and no process, look into and signal no other process, change no modes, owners or
 * mounts, and, unless ${network}, open no socket; with it only those of IPv4 and IPv6, to connect and not to be called. Such a call fails with EPERM.
 * Return 0; an errno: nothing is restricted (the kernel has no seccomp, or this is no processor that the filter is known for).
 */
int rec_syscalls_restrict(bool network);

#endif
