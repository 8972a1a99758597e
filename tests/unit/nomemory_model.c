/* SPDX-License-Identifier: MIT */
/* Goal: what is made of a session - its timeline, its text, its names and paths - is whole, or REC_ENOMEM and nothing, whichever allocation fails. */
#include "base/err.h"
#include "session/keep.h"
#include "session/paths.h"
#include "session/timeline.h"
#include "session/write.h"
#include "tests/unit/capture.h"
#include "tests/unit/dump.h"
#include "tests/unit/fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka needs the four above */
#include <cmocka.h>

static const struct rec_session_entry entries[] = {{"Ann", "a.webm", "a.ogg", 0, 10 * REC_NS_PER_S, 1},
        {NULL, "b.webm", NULL, 5 * REC_NS_PER_S, 20 * REC_NS_PER_S, 2},
        {"Ann", NULL, "c.ogg", 12 * REC_NS_PER_S, 15 * REC_NS_PER_S, 3}};
static struct rec_session *session; /* of these */
static long nth;                    /* the allocation that fails; 0: none */
static bool failed;                 /* it was made */

static void fault_on(void)
{
	fault_begin("alloc", nth, ENOMEM);
}

static void fault_off(void)
{
	failed = fault_end();
}

static int from_entries(struct rec_buf *said)
{
	struct rec_session *s = NULL;
	char *text;
	int r;

	fault_on();
	r = rec_session_from_entries(&s, entries, 3);
	fault_off();
	assert_true((r == REC_OK) == (s != NULL));
	if (!s)
		return r;
	text = dump(s);
	rec_buf_printf(said, "%s %s %s\n%s", s->id, s->dir, s->from, text);
	for (size_t i = 0; i < s->ntracks; i++)
		rec_buf_printf(said, "%s %s\n", s->tracks[i].entry, s->tracks[i].location);
	free(text);
	rec_session_free(&s);
	return r;
}

static int make_timeline(struct rec_buf *said)
{
	struct rec_timeline_params params = REC_TIMELINE_PARAMS;
	struct rec_timeline *t = NULL;
	int r;

	fault_on();
	r = rec_timeline_new(&t, session, &params);
	fault_off();
	assert_true((r == REC_OK) == (t != NULL));
	for (size_t i = 0; t && i < t->nwindows; i++) {
		const struct rec_window *window = &t->windows[i];
		rec_buf_printf(said, "%lld-%lld:", (long long)window->start_frame, (long long)window->end_frame);
		for (size_t k = 0; k < window->ntiles; k++)
			rec_buf_printf(
			        said, " %s/%zu", t->tiles[window->tiles[k]].name, t->tiles[window->tiles[k]].ntracks);
		for (size_t k = 0; k < window->npresent; k++)
			rec_buf_printf(said, " %zu", window->present[k]);
		rec_buf_puts(said, "\n");
	}
	rec_timeline_free(&t);
	return r;
}

static int write_text(struct rec_buf *said)
{
	int r;

	fault_on();
	r = rec_session_write(session, NULL, said);
	fault_off();
	return r;
}

static int make_stem(struct rec_buf *said)
{
	char *stem;

	fault_on();
	stem = rec_session_stem(session);
	fault_off();
	rec_buf_puts(said, stem ? stem : "");
	free(stem);
	return stem ? REC_OK : REC_ENOMEM;
}

/* the manifest, its session_dir and a location, resolved */
static int resolve(struct rec_buf *said, const char *manifest, const char *session_dir, const char *location)
{
	struct rec_paths paths;
	char *path = NULL;
	int r;

	fault_on();
	r = rec_paths_open(&paths, manifest, session_dir, false);
	if (r == REC_OK)
		r = rec_paths_resolve(&paths, "e", location, &path);
	fault_off();
	if (r == REC_OK)
		rec_buf_printf(said, "%s %s %s", paths.root, paths.dir, path);
	else
		assert_null(path);
	free(path);
	rec_paths_close(&paths);
	return r;
}

static int resolve_url(struct rec_buf *said)
{
	return resolve(said, "https://h.example/r/m.json?sig", "inner", "a b.ogg");
}

static int resolve_s3(struct rec_buf *said)
{
	return resolve(said, "s3://b/r/m.json", "inner/", "a b.ogg");
}

static int resolve_gone(struct rec_buf *said)
{
	return resolve(said, "testdata/manifests/opentok.json", "/was/here/once/", "/was/here/once/a/b.ogg");
}

static int resolve_missing(struct rec_buf *said)
{
	return resolve(said, "testdata", "missing", "no/such/folder");
}

/* a pipe, kept once for both tracks that name it */
static int keep_pipe(struct rec_buf *said)
{
	const struct rec_keep_params params = {false, false, false};
	struct rec_session_entry entry = {"Ann", NULL, NULL, 0, REC_NS_PER_S, 1};
	struct rec_session *s = NULL;
	char name[64];
	int ends[2];
	int r;

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "media", 5), 5);
	close(ends[1]);
	snprintf(name, sizeof(name), "/dev/fd/%d", ends[0]);
	entry.video = entry.audio = name;
	assert_int_equal(rec_session_from_entries(&s, &entry, 1), REC_OK);
	fault_on();
	r = rec_session_keep(s, &params);
	fault_off();
	close(ends[0]);
	if (r == REC_OK)
		rec_buf_printf(said, "%zu kept, %d", s->nkept, s->tracks[0].kept == s->tracks[1].kept);
	rec_session_free(&s);
	return r;
}

static void test_no_memory(void **state)
{
	static const struct {
		int (*run)(struct rec_buf *said);
		const char *want; /* a part of it */
	} rows[] = {
	        {from_entries, "Participant 2 5-20\n v 5-? b.webm\n"},
	        {make_timeline, "150-300: Ann/1 Participant 2/1 0 1\n"},
	        {write_text, "\"name\": \"Participant 2\""},
	        {make_stem, "session"},
	        {resolve_url,
	                "https://h.example/r/inner/ https://h.example/r/inner/ https://h.example/r/inner/a%20b.ogg"},
	        {resolve_s3, "s3://b/r/inner/ s3://b/r/inner/ s3://b/r/inner/a b.ogg"},
	        {resolve_gone, "/testdata/manifests/a/b.ogg"},
	        {resolve_missing, "/testdata/no/such/folder"},
	        {keep_pipe, "1 kept, 1"},
	};
	static struct capture capture;
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rec_buf whole = REC_BUF_INIT;

		nth = 0;
		assert_int_equal(rows[i].run(&whole), REC_OK);
		if (!strstr(rec_buf_str(&whole), rows[i].want))
			fail_msg("row %zu: '%s'", i, rec_buf_str(&whole));
		failed = true;
		for (nth = 1; failed; nth++) {
			struct rec_buf said = REC_BUF_INIT;
			int r;

			capture_begin(&capture, STDERR_FILENO);
			r = rows[i].run(&said);
			capture_end(&capture);
			if (r != REC_ENOMEM && (r != REC_OK || strcmp(rec_buf_str(&said), rec_buf_str(&whole)) != 0))
				fail_msg("row %zu, allocation %ld: %d '%s' %s", i, nth, r, rec_buf_str(&said),
				        capture.text);
			if (!failed && r != REC_OK)
				fail_msg("row %zu: %d once nothing fails", i, r);
			rec_buf_free(&said);
		}
		rec_buf_free(&whole);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_no_memory)};
	int r;

	if (rec_session_from_entries(&session, entries, 3) != REC_OK)
		return 1;
	r = cmocka_run_group_tests(tests, NULL, NULL);
	rec_session_free(&session);
	return r;
}
