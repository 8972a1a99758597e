/* SPDX-License-Identifier: MIT */
#include "sound/truepeak.h"

#include <math.h>

#define TAPS  12
#define CHUNK 256

/* ITU-R BS.1770-5, annex 2, phases 0 to 3: the sound at 1/8, 3/8, 5/8 and 7/8 between two samples */
static const float phases[4][TAPS] = {
        {0.0017089843750F, 0.0109863281250F, -0.0196533203125F, 0.0332031250000F, -0.0594482421875F, 0.1373291015625F,
                0.9721679687500F, -0.1022949218750F, 0.0476074218750F, -0.0266113281250F, 0.0148925781250F,
                -0.0083007812500F},
        {-0.0291748046875F, 0.0292968750000F, -0.0517578125000F, 0.0891113281250F, -0.1665039062500F, 0.4650878906250F,
                0.7797851562500F, -0.2003173828125F, 0.1015625000000F, -0.0582275390625F, 0.0330810546875F,
                -0.0189208984375F},
        {-0.0189208984375F, 0.0330810546875F, -0.0582275390625F, 0.1015625000000F, -0.2003173828125F, 0.7797851562500F,
                0.4650878906250F, -0.1665039062500F, 0.0891113281250F, -0.0517578125000F, 0.0292968750000F,
                -0.0291748046875F},
        {-0.0083007812500F, 0.0148925781250F, -0.0266113281250F, 0.0476074218750F, -0.1022949218750F, 0.9721679687500F,
                0.1373291015625F, -0.0594482421875F, 0.0332031250000F, -0.0196533203125F, 0.0109863281250F,
                0.0017089843750F},
};

/* between[j]: the largest of the four points between pcm[j - 1] and pcm[j] */
static void interpolate(const float *pcm, size_t n, float *between)
{
	float sum[CHUNK + 1];

	for (size_t j = 0; j < n; j++)
		between[j] = 0;
	for (size_t p = 0; p < 4; p++) {
		for (size_t j = 0; j < n; j++)
			sum[j] = 0;
		for (size_t k = 0; k < TAPS; k++) {
			const float *x = pcm + REC_TRUEPEAK_AFTER - 1 - k;
			float h = phases[p][k];

			for (size_t j = 0; j < n; j++)
				sum[j] += h * x[j];
		}
		for (size_t j = 0; j < n; j++) {
			float v = fabsf(sum[j]);

			between[j] = v > between[j] ? v : between[j];
		}
	}
}

void rec_truepeak(const float *pcm, size_t n, float *peak)
{
	float between[CHUNK + 1];

	while (n) {
		size_t m = n < CHUNK ? n : CHUNK;

		interpolate(pcm, m + 1, between);
		for (size_t i = 0; i < m; i++) {
			float v = fabsf(pcm[i]);
			float b = between[i] > between[i + 1] ? between[i] : between[i + 1];

			v = v > b ? v : b;
			peak[i] = v > peak[i] ? v : peak[i];
		}
		pcm += m;
		peak += m;
		n -= m;
	}
}
