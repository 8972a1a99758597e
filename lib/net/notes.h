/* SPDX-License-Identifier: MIT */
/*
 * Which version of each file is on its way into a folder, so that a later run can go on with it: one line a file in the folder's
 * `.versions`, appended before the file's first byte. One file for all, since a folder in which as many files come and go as stay is slow.
 */
#ifndef REC_NET_NOTES_H
#define REC_NET_NOTES_H

#include "net/get.h"

struct rec_notes;

/** rec_notes_open(notes, folder): those of the open ${folder}; what an earlier run left there, where it can be read. REC_ENOMEM. */
int rec_notes_open(struct rec_notes **notes, int folder);

/** rec_notes_find(notes, name, version): the version of ${name} that an earlier run noted last; false: none that can be recognised. */
bool rec_notes_find(const struct rec_notes *notes, const char *name, struct rec_version *version);

/**
 * rec_notes_add(notes, name, version):
 * From now on ${name} is of that version, for the next run. One without a length or an ETag cannot be recognised; then, and where it cannot
 * be written down, the next run begins that file anew. From any thread.
 */
void rec_notes_add(struct rec_notes *notes, const char *name, const struct rec_version *version);

/** rec_notes_close(notes): the file stays; sets NULL; NULL is fine. */
void rec_notes_close(struct rec_notes **notes);

#endif
