/* SPDX-License-Identifier: MIT */
#include "sound/dbfs.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

double rec_dbfs(double linear)
{
	double db = linear > 0 ? 20 * log10(linear) : REC_DBFS_SILENCE;

	return db > REC_DBFS_SILENCE ? db : REC_DBFS_SILENCE;
}

double rec_rms(double squares, int64_t n)
{
	return n > 0 ? sqrt(squares / (double)n) : 0;
}

/* No tool sets a locale, so the point is a point. */
static void put(struct rec_buf *buf, double value, int decimals)
{
	char text[64];
	size_t n;

	snprintf(text, sizeof(text), "%.*f", decimals, value);
	n = strlen(text);
	while (n > 2 && text[n - 1] == '0' && text[n - 2] != '.')
		n--;
	text[n] = '\0';
	rec_buf_puts(buf, strcmp(text, "-0.0") == 0 ? "0.0" : text);
}

void rec_put_hundredths(struct rec_buf *buf, double value)
{
	put(buf, value, 2);
}

void rec_put_tenthousandths(struct rec_buf *buf, double value)
{
	put(buf, value, 4);
}
