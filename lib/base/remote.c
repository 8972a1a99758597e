/* SPDX-License-Identifier: MIT */
#include "base/remote.h"

#include "base/buf.h"

#include <string.h>
#include <strings.h>

/* set once, before any thread starts */
static const struct rec_remote_ops *installed;

void rec_remote_install(const struct rec_remote_ops *ops)
{
	installed = ops;
}

const struct rec_remote_ops *rec_remote_ops(void)
{
	return installed;
}

bool rec_remote_is(const char *location)
{
	static const char *const schemes[] = {"https://", "http://", "s3://"};

	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		if (strncasecmp(location, schemes[i], strlen(schemes[i])) == 0)
			return true;
	return false;
}

char *rec_remote_shown(const char *location)
{
	struct rec_buf text = REC_BUF_INIT;

	if (!rec_remote_is(location))
		return strdup(location);
	const char *host = strstr(location, "://") + 3;
	const char *end = host + strcspn(host, "?#");
	size_t authority = strcspn(host, "/?#");
	const char *at = memrchr(host, '@', authority);
	rec_buf_add(&text, location, (size_t)(host - location));
	if (at)
		host = at + 1;
	rec_buf_add(&text, host, (size_t)(end - host));
	return rec_buf_steal(&text);
}
