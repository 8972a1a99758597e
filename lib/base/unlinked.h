/* SPDX-License-Identifier: MIT */
/*
 * Temporary files without a name, in TMPDIR or else /tmp. A process in the sandbox may not make any there, so its parent does, on its request:
 *
 *     parent: rec_unlinked_serve(fd) where fd can be read        child: rec_unlinked_ask(fd), then rec_unlinked_open()
 */
#ifndef REC_BASE_UNLINKED_H
#define REC_BASE_UNLINKED_H

/** rec_unlinked_folder(): where they are, for messages. */
const char *rec_unlinked_folder(void);

/** rec_unlinked_open(): one, open for reading and writing, the caller's; -1 with errno. Any thread. */
int rec_unlinked_open(void);

/** rec_unlinked_ask(socket): from now on ask whoever is at the other end of ${socket} (SOCK_SEQPACKET); before the first thread. */
void rec_unlinked_ask(int socket);

/** rec_unlinked_serve(socket): answer one request. -1: nobody asks any more. */
int rec_unlinked_serve(int socket);

#endif
