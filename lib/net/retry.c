/* SPDX-License-Identifier: MIT */
#include "net/retry.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"

#include <time.h>

static const int max_tries = 6;
static const int64_t least_bytes = 16 << 10;
static const int64_t patience_ns = 20 * REC_NS_PER_S;
static const int64_t longest_wait_ns = 60 * REC_NS_PER_S;
static const int64_t first_wait_ns = 200 * REC_NS_PER_MS;

void rec_retry_begin(struct rec_retry *retry)
{
	*retry = (struct rec_retry){0, rec_monotonic_ns(), 0};
}

void rec_retry_moved(struct rec_retry *retry, int64_t bytes)
{
	if (bytes - retry->bytes >= least_bytes)
		*retry = (struct rec_retry){0, rec_monotonic_ns(), bytes};
}

/* In slices, so that whoever closes need not wait. */
static bool pause_for(const struct rec_http *http, int64_t ns)
{
	static const int64_t slice_ns = 50 * REC_NS_PER_MS;

	for (; ns > 0 && !rec_http_cancelled(http); ns -= slice_ns) {
		int64_t now_ns = ns < slice_ns ? ns : slice_ns;
		nanosleep(&(struct timespec){0, (long)now_ns}, NULL);
	}
	return !rec_http_cancelled(http);
}

bool rec_retry_wait(struct rec_retry *retry, const struct rec_http *http, const struct rec_http_reply *reply)
{
	int64_t now = rec_monotonic_ns();
	int64_t wait = first_wait_ns << retry->tries;

	if (++retry->tries >= max_tries || now - retry->since_ns > patience_ns || reply->wait_ns > longest_wait_ns)
		return false;
	/* many clients that failed together shall not come back together */
	wait -= wait / 2 * (now & 1023) / 1023;
	if (reply->wait_ns >= 0) {
		wait = reply->wait_ns;
		retry->since_ns += wait;
	}
	rec_debug("trying again in %lld ms: %s", (long long)(wait / REC_NS_PER_MS), reply->why);
	return pause_for(http, wait);
}

int rec_retry_perform(struct rec_http *http, const struct rec_http_request *request, struct rec_http_reply *reply)
{
	struct rec_retry retry;

	rec_retry_begin(&retry);
	for (;;) {
		enum rec_outcome outcome = rec_http_once(http, request, reply);
		reply->repeated |= retry.tries > 0;
		if (outcome == REC_DONE)
			return REC_OK;
		if (outcome == REC_AGAIN && reply->status != 0 && !reply->why[0])
			rec_http_refusal(reply, request->target);
		if (outcome == REC_FAILED || !rec_retry_wait(&retry, http, reply))
			return reply->local == REC_ENOMEM ? REC_ENOMEM : REC_EREMOTE;
		rec_http_reply_free(reply);
	}
}
