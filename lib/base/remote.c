/* SPDX-License-Identifier: MIT */
#include "base/remote.h"

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

/* Whether a URL that stands in a message ends here. */
static bool ends(const char *at, bool s3)
{
	if (*at == '\'' && (!at[1] || strchr(" :;,.)?", at[1])))
		return true;
	return !*at || (!s3 && strchr(" \t\n", *at));
}

/* Append one URL; return what follows it. */
static const char *redact_one(struct rec_buf *buf, const char *url)
{
	bool s3 = strncasecmp(url, "s3", 2) == 0;
	const char *host = strstr(url, "://") + 3, *end = host;

	while (!ends(end, s3) && !strchr("?#", *end))
		end++;
	size_t authority = strcspn(host, "/?#");
	const char *at = memrchr(host, '@', authority < (size_t)(end - host) ? authority : (size_t)(end - host));
	rec_buf_add(buf, url, (size_t)(host - url));
	host = at ? at + 1 : host;
	rec_buf_add(buf, host, (size_t)(end - host));
	while (!ends(end, s3))
		end++;
	return end;
}

void rec_remote_redact(struct rec_buf *buf, const char *text)
{
	while (*text) {
		const char *mark = strstr(text, "://"), *url = mark;
		while (url && url > text && mark - url < 5 && !rec_remote_is(url))
			url--;
		if (!mark || !rec_remote_is(url)) {
			size_t n = mark ? (size_t)(mark + 3 - text) : strlen(text);
			rec_buf_add(buf, text, n);
			text += n;
			continue;
		}
		rec_buf_add(buf, text, (size_t)(url - text));
		text = redact_one(buf, url);
	}
}
