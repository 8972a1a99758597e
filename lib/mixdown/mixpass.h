/* SPDX-License-Identifier: MIT */
/*
 * One pass over all voices, block by block: to measure each, to measure their sum, or to write programme and stems. Inside lib/mixdown alone.
 *
 *     rec_mixpass_new(&m, params, result);
 *     rec_mixpass_run(&m, REC_MIXPASS_PROGRAMME); read m.loudness; rec_mixpass_end(&m);
 *     rec_mixpass_run(&m, REC_MIXPASS_WRITE); read m.mix, m.measured ...;
 *     rec_mixpass_free(&m);
 */
#ifndef REC_MIXDOWN_MIXPASS_H
#define REC_MIXDOWN_MIXPASS_H

#include "mixdown/mixdown.h"
#include "sound/mix.h"

/* what a pass is for */
enum rec_mixpass_purpose { REC_MIXPASS_VOICES, REC_MIXPASS_PROGRAMME, REC_MIXPASS_WRITE };

/* what all passes share, and the pass at hand */
struct rec_mixpass {
	const struct rec_mixdown_params *params;
	struct rec_mixdown_result *result;
	double *level_gain_db; /* of each voice */
	struct rec_sink *programme;
	struct rec_sink **stems; /* one a person; NULL: none */
	int *stem_channels;
	int mix_channels;
	struct rec_progress *progress;
	/* of the pass at hand */
	struct rec_mix *mix;
	int *numbers; /* of the voices in the mix; -1: not in it */
	struct rec_limit *limit;
	struct rec_loudness **measured; /* of each voice */
	struct rec_loudness *loudness;  /* of the programme */
	float *mixed;
	float *shaped; /* what goes to the programme */
	float *stem;
};

/** rec_mixpass_new(m, params, result): room for the passes, and the channels of each output. params and result are kept. REC_ENOMEM; rec_mixpass_free() also then. */
int rec_mixpass_new(struct rec_mixpass *m, const struct rec_mixdown_params *params, struct rec_mixdown_result *result);

/** rec_mixpass_channels(params): channels of the programme. */
int rec_mixpass_channels(const struct rec_mixdown_params *params);

/**
 * rec_mixpass_run(m, purpose): all blocks. What was measured stands in m until rec_mixpass_end(). Errors of inputs and sinks, reported.
 */
int rec_mixpass_run(struct rec_mixpass *m, enum rec_mixpass_purpose purpose);

/** rec_mixpass_end(m): the pass at hand is over, another may begin. */
void rec_mixpass_end(struct rec_mixpass *m);

/** rec_mixpass_free(m): everything; sinks that were not committed are discarded. */
void rec_mixpass_free(struct rec_mixpass *m);

#endif
