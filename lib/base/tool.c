/* SPDX-License-Identifier: MIT */
#include "base/tool.h"

#include "base/err.h"
#include "base/log.h"
#include "base/out.h"
#include "base/progress.h"
#include "base/sandbox.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

/*
 * glibc gives every thread an arena, which reserves 64 MiB of address space and keeps what is freed in it. A meeting has more threads than that
 * is good for: under `ulimit -v` 1 GiB they would fail for want of space that nobody uses.
 */
static void share_arenas(void)
{
#ifdef M_ARENA_MAX
	mallopt(M_ARENA_MAX, 4);
#endif
}

/*
 * A standard descriptor that is closed would be that of the next file opened, and take what is meant for standard output. Each is held by what
 * fails as before, when it is used.
 */
static void hold_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int rec_tool_main(const struct rec_tool *tool, void *options, int (*run)(void *options), int argc, char **argv)
{
	const struct rec_common *common = (const struct rec_common *)(const void *)((char *)options + tool->common);
	int err, status;

	hold_descriptors();
	share_arenas();
	rec_log_init(argv[0]);
	rec_signals_install();
	err = rec_opt_parse(tool, options, argc, argv);
	if (err == REC_OK && rec_sandbox_enter(tool, options, &status)) {
		rec_opt_free(tool, options);
		return status;
	}
	if (err == REC_OK && !common->quiet)
		rec_signals_announce(common->progress == REC_PROGRESS_JSON);
	if (err == REC_OK)
		err = run(options);
	else if (err == REC_ENODATA) /* --help and its like were served */
		err = REC_OK;
	if (err == REC_ENOMEM)
		rec_report(err, "out of memory");
	status = rec_exit_status(err);
	rec_signals_announce(false);
	if (!common->quiet)
		rec_progress_done((enum rec_progress_mode)common->progress, status);
	rec_opt_free(tool, options);
	return status;
}

static bool is_stdout(const char *output)
{
	return output && strcmp(output, "-") == 0;
}

int rec_tool_summary(const char *output, const struct rec_buf *text)
{
	int err;

	if (text->failed)
		return REC_ENOMEM;
	if (is_stdout(output)) {
		rec_log_line(rec_buf_str(text));
		return REC_OK;
	}
	err = rec_print(rec_buf_str(text));
	if (err == REC_OK)
		err = rec_print("\n");
	if (err < 0 && output)
		rec_warn("'%s' is written all the same; only its summary is not", output);
	return err;
}

bool rec_tool_pretty(const struct rec_common *common, const char *output)
{
	return !(is_stdout(output) && common->progress == REC_PROGRESS_JSON);
}
