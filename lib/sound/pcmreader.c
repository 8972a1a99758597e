/* SPDX-License-Identifier: MIT */
#include "sound/pcmreader.h"

#include "base/err.h"
#include "sound/wavfile.h"

#include <stdlib.h>
#include <string.h>

/* of a block, all channels */
static const size_t BLOCK_SAMPLES = 16384;

struct rec_pcmreader {
	struct rec_pcmreader_info info;
	struct rec_wavfile *wav; /* one of the two */
	struct rec_sound_track *track;
	bool integer; /* the track's samples */
	float *f32;
	int16_t *s16;
	int64_t pos;
};

static bool starts_with(const char *text, const char *head)
{
	return strncmp(text, head, strlen(head)) == 0;
}

/* codecs whose samples are whole numbers */
static bool is_integer(const char *codec)
{
	return starts_with(codec, "pcm_s") || starts_with(codec, "pcm_u") || strcmp(codec, "pcm_alaw") == 0 ||
	       strcmp(codec, "pcm_mulaw") == 0 || strcmp(codec, "flac") == 0 || strcmp(codec, "alac") == 0;
}

static void describe_track(struct rec_pcmreader *r, bool lone)
{
	const struct rec_input_info *info = rec_sound_track_info(r->track);
	int rate = rec_sound_track_rate(r->track);

	r->info = (struct rec_pcmreader_info){
	        info->container, info->codec, rate, rec_sound_track_channels(r->track), -1, true};
	if (lone && info->duration_ns >= 0)
		r->info.length = rec_samples_of_ns(info->duration_ns, rate);
	r->integer = is_integer(info->codec);
}

static int open_track(struct rec_pcmreader *r, const char *path, const struct rec_sound_track_params *place)
{
	int err = rec_sound_track_open(&r->track, path, place);
	size_t samples;

	if (err < 0)
		return err;
	samples =
	        BLOCK_SAMPLES / (size_t)rec_sound_track_channels(r->track) * (size_t)rec_sound_track_channels(r->track);
	r->f32 = malloc(samples * sizeof(*r->f32));
	r->s16 = malloc(samples * sizeof(*r->s16));
	return r->f32 && r->s16 ? REC_OK : REC_ENOMEM;
}

static int open_lone_track(struct rec_pcmreader *r, const char *path, struct rec_source *source)
{
	const struct rec_sound_track_params place = {
	        .origin = REC_ORIGIN_SESSION, .lone = true, .max_channels = 16, .source = source};
	int err = open_track(r, path, &place);

	if (err == REC_OK)
		describe_track(r, true);
	return err;
}

static int open_lone(struct rec_pcmreader *r, const char *path)
{
	struct rec_source *source = NULL;
	int err = rec_source_open(&source, path);

	if (err < 0)
		return err;
	err = rec_wavfile_open(&r->wav, source);
	if (err == REC_ENODATA)
		return open_lone_track(r, path, source);
	if (err == REC_OK) {
		const struct rec_wavfile_info *info = rec_wavfile_info(r->wav);

		r->info = (struct rec_pcmreader_info){"wav", "pcm", info->rate, info->channels, info->length, false};
	} else {
		rec_source_close(&source);
	}
	return err;
}

int rec_pcmreader_open(struct rec_pcmreader **reader, const char *path, const struct rec_sound_track_params *place)
{
	struct rec_pcmreader *r = calloc(1, sizeof(*r));
	int err;

	*reader = r;
	if (!r)
		return REC_ENOMEM;
	err = place ? open_track(r, path, place) : open_lone(r, path);
	if (err == REC_OK && place)
		describe_track(r, false);
	if (err < 0)
		rec_pcmreader_close(reader, NULL);
	return err;
}

const struct rec_pcmreader_info *rec_pcmreader_info(const struct rec_pcmreader *r)
{
	return &r->info;
}

static int read_track(struct rec_pcmreader *r, struct rec_pcm *pcm)
{
	size_t channels = (size_t)r->info.channels, n = BLOCK_SAMPLES / channels;
	int err = rec_sound_track_read(r->track, r->pos, n, r->f32);
	int64_t end = rec_sound_track_end(r->track);

	if (err < 0)
		return err;
	if (end >= 0 && end < r->pos + (int64_t)n)
		n = end > r->pos ? (size_t)(end - r->pos) : 0;
	if (n == 0)
		return REC_ENODATA;
	rec_amplitude_make_finite(r->f32, n * channels);
	(r->integer ? rec_amplitude_s16_of_int : rec_amplitude_s16_of_float)(r->f32, n * channels, r->s16);
	*pcm = (struct rec_pcm){r->pos, n, r->s16, r->f32};
	r->pos += (int64_t)n;
	return REC_OK;
}

int rec_pcmreader_read(struct rec_pcmreader *r, struct rec_pcm *pcm)
{
	int err = r->wav ? rec_wavfile_read(r->wav, pcm) : read_track(r, pcm);

	if (err == REC_OK)
		r->pos = pcm->pos + (int64_t)pcm->n;
	return err;
}

int64_t rec_pcmreader_length(const struct rec_pcmreader *r)
{
	return r->pos;
}

static void wav_ledger(const struct rec_pcmreader *r, struct rec_sound_ledger *ledger)
{
	const struct rec_wavfile_info *info = rec_wavfile_info(r->wav);

	*ledger = (struct rec_sound_ledger){.used_samples = r->pos};
	ledger->damage.truncated = info->truncated;
	ledger->damage.corrupt_ns = REC_NS_UNKNOWN;
	ledger->damage.first_ns = 0;
	ledger->damage.last_ns = rec_ns_of_samples(r->pos, info->rate);
}

void rec_pcmreader_close(struct rec_pcmreader **reader, struct rec_sound_ledger *ledger)
{
	struct rec_pcmreader *r = *reader;

	if (!r)
		return;
	if (ledger && r->wav)
		wav_ledger(r, ledger);
	rec_wavfile_close(&r->wav);
	rec_sound_track_close(&r->track, r->track ? ledger : NULL);
	free(r->f32);
	free(r->s16);
	free(r);
	*reader = NULL;
}
