#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""rec-mix against one ffmpeg with aresample, adelay and amix: six Opus tracks to one MP3 of the same bit rate.

usage: mix_bench.py [--bin build/bin] [--rounds 3] [--minutes 60]

The long tracks are those of the test calls, again and again, copied without encoding.
"""
import argparse
import os
import subprocess
import tempfile

import measure

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "testdata")
TRACKS = ["S1-two/Aditya-audio.webm", "S1-two/iPhone-audio.webm", "S2-mutes/Chen-audio.webm", "S2-mutes/Bea-audio.webm",
          "S2-mutes/Dana-audio.webm", "S2-mutes/Carl-audio.mp4"]
OFFSETS_S = [0, 1.5, 2, 3, 4, 5]
FASTER = 1.5
MOST_MB = 64
ME, PEER = "rec-mix", "ffmpeg"


def lengthen(track, out, seconds):
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", "-stream_loop", "-1", "-i", f"{DATA}/{track}", "-c", "copy",
                    "-t", str(seconds), out], check=True)


def graph():
    chains = [f"[{i}:a]aresample=async=1,adelay={round(1000 * s)}:all=1[a{i}]" for i, s in enumerate(OFFSETS_S)]
    labels = "".join(f"[a{i}]" for i in range(len(chains)))
    mix = f"{labels}amix=inputs={len(chains)}:normalize=0:duration=longest,aformat=channel_layouts=stereo"
    return ";".join(chains + [mix])


def commands(a, folder):
    files = [f"{folder}/{i}.webm" for i in range(len(TRACKS))]
    peer = ["ffmpeg", "-nostdin", "-v", "error", "-y"]
    for track, file in zip(TRACKS, files):
        lengthen(track, file, 60 * a.minutes)
        peer += ["-i", file]
    return {
        ME: [f"{a.bin}/rec-mix", "-q", "--bitrate", "128k", "-o", f"{folder}/me.mp3",
             *(f"{file}@{s}" for file, s in zip(files, OFFSETS_S))],
        PEER: peer + ["-filter_complex", graph(), "-c:a", "libmp3lame", "-b:a", "128k", f"{folder}/peer.mp3"],
    }


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--bin", default="build/bin")
    ap.add_argument("--rounds", type=int, default=3)
    ap.add_argument("--minutes", type=float, default=60)
    a = ap.parse_args()
    with tempfile.TemporaryDirectory(prefix="rec-bench-") as folder:
        both = commands(a, folder)
        print(f"mix: {len(TRACKS)} Opus tracks of {a.minutes:g} minutes to MP3; median of {a.rounds} rounds; load before "
              f"{measure.load():.1f} a processor", flush=True)
        costs = measure.interleaved(both, a.rounds)
    print(f"  {'':14}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}")
    for who, runs in costs.items():
        print(f"  {who:14}" + "".join(f"{measure.median(runs, f):9.1f}" for f in measure.Cost._fields))
    faster, cpu = (measure.ratio(costs[PEER], costs[ME], f) for f in ("wall_s", "cpu_s"))
    peak = measure.median(costs[ME], "peak_mb")
    print(f"  {PEER} / {ME}: wall {faster:.2f} (CPU {cpu:.2f}), target >= {FASTER}: {'holds' if faster >= FASTER else 'MISSED'}")
    print(f"  peak {peak:.1f} MB, target <= {MOST_MB}: {'holds' if peak <= MOST_MB else 'MISSED'}")


main()
