# SPDX-License-Identifier: MIT
"""Run commands one at a time and take what they cost: wall time, CPU seconds and peak memory of each."""
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from typing import NamedTuple


class Cost(NamedTuple):
    wall_s: float
    cpu_s: float  # user and system, with all processes that the command waited for
    peak_mb: float  # resident; of the largest one of these processes


def run(argv):
    """The cost of one command; ends the bench when it fails."""
    start = time.monotonic()
    child = subprocess.Popen([str(a) for a in argv], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    wall_s = time.monotonic() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise SystemExit(f"exit status {child.returncode}: {' '.join(map(str, argv))}")
    return Cost(wall_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def interleaved(commands, rounds):
    """{name: [Cost, ...]}: each round runs every command once, and begins with another one."""
    names = list(commands)
    costs = {name: [] for name in names}
    for i in range(rounds):
        for k in range(len(names)):
            name = names[(i + k) % len(names)]
            costs[name].append(run(commands[name]))
    return costs


def median(costs, field):
    return statistics.median(getattr(c, field) for c in costs)


def ratio(a, b, field):
    """The median over the rounds of a's cost for one of b's."""
    return statistics.median(getattr(x, field) / getattr(y, field) for x, y in zip(a, b))


def scratch(need_bytes):
    """A folder with that much room, in memory where it is plenty; the caller removes it."""
    for folder in ("/dev/shm", tempfile.gettempdir(), "."):
        if not os.path.isdir(folder) or not os.access(folder, os.W_OK):
            continue
        room = shutil.disk_usage(folder).free
        if folder == "/dev/shm":
            room = min(room, available_memory()) / 2
        if room > need_bytes:
            return tempfile.mkdtemp(prefix="rec-bench-", dir=folder)
    raise SystemExit(f"no folder with {need_bytes / 1e9:.1f} GB of room; set TMPDIR")


def available_memory():
    with open("/proc/meminfo", encoding="ascii") as f:
        for line in f:
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return 0


def load():
    """How busy the machine is besides: figures taken under load are noise."""
    return os.getloadavg()[0] / (os.cpu_count() or 1)
