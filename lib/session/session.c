/* SPDX-License-Identifier: MIT */
#include "session/session.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "base/remote.h"
#include "session/model.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* a file name must leave room for an ending */
static const size_t max_stem = 200;

/* one file of the command line, named by its option */
static int add_file(struct rec_session *session, const struct rec_session_entry *entry, enum rec_kind kind)
{
	const char *path = kind == REC_VIDEO ? entry->video : entry->audio;
	struct rec_buf option = REC_BUF_INIT;
	struct rec_track *track;

	if (!path)
		return REC_OK;
	if (!(track = rec_model_add_track(session)))
		return REC_ENOMEM;
	rec_buf_printf(&option, "--p%d-%s", entry->number, kind == REC_VIDEO ? "video" : "audio");
	track->kind = kind;
	track->start_ns = entry->join_ns;
	track->entry = rec_buf_steal(&option);
	track->location = strdup(path);
	track->path = strdup(path);
	return track->entry && track->location && track->path ? REC_OK : REC_ENOMEM;
}

static int add_entry(struct rec_session *session, const struct rec_session_entry *entry)
{
	struct rec_buf text = REC_BUF_INIT;
	struct rec_participant *who;
	int r;

	if (entry->join_ns < 0 || entry->leave_ns < 0)
		return rec_report(REC_EUSAGE, "--p%d-%s is %s", entry->number, entry->join_ns < 0 ? "join" : "leave",
		        (entry->join_ns < 0 ? entry->join_ns : entry->leave_ns) == REC_NS_UNKNOWN ? "missing"
		                                                                                  : "negative");
	if (entry->leave_ns <= entry->join_ns)
		return rec_report(REC_EUSAGE, "--p%d-leave is %.15g, not after --p%d-join %.15g", entry->number,
		        (double)entry->leave_ns / 1e9, entry->number, (double)entry->join_ns / 1e9);
	if (!(who = rec_model_add_participant(session)))
		return REC_ENOMEM;
	who->presence = (struct rec_span){entry->join_ns, entry->leave_ns};
	if (!entry->name)
		rec_buf_printf(&text, "Participant %d", entry->number);
	who->name = entry->name ? strdup(entry->name) : rec_buf_steal(&text);
	rec_buf_printf(&text, "--p%d", entry->number);
	who->entry = rec_buf_steal(&text);
	if (!who->name || !who->entry)
		return REC_ENOMEM;
	r = add_file(session, entry, REC_VIDEO);
	return r < 0 ? r : add_file(session, entry, REC_AUDIO);
}

static int fill_from_entries(struct rec_session *session, const struct rec_session_entry *entries, size_t n)
{
	int r;

	session->id = strdup("session");
	session->dir = strdup(".");
	session->from = strdup("command line");
	if (!session->id || !session->dir || !session->from)
		return REC_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		if ((r = add_entry(session, &entries[i])) < 0)
			return r;
	}
	return rec_model_finish(session, session->from, REC_NS_UNKNOWN);
}

int rec_session_from_entries(struct rec_session **session, const struct rec_session_entry *entries, size_t n)
{
	struct rec_session *made = NULL;
	int r;

	if (n == 0)
		return rec_report(REC_EUSAGE, "no participants given");
	r = rec_model_new(&made);
	if (r == REC_OK)
		r = fill_from_entries(made, entries, n);
	if (r < 0)
		rec_session_free(&made);
	else
		*session = made;
	return r;
}

static bool is_plain(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '_' ||
	       c == '-';
}

char *rec_session_stem(const struct rec_session *session)
{
	char *stem = malloc(max_stem + 1);
	size_t n = 0;

	if (!stem)
		return NULL;
	for (const unsigned char *c = (const unsigned char *)session->id; *c && n < max_stem; c++) {
		if ((*c & 0xC0) != 0x80) /* a character of several bytes is one _ */
			stem[n++] = is_plain(*c) ? (char)*c : '_';
	}
	if (n == 0)
		stem[n++] = '_';
	if (stem[0] == '.')
		stem[0] = '_';
	stem[n] = '\0';
	return stem;
}

bool rec_track_is_there(const struct rec_track *track)
{
	return track->kept || rec_remote_is(track->path) || access(track->path, F_OK) == 0;
}

bool rec_session_has(const struct rec_session *session, size_t participant, enum rec_kind kind)
{
	for (size_t i = 0; i < session->ntracks; i++) {
		if (session->tracks[i].participant == participant && session->tracks[i].kind == kind)
			return true;
	}
	return false;
}

void rec_session_free(struct rec_session **session)
{
	struct rec_session *gone = *session;

	if (!gone)
		return;
	for (size_t i = 0; i < gone->nparticipants; i++) {
		free(gone->participants[i].name);
		free(gone->participants[i].entry);
		free(gone->participants[i].id);
		free(gone->participants[i].extra);
	}
	free(gone->participants);
	for (size_t i = 0; i < gone->ntracks; i++)
		rec_model_clear_track(&gone->tracks[i]);
	free(gone->tracks);
	free(gone->id);
	free(gone->dir);
	free(gone->from);
	free(gone->layout);
	free(gone->extra);
	free(gone->origin_why);
	free(gone->archive);
	for (size_t i = 0; i < gone->nkept; i++)
		rec_source_close(&gone->kept[i]);
	free(gone->kept);
	free(gone);
	*session = NULL;
}
