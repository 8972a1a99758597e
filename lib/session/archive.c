/* SPDX-License-Identifier: MIT */
#include "session/archive.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const size_t max_members = 1000;
static const size_t block_size = 1 << 16;
static const int64_t slack = 64 << 20;
static const int64_t max_growth = 10;

struct rec_archive {
	char *path;
	char **names;
	size_t n;
	int64_t left; /* bytes that may still be written */
};

int rec_archive_recognises(const char *path)
{
	char magic[4];
	ssize_t n = rec_source_head(path, magic, sizeof magic);

	if (n < 0)
		return (int)n;
	return n == 4 && (memcmp(magic, "PK\3\4", 4) == 0 || memcmp(magic, "PK\5\6", 4) == 0);
}

/* the thread's locale: libarchive turns names into it, and C's cannot hold them */
struct locales {
	locale_t utf8;
	locale_t before;
};

static struct locales use_utf8(void)
{
	struct locales locales = {newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0), (locale_t)0};

	if (locales.utf8)
		locales.before = uselocale(locales.utf8);
	return locales;
}

static void restore(struct locales locales)
{
	if (!locales.utf8)
		return;
	uselocale(locales.before);
	freelocale(locales.utf8);
}

static int report(const struct rec_archive *archive, struct archive *zip)
{
	if (archive_errno(zip) == ENOMEM)
		return REC_ENOMEM;
	return rec_report(REC_EINPUT, "cannot read '%s': %s", archive->path,
	        archive_error_string(zip) ? archive_error_string(zip) : "it is no zip");
}

/* A temporary file without a name is read by its descriptor, which the sandbox lets nobody open again. */
static int open_bytes(struct archive *zip, const char *path)
{
	int fd = rec_source_descriptor(path);

	if (fd < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return archive_read_open_filename(zip, path, block_size);
	return archive_read_open_fd(zip, fd, block_size);
}

static int open_zip(const struct rec_archive *archive, struct archive **zip)
{
	if (!(*zip = archive_read_new()))
		return REC_ENOMEM;
	if (archive_read_support_format_zip(*zip) != ARCHIVE_OK || open_bytes(*zip, archive->path) != ARCHIVE_OK)
		return report(archive, *zip);
	return REC_OK;
}

/* UTF-8 whatever the locale; NULL: it cannot be told */
static const char *name_of(struct archive_entry *entry)
{
	const char *name = archive_entry_pathname_utf8(entry);

	return name ? name : archive_entry_pathname(entry);
}

static bool leads_out(const char *name)
{
	if (name[0] == '/' || name[0] == '\0' || strchr(name, '\\'))
		return true;
	for (const char *at = name; at; at = strchr(at, '/'), at = at ? at + 1 : NULL) {
		if (strncmp(at, "..", 2) == 0 && (at[2] == '/' || at[2] == '\0'))
			return true;
	}
	return false;
}

static int add_member(struct rec_archive *archive, struct archive_entry *entry)
{
	const char *name = name_of(entry);
	mode_t type = archive_entry_filetype(entry);

	if (!name || strlen(name) > 4096)
		return rec_report(REC_EINPUT, "cannot use '%s': a member's name cannot be read", archive->path);
	if (leads_out(name))
		return rec_report(
		        REC_EINPUT, "cannot use '%s': its member '%.200s' leads out of it", archive->path, name);
	if (type == AE_IFDIR)
		return REC_OK;
	if (type != AE_IFREG || archive_entry_hardlink(entry))
		return rec_report(
		        REC_EINPUT, "cannot use '%s': its member '%.200s' is a link or a device", archive->path, name);
	if (archive_entry_is_encrypted(entry))
		return rec_report(REC_EINPUT, "cannot use '%s': its member '%.200s' is encrypted; unpack it first",
		        archive->path, name);
	if (archive->n == max_members)
		return rec_report(
		        REC_EINPUT, "cannot use '%s': it has more than %zu members", archive->path, max_members);
	if (!(archive->names[archive->n] = strdup(name)))
		return REC_ENOMEM;
	archive->n++;
	return REC_OK;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int list(struct rec_archive *archive)
{
	struct archive *zip = NULL;
	const struct locales locales = use_utf8();
	struct archive_entry *entry;
	size_t seen = 0;
	int got = ARCHIVE_EOF;
	int r = open_zip(archive, &zip);

	while (r == REC_OK && (got = archive_read_next_header(zip, &entry)) >= ARCHIVE_WARN && got != ARCHIVE_EOF) {
		r = add_member(archive, entry);
		if (r == REC_OK && ++seen > 2 * max_members) /* folders count too */
			r = rec_report(REC_EINPUT, "cannot use '%s': it has too many folders", archive->path);
	}
	if (r == REC_OK && got != ARCHIVE_EOF)
		r = report(archive, zip);
	archive_read_free(zip);
	restore(locales);
	qsort(archive->names, archive->n, sizeof(*archive->names), by_name);
	for (size_t i = 1; r == REC_OK && i < archive->n; i++) {
		if (strcmp(archive->names[i], archive->names[i - 1]) == 0)
			r = rec_report(REC_EINPUT, "cannot use '%s': it has two members of the name '%.200s'",
			        archive->path, archive->names[i]);
	}
	return r;
}

int rec_archive_open(struct rec_archive **out, const char *path)
{
	struct rec_archive *archive = calloc(1, sizeof(*archive));
	struct stat st;
	int r = REC_ENOMEM;

	if (archive) {
		archive->path = strdup(path);
		archive->names = calloc(max_members, sizeof(*archive->names));
		if (archive->path && archive->names)
			r = list(archive);
	}
	if (r == REC_OK)
		archive->left = stat(path, &st) == 0 ? st.st_size * max_growth + slack : slack;
	if (r < 0)
		rec_archive_close(&archive);
	*out = archive;
	return r;
}

size_t rec_archive_count(const struct rec_archive *archive)
{
	return archive->n;
}

const char *rec_archive_name(const struct rec_archive *archive, size_t i)
{
	return archive->names[i];
}

static int write_all(int fd, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t put = write(fd, bytes, n);
		if (put < 0 && errno != EINTR)
			return rec_report(REC_EIO,
			        "cannot write a temporary file: %s; set TMPDIR to a folder with room", strerror(errno));
		bytes += put > 0 ? put : 0;
		n -= put > 0 ? (size_t)put : 0;
	}
	return REC_OK;
}

/* what the header says of the size is not believed */
static int copy_member(struct rec_archive *archive, struct archive *zip, const char *name, int fd)
{
	char *chunk = malloc(block_size);
	int r = chunk ? REC_OK : REC_ENOMEM;

	while (r == REC_OK) {
		la_ssize_t n = archive_read_data(zip, chunk, block_size);
		if (n == 0)
			break;
		if (n < 0)
			r = report(archive, zip);
		else if ((archive->left -= n) < 0)
			r = rec_report(REC_EINPUT,
			        "cannot use '%s': '%.200s' unpacks to far more than recordings do: it is a zip bomb",
			        archive->path, name);
		else
			r = write_all(fd, chunk, (size_t)n);
	}
	free(chunk);
	return r;
}

/* the reader stands behind the header of that name; REC_EINPUT: the file has changed */
static int find(const struct rec_archive *archive, struct archive *zip, const char *name)
{
	struct archive_entry *entry;

	while (archive_read_next_header(zip, &entry) >= ARCHIVE_WARN) {
		const char *found = name_of(entry);
		if (found && strcmp(found, name) == 0)
			return REC_OK;
	}
	return rec_report(REC_EINPUT, "cannot read '%s' any more: its member '%.200s' is gone", archive->path, name);
}

/* "archive.zip: member" over the bytes in ${fd}, which is taken over */
static int name_source(const struct rec_archive *archive, const char *member, int fd, struct rec_source **source)
{
	struct rec_buf name = REC_BUF_INIT;
	struct stat st;
	int r = REC_ENOMEM;

	rec_buf_printf(&name, "%s: %s", archive->path, member);
	if (!name.failed && fstat(fd, &st) == 0)
		r = rec_source_from_fd(source, name.data, fd, st.st_size);
	else
		close(fd);
	rec_buf_free(&name);
	return r;
}

int rec_archive_extract(struct rec_archive *archive, size_t i, struct rec_source **source)
{
	const struct locales locales = use_utf8();
	struct archive *zip = NULL;
	int fd = -1;
	int r = open_zip(archive, &zip);

	if (r == REC_OK)
		r = find(archive, zip, archive->names[i]);
	if (r == REC_OK)
		r = rec_source_unlinked(&fd);
	if (r == REC_OK)
		r = copy_member(archive, zip, archive->names[i], fd);
	archive_read_free(zip);
	restore(locales);
	if (r == REC_OK)
		return name_source(archive, archive->names[i], fd, source);
	if (fd >= 0)
		close(fd);
	return r;
}

void rec_archive_close(struct rec_archive **archive)
{
	struct rec_archive *gone = *archive;

	*archive = NULL;
	if (!gone)
		return;
	for (size_t i = 0; i < gone->n; i++)
		free(gone->names[i]);
	free(gone->names);
	free(gone->path);
	free(gone);
}
