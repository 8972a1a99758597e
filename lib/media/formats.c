/* SPDX-License-Identifier: MIT */
#include "media/formats.h"

#include "base/remote.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct rec_format formats[] = {
        {"mp4", "mp4", "mp4 m4v", REC_LAYOUT_MOOV,
                {"libx264", "libx265", "libsvtav1", "libvpx-vp9", "h264_nvenc", "hevc_nvenc"},
                {"aac", "libmp3lame", "libopus", "flac"}},
        {"mov", "mov", "mov qt", REC_LAYOUT_MOOV, {"libx264", "libx265", "h264_nvenc", "hevc_nvenc"},
                {"aac", "pcm_s16le", "pcm_s24le", "pcm_f32le"}},
        {"mkv", "matroska", "mkv mka", REC_LAYOUT_PLAIN,
                {"libx264", "libx265", "libsvtav1", "libvpx-vp9", "h264_nvenc", "hevc_nvenc"},
                {"aac", "libopus", "libmp3lame", "flac", "pcm_s16le", "pcm_s24le", "pcm_f32le"}},
        {"webm", "webm", "webm", REC_LAYOUT_PLAIN, {"libvpx-vp9", "libsvtav1"}, {"libopus"}},
        {"m4a", "ipod", "m4a", REC_LAYOUT_MOOV, {NULL}, {"aac"}},
        {"mp3", "mp3", "mp3", REC_LAYOUT_REWRITE, {NULL}, {"libmp3lame"}},
        {"opus", "opus", "opus", REC_LAYOUT_PLAIN, {NULL}, {"libopus"}},
        {"ogg", "ogg", "ogg oga", REC_LAYOUT_PLAIN, {NULL}, {"libopus", "flac"}},
        {"flac", "flac", "flac", REC_LAYOUT_PLAIN, {NULL}, {"flac"}},
        {"wav", "wav", "wav wave", REC_LAYOUT_PLAIN, {NULL}, {"pcm_s16le", "pcm_s24le", "pcm_f32le"}},
};

/* whether ${word} stands in the blank-separated ${list} */
static bool listed(const char *list, const char *word, size_t n)
{
	while (n > 0 && *list) {
		size_t len = strcspn(list, " ");
		if (len == n && strncasecmp(list, word, n) == 0)
			return true;
		list += len;
		list += strspn(list, " ");
	}
	return false;
}

/* What follows the last dot of the last component, and its length. A query is no part of it. */
static const char *ending(const char *path, size_t *n)
{
	const char *end = path + (rec_remote_is(path) ? strcspn(path, "?#") : strlen(path));
	const char *slash = memrchr(path, '/', (size_t)(end - path));
	const char *name = slash ? slash + 1 : path;
	const char *dot = memrchr(name, '.', (size_t)(end - name));
	const char *word = dot ? dot + 1 : end;

	*n = (size_t)(end - word);
	return word;
}

const struct rec_format *rec_formats_find(const char *path, const char *format)
{
	size_t n = format ? strlen(format) : 0;
	const char *word = format ? format : ending(path ? path : "", &n);
	const struct rec_format *found = NULL;

	/* a name that is no ending of its own does not exist: every endings column begins with the name */
	for (size_t i = 0; !found && i < sizeof formats / sizeof formats[0]; i++) {
		if (listed(formats[i].endings, word, n))
			found = &formats[i];
	}
	return found;
}

bool rec_formats_holds(const struct rec_format *format, const char *encoder, bool video)
{
	const char *const *codecs = video ? format->video : format->audio;

	for (size_t i = 0; i < REC_FORMATS_CODECS && codecs[i]; i++) {
		if (strcmp(codecs[i], encoder) == 0)
			return true;
	}
	return false;
}

const char *rec_formats_names(void)
{
	return "mp4, mov, mkv, webm, m4a, mp3, opus, ogg, flac, wav";
}
