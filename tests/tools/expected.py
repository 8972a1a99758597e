# SPDX-License-Identifier: MIT
"""What a composition of a session must show and sound like, worked out from session.json and the source files alone:
each source's own decoded (stamp, code) list, placed by its join. Knows nothing of the tools' own code."""
import collections
import hashlib
import json
import math
import os
import pickle
import tempfile
from fractions import Fraction

import decode_audio
import decode_video
import timecode

NS = 10**9

Entry = collections.namedtuple("Entry", "name start end video audio")  # Track or None; times in session ns
Track = collections.namedtuple("Track", "path start origin mutes screen")
Voice = collections.namedtuple("Voice", "entry sound place")  # place: what gives output seconds, added to a stamp
ExpectedTick = collections.namedtuple("ExpectedTick", "at k pid voice onset")


def nanoseconds(seconds):
    return math.floor(Fraction(seconds) * NS + Fraction(1, 2))


def cached(kind, path, decode):
    """Decoding is slow and sources do not change: kept in $BUILD/tests/cache by path, size and time."""
    stat = os.stat(path)
    key = hashlib.sha256(f"{kind} {os.path.abspath(path)} {stat.st_size} {stat.st_mtime_ns}".encode()).hexdigest()
    folder = os.path.join(os.environ.get("BUILD", "build"), "tests", "cache")
    os.makedirs(folder, exist_ok=True)
    name = os.path.join(folder, key[:32])
    try:
        with open(name, "rb") as file:
            return pickle.load(file)
    except (OSError, EOFError, pickle.UnpicklingError):
        value = decode(path)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        pickle.dump(value, file)
    os.replace(file.name, name)
    return value


class Session:
    """The manifest, and the output's zero, length and frame grid."""

    def __init__(self, manifest, fps, start=Fraction(0), duration=None, zero_clock=False):
        with open(manifest, encoding="utf8") as file:
            data = json.load(file, parse_float=Fraction, parse_int=Fraction)
        self.folder = os.path.dirname(manifest)
        self.fps = fps
        self.entries = [self.entry(p) for p in data["participants"]]
        first = 0 if zero_clock else min(e.start for e in self.entries)
        end = nanoseconds(data["duration_s"]) if "duration_s" in data else max(e.end for e in self.entries)
        self.zero = first + nanoseconds(start)
        self.duration = end - self.zero
        if duration is not None:
            self.duration = min(self.duration, nanoseconds(duration))
        self.nframes = self.frame_of(self.zero + self.duration)

    def entry(self, data):
        start, end = nanoseconds(data["join_time_s"]), nanoseconds(data["leave_time_s"])
        screen = data["name"].endswith("(screen)")
        tracks = {"video": None, "audio": None}
        for kind in tracks:
            if data.get(kind + "_path"):
                tracks[kind] = Track(os.path.join(self.folder, data[kind + "_path"]), start, "track", [], screen)
        for track in data.get("tracks", []):
            tracks[track["kind"]] = Track(
                os.path.join(self.folder, track["path"]),
                nanoseconds(track["start_s"]) if "start_s" in track else start, track.get("origin", "track"),
                [(nanoseconds(a), nanoseconds(b)) for a, b in track.get("mute", [])], screen)
        return Entry(data["name"], start, end, tracks["video"], tracks["audio"])

    def frame_of(self, ns):
        """The first output frame n with ns <= t(n) + half a frame."""
        return max(0, math.ceil(Fraction(ns - self.zero, NS) * self.fps - Fraction(1, 2)))

    def on_screen(self, entry):
        return range(min(self.frame_of(entry.start), self.nframes), min(self.frame_of(entry.end), self.nframes))

    def tiles_at(self, frame):
        return [e for e in self.entries if e.video and frame in self.on_screen(e)]

    def windows(self):
        """Frames where the set of people changes, the first and the end included."""
        edges = {0, self.nframes}
        for entry in self.entries:
            span = self.on_screen(entry)
            if len(span):
                edges |= {span.start, span.stop}
        return sorted(edges)


def pictures_on_frames(session, entry, hold_s):
    """For each output frame the Picture that must stand on the entry's tile, or None."""
    track = entry.video
    shown = [None] * session.nframes
    pictures = cached("pictures", track.path, decode_video.pictures)
    times = [math.floor(Fraction(p.pts[0] * NS, p.pts[1]) + Fraction(1, 2)) for p in pictures]
    place = 0 if track.origin == "session" else track.start - times[0]
    frames = [session.frame_of(t + place) for t in times]
    limits = [session.nframes if track.screen else session.frame_of(t + place + nanoseconds(hold_s)) for t in times]
    newest, at = None, 0
    for frame in range(session.nframes):
        while at < len(times) and frames[at] <= frame:
            if newest is None or times[at] >= times[newest]:  # of equal stamps the later picture
                newest = at
            at += 1
        if newest is not None and frame < limits[newest] and frame in session.on_screen(entry):
            shown[frame] = pictures[newest]
    return shown


def voices(session):
    found = []
    for entry in session.entries:
        if track := entry.audio:
            sound = cached("sound", track.path, decode_audio.Sound)
            place = 0 if track.origin == "session" else track.start / NS - sound.first
            found.append(Voice(entry, sound, place - session.zero / NS))
    return found


def ticks(session, heard):
    """Every tick of these voices that must be heard whole; those at an entry's very edge (fades) are left out."""
    expected = []
    for voice in heard:
        track, zero = voice.entry.audio, session.zero / NS
        start, end = (max(0, voice.entry.start / NS - zero), min(session.duration, voice.entry.end - session.zero) / NS)
        silent = [(a / NS - zero, b / NS - zero) for a, b in track.mutes]
        for tick in cached("ticks", track.path, lambda path: decode_audio.Sound(path).ticks()):
            begin = tick.onset + voice.place
            stop = begin + timecode.TICK_WHOLE_S
            if start + 0.01 < begin and stop < end - 0.01 and not any(a < stop and begin < b for a, b in silent):
                expected.append(ExpectedTick(begin, tick.k, tick.pid, voice, tick.onset))
    return sorted(expected, key=lambda t: t[:3])


def cell(layout, count, index, size, gap=0):
    """Where tile `index` of `count` lies: (x, y, width, height)."""
    width, height = size

    def cell_size(columns):
        rows = -(-count // columns)
        return ((width - gap * (columns - 1)) / columns, (height - gap * (rows - 1)) / rows)

    def area(columns):
        w, h = cell_size(columns)
        return min(w, h * 16 / 9)

    # of two grids as good a wide canvas takes the wider one
    best = max(range(1, count + 1), key=lambda c: (round(area(c), 6), c if width >= height else -c))
    columns = count if layout == "row" else best
    w, h = (math.floor(side / 2 + 1e-9) * 2 for side in cell_size(columns))
    return index % columns * (w + gap), index // columns * (h + gap), w, h


def fitted(fit, picture, rect):
    """Where a picture lies in its cell."""
    x, y, w, h = rect
    if fit == "stretch":
        return rect
    scale = (min if fit == "contain" else max)(w / picture.width, h / picture.height)
    pw, ph = picture.width * scale, picture.height * scale
    return x + (w - pw) / 2, y + (h - ph) / 2, pw, ph
