/* SPDX-License-Identifier: MIT */
#include "base/unlinked.h"

#include "base/buf.h"
#include "base/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* set once, before any thread starts; the lock keeps each answer with its question */
static int parent = -1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* room for one descriptor beside a message */
union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int))];
};

const char *rec_unlinked_folder(void)
{
	const char *folder = getenv("TMPDIR");

	return folder && *folder ? folder : "/tmp";
}

static int open_here(void)
{
	const char *folder = rec_unlinked_folder();
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
	/* what file systems and kernels that do not know O_TMPFILE say */
	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT && errno != EINVAL))
		return fd;

	struct rec_buf path = REC_BUF_INIT;
	rec_buf_printf(&path, "%s/rectools-XXXXXX", folder);
	/* a signal waits until it has no name any more */
	rec_signals_hold();
	if (path.failed)
		errno = ENOMEM;
	else
		fd = mkostemp(path.data, O_CLOEXEC);
	if (fd >= 0)
		unlink(path.data);
	int saved = errno;
	rec_signals_release();
	rec_buf_free(&path);
	errno = saved;
	return fd;
}

static ssize_t receive(int *error, int *fd)
{
	union control control = {.bytes = {0}};
	struct iovec text = {error, sizeof *error};
	struct msghdr message = {.msg_iov = &text,
	        .msg_iovlen = 1,
	        .msg_control = control.bytes,
	        .msg_controllen = sizeof control.bytes};
	ssize_t got;

	do
		got = recvmsg(parent, &message, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	struct cmsghdr *header = got > 0 ? CMSG_FIRSTHDR(&message) : NULL;
	*fd = -1;
	if (header && header->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(header), sizeof *fd);
	return got;
}

static int ask(void)
{
	int error = 0, fd = -1;

	pthread_mutex_lock(&lock);
	ssize_t got = send(parent, "", 1, MSG_NOSIGNAL) == 1 ? receive(&error, &fd) : -1;
	pthread_mutex_unlock(&lock);
	if (fd < 0) /* a descriptor that was sent and did not arrive found no room here */
		errno = got != sizeof error ? EIO : error ? error : EMFILE;
	return fd;
}

int rec_unlinked_open(void)
{
	return parent < 0 ? open_here() : ask();
}

void rec_unlinked_ask(int socket)
{
	parent = socket;
}

static void answer(int socket, int error, int fd)
{
	union control control = {.bytes = {0}};
	struct iovec text = {&error, sizeof error};
	struct msghdr message = {.msg_iov = &text, .msg_iovlen = 1};

	if (fd >= 0) {
		message.msg_control = control.bytes;
		message.msg_controllen = sizeof control.bytes;
		control.header = (struct cmsghdr){
		        .cmsg_len = CMSG_LEN(sizeof fd), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
		memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
	}
	(void)!sendmsg(socket, &message, MSG_NOSIGNAL);
}

int rec_unlinked_serve(int socket)
{
	char question;
	ssize_t got = recv(socket, &question, 1, MSG_DONTWAIT);

	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (got <= 0)
		return -1;
	int fd = open_here();
	answer(socket, fd < 0 ? errno : 0, fd);
	if (fd >= 0)
		close(fd);
	return 0;
}
