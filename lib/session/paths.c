/* SPDX-License-Identifier: MIT */
#include "session/paths.h"

#include "base/err.h"
#include "base/log.h"
#include "base/remote.h"
#include "net/uri.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#ifdef SYS_openat2
#include <linux/openat2.h>
#endif

static const size_t max_location = 4096;

/* the length of `scheme` in scheme://rest (RFC 3986, 3.1); 0: a local path */
static int url_scheme(const char *location)
{
	size_t n = 0;

	if (!isalpha((unsigned char)location[0]))
		return 0;
	while (isalnum((unsigned char)location[n]) || (location[n] && strchr("+.-", location[n])))
		n++;
	return n <= 32 && strncmp(location + n, "://", 3) == 0 ? (int)n : 0;
}

static char *join(const char *folder, const char *rest)
{
	char *path = NULL;

	while (*rest == '/')
		rest++;
	if (asprintf(&path, "%s%s%s", folder, strcmp(folder, "/") == 0 || !*rest ? "" : "/", rest) < 0)
		return NULL;
	return path;
}

/* both resolved; a folder lies within itself */
static bool within(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	if (strcmp(folder, "/") == 0)
		return true;
	return strncmp(path, folder, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

static bool has_dotdot(const char *path)
{
	for (const char *at = path; (at = strstr(at, "..")); at += 2) {
		if ((at == path || at[-1] == '/') && (at[2] == '/' || at[2] == '\0'))
			return true;
	}
	return false;
}

/* cut an absolute path to its deepest part that exists, be it a symbolic link that leads nowhere; its length */
static size_t cut_to_existing(char *path)
{
	size_t n = strlen(path);
	struct stat st;

	for (;;) {
		while (n > 1 && path[n - 1] == '/')
			n--;
		path[n] = '\0';
		if (n <= 1 || lstat(path, &st) == 0)
			return n;
		while (n > 1 && path[n - 1] != '/')
			n--;
	}
}

/* realpath() for what need not exist yet; NULL: *why says why, itself NULL when there is no memory */
static char *resolve(const char *path, const char **why)
{
	char *real = realpath(path, NULL);
	char *head = NULL;
	char *whole = NULL;
	const char *rest;

	*why = NULL;
	if (real || errno == ENOMEM)
		return real;
	if (!(head = strdup(path)))
		return NULL;
	rest = path + cut_to_existing(head);
	real = realpath(head, NULL);
	if (!real && errno != ENOMEM)
		*why = "is a symbolic link that leads nowhere";
	else if (real && has_dotdot(rest)) /* what it will mean depends on what is made there later */
		*why = "goes up from a folder that does not exist";
	else if (real)
		whole = join(real, rest);
	free(head);
	free(real);
	return whole;
}

/* where the manifest lies: it is a folder or a regular file, or else its folder means nothing (/dev/fd/63, and a file
 * without a name) */
static char *folder_of(const char *manifest)
{
	const char *slash = strrchr(manifest, '/');
	struct stat st;
	char *folder = NULL;
	char *real;

	if (stat(manifest, &st) == 0 && S_ISDIR(st.st_mode))
		folder = strdup(manifest);
	else if (slash && strcmp(manifest, "-") != 0 && stat(manifest, &st) == 0 && S_ISREG(st.st_mode) &&
	         st.st_nlink > 0)
		folder = slash == manifest ? strdup("/") : strndup(manifest, (size_t)(slash - manifest));
	else
		folder = strdup(".");
	real = folder ? realpath(folder, NULL) : NULL;
	free(folder);
	return real;
}

static int report_dir(const struct rec_paths *paths, const char *session_dir, const char *why)
{
	return rec_report(REC_EINPUT, "cannot use '%s': session_dir '%.200s' %s", paths->manifest, session_dir, why);
}

/* the session_dir is not there: remember its name, for the locations that repeat it */
static int fall_back(struct rec_paths *paths, const char *session_dir)
{
	size_t n = strlen(session_dir);

	while (n > 1 && session_dir[n - 1] == '/')
		n--;
	if (session_dir[0] == '/' && !(paths->gone = strndup(session_dir, n)))
		return REC_ENOMEM;
	return (paths->dir = strdup(paths->root)) ? REC_OK : REC_ENOMEM;
}

static int find_dir(struct rec_paths *paths, const char *session_dir, bool allow_outside)
{
	char *spelled;
	struct stat st;

	if (url_scheme(session_dir) > 0)
		return report_dir(paths, session_dir, "is a URL; fetch the recording first");
	spelled = session_dir[0] == '/' ? strdup(session_dir) : join(paths->root, session_dir);
	if (!spelled)
		return REC_ENOMEM;
	paths->dir = realpath(spelled, NULL);
	free(spelled);
	if (!paths->dir)
		return errno == ENOMEM ? REC_ENOMEM : fall_back(paths, session_dir);
	if (stat(paths->dir, &st) < 0 || !S_ISDIR(st.st_mode))
		return report_dir(paths, session_dir, "is no folder");
	if (!allow_outside && !within(paths->dir, paths->root))
		return report_dir(
		        paths, session_dir, "is outside of the manifest's folder; --allow-outside permits it");
	return REC_OK;
}

/* Of a manifest that is a URL: the folder in it, and session_dir below that. An absolute one is that of another machine. */
static int open_remote(struct rec_paths *paths, const char *session_dir)
{
	struct rec_buf base = REC_BUF_INIT;
	size_t n = strlen(session_dir);

	if (url_scheme(session_dir) > 0)
		return report_dir(paths, session_dir, "is a URL; fetch the recording first");
	if (has_dotdot(session_dir))
		return report_dir(paths, session_dir, "is outside of the manifest's folder");
	if (rec_uri_folder(paths->manifest, &base) < 0)
		return REC_ENOMEM;
	if (n > 0 && session_dir[0] != '/' && strcmp(session_dir, ".") != 0)
		rec_buf_printf(&base, "%s%s", session_dir, session_dir[n - 1] == '/' ? "" : "/");
	paths->base = rec_buf_steal(&base);
	paths->root = paths->base ? strdup(paths->base) : NULL;
	paths->dir = paths->base ? strdup(paths->base) : NULL;
	return paths->root && paths->dir ? REC_OK : REC_ENOMEM;
}

int rec_paths_open(struct rec_paths *paths, const char *manifest, const char *session_dir, bool allow_outside)
{
	int r;

	*paths = (struct rec_paths){.manifest = manifest, .anywhere = allow_outside};
	if (rec_remote_is(manifest)) {
		r = open_remote(paths, session_dir ? session_dir : "");
		if (r < 0)
			rec_paths_close(paths);
		return r;
	}
	if (!(paths->root = folder_of(manifest)))
		return errno == ENOMEM ? REC_ENOMEM
		                       : rec_report(REC_EINPUT, "cannot use '%s': cannot find its folder: %s", manifest,
		                                 strerror(errno));
	r = find_dir(paths, session_dir ? session_dir : "", allow_outside);
	if (r < 0)
		rec_paths_close(paths);
	return r;
}

/* the absolute path that a location means, before links are resolved */
static char *spell_out(const struct rec_paths *paths, const char *location)
{
	size_t n = paths->gone ? strlen(paths->gone) : 0;

	if (n > 0 && strncmp(location, paths->gone, n) == 0 && location[n] == '/')
		return join(paths->dir, location + n);
	return location[0] == '/' ? strdup(location) : join(paths->dir, location);
}

#ifdef SYS_openat2
/* What was resolved must lie below the folder as the kernel walks it, too: no link may have come in between. Kernels without
 * openat2() (before 5.6), and what is not there yet, pass. */
static bool is_beneath(const char *path, const char *folder)
{
	struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
	const char *rest = path + strlen(folder);
	int at = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	long fd = -1;
	int why = 0;

	while (*rest == '/')
		rest++;
	if (at < 0)
		return true;
	fd = syscall(SYS_openat2, at, *rest ? rest : ".", &how, sizeof(how));
	why = fd < 0 ? errno : 0;
	if (fd >= 0)
		close((int)fd);
	close(at);
	return why != EXDEV && why != ELOOP;
}
#else
static bool is_beneath(const char *path, const char *folder)
{
	(void)path;
	(void)folder;
	return true;
}
#endif

static const char *check_within(const struct rec_paths *paths, const char *real)
{
	const char *folder = within(real, paths->dir) ? paths->dir : paths->root;

	if (paths->anywhere)
		return NULL;
	if (!within(real, folder) || !is_beneath(real, folder))
		return "leads out of the session's folder; --allow-outside permits it";
	return NULL;
}

/* NULL, or what is wrong with it: nobody knows whether a pipe has a writer, and opening one would wait for it */
static const char *check_kind(const char *real)
{
	struct stat st;

	if (stat(real, &st) < 0 || S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))
		return NULL;
	return "is a pipe, a socket or a device; a manifest names files";
}

/* the rest of a URL may hold a signature or a password */
static int take_url(const struct rec_paths *paths, const char *entry, const char *location, int scheme, char **path)
{
	if (!rec_remote_is(location))
		return rec_report(REC_EINPUT, "cannot use '%s': %s is a URL of a kind that is not known (%.*s://...)",
		        paths->manifest, entry, scheme, location);
	if (!paths->allow_remote)
		return rec_report(REC_EINPUT,
		        "cannot use '%s': %s is a URL (%.*s://...); fetch the recording first, or pass --allow-remote",
		        paths->manifest, entry, scheme, location);
	if (scheme == 4 && !paths->allow_insecure)
		return rec_report(REC_EINPUT,
		        "cannot use '%s': %s is an http URL, which anyone on the way can change; --allow-insecure "
		        "follows it",
		        paths->manifest, entry);
	return (*path = strdup(location)) ? REC_OK : REC_ENOMEM;
}

static int take_neighbour(const struct rec_paths *paths, const char *entry, const char *location, char **path)
{
	struct rec_buf url = REC_BUF_INIT;

	if (location[0] == '/' || has_dotdot(location))
		return rec_report(REC_EINPUT, "cannot use '%s': %s '%.200s' leads out of the session's folder",
		        paths->manifest, entry, location);
	rec_buf_puts(&url, paths->base);
	if (strncasecmp(paths->base, "s3:", 3) == 0)
		rec_buf_puts(&url, location);
	else
		rec_uri_encode(&url, location, strlen(location), true);
	return (*path = rec_buf_steal(&url)) ? REC_OK : REC_ENOMEM;
}

int rec_paths_resolve(const struct rec_paths *paths, const char *entry, const char *location, char **path)
{
	int scheme = url_scheme(location);
	const char *why = NULL;
	char *spelled;
	char *real;

	if (scheme > 0)
		return take_url(paths, entry, location, scheme, path);
	if (!location[0] || strlen(location) > max_location)
		return rec_report(REC_EINPUT, "cannot use '%s': %s is %s", paths->manifest, entry,
		        location[0] ? "longer than 4096 bytes" : "empty");
	if (paths->base)
		return take_neighbour(paths, entry, location, path);
	if (!(spelled = spell_out(paths, location)))
		return REC_ENOMEM;
	real = resolve(spelled, &why);
	free(spelled);
	if (real)
		why = check_within(paths, real);
	if (real && !why)
		why = check_kind(real);
	if (why) {
		free(real);
		return rec_report(REC_EINPUT, "cannot use '%s': %s '%.200s' %s", paths->manifest, entry, location, why);
	}
	if (!real)
		return REC_ENOMEM;
	*path = real;
	return REC_OK;
}

void rec_paths_close(struct rec_paths *paths)
{
	free(paths->root);
	free(paths->dir);
	free(paths->gone);
	free(paths->base);
	*paths = (struct rec_paths){.manifest = NULL};
}
