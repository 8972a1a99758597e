/* SPDX-License-Identifier: MIT */
#include "net/version.h"

#include "base/err.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

void rec_version_init(struct rec_version *version)
{
	*version = (struct rec_version){.total = -1};
}

void rec_version_take(struct rec_version *version, const struct rec_http_reply *reply)
{
	version->total = reply->status == 206 ? reply->total : reply->length;
	snprintf(version->etag, sizeof version->etag, "%s", reply->etag);
	snprintf(version->modified, sizeof version->modified, "%s", reply->modified);
	version->md5[0] = '\0';
	if (!reply->etag_is_md5 || reply->encrypted)
		return;
	for (size_t i = 0; i < REC_MD5_HEX - 1; i++)
		version->md5[i] = (char)tolower((unsigned char)reply->etag[1 + i]);
	version->md5[REC_MD5_HEX - 1] = '\0';
}

bool rec_version_is(const struct rec_version *version, const struct rec_http_reply *reply)
{
	int64_t total = reply->status == 206 ? reply->total : reply->length;

	if (version->total >= 0 && total >= 0 && version->total != total)
		return false;
	if (version->etag[0] && reply->etag[0])
		return strcmp(version->etag, reply->etag) == 0;
	return !version->modified[0] || !reply->modified[0] || strcmp(version->modified, reply->modified) == 0;
}

size_t rec_version_guard(const struct rec_version *version, struct rec_field *field)
{
	/* a weak one may not stand in If-Match (RFC 9110, 13.1.1) */
	if (version->etag[0] != '"')
		return 0;
	*field = (struct rec_field){"If-Match", version->etag};
	return 1;
}

int rec_version_part(const struct rec_version *version, struct rec_http_reply *reply, int64_t at)
{
	const char *why = NULL;

	if (reply->status == 206 && reply->first != at)
		why = "the server sent another part than was asked for";
	else if (reply->status == 206 && reply->total < 0)
		why = "the server does not say how long it is";
	else if (!rec_version_is(version, reply))
		why = "it changed while it was read; try again";
	if (!why)
		return REC_OK;
	snprintf(reply->why, sizeof reply->why, "%s", why);
	return REC_EREMOTE;
}
