/* SPDX-License-Identifier: MIT */
/* What a server answers: header lines up to an empty one, then the body. */
#include "net/reply.h"

#include "base/clock.h"
#include "base/err.h"
#include "net/version.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	fuzz_quiet();
	return 0;
}

static bool ended(const char *text, size_t size)
{
	return memchr(text, '\0', size) != NULL;
}

static void sane(const struct rec_http_reply *r)
{
	MUST(r->length >= -1 && r->total >= -1 && r->wait_ns >= -1 && r->wait_ns <= 86400 * REC_NS_PER_S);
	MUST(r->first < 0 ? r->last < 0 : r->last >= r->first);
	MUST(ended(r->etag, sizeof(r->etag)) && ended(r->type, sizeof(r->type)) && ended(r->region, sizeof(r->region)));
}

static void judge(struct rec_http_reply *reply)
{
	static char bucket[] = "bucket";
	struct rec_target target = {.bucket = bucket};
	struct rec_version version;
	struct rec_field field;

	rec_version_init(&version);
	rec_reply_again(reply);
	rec_version_take(&version, reply);
	MUST(rec_version_is(&version, reply));
	MUST(rec_version_guard(&version, &field) <= 1);
	rec_version_part(&version, reply, reply->first);
	rec_http_refusal(reply, &target);
	MUST(ended(reply->why, sizeof(reply->why)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rec_http_reply reply;
	char *location = NULL;
	bool compressed = false;
	const char *why = NULL;
	char *text = fuzz_text(data, size), *at = text, *end;

	rec_reply_init(&reply);
	for (; (end = strchr(at, '\n')) && end != at; at = end + 1) {
		if (!rec_reply_header(&reply, at, (size_t)(end - at + 1), &location, &compressed, &why))
			MUST(why && *why);
		sane(&reply);
	}
	rec_buf_puts(&reply.text, at);
	char *id = rec_http_element(at, "UploadId");
	MUST(!id || strlen(id) < size + 1);
	free(id);
	judge(&reply);
	rec_http_reply_free(&reply);
	free(location);
	free(text);
	return 0;
}
