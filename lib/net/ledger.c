/* SPDX-License-Identifier: MIT */
#include "net/ledger.h"

#include "net/digest.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const size_t max_id = 4096;

/* Make the folder and those above it, from the byte `from` on. */
static void make_folders(char *path, size_t from)
{
	for (char *slash = strchr(path + from, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
}

/* .../rectools/uploads/, made; false: no place for it */
static bool put_folder(struct rec_buf *path)
{
	const char *state = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");

	if (state && *state == '/')
		rec_buf_puts(path, state);
	else if (home && *home == '/')
		rec_buf_printf(path, "%s/.local/state", home);
	else
		return false;
	rec_buf_puts(path, "/rectools/uploads/");
	if (path->data && !path->failed)
		make_folders(path->data, 1);
	return true;
}

void rec_ledger_reach(struct rec_reach *reach)
{
	struct rec_buf path = REC_BUF_INIT;

	if (put_folder(&path))
		rec_reach_add(reach, REC_REACH_FILES, rec_buf_str(&path));
	rec_buf_free(&path);
}

/* .../rectools/uploads/SHA-256 of the object's URL; malloc'd; NULL: no place for it */
static char *path_of(const struct rec_target *target)
{
	struct rec_buf path = REC_BUF_INIT;
	unsigned char hash[REC_SHA256_SIZE];
	char hex[REC_SHA256_HEX];

	if (rec_sha256(hash, target->url, strlen(target->url)) < 0)
		return NULL;
	rec_hex(hex, hash, sizeof hash);
	if (!put_folder(&path))
		return NULL;
	rec_buf_puts(&path, hex);
	return rec_buf_steal(&path);
}

static bool is_still_named(int fd, const char *path)
{
	struct stat ours, named;

	return fstat(fd, &ours) == 0 && lstat(path, &named) == 0 && ours.st_dev == named.st_dev &&
	       ours.st_ino == named.st_ino;
}

void rec_ledger_open(struct rec_ledger *ledger, const struct rec_target *target, char **left)
{
	char *id;

	*left = NULL;
	*ledger = (struct rec_ledger){-1, path_of(target)};
	if (!ledger->path)
		return;
	ledger->fd = open(ledger->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (ledger->fd < 0 || flock(ledger->fd, LOCK_EX | LOCK_NB) < 0 || !is_still_named(ledger->fd, ledger->path)) {
		if (ledger->fd >= 0)
			close(ledger->fd);
		ledger->fd = -1;
		return;
	}
	id = calloc(1, max_id + 1);
	if (id && pread(ledger->fd, id, max_id, 0) > 0 && *id)
		*left = id;
	else
		free(id);
}

void rec_ledger_note(struct rec_ledger *ledger, const char *id)
{
	/* a note that cannot be written is none */
	if (ledger->fd >= 0 && ftruncate(ledger->fd, 0) == 0 && strlen(id) <= max_id &&
	        pwrite(ledger->fd, id, strlen(id), 0) == (ssize_t)strlen(id))
		(void)fsync(ledger->fd);
}

void rec_ledger_close(struct rec_ledger *ledger, bool done)
{
	if (ledger->fd >= 0) {
		if (done)
			unlink(ledger->path);
		close(ledger->fd);
	}
	free(ledger->path);
	*ledger = (struct rec_ledger){-1, NULL};
}
