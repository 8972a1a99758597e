#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""pauses.py OUT.mp4: OUT is S2-mutes of 960x540 as a grid. Before, between and after the pauses of Dana's recorder her sound and her picture stand where
they belong: each differs from its own median before the first pause by 0.3 s at most, where a pause that was not put back makes 4 to 11 s."""
import statistics
import sys

import decode_audio
import decode_video
import timecode

DANA = 4
RECTS = ((540, 270, 360, 270), (480, 270, 480, 270))  # 4:3, later 16:9, in the last cell
PARTS = ((4, 16), (27, 36), (45, 55))  # seconds of the output


def picture_errors(path):
    for n, luma in enumerate(decode_video.luma_frames(path, (960, 540))):
        if n % 5:
            continue
        for rect in RECTS:
            code = decode_video.read_code(luma, 960, rect)
            if code and code[1] == DANA and code[2] == 1:
                yield n / 30, n / 30 - code[0] / 100
                break


def sound_errors(path):
    for tick in decode_audio.Sound(path).ticks():
        if tick.pid == DANA:
            yield tick.onset, tick.onset - timecode.source_time(tick.k, tick.pid)


def medians(errors):
    errors = list(errors)
    found = []
    for start, end in PARTS:
        part = [error for at, error in errors if start <= at < end]
        found.append(statistics.median(part) if part else None)
    return found


def main():
    failed = False
    for name, errors in (("picture", picture_errors), ("sound", sound_errors)):
        found = medians(errors(sys.argv[1]))
        print(name, found)
        known = [error for error in found if error is not None]
        failed |= found[0] is None or found[2] is None or max(known) - min(known) > 0.3
    sys.exit(failed)


if __name__ == "__main__":
    main()
