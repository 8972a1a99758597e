/* SPDX-License-Identifier: MIT */
/* Goal: sizes come out of headers, hostile ones included, without a read past the end. */
#include "media/sizes.h"
#include "media/vp9.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t png[] = {
        0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R', 0, 0, 1, 0x41, 0, 0, 0, 0xf1};
static const uint8_t jpeg[] = {0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xff, 0xc0, 0, 17, 8, 0, 0xf1, 1, 0x41, 3, 1};
/* profile 0, key, shown; sync code; BT.601 limited; 321x241 */
static const uint8_t vp9_key[] = {0x82, 0x49, 0x83, 0x42, 0x20, 0x14, 0x00, 0x0f, 0x00};
/* inter, shown: refresh slot 0; references 0, 0, 0; the second one's size */
static const uint8_t vp9_ref[] = {0x86, 0x00, 0x40, 0x01};
/* the same, but a size of its own, 641x481 */
static const uint8_t vp9_own[] = {0x86, 0x00, 0x40, 0x00, 0x01, 0x40, 0x00, 0xf0, 0x00};

static void assert_dims(struct rec_dims dims, int width, int height)
{
	assert_int_equal(dims.width, width);
	assert_int_equal(dims.height, height);
}

static void stills(void **state)
{
	struct rec_dims dims;

	(void)state;
	assert_true(rec_sizes_png(png, sizeof png, &dims));
	assert_dims(dims, 321, 241);
	assert_true(rec_sizes_jpeg(jpeg, sizeof jpeg, &dims));
	assert_dims(dims, 321, 241);
	assert_false(rec_sizes_png(jpeg, sizeof jpeg, &dims));
	assert_false(rec_sizes_jpeg(png, sizeof png, &dims));
	/* copies on the heap: a read past the end is seen */
	for (size_t n = 0; n < sizeof jpeg; n++) {
		uint8_t *cut = malloc(n + 1);

		memcpy(cut, jpeg, n);
		if (n < 18)
			assert_false(rec_sizes_jpeg(cut, n, &dims));
		assert_false(rec_sizes_png(cut, n, &dims));
		free(cut);
	}
}

static void vp9_frames(void **state)
{
	struct rec_vp9 vp9 = {0};
	struct rec_dims dims;

	(void)state;
	assert_false(rec_vp9_size(&vp9, vp9_ref, sizeof vp9_ref, &dims));
	assert_true(rec_vp9_size(&vp9, vp9_key, sizeof vp9_key, &dims));
	assert_dims(dims, 321, 241);
	assert_true(rec_vp9_size(&vp9, vp9_ref, sizeof vp9_ref, &dims));
	assert_dims(dims, 321, 241);
	assert_true(rec_vp9_size(&vp9, vp9_own, sizeof vp9_own, &dims));
	assert_dims(dims, 641, 481);
	for (size_t n = 0; n < 5; n++)
		assert_false(rec_vp9_size(&vp9, vp9_key, n, &dims));
}

static void vp9_superframe(void **state)
{
	uint8_t packet[32];
	size_t n = 0;
	struct rec_vp9 vp9 = {0};
	struct rec_dims dims;

	(void)state;
	memcpy(packet, vp9_key, sizeof vp9_key);
	memcpy(packet + sizeof vp9_key, vp9_own, sizeof vp9_own);
	n = sizeof vp9_key + sizeof vp9_own;
	packet[n++] = 0xc1;
	packet[n++] = sizeof vp9_key;
	packet[n++] = sizeof vp9_own;
	packet[n++] = 0xc1;
	assert_true(rec_vp9_size(&vp9, packet, n, &dims));
	assert_dims(dims, 641, 481);
	packet[n - 2] = 200; /* a frame larger than the packet */
	memset(&vp9, 0, sizeof vp9);
	assert_true(rec_vp9_size(&vp9, packet, n, &dims));
	assert_dims(dims, 321, 241);
	assert_false(rec_vp9_size(&vp9, packet, 0, &dims));
}

/* whatever the bytes, nothing is read past them */
static void noise(void **state)
{
	struct rec_vp9 vp9 = {0};
	uint32_t seed = 7;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		size_t n = (seed >> 20) % 24;
		uint8_t *bytes = malloc(n + 1);
		struct rec_dims dims;

		for (size_t k = 0; k < n; k++) {
			seed = seed * 1664525 + 1013904223;
			bytes[k] = (uint8_t)(seed >> 24);
		}
		seed = seed * 1664525 + 1013904223;
		if (n > 2 && i & 1)
			memcpy(bytes, "\xff\xd8", 2);
		bytes = realloc(bytes, n ? n : 1);
		rec_vp9_size(&vp9, bytes, n, &dims);
		rec_sizes_jpeg(bytes, n, &dims);
		free(bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(stills), cmocka_unit_test(vp9_frames),
	        cmocka_unit_test(vp9_superframe), cmocka_unit_test(noise)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
