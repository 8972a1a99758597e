/* SPDX-License-Identifier: MIT */
/* The folder of a fetch, from its beginning to its end. */
#include "base/err.h"
#include "base/log.h"
#include "net/fetch_parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail(const char *path, const char *why)
{
	return rec_report(REC_EIO, "cannot fetch into '%s': %s", path, why);
}

/* Without slashes at the end; "." and links become what they mean, so that the .part lies beside it. */
static char *spell(const char *folder)
{
	char *real = realpath(folder, NULL);
	char *copy = real ? real : strdup(folder);

	for (size_t n = copy ? strlen(copy) : 0; n > 1 && copy[n - 1] == '/'; n--)
		copy[n - 1] = '\0';
	return copy;
}

/* Whether another folder can lie beside this one, on the same file system. ${folder} is one that spell() has resolved. */
static bool has_room_beside(const char *folder)
{
	struct stat above, own;
	const char *slash = strrchr(folder, '/');
	char *parent = slash ? strndup(folder, slash == folder ? 1 : (size_t)(slash - folder)) : NULL;
	bool room = parent && stat(parent, &above) == 0 && stat(folder, &own) == 0 && above.st_dev == own.st_dev &&
	            access(parent, W_OK | X_OK) == 0;

	free(parent);
	return room;
}

/* It may be removed by another run between the two calls. */
static int open_part(struct rec_fetch *fetch)
{
	struct stat ours, named;

	for (int tries = 0; tries < 10; tries++) {
		if (mkdir(fetch->part, 0777) < 0 && errno != EEXIST)
			return fail(fetch->folder, strerror(errno));
		fetch->fd = open(fetch->part, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
		if (fetch->fd < 0 && errno == ENOENT)
			continue;
		if (fetch->fd < 0)
			return fail(fetch->part, strerror(errno));
		if (flock(fetch->fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
			return fail(fetch->folder, "another run is at work on it");
		if (fstat(fetch->fd, &ours) == 0 && lstat(fetch->part, &named) == 0 && ours.st_ino == named.st_ino)
			return REC_OK;
		close(fetch->fd);
		fetch->fd = -1;
	}
	return fail(fetch->folder, "another run is at work on it");
}

static int check_clobber(const struct rec_fetch *fetch)
{
	struct rec_buf path = REC_BUF_INIT;

	rec_buf_printf(&path, "%s/session.json", fetch->folder);
	bool there = access(rec_buf_str(&path), F_OK) == 0;
	rec_buf_free(&path);
	if (!there)
		return REC_OK;
	return rec_report(
	        REC_EEXIST, "'%s' holds a session already; leave out --no-clobber to replace it", fetch->folder);
}

static void free_fetch(struct rec_fetch *fetch)
{
	rec_notes_close(&fetch->notes);
	if (fetch->fd >= 0)
		close(fetch->fd);
	for (size_t i = 0; i < fetch->nnames; i++)
		free(fetch->names[i]);
	free(fetch->names);
	free(fetch->folder);
	free(fetch->part);
	free(fetch);
}

int rec_fetch_begin(struct rec_fetch **fetch, const char *folder, bool no_clobber)
{
	struct rec_fetch *f = calloc(1, sizeof *f);
	struct rec_buf part = REC_BUF_INIT;
	struct stat st;
	int r;

	if (!f)
		return REC_ENOMEM;
	f->fd = -1;
	f->folder = spell(folder);
	f->there = f->folder && stat(f->folder, &st) == 0;
	f->inside = f->there && !has_room_beside(f->folder);
	rec_buf_printf(&part, f->inside ? "%s/.part" : "%s.part", f->folder ? f->folder : "");
	f->part = rec_buf_steal(&part);
	if (!f->folder || !f->part)
		r = REC_ENOMEM;
	else if (f->there && !S_ISDIR(st.st_mode))
		r = fail(f->folder, "it is no folder");
	else if (!f->there && lstat(f->folder, &st) == 0)
		r = fail(f->folder, "it is a link to a folder that is not there");
	else if (!no_clobber || (r = check_clobber(f)) == REC_OK)
		r = open_part(f);
	if (r == REC_OK && (r = rec_notes_open(&f->notes, f->fd)) < 0)
		rmdir(f->part); /* what an earlier run left in it stays */
	if (r < 0)
		free_fetch(f);
	else
		*fetch = f;
	return r;
}

const char *rec_fetch_folder(const struct rec_fetch *fetch)
{
	return fetch->part;
}

int rec_fetch_remember(struct rec_fetch *fetch, const char *name)
{
	char **names = realloc(fetch->names, (fetch->nnames + 1) * sizeof *names);

	if (!names)
		return REC_ENOMEM;
	fetch->names = names;
	names[fetch->nnames] = strdup(name);
	return names[fetch->nnames++] ? REC_OK : REC_ENOMEM;
}

int rec_fetch_add(struct rec_fetch *fetch, const char *name, const char *text, size_t n)
{
	int fd = openat(fetch->fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
	int r = REC_OK;

	while (fd >= 0 && n > 0 && r == REC_OK) {
		ssize_t done = write(fd, text, n);
		if (done > 0) {
			text += done;
			n -= (size_t)done;
		} else if (done == 0 || errno != EINTR)
			r = fail(fetch->part, strerror(errno));
	}
	if (fd < 0 || (fsync(fd) < 0 && errno != EINVAL))
		r = fail(fetch->part, strerror(errno));
	if (fd >= 0)
		close(fd);
	return r < 0 ? r : rec_fetch_remember(fetch, name);
}

/* Remove all that is in part, which is ours alone, but what is to be kept. REC_EIO, reported, or REC_ENOMEM. */
static int sweep(const struct rec_fetch *fetch, bool keep)
{
	int fd = openat(fetch->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		bool kept = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
		for (size_t i = 0; keep && i < fetch->nnames && !kept; i++)
			kept = strcmp(entry->d_name, fetch->names[i]) == 0;
		if (!kept)
			unlinkat(fetch->fd, entry->d_name, 0);
	}
	int e = errno;
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
	if (!dir && e != ENOMEM)
		return fail(fetch->part, strerror(e));
	return dir ? REC_OK : REC_ENOMEM;
}

/* What was renamed in it survives a power cut now. */
static void sync_folder(const struct rec_fetch *fetch, int fd)
{
	/* EINVAL: a file system that has no notion of it */
	if (fd < 0 || (fsync(fd) < 0 && errno != EINVAL))
		rec_warn("cannot sync the folder of '%s': %s; a power cut now may lose it", fetch->folder,
		        strerror(errno));
}

static void sync_parent(const struct rec_fetch *fetch)
{
	const char *slash = strrchr(fetch->folder, '/');
	char *parent = !slash ? strdup(".")
	                      : strndup(fetch->folder, slash == fetch->folder ? 1 : (size_t)(slash - fetch->folder));
	int fd = parent ? open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	free(parent);
	/* EACCES: it may not be listed, so it cannot be synced */
	if (fd >= 0 || errno != EACCES)
		sync_folder(fetch, fd);
	if (fd >= 0)
		close(fd);
}

/* Before anything is moved: no file may take the place of a folder. */
static int check_names(const struct rec_fetch *fetch, int to)
{
	struct stat st;

	for (size_t i = 0; i < fetch->nnames; i++)
		if (fstatat(to, fetch->names[i], &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode))
			return rec_report(REC_EIO, "cannot fetch into '%s': '%s' is a folder there", fetch->folder,
			        fetch->names[i]);
	return REC_OK;
}

/* Into a folder that is there already, one by one: session.json, the last one, makes it whole. */
static int move_each(const struct rec_fetch *fetch)
{
	int to = open(fetch->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = to < 0 ? fail(fetch->folder, strerror(errno)) : check_names(fetch, to);

	for (size_t i = 0; r == REC_OK && i < fetch->nnames; i++)
		if (renameat(fetch->fd, fetch->names[i], to, fetch->names[i]) < 0)
			r = fail(fetch->folder, strerror(errno));
	if (to >= 0) {
		sync_folder(fetch, to);
		close(to);
	}
	if (r == REC_OK)
		rmdir(fetch->part);
	return r;
}

/* Whether part may take the place of the folder as a whole, if that is empty: it has its owner and mode, and we do not stand in it. */
static bool stands_for(const struct rec_fetch *fetch)
{
	struct stat own, part, here;

	if (!fetch->there)
		return true;
	if (fetch->inside || stat(fetch->folder, &own) < 0 || fstat(fetch->fd, &part) < 0)
		return false;
	if (stat(".", &here) == 0 && here.st_dev == own.st_dev && here.st_ino == own.st_ino)
		return false;
	return part.st_uid == own.st_uid && part.st_gid == own.st_gid && fchmod(fetch->fd, own.st_mode & 07777) == 0;
}

int rec_fetch_commit(struct rec_fetch **fetch)
{
	struct rec_fetch *f = *fetch;
	int r = REC_OK;

	*fetch = NULL;
	r = sweep(f, true);
	if (r == REC_OK && fsync(f->fd) < 0 && errno != EINVAL)
		r = fail(f->part, strerror(errno));
	if (r == REC_OK && !stands_for(f))
		r = move_each(f);
	else if (r == REC_OK && rename(f->part, f->folder) == 0)
		sync_parent(f);
	else if (r == REC_OK)
		r = errno == ENOTEMPTY || errno == EEXIST ? move_each(f) : fail(f->folder, strerror(errno));
	if (r < 0) {
		sweep(f, false);
		rmdir(f->part);
	}
	free_fetch(f);
	return r;
}

void rec_fetch_discard(struct rec_fetch **fetch)
{
	struct rec_fetch *f = *fetch;

	*fetch = NULL;
	if (!f)
		return;
	sweep(f, false);
	rmdir(f->part);
	free_fetch(f);
}
