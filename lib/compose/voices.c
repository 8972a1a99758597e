/* SPDX-License-Identifier: MIT */
#include "compose/voices.h"

#include "base/err.h"
#include "base/log.h"
#include "compose/account.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int make(struct rec_voices **out, size_t n)
{
	struct rec_voices *voices = calloc(1, sizeof(*voices));

	*out = voices;
	if (!voices)
		return REC_ENOMEM;
	voices->length_ns = REC_NS_UNKNOWN;
	voices->items = calloc(n + 1, sizeof(*voices->items));
	return voices->items ? REC_OK : REC_ENOMEM;
}

static struct rec_span since(struct rec_span span, int64_t zero_ns)
{
	return (struct rec_span){span.start_ns - zero_ns, span.end_ns - zero_ns};
}

static int copy_mutes(struct rec_voice *voice, const struct rec_spans *mutes, int64_t zero_ns)
{
	voice->mutes.items = calloc(mutes->n + 1, sizeof(*voice->mutes.items));
	if (!voice->mutes.items)
		return REC_ENOMEM;
	voice->mutes.n = mutes->n;
	for (size_t k = 0; k < mutes->n; k++)
		voice->mutes.items[k] = since(mutes->items[k], zero_ns);
	return REC_OK;
}

/* A track sounds inside its participant's presence, and nowhere else. */
static int fill_from_track(struct rec_voice *voice, const struct rec_plan *plan, size_t i)
{
	const struct rec_track *track = &plan->session->tracks[i];
	const struct rec_participant *who = &plan->session->participants[track->participant];
	const struct rec_plan_track *found = &plan->tracks[i];
	int64_t zero_ns = plan->timeline->zero_ns;

	voice->name = strdup(who->name);
	voice->path = strdup(track->path);
	if (!voice->name || !voice->path)
		return REC_ENOMEM;
	voice->kept = track->kept;
	voice->stream = track->stream;
	voice->entry = track->entry;
	voice->person = who->person;
	voice->track = i;
	voice->left_out = found->left_out;
	voice->first_ns = found->first_ns;
	voice->span_ns = REC_NS_UNKNOWN;
	snprintf(voice->codec, sizeof(voice->codec), "%s", found->codec);
	voice->rate = found->rate;
	voice->channels = found->channels;
	voice->origin = track->origin;
	voice->start_ns = (track->origin == REC_ORIGIN_SESSION ? 0 : track->start_ns) - zero_ns;
	voice->bounded = true;
	voice->audible = since(who->presence, zero_ns);
	voice->cuts = track->cuts;
	return copy_mutes(voice, &track->mutes, zero_ns);
}

int rec_voices_from_plan(struct rec_voices **out, const struct rec_plan *plan)
{
	const struct rec_session *session = plan->session;
	struct rec_voices *voices;
	int err = make(&voices, session->ntracks);

	for (size_t i = 0; err == REC_OK && i < session->ntracks; i++) {
		const struct rec_plan_track *found = &plan->tracks[i];

		if (session->tracks[i].kind != REC_AUDIO || !(found->used || found->left_out))
			continue;
		err = fill_from_track(&voices->items[voices->n++], plan, i);
		voices->left_out += found->left_out;
	}
	if (err < 0) {
		rec_voices_free(&voices);
		return err;
	}
	voices->npersons = session->npersons;
	voices->zero_ns = plan->timeline->zero_ns;
	voices->length_ns = plan->timeline->duration_ns;
	*out = voices;
	return REC_OK;
}

/* The file's name without folder and ending. */
static char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash && slash[1] ? slash + 1 : path;
	const char *dot = strrchr(name, '.');

	return strndup(name, dot && dot > name ? (size_t)(dot - name) : strlen(name));
}

/* standard input, a pipe: what was read is gone */
static bool reads_once(const struct rec_voice *voice)
{
	const char *path = voice->path;
	struct stat st;

	if (voice->kept)
		return false;
	return strcmp(path, "-") == 0 || (stat(path, &st) == 0 && !S_ISREG(st.st_mode));
}

static int look(struct rec_voice *voice)
{
	const struct rec_input_params params = REC_INPUT_PARAMS(REC_MEDIA_AUDIO);
	const struct rec_input_info *info;
	int err = rec_input_open(&voice->input, voice->path, &params);

	if (err == REC_ENODATA)
		return rec_report(REC_EINPUT,
		        "cannot use '%s': there is no sound in it; pass --skip-bad to leave it out", voice->path);
	if (err < 0)
		return err;
	info = rec_input_info(voice->input);
	voice->lacks_clock = rec_sound_track_lacks_clock(info->container, info->first_ns);
	voice->first_ns = info->first_ns;
	voice->span_ns = info->duration_ns;
	snprintf(voice->codec, sizeof(voice->codec), "%s", info->codec);
	voice->rate = info->rate;
	voice->channels = info->channels;
	if (!reads_once(voice))
		rec_input_close(&voice->input);
	return REC_OK;
}

static int add_input(struct rec_voices *voices, const struct rec_voice_input *input, bool skip_bad)
{
	struct rec_voice *voice = &voices->items[voices->n];
	int err;

	voice->track = voice->person = voices->n++;
	voice->entry = input->entry;
	voice->path = strdup(input->path);
	voice->name = name_of(input->path);
	voice->first_ns = voice->span_ns = REC_NS_UNKNOWN;
	if (!voice->path || !voice->name)
		return REC_ENOMEM;
	rec_log_demote(skip_bad);
	err = look(voice);
	rec_log_demote(false);
	if (err == REC_EINPUT && skip_bad) {
		voice->left_out = true;
		voices->left_out++;
		return REC_OK;
	}
	if (input->origin >= 0)
		voice->origin = (enum rec_origin)input->origin;
	else
		voice->origin = voice->first_ns > 0 && !voice->lacks_clock ? REC_ORIGIN_SESSION : REC_ORIGIN_TRACK;
	voice->start_ns = voice->origin == REC_ORIGIN_TRACK ? input->start_ns : 0;
	return err;
}

int rec_voices_from_inputs(struct rec_voices **out, const struct rec_voice_input *inputs, size_t n, bool skip_bad)
{
	struct rec_voices *voices;
	int err = make(&voices, n);

	for (size_t i = 0; err == REC_OK && i < n; i++)
		err = add_input(voices, &inputs[i], skip_bad);
	if (err == REC_OK && voices->left_out == n)
		err = rec_report(REC_EINPUT, "none of the inputs can be used");
	if (err < 0) {
		rec_voices_free(&voices);
		return err;
	}
	voices->npersons = n;
	*out = voices;
	return REC_OK;
}

/* where the first sample presented stands */
static int64_t begins_ns(const struct rec_voice *voice)
{
	return rec_ns_add(voice->start_ns, voice->origin == REC_ORIGIN_SESSION ? voice->first_ns : 0);
}

struct rec_mix_track rec_voice_track(struct rec_voice *voice)
{
	struct rec_mix_track track = {.path = voice->path, .gain_db = voice->gain_db, .pan = voice->pan};

	track.near_ns = voice->bounded ? voice->audible.start_ns : begins_ns(voice);
	track.far_ns = voice->bounded ? voice->audible.end_ns : INT64_MAX;
	track.place.origin = voice->origin;
	track.place.start_ns = voice->start_ns;
	track.place.audible = (struct rec_spans){&voice->audible, voice->bounded};
	track.place.mutes = voice->mutes;
	track.place.cuts = voice->cuts;
	track.place.input = voice->input;
	track.place.kept = voice->kept;
	track.place.stream = voice->stream;
	voice->input = NULL;
	return track;
}

const char *rec_voice_origin_name(const struct rec_voice *voice)
{
	return voice->origin == REC_ORIGIN_SESSION ? "session" : "track";
}

/* the time from the first sample to the end of the last packet */
static int find_span(const struct rec_voice *voice, int64_t *span_ns)
{
	struct rec_input_params params = REC_INPUT_PARAMS(REC_MEDIA_AUDIO);
	struct rec_packet_info packet;
	struct rec_input *in = NULL;
	int64_t end_ns = voice->first_ns;
	int err;

	params.packets_only = true;
	params.kept = voice->kept;
	params.stream = voice->stream;
	err = rec_input_open(&in, voice->path, &params);
	while (err == REC_OK && (err = rec_input_read_packet(in, &packet)) == REC_OK)
		if (packet.pts_ns != REC_NS_UNKNOWN && rec_ns_add(packet.pts_ns, packet.duration_ns) > end_ns)
			end_ns = rec_ns_add(packet.pts_ns, packet.duration_ns);
	rec_input_close(&in);
	*span_ns = rec_ns_add(end_ns, -rec_ns_add(voice->first_ns, 0));
	return err == REC_ENODATA ? REC_OK : err;
}

int rec_voices_bound_ns(const struct rec_voices *voices, int64_t *ns)
{
	/* headers round, packets last longer than they say, clocks drift */
	static const int64_t slack_ns = 60 * REC_NS_PER_S;
	int64_t bound = 0;

	*ns = REC_NS_UNKNOWN;
	if (rec_voices_once(voices))
		return REC_OK;
	for (size_t i = 0; i < voices->n; i++) {
		const struct rec_voice *voice = &voices->items[i];
		int64_t span_ns = voice->span_ns;
		int err = REC_OK;

		if (voice->left_out)
			continue;
		if (span_ns == REC_NS_UNKNOWN)
			err = find_span(voice, &span_ns);
		if (err < 0)
			return err;
		int64_t end_ns = rec_ns_add(rec_ns_add(begins_ns(voice), span_ns), rec_ns_add(span_ns / 100, slack_ns));
		bound = end_ns > bound ? end_ns : bound;
	}
	*ns = bound;
	return REC_OK;
}

const char *rec_voices_once(const struct rec_voices *voices)
{
	for (size_t i = 0; i < voices->n; i++)
		if (reads_once(&voices->items[i]))
			return voices->items[i].path;
	return NULL;
}

int rec_voices_check_output(const struct rec_voices *voices, const char *output)
{
	if (strcmp(output, "-") == 0)
		return REC_OK;
	for (size_t i = 0; i < voices->n; i++)
		if (rec_account_same_file(voices->items[i].path, output))
			return rec_report(REC_EUSAGE, "'%s' is one of the inputs; name another output", output);
	return REC_OK;
}

static void drop(struct rec_voice *voice)
{
	rec_input_close(&voice->input);
	free(voice->mutes.items);
	free(voice->name);
	free(voice->path);
}

size_t rec_voices_keep(struct rec_voices *voices, const char *path)
{
	size_t kept = 0;

	for (size_t i = 0; i < voices->n; i++) {
		if (rec_account_same_file(voices->items[i].path, path))
			voices->items[kept++] = voices->items[i];
		else
			drop(&voices->items[i]);
	}
	voices->n = kept;
	return kept;
}

void rec_voices_free(struct rec_voices **voices)
{
	if (!*voices)
		return;
	for (size_t i = 0; (*voices)->items && i < (*voices)->n; i++)
		drop(&(*voices)->items[i]);
	free((*voices)->items);
	free(*voices);
	*voices = NULL;
}
