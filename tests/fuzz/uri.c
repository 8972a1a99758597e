/* SPDX-License-Identifier: MIT */
/* URLs and their signature: a reference and a base, a line each. */
#include "net/uri.h"

#include "base/err.h"
#include "base/remote.h"
#include "net/sigv4.h"
#include "net/target.h"
#include "session/remotename.h"
#include "tests/fuzz/fuzz.h"

#include <ctype.h>
#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	fuzz_quiet();
	setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", 1);
	setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9000", 1);
	return 0;
}

static void code(const char *text)
{
	struct rec_buf encoded = REC_BUF_INIT;
	char *decoded = NULL;

	rec_uri_encode(&encoded, text, strlen(text), strlen(text) % 2);
	for (size_t i = 0; i < encoded.len; i++)
		MUST(isalnum((unsigned char)encoded.data[i]) || strchr("-._~%/", encoded.data[i]));
	MUST(rec_uri_decode(rec_buf_str(&encoded), false, &decoded) == REC_OK && strcmp(decoded, text) == 0);
	free(decoded);
	rec_buf_free(&encoded);
	if (rec_uri_decode(text, true, &decoded) == REC_OK) {
		MUST(strlen(decoded) <= strlen(text));
		free(decoded);
	}
}

static void url(const char *text, const char *base)
{
	struct rec_buf folder = REC_BUF_INIT;
	struct rec_uri uri;
	char *resolved = NULL;

	if (rec_uri_parse(&uri, text) == REC_OK) {
		MUST(strcmp(uri.scheme, "http") == 0 || strcmp(uri.scheme, "https") == 0);
		MUST(uri.host && *uri.host && uri.path && uri.path[0] == '/');
		rec_uri_free(&uri);
		MUST(rec_uri_same_host(text, text));
	}
	MUST(rec_uri_folder(text, &folder) == REC_OK);
	MUST(strlen(rec_buf_str(&folder)) <= strlen(text));
	rec_buf_free(&folder);
	if (rec_uri_resolve(base, text, &resolved) == REC_OK) {
		MUST(strncmp(resolved, "http://", 7) == 0 || strncmp(resolved, "https://", 8) == 0);
		free(resolved);
	}
	rec_uri_same_host(base, text);
}

/* what is shown of a URL holds nothing of its query */
static void shown(const char *text)
{
	struct rec_buf redacted = REC_BUF_INIT;
	char *safe = rec_remote_shown(text);

	MUST(safe);
	if (rec_remote_is(text))
		MUST(!strpbrk(safe, "?#"));
	free(safe);
	rec_remote_redact(&redacted, text);
	rec_buf_free(&redacted);
}

static void sign(const char *path, const char *value)
{
	struct rec_buf query = REC_BUF_INIT, out = REC_BUF_INIT;
	const struct rec_field fields[] = {{"prefix", value}, {path, "x"}, {"a b", path}, {"prefix", path}};
	const struct rec_field headers[] = {{"host", value}, {"x-amz-date", "20150830T123600Z"}, {"x-amz-meta", path}};
	const struct rec_sigv4_key key = {"AKIDEXAMPLE", "secret", "us-east-1", "s3"};

	MUST(rec_sigv4_query(&query, fields, 4) == REC_OK);
	MUST(!strpbrk(rec_buf_str(&query), " \n+/"));
	const struct rec_sigv4_request request = {"GET", "/", rec_buf_str(&query), headers, 3, "UNSIGNED-PAYLOAD"};
	MUST(rec_sigv4_sign(&out, &key, &request, "20150830T123600Z") == REC_OK);
	MUST(strstr(rec_buf_str(&out), "Signature=") && !strstr(rec_buf_str(&out), "secret"));
	rec_buf_free(&query);
	rec_buf_free(&out);
}

static void target(const char *text)
{
	struct rec_target target;

	if (!rec_remote_is(text) || rec_target_parse(&target, text) < 0)
		return;
	MUST(target.url && target.shown && !strpbrk(target.shown, "\n\r?"));
	MUST(!target.bucket || (target.path && target.path[0] == '/' && !strpbrk(target.path, " \n\r?#")));
	rec_target_free(&target);
}

/* a safe file name, whatever the location is */
static void local_name(char *location)
{
	struct rec_remote_track track = {.location = location};

	MUST(rec_remotename_read(&track) == REC_OK);
	MUST(track.name && *track.name && track.name[0] != '.' && strlen(track.name) <= 200);
	MUST(!strchr(track.name, '/'));
	free(track.name);
	free(track.participant);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	char *base = strchr(text, '\n');

	if (base)
		*base++ = '\0';
	else
		base = text;
	code(text);
	url(text, base);
	url(base, text);
	shown(text);
	sign(text, base);
	target(text);
	if (rec_remote_is(text))
		local_name(text);
	free(text);
	return 0;
}
