/* SPDX-License-Identifier: MIT */
#include "base/num.h"

#include "base/err.h"

#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DURATION_NS (INT64_C(1000000000) * REC_NS_PER_S)

static const int64_t pow10_int[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};

/* digits as typed: whole part, and what follows the point; borrowed */
struct decimal {
	const char *whole;
	size_t nwhole;
	const char *frac;
	size_t nfrac;
};

/* isdigit() depends on the locale */
static size_t count_digits(const char *str)
{
	size_t n = 0;
	while (str[n] >= '0' && str[n] <= '9')
		n++;
	return n;
}

/* Read `12`, `12.5` or `.5` at *str and step over it; false when there is no number, or a point without digits. */
static bool scan_decimal(const char **str, struct decimal *dec)
{
	const char *p = *str;
	*dec = (struct decimal){.whole = p, .nwhole = count_digits(p)};
	p += dec->nwhole;
	if (*p == '.') {
		dec->frac = p + 1;
		dec->nfrac = count_digits(p + 1);
		if (!dec->nfrac)
			return false;
		p += 1 + dec->nfrac;
	}
	*str = p;
	return dec->nwhole || dec->nfrac;
}

/* The value of n digits, or limit + 1 when it is above limit; limit < INT64_MAX / 10. */
static int64_t digits_value(const char *digits, size_t n, int64_t limit)
{
	int64_t v = 0;
	for (size_t i = 0; i < n; i++) {
		v = v * 10 + (digits[i] - '0');
		if (v > limit)
			return limit + 1;
	}
	return v;
}

/*
 * 0.DIGITS x unit, rounded to nearest, half up, exact for any number of digits: long multiplication from the last
 * digit on. What stays in the carry is the whole part; the last digit computed is the first one behind the point.
 */
static int64_t fraction_value(const char *digits, size_t n, int64_t unit, bool *exact)
{
	int64_t carry = 0;
	int64_t behind = 0;
	*exact = true;
	while (n-- > 0) {
		int64_t t = (digits[n] - '0') * unit + carry;
		behind = t % 10;
		carry = t / 10;
		*exact = *exact && behind == 0;
	}
	return carry + (behind >= 5);
}

/* dec x unit within limit; -1 when it is more. */
static int64_t decimal_value(const struct decimal *dec, int64_t unit, int64_t limit, bool *exact)
{
	int64_t most = limit / unit;
	int64_t whole = digits_value(dec->whole, dec->nwhole, most);
	if (whole > most)
		return -1;
	int64_t v = whole * unit + fraction_value(dec->frac, dec->nfrac, unit, exact);
	return v > limit ? -1 : v;
}

int rec_parse_int(const char *str, int64_t *out)
{
	bool negative = *str == '-';
	const char *p = str + (*str == '-' || *str == '+');
	size_t n = count_digits(p);
	if (!n || p[n])
		return REC_EINVAL;
	int64_t v = 0;
	for (size_t i = 0; i < n; i++) {
		int digit = p[i] - '0';
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, negative ? -digit : digit, &v))
			return REC_EINVAL;
	}
	*out = v;
	return 0;
}

/* strtod() alone would take blanks, hex, "nan" and "inf", so the shape is checked first. */
static bool looks_real(const char *p)
{
	struct decimal dec;
	p += *p == '-' || *p == '+';
	if (!scan_decimal(&p, &dec))
		return false;
	if (*p == 'e' || *p == 'E') {
		p++;
		p += *p == '-' || *p == '+';
		size_t n = count_digits(p);
		if (!n)
			return false;
		p += n;
	}
	return *p == '\0';
}

int rec_parse_real(const char *str, double *out)
{
	if (!looks_real(str))
		return REC_EINVAL;
	locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	if (!c_locale)
		return REC_EINVAL;
	double v = strtod_l(str, NULL, c_locale);
	freelocale(c_locale);
	if (!isfinite(v))
		return REC_EINVAL;
	*out = v;
	return 0;
}

/* `MM:SS`, `HH:MM:SS.mmm`: each field after the first has two digits, below 60. */
static int64_t clock_value(const char *p)
{
	struct decimal dec;
	bool exact;
	int64_t minutes = 0;
	for (int field = 0;; field++) {
		if (!scan_decimal(&p, &dec) || (field > 0 && dec.nwhole != 2))
			return -1;
		int64_t v = decimal_value(&dec, REC_NS_PER_S, MAX_DURATION_NS, &exact);
		if (v < 0 || (field > 0 && digits_value(dec.whole, 2, 59) > 59))
			return -1;
		if (*p == '\0' && field > 0) /* a fraction of 59.9999999999 s may have made it 60 */
			return minutes > MAX_DURATION_NS / 60 / REC_NS_PER_S ? -1 : minutes * 60 * REC_NS_PER_S + v;
		if (*p++ != ':' || dec.nfrac || field == 2)
			return -1;
		minutes = minutes * 60 + v / REC_NS_PER_S;
	}
}

struct unit {
	const char *name;
	int64_t ns;
};
static const struct unit units[] = {{"h", 3600 * REC_NS_PER_S}, {"m", 60 * REC_NS_PER_S}, {"s", REC_NS_PER_S},
        {"ms", REC_NS_PER_MS}, {"", REC_NS_PER_S}};
#define NUNITS (sizeof(units) / sizeof(units[0]))

/* The unit at *p, at place `from` of the order or later; NUNITS when there is none. */
static size_t scan_unit(const char **p, size_t from)
{
	size_t n = strspn(*p, "hms");
	for (size_t i = from; i < NUNITS; i++) {
		if (strlen(units[i].name) == n && !strncmp(*p, units[i].name, n)) {
			*p += n;
			return i;
		}
	}
	return NUNITS;
}

/* `90.5` or `1h2m3.5s`; a bare number stands alone, a fraction in the last part. */
static int64_t units_value(const char *p)
{
	int64_t sum = 0;
	size_t next = 0;
	bool first = true;
	do {
		struct decimal dec;
		bool exact;
		if (!scan_decimal(&p, &dec))
			return -1;
		size_t i = scan_unit(&p, next);
		if (i == NUNITS || (!*units[i].name && !first) || (dec.nfrac && *p))
			return -1;
		int64_t v = decimal_value(&dec, units[i].ns, MAX_DURATION_NS - sum, &exact);
		if (v < 0)
			return -1;
		sum += v;
		next = i + 1;
		first = false;
	} while (*p);
	return sum;
}

int rec_parse_duration(const char *str, int64_t *ns)
{
	bool negative = *str == '-';
	const char *p = str + (*str == '-' || *str == '+');
	int64_t v = strchr(p, ':') ? clock_value(p) : units_value(p);
	if (v < 0 || v > MAX_DURATION_NS)
		return REC_EINVAL;
	*ns = negative ? -v : v;
	return 0;
}

/* num and den of `30`, `29.97` or `30000/1001`, not reduced; zero when out of range. */
static bool scan_rate(const char *p, int64_t *num, int64_t *den)
{
	struct decimal dec;
	if (!scan_decimal(&p, &dec))
		return false;
	if (*p == '/') {
		size_t n = count_digits(p + 1);
		if (dec.frac || !n || p[1 + n])
			return false;
		*num = digits_value(dec.whole, dec.nwhole, INT32_MAX);
		*den = digits_value(p + 1, n, INT32_MAX);
		return *num <= INT32_MAX && *den <= INT32_MAX;
	}
	while (dec.nfrac && dec.frac[dec.nfrac - 1] == '0')
		dec.nfrac--;
	if (*p || dec.nfrac > 9)
		return false;
	bool exact;
	*den = pow10_int[dec.nfrac];
	*num = decimal_value(&dec, *den, 1000 * *den, &exact);
	return true;
}

int rec_parse_rate(const char *str, struct rec_rate *rate)
{
	int64_t num;
	int64_t den;
	if (!scan_rate(str, &num, &den) || num <= 0 || den <= 0 || num > den * 1000 || den > num * 1000)
		return REC_EINVAL;
	int64_t a = num;
	int64_t b = den;
	while (b) {
		int64_t rest = a % b;
		a = b;
		b = rest;
	}
	if (num / a > INT32_MAX || den / a > INT32_MAX)
		return REC_EINVAL;
	*rate = (struct rec_rate){num / a, den / a};
	return 0;
}

int rec_parse_size(const char *str, int *width, int *height)
{
	size_t n = count_digits(str);
	if (!n || str[n] != 'x')
		return REC_EINVAL;
	const char *p = str + n + 1;
	size_t m = count_digits(p);
	if (!m || p[m])
		return REC_EINVAL;
	int64_t w = digits_value(str, n, 65535);
	int64_t h = digits_value(p, m, 65535);
	if (w < 1 || w > 65535 || h < 1 || h > 65535)
		return REC_EINVAL;
	*width = (int)w;
	*height = (int)h;
	return 0;
}

int rec_parse_bits(const char *str, int64_t *bits)
{
	struct decimal dec;
	const char *p = str;
	if (!scan_decimal(&p, &dec))
		return REC_EINVAL;
	int64_t unit = *p == 'k' || *p == 'K' ? 1000 : *p == 'M' ? 1000000 : *p == 'G' ? 1000000000 : 1;
	p += unit > 1;
	bool exact;
	int64_t v = decimal_value(&dec, unit, INT64_MAX / 20, &exact);
	if (*p || v <= 0 || !exact)
		return REC_EINVAL;
	*bits = v;
	return 0;
}

/* |ns| in units of 1 s / 10^decimals, rounded half up; INT64_MIN has no positive int64_t. */
static uint64_t rounded(int64_t ns, int decimals)
{
	uint64_t v = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
	uint64_t step = (uint64_t)pow10_int[9 - decimals];
	return (v + step / 2) / step;
}

void rec_format_seconds(struct rec_buf *buf, int64_t ns, int decimals)
{
	uint64_t v = rounded(ns, decimals);
	const char *sign = ns < 0 && v ? "-" : "";
	while (decimals > 0 && v % 10 == 0) {
		v /= 10;
		decimals--;
	}
	uint64_t one = (uint64_t)pow10_int[decimals];
	rec_buf_printf(buf, "%s%" PRIu64, sign, v / one);
	if (decimals)
		rec_buf_printf(buf, ".%0*" PRIu64, decimals, v % one);
}

void rec_format_clock(struct rec_buf *buf, int64_t ns)
{
	uint64_t ms = rounded(ns, 3);
	uint64_t minutes = ms / 60000;
	if (ns < 0 && ms)
		rec_buf_puts(buf, "-");
	if (minutes >= 60)
		rec_buf_printf(buf, "%" PRIu64 ":%02" PRIu64, minutes / 60, minutes % 60);
	else
		rec_buf_printf(buf, "%" PRIu64, minutes);
	rec_buf_printf(buf, ":%02" PRIu64 ".%03" PRIu64, ms / 1000 % 60, ms % 1000);
}
