/* SPDX-License-Identifier: MIT */
/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef REC_BASE_UTF8_H
#define REC_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * rec_utf8_decode(bytes, n, code, len):
 * Decode the first character of ${bytes}, ${n} of them, n > 0. ${len} is the bytes it takes, also when it is broken:
 * then the bytes that one U+FFFD stands for (Unicode 15, section 3.9, maximal subparts), at least 1.
 * Return 0; REC_EINVAL: broken; ${code} is U+FFFD.
 */
int rec_utf8_decode(const char *bytes, size_t n, uint32_t *code, size_t *len);

/** rec_utf8_is_unsafe(code): whether a terminal would act on the character, or the text around it be shown in another order. */
bool rec_utf8_is_unsafe(uint32_t code);

#endif
