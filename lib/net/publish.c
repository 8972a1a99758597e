/* SPDX-License-Identifier: MIT */
#include "net/publish.h"

#include "base/err.h"
#include "base/log.h"
#include "base/remote.h"
#include "net/uri.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct run {
	struct rec_publish_file *files;
	size_t n;
	const struct rec_publish_params *params;
	struct rec_put_params put;
	struct rec_progress *progress;
	pthread_mutex_t lock;
	size_t next;
	int error;
	int64_t done;
};

static int open_file(struct rec_publish_file *file)
{
	struct stat st;

	file->fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (file->fd < 0)
		return rec_report(REC_EINPUT, "cannot open '%s': %s", file->path, strerror(errno));
	if (fstat(file->fd, &st) < 0 || !S_ISREG(st.st_mode))
		return rec_report(REC_EINPUT, "cannot publish '%s': it is no regular file", file->path);
	file->size = st.st_size;
	return REC_OK;
}

/* where people find it; malloc'd */
static char *public_url(const struct rec_target *target)
{
	const char *cdn = getenv("BASE_CDN_URL");
	struct rec_buf text = REC_BUF_INIT;
	struct rec_uri uri = {0};

	if (!cdn || !*cdn)
		return rec_remote_shown(target->url);
	rec_buf_puts(&text, cdn);
	if (cdn[strlen(cdn) - 1] != '/')
		rec_buf_puts(&text, "/");
	if (target->key)
		rec_uri_encode(&text, target->key, strlen(target->key), true);
	else if (rec_uri_parse(&uri, target->url) == REC_OK)
		rec_buf_puts(&text, uri.path + 1);
	rec_uri_free(&uri);
	return rec_buf_steal(&text);
}

int rec_publish_open(struct rec_publish_file *file, const char *path, const char *destination)
{
	const char *slash = strrchr(path, '/');
	bool folder = rec_target_is_folder(destination);
	int r;

	*file = (struct rec_publish_file){.path = path, .fd = -1};
	if ((r = open_file(file)) < 0)
		return r;
	file->location = folder ? rec_target_below(destination, slash ? slash + 1 : path) : strdup(destination);
	if (!file->location)
		return REC_ENOMEM;
	if ((r = rec_target_parse(&file->target, file->location)) < 0)
		return r;
	return (file->url = public_url(&file->target)) ? REC_OK : REC_ENOMEM;
}

static void on_progress(void *context, int64_t bytes)
{
	struct run *run = context;

	pthread_mutex_lock(&run->lock);
	run->done += bytes;
	rec_progress_set(run->progress, run->done);
	pthread_mutex_unlock(&run->lock);
}

/* What was read may be neither the old content nor the new one. */
static int check_unchanged(const struct rec_publish_file *file, const struct stat *before)
{
	struct stat now;

	if (fstat(file->fd, &now) == 0 && now.st_size == before->st_size &&
	        now.st_mtim.tv_sec == before->st_mtim.tv_sec && now.st_mtim.tv_nsec == before->st_mtim.tv_nsec)
		return REC_OK;
	return rec_report(REC_EIO, "'%s' changed while it was sent; publish it again", file->path);
}

static int delete_source(struct rec_publish_file *file)
{
	struct stat ours, named;

	if (!file->result.verified) {
		rec_warn("'%s' is kept: the server does not say whether '%s' is there", file->path, file->target.shown);
		return REC_OK;
	}
	if (fstat(file->fd, &ours) < 0 || stat(file->path, &named) < 0 || ours.st_dev != named.st_dev ||
	        ours.st_ino != named.st_ino || unlink(file->path) < 0)
		return rec_report(REC_EIO, "cannot delete '%s'", file->path);
	file->deleted = true;
	return REC_OK;
}

static int send_one(const struct run *run, struct rec_http *http, struct rec_publish_file *file)
{
	struct stat before;
	int r;

	if (fstat(file->fd, &before) < 0)
		return rec_report(REC_EIO, "cannot read '%s': %s", file->path, strerror(errno));
	struct rec_put_params params = run->put;
	params.name = file->path;
	r = rec_put_file(http, &file->target, file->fd, file->size, &params, &file->result);
	if (r == REC_OK)
		r = check_unchanged(file, &before);
	file->sent = r == REC_OK;
	return r == REC_OK && run->params->delete_source ? delete_source(file) : r;
}

static struct rec_publish_file *take(struct run *run)
{
	pthread_mutex_lock(&run->lock);
	struct rec_publish_file *file = run->next < run->n && !run->error ? &run->files[run->next++] : NULL;
	pthread_mutex_unlock(&run->lock);
	return file;
}

/* One connection for all the files of a thread. */
static void *work(void *context)
{
	struct run *run = context;
	struct rec_publish_file *file;
	struct rec_http *http = NULL;
	int r = rec_http_new(&http, NULL);

	while (r == REC_OK && (file = take(run)))
		r = send_one(run, http, file);
	pthread_mutex_lock(&run->lock);
	if (r < 0 && !run->error)
		run->error = r;
	pthread_mutex_unlock(&run->lock);
	rec_http_free(&http);
	return NULL;
}

int rec_publish_run(struct rec_publish_file *files, size_t n, const struct rec_publish_params *params)
{
	enum { MOST = 64 };
	struct run run = {.files = files, .n = n, .params = params, .put = params->put};
	pthread_t threads[MOST];
	size_t jobs = (size_t)params->jobs < n ? (size_t)params->jobs : n, started = 0;
	int64_t total = 0;

	for (size_t i = 0; i < n; i++)
		total += files[i].size;
	run.put.jobs = jobs > 1 ? (params->jobs + (int)jobs - 1) / (int)jobs : params->jobs;
	run.put.progress = on_progress;
	run.put.context = &run;
	int r = rec_progress_begin_bytes(&run.progress, params->progress, "publishing", total);
	if (r < 0)
		return r;
	pthread_mutex_init(&run.lock, NULL);
	while (started < jobs && started < MOST && pthread_create(&threads[started], NULL, work, &run) == 0)
		started++;
	if (started == 0)
		work(&run);
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	pthread_mutex_destroy(&run.lock);
	rec_progress_end(&run.progress);
	return run.error;
}

void rec_publish_close(struct rec_publish_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
	free(file->location);
	free(file->url);
	rec_target_free(&file->target);
}
