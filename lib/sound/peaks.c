/* SPDX-License-Identifier: MIT */
#include "sound/peaks.h"

#include "base/err.h"
#include "base/spool.h"

#include <stdlib.h>
#include <string.h>

/* the third way: buckets of a power of two */
struct fold {
	struct rec_amplitude *levels; /* room x lanes */
	size_t room;
	int64_t width; /* samples of a bucket */
};

struct rec_peaks {
	struct rec_peaks_params params;
	size_t lanes;
	int64_t length;               /* what the end told */
	int64_t at;                   /* samples seen */
	struct rec_spool *spool;      /* zoom: full points */
	struct rec_amplitude *point;  /* zoom: the open one */
	struct rec_amplitude *points; /* length: N x lanes */
	struct fold fold;
	int64_t next; /* point that rec_peaks_next() gives */
};

static const struct rec_amplitude none = REC_AMPLITUDE_NONE;

static struct rec_amplitude *new_levels(size_t n)
{
	struct rec_amplitude *levels = malloc(n * sizeof(*levels));

	for (size_t i = 0; levels && i < n; i++)
		levels[i] = none;
	return levels;
}

/* Buckets of one lane: 64 to 128 for a point, as long as all lanes stay within REC_PEAKS_MOST. */
static size_t fold_room(const struct rec_peaks_params *params, size_t lanes)
{
	size_t points = (size_t)params->points, room = points * 128, most = REC_PEAKS_MOST / lanes;

	room = room > REC_PEAKS_EXACT ? room : REC_PEAKS_EXACT;
	room = room < most ? room : most;
	return (room > 2 * points ? room : 2 * points) & ~(size_t)1;
}

static int prepare(struct rec_peaks *p)
{
	const struct rec_peaks_params *params = &p->params;

	if (params->zoom > 0) {
		p->point = new_levels(p->lanes);
		return p->point ? rec_spool_new(&p->spool, p->lanes * sizeof(*p->point)) : REC_ENOMEM;
	}
	if (params->length >= 0 && !(p->points = new_levels((size_t)params->points * p->lanes)))
		return REC_ENOMEM;
	if (params->length >= 0 && !params->claimed)
		return REC_OK;
	p->fold.room = fold_room(params, p->lanes);
	p->fold.width = 1;
	p->fold.levels = new_levels(p->fold.room * p->lanes);
	return p->fold.levels ? REC_OK : REC_ENOMEM;
}

int rec_peaks_new(struct rec_peaks **peaks, const struct rec_peaks_params *params)
{
	struct rec_peaks *p = calloc(1, sizeof(*p));
	int err;

	*peaks = p;
	if (!p)
		return REC_ENOMEM;
	p->params = *params;
	p->lanes = rec_amplitude_lanes(&params->level);
	err = prepare(p);
	if (err < 0)
		rec_peaks_free(peaks);
	return err;
}

/* Samples to measure, or silence. */
struct run {
	const struct rec_pcm *pcm; /* NULL: silence */
	int64_t from;              /* sample numbers */
	int64_t end;
};

static void add_run(const struct rec_peaks *p, const struct run *run, int64_t upto, struct rec_amplitude *lanes)
{
	if (run->pcm)
		rec_amplitude_add(&p->params.level, run->pcm, (size_t)(run->from - run->pcm->pos),
		        (size_t)(upto - run->from), lanes);
	else
		rec_amplitude_silence(lanes, p->lanes);
}

static int64_t lesser(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int close_point(struct rec_peaks *p)
{
	int err = rec_spool_add(p->spool, p->point);

	for (size_t i = 0; i < p->lanes; i++)
		p->point[i] = none;
	return err;
}

static int add_zoom(struct rec_peaks *p, struct run run)
{
	int64_t zoom = p->params.zoom;

	while (run.from < run.end) {
		int64_t edge = (run.from / zoom + 1) * zoom;
		int64_t upto = lesser(edge, run.end);

		add_run(p, &run, upto, p->point);
		run.from = upto;
		if (upto == edge && close_point(p) < 0)
			return REC_EIO;
	}
	return REC_OK;
}

/* the first sample of point ${i}: i L / N, rounded down, without overflow */
static int64_t edge_of(int64_t i, int64_t length, int64_t n)
{
	return length / n * i + length % n * i / n;
}

/* the last point that begins at or before ${at} */
static int64_t point_of(int64_t at, int64_t length, int64_t n)
{
	int64_t i = length > 0 ? (int64_t)((double)at / (double)length * (double)n) : 0;

	i = lesser(i < 0 ? 0 : i, n - 1);
	while (i > 0 && edge_of(i, length, n) > at)
		i--;
	while (i + 1 < n && edge_of(i + 1, length, n) <= at)
		i++;
	return i;
}

static void add_exact(struct rec_peaks *p, struct run run)
{
	int64_t length = p->params.length, n = p->params.points;
	int64_t i;

	run.end = lesser(run.end, length); /* a claim that was wrong is found out at the end */
	i = point_of(run.from, length, n);
	for (; run.from < run.end && i < n; i++) {
		int64_t upto = lesser(edge_of(i + 1, length, n), run.end);

		if (upto > run.from)
			add_run(p, &run, upto, p->points + (size_t)i * p->lanes);
		run.from = upto;
	}
}

/* Two buckets become one. */
static void fold_once(struct rec_peaks *p)
{
	struct fold *fold = &p->fold;
	size_t half = fold->room / 2 * p->lanes;

	for (size_t i = 0; i < half; i++) {
		size_t bucket = i / p->lanes * 2 * p->lanes + i % p->lanes;
		struct rec_amplitude sum = fold->levels[bucket];

		rec_amplitude_merge(&sum, &fold->levels[bucket + p->lanes]);
		fold->levels[i] = sum;
	}
	for (size_t i = half; i < 2 * half; i++)
		fold->levels[i] = none;
	fold->width *= 2;
}

static void add_fold(struct rec_peaks *p, struct run run)
{
	struct fold *fold = &p->fold;

	while (run.from < run.end) {
		int64_t bucket = run.from / fold->width;
		int64_t upto;

		if (bucket >= (int64_t)fold->room) {
			fold_once(p);
			continue;
		}
		upto = lesser((bucket + 1) * fold->width, run.end);
		add_run(p, &run, upto, fold->levels + (size_t)bucket * p->lanes);
		run.from = upto;
	}
}

static int add(struct rec_peaks *p, struct run run)
{
	if (p->spool)
		return add_zoom(p, run);
	if (p->points)
		add_exact(p, run);
	if (p->fold.levels)
		add_fold(p, run);
	return REC_OK;
}

static int add_silence(struct rec_peaks *p, int64_t upto)
{
	int err = REC_OK;

	if (upto > p->at)
		err = add(p, (struct run){NULL, p->at, upto});
	return err;
}

int rec_peaks_add(struct rec_peaks *p, const struct rec_pcm *pcm)
{
	int64_t end = pcm->pos + (int64_t)pcm->n;
	int err = add_silence(p, pcm->pos);

	if (err == REC_OK)
		err = add(p, (struct run){pcm, pcm->pos, end});
	p->at = end > p->at ? end : p->at;
	return err;
}

int rec_peaks_end(struct rec_peaks *p, int64_t nsamples)
{
	int err = add_silence(p, nsamples);

	p->length = p->at = nsamples;
	if (err == REC_OK && p->spool && nsamples % p->params.zoom > 0)
		err = close_point(p);
	if (p->fold.levels && p->points && nsamples != p->params.length) { /* the claim was wrong */
		free(p->points);
		p->points = NULL;
	}
	return err;
}

int64_t rec_peaks_count(const struct rec_peaks *p)
{
	if (p->length == 0)
		return 0;
	return p->spool ? rec_spool_count(p->spool) : p->params.points;
}

int64_t rec_peaks_zoom(const struct rec_peaks *p)
{
	int64_t n = p->params.points, zoom = p->params.zoom;

	if (zoom == 0)
		zoom = p->length / n + (p->length % n * 2 >= n);
	return zoom > 0 ? zoom : 1;
}

int rec_peaks_rewind(struct rec_peaks *p)
{
	p->next = 0;
	return p->spool ? rec_spool_rewind(p->spool) : REC_OK;
}

/* the bucket whose beginning is nearest to the edge of point ${i}; the last edge is the end of the last bucket */
static int64_t nearest_bucket(const struct rec_peaks *p, int64_t i)
{
	if (i == p->params.points)
		return (p->length + p->fold.width - 1) / p->fold.width;
	return (edge_of(i, p->length, p->params.points) + p->fold.width / 2) / p->fold.width;
}

static void next_of_fold(const struct rec_peaks *p, struct rec_amplitude *lanes, int64_t *nsamples)
{
	int64_t a = nearest_bucket(p, p->next), b = nearest_bucket(p, p->next + 1);

	b = b > a ? b : a + 1;
	for (int64_t k = a; k < b; k++)
		for (size_t i = 0; i < p->lanes; i++)
			rec_amplitude_merge(&lanes[i], &p->fold.levels[(size_t)k * p->lanes + i]);
	*nsamples = lesser(b * p->fold.width, p->length) - a * p->fold.width;
}

/* Where there are more points than samples, a point without one shows the one that it lies in: that of the point that holds it. */
static void next_of_points(const struct rec_peaks *p, struct rec_amplitude *lanes, int64_t *nsamples)
{
	int64_t length = p->params.length, n = p->params.points, i = p->next;
	int64_t a = edge_of(i, length, n), b = edge_of(i + 1, length, n);

	if (a == b)
		i = point_of(a, length, n);
	memcpy(lanes, p->points + (size_t)i * p->lanes, p->lanes * sizeof(*lanes));
	*nsamples = b > a ? b - a : 1;
}

int rec_peaks_next(struct rec_peaks *p, struct rec_amplitude *lanes, int64_t *nsamples)
{
	int err = REC_OK;

	if (p->next >= rec_peaks_count(p))
		return REC_ENODATA;
	for (size_t i = 0; i < p->lanes; i++)
		lanes[i] = none;
	if (p->spool) {
		*nsamples = lesser(p->params.zoom, p->length - p->next * p->params.zoom);
		err = rec_spool_next(p->spool, lanes);
	} else if (p->points) {
		next_of_points(p, lanes, nsamples);
	} else {
		next_of_fold(p, lanes, nsamples);
	}
	for (size_t i = 0; i < p->lanes; i++)
		if (lanes[i].min > lanes[i].max) /* nothing was added there */
			rec_amplitude_silence(&lanes[i], 1);
	p->next++;
	return err;
}

void rec_peaks_free(struct rec_peaks **peaks)
{
	if (!*peaks)
		return;
	rec_spool_free(&(*peaks)->spool);
	free((*peaks)->point);
	free((*peaks)->points);
	free((*peaks)->fold.levels);
	free(*peaks);
	*peaks = NULL;
}
