/* SPDX-License-Identifier: MIT */
/* The quick way through WAV files. */
#include "base/err.h"
#include "media/limits.h"
#include "sound/wavfile.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	fuzz_quiet();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rec_source *source = fuzz_source(data, size);
	struct rec_wavfile *wav = NULL;
	struct rec_pcm pcm;
	int64_t samples = 0;
	int r = rec_wavfile_open(&wav, source);

	if (r < 0) {
		MUST(r == REC_ENODATA && rec_source_tell(source) == 0);
		rec_source_close(&source);
		return 0;
	}
	const struct rec_wavfile_info *info = rec_wavfile_info(wav);
	MUST(info->rate > 0 && info->rate <= rec_media_limits.rate);
	MUST(info->channels > 0 && info->channels <= rec_media_limits.channels && info->length >= 0);
	while ((r = rec_wavfile_read(wav, &pcm)) == REC_OK)
		samples += (int64_t)pcm.n;
	MUST(r == REC_ENODATA);
	MUST(samples <= info->length && samples <= (int64_t)size);
	rec_wavfile_close(&wav);
	return 0;
}
