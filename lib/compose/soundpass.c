/* SPDX-License-Identifier: MIT */
#include "compose/soundpass.h"

#include "base/err.h"
#include "base/log.h"
#include "compose/voices.h"
#include "sound/limit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

/* the ceiling that keeps a mix of loud voices from clipping */
static const double CEILING_DBTP = -1;
/* how far sound and picture may run ahead of each other */
static const int64_t AHEAD_NS = 5 * REC_NS_PER_S;

struct rec_soundpass {
	struct rec_soundpass_params params;
	int64_t length; /* samples */
	struct rec_mix *mix;
	struct rec_voices *voices;
	int *numbers; /* of the voices in the mix; -1: not in it */
	struct rec_limit *limit;
	float *mixed;
	float *limited;
	pthread_t thread;
	bool running;
	pthread_mutex_t lock;
	pthread_cond_t moved; /* until or done has changed */
	int64_t until;        /* sample that may be reached; under the lock */
	int64_t done;         /* samples handed to the encoder; likewise */
	int64_t ahead;        /* AHEAD_NS in samples */
	atomic_bool cancelled;
	atomic_int err;
	int64_t work_ns;
};

static int add_voices(struct rec_soundpass *pass)
{
	int err = rec_voices_from_plan(&pass->voices, pass->params.plan);

	if (err < 0)
		return err;
	pass->numbers = calloc(pass->voices->n + 1, sizeof(*pass->numbers));
	if (!pass->numbers)
		return REC_ENOMEM;
	for (size_t i = 0; i < pass->voices->n; i++) {
		struct rec_mix_track track = rec_voice_track(&pass->voices->items[i]);

		pass->numbers[i] = pass->voices->items[i].left_out ? -1 : rec_mix_add(pass->mix, &track);
		if (pass->numbers[i] == REC_ENOMEM)
			return REC_ENOMEM;
	}
	return REC_OK;
}

/* Wait until the picture is near. */
static void wait_for_picture(struct rec_soundpass *pass)
{
	pthread_mutex_lock(&pass->lock);
	while (pass->done > pass->until && !atomic_load(&pass->cancelled))
		pthread_cond_wait(&pass->moved, &pass->lock);
	pthread_mutex_unlock(&pass->lock);
}

/* Sound has come to sample ${done}; INT64_MAX: it has ended, well or not. */
static void set_done(struct rec_soundpass *pass, int64_t done)
{
	pthread_mutex_lock(&pass->lock);
	pass->done = done;
	pthread_cond_broadcast(&pass->moved);
	pthread_mutex_unlock(&pass->lock);
}

static void set_until(struct rec_soundpass *pass, int64_t until)
{
	pthread_mutex_lock(&pass->lock);
	pass->until = until;
	pthread_cond_broadcast(&pass->moved);
	pthread_mutex_unlock(&pass->lock);
}

void rec_soundpass_meet(struct rec_soundpass *pass, int64_t picture_ns)
{
	int64_t here;

	if (!pass)
		return;
	here = rec_samples_of_ns(picture_ns, pass->params.rate);
	set_until(pass, here + pass->ahead);
	pthread_mutex_lock(&pass->lock);
	while (pass->done < here - pass->ahead)
		pthread_cond_wait(&pass->moved, &pass->lock);
	pthread_mutex_unlock(&pass->lock);
}

/* One block through the mix and the limiter. REC_ENODATA: that was the last. */
static int pass_block(struct rec_soundpass *pass)
{
	int64_t start_ns;
	ssize_t got;
	size_t n;

	wait_for_picture(pass);
	start_ns = rec_monotonic_ns();
	got = rec_mix_read(pass->mix, pass->mixed, REC_MIX_BLOCK);
	if (got < 0)
		return (int)got;
	n = rec_limit_process(pass->limit, got > 0 ? pass->mixed : NULL, (size_t)got, pass->limited);
	pass->work_ns += rec_monotonic_ns() - start_ns;
	if (n > 0) {
		int err = rec_output_audio(pass->params.output, pass->limited, n);

		if (err < 0)
			return err;
	}
	set_done(pass, pass->done + got);
	return got > 0 ? REC_OK : REC_ENODATA;
}

static void *run_pass(void *arg)
{
	struct rec_soundpass *pass = arg;
	int err = REC_OK;

	while (err == REC_OK && !atomic_load(&pass->cancelled))
		err = pass_block(pass);
	if (err == REC_ENODATA)
		err = rec_output_end_audio(pass->params.output);
	atomic_store(&pass->err, err);
	set_done(pass, INT64_MAX);
	return NULL;
}

static int prepare(struct rec_soundpass *pass)
{
	const struct rec_soundpass_params *params = &pass->params;
	struct rec_mix_params mix = {.rate = params->rate,
	        .channels = params->channels,
	        .length = pass->length,
	        .jobs = params->jobs,
	        .counts = true};
	size_t channels = (size_t)params->channels;
	int err = rec_mix_new(&pass->mix, &mix);

	if (err == REC_OK)
		err = rec_limit_new(&pass->limit, params->rate, params->channels, CEILING_DBTP);
	if (err < 0)
		return err;
	pass->mixed = calloc(REC_MIX_BLOCK * channels, sizeof(float));
	pass->limited = calloc((REC_MIX_BLOCK + rec_limit_delay(pass->limit)) * channels, sizeof(float));
	return pass->mixed && pass->limited ? add_voices(pass) : REC_ENOMEM;
}

int rec_soundpass_start(struct rec_soundpass **out, const struct rec_soundpass_params *params)
{
	struct rec_soundpass *pass = calloc(1, sizeof(*pass));
	int err;

	*out = pass;
	if (!pass)
		return REC_ENOMEM;
	pass->params = *params;
	pthread_mutex_init(&pass->lock, NULL);
	pthread_cond_init(&pass->moved, NULL);
	pass->ahead = rec_samples_of_ns(AHEAD_NS, params->rate);
	set_until(pass, params->follows ? pass->ahead : INT64_MAX);
	pass->length = rec_samples_of_ns(params->plan->timeline->duration_ns, params->rate);
	err = prepare(pass);
	if (err == REC_OK && pthread_create(&pass->thread, NULL, run_pass, pass) != 0)
		err = rec_report(REC_EIO, "cannot start the thread that mixes");
	pass->running = err == REC_OK;
	if (err < 0)
		rec_soundpass_stop(out, true, NULL, NULL);
	return err;
}

int rec_soundpass_failed(struct rec_soundpass *pass)
{
	return atomic_load(&pass->err);
}

/* The counts outlive the mix; its lists of gaps do not. */
static void hand_out_ledgers(struct rec_soundpass *pass)
{
	for (size_t i = 0; i < pass->voices->n; i++) {
		struct rec_sound_ledger *to = &pass->params.ledgers[pass->voices->items[i].track];
		const struct rec_sound_ledger *ledger = NULL;

		if (pass->numbers[i] >= 0)
			ledger = rec_mix_ledger(pass->mix, (size_t)pass->numbers[i]);
		if (!ledger)
			continue;
		*to = *ledger;
		to->gaps = NULL;
		to->ngaps = 0;
	}
}

int rec_soundpass_stop(struct rec_soundpass **out, bool cancel, double *limited_db, int64_t *work_ns)
{
	struct rec_soundpass *pass = *out;
	int err;

	if (!pass)
		return REC_OK;
	atomic_store(&pass->cancelled, cancel);
	set_until(pass, INT64_MAX);
	if (pass->running) {
		pthread_join(pass->thread, NULL);
		hand_out_ledgers(pass);
	}
	err = atomic_load(&pass->err);
	if (limited_db && pass->limit)
		*limited_db = rec_limit_reduction_db(pass->limit);
	if (work_ns)
		*work_ns = pass->work_ns;
	pthread_cond_destroy(&pass->moved);
	pthread_mutex_destroy(&pass->lock);
	rec_mix_free(&pass->mix);
	rec_limit_free(&pass->limit);
	rec_voices_free(&pass->voices);
	free(pass->numbers);
	free(pass->mixed);
	free(pass->limited);
	free(pass);
	*out = NULL;
	return err;
}
