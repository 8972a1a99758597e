/* SPDX-License-Identifier: MIT */
/*
 * How every tool with --session opens one: the rows of its option table, and the load with everything settled.
 *
 *     struct options { struct rec_open_options reading; ... };
 *     REC_OPEN_OPTS(struct options, reading) in the table;
 *     r = rec_open_session(&session, "session.json", &options.reading, &settle);
 */
#ifndef REC_COMPOSE_OPEN_H
#define REC_COMPOSE_OPEN_H

#include "base/opt.h"
#include "compose/settle.h"

struct rec_open_options {
	const char *from;
	const char *events;
	int origin; /* index in rec_open_origins */
	bool allow_outside;
	bool allow_remote;
	bool allow_insecure;
};

extern const char *const rec_open_origins[];

#define REC_OPEN_OPTS(type, member)                                                                                    \
	{0, "from", REC_OPT_STR, offsetof(type, member.from), "FORMAT", 0, 0, NULL,                                    \
	        "the manifest's format, instead of what its content tells: daily, livekit, opentok ..."},              \
	        {0, "events", REC_OPT_STR, offsetof(type, member.events), "FILE", 0, 0, NULL,                          \
	                "what happened when: who came and went, true names, pauses that cut time out of files"},       \
	        {0, "origin", REC_OPT_CHOICE, offsetof(type, member.origin), "CLOCK", 0, 0, rec_open_origins,          \
	                "what the files' stamps count from: session, track, or as the manifest says (auto)"},          \
	        {0, "allow-outside", REC_OPT_FLAG, offsetof(type, member.allow_outside), NULL, 0, 0, NULL,             \
	                "let the manifest name files outside its own folder"},                                         \
	        {0, "allow-remote", REC_OPT_FLAG, offsetof(type, member.allow_remote), NULL, 0, 0, NULL,               \
	                "follow https:// and s3:// in the manifest"},                                                  \
	{                                                                                                              \
		0, "allow-insecure", REC_OPT_FLAG, offsetof(type, member.allow_insecure), NULL, 0, 0, NULL,            \
		        "with --allow-remote, follow http:// too, which anyone on the way can change"                  \
	}

/** rec_open_session(session, path, options, settle): rec_session_load() and rec_settle(). Errors as theirs; then nothing needs freeing. */
int rec_open_session(struct rec_session **session, const char *path, const struct rec_open_options *options,
        const struct rec_settle_params *settle);

#endif
