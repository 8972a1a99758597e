#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Goal: where memory or threads run out, at any place where a tool asks for them, it ends with exit 1 and says so, or goes on to the same
# bytes; it never crashes, leaves nothing behind and, under a sanitizer, leaks nothing. Some places; with FAULTS=all every one.
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "faults"))
import rig  # noqa: E402


# libgcov takes memory at the end, and crashes without
COVERAGE = bool(os.environ.get("COVERAGE"))
MODES = ("",) if COVERAGE else ("", "+")


def wrong(room, case, run, for_good):
    # to empty a folder takes memory: without any, rec-fetch's .part is left to the next run, as after a kill
    bad = room.spoiled(case) + [s for s in room.strays(case) if not (for_good and s.startswith("out/call.part"))]
    if room.lost_source(case):
        bad.append("the source is gone")
    if run.status == 0:
        bad += room.spoiled(case, old=False)
    elif COVERAGE and run.status == -signal.SIGSEGV:
        pass
    elif run.status != 1 or "memory" not in run.err and "thread" not in run.err:
        bad.append("no exit 1 with the cause")
    return bad


def runs_out(room, case, call, faults):
    def one(its, fault):
        its.reset(case)
        run = its.run(case.argv, rig.injected(fault))
        bad = wrong(its, case, run, fault.endswith("+"))
        return run.status, f"{fault}: {bad}\n{run}" if bad else ""

    ends = rig.in_rooms(room.inputs, one, faults)
    failures = [why for _, why in ends if why]
    shown = [status for status, _ in ends if status != 0]
    rig.check(f"{case.name}: {call} fails {len(faults)} times: exit 1 and the cause, or the same bytes", not failures and (shown or call != "alloc"),
              f"{len(failures)} failures\n" + "\n".join(failures[:40 if rig.ALL else 3]))


def main():
    inputs = os.path.join(rig.TMP, "inputs")
    rig.make_inputs(inputs)
    server = rig.Server(inputs)
    try:
        cases = rig.make_cases(server)
        room = rig.Room(inputs)
        for case in cases:
            if not room.learn(case):
                continue
            n = room.count(case, "alloc")
            rig.check(f"{case.name} asks for memory", n > 20, n)
            # a repetition later on is like the ones before it: half of the places are among the first quarter
            places = range(1, n + 1) if rig.ALL else sorted({*rig.some(range(1, n // 4), 8), *rig.some(range(n // 4, n + 1), 6)})
            runs_out(room, case, "alloc", [f"alloc:ENOMEM:{place}{mode}" for i, place in enumerate(places) for mode in MODES
                                           if rig.ALL or COVERAGE or (mode == "+") == (i % 3 == 0)])
            threads = room.count(case, "thread")
            if threads:
                runs_out(room, case, "thread", [f"thread:EAGAIN:{place}{mode}" for place in range(1, threads + 1) for mode in MODES])
    finally:
        server.stop()


rig.script(main)
