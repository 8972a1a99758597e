#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""align.py ORIGINAL OUT [options]: how far OUT's sound lies from where the original says, by cross-correlation of short windows.

ORIGINAL and OUT are any media file; of both the first channel at 48 kHz counts, from time 0 on (of
fragments ffmpeg gives the priming too, before 0). Prints the worst distance in ms.
  --silent A,B     [A,B) of OUT in seconds must be silence; windows near it are left out; may be given again
  --scale X        second t of the original stands at t * X
  --shift S        and S seconds later
  --every S        a window each S seconds (1)
  --within MS      exit 1 when a window is further off (1)
  --gain DB        also: each window is this much louder than the original, within 1 dB
Python's own library and the ffmpeg command only."""
import argparse
import array
import math
import operator
import subprocess
import sys

RATE = 48000
WINDOW = 960  # 20 ms
REACH = 240  # 5 ms to each side
EDGE_S = 0.04  # codecs smear where packets are missing
LEAST = 0.5  # of the correlation, 1 being the same sound
QUIET = 10 ** (-60 / 20)


def samples(path):
    data = subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-copyts", "-i", path, "-map", "0:a:0", "-af",
                           f"atrim=start=0,aresample={RATE},pan=mono|c0=c0", "-f", "f32le", "-"], stdout=subprocess.PIPE, check=True).stdout
    pcm = array.array("f")
    pcm.frombytes(data[:len(data) // 4 * 4])
    return pcm


def dot(a, b):
    return sum(map(operator.mul, a, b))


def best_lag(window, out, centre):
    """(correlation, lag in samples, gain) where window fits best into out around centre."""
    energy = dot(window, window)
    best = (0.0, 0, 0.0)
    for lag in range(-REACH, REACH + 1):
        part = out[centre + lag:centre + lag + len(window)]
        product = dot(window, part)
        if product <= 0:
            continue
        own = dot(part, part)
        score = product / math.sqrt(energy * own)
        if score > best[0]:
            best = (score, lag, product / energy)
    return best


def near(seconds, silences):
    return any(a - EDGE_S < seconds + WINDOW / RATE and seconds < b + EDGE_S for a, b in silences)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("original")
    ap.add_argument("out")
    ap.add_argument("--silent", action="append", default=[])
    ap.add_argument("--scale", type=float, default=1)
    ap.add_argument("--shift", type=float, default=0)
    ap.add_argument("--every", type=float, default=1)
    ap.add_argument("--within", type=float, default=1)
    ap.add_argument("--gain", type=float)
    a = ap.parse_args()
    silences = [tuple(map(float, s.split(","))) for s in a.silent]
    original, out = samples(a.original), samples(a.out)
    wrong, worst, windows = [], 0.0, 0
    for begin, end in silences:
        part = out[math.ceil(begin * RATE):math.floor(end * RATE)]
        if part and max(map(abs, part)) > QUIET:
            wrong.append(f"[{begin}, {end}) is not silent")
    t = 0.5
    while t + 1 < len(original) / RATE:
        place = t * a.scale + a.shift
        at = round(place * RATE)
        if not near(place, silences) and REACH < at < len(out) - 2 * RATE // 10:
            window = original[round(t * RATE):round(t * RATE) + WINDOW]
            score, lag, gain = best_lag(window, out, at)
            off_ms = (at + lag - place * RATE) * 1000 / RATE
            worst = max(worst, abs(off_ms))
            windows += 1
            if score < LEAST:
                wrong.append(f"at {place:.3f} s is another sound ({score:.2f})")
            elif abs(off_ms) > a.within:
                wrong.append(f"at {place:.3f} s: {off_ms:+.2f} ms")
            elif a.gain is not None and abs(20 * math.log10(gain) - a.gain) > 1:
                wrong.append(f"at {place:.3f} s: {20 * math.log10(gain):+.1f} dB")
        t += a.every
    print(f"{windows} windows, worst {worst:.2f} ms")
    if windows < 3:
        wrong.append("too few windows to say anything")
    for line in wrong[:10]:
        print(line)
    sys.exit(1 if wrong else 0)


main()
