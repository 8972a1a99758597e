#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Goal: a disk that is full, broken, slow in pieces or read-only costs an error that names its cause, exit 1, and nothing else: old
# outputs stay, nothing is left behind. What exit 0 says is there survives a power cut.
import os
import re
import resource
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "faults"))
import rig  # noqa: E402

rig.ENV["GCOV_PREFIX"] = os.path.join(rig.TMP, "gcov")  # not beside the rest: what a killed process leaves cannot be merged

CAUSES = {"ENOSPC": "No space left on device", "EIO": "Input/output error", "EDQUOT": "Disk quota exceeded", "EFBIG": "File too large",
          "EROFS": "Read-only file system", "EACCES": "Permission denied"}

# call -> what it may end with. A close that fails comes after the sync that counts, so it may go unsaid.
FAULTS = {"write": ["ENOSPC", "EIO", "EDQUOT", "EFBIG"], "read": ["EIO"], "sync": ["EIO", "ENOSPC"], "rename": ["EIO", "ENOSPC"],
          "link": ["EIO", "ENOSPC"], "truncate": ["EIO"], "create": ["ENOSPC", "EACCES"], "tmpfile": ["ENOSPC", "EACCES"], "close": ["EIO"]}


def wrong(room, case, run, cause):
    """Exit 1, the cause in the message, each output old or new; or exit 0 and all of them new: some calls may fail."""
    bad = room.spoiled(case) + room.strays(case)
    if room.lost_source(case):
        bad.append("the source is gone")
    if run.status == 0:
        bad += room.spoiled(case, old=False)
    elif run.status != 1 or cause not in run.err:
        bad.append("no exit 1 with the cause")
    return f"{bad}\n{run}" if bad else ""


def failing(room, case, call, kinds):
    """The call fails: once, at several places, and from there on. Some failures have to show."""
    n = room.count(case, call)
    every = [(f"{call}:{kind}:{place}{mode}", CAUSES[kind]) for place in range(1, n + 1) for kind in kinds for mode in ("", "+")]
    # the first one alone and all from it on, and the last one alone, of another kind where there are several
    faults = every if rig.ALL else every[:2] + every[-2:-1] * (n > 1)

    def one(its, item):
        its.reset(case)
        run = its.run(case.argv, rig.injected(item[0]))
        why = wrong(its, case, run, item[1])
        return run.status, f"{item[0]}: {why}" if why else ""

    ends = rig.in_rooms(room.inputs, one, faults)
    failures = [why for _, why in ends if why]
    shown = not faults or call == "close" or any(status == 1 for status, _ in ends)
    rig.check(f"{case.name}: {call} fails {len(faults)} times: exit 1, the cause, the old outputs",
              not failures and shown, f"{len(failures)} failures\n" + "\n".join(failures[:3]))
    return n


def in_pieces(room, case, call):
    """Short transfers and interruptions change nothing."""
    bad = []
    for fault in (f"{call}:short:1%", f"{call}:short:3%", f"{call}:EINTR:2%"):
        room.reset(case)
        run = room.run(case.argv, rig.injected(fault))
        if run.status != 0 or room.spoiled(case, old=False) or room.strays(case):
            bad.append(f"{fault}: {room.spoiled(case, old=False)} {room.strays(case)}\n{run}")
    rig.check(f"{case.name}: short and interrupted {call}s give the same bytes", not bad, "\n".join(bad))


def tight(room, case):
    """ulimit -f: a file may grow to 512 bytes. (Once it has to be of use.)"""
    limit = resource.RLIMIT_FSIZE
    room.reset(case)
    run = room.run(case.argv, before=lambda: resource.setrlimit(limit, (512, 512)))
    why = wrong(room, case, run, CAUSES["EFBIG"])
    rig.check(f"{case.name} under ulimit -f: exit 1, the cause, the old outputs", not why and (run.status == 1 or not case.outputs), why or run)


# out/ as a file system of its own: that may only be read, or that has no page left; in a mount namespace
READ_ONLY = "mount --bind out out && mount -o remount,ro,bind out out"
FULL = "cp -r out tmp/old && mount -t tmpfs -o size=64k none out && cp -r tmp/old/. out && rm -r tmp/old && ! cat /dev/zero >out/fill 2>/dev/null"
# how the tool ended, then what is in out/, seen from inside
LOOK = '"$@"; s=$?; cd out && find . -mindepth 1 ! -name fill -printf "%P\\n" | sort && cat {} && exit $s'


def mounted(room, case, name, mount, cause):
    room.reset(case)
    run = room.run(["unshare", "-m", "sh", "-c", f"{mount} || exit 99; {LOOK.format(' '.join(case.outputs))}", "sh", *case.argv])
    names = sorted({*case.outputs, *filter(None, map(os.path.dirname, case.outputs))})
    wanted = "".join(name + "\n" for name in names) + "".join(map(room.old, case.outputs))
    shown = run.out[run.out.find(names[0] + "\n" + names[1] if len(names) > 1 else names[0] + "\n"):]
    rig.check(f"{case.name} into {name}: exit 1, the cause, the old outputs", run.status == 1 and cause in run.err and shown == wanted, run)


def mounts(room, cases):
    if rig.Run(["unshare", "-m", "sh", "-c", "mount -t tmpfs none /mnt"]).status != 0:
        rig.skip("read-only folders and full file systems", "mounting wants root")
        return
    for case in cases:
        if case.outputs:
            mounted(room, case, "a read-only folder", READ_ONLY, CAUSES["EROFS"])
            mounted(room, case, "a full file system", FULL, CAUSES["ENOSPC"])


def standard_output(room):
    """What goes to standard output, or into a temporary file on the way, is an output too."""
    sound = os.path.join(room.inputs, "a.webm")
    for name, argv in (("a mix", ["rec-mix", "--format", "wav", "-o", "-", sound]), ("an MP3", ["rec-mix", "--format", "mp3", "-o", "-", sound]),
                       ("peaks", ["rec-waveform", "--format", "json", "-o", "-", sound]), ("a report", ["rec-probe", sound]),
                       ("a summary", ["rec-probe", "--json", sound])):
        argv = [rig.tool(argv[0]), *argv[1:]]
        run = room.run(["sh", "-c", '"$@" >/dev/full', "sh", *argv])
        rig.check(f"{name} to a full standard output: exit 1 and the cause", run.status == 1 and CAUSES["ENOSPC"] in run.err, run)
        run = room.run(["sh", "-c", '"$@" >&-', "sh", *argv])
        rig.check(f"{name} to a closed standard output: exit 1 and a message", run.status == 1 and run.err, run)
        run = room.run(["sh", "-c", '"$@" <&- >&-', "sh", *argv])
        rig.check(f"{name} to a closed standard output, with a closed input: exit 1 and a message", run.status == 1 and run.err, run)
    for flags in ([], ["--no-sandbox"]):
        statuses = [room.run([rig.tool("rec-mix"), *flags, "--format", "wav", "-o", f"/dev/fd/{fd}", sound]).status for fd in range(3, 11)]
        rig.check(f"a descriptor that nobody gave, {flags}: exit 1, and none of the tool's own is written to", statuses == 8 * [1], statuses)
    run = room.run(["bash", "-c", '"$@" | true; exit ${PIPESTATUS[0]}', "sh", rig.tool("rec-mix"), "--length", "60", "--format", "wav", "-o", "-", sound])
    rig.check("the reader of a pipe leaves: exit 1 and the cause", run.status == 1 and "Broken pipe" in run.err, run)
    for folder in ("/nowhere", "/dev/null"):
        run = room.run(["sh", "-c", '"$@" | cat >/dev/null', "sh", "env", "TMPDIR=" + folder, rig.tool("rec-mix"), "--format", "mp3", "-o", "-", sound])
        rig.check(f"TMPDIR={folder}: TMPDIR is in the message", "TMPDIR" in run.err, run)


class Order:
    """What strace saw: each file synced after its last byte and before it gets its name, its folder synced after that."""

    CALLS = "write,pwrite64,ftruncate,fsync,fdatasync,rename,renameat,renameat2,linkat"

    def __init__(self, folder, lines):
        self.folder, self.dirty, self.bad, self.named, self.folders = folder, {}, [], [], []
        begun = {}
        for line in lines:
            # a call that another thread's interrupts comes in two lines
            thread, rest = line.split(None, 1)
            if rest.endswith(" <unfinished ...>"):
                begun[thread] = line[:-len(" <unfinished ...>")]
                continue
            if rest.startswith("<... "):
                line = begun.pop(thread, "") + rest.split(" resumed>", 1)[1]
            found = re.match(r"\d+ +(\w+)\((.*)\) += 0$|\d+ +(p?write(?:64)?)\((.*)\) += \d+$", line)
            if found:
                self.see(line, found[1] or found[3], found[2] or found[4])

    def see(self, line, call, arguments):
        fd = re.match(r"(\d+)<([^>]*)>", arguments)
        if call in ("write", "pwrite64", "ftruncate") and fd and fd[2].startswith(self.folder + "/"):
            self.dirty[fd[1], fd[2]] = line
        elif call in ("fsync", "fdatasync") and fd:
            self.dirty.pop((fd[1], fd[2]), None)
            if os.path.isdir(fd[2]):
                self.folders.append(len(self.named))
        elif call == "linkat" and "/proc/self/fd/" in arguments:
            number = re.search(r"/proc/self/fd/(\d+)", arguments)[1]
            self.bad += [line for key, line in self.dirty.items() if key[0] == number]
            self.named.append(line)
        elif call.startswith("rename"):
            # rec-fetch's files have their names from the start, in a folder that has not
            self.bad += [line for key, line in self.dirty.items() if ".part/" in key[1] and ".version" not in key[1]]
            self.named.append(line)

    def fine(self):
        return self.named and not self.bad and self.folders and self.folders[-1] == len(self.named)


def order(room, case, anew=""):
    room.reset(case)
    if anew:
        for name in case.outputs:
            os.remove(room.at("out/" + name))
        for name in {os.path.dirname(name) for name in case.outputs} - {""}:
            os.rmdir(room.at("out/" + name))
    log = room.at("tmp/trace")
    # LeakSanitizer and strace both want to be the tracer
    run = room.run(["strace", "-E", "ASAN_OPTIONS=detect_leaks=0", "-f", "-qq", "-y", "-s", "8", "-e", "trace=" + Order.CALLS, "-o", log, *case.argv])
    seen = Order(room.at("out"), rig.read(log).decode(errors="replace").splitlines())
    rig.check(f"{case.name}{anew}: the file is synced, then named, then its folder synced", run.status == 0 and seen.fine(),
              f"not synced: {seen.bad}\nnamed: {seen.named}\nfolder synced after name number {seen.folders}\n{run}")


def power_cut(case):
    run = rig.Run([os.path.join(rig.HERE, "powerloss.sh"), os.path.join(rig.TMP, "inputs"), *case.outputs, "--", *case.argv])
    if run.status == 77:
        rig.skip(f"{case.name}: whole after a power cut", "no file system can be mounted")
    else:
        rig.check(f"{case.name}: whole after a power cut", run.status == 0, run)


def main():
    inputs = os.path.join(rig.TMP, "inputs")
    rig.make_inputs(inputs)
    server = rig.Server(inputs)
    try:
        cases = rig.make_cases(server)
        room = rig.Room(inputs)
        cases = [case for case in cases if room.learn(case)]
        for case in cases:
            seen = {call: failing(room, case, call, kinds) for call, kinds in FAULTS.items()}
            rig.check(f"{case.name}: the faults are real", seen["read"] and (seen["write"] and seen["sync"] or not case.outputs), seen)
            for call in ("read", "write"):
                in_pieces(room, case, call)
            tight(room, case)
        mounts(room, cases)
        standard_output(room)
        if rig.Run(["strace", "-o", "/dev/null", "true"]).status == 0:
            for case in cases:
                if case.outputs:
                    order(room, case)
                    order(room, case, " anew")
        else:
            rig.skip("the order of fsync and rename", "strace does not work here")
        if rig.ALL:
            for case in cases:
                if case.outputs and not os.path.dirname(case.outputs[0]):
                    power_cut(case)
    finally:
        server.stop()


rig.script(main)
