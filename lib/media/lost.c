/* SPDX-License-Identifier: MIT */
#include "media/lost.h"

#include "base/err.h"

#include <libavutil/crc.h>
#include <stdlib.h>
#include <string.h>

/* RFC 3533, 6: 27 bytes, the last of them the number of segments; their lengths, 255 at most; as many bytes as these say */
enum { HEADER = 27, CHECKSUM = 22, PAGE = HEADER + 255 + 255 * 255 };

struct rec_lost {
	bool ogg;      /* the file begins as one */
	int64_t seen;  /* the file's bytes that passed by */
	size_t n;      /* of them in the page */
	bool astray;   /* between a damaged page and the next good one */
	int64_t first; /* where pages are damaged that no packet stood behind yet, the first and the last; -1: none */
	int64_t last;
	bool page_last; /* the last began as one: what follows the end is no loss */
	uint8_t page[PAGE];
};

int rec_lost_new(struct rec_lost **lost)
{
	*lost = calloc(1, sizeof(**lost));
	if (!*lost)
		return REC_ENOMEM;
	(*lost)->first = (*lost)->last = -1;
	return REC_OK;
}

/* Bytes of the page; 0: more of it is needed to tell. */
static size_t page_size(const struct rec_lost *lost)
{
	size_t size = HEADER;

	if (lost->n < HEADER || lost->n < HEADER + (size_t)lost->page[HEADER - 1])
		return 0;
	for (size_t i = 0; i < lost->page[HEADER - 1]; i++)
		size += lost->page[HEADER + i];
	return size + lost->page[HEADER - 1];
}

static bool is_whole(const struct rec_lost *lost, size_t size)
{
	static const uint8_t none[4];
	const AVCRC *table = av_crc_get_table(AV_CRC_32_IEEE);
	const uint8_t *sum = lost->page + CHECKSUM;
	uint32_t crc = av_crc(table, 0, lost->page, CHECKSUM);

	crc = av_crc(table, crc, none, sizeof(none));
	crc = av_crc(table, crc, sum + sizeof(none), size - CHECKSUM - sizeof(none));
	/* libavutil has it with the lowest byte first in the number, Ogg in the file */
	return crc == ((uint32_t)sum[0] << 24 | (uint32_t)sum[1] << 16 | (uint32_t)sum[2] << 8 | (uint32_t)sum[3]);
}

static void take_away(struct rec_lost *lost, size_t n)
{
	lost->n -= n;
	memmove(lost->page, lost->page + n, lost->n);
}

static void go_astray(struct rec_lost *lost)
{
	const uint8_t *next = memchr(lost->page + 1, 'O', lost->n - 1);

	if (!lost->astray) {
		lost->last = lost->seen - (int64_t)lost->n;
		lost->first = lost->first < 0 ? lost->last : lost->first;
		lost->page_last = memcmp(lost->page, "OggS", 4) == 0;
	}
	lost->astray = true;
	take_away(lost, next ? (size_t)(next - lost->page) : lost->n);
}

/* Look at what is there; what is no good page is searched for the next one, as libavformat does. */
static void look(struct rec_lost *lost)
{
	while (lost->n >= 4) {
		size_t size = memcmp(lost->page, "OggS", 4) == 0 ? page_size(lost) : SIZE_MAX;

		if (size == 0 || (size != SIZE_MAX && size > lost->n))
			return;
		if (size == SIZE_MAX || !is_whole(lost, size)) {
			go_astray(lost);
			continue;
		}
		lost->astray = false;
		take_away(lost, size);
	}
}

void rec_lost_bytes(struct rec_lost *lost, int64_t at, const uint8_t *bytes, size_t n)
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

bool rec_lost_before(struct rec_lost *lost, const AVPacket *packet)
{
	bool found = lost->first >= 0 && packet->pos > lost->first;

	if (found) /* bytes are read ahead of packets */
		lost->first = lost->last > packet->pos ? lost->last : -1;
	return found;
}

bool rec_lost_at_end(const struct rec_lost *lost)
{
	return lost->first >= 0 && lost->page_last;
}

void rec_lost_free(struct rec_lost **lost)
{
	free(*lost);
	*lost = NULL;
}
