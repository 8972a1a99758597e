#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Goal: whatever a server does, a tool that reads from it or writes to it gives the right bytes or the documented error within 30 s,
# never exit 0 with wrong bytes, and leaves nothing behind; credentials go to nobody else and into no message.
"""Each case runs a tool against tests/servers/faultd.py; cases run side by side, since some of them wait."""
import concurrent.futures
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(HERE)
BIN = os.path.join(TOP, os.environ.get("BUILD", "build"), "bin")
TMP = tempfile.mkdtemp()
ROOT = os.path.join(TMP, "root")
results = []
LIMIT = 30  # seconds


def check(name, fine, why=""):
    results.append((name, bool(fine), why))


def path(*parts):
    return os.path.join(TMP, *parts)


def write(name, data):
    with open(name, "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode())
    return name


def read(name):
    with open(name, "rb") as file:
        return file.read()


ENV = {name: value for name, value in os.environ.items()
       if not name.startswith(("AWS_", "S3_", "CURL_", "SSL_")) and name.lower() not in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "base_cdn_url")}
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"


class Run:
    def __init__(self, *args, stdin=None, env=None):
        began = time.monotonic()
        try:
            done = subprocess.run([os.path.join(BIN, args[0]), *args[1:]], input=stdin, capture_output=True, cwd=TMP,
                                  env={**ENV, **(env or {})}, timeout=600)
            self.status, self.out, self.err = done.returncode, done.stdout.decode(), done.stderr.decode(errors="replace")
        except subprocess.TimeoutExpired:
            self.status, self.out, self.err = -1, "", "it did not end"
        self.seconds = time.monotonic() - began

    def __str__(self):
        return f"status {self.status} after {self.seconds:.1f} s\n{self.err[:600]}\n{self.out[:200]}"


def start():
    """the server, with a certificate of a test CA"""
    os.mkdir(ROOT)
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subprocess.run([*make, "-keyout", path("ca.key"), "-out", path("ca.pem"), "-subj", "/CN=test CA"], check=True, capture_output=True)
    subprocess.run(["openssl", "req", "-newkey", "rsa:2048", "-nodes", "-keyout", path("tls.key"), "-out", path("tls.csr"),
                    "-subj", "/CN=localhost"], check=True, capture_output=True)
    write(path("ext"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    subprocess.run(["openssl", "x509", "-req", "-in", path("tls.csr"), "-CA", path("ca.pem"), "-CAkey", path("ca.key"), "-days", "2",
                    "-CAcreateserial", "-out", path("tls.pem"), "-extfile", path("ext")], check=True, capture_output=True)
    for name in ("Aditya-audio.webm", "iPhone-video.webm"):
        shutil.copy(os.path.join(TOP, "testdata/S1-two", name), ROOT)
    write(os.path.join(ROOT, "empty.webm"), b"")
    server = subprocess.Popen([sys.executable, os.path.join(HERE, "servers/faultd.py"), ROOT, path("tls.pem"), path("tls.key")],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    return (server, *server.stdout.readline().split())


server, PORT, TLSPORT = start()
HTTP, HTTPS = f"http://127.0.0.1:{PORT}", f"https://127.0.0.1:{TLSPORT}"
AUDIO = "Aditya-audio.webm"
S3 = {"AWS_ENDPOINT_URL_S3": HTTP, "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": SECRET,
      "AWS_SESSION_TOKEN": "TOKENEXAMPLE"}


def requests():
    return [json.loads(line) for line in open(os.path.join(ROOT, ".log"))]


def manifest(*locations):
    return json.dumps({"session_id": "x", "participants": [
        {"name": f"p{i}", "join_time_s": 0, "leave_time_s": 60, "audio_path": location}
        for i, location in enumerate(locations)]}).encode()


# mode and arguments -> what reading it ends with: 0 with the right bytes, or 4. By rec-fetch, which takes all of a file, and by a tool that
# reads it by ranges.
READING = {
    "ok": (0, 0), "reset/100000": (4, 4), "reset1/1": (0, 0), "reset1/3": (0, 0), "close/100000": (4, 4), "closenolen/100000": (4, 4),
    "503/2": (0, 0), "503/9": (4, 4), "500/1": (0, 0), "429/1": (0, 0), "502/1": (0, 0), "504/1": (0, 0), "slowdown/1": (0, 0),
    "slowdown/9": (4, 4), "slow/200000": (0, 0), "stall/100000": (4, 4), "nohdr": (4, 4), "drip": (4, 4), "drop": (4, 4),
    "shortcl": (4, 4), "badcl": (4, 4), "twocl": (4, 4), "loop": (4, 4), "hop/9": (0, 0), "hop/12": (4, 4), "tofile": (4, 4),
    "tohost": (0, 0), "tometa": (4, 4), "norange": (0, 0), "badrange": (4, 4), "corrupt": (4, 4), "gzipbomb": (4, 4), "badchunk": (4, 4),
    "cutchunk": (4, 4), "chunked": (0, 0), "infinite": (4, 4), "hdrflood": (4, 4), "garbage": (4, 4), "s3err200": (4, 4), "403": (4, 4),
    "404": (4, 4), "unknown": (4, 4),
}
wanted = read(os.path.join(ROOT, AUDIO))


def said(run, *never):
    """one message or more, and none of them tells what it should not"""
    if not run.err.strip():
        return "no message"
    for word in (SECRET, "TOKENEXAMPLE", "X-Amz-Signature", "hunter2", *never):
        if word in run.err + run.out:
            return f"it says {word}"
    return ""


def fetch(mode, base, how, env, status):
    folder = path(f"fetch-{how}-{mode.replace('/', '-')}")
    location = f"{base}/{mode}/fetch-{how}/{AUDIO}" + ("?X-Amz-Signature=abc" if how != "s3" else "")
    run = Run("rec-fetch", "--allow-insecure", "-d", folder, "-", stdin=manifest(location), env=env)
    name = f"rec-fetch over {how}, {mode}"
    check(f"{name}: exit {status} in time", run.status == status and run.seconds < LIMIT, run)
    if run.status == 0:
        check(f"{name}: the right bytes", read(os.path.join(folder, AUDIO)) == wanted, run)
        check(f"{name}: nothing else", sorted(os.listdir(folder)) == sorted([AUDIO, "session.json"]), os.listdir(folder))
    else:
        check(f"{name}: a message without secrets", not said(run), said(run) + str(run))
        check(f"{name}: no folder", not os.path.exists(folder), run)
    check(f"{name}: no .part", not os.path.exists(folder + ".part"), run)
    shutil.rmtree(folder, ignore_errors=True)


def compose(mode, base, how, env, status):
    out = path(f"compose-{how}-{mode.replace('/', '-')}.wav")
    location = f"{base}/{mode}/compose-{how}/{AUDIO}" + ("?X-Amz-Signature=abc" if how != "s3" else "")
    run = Run("rec-compose", "--p1-audio", location, "--p1-join", "0", "--p1-leave", "70", "-o", out, env=env)
    name = f"a tool over {how}, {mode}"
    check(f"{name}: exit {status} in time", run.status == status and run.seconds < LIMIT, run)
    if run.status == 0:
        check(f"{name}: the right sound", read(out) == sound, run)
    else:
        check(f"{name}: a message without secrets", not said(run), said(run) + str(run))
        check(f"{name}: no output", not os.path.exists(out), run)


# mode -> what publishing a file of the same size ends with
WRITING = {"ok": 0, "503/2": 0, "503/9": 4, "slowdown/1": 0, "403": 4, "404": 4, "reset/10": 4, "stall/10": 4, "nohdr": 4, "drop": 4,
           "loop": 4, "tohost": 4, "tofile": 4, "badcl": 4, "twocl": 4, "hdrflood": 4, "garbage": 4, "s3err200": 4, "never": 0}


def publish(mode, base, how, env, status):
    run = Run("rec-publish", os.path.join(ROOT, AUDIO), f"{base}/{mode}/publish-{how}/{AUDIO}", env=env)
    name = f"rec-publish over {how}, {mode}"
    check(f"{name}: exit {status} in time", run.status == status and run.seconds < LIMIT, run)
    check(f"{name}: " + ("a URL" if status == 0 else "no URL"), bool(run.out) == (status == 0), run)
    if status:
        check(f"{name}: a message without secrets", not said(run), said(run) + str(run))


def jobs():
    ways = [("http", HTTP, {}), ("s3", "s3:/", S3)]
    for mode, (whole, ranged) in READING.items():
        for how, base, env in ways:
            if mode == "unknown" and how == "s3":
                continue
            # an S3 object that moved to another host is not to be had with signed headers; unsigned it is, here
            yield fetch, mode, base, how, env, whole
            if how == "http":
                yield compose, mode, base, how, env, ranged
    for mode, status in WRITING.items():
        for how, base, env in ways:
            yield publish, mode, base, how, env, status
    for mode in ("ok", "reset1/1", "shortcl", "toplain"):
        yield fetch, mode, HTTPS, "https", {"CURL_CA_BUNDLE": path("ca.pem")}, READING.get(mode, (4, 4))[0]


def kill_fetch(folder):
    """rec-fetch of two files, killed in the middle of the second one; how many requests there were then"""
    child = subprocess.Popen([os.path.join(BIN, "rec-fetch"), "--allow-insecure", "-d", path(folder), "-"], stdin=subprocess.PIPE,
                             env={**ENV, **S3}, stderr=subprocess.DEVNULL)
    child.stdin.write(manifest(f"{HTTP}/ok/{AUDIO}", f"{HTTP}/stall/50000/iPhone-video.webm"))
    child.stdin.close()
    for _ in range(100):
        time.sleep(0.05)
        part = path(folder + ".part", "iPhone-video.webm")
        if os.path.exists(part) and os.path.getsize(part) >= 40000:
            break
    child.send_signal(signal.SIGKILL)
    child.wait()
    check(f"{folder}, after a kill: no folder, parts kept", not os.path.exists(path(folder)) and os.path.exists(path(folder + ".part", AUDIO)))
    return len(requests())


try:
    local = path("local.wav")
    run = Run("rec-compose", "--p1-audio", os.path.join(ROOT, AUDIO), "--p1-join", "0", "--p1-leave", "70", "-o", local)
    sound = read(local)
    # what fails waits, the longest first; what works wants a processor, and side by side all of it would be slow
    order = sorted(jobs(), key=lambda job: job[1].split("/")[0] not in ("stall", "nohdr", "drip"))
    with concurrent.futures.ThreadPoolExecutor(24) as waiting, concurrent.futures.ThreadPoolExecutor(3) as working:
        for done in [(waiting if job[-1] else working).submit(job[0], *job[1:]) for job in order]:
            done.result()

    log = requests()
    check("no signed header reaches another host", log and not [r for r in log if r["host"].startswith("127.0.0.2") and (r["signed"] or r["token"])])
    check("requests for buckets are signed", [r for r in log if r["signed"] and r["token"]])
    check("no cookie is sent", not [r for r in log if r["cookie"]])
    check("what broke off is resumed by Range under If-Match",
          [r for r in log if r["path"].startswith("/reset1/1/") and r["n"] == 2 and r["range"] and not r["range"].startswith("bytes=0-") and r["match"]])

    # TLS is verified
    secure = manifest(f"{HTTPS}/ok/{AUDIO}")
    for env, status in (({}, 4), ({"SSL_CERT_FILE": path("ca.pem")}, 0), ({"AWS_CA_BUNDLE": path("ca.pem")}, 0)):
        run = Run("rec-fetch", "-d", "tls", "-", stdin=secure, env=env)
        check(f"TLS with {list(env) or 'no CA of ours'}: exit {status}", run.status == status, run)
        shutil.rmtree(path("tls"), ignore_errors=True)

    # what a manifest may not do
    run = Run("rec-fetch", "-d", "x", "-", stdin=manifest(f"{HTTP}/ok/{AUDIO}"))
    check("http in a manifest needs --allow-insecure", run.status == 3 and "--allow-insecure" in run.err, run)
    run = Run("rec-fetch", "-d", "x", "-", stdin=manifest(f"{HTTPS}/ok/{AUDIO}", "/etc/passwd"), env={"CURL_CA_BUNDLE": path("ca.pem")})
    check("a local path in a manifest is not fetched", run.status == 3 and not os.path.exists(path("x")), run)
    run = Run("rec-fetch", "--allow-insecure", "-d", "x", "-", stdin=manifest(f"http://user:hunter2@127.0.0.1:{PORT}/404/{AUDIO}"))
    check("a password in a URL is not shown", run.status == 4 and "hunter2" not in run.err and "127.0.0.1" in run.err, run)

    # all or nothing, and --partial
    two = manifest(f"{HTTP}/ok/{AUDIO}", f"{HTTP}/404/iPhone-video.webm")
    os.mkdir(path("old"))
    write(path("old", "kept"), "kept")
    run = Run("rec-fetch", "--allow-insecure", "-d", "old", "-", stdin=two)
    check("a missing track: exit 4, the folder as before", run.status == 4 and os.listdir(path("old")) == ["kept"], run)
    run = Run("rec-fetch", "--allow-insecure", "--partial", "-d", "old", "-", stdin=two)
    session = json.loads(read(path("old", "session.json"))) if os.path.exists(path("old", "session.json")) else {}
    check("--partial: exit 5, what came is kept", run.status == 5 and sorted(os.listdir(path("old"))) == [AUDIO, "kept", "session.json"], run)
    check("--partial: session.json names what came alone", ["audio_path" in p for p in session.get("participants", [])] == [True, False], session)
    run = Run("rec-fetch", "--allow-insecure", "-n", "-d", "old", "-", stdin=manifest(f"{HTTP}/ok/{AUDIO}"))
    check("-n: exit 1 where a session is", run.status == 1, run)
    run = Run("rec-fetch", "--allow-insecure", "--select", "video", "-d", "sel", "-", stdin=manifest(f"{HTTP}/ok/{AUDIO}"))
    check("--select of a kind that is not there: exit 3", run.status == 3 and not os.path.exists(path("sel")), run)

    # Daily: sizes are held against what comes; S3_BUCKET; names made safe
    def daily(size, key):
        return json.dumps({"payload": {"recording_id": "r", "tracks": [{"type": "audio", "s3Key": key, "size": size}]}}).encode()

    run = Run("rec-fetch", "-d", "d", "-", stdin=daily(len(wanted), f"in/{AUDIO}"), env={**S3, "S3_BUCKET": "okay"})
    check("a webhook in $S3_BUCKET", run.status == 0 and read(path("d", AUDIO)) == wanted, run)
    run = Run("rec-fetch", "-d", "d2", "-", stdin=daily(len(wanted) - 1, f"in/{AUDIO}"), env={**S3, "S3_BUCKET": "okay"})
    check("another size than the manifest's: exit 4", run.status == 4 and not os.path.exists(path("d2")), run)
    run = Run("rec-fetch", "-d", "d2", "--max-size", "1M", "-", stdin=daily(None, f"in/{AUDIO}"), env={**S3, "S3_BUCKET": "infinitechunk"})
    check("--max-size counts what comes", run.status == 4 and not os.path.exists(path("d2")), run)
    run = Run("rec-fetch", "-d", "d2", "-", stdin=b'{"test":"test"}')
    check("Daily's ping is no recording", run.status == 3 and "ping" in run.err, run)
    run = Run("rec-fetch", "-d", "d2", "-", stdin=daily(1, "a/b.webm"))
    check("a key without a bucket: exit 2", run.status == 2 and "S3_BUCKET" in run.err, run)

    # killed in the middle: the parts lie in .part, and the next run goes on
    video = os.path.join(ROOT, "iPhone-video.webm")
    before = kill_fetch("killed")
    run = Run("rec-fetch", "--allow-insecure", "-d", "killed", "-", stdin=manifest(f"{HTTP}/ok/{AUDIO}", f"{HTTP}/ok/iPhone-video.webm"))
    ranges = [r["range"] for r in requests()[before:] if r["method"] == "GET"]
    check("after a kill: the next run goes on by Range", run.status == 0 and len([r for r in ranges if r and not r.startswith("bytes=0-")]) == 2, f"{ranges} {run}")
    check("after a kill: the right bytes", read(path("killed", AUDIO)) == wanted and read(path("killed", "iPhone-video.webm")) == read(video), run)
    check("after a kill: nothing beside it", not os.path.exists(path("killed.part")))
    whole = read(video)
    for name, other in (("of the same length", bytes(byte ^ 255 for byte in whole)), ("longer", whole + whole), ("shorter", whole[:30000])):
        write(video, whole)
        kill_fetch("changed")
        write(video, other)
        run = Run("rec-fetch", "--allow-insecure", "-d", "changed", "-", stdin=manifest(f"{HTTP}/ok/{AUDIO}", f"{HTTP}/ok/iPhone-video.webm"))
        check(f"after a kill: a file that changed since, {name}, is fetched anew", run.status == 0 and read(path("changed", "iPhone-video.webm")) == other, run)
        shutil.rmtree(path("changed"), ignore_errors=True)
    write(video, whole)

    # a session.json that is a URL names its neighbours; the URLs in one are followed with permission alone
    write(os.path.join(ROOT, "session.json"), manifest(AUDIO))
    run = Run("rec-compose", "--session", f"{HTTP}/ok/session.json", "-o", "near.wav")
    check("a session that is a URL: its neighbours", run.status == 0 and os.path.getsize(path("near.wav")) > 1000000, run)
    run = Run("rec-compose", "--session", f"{HTTP}/ok/session.json")
    check("a session that is a URL needs an output", run.status == 2, run)
    run = Run("rec-fetch", "-d", "near", f"{HTTP}/ok/session.json")
    check("rec-fetch of a session that is a URL", run.status == 0 and read(path("near", AUDIO)) == wanted, run)
    for location in ("../ok/" + AUDIO, "/etc/passwd", "a/../../" + AUDIO):
        write(os.path.join(ROOT, "session.json"), manifest(location))
        run = Run("rec-compose", "--session", f"{HTTP}/ok/session.json", "-o", "x.wav")
        check(f"a session that is a URL: '{location}' is refused", run.status == 3 and not os.path.exists(path("x.wav")), run)
    local_session = write(path("session.json"), manifest(f"{HTTP}/ok/{AUDIO}?X-Amz-Signature=a"))
    for flags, status in (([], 3), (["--allow-remote"], 3), (["--allow-remote", "--allow-insecure"], 0)):
        run = Run("rec-compose", "--session", local_session, *flags, "-o", "far.wav", "--json")
        check(f"a URL in a session with {flags}: exit {status}", run.status == status and "X-Amz" not in run.err + run.out, run)
    write(os.path.join(ROOT, "cut.webm"), wanted[:150000])
    write(os.path.join(ROOT, "cut-video.webm"), read(video)[:100000])
    sound_cut, picture_cut = f"{HTTP}/ok/cut.webm", f"{HTTP}/ok/cut-video.webm"
    loose = write(path("cut.json"), manifest(sound_cut))
    for args in (["rec-compose", "--p1-audio", sound_cut, "--p1-join", "0", "--p1-leave", "70", "-o", "cut.wav"],
                 ["rec-mix", sound_cut, "-o", "cut.wav"], ["rec-pad", sound_cut, "-o", "cut.wav"],
                 ["rec-normalize", picture_cut, "--preset", "ultrafast", "--size", "64x64", "-o", "cut.mp4"],
                 ["rec-concat", sound_cut, os.path.join(ROOT, AUDIO), "-o", "cut.wav"],
                 ["rec-concat", picture_cut, video, "--no-audio", "-o", "cut.webm"],
                 ["rec-waveform", sound_cut, "-o", "cut.peaks.json"],
                 ["rec-waveform", "--session", loose, "--allow-remote", "--allow-insecure", "--format", "json", "-o", "cut.wave"]):
        for flags, status in (([], 4), (["--strict"], 3), (["--allow-truncated"], 0), (["--allow-truncated", "--strict"], 3)):
            run = Run(*args, *flags)
            check(f"{args[0]} of a track without its tail over a URL with {flags}: exit {status}",
                  run.status == status and os.path.exists(path(args[-1])) == (status == 0) and "is cut off" in run.err, run)
            if status == 0 and os.path.exists(path(args[-1])):
                os.unlink(path(args[-1]))

    # a URL is as good as the file: the same output, the same account
    fps = ["--preset", "ultrafast", "--size", "64x48"]
    near = {"A": os.path.join(ROOT, AUDIO), "V": video, "M": write(path("near.json"), manifest(os.path.join(ROOT, AUDIO)))}
    far = {"A": f"{HTTP}/ok/{AUDIO}", "V": f"{HTTP}/ok/{os.path.basename(video)}", "M": write(path("far.json"), manifest(f"{HTTP}/ok/{AUDIO}"))}
    follow = ["--allow-remote", "--allow-insecure", "--allow-outside"]
    for args in (["rec-compose", "--p1-audio", "A", "--p1-video", "V", "--p1-join", "0", "--p1-leave", "20", *fps, "--format", "mkv"],
                 ["rec-compose", "--session", "M", *follow, "--format", "wav"],
                 ["rec-mix", "A", "--format", "flac"], ["rec-pad", "A", "--format", "wav"], ["rec-normalize", "V", *fps, "--format", "mkv"],
                 ["rec-concat", "V", "V", "--format", "mkv"], ["rec-concat", "A", "A", "--format", "wav"],
                 ["rec-waveform", "A", "--format", "json"], ["rec-probe", "A"], ["rec-probe", "V", "--deep"], ["rec-probe", "M", *follow]):
        told = []
        for name, where in (("near", near), ("far", far)):
            out = [] if args[0] == "rec-probe" else ["-o", path(f"{name}.out")]
            run = Run(*(where.get(word, word) for word in args), *out)
            told.append((run.status, read(path(f"{name}.out")) if out and run.status == 0 else run.out.replace("near.json", "far.json")))
        check(f"{' '.join(args[:2])} ...: the same from a URL as from a file", told[0] == told[1] and told[0][0] == 0 and told[0][1], run)

    # outputs
    run = Run("rec-compose", "--p1-audio", os.path.join(ROOT, AUDIO), "--p1-join", "0", "--p1-leave", "5", "--format", "wav", "-o", f"{HTTP}/403/o.wav?X-Amz-Signature=a")
    check("an output that the server refuses: exit 4, no query shown", run.status == 4 and not said(run), run)
    run = Run("rec-compose", "--p1-audio", os.path.join(ROOT, AUDIO), "--p1-join", "0", "--p1-leave", "5", "-n", "-o", f"{HTTP}/ok/{AUDIO}", "--format", "wav")
    check("-n and an output that is there: exit 1 before the work", run.status == 1 and not [r for r in requests() if r["method"] == "PUT" and r["path"] == f"/ok/{AUDIO}?"], run)
    source = write(path("source.mp3"), wanted)
    run = Run("rec-publish", "--delete-source", source, f"{HTTP}/never/{AUDIO}")
    check("--delete-source keeps what nobody verified", run.status == 0 and os.path.exists(source), run)
    run = Run("rec-publish", "--delete-source", "--json", source, f"{HTTP}/ok/{AUDIO}")
    check("--delete-source deletes what was verified", run.status == 0 and not os.path.exists(source) and json.loads(run.out)["files"][0]["verified"], run)
    for args, status in ((["missing.mp4", f"{HTTP}/ok/x"], 3), ([path("ca.pem"), "ftp://x/y"], 2), ([path("ca.pem"), "nowhere"], 2),
                         ([path("ca.pem"), "s3://b"], 2), ([path("ca.pem"), path("ca.key"), f"{HTTP}/ok/x"], 2),
                         ([path("ca.pem"), "--header", "no header", f"{HTTP}/ok/x"], 2),
                         ([path("ca.pem"), "--header", "A: b\r\nC: d", f"{HTTP}/ok/x"], 2)):
        run = Run("rec-publish", *args)
        check(f"rec-publish {' '.join(map(repr, args))}: exit {status}", run.status == status, run)
    run = Run("rec-publish", path("ca.pem"), "s3://okay/x", env={"AWS_ENDPOINT_URL_S3": HTTP, "AWS_ACCESS_KEY_ID": "A"})
    check("a key without its secret: exit 4", run.status == 4 and "AWS_SECRET_ACCESS_KEY" in run.err, run)
    env_file = write(path("creds.env"), f"AWS_ACCESS_KEY_ID=AKIDEXAMPLE\nAWS_SECRET_ACCESS_KEY={SECRET}\nAWS_ENDPOINT_URL_S3={HTTP}\n")
    before = len(requests())
    run = Run("rec-publish", "--env-file", env_file, os.path.join(ROOT, AUDIO), f"s3://okay/{AUDIO}")
    check("--env-file gives the credentials", run.status == 0 and all(r["signed"] for r in requests()[before:]), run)
finally:
    server.terminate()
    server.wait()
    shutil.rmtree(TMP, ignore_errors=True)

for i, (name, fine, why) in enumerate(results, 1):
    print(f"{'ok' if fine else 'not ok'} {i} - {name}")
    if not fine:
        print("\n".join("# " + line for line in str(why).splitlines()))
print(f"1..{len(results)}")
