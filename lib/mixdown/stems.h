/* SPDX-License-Identifier: MIT */
/* One file a person in a folder: names from strangers become safe and different file names. */
#ifndef REC_MIXDOWN_STEMS_H
#define REC_MIXDOWN_STEMS_H

#include "compose/voices.h"

/* zero-initialise all but mix */
struct rec_stems {
	const char *mix;    /* borrowed; an output whose name no stem may take; NULL: none */
	const char *folder; /* borrowed */
	bool made;          /* the folder is ours */
	char **paths;       /* one a person; NULL: nothing of theirs can be used */
	size_t n;
};

/**
 * rec_stems_open(stems, folder, voices, ending):
 * Make ${folder} where it is missing, and a path for each person who has a usable voice: the name with everything but
 * letters, digits, `.`, `_`, `-` as `_`, never beginning with `.` or `-`, at most 200 bytes, and `-2`, `-3` ... behind a name that is taken, by another or by the mix (in
 * any case of letters); then `.${ending}`.
 * REC_EIO (reported): the folder cannot be made; REC_ENOMEM.
 */
int rec_stems_open(struct rec_stems *stems, const char *folder, const struct rec_voices *voices, const char *ending);

/** rec_stems_safe_name(name): such a name, without number and ending; malloc'd; NULL: no memory. */
char *rec_stems_safe_name(const char *name);

/** rec_stems_close(stems, failed): frees; a folder that was made goes again when ${failed} and it is empty. */
void rec_stems_close(struct rec_stems *stems, bool failed);

#endif
