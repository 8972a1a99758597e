#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""decode_video.py FILE: the picture code of every picture of FILE; a line each: pts_s counter participant kind WxH.
As a module: pictures(path), luma_frames(path), read_code(...). Python's own library and the ffmpeg command only."""
import collections
import re
import subprocess
import sys
import tempfile

import timecode

CODE_W, CODE_H = 320, 180
CONTRAST = 50  # least difference of black and white, of 255

Picture = collections.namedtuple("Picture", "pts code width height")  # pts: seconds as (numerator, denominator), exact


def read_code(luma, stride, rect):
    """The code of the picture that lies at rect (x, y, width, height) of a luma plane, or None."""
    x0, y0, width, height = rect
    values = []
    half = max(1, int(width * timecode.BLOCK_WIDTH / 4))
    for row in (timecode.ROW_A, timecode.ROW_B):
        lines = [round(y0 + (row + dy) * height) * stride for dy in (-0.02, 0, 0.02)]
        for block in range(16):
            x = round(x0 + (timecode.BLOCK_X0 + timecode.BLOCK_WIDTH * (block + 0.5)) * width)
            total = sum(sum(luma[line + x - half:line + x + half]) for line in lines)
            values.append(total / (6 * half))
    low, high = min(values), max(values)
    if high - low < CONTRAST:
        return None
    word = 0
    for value in values:
        word = word << 1 | (value > (low + high) / 2)
    return timecode.picture_word(word)


def luma_frames(path, size, filters=""):
    """Every picture's luma plane, as it is stored (no change of range)."""
    command = ["ffmpeg", "-nostdin", "-v", "error", "-i", path, "-map", "0:v:0", "-vf", filters + "extractplanes=y",
               "-vsync", "passthrough", "-f", "rawvideo", "-"]
    length = size[0] * size[1]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        while len(frame := process.stdout.read(length)) == length:
            yield frame
    if process.returncode:
        raise RuntimeError(f"ffmpeg cannot decode {path}")


def pictures(path):
    """Every picture of a source file, in the decoder's order, by its own stamp; sizes may change."""
    graph = f"[0:v:0]showinfo=checksum=0,scale={CODE_W}:{CODE_H}:flags=area,format=gray[o]"
    command = ["ffmpeg", "-nostdin", "-hide_banner", "-v", "info", "-copyts", "-i", path, "-filter_complex", graph,
               "-map", "[o]", "-vsync", "passthrough", "-f", "rawvideo", "-"]
    with tempfile.TemporaryFile() as log:
        data = subprocess.run(command, stdout=subprocess.PIPE, stderr=log, check=False).stdout
        log.seek(0)
        text = log.read().decode("utf8", "replace")
    # a stamp in ticks is exact where the printed seconds are not; the first line names the time base
    base = re.search(r"showinfo.*time_base: (\d+)/(\d+)", text)
    shown = re.findall(r"showinfo.*? pts: *(-?\d+) .*? s:(\d+)x(\d+)", text)
    length = CODE_W * CODE_H
    if not base or len(shown) != len(data) // length:
        raise RuntimeError(f"{path}: {len(shown)} stamps, {len(data) // length} pictures")
    num, den = map(int, base.groups())
    return [Picture((int(pts) * num, den),
                    read_code(data[i * length:(i + 1) * length], CODE_W, (0, 0, CODE_W, CODE_H)), int(w), int(h))
            for i, (pts, w, h) in enumerate(shown)]


def main():
    for picture in pictures(sys.argv[1]):
        code = " ".join(map(str, picture.code)) if picture.code else "- - -"
        print(f"{picture.pts[0] / picture.pts[1]:.6f} {code} {picture.width}x{picture.height}")


if __name__ == "__main__":
    main()
