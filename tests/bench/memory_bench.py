#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Peak memory must not grow with the length of a meeting: four people for ten minutes against four people for an hour.

usage: memory_bench.py [--bin build/bin] [--minutes 10,60] [--preset fast]

The long tracks are those of S2-mutes, again and again, copied without encoding.
"""
import argparse
import json
import os
import subprocess
import tempfile

import measure

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "testdata", "S2-mutes")
MOST_MB = 200
SPREAD = 0.05


def lengthen(source, out, seconds):
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", "-stream_loop", "-1", "-i", source, "-c", "copy", "-t",
                    str(seconds), out], check=True)


def long_session(minutes, folder):
    with open(f"{DATA}/session.json", encoding="utf-8") as f:
        session = json.load(f)
    for p in session["participants"]:
        p["leave_time_s"] = 60.0 * minutes
        for key in ("video_path", "audio_path"):
            lengthen(f"{DATA}/{p[key]}", f"{folder}/{p[key]}", 60 * minutes - p["join_time_s"])
    path = f"{folder}/session.json"
    with open(path, "w", encoding="utf-8") as f:
        json.dump(session, f)
    return path


def peak_mb(a, minutes):
    with tempfile.TemporaryDirectory(prefix="rec-bench-") as folder:
        cost = measure.run([f"{a.bin}/rec-compose", "--session", long_session(minutes, folder), "-o",
                            f"{folder}/out.mp4", "--size", "1280x720", "--preset", a.preset, "-q"])
    print(f"  {minutes:g} minutes: peak {cost.peak_mb:.1f} MB, wall {cost.wall_s:.0f} s, CPU {cost.cpu_s:.0f} s",
          flush=True)
    return cost.peak_mb


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--bin", default="build/bin")
    ap.add_argument("--minutes", default="10,60")
    ap.add_argument("--preset", default="fast")
    a = ap.parse_args()
    print(f"memory: 4 people, 1280x720, {a.preset}")
    peaks = [peak_mb(a, float(m)) for m in a.minutes.split(",")]
    spread = max(peaks) / min(peaks) - 1
    print(f"  spread {100 * spread:.1f} %, target <= {100 * SPREAD:.0f} %: {'holds' if spread <= SPREAD else 'MISSED'}")
    print(f"  peak {max(peaks):.1f} MB, target <= {MOST_MB}: {'holds' if max(peaks) <= MOST_MB else 'MISSED'}")


main()
