/* SPDX-License-Identifier: MIT */
/* How the pictures of one stretch of a file get into the joined one: which packets can be copied, and which pictures must be encoded because a GOP is cut. Pure. */
#ifndef REC_EDIT_PIECES_H
#define REC_EDIT_PIECES_H

#include "media/scan.h"

enum rec_piece_how {
	REC_PIECE_COPY,   /* packets as they are */
	REC_PIECE_ENCODE, /* part of a GOP: pictures encoded at their own stamps */
	REC_PIECE_GRID    /* another codec, size or rate: pictures encoded at the constant rate of the output */
};

/* pictures stamped [from_ns, to_ns) of one segment, at at_ns of the output */
struct rec_piece {
	size_t segment;
	enum rec_piece_how how;
	int64_t from_ns;
	int64_t to_ns;
	int64_t at_ns;
	int64_t length_ns; /* of the output: to_ns - from_ns, or whole frames of the grid */
};

/* zero-initialise; free(items) */
struct rec_pieces {
	struct rec_piece *items;
	size_t n;
	size_t room;
	int64_t end_ns; /* where the next piece begins */
};

/** rec_pieces_copy(pieces, segment, scan, from_ns, to_ns): append the stretch as copies, with the cut GOPs at its two ends encoded. REC_ENOMEM. */
int rec_pieces_copy(
        struct rec_pieces *pieces, size_t segment, const struct rec_scan *scan, int64_t from_ns, int64_t to_ns);

/** rec_pieces_grid(pieces, segment, from_ns, to_ns, fps, exact): append it for the grid: rounded to whole frames, one at least, or not (${exact}). REC_ENOMEM. */
int rec_pieces_grid(
        struct rec_pieces *pieces, size_t segment, int64_t from_ns, int64_t to_ns, struct rec_rate fps, bool exact);

/** rec_pieces_plain(pieces, segment, from_ns, to_ns): append it as one copy: sound has no GOPs. REC_ENOMEM. */
int rec_pieces_plain(struct rec_pieces *pieces, size_t segment, int64_t from_ns, int64_t to_ns);

#endif
