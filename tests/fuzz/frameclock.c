/* SPDX-License-Identifier: MIT */
/* The frame clock on any stamps: no output frame is shown twice or outside of what is wanted, and every one is accounted for. */
#include "picture/frameclock.h"

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	fuzz_quiet();
	return 0;
}

struct account {
	int64_t upto; /* end of the last run */
	int64_t shown;
	int64_t runs;
};

static void take(struct account *account, const struct rec_frame_clock *clock, const struct rec_run *run)
{
	MUST(run->start >= clock->first && run->start < run->end && run->end <= clock->end);
	MUST(run->start >= account->upto);
	account->upto = run->end;
	account->shown += run->end - run->start;
	account->runs++;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct rec_rate rates[] = {
	        {30, 1}, {30000, 1001}, {1, 1000}, {1000, 1}, {INT32_MAX, 1}, {1, INT32_MAX}};
	struct fuzz_bytes bytes = {data, size};
	struct rec_frame_clock clock;
	struct rec_run run = {0, 0};
	struct rec_rate fps = rates[fuzz_number(&bytes, 1) % 6];
	int64_t first = (int64_t)(uint32_t)fuzz_number(&bytes, 4), end = first + (int64_t)fuzz_number(&bytes, 4);
	int64_t hold = fuzz_number(&bytes, 1) % 3 ? (int64_t)fuzz_number(&bytes, 5) : REC_NS_UNKNOWN;
	struct account account = {first, 0, 0};
	int64_t until = fuzz_time(&bytes), pushed = 0, replaced = 0;

	rec_frame_clock_init(&clock, fps, first, end, hold);
	while (bytes.left > 0) {
		int64_t pts = fuzz_time(&bytes);

		if (pts == REC_NS_UNKNOWN)
			continue;
		bool done = rec_frame_clock_done(&clock);
		enum rec_push what = rec_frame_clock_push(&clock, pts, &run);
		pushed++;
		replaced += what != REC_PUSH_SHOW;
		if (what == REC_PUSH_SHOW) {
			MUST(!done);
			take(&account, &clock, &run);
		}
	}
	if (rec_frame_clock_finish(&clock, until, &run))
		take(&account, &clock, &run);
	MUST(account.shown + clock.hole_frames <= end - first);
	MUST(clock.repeated == account.shown - account.runs);
	MUST(clock.dropped + account.runs == pushed);
	MUST(replaced <= pushed);
	return 0;
}
