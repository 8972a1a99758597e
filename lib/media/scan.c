/* SPDX-License-Identifier: MIT */
#include "media/scan.h"

#include "base/err.h"
#include "base/log.h"
#include "media/demux.h"
#include "media/limits.h"
#include "media/rotation.h"
#include "media/sizes.h"

#include <libavcodec/avcodec.h>
#include <stdlib.h>
#include <string.h>

/* a shorter duration of the last packet is no picture's: libavformat guesses it from a rate that is noise */
static const int64_t shortest_ns = 5 * REC_NS_PER_MS;
/* where nothing tells how long the last picture lasts: no longer than this, and this for the only one */
static const int64_t longest_ns = 100 * REC_NS_PER_MS;
static const int64_t lone_ns = 40 * REC_NS_PER_MS;

/* the scan on its way */
struct look {
	struct rec_scan *scan;
	struct rec_demux demux;
	struct rec_sizes *sizes;
	struct rec_dims dims; /* of the packet before */
	size_t room;
	int64_t last_ns; /* the latest stamp, and how long its packet says it lasts */
	int64_t last_duration_ns;
	bool shown;      /* a packet that the player shows */
	int64_t next_ns; /* the place of a packet without a stamp */
};

static int64_t ticks_ns(const struct look *look, int64_t ticks)
{
	AVRational base = look->demux.stream->time_base;

	return rec_ns_of_ticks(ticks, base.num, base.den);
}

static int append(struct look *look, struct rec_scan_packet packet)
{
	struct rec_scan *scan = look->scan;

	if (scan->npackets == look->room) {
		size_t room = look->room ? 2 * look->room : 1024;
		struct rec_scan_packet *more = reallocarray(scan->packets, room, sizeof(*more));

		if (!more)
			return REC_ENOMEM;
		scan->packets = more;
		look->room = room;
	}
	scan->packets[scan->npackets++] = packet;
	return REC_OK;
}

static bool within_limits(struct rec_dims dims)
{
	return dims.width <= rec_media_limits.side && dims.height <= rec_media_limits.side &&
	       (int64_t)dims.width * dims.height <= rec_media_limits.pixels;
}

static void note_size(struct look *look, const AVPacket *packet)
{
	struct rec_scan *scan = look->scan;
	struct rec_dims dims;

	if (!rec_sizes_of(look->sizes, packet, &dims) || !within_limits(dims))
		return;
	if (look->dims.width && (dims.width != look->dims.width || dims.height != look->dims.height))
		scan->sizes++;
	look->dims = dims;
	if (!scan->told || (int64_t)dims.width * dims.height > (int64_t)scan->width * scan->height) {
		scan->width = dims.width;
		scan->height = dims.height;
	}
	scan->told = true;
}

/* Where pictures begin and end. An edit list hides others, which are decoded for the sake of these alone. */
static void note_shown(struct look *look, const AVPacket *packet, int64_t ns)
{
	if (!look->shown || ns < look->scan->first_ns)
		look->scan->first_ns = ns;
	if (!look->shown || ns >= look->last_ns) {
		look->last_ns = ns;
		look->last_duration_ns = ticks_ns(look, packet->duration);
	}
	look->shown = true;
}

static int note(struct look *look, const AVPacket *packet)
{
	struct rec_scan *scan = look->scan;
	int64_t ns = packet->pts == AV_NOPTS_VALUE ? look->next_ns : ticks_ns(look, packet->pts);

	if (packet->flags & AV_PKT_FLAG_CORRUPT && scan->corrupt++ == 0)
		scan->corrupt_ns = ns;
	if (!(packet->flags & AV_PKT_FLAG_DISCARD))
		note_shown(look, packet, ns);
	look->next_ns = ns + ticks_ns(look, packet->duration);
	note_size(look, packet);
	return append(look, (struct rec_scan_packet){ns, (packet->flags & AV_PKT_FLAG_KEY) != 0});
}

static int by_value(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int rec_scan_stamps(const struct rec_scan *scan, int64_t **stamps)
{
	int64_t *sorted = calloc(scan->npackets + 1, sizeof(*sorted));

	*stamps = sorted;
	if (!sorted)
		return REC_ENOMEM;
	for (size_t i = 0; i < scan->npackets; i++)
		sorted[i] = scan->packets[i].ns;
	qsort(sorted, scan->npackets, sizeof(*sorted), by_value);
	return REC_OK;
}

/* End and step, from the stamps in order. */
static int measure(struct look *look)
{
	struct rec_scan *scan = look->scan;
	int64_t *stamps, least = INT64_MAX, most = 0, before = 0;
	size_t n = scan->npackets;
	int err = rec_scan_stamps(scan, &stamps);

	if (err < 0)
		return err;
	for (size_t i = 1; i < n; i++) {
		int64_t step = stamps[i] - stamps[i - 1];

		least = step < least ? step : least;
		most = step > most ? step : most;
		before = step > 0 ? step : before;
	}
	if (n > 1 && least > 0 && most - least <= ticks_ns(look, 1) + 1)
		scan->step_ns = rec_rescale(stamps[n - 1] - stamps[0], 1, (int64_t)n - 1);
	free(stamps);
	if (look->last_duration_ns >= shortest_ns)
		before = look->last_duration_ns;
	else
		before = before == 0 ? lone_ns : before < longest_ns ? before : longest_ns;
	scan->end_ns = look->last_ns + before;
	return REC_OK;
}

static int describe(struct look *look)
{
	struct rec_scan *scan = look->scan;
	const AVStream *stream = look->demux.stream;

	scan->par = avcodec_parameters_alloc();
	if (!scan->par || avcodec_parameters_copy(scan->par, stream->codecpar) < 0)
		return REC_ENOMEM;
	scan->time_base = stream->time_base;
	scan->width = stream->codecpar->width;
	scan->height = stream->codecpar->height;
	scan->sar =
	        stream->sample_aspect_ratio.num ? stream->sample_aspect_ratio : stream->codecpar->sample_aspect_ratio;
	if (rec_demux_matrix(&look->demux))
		memcpy(scan->matrix, rec_demux_matrix(&look->demux), sizeof(scan->matrix));
	scan->turns = rec_rotation_of(rec_demux_matrix(&look->demux));
	return rec_sizes_new(&look->sizes, stream->codecpar);
}

static int read_all(struct look *look)
{
	AVPacket *packet = av_packet_alloc();
	int err = packet ? REC_OK : REC_ENOMEM;

	while (err == REC_OK) {
		err = rec_demux_read(&look->demux, packet);
		if (err == REC_OK)
			err = note(look, packet);
		av_packet_unref(packet);
	}
	av_packet_free(&packet);
	look->scan->truncated = look->demux.truncated;
	return err == REC_ENODATA ? REC_OK : err;
}

int rec_scan_picture(struct rec_scan *scan, const char *path, struct rec_source *source)
{
	struct look look = {.scan = scan};
	int err = rec_demux_open(&look.demux, path, source, AVMEDIA_TYPE_VIDEO, 0);

	*scan = (struct rec_scan){.corrupt_ns = REC_NS_UNKNOWN};
	if (err < 0)
		return err;
	err = describe(&look);
	if (err == REC_OK)
		err = read_all(&look);
	if (err == REC_OK && !look.shown)
		err = rec_report(REC_EINPUT,
		        "cannot read '%s': there is no picture in it; pass --skip-bad to leave it out", path);
	if (err == REC_OK)
		err = measure(&look);
	rec_sizes_free(&look.sizes);
	rec_demux_close(&look.demux);
	if (err < 0)
		rec_scan_free(scan);
	return err;
}

void rec_scan_free(struct rec_scan *scan)
{
	avcodec_parameters_free(&scan->par);
	free(scan->packets);
	scan->packets = NULL;
	scan->npackets = 0;
}
