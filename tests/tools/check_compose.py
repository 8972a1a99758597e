#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_compose.py OUT SESSION [options]: OUT, composed from SESSION (a folder or a session.json), held against what
its sources say; nothing is measured against the tool's own words.

Picture, on every output frame: each tile that must stand there shows, at the place that the layout gives it, the code of
the newest source picture with PTS <= t(n) + half a frame, a camera's for at most --hold; no tile shows one outside its
presence; cells without a picture, the bars beside a picture and frames without tiles are background.
A source picture whose own code cannot be read (black, damaged) must give no valid code either.

Sound, for every tick of every source: it lies where its stamp and the join say, within --tolerance, and there is no tick
that no source explains. A tick that the decoder cannot read because another voice sounds at the same moment is looked for in
the mix less the other voices, by correlation with its source's own samples; so none is excused.

The last line is a summary; exit 1 with the first differences otherwise. Python's own library and the ffmpeg commands only."""
import argparse
import collections
import json
import math
import operator
import os
import subprocess
import sys
from fractions import Fraction

import decode_audio
import decode_video
import expected
import timecode

BLACK = 16
NOISE = 10  # what an encoder may leave on the background


def probe(path):
    command = ["ffprobe", "-v", "error", "-of", "json", "-show_format", "-show_streams", path]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


class Report:
    def __init__(self):
        self.kinds = collections.Counter()

    def add(self, kind, text):
        self.kinds[kind] += 1
        if self.kinds[kind] <= 5:
            print(f"{kind}: {text}")


def is_background(luma, width, rect, level):
    """Whether a grid of points inside a rectangle is the background."""
    x, y, w, h = rect
    return all(
        abs(luma[int(y + h * (j + 0.5) / 8) * width + int(x + w * (i + 0.5) / 8)] - level) <= NOISE
        for i in range(8) for j in range(8))


def bars(cell, rect):
    """The parts of a cell beside a picture, less a rim that an encoder may blur."""
    x, y, w, h = cell
    px, py, pw, ph = rect
    if px - x >= 16:
        yield x, y, px - x - 8, h
        yield px + pw + 8, y, px - x - 8, h
    if py - y >= 16:
        yield x, y, w, py - y - 8
        yield x, py + ph + 8, w, py - y - 8


def check_tile(report, options, luma, size, where, tile):
    """One tile on one frame; True where a code was compared."""
    cell, picture = tile
    if picture is None:
        if not is_background(luma, size[0], cell, options.background_luma):
            report.add("stale picture", where)
        return False
    rect = expected.fitted(options.fit, picture, cell)
    code = decode_video.read_code(luma, size[0], rect)
    if code != picture.code:
        report.add("wrong picture", f"{where}: shows {code}, should show {picture.code}")
    for bar in bars(cell, rect) if options.fit == "contain" else ():
        if not is_background(luma, size[0], bar, options.background_luma):
            report.add("dirty bar", where)
    return picture.code is not None


def check_picture(report, options, session, size):
    shown = {id(e): expected.pictures_on_frames(session, e, options.hold) for e in session.entries if e.video}
    compared = frames = 0
    for frame, luma in enumerate(decode_video.luma_frames(options.out, size)):
        frames += 1
        if frame >= session.nframes:
            continue
        tiles = [] if options.no_tiles else session.tiles_at(frame)
        if not tiles and not is_background(luma, size[0], (0, 0, *size), options.background_luma):
            report.add("not empty", f"frame {frame}")
        for index, entry in enumerate(tiles):
            cell = expected.cell(options.layout, len(tiles), index, size, options.gap)
            compared += check_tile(report, options, luma, size, f"frame {frame} {entry.name}",
                                   (cell, shown[id(entry)][frame]))
    if frames != session.nframes:
        report.add("length", f"{frames} frames, should be {session.nframes}")
    return f"{frames} frames in {len(session.windows()) - 1} windows, {compared} codes compared"


ASIDES = 0, 4  # samples by which the other voices may lie off their stamps, which jitter: tried in turn


def without(mix, begin, length, others, aside):
    """A stretch of the mix, less what the other voices say in it, the loudest first; the limiter may have lowered all."""
    rest = list(mix.samples[begin:begin + length])
    parts = []
    for voice in others:
        at = voice.sound.sample_at(mix.time_of(begin) - voice.place)
        if at is None:
            continue
        head = max(0, aside - at)
        part = [0.0] * head + list(voice.sound.samples[at - aside + head:at + length + aside])
        parts.append(part + [0.0] * (length + 2 * aside - len(part)))
    for part in sorted(parts, key=lambda p: -sum(v * v for v in p)):
        part = max((part[lag:lag + length] for lag in range(2 * aside + 1)),
                   key=lambda p: sum(map(operator.mul, rest, p)) ** 2 / (sum(v * v for v in p) or 1))
        gain = sum(map(operator.mul, rest, part)) / (sum(v * v for v in part) or 1)
        rest = [r - gain * p for r, p in zip(rest, part)]
    return rest


def lag_of(mix, tick, voices):
    """Where a tick's own samples lie in what the mix holds beside the other voices: seconds off its place; None: not there."""
    reach, length = decode_audio.RATE * 3 // 250, int(timecode.TICK_WHOLE_S * decode_audio.RATE)
    begin, at = tick.voice.sound.sample_at(tick.onset), mix.sample_at(tick.at)
    if begin is None or at is None or at < reach:
        return None
    part = tick.voice.sound.samples[begin:begin + length]
    others = [v for v in voices if v is not tick.voice]
    rests = (without(mix, at - reach, length + 2 * reach, others, aside) for aside in ASIDES)
    return next((lag for lag in (place_of(part, rest, reach) for rest in rests) if lag is not None), None)


def place_of(part, rest, reach):
    length = len(part)

    def likeness(lag):
        return sum(map(operator.mul, part, rest[lag:lag + length]))

    place = max(range(0, 2 * reach, 2), key=likeness)
    place = max(range(max(0, place - 1), place + 2), key=likeness)
    power = math.sqrt(sum(v * v for v in part) * sum(v * v for v in rest[place:place + length]))
    return (place - reach) / decode_audio.RATE if likeness(place) > 0.4 * power else None


def check_sound(report, options, session, alone):
    mix = decode_audio.Sound(options.out)
    if alone:  # a lone MP3 counts its padding; what is presented first is its zero
        mix.anchors = [(at, stamp - mix.first) for at, stamp in mix.anchors]
    voices = expected.voices(session)
    wanted = expected.ticks(session, voices)
    found = collections.defaultdict(list)
    for tick in mix.ticks():
        found[tick.k, tick.pid].append(tick.onset)
    hidden, worst = 0, 0.0
    for tick in wanted:
        heard = found[tick.k, tick.pid]
        near = min(heard, key=lambda t: abs(t - tick.at), default=None)
        if near is not None and abs(near - tick.at) < 0.5:
            off = near - tick.at
            heard.remove(near)
        else:
            hidden += 1
            off = lag_of(mix, tick, voices)
        if off is None:
            report.add("tick missing", f"{tick.at:.3f} s: k {tick.k} of participant {tick.pid}")
        elif abs(off) > options.tolerance:
            report.add("tick misplaced", f"{tick.at:.3f} s: k {tick.k} of participant {tick.pid} is {off * 1000:+.1f} ms off")
        worst = max(worst, abs(off or 0))
    for (k, pid), rest in found.items():
        for at in rest:
            around = [t for t in wanted if abs(t.at - at) < timecode.TICK_WHOLE_S]
            # two voices at once may read as a third
            if len({t.pid for t in around}) < 2 and not near_edge(session, at):
                report.add("tick unexplained", f"{at:.3f} s: k {k} of participant {pid}")
    if not wanted and not options.no_ticks:
        report.add("no ticks", "nothing to compare")
    return f"{len(wanted)} ticks, {hidden} of them hidden by others, at most {worst * 1000:.2f} ms off"


def near_edge(session, at):
    edges = [0, session.duration] + [t - session.zero for e in session.entries for t in (e.start, e.end)]
    return any(abs(at - edge / expected.NS) < 0.02 + timecode.TICK_WHOLE_S for edge in edges)


def check_grid(report, options, session, stream):
    """Constant rate from 0: every packet where its number says, all of one duration."""
    if Fraction(stream["r_frame_rate"]) != options.fps or Fraction(stream["avg_frame_rate"]) != options.fps:
        report.add("rate", f"{stream['r_frame_rate']}, average {stream['avg_frame_rate']}")
    command = ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "packet=pts,duration", "-of", "csv=p=0",
               options.out]
    rows = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout.split()
    packets = sorted(tuple(int(v) for v in row.strip(",").split(",")[:2]) for row in rows)
    base = Fraction(stream["time_base"])
    slack = 0 if (1 / options.fps / base).denominator == 1 else base  # Matroska counts milliseconds
    for number, (pts, duration) in enumerate(packets):
        if abs(pts * base - number / options.fps) > slack or abs(duration * base - 1 / options.fps) > slack:
            report.add("grid", f"packet {number}: stamp {float(pts * base):.6f} s, duration {float(duration * base):.6f} s")
    if len(packets) != session.nframes:
        report.add("length", f"{len(packets)} packets, should be {session.nframes}")


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("session")
    parser.add_argument("--layout", default="row", choices=["row", "grid"])
    parser.add_argument("--fit", default="contain", choices=["contain", "stretch"])
    parser.add_argument("--fps", type=Fraction, default=Fraction(30))
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--gap", type=int, default=0)
    parser.add_argument("--hold", type=Fraction, default=Fraction(2), help="seconds")
    parser.add_argument("--start", type=Fraction, default=Fraction(0), help="seconds")
    parser.add_argument("--duration", type=Fraction, help="seconds")
    parser.add_argument("--zero", default="join", choices=["join", "clock"])
    parser.add_argument("--tolerance", type=float, default=0.005, help="seconds")
    parser.add_argument("--background-luma", type=int, default=BLACK)
    parser.add_argument("--no-tiles", action="store_true", help="every frame must be background")
    parser.add_argument("--no-ticks", action="store_true", help="the span holds no tick: any is wrong")
    return parser.parse_args()


def main():
    options = arguments()
    manifest = options.session
    if os.path.isdir(manifest):
        manifest = os.path.join(manifest, "session.json")
    session = expected.Session(manifest, options.fps, options.start, options.duration, options.zero == "clock")
    report = Report()
    found = probe(options.out)
    streams = {s["codec_type"]: s for s in found["streams"]}
    summary = []
    if "video" in streams:
        size = tuple(map(int, options.size.split("x")))
        if (streams["video"]["width"], streams["video"]["height"]) != size:
            sys.exit(f"size: {streams['video']['width']}x{streams['video']['height']}, should be {options.size}")
        check_grid(report, options, session, streams["video"])
        summary.append(check_picture(report, options, session, size))
    if "audio" in streams:
        summary.append(check_sound(report, options, session, "video" not in streams))
        length = found["format"].get("duration")  # a stream of Matroska does not know its own
        if length and abs(float(length) - session.duration / expected.NS) > 0.05:
            report.add("length", f"{length} s, should be {session.duration / expected.NS:.3f} s")
    for kind, count in report.kinds.items():
        print(f"{kind}: {count} in all")
    print("; ".join(summary))
    sys.exit(1 if report.kinds else 0)


if __name__ == "__main__":
    main()
