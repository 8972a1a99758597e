/* SPDX-License-Identifier: MIT */
#include "edit/segmentlist.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "base/source.h"

#include <stdlib.h>
#include <string.h>

static const size_t largest = 16u << 20;

int rec_segmentlist_add(struct rec_segmentlist *list, const char *path)
{
	char **more = reallocarray(list->paths, list->n + 1, sizeof(*more));

	if (!more)
		return REC_ENOMEM;
	list->paths = more;
	list->paths[list->n] = strdup(path);
	return list->paths[list->n++] ? REC_OK : REC_ENOMEM;
}

/* The path that a line names, cut out of it in place; NULL: it names none. */
static char *path_in(char *line)
{
	size_t n;

	if (strncmp(line, "file ", 5) == 0)
		line += 5 + strspn(line + 5, " \t");
	n = strlen(line);
	if (line[0] == '\'') {
		if (n < 3 || line[n - 1] != '\'' || memchr(line + 1, '\'', n - 2))
			return NULL;
		line[n - 1] = '\0';
		line++;
	}
	return *line ? line : NULL;
}

static int add_beside(struct rec_segmentlist *list, const char *file, const char *path)
{
	const char *slash = strrchr(file, '/');
	struct rec_buf whole = REC_BUF_INIT;
	int err;

	if (path[0] == '/' || !slash)
		return rec_segmentlist_add(list, path);
	rec_buf_add(&whole, file, (size_t)(slash - file) + 1);
	rec_buf_puts(&whole, path);
	err = whole.failed ? REC_ENOMEM : rec_segmentlist_add(list, rec_buf_str(&whole));
	rec_buf_free(&whole);
	return err;
}

static int add_line(struct rec_segmentlist *list, const char *file, char *line, size_t number)
{
	size_t n;
	char *path;

	line += strspn(line, " \t");
	for (n = strlen(line); n > 0 && strchr(" \t\r", line[n - 1]); n--)
		line[n - 1] = '\0';
	if (!*line || *line == '#' || strncmp(line, "ffconcat version", 16) == 0)
		return REC_OK;
	path = path_in(line);
	if (!path)
		return rec_report(REC_EINPUT, "cannot read '%s': line %zu names no file", file, number);
	return add_beside(list, file, path);
}

int rec_segmentlist_read(struct rec_segmentlist *list, const char *file)
{
	char *text = NULL, *rest, *line;
	size_t n, number = 0;
	int err = rec_source_slurp(file, largest, &text, &n);

	if (err < 0)
		return err;
	if (strlen(text) != n)
		err = rec_report(REC_EINPUT, "cannot read '%s': it is no text", file);
	for (rest = text; err == REC_OK && (line = strsep(&rest, "\n"));)
		err = add_line(list, file, line, ++number);
	free(text);
	return err;
}

void rec_segmentlist_free(struct rec_segmentlist *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->paths[i]);
	free(list->paths);
	*list = (struct rec_segmentlist){0};
}
