/* SPDX-License-Identifier: MIT */
/* For make analyze alone: what an analyzer cannot see from one file. */
#include "base/log.h"

#include <cjson/cJSON.h>

/* it returns what it is given */
#define rec_report(err, ...) ((rec_report)((err), __VA_ARGS__), (err))
/* nothing is of no type */
#define cJSON_IsArray(item) ((item) != NULL && (cJSON_IsArray)(item))
#define cJSON_IsNumber(item) ((item) != NULL && (cJSON_IsNumber)(item))
#define cJSON_IsString(item) ((item) != NULL && (cJSON_IsString)(item))
