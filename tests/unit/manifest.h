/* SPDX-License-Identifier: MIT */
/* Tables of manifests' texts, a table a test: what is understood and what is refused. To be included before cmocka's header. */
#ifndef REC_TESTS_UNIT_MANIFEST_H
#define REC_TESTS_UNIT_MANIFEST_H

#include "base/err.h"
#include "tests/unit/dump.h"
#include "tests/unit/tmp.h"

struct row {
	const char *text;
	const char *want; /* the session's dump, or what is said of it */
};

/* load the text from session.json in the test's folder */
static inline int load_text(struct rec_session **session, const char *text, const struct rec_session_params *params)
{
	char *path = tmp_path("session.json");
	int r;

	if (!file_write(tmp, "session.json", text))
		abort();
	r = rec_session_load(session, path, params);
	free(path);
	return r;
}

/* the same as that format, NULL: whichever it is; the session or what was said, which the caller frees */
static inline char *load_row(const char *from, const char *text, int *r)
{
	struct rec_session_params params = REC_SESSION_PARAMS;
	static struct capture capture;
	struct rec_session *s = NULL;
	char *said;

	params.from = from;
	capture_begin(&capture, STDERR_FILENO);
	*r = load_text(&s, text, &params);
	capture_end(&capture);
	if ((*r == REC_OK) != (s != NULL))
		abort();
	said = s ? dump(s) : strdup(capture.text);
	rec_session_free(&s);
	return said;
}

#define REFUSED(rows, from)                                                                                            \
	static void test_##rows(void **state)                                                                          \
	{                                                                                                              \
		(void)state;                                                                                           \
		for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {                                            \
			int r;                                                                                         \
			char *said = load_row(from, rows[i].text, &r);                                                 \
                                                                                                                       \
			if (r != REC_EINPUT || !strstr(said, rows[i].want) || !strstr(said, "session.json'"))          \
				fail_msg("%s: %d '%s' does not say '%s'", rows[i].text, r, said, rows[i].want);        \
			free(said);                                                                                    \
		}                                                                                                      \
	}

#define UNDERSTOOD(rows, from)                                                                                         \
	static void test_##rows(void **state)                                                                          \
	{                                                                                                              \
		(void)state;                                                                                           \
		for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {                                            \
			int r;                                                                                         \
			char *said = load_row(from, rows[i].text, &r);                                                 \
                                                                                                                       \
			if (r != REC_OK || strcmp(said, rows[i].want) != 0)                                            \
				fail_msg("%s: %d\n%s\ninstead of\n%s", rows[i].text, r, said, rows[i].want);           \
			free(said);                                                                                    \
		}                                                                                                      \
	}

#endif
