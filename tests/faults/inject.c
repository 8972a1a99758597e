/* SPDX-License-Identifier: MIT */
/*
 * inject.so, for LD_PRELOAD: lets calls that a tool makes fail.
 *
 *     REC_FAULT=CALL:KIND:N      the Nth such call
 *     REC_FAULT=CALL:KIND:N+     the Nth and all that follow
 *     REC_FAULT=CALL:KIND:N%     every Nth
 *     REC_FAULT_COUNT=FILE       FILE, of 8 bytes, counts the calls seen, over all processes and threads
 *
 * CALL is alloc (whatever takes memory or may say that there is none; KIND is ENOMEM), thread (pthread_create), or one of
 * read, write, truncate, sync, close, rename, link, tmpfile (open with O_TMPFILE) and create (open with O_CREAT) on a file,
 * with KIND an errno's name or, for read and write, `short`: a part of the bytes is moved. With KIND trap it is a SIGTRAP, so that a
 * debugger shows where that is.
 *
 * Only calls whose return address lies in the program itself count. Libraries have their own ways with a lack of memory, some of
 * them abort(), and they are not what is tested here.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
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

static struct {
	char call[16];
	char kind[16];
	long nth;
	char mode; /* '+', '%' or 0 */
	long *count;
	uintptr_t from, to; /* the program's code */
} fault;

static int find_program(struct dl_phdr_info *info, size_t size, void *context)
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

__attribute__((constructor)) static void begin(void)
{
	static long own;
	const char *text = getenv("REC_FAULT"), *counter = getenv("REC_FAULT_COUNT");
	int fd = counter ? open(counter, O_RDWR | O_CLOEXEC) : -1;

	fault.count = &own;
	if (fd >= 0) {
		void *shared = mmap(NULL, sizeof own, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (shared != MAP_FAILED)
			fault.count = shared;
		close(fd);
	}
	if (text && sscanf(text, "%15[^:]:%15[^:]:%ld%c", fault.call, fault.kind, &fault.nth, &fault.mode) >= 3)
		dl_iterate_phdr(find_program, NULL);
}

static bool hit(const char *call, const void *caller)
{
	if ((uintptr_t)caller < fault.from || (uintptr_t)caller >= fault.to || strcmp(call, fault.call) != 0)
		return false;
	long n = __atomic_add_fetch(fault.count, 1, __ATOMIC_RELAXED);
	if (fault.nth <= 0)
		return false;
	bool now = fault.mode == '+' ? n >= fault.nth : fault.mode == '%' ? n % fault.nth == 0 : n == fault.nth;
	if (now && strcmp(fault.kind, "trap") == 0)
		raise(SIGTRAP);
	return now;
}

static int code(void)
{
	static const struct {
		const char *name;
		int code;
	} codes[] = {{"EIO", EIO}, {"ENOSPC", ENOSPC}, {"EDQUOT", EDQUOT}, {"EFBIG", EFBIG}, {"EROFS", EROFS},
	        {"EACCES", EACCES}, {"EAGAIN", EAGAIN}, {"EINTR", EINTR}, {"EOPNOTSUPP", EOPNOTSUPP}};

	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (strcmp(fault.kind, codes[i].name) == 0)
			return codes[i].code;
	return ENOMEM;
}

static bool is_short(void)
{
	return strcmp(fault.kind, "short") == 0;
}

/* pipes, sockets and terminals are left alone */
static bool is_file(int fd)
{
	struct stat st;

	return fd > 2 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

#define CALLER __builtin_return_address(0)
#define NEXT(name)                                                                                                     \
	static __typeof__(&name) next;                                                                                 \
	if (!next)                                                                                                     \
	next = __extension__(__typeof__(&name)) dlsym(RTLD_NEXT, #name)
#define FAIL_IF(call, condition, value)                                                                                \
	if ((condition) && hit(call, CALLER)) {                                                                        \
		errno = code();                                                                                        \
		return value;                                                                                          \
	}

/* files */

#define TRANSFER(call, type, name, parameters, arguments)                                                              \
	ssize_t name parameters                                                                                        \
	{                                                                                                              \
		NEXT(name);                                                                                            \
		if (is_file(fd) && hit(call, CALLER)) {                                                                \
			if (!is_short()) {                                                                             \
				errno = code();                                                                        \
				return -1;                                                                             \
			}                                                                                              \
			n = n ? 1 + n / 7 : 0;                                                                         \
		}                                                                                                      \
		return next arguments;                                                                                 \
	}
TRANSFER("read", void, read, (int fd, void *bytes, size_t n), (fd, bytes, n))
TRANSFER("read", void, pread64, (int fd, void *bytes, size_t n, off64_t at), (fd, bytes, n, at))
TRANSFER("write", const void, write, (int fd, const void *bytes, size_t n), (fd, bytes, n))
TRANSFER("write", const void, pwrite64, (int fd, const void *bytes, size_t n, off64_t at), (fd, bytes, n, at))

int fsync(int fd)
{
	NEXT(fsync);
	FAIL_IF("sync", true, -1)
	return next(fd);
}

int ftruncate64(int fd, off64_t size)
{
	NEXT(ftruncate64);
	FAIL_IF("truncate", true, -1)
	return next(fd, size);
}

/* as the kernel does: the descriptor is gone whatever close says */
int close(int fd)
{
	NEXT(close);
	bool failing = is_file(fd) && hit("close", CALLER);
	int r = next(fd);

	if (!failing)
		return r;
	errno = code();
	return -1;
}

int rename(const char *from, const char *to)
{
	NEXT(rename);
	FAIL_IF("rename", true, -1)
	return next(from, to);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
	NEXT(renameat);
	FAIL_IF("rename", true, -1)
	return next(from_folder, from, to_folder, to);
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
	NEXT(renameat2);
	FAIL_IF("rename", true, -1)
	return next(from_folder, from, to_folder, to, flags);
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags)
{
	NEXT(linkat);
	FAIL_IF("link", true, -1)
	return next(from_folder, from, to_folder, to, flags);
}

static mode_t mode_of(int flags, va_list rest)
{
	return flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
}

static const char *opening(int flags)
{
	return (flags & O_TMPFILE) == O_TMPFILE ? "tmpfile" : flags & O_CREAT ? "create" : "open";
}

int open64(const char *name, int flags, ...)
{
	va_list rest;

	va_start(rest, flags);
	mode_t mode = mode_of(flags, rest);
	va_end(rest);
	NEXT(open64);
	FAIL_IF(opening(flags), true, -1)
	return next(name, flags, mode);
}

int openat64(int folder, const char *name, int flags, ...)
{
	va_list rest;

	va_start(rest, flags);
	mode_t mode = mode_of(flags, rest);
	va_end(rest);
	NEXT(openat64);
	FAIL_IF(opening(flags), true, -1)
	return next(folder, name, flags, mode);
}

/* memory: the C library's */

void *malloc(size_t n)
{
	NEXT(malloc);
	FAIL_IF("alloc", true, NULL)
	return next(n);
}

void *calloc(size_t n, size_t size)
{
	NEXT(calloc);
	FAIL_IF("alloc", true, NULL)
	return next(n, size);
}

void *realloc(void *block, size_t n)
{
	NEXT(realloc);
	FAIL_IF("alloc", true, NULL)
	return next(block, n);
}

void *reallocarray(void *block, size_t n, size_t size)
{
	NEXT(reallocarray);
	FAIL_IF("alloc", true, NULL)
	return next(block, n, size);
}

char *strdup(const char *text)
{
	NEXT(strdup);
	FAIL_IF("alloc", true, NULL)
	return next(text);
}

char *strndup(const char *text, size_t n)
{
	NEXT(strndup);
	FAIL_IF("alloc", true, NULL)
	return next(text, n);
}

char *realpath(const char *path, char *resolved)
{
	NEXT(realpath);
	FAIL_IF("alloc", !resolved, NULL)
	return next(path, resolved);
}

/* as it is called where headers harden nothing */
int asprintf(char **text, const char *format, ...)
{
	va_list rest;

	FAIL_IF("alloc", true, -1)
	va_start(rest, format);
	int n = vasprintf(text, format, rest);
	va_end(rest);
	return n;
}

int __asprintf_chk(char **text, int flag, const char *format, ...);
int __asprintf_chk(char **text, int flag, const char *format, ...)
{
	va_list rest;

	(void)flag;
	FAIL_IF("alloc", true, -1)
	va_start(rest, format);
	int n = vasprintf(text, format, rest);
	va_end(rest);
	return n;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *context)
{
	NEXT(pthread_create);
	if (hit("thread", CALLER))
		return EAGAIN;
	return next(thread, attributes, run, context);
}

/*
 * Memory: what the program asks libraries for. All that they take are integers and pointers, at most six, which go in registers
 * here and on ARM alike; so one shape does for all, and their headers are not needed. None of these frees what it is given where
 * it fails.
 */
typedef intptr_t (*registers)(intptr_t, intptr_t, intptr_t, intptr_t, intptr_t, intptr_t);
#define LIBRARY(name, failure)                                                                                         \
	intptr_t name(intptr_t a, intptr_t b, intptr_t c, intptr_t d, intptr_t e, intptr_t f);                         \
	intptr_t name(intptr_t a, intptr_t b, intptr_t c, intptr_t d, intptr_t e, intptr_t f)                          \
	{                                                                                                              \
		static registers next;                                                                                 \
		if (!next)                                                                                             \
			next = (registers)(uintptr_t)dlsym(RTLD_NEXT, #name);                                          \
		FAIL_IF("alloc", true, failure)                                                                        \
		return next(a, b, c, d, e, f);                                                                         \
	}
#define GIVES(name) LIBRARY(name, 0)
#define SAYS(name)  LIBRARY(name, -ENOMEM)

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
