/* SPDX-License-Identifier: MIT */
/*
 * Strict parsing of what people type. The whole string must be the number: no blanks, no trailing text, no NaN, no
 * infinity, independent of the locale. Each returns 0 and sets its result, or REC_EINVAL and leaves it untouched.
 */
#ifndef REC_BASE_NUM_H
#define REC_BASE_NUM_H

#include "base/buf.h"
#include "base/clock.h"

#include <stdint.h>

/** rec_parse_int(str, out): decimal, optional sign, within int64_t. */
int rec_parse_int(const char *str, int64_t *out);

/** rec_parse_real(str, out): decimal, optional sign, fraction and exponent; finite. */
int rec_parse_real(const char *str, double *out);

/**
 * rec_parse_duration(str, ns):
 * `90`, `90.5`, `120s`, `1500ms`, `30m`, `1h`, `1h2m3.5s`, `MM:SS`, `HH:MM:SS.mmm`; a leading minus negates. Units fall in
 * order h, m, s, ms, each at most once; only the last part may have a fraction. Behind a colon stand two digits, below 60. Exact to the nanosecond (digits beyond are rounded); at most 10^9 seconds.
 */
int rec_parse_duration(const char *str, int64_t *ns);

/** rec_parse_rate(str, rate): `30`, `29.97`, `30000/1001`; reduced (29.97 is 2997/100); within [1/1000, 1000] a second. */
int rec_parse_rate(const char *str, struct rec_rate *rate);

/** rec_parse_size(str, width, height): `1280x720`; each in [1, 65535]. */
int rec_parse_size(const char *str, int *width, int *height);

/** rec_parse_bits(str, bits): a bit rate or size: `128000`, `128k`, `2M`, `1.5M` (k, K, M, G: powers of 1000); a positive whole number of bits. */
int rec_parse_bits(const char *str, int64_t *bits);

/** rec_format_seconds(buf, ns, decimals): append ${ns} as decimal seconds, rounded to ${decimals} in [0, 9]; "4.46", "-0.5". Trailing zeros are dropped. */
void rec_format_seconds(struct rec_buf *buf, int64_t ns, int decimals);

/** rec_format_clock(buf, ns): append `H:MM:SS.mmm` (or `M:SS.mmm` below an hour) for people. */
void rec_format_clock(struct rec_buf *buf, int64_t ns);

#endif
