/* SPDX-License-Identifier: MIT */
#include "edit/segments.h"

#include "base/err.h"
#include "picture/still.h"

#include <stdlib.h>

/* the run of one picture that is going on */
struct run {
	int64_t first_ns;  /* its first picture */
	int64_t second_ns; /* its second: what follows is repeats; REC_NS_UNKNOWN */
};

static int keep(struct rec_spans *kept, int64_t from_ns, int64_t to_ns)
{
	struct rec_span *more = reallocarray(kept->items, kept->n + 1, sizeof(*more));

	if (!more)
		return REC_ENOMEM;
	kept->items = more;
	if (from_ns < to_ns)
		kept->items[kept->n++] = (struct rec_span){from_ns, to_ns};
	return REC_OK;
}

/* A run ends at ${now}: when it was long, its repeats go. */
static int end_run(struct rec_spans *kept, const struct run *run, int64_t now_ns, int64_t least_ns, int64_t *from_ns)
{
	int err = REC_OK;

	if (run->second_ns == REC_NS_UNKNOWN || now_ns - run->first_ns <= least_ns)
		return REC_OK;
	err = keep(kept, *from_ns, run->second_ns);
	*from_ns = now_ns;
	return err;
}

int rec_stills_find(const struct rec_recording *recording, int64_t first_ns, int64_t end_ns, int64_t least_ns,
        struct rec_spans *kept)
{
	struct rec_input_params params = REC_INPUT_PARAMS(REC_MEDIA_VIDEO);
	struct run run = {first_ns, REC_NS_UNKNOWN};
	struct rec_still still = {0};
	struct rec_input *in = NULL;
	AVFrame *frame = av_frame_alloc();
	int64_t from_ns = first_ns, ns;
	int err = frame ? rec_recording_input(recording, params, &in) : REC_ENOMEM;

	while (err == REC_OK && (err = rec_input_read(in, frame, &ns)) == REC_OK) {
		bool same;

		err = rec_still_is(&still, frame, &same);
		if (err == REC_OK && same && run.second_ns == REC_NS_UNKNOWN && ns > run.first_ns)
			run.second_ns = ns;
		if (err == REC_OK && !same) {
			err = end_run(kept, &run, ns, least_ns, &from_ns);
			run = (struct run){ns, REC_NS_UNKNOWN};
		}
		av_frame_unref(frame);
	}
	if (err == REC_ENODATA)
		err = end_run(kept, &run, end_ns, least_ns, &from_ns);
	if (err == REC_OK)
		err = keep(kept, from_ns, end_ns);
	rec_still_clear(&still);
	rec_input_close(&in);
	av_frame_free(&frame);
	return err;
}
