/* SPDX-License-Identifier: MIT */
/*
 * What the fuzz targets share. A target is a file with the two functions that libFuzzer calls; `make fuzz` links it with libFuzzer,
 * `make check` with replay.c, which feeds it the files of testdata/fuzz/NAME. A property that does not hold aborts.
 */
#ifndef REC_TESTS_FUZZ_H
#define REC_TESTS_FUZZ_H

#include "base/source.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* like assert, whatever NDEBUG says */
#define MUST(holds)                                                                                                    \
	do {                                                                                                           \
		if (!(holds)) {                                                                                        \
			fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #holds);                     \
			abort();                                                                                       \
		}                                                                                                      \
	} while (0)

/** fuzz_quiet(): the library's talk is not wanted, neither on stderr nor on stdout. */
void fuzz_quiet(void);

/** fuzz_text(data, size): the bytes as a string, malloc'd: it ends at their first NUL. */
char *fuzz_text(const uint8_t *data, size_t size);

/** fuzz_source(data, size): the bytes, borrowed, as a seekable file. */
struct rec_source *fuzz_source(const uint8_t *data, size_t size);

/** fuzz_file(name, data, size): write them to ${name} in a folder of our own; the path, valid until the end. */
const char *fuzz_file(const char *name, const uint8_t *data, size_t size);

/* the bytes as numbers, one after the other; 0 when they are used up */
struct fuzz_bytes {
	const uint8_t *at;
	size_t left;
};

/** fuzz_number(bytes, n): the next ${n} bytes, little endian. */
uint64_t fuzz_number(struct fuzz_bytes *bytes, size_t n);

/** fuzz_time(bytes): any time at all: most often small, sometimes at the ends of int64_t. */
int64_t fuzz_time(struct fuzz_bytes *bytes);

#endif
