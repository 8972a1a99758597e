/* SPDX-License-Identifier: MIT */
/* The reader of OpenVidu's recordings of individual streams. */
#include "session/streams.h"

#include <cjson/cJSON.h>

static bool recognises(const struct rec_manifest *manifest)
{
	const cJSON *files = cJSON_GetObjectItemCaseSensitive(manifest->root, "files");
	const cJSON *first = cJSON_IsArray(files) ? files->child : NULL;

	return cJSON_GetObjectItemCaseSensitive(first, "streamId") &&
	       (cJSON_GetObjectItemCaseSensitive(first, "connectionId") ||
	               cJSON_GetObjectItemCaseSensitive(first, "endTimeOffset"));
}

static int read_openvidu(struct rec_session *session, const struct rec_manifest *manifest)
{
	static const struct rec_streams_dialect dialect = {
	        NULL, "endTimeOffset", "typeOfVideo", {"clientData", "serverData", NULL}};

	return rec_streams_read(session, manifest, &dialect);
}

const struct rec_reader rec_openvidu_reader = {"openvidu", recognises, read_openvidu};
