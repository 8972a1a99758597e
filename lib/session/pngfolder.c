/* SPDX-License-Identifier: MIT */
/* The reader of a folder of pictures that are named by their time, {microseconds}.png: one participant's camera, from 0 on. */
#include "base/err.h"
#include "session/gather.h"
#include "session/store.h"

#include <string.h>

static bool is_picture(const char *name)
{
	size_t n = strspn(name, "0123456789");

	return n > 0 && n <= 18 && strcasecmp(name + n, ".png") == 0;
}

/* pictures and nothing else, as far as anyone put something beside them */
static bool recognises(const struct rec_manifest *manifest)
{
	size_t n = manifest->root ? 0 : rec_store_count(manifest->store);
	size_t npictures = 0;

	for (size_t i = 0; i < n; i++)
		npictures += is_picture(rec_store_name(manifest->store, i));
	return npictures > 0 && npictures * 2 > n;
}

static int read_folder(struct rec_session *session, const struct rec_manifest *manifest)
{
	const char *slash = strrchr(session->dir, '/');
	struct rec_place place = {manifest->path, "", NULL};
	struct rec_gather_file file = {.place = &place,
	        .location = ".",
	        .who = slash && slash[1] ? slash + 1 : "camera",
	        .kind = REC_VIDEO,
	        .end_ns = REC_NS_UNKNOWN};
	struct rec_gather *gather = NULL;
	int r = rec_gather_open(&gather, session, manifest);

	if (r == REC_OK)
		r = rec_gather_add(gather, &file);
	if (r == REC_OK)
		r = rec_reader_origin(session, manifest, "the format: pictures count from the first");
	return rec_gather_finish(&gather, r);
}

const struct rec_reader rec_pngfolder_reader = {"png-folder", recognises, read_folder};
