#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_pictures.py OUT SOURCE|TRUTH.json#KEY [--fps N/D] [--skip K]: every output frame shows the newest source picture
with stamp <= t(n) + half a frame, counted from the source's first stamp, and shows it where it should.
SOURCE is decoded for its stamps; a truth file names them: [[counter, seconds], ...] under KEY. --skip K: K output frames
may differ (pictures that the source's own encoder made unreadable). Knows nothing of the tools' own code."""
import argparse
import bisect
import json
import sys
from fractions import Fraction

import decode_video


def expected(source):
    """[(stamp, counter)], from 0, in order."""
    if "#" in source:
        path, key = source.split("#")
        with open(path, encoding="utf8") as file:
            listed = [(Fraction(str(s)), c) for c, s in json.load(file)[key]]
    else:
        listed = [(Fraction(*p.pts), p.code[0] if p.code else None) for p in decode_video.pictures(source)]
    listed.sort(key=lambda entry: entry[0])
    return [(stamp - listed[0][0], counter) for stamp, counter in listed]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("source")
    parser.add_argument("--fps", type=Fraction, default=Fraction(30))
    parser.add_argument("--skip", type=int, default=0)
    options = parser.parse_args()
    want = expected(options.source)
    stamps = [stamp for stamp, _ in want]
    wrong = []
    frames = decode_video.pictures(options.out)
    for n, frame in enumerate(frames):
        t = Fraction(*frame.pts)
        if abs(t - n / options.fps) > Fraction(1, 1000):
            wrong.append(f"frame {n} stands at {float(t):.4f}")
        # stamps of containers are rounded: either picture will do within 50 us of the border
        border = n / options.fps + 1 / options.fps / 2
        may = {want[max(bisect.bisect_right(stamps, border + e) - 1, 0)][1] for e in (Fraction(-1, 20000), 0, Fraction(1, 20000))}
        got = frame.code[0] if frame.code else None
        if got not in may and None not in may:
            wrong.append(f"frame {n} shows {got}, not {sorted(may)}")
    last = (want[-1][0] - 1 / options.fps / 2) * options.fps
    if len(frames) < last:
        wrong.append(f"{len(frames)} frames, the last picture begins at {float(last):.1f}")
    if len(wrong) > options.skip or not frames:
        sys.exit("\n".join(wrong[:12]) or "no picture")


if __name__ == "__main__":
    main()
