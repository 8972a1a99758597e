/* SPDX-License-Identifier: MIT */
#include "base/out.h"

#include "base/err.h"
#include "base/log.h"
#include "base/num.h"
#include "base/remote.h"
#include "base/source.h"
#include "base/temp.h"
#include "base/unlinked.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct rec_out {
	const char *target;
	char *shown;          /* the target as messages have it */
	char *name;           /* the last component, in folder, of what target resolves to */
	int folder;           /* -1: written in place, or remote */
	bool unlinked;        /* a temporary file without a name in TMPDIR, to be sent to the URL at the end */
	struct rec_temp temp; /* its name is "" while the file has none */
	int fd;
	bool no_clobber;
	bool failed; /* reported: nothing more is written, nothing appears */
	int64_t at;
	int64_t size;
};

static const char *shown(const struct rec_out *out)
{
	return out->shown;
}

static int fail(struct rec_out *out, const char *why)
{
	if (!out->failed && out->unlinked)
		rec_report(REC_EIO,
		        "cannot keep '%s' in a temporary file in '%s': %s; set TMPDIR to a folder with room",
		        shown(out), rec_unlinked_folder(), why);
	else if (!out->failed)
		rec_report(REC_EIO, "cannot write '%s': %s", shown(out), why);
	out->failed = true;
	return REC_EIO;
}

static int fail_errno(struct rec_out *out)
{
	return fail(out, strerror(errno));
}

static int no_memory(const struct rec_out *out)
{
	return rec_report(REC_ENOMEM, "cannot write '%s': %s", shown(out), rec_strerror(REC_ENOMEM));
}

static int refuse_clobber(const struct rec_out *out)
{
	return rec_report(REC_EEXIST, "'%s' exists; leave out --no-clobber to replace it", shown(out));
}

/*
 * The number of the descriptor that path stands for; -1: path is no such name. Opening /dev/stdout would make a new
 * description with a place of its own, and renaming over the file behind it would leave the shell's redirection with
 * the old one.
 */
static int inherited_fd(const char *path)
{
	static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};
	int64_t fd;

	if (strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0)
		return STDOUT_FILENO;
	if (strcmp(path, "/dev/stderr") == 0)
		return STDERR_FILENO;
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		size_t len = strlen(folders[i]);
		if (strncmp(path, folders[i], len) == 0 && rec_parse_int(path + len, &fd) == REC_OK && fd >= 0 &&
		        fd <= INT_MAX)
			return (int)fd;
	}
	return -1;
}

/* Replace *path, malloc'd, by what the link there says. 0, or an errno. */
static int follow_once(char **path)
{
	char link[PATH_MAX];
	ssize_t len = readlink(*path, link, sizeof link - 1);
	const char *slash = strrchr(*path, '/');
	char *next;

	if (len < 0)
		return errno;
	link[len] = '\0';
	int folder_len = link[0] != '/' && slash ? (int)(slash + 1 - *path) : 0;
	if (asprintf(&next, "%.*s%s", folder_len, *path, link) < 0)
		return ENOMEM;
	free(*path);
	*path = next;
	return 0;
}

/* Follow symbolic links in the last component, also to a file that does not exist yet. 0, or an errno. */
static int follow(char **path)
{
	struct stat st;

	for (int hops = 0; hops < 40; hops++) {
		if (inherited_fd(*path) >= 0 || lstat(*path, &st) < 0 || !S_ISLNK(st.st_mode))
			return 0;
		int e = follow_once(path);
		if (e)
			return e;
	}
	return ELOOP;
}

static int open_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	/* enough to make a file in a folder that may not be listed */
	return fd >= 0 || errno != EACCES ? fd : open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* Open the folder of path and keep the last component's name. */
static int enter_folder(struct rec_out *out, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	if (!*name)
		return fail(out, "there is no such folder; name a file");
	out->name = strdup(name);
	char *folder = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
	if (!out->name || !folder) {
		free(folder);
		return no_memory(out);
	}
	out->folder = open_folder(folder);
	int e = errno;
	free(folder);
	if (out->folder < 0)
		return fail(out, e == ENOENT ? "its folder does not exist; make it first" : strerror(e));
	return REC_OK;
}

/* An unnamed file in folder, locked; -1 with errno. */
static int open_unnamed(int folder)
{
	char path[sizeof "/proc/self/fd/" + 3 * sizeof folder];
	int fd = openat(folder, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);
	if (fd < 0)
		return -1;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (access(path, F_OK) < 0) {
		/* without /proc it could never be linked */
		close(fd);
		errno = EOPNOTSUPP;
		return -1;
	}
	rec_temp_lock(fd);
	return fd;
}

/* Begin a regular file; old is the one that it replaces, or NULL. */
static int begin_file(struct rec_out *out, const char *path, const struct stat *old)
{
	int r = enter_folder(out, path);
	if (r < 0)
		return r;
	rec_temp_sweep(out->folder, out->name);
	out->fd = open_unnamed(out->folder);
	/* EISDIR, ENOENT and EINVAL are what file systems and kernels that do not know O_TMPFILE say */
	if (out->fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == ENOENT || errno == EINVAL))
		out->fd = rec_temp_claim(&out->temp, out->folder, out->name, -1, 0666);
	if (out->fd < 0)
		return fail_errno(out);
	/* it fails for our own file only where the file system keeps no modes */
	if (old)
		(void)!fchmod(out->fd, old->st_mode & 0777);
	return REC_OK;
}

static int begin_in_place(struct rec_out *out, const char *path)
{
	do
		out->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	while (out->fd < 0 && errno == EINTR);
	return out->fd < 0 ? fail_errno(out) : REC_OK;
}

/* What closes on exec was not inherited: it is a descriptor of our own. */
static int begin_inherited(struct rec_out *out, int fd)
{
	int flags = fcntl(fd, F_GETFD);

	if (flags >= 0 && (flags & FD_CLOEXEC))
		return fail(out, strerror(EBADF));
	out->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	return out->fd < 0 ? fail_errno(out) : REC_OK;
}

/* Begin what stands, or will stand, at path, which is no symbolic link. */
static int begin_path(struct rec_out *out, const char *path)
{
	int inherited = inherited_fd(path);
	struct stat st;

	if (inherited >= 0)
		return begin_inherited(out, inherited);
	if (stat(path, &st) < 0)
		return errno == ENOENT ? begin_file(out, path, NULL) : fail_errno(out);
	if (S_ISDIR(st.st_mode))
		return fail(out, "it is a folder; name a file in it");
	if (!S_ISREG(st.st_mode))
		return begin_in_place(out, path);
	if (out->no_clobber)
		return refuse_clobber(out);
	return begin_file(out, path, &st);
}

static int begin_remote(struct rec_out *out)
{
	const struct rec_remote_ops *remote = rec_remote_ops();

	if (!remote)
		return fail(out, "it is a URL; name a file");
	out->unlinked = true;
	int r = remote->check(out->target, out->no_clobber);
	return r < 0 ? r : rec_source_unlinked(&out->fd);
}

static int begin_local(struct rec_out *out)
{
	char *path = strdup(out->target);

	if (!path)
		return no_memory(out);
	int e = follow(&path);
	int r = e ? fail(out, strerror(e)) : begin_path(out, path);
	free(path);
	return r;
}

int rec_out_begin(struct rec_out **out, const char *target, bool no_clobber)
{
	struct rec_out *o = calloc(1, sizeof *o);
	char *shown = strcmp(target, "-") == 0 ? strdup("standard output") : rec_remote_shown(target);

	if (!o || !shown) {
		free(o);
		free(shown);
		return rec_report(REC_ENOMEM, "cannot write the output: %s", rec_strerror(REC_ENOMEM));
	}
	o->target = target;
	o->shown = shown;
	o->folder = o->fd = -1;
	o->no_clobber = no_clobber;
	int r = rec_remote_is(target) ? begin_remote(o) : begin_local(o);
	if (r < 0)
		rec_out_discard(&o);
	*out = o;
	return r;
}

int rec_out_begin_draft(struct rec_out **out, const struct rec_out *of)
{
	struct rec_out *o = calloc(1, sizeof *o);
	char *shown = strdup(of->shown);

	*out = NULL;
	if (!o || !shown) {
		free(o);
		free(shown);
		return no_memory(of);
	}
	o->target = of->target;
	o->shown = shown;
	o->folder = o->fd = -1;
	o->unlinked = true;
	int r = rec_source_unlinked(&o->fd);
	if (r < 0)
		rec_out_discard(&o);
	*out = o;
	return r;
}

char *rec_out_place(const char *target)
{
	char *path = strdup(target);
	int error = path ? follow(&path) : ENOMEM;

	if (error || inherited_fd(path) >= 0) {
		free(path);
		path = NULL;
	}
	errno = error;
	return path;
}

bool rec_out_seekable(const struct rec_out *out)
{
	return out->folder >= 0 || out->unlinked;
}

const char *rec_out_target(const struct rec_out *out)
{
	return out->shown;
}

int64_t rec_out_tell(const struct rec_out *out)
{
	return out->at;
}

int64_t rec_out_size(const struct rec_out *out)
{
	return out->size;
}

int rec_out_fd(const struct rec_out *out)
{
	return out->fd;
}

/* As write(2), but interruptions are over. */
static ssize_t put(const struct rec_out *out, const char *bytes, size_t n)
{
	for (;;) {
		ssize_t done = rec_out_seekable(out) ? pwrite(out->fd, bytes, n, out->at) : write(out->fd, bytes, n);
		if (done >= 0)
			return done;
		/* a parent may have left a shared pipe in non-blocking mode */
		if (errno == EAGAIN)
			poll(&(struct pollfd){out->fd, POLLOUT, 0}, 1, -1);
		else if (errno != EINTR)
			return -1;
	}
}

int rec_out_write(struct rec_out *out, const void *bytes, size_t n)
{
	const char *from = bytes;

	if (out->failed)
		return REC_EIO;
	while (n > 0) {
		ssize_t done = put(out, from, n);
		if (done <= 0)
			return done < 0 ? fail_errno(out) : fail(out, "nothing more fits");
		from += done;
		n -= (size_t)done;
		out->at += done;
		if (out->size < out->at)
			out->size = out->at;
	}
	return REC_OK;
}

ssize_t rec_out_read_at(struct rec_out *out, void *bytes, size_t n, int64_t at)
{
	ssize_t got;

	if (!rec_out_seekable(out))
		return fail(out, "what was written cannot be read again");
	do
		got = pread(out->fd, bytes, n, at);
	while (got < 0 && errno == EINTR);
	return got < 0 ? fail_errno(out) : got;
}

int rec_out_seek(struct rec_out *out, int64_t at)
{
	if (!rec_out_seekable(out) || at < 0)
		return REC_EIO;
	out->at = at;
	return REC_OK;
}

static int publish_named(struct rec_out *out)
{
	if (rec_temp_rename(&out->temp, out->name, !out->no_clobber) < 0)
		return out->no_clobber && errno == EEXIST ? refuse_clobber(out) : fail_errno(out);
	return REC_OK;
}

/* A link never replaces: it serves a new target at once, and an old one through a name that is renamed over it. */
static int publish_unnamed(struct rec_out *out)
{
	if (rec_temp_link(out->fd, out->folder, out->name) == 0)
		return REC_OK;
	if (errno != EEXIST)
		return fail_errno(out);
	if (out->no_clobber)
		return refuse_clobber(out);
	if (rec_temp_claim(&out->temp, out->folder, out->name, out->fd, 0) < 0)
		return fail_errno(out);
	return publish_named(out);
}

static int publish(struct rec_out *out)
{
	/* EINVAL: a file system that has no notion of it */
	if (fsync(out->fd) < 0 && errno != EINVAL)
		return fail_errno(out);
	int r = out->temp.name[0] ? publish_named(out) : publish_unnamed(out);
	/* the file is in its place whatever this says; EBADF: the folder may not be listed, so it cannot be synced */
	if (r == REC_OK && fsync(out->folder) < 0 && errno != EINVAL && errno != EBADF)
		rec_warn(
		        "cannot sync the folder of '%s': %s; a power cut now may lose it", shown(out), strerror(errno));
	return r;
}

/* Some file systems tell only now that a write failed. */
static int finish_in_place(struct rec_out *out)
{
	int r = close(out->fd);

	out->fd = -1;
	return r < 0 && errno != EINTR ? fail_errno(out) : REC_OK;
}

/* libsndfile writes behind our back, so the file's own size counts. */
static int send_remote(struct rec_out *out)
{
	struct stat st;

	if (fstat(out->fd, &st) < 0)
		return fail_errno(out);
	return rec_remote_ops()->publish(out->target, out->fd, st.st_size, out->no_clobber);
}

int rec_out_commit(struct rec_out **out)
{
	struct rec_out *o = *out;
	int r = REC_EIO;

	if (!o->failed)
		r = o->unlinked ? send_remote(o) : o->folder < 0 ? finish_in_place(o) : publish(o);
	rec_out_discard(out);
	return r;
}

void rec_out_discard(struct rec_out **out)
{
	struct rec_out *o = *out;

	*out = NULL;
	if (!o)
		return;
	/* before the close, which gives up the lock */
	if (o->temp.name[0])
		rec_temp_remove(&o->temp);
	if (o->fd >= 0)
		close(o->fd);
	if (o->folder >= 0)
		close(o->folder);
	free(o->name);
	free(o->shown);
	free(o);
}
