/* SPDX-License-Identifier: MIT */
/* rec_fetch_run(): the downloads, several at once. */
#include "base/err.h"
#include "base/log.h"
#include "net/fetch_parts.h"
#include "net/fetchfile.h"

#include <pthread.h>
#include <stdatomic.h>

/* the work of one run */
struct run {
	struct rec_fetch *fetch;
	struct rec_fetch_file *files;
	size_t n;
	const struct rec_fetch_params *params;
	struct rec_progress *progress;
	pthread_mutex_t lock;
	size_t next;
	size_t failed;
	int error; /* the first one */
	int64_t done;
	int64_t total; /* 0: not known */
	atomic_bool cancel;
};

static void on_progress(void *context, int64_t bytes)
{
	struct run *run = context;

	pthread_mutex_lock(&run->lock);
	run->done += bytes;
	rec_progress_set(run->progress, run->done);
	pthread_mutex_unlock(&run->lock);
}

static struct rec_fetch_file *take(struct run *run)
{
	pthread_mutex_lock(&run->lock);
	bool stop = run->next >= run->n || (run->error && !run->params->partial);
	struct rec_fetch_file *file = stop ? NULL : &run->files[run->next++];
	pthread_mutex_unlock(&run->lock);
	return file;
}

static void note(struct run *run, int r)
{
	pthread_mutex_lock(&run->lock);
	run->failed++;
	if (!run->error)
		run->error = r;
	pthread_mutex_unlock(&run->lock);
	if (!run->params->partial)
		atomic_store(&run->cancel, true);
}

static void *work(void *context)
{
	struct run *run = context;
	struct rec_get_params get = run->params->get;
	struct rec_http *http = NULL;
	int r = rec_http_new(&http, &run->cancel);

	get.progress = on_progress;
	get.context = run;
	if (r < 0)
		note(run, r);
	rec_log_demote(run->params->partial);
	for (struct rec_fetch_file *file; http && (file = take(run));) {
		get.expected = file->size;
		r = rec_fetchfile_get(http, run->fetch->fd, run->fetch->notes, file, &get);
		file->here = r == REC_OK;
		if (r < 0)
			note(run, r);
	}
	rec_log_demote(false);
	rec_http_free(&http);
	return NULL;
}

static void work_in_threads(struct run *run)
{
	enum { MOST = 64 };
	pthread_t threads[MOST];
	size_t jobs = (size_t)run->params->jobs < run->n ? (size_t)run->params->jobs : run->n, n = 0;

	while (n < jobs && n < MOST && pthread_create(&threads[n], NULL, work, run) == 0)
		n++;
	if (n == 0)
		work(run);
	for (size_t i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
}

int rec_fetch_run(
        struct rec_fetch *fetch, struct rec_fetch_file *files, size_t n, const struct rec_fetch_params *params)
{
	struct run run = {.fetch = fetch, .files = files, .n = n, .params = params};
	int r = REC_OK;

	for (size_t i = 0; i < n; i++)
		run.total = files[i].size < 0 || run.total < 0 ? -1 : run.total + files[i].size;
	pthread_mutex_init(&run.lock, NULL);
	r = rec_progress_begin_bytes(&run.progress, params->progress, "fetching", run.total > 0 ? run.total : 0);
	if (r == REC_OK)
		work_in_threads(&run);
	rec_progress_end(&run.progress);
	pthread_mutex_destroy(&run.lock);
	for (size_t i = 0; r == REC_OK && i < n; i++)
		if (files[i].here)
			r = rec_fetch_remember(fetch, files[i].name);
	if (r < 0 || !run.error)
		return r;
	if (params->partial && run.failed < n)
		return REC_ELEFTOUT;
	return run.error;
}
