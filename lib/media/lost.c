/* SPDX-License-Identifier: MIT */
#include "media/lost.h"

#include "base/err.h"

#include <libavutil/crc.h>
#include <stdlib.h>
#include <string.h>

/* RFC 3533, 6: 27 bytes, the last of them the number of segments; their lengths, 255 at most; as many bytes as these say */
enum { HEADER = 27, CHECKSUM = 22, PAGE = HEADER + 255 + 255 * 255 };
static const int64_t MOST_IN_VAIN = 64 << 20;

struct rec_lost {
	bool ogg;      /* the file begins as one */
	int64_t seen;  /* the file's bytes that passed by */
	size_t n;      /* of them in the page */
	bool astray;   /* between a damaged page and the next good one */
	int64_t first; /* where pages are damaged that no packet stood behind yet, the first and the last; -1: none */
	int64_t last;
	int64_t in_vain; /* bytes of pages that turned out wrong */
	int64_t end;     /* where reading is given up */
	bool page_last;  /* the last began as one: what follows the end is no loss */
	uint8_t page[PAGE];
};

int rec_lost_new(struct rec_lost **lost)
{
	*lost = calloc(1, sizeof(**lost));
	if (!*lost)
		return REC_ENOMEM;
	(*lost)->first = (*lost)->last = -1;
	(*lost)->end = INT64_MAX;
	return REC_OK;
}

/* Bytes of the page that begins with these; 0: more of it is needed to tell. */
static size_t page_size(const uint8_t *page, size_t n)
{
	size_t size = HEADER;

	if (n < HEADER || n < HEADER + (size_t)page[HEADER - 1])
		return 0;
	for (size_t i = 0; i < page[HEADER - 1]; i++)
		size += page[HEADER + i];
	return size + page[HEADER - 1];
}

static bool is_whole(const uint8_t *page, size_t size)
{
	static const uint8_t none[4];
	const AVCRC *table = av_crc_get_table(AV_CRC_32_IEEE);
	const uint8_t *sum = page + CHECKSUM;
	uint32_t crc = av_crc(table, 0, page, CHECKSUM);

	crc = av_crc(table, crc, none, sizeof(none));
	crc = av_crc(table, crc, sum + sizeof(none), size - CHECKSUM - sizeof(none));
	/* libavutil has it with the lowest byte first in the number, Ogg in the file */
	return crc == ((uint32_t)sum[0] << 24 | (uint32_t)sum[1] << 16 | (uint32_t)sum[2] << 8 | (uint32_t)sum[3]);
}

/* What is no good page is searched for the next one, as libavformat does. Returns bytes to pass over. */
static size_t go_astray(struct rec_lost *lost, const uint8_t *page, size_t n)
{
	const uint8_t *next = memchr(page + 1, 'O', n - 1);

	if (!lost->astray) {
		lost->last = lost->seen - (int64_t)n;
		lost->first = lost->first < 0 ? lost->last : lost->first;
		lost->page_last = memcmp(page, "OggS", 4) == 0;
	}
	lost->astray = true;
	return next ? (size_t)(next - page) : n;
}

/* Pages that lie within each other, all of them wrong, would be looked at for ever, by libavformat, too. */
static bool is_too_much(struct rec_lost *lost, size_t size)
{
	lost->in_vain += (int64_t)size;
	return lost->in_vain > MOST_IN_VAIN && lost->in_vain / 8 > lost->seen;
}

static void look(struct rec_lost *lost)
{
	const uint8_t *page = lost->page;
	size_t n = lost->n;

	while (lost->ogg && n >= 4) {
		bool begins = memcmp(page, "OggS", 4) == 0;
		size_t size = begins ? page_size(page, n) : 0, step = size;

		if (begins && (size == 0 || size > n))
			break;
		if (begins && is_whole(page, size))
			lost->astray = false;
		else
			step = go_astray(lost, page, n);
		if (lost->astray && is_too_much(lost, size)) {
			lost->ogg = false;
			lost->end = lost->seen;
		}
		page += step;
		n -= step;
	}
	memmove(lost->page, page, n);
	lost->n = n;
}

static void pass(struct rec_lost *lost, int64_t at, const uint8_t *bytes, size_t n)
{
	if (at == 0 && lost->seen == 0)
		lost->ogg = n >= 4 && memcmp(bytes, "OggS", 4) == 0;
	if (!lost->ogg || at > lost->seen || at + (int64_t)n <= lost->seen)
		return;
	bytes += lost->seen - at;
	n -= (size_t)(lost->seen - at);
	while (n > 0) {
		size_t part = n < PAGE - lost->n ? n : PAGE - lost->n;

		memcpy(lost->page + lost->n, bytes, part);
		lost->n += part;
		lost->seen += (int64_t)part;
		bytes += part;
		n -= part;
		look(lost);
	}
}

bool rec_lost_bytes(struct rec_lost *lost, int64_t at, const uint8_t *bytes, size_t n)
{
	pass(lost, at, bytes, n);
	return at < lost->end;
}

bool rec_lost_before(struct rec_lost *lost, const AVPacket *packet)
{
	bool found = lost->first >= 0 && packet->pos > lost->first;

	if (found) /* bytes are read ahead of packets */
		lost->first = lost->last > packet->pos ? lost->last : -1;
	return found;
}

bool rec_lost_at_end(const struct rec_lost *lost)
{
	return (lost->first >= 0 && lost->page_last) || lost->end < INT64_MAX;
}

void rec_lost_free(struct rec_lost **lost)
{
	free(*lost);
	*lost = NULL;
}
