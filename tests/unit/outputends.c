/* SPDX-License-Identifier: MIT */
/* Goal: however an output ends, it is whole or it is not there: with its index first, with hardly a frame, given up, refused, without room. */
#include "tests/unit/outputrig.h"

#include <sys/resource.h>

/* moov before mdat */
static void test_faststart(void **state)
{
	(void)state;
	const struct spec spec = {"fast.mp4", FPS30, "", true, 0, 2};
	char head[200] = {0};

	assert_int_equal(write_spec(in_folder(spec.name), NULL, &spec, NULL), 0);
	FILE *file = fopen(in_folder(spec.name), "rb");
	assert_non_null(file);
	assert_int_equal(fread(head, 1, sizeof head, file), sizeof head);
	fclose(file);
	assert_memory_equal(head + 4, "ftyp", 4);
	size_t ftyp = ((size_t)(unsigned char)head[2] << 8) + (unsigned char)head[3];
	assert_true(ftyp + 8 < sizeof head);
	assert_memory_equal(head + ftyp + 4, "moov", 4);
}

/* no frame at all, one frame, an end at once: a file or an error, never a hang */
static void test_short(void **state)
{
	(void)state;
	static const char *const names[] = {"s.mp4", "s.mkv", "s.webm", "s.mov"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const struct spec spec = {names[i], FPS30, "", true, 0, 2};
		struct rec_output *o = NULL;
		for (int frames = 0; frames < 3; frames++) {
			assert_int_equal(open_spec(&o, in_folder(names[i]), NULL, &spec), 0);
			assert_int_equal(feed_pictures(o, frames), 0);
			assert_int_equal(feed_sound(o, 2, frames), 0);
			assert_int_equal(rec_output_commit(&o, NULL), 0);
		}
	}
}

static void test_discard(void **state)
{
	(void)state;
	const struct spec spec = {"discarded.mp4", FPS30, "", true, 0, 2};
	struct rec_output *o = NULL;

	for (int frames = 0; frames <= 40; frames += 8) {
		assert_int_equal(open_spec(&o, in_folder(spec.name), NULL, &spec), 0);
		assert_int_equal(feed_pictures(o, frames), 0);
		assert_int_equal(feed_sound(o, 2, frames * 1000), 0);
		rec_output_discard(&o);
		assert_null(o);
	}
	assert_int_equal(access(in_folder(spec.name), F_OK), -1);
	rec_output_discard(&o);
}

static const struct rec_video_params usual = {.width = W, .height = H, .fps = FPS30, .crf = -1};
static const struct rec_video_params odd_width = {.width = 321, .height = H, .fps = FPS30, .crf = -1};
static const struct rec_video_params no_codec = {.width = W, .height = H, .fps = FPS30, .codec = "mpeg4", .crf = -1};
static const struct rec_video_params no_preset = {.width = W, .height = H, .fps = FPS30, .preset = "warp", .crf = -1};
static const struct rec_video_params high_crf = {.width = W, .height = H, .fps = FPS30, .crf = 99};
static const struct rec_video_params no_rate = {.width = W, .height = H, .fps = {0, 1}, .crf = -1};
static const struct rec_audio_params odd_rate = {.rate = 44100, .channels = 2};
static const struct rec_audio_params six_channels = {.rate = RATE, .channels = 6};
static const struct rec_audio_params odd_bits = {.rate = RATE, .channels = 2, .bits = 32};

static const struct {
	const char *path;
	struct rec_output_params params;
} misused[] = {
        {"none", {.video = &usual}},
        {"x.mp4", {.format = "avi", .video = &usual}},
        {"x.mp4", {.format = NULL}},
        {"x.wav", {.video = &usual}},
        {"x.mp4", {.video = &odd_width}},
        {"x.mp4", {.video = &no_codec}},
        {"x.webm", {.video = &(struct rec_video_params){.width = W, .height = H, .fps = FPS30, .codec = "libx264"}}},
        {"x.mp4", {.video = &no_preset}},
        {"x.mp4", {.video = &high_crf}},
        {"x.mp4", {.video = &no_rate}},
        {"x.opus", {.audio = &odd_rate}},
        {"x.mp3", {.audio = &six_channels}},
        {"x.flac", {.audio = &odd_bits}},
        {"x.webm", {.video = NULL, .audio = &(struct rec_audio_params){.rate = RATE, .channels = 2, .codec = "aac"}}},
        {"x.mp4", {.audio = &(struct rec_audio_params){.rate = RATE, .channels = 2, .codec = "ac3"}}},
};

static void test_usage(void **state)
{
	(void)state;
	const struct rec_audio_params a = {.rate = RATE, .channels = 2};

	for (size_t i = 0; i < sizeof misused / sizeof misused[0]; i++) {
		struct rec_output *o = NULL;
		assert_int_equal(rec_output_open(&o, in_folder(misused[i].path), &misused[i].params), REC_EUSAGE);
		assert_null(o);
		assert_int_equal(access(in_folder(misused[i].path), F_OK), -1);
	}
	struct rec_output *o = NULL;
	struct rec_output_params both = {.audio = &a, .no_clobber = true};
	fclose(fopen(in_folder("exists.wav"), "wb"));
	assert_int_equal(rec_output_open(&o, in_folder("exists.wav"), &both), REC_EEXIST);
}

static void test_full_disk(void **state)
{
	(void)state;
	static const char *const formats[] = {"mp4", "mkv", "wav", "flac", "mp3", "opus"};

	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
		bool video = i < 2;
		const struct spec spec = {NULL, FPS30, video ? "" : NULL, true, 0, 2};
		assert_int_equal(write_spec("/dev/full", formats[i], &spec, NULL), REC_EIO);
	}
}

/* The file may grow to ${percent} of what it needs; the last byte is only missing in the second pass of +faststart. */
static void test_file_limit(void **state)
{
	(void)state;
	const struct spec spec = {"limit.mp4", FPS30, "", true, 0, 2};
	static const int percents[] = {1, 40, 90, 100};
	struct rec_output_stats stats;
	struct rlimit old;

	assert_int_equal(write_spec(in_folder("unlimited.mp4"), NULL, &spec, &stats), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	for (size_t i = 0; i < sizeof percents / sizeof percents[0]; i++) {
		rlim_t bytes = (rlim_t)(stats.bytes * percents[i] / 100 - 1);
		struct rlimit limit = {bytes, old.rlim_max};
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
		int r = write_spec(in_folder(spec.name), NULL, &spec, NULL);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
		assert_int_equal(r, REC_EIO);
		assert_int_equal(access(in_folder(spec.name), F_OK), -1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_faststart),
	        cmocka_unit_test(test_short),
	        cmocka_unit_test(test_discard),
	        cmocka_unit_test(test_usage),
	        cmocka_unit_test(test_full_disk),
	        cmocka_unit_test(test_file_limit),
	};

	return cmocka_run_group_tests(tests, output_make, tmp_remove);
}
