/* SPDX-License-Identifier: MIT */
/* Levels as numbers that people and players read. */
#ifndef REC_SOUND_DBFS_H
#define REC_SOUND_DBFS_H

#include "base/buf.h"

#include <stdint.h>

/* what silence is given as: JSON has no minus infinity */
#define REC_DBFS_SILENCE (-120.0)

/** rec_dbfs(linear): 20 log10, not below REC_DBFS_SILENCE. A sine of full scale has an RMS of -3.01 dBFS. */
double rec_dbfs(double linear);

/** rec_rms(squares, n): linear, of the sum of ${n} squares; 0 where n is 0. */
double rec_rms(double squares, int64_t n);

/** rec_put_hundredths(buf, value): two decimals, a last zero dropped: 0.0, 0.5, 0.25, -6.02. */
void rec_put_hundredths(struct rec_buf *buf, double value);

/** rec_put_tenthousandths(buf, value): four decimals, last zeros dropped down to one. */
void rec_put_tenthousandths(struct rec_buf *buf, double value);

#endif
