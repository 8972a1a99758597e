/* SPDX-License-Identifier: MIT */
/* The reader of OpenTok's (Vonage Video's) archives of individual streams. */
#include "session/streams.h"

#include <cjson/cJSON.h>

static bool recognises(const struct rec_manifest *manifest)
{
	const cJSON *files = cJSON_GetObjectItemCaseSensitive(manifest->root, "files");
	const cJSON *first = cJSON_IsArray(files) ? files->child : NULL;

	return cJSON_GetObjectItemCaseSensitive(first, "streamId") &&
	       !cJSON_GetObjectItemCaseSensitive(first, "endTimeOffset") &&
	       (cJSON_GetObjectItemCaseSensitive(first, "stopTimeOffset") ||
	               cJSON_GetObjectItemCaseSensitive(first, "filename"));
}

static int read_opentok(struct rec_session *session, const struct rec_manifest *manifest)
{
	static const struct rec_streams_dialect dialect = {
	        "filename", "stopTimeOffset", "videoType", {"connectionData", NULL}};

	return rec_streams_read(session, manifest, &dialect);
}

const struct rec_reader rec_opentok_reader = {"opentok", recognises, read_opentok};
