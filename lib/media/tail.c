/* SPDX-License-Identifier: MIT */
#include "media/tail.h"

#include <stdlib.h>
#include <string.h>

/* outer elements walked at most; a hostile file has millions of empty ones */
static const int MAX_STEPS = 10000000;

static uint64_t big_endian(const uint8_t *bytes, size_t n)
{
	uint64_t value = 0;

	for (size_t i = 0; i < n; i++)
		value = value << 8 | bytes[i];
	return value;
}

static uint64_t little_endian(const uint8_t *bytes, size_t n)
{
	uint64_t value = 0;

	while (n-- > 0)
		value = value << 8 | bytes[n];
	return value;
}

/* Matroska. RFC 8794, 4: a variable-size integer is as long as its first byte has leading zeros, plus one. */
enum { ID_SEGMENT = 0x18538067, ID_CLUSTER = 0x1F43B675, ID_BLOCKGROUP = 0xA0, ID_BLOCK = 0xA1, ID_SIMPLEBLOCK = 0xA3 };
static const int64_t SIZE_UNKNOWN = -1;

struct element {
	uint64_t id;
	int64_t body; /* where it begins */
	int64_t size; /* of the body */
};

static size_t vint_length(uint8_t first)
{
	size_t n = 1;

	while (n <= 8 && !(first & (0x80 >> (n - 1))))
		n++;
	return n;
}

/* Returns bytes of the header; 0: cut inside it; -1: not an element. */
static int parse_element(const uint8_t *bytes, size_t n, int64_t at, struct element *out)
{
	size_t id_length, size_length;
	uint64_t size;

	if (n == 0)
		return 0;
	id_length = vint_length(bytes[0]);
	if (id_length > 4)
		return -1;
	if (id_length + 1 > n)
		return 0;
	size_length = vint_length(bytes[id_length]);
	if (size_length > 8)
		return -1;
	if (id_length + size_length > n)
		return 0;
	size = big_endian(bytes + id_length, size_length) & ((UINT64_C(1) << (7 * size_length)) - 1);
	out->id = big_endian(bytes, id_length);
	out->body = at + (int64_t)(id_length + size_length);
	out->size = size == (UINT64_C(1) << (7 * size_length)) - 1 ? SIZE_UNKNOWN : (int64_t)size;
	return (int)(id_length + size_length);
}

static bool is_master(uint64_t id)
{
	return id == ID_SEGMENT || id == ID_CLUSTER || id == ID_BLOCKGROUP;
}

/* Levels do not matter: parents end where their children do, so a flat walk sees every element that must fit. */
static bool walk_matroska(struct rec_source *source, int64_t at)
{
	int64_t end = rec_source_size(source);

	for (int i = 0; i < MAX_STEPS && at < end; i++) {
		uint8_t bytes[12];
		size_t n = rec_source_read_at(source, at, bytes, sizeof(bytes));
		struct element element;
		int header = parse_element(bytes, n, at, &element);

		if (header < 0)
			return false; /* damage, which is not a missing tail */
		if (header == 0 || (element.size != SIZE_UNKNOWN && element.size > end - element.body))
			return true;
		if (element.id == ID_SEGMENT && element.size != SIZE_UNKNOWN)
			return false; /* its end is known and there */
		at = element.body + (is_master(element.id) || element.size == SIZE_UNKNOWN ? 0 : element.size);
	}
	return false;
}

/* The block's element begins a few bytes before its payload. */
static int64_t block_start(struct rec_source *source, int64_t payload)
{
	for (int64_t back = 2; back <= 9 && back <= payload; back++) {
		uint8_t bytes[12];
		struct element element;
		size_t n = rec_source_read_at(source, payload - back, bytes, sizeof(bytes));
		bool block = n > 0 && (bytes[0] == ID_SIMPLEBLOCK || bytes[0] == ID_BLOCK);

		if (block && parse_element(bytes, n, payload - back, &element) == back)
			return payload - back;
	}
	return -1;
}

/* An open-ended segment is walked from its last block; the outer elements alone tell when its size is known. */
static bool matroska_is_cut(struct rec_source *source, int64_t last_pos)
{
	uint8_t bytes[12];
	struct element head, segment;
	size_t n = rec_source_read_at(source, 0, bytes, sizeof(bytes));
	int64_t start;

	if (parse_element(bytes, n, 0, &head) <= 0 || head.size == SIZE_UNKNOWN)
		return false;
	n = rec_source_read_at(source, head.body + head.size, bytes, sizeof(bytes));
	if (parse_element(bytes, n, head.body + head.size, &segment) <= 0 || segment.id != ID_SEGMENT)
		return false;
	if (segment.size != SIZE_UNKNOWN)
		return segment.size > rec_source_size(source) - segment.body;
	start = last_pos < 0 ? -1 : block_start(source, last_pos);
	return walk_matroska(source, start < 0 ? segment.body : start);
}

/* ISO/IEC 14496-12, 4.2: size, type; size 1: a 64-bit one follows; size 0: to the end of the file. */
static bool mp4_is_cut(struct rec_source *source)
{
	int64_t end = rec_source_size(source), at = 0;
	bool fragment_open = false;

	for (int i = 0; i < MAX_STEPS && at < end; i++) {
		uint8_t bytes[16];
		size_t n = rec_source_read_at(source, at, bytes, sizeof(bytes));
		uint64_t size = n < 8 ? 0 : big_endian(bytes, 4);

		if (n < 8 || (size == 1 && n < 16))
			return true;
		if (size == 0)
			return false;
		if (size == 1)
			size = big_endian(bytes + 8, 8);
		if (size < 8)
			return false;
		if (size > (uint64_t)(end - at))
			return true;
		if (memcmp(bytes + 4, "moof", 4) == 0)
			fragment_open = true;
		else if (memcmp(bytes + 4, "mdat", 4) == 0)
			fragment_open = false;
		at += (int64_t)size;
	}
	return fragment_open;
}

/* RFC 3533, 6: "OggS", 27 bytes with the number of segments last, the lacing table, the body. Bytes of the page, as far as its header is there. */
static size_t ogg_page(const uint8_t *bytes, size_t n)
{
	size_t size = 27;

	if (n < 27 || n < 27u + bytes[26])
		return SIZE_MAX;
	for (size_t i = 0; i < bytes[26]; i++)
		size += bytes[27 + i];
	return size + bytes[26];
}

static bool ogg_is_cut(struct rec_source *source)
{
	const size_t window = 1 << 17; /* a page is smaller than 65307 bytes: its header lies within */
	int64_t end = rec_source_size(source);
	uint8_t *bytes = malloc(window);
	size_t n = bytes ? rec_source_read_at(source, end > (int64_t)window ? end - (int64_t)window : 0, bytes, window)
	                 : 0;
	bool cut = false;

	for (size_t at = 0; at + 4 <= n && !cut;) {
		size_t size = memcmp(bytes + at, "OggS", 4) == 0 ? ogg_page(bytes + at, n - at) : 1;

		cut = size > n - at;
		at += cut ? 0 : size;
	}
	free(bytes);
	return cut;
}

/* A writer into a pipe cannot know its sizes: those near the largest mean "to the end". */
static bool wav_is_cut(struct rec_source *source)
{
	int64_t end = rec_source_size(source), at = 12;
	uint64_t long_data = 0;

	for (int i = 0; i < MAX_STEPS && at < end; i++) {
		uint8_t bytes[24];
		size_t n = rec_source_read_at(source, at, bytes, sizeof(bytes));
		uint64_t size = n < 8 ? 0 : little_endian(bytes + 4, 4);

		if (n < 8)
			return true;
		if (memcmp(bytes, "ds64", 4) == 0 && n >= 24) /* RF64, EBU Tech 3306: riff size, data size */
			long_data = little_endian(bytes + 16, 8);
		if (memcmp(bytes, "data", 4) == 0) {
			size = size == UINT32_MAX && long_data ? long_data : size;
			return (size < 0x7ffff000 || size == long_data) && size > (uint64_t)(end - at - 8);
		}
		at += 8 + (int64_t)size + (int64_t)(size & 1);
	}
	return false;
}

/* ID3v2.4, 3.1 and 3.4: "ID3", version, flags, 28 bits of size; a footer is as long as the header. */
static int64_t after_id3(struct rec_source *source)
{
	uint8_t b[10];

	if (rec_source_read_at(source, 0, b, sizeof(b)) < sizeof(b) || memcmp(b, "ID3", 3) != 0)
		return 0;
	return 10 + ((int64_t)(b[6] & 127) << 21 | (b[7] & 127) << 14 | (b[8] & 127) << 7 | (b[9] & 127)) +
	       (b[5] & 0x10 ? 10 : 0);
}

/*
 * The first frame is silent where an encoder left its Xing tag: name, flags, frames (flag 1), bytes (flag 2). Encoders differ on whether the bytes
 * count what stands before that frame.
 */
static bool mp3_is_cut(struct rec_source *source)
{
	uint8_t b[4 + 32 + 16];

	if (rec_source_read_at(source, after_id3(source), b, sizeof(b)) < sizeof(b))
		return false;
	bool mpeg1 = (b[1] & 0x18) == 0x18, mono = (b[3] & 0xC0) == 0xC0;
	const uint8_t *tag = b + 4 + (mpeg1 ? (mono ? 17 : 32) : mono ? 9 : 17);

	if ((memcmp(tag, "Xing", 4) != 0 && memcmp(tag, "Info", 4) != 0) || !(tag[7] & 2))
		return false;
	return big_endian(tag + (tag[7] & 1 ? 12 : 8), 4) > (uint64_t)rec_source_size(source);
}

bool rec_tail_flac_is_cut(const uint8_t *streaminfo, size_t n, int64_t nframes)
{
	return n >= 18 && nframes < (int64_t)(big_endian(streaminfo + 13, 5) & 0xFFFFFFFFF);
}

bool rec_tail_is_cut(struct rec_source *source, const char *container, int64_t last_pos)
{
	if (rec_source_size(source) <= 0)
		return false;
	if (strncmp(container, "matroska", 8) == 0)
		return matroska_is_cut(source, last_pos);
	if (strncmp(container, "mov", 3) == 0)
		return mp4_is_cut(source);
	if (strcmp(container, "ogg") == 0)
		return ogg_is_cut(source);
	if (strcmp(container, "mp3") == 0)
		return mp3_is_cut(source);
	return strcmp(container, "wav") == 0 && wav_is_cut(source);
}
