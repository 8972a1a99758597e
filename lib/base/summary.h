/* SPDX-License-Identifier: MIT */
/*
 * The one object that --json prints: whatever a tool adds, and the warnings at its end.
 *
 *     rec_summary_begin(&summary, &options->common, options->output);
 *     rec_json_str(&summary.json, ...); ...
 *     r = rec_summary_end(&summary);
 */
#ifndef REC_BASE_SUMMARY_H
#define REC_BASE_SUMMARY_H

#include "base/buf.h"
#include "base/json.h"
#include "base/opt.h"

struct rec_summary {
	struct rec_json json;
	struct rec_buf text; /* json writes into it: not to be moved */
	const char *output;
};

/** rec_summary_begin(summary, common, output): ${output} as of rec_tool_summary(); borrowed until the end. */
void rec_summary_begin(struct rec_summary *summary, const struct rec_common *common, const char *output);

/** rec_summary_end(summary): print it and free it. As rec_tool_summary(). */
int rec_summary_end(struct rec_summary *summary);

#endif
