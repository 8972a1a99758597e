/* SPDX-License-Identifier: MIT */
/*
 * The one door of lib/net for tools that only read and write:
 *
 *     int main(int argc, char **argv)
 *     {
 *             struct options options = defaults;
 *             rec_net_install();
 *             return rec_tool_main(&tool, &options, run, argc, argv);
 *     }
 *
 * From then on rec_source_open() and rec_out_begin() take URLs.
 */
#ifndef REC_NET_NET_H
#define REC_NET_NET_H

struct rec_source;

/** rec_net_install(): before any thread starts. */
void rec_net_install(void);

/**
 * rec_net_open(source, url):
 * Read a remote file by ranges, the next ones ahead of time, so that no local copy is needed; from a server without ranges it is fetched
 * into a temporary file. Content that changes meanwhile is an error; so is, where all was read in order, a wrong MD5 in the ETag.
 * Errors, reported: REC_EREMOTE; REC_EUSAGE: no URL; REC_EIO: no temporary file; REC_ENOMEM.
 */
int rec_net_open(struct rec_source **source, const char *url);

#endif
