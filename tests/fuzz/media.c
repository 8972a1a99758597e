/* SPDX-License-Identifier: MIT */
/* A file that says it is media: opened, looked through and decoded from memory, with the containers and codecs that are read. */
#include "base/err.h"
#include "media/input.h"
#include "media/limits.h"
#include "media/scan.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

/* the cost of an execution; what a file may cost in all is a test of its own */
static const int packets_most = 2000;
static const int frames_most = 24;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	fuzz_quiet();
	return 0;
}

static void packets(enum rec_media media, const uint8_t *data, size_t size)
{
	struct rec_input_params params = REC_INPUT_PARAMS(media);
	struct rec_input *in = NULL;
	struct rec_packet_info info;
	int r;

	params.source = fuzz_source(data, size);
	params.packets_only = true;
	r = rec_input_open(&in, "fuzz", &params);
	MUST((r == REC_OK) == (in != NULL) && (r == REC_OK || r == REC_EINPUT || r == REC_ENODATA));
	for (int n = 0; in && n < packets_most && r == REC_OK; n++) {
		r = rec_input_read_packet(in, &info);
		if (r == REC_OK)
			MUST(info.bytes >= 0 && info.duration_ns >= 0 && info.bytes <= rec_media_limits.packet);
	}
	rec_input_close(&in);
}

static void frames(enum rec_media media, const uint8_t *data, size_t size)
{
	struct rec_input_params params = REC_INPUT_PARAMS(media);
	struct rec_input *in = NULL;
	AVFrame *frame = av_frame_alloc();
	struct rec_damage damage;
	int64_t pts_ns;
	int r;

	MUST(frame);
	params.source = fuzz_source(data, size);
	r = rec_input_open(&in, "fuzz", &params);
	if (r == REC_OK && size % 3 == 0)
		r = rec_input_skip(in, (int64_t)size * 1000000);
	for (int n = 0; in && n < frames_most && r == REC_OK; n++) {
		r = rec_input_read(in, frame, &pts_ns);
		if (r == REC_OK && media == REC_MEDIA_VIDEO)
			MUST((int64_t)frame->width * frame->height <= rec_media_limits.pixels);
		if (r == REC_OK && media == REC_MEDIA_AUDIO)
			MUST(frame->nb_samples > 0 && frame->ch_layout.nb_channels <= rec_media_limits.channels);
		av_frame_unref(frame);
	}
	if (in)
		rec_input_damage(in, &damage);
	rec_input_close(&in);
	av_frame_free(&frame);
}

static void look(const uint8_t *data, size_t size)
{
	struct rec_scan scan;
	int64_t *stamps = NULL;
	int r = rec_scan_picture(&scan, "fuzz", fuzz_source(data, size));

	if (r < 0)
		return;
	MUST(scan.npackets > 0 && scan.end_ns >= scan.first_ns && scan.width >= 0 && scan.height >= 0);
	MUST(rec_scan_stamps(&scan, &stamps) == REC_OK);
	for (size_t i = 1; i < scan.npackets; i++)
		MUST(stamps[i - 1] <= stamps[i]);
	free(stamps);
	rec_scan_free(&scan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	packets(REC_MEDIA_AUDIO, data, size);
	look(data, size);
	frames(REC_MEDIA_AUDIO, data, size);
	frames(REC_MEDIA_VIDEO, data, size);
	return 0;
}
