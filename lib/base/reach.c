/* SPDX-License-Identifier: MIT */
#include "base/reach.h"

#include "base/opt.h"
#include "base/out.h"
#include "base/remote.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What libraries open by themselves: modules, locales, fonts, the clock's zone, how many processors there are. Nothing in it is secret. */
static const char *const system_paths[] = {"/usr", "/lib", "/lib64", "/nix/store", "/gnu/store", "/etc/ld.so.cache",
        "/etc/fonts", "/var/cache/fontconfig", "/etc/localtime", "/dev/urandom", "/dev/random", "/dev/zero",
        "/sys/devices/system", "/proc/cpuinfo", "/proc/meminfo", "/proc/sys/vm", NULL};
static const char *const home_paths[] = {
        ".fonts", ".fonts.conf", ".local/share/fonts", ".config/fontconfig", ".cache/fontconfig", NULL};

void rec_reach_add(struct rec_reach *reach, enum rec_reach_kind kind, const char *path)
{
	struct rec_reach_item *more = reallocarray(reach->items, reach->n + 1, sizeof *more);

	if (more)
		reach->items = more;
	char *copy = more ? strdup(path) : NULL;
	if (copy)
		reach->items[reach->n++] = (struct rec_reach_item){kind, copy};
	else
		reach->failed = true;
}

static void add_below(struct rec_reach *reach, enum rec_reach_kind kind, const char *folder, const char *name)
{
	char *path = NULL;

	if (asprintf(&path, "%s/%s", folder, name) < 0)
		reach->failed = true;
	else
		rec_reach_add(reach, kind, path);
	free(path);
}

void rec_reach_input(struct rec_reach *reach, const char *location)
{
	if (!location || strcmp(location, "-") == 0)
		return;
	if (rec_remote_is(location))
		reach->network = true;
	else
		rec_reach_add(reach, REC_REACH_READ, location);
}

/* The folder of a path as it is spelled. */
static void add_folder_of(struct rec_reach *reach, enum rec_reach_kind kind, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");

	if (folder)
		rec_reach_add(reach, kind, folder);
	else
		reach->failed = true;
	free(folder);
}

void rec_reach_manifest(struct rec_reach *reach, enum rec_reach_kind kind, const char *location)
{
	const char *recordings = getenv("RECORDINGS_DIR");
	struct stat st;

	rec_reach_input(reach, location);
	if (!location || rec_remote_is(location))
		return;
	bool there = strcmp(location, "-") != 0 && stat(location, &st) == 0;
	if (there && S_ISDIR(st.st_mode))
		rec_reach_add(reach, kind, location);
	else if (there && S_ISREG(st.st_mode))
		add_folder_of(reach, kind, location);
	else if (there || strcmp(location, "-") == 0) /* a pipe */
		rec_reach_add(reach, kind, ".");
	if (recordings && *recordings && !strchr(location, '/'))
		add_below(reach, kind, recordings, location);
}

void rec_reach_beside(struct rec_reach *reach, enum rec_reach_kind kind, const char *path)
{
	char *real = realpath(path, NULL);

	reach->failed |= !real && errno == ENOMEM;
	add_folder_of(reach, kind, path);
	if (real)
		add_folder_of(reach, kind, real);
	free(real);
}

void rec_reach_output(struct rec_reach *reach, const char *target)
{
	char *place;
	struct stat st;

	if (!target)
		return;
	if (rec_remote_is(target)) {
		reach->network = reach->sends = true;
		return;
	}
	place = rec_out_place(target);
	if (!place) {
		reach->failed |= errno == ENOMEM;
		return;
	}
	if (stat(place, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		rec_reach_add(reach, REC_REACH_WRITE, place);
	else
		add_folder_of(reach, REC_REACH_FILES, place);
	free(place);
}

void rec_reach_folder(struct rec_reach *reach, const char *folder)
{
	struct stat st;

	if (!folder || !*folder)
		return;
	if (stat(folder, &st) == 0) {
		rec_reach_add(reach, REC_REACH_TREE, folder);
		return;
	}
	char *copy = strdup(folder);
	for (size_t n = copy ? strlen(copy) : 0; n > 1 && copy[n - 1] == '/'; n--)
		copy[n - 1] = '\0';
	if (copy)
		add_folder_of(reach, REC_REACH_TREE, copy);
	else
		reach->failed = true;
	free(copy);
}

/* A value of a row that names something. */
static void add_value(struct rec_reach *reach, const struct rec_opt *row, const char *value)
{
	if (!value)
		return;
	if (strcmp(row->name, "session") == 0)
		rec_reach_manifest(reach, REC_REACH_READ, value);
	else if (strcmp(row->arg, "FILE") == 0)
		rec_reach_input(reach, value);
	else if (strncmp(row->arg, "OUT", 3) == 0)
		rec_reach_output(reach, value);
	else if (strcmp(row->arg, "DIR") == 0)
		rec_reach_folder(reach, value);
}

static void add_row(struct rec_reach *reach, const struct rec_opt *row, const void *dest)
{
	const struct rec_strings *list = dest;
	const struct rec_numbered *numbered = dest;

	if (row->type == REC_OPT_STR && row->arg)
		add_value(reach, row, *(const char *const *)dest);
	for (size_t i = 0; row->type == REC_OPT_LIST && row->arg && i < list->n; i++)
		add_value(reach, row, list->items[i]);
	for (size_t i = 0; row->type == REC_OPT_NUMBERED && row->arg && i < numbered->n; i++)
		if (strcmp(numbered->items[i].field, row->name) == 0)
			add_value(reach, row, numbered->items[i].value);
	if (row->type != REC_OPT_FLAG || !*(const bool *)dest)
		return;
	if (strcmp(row->name, "allow-outside") == 0)
		rec_reach_add(reach, REC_REACH_READ, "/");
	else if (strcmp(row->name, "allow-remote") == 0)
		reach->network = true;
}

static void add_system(struct rec_reach *reach)
{
	const char *home = getenv("HOME");

	for (size_t i = 0; system_paths[i]; i++)
		rec_reach_add(reach, REC_REACH_READ, system_paths[i]);
	rec_reach_add(reach, REC_REACH_WRITE, "/dev/null");
	for (size_t i = 0; home && *home == '/' && home_paths[i]; i++)
		add_below(reach, REC_REACH_READ, home, home_paths[i]);
}

void rec_reach_of(struct rec_reach *reach, const struct rec_tool *tool, const void *options)
{
	const struct rec_strings *operands = (const void *)((const char *)options + tool->operands);

	add_system(reach);
	for (const struct rec_opt *row = tool->opts; row->type != REC_OPT_STOP; row++)
		if (row->type != REC_OPT_HEADING)
			add_row(reach, row, (const char *)options + row->dest);
	for (size_t i = 0; tool->max_operands != 0 && i < operands->n; i++)
		rec_reach_input(reach, operands->items[i]);
	if (tool->reach)
		tool->reach(options, reach);
	if (reach->network && rec_remote_ops() && rec_remote_ops()->reach)
		rec_remote_ops()->reach(reach);
}

void rec_reach_free(struct rec_reach *reach)
{
	for (size_t i = 0; i < reach->n; i++)
		free(reach->items[i].path);
	free(reach->items);
	*reach = (struct rec_reach)REC_REACH_INIT;
}
