/* SPDX-License-Identifier: MIT */
/* What the two halves of net/fetch.h share: the folder's, in fetch.c, and the downloads', in fetchrun.c. */
#ifndef REC_NET_FETCH_PARTS_H
#define REC_NET_FETCH_PARTS_H

#include "net/fetch.h"
#include "net/notes.h"

struct rec_fetch {
	char *folder; /* as it will be */
	char *part;   /* beside it, or in it */
	bool there;   /* the folder was there before */
	bool inside;  /* part lies in it */
	int fd;       /* of part, locked */
	struct rec_notes *notes;
	char **names; /* in the order in which they are moved */
	size_t nnames;
};

/** rec_fetch_remember(fetch, name): a file of part that is whole, and moves at the end after those before it. REC_ENOMEM. */
int rec_fetch_remember(struct rec_fetch *fetch, const char *name);

#endif
