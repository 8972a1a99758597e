/* SPDX-License-Identifier: MIT */
/*
 * Decoding times for pictures whose presentation times are known, whatever they were before: with pictures coming at most ${depth} places
 * late, the k-th dts is the (k - depth)-th smallest pts. So dts ascend and are <= pts, over joints too. Two pictures at one tick are moved apart. Pure.
 */
#ifndef REC_MEDIA_REORDER_H
#define REC_MEDIA_REORDER_H

#include <stddef.h>
#include <stdint.h>

#define REC_REORDER_MOST 32

struct rec_reorder {
	int depth; /* [0, REC_REORDER_MOST] */
	int64_t step;
	int64_t waiting[REC_REORDER_MOST + 1]; /* pts that are no dts yet, ascending */
	int n;
	int64_t count;
	int64_t last; /* dts */
};

/** rec_reorder_init(reorder, depth, step): ${step} ticks lie between the first ${depth} dts, which are before every pts; at least 1. */
void rec_reorder_init(struct rec_reorder *reorder, int depth, int64_t step);

/** rec_reorder_next(reorder, pts, dts): the next picture in decoding order; ${pts} grows where another picture has it, or where the depth was not enough. */
void rec_reorder_next(struct rec_reorder *reorder, int64_t *pts, int64_t *dts);

/** rec_reorder_depth(depth, pts, n): the depth that ${n} pictures in decoding order need, at least ${depth}, at most REC_REORDER_MOST. */
int rec_reorder_depth(int depth, const int64_t *pts, size_t n);

#endif
