/* SPDX-License-Identifier: MIT */
/* One look through a file's picture stream without decoding: every packet's stamp, the largest size, where the pictures begin and end. */
#ifndef REC_MEDIA_SCAN_H
#define REC_MEDIA_SCAN_H

#include "base/clock.h"
#include "media/input.h"

#include <libavcodec/codec_par.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rec_scan_packet {
	int64_t ns; /* stamp; a packet without one stands where the one before ends */
	bool key;
};

struct rec_scan {
	AVCodecParameters *par; /* as the container says */
	AVRational time_base;
	int width; /* of the largest picture by area, as coded: neither turned nor made square */
	int height;
	bool told;     /* by the bitstream; else the container's word */
	int64_t sizes; /* changes of size; 0 when the bitstream does not tell */
	AVRational sar;
	int32_t matrix[9];               /* display matrix of the stream; all 0: none */
	int turns;                       /* clockwise quarter turns of the whole stream */
	struct rec_scan_packet *packets; /* in the order of the file, 16 bytes each, hidden ones too; at least one */
	size_t npackets;
	int64_t first_ns; /* the earliest stamp that an edit list does not hide */
	int64_t end_ns;   /* where the last such picture ends */
	int64_t step_ns;  /* the one distance between pictures, to within a tick of the stamps; 0: it varies */
	int64_t corrupt;  /* packets that are known to be damaged */
	int64_t corrupt_ns;
	bool truncated;
};

/**
 * rec_scan_picture(scan, path, source):
 * ${scan} is overwritten. ${source} is taken over; NULL: open ${path}.
 * The last picture lasts as long as its packet says; where that is nothing (or less than 5 ms, libavformat's guess for WebM), as long as the one before, at most 0.1 s.
 * Errors: as of rec_input_open(); REC_EINPUT, reported, also: no packet at all.
 */
int rec_scan_picture(struct rec_scan *scan, const char *path, struct rec_source *source);

/** rec_scan_stamps(scan, stamps): all stamps in order of presentation, npackets of them, for the caller to free(). REC_ENOMEM. */
int rec_scan_stamps(const struct rec_scan *scan, int64_t **stamps);

void rec_scan_free(struct rec_scan *scan);

#endif
