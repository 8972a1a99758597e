/* SPDX-License-Identifier: MIT */
/*
 * What a run may touch: the sandbox (base/sandbox.h) lets it reach this and nothing else.
 *
 * Most of it follows from the option table. A row for strings names by its `arg` what its values are: FILE is an input, OUT... an output,
 * DIR a folder that is filled; operands are inputs. `--session` is a manifest, whose folder is read too; `--allow-outside` opens every file to reading,
 * `--allow-remote` and every URL the network. What the table cannot tell, the tool's own `reach` (base/opt.h) adds:
 *
 *     static void reach(const void *options, struct rec_reach *reach)
 *     {
 *             const struct options *o = options;
 *             if (!o->output)
 *                     rec_reach_manifest(reach, REC_REACH_FILES, o->session);
 *     }
 */
#ifndef REC_BASE_REACH_H
#define REC_BASE_REACH_H

#include <stdbool.h>
#include <stddef.h>

struct rec_tool;

enum rec_reach_kind {
	REC_REACH_READ,  /* a file, or all below a folder */
	REC_REACH_WRITE, /* one file, pipe or device, in place */
	REC_REACH_FILES, /* in and below a folder files are read, made, replaced, removed */
	REC_REACH_TREE   /* folders too, and files move between them */
};

struct rec_reach_item {
	enum rec_reach_kind kind;
	char *path;
};

struct rec_reach {
	struct rec_reach_item *items;
	size_t n;
	bool network;    /* connections out */
	bool sends;      /* an output is a URL */
	bool failed;     /* no memory: the list lacks something */
	const char *off; /* why this run has no sandbox, static; NULL: it has one */
};

#define REC_REACH_INIT                                                                                                 \
	{                                                                                                              \
		NULL, 0, false, false, false, NULL                                                                     \
	}

/** rec_reach_of(reach, tool, options): all that the parsed ${options} let a run of ${tool} touch, with what every run reads: libraries, fonts. */
void rec_reach_of(struct rec_reach *reach, const struct rec_tool *tool, const void *options);

/** rec_reach_add(reach, kind, path): one more; a path that does not exist is passed over later. */
void rec_reach_add(struct rec_reach *reach, enum rec_reach_kind kind, const char *path);

/** rec_reach_input(reach, location): a file, a folder, `-` or a URL that is read; NULL is fine, here and below. */
void rec_reach_input(struct rec_reach *reach, const char *location);

/** rec_reach_manifest(reach, kind, location): it, all in its folder (of one without a folder: the current one), and what a bare name means below $RECORDINGS_DIR. */
void rec_reach_manifest(struct rec_reach *reach, enum rec_reach_kind kind, const char *location);

/** rec_reach_output(reach, target): as rec_out_begin() takes it: files beside it are made and replaced. */
void rec_reach_output(struct rec_reach *reach, const char *target);

/** rec_reach_folder(reach, folder): files are made in it; where it is not there yet it is made. */
void rec_reach_folder(struct rec_reach *reach, const char *folder);

/** rec_reach_beside(reach, kind, path): the folder in which ${path} lies or will lie, and where it is a symbolic link, that of its target. */
void rec_reach_beside(struct rec_reach *reach, enum rec_reach_kind kind, const char *path);

void rec_reach_free(struct rec_reach *reach);

#endif
