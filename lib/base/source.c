/* SPDX-License-Identifier: MIT */
#include "base/source.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "base/num.h"
#include "base/remote.h"
#include "base/unlinked.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct rec_source {
	char *name;
	const struct rec_source_ops *ops;
	void *state;
	int64_t size;
	int64_t at;
	bool seekable;
	int error; /* the first one that reading gave */
};

/* the state behind file_ops */
struct file {
	char *name;
	int fd;
	bool positioned; /* a regular file: pread works */
	int64_t origin;  /* where standard input stood when it was given to us */
};

static int no_memory(const char *name)
{
	return rec_report(REC_ENOMEM, "cannot read '%s': %s", name, rec_strerror(REC_ENOMEM));
}

static ssize_t file_read(void *state, void *bytes, size_t n, int64_t at)
{
	const struct file *file = state;

	for (;;) {
		ssize_t got =
		        file->positioned ? pread(file->fd, bytes, n, file->origin + at) : read(file->fd, bytes, n);
		if (got >= 0)
			return got;
		/* a parent may have left a shared pipe in non-blocking mode */
		if (errno == EAGAIN)
			poll(&(struct pollfd){file->fd, POLLIN, 0}, 1, -1);
		else if (errno != EINTR)
			return rec_report(REC_EIO, "cannot read '%s': %s", file->name, strerror(errno));
	}
}

static void file_close(void *state)
{
	struct file *file = state;

	close(file->fd);
	free(file->name);
	free(file);
}

static int file_again(void *state, void **copy);

static const struct rec_source_ops file_ops = {file_read, file_close, file_again};

/* Takes fd over, also on error. */
static int file_new(struct file **file, const char *name, int fd, bool positioned)
{
	struct file *f = calloc(1, sizeof *f);
	char *copy = strdup(name);

	if (!f || !copy) {
		free(f);
		free(copy);
		close(fd);
		return no_memory(name);
	}
	f->name = copy;
	f->fd = fd;
	f->positioned = positioned;
	*file = f;
	return REC_OK;
}

/* pread moves no offset, so that the descriptors may share one */
static int file_again(void *state, void **copy)
{
	const struct file *file = state;
	struct file *second = NULL;
	int fd = file->positioned ? fcntl(file->fd, F_DUPFD_CLOEXEC, 3) : -1;

	if (fd < 0)
		return rec_report(REC_EIO, "cannot read '%s' twice: %s", file->name,
		        file->positioned ? strerror(errno) : "it cannot seek");
	int r = file_new(&second, file->name, fd, true);
	if (r == REC_OK) {
		second->origin = file->origin;
		*copy = second;
	}
	return r;
}

int rec_source_new(struct rec_source **source, const char *name, const struct rec_source_ops *ops, void *state,
        int64_t size, bool seekable)
{
	struct rec_source *s = calloc(1, sizeof *s);
	char *copy = strdup(name);

	if (!s || !copy) {
		free(s);
		free(copy);
		ops->close(state);
		return no_memory(name);
	}
	s->name = copy;
	s->ops = ops;
	s->state = state;
	s->size = size;
	s->seekable = seekable;
	*source = s;
	return REC_OK;
}

/* NULL, or why a thing of this kind is no input. Standard input may be a socket: some parents start programs so. */
static const char *refusal(mode_t mode, bool is_stdin)
{
	if (S_ISDIR(mode))
		return "it is a folder; name a file in it";
	if (S_ISBLK(mode))
		return "it is a block device; name a file";
	if (S_ISSOCK(mode) && !is_stdin)
		return "it is a socket; name a file";
	return NULL;
}

/* Takes fd over, also on error. */
static int wrap_fd(struct rec_source **source, const char *name, int fd, bool is_stdin)
{
	struct stat st;
	struct file *file = NULL;

	const char *why = fstat(fd, &st) < 0 ? strerror(errno) : refusal(st.st_mode, is_stdin);
	if (why) {
		close(fd);
		return rec_report(REC_EINPUT, "cannot read '%s': %s", name, why);
	}
	bool regular = S_ISREG(st.st_mode);
	int r = file_new(&file, name, fd, regular);
	if (r < 0)
		return r;
	if (regular)
		(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	off_t here = regular && is_stdin ? lseek(fd, 0, SEEK_CUR) : 0;
	file->origin = here > 0 ? here : 0;
	int64_t left = st.st_size > file->origin ? st.st_size - file->origin : 0;
	return rec_source_new(source, name, &file_ops, file, regular ? left : -1, regular);
}

/* What the machine lacks is no fault of the file. */
static int open_error(int code)
{
	return code == EMFILE || code == ENFILE || code == ENOMEM || code == EIO ? REC_EIO : REC_EINPUT;
}

static int open_remote(struct rec_source **source, const char *url)
{
	const struct rec_remote_ops *remote = rec_remote_ops();

	if (!remote)
		return rec_report(REC_EINPUT, "cannot open a URL here; fetch the file first");
	return remote->open(source, url);
}

int rec_source_descriptor(const char *path)
{
	static const char folder[] = "/proc/self/fd/";
	int64_t fd;

	if (strncmp(path, folder, sizeof folder - 1) != 0 || rec_parse_int(path + sizeof folder - 1, &fd) < 0 ||
	        fd < 0 || fd > INT_MAX)
		return -1;
	return (int)fd;
}

int rec_source_fd(const char *path)
{
	int fd = rec_source_descriptor(path), opened;

	do
		opened = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	while (opened < 0 && errno == EINTR);
	if (opened >= 0 || errno != EACCES || fd < 0)
		return opened;
	opened = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (opened >= 0)
		(void)lseek(opened, 0, SEEK_SET);
	return opened;
}

int rec_source_open(struct rec_source **source, const char *path)
{
	bool is_stdin = strcmp(path, "-") == 0;
	const char *name = is_stdin ? "standard input" : path;
	int fd;

	if (rec_remote_is(path))
		return open_remote(source, path);
	do
		fd = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : rec_source_fd(path);
	while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return rec_report(open_error(errno), "cannot open '%s': %s", name, strerror(errno));
	return wrap_fd(source, name, fd, is_stdin);
}

ssize_t rec_source_head(const char *path, void *bytes, size_t n)
{
	char *to = bytes;
	size_t got = 0;
	ssize_t more = 0;
	struct stat st;
	int fd = stat(path, &st) == 0 && S_ISREG(st.st_mode) ? rec_source_fd(path) : -1;

	while (fd >= 0 && got < n && ((more = read(fd, to + got, n - got)) > 0 || (more < 0 && errno == EINTR)))
		got += more > 0 ? (size_t)more : 0;
	if (more < 0)
		rec_report(REC_EIO, "cannot read '%s': %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return more < 0 ? REC_EIO : (ssize_t)got;
}

const char *rec_source_name(const struct rec_source *source)
{
	return source->name;
}

int64_t rec_source_size(const struct rec_source *source)
{
	return source->size;
}

bool rec_source_seekable(const struct rec_source *source)
{
	return source->seekable;
}

int64_t rec_source_tell(const struct rec_source *source)
{
	return source->at;
}

ssize_t rec_source_read(struct rec_source *source, void *bytes, size_t n)
{
	ssize_t got = source->ops->read(source->state, bytes, n, source->at);

	if (got == 0 && n > 0 && source->at < source->size)
		got = source->error
		              ? source->error
		              : rec_report(REC_EIO, "cannot read '%s': it became shorter while it was read; try again",
		                        source->name);
	if (got > 0)
		source->at += got;
	if (got < 0 && !source->error)
		source->error = (int)got;
	return got;
}

int rec_source_error(const struct rec_source *source)
{
	return source->error;
}

int rec_source_seek(struct rec_source *source, int64_t at)
{
	if (!source->seekable || at < 0)
		return REC_EIO;
	source->at = at;
	return REC_OK;
}

size_t rec_source_read_at(struct rec_source *source, int64_t at, void *bytes, size_t n)
{
	size_t got = 0;
	ssize_t r = 1;

	if (at < 0 || rec_source_seek(source, at) < 0)
		return 0;
	while (got < n && r > 0) {
		r = rec_source_read(source, (char *)bytes + got, n - got);
		got += r > 0 ? (size_t)r : 0;
	}
	return got;
}

/* 0, or -1 with errno */
static int write_all(int fd, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t put = write(fd, bytes, n);
		if (put < 0 && errno != EINTR)
			return -1;
		if (put > 0) {
			bytes += put;
			n -= (size_t)put;
		}
	}
	return 0;
}

int rec_source_unlinked(int *fd)
{
	*fd = rec_unlinked_open();
	if (*fd < 0)
		return rec_report(REC_EIO, "cannot make a temporary file in '%s': %s; set TMPDIR to another folder",
		        rec_unlinked_folder(), strerror(errno));
	return REC_OK;
}

/* Copy all of source to fd. */
static int spool(struct rec_source *source, int fd)
{
	char chunk[1 << 16];

	for (;;) {
		ssize_t got = rec_source_read(source, chunk, sizeof chunk);
		if (got <= 0)
			return (int)got;
		if (write_all(fd, chunk, (size_t)got) < 0)
			return rec_report(REC_EIO,
			        "cannot keep '%s' in a temporary file in '%s': %s; set TMPDIR to a folder with room",
			        source->name, rec_unlinked_folder(), strerror(errno));
	}
}

int rec_source_make_seekable(struct rec_source *source)
{
	struct file *file = NULL;
	int fd;

	if (source->seekable)
		return REC_OK;
	assert(source->at == 0);
	int r = rec_source_unlinked(&fd);
	if (r < 0)
		return r;
	r = spool(source, fd);
	if (r < 0) {
		close(fd);
		return r;
	}
	r = file_new(&file, source->name, fd, true);
	if (r < 0)
		return r;
	source->ops->close(source->state);
	*source = (struct rec_source){
	        .name = source->name, .ops = &file_ops, .state = file, .size = source->at, .seekable = true};
	return REC_OK;
}

int rec_source_again(const struct rec_source *source, struct rec_source **again)
{
	void *state = NULL;

	if (!source->ops->again || !source->seekable)
		return rec_report(REC_EIO, "cannot read '%s' twice: it cannot seek", source->name);
	int r = source->ops->again(source->state, &state);
	if (r < 0)
		return r;
	return rec_source_new(again, source->name, source->ops, state, source->size, true);
}

int rec_source_from_fd(struct rec_source **source, const char *name, int fd, int64_t size)
{
	struct file *file = NULL;
	int r = file_new(&file, name, fd, true);

	return r < 0 ? r : rec_source_new(source, name, &file_ops, file, size, true);
}

/* Append all of source to text. */
static int slurp(struct rec_source *source, size_t limit, struct rec_buf *text)
{
	char chunk[1 << 14];
	ssize_t got;

	while (!text->failed && (got = rec_source_read(source, chunk, sizeof chunk)) != 0) {
		if (got < 0)
			return (int)got;
		if ((size_t)got > limit - text->len)
			return rec_report(
			        REC_EINPUT, "cannot read '%s': it is larger than %zu bytes", source->name, limit);
		rec_buf_add(text, chunk, (size_t)got);
	}
	return text->failed ? no_memory(source->name) : REC_OK;
}

int rec_source_rest(struct rec_source *source, size_t limit, char **text, size_t *n)
{
	struct rec_buf buf = REC_BUF_INIT;
	int r = slurp(source, limit, &buf);

	if (r == REC_OK) {
		*n = buf.len;
		*text = rec_buf_steal(&buf);
		if (!*text)
			r = no_memory(source->name);
	}
	rec_buf_free(&buf);
	return r;
}

int rec_source_slurp(const char *path, size_t limit, char **text, size_t *n)
{
	struct rec_source *source = NULL;
	int r = rec_source_open(&source, path);

	if (r < 0)
		return r;
	r = rec_source_rest(source, limit, text, n);
	rec_source_close(&source);
	return r;
}

void rec_source_close(struct rec_source **source)
{
	struct rec_source *s = *source;

	*source = NULL;
	if (!s)
		return;
	s->ops->close(s->state);
	free(s->name);
	free(s);
}
