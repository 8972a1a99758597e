/* SPDX-License-Identifier: MIT */
/* Files of environment variables. */
#include "base/envfile.h"

#include "base/err.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>
#include <unistd.h>

extern char **environ;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	fuzz_quiet();
	unlink(fuzz_file("env", NULL, 0)); /* while $TMPDIR is known */
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path = fuzz_file("env", data, size);
	int r;

	clearenv();
	r = rec_envfile_load(path);
	MUST(r == REC_OK || r == REC_EINPUT);
	for (char **at = environ; at && *at; at++)
		MUST(strchr(*at, '=') && **at != '=');
	unlink(path);
	return 0;
}
