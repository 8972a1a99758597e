/* SPDX-License-Identifier: MIT */
/* -j: only so many threads decode and scale at once. Never held while waiting for another thread, which may wait for a worker itself. */
#ifndef REC_COMPOSE_WORKERS_H
#define REC_COMPOSE_WORKERS_H

#include <semaphore.h>
#include <stdint.h>

/** rec_workers_begin(workers): take one, waiting for it; NULL: no limit. Returns the time, for rec_workers_end(). */
int64_t rec_workers_begin(sem_t *workers);

/** rec_workers_end(workers, start_ns, work_ns): give it back; ${work_ns} grows by the time since. */
void rec_workers_end(sem_t *workers, int64_t start_ns, int64_t *work_ns);

#endif
