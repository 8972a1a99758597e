#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A peer of rec-compose: the recipe of many ffmpeg passes that people use.

usage: seed_recipe.py session.json out.mp4 [--width 1280] [--height 720] [--fps 30] [--preset fast] [--crf 18]

Every picture becomes CFR, every sound is padded to the session's zero, the sounds are mixed, each window of the
layout is encoded, and the windows are joined.
"""
import argparse
import subprocess
import tempfile

from people import read_people, windows


def ffmpeg(*args):
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, args)], check=True)


def normalise(people, a, encoder, tmp):
    for i, p in enumerate(people):
        if p.get("video_path"):
            p["video"] = f"{tmp}/v{i}.mp4"
            ffmpeg("-i", p["video_path"], *encoder, "-vf", f"fps={a.fps}", "-an", p["video"])


def mix(people, tmp):
    """The input and encoder options of the mixed sound; none without sound."""
    inputs = []
    for i, p in enumerate(people):
        if p.get("audio_path"):
            padded = f"{tmp}/a{i}.wav"
            delay = f"adelay={int(p['join_time_s'] * 1000)}:all=1"
            ffmpeg("-i", p["audio_path"], "-af", f"aresample=async=1,{delay}", "-ar", 48000, "-ac", 2, padded)
            inputs += ["-i", padded]
    if not inputs:
        return []
    ffmpeg(*inputs, "-filter_complex", f"amix=inputs={len(inputs) // 2}:normalize=0:duration=longest", f"{tmp}/mix.wav")
    return ["-i", f"{tmp}/mix.wav", "-c:a", "aac", "-b:a", "128k"]


def encode_window(window, a, encoder, part):
    start, end, who = window
    if not who:
        black = f"color=black:s={a.width}x{a.height}:r={a.fps}:d={end - start}"
        ffmpeg("-f", "lavfi", "-i", black, *encoder, part)
        return
    inputs, chains = [], []
    w = a.width // len(who) // 2 * 2
    for k, p in enumerate(who):
        inputs += ["-ss", f"{start - p['join_time_s']:.3f}", "-t", f"{end - start:.3f}", "-i", p["video"]]
        chains.append(f"[{k}:v]scale={w}:{a.height}:force_original_aspect_ratio=decrease,"
                      f"pad={w}:{a.height}:(ow-iw)/2:(oh-ih)/2,setsar=1[v{k}]")
    stack = "".join(f"[v{k}]" for k in range(len(who)))
    chains.append(f"{stack}hstack=inputs={len(who)},pad={a.width}:{a.height}[o]" if len(who) > 1 else "[v0]null[o]")
    ffmpeg(*inputs, "-filter_complex", ";".join(chains), "-map", "[o]", "-r", a.fps, *encoder, part)


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
    encoder = ["-c:v", "libx264", "-preset", a.preset, "-crf", a.crf, "-pix_fmt", "yuv420p"]
    with tempfile.TemporaryDirectory() as tmp:
        normalise(people, a, encoder, tmp)
        sound = mix(people, tmp)
        with open(f"{tmp}/list.txt", "w", encoding="utf-8") as parts:
            for n, window in enumerate(windows(people, end, "video")):
                encode_window(window, a, encoder, f"{tmp}/s{n}.mp4")
                parts.write(f"file '{tmp}/s{n}.mp4'\n")
        ffmpeg("-f", "concat", "-safe", 0, "-i", f"{tmp}/list.txt", *sound, "-c:v", "copy", "-t", f"{end:.3f}",
               "-movflags", "+faststart", a.out)


main()
