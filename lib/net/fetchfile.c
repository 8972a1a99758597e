/* SPDX-License-Identifier: MIT */
#include "net/fetchfile.h"

#include "base/err.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct noting {
	struct rec_notes *notes;
	const char *name;
	const struct rec_get_params *params;
};

static int note_version(void *context, const struct rec_version *version)
{
	const struct noting *noting = context;

	rec_notes_add(noting->notes, noting->name, version);
	return REC_OK;
}

static void on_progress(void *context, int64_t bytes)
{
	const struct noting *noting = context;

	noting->params->progress(noting->params->context, bytes);
}

/* How much of which version an earlier run left; 0: nothing that is of use. */
static int64_t left_over(const struct noting *noting, int fd, struct rec_version *version)
{
	struct stat st;

	if (!rec_notes_find(noting->notes, noting->name, version) || fstat(fd, &st) < 0)
		return 0;
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

int rec_fetchfile_get(struct rec_http *http, int folder, struct rec_notes *notes, struct rec_fetch_file *file,
        const struct rec_get_params *params)
{
	struct noting noting = {.notes = notes, .name = file->name, .params = params};
	int fd = openat(folder, file->name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
	int r = fd < 0 ? rec_report(REC_EIO, "cannot keep '%s': %s", file->name, strerror(errno))
	               : get(http, fd, &noting, file);

	/* with --partial it stays away; what a kill leaves behind is another matter */
	if (r < 0)
		unlinkat(folder, file->name, 0);
	if (fd >= 0)
		close(fd);
	return r;
}
