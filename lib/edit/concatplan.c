/* SPDX-License-Identifier: MIT */
#include "edit/concat.h"

#include "base/err.h"
#include "media/joinable.h"

#include <stdlib.h>
#include <string.h>

static const struct rec_rate default_fps = {30, 1};
static const int default_rate = 48000;

static const struct rec_segment *first_used(const struct rec_segments *segments)
{
	size_t i = 0;

	while (segments->items[i].left_out)
		i++;
	return &segments->items[i];
}

/* whether pictures ${step_ns} apart are those of ${fps} */
static bool is_rate(int64_t step_ns, struct rec_rate fps)
{
	int64_t off = step_ns - rec_ns_of_frame(1, fps);

	return step_ns > 0 && (off < 0 ? -off : off) * 10000 <= step_ns;
}

/* The rate of pictures that are all ${step_ns} apart: a whole one, or one of television's. num 0: they are not, or it is neither. */
static struct rec_rate rate_of_step(int64_t step_ns)
{
	for (int64_t n = 1; n <= 240; n++) {
		struct rec_rate whole = {n, 1}, drop = {n * 1000, 1001};

		if (is_rate(step_ns, whole))
			return whole;
		if (is_rate(step_ns, drop))
			return drop;
	}
	return (struct rec_rate){0, 1};
}

static bool has_size(const struct rec_scan *scan, struct rec_letterbox_size want)
{
	struct rec_letterbox_size size =
	        rec_letterbox_size(scan->par->width, scan->par->height, scan->sar, scan->turns);

	return size.width == want.width && size.height == want.height;
}

static bool can_copy(const struct rec_segment *segment, const struct rec_segment *first,
        const struct rec_concat_params *params, const char *format)
{
	const struct rec_scan *scan = &segment->scan;

	return rec_joinable_holds(format, scan) && rec_joinable_alike(scan, &first->scan) &&
	       (!params->encoding.codec || rec_joinable_is(scan, params->encoding.codec)) &&
	       (params->size.width == 0 || has_size(scan, params->size)) &&
	       (params->fps.num == 0 || is_rate(scan->step_ns, params->fps));
}

static int add_span(struct rec_concat_plan *plan, size_t i, struct rec_span span, bool exact)
{
	const struct rec_segment *segment = &plan->segments.items[i];

	if (!plan->segments.pictures)
		return rec_pieces_plain(&plan->pieces, i, span.start_ns, span.end_ns);
	if (plan->copies[i])
		return rec_pieces_copy(&plan->pieces, i, &segment->scan, span.start_ns, span.end_ns);
	return rec_pieces_grid(&plan->pieces, i, span.start_ns, span.end_ns, plan->fps, exact);
}

/* Every stretch that stays, one after the other, up to the limit. */
static int lay_out(struct rec_concat_plan *plan, int64_t max_length_ns)
{
	int err = REC_OK;

	plan->pieces.n = 0;
	plan->pieces.end_ns = 0;
	for (size_t i = 0; i < plan->segments.n; i++) {
		const struct rec_segment *segment = &plan->segments.items[i];

		for (size_t k = 0; k < segment->kept.n && !segment->left_out && err == REC_OK; k++) {
			struct rec_span span = segment->kept.items[k];
			int64_t left =
			        max_length_ns == REC_NS_UNKNOWN ? INT64_MAX : max_length_ns - plan->pieces.end_ns;
			bool cut = span.end_ns - span.start_ns >= left;

			if (left <= 0)
				return REC_OK;
			if (cut)
				span.end_ns = span.start_ns + left;
			err = add_span(plan, i, span, cut);
		}
	}
	return err;
}

static bool any_encoded(const struct rec_concat_plan *plan)
{
	for (size_t i = 0; i < plan->pieces.n; i++)
		if (plan->pieces.items[i].how != REC_PIECE_COPY)
			return true;
	return false;
}

static bool sets_differ(const struct rec_concat_plan *plan)
{
	const struct rec_segment *first = first_used(&plan->segments);

	for (size_t i = 0; i < plan->segments.n; i++)
		if (!plan->segments.items[i].left_out && plan->copies[i] &&
		        !rec_joinable_same_sets(&plan->segments.items[i].scan, &first->scan))
			return true;
	return false;
}

/* Size, rate and codec of what is encoded: the first segment's, unless others were asked for. */
static void settle(struct rec_concat_plan *plan, const struct rec_concat_params *params)
{
	const struct rec_scan *scan = &first_used(&plan->segments)->scan;

	plan->fps = params->fps;
	if (plan->fps.num == 0)
		plan->fps = rate_of_step(scan->step_ns);
	if (plan->fps.num == 0)
		plan->fps = default_fps;
	plan->size = params->size;
	if (plan->size.width == 0)
		plan->size = rec_letterbox_size(scan->width, scan->height, scan->sar, scan->turns);
}

static int plan_pictures(struct rec_concat_plan *plan, const struct rec_concat_params *params, const char *format)
{
	const struct rec_segment *first = first_used(&plan->segments);
	int err;

	settle(plan, params);
	for (size_t i = 0; i < plan->segments.n; i++)
		plan->copies[i] =
		        !plan->segments.items[i].left_out && can_copy(&plan->segments.items[i], first, params, format);
	err = lay_out(plan, params->max_length_ns);
	plan->encodes = any_encoded(plan);
	plan->encoder = rec_joinable_encoder(format, &first->scan);
	if (err == REC_OK && plan->encodes && (!plan->copies[first - plan->segments.items] || !plan->encoder)) {
		memset(plan->copies, 0, plan->segments.n * sizeof(*plan->copies));
		plan->anew = true;
		err = lay_out(plan, params->max_length_ns);
	}
	if (plan->anew)
		plan->encoder = params->encoding.codec;
	else if (params->size.width == 0)
		plan->size = (struct rec_letterbox_size){first->scan.par->width, first->scan.par->height};
	plan->in_band = !plan->anew && (plan->encodes || sets_differ(plan));
	return err;
}

static void choose_channels(struct rec_concat_plan *plan)
{
	for (size_t i = 0; i < plan->segments.n; i++) {
		const struct rec_segment *segment = &plan->segments.items[i];

		if (!segment->left_out && segment->has_sound && segment->channels > plan->channels)
			plan->channels = segment->channels;
	}
}

/* Samples that were never lost: every segment's are PCM or FLAC of one rate and number of channels. Sets what keeps them, if anything does. */
static void keep_samples(struct rec_concat_plan *plan, const char *format)
{
	const struct rec_segment *first = NULL;

	for (size_t i = 0; i < plan->segments.n; i++) {
		const struct rec_segment *segment = &plan->segments.items[i];

		if (segment->left_out || !segment->has_sound)
			continue;
		first = first ? first : segment;
		if (segment->bits == 0 || segment->rate != first->rate || segment->channels != first->channels)
			return;
		if (segment->bits > plan->bits)
			plan->bits = segment->bits;
	}
	plan->sound_encoder = first ? rec_joinable_sound(format, first->codec, plan->bits) : NULL;
	if (plan->sound_encoder)
		plan->rate = first->rate;
}

static void plan_sound(struct rec_concat_plan *plan, const struct rec_concat_params *params, const char *format)
{
	choose_channels(plan);
	plan->rate = params->encoding.audio_rate ? params->encoding.audio_rate : default_rate;
	if (params->encoding.audio_rate == 0 && params->encoding.audio_bitrate == 0)
		keep_samples(plan, format);
}

int rec_concat_plan(struct rec_concat_plan *plan, const struct rec_concat_params *params, const char *format)
{
	const struct rec_segments_params segments = {.skip_bad = params->skip_bad,
	        .strict = params->strict,
	        .allow_truncated = params->allow_truncated,
	        .no_audio = params->no_audio,
	        .sound_only = !rec_output_format_has(format, true),
	        .drop_still_ns = params->drop_still_ns};
	int err = rec_segments_open(&plan->segments, params->inputs, params->ninputs, &segments);

	if (err < 0)
		return err;
	plan->copies = calloc(plan->segments.n + 1, sizeof(*plan->copies));
	if (!plan->copies)
		return REC_ENOMEM;
	plan_sound(plan, params, format);
	if (plan->segments.pictures)
		return plan_pictures(plan, params, format);
	return lay_out(plan, params->max_length_ns);
}

void rec_concat_plan_free(struct rec_concat_plan *plan)
{
	rec_segments_free(&plan->segments);
	free(plan->pieces.items);
	free(plan->copies);
	plan->pieces.items = NULL;
	plan->copies = NULL;
}
