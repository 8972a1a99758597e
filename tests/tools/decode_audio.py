#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""decode_audio.py FILE: every tick of the sound code in FILE, also of a mix; a line each: onset_s k participant.
Stamps are honoured: a hole in the track stays a hole. As a module: Sound(path), sound.ticks().
Python's own library and the ffmpeg command only."""
import array
import bisect
import collections
import functools
import math
import operator
import re
import subprocess
import sys
import tempfile

import timecode

RATE = 16000
JITTER_S = 0.0015  # WebM stamps are whole milliseconds
QUIET = 0.01

Tick = collections.namedtuple("Tick", "onset k pid")


@functools.lru_cache(maxsize=None)
def waves(length, frequency):
    step = 2 * math.pi * frequency / RATE
    return ([math.cos(step * i) for i in range(length)], [math.sin(step * i) for i in range(length)])


def tone(samples, start, length, frequency):
    """Amplitude of a frequency in samples[start:start + length], halved."""
    part = samples[start:start + length]
    cosine, sine = waves(length, frequency)
    return math.hypot(sum(map(operator.mul, part, cosine)), sum(map(operator.mul, part, sine))) / length


class Sound:
    """A file's sound at 16 kHz, mono, and where its samples lie in time."""

    def __init__(self, path):
        with tempfile.TemporaryFile() as log:
            data = subprocess.run(
                ["ffmpeg", "-nostdin", "-hide_banner", "-v", "info", "-copyts", "-i", path, "-map", "0:a:0", "-af",
                 f"aformat=sample_fmts=flt:channel_layouts=mono,ashowinfo,aresample={RATE}", "-f", "f32le", "-"],
                stdout=subprocess.PIPE, stderr=log, check=False).stdout
            log.seek(0)
            text = log.read().decode("utf8", "replace")
        self.samples = array.array("f")  # beyond full scale too: decoders give it
        self.samples.frombytes(data[:len(data) // 4 * 4])
        self.anchors = []  # (sample, stamp) where a stamp does not follow from the one before
        position, due = 0.0, None
        for stamp, rate, count in re.findall(r"ashowinfo.*?pts_time:(\S+).*?rate:(\d+) nb_samples:(\d+)", text):
            stamp, rate, count = float(stamp), int(rate), int(count)
            if due is None or abs(stamp - due) > JITTER_S:
                self.anchors.append((int(position), stamp))
                due = stamp
            due += count / rate
            position += count * RATE / rate
        if not self.anchors:
            raise RuntimeError(f"no sound in {path}")
        self.first = self.anchors[0][1]
        self.end = due

    def time_of(self, sample):
        at, stamp = self.anchors[max(0, bisect.bisect_right(self.anchors, (sample, math.inf)) - 1)]
        return stamp + (sample - at) / RATE

    def sample_at(self, seconds):
        """The sample at that time, or None in a hole."""
        index = max(0, bisect.bisect_right([a[1] for a in self.anchors], seconds) - 1)
        sample = self.anchors[index][0] + round((seconds - self.anchors[index][1]) * RATE)
        limit = self.anchors[index + 1][0] if index + 1 < len(self.anchors) else len(self.samples)
        return sample if 0 <= sample < limit else None

    def bits(self, start):
        """(word, contrast) of a tick that begins at a sample; word 0 where one bit is unclear."""
        length = int(timecode.BIT_S * RATE)
        start += int(timecode.TICK_S * RATE)
        word, contrast, least = 0, 0.0, math.inf
        for i in range(timecode.NBITS):
            at = start + i * length + 8
            difference = tone(self.samples, at, length - 16, timecode.ONE_HZ) - tone(
                self.samples, at, length - 16, timecode.ZERO_HZ)
            word = word << 1 | (difference > 0)
            contrast += abs(difference)
            least = min(least, abs(difference))
        return (word if least > 0.3 * contrast / timecode.NBITS else 0), contrast

    def read_tick(self, near, loudness):
        """The clearest tick that begins around a sample: (sample, k, participant), or None."""
        best = None
        for start in range(max(0, near - 320), near + 240, 8):
            word, contrast = self.bits(start)
            if (found := timecode.tick_word(word)) and (best is None or contrast > best[0]):
                best = (contrast, start, found)
        if not best or best[0] / timecode.NBITS < 0.35 * loudness:  # the bits are about as loud as the burst
            return None
        contrast, start, found = best
        for fine in range(max(0, start - 8), start + 9):
            word, clearer = self.bits(fine)
            if clearer > contrast and timecode.tick_word(word) == found:
                contrast, best = clearer, (clearer, fine, found)
        return best[1], *found

    def ticks(self):
        found, at = [], 0
        whole = int(timecode.TICK_WHOLE_S * RATE) + 16
        while at < len(self.samples) - whole - 200:
            part = self.samples[at:at + 160]
            if max(map(abs, part[::3])) < QUIET:
                at += 160
                continue
            loudness = tone(self.samples, at, 160, timecode.TICK_HZ)
            # a pure tone gives 0.707 of its rms
            if loudness < 0.35 * math.sqrt(sum(v * v for v in part) / 160) or not (
                    tick := self.read_tick(at, loudness)):
                at += 80
                continue
            found.append(Tick(round(self.time_of(tick[0]), 5), tick[1], tick[2]))
            at = tick[0] + whole - 100
        return found


def main():
    for tick in Sound(sys.argv[1]).ticks():
        print(tick.onset, tick.k, tick.pid)


if __name__ == "__main__":
    main()
