# SPDX-License-Identifier: MIT
"""What the tests of faults share: small inputs, one case for each tool that runs in a fraction of a second, a folder to run it in, and TAP.

A tool's outputs are the same bytes on every run, so after a fault each file is held against two: the one that was there before, and
that of a run without a fault. FAULTS=all takes every point instead of some; `make check-all` does."""
import concurrent.futures
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
TOP = os.path.dirname(TESTS)
BUILD = os.path.join(TOP, os.environ.get("BUILD", "build"))
DATA = os.path.join(TOP, "testdata")
ALL = os.environ.get("FAULTS") == "all"
SANITIZED = "san-" in os.path.basename(BUILD)
# x264 and the like are slow under a sanitizer
LIMIT = 240 if SANITIZED else 60
INJECT = os.path.join(BUILD, "tests/faults/inject.so")
TMP = os.path.realpath(tempfile.mkdtemp())
FOREIGN = ("AWS_", "S3_", "OUTPUT_", "CURL_", "SSL_")
ENV = {name: value for name, value in os.environ.items()
       if not name.startswith(FOREIGN) and name.lower() not in ("http_proxy", "https_proxy", "all_proxy", "recordings_dir", "log_level")}
results = []
lock = threading.Lock()


def check(name, fine, why=""):
    with lock:
        results.append((name, bool(fine), str(why)))
    return bool(fine)


def skip(name, reason):
    results.append((f"{name} # SKIP {reason}", True, ""))


def finish():
    """Print the TAP, clear up; the exit status."""
    shutil.rmtree(TMP, ignore_errors=True)
    for i, (name, fine, why) in enumerate(results, 1):
        print(f"{'ok' if fine else 'not ok'} {i} - {name}")
        if not fine:
            print("\n".join("# " + line for line in why.splitlines()[:40]))
    print(f"1..{len(results)}")
    return 0 if all(fine for _, fine, _ in results) else 1


def script(main):
    """Run the tests, and end as they did."""
    try:
        main()
    finally:
        status = finish()
    sys.exit(status)


def read(name):
    with open(name, "rb") as file:
        return file.read()


def write(name, data):
    with open(name, "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode())
    return name


class Run:
    """One command, to its end; status is negative where a signal ended it, as in subprocess."""

    def __init__(self, argv, cwd=TMP, env=None, limit=LIMIT, stdin=subprocess.DEVNULL, before=None):
        self.argv = argv
        child = subprocess.Popen(argv, cwd=cwd, env={**ENV, **(env or {})}, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                 start_new_session=True, preexec_fn=before)
        try:
            out, err = child.communicate(timeout=limit)
            self.status = child.returncode
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, 9)
            out, err = child.communicate()
            self.status = "it did not end"
        self.out, self.err = out.decode(errors="replace"), err.decode(errors="replace")

    def __str__(self):
        return f"{' '.join(self.argv)}\nstatus {self.status}\n{self.err[:1500]}\n{self.out[:300]}"


def tool(name):
    return os.path.join(BUILD, "bin", name)


def injected(fault, count=None):
    """The environment under which inject.c does as ${fault} says; ${count}: a file for the number of calls seen."""
    env = {"LD_PRELOAD": INJECT, "REC_FAULT": fault}
    if count:
        write(count, bytes(8))
        env["REC_FAULT_COUNT"] = count
    if SANITIZED:
        env["ASAN_OPTIONS"] = "verify_asan_link_order=0:allocator_may_return_null=1:" + ENV.get("ASAN_OPTIONS", "")
    return env


class Server:
    """tests/servers/faultd.py over the folder of inputs"""

    def __init__(self, root):
        self.root = root
        self.child = subprocess.Popen([sys.executable, os.path.join(TESTS, "servers/faultd.py"), root], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{self.child.stdout.readline().split()[0]}"

    def requests(self):
        with open(os.path.join(self.root, ".log")) as log:
            return [json.loads(line) for line in log]

    def stop(self):
        self.child.terminate()
        self.child.wait()


class Case:
    """A tool's command, its outputs below out/, which of its inputs it may delete, and whether it is for FAULTS=all alone."""

    def __init__(self, name, *argv, outputs=(), deletes=None, rare=False):
        self.name, self.argv, self.outputs, self.deletes, self.rare = name, [tool(name.split()[0]), *argv], outputs, deletes, rare
        self.new = {}
        self.sent = lambda: False


PICTURE = ("--size", "160x90", "--preset", "ultrafast")


def make_inputs(folder):
    """A second and a half of one participant of S1-two: picture, sound, both in one, and a manifest of them."""
    os.mkdir(folder)
    ff = ["ffmpeg", "-nostdin", "-v", "error", "-y"]
    video, audio = os.path.join(folder, "v.webm"), os.path.join(folder, "a.webm")
    source = os.path.join(DATA, "S1-two/Aditya-")
    subprocess.run([*ff, "-i", source + "video.webm", "-t", "1.2", "-c", "copy", video], check=True)
    subprocess.run([*ff, "-ss", "3", "-i", source + "audio.webm", "-t", "1.5", "-c", "copy", audio], check=True)
    write(os.path.join(folder, "session.json"), json.dumps({"session_id": "s", "session_dir": ".", "participants": [
        {"name": "A", "join_time_s": 0, "leave_time_s": 1.2, "video_path": "v.webm", "audio_path": "a.webm"},
        {"name": "B", "join_time_s": 0.2, "leave_time_s": 1.2, "audio_path": "a.webm"}]}))
    with zipfile.ZipFile(os.path.join(folder, "s.zip"), "w") as zipped:
        for name in ("session.json", "a.webm", "v.webm"):
            zipped.write(os.path.join(folder, name), name)


def make_cases(server):
    write(os.path.join(server.root, "remote.json"), json.dumps({"session_id": "s", "participants": [
        {"name": "A", "join_time_s": 0, "leave_time_s": 1, "video_path": f"{server.url}/ok/v.webm", "audio_path": f"{server.url}/ok/a.webm"}]}))
    cases = [
        Case("rec-compose", "--session", "in/session.json", *PICTURE, "-j", "2", "-o", "out/o.mp4", outputs=["o.mp4"]),
        Case("rec-compose to MP3", "--session", "in/session.json", "-o", "out/o.mp3", outputs=["o.mp3"], rare=True),
        Case("rec-normalize", *PICTURE, "-o", "out/o.mkv", "in/v.webm", outputs=["o.mkv"]),
        Case("rec-normalize of a folder", *PICTURE, "-o", "out/o.mp4", os.path.join(DATA, "pyav-like/png-frames"), outputs=["o.mp4"], rare=True),
        Case("rec-concat", *PICTURE, "-o", "out/o.mp4", "in/v.webm", "in/v.webm", outputs=["o.mp4"]),
        Case("rec-pad", "--session", "in/session.json", "-d", "out", outputs=["A.wav", "B.wav"]),
        Case("rec-mix", "--session", "in/session.json", "--loudness", "-20", "--stems", "out", "-o", "out/mix.flac",
             outputs=["mix.flac", "A.flac", "B.flac"]),
        Case("rec-waveform", "-o", "out/w.json", "-o", "out/w.png", "in/a.webm", outputs=["w.json", "w.png"]),
        Case("rec-waveform of a zip", "--session", "in/s.zip", "-o", "out/w.svg", outputs=["w.svg"], rare=True),
        Case("rec-probe", "--deep", "--svg", "out/p.svg", "in/session.json", outputs=["p.svg"]),
        Case("rec-fetch", "--allow-insecure", "-d", "out/call", "in/remote.json", outputs=["call/a.webm", "call/v.webm", "call/session.json"]),
        Case("rec-publish", "--delete-source", "in/a.webm", f"{server.url}/ok/a.webm", deletes="in/a.webm"),
    ]
    for case in cases:
        case.sent = lambda: any(request["method"] == "PUT" and request["body"] for request in server.requests())
    return [case for case in cases if ALL or not case.rare]


class Room:
    """A folder in which one command after the other runs: in/ with the inputs, out/ with old outputs, tmp/ for temporary files."""

    def __init__(self, inputs):
        self.path = tempfile.mkdtemp(dir=TMP)
        self.inputs = inputs
        for name in ("in", "out", "tmp"):
            os.mkdir(self.at(name))
        self.fill()

    def at(self, name):
        return os.path.join(self.path, name)

    def fill(self):
        for name in os.listdir(self.inputs):
            if not name.startswith(".") and not os.path.exists(self.at("in/" + name)):
                shutil.copy(os.path.join(self.inputs, name), self.at("in"))

    def reset(self, case):
        """Old outputs, and nothing else."""
        for name in ("out", "tmp"):
            shutil.rmtree(self.at(name), ignore_errors=True)
            os.mkdir(self.at(name))
        for name in case.outputs:
            os.makedirs(os.path.dirname(self.at("out/" + name)), exist_ok=True)
            write(self.at("out/" + name), self.old(name))
        self.fill()

    @staticmethod
    def old(name):
        return f"the old {name}\n" * 100

    def run(self, argv, env=None, **options):
        return Run(argv, cwd=self.path, env={"TMPDIR": self.at("tmp"), **(env or {})}, **options)

    def learn(self, case):
        """What the case gives without a fault."""
        self.reset(case)
        run = self.run(case.argv)
        fine = check(f"{case.name} without a fault: exit 0", run.status == 0, run)
        case.new = {name: read(self.at("out/" + name)) for name in case.outputs} if fine else {}
        return fine

    def count(self, case, call):
        """How many such calls of tests/faults/inject.c the tool makes; more where threads happen to do so."""
        counter = self.at("tmp/count")
        self.reset(case)
        self.run(case.argv, injected(f"{call}:EIO:0", counter))
        return int.from_bytes(read(counter), sys.byteorder)

    def lost_source(self, case):
        """The input that is deleted once it was sent is gone, and was not sent."""
        return case.deletes and not os.path.exists(self.at(case.deletes)) and not case.sent()

    def strays(self, case):
        """Files that are neither inputs nor outputs."""
        found = {os.path.relpath(os.path.join(top, name), self.path) for top, _, names in os.walk(self.path) for name in names}
        found |= {os.path.relpath(os.path.join(top, name), self.path) for top, names, _ in os.walk(self.path) for name in names}
        known = {"in", "out", "tmp", "out/call"} | {"in/" + name for name in os.listdir(self.inputs)} | {"out/" + name for name in case.outputs}
        return sorted(found - known)

    def spoiled(self, case, old=True, new=True):
        """Outputs that are neither the old nor the new ones, as far as these are allowed."""
        bad = []
        for name in case.outputs:
            path = self.at("out/" + name)
            data = read(path) if os.path.exists(path) else None
            if not (old and data == self.old(name).encode()) and not (new and data == case.new[name]):
                bad.append(f"{name}: {'missing' if data is None else 'spoiled'}")
        return bad


def in_rooms(inputs, work, items, threads=2):
    """work(room, item) for each item, two at a time."""
    rooms = [Room(inputs) for _ in range(threads)]

    def one(item):
        room = rooms.pop()
        try:
            return work(room, item)
        finally:
            rooms.append(room)

    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, items))


def some(points, n):
    """All points, or n of them spread evenly, the first and the last included."""
    points = list(points)
    if ALL or len(points) <= n:
        return points
    return [points[round(i * (len(points) - 1) / (n - 1))] for i in range(n)]
