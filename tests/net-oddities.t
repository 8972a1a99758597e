#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Goal: what servers do that is odd, not evil: the right bytes in the right place, or an exit that tells why; no track is lost.
"""Each case runs a tool against a server of this process, which answers by the first part of the path."""
import collections
import hashlib
import http.server
import json
import os
import shutil
import subprocess
import tempfile
import threading

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = os.path.join(TOP, os.environ.get("BUILD", "build"), "bin")
TMP = tempfile.mkdtemp()
with open(os.path.join(TOP, "testdata/S1-two/Aditya-audio.webm"), "rb") as source:
    SOUND = source.read()
OTHER = SOUND[::-1]
ENV = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "S3_", "CURL_", "SSL_"))
       and not name.lower().endswith("_proxy") and name != "BASE_CDN_URL"}
results = []
log = []
asked = collections.Counter()


def etag(data):
    return f'"{hashlib.md5(data).hexdigest()}"'


def error(code, more=""):
    return f"<Error><Code>{code}</Code>{more}</Error>".encode()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self):
        self.path = self.path.removeprefix("http://host.invalid")
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked[self.command, self.path] += 1
        self.turn = asked[self.command, self.path]
        log.append((self.command, self.path, {name.lower(): value for name, value in self.headers.items()}))
        getattr(self, "do_" + self.path.split("?")[0].split("/")[1])()

    do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = answer

    def send(self, status, body=b"", **fields):
        fields = {"Content_Length": len(body), **fields}
        self.send_response(status, "On Purpose")
        for name, value in fields.items():
            if value is not None:
                self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def part(self, size):
        """the first byte asked for and the one after the last"""
        first, _, last = self.headers.get("Range", "bytes=0-")[6:].partition("-")
        return int(first), min(size, int(last) + 1) if last else size

    def do_ok(self, data=SOUND, **fields):
        if self.command == "PUT":
            return self.send(200, ETag=etag(self.body))
        first, end = self.part(len(data))
        if "Range" not in self.headers:
            return self.send(200, data, **fields)
        return self.send(206, data[first:end], Content_Range=f"bytes {first}-{end - 1}/{len(data)}", **fields)

    def do_unknown(self):
        """parts of what is nobody knows how long"""
        if "Range" not in self.headers:
            return self.send(200, SOUND)
        first, end = self.part(len(SOUND))
        end = min(end, first + 100000)
        return self.send(206, SOUND[first:end], Content_Range=f"bytes {first}-{end - 1}/*")

    def do_changes(self):
        """the first answer breaks off, and what follows is of another version"""
        first, end = self.part(len(SOUND))
        data = SOUND if self.turn == 1 else OTHER
        self.send(206, data[first:end][:100000 if self.turn == 1 else None], Content_Length=end - first,
                  Content_Range=f"bytes {first}-{end - 1}/{len(data)}", Last_Modified=f"Wed, 21 Oct 2015 07:28:0{self.turn} GMT")
        self.close_connection = True

    def absent(self):
        """whether it is asked for before anything was sent; then that is answered"""
        if self.command != "HEAD" or asked["PUT", self.path]:
            return False
        self.send(404)
        return True

    def do_silent(self):
        """HEAD does not say how long it is"""
        self.send(200, Content_Length=None if self.command == "HEAD" else 0)

    def do_conflict(self):
        """a conditional PUT meets another one"""
        if self.command == "PUT" and self.turn == 1:
            self.send(409, error("ConditionalRequestConflict"), Content_Type="application/xml")
        elif not self.absent():
            self.do_ok()

    def do_lost(self):
        """the answer to the first PUT is lost, and what is there then is theirs or ours"""
        kept = SOUND if "ours" in self.path else OTHER
        if self.command == "PUT" and self.turn == 1:
            self.close_connection = True
        elif self.command == "PUT":
            self.send(412, error("PreconditionFailed"), Content_Type="application/xml")
        elif not self.absent():
            self.send(200, kept, ETag=etag(kept))

    def do_gone(self):
        """an upload in parts that somebody else aborted"""
        if self.command == "POST" and "uploads" in self.path:
            self.send(200, b"<R><UploadId>u</UploadId></R>")
        elif self.command == "POST":
            self.send(404, error("NoSuchUpload"), Content_Type="application/xml")
        elif self.command == "HEAD":
            self.send(200, Content_Length=17 << 20)
        else:
            self.send(200, ETag=etag(self.body))

    do_folder = do_ok

    def do_user(self):
        """behind a password, and moved once"""
        if not self.headers.get("Authorization", "").startswith("Basic "):
            self.send(401)
        elif self.path.startswith("/user/at/"):
            self.do_ok()
        else:
            self.send(302, Location=f"{HTTP}/user/at/a.webm")

    def do_pieces(self):
        """parts of its own size"""
        first, end = self.part(len(SOUND))
        end = min(end, first + 20000)
        self.send(206, SOUND[first:end], Content_Range=f"bytes {first}-{end - 1}/{len(SOUND)}")

    def do_untold(self):
        """takes DELETE, and does not say what is there"""
        self.send(204 if self.command == "DELETE" else 403)

    def do_versions(self):
        """a bucket that keeps versions"""
        self.send(204 if self.command == "DELETE" else 404, X_Amz_Delete_Marker="true", X_Amz_Version_Id="v2")

    def do_region(self):
        self.send(400, error("AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>"), Content_Type="application/xml")

    def do_endless(self):
        """nobody says where it ends"""
        self.send(200, SOUND, Content_Length=None, Connection="close")
        self.close_connection = True


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


def check(name, fine, why=""):
    results.append((name, bool(fine), why))


def path(*parts):
    return os.path.join(TMP, *parts)


def read(*parts):
    try:
        with open(path(*parts), "rb") as file:
            return file.read()
    except OSError:
        return None


def write(name, data):
    with open(path(name), "wb") as file:
        file.write(data)
    return path(name)


class Run:
    def __init__(self, *args, stdin=None, env=None, before=(), **how):
        done = subprocess.run([*before, os.path.join(BIN, args[0]), *args[1:]], input=stdin, capture_output=True,
                              **{"cwd": TMP, **how}, env={**ENV, **(env or {})}, timeout=600)
        self.status, self.out, self.err = done.returncode, done.stdout.decode(), done.stderr.decode(errors="replace")

    def __str__(self):
        return f"status {self.status}\n{self.err[:600]}\n{self.out[:200]}"


def fetch(folder, *locations, options=(), **how):
    participants = [{"name": f"p{i}", "join_time_s": 0, "leave_time_s": 60, "audio_path": location}
                    for i, location in enumerate(locations)]
    return Run("rec-fetch", "--allow-insecure", *options, "-d", folder, "-", **how,
               stdin=json.dumps({"participants": participants}).encode())


server = Server(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
HOST = f"127.0.0.1:{server.server_port}"
HTTP = f"http://{HOST}"
S3 = {"AWS_ENDPOINT_URL_S3": HTTP, "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "hunter3"}


def reading():
    run = fetch("unknown", f"{HTTP}/unknown/a.webm")
    check("parts of what has no known length: asked for without parts", run.status == 0 and read("unknown", "a.webm") == SOUND, run)
    run = fetch("changes", f"{HTTP}/changes/a.webm")
    check("another Last-Modified after a break, without ETags: exit 4", run.status == 4 and not os.path.exists(path("changes")), run)

    run = fetch("pieces", f"{HTTP}/pieces/a.webm", options=["-vv"])
    check("parts smaller than asked for: the next ones without a pause",
          run.status == 0 and read("pieces", "a.webm") == SOUND and "again" not in run.err, run)
    run = fetch("user", f"http://me:hunter2@{HOST}/user/a.webm")
    check("a password is kept where a redirect stays on the host", run.status == 0 and read("user", "a.webm") == SOUND, run)
    run = fetch("far", f"http://me:hunter2@localhost:{server.server_port}/user/a.webm")
    check("and not where it leads elsewhere", run.status == 4 and "401" in run.err and "hunter2" not in run.err, run)
    run = fetch("region", "s3://region/a.webm", env=S3)
    check("another region that the answer's body names", run.status == 4 and "AWS_REGION=eu-west-1" in run.err, run)
    run = Run("rec-mix", "--allow-truncated", f"{HTTP}/endless/a.webm", "-o", "endless.wav")
    check("a body without an end: the message names the tool that takes it", run.status == 4 and "rec-fetch --allow-truncated" in run.err, run)
    asked_before = len(log)
    for host in ("169.254.169.254", "2852039166", "[fe80::1]", "[::ffff:169.254.0.1]"):
        run = fetch("link-local", f"http://{host}/ok/a.webm", env={"http_proxy": HTTP})
        check(f"{host} behind a proxy: refused", run.status == 4 and "link-local" in run.err and len(log) == asked_before, run)
    run = fetch("proxy", "http://host.invalid/ok/a.webm", env={"http_proxy": f"http://me:hunter2@{HOST}"}, options=["-vv"])
    check("a name behind a proxy", run.status == 0 and read("proxy", "a.webm") == SOUND and "hunter2" not in run.err, run)
    for bucket, word in (("untold", "took the request"), ("versions", "keeps the versions before")):
        run = Run("rec-fetch", "--purge", "-", env={**S3, "S3_BUCKET": bucket}, stdin=b'{"recording_id": "r", "tracks": [{"s3Key": "a.webm"}]}')
        check(f"a delete that leaves something, or may: {bucket}", run.status == 4 and word in run.err and not run.out, run)
    asked_before = len(log)
    records = [{"s3": {"bucket": {"name": "ok"}, "object": {"key": key}}} for key in ("a.webm", "b.webm")]
    for options in ([], ["--dry-run"]):
        run = Run("rec-fetch", *options, "-d", "event", "-", env=S3, stdin=json.dumps({"Records": records}).encode())
        check(f"files that nothing places {options}: exit 3 before they are fetched", run.status == 3 and len(log) == asked_before, run)


def writing():
    sound = write("sound.webm", SOUND)
    run = Run("rec-publish", "--json", sound, f"{HTTP}/silent/a.webm")
    check("HEAD without a length: sent, not verified", run.status == 0 and not json.loads(run.out)["files"][0]["verified"], run)
    for base, env in ((HTTP, {}), ("s3:/", S3)):
        run = Run("rec-publish", "-n", sound, f"{base}/conflict/{len(env)}.webm", env=env)
        check(f"-n to {base}: a conflict with another PUT is tried again", run.status == 0, run)
        run = Run("rec-publish", "-n", sound, f"{base}/lost/ours{len(env)}.webm", env=env)
        check(f"-n to {base}: what is there after a lost answer is ours", run.status == 0 and run.out, run)
        run = Run("rec-publish", "-n", sound, f"{base}/lost/theirs{len(env)}.webm", env=env)
        check(f"-n to {base}: what is there after a lost answer is not ours", run.status == 1 and not run.out, run)
    with open(path("large.mp4"), "wb") as file:
        file.truncate(17 << 20)
    run = Run("rec-publish", path("large.mp4"), "s3://gone/a.mp4", env={**S3, "XDG_STATE_HOME": path("state")})
    check("an upload that is gone: exit 4, whatever is there", run.status == 4 and "NoSuchUpload" in run.err, run)


def destinations():
    sound = write("sound.webm", SOUND)
    for place, wanted in (("/ok/x.webm?sig=a/", "/ok/x.webm?sig=a/"), ("/folder/?sig=a", "/folder/sound.webm?sig=a"), ("/ok/?a=/b/", "/ok/sound.webm?a=/b/")):
        run = Run("rec-publish", sound, HTTP + place)
        check(f"'{place}' is asked for '{wanted}'", run.status == 0 and log[-1][1] == wanted and "?" not in run.out, f"{log[-1]} {run}")
    for place in ("/ok/upload", "/ok/x.webm"):
        Run("rec-publish", sound, HTTP + place)
        check(f"the type at {place} follows the file", log[-2][2]["content-type"] == "video/webm", log[-2])
    Run("rec-publish", sound, "s3://ok/take#2.mp4", env=S3)
    check("the type follows a key with a number sign", log[-2][2]["content-type"] == "video/mp4", log[-2])
    before = len(log)
    for wrong in ("", "video/mp4\r\nX-More: 1"):
        run = Run("rec-publish", "--type", wrong, sound, f"{HTTP}/ok/x.webm")
        check(f"--type {wrong!r}: exit 2", run.status == 2 and len(log) == before, run)
    run = Run("rec-publish", "--header", "x-amz-meta-note:", sound, "s3://ok/x.webm", env=S3)
    check("a header without a value is sent as it is signed", log[-2][2].get("x-amz-meta-note") == "", log[-2])


def folders():
    sound = f"{HTTP}/ok/a.webm"
    os.mkdir(path("own"), 0o700)
    for folder, cwd in (("own", TMP), (".", path("own"))):
        before = os.stat(path("own"))
        run = fetch(folder, sound, cwd=cwd)
        after = os.stat(path("own"))
        check(f"-d {folder}: an empty folder that is there keeps its mode, and stays where we stand in it",
              run.status == 0 and before.st_mode == after.st_mode and (folder != "." or before.st_ino == after.st_ino)
              and read("own", "a.webm") == SOUND, run)
        os.unlink(path("own", "a.webm"))
        os.unlink(path("own", "session.json"))
    os.makedirs(path("taken", "b.webm"))
    run = fetch("taken", sound, f"{HTTP}/ok/b.webm")
    check("a folder with a track's name: exit 1 before anything is moved",
          run.status == 1 and "b.webm" in run.err and os.listdir(path("taken")) == ["b.webm"] and not os.path.exists(path("taken.part")), run)
    os.symlink("nowhere", path("link"))
    asked_before = len(log)
    run = fetch("link", sound)
    check("a link to nothing: exit 1 before anything is fetched", run.status == 1 and len(log) == asked_before and "link" in run.err, run)

    mount = ["unshare", "--mount", "--map-root-user", "sh", "-c", 'mount -t tmpfs none "$0" && "$@" && ls -A "$0" >&2', path("disk")]
    os.mkdir(path("disk"))
    if subprocess.run([*mount, "true"], capture_output=True).returncode == 0:
        run = fetch("disk", sound, before=mount)
        check("a folder that is a mount point", run.status == 0 and run.err.split() == ["a.webm", "session.json"] and sorted(os.listdir(TMP)).count("disk.part") == 0, run)
    else:
        check("a folder that is a mount point # SKIP no namespaces here", True)

    user = {"user": 65534, "group": 65534} if os.geteuid() == 0 else {}
    os.makedirs(path("shut", "mine"))
    os.chmod(TMP, 0o711)
    os.chmod(path("shut", "mine"), 0o777)
    os.chmod(path("shut"), 0o555)
    run = fetch("shut/mine", sound, **user)
    check("a folder in one that may not be written", run.status == 0 and sorted(os.listdir(path("shut", "mine"))) == ["a.webm", "session.json"], run)
    run = fetch("shut/new", sound, **user)
    check("a new folder in one that may not be written: exit 1", run.status == 1 and "shut/new" in run.err, run)
    os.chmod(path("shut"), 0o755)


try:
    reading()
    writing()
    destinations()
    folders()
finally:
    server.shutdown()
    shutil.rmtree(TMP, ignore_errors=True)

for i, (name, fine, why) in enumerate(results, 1):
    print(f"{'ok' if fine else 'not ok'} {i} - {name}")
    if not fine:
        print("\n".join("# " + line for line in str(why).splitlines()))
print(f"1..{len(results)}")
