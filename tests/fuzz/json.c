/* SPDX-License-Identifier: MIT */
/* Strict JSON: what is accepted is printed and accepted again; whatever a string holds, the writer makes JSON of it. */
#include "base/json.h"

#include "base/err.h"
#include "base/log.h"
#include "base/utf8.h"
#include "tests/fuzz/fuzz.h"

#include <cjson/cJSON.h>
#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	fuzz_quiet();
	return 0;
}

static void parse(const uint8_t *data, size_t size)
{
	cJSON *root = NULL, *again = NULL;
	char why[256] = "";
	int r = rec_json_parse((const char *)data, size, NULL, &root, why);

	MUST((r == REC_OK) == (root != NULL) && (r == REC_OK || r == REC_EINVAL));
	MUST((r == REC_EINVAL) == (why[0] != '\0') && memchr(why, '\0', sizeof(why)));
	if (r < 0)
		return;
	char *text = cJSON_PrintUnformatted(root);
	MUST(text);
	MUST(rec_json_parse(text, strlen(text), NULL, &again, NULL) == REC_OK);
	MUST(cJSON_Compare(root, again, true));
	cJSON_free(text);
	cJSON_Delete(root);
	cJSON_Delete(again);
}

static void write(const char *text)
{
	struct rec_buf buf = REC_BUF_INIT;
	struct rec_json json = {.buf = &buf, .pretty = strlen(text) % 2};
	cJSON *root = NULL;

	rec_json_object(&json, NULL);
	rec_json_str(&json, "value", text);
	rec_json_end_object(&json);
	MUST(!buf.failed && rec_json_parse(buf.data, buf.len, NULL, &root, NULL) == REC_OK);
	cJSON_Delete(root);
	rec_buf_free(&buf);
}

/* one line, no control characters, valid UTF-8 */
static void escape(const char *text)
{
	struct rec_buf buf = REC_BUF_INIT;
	uint32_t code;
	size_t len;

	rec_escape(&buf, text);
	for (size_t i = 0; i < buf.len; i += len) {
		MUST(rec_utf8_decode(buf.data + i, buf.len - i, &code, &len) == REC_OK);
		MUST(code >= 0x20 && code != 0x7f && !(code >= 0x80 && code < 0xa0));
		MUST(code != 0x200e && code != 0x200f && !(code >= 0x202a && code <= 0x202e));
	}
	rec_buf_free(&buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	parse(data, size);
	write(text);
	escape(text);
	free(text);
	return 0;
}
