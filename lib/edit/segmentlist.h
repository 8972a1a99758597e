/* SPDX-License-Identifier: MIT */
/*
 * A text file that names segments, one a line: a path, or `file PATH` as ffmpeg's concat lists have it, the path in '...' or as it is. Relative paths count from the
 * list's folder (`-`: from the current one). Blank lines and those that begin with # say nothing.
 */
#ifndef REC_EDIT_SEGMENTLIST_H
#define REC_EDIT_SEGMENTLIST_H

#include <stddef.h>

/* zero-initialise; free with rec_segmentlist_free() */
struct rec_segmentlist {
	char **paths;
	size_t n;
};

/** rec_segmentlist_add(list, path): append a copy. REC_ENOMEM. */
int rec_segmentlist_add(struct rec_segmentlist *list, const char *path);

/** rec_segmentlist_read(list, file): append what the file names. REC_EINPUT (reported): not readable, over 16 MB, or a line that names no file; REC_ENOMEM. */
int rec_segmentlist_read(struct rec_segmentlist *list, const char *file);

void rec_segmentlist_free(struct rec_segmentlist *list);

#endif
