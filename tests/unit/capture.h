/* SPDX-License-Identifier: MIT */
/* What a test needs of the process around it: what it prints, what it has open, and a folder of its own. */
#ifndef REC_TESTS_UNIT_CAPTURE_H
#define REC_TESTS_UNIT_CAPTURE_H

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* what is written to a descriptor, stdout or stderr, meanwhile */
struct capture {
	int fd;
	int saved;
	FILE *file;
	char text[65536];
};

static inline void capture_begin(struct capture *capture, int fd)
{
	fflush(NULL);
	capture->fd = fd;
	capture->saved = dup(fd);
	capture->file = tmpfile();
	if (capture->saved < 0 || !capture->file || dup2(fileno(capture->file), fd) < 0)
		abort();
}

/* Give the descriptor back; the text lives in ${capture}. */
static inline const char *capture_end(struct capture *capture)
{
	size_t n;

	fflush(NULL);
	if (dup2(capture->saved, capture->fd) < 0)
		abort();
	close(capture->saved);
	rewind(capture->file);
	n = fread(capture->text, 1, sizeof(capture->text) - 1, capture->file);
	capture->text[n] = '\0';
	fclose(capture->file);
	return capture->text;
}

/* the lines that were printed */
static inline int lines(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

/* how many names are in a folder */
static inline int names_in(const char *folder)
{
	DIR *list = opendir(folder);
	int n = -2; /* . and .. */

	if (!list)
		abort();
	while (readdir(list))
		n++;
	closedir(list);
	return n;
}

/* open descriptors of this process */
static inline int descriptors(void)
{
	return names_in("/proc/self/fd") - 1;
}

/* a new folder, resolved; the caller frees it */
static inline char *folder_new(void)
{
	char template[] = "/tmp/rec-unit-XXXXXX";
	char *made = mkdtemp(template);

	return made ? realpath(made, NULL) : NULL;
}

static inline int folder_remove_one(const char *path, const struct stat *st, int type, struct FTW *walk)
{
	(void)st;
	(void)type;
	(void)walk;
	return remove(path);
}

static inline void folder_remove(char *folder)
{
	nftw(folder, folder_remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(folder);
}

/* folder/name with that text; false: it cannot be written */
static inline int file_write(const char *folder, const char *name, const char *text)
{
	char *path = NULL;
	FILE *file;

	if (asprintf(&path, "%s/%s", folder, name) < 0)
		return 0;
	file = fopen(path, "w");
	free(path);
	if (!file)
		return 0;
	fputs(text, file);
	return fclose(file) == 0;
}

#endif
