/* SPDX-License-Identifier: MIT */
/*
 * Goal: what was written is what is read. Encode into every container, read the file back with libavformat alone, and check where everything
 * stands: pictures on the grid from 0, the chirp where it was put.
 */
#include "tests/unit/outputrig.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <sched.h>
#include <sys/stat.h>

/* libx265 3.5 leaks the strings of its options */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libx265\n";
}

static AVFormatContext *reopen(const char *path)
{
	AVFormatContext *f = NULL;

	assert_int_equal(avformat_open_input(&f, path, NULL, NULL), 0);
	assert_true(avformat_find_stream_info(f, NULL) >= 0);
	return f;
}

static void check_pictures(const char *path, const struct spec *spec, bool exact)
{
	AVFormatContext *f = reopen(path);
	AVPacket *p = av_packet_alloc();
	int i = av_find_best_stream(f, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
	assert_true(i >= 0);
	const AVStream *st = f->streams[i];
	AVRational fps = {(int)spec->fps.num, (int)spec->fps.den};
	bool seen[FRAMES] = {false};
	int n = 0;
	int64_t last_dts = INT64_MIN;

	assert_true(st->start_time == 0);
	assert_int_equal(st->codecpar->color_space, AVCOL_SPC_BT709);
	assert_int_equal(st->codecpar->color_range, AVCOL_RANGE_MPEG);
	if (exact) {
		assert_int_equal(av_cmp_q(st->r_frame_rate, fps), 0);
		assert_int_equal(av_cmp_q(st->avg_frame_rate, fps), 0);
	}
	for (; av_read_frame(f, p) >= 0; av_packet_unref(p)) {
		if (p->stream_index != i)
			continue;
		int64_t frame = av_rescale_q(p->pts, st->time_base, av_inv_q(fps));
		assert_in_range(frame, 0, FRAMES - 1);
		assert_false(seen[frame]);
		seen[frame] = true;
		if (exact) {
			assert_int_equal(av_compare_ts(p->pts, st->time_base, frame, av_inv_q(fps)), 0);
			assert_int_equal(av_compare_ts(p->duration, st->time_base, 1, av_inv_q(fps)), 0);
		}
		assert_true(p->dts > last_dts || p->dts == AV_NOPTS_VALUE);
		last_dts = p->dts;
		n++;
	}
	assert_int_equal(n, FRAMES);
	av_packet_free(&p);
	avformat_close_input(&f);
}

struct decoded {
	float *pcm;      /* the first channel, placed by its stamps */
	int64_t end;     /* of the last sample */
	int64_t first;   /* stamp of the first sample */
	int64_t samples; /* decoded */
};

static float first_channel(const AVFrame *f, int i)
{
	int c = f->ch_layout.nb_channels;

	switch (f->format) {
	case AV_SAMPLE_FMT_S16:
		return (float)((const int16_t *)(void *)f->data[0])[i * c] / 32768;
	case AV_SAMPLE_FMT_S32:
		return (float)((double)((const int32_t *)(void *)f->data[0])[i * c] / 2147483648.0);
	case AV_SAMPLE_FMT_FLT:
		return ((const float *)(void *)f->data[0])[i * c];
	case AV_SAMPLE_FMT_FLTP:
		return ((const float *)(void *)f->data[0])[i];
	case AV_SAMPLE_FMT_S16P:
		return (float)((const int16_t *)(void *)f->data[0])[i] / 32768;
	default:
		fail_msg("sample format %d", f->format);
		return 0;
	}
}

static void place(struct decoded *d, const AVFrame *f, AVRational time_base)
{
	int64_t at = av_rescale_q(f->pts, time_base, (AVRational){1, RATE});

	if (d->samples == 0)
		d->first = at;
	for (int i = 0; i < f->nb_samples; i++) {
		if (at + i >= 0 && at + i < 2 * SAMPLES)
			d->pcm[at + i] = first_channel(f, i);
	}
	d->samples += f->nb_samples;
	d->end = at + f->nb_samples;
}

static struct decoded decode_sound(const char *path)
{
	AVFormatContext *f = reopen(path);
	const AVCodec *codec = NULL;
	int i = av_find_best_stream(f, AVMEDIA_TYPE_AUDIO, -1, -1, &codec, 0);
	assert_true(i >= 0);
	AVCodecContext *c = avcodec_alloc_context3(codec);
	AVPacket *p = av_packet_alloc();
	AVFrame *frame = av_frame_alloc();
	struct decoded d = {.pcm = calloc(2 * SAMPLES, sizeof(float))};

	assert_int_equal(avcodec_parameters_to_context(c, f->streams[i]->codecpar), 0);
	c->pkt_timebase = f->streams[i]->time_base;
	assert_int_equal(avcodec_open2(c, codec, NULL), 0);
	for (bool more = true; more;) {
		more = av_read_frame(f, p) >= 0;
		if (more && p->stream_index == i)
			assert_int_equal(avcodec_send_packet(c, p), 0);
		if (!more)
			avcodec_send_packet(c, NULL);
		av_packet_unref(p);
		for (; avcodec_receive_frame(c, frame) == 0; av_frame_unref(frame))
			place(&d, frame, f->streams[i]->time_base);
	}
	av_frame_free(&frame);
	av_packet_free(&p);
	avcodec_free_context(&c);
	avformat_close_input(&f);
	return d;
}

/* glibc: what malloc returns and free takes is filled with this byte, so that an encoder that reads what nobody wrote shows it */
#ifdef M_PERTURB
#define dirty_heap(byte) mallopt(M_PERTURB, (byte))
#else
#define dirty_heap(byte) ((void)(byte))
#endif

/* samples by which the chirp comes late */
static int chirp_lag(const float *pcm)
{
	double best = 0;
	int lag = 99999;

	for (int l = -2000; l <= 2000; l++) {
		double sum = 0;
		for (int i = 0; i < CHIRP; i++)
			sum += (double)(pcm[CHIRP_AT + l + i] * sound(CHIRP_AT + i));
		if (sum > best) {
			best = sum;
			lag = l;
		}
	}
	return lag;
}

/* how a container keeps sound */
enum keeps {
	LOSSLESS,
	GAPLESS, /* where it begins and ends */
	PLACED,  /* where it begins */
	PRIMED /* where it begins; FFmpeg may decode the priming too, before 0: CodecDelay of AAC, edit lists of fragments (not from 7 on) */
};

/* ${bits}: of what is lossless */
static void check_sound(const char *path, enum keeps keeps, int bits)
{
	float step = bits == 32 ? 0 : bits == 24 ? 1.0f / 8388608 : 1.0f / 32768;
	struct decoded d = decode_sound(path);
	/* FFmpeg stamps the first sample of an MP3 after the delay that it took away */
	int64_t zero = strstr(path, ".mp3") ? d.first : 0;
	bool hidden = LIBAVFORMAT_VERSION_MAJOR >= 61 && strstr(path, ".mp4");
	int64_t priming = keeps == PRIMED && !hidden ? 1024 : 0;
	int lag = chirp_lag(d.pcm + zero);

	print_message("# %s: lag %d, first %lld, end %lld, samples %lld\n", path, lag, (long long)d.first,
	        (long long)d.end, (long long)d.samples);
	assert_in_range(lag + 48, 0, 96);
	assert_in_range(d.first - zero + 48 + priming, 0, 96);
	assert_true(d.end >= SAMPLES - 48);
	if (keeps == LOSSLESS || keeps == GAPLESS)
		assert_int_equal(d.samples, SAMPLES);
	for (int i = 0; keeps == LOSSLESS && i < SAMPLES; i++)
		assert_true(fabsf(d.pcm[i] - sound(i)) <= 0.5001f * step);
	free(d.pcm);
}

static void check_same_bytes(const char *a, const char *b)
{
	FILE *fa = fopen(a, "rb");
	FILE *fb = fopen(b, "rb");
	int ca;
	int cb;

	assert_non_null(fa);
	assert_non_null(fb);
	do {
		ca = fgetc(fa);
		cb = fgetc(fb);
		assert_int_equal(ca, cb);
	} while (ca != EOF);
	fclose(fa);
	fclose(fb);
}

/* the same again on one core and on another heap */
static void check_repeatable(const char *path, const struct spec *spec)
{
	char again[300];
	cpu_set_t all;
	cpu_set_t one;
	const char *dot = strrchr(path, '.');

	snprintf(again, sizeof again, "%s/again%s", tmp, dot);
	CPU_ZERO(&one);
	assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
	for (size_t i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; i++) {
		if (CPU_ISSET(i, &all))
			CPU_SET(i, &one);
	}
	assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
	dirty_heap(0x55);
	assert_int_equal(write_spec(again, NULL, spec, NULL), 0);
	dirty_heap(0);
	assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
	check_same_bytes(path, again);
}

static void test_containers(void **state)
{
	(void)state;
	static const struct {
		struct spec spec;
		enum keeps keeps;
		bool exact; /* stamps are not rounded to milliseconds */
	} cases[] = {
	        {{"a.mp4", FPS30, "", true, 0, 2}, PLACED, true},
	        {{"b.mp4", {30000, 1001}, "", true, 0, 1}, PLACED, true},
	        {{"c.mov", {25, 1}, "", true, 0, 2}, PLACED, true},
	        {{"c12.mp4", {25, 2}, "", false, 0, 2}, PLACED, true},
	        {{"auto.mp4", {60, 1}, "auto", true, 0, 2}, PLACED, true},
	        {{"d.mkv", FPS30, "", true, 0, 2}, PRIMED, false},
	        {{"e.webm", FPS30, "", true, 0, 2}, PLACED, false},
	        {{"x265.mp4", FPS30, "libx265", true, 0, 2}, PLACED, true},
	        {{"av1.mp4", FPS30, "libsvtav1", true, 0, 2}, PLACED, true},
	        {{"vp9.mp4", FPS30, "libvpx-vp9", true, 0, 2}, PLACED, true},
	        {{"f.m4a", FPS30, NULL, true, 0, 2}, PLACED, false},
	        {{"g.mp3", FPS30, NULL, true, 0, 2}, GAPLESS, false},
	        {{"h.opus", FPS30, NULL, true, 0, 2}, GAPLESS, false},
	        {{"i.ogg", FPS30, NULL, true, 0, 1}, GAPLESS, false},
	        {{"j.flac", FPS30, NULL, true, 0, 2}, LOSSLESS, false},
	        {{"j24.flac", FPS30, NULL, true, 24, 2}, LOSSLESS, false},
	        {{"k.wav", FPS30, NULL, true, 0, 2}, LOSSLESS, false},
	        {{"k24.wav", FPS30, NULL, true, 24, 1}, LOSSLESS, false},
	        {{"k32.wav", FPS30, NULL, true, 32, 2}, LOSSLESS, false},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct spec *spec = &cases[i].spec;
		char path[256];
		struct rec_output_stats stats;
		if (spec->video && *spec->video && strcmp(spec->video, "auto") != 0 &&
		        !avcodec_find_encoder_by_name(spec->video))
			continue;
		snprintf(path, sizeof path, "%s", in_folder(spec->name));
		assert_int_equal(write_spec(path, NULL, spec, &stats), 0);
		assert_int_equal(stats.frames, spec->video ? FRAMES : 0);
		assert_int_equal(stats.samples, spec->audio ? SAMPLES : 0);
		if (spec->video)
			check_pictures(path, spec, cases[i].exact);
		if (spec->audio)
			check_sound(path, cases[i].keeps, spec->bits);
		check_repeatable(path, spec);
	}
}

/* reads a pipe into a file */
struct drain {
	int fd;
	const char *path;
};

static void *drain_pipe(void *arg)
{
	struct drain *d = arg;
	FILE *file = fopen(d->path, "wb");
	char bytes[4096];
	ssize_t n;

	while ((n = read(d->fd, bytes, sizeof bytes)) > 0)
		fwrite(bytes, 1, (size_t)n, file);
	fclose(file);
	return NULL;
}

static void test_pipes(void **state)
{
	(void)state;
	static const struct {
		struct spec spec;
		enum keeps keeps;
		bool exact;
	} cases[] = {
	        {{"p.mp4", FPS30, "", true, 0, 2}, PRIMED, true},
	        {{"p.mov", FPS30, "", true, 0, 2}, PRIMED, true},
	        {{"p.mkv", FPS30, "", true, 0, 2}, PRIMED, false},
	        {{"p.m4a", FPS30, NULL, true, 0, 2}, PRIMED, false},
	        {{"p.mp3", FPS30, NULL, true, 0, 2}, GAPLESS, false},
	        {{"p.opus", FPS30, NULL, true, 0, 2}, GAPLESS, false},
	        {{"p.wav", FPS30, NULL, true, 0, 2}, LOSSLESS, false},
	        {{"p.flac", FPS30, NULL, true, 0, 2}, LOSSLESS, false},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char path[256];
		char target[64];
		int fds[2];
		pthread_t thread;
		const struct spec *spec = &cases[i].spec;
		snprintf(path, sizeof path, "%s", in_folder(spec->name));
		assert_int_equal(pipe(fds), 0);
		snprintf(target, sizeof target, "/dev/fd/%d", fds[1]);
		struct drain drain = {fds[0], path};
		pthread_create(&thread, NULL, drain_pipe, &drain);
		int r = write_spec(target, strrchr(spec->name, '.') + 1, spec, NULL);
		close(fds[1]);
		pthread_join(thread, NULL);
		close(fds[0]);
		assert_int_equal(r, 0);
		if (spec->video)
			check_pictures(path, spec, cases[i].exact);
		check_sound(path, cases[i].keeps, spec->bits);
	}
}

/* one stream is fed whole before the other, and a stream is far shorter than the other */
static void test_lag(void **state)
{
	(void)state;
	const struct spec spec = {"lag.mp4", FPS30, "", true, 0, 2};
	char path[256];
	char other[256];
	struct rec_output *o = NULL;

	snprintf(other, sizeof other, "%s", in_folder("lag-threads.mp4"));
	assert_int_equal(write_spec(other, NULL, &spec, NULL), 0);
	snprintf(path, sizeof path, "%s", in_folder(spec.name));
	assert_int_equal(open_spec(&o, path, NULL, &spec), 0);
	assert_int_equal(feed_sound(o, 2, SAMPLES), 0);
	assert_int_equal(feed_pictures(o, FRAMES), 0);
	assert_int_equal(rec_output_commit(&o, NULL), 0);
	check_same_bytes(path, other);

	assert_int_equal(open_spec(&o, path, NULL, &spec), 0);
	assert_int_equal(feed_sound(o, 2, 100), 0);
	assert_int_equal(rec_output_end_audio(o), 0);
	assert_int_equal(rec_output_audio(o, (const float[2]){0, 0}, 1), REC_EINVAL);
	assert_int_equal(feed_pictures(o, FRAMES), 0);
	assert_int_equal(rec_output_commit(&o, NULL), 0);
	check_pictures(path, &spec, true);
}

static void test_rounding(void **state)
{
	(void)state;
	const float in[] = {0, 1, -1, 2, -2, NAN, INFINITY, 0.5f / 32768, 1.5f / 32768, -0.6f / 32768};
	const int16_t want[] = {0, 32767, -32768, 32767, -32768, 0, 0, 0, 2, -1};
	const struct rec_audio_params audio = {.rate = RATE, .channels = 1};
	const struct rec_output_params params = {.audio = &audio};
	struct rec_output *o = NULL;
	struct stat st;
	int16_t got[10];

	assert_int_equal(rec_output_open(&o, in_folder("round.wav"), &params), 0);
	assert_int_equal(rec_output_audio(o, in, 10), 0);
	assert_int_equal(rec_output_commit(&o, NULL), 0);
	FILE *file = fopen(in_folder("round.wav"), "rb");
	assert_non_null(file);
	assert_int_equal(fstat(fileno(file), &st), 0);
	assert_int_equal(fseek(file, (long)st.st_size - (long)sizeof got, SEEK_SET), 0);
	assert_int_equal(fread(got, sizeof got[0], 10, file), 10);
	fclose(file);
	for (int i = 0; i < 10; i++)
		assert_int_equal(got[i], want[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_containers),
	        cmocka_unit_test(test_pipes),
	        cmocka_unit_test(test_lag),
	        cmocka_unit_test(test_rounding),
	};

	return cmocka_run_group_tests(tests, output_make, tmp_remove);
}
