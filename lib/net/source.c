/* SPDX-License-Identifier: MIT */
/*
 * rec_net_open(): a remote file as a rec_source. One worker thread owns the connection and fills two blocks: what the reader
 * needs, and then what comes after it. Blocks grow while the file is read in order and are small after a seek.
 */
#include "base/source.h"
#include "base/err.h"
#include "base/log.h"
#include "net/get.h"
#include "net/net.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const size_t first_block = 64u << 10;
static const size_t last_block = 2u << 20;

struct block {
	int64_t at; /* -1: empty */
	size_t n;
	char *bytes;
	size_t room;
};

struct remote {
	char *location;
	struct rec_target target;
	struct rec_http *http; /* the worker's, once it runs */
	struct rec_version version;
	struct rec_digest *md5; /* of the bytes up to `hashed`, read in order; NULL: nothing to compare with */
	int64_t hashed;

	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t worker;
	bool running;
	atomic_bool quit;
	struct block blocks[2];
	int used;       /* the block that the reader is in, which the worker leaves alone */
	int64_t wanted; /* the place that the reader waits for; -1: none */
	int64_t ahead;  /* the place to read ahead; -1: none */
	int64_t next;   /* the end of the block that the reader is in */
	size_t size;    /* of the next block */
	bool failed;
	int64_t failed_at; /* where reading failed */
	char why[256];
};

static struct block *find(struct remote *remote, int64_t at)
{
	for (int i = 0; i < 2; i++) {
		struct block *block = &remote->blocks[i];
		if (block->at >= 0 && at >= block->at && at < block->at + (int64_t)block->n)
			return block;
	}
	return NULL;
}

/* Seeks leave holes; then there is nothing to compare. */
static int hash(struct remote *remote, const struct block *block)
{
	unsigned char bytes[REC_MD5_SIZE];
	char hex[REC_MD5_HEX];
	int64_t end = block->at + (int64_t)block->n;

	if (!remote->md5 || block->at > remote->hashed || end <= remote->hashed)
		return REC_OK;
	rec_digest_add(remote->md5, block->bytes + (remote->hashed - block->at), (size_t)(end - remote->hashed));
	remote->hashed = end;
	if (end < remote->version.total)
		return REC_OK;
	rec_digest_end(remote->md5, bytes);
	rec_hex(hex, bytes, sizeof bytes);
	rec_digest_free(&remote->md5);
	if (strcmp(hex, remote->version.md5) == 0)
		return REC_OK;
	snprintf(remote->why, sizeof remote->why, "what came is not what its checksum (ETag) says");
	return REC_EREMOTE;
}

/* Fill a block that nobody looks at, without the lock. */
static int fill(struct remote *remote, struct block *block, int64_t at, size_t n)
{
	block->at = -1;
	if (block->room < n) {
		char *bytes = realloc(block->bytes, n);
		if (!bytes) {
			snprintf(remote->why, sizeof remote->why, "%s", rec_strerror(REC_ENOMEM));
			return REC_ENOMEM;
		}
		block->bytes = bytes;
		block->room = n;
	}
	int r = rec_get_part(
	        remote->http, &remote->target, &remote->version, at, n, block->bytes, &block->n, remote->why);
	if (r < 0)
		return r;
	block->at = at;
	r = hash(remote, block);
	if (r < 0)
		block->at = -1;
	return r;
}

/* The place to read next, the reader's own before the one ahead; -1: nothing to do. Called with the lock held. */
static int64_t next_place(struct remote *remote)
{
	if (remote->failed)
		return -1;
	if (remote->wanted >= 0)
		return remote->wanted;
	if (remote->ahead < 0 || remote->ahead >= remote->version.total || find(remote, remote->ahead))
		return -1;
	return remote->ahead;
}

static void *work(void *context)
{
	struct remote *remote = context;

	pthread_mutex_lock(&remote->lock);
	while (!atomic_load(&remote->quit)) {
		int64_t at = next_place(remote);
		if (at < 0) {
			pthread_cond_wait(&remote->changed, &remote->lock);
			continue;
		}
		struct block *block = &remote->blocks[!remote->used];
		size_t n = remote->size;
		block->at = -1;
		pthread_mutex_unlock(&remote->lock);
		int r = fill(remote, block, at, n);
		pthread_mutex_lock(&remote->lock);
		if (r < 0) {
			remote->failed = true;
			remote->failed_at = at;
		}
		if (remote->wanted >= 0 && (r < 0 || find(remote, remote->wanted)))
			remote->wanted = -1;
		pthread_cond_broadcast(&remote->changed);
	}
	pthread_mutex_unlock(&remote->lock);
	return NULL;
}

static int report(const struct remote *remote)
{
	return rec_report(REC_EREMOTE, "cannot read '%s': %s", remote->target.shown, remote->why);
}

/*
 * Wait until the place is there. Nothing is read ahead meanwhile: it would go where the block went that is waited for. Called with the lock
 * held.
 */
static struct block *await(struct remote *remote, int64_t at)
{
	struct block *block = find(remote, at);

	if (!block && at != remote->next)
		remote->size = first_block;
	while (!block && !remote->failed) {
		remote->wanted = at;
		remote->ahead = -1;
		pthread_cond_broadcast(&remote->changed);
		pthread_cond_wait(&remote->changed, &remote->lock);
		block = find(remote, at);
	}
	return block;
}

/* The reader is in that block now: the other one is free for what follows. Called with the lock held. */
static void enter(struct remote *remote, const struct block *block)
{
	int64_t end = block->at + (int64_t)block->n;

	if (remote->ahead == end)
		return;
	remote->used = block == &remote->blocks[1];
	if (remote->next == block->at && remote->size < last_block)
		remote->size *= 2;
	remote->next = remote->ahead = end;
	pthread_cond_broadcast(&remote->changed);
}

static ssize_t remote_read(void *state, void *bytes, size_t n, int64_t at)
{
	struct remote *remote = state;
	ssize_t got;

	if (at >= remote->version.total || n == 0)
		return 0;
	pthread_mutex_lock(&remote->lock);
	struct block *block = await(remote, at);
	if (block) {
		size_t left = (size_t)(block->at + (int64_t)block->n - at);
		enter(remote, block);
		got = (ssize_t)(n < left ? n : left);
		memcpy(bytes, block->bytes + (at - block->at), (size_t)got);
	} else
		got = report(remote);
	pthread_mutex_unlock(&remote->lock);
	return got;
}

static void remote_close(void *state)
{
	struct remote *remote = state;

	atomic_store(&remote->quit, true);
	if (remote->running) {
		pthread_mutex_lock(&remote->lock);
		pthread_cond_broadcast(&remote->changed);
		pthread_mutex_unlock(&remote->lock);
		pthread_join(remote->worker, NULL);
	}
	pthread_cond_destroy(&remote->changed);
	pthread_mutex_destroy(&remote->lock);
	rec_http_free(&remote->http);
	rec_digest_free(&remote->md5);
	rec_target_free(&remote->target);
	free(remote->location);
	free(remote->blocks[0].bytes);
	free(remote->blocks[1].bytes);
	free(remote);
}

static int remote_again(void *state, void **copy);

static const struct rec_source_ops remote_ops = {remote_read, remote_close, remote_again};

static int spool(struct rec_source **source, struct remote *remote)
{
	struct rec_get_params params = REC_GET_PARAMS;
	int fd;
	int r = rec_source_unlinked(&fd);

	if (r < 0)
		return r;
	rec_info("'%s': the server gives no parts of it, so all of it is fetched first", remote->target.shown);
	r = rec_get_file(remote->http, &remote->target, fd, &params, &remote->version);
	if (r < 0) {
		close(fd);
		return r;
	}
	return rec_source_from_fd(source, remote->target.shown, fd, remote->version.total);
}

/* The worker takes over; the first block may be there already. */
static int start(struct remote *remote)
{
	struct block *first = &remote->blocks[0];
	int r = REC_OK;

	if (remote->version.md5[0]) {
		r = rec_digest_new(&remote->md5, "MD5");
		if (r == REC_OK && first->at == 0 && hash(remote, first) < 0)
			return report(remote);
	}
	remote->next = remote->ahead = first->at == 0 ? (int64_t)first->n : -1;
	remote->size = first->at == 0 ? 2 * first_block : first_block;
	if (r == REC_OK && pthread_create(&remote->worker, NULL, work, remote) != 0)
		r = REC_ENOMEM;
	remote->running = r == REC_OK;
	return r == REC_OK ? r : rec_report(r, "cannot read '%s': %s", remote->target.shown, rec_strerror(r));
}

static int new_remote(struct remote **remote, const char *location)
{
	struct remote *new = calloc(1, sizeof *new);
	int r = REC_ENOMEM;

	if (!new)
		return rec_report(r, "cannot read a URL: %s", rec_strerror(r));
	pthread_mutex_init(&new->lock, NULL);
	pthread_cond_init(&new->changed, NULL);
	new->blocks[0].at = new->blocks[1].at = new->wanted = new->ahead = -1;
	rec_version_init(&new->version);
	new->location = strdup(location);
	if (!new->location || rec_http_new(&new->http, &new->quit) < 0)
		rec_report(r, "cannot read a URL: %s", rec_strerror(r));
	else
		r = rec_target_parse(&new->target, location);
	if (r < 0)
		remote_close(new);
	else
		*remote = new;
	return r;
}

/* Another reader of the same version. */
static int remote_again(void *state, void **copy)
{
	const struct remote *remote = state;
	struct remote *again;
	int r = new_remote(&again, remote->location);

	if (r < 0)
		return r;
	again->version = remote->version;
	r = start(again);
	if (r < 0)
		remote_close(again);
	else
		*copy = again;
	return r;
}

int rec_net_open(struct rec_source **source, const char *url)
{
	struct remote *remote;
	int r = new_remote(&remote, url);

	if (r < 0)
		return r;
	r = fill(remote, &remote->blocks[0], 0, first_block);
	if (r == REC_ENODATA) {
		r = spool(source, remote);
		remote_close(remote);
		return r;
	}
	if (r < 0)
		report(remote);
	else if ((r = start(remote)) == REC_OK)
		return rec_source_new(source, remote->target.shown, &remote_ops, remote, remote->version.total, true);
	remote_close(remote);
	return r;
}
