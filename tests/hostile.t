#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Goal: a stranger's file opens nothing but itself, its names stay data, and what it claims costs no more than 10 seconds and 512 MB.
import json
import os
import re
import resource
import socket
import subprocess
import sys
import threading
import xml.etree.ElementTree
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "faults"))
import bombs  # noqa: E402
import rig  # noqa: E402

SECRET = b"SECRET-OF-ANOTHER-FILE"
MOST_SECONDS, MOST_MB = 10, 512
# runs a command and says how much memory and how many seconds of a processor it took, its children's too
MEASURE = """import resource, subprocess, sys
status = subprocess.run(sys.argv[2:]).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
open(sys.argv[1], "w").write(f"{used.ru_maxrss // 1024} {used.ru_utime + used.ru_stime}")
sys.exit(status if status >= 0 else 128 - status)"""


def path(*parts):
    return os.path.join(rig.TMP, *parts)


class Listener:
    """Counts who comes."""

    def __init__(self):
        self.seen = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            peer, _ = self.socket.accept()
            self.seen += 1
            peer.close()


def playlists(port):
    """What names other files and addresses, in every way that libavformat knows."""
    there, secret = f"http://127.0.0.1:{port}/a.ts", path("secret.wav")
    return {
        "HLS": f"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{there}\n#EXTINF:5,\nfile://{secret}\n#EXTINF:5,\nsecret.wav\n#EXT-X-ENDLIST\n",
        "master HLS": f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{there}\n",
        "ffconcat": f"ffconcat version 1.0\nfile {secret}\nfile {there}\n",
        "DASH": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT5S"><Period>'
                f'<AdaptationSet><Representation id="1" bandwidth="1" mimeType="video/mp4"><BaseURL>{there}</BaseURL></Representation>'
                "</AdaptationSet></Period></MPD>",
        "SDP": f"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio {port} RTP/AVP 0\n",
        "ASX": f'<asx version="3.0"><entry><ref href="{there}"/></entry></asx>',
        "a list": f"{there}\n{secret}\n",
    }


def operand(file, out):
    """Each tool that reads media, and reads this file."""
    return {"rec-probe": [file], "rec-probe --deep": ["--deep", file], "rec-normalize": ["-o", out + ".mp4", file],
            "rec-concat": ["-o", out + ".mp4", file, file], "rec-pad": ["-o", out + ".wav", file], "rec-mix": ["-o", out + ".wav", file],
            "rec-waveform": ["-o", out + ".json", file], "rec-compose": ["--p1-audio", file, "--p1-leave", "2", "--output", out + ".mp4"]}


def session(folder, video):
    os.makedirs(folder, exist_ok=True)
    return rig.write(os.path.join(folder, "session.json"), json.dumps({"session_id": "s", "participants": [
        {"name": "A", "join_time_s": 0, "leave_time_s": 2, "video_path": video, "audio_path": video}]}))


def refused(name, argv, out, listener, status=3):
    before = listener.seen
    run = rig.Run([rig.tool(argv[0].split()[0]), *argv[1:]])
    found = [entry for entry in os.listdir(rig.TMP) if entry.startswith(out)]
    rig.check(name, run.status == status and listener.seen == before and not found and SECRET.decode() not in run.out + run.err,
              f"{listener.seen - before} requests, {found}\n{run}")


def test_playlists(listener, server):
    for kind, text in playlists(listener.port).items():
        for i, ending in enumerate(("m3u8", "webm", "mp4", "wav", "sdp", "mpd", "ts", "png")):
            file = rig.write(path("list." + ending), text)
            for tool, argv in operand(file, path("out")).items():
                # every name for one tool, every tool for one name
                if tool == "rec-probe" or i == (len(kind) % 8 if not rig.ALL else i):
                    refused(f"{kind} named .{ending}, {tool}: exit 3, no request", [tool, *argv], "out", listener)
        folder = path("session")
        for tool, argv in {"rec-compose": ["-o", path("out.mp4")], "rec-mix": ["-o", path("out.wav")], "rec-waveform": ["-o", path("out.svg")],
                           "rec-pad": ["-d", path("outs")]}.items():
            manifest = session(folder, "a.webm")
            rig.write(os.path.join(folder, "a.webm"), text)
            refused(f"{kind} in session.json, {tool}: exit 3, no request", [tool, "--session", manifest, *argv], "out.", listener)
        with zipfile.ZipFile(path("list.zip"), "w") as zipped:
            zipped.write(manifest, "session.json")
            zipped.writestr("a.webm", text)
        refused(f"{kind} in a zip: exit 3, no request", ["rec-mix", "--session", path("list.zip"), "-o", path("out.wav")], "out", listener)
        rig.write(os.path.join(server.root, "far.webm"), text)
        refused(f"{kind} from a server: exit 3, no request", ["rec-mix", "-o", path("out.wav"), f"{server.url}/ok/far.webm"], "out", listener)


NAMES = {"quotes": "a'b\"c`d", "a format": "%{metadata\\:x} %s%n %{localtime}", "a filter": "x[in];movie=secret.wav[out]:text='", "newlines": "a\nb\rc",
         "a terminal's": "\x1b]0;evil\x07\x1b[31mred\x1b[2J\x9b31m", "bidi": "\u202egpj.exe\u2066\u2069\u200f", "a path": "../../etc/passwd", "markup": "<script>&amp;]]>",
         "a shell's": "$(touch pwned);`id`|&", "an option": "--help", "blanks": " \t ", "not in Unicode": "\ud800", "long": "n" * 10000, "dots": ".."}
# what acts on a terminal: C0 but for line feed, DEL, C1, and marks that turn the direction of text
RAW = re.compile("[\x00-\x09\x0b-\x1f\x7f\x80-\x9f\u202a-\u202e\u2066-\u2069]")


def clean(run):
    return not RAW.search(run.err) and not RAW.search(run.out)


def test_names():
    sound = rig.read(path("in/a.webm"))
    for i, (what, name) in enumerate(NAMES.items()):
        folder = path("named")
        os.makedirs(folder, exist_ok=True)
        rig.write(os.path.join(folder, "a.webm"), sound)
        manifest = rig.write(os.path.join(folder, "session.json"), json.dumps({"session_id": "s", "participants": [
            {"name": name, "join_time_s": 0, "leave_time_s": 1, "audio_path": "a.webm"}]}))
        good = (3,) if what == "not in Unicode" else (0, 3)
        tools = (["rec-mix", "--session", manifest, "--stems", path("stems"), "-o", path("mix.wav")], ["rec-probe", manifest],
                 ["rec-probe", "--json", "--svg", path("n.svg"), manifest], ["rec-waveform", "--session", manifest, "-o", path("w.svg"), "-o", path("w.png")],
                 ["rec-compose", "--session", manifest, "--dry-run"], ["rec-pad", "--session", manifest, "-d", path("stems")])
        # rec-probe's forms for each, one of the others in turn
        for argv in tools if rig.ALL else (tools[1], tools[2], tools[(0, 3, 4, 5)[i % 4]]):
            run = rig.Run([rig.tool(argv[0]), *argv[1:]])
            rig.check(f"a name with {what}, {argv[0]}: data alone", run.status in good and clean(run), run)
            if "--json" in argv and run.status == 0:
                shown = json.loads(run.out)
                names = [person["name"] for person in shown["participants"]]
                rig.check(f"a name with {what}: whole in the JSON", names == [name], names)
        for file in ("n.svg", "w.svg"):
            if os.path.exists(path(file)):
                xml.etree.ElementTree.parse(path(file))
                os.remove(path(file))
    stems = os.listdir(path("stems")) if os.path.exists(path("stems")) else []
    rig.check("files are named by what is plain in names", stems and all(re.fullmatch(r"[\w][\w.-]*\.wav", stem) for stem in stems), stems)
    rig.check("nothing was run or written elsewhere", not os.path.exists(path("pwned")) and not os.path.exists(path("named/pwned")))


def test_file_names():
    sound = rig.read(path("in/a.webm"))
    for what, name in NAMES.items():
        if "/" in name or what in ("long", "not in Unicode", "dots"):
            continue
        file = rig.write(path(name), sound)
        for argv in (["rec-probe", "--", name], ["rec-mix", "-v", "-o", "out.wav", "--", name], ["rec-mix", "-o", "out.wav", "--", name + ".gone"]):
            run = rig.Run([rig.tool(argv[0]), *argv[1:]])
            rig.check(f"a file's name with {what}, {argv[0]}", run.status == (3 if ".gone" in argv[-1] else 0) and clean(run), run)
        os.remove(file)


def bounded(name, argv, statuses, env=None):
    """It ends with one of these, in time, without taking more memory than that."""
    run = rig.Run([sys.executable, "-c", MEASURE, path("rss"), rig.tool(argv[0]), *argv[1:]], env=env,
                  before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30)))
    mb, seconds = map(float, rig.read(path("rss")).split())
    slow = 6 if rig.SANITIZED else 1
    rig.check(f"{name}, {argv[0]}: exit {' or '.join(map(str, statuses))} within {MOST_SECONDS} s and {MOST_MB} MB",
              run.status in statuses and seconds < MOST_SECONDS * slow and mb < MOST_MB * slow and clean(run), f"{seconds:.1f} s, {mb:.0f} MB\n{run}")


def test_bombs():
    for name, make, kind, statuses in bombs.FILES:
        if rig.SANITIZED and make is bombs.many_tags:
            continue  # the sandbox refuses it
        file = make(path("bomb"), path("in"))
        tools = {"picture": ("rec-normalize",), "sound": ("rec-pad", "rec-mix", "rec-waveform")}[kind]
        for tool, argv in operand(file, path("out")).items():
            if tool in tools or tool == "rec-probe --deep" and not os.path.isdir(file):
                bounded(name, [tool.split()[0], *argv], statuses)
                for left in ("out.mp4", "out.wav", "out.json"):
                    if os.path.exists(path(left)):
                        os.remove(path(left))
        subprocess.run(["rm", "-rf", file], check=True)
    for name, make in bombs.SESSIONS:
        file = make(path("bomb"), path("in"))
        for argv in (["rec-probe", file], ["rec-mix", "--session", file, "-o", path("out.wav")]):
            bounded(name, argv, (3,))
        subprocess.run(["rm", "-rf", file], check=True)


def test_servers(server):
    keys = {"AWS_ENDPOINT_URL_S3": server.url, "AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "B"}
    for mode in ("bigxml", "deepxml", "entities"):
        bounded(f"a refusal that is {mode}", ["rec-mix", "-o", path("out.wav"), f"s3://{mode}/a.webm"], (4,), keys)
        bounded(f"a refusal that is {mode}", ["rec-publish", path("in/a.webm"), f"s3://{mode}/a.webm"], (4,), keys)
    for mode in ("bigjson", "deepjson"):
        bounded(f"a manifest that is {mode}", ["rec-fetch", "-d", path("fetched"), f"{server.url}/{mode}/session.json"], (3, 4))
        bounded(f"a manifest that is {mode}", ["rec-mix", "--session", f"{server.url}/{mode}/session.json", "-o", path("out.wav")], (3, 4))


def main():
    rig.make_inputs(path("in"))
    rig.write(path("secret.wav"), SECRET * 1000)
    listener, server = Listener(), rig.Server(path("in"))
    try:
        test_playlists(listener, server)
        test_names()
        test_file_names()
        test_bombs()
        test_servers(server)
        rig.check("nobody came to the listener", listener.seen == 0, listener.seen)
    finally:
        server.stop()


rig.script(main)
