/* SPDX-License-Identifier: MIT */
/*
 * A list of what is refused, not of what is allowed: the codecs, libcurl, cairo and libc between them use about a hundred and fifty calls that differ
 * from version to version, and a call missed in a list of those would be a fault in the middle of somebody's recording. What is refused is
 * what none of them needs and a decoder that was taken over would: other programs, other processes, the network, the kernel's own surface, and
 * what Landlock does not see of files: modes, owners, extended attributes, times.
 */
#include "base/syscalls.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* by name, so that an old library's header need not know them; a name that the library does not know is passed over */
static const char *const refused[] = {
        /* programs and processes */
        "execve", "execveat", "fork", "vfork", "uselib",
        /* other processes */
        "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "process_mrelease", "kcmp", "pidfd_open",
        "pidfd_getfd", "pidfd_send_signal", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "tkill", "setns", "unshare",
        /* being called */
        "bind", "listen", "accept", "accept4",
        /* what Landlock does not see; an open file's mode may be set */
        "chmod", "fchmodat", "fchmodat2", "chown", "chown32", "lchown", "lchown32", "fchown", "fchown32", "fchownat",
        "setxattr", "lsetxattr", "fsetxattr", "setxattrat", "removexattr", "lremovexattr", "fremovexattr",
        "removexattrat", "utime", "utimes", "futimesat", "utimensat", "utimensat_time64", "mknod", "mknodat", "chroot",
        "open_by_handle_at", "name_to_handle_at", "file_setattr",
        /* mounts, and the machine */
        "mount", "umount", "umount2", "pivot_root", "move_mount", "fsopen", "fsconfig", "fsmount", "fspick",
        "open_tree", "open_tree_attr", "mount_setattr", "swapon", "swapoff", "quotactl", "quotactl_fd", "acct",
        "reboot", "kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module", "iopl", "ioperm",
        "modify_ldt", "vm86", "vm86old", "settimeofday", "clock_settime", "clock_settime64", "clock_adjtime",
        "clock_adjtime64", "adjtimex", "stime", "sethostname", "setdomainname", "vhangup", "syslog", "nfsservctl",
        /* wide doors into the kernel */
        "bpf", "perf_event_open", "userfaultfd", "add_key", "request_key", "keyctl", "lookup_dcookie", "fanotify_init",
        /* identity */
        "setuid", "setuid32", "setgid", "setgid32", "setreuid", "setreuid32", "setregid", "setregid32", "setresuid",
        "setresuid32", "setresgid", "setresgid32", "setgroups", "setgroups32", "setfsuid", "setfsuid32", "setfsgid",
        "setfsgid32", "capset", "personality"};

/* libc and libraries do without these, where they believe that the kernel lacks them; clone3's flags are where no filter sees them */
static const char *const lacking[] = {"clone3", "io_uring_setup", "io_uring_enter", "io_uring_register"};

#ifdef __s390__
#define CLONE_FLAGS SCMP_A1
#else
#define CLONE_FLAGS SCMP_A0
#endif

/* -ENOMEM counts; else the processor has no such call, or it cannot be told by its arguments there. */
static void refuse(scmp_filter_ctx filter, const char *name, int code, int *error)
{
	int number = seccomp_syscall_resolve_name(name);

	if (number != __NR_SCMP_ERROR && seccomp_rule_add(filter, SCMP_ACT_ERRNO((uint16_t)code), number, 0) == -ENOMEM)
		*error = ENOMEM;
}

static void refuse_when(scmp_filter_ctx filter, int number, struct scmp_arg_cmp when, int *error)
{
	if (seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EPERM), number, 1, &when) == -ENOMEM)
		*error = ENOMEM;
}

/* IPv4 and IPv6 alone: sockets of the local machine lead to its daemons. */
static void refuse_sockets(scmp_filter_ctx filter, bool network, int *error)
{
	if (!network) {
		refuse(filter, "socket", EPERM, error);
		refuse(filter, "connect", EPERM, error);
		return;
	}
	for (uint64_t family = 0; family < AF_INET6; family++)
		if (family != AF_INET)
			refuse_when(filter, SCMP_SYS(socket), SCMP_A0(SCMP_CMP_EQ, family, 0), error);
	refuse_when(filter, SCMP_SYS(socket), SCMP_A0(SCMP_CMP_GT, AF_INET6, 0), error);
}

static int fill(scmp_filter_ctx filter, bool network)
{
	int error = 0;

	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		refuse(filter, refused[i], EPERM, &error);
	for (size_t i = 0; i < sizeof lacking / sizeof *lacking; i++)
		refuse(filter, lacking[i], ENOSYS, &error);
	refuse_sockets(filter, network, &error);
	/* a new process shares no thread group; our own threads may be signalled, as abort() does */
	refuse_when(filter, SCMP_SYS(clone), CLONE_FLAGS(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0), &error);
	refuse_when(filter, SCMP_SYS(kill), SCMP_A0(SCMP_CMP_NE, (scmp_datum_t)getpid(), 0), &error);
	refuse_when(filter, SCMP_SYS(tgkill), SCMP_A0(SCMP_CMP_NE, (scmp_datum_t)getpid(), 0), &error);
	/* typing into the terminal; outliving the parent */
	refuse_when(filter, SCMP_SYS(ioctl), SCMP_A1(SCMP_CMP_MASKED_EQ, UINT32_MAX, TIOCSTI), &error);
	refuse_when(filter, SCMP_SYS(ioctl), SCMP_A1(SCMP_CMP_MASKED_EQ, UINT32_MAX, TIOCLINUX), &error);
	refuse_when(filter, SCMP_SYS(prctl), SCMP_A0(SCMP_CMP_MASKED_EQ, UINT32_MAX, PR_SET_PDEATHSIG), &error);
	return error;
}

int rec_syscalls_restrict(bool network)
{
	/* calls by another processor's numbers end the process: nothing here makes them */
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int error;

	if (!filter)
		return ENOSYS;
	error = fill(filter, network);
	if (!error)
		error = -seccomp_load(filter);
	seccomp_release(filter);
	return error;
}
