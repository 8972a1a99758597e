/* SPDX-License-Identifier: MIT */
/* From what was measured to what is drawn: one lane a person, or a channel, or one in all. */
#include "waveform/waveform.h"

#include "base/err.h"
#include "sound/dbfs.h"

#include <stdlib.h>

struct picture {
	struct rec_plot_lane *lanes;
	size_t nlanes;
	struct rec_plot_point *points; /* of all lanes */
};

static const float FULL_SCALE = 32768.0F;

static struct rec_plot_point point_of(const struct rec_waveform *w, const struct rec_amplitude *level, int64_t nsamples)
{
	int64_t n = w->params->split ? nsamples : nsamples * w->channels;

	return (struct rec_plot_point){
	        (float)level->min / FULL_SCALE, (float)level->max / FULL_SCALE, (float)rec_rms(level->squares, n)};
}

/* All lanes of one source: its channels lie together in its peaks. */
static int fill(const struct rec_waveform *w, struct rec_peaks *peaks, struct rec_plot_point *points, size_t npoints)
{
	struct rec_amplitude *levels = calloc(w->lanes + 1, sizeof(*levels));
	int64_t nsamples;
	int err = levels ? rec_peaks_rewind(peaks) : REC_ENOMEM;

	for (size_t i = 0; i < npoints && err == REC_OK; i++) {
		err = rec_peaks_next(peaks, levels, &nsamples);
		for (size_t k = 0; k < w->lanes && err == REC_OK; k++)
			points[k * npoints + i] = point_of(w, &levels[k], nsamples);
	}
	free(levels);
	return err;
}

static int add_source(const struct rec_waveform *w, const struct rec_waveform_source *source, size_t cut,
        struct rec_plot_point *points, struct picture *picture)
{
	size_t npoints = source->has_sound ? (size_t)rec_peaks_count(source->peaks[cut]) : 0;

	for (size_t k = 0; k < w->lanes; k++) {
		struct rec_plot_lane *lane = &picture->lanes[picture->nlanes++];

		lane->name = source->name;
		lane->points = points + k * npoints;
		lane->npoints = npoints;
		if (w->params->session) {
			lane->present = &source->present;
			lane->muted = &source->muted;
			lane->gaps = &source->gaps;
		}
	}
	return npoints > 0 ? fill(w, source->peaks[cut], points, npoints) : REC_OK;
}

static int make(const struct rec_waveform *w, size_t cut, struct picture *picture)
{
	size_t most = 0;
	int err = REC_OK;

	for (size_t i = 0; i < w->nsources; i++)
		if (w->sources[i].has_sound && (size_t)rec_peaks_count(w->sources[i].peaks[cut]) > most)
			most = (size_t)rec_peaks_count(w->sources[i].peaks[cut]);
	picture->lanes = calloc(w->nsources * w->lanes + 1, sizeof(*picture->lanes));
	picture->points = calloc(w->nsources * w->lanes * most + 1, sizeof(*picture->points));
	if (!picture->lanes || !picture->points)
		return REC_ENOMEM;
	for (size_t i = 0; i < w->nsources && err == REC_OK; i++)
		err = add_source(w, &w->sources[i], cut, picture->points + i * w->lanes * most, picture);
	return err;
}

static struct rec_plot_style style_of(const struct rec_waveform *w, const struct picture *picture)
{
	struct rec_plot_style style = w->params->style;

	if (style.height == 0)
		style.height = rec_plot_height(&style, picture->nlanes, w->params->session != NULL);
	return style;
}

static int draw(const struct rec_waveform *w, size_t cut, bool png, struct rec_waveform_sink *sink)
{
	struct picture picture = {NULL, 0, NULL};
	int err = make(w, cut, &picture);

	if (err == REC_OK) {
		struct rec_plot_style style = style_of(w, &picture);
		const struct rec_plot plot = {
		        &style, picture.lanes, picture.nlanes, rec_ns_of_samples(w->length, w->rate)};

		if (png)
			err = rec_plot_png(&plot, &sink->buf);
		else
			rec_plot_svg(&plot, &sink->buf);
	}
	free(picture.lanes);
	free(picture.points);
	return err;
}

int rec_waveform_write_svg(const struct rec_waveform *w, size_t cut, struct rec_waveform_sink *sink)
{
	return draw(w, cut, false, sink);
}

int rec_waveform_write_png(const struct rec_waveform *w, size_t cut, struct rec_waveform_sink *sink)
{
	return draw(w, cut, true, sink);
}
