/* SPDX-License-Identifier: MIT */
#include "net/fetchfile.h"

#include "base/err.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct noting {
	int folder;
	char *name;
	const struct rec_get_params *params;
};

/* "TOTAL ETAG MD5", each but the first maybe empty; a version without an ETag cannot be recognised again */
static int note_version(void *context, const struct rec_version *version)
{
	const struct noting *noting = context;
	struct rec_buf text = REC_BUF_INIT;
	int fd;

	unlinkat(noting->folder, noting->name, 0);
	if (!version->etag[0] || version->total < 0)
		return REC_OK;
	rec_buf_printf(&text, "%" PRId64 "\n%s\n%s\n", version->total, version->etag, version->md5);
	fd = openat(noting->folder, noting->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	/* without the note the next run begins anew, which is fine */
	if (fd >= 0 && !text.failed && write(fd, text.data, text.len) != (ssize_t)text.len)
		unlinkat(noting->folder, noting->name, 0);
	if (fd >= 0)
		close(fd);
	rec_buf_free(&text);
	return REC_OK;
}

static void on_progress(void *context, int64_t bytes)
{
	const struct noting *noting = context;

	noting->params->progress(noting->params->context, bytes);
}

static bool take_line(char **text, char *line, size_t room)
{
	size_t n = strcspn(*text, "\n");

	if (!(*text)[n] || n >= room)
		return false;
	memcpy(line, *text, n);
	line[n] = '\0';
	*text += n + 1;
	return true;
}

/* How much of which version an earlier run left; 0: nothing that is of use. */
static int64_t left_over(const struct noting *noting, int fd, struct rec_version *version)
{
	char text[512] = "", total[32], *at = text;
	struct stat st;
	int note = openat(noting->folder, noting->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t got = note < 0 ? -1 : read(note, text, sizeof text - 1);

	if (note >= 0)
		close(note);
	rec_version_init(version);
	if (got <= 0 || fstat(fd, &st) < 0 || !take_line(&at, total, sizeof total) ||
	        !take_line(&at, version->etag, sizeof version->etag) ||
	        !take_line(&at, version->md5, sizeof version->md5))
		return 0;
	version->total = strtoll(total, NULL, 10);
	/* the last byte is asked for in any case: the answer tells whether it still is that version */
	return st.st_size < version->total ? st.st_size : version->total - 1;
}

/* What a crash of the machine may have left behind the synced part is cut off by the size alone, so it is synced here. */
static int finish(int fd, const struct rec_fetch_file *file)
{
	if (ftruncate(fd, file->version.total) == 0 && (fsync(fd) == 0 || errno == EINVAL))
		return REC_OK;
	return rec_report(REC_EIO, "cannot keep '%s': %s", file->name, strerror(errno));
}

static int get(struct rec_http *http, int fd, struct noting *noting, struct rec_fetch_file *file)
{
	struct rec_get_params params = *noting->params;
	struct rec_target target;
	int r = rec_target_parse(&target, file->location);

	if (r < 0) /* it was not the command line that said so */
		return r == REC_EUSAGE ? REC_EINPUT : r;
	params.started = note_version;
	params.progress = on_progress;
	params.context = noting;
	params.resume = left_over(noting, fd, &file->version);
	if (params.resume <= 0) {
		params.resume = 0;
		if (ftruncate(fd, 0) < 0)
			r = rec_report(REC_EIO, "cannot keep '%s': %s", file->name, strerror(errno));
	} else
		rec_info("'%s': going on from byte %" PRId64, target.shown, params.resume);
	if (r == REC_OK)
		r = rec_get_file(http, &target, fd, &params, &file->version);
	rec_target_free(&target);
	return r == REC_OK ? finish(fd, file) : r;
}

int rec_fetchfile_get(
        struct rec_http *http, int folder, struct rec_fetch_file *file, const struct rec_get_params *params)
{
	struct rec_buf name = REC_BUF_INIT;
	struct noting noting = {.folder = folder, .params = params};
	int r;

	rec_buf_printf(&name, ".%s.version", file->name);
	if (!(noting.name = rec_buf_steal(&name)))
		return REC_ENOMEM;
	int fd = openat(folder, file->name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (fd < 0)
		r = rec_report(REC_EIO, "cannot keep '%s': %s", file->name, strerror(errno));
	else
		r = get(http, fd, &noting, file);
	/* with --partial it stays away; what a kill leaves behind is another matter */
	if (r < 0) {
		unlinkat(folder, file->name, 0);
		unlinkat(folder, noting.name, 0);
	}
	if (fd >= 0)
		close(fd);
	free(noting.name);
	return r;
}
