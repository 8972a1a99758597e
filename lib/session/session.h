/* SPDX-License-Identifier: MIT */
/*
 * The one session model that every manifest becomes: who was there when, which files they left, and where each file's
 * stamps lie on the session's clock. It knows nothing of media: no file is opened here but the manifest.
 *
 *     struct rec_session *session = NULL;
 *     if ((r = rec_session_load(&session, "session.json", &params)) < 0) return r;     -- reported
 *     ... rec_timeline_new(&timeline, session, fps, ...);
 *     rec_session_free(&session);
 */
#ifndef REC_SESSION_SESSION_H
#define REC_SESSION_SESSION_H

#include "base/clock.h"
#include "base/source.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rec_kind { REC_AUDIO, REC_VIDEO };
enum rec_source_kind { REC_CAMERA, REC_SCREEN };

/* what a file's stamps count from */
enum rec_origin {
	REC_ORIGIN_TRACK,  /* the track's own start: its first sample or picture presented stands at start_ns */
	REC_ORIGIN_SESSION /* the session's zero: a stamp is session time */
};

/* [start_ns, end_ns) in session time */
struct rec_span {
	int64_t start_ns;
	int64_t end_ns;
};

struct rec_spans {
	struct rec_span *items;
	size_t n;
};

/* a place where the recorder cut time out of a file and left no mark in its stamps */
struct rec_cut {
	int64_t at_ns;     /* in the file, since its first sample or picture presented */
	int64_t length_ns; /* of what is missing there; > 0 */
};

/* in order of at_ns */
struct rec_cuts {
	struct rec_cut *items;
	size_t n;
};

/* one file of one participant */
struct rec_track {
	enum rec_kind kind;
	enum rec_source_kind source;
	enum rec_origin origin;
	size_t participant; /* index in the session */
	char *entry;        /* where the manifest says so, for messages: "participants[2].video_path" */
	char *location;     /* as the manifest spells it */
	char *path;         /* the local path to open, or with ${kept} what messages call it: "archive.zip: cam.webm" */
	const struct rec_source
	        *kept; /* the bytes, where no path leads to them again; borrowed from the session; NULL */
	int stream;    /* which of the file's streams of that kind, from 1 in the file's order; 0: the best of them */
	char *label;   /* NULL: the participant's name */
	char *extra;   /* as the session's */
	int64_t start_ns; /* origin track: where the first sample or picture stands; origin session: when the track is said to begin */
	int64_t end_ns;         /* when the track is said to end; REC_NS_UNKNOWN: not said */
	struct rec_spans mutes; /* session time, sorted, disjoint, none empty */
	struct rec_cuts cuts;   /* time to put back; rec_cuts_before() */

	/* what only the file itself can settle: rec_settle() in compose/settle.h */
	bool maybe;              /* the manifest does not say whether the file holds this medium */
	bool follows;            /* it begins where the track before it, of the same kind, ends */
	bool start_is_join;      /* start_ns is the participant's join, for want of anything better */
	bool unusable;           /* it was looked at, could not be read, and that was said (--skip-bad) */
	bool pauses_certain;     /* the recorder was paused; or else the sender, and the stamps may have gone on */
	struct rec_spans pauses; /* session time: when, as the events say */
};

/* one presence of one person: a person who comes back is another entry of the same name */
struct rec_participant {
	char *name;
	char *id;                 /* what events and files call this participant; NULL: nothing but the name */
	char *extra;              /* as the session's */
	char *entry;              /* "participants[2]" */
	struct rec_span presence; /* [join, leave); REC_NS_UNKNOWN where only the files can say (unsettled) */
	bool screen;              /* the whole entry is a screen share: its name ends in "(screen)" */
	size_t person; /* entries of one person share it; counts from 0 in order of appearance. Entries of one name are one
	                           * person, unless they overlap: rec_model_finish() */
};

struct rec_session {
	char *id;   /* session_id; never NULL, safe as a file name stem is NOT promised: use rec_session_stem() */
	char *dir;  /* the folder that relative locations start from */
	char *from; /* the name of the reader that understood it: "session.json", ... */
	struct rec_participant *participants;
	size_t nparticipants;
	size_t npersons;
	struct rec_track *tracks; /* in the manifest's order */
	size_t ntracks;
	int64_t first_ns;         /* the earliest join */
	int64_t end_ns;           /* the last leave, or duration_s where the manifest has it */
	int64_t given_end_ns;     /* duration_s; REC_NS_UNKNOWN: not said */
	char *layout;             /* NULL: not said */
	int64_t epoch_ns;         /* Unix time of the session's zero; REC_NS_UNKNOWN: not said */
	char *extra;              /* members of our own form that are not known, as a JSON object; NULL: none */
	char *origin_why;         /* how the tracks' origin was decided, for people */
	bool containers_decide;   /* origin session for all if any file starts after 0.1 s: Daily's rule */
	bool unsettled;           /* something only the files can tell: rec_settle() before anything else */
	char *archive;            /* the zip whose members the files are, "ARCHIVE: MEMBER" by path; NULL: none */
	struct rec_source **kept; /* what tracks borrow theirs from: members of a zip, spooled pipes */
	size_t nkept;
};

struct rec_session_params {
	bool allow_outside;      /* paths outside of the manifest's folder are accepted */
	int origin;              /* enum rec_origin forced on every track; -1: the manifest decides */
	const char *from;        /* the format's name; NULL: told from the content */
	const char *events;      /* a file of events (session/events.h); NULL: none */
	bool allow_remote;       /* URLs in the manifest are followed */
	bool allow_insecure;     /* and those of http, too */
	const char *const *more; /* further manifests of the same session, in the same folder: LiveKit's, one a track */
	size_t nmore;
	const struct rec_source *kept; /* the manifest's bytes, where its path does not lead to them again; NULL */
};
#define REC_SESSION_PARAMS                                                                                             \
	{                                                                                                              \
		false, -1, NULL, NULL, false, false, NULL, 0, NULL                                                     \
	}

/**
 * rec_session_load(session, path, params):
 * Read a manifest. ${path} is a file, a zip, a folder with a manifest or with files that tell enough by their names, `-` for standard
 * input, or a bare name that is no file and has no slash: then $RECORDINGS_DIR/NAME/session.json. ${params} may be NULL.
 * A session that is `unsettled` goes through rec_settle() (compose/settle.h), which opens the files, before anything else.
 * A location is accepted if it resolves, symbolic links included, below the manifest's own folder (DESIGN, Untrusted input).
 * A file that does not exist is not an error here; whoever opens it says so.
 * Errors, reported with the entry they stand in: REC_EUSAGE: an unknown format in params, several manifests that are not one
 * session or lie in different folders; REC_EINPUT: not JSON, no participants, a wrong type, leave before join, a time that is
 * negative or not finite, a path that leaves the folder; REC_ENOMEM.
 */
int rec_session_load(struct rec_session **session, const char *path, const struct rec_session_params *params);

/* the manual form of rec-compose: --pN-name, --pN-join, ... */
struct rec_session_entry {
	const char *name; /* NULL: "Participant N" */
	const char *video;
	const char *audio;
	int64_t join_ns;
	int64_t leave_ns;
	int number; /* N, for messages */
};

/** rec_session_from_entries(session, entries, n): a session of the command line; paths are the user's own and not confined. REC_EUSAGE (reported), REC_ENOMEM. */
int rec_session_from_entries(struct rec_session **session, const struct rec_session_entry *entries, size_t n);

/** rec_session_stem(session): session_id made safe as a file name ([A-Za-z0-9._-], others become _; never empty, never begins with a dot, at most 200 bytes); malloc'd; NULL: no memory. */
char *rec_session_stem(const struct rec_session *session);

/** rec_session_formats(): the names for --from, separated by ", "; static. */
const char *rec_session_formats(void);

/** rec_session_has(session, participant, kind): whether the entry has a track of that kind. */
bool rec_session_has(const struct rec_session *session, size_t participant, enum rec_kind kind);

/** rec_track_is_there(track): whether there is anything to open: bytes kept, a URL, whose server is not asked, or a path that leads somewhere. Sets errno where not. */
bool rec_track_is_there(const struct rec_track *track);

/** rec_cuts_before(cuts, file_ns): how much time is missing in a file up to ${file_ns} since its first sample or picture: what its stamp is short of. */
int64_t rec_cuts_before(const struct rec_cuts *cuts, int64_t file_ns);

void rec_session_free(struct rec_session **session);

#endif
