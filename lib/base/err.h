/* SPDX-License-Identifier: MIT */
/* Error codes that every function of the libraries returns, and the exit status that each becomes. */
#ifndef REC_BASE_ERR_H
#define REC_BASE_ERR_H

/* 0 or one of these. A dependency's own code (errno, AVERROR, CURLcode) stops in its wrapper. */
enum rec_err {
	REC_OK = 0,
	REC_EIO = -1,      /* reading or writing failed */
	REC_ENOMEM = -2,   /* no memory */
	REC_EENCODE = -3,  /* an encoder or muxer refused */
	REC_EEXIST = -4,   /* the output exists and --no-clobber was given */
	REC_EUSAGE = -5,   /* the command line makes no sense: nothing was tried */
	REC_EINVAL = -6,   /* a value is out of range or malformed */
	REC_EINPUT = -7,   /* an input cannot be used */
	REC_ENODATA = -8,  /* there is nothing: end of file, no such stream, silence */
	REC_EREMOTE = -9,  /* network, credentials, a server's refusal */
	REC_ELEFTOUT = -10 /* done, but something was left out */
};

/**
 * rec_exit_status(err):
 * Return the exit status, 0 to 5, of ${err} (rec(7), EXIT STATUS): 2 for REC_EUSAGE and REC_EINVAL, 3 for REC_EINPUT and
 * REC_ENODATA, 4 for REC_EREMOTE, 5 for REC_ELEFTOUT, 1 for the rest and what is no rec_err.
 */
int rec_exit_status(int err);

/**
 * rec_strerror(err):
 * Return a short lower-case text for ${err}, static, without a full stop.
 */
const char *rec_strerror(int err);

#endif
