/* SPDX-License-Identifier: MIT */
#include "media/survey.h"

#include "base/err.h"
#include "base/log.h"
#include "media/demux.h"
#include "media/sizes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* stamps that wait until none can come before them: more than any codec reorders */
enum { REORDER = 17, STEPS = 4001 };

/* where nothing tells how long the only picture lasts */
static const int64_t lone_ns = 40 * REC_NS_PER_MS;

static const int64_t seam_ns = 4 * REC_NS_PER_MS;

struct surveying {
	struct rec_survey *survey;
	struct rec_demux demux;
	struct rec_sizes *sizes;
	bool video;
	bool reorders; /* packets come in order of decoding */
	int64_t waiting[REORDER];
	size_t nwaiting;
	int64_t steps[STEPS]; /* how many of each length in ms; the last: that long or longer */
	int64_t nsteps;
	int64_t prev_ns;        /* REC_NS_UNKNOWN */
	int64_t prev_length_ns; /* of the packet last read */
	int64_t key_ns;         /* the last key frame */
	int width;
	int height;
};

static int64_t to_ns(const struct surveying *s, int64_t ticks)
{
	AVRational base = s->demux.stream->time_base;

	return rec_ns_of_ticks(ticks, base.num, base.den);
}

size_t rec_survey_held(int64_t n)
{
	return n < REC_SURVEY_LIST ? (size_t)n : REC_SURVEY_LIST;
}

static int add_hole(struct rec_survey *survey, int64_t at_ns, int64_t length_ns)
{
	if (!survey->holes && !(survey->holes = calloc(REC_SURVEY_LIST, sizeof(*survey->holes))))
		return REC_ENOMEM;
	if (survey->nholes < REC_SURVEY_LIST)
		survey->holes[survey->nholes] = (struct rec_survey_hole){at_ns, length_ns};
	survey->nholes++;
	survey->hole_ns += length_ns;
	return REC_OK;
}

static int add_size(struct surveying *s, int64_t at_ns, int width, int height)
{
	struct rec_survey *survey = s->survey;

	if (width == s->width && height == s->height)
		return REC_OK;
	s->width = width;
	s->height = height;
	if (!survey->sizes && !(survey->sizes = calloc(REC_SURVEY_LIST, sizeof(*survey->sizes))))
		return REC_ENOMEM;
	if (survey->nsizes < REC_SURVEY_LIST)
		survey->sizes[survey->nsizes] = (struct rec_survey_size){at_ns, width, height};
	survey->nsizes++;
	return REC_OK;
}

/* the next stamp in order of presentation */
static int place(struct surveying *s, int64_t ns)
{
	struct rec_survey *survey = s->survey;
	int64_t step_ns = s->prev_ns == REC_NS_UNKNOWN ? 0 : ns - s->prev_ns;
	int64_t prev_ns = s->prev_ns;
	int64_t ms;

	if (survey->first_ns == REC_NS_UNKNOWN || ns < survey->first_ns)
		survey->first_ns = ns;
	if (survey->last_ns == REC_NS_UNKNOWN || ns > survey->last_ns)
		survey->last_ns = ns;
	s->prev_ns = ns;
	if (prev_ns == REC_NS_UNKNOWN)
		return REC_OK;
	survey->backward += step_ns < 0;
	survey->duplicate += step_ns == 0;
	if (step_ns < 0)
		return REC_OK;
	ms = (step_ns + REC_NS_PER_MS / 2) / REC_NS_PER_MS;
	s->steps[ms < STEPS ? ms : STEPS - 1]++;
	s->nsteps++;
	if (step_ns > survey->step_max_ns)
		survey->step_max_ns = step_ns;
	if (s->prev_length_ns > 0 && step_ns - s->prev_length_ns >= seam_ns &&
	        step_ns - s->prev_length_ns < REC_SURVEY_HOLE_NS) {
		if (survey->nseams++ == 0)
			survey->seam_ns = ns;
	}
	/* a packet of sound has a length of its own; pictures stand until the next */
	if (step_ns - s->prev_length_ns < REC_SURVEY_HOLE_NS)
		return REC_OK;
	return add_hole(survey, prev_ns + s->prev_length_ns, step_ns - s->prev_length_ns);
}

static int release(struct surveying *s)
{
	size_t lowest = 0;
	int64_t ns;

	for (size_t i = 1; i < s->nwaiting; i++) {
		if (s->waiting[i] < s->waiting[lowest])
			lowest = i;
	}
	ns = s->waiting[lowest];
	memmove(s->waiting + lowest, s->waiting + lowest + 1, (s->nwaiting - lowest - 1) * sizeof(*s->waiting));
	s->nwaiting--;
	return place(s, ns);
}

static int push(struct surveying *s, int64_t ns)
{
	if (!s->reorders)
		return place(s, ns);
	s->waiting[s->nwaiting++] = ns;
	return s->nwaiting == REORDER ? release(s) : REC_OK;
}

static void note_key(struct surveying *s, int64_t ns)
{
	s->survey->keys++;
	if (s->key_ns != REC_NS_UNKNOWN && ns - s->key_ns > s->survey->key_max_ns)
		s->survey->key_max_ns = ns - s->key_ns;
	s->key_ns = ns;
}

static int take(struct surveying *s, const AVPacket *packet)
{
	struct rec_survey *survey = s->survey;
	int64_t ticks = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;
	int64_t ns = ticks == AV_NOPTS_VALUE ? REC_NS_UNKNOWN : to_ns(s, ticks);
	struct rec_dims dims;
	int r = REC_OK;

	survey->packets++;
	survey->bytes += packet->size;
	if (packet->flags & AV_PKT_FLAG_CORRUPT) {
		if (survey->corrupt++ == 0)
			survey->corrupt_ns = ns;
	}
	if (ns == REC_NS_UNKNOWN) {
		survey->unstamped++;
		survey->unstamped_ns = rec_ns_add(survey->unstamped_ns, to_ns(s, packet->duration));
		return REC_OK;
	}
	if (packet->flags & AV_PKT_FLAG_KEY)
		note_key(s, ns);
	if (s->video && rec_sizes_of(s->sizes, packet, &dims))
		r = add_size(s, ns, dims.width, dims.height);
	if (r == REC_OK)
		r = push(s, ns);
	s->prev_length_ns = s->video ? 0 : to_ns(s, packet->duration);
	if (ns + to_ns(s, packet->duration) > survey->end_ns || survey->end_ns == REC_NS_UNKNOWN)
		survey->end_ns = ns + to_ns(s, packet->duration);
	return r;
}

static int64_t percentile(const struct surveying *s, int64_t percent)
{
	int64_t rank = (s->nsteps * percent + 99) / 100;
	int64_t seen = 0;

	for (int64_t i = 0; i < STEPS; i++) {
		seen += s->steps[i];
		if (seen >= rank && seen > 0)
			return i == STEPS - 1 ? s->survey->step_max_ns : i * REC_NS_PER_MS;
	}
	return 0;
}

static void finish(struct surveying *s)
{
	struct rec_survey *survey = s->survey;

	if (survey->first_ns == REC_NS_UNKNOWN) {
		survey->first_ns = survey->last_ns = 0;
		survey->end_ns = survey->unstamped_ns;
	}
	survey->step_p5_ns = percentile(s, 5);
	survey->step_median_ns = percentile(s, 50);
	survey->step_p95_ns = percentile(s, 95);
	if (survey->end_ns == REC_NS_UNKNOWN || survey->end_ns <= survey->last_ns)
		survey->end_ns = survey->last_ns + survey->step_median_ns;
	if (survey->end_ns == survey->first_ns)
		survey->end_ns += lone_ns;
	if (s->key_ns != REC_NS_UNKNOWN && survey->end_ns - s->key_ns > survey->key_max_ns)
		survey->key_max_ns = survey->end_ns - s->key_ns;
}

static void describe(struct surveying *s)
{
	const AVFormatContext *format = s->demux.format;
	const AVCodecParameters *par = s->demux.stream->codecpar;
	struct rec_survey *survey = s->survey;

	snprintf(survey->container, sizeof(survey->container), "%s", rec_demux_container(&s->demux));
	snprintf(survey->codec, sizeof(survey->codec), "%s", avcodec_get_name(par->codec_id));
	survey->rate = par->sample_rate;
	survey->channels = par->ch_layout.nb_channels;
	survey->tick_ns = to_ns(s, 1);
	if (format->duration > 0)
		survey->duration_ns = rec_ns_of_ticks(format->duration, 1, AV_TIME_BASE);
	for (unsigned i = 0; i < format->nb_streams; i++) {
		survey->has_audio |= format->streams[i]->codecpar->codec_type == AVMEDIA_TYPE_AUDIO;
		survey->has_video |= format->streams[i]->codecpar->codec_type == AVMEDIA_TYPE_VIDEO;
	}
	s->reorders = s->video && par->video_delay > 0;
}

static int read_all(struct surveying *s)
{
	AVPacket *packet = av_packet_alloc();
	int r = packet ? REC_OK : REC_ENOMEM;

	while (r == REC_OK && (r = rec_demux_read(&s->demux, packet)) == REC_OK) {
		r = take(s, packet);
		av_packet_unref(packet);
	}
	av_packet_free(&packet);
	if (r != REC_ENODATA)
		return r;
	for (r = REC_OK; r == REC_OK && s->nwaiting > 0;)
		r = release(s);
	s->survey->truncated = s->demux.truncated;
	return r;
}

static int survey_media(struct surveying *s, const char *path, const struct rec_input_params *params)
{
	struct rec_source *source = params->source;
	int r = !source && params->kept ? rec_source_again(params->kept, &source) : REC_OK;

	if (r == REC_OK)
		r = rec_demux_open(
		        &s->demux, path, source, s->video ? AVMEDIA_TYPE_VIDEO : AVMEDIA_TYPE_AUDIO, params->stream);
	if (r != REC_OK)
		return r;
	describe(s);
	r = rec_sizes_new(&s->sizes, s->demux.stream->codecpar);
	if (r == REC_OK && s->video && s->demux.stream->codecpar->width > 0)
		r = add_size(s, 0, s->demux.stream->codecpar->width, s->demux.stream->codecpar->height);
	if (r == REC_OK)
		r = read_all(s);
	rec_sizes_free(&s->sizes);
	rec_demux_close(&s->demux);
	if (r == REC_OK && s->survey->packets == 0)
		r = rec_report(
		        REC_EINPUT, "cannot read '%s': there is nothing in it; pass --skip-bad to leave it out", path);
	return r;
}

int rec_survey_file(struct rec_survey *survey, const char *path, const struct rec_input_params *params)
{
	struct surveying *s = calloc(1, sizeof(*s));
	int r;

	*survey = (struct rec_survey){.first_ns = REC_NS_UNKNOWN,
	        .last_ns = REC_NS_UNKNOWN,
	        .end_ns = REC_NS_UNKNOWN,
	        .duration_ns = REC_NS_UNKNOWN,
	        .seam_ns = REC_NS_UNKNOWN,
	        .corrupt_ns = REC_NS_UNKNOWN};
	if (!s) {
		struct rec_source *source = params->source;

		rec_source_close(&source);
		return REC_ENOMEM;
	}
	s->survey = survey;
	s->video = params->media == REC_MEDIA_VIDEO;
	s->prev_ns = s->key_ns = REC_NS_UNKNOWN;
	r = survey_media(s, path, params);
	if (r == REC_OK)
		finish(s);
	else
		rec_survey_free(survey);
	free(s);
	return r;
}

void rec_survey_free(struct rec_survey *survey)
{
	free(survey->holes);
	free(survey->sizes);
	survey->holes = NULL;
	survey->sizes = NULL;
	survey->nholes = survey->nsizes = 0;
}
