/* SPDX-License-Identifier: MIT */
/* Our own parsers of media bytes: whether a file is cut off, and how large the picture in a packet is. The first byte chooses. */
#include "media/sizes.h"
#include "media/tail.h"
#include "media/vp9.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	fuzz_quiet();
	return 0;
}

static void tail(const char *container, const uint8_t *data, size_t size)
{
	struct rec_source *source = fuzz_source(data, size);

	rec_tail_is_cut(source, container, -1);
	rec_tail_is_cut(source, container, (int64_t)size / 2);
	rec_source_close(&source);
}

static void plausible(bool told, const struct rec_dims *dims)
{
	if (told)
		MUST(dims->width > 0 && dims->height > 0);
}

/* packets of a stream, each with its length in two bytes before it */
static void vp9(const uint8_t *data, size_t size)
{
	struct fuzz_bytes bytes = {data, size};
	struct rec_vp9 state;

	memset(&state, 0, sizeof(state));
	while (bytes.left > 0) {
		struct rec_dims dims = {0, 0};
		size_t n = fuzz_number(&bytes, 2);

		n = n < bytes.left ? n : bytes.left;
		plausible(rec_vp9_size(&state, bytes.at, n, &dims), &dims);
		bytes.at += n;
		bytes.left -= n;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const containers[] = {"matroska,webm", "mov,mp4,m4a,3gp,3g2,mj2", "ogg", "wav"};
	struct rec_dims dims = {0, 0};

	if (size < 1)
		return 0;
	uint8_t kind = *data++;
	size--;
	if (kind % 8 < 4)
		tail(containers[kind % 8], data, size);
	else if (kind % 8 == 4)
		vp9(data, size);
	else if (kind % 8 == 5)
		plausible(rec_sizes_png(data, size, &dims), &dims);
	else
		plausible(rec_sizes_jpeg(data, size, &dims), &dims);
	return 0;
}
