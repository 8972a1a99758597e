#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Goal: bytes changed at random in recordings and manifests crash nothing and hang nothing: every run ends by itself with 0, 3 or 5. The
# same mutants on every run; FAULTS=all makes many more.
import os
import random
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "faults"))
import rig  # noqa: E402

EACH = 150 if rig.ALL else 6


def mutants(data, n, seed):
    dice = random.Random(seed)
    for _ in range(n):
        changed = bytearray(data)
        for _ in range(dice.choice([1, 4, 16])):
            changed[dice.randrange(len(changed))] = dice.randrange(256)
        # half of them where the headers are
        if dice.random() < 0.5:
            for _ in range(4):
                changed[dice.randrange(min(len(changed), 600))] = dice.randrange(256)
        yield bytes(changed)


def commands(file, out):
    yield ["rec-probe", "--deep", file]
    if "audio" not in file:
        # a changed stamp may stand hours later, which are filled
        yield ["rec-normalize", *rig.PICTURE, "--fps", "1", "-o", out + ".mp4", file]
    yield ["rec-mix", "-o", out + ".wav", file]
    yield ["rec-waveform", "-o", out + ".json", file]


def attempt(room, item):
    """How it ended, where it may not end so."""
    name, data, argv, keep = item
    rig.write(room.at("in/" + name), data)
    for left in os.listdir(room.at("out")):
        os.remove(room.at("out/" + left))
    run = room.run([rig.tool(argv[0]), *argv[1:]], limit=20 * (4 if rig.SANITIZED else 1))
    if run.status in (0, 3, 5):
        return ""
    if keep:
        rig.write(keep, data)
    return str(run)


def main():
    inputs = os.path.join(rig.TMP, "inputs")
    rig.make_inputs(inputs)
    sources = {"mutant-audio.webm": os.path.join(inputs, "a.webm"), "mutant.webm": os.path.join(inputs, "v.webm"),
               "mutant.mp4": os.path.join(rig.DATA, "pyav-like/vfr90k-bframes.mp4"), "mutant.zip": os.path.join(inputs, "s.zip"),
               "mutant.mkv": os.path.join(rig.DATA, "oddities/h264-tap-idr-without-sps.mkv"), "mutant.json": os.path.join(inputs, "session.json")}
    room = rig.Room(inputs)
    for ending, argv in (("wav", []), ("flac", []), ("mp3", []), ("m4a", []), ("opus", [])):
        made = os.path.join(inputs, "s." + ending)
        run = room.run([rig.tool("rec-mix"), *argv, "-o", made, "in/a.webm"])
        if rig.check(f"a {ending} to change", run.status == 0, run):
            sources["mutant-audio." + ending] = made
    keep = os.environ.get("KEEP")
    for name, source in sources.items():
        items = []
        for i, data in enumerate(mutants(rig.read(source), EACH, 7)):
            file = "in/" + name
            manifest = re.search("json|zip", name)
            for argv in ([["rec-probe", file], ["rec-mix", "--session", file, "-o", "out/o.wav"]] if manifest else commands(file, "out/o")):
                items.append((name, data, argv, keep and os.path.join(keep, f"{i}-{name}")))
        failures = list(filter(None, rig.in_rooms(inputs, attempt, items)))
        rig.check(f"{name}: {len(items)} runs over {EACH} mutants end with 0, 3 or 5", not failures,
                  f"{len(failures)} failures\n" + "\n".join(failures[:5]))


rig.script(main)
