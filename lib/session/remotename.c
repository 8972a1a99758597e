/* SPDX-License-Identifier: MIT */
#include "session/remotename.h"

#include "base/err.h"
#include "net/uri.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const size_t max_name = 200;

int rec_remotename_local(struct rec_remote_track *track)
{
	static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	bool s3 = strncasecmp(track->location, "s3:", 3) == 0;
	const char *start = strstr(track->location, "://") + 3;
	size_t n = s3 ? strlen(start) : strcspn(start, "?#");
	char *name = NULL;

	for (size_t i = 0; i < n; i++)
		if (start[i] == '/') {
			start += i + 1;
			n -= i + 1;
			i = (size_t)-1;
		}
	name = strndup(start, n);
	if (name && !s3) {
		char *decoded = NULL;
		int r = rec_uri_decode(name, false, &decoded);
		if (r != REC_EINVAL) { /* what is not URL-encoded keeps its name */
			free(name);
			name = decoded;
		}
	}
	if (!name)
		return REC_ENOMEM;
	for (char *c = name; *c; c++)
		if (!strchr(safe, *c))
			*c = '_';
	n = strlen(name);
	if (n > max_name) /* the ending tells more than the beginning */
		memmove(name, name + n - max_name, max_name + 1);
	if (name[0] == '.')
		name[0] = '_';
	if (!*name || strcmp(name, "session.json") == 0) {
		free(name);
		name = strdup("track");
	}
	free(track->name);
	track->name = name;
	return name ? REC_OK : REC_ENOMEM;
}

/* the number at *text, which is moved behind it; -1: none */
static int64_t milliseconds(const char **text)
{
	size_t n = strspn(*text, "0123456789");
	int64_t value = n > 0 && n < 18 ? strtoll(*text, NULL, 10) : -1;

	*text += n;
	return value;
}

/* {recording_start_ms}-{uuid}-{cam|screen}-{audio|video}-{track_start_ms}, with or without an ending */
int rec_remotename_read(struct rec_remote_track *track)
{
	static const struct {
		const char *text;
		bool screen;
		enum rec_kind kind;
	} marks[] = {{"-cam-audio-", false, REC_AUDIO}, {"-cam-video-", false, REC_VIDEO},
	        {"-screen-audio-", true, REC_AUDIO}, {"-screen-video-", true, REC_VIDEO}};
	int r = rec_remotename_local(track);

	for (size_t i = 0; r == REC_OK && i < sizeof marks / sizeof *marks; i++) {
		const char *mark = strstr(track->name, marks[i].text), *at = track->name;
		if (!mark)
			continue;
		const char *tail = mark + strlen(marks[i].text);
		int64_t began = milliseconds(&at), start = milliseconds(&tail);
		if (began < 0 || start < began || *at != '-' || at >= mark || (*tail && *tail != '.'))
			break;
		track->participant = strndup(at + 1, (size_t)(mark - at - 1));
		track->screen = marks[i].screen;
		track->kind = marks[i].kind;
		track->kind_known = true;
		track->start_ms = start - began;
		return track->participant ? REC_OK : REC_ENOMEM;
	}
	return r;
}

/* NAME.webm -> NAME-2.webm; malloc'd; NULL: no memory */
static char *numbered(const char *name, int number)
{
	struct rec_buf text = REC_BUF_INIT;
	const char *dot = strrchr(name, '.');
	size_t stem = dot && dot > name ? (size_t)(dot - name) : strlen(name);

	rec_buf_printf(&text, "%.*s-%d%s", (int)stem, name, number, name + stem);
	return rec_buf_steal(&text);
}

static bool is_taken(const struct rec_remotes *remotes, const char *name)
{
	for (size_t i = 0; i < remotes->n; i++)
		if (strcasecmp(remotes->tracks[i].name, name) == 0)
			return true;
	return false;
}

/* NAME with the next number that makes it nobody's; malloc'd; NULL: no memory */
static char *next_free(const struct rec_remotes *remotes, const char *name, int *number)
{
	char *free_name = numbered(name, ++*number);

	while (free_name && is_taken(remotes, free_name)) {
		free(free_name);
		free_name = numbered(name, ++*number);
	}
	return free_name;
}

struct order {
	const char *name;
	const char *location;
	size_t track;
};

/* Name a track, the one before it in the order being ${last}; ${number} is that one's. */
static int settle_one(const struct rec_remotes *remotes, struct rec_remote_track *track, const struct order *last,
        const char *last_name, int *number)
{
	char *name = NULL;

	if (!last || strcasecmp(last_name, track->name) != 0) {
		*number = 1;
		return REC_OK;
	}
	if (strcmp(last->location, track->location) != 0)
		name = next_free(remotes, track->name, number);
	else if (*number > 1)
		name = numbered(track->name, *number);
	else
		return REC_OK;
	if (!name)
		return REC_ENOMEM;
	free(track->name);
	track->name = name;
	return REC_OK;
}

static int by_name(const void *a, const void *b)
{
	const struct order *x = a, *y = b;
	int c = strcasecmp(x->name, y->name); /* some file systems know no case */

	if (c == 0)
		c = strcmp(x->location, y->location);
	return c ? c : (x->track > y->track) - (x->track < y->track);
}

int rec_remotename_settle(struct rec_remotes *remotes)
{
	struct order *order = calloc(remotes->n + 1, sizeof *order);
	int r = order ? REC_OK : REC_ENOMEM, number = 1;

	for (size_t i = 0; r == REC_OK && i < remotes->n; i++)
		order[i] = (struct order){remotes->tracks[i].name, remotes->tracks[i].location, i};
	if (order)
		qsort(order, remotes->n, sizeof *order, by_name);
	/* names are compared as they were */
	char *last = NULL;
	for (size_t i = 0; r == REC_OK && i < remotes->n; i++) {
		struct rec_remote_track *track = &remotes->tracks[order[i].track];
		char *own = strdup(track->name);
		r = own ? settle_one(remotes, track, i > 0 ? &order[i - 1] : NULL, last, &number) : REC_ENOMEM;
		free(last);
		last = own;
	}
	free(last);
	free(order);
	return r;
}
