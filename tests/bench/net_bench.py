#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""rec-fetch and rec-publish against curl over the loopback: one large file, many small ones, and the memory that a large one costs.

usage: net_bench.py [--bin build/bin] [--rounds 3] [--megabytes 100] [--files 300]

The servers are nginx, which does next to nothing itself, and Ceph's S3 gateway (tests/servers/rgw.sh, as root); one that is not
installed is left out with a word. curl checks nothing: "curl, checked" also takes the sums that our tools take,
where there is something to compare them with: the ETag of what came in parts is no MD5, and nginx has none. Many files go through
one curl with one connection, and some of them through a curl for each, as a script does it. Client and server share the processors: where these are two,
a checksum is time that the server lacks.
"""
import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request

import measure

HERE = os.path.dirname(os.path.abspath(__file__))
RGW = os.path.join(HERE, "..", "servers", "rgw.sh")
sys.path.insert(0, os.path.join(HERE, "..", "servers"))
import presign  # noqa: E402

SMALL = 64000
SOME = 30  # of the many files, where each costs a process
NGINX_PORT, RGW_PORT = 17580, 17590
LARGE_TARGET, MANY_TARGET, MEMORY_MB = 1.0, 2.0, 64
NGINX = """
user root root; worker_processes 2; daemon off; pid {0}/nginx.pid; error_log {0}/nginx.log; events {{}}
http {{
    access_log off; sendfile on; client_max_body_size 0; client_body_temp_path {0}/body; proxy_temp_path {0}/p;
    fastcgi_temp_path {0}/f; uwsgi_temp_path {0}/u; scgi_temp_path {0}/s;
    server {{ listen 127.0.0.1:{1}; root {0}/root; location / {{ dav_methods PUT; create_full_put_path on; }} }}
}}
"""


class Nginx:
    name, ours = "nginx", f"http://127.0.0.1:{NGINX_PORT}/"

    def __init__(self, folder):
        os.makedirs(f"{folder}/root")
        with open(f"{folder}/nginx.conf", "w", encoding="ascii") as f:
            f.write(NGINX.format(folder, NGINX_PORT))
        self.child = subprocess.Popen(["nginx", "-c", f"{folder}/nginx.conf"], stderr=subprocess.DEVNULL)
        await_server(self.ours)

    def url(self, _method, key):
        return self.ours + key

    def stop(self):
        self.child.terminate()
        self.child.wait()


class Rgw:
    name, ours = "Ceph RGW", "s3://bench/"

    def __init__(self, folder):
        self.folder, self.endpoint = folder, f"http://127.0.0.1:{RGW_PORT}"
        os.environ.update(AWS_ENDPOINT_URL_S3=self.endpoint, AWS_ACCESS_KEY_ID="rectestkey", AWS_SECRET_ACCESS_KEY="rectestsecret",
                          XDG_STATE_HOME=folder)
        subprocess.run([RGW, "start", folder, str(RGW_PORT)], check=True)
        urllib.request.urlopen(urllib.request.Request(self.url("PUT", ""), method="PUT")).close()

    def url(self, method, key):
        return presign.presign(method, f"{self.endpoint}/bench/{key}" if key else f"{self.endpoint}/bench")

    def stop(self):
        subprocess.run([RGW, "stop", self.folder], check=False)


def await_server(url):
    for _ in range(100):
        try:
            urllib.request.urlopen(url).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"no server at {url}")


def servers():
    # (class, program, what to install, whether it may run here)
    return [(Nginx, "nginx", "nginx-light", True), (Rgw, "radosgw", "radosgw ceph-mon ceph-osd ceph-common", os.getuid() == 0)]


def manifest(folder, name, locations):
    path = f"{folder}/{name}.json"
    people = [{"name": f"p{i}", "join_time_s": 0, "leave_time_s": 9, "audio_path": at} for i, at in enumerate(locations)]
    with open(path, "w", encoding="utf-8") as f:
        json.dump({"session_id": "bench", "participants": people}, f)
    return path


def shell(*commands):
    return ["sh", "-ec", "\n".join(" ".join(shlex.quote(word) for word in command) for command in commands)]


def curl(args):
    return ["curl", "-sf"] + [word for one in args for word in one]


def make_files(folder, a):
    with open(f"{folder}/large.bin", "wb") as f:
        for _ in range(a.megabytes):
            f.write(os.urandom(1000000))
    for i in range(a.files):
        with open(f"{folder}/{i:04}.bin", "wb") as f:
            f.write(os.urandom(SMALL))


def publishing(server, a, folder):
    """{what: {who: command}}; these come first, since what they publish is fetched then"""
    large, key = f"{folder}/large.bin", "whole.bin"
    small = [f"{i:04}.bin" for i in range(a.files)]
    put = [["-T", large, server.url("PUT", key)]]
    puts = [["-T", f"{folder}/{name}", server.url("PUT", name)] for name in small]
    publish = [f"{a.bin}/rec-publish", "-q"]
    return {
        "one": {"curl": curl(put), "curl, checked": shell(["md5sum", large], ["sha256sum", large], curl(put)),
                "rec-publish": publish + [large, server.ours]},
        "many": {"curl": curl(puts), "curl for each": shell(*(curl([one]) for one in puts[:SOME])),
                 "rec-publish": publish + [f"{folder}/{name}" for name in small] + [server.ours]},
    }


def fetching(server, a, folder):
    out = f"{folder}/out"
    small = [f"{i:04}.bin" for i in range(a.files)]
    whole, parts = ([["-o", f"{out}/large.bin", server.url("GET", key)]] for key in ("whole.bin", "large.bin"))
    gets = [["-o", f"{out}/{name}", server.url("GET", name)] for name in small]
    fetch = [f"{a.bin}/rec-fetch", "-q", "--allow-insecure", "-d", f"{folder}/fetched"]
    return {
        "one": {"curl": curl(whole), "curl, checked": shell(curl(whole), ["md5sum", f"{out}/large.bin"]),
                "rec-fetch": fetch + [manifest(folder, "one", [server.ours + "whole.bin"])]},
        "parts": {"curl": curl(parts), "rec-fetch": fetch + [manifest(folder, "parts", [server.ours + "large.bin"])]},
        "many": {"curl": curl(gets), "curl for each": shell(*(curl([one]) for one in gets[:SOME])),
                 "rec-fetch": fetch + [manifest(folder, "many", [server.ours + name for name in small])]},
    }


def compare(server, title, commands, rounds, target, files=1):
    """Print what each costs, and how many times less ours, the last one, takes for a file than the others."""
    costs = measure.interleaved(commands, rounds)
    me = list(commands)[-1]
    count = {who: min(SOME, files) if who == "curl for each" else files for who in commands}
    print(f"  {server.name}, {title}\n    {'':14}{'ms a file':>11}{'CPU ms':>9}{'peak MB':>9}")
    for who, runs in costs.items():
        wall, cpu = (1000 * measure.median(runs, field) / count[who] for field in ("wall_s", "cpu_s"))
        print(f"    {who:14}{wall:11.1f}{cpu:9.1f}{measure.median(runs, 'peak_mb'):9.1f}")
    faster = {who: measure.ratio(costs[who], costs[me], "wall_s") * count[me] / count[who] for who in commands if who != me}
    print("    " + ", ".join(f"{who} / {me}: {times:.2f}" for who, times in faster.items())
          + f"; target: curl / {me} >= {target:g}: {'holds' if faster['curl'] >= target else 'MISSED'}", flush=True)


def memory(server, a, folder):
    """Peaks for 300 MB and for 1 MB, up and down."""
    peaks = {}
    for megabytes in (1, 300):
        name = f"{megabytes}M"
        with open(f"{folder}/{name}", "wb") as f:
            f.truncate(megabytes * 1000000)
        up = measure.run([f"{a.bin}/rec-publish", "-q", f"{folder}/{name}", server.ours])
        down = measure.run([f"{a.bin}/rec-fetch", "-q", "--allow-insecure", "-d", f"{folder}/m", manifest(folder, name, [server.ours + name])])
        peaks[megabytes] = up.peak_mb, down.peak_mb
        shutil.rmtree(f"{folder}/m")
        os.unlink(f"{folder}/{name}")
    for i, way in enumerate(("up", "down")):
        more = peaks[300][i] - peaks[1][i]
        print(f"  {server.name}, 300 MB {way}: peak {peaks[300][i]:.1f} MB, {more:.1f} more than 1 MB, target <= {MEMORY_MB}: "
              f"{'holds' if more <= MEMORY_MB else 'MISSED'}", flush=True)


def bench(server, a, folder):
    os.makedirs(f"{folder}/out")
    make_files(folder, a)
    for way, commands in (("up", publishing(server, a, folder)), ("down", fetching(server, a, folder))):
        compare(server, f"one file of {a.megabytes} MB {way}", commands["one"], a.rounds, LARGE_TARGET)
        if way == "down":
            compare(server, f"one file of {a.megabytes} MB down that came in parts", commands["parts"], a.rounds, LARGE_TARGET)
        compare(server, f"{a.files} files of {SMALL // 1000} kB {way}", commands["many"], a.rounds, MANY_TARGET, a.files)
    memory(server, a, folder)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--bin", default="build/bin")
    ap.add_argument("--rounds", type=int, default=3)
    ap.add_argument("--megabytes", type=int, default=100)
    ap.add_argument("--files", type=int, default=300)
    a = ap.parse_args()
    print(f"net: over the loopback; medians of {a.rounds} rounds; load before {measure.load():.1f} a processor", flush=True)
    for kind, program, packages, allowed in servers():
        if not shutil.which(program) or not shutil.which("curl") or not allowed:
            print(f"  {kind.name}: skipped, it needs curl, {packages}" + ("" if allowed else " and root"))
            continue
        folder = measure.scratch(3e9)
        server = None
        try:
            server = kind(f"{folder}/server")
            bench(server, a, folder)
        finally:
            if server:
                server.stop()
            shutil.rmtree(folder, ignore_errors=True)


main()
