/* SPDX-License-Identifier: MIT */
#include "base/blame.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum state { EMPTY, FILLING, LISTED };
/* instead of a slot, counted from 0 */
enum culprit { UNKNOWN = -1, NONE = -2 };

static const int crashes[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGSYS};

/* One for each thread at work; more threads than this stay unnamed. Rows change hands atomically, as the writer may die at any point. */
static struct shared {
	atomic_int culprit;
	atomic_bool late;
	struct slot {
		atomic_int state;
		char name[1024];
	} slots[256];
} * shared;

static const int nslots = sizeof shared->slots / sizeof *shared->slots;
static _Thread_local int current = -1;
static _Thread_local timer_t timer;
static _Thread_local bool timed;

int rec_blame_share(void)
{
	struct shared *map = mmap(NULL, sizeof *map, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED)
		return -1;
	atomic_store(&map->culprit, UNKNOWN);
	shared = map;
	return 0;
}

/* A signal that another process sent (SI_USER) comes to any thread. The default action follows. */
static void on_crash(int sig, siginfo_t *info, void *context)
{
	(void)context;
	if (info->si_code != SI_USER)
		atomic_store(&shared->culprit, current >= 0 ? current : NONE);
	signal(sig, SIG_DFL);
	raise(sig);
}

static void on_time(int sig, siginfo_t *info, void *context)
{
	if (info->si_code == SI_TIMER)
		atomic_store(&shared->late, true);
	on_crash(sig, info, context);
}

void rec_blame_watch(void)
{
	struct sigaction action = {.sa_sigaction = on_crash, .sa_flags = SA_SIGINFO};
	struct sigaction time_up = {.sa_sigaction = on_time, .sa_flags = SA_SIGINFO};

	if (shared)
		sigaction(SIGVTALRM, &time_up, NULL);
	for (size_t i = 0; shared && i < sizeof crashes / sizeof *crashes; i++)
		sigaction(crashes[i], &action, NULL);
}

int rec_blame_begin(const char *name)
{
	for (int i = 0; shared && current < 0 && i < nslots; i++) {
		struct slot *slot = &shared->slots[i];
		int empty = EMPTY;
		if (!atomic_compare_exchange_strong(&slot->state, &empty, FILLING))
			continue;
		snprintf(slot->name, sizeof slot->name, "%s", name);
		atomic_store(&slot->state, LISTED);
		current = i;
		return i;
	}
	return -1;
}

void rec_blame_end(int blame)
{
	if (blame < 0)
		return;
	current = -1;
	atomic_store(&shared->slots[blame].state, EMPTY);
}

/* A timer of the thread's own, as the signal has to find the thread that is late. */
void rec_blame_limit(int seconds)
{
	struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGVTALRM};
	struct itimerspec end = {.it_value.tv_sec = seconds};

	event._sigev_un._tid = gettid();
	if (!shared || timed || timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &timer) < 0)
		return;
	timed = true;
	timer_settime(timer, 0, &end, NULL);
}

void rec_blame_unlimit(void)
{
	if (timed)
		timer_delete(timer);
	timed = false;
}

bool rec_blame_late(void)
{
	return shared && atomic_load(&shared->late);
}

size_t rec_blame_names(struct rec_buf *buf)
{
	int culprit = shared ? atomic_load(&shared->culprit) : NONE;
	size_t n = 0;

	for (int i = 0; culprit != NONE && i < nslots; i++) {
		struct slot *slot = &shared->slots[i];
		if (atomic_load(&slot->state) != LISTED || (culprit != UNKNOWN && culprit != i))
			continue;
		slot->name[sizeof slot->name - 1] = '\0'; /* who died may have written anything */
		rec_buf_printf(buf, "%s'%s'", n++ ? ", " : "", slot->name);
	}
	return n;
}
