/* SPDX-License-Identifier: MIT */
#include "base/summary.h"

#include "base/log.h"
#include "base/tool.h"

void rec_summary_begin(struct rec_summary *summary, const struct rec_common *common, const char *output)
{
	*summary = (struct rec_summary){.text = REC_BUF_INIT, .output = output};
	summary->json = (struct rec_json){.buf = &summary->text, .pretty = rec_tool_pretty(common, output)};
	rec_json_object(&summary->json, NULL);
}

int rec_summary_end(struct rec_summary *summary)
{
	int err;

	rec_json_warnings(&summary->json);
	rec_json_end_object(&summary->json);
	err = rec_tool_summary(summary->output, &summary->text);
	rec_buf_free(&summary->text);
	return err;
}
