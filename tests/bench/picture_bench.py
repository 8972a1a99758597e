#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""rec-normalize and rec-concat against ffmpeg doing the same, with the same x264 settings, in one run.

usage: picture_bench.py [--bin build/bin] [--rounds 3] [--size 1280x720]

normalize: a recorded camera and its sound in one file, pictures when they come, becomes 30 frames a second.
concat:    20 segments joined without encoding pictures; ffmpeg's concat copies the sound too, which drifts and clicks.
"""
import argparse
import os
import shutil
import subprocess

import measure

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "..", "..", "testdata", "S1-two")
QUIET = ["ffmpeg", "-nostdin", "-v", "error", "-y"]
PARTS = 20


BT709 = ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"]


def source(a, folder):
    """The recorded stamps, at the size of the bench, in the colours that rec-normalize gives, which ffmpeg does not convert."""
    out = f"{folder}/source.mkv"
    width, height = a.size.split("x")
    subprocess.run([*QUIET, "-i", f"{DATA}/Aditya-video.webm", "-i", f"{DATA}/Aditya-audio.webm", "-map", "0:v", "-map",
                    "1:a", "-vf", f"scale={width}:{height}:out_color_matrix=bt709", *BT709, "-fps_mode", "passthrough", "-c:v", "libx264", "-preset", "veryfast",
                    "-crf", "16", "-c:a", "copy", out], check=True)
    return out


def normalize(a, folder):
    made = source(a, folder)
    return {
        "rec-normalize": [f"{a.bin}/rec-normalize", made, "-o", f"{folder}/me.mp4", "--progress", "none"],
        "ffmpeg": [*QUIET, "-i", made, "-vf", "fps=30", "-c:v", "libx264", "-preset", "fast", "-crf", "18", "-pix_fmt",
                   "yuv420p", "-c:a", "aac", "-b:a", "128k", "-movflags", "+faststart", f"{folder}/peer.mp4"],
    }


def concat(a, folder):
    subprocess.run([f"{a.bin}/rec-normalize", source(a, folder), "-o", f"{folder}/part.mp4", "--preset", "veryfast"],
                   check=True)
    with open(f"{folder}/list.txt", "w", encoding="utf-8") as f:
        f.write("file 'part.mp4'\n" * PARTS)
    return {
        "rec-concat": [f"{a.bin}/rec-concat", "--list", f"{folder}/list.txt", "-o", f"{folder}/me.mp4", "--progress", "none"],
        "without sound": [f"{a.bin}/rec-concat", "--list", f"{folder}/list.txt", "-o", f"{folder}/mute.mp4", "--no-audio",
                          "--progress", "none"],
        "ffmpeg": [*QUIET, "-f", "concat", "-i", f"{folder}/list.txt", "-c", "copy", "-movflags", "+faststart",
                   f"{folder}/peer.mp4"],
    }


def report(costs, target):
    print(f"  {'':14}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}")
    for who, runs in costs.items():
        print(f"  {who:14}" + "".join(f"{measure.median(runs, f):9.2f}" for f in measure.Cost._fields))
    me = next(iter(costs))
    wall, cpu = (measure.ratio(costs[me], costs["ffmpeg"], f) for f in ("wall_s", "cpu_s"))
    verdict = f", target <= {target}: {'holds' if wall <= target else 'MISSED'}" if target else ""
    print(f"  {me} / ffmpeg: wall {wall:.2f} (CPU {cpu:.2f}){verdict}")
    peak = measure.median(costs[me], "peak_mb")
    print(f"  {me}: peak {peak:.0f} MB, target <= 200: {'holds' if peak <= 200 else 'MISSED'}")


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--bin", default="build/bin")
    ap.add_argument("--rounds", type=int, default=3)
    ap.add_argument("--size", default="1280x720")
    a = ap.parse_args()
    for name, commands, target in (("normalize", normalize, 1.0), ("concat", concat, None)):
        folder = measure.scratch(2e9)
        try:
            print(f"{name}: {a.size}, fast, crf 18; median of {a.rounds} rounds; load before {measure.load():.1f} a processor",
                  flush=True)
            report(measure.interleaved(commands(a, folder), a.rounds), target)
        finally:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
