/* SPDX-License-Identifier: MIT */
#include "mixdown/stems.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "base/out.h"
#include "base/remote.h"
#include "base/utf8.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* a name must leave room for a number and an ending */
static const size_t MOST_BYTES = 200;

/* Letters of all scripts stay; blanks, marks that terminals act on, and what file systems or shells read otherwise do not. */
static bool is_plain(uint32_t c)
{
	if (c < 0x80)
		return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' ||
		       c == '_' || c == '-';
	return c > 0xA0 && c != 0x61C && !(c >= 0x2000 && c <= 0x206F) && c != 0x3000 &&
	       !(c >= 0xE000 && c <= 0xF8FF) && !(c >= 0xFE00 && c <= 0xFE0F) && c != 0xFEFF &&
	       !(c >= 0xFFF0 && c <= 0xFFFF) && c < 0xE0000;
}

char *rec_stems_safe_name(const char *name)
{
	struct rec_buf safe = REC_BUF_INIT;
	size_t n = strlen(name);

	while (n > 0) {
		uint32_t c;
		size_t len;
		bool plain = rec_utf8_decode(name, n, &c, &len) == REC_OK && is_plain(c);

		if (safe.len == 0 && (c == '.' || c == '-'))
			plain = false;
		if (safe.len + (plain ? len : 1) > MOST_BYTES)
			break;
		if (plain)
			rec_buf_add(&safe, name, len);
		else
			rec_buf_puts(&safe, "_");
		name += len;
		n -= len;
	}
	if (safe.len == 0)
		rec_buf_puts(&safe, "_");
	return rec_buf_steal(&safe);
}

static const struct rec_voice *voice_of(const struct rec_voices *voices, size_t person)
{
	for (size_t i = 0; i < voices->n; i++)
		if (voices->items[i].person == person && !voices->items[i].left_out)
			return &voices->items[i];
	return NULL;
}

/* whether ${path}, of a file in ${folder}, and ${place} are one name in one folder; cuts ${place} */
static bool same_place(const char *folder, const char *path, char *place)
{
	char *slash = strrchr(place, '/');
	const char *name = slash ? slash + 1 : place, *other = slash == place ? "/" : slash ? place : ".";
	struct stat a, b;

	if (strcasecmp(name, path + strlen(folder) + 1) != 0)
		return false;
	if (slash)
		*slash = '\0';
	return stat(folder, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static bool is_mix(const struct rec_stems *stems, const char *path)
{
	char *place = stems->mix && !rec_remote_is(stems->mix) ? rec_out_place(stems->mix) : NULL;
	bool same = place && same_place(stems->folder, path, place);

	free(place);
	return same;
}

static bool taken(const struct rec_stems *stems, const char *path)
{
	if (is_mix(stems, path))
		return true;
	for (size_t i = 0; i < stems->n; i++)
		if (stems->paths[i] && strcasecmp(stems->paths[i], path) == 0)
			return true;
	return false;
}

static char *path_of(const struct rec_stems *stems, const char *safe, int number, const char *ending)
{
	struct rec_buf path = REC_BUF_INIT;

	rec_buf_printf(&path, "%s/%s", stems->folder, safe);
	if (number > 1)
		rec_buf_printf(&path, "-%d", number);
	rec_buf_printf(&path, ".%s", ending);
	return rec_buf_steal(&path);
}

static int add_path(struct rec_stems *stems, const char *name, const char *ending)
{
	char *safe = rec_stems_safe_name(name), *path = NULL;
	int number = 0;

	do {
		free(path);
		path = safe ? path_of(stems, safe, ++number, ending) : NULL;
	} while (path && taken(stems, path));
	free(safe);
	stems->paths[stems->n++] = path;
	return path ? REC_OK : REC_ENOMEM;
}

int rec_stems_open(struct rec_stems *stems, const char *folder, const struct rec_voices *voices, const char *ending)
{
	int err = REC_OK;

	stems->folder = folder;
	stems->made = mkdir(folder, 0777) == 0;
	if (!stems->made && errno != EEXIST)
		return rec_report(REC_EIO, "cannot make the folder '%s': %s", folder, strerror(errno));
	stems->paths = calloc(voices->npersons + 1, sizeof(*stems->paths));
	if (!stems->paths)
		return REC_ENOMEM;
	for (size_t i = 0; err == REC_OK && i < voices->npersons; i++) {
		const struct rec_voice *voice = voice_of(voices, i);

		if (voice)
			err = add_path(stems, voice->name, ending);
		else
			stems->n++;
	}
	return err;
}

void rec_stems_close(struct rec_stems *stems, bool failed)
{
	for (size_t i = 0; stems->paths && i < stems->n; i++)
		free(stems->paths[i]);
	free(stems->paths);
	stems->paths = NULL;
	stems->n = 0;
	if (failed && stems->made)
		rmdir(stems->folder); /* keeps a folder that holds something */
}
