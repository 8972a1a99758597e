/* SPDX-License-Identifier: MIT */
#include "net/follow.h"

#include "base/err.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

/* read at once: what was written lately is still in the processor's cache */
enum { CHUNK = 256 << 10 };
/* worth waking a thread for */
static const int64_t step = INT64_C(4) * CHUNK;

struct rec_follow {
	int fd;
	struct rec_digest *md5;
	char *chunk;
	int64_t at; /* what the digest has; the thread's own while it runs */
	int error;  /* likewise */
	int cause;  /* errno of that; 0: the file became shorter */
	pthread_t thread;
	bool running;

	pthread_mutex_t lock;
	pthread_cond_t changed;
	int64_t to;
	bool ended;
};

int rec_follow_new(struct rec_follow **follow, int fd)
{
	struct rec_follow *f = calloc(1, sizeof *f);

	*follow = NULL;
	if (!f)
		return REC_ENOMEM;
	f->fd = fd;
	f->chunk = malloc(CHUNK);
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->changed, NULL);
	if (!f->chunk || rec_digest_new(&f->md5, "MD5") < 0)
		rec_follow_free(&f);
	*follow = f;
	return f ? REC_OK : REC_ENOMEM;
}

static void hash_to(struct rec_follow *f, int64_t to)
{
	while (f->error == REC_OK && f->at < to) {
		int64_t left = to - f->at;
		ssize_t got = pread(f->fd, f->chunk, left < CHUNK ? (size_t)left : CHUNK, f->at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			f->cause = got < 0 ? errno : 0;
			f->error = REC_EIO;
			return;
		}
		rec_digest_add(f->md5, f->chunk, (size_t)got);
		f->at += got;
	}
}

static void *work(void *context)
{
	struct rec_follow *f = context;

	pthread_mutex_lock(&f->lock);
	while (!f->ended) {
		int64_t to = f->to;
		if (f->error < 0 || to - f->at < step) {
			pthread_cond_wait(&f->changed, &f->lock);
			continue;
		}
		pthread_mutex_unlock(&f->lock);
		hash_to(f, to);
		pthread_mutex_lock(&f->lock);
	}
	pthread_mutex_unlock(&f->lock);
	return NULL;
}

void rec_follow_to(struct rec_follow *follow, int64_t bytes)
{
	pthread_mutex_lock(&follow->lock);
	bool wake = bytes / step > follow->to / step;
	follow->to = bytes;
	if (wake)
		pthread_cond_signal(&follow->changed);
	pthread_mutex_unlock(&follow->lock);
	/* without a thread all is done at the end */
	if (wake && !follow->running)
		follow->running = pthread_create(&follow->thread, NULL, work, follow) == 0;
}

static void stop(struct rec_follow *f)
{
	if (!f->running)
		return;
	pthread_mutex_lock(&f->lock);
	f->ended = true;
	pthread_cond_signal(&f->changed);
	pthread_mutex_unlock(&f->lock);
	pthread_join(f->thread, NULL);
	f->running = false;
}

int rec_follow_end(struct rec_follow *follow, char hex[REC_MD5_HEX])
{
	unsigned char bytes[REC_MD5_SIZE];

	stop(follow);
	hash_to(follow, follow->to);
	if (follow->error < 0) {
		errno = follow->cause;
		return follow->error;
	}
	rec_digest_end(follow->md5, bytes);
	rec_hex(hex, bytes, sizeof bytes);
	return REC_OK;
}

void rec_follow_free(struct rec_follow **follow)
{
	struct rec_follow *f = *follow;

	if (!f)
		return;
	stop(f);
	pthread_cond_destroy(&f->changed);
	pthread_mutex_destroy(&f->lock);
	rec_digest_free(&f->md5);
	free(f->chunk);
	free(f);
	*follow = NULL;
}
