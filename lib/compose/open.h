/* SPDX-License-Identifier: MIT */
/*
 * How every tool with --session opens one: the rows of its option table, and the load with everything settled.
 *
 *     struct options { struct rec_open_options reading; ... };
 *     REC_OPEN_OPTS(struct options, reading) in the table;
 *     {0, "session", REC_OPT_LIST, offsetof(struct options, sessions), ...}
 *     r = rec_open_operands(&options.sessions, &options.operands);
 *     r = rec_open_session(&session, &options.sessions, &options.reading, &settle);
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
	const struct rec_source *kept; /* as of struct rec_session_params; no option */
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

/** rec_open_operands(paths, operands): with --session the operands are further manifests: move them there; a shell's `--session EG_*.json` is that. REC_ENOMEM. */
int rec_open_operands(struct rec_strings *paths, struct rec_strings *operands);

/**
 * rec_open_session(session, paths, options, settle):
 * rec_session_load() and rec_settle(). ${paths}: at least one; more than one are LiveKit's manifests of one session.
 * Errors as theirs; then nothing needs freeing.
 */
int rec_open_session(struct rec_session **session, const struct rec_strings *paths,
        const struct rec_open_options *options, const struct rec_settle_params *settle);

/** rec_open_check_output(paths, output): REC_EUSAGE (reported): ${output} is one of the manifests. */
int rec_open_check_output(const struct rec_strings *paths, const char *output);

#endif
