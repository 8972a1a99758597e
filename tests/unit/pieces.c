/* SPDX-License-Identifier: MIT */
/* Goal: what is copied decodes by itself, and no more than a cut group of pictures is encoded. */
#include "edit/pieces.h"
#include "base/err.h"
#include "edit/grid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* packets in the order of the file: K is a key picture, its number the stamp */
struct row {
	const char *name;
	const char *packets;
	int64_t from;
	int64_t to;
	const char *want; /* "copy 0-4 encode 4-6" */
};

static const struct row rows[] = {
        {"whole", "K0 1 2 3 K4 5 6 7", 0, 8, "copy 0-8"},
        {"a tail nobody needs", "K0 1 2 3 K4 5 6 7", 0, 6, "copy 0-6"},
        {"at a key picture", "K0 1 2 3 K4 5 6 7", 0, 4, "copy 0-4"},
        {"B-frames of a picture that goes", "K0 3 1 2 K4 7 5 6", 0, 6, "copy 0-4 encode 4-6"},
        {"B-frames, between two groups of them", "K0 3 1 2 6 4 5 K7", 0, 4, "copy 0-4"},
        {"one group, cut through", "K0 3 1 2", 0, 2, "encode 0-2"},
        {"an open group's leading pictures", "K0 1 2 K6 4 5 7", 0, 5, "encode 0-5"},
        {"leading pictures behind a key picture that goes", "K0 1 2 K6 4 5 7", 0, 6, "encode 0-6"},
        {"cut behind an open group's leading pictures", "K0 1 2 K5 3 4 8 6 7 K9", 0, 7, "copy 0-3 encode 3-7"},
        {"begin before an open group's leading pictures", "K0 1 2 K5 3 4 6 K7 8", 1, 9, "encode 1-7 copy 7-9"},
        {"begin at an open group", "K0 1 2 K5 3 4 6 K7 8", 5, 9, "copy 5-9"},
        {"begin inside a group", "K0 1 2 3 K4 5 6 7", 2, 8, "encode 2-4 copy 4-8"},
        {"inside one group", "K0 1 2 3 K4 5 6 7", 1, 3, "encode 1-3"},
        {"both ends", "K0 1 2 3 K4 5 6 7 K8 11 9 10", 2, 10, "encode 2-4 copy 4-8 encode 8-10"},
};

static struct rec_scan scan_of(const char *text)
{
	struct rec_scan scan = {0};
	char *copy = strdup(text), *rest = copy, *word;

	scan.packets = calloc(strlen(text), sizeof(*scan.packets));
	while ((word = strsep(&rest, " "))) {
		bool key = *word == 'K';

		scan.packets[scan.npackets++] = (struct rec_scan_packet){atoi(word + key), key};
	}
	free(copy);
	return scan;
}

static void cuts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct rec_scan scan = scan_of(rows[i].packets);
		struct rec_pieces pieces = {0};
		char got[256] = "";
		int64_t at = 0;

		assert_int_equal(rec_pieces_copy(&pieces, 0, &scan, rows[i].from, rows[i].to), REC_OK);
		for (size_t k = 0; k < pieces.n; k++) {
			const struct rec_piece *p = &pieces.items[k];

			snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s %lld-%lld", k ? " " : "",
			        p->how == REC_PIECE_COPY ? "copy" : "encode", (long long)p->from_ns,
			        (long long)p->to_ns);
			assert_int_equal(p->at_ns, at);
			at += p->length_ns;
		}
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("%s: %s, not %s", rows[i].name, got, rows[i].want);
		assert_int_equal(pieces.end_ns, rows[i].to - rows[i].from);
		free(pieces.items);
		free(scan.packets);
	}
}

static void grid_is_whole_frames(void **state)
{
	static const struct rec_rate fps = {25, 1};
	struct rec_pieces pieces = {0};

	(void)state;
	assert_int_equal(rec_pieces_grid(&pieces, 0, 5, 5 + 111 * REC_NS_PER_MS, fps, false), REC_OK);
	assert_int_equal(rec_pieces_grid(&pieces, 1, 0, 1, fps, false), REC_OK);
	assert_int_equal(rec_pieces_grid(&pieces, 2, 0, 50 * REC_NS_PER_MS, fps, true), REC_OK);
	assert_int_equal(pieces.items[0].length_ns, 120 * REC_NS_PER_MS);
	assert_int_equal(pieces.items[1].length_ns, 40 * REC_NS_PER_MS);
	assert_int_equal(pieces.items[2].length_ns, 50 * REC_NS_PER_MS);
	assert_int_equal(pieces.items[2].at_ns, 160 * REC_NS_PER_MS);
	free(pieces.items);
}

static void rate_that_loses_little(void **state)
{
	static const struct {
		int64_t source, max, want;
	} cases[] = {
	        {31, 60, 30}, {60, 60, 60}, {60, 50, 50}, {60, 30, 30}, {120, 90, 90}, {59, 120, 60}, {15, 60, 30}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct rec_scan_packet packets[200];
		struct rec_scan scan = {.packets = packets, .npackets = 200};
		struct rec_rate fps = {30, 1};

		for (int k = 0; k < 200; k++)
			packets[k] = (struct rec_scan_packet){k * REC_NS_PER_S / cases[i].source, false};
		assert_int_equal(rec_grid_choose(&scan, (struct rec_rate){cases[i].max, 1}, &fps), REC_OK);
		assert_int_equal(fps.num, cases[i].want);
		assert_int_equal(fps.den, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(cuts), cmocka_unit_test(grid_is_whole_frames),
	        cmocka_unit_test(rate_that_loses_little)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
