#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""make check-web: wavesurfer.js and peaks.js, the packages of the npm registry, load what rec-waveform writes, in headless Chromium.

Installs the packages into the build folder with npm, and Chromium with apt where it is missing and that is possible. Where it cannot
run it says why and is skipped (CI goes on); a failure is a failure. TAP.
"""
import functools
import html
import http.server
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.realpath(os.environ.get("BUILD", "build"))
FILES = ("package.json", "index.html", "check.js")


def skip(why):
    print(f"1..0 # SKIP {why}")
    sys.exit(0)


def find_chromium():
    for name in ("chromium", "chromium-browser", "google-chrome", "chrome"):
        if shutil.which(name):
            return shutil.which(name)
    if shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-q"], stdout=subprocess.DEVNULL, check=False)
        subprocess.run(["apt-get", "install", "-qy", "--no-install-recommends", "chromium"], stdout=subprocess.DEVNULL,
                       env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, check=False)
    return shutil.which("chromium") or skip("chromium is missing, and could not be installed")


def install_players(folder):
    if not shutil.which("npm"):
        skip("npm is missing")
    done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"], cwd=folder, check=False,
                          stdout=subprocess.DEVNULL)
    if done.returncode != 0:
        skip("npm could not install wavesurfer.js and peaks.js")


def write_sound(path, channels):
    """A second of silence, one of full scale, one of half scale, 8 kHz."""
    samples = [0] * 8000 + [32767, -32767] * 4000 + [16384, -16384] * 4000
    data = b"".join(struct.pack("<h", v) * channels for v in samples)
    head = struct.pack("<IHHIIHH", 16, 1, channels, 8000, 16000 * channels, 2 * channels, 16)
    body = b"WAVEfmt " + head + b"data" + struct.pack("<I", len(data)) + data
    with open(path, "wb") as f:
        f.write(b"RIFF" + struct.pack("<I", len(body)) + body)


def write_waveforms(folder):
    """peaks.js takes 8 bits alone, and at least a point a pixel."""
    tool = [f"{BUILD}/bin/rec-waveform", "--bits", "8", "--zoom", "20", "-o"]
    write_sound(f"{folder}/tone.wav", 1)
    write_sound(f"{folder}/two.wav", 2)
    subprocess.run(tool + [f"{folder}/tone.peaks.json", "-o", f"{folder}/tone.json", "-o", f"{folder}/tone.dat", f"{folder}/tone.wav"], check=True)
    subprocess.run(tool + [f"{folder}/two.dat", "--split-channels", f"{folder}/two.wav"], check=True)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format, *args):
        pass


def browse(chromium, folder):
    """The text that the page leaves behind."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as profile:
        options = ["--headless=new", "--disable-gpu", "--no-first-run", "--mute-audio", f"--user-data-dir={profile}",
                   "--virtual-time-budget=20000", "--dump-dom"]
        if os.geteuid() == 0:
            options.append("--no-sandbox")
        done = subprocess.run([chromium, *options, f"http://127.0.0.1:{server.server_port}/index.html"], capture_output=True,
                              text=True, timeout=180, check=False)
    server.shutdown()
    found = re.search(r'<pre id="result">(.*?)</pre>', done.stdout, re.S)
    return html.unescape(found.group(1)) if found else f"Bail out! no page: {done.stderr[-500:]}"


def main():
    folder = f"{BUILD}/web"
    os.makedirs(folder, exist_ok=True)
    chromium = find_chromium()
    for name in FILES:
        shutil.copy(f"{HERE}/{name}", folder)
    install_players(folder)
    write_waveforms(folder)
    said = browse(chromium, folder)
    print(said)
    sys.exit(0 if re.search(r"^1\.\.[1-9]", said, re.M) and "not ok" not in said else 1)


main()
