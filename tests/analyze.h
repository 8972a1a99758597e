/* SPDX-License-Identifier: MIT */
/* For make analyze alone: what an analyzer cannot see from one file. */
#include "base/log.h"

/* it returns what it is given */
#define rec_report(err, ...) ((rec_report)((err), __VA_ARGS__), (err))
