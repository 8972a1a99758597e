#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""rec-waveform against audiowaveform: the same file, the same zoom, the same JSON.

usage: waveform_bench.py [--bin build/bin] [--rounds 3] [--minutes 30]
"""
import argparse
import shutil
import subprocess

import measure

FASTER = 1.5
MOST_MB = 64
SPEECH = "aevalsrc='0.6*sin(2*PI*210*t)*abs(sin(t))*random(0)|0.5*sin(2*PI*180*t)*abs(sin(t/3))':s=48000:d={seconds}"


def make_inputs(folder, minutes):
    wav, mp3 = f"{folder}/long.wav", f"{folder}/long.mp3"
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", SPEECH.format(seconds=60 * minutes), wav], check=True)
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", wav, "-b:a", "128k", mp3], check=True)
    return wav, mp3


def compare(name, path, a, folder, peer):
    commands = {"rec-waveform": [f"{a.bin}/rec-waveform", "-q", "-o", f"{folder}/ours.json", path]}
    if peer:
        commands["audiowaveform"] = [peer, "-q", "-i", path, "-o", f"{folder}/theirs.json"]
    costs = measure.interleaved(commands, a.rounds)
    for who, c in costs.items():
        print(f"  {name:4} {who:14} wall {measure.median(c, 'wall_s'):.2f} s, CPU {measure.median(c, 'cpu_s'):.2f} s, "
              f"peak {measure.median(c, 'peak_mb'):.0f} MB", flush=True)
    mb = max(c.peak_mb for c in costs["rec-waveform"])
    print(f"  {name:4} peak memory <= {MOST_MB} MB: {'holds' if mb <= MOST_MB else 'MISSED'}")
    if peer:
        ratio = measure.ratio(costs["audiowaveform"], costs["rec-waveform"], "wall_s")
        print(f"  {name:4} {ratio:.2f} x faster than audiowaveform, target {FASTER}: {'holds' if ratio >= FASTER else 'MISSED'}")


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--bin", default="build/bin")
    ap.add_argument("--rounds", type=int, default=3)
    ap.add_argument("--minutes", type=float, default=30)
    a = ap.parse_args()
    peer = shutil.which("audiowaveform")
    print(f"waveform: {a.minutes:g} minutes, stereo, 48 kHz, zoom 256; load {measure.load():.1f}")
    if not peer:
        print("  audiowaveform is not here: nothing to compare with")
    folder = measure.scratch(60 * a.minutes * 48000 * 4 * 1.2 + 1e8)
    try:
        for name, path in zip(("WAV", "MP3"), make_inputs(folder, a.minutes)):
            compare(name, path, a, folder, peer)
    finally:
        shutil.rmtree(folder)


main()
