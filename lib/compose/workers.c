/* SPDX-License-Identifier: MIT */
#include "compose/workers.h"

#include "base/clock.h"

#include <stddef.h>

int64_t rec_workers_begin(sem_t *workers)
{
	while (workers && sem_wait(workers) != 0)
		continue; /* EINTR */
	return rec_monotonic_ns();
}

void rec_workers_end(sem_t *workers, int64_t start_ns, int64_t *work_ns)
{
	*work_ns += rec_monotonic_ns() - start_ns;
	if (workers)
		sem_post(workers);
}
