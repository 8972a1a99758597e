/* SPDX-License-Identifier: MIT */
/* Goal: each version of Landlock is asked for what it knows and no more, a lack of room is no lack of Landlock, and the calls that are given up fail. */
#include "base/landlock.h"
#include "base/reach.h"
#include "base/syscalls.h"
#include "tests/unit/fault.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

extern void __gcov_exit(void) __attribute__((weak));

/* a kernel that has Landlock's version ${version}; the others of a call's name fail with that errno */
static struct {
	int version;
	int create_error;
	int rule_error;
	int restrict_error;
	/* what it was asked for */
	uint64_t rules[3]; /* files, net, scoped */
	size_t size;
	int nrules;
	uint64_t rights[8];
	bool restricted;
} kernel;

static long answer(int error)
{
	errno = error;
	return error ? -1 : 0;
}

static long create(const void *rules, size_t size)
{
	if (!rules)
		return kernel.version > 0 ? kernel.version : answer(ENOSYS);
	if (kernel.create_error)
		return answer(kernel.create_error);
	kernel.size = size;
	memcpy(kernel.rules, rules, size);
	return dup(STDERR_FILENO);
}

static long add(const uint64_t *rule)
{
	memcpy(&kernel.rights[kernel.nrules++], rule, sizeof(*rule));
	return answer(kernel.rule_error);
}

long counted_syscall(long number, intptr_t a, intptr_t b, intptr_t c, intptr_t d, intptr_t e) __asm__("syscall");

long counted_syscall(long number, intptr_t a, intptr_t b, intptr_t c, intptr_t d, intptr_t e)
{
	FAULT_NEXT(fault_registers, syscall)
	if (number == SYS_landlock_create_ruleset)
		return create((const void *)a, (size_t)b);
	if (number == SYS_landlock_add_rule)
		return add((const uint64_t *)c);
	if (number == SYS_landlock_restrict_self) {
		kernel.restricted = !kernel.restrict_error;
		return answer(kernel.restrict_error);
	}
	return next(number, a, b, c, d, e);
}

static struct rec_reach_item items[] = {{REC_REACH_READ, (char *)"/"}, {REC_REACH_READ, (char *)"/dev/null"},
        {REC_REACH_WRITE, (char *)"/dev/null"}, {REC_REACH_FILES, (char *)"/tmp"}, {REC_REACH_READ, (char *)"/no/such"},
        {REC_REACH_TREE, (char *)"/tmp"}};

/* rights of the kernel's documentation (landlock(7)), by bit: 0 execute, 1 write, 2 read, 3 list, 4, 5 remove, 6 - 12 make, 13 move, 14 truncate, 15 ioctl */
static const struct {
	int version;
	bool network, tree;
	int want;
	uint64_t files, net, scoped;
	size_t size;
	uint64_t rights[5]; /* of the items that are there */
} versions[] = {
        {0, false, false, 0, 0, 0, 0, 0, {0}},
        {1, false, false, 1, 0x1fff, 0, 0, 8, {0xc, 0x4, 0x6, 0x12e}},
        {1, false, true, 0, 0, 0, 0, 0, {0}}, /* it could not move files */
        {2, false, true, 2, 0x3fff, 0, 0, 8, {0xc, 0x4, 0x6, 0x12e, 0x21be}},
        {3, false, true, 3, 0x7fff, 0, 0, 8, {0xc, 0x4, 0x4006, 0x412e, 0x61be}},
        {4, false, true, 4, 0x7fff, 3, 0, 16, {0xc, 0x4, 0x4006, 0x412e, 0x61be}},
        {4, true, true, 4, 0x7fff, 1, 0, 16, {0xc, 0x4, 0x4006, 0x412e, 0x61be}},
        {5, true, true, 5, 0xffff, 1, 0, 16, {0xc, 0x4, 0x4006, 0x412e, 0x61be}},
        {6, false, true, 6, 0xffff, 3, 3, 24, {0xc, 0x4, 0x4006, 0x412e, 0x61be}},
        {99, false, true, 99, 0xffff, 3, 3, 24, {0xc, 0x4, 0x4006, 0x412e, 0x61be}},
};

static struct rec_reach reach_of(bool tree, bool network)
{
	return (struct rec_reach){.items = items, .n = tree ? 6 : 5, .network = network};
}

static void versions_of_landlock(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(versions) / sizeof(*versions); i++) {
		const struct rec_reach reach = reach_of(versions[i].tree, versions[i].network);

		memset(&kernel, 0, sizeof(kernel));
		kernel.version = versions[i].version;
		assert_int_equal(rec_landlock_restrict(&reach), versions[i].want);
		if (versions[i].want == 0)
			assert_int_equal(errno, ENOSYS);
		assert_int_equal(kernel.restricted, versions[i].want > 0);
		assert_int_equal(kernel.size, versions[i].size);
		assert_int_equal(kernel.rules[0], versions[i].files);
		assert_int_equal(kernel.rules[1], versions[i].net);
		assert_int_equal(kernel.rules[2], versions[i].scoped);
		assert_int_equal(kernel.nrules, versions[i].want ? 4 + versions[i].tree : 0);
		for (int k = 0; k < kernel.nrules; k++)
			if (kernel.rights[k] != versions[i].rights[k])
				fail_msg("version %d, rule %d: %#llx", versions[i].version, k,
				        (unsigned long long)kernel.rights[k]);
	}
}

static const struct {
	int create, rule, restrict_self, open;
	int want, code;
} refusals[] = {
        {EOPNOTSUPP, 0, 0, 0, 0, EOPNOTSUPP},
        {EMFILE, 0, 0, 0, -1, EMFILE},
        {ENFILE, 0, 0, 0, -1, ENFILE},
        {ENOMEM, 0, 0, 0, -1, ENOMEM},
        {0, ENOMEM, 0, 0, -1, ENOMEM},
        {0, EINVAL, 0, 0, 4, 0}, /* a thing that takes no rule, as a pipe, needs none */
        {0, 0, E2BIG, 0, 0, E2BIG},
        {0, 0, 0, EMFILE, -1, 0},
        {0, 0, 0, EACCES, 4, 0},
};

static void what_the_kernel_lacks(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		const struct rec_reach reach = reach_of(true, false);

		memset(&kernel, 0, sizeof(kernel));
		kernel.version = 4;
		kernel.create_error = refusals[i].create;
		kernel.rule_error = refusals[i].rule;
		kernel.restrict_error = refusals[i].restrict_self;
		fault_begin("open64()", refusals[i].open != 0, refusals[i].open);
		int got = rec_landlock_restrict(&reach), code = errno;
		fault_end();
		if (got != refusals[i].want || (refusals[i].code && code != refusals[i].code))
			fail_msg("row %zu: %d, %s", i, got, strerror(code));
		assert_int_equal(kernel.restricted, got > 0);
	}
}

static void *do_nothing(void *context)
{
	return context;
}

/* which of these a process that gave them up can still do, as bits */
static int abilities(void)
{
	int can = 0, fd;
	pthread_t thread;

	for (int i = 0; i < 3; i++) {
		static const int families[] = {AF_UNIX, AF_INET, AF_NETLINK};

		fd = socket(families[i], i == 1 ? SOCK_STREAM : SOCK_DGRAM, 0);
		can |= fd >= 0 ? 1 << i : errno == EPERM ? 0 : 1 << 8;
		if (fd >= 0)
			close(fd);
	}
	pid_t child = fork();
	if (child == 0)
		counted_syscall(SYS_exit_group, 0, 0, 0, 0, 0);
	if (child > 0)
		waitpid(child, NULL, 0);
	can |= (child > 0) << 3;
	can |= (kill(getppid(), 0) == 0) << 4;
	can |= (chmod("/no/such", 0600) < 0 && errno != EPERM) << 5;
	can |= (kill(getpid(), 0) == 0) << 6;
	if (pthread_create(&thread, NULL, do_nothing, NULL) == 0)
		can |= (pthread_join(thread, NULL) == 0) << 7;
	return can;
}

static void calls_that_are_given_up(void **state)
{
	static const struct {
		bool network;
		int can;
	} rows[] = {{false, 1 << 6 | 1 << 7}, {true, 1 << 1 | 1 << 6 | 1 << 7}};

	(void)state;
	const int before = abilities(); /* all eight, but in a sandbox around the test */

	assert_int_equal(before & (1 << 6 | 1 << 7 | 1 << 8), 1 << 6 | 1 << 7);
	for (size_t i = 0; i < 2; i++) {
		int ends[2], got[2] = {-1, -1}, status;

		assert_int_equal(pipe(ends), 0);
		fflush(NULL);
		pid_t child = fork();
		if (child == 0) {
			got[0] = rec_syscalls_restrict(rows[i].network);
			got[1] = abilities();
			(void)!write(ends[1], got, sizeof(got));
			if (__gcov_exit)
				__gcov_exit();
			counted_syscall(SYS_exit_group, 0, 0, 0, 0, 0);
		}
		assert_int_equal(read(ends[0], got, sizeof(got)), sizeof(got));
		assert_int_equal(waitpid(child, &status, 0), child);
		close(ends[0]);
		close(ends[1]);
		if (got[0] > 0)
			skip(); /* no seccomp here */
		assert_int_equal(got[0], 0);
		assert_int_equal(got[1], rows[i].can & before);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(versions_of_landlock),
	        cmocka_unit_test(what_the_kernel_lacks),
	        cmocka_unit_test(calls_that_are_given_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
