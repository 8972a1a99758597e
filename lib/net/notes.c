/* SPDX-License-Identifier: MIT */
#include "net/notes.h"

#include "base/buf.h"
#include "base/err.h"

#include <fcntl.h>
#include <inttypes.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* more than ten thousand files take */
static const off_t most_bytes = 16 << 20;

/* a line, "NAME TOTAL ETAG MD5" between tabs; the last two maybe empty */
struct note {
	const char *name;
	const char *total;
	const char *etag;
	const char *md5;
};

struct rec_notes {
	int fd; /* -1: none can be kept */
	char *text;
	struct note *items;
	void *by_name; /* of tsearch(): the last one of each name */
};

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct note *)a)->name, ((const struct note *)b)->name);
}

/* Cut a line into its fields; false: it is not whole. */
static bool take_line(char *line, struct note *note)
{
	char *rest = line;

	note->name = strsep(&rest, "\t");
	note->total = strsep(&rest, "\t");
	note->etag = strsep(&rest, "\t");
	note->md5 = rest;
	return rest && !strchr(rest, '\t');
}

static int remember(struct rec_notes *notes, struct note *note)
{
	struct note *const *known = tsearch(note, &notes->by_name, compare);

	if (!known)
		return REC_ENOMEM;
	if (*known != note)
		**known = *note;
	return REC_OK;
}

static int index_lines(struct rec_notes *notes)
{
	size_t n = 0, lines = 0;
	int r = REC_OK;

	for (const char *at = notes->text; (at = strchr(at, '\n')); at++)
		lines++;
	if (!(notes->items = calloc(lines + 1, sizeof *notes->items)))
		return REC_ENOMEM;
	for (char *at = notes->text, *end; r == REC_OK && (end = strchr(at, '\n')); at = end + 1) {
		*end = '\0';
		if (take_line(at, &notes->items[n]))
			r = remember(notes, &notes->items[n++]);
	}
	return r;
}

/* What is too long for us is not ours, and is begun anew like what cannot be read. */
static int load(struct rec_notes *notes)
{
	struct stat st;
	ssize_t got = -1;

	if (notes->fd < 0 || fstat(notes->fd, &st) < 0 || st.st_size == 0)
		return REC_OK;
	if (st.st_size <= most_bytes) {
		if (!(notes->text = calloc(1, (size_t)st.st_size + 1)))
			return REC_ENOMEM;
		got = pread(notes->fd, notes->text, (size_t)st.st_size, 0);
	}
	if (got == st.st_size)
		return index_lines(notes);
	(void)!ftruncate(notes->fd, 0);
	return REC_OK;
}

int rec_notes_open(struct rec_notes **notes, int folder)
{
	struct rec_notes *n = calloc(1, sizeof *n);
	int r = n ? REC_OK : REC_ENOMEM;

	*notes = n;
	if (n) {
		n->fd = openat(folder, ".versions", O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
		r = load(n);
	}
	if (r < 0)
		rec_notes_close(notes);
	return r;
}

bool rec_notes_find(const struct rec_notes *notes, const char *name, struct rec_version *version)
{
	const struct note wanted = {.name = name};
	struct note *const *found = tfind(&wanted, &notes->by_name, compare);

	rec_version_init(version);
	if (!found || !(*found)->etag[0] || strlen((*found)->etag) >= sizeof version->etag ||
	        strlen((*found)->md5) >= sizeof version->md5)
		return false;
	version->total = strtoll((*found)->total, NULL, 10);
	snprintf(version->etag, sizeof version->etag, "%s", (*found)->etag);
	snprintf(version->md5, sizeof version->md5, "%s", (*found)->md5);
	return true;
}

void rec_notes_add(struct rec_notes *notes, const char *name, const struct rec_version *version)
{
	bool known = version->etag[0] && version->total >= 0 && !strpbrk(version->etag, "\t\n");
	struct rec_buf line = REC_BUF_INIT;

	if (notes->fd < 0)
		return;
	rec_buf_printf(&line, "%s\t%" PRId64 "\t%s\t%s\n", name, version->total, known ? version->etag : "",
	        known ? version->md5 : "");
	/* an older line must not stand for it, so all go */
	if (line.failed || write(notes->fd, line.data, line.len) != (ssize_t)line.len)
		(void)!ftruncate(notes->fd, 0);
	rec_buf_free(&line);
}

static void keep(void *note)
{
	(void)note;
}

void rec_notes_close(struct rec_notes **notes)
{
	struct rec_notes *n = *notes;

	*notes = NULL;
	if (!n)
		return;
	tdestroy(n->by_name, keep);
	if (n->fd >= 0)
		close(n->fd);
	free(n->items);
	free(n->text);
	free(n);
}
