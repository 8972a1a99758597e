#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Goal: whenever a tool is killed or stopped, its old outputs are whole or its new ones complete; a signal that it can catch leaves nothing
# behind, a kill nothing that the next run does not remove. At every file system call with FAULTS=all, at some of them without.
import collections
import os
import re
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "faults"))
import rig  # noqa: E402

rig.ENV["GCOV_PREFIX"] = os.path.join(rig.TMP, "gcov")  # not beside the rest: what a killed process leaves cannot be merged

# calls that change what is in a folder: the quick sweep takes most of these, and some of the others
CHANGES = "fsync,fdatasync,fchmod,rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,rmdir"
CALLS = "openat,close,write,pwrite64,writev,pwritev,ftruncate,fallocate,flock,lseek,copy_file_range,sendfile,sync_file_range," + CHANGES


def strace(*options):
    return ["strace", "-f", "-qq", *options]


def points_of(room, case, env):
    """(call, n): the nth of that call in some thread, counted as strace does, once the tool is at work."""
    log = room.at("tmp/trace")
    room.reset(case)
    run = room.run([*strace("-e", "trace=" + CALLS, "-o", log), *case.argv], env)
    rig.check(f"{case.name} under strace: exit 0", run.status == 0, run)
    counts, points, at_work = collections.Counter(), {}, False
    for line in rig.read(log).decode(errors="replace").splitlines():
        found = re.match(r"(\d+) +(\w+)\((.*)", line)
        if not found:
            continue
        thread, call, rest = found.groups()
        counts[thread, call] += 1
        # what the loader and the libraries open before is not ours
        at_work = at_work or '"in/' in rest or '"out/' in rest or rest.startswith('AT_FDCWD, "out"')
        if at_work or call in CHANGES.split(","):
            points[call, counts[thread, call]] = True
    return list(points)


def chosen(points):
    changes = CHANGES.split(",")
    return rig.some([p for p in points if p[0] in changes], 9) + rig.some([p for p in points if p[0] not in changes], 6)


def hit(room, case, env, point, sig):
    call, n = point
    room.reset(case)
    return room.run([*strace("-e", "trace=" + call, "-e", f"inject={call}:signal={sig}:when={n}", "-o", "/dev/null"), *case.argv], env)


def kill(room, case, env, point):
    """Kill at that point, look, run again, look. What was wrong; "done": the point did not come; or an empty string."""
    run = hit(room, case, env, point, "KILL")
    bad = room.spoiled(case)
    if bad or room.lost_source(case):
        return f"killed at {point}: {bad or 'the source is gone'}\n{run}"
    if case.deletes:
        room.reset(case)
    again = room.run(case.argv, env)
    # without O_TMPFILE a kill between making and unlinking leaves an empty file in TMPDIR, which nobody can tell from another's
    bad = room.spoiled(case, old=False) + [stray for stray in room.strays(case) if not (env and stray.startswith("tmp/rectools-"))]
    if again.status != 0 or bad:
        return f"killed at {point}, then run again: {bad}\n{again}"
    return "" if run.status else "done"


def stop(room, case, env, point, name):
    """Stop it by a signal that can be caught: its status, nothing left at once but what rec-fetch goes on from."""
    number = getattr(signal, "SIG" + name)
    run = hit(room, case, env, point, name)
    strays = [s for s in room.strays(case) if not s.startswith("out/call.part")]
    bad = room.spoiled(case) + strays
    # 0: it came when all was done; -number: before the handler was there, which is 128 + number in a shell
    if bad or run.status not in (128 + number, -number, 0) or run.status == 0 and room.spoiled(case, old=False):
        return f"SIG{name} at {point}: {bad}\n{run}"
    return "" if run.status else "done"


def sweep(room, case, how, env):
    points = chosen(points_of(room, case, env))
    ends = rig.in_rooms(room.inputs, lambda r, p: kill(r, case, env, p), points)
    judge(f"{case.name}{how}: killed at {len(points)} calls, each output is the old or the new one, the next run clears up", ends)
    return points


def judge(name, ends):
    """No failure; and most ends were those of a signal: threads take turns, so that a point may not come."""
    failures = [end for end in ends if end not in ("", "done")]
    rig.check(name, not failures and ends.count("") > 2 * len(ends) // 3,
              f"{len(failures)} of {len(ends)}, {ends.count('done')} too late\n" + "\n".join(failures[:3]))


def stops(room, case, how, env, points):
    later = points if rig.ALL else [points[i * (len(points) - 1) // 3] for i in range(4)]
    ends = rig.in_rooms(room.inputs, lambda r, p: stop(r, case, env, p[0], p[1]),
                        [(point, name) for i, point in enumerate(later) for name in (("INT", "TERM") if rig.ALL else (("INT", "TERM")[i % 2],))])
    judge(f"{case.name}{how}: SIGINT and SIGTERM at {len(ends)} calls: 128 + n, nothing left", ends)


def wait_for_output(room, child):
    """Until the tool has begun its output, which has no name; or a second."""
    for _ in range(200):
        try:
            fds = [os.readlink(f"/proc/{pid}/fd/{fd}") for pid in descendants(child.pid) for fd in os.listdir(f"/proc/{pid}/fd")]
        except OSError:
            fds = []
        if any(name.startswith(room.at("out") + "/") for name in fds):
            return
        time.sleep(0.005)


def descendants(pid):
    found = [pid]
    for parent in found:
        try:
            with open(f"/proc/{parent}/task/{parent}/children") as children:
                found += [int(child) for child in children.read().split()]
        except OSError:
            pass
    return found


def by_hand(room, whom, sig):
    """A long composition, stopped from outside while it writes: the process that was started, or its whole group."""
    case = rig.Case("rec-compose", "--session", os.path.join(rig.DATA, "S2-mutes/session.json"), "-o", "out/o.mp4", outputs=["o.mp4"])
    room.reset(case)
    child = subprocess.Popen(case.argv, cwd=room.path, env=rig.ENV, stderr=subprocess.PIPE, start_new_session=True)
    wait_for_output(room, child)
    (os.kill if whom == "the tool" else os.killpg)(child.pid, sig)
    child.communicate()
    wanted = -9 if sig == signal.SIGKILL else 128 + sig
    bad = room.spoiled(case, new=False) + ([] if sig == signal.SIGKILL else room.strays(case))
    rig.check(f"{sig.name} to {whom} in the middle of a long run", child.returncode == wanted and not bad, f"{child.returncode} {bad}")
    time.sleep(0.2)
    left = subprocess.run(["ps", "-e", "-o", "pgid=,pid=,stat="], stdout=subprocess.PIPE, text=True).stdout
    left = [line for line in left.splitlines() if line.split()[0] == str(child.pid) and line.split()[2][0] != "Z"]
    rig.check(f"{sig.name} to {whom}: no process is left", not left, left)


def main():
    inputs = os.path.join(rig.TMP, "inputs")
    rig.make_inputs(inputs)
    server = rig.Server(inputs)
    try:
        room = rig.Room(inputs)
        for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sig, signal.SIG_DFL)  # a shell's background jobs and nohup's ignore some of them, and so would the tool
            for whom in ("the tool", "its group"):
                by_hand(room, whom, sig)
        by_hand(room, "its group", signal.SIGKILL)
        if rig.SANITIZED or not shutil.which("strace") or rig.Run(strace("-o", "/dev/null", "true")).status != 0:
            rig.skip("kills and signals at each call", "strace does not work here")
            return
        cases = rig.make_cases(server)
        room.fill()
        for case in cases:
            if not room.learn(case):
                continue
            stops(room, case, "", {}, sweep(room, case, "", {}))
            if case.outputs and (rig.ALL or case.name in ("rec-normalize", "rec-mix")):
                env = rig.injected("tmpfile:EOPNOTSUPP:1+")
                stops(room, case, ", without O_TMPFILE", env, sweep(room, case, ", without O_TMPFILE", env))
    finally:
        server.stop()


rig.script(main)
