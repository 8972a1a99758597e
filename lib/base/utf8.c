/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

#include "base/err.h"

/* Unicode 15, table 3-7: what may follow a first byte; only the second byte's range varies */
struct lead {
	unsigned char first, last;
	unsigned char low, high; /* the second byte */
	unsigned char trail;     /* bytes that follow */
	unsigned char bits;      /* mask of the first byte's payload */
};

static const struct lead leads[] = {
        {0x00, 0x7F, 0x00, 0x00, 0, 0x7F},
        {0xC2, 0xDF, 0x80, 0xBF, 1, 0x1F},
        {0xE0, 0xE0, 0xA0, 0xBF, 2, 0x0F},
        {0xE1, 0xEC, 0x80, 0xBF, 2, 0x0F},
        {0xED, 0xED, 0x80, 0x9F, 2, 0x0F},
        {0xEE, 0xEF, 0x80, 0xBF, 2, 0x0F},
        {0xF0, 0xF0, 0x90, 0xBF, 3, 0x07},
        {0xF1, 0xF3, 0x80, 0xBF, 3, 0x07},
        {0xF4, 0xF4, 0x80, 0x8F, 3, 0x07},
};

static const struct lead *lead_of(unsigned char byte)
{
	for (size_t i = 0; i < sizeof leads / sizeof *leads; i++)
		if (byte >= leads[i].first && byte <= leads[i].last)
			return &leads[i];
	return NULL;
}

int rec_utf8_decode(const char *bytes, size_t n, uint32_t *code, size_t *len)
{
	const struct lead *lead = lead_of((unsigned char)bytes[0]);

	*code = 0xFFFD;
	*len = 1;
	if (!lead)
		return REC_EINVAL;
	uint32_t value = (unsigned char)bytes[0] & lead->bits;
	for (; *len <= lead->trail; ++*len) {
		unsigned char low = *len == 1 ? lead->low : 0x80;
		unsigned char high = *len == 1 ? lead->high : 0xBF;
		if (*len >= n)
			return REC_EINVAL;
		unsigned char byte = (unsigned char)bytes[*len];
		if (byte < low || byte > high)
			return REC_EINVAL;
		value = value << 6 | (byte & 0x3F);
	}
	*code = value;
	return REC_OK;
}

bool rec_utf8_is_unsafe(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c || code == 0x200e || code == 0x200f ||
	       (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}
