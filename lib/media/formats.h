/* SPDX-License-Identifier: MIT */
/* The containers that can be written: endings, libavformat's muxer, what each holds and by default. One row a container. */
#ifndef REC_MEDIA_FORMATS_H
#define REC_MEDIA_FORMATS_H

#include <stdbool.h>

#define REC_FORMATS_CODECS 8

/* how the index gets where players want it */
enum rec_format_layout {
	REC_LAYOUT_PLAIN, /* libavformat patches the head at the end where it can seek, and does without where it cannot */
	REC_LAYOUT_MOOV,   /* the index goes to the front in a second pass; to a pipe: fragments */
	REC_LAYOUT_REWRITE /* the head is only complete at the end: a pipe gets the file through a temporary one */
};

struct rec_format {
	const char *name;
	const char *muxer;   /* libavformat's short name */
	const char *endings; /* separated by blanks, lower case */
	enum rec_format_layout layout;
	const char *video[REC_FORMATS_CODECS]; /* encoders (media/codecs.h), the default first; NULL-terminated */
	const char *audio[REC_FORMATS_CODECS];
};

/**
 * rec_formats_find(path, format):
 * The container called ${format} (a name or an ending), or when that is NULL the one that ${path} ends in; any case.
 * Return a row of the table; NULL: there is none.
 */
const struct rec_format *rec_formats_find(const char *path, const char *format);

/** rec_formats_holds(format, encoder, video): whether the container takes what that encoder makes. */
bool rec_formats_holds(const struct rec_format *format, const char *encoder, bool video);

/** rec_formats_names(): every name, for a message: "mp4, mov, ..."; static. */
const char *rec_formats_names(void);

#endif
