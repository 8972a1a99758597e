/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/fuzz.h"

#include "base/log.h"
#include "media/libav.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static char folder[4096];

static void remove_folder(void)
{
	rmdir(folder);
}

void fuzz_quiet(void)
{
	int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

	MUST(nowhere >= 0 && dup2(nowhere, STDOUT_FILENO) == STDOUT_FILENO);
	close(nowhere);
	rec_log_set_level(REC_QUIET);
	rec_libav_init();
}

char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	MUST(text);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

struct memory {
	const uint8_t *data;
	size_t size;
};

static ssize_t memory_read(void *state, void *bytes, size_t n, int64_t at)
{
	const struct memory *memory = state;

	MUST(at >= 0);
	if ((uint64_t)at >= memory->size)
		return 0;
	n = n < memory->size - (size_t)at ? n : memory->size - (size_t)at;
	memcpy(bytes, memory->data + at, n);
	return (ssize_t)n;
}

static int memory_again(void *state, void **copy)
{
	struct memory *memory = malloc(sizeof(*memory));

	MUST(memory);
	*memory = *(const struct memory *)state;
	*copy = memory;
	return 0;
}

struct rec_source *fuzz_source(const uint8_t *data, size_t size)
{
	static const struct rec_source_ops ops = {memory_read, free, memory_again};
	struct rec_source *source = NULL;
	struct memory *memory = malloc(sizeof(*memory));

	MUST(memory);
	*memory = (struct memory){data, size};
	MUST(rec_source_new(&source, "fuzz", &ops, memory, (int64_t)size, true) == 0);
	return source;
}

const char *fuzz_file(const char *name, const uint8_t *data, size_t size)
{
	static char path[sizeof(folder) + 256];
	FILE *file;

	if (!folder[0]) {
		const char *tmp = getenv("TMPDIR");

		snprintf(folder, sizeof(folder), "%s/rec-fuzz-XXXXXX", tmp && *tmp ? tmp : "/tmp");
		MUST(mkdtemp(folder));
		atexit(remove_folder);
	}
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "wb");
	MUST(file);
	MUST(size == 0 || fwrite(data, 1, size, file) == size);
	MUST(fclose(file) == 0);
	return path;
}

uint64_t fuzz_number(struct fuzz_bytes *bytes, size_t n)
{
	uint64_t value = 0;

	for (size_t i = 0; i < n && bytes->left > 0; i++, bytes->left--)
		value |= (uint64_t)*bytes->at++ << 8 * i;
	return value;
}

int64_t fuzz_time(struct fuzz_bytes *bytes)
{
	switch (fuzz_number(bytes, 1) % 6) {
	case 0:
		return (int64_t)fuzz_number(bytes, 8);
	case 1:
		return INT64_MAX - (int64_t)fuzz_number(bytes, 4);
	case 2:
		return INT64_MIN + (int64_t)fuzz_number(bytes, 4);
	case 3:
		return (int64_t)fuzz_number(bytes, 4) * 1000000;
	case 4:
		return -(int64_t)fuzz_number(bytes, 4) * 1000;
	default:
		return (int64_t)fuzz_number(bytes, 2) * 1000000;
	}
}
