/* SPDX-License-Identifier: MIT */
#include "media/reorder.h"

#include <stdbool.h>

void rec_reorder_init(struct rec_reorder *reorder, int depth, int64_t step)
{
	*reorder = (struct rec_reorder){.depth = depth < REC_REORDER_MOST ? depth : REC_REORDER_MOST,
	        .step = step > 0 ? step : 1,
	        .last = INT64_MIN};
}

static bool taken(const struct rec_reorder *r, int64_t pts)
{
	for (int i = 0; i < r->n; i++)
		if (r->waiting[i] == pts)
			return true;
	return false;
}

static void insert(struct rec_reorder *r, int64_t pts)
{
	int i = r->n++;

	for (; i > 0 && r->waiting[i - 1] > pts; i--)
		r->waiting[i] = r->waiting[i - 1];
	r->waiting[i] = pts;
}

void rec_reorder_next(struct rec_reorder *reorder, int64_t *pts, int64_t *dts)
{
	struct rec_reorder *r = reorder;

	if (r->count >= r->depth && *pts <= r->last)
		*pts = r->last + 1;
	while (taken(r, *pts))
		++*pts;
	insert(r, *pts);
	if (r->count < r->depth) {
		*dts = r->waiting[0] - (r->depth - r->count) * r->step;
		if (r->count > 0 && *dts <= r->last)
			*dts = r->last + 1;
	} else {
		*dts = r->waiting[0];
		r->n--;
		for (int i = 0; i < r->n; i++)
			r->waiting[i] = r->waiting[i + 1];
	}
	r->last = *dts;
	r->count++;
}

int rec_reorder_depth(int depth, const int64_t *pts, size_t n)
{
	for (size_t i = 1; i < n && depth < REC_REORDER_MOST; i++) {
		int late = 0;

		for (size_t k = 1; k <= i && k <= REC_REORDER_MOST; k++)
			late += pts[i - k] > pts[i];
		depth = late > depth ? late : depth;
	}
	return depth;
}
