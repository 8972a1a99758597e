#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A peer of rec-compose: what an expert types instead, one ffmpeg process with one filter graph and one encode.

usage: expert_graph.py session.json out.mp4 [--width 1280] [--height 720] [--fps 30] [--preset fast] [--crf 18]

Every window is a trim of each picture in it, scaled and stacked; the concat filter joins the windows; sound is
aresample, adelay, amix.
"""
import argparse
import subprocess

from people import read_people, windows


def open_inputs(people):
    """Input options; each picture's number as p["v"]; the chains and the labels of the sounds."""
    inputs, chains, sounds = [], [], []
    for p in people:
        if p.get("video_path"):
            p["v"] = len(inputs) // 2
            inputs += ["-i", p["video_path"]]
        if p.get("audio_path"):
            n = len(inputs) // 2
            delay = int(p["join_time_s"] * 1000)
            inputs += ["-i", p["audio_path"]]
            chains.append(f"[{n}:a]aresample=48000:async=1,adelay={delay}:all=1[a{n}]")
            sounds.append(f"[a{n}]")
    return inputs, chains, sounds


def draw_window(n, window, a, uses):
    """The chains of one window, which ends in [wN]."""
    start, end, who = window
    if not who:
        return [f"color=black:s={a.width}x{a.height}:r={a.fps}:d={end - start},format=yuv420p,setsar=1[w{n}]"]
    w = a.width // len(who) // 2 * 2
    chains = []
    for k, p in enumerate(who):
        use = uses[p["v"]]
        uses[p["v"]] += 1
        join = p["join_time_s"]
        chains.append(f"[p{p['v']}_{use}]trim=start={start - join:.3f}:end={end - join:.3f},setpts=PTS-STARTPTS,"
                      f"scale={w}:{a.height}:force_original_aspect_ratio=decrease,"
                      f"pad={w}:{a.height}:(ow-iw)/2:(oh-ih)/2,setsar=1,format=yuv420p[t{n}_{k}]")
    stack = "".join(f"[t{n}_{k}]" for k in range(len(who)))
    joined = f"{stack}hstack=inputs={len(who)},pad={a.width}:{a.height},setsar=1" if len(who) > 1 else f"[t{n}_0]null"
    return [*chains, f"{joined}[w{n}]"]


def draw(people, end, a):
    """The chains of the whole picture, which ends in [vo]."""
    cut = list(windows(people, end, "v"))
    chains, uses = [], {}
    for p in people:
        n = sum(p in who for _, _, who in cut) if "v" in p else 0
        if n:
            uses[p["v"]] = 0
            chains.append(f"[{p['v']}:v]fps={a.fps},split={n}" + "".join(f"[p{p['v']}_{i}]" for i in range(n)))
    for n, window in enumerate(cut):
        chains += draw_window(n, window, a, uses)
    labels = "".join(f"[w{n}]" for n in range(len(cut)))
    return [*chains, f"{labels}concat=n={len(cut)}:v=1:a=0[vo]"]


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("session")
    ap.add_argument("out")
    ap.add_argument("--width", type=int, default=1280)
    ap.add_argument("--height", type=int, default=720)
    ap.add_argument("--fps", type=int, default=30)
    ap.add_argument("--preset", default="fast")
    ap.add_argument("--crf", default="18")
    a = ap.parse_args()
    people, end = read_people(a.session)
    inputs, chains, sounds = open_inputs(people)
    chains += draw(people, end, a)
    maps = ["-map", "[vo]"]
    if sounds:
        chains.append("".join(sounds) + f"amix=inputs={len(sounds)}:normalize=0:duration=longest[ao]")
        maps += ["-map", "[ao]", "-c:a", "aac", "-b:a", "128k"]
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *inputs, "-filter_complex", ";".join(chains), *maps,
                    "-c:v", "libx264", "-preset", a.preset, "-crf", a.crf, "-pix_fmt", "yuv420p", "-r", str(a.fps),
                    "-t", f"{end:.3f}", "-movflags", "+faststart", a.out], check=True)


main()
