/* SPDX-License-Identifier: MIT */
#include "edit/pieces.h"

#include "base/err.h"

#include <stdlib.h>

static int append(struct rec_pieces *pieces, struct rec_piece piece)
{
	if (piece.from_ns >= piece.to_ns)
		return REC_OK;
	if (pieces->n == pieces->room) {
		size_t room = pieces->room ? 2 * pieces->room : 16;
		struct rec_piece *more = reallocarray(pieces->items, room, sizeof(*more));

		if (!more)
			return REC_ENOMEM;
		pieces->items = more;
		pieces->room = room;
	}
	piece.at_ns = pieces->end_ns;
	pieces->end_ns += piece.length_ns;
	pieces->items[pieces->n++] = piece;
	return REC_OK;
}

static int append_plain(struct rec_pieces *pieces, size_t segment, enum rec_piece_how how, int64_t from, int64_t to)
{
	return append(pieces, (struct rec_piece){segment, how, from, to, 0, to - from});
}

int rec_pieces_plain(struct rec_pieces *pieces, size_t segment, int64_t from_ns, int64_t to_ns)
{
	return append_plain(pieces, segment, REC_PIECE_COPY, from_ns, to_ns);
}

/* the earliest stamp, at or after ${from}, of packet ${i} and of those that are decoded after it; INT64_MAX: none */
static int64_t earliest_after(const struct rec_scan *scan, size_t i, int64_t from)
{
	int64_t earliest = INT64_MAX;

	for (; i < scan->npackets; i++)
		if (scan->packets[i].ns >= from && scan->packets[i].ns < earliest)
			earliest = scan->packets[i].ns;
	return earliest;
}

/* the first key picture at or after ${ns} that no picture from ${ns} on needs which is shown before it; ${to} where there is none before that */
static int64_t key_from(const struct rec_scan *scan, int64_t ns, int64_t to)
{
	int64_t earliest = INT64_MAX, key = to;

	for (size_t i = scan->npackets; i-- > 0;) {
		const struct rec_scan_packet *p = &scan->packets[i];

		if (p->ns >= ns && p->ns < earliest)
			earliest = p->ns;
		if (p->key && p->ns >= ns && p->ns < to && p->ns == earliest)
			key = p->ns;
	}
	return key;
}

/* The last key packet in [from, to) before a picture that stays and is decoded after one that goes; npackets: there is no such picture. */
static size_t key_in_need(const struct rec_scan *scan, int64_t from, int64_t to)
{
	size_t key = 0;
	bool gone = false;

	for (size_t i = 0; i < scan->npackets; i++) {
		const struct rec_scan_packet *p = &scan->packets[i];

		if (p->key && p->ns >= from && p->ns < to)
			key = i;
		if (p->ns >= to)
			gone = true;
		else if (gone && p->ns >= from)
			return key;
	}
	return scan->npackets;
}

/*
 * Where copying has to stop for an end at ${to}: there, unless a picture that stays is decoded after one that goes (it may need it); then at the last key picture
 * before, or at the first of the pictures that an open GOP shows before it; from there on everything is encoded.
 */
static int64_t copy_until(const struct rec_scan *scan, int64_t from, int64_t to)
{
	/* one step goes back by a group; who needs many has pictures in no order, and is encoded whole */
	enum { MOST_STEPS = 100 };
	size_t key;

	for (int step = 0; to > from && (key = key_in_need(scan, from, to)) < scan->npackets; step++)
		to = step < MOST_STEPS ? earliest_after(scan, key, from) : from;
	return to;
}

int rec_pieces_copy(
        struct rec_pieces *pieces, size_t segment, const struct rec_scan *scan, int64_t from_ns, int64_t to_ns)
{
	int64_t key = key_from(scan, from_ns, to_ns);
	int64_t until = key < to_ns ? copy_until(scan, key, to_ns) : to_ns;
	int err = append_plain(pieces, segment, REC_PIECE_ENCODE, from_ns, key);

	if (err == REC_OK && key < to_ns)
		err = append_plain(pieces, segment, REC_PIECE_COPY, key, until);
	if (err == REC_OK && until < to_ns)
		err = append_plain(pieces, segment, REC_PIECE_ENCODE, until, to_ns);
	return err;
}

int rec_pieces_grid(
        struct rec_pieces *pieces, size_t segment, int64_t from_ns, int64_t to_ns, struct rec_rate fps, bool exact)
{
	int64_t frames = rec_frame_of_ns(to_ns - from_ns, fps);
	struct rec_piece piece = {
	        segment, REC_PIECE_GRID, from_ns, to_ns, 0, rec_ns_of_frame(frames > 0 ? frames : 1, fps)};

	if (exact)
		piece.length_ns = to_ns - from_ns;
	return append(pieces, piece);
}
