/* SPDX-License-Identifier: MIT */
/* replay FILE...: feed each file to a fuzz target, one line of TAP each. A file that breaks a property ends the program. */
#include "tests/fuzz/fuzz.h"

#include <string.h>
#include <unistd.h>

static uint8_t *load(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = NULL;
	long n = -1;

	if (file && fseek(file, 0, SEEK_END) == 0)
		n = ftell(file);
	if (n >= 0)
		data = malloc(n > 0 ? (size_t)n : 1); /* to the byte: what is read beyond is found */
	if (data) {
		rewind(file);
		*size = fread(data, 1, (size_t)n, file);
	}
	if (file)
		fclose(file);
	return data;
}

int main(int argc, char **argv)
{
	FILE *tap = fdopen(dup(STDOUT_FILENO), "w"); /* the targets silence the other */

	MUST(tap);
	LLVMFuzzerInitialize(&argc, &argv);
	for (int i = 1; i < argc; i++) {
		size_t size = 0;
		uint8_t *data = load(argv[i], &size);

		fprintf(stderr, "%s\n", argv[i]);
		if (data)
			LLVMFuzzerTestOneInput(data, size);
		fprintf(tap, "%s %d - %s\n", data ? "ok" : "not ok", i, argv[i]);
		fflush(tap);
		free(data);
	}
	fprintf(tap, "1..%d\n", argc - 1);
	return fclose(tap) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
