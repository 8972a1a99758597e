/* SPDX-License-Identifier: MIT */
/*
 * The reader of a folder of segments, as a recorder leaves them that was paused and resumed: media files whose names differ in a number alone
 * (scope-1.webm, scope-2.webm). Joined in the order of their numbers they are one recording of one participant that begins at 0.
 */
#include "base/err.h"
#include "base/log.h"
#include "session/gather.h"
#include "session/store.h"

#include <stdlib.h>
#include <string.h>

static bool is_media(const char *name)
{
	static const char *const endings[] = {
	        ".webm", ".mp4", ".mkv", ".m4a", ".ogg", ".opus", ".wav", ".mp3", ".mov", ".flac"};
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot && i < sizeof(endings) / sizeof(endings[0]); i++) {
		if (strcasecmp(dot, endings[i]) == 0)
			return true;
	}
	return false;
}

/* where the last run of digits before the ending lies; its length, 0: none */
static size_t number_in(const char *name, size_t *at)
{
	size_t end = (size_t)(strrchr(name, '.') - name);
	size_t n = 0;

	while (end > 0 && (name[end - 1] < '0' || name[end - 1] > '9'))
		end--;
	while (n < end && name[end - n - 1] >= '0' && name[end - n - 1] <= '9')
		n++;
	*at = end - n;
	return n;
}

/* same but for the number */
static bool alike(const char *a, const char *b)
{
	size_t at_a;
	size_t at_b;
	size_t na = number_in(a, &at_a);
	size_t nb = number_in(b, &at_b);

	return na > 0 && nb > 0 && at_a == at_b && strncmp(a, b, at_a) == 0 &&
	       strcmp(a + at_a + na, b + at_b + nb) == 0;
}

static int by_number(const void *a, const void *b)
{
	const char *x = *(const char *const *)a;
	const char *y = *(const char *const *)b;
	size_t at_x;
	size_t at_y;
	size_t nx = number_in(x, &at_x);
	size_t ny = number_in(y, &at_y);

	for (; nx > 1 && x[at_x] == '0'; at_x++)
		nx--;
	for (; ny > 1 && y[at_y] == '0'; at_y++)
		ny--;
	if (nx != ny)
		return nx < ny ? -1 : 1;
	return strncmp(x + at_x, y + at_y, nx);
}

/* how many media files there are; 0 also where they are not segments of one recording */
static size_t count_all(const struct rec_store *store)
{
	const char *first = NULL;
	size_t n = 0;

	for (size_t i = 0; i < rec_store_count(store); i++) {
		const char *name = rec_store_name(store, i);
		if (!is_media(name))
			continue;
		if (first && !alike(first, name))
			return 0;
		first = first ? first : name;
		n++;
	}
	return n;
}

/* the ${n} media files, in order; NULL: no memory */
static const char **list(const struct rec_store *store, size_t n)
{
	const char **names = calloc(n, sizeof(*names));
	size_t at = 0;

	if (!names)
		return NULL;
	for (size_t i = 0; i < rec_store_count(store); i++) {
		if (is_media(rec_store_name(store, i)))
			names[at++] = rec_store_name(store, i);
	}
	qsort(names, n, sizeof(*names), by_number);
	return names;
}

static bool recognises(const struct rec_manifest *manifest)
{
	return !manifest->root && count_all(manifest->store) > 0;
}

static int add_all(struct rec_gather *gather, const struct rec_manifest *manifest, const char **names, size_t n)
{
	int r = REC_OK;

	for (size_t i = 0; r == REC_OK && i < n; i++) {
		struct rec_place place = {manifest->path, names[i], NULL};
		struct rec_gather_file file = {.place = &place,
		        .location = names[i],
		        .who = "recording",
		        .end_ns = REC_NS_UNKNOWN,
		        .follows = i > 0};
		r = rec_gather_both(gather, &file);
	}
	return r;
}

static int read_folder(struct rec_session *session, const struct rec_manifest *manifest)
{
	struct rec_gather *gather = NULL;
	const char **names;
	int r = rec_store_list(manifest->store); /* with --from also beside a manifest */
	size_t n = count_all(manifest->store);

	if (r < 0)
		return r;
	if (n == 0)
		return rec_report(REC_EINPUT,
		        "cannot use '%s': its files are not the numbered segments of one recording", manifest->path);
	names = list(manifest->store, n);
	r = names ? rec_gather_open(&gather, session, manifest) : REC_ENOMEM;
	if (r == REC_OK)
		r = add_all(gather, manifest, names, n);
	if (r == REC_OK)
		r = rec_reader_origin(
		        session, manifest, "the format: each segment begins where the one before it ends");
	r = rec_gather_finish(&gather, r);
	free(names);
	return r;
}

const struct rec_reader rec_segments_reader = {"segments", recognises, read_folder};
