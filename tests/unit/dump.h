/* SPDX-License-Identifier: MIT */
/* A session in a few lines, for tests to compare. */
#ifndef REC_TESTS_UNIT_DUMP_H
#define REC_TESTS_UNIT_DUMP_H

#include "base/buf.h"
#include "base/num.h"
#include "session/session.h"

#include <stdlib.h>
#include <string.h>

static inline void put_time(struct rec_buf *text, int64_t ns)
{
	if (ns == REC_NS_UNKNOWN)
		rec_buf_puts(text, "?");
	else
		rec_format_seconds(text, ns, 6);
}

/* a line for each participant, and one for each of its tracks; malloc'd */
static inline char *dump(const struct rec_session *s)
{
	struct rec_buf text = REC_BUF_INIT;

	for (size_t i = 0; i < s->nparticipants; i++) {
		rec_buf_printf(&text, "%s ", s->participants[i].name);
		put_time(&text, s->participants[i].presence.start_ns);
		rec_buf_puts(&text, "-");
		put_time(&text, s->participants[i].presence.end_ns);
		rec_buf_puts(&text, "\n");
		for (size_t k = 0; k < s->ntracks; k++) {
			const struct rec_track *track = &s->tracks[k];
			const char *slash = strrchr(track->path, '/');
			if (track->participant != i)
				continue;
			rec_buf_printf(&text, " %s%s%s%s", track->source == REC_SCREEN ? "s" : "",
			        track->kind == REC_AUDIO ? "a" : "v", track->maybe ? "?" : "",
			        track->origin == REC_ORIGIN_SESSION ? "!" : "");
			if (track->stream > 0)
				rec_buf_printf(&text, "%d", track->stream);
			rec_buf_puts(&text, " ");
			put_time(&text, track->start_ns);
			rec_buf_puts(&text, "-");
			put_time(&text, track->end_ns);
			rec_buf_printf(&text, " %.20s\n", slash ? slash + 1 : track->path);
		}
	}
	return rec_buf_steal(&text);
}

#endif
