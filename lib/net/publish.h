/* SPDX-License-Identifier: MIT */
/* Several local files to their places on a server, several at once. */
#ifndef REC_NET_PUBLISH_H
#define REC_NET_PUBLISH_H

#include "base/progress.h"
#include "net/put.h"

struct rec_publish_file {
	const char *path;
	char *location; /* malloc'd; where it goes */
	/* set by rec_publish_open() */
	int fd;
	int64_t size;
	struct rec_target target;
	/* set by rec_publish_run() */
	bool sent;
	bool deleted;
	struct rec_put_result result;
	char *url; /* for people: below BASE_CDN_URL where that is set; malloc'd */
};

struct rec_publish_params {
	struct rec_put_params put;
	int jobs;
	bool delete_source; /* of what is verified alone */
	enum rec_progress_mode progress;
};

/**
 * rec_publish_open(file, path, destination):
 * Look at a file and at where it goes; a destination that ends in / gets the file's name after it.
 * Errors, reported: REC_EINPUT: no regular file, not readable; those of rec_target_parse(). rec_publish_close() in every case.
 */
int rec_publish_open(struct rec_publish_file *file, const char *path, const char *destination);

/** rec_publish_run(files, n, params): send them; the first error stops what has not begun. Errors as rec_put_file(); REC_EIO: a file changed meanwhile. */
int rec_publish_run(struct rec_publish_file *files, size_t n, const struct rec_publish_params *params);

void rec_publish_close(struct rec_publish_file *file);

#endif
