/* SPDX-License-Identifier: MIT */
#include "session/dailyname.h"

#include "base/err.h"

#include <stdio.h>
#include <string.h>

static const int64_t latest_ms = INT64_C(9000000000000);

/* all digits, within 64 bits; -1: not so */
static int64_t read_ms(const char *text, size_t n)
{
	int64_t ms = 0;

	if (n == 0 || n > 13)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		ms = ms * 10 + (text[i] - '0');
	}
	return ms <= latest_ms ? ms : -1;
}

/* Cut ${word} and the dash before it from the end of text[0..*n). */
static bool cut_word(const char *text, size_t *n, const char *word)
{
	size_t len = strlen(word) + 1;

	if (*n <= len || text[*n - len] != '-' || strncmp(text + *n - len + 1, word, len - 1) != 0)
		return false;
	*n -= len;
	return true;
}

/* the last part, without query and ending */
static void find_stem(const char **text, size_t *n)
{
	const char *start = *text;
	size_t end = strstr(start, "://") ? strcspn(start, "?#") : strlen(start);
	size_t at = end;

	while (at > 0 && start[at - 1] != '/')
		at--;
	*text = start + at;
	*n = end - at;
	for (size_t i = *n; i > 0 && *n - i < 6; i--) {
		if ((*text)[i - 1] == '.') {
			*n = i - 1;
			break;
		}
	}
}

bool rec_dailyname_parse(const char *location, struct rec_dailyname *name)
{
	const char *text = location;
	const char *dash;
	size_t n;
	int64_t track_ms;
	int64_t recording_ms;

	find_stem(&text, &n);
	if (!(dash = memrchr(text, '-', n)))
		return false;
	track_ms = read_ms(dash + 1, (size_t)(text + n - dash - 1));
	n = (size_t)(dash - text);
	if (cut_word(text, &n, "audio"))
		name->kind = REC_AUDIO;
	else if (cut_word(text, &n, "video"))
		name->kind = REC_VIDEO;
	else
		return false;
	if (cut_word(text, &n, "cam"))
		name->source = REC_CAMERA;
	else if (cut_word(text, &n, "screen"))
		name->source = REC_SCREEN;
	else
		return false;
	if (!(dash = memchr(text, '-', n)))
		return false;
	recording_ms = read_ms(text, (size_t)(dash - text));
	n -= (size_t)(dash + 1 - text);
	if (track_ms < 0 || recording_ms < 0 || n == 0 || n >= sizeof(name->who))
		return false;
	memcpy(name->who, dash + 1, n);
	name->who[n] = '\0';
	name->recording_ns = recording_ms * REC_NS_PER_MS;
	name->track_ns = track_ms * REC_NS_PER_MS;
	return true;
}

int rec_dailyname_add(struct rec_gather *gather, struct rec_session *session, const struct rec_gather_file *file,
        const struct rec_dailyname *name)
{
	struct rec_gather_file placed = *file;

	if (session->epoch_ns == REC_NS_UNKNOWN)
		session->epoch_ns = name->recording_ns;
	if (session->epoch_ns != name->recording_ns)
		return rec_field_error(file->place, file->field, "'%.200s' belongs to another recording than the first",
		        file->location);
	placed.who = name->who;
	placed.kind = name->kind;
	placed.source = name->source;
	placed.start_ns = name->track_ns - name->recording_ns;
	return rec_gather_add(gather, &placed);
}

int rec_dailyname_clock(struct rec_session *session, const struct rec_manifest *manifest)
{
	session->containers_decide = manifest->params->origin < 0;
	session->unsettled |= session->containers_decide;
	return rec_reader_origin(session, manifest, "the files' names");
}
