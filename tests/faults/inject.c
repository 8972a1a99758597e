/* SPDX-License-Identifier: MIT */
/*
 * inject.so, for LD_PRELOAD: lets calls that a tool makes fail. tests/unit/fault.h does the same inside a unit test.
 *
 *     REC_FAULT=CALL:KIND:N      the Nth such call
 *     REC_FAULT=CALL:KIND:N+     the Nth and all that follow
 *     REC_FAULT=CALL:KIND:N%     every Nth
 *     REC_FAULT_COUNT=FILE       FILE, of 8 bytes, counts the calls seen, over all processes and threads
 *
 * CALL is alloc (whatever takes memory or may say that there is none; KIND is ENOMEM), thread (pthread_create), or one of
 * read, write, truncate, sync, close, rename, link, tmpfile (open with O_TMPFILE) and create (open with O_CREAT) on a file,
 * with KIND an errno's name or, for read and write, `short`: a part of the bytes is moved. With KIND trap it is a SIGTRAP, so that a
 * debugger shows where that is. With brackets, as in `pread64()`, CALL is that one function of those below, whatever it works on.
 *
 * Only calls whose return address lies in the program itself count. Libraries have their own ways with a lack of memory, some of
 * them abort(), and they are not what is tested here.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* these two are no errno */
enum { FAULT_SHORT = -1, FAULT_TRAP = -2 };

static struct {
	const char *call;
	int code;
	long nth;
	char mode; /* '+', '%' or 0 */
	long *count;
	uintptr_t from, to; /* the program's code */
} fault;

static int fault_find_program(struct dl_phdr_info *info, size_t size, void *context)
{
	(void)size, (void)context;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *header = &info->dlpi_phdr[i];

		if (header->p_type == PT_LOAD && (header->p_flags & PF_X)) {
			fault.from = info->dlpi_addr + header->p_vaddr;
			fault.to = fault.from + header->p_memsz;
		}
	}
	return 1; /* the first one is the program */
}

static int fault_code(const char *kind)
{
	static const struct {
		const char *name;
		int code;
	} codes[] = {{"EIO", EIO}, {"ENOSPC", ENOSPC}, {"EDQUOT", EDQUOT}, {"EFBIG", EFBIG}, {"EROFS", EROFS},
	        {"EACCES", EACCES}, {"EAGAIN", EAGAIN}, {"EINTR", EINTR}, {"EOPNOTSUPP", EOPNOTSUPP},
	        {"short", FAULT_SHORT}, {"trap", FAULT_TRAP}};

	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (strcmp(kind, codes[i].name) == 0)
			return codes[i].code;
	return ENOMEM;
}

__attribute__((constructor)) static void fault_start(void)
{
	static long own;
	static char call[32];
	char kind[16];
	const char *text = getenv("REC_FAULT"), *counter = getenv("REC_FAULT_COUNT");
	int fd = counter ? open(counter, O_RDWR | O_CLOEXEC) : -1;

	fault.count = &own;
	if (fd >= 0) {
		void *shared = mmap(NULL, sizeof own, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (shared != MAP_FAILED)
			fault.count = shared;
		close(fd);
	}
	if (!text || sscanf(text, "%31[^:]:%15[^:]:%ld%c", call, kind, &fault.nth, &fault.mode) < 3)
		return;
	fault.code = fault_code(kind);
	dl_iterate_phdr(fault_find_program, NULL);
	fault.call = call;
}

/*
 * Sanitizers' own beginnings take memory, too, before what they add to a function works. The section tells the functions below from the program
 * around them: a library's function may end in another one's call, which then seems to come from here.
 */
#define FAULT_OWN                                                                                                      \
	__attribute__((section("fault_calls"), no_sanitize("address"), no_sanitize("thread"), no_sanitize("undefined")))

extern const char __start_fault_calls[] __attribute__((visibility("hidden")));
extern const char __stop_fault_calls[] __attribute__((visibility("hidden")));

FAULT_OWN static bool fault_is_ours(const void *caller)
{
	uintptr_t at = (uintptr_t)caller;

	return at >= fault.from && at < fault.to &&
	       (at < (uintptr_t)__start_fault_calls || at >= (uintptr_t)__stop_fault_calls);
}

/* pipes, sockets and terminals are left alone */
FAULT_OWN static bool fault_is_file(int fd)
{
	struct stat st;

	return fd > 2 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

enum { ANY_FD = -1 };

/* Whether the call of ${name}, which is one of the kind ${call} where it works on a file, fails; errno is why. */
FAULT_OWN static bool fault_hit(const char *call, const char *name, int fd, const void *caller)
{
	const char *wanted = __atomic_load_n(&fault.call, __ATOMIC_ACQUIRE);

	if (!wanted || !fault_is_ours(caller))
		return false;
	if (strcmp(wanted, name) != 0 && (strcmp(wanted, call) != 0 || (fd != ANY_FD && !fault_is_file(fd))))
		return false;
	long n = __atomic_add_fetch(fault.count, 1, __ATOMIC_RELAXED);
	if (fault.nth <= 0)
		return false;
	bool now = fault.mode == '+' ? n >= fault.nth : fault.mode == '%' ? n % fault.nth == 0 : n == fault.nth;
	if (now && fault.code == FAULT_TRAP)
		raise(SIGTRAP);
	if (now)
		errno = fault.code > 0 ? fault.code : ENOMEM;
	return now;
}

/* who includes this may keep a list of the blocks that the program holds */
#ifndef FAULT_TAKEN
#define FAULT_TAKEN(block, caller)
#define FAULT_GIVEN(block)
#endif

/*
 * What these take are integers and pointers, at most six, which go in registers on x86-64 and ARM alike; so one shape does for all, and
 * under names of their own they are no second declarations of what headers have.
 */
typedef intptr_t (*fault_registers)(intptr_t, intptr_t, intptr_t, intptr_t, intptr_t, intptr_t);

#define FAULT_CALLER __builtin_return_address(0)
/* a sanitizer's own, where there is one: dlsym() itself takes memory while that begins */
#define FAULT_NEXT(type, name)                                                                                         \
	extern void fault_own_##name(void) __asm__("__interceptor_" #name) __attribute__((weak));                      \
	static type next;                                                                                              \
	if (!next)                                                                                                     \
		next = fault_own_##name ? (type)(uintptr_t)fault_own_##name : (type)(uintptr_t)dlsym(RTLD_NEXT, #name);

#define FAULT_CALL(call, name, fd, fail, before, after)                                                                \
	intptr_t fault_##name(intptr_t a, intptr_t b, intptr_t c, intptr_t d, intptr_t e, intptr_t f) __asm__(#name);  \
	FAULT_OWN intptr_t fault_##name(intptr_t a, intptr_t b, intptr_t c, intptr_t d, intptr_t e, intptr_t f)        \
	{                                                                                                              \
		FAULT_NEXT(fault_registers, name)                                                                      \
		if (fault_hit(call, #name "()", (int)(fd), FAULT_CALLER)) {                                            \
			fail;                                                                                          \
		}                                                                                                      \
		before;                                                                                                \
		intptr_t r = next(a, b, c, d, e, f);                                                                   \
		after;                                                                                                 \
		return r;                                                                                              \
	}

/* files */

#define FILES(call, name) FAULT_CALL(call, name, ANY_FD, return -1, , )
#define MOVES(call, name) FAULT_CALL(call, name, a, if (fault.code != FAULT_SHORT) return -1; c = c ? 1 + c / 7 : 0, , )

FAULT_OWN static const char *fault_opening(intptr_t flags)
{
	return (flags & O_TMPFILE) == O_TMPFILE ? "tmpfile" : flags & O_CREAT ? "create" : "open";
}

MOVES("read", read)
MOVES("read", pread64)
MOVES("write", write)
MOVES("write", pwrite64)
/* as the kernel does: the descriptor is gone whatever close says */
FAULT_CALL("close", close, a, int why = errno; next(a, b, c, d, e, f); errno = why; return -1, , )
FILES("sync", fsync)
FILES("truncate", ftruncate64)
FILES("rename", rename)
FILES("rename", renameat)
FILES("rename", renameat2)
FILES("link", linkat)
FILES(fault_opening(b), open64)
FILES(fault_opening(c), openat64)
FILES("", dup)
FILES("", fcntl64)
FILES("", flock)
FILES("", fstat64)
FILES("", lseek64)
FILES("", mmap64)
FILES("", sem_wait)
FILES("", unlinkat)

FAULT_CALL("thread", pthread_create, ANY_FD, return errno, , )

/* memory: the C library's */

#define TAKES(call, name, before) FAULT_CALL(call, name, ANY_FD, return 0, before, FAULT_TAKEN((void *)r, FAULT_CALLER))

TAKES("alloc", malloc, )
TAKES("alloc", calloc, )
TAKES("alloc", realloc, FAULT_GIVEN((void *)a))
TAKES("alloc", reallocarray, FAULT_GIVEN((void *)a))
TAKES("alloc", strdup, )
TAKES("alloc", strndup, )
TAKES(b ? "" : "alloc", realpath, )

FAULT_OWN static int fault_print(char **text, const char *format, va_list rest, const void *caller)
{
	typedef int (*print)(char **, const char *, va_list);
	FAULT_NEXT(print, vasprintf)
	if (fault_hit("alloc", "asprintf()", ANY_FD, caller))
		return -1;
	int n = next(text, format, rest);
	if (n >= 0) {
		FAULT_TAKEN(*text, caller);
	}
	return n;
}

#define PRINTS(name, parameters)                                                                                       \
	int fault_##name parameters __asm__(#name);                                                                    \
	FAULT_OWN int fault_##name parameters                                                                          \
	{                                                                                                              \
		va_list rest;                                                                                          \
                                                                                                                       \
		va_start(rest, format);                                                                                \
		int n = fault_print(text, format, rest, FAULT_CALLER);                                                 \
		va_end(rest);                                                                                          \
		return n;                                                                                              \
	}
PRINTS(asprintf, (char **text, const char *format, ...))
PRINTS(__asprintf_chk, (char **text, __attribute__((unused)) int flag, const char *format, ...))

/* memory: what the program asks libraries for; none of these frees what it is given where it fails */

#define GIVES(name) FAULT_CALL("alloc", name, ANY_FD, return 0, , )
#define SAYS(name)  FAULT_CALL("alloc", name, ANY_FD, return -ENOMEM, , )

GIVES(fdopendir)
GIVES(opendir)
GIVES(av_malloc)
GIVES(av_mallocz)
GIVES(av_calloc)
GIVES(av_realloc_array)
GIVES(av_strdup)
GIVES(av_frame_alloc)
GIVES(av_frame_clone)
GIVES(av_packet_alloc)
GIVES(av_parser_init)
GIVES(av_buffer_pool_init)
GIVES(av_buffer_pool_get)
GIVES(av_stream_new_side_data)
GIVES(avcodec_alloc_context3)
GIVES(avcodec_parameters_alloc)
GIVES(avformat_alloc_context)
GIVES(avformat_new_stream)
GIVES(avio_alloc_context)
GIVES(sws_alloc_context)
GIVES(ebur128_init)
GIVES(archive_read_new)
GIVES(cJSON_CreateArray)
GIVES(cJSON_CreateObject)
GIVES(cJSON_CreateString)
GIVES(cJSON_Duplicate)
GIVES(cJSON_Print)
GIVES(cJSON_PrintUnformatted)
GIVES(curl_easy_init)
GIVES(curl_slist_append)
GIVES(curl_url)
GIVES(EVP_MD_CTX_new)
SAYS(av_dict_set)
SAYS(av_dict_set_int)
SAYS(av_new_packet)
SAYS(av_packet_make_refcounted)
SAYS(av_frame_get_buffer)
SAYS(av_channel_layout_copy)
SAYS(av_probe_input_buffer2)
SAYS(av_read_frame)
SAYS(av_write_frame)
SAYS(avcodec_open2)
SAYS(avcodec_parameters_copy)
SAYS(avcodec_parameters_from_context)
SAYS(avcodec_parameters_to_context)
SAYS(avcodec_send_packet)
SAYS(avcodec_receive_frame)
SAYS(avcodec_send_frame)
SAYS(avcodec_receive_packet)
SAYS(avformat_find_stream_info)
SAYS(avformat_write_header)
SAYS(sws_init_context)
SAYS(swr_init)
SAYS(swr_convert)
