/* SPDX-License-Identifier: MIT */
#include "media/folder.h"

#include "base/err.h"
#include "base/log.h"
#include "base/num.h"
#include "media/limits.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

struct picture {
	int64_t us;
	char *name;
};

struct rec_folder {
	int fd;
	enum AVCodecID codec;
	struct picture *pictures;
	size_t n;
	size_t room;
	size_t next;
	size_t misnamed; /* pictures whose names are no number */
};

bool rec_folder_is(const char *path)
{
	struct stat st;

	return strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static enum AVCodecID codec_of(const char *ending)
{
	if (strcasecmp(ending, ".png") == 0)
		return AV_CODEC_ID_PNG;
	if (strcasecmp(ending, ".jpg") == 0 || strcasecmp(ending, ".jpeg") == 0)
		return AV_CODEC_ID_MJPEG;
	return AV_CODEC_ID_NONE;
}

/* digits alone before the ending, and a time that nanoseconds can hold */
static bool parse_time(const char *name, size_t digits, int64_t *us)
{
	char text[32];

	if (digits == 0 || digits >= sizeof(text) || strspn(name, "0123456789") != digits)
		return false;
	memcpy(text, name, digits);
	text[digits] = '\0';
	return rec_parse_int(text, us) == REC_OK && *us <= INT64_MAX / 1000;
}

static int append(struct rec_folder *folder, int64_t us, const char *name)
{
	if (folder->n == folder->room) {
		size_t room = folder->room ? 2 * folder->room : 256;
		struct picture *more = reallocarray(folder->pictures, room, sizeof(*more));

		if (!more)
			return REC_ENOMEM;
		folder->pictures = more;
		folder->room = room;
	}
	folder->pictures[folder->n].us = us;
	folder->pictures[folder->n].name = strdup(name);
	return folder->pictures[folder->n++].name ? REC_OK : REC_ENOMEM;
}

static int look_at(struct rec_folder *folder, const char *path, const char *name)
{
	const char *dot = strrchr(name, '.');
	enum AVCodecID codec = dot ? codec_of(dot) : AV_CODEC_ID_NONE;
	int64_t us;

	if (codec == AV_CODEC_ID_NONE)
		return REC_OK;
	if (!parse_time(name, (size_t)(dot - name), &us)) {
		folder->misnamed++;
		return REC_OK;
	}
	if (folder->codec != AV_CODEC_ID_NONE && folder->codec != codec)
		return rec_report(REC_EINPUT,
		        "cannot read '%s': it holds both PNG and JPEG pictures; keep one kind in the folder", path);
	folder->codec = codec;
	return append(folder, us, name);
}

/* equal times in the order of their names, so that every run sees the same */
static int by_time(const void *a, const void *b)
{
	const struct picture *x = a, *y = b;

	if (x->us != y->us)
		return x->us < y->us ? -1 : 1;
	return strcmp(x->name, y->name);
}

static int list(struct rec_folder *folder, const char *path)
{
	int fd = fcntl(folder->fd, F_DUPFD_CLOEXEC, 3), err = REC_OK;
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry;

	if (!dir) {
		int error = errno;

		if (fd >= 0)
			close(fd);
		return error == ENOMEM ? REC_ENOMEM
		                       : rec_report(REC_EINPUT, "cannot read '%s': %s", path, strerror(error));
	}
	while (err == REC_OK && (entry = readdir(dir)))
		err = look_at(folder, path, entry->d_name);
	closedir(dir);
	return err;
}

int rec_folder_open(struct rec_folder **out, const char *path)
{
	struct rec_folder *folder = calloc(1, sizeof(*folder));
	int err = REC_OK;

	*out = folder;
	if (!folder)
		return REC_ENOMEM;
	folder->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder->fd < 0)
		err = rec_report(REC_EINPUT, "cannot open '%s': %s", path, strerror(errno));
	if (err == REC_OK)
		err = list(folder, path);
	if (err == REC_OK && folder->n == 0)
		err = rec_report(REC_EINPUT,
		        "cannot read '%s': no picture in it is named by microseconds, like 000000033411.png", path);
	if (err == REC_OK && folder->misnamed > 0)
		rec_warn("'%s': %zu pictures are left out: their names are no numbers", path, folder->misnamed);
	if (err < 0)
		rec_folder_close(out);
	else
		qsort(folder->pictures, folder->n, sizeof(*folder->pictures), by_time);
	return err;
}

enum AVCodecID rec_folder_codec(const struct rec_folder *folder)
{
	return folder->codec;
}

/* The bytes of an open file into the packet. REC_ENODATA: it cannot be a picture; REC_EIO, reported; REC_ENOMEM. */
static int load(int fd, const char *name, AVPacket *packet)
{
	struct stat st;
	ssize_t got = 0;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size < 1 || st.st_size > rec_media_limits.packet)
		return REC_ENODATA;
	if (av_new_packet(packet, (int)st.st_size) < 0)
		return REC_ENOMEM;
	for (int at = 0; at < packet->size; at += (int)got) {
		got = read(fd, packet->data + at, (size_t)(packet->size - at));
		if (got < 0 && errno == EINTR)
			got = 0;
		else if (got <= 0) {
			int r = got == 0 ? REC_ENODATA
			                 : rec_report(REC_EIO, "cannot read '%s': %s", name, strerror(errno));
			av_packet_unref(packet);
			return r;
		}
	}
	return REC_OK;
}

int rec_folder_read(struct rec_folder *folder, AVPacket *packet)
{
	const struct picture *picture;
	int r, fd;

	if (folder->next == folder->n)
		return REC_ENODATA;
	picture = &folder->pictures[folder->next++];
	/* a folder may come from a stranger: no link out of it, and no pipe to wait for */
	fd = openat(folder->fd, picture->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	r = fd < 0 ? REC_ENODATA : load(fd, picture->name, packet);
	if (fd >= 0)
		close(fd);
	if (r < 0 && r != REC_ENODATA)
		return r;
	if (r == REC_ENODATA) {
		/* one zero byte: an empty packet would end the decoder */
		if (av_new_packet(packet, 1) < 0)
			return REC_ENOMEM;
		packet->data[0] = 0;
	}
	packet->pts = packet->dts = picture->us;
	packet->flags |= AV_PKT_FLAG_KEY;
	return REC_OK;
}

void rec_folder_close(struct rec_folder **out)
{
	struct rec_folder *folder = *out;

	*out = NULL;
	if (!folder)
		return;
	if (folder->fd >= 0)
		close(folder->fd);
	for (size_t i = 0; i < folder->n; i++)
		free(folder->pictures[i].name);
	free(folder->pictures);
	free(folder);
}
