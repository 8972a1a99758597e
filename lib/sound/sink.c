/* SPDX-License-Identifier: MIT */
#include "sound/sink.h"

#include "base/err.h"
#include "base/log.h"
#include "base/out.h"
#include "sound/amplitude.h"
#include "sound/wavout.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct rec_sink {
	struct rec_out *out; /* of wav */
	struct rec_wavout *wav;
	struct rec_output *output; /* else */
	int channels;
	struct rec_sink_stats stats;
};

static bool is_plain(const char *format)
{
	return format && (strcmp(format, "wav") == 0 || strcmp(format, "flac") == 0);
}

/* A target that cannot seek gets what libavformat makes of it. */
static int open_plain(
        struct rec_sink *s, const char *path, const struct rec_sink_params *params, struct rec_output_params *output)
{
	const struct rec_audio_params *audio = &params->audio;
	const struct rec_wavout_params wav = {.flac = strcmp(output->format, "flac") == 0,
	        .rate = audio->rate,
	        .channels = audio->channels,
	        .bits = audio->bits ? audio->bits : 16,
	        .bound = params->bound};
	int err = rec_wavout_check(&wav);

	if (err == REC_OK)
		err = rec_out_begin(&s->out, path, params->no_clobber);
	if (err < 0)
		return err;
	if (rec_out_seekable(s->out))
		return rec_wavout_open(&s->wav, &wav, s->out);
	output->out = s->out;
	s->out = NULL;
	return rec_output_open(&s->output, path, output);
}

int rec_sink_open(struct rec_sink **sink, const char *path, const struct rec_sink_params *params)
{
	const char *format = rec_output_format(path, params->format);
	struct rec_output_params output = {
	        .format = format ? format : params->format, .no_clobber = params->no_clobber, .audio = &params->audio};
	struct rec_sink *s = calloc(1, sizeof(*s));
	int err;

	*sink = s;
	if (!s)
		return REC_ENOMEM;
	s->channels = params->audio.channels;
	/* a codec by name is libavcodec's */
	if (is_plain(format) && !params->audio.codec)
		err = open_plain(s, path, params, &output);
	else
		err = rec_output_open(&s->output, path, &output);
	if (err < 0)
		rec_sink_discard(sink);
	return err;
}

static int64_t count_clipped(const float *pcm, size_t n, size_t channels)
{
	int64_t clipped = 0;

	if (rec_amplitude_peak(pcm, n * channels) <= 1)
		return 0;
	for (size_t i = 0; i < n; i++) {
		bool over = false;

		for (size_t c = 0; c < channels; c++)
			over = over || fabsf(pcm[i * channels + c]) > 1;
		clipped += over;
	}
	return clipped;
}

int rec_sink_write(struct rec_sink *sink, const float *pcm, size_t n)
{
	sink->stats.samples += (int64_t)n;
	sink->stats.clipped += count_clipped(pcm, n, (size_t)sink->channels);
	return sink->wav ? rec_wavout_write(sink->wav, pcm, n) : rec_output_audio(sink->output, pcm, n);
}

static int commit_plain(struct rec_sink *s)
{
	int err = rec_wavout_finish(s->wav);

	rec_wavout_free(&s->wav);
	s->stats.bytes = rec_out_size(s->out);
	return err == REC_OK ? rec_out_commit(&s->out) : err;
}

static int commit_output(struct rec_sink *s)
{
	struct rec_output_stats stats = {0};
	int err = rec_output_commit(&s->output, &stats);

	s->stats.bytes = stats.bytes;
	return err;
}

int rec_sink_commit(struct rec_sink **sink, struct rec_sink_stats *stats)
{
	struct rec_sink *s = *sink;
	int err = s->wav ? commit_plain(s) : commit_output(s);

	if (err == REC_OK && stats)
		*stats = s->stats;
	rec_sink_discard(sink);
	return err;
}

void rec_sink_discard(struct rec_sink **sink)
{
	struct rec_sink *s = *sink;

	if (!s)
		return;
	rec_wavout_free(&s->wav);
	if (s->output)
		rec_output_discard(&s->output);
	rec_out_discard(&s->out);
	free(s);
	*sink = NULL;
}
