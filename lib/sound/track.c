/* SPDX-License-Identifier: MIT */
#include "sound/track.h"

#include "base/err.h"
#include "base/log.h"
#include "base/queue.h"
#include "sound/mask.h"
#include "sound/place.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* blocks that decoding runs ahead */
static const size_t blocks_ahead = 8;

/* decoded before an excerpt, for the drift to be known */
static const int64_t settle_ns = 10 * REC_NS_PER_S;

/* no session lasts a week: a stamp beyond it counts from 1970, or from a machine's start */
static const int64_t longest_ns = INT64_C(7) * 24 * 3600 * REC_NS_PER_S;

struct rec_sound_track {
	char *path;
	struct rec_sound_track_params params;
	struct rec_input *input;
	struct rec_place *place;
	struct rec_queue *queue;
	pthread_t thread;
	bool running;
	int status;                     /* how decoding ended; read once the queue is closed */
	struct rec_sound_ledger ledger; /* the decoding thread's until it ended */
	/* of the reader */
	struct rec_place_block *block; /* not used up yet */
	int64_t end;                   /* of the blocks that came out */
	int64_t upto;                  /* how far it was read */
	bool done;
};

static void drop_block(void *block)
{
	free(block);
}

static void work_begin(struct rec_sound_track *t)
{
	while (t->params.workers && sem_wait(t->params.workers) < 0 && errno == EINTR)
		;
}

static void work_end(struct rec_sound_track *t)
{
	if (t->params.workers)
		sem_post(t->params.workers);
}

/* Decode one frame and set it down; REC_ENODATA at the end. ${lost}: it could not be set down, so that nothing after it may be. */
static int decode_one(struct rec_sound_track *t, AVFrame *frame, int64_t *corrupt, bool *lost)
{
	struct rec_damage damage;
	int64_t pts_ns;
	int err = rec_input_read(t->input, frame, &pts_ns);

	if (err < 0)
		return err;
	rec_input_damage(t->input, &damage);
	pts_ns += rec_cuts_before(&t->params.cuts, pts_ns - rec_input_info(t->input)->first_ns);
	err = rec_place_frame(t->place, frame, pts_ns, damage.corrupt > *corrupt);
	*corrupt = damage.corrupt;
	*lost = err < 0;
	return err;
}

static bool hand_over(struct rec_sound_track *t)
{
	struct rec_place_block *block;

	while ((block = rec_place_take(t->place)))
		if (rec_queue_push(t->queue, block) < 0) {
			free(block);
			return false;
		}
	return true;
}

static int decode_all(struct rec_sound_track *t, AVFrame *frame)
{
	int64_t corrupt = 0;
	bool lost = false;
	int err;

	do {
		work_begin(t);
		err = decode_one(t, frame, &corrupt, &lost);
		work_end(t);
		if (!hand_over(t))
			return REC_OK;
	} while (err == REC_OK && !rec_place_done(t->place));
	if (lost)
		return err;
	if (err == REC_OK)
		err = REC_ENODATA;
	int last = rec_place_end(t->place);
	hand_over(t);
	return err == REC_ENODATA ? last : err;
}

static void *decode_thread(void *arg)
{
	struct rec_sound_track *t = arg;
	AVFrame *frame = av_frame_alloc();
	int err = frame ? decode_all(t, frame) : REC_ENOMEM;

	if (err == REC_EINVAL)
		err = rec_report(REC_EINPUT,
		        "cannot convert the sound of '%s': its channels or sample format are unknown", t->path);
	av_frame_free(&frame);
	t->status = err;
	rec_queue_close(t->queue);
	return NULL;
}

/* An excerpt far into a track need not decode all that lies before it. Its clock has some seconds to settle again. */
static int skip_head(struct rec_sound_track *t, int64_t first_ns)
{
	if (t->params.start_ns > -2 * settle_ns)
		return REC_OK;
	if (t->params.origin == REC_ORIGIN_TRACK) { /* the first sample's place is known, though it is not decoded */
		t->params.origin = REC_ORIGIN_SESSION;
		t->params.start_ns -= first_ns;
	}
	return rec_input_skip(t->input, -t->params.start_ns - settle_ns);
}

/* Containers in which stamps count from the first packet, from an encoder's delay, or from anywhere. */
bool rec_sound_track_lacks_clock(const char *container, int64_t first_ns)
{
	static const char *const names[] = {"mp3", "aac", "mpegts", "flv", "wav", "w64", "aiff", "flac", NULL};

	for (size_t i = 0; names[i]; i++)
		if (strcmp(container, names[i]) == 0)
			return true;
	return first_ns > longest_ns;
}

static int set_up(struct rec_sound_track *t, const char *path)
{
	struct rec_input_params input = REC_INPUT_PARAMS(REC_MEDIA_AUDIO);
	int err = REC_OK;

	input.source = t->params.source;
	input.kept = t->params.kept;
	input.stream = t->params.stream;
	t->params.source = NULL;
	t->input = t->params.input;
	t->path = strdup(path);
	if (!t->path) {
		rec_source_close(&input.source);
		return REC_ENOMEM;
	}
	if (!t->input)
		err = rec_input_open(&t->input, path, &input);
	if (err < 0)
		return err;
	const struct rec_input_info *info = rec_input_info(t->input);
	if (!t->params.rate)
		t->params.rate = info->rate > 0 ? info->rate : 48000;
	if (!t->params.channels)
		t->params.channels = info->channels > 0 ? info->channels : 1;
	if (t->params.max_channels && t->params.channels > t->params.max_channels)
		t->params.channels = t->params.max_channels;
	if (t->params.lone && rec_sound_track_lacks_clock(info->container, info->first_ns))
		t->params.origin = REC_ORIGIN_TRACK;
	err = skip_head(t, info->first_ns);
	if (err < 0)
		return err;
	const struct rec_place_params place = {t->params.rate, t->params.channels, info->tick_ns, t->params.origin,
	        t->params.start_ns, &t->params.audible, &t->ledger};
	err = rec_place_new(&t->place, &place);
	if (err < 0)
		return err;
	err = rec_queue_new(&t->queue, blocks_ahead, drop_block);
	if (err < 0)
		return err;
	t->running = pthread_create(&t->thread, NULL, decode_thread, t) == 0;
	return t->running ? REC_OK : REC_ENOMEM;
}

int rec_sound_track_open(struct rec_sound_track **track, const char *path, const struct rec_sound_track_params *params)
{
	struct rec_sound_track *t = calloc(1, sizeof(*t));

	*track = t;
	if (!t) {
		struct rec_source *source = params->source;
		struct rec_input *input = params->input;

		rec_source_close(&source);
		rec_input_close(&input);
		return REC_ENOMEM;
	}
	t->params = *params;
	int err = set_up(t, path);
	if (err < 0)
		rec_sound_track_close(track, NULL);
	return err;
}

int rec_sound_track_channels(const struct rec_sound_track *track)
{
	return track->params.channels;
}

int rec_sound_track_rate(const struct rec_sound_track *track)
{
	return track->params.rate;
}

const struct rec_input_info *rec_sound_track_info(const struct rec_sound_track *track)
{
	return rec_input_info(track->input);
}

static bool next_block(struct rec_sound_track *t)
{
	void *item;

	if (t->done)
		return false;
	if (rec_queue_pop(t->queue, &item) < 0) {
		t->done = true;
		return false;
	}
	t->block = item;
	t->end = t->block->pos + (int64_t)t->block->n;
	return true;
}

/* Copy what block and [pos, end) share. Return whether the block reaches beyond. */
static bool copy_block(struct rec_sound_track *t, int64_t pos, int64_t end, float *pcm, bool *sounds)
{
	const struct rec_place_block *block = t->block;
	size_t channels = (size_t)t->params.channels;
	int64_t block_end = block->pos + (int64_t)block->n;
	int64_t a = block->pos > pos ? block->pos : pos;
	int64_t b = block_end < end ? block_end : end;

	if (a < b) {
		memcpy(pcm + (size_t)(a - pos) * channels, block->pcm + (size_t)(a - block->pos) * channels,
		        (size_t)(b - a) * channels * sizeof(*pcm));
		*sounds = true;
	}
	return block_end > end;
}

int rec_sound_track_read(struct rec_sound_track *track, int64_t pos, size_t n, float *pcm)
{
	const struct rec_mask mask = {
	        &track->params.audible, &track->params.mutes, track->params.rate, track->params.channels};
	int64_t end = pos + (int64_t)n;
	bool sounds = false;

	memset(pcm, 0, n * (size_t)track->params.channels * sizeof(*pcm));
	while (track->block || next_block(track)) {
		if (copy_block(track, pos, end, pcm, &sounds))
			break;
		free(track->block);
		track->block = NULL;
	}
	track->upto = end > track->upto ? end : track->upto;
	if (sounds)
		rec_mask_apply(&mask, pos, pcm, n);
	if (track->done && track->status < 0)
		return track->status;
	return track->done && track->end <= pos ? REC_ENODATA : REC_OK;
}

/* The end of the last presence, or of time. */
static int64_t last_audible(const struct rec_sound_track *t)
{
	int64_t last = t->params.audible.n ? 0 : INT64_MAX;

	for (size_t i = 0; i < t->params.audible.n; i++) {
		int64_t end = rec_samples_of_ns(t->params.audible.items[i].end_ns, t->params.rate);

		last = end > last ? end : last;
	}
	return last;
}

int64_t rec_sound_track_end(const struct rec_sound_track *track)
{
	int64_t last = last_audible(track);

	if (!track->done)
		return -1;
	return track->end < last ? track->end : last;
}

/* Sound that wrong stamps cost; what jitter and small steps back cost is counted alone. */
static void tell(const struct rec_sound_track *t)
{
	const struct rec_sound_ledger *ledger = &t->ledger;

	if (ledger->far_samples > 0)
		rec_warn("'%s': %.3f s of its sound are left out: their stamps are more than a week from the first",
		        t->path, (double)ledger->far_samples / t->params.rate);
	if (ledger->over_samples >= t->params.rate)
		rec_warn("'%s': %.3f s of its sound are left out: their stamps run back over earlier sound", t->path,
		        (double)ledger->over_samples / t->params.rate);
}

/* The silences that only the reader knows of. */
static void finish_ledger(struct rec_sound_track *t)
{
	int64_t end = rec_sound_track_end(t);

	if (end >= 0)
		rec_ledger_gap(&t->ledger, end, t->upto - end, REC_GAP_TAIL);
	for (size_t i = 0; i < t->params.mutes.n; i++) {
		int64_t a = rec_samples_of_ns(t->params.mutes.items[i].start_ns, t->params.rate);
		int64_t b = rec_samples_of_ns(t->params.mutes.items[i].end_ns, t->params.rate);

		a = a > 0 ? a : 0;
		b = b < t->upto ? b : t->upto;
		rec_ledger_gap(&t->ledger, a, b - a, REC_GAP_MUTE);
	}
	rec_ledger_sort(&t->ledger);
	rec_input_damage(t->input, &t->ledger.damage);
	tell(t);
}

void rec_sound_track_close(struct rec_sound_track **track, struct rec_sound_ledger *ledger)
{
	struct rec_sound_track *t = *track;

	if (!t)
		return;
	if (t->running) {
		rec_queue_cancel(t->queue);
		pthread_join(t->thread, NULL);
		finish_ledger(t);
	}
	if (ledger)
		*ledger = t->ledger;
	else
		rec_sound_ledger_free(&t->ledger);
	free(t->block);
	rec_queue_free(&t->queue);
	rec_place_free(&t->place);
	rec_input_close(&t->input);
	free(t->path);
	free(t);
	*track = NULL;
}
