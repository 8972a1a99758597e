/* SPDX-License-Identifier: MIT */
/* Every manifest reader, events and zips: whatever is accepted makes a timeline, and is written as a session.json that is read again. */
#include "base/err.h"
#include "base/log.h"
#include "session/remotes.h"
#include "session/session.h"
#include "session/timeline.h"
#include "session/write.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>
#include <unistd.h>

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	fuzz_quiet();
	setenv("S3_BUCKET", "bucket", 1);
	return 0;
}

static void whole(const struct rec_session *session)
{
	MUST(session->id && session->from && session->nparticipants > 0);
	for (size_t i = 0; i < session->nparticipants; i++) {
		const struct rec_participant *who = &session->participants[i];

		MUST(who->name && who->entry);
		if (!session->unsettled)
			MUST(who->presence.start_ns >= 0 && who->presence.end_ns > who->presence.start_ns);
	}
	for (size_t i = 0; i < session->ntracks; i++) {
		const struct rec_track *track = &session->tracks[i];

		MUST(track->participant < session->nparticipants && track->path);
		for (size_t k = 0; k < track->mutes.n; k++) {
			MUST(track->mutes.items[k].start_ns < track->mutes.items[k].end_ns);
			MUST(k == 0 || track->mutes.items[k - 1].end_ns <= track->mutes.items[k].start_ns);
		}
		for (size_t k = 0; k < track->cuts.n; k++)
			MUST(track->cuts.items[k].length_ns > 0);
	}
}

static void lay_out(const struct rec_session *session)
{
	const struct rec_timeline_params params = REC_TIMELINE_PARAMS;
	struct rec_timeline *timeline = NULL;
	int64_t at = 0;

	if (session->unsettled || rec_timeline_new(&timeline, session, &params) < 0)
		return;
	for (size_t i = 0; i < timeline->nwindows; i++) {
		MUST(timeline->windows[i].start_frame == at && timeline->windows[i].end_frame > at);
		at = timeline->windows[i].end_frame;
	}
	MUST(at == timeline->nframes);
	rec_timeline_free(&timeline);
}

static void write_again(const struct rec_session *session)
{
	struct rec_buf text = REC_BUF_INIT;
	struct rec_session *again = NULL;

	if (session->unsettled || rec_session_write(session, session->dir, &text) < 0) {
		rec_buf_free(&text);
		return;
	}
	const char *path = fuzz_file("again.json", (const uint8_t *)text.data, text.len);
	int r = rec_session_load(&again, path, NULL);
	if (r == REC_OK) {
		MUST(again->nparticipants == session->nparticipants && again->ntracks == session->ntracks);
		/* JSON's numbers have 53 bits: to the nanosecond for a hundred days */
		for (size_t i = 0; i < again->nparticipants; i++) {
			int64_t was = session->participants[i].presence.start_ns;
			MUST(llabs(again->participants[i].presence.start_ns - was) <= llabs(was) >> 52);
		}
	}
	rec_session_free(&again);
	unlink(path);
	rec_buf_free(&text);
}

static void load(const char *path, const char *events)
{
	struct rec_session_params params = REC_SESSION_PARAMS;
	struct rec_session *session = NULL;

	params.events = events;
	params.allow_remote = true;
	int r = rec_session_load(&session, path, &params);
	MUST((r == REC_OK) == (session != NULL));
	MUST(r == REC_OK || r == REC_EINPUT);
	if (r < 0)
		return;
	whole(session);
	lay_out(session);
	write_again(session);
	char *stem = rec_session_stem(session);
	MUST(stem && *stem && *stem != '.' && !strchr(stem, '/'));
	free(stem);
	rec_session_free(&session);
}

static void load_remotes(const char *path)
{
	const struct rec_remotes_params params = {NULL, NULL, true, -1};
	struct rec_remotes *remotes = NULL;

	if (rec_remotes_load(&remotes, path, &params) < 0)
		return;
	MUST(remotes->n > 0);
	for (size_t i = 0; i < remotes->n; i++)
		MUST(remotes->tracks[i].location && remotes->tracks[i].name && !strchr(remotes->tracks[i].name, '/'));
	rec_remotes_free(&remotes);
}

/* people and a file for events to speak of */
static const char meeting[] =
        "{\"participants\": [{\"name\": \"Dana\", \"join_time_s\": 4, \"leave_time_s\": 57, \"audio_path\": "
        "\"d.webm\"},"
        "{\"name\": \"Bo\", \"join_time_s\": 0, \"leave_time_s\": 9, \"video_path\": \"b.webm\"}]}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *events = strdup(fuzz_file("m.json", data, size));
	char *path = strdup(fuzz_file("session.json", (const uint8_t *)meeting, sizeof(meeting) - 1));

	MUST(events && path);
	load(events, NULL);
	load(path, events);
	load_remotes(events);
	unlink(events);
	unlink(path);
	free(events);
	free(path);
	return 0;
}
