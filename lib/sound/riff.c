/* SPDX-License-Identifier: MIT */
#include "sound/riff.h"

#include "base/err.h"

#include <string.h>

static const int chunks_most = 1000;
static const uint64_t chunk_most = 1 << 20;

/* those that say what the data is, and those that libsndfile skips or reads straight through */
static const char known[][5] = {"fmt ", "fact", "ds64", "LIST", "PEAK", "bext", "iXML", "JUNK", "junk", "PAD ", "FLLR",
        "afsp", "minf", "elm1", "regn", "umid", "id3 ", "ID3 ", "_PMX"};

static uint64_t little_endian(const uint8_t *bytes, int n)
{
	uint64_t value = 0;

	while (n-- > 0)
		value = value << 8 | bytes[n];
	return value;
}

static bool is_known(const uint8_t *chunk)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (memcmp(chunk, known[i], 4) == 0)
			return true;
	return false;
}

/* From the first chunk to the last; data of length 0, or running past the end, is what the file has left. */
static bool walk(struct rec_source *source)
{
	uint64_t end = (uint64_t)rec_source_size(source), at = 12, long_data = 0;

	for (int i = 0; i < chunks_most; i++) {
		uint8_t chunk[24];
		size_t n = rec_source_read_at(source, (int64_t)at, chunk, sizeof(chunk));

		if (n < 8)
			return n == 0;
		uint64_t size = little_endian(chunk + 4, 4), left = end - at - 8;
		if (memcmp(chunk, "data", 4) == 0) {
			if (size == UINT32_MAX && long_data > 0)
				size = long_data;
			if (size == 0 || size >= left)
				return true;
		} else if (!is_known(chunk) || size > chunk_most || size > left) {
			return false;
		}
		if (memcmp(chunk, "ds64", 4) == 0 && n == sizeof(chunk)) /* EBU Tech 3306: riff size, data size */
			long_data = little_endian(chunk + 16, 8);
		at += 8 + size + (size & 1);
	}
	return false;
}

bool rec_riff_is_plain(struct rec_source *source)
{
	uint8_t head[12];
	bool plain = rec_source_seekable(source) && rec_source_size(source) >= 0 &&
	             rec_source_read_at(source, 0, head, sizeof(head)) == sizeof(head) &&
	             memcmp(head + 8, "WAVE", 4) == 0 &&
	             (memcmp(head, "RIFF", 4) == 0 || memcmp(head, "RF64", 4) == 0) && walk(source);

	if (rec_source_seekable(source))
		rec_source_seek(source, 0);
	return plain;
}
