/* SPDX-License-Identifier: MIT */
#include "media/vp9.h"

struct bits {
	const uint8_t *bytes;
	size_t n; /* bits in all */
	size_t at;
};

/* the next ${count} bits, most significant first; past the end: zeros, and at > n tells */
static unsigned take(struct bits *b, int count)
{
	unsigned value = 0;

	for (; count > 0; count--, b->at++)
		value = value << 1 | (b->at < b->n ? (unsigned)b->bytes[b->at / 8] >> (7 - b->at % 8) & 1u : 0);
	return value;
}

static struct rec_dims take_size(struct bits *b)
{
	int width = (int)take(b, 16) + 1;

	return (struct rec_dims){width, (int)take(b, 16) + 1};
}

/* 6.2.2, color_config */
static void skip_colour(struct bits *b, unsigned profile)
{
	const unsigned rgb = 7;

	if (profile >= 2)
		take(b, 1);
	if (take(b, 3) != rgb)
		take(b, profile & 1 ? 4 : 1);
	else if (profile & 1)
		take(b, 1);
}

/* frame_size_with_refs: the size of the first reference that is said to have it, or one of its own */
static struct rec_dims size_by_refs(const struct rec_vp9 *vp9, struct bits *b)
{
	unsigned refs[3];

	for (int i = 0; i < 3; i++) {
		refs[i] = take(b, 3);
		take(b, 1);
	}
	for (int i = 0; i < 3; i++)
		if (take(b, 1))
			return vp9->slots[refs[i]];
	return take_size(b);
}

/* 6.2, uncompressed_header, as far as the size */
static bool frame_size(struct rec_vp9 *vp9, struct bits *b, struct rec_dims *dims)
{
	unsigned marker = take(b, 2), profile = take(b, 1), show, resilient, refresh = 0xff;

	profile |= take(b, 1) << 1;
	if (profile == 3)
		take(b, 1);
	if (marker != 2 || take(b, 1)) /* show_existing_frame */
		return false;
	bool inter = take(b, 1);
	show = take(b, 1);
	resilient = take(b, 1);
	bool intra_only = inter && !show && take(b, 1);
	if (inter && !resilient)
		take(b, 2);
	if ((!inter || intra_only) && take(b, 24) != 0x498342)
		return false;
	if (!inter || (intra_only && profile > 0))
		skip_colour(b, profile);
	if (inter)
		refresh = take(b, 8);
	*dims = inter && !intra_only ? size_by_refs(vp9, b) : take_size(b);
	if (b->at > b->n || dims->width == 0)
		return false;
	for (int i = 0; i < 8; i++)
		if (refresh >> i & 1)
			vp9->slots[i] = *dims;
	return true;
}

static void keep_largest(struct rec_dims *largest, struct rec_dims dims)
{
	if ((int64_t)dims.width * dims.height > (int64_t)largest->width * largest->height)
		*largest = dims;
}

/* Annex B: a packet may end in an index of the frames it holds: marker, sizes in little-endian, marker. */
bool rec_vp9_size(struct rec_vp9 *vp9, const uint8_t *bytes, size_t n, struct rec_dims *dims)
{
	unsigned marker = n ? bytes[n - 1] : 0;
	size_t frames = 1, width = 0, index = 0, at = 0;
	struct rec_dims largest = {0, 0}, one;

	if ((marker & 0xe0) == 0xc0) {
		frames = (marker & 7) + 1;
		width = (marker >> 3 & 3) + 1;
		index = n >= 2 + frames * width && bytes[n - 2 - frames * width] == marker ? 2 + frames * width : 0;
		if (index == 0)
			frames = 1;
	}
	for (size_t i = 0; i < frames; i++) {
		size_t size = index ? 0 : n;

		for (size_t k = 0; index && k < width; k++)
			size |= (size_t)bytes[n - index + 1 + i * width + k] << (8 * k);
		if (size == 0 || size > n - index - at)
			break;
		if (frame_size(vp9, &(struct bits){bytes + at, 8 * size, 0}, &one))
			keep_largest(&largest, one);
		at += size;
	}
	*dims = largest;
	return largest.width > 0;
}
