/* SPDX-License-Identifier: MIT */
#include "net/target.h"

#include "base/err.h"
#include "base/log.h"
#include "base/remote.h"
#include "net/uri.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const size_t max_key = 1024; /* bytes, as S3 has it */

static const char *set(const char *value)
{
	return value && *value ? value : NULL;
}

/* They go into headers. What is wrong is not shown: it may be secret. */
static int check_header(const char *name, const char *value)
{
	for (; value && *value; value++)
		if ((unsigned char)*value <= ' ' || (unsigned char)*value >= 0x7F)
			return rec_report(
			        REC_EREMOTE, "cannot use $%s: it has a blank or a control character in it", name);
	return REC_OK;
}

static int read_account(struct rec_target *target)
{
	const char *secret = set(getenv("AWS_SECRET_ACCESS_KEY"));
	const char *region = set(getenv("AWS_REGION"));
	int r;

	target->account.id = set(getenv("AWS_ACCESS_KEY_ID"));
	target->account.secret = secret;
	target->token = set(getenv("AWS_SESSION_TOKEN"));
	if (!region)
		region = set(getenv("AWS_DEFAULT_REGION"));
	target->account.region = region ? region : "us-east-1";
	target->account.service = "s3";
	if (target->account.id && !secret)
		return rec_report(REC_EREMOTE, "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not; set both");
	if ((r = check_header("AWS_ACCESS_KEY_ID", target->account.id)) < 0 ||
	        (r = check_header("AWS_SESSION_TOKEN", target->token)) < 0)
		return r;
	return check_header("AWS_REGION", target->account.region);
}

static bool is_bucket(const char *name, size_t n)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_";

	return n > 0 && n <= 255 && strspn(name, letters) >= n && name[0] != '.' && name[0] != '-';
}

static int split(struct rec_target *target, const char *location)
{
	const char *name = location + strlen("s3://");
	size_t n = strcspn(name, "/");

	if (!is_bucket(name, n))
		return rec_report(REC_EUSAGE, "'%s' names no bucket; write s3://BUCKET/KEY", target->shown);
	if (!name[n] || !name[n + 1])
		return rec_report(REC_EUSAGE, "'%s' names no file in the bucket; write s3://BUCKET/KEY", target->shown);
	if (strlen(name + n + 1) > max_key)
		return rec_report(REC_EUSAGE, "'%.80s...' has a key of more than 1024 bytes", target->shown);
	target->bucket = strndup(name, n);
	target->key = strdup(name + n + 1);
	return target->bucket && target->key ? REC_OK : REC_ENOMEM;
}

/* https://s3.REGION.amazonaws.com, or what the environment says; malloc'd */
static char *endpoint_of(const struct rec_target *target, bool *own)
{
	const char *endpoint = set(getenv("AWS_ENDPOINT_URL_S3"));
	struct rec_buf text = REC_BUF_INIT;

	if (!endpoint)
		endpoint = set(getenv("AWS_ENDPOINT_URL"));
	*own = endpoint != NULL;
	if (endpoint)
		return strdup(endpoint);
	rec_buf_printf(&text, "https://s3.%s.amazonaws.com%s", target->account.region,
	        strncmp(target->account.region, "cn-", 3) == 0 ? ".cn" : "");
	return rec_buf_steal(&text);
}

/*
 * Whether the bucket is part of the host's name. A bucket with a dot is not below the host's certificate, and an endpoint of
 * one's own is more often one name than a name for each bucket.
 */
static int settle_style(const struct rec_target *target, bool own_endpoint, bool *virtual_host)
{
	const char *style = set(getenv("AWS_S3_ADDRESSING_STYLE"));

	*virtual_host = !own_endpoint && !strpbrk(target->bucket, "._ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	if (!style || strcmp(style, "auto") == 0)
		return REC_OK;
	*virtual_host = strcmp(style, "virtual") == 0;
	if (!*virtual_host && strcmp(style, "path") != 0)
		return rec_report(REC_EUSAGE, "'%s' is no $AWS_S3_ADDRESSING_STYLE; set auto, path or virtual", style);
	return REC_OK;
}

static int place(struct rec_target *target, const struct rec_uri *endpoint, bool virtual_host)
{
	struct rec_buf host = REC_BUF_INIT, path = REC_BUF_INIT, url = REC_BUF_INIT;
	size_t prefix = strlen(endpoint->path);
	bool standard =
	        !endpoint->port || strcmp(endpoint->port, strcmp(endpoint->scheme, "https") == 0 ? "443" : "80") == 0;

	while (prefix > 0 && endpoint->path[prefix - 1] == '/')
		prefix--;
	rec_buf_printf(&host, "%s%s%s%s%s", virtual_host ? target->bucket : "", virtual_host ? "." : "", endpoint->host,
	        standard ? "" : ":", standard ? "" : endpoint->port);
	rec_buf_printf(&path, "%.*s%s%s/", (int)prefix, endpoint->path, virtual_host ? "" : "/",
	        virtual_host ? "" : target->bucket);
	rec_uri_encode(&path, target->key, strlen(target->key), true);
	rec_buf_printf(&url, "%s://%s%s", endpoint->scheme, rec_buf_str(&host), rec_buf_str(&path));
	target->host = rec_buf_steal(&host);
	target->path = rec_buf_steal(&path);
	target->url = rec_buf_steal(&url);
	return target->host && target->path && target->url ? REC_OK : REC_ENOMEM;
}

static int parse_s3(struct rec_target *target, const char *location)
{
	struct rec_uri endpoint = {0};
	bool own = false, virtual_host = false;
	char *text = NULL;
	int r;

	if ((r = split(target, location)) < 0 || (r = read_account(target)) < 0)
		return r;
	if (!(text = endpoint_of(target, &own)))
		return REC_ENOMEM;
	r = rec_uri_parse(&endpoint, text);
	free(text);
	if (r == REC_EINVAL)
		return rec_report(
		        REC_EREMOTE, "cannot use the S3 endpoint: $AWS_ENDPOINT_URL_S3 is no http or https URL");
	if (r == REC_OK)
		r = settle_style(target, own, &virtual_host);
	if (r == REC_OK)
		r = place(target, &endpoint, virtual_host);
	rec_uri_free(&endpoint);
	return r;
}

static int parse_web(struct rec_target *target, const char *location)
{
	struct rec_uri uri = {0};
	int r = rec_uri_parse(&uri, location);

	if (r == REC_EINVAL)
		return rec_report(REC_EUSAGE, "'%s' is no URL", target->shown);
	rec_uri_free(&uri);
	if (r == REC_OK && !(target->url = strdup(location)))
		r = REC_ENOMEM;
	return r;
}

int rec_target_parse(struct rec_target *target, const char *location)
{
	int r;

	*target = (struct rec_target){.shown = rec_remote_shown(location)};
	if (!target->shown)
		return REC_ENOMEM;
	if (!rec_remote_is(location))
		r = rec_report(REC_EUSAGE, "'%s' is no URL; write s3://BUCKET/KEY or https://HOST/PATH", target->shown);
	else
		r = strncasecmp(location, "s3:", 3) == 0 ? parse_s3(target, location) : parse_web(target, location);
	if (r < 0)
		rec_target_free(target);
	return r;
}

bool rec_target_signs_content(const struct rec_target *target)
{
	return target->account.id && strncasecmp(target->url, "http:", 5) == 0;
}

static bool is_s3(const char *location)
{
	return strncasecmp(location, "s3:", 3) == 0;
}

/* A key has no query. */
static size_t path_end(const char *location)
{
	return is_s3(location) ? strlen(location) : strcspn(location, "?#");
}

bool rec_target_is_folder(const char *location)
{
	size_t end = path_end(location);

	return end > 0 && location[end - 1] == '/';
}

char *rec_target_below(const char *location, const char *name)
{
	struct rec_buf text = REC_BUF_INIT;
	size_t end = path_end(location);

	rec_buf_add(&text, location, end);
	if (is_s3(location))
		rec_buf_puts(&text, name);
	else
		rec_uri_encode(&text, name, strlen(name), false);
	rec_buf_puts(&text, location + end);
	return rec_buf_steal(&text);
}

void rec_target_free(struct rec_target *target)
{
	free(target->shown);
	free(target->url);
	free(target->bucket);
	free(target->key);
	free(target->host);
	free(target->path);
	*target = (struct rec_target){0};
}
