#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""rec-compose against what people do instead, all with the same size and x264 settings, in one run.

usage: compose_bench.py [--bin build/bin] [--rounds 3] [--sessions S1-two,S2-mutes,six-people] [--duration S]

frames alone: ffmpeg encodes the finished frames, without sound: the least that one encode can cost.
seed recipe:  seed_recipe.py, many passes.
one graph:    expert_graph.py, one filter graph.
"""
import argparse
import json
import os
import shutil
import tempfile

import measure

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "..", "..", "testdata")
WIDTH, HEIGHT, FPS = 1280, 720, 30
X264 = ["--preset", "fast", "--crf", "18"]
ME, ALONE, SEED, GRAPH = "rec-compose", "frames alone", "seed recipe", "one graph"

# session: (what is divided by what, field, sign, bound)
TARGETS = {
    "S1-two": [(ME, ALONE, "wall_s", "<=", 1.15), (SEED, ME, "wall_s", ">=", 1.5), (GRAPH, ME, "wall_s", ">=", 1.05),
               (ME, GRAPH, "peak_mb", "<", 1)],
    "S2-mutes": [(ME, ALONE, "wall_s", "<=", 1.15), (SEED, ME, "wall_s", ">=", 7), (GRAPH, ME, "wall_s", ">=", 1.6),
                 (ME, GRAPH, "peak_mb", "<", 1)],
    "six-people": [(ME, ALONE, "wall_s", "<=", 1.15), (SEED, ME, "wall_s", ">=", 1.5),
                   (GRAPH, ME, "wall_s", ">=", 1.05), (ME, GRAPH, "peak_mb", "<", 1)],
}


def six_people(folder):
    """The six people of both recorded calls in one; returns the path of its session.json."""
    participants = []
    for call in ("S1-two", "S2-mutes"):
        with open(f"{DATA}/{call}/session.json", encoding="utf-8") as f:
            people = json.load(f)["participants"]
        for person in people:
            participants.append(person)
            for key in ("video_path", "audio_path"):
                shutil.copy(f"{DATA}/{call}/{person[key]}", folder)
    path = f"{folder}/session.json"
    with open(path, "w", encoding="utf-8") as f:
        json.dump({"session_id": "six-people", "participants": participants}, f)
    return path


def excerpt(session, seconds, folder):
    """The first seconds of a session, for a quick look; the peers know no --duration."""
    with open(session, encoding="utf-8") as f:
        whole = json.load(f)
    end = min(p["join_time_s"] for p in whole["participants"]) + seconds
    whole["participants"] = [p for p in whole["participants"] if p["join_time_s"] < end - 1]
    for p in whole["participants"]:
        p["leave_time_s"] = min(p["leave_time_s"], end)
        for key in ("video_path", "audio_path"):
            if not os.path.exists(f"{folder}/{p[key]}"):
                shutil.copy(os.path.join(os.path.dirname(session), p[key]), folder)
    path = f"{folder}/excerpt.json"
    with open(path, "w", encoding="utf-8") as f:
        json.dump(whole, f)
    return path


def length_s(session):
    with open(session, encoding="utf-8") as f:
        people = json.load(f)["participants"]
    return max(p["leave_time_s"] for p in people) - min(p["join_time_s"] for p in people)


def compose(a, session, out, *more):
    return [f"{a.bin}/rec-compose", "--session", session, "-o", out, "--size", f"{WIDTH}x{HEIGHT}", "--fps", FPS,
            "--progress", "none", *more]


def finished_frames(a, session, folder):
    """rec-compose's frames as they go to its encoder: through a lossless encode."""
    measure.run(compose(a, session, f"{folder}/lossless.mkv", "--preset", "ultrafast", "--crf", "0", "--no-audio"))
    measure.run(["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", f"{folder}/lossless.mkv", "-pix_fmt", "yuv420p",
                 f"{folder}/frames.y4m"])
    os.remove(f"{folder}/lossless.mkv")
    return f"{folder}/frames.y4m"


def commands(a, session, folder):
    flags = ["--width", WIDTH, "--height", HEIGHT, "--fps", FPS, *X264]
    return {
        ME: compose(a, session, f"{folder}/me.mp4", *X264),
        ALONE: ["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", finished_frames(a, session, folder), "-c:v", "libx264",
                "-preset", "fast", "-crf", "18", f"{folder}/alone.mp4"],
        SEED: ["python3", f"{HERE}/seed_recipe.py", session, f"{folder}/seed.mp4", *flags],
        GRAPH: ["python3", f"{HERE}/expert_graph.py", session, f"{folder}/graph.mp4", *flags],
    }


def report(name, costs):
    """Print one session's table; returns whether all its targets hold."""
    print(f"  {'':14}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}")
    for who, runs in costs.items():
        print(f"  {who:14}" + "".join(f"{measure.median(runs, f):9.1f}" for f in measure.Cost._fields))
    held = True
    for top, bottom, field, sign, bound in TARGETS[name]:
        value = measure.ratio(costs[top], costs[bottom], field)
        cpu = measure.ratio(costs[top], costs[bottom], "cpu_s")
        holds = value <= bound if sign == "<=" else value >= bound if sign == ">=" else value < bound
        held = held and holds
        shown = f"peak {value:.3f}" if field == "peak_mb" else f"wall {value:.2f} (CPU {cpu:.2f})"
        print(f"  {top} / {bottom}: {shown}, target {sign} {bound}: {'holds' if holds else 'MISSED'}")
    return held


def bench(a, name):
    with tempfile.TemporaryDirectory(prefix="rec-bench-") as inputs:
        session = six_people(inputs) if name == "six-people" else f"{DATA}/{name}/session.json"
        if a.duration:
            session = excerpt(session, a.duration, inputs)
        seconds = length_s(session)
        folder = measure.scratch(seconds * FPS * WIDTH * HEIGHT * 1.5 * 1.3 + 3e8)
        try:
            print(f"{name}: {seconds:.1f} s, {WIDTH}x{HEIGHT} at {FPS}, fast, crf 18; median of {a.rounds} rounds; "
                  f"load before {measure.load():.1f} a processor", flush=True)
            if measure.load() > 0.5:
                print("  the machine is busy with other things: wall times are noise, CPU times are less so")
            return report(name, measure.interleaved(commands(a, session, folder), a.rounds))
        finally:
            shutil.rmtree(folder)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--bin", default="build/bin")
    ap.add_argument("--rounds", type=int, default=3)
    ap.add_argument("--sessions", default=",".join(TARGETS))
    ap.add_argument("--duration", type=float, default=0)
    a = ap.parse_args()
    held = [bench(a, name) for name in a.sessions.split(",")]
    print("all targets hold" if all(held) else "some targets were missed")


main()
