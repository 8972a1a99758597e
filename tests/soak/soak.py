#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A meeting that is long and busy, composed and mixed with few open files and little address space: done, with memory flat.

usage: soak.py [--bin build/bin] [--hours 8] [--people 50] [--joins 50] [--visible 8] [--files 64] [--space-mb 1024] [--keep DIR]

One person stays all the time, whose sound and picture have a hole of three quarters of it (6 of 8 hours). Others come and go, --joins of
each a minute, so that --visible are there at once; their cameras give 1, 10 or 120 pictures a second. The tracks are small and used again
and again: what is long is the meeting. Memory is watched while it runs: it stays under 160 MB, and after the first fifth of a run of a minute
or more it grows by no more than 5 % and 8 MB. With --space-mb 0, as for a build with sanitizers, it is told and not judged.
"""
import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time

RATES = (10, 1, 120)
GROWTH = 1.05
SLACK_MB = 8
MOST_MB = 160
SETTLED_S = 60


def ffmpeg(*args):
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *args], check=True)


def make_tracks(folder, seconds, hole_s):
    """Cameras and microphones of so many seconds; a microphone has a packet each 400 ms, as DTX leaves them."""
    for rate in RATES:
        ffmpeg("-f", "lavfi", "-i", f"testsrc=s=32x24:r={rate}:d={seconds}", "-c:v", "libvpx", "-deadline", "realtime",
               "-cpu-used", "8", "-b:v", "20k", f"{folder}/camera-{rate}.webm")
    ffmpeg("-f", "lavfi", "-i", f"sine=d={seconds}:r=48000:f=300", "-c:a", "libopus", "-b:a", "16k", "-bsf:a",
           r"noise=drop='mod(n\,20)'", f"{folder}/microphone.webm")
    for name, half in (("camera-1", int(seconds / 2)), ("microphone", int(seconds / 2 / 0.4))):
        ffmpeg("-i", f"{folder}/{name}.webm", "-c", "copy", "-bsf",
               rf"setts=ts='if(gte(N\,{half})\,TS+{hole_s}/TB\,TS)'", f"{folder}/{name}-hole.webm")


def make_session(folder, a, seconds):
    length = a.hours * 3600
    make_tracks(folder, seconds, length * 3 / 4)
    everybody = [{"name": "stays", "join_time_s": 0, "leave_time_s": length, "video_path": "camera-1-hole.webm",
                  "audio_path": "microphone-hole.webm"}]
    step = 60 / a.joins
    stay = step * (a.visible - 1)
    n = 0
    while n * step + stay < length:
        everybody.append({"name": f"Participant {1 + n % (a.people - 1)}", "join_time_s": round(n * step, 3),
                          "leave_time_s": round(n * step + stay * 0.99, 3),
                          "video_path": f"camera-{RATES[n % len(RATES)]}.webm", "audio_path": "microphone.webm"})
        n += 1
    path = f"{folder}/session.json"
    with open(path, "w", encoding="utf-8") as f:
        json.dump({"participants": everybody}, f)
    return path, n + 1


def family(pid):
    """The process and its children: one waits, the other works."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
            return [pid, *map(int, f.read().split())]
    except OSError:
        return [pid]


def resident_mb(pid):
    """The larger one's; what they share is not counted twice."""
    most = 0
    for one in family(pid):
        try:
            with open(f"/proc/{one}/status", encoding="ascii", errors="replace") as f:
                most = max([most] + [int(line.split()[1]) for line in f if line.startswith("VmRSS")])
        except OSError:
            pass
    return most / 1024


def open_files(pid):
    most = 0
    for one in family(pid):
        try:
            most = max(most, len(os.listdir(f"/proc/{one}/fd")))
        except OSError:
            pass
    return most


class Watch:
    """Memory and open files of a process, over its time."""

    def __init__(self, process):
        self.mb, self.files, self.process = [], 0, process
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        pause = 0.02
        while self.process.poll() is None:
            self.mb.append((time.monotonic(), resident_mb(self.process.pid)))
            self.files = max(self.files, open_files(self.process.pid))
            time.sleep(pause)
            pause = min(1.0, pause * 1.05)

    def flat(self):
        """Peak of the first fifth of the run, and of all that follows."""
        mb = [(t, v) for t, v in self.mb if v > 0]
        begin, end = mb[0][0], mb[-1][0]
        early = [v for t, v in mb if t <= begin + (end - begin) / 5] or [mb[0][1]]
        late = [v for t, v in mb if t > begin + (end - begin) / 5] or early
        return max(early), max(late)


def bounded(a):
    def limit():
        resource.setrlimit(resource.RLIMIT_NOFILE, (a.files, a.files))
        if a.space_mb:
            resource.setrlimit(resource.RLIMIT_AS, (a.space_mb << 20, a.space_mb << 20))
    return limit


def run(a, name, args, out):
    begin, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    with open(f"{a.keep}/{name}.err", "wb") as err, subprocess.Popen(
            [f"{a.bin}/{name}", *args, "-q"], stdout=subprocess.DEVNULL, stderr=err, preexec_fn=bounded(a)) as process:
        watch = Watch(process)
        watch.thread.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    early, late = watch.flat()
    wall = time.monotonic() - begin
    flat = not a.space_mb or max(early, late) <= MOST_MB and (wall < SETTLED_S or late <= early * GROWTH + SLACK_MB)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"  {name}: exit {process.returncode}, {wall:.0f} s wall, {cpu:.0f} s CPU, memory {early:.1f} then "
          f"{late:.1f} MB: {'flat' if flat else 'GREW'}, at most {watch.files} open files", flush=True)
    if process.returncode:
        with open(f"{a.keep}/{name}.err", encoding="utf-8", errors="replace") as err:
            print(f"  {err.read(2000)}")
        return False
    return flat and (out is None or right_length(out, a.hours * 3600))


def right_length(path, seconds):
    """By the stamps of the last packets: Matroska tells no stream's length."""
    lengths = {}
    for kind in ("v:0", "a:0"):
        said = subprocess.run(["ffprobe", "-v", "error", "-read_intervals", f"{seconds - 60}%{seconds + 60}", "-select_streams", kind, "-show_entries",
                               "packet=pts_time", "-of", "csv=p=0", path], stdout=subprocess.PIPE, check=True, text=True).stdout.split()
        lengths[kind] = max((float(stamp.strip(",")) for stamp in said), default=0.0)
    right = all(seconds - 1.5 < last < seconds for last in lengths.values())
    print(f"  last stamps {lengths}, of {seconds:g} s: {'right' if right else 'WRONG'}")
    return right


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--bin", default="build/bin")
    ap.add_argument("--hours", type=float, default=8)
    ap.add_argument("--people", type=int, default=50)
    ap.add_argument("--joins", type=float, default=50)
    ap.add_argument("--visible", type=int, default=8)
    ap.add_argument("--files", type=int, default=64)
    ap.add_argument("--space-mb", type=int, default=1024)
    ap.add_argument("--tools", default="rec-compose,rec-mix")
    ap.add_argument("--keep", help="work there and leave it")
    a = ap.parse_args()
    with tempfile.TemporaryDirectory(prefix="rec-soak-") as folder:
        a.keep = a.keep or folder
        os.makedirs(a.keep, exist_ok=True)
        session, n = make_session(a.keep, a, 60 / a.joins * (a.visible - 1))
        print(f"soak: {a.hours:g} hours, {a.people} people, {n} presences, {a.visible} at once, {a.files} files, "
              f"{a.space_mb} MB of address space", flush=True)
        out = f"{a.keep}/out.mkv"  # MP4's index, which is kept in memory to the end, takes some 10 MB an hour
        commands = {
            "rec-compose": (["--session", session, "-o", out, "--size", "128x96", "--fps", "1", "--layout", "grid",
                             "--preset", "ultrafast", "--audio-bitrate", "32k", "-j", "2"], out),
            "rec-mix": (["--session", session, "-o", "-", "--format", "wav"], None),
        }
        results = [run(a, name, *commands[name]) for name in a.tools.split(",")]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
