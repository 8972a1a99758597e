/* SPDX-License-Identifier: MIT */
/*
 * Locations that are URLs. lib/base knows no network: a tool's main() calls rec_net_install() (net/net.h), and from then on
 * rec_source_open() and rec_out_begin() accept `http://`, `https://` and `s3://`.
 */
#ifndef REC_BASE_REMOTE_H
#define REC_BASE_REMOTE_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

struct rec_reach;
struct rec_source;

struct rec_remote_ops {
	/* as rec_source_open(); REC_EREMOTE, reported */
	int (*open)(struct rec_source **source, const char *url);
	/* Whether a file may go there, before the work for it begins: REC_EEXIST, REC_EREMOTE, REC_EUSAGE, reported. */
	int (*check)(const char *url, bool no_clobber);
	/* Send the first ${size} bytes of ${fd}: it appears whole or not at all. REC_EEXIST, REC_EREMOTE, REC_EIO, REC_ENOMEM, reported. */
	int (*publish)(const char *url, int fd, int64_t size, bool no_clobber);
	/* Add what that needs of this machine: certificates, resolver, notes of uploads. May be NULL. */
	void (*reach)(struct rec_reach *reach);
};

/** rec_remote_install(ops): before any thread starts; ${ops} stays valid. */
void rec_remote_install(const struct rec_remote_ops *ops);

/** rec_remote_ops(): what was installed; NULL: nothing, so that URLs are refused. */
const struct rec_remote_ops *rec_remote_ops(void);

/** rec_remote_is(location): whether it begins with `http://`, `https://` or `s3://`, in any case. */
bool rec_remote_is(const char *location);

/**
 * rec_remote_shown(location):
 * What messages and summaries show: a URL without its user, password, query and fragment, which may be secret; anything else as it is.
 * malloc'd; NULL: no memory.
 */
char *rec_remote_shown(const char *location);

/**
 * rec_remote_redact(buf, text):
 * Append a message with every URL in it as rec_remote_shown() has it. A URL ends at a blank (s3:// does not), or at a quote that something
 * other than a part of it follows. base/log.h does this with all that it prints.
 */
void rec_remote_redact(struct rec_buf *buf, const char *text);

#endif
