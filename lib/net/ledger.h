/* SPDX-License-Identifier: MIT */
/*
 * Which multipart uploads are ours, so that one that was killed can be taken back by the next run, and no one else's ever is. One file an
 * object, locked as long as its upload lives. Where no folder for it can be made, nothing is noted and nothing is taken back.
 */
#ifndef REC_NET_LEDGER_H
#define REC_NET_LEDGER_H

#include "base/reach.h"
#include "net/target.h"

struct rec_ledger {
	int fd; /* -1: none */
	char *path;
};

/**
 * rec_ledger_open(ledger, target, left):
 *   left  the upload's id that a killed run left, malloc'd; NULL: none
 * While another process uploads to the same place, nothing is noted.
 */
void rec_ledger_open(struct rec_ledger *ledger, const struct rec_target *target, char **left);

/** rec_ledger_note(ledger, id): from now on that upload is ours. */
void rec_ledger_note(struct rec_ledger *ledger, const char *id);

/** rec_ledger_close(ledger, done): ${done}: the upload is complete or aborted; or else the next run shall abort it. */
void rec_ledger_close(struct rec_ledger *ledger, bool done);

/** rec_ledger_reach(reach): make the folder of these notes, and let the sandbox reach it. */
void rec_ledger_reach(struct rec_reach *reach);

#endif
