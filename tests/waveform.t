#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Goal: rec-waveform writes the values that an independent computation gives, in every form and from every kind of input.
import array
import json
import math
import os
import random
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
import wave
import xml.etree.ElementTree
import zlib

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
os.chdir(ROOT)
BIN = os.path.realpath(os.environ.get("BUILD", "build")) + "/bin"
S2 = f"{ROOT}/testdata/S2-mutes/session.json"
count = 0
failed = False


def check(name, ok, why=""):
    global count, failed
    count += 1
    failed |= not ok
    print(("ok" if ok else "not ok"), count, "-", name, flush=True)
    if not ok and why:
        print("#", str(why).replace("\n", "\n# ")[:800])


def skip(name, why):
    global count
    count += 1
    print(f"ok {count} - {name} # SKIP {why}")


def run(*args, stdin=None):
    """The exit status, stdout and stderr of rec-waveform."""
    done = subprocess.run([f"{BIN}/rec-waveform", *map(str, args)], input=stdin, capture_output=True, timeout=300)
    return done.returncode, done.stdout, done.stderr.decode()


def same(name, got, want):
    check(name, got == want, f"got  {str(got)[:300]}\nwant {str(want)[:300]}")


def ffmpeg(*args):
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, args)], check=True)


# --- sounds with known samples -----------------------------------------------------------------------------------

def write_wav(path, samples, channels, rate, kind="s16"):
    """Interleaved samples: integers of 16, 24 or 32 bits, or floats."""
    if kind == "f32":
        data = struct.pack(f"<{len(samples)}f", *samples)
    elif kind == "s24":
        data = b"".join(struct.pack("<i", v)[:3] for v in samples)
    else:
        data = struct.pack(f"<{len(samples)}{'h' if kind == 's16' else 'i'}", *samples)
    width = {"s16": 2, "s24": 3, "s32": 4, "f32": 4}[kind]
    head = struct.pack("<HHIIHH", 3 if kind == "f32" else 1, channels, rate, rate * channels * width, channels * width, 8 * width)
    body = b"WAVEfmt " + struct.pack("<I", len(head)) + head + b"data" + struct.pack("<I", len(data)) + data
    with open(path, "wb") as f:
        f.write(b"RIFF" + struct.pack("<I", len(body)) + body)


def noise(n, channels, kind="s16"):
    """Noise whose loudness changes all the time, each channel with another one."""
    r = random.Random(n * 100 + channels)
    top = {"s16": 32767, "s24": 8388607, "s32": 2147483647, "f32": 1}[kind]
    out = []
    for i in range(n):
        for c in range(channels):
            v = r.uniform(-1, 1) * (0.05 + 0.9 * abs(math.sin(i / 977 + c)))
            out.append(struct.unpack("<f", struct.pack("<f", v))[0] if kind == "f32" else int(v * top))
    return out


def to_s16(samples, kind):
    """As audiowaveform reads them: the upper 16 bits, or times 32767 with the fraction cut off."""
    if kind == "f32":
        return [int(struct.unpack("<f", struct.pack("<f", v * 32767))[0]) for v in samples]
    return [v >> {"s16": 0, "s24": 8, "s32": 16}[kind] for v in samples]


# --- the independent computation -------------------------------------------------------------------------------------

def quotient(a, b):
    return int(a / b)  # toward zero


def minmax(samples, channels, zoom, split):
    """[min, max, min, max ...] of each point, channels interleaved."""
    lanes = [samples[c::channels] for c in range(channels)]
    if not split:
        lanes = [[quotient(sum(s), channels) for s in zip(*lanes)]]
    out = []
    for at in range(0, len(lanes[0]), zoom):
        for lane in lanes:
            out += [min(lane[at:at + zoom]), max(lane[at:at + zoom])]
    return out, len(lanes)


def bbc_json(samples, channels, rate, zoom, bits, split):
    data, lanes = minmax(samples, channels, zoom, split)
    values = ",".join(str(quotient(v, 256) if bits == 8 else v) for v in data)
    return (f'{{"version":2,"channels":{lanes},"sample_rate":{rate},"samples_per_pixel":{zoom},"bits":{bits},'
            f'"length":{len(data) // 2 // lanes},"data":[{values}]}}\n').encode()


def bbc_dat(samples, channels, rate, zoom, bits, split):
    """Version 1 for one channel, as audiowaveform writes it."""
    data, lanes = minmax(samples, channels, zoom, split)
    head = struct.pack("<iIiiI", 1 if lanes == 1 else 2, bits == 8, rate, zoom, len(data) // 2 // lanes)
    head += struct.pack("<i", lanes) if lanes > 1 else b""
    return head + struct.pack(f"<{len(data)}{'b' if bits == 8 else 'h'}", *[quotient(v, 256) if bits == 8 else v for v in data])


def loudest(samples, channels, points):
    """max |sample| of each point, all channels together."""
    n = len(samples) // channels
    out = []
    for i in range(points):
        a, b = i * n // points, (i + 1) * n // points
        out.append(max(abs(v) for v in samples[a * channels:max(b, a + 1) * channels]))
    return out


def peaks(samples, channels, points):
    levels = loudest(samples, channels, points)
    return [round(v / max(levels), 2) if max(levels) else 0.0 for v in levels]


def decoded(path, kind="s16"):
    """What ffmpeg decodes: samples, channels, rate."""
    raw = subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-i", path, "-f", f"{kind}le", "-"], check=True, capture_output=True).stdout
    probe = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "a:0", "-show_entries", "stream=channels,sample_rate", "-of",
                            "json", path], check=True, capture_output=True).stdout
    stream = json.loads(probe)["streams"][0]
    return list(array.array("h" if kind == "s16" else "f", raw)), stream["channels"], int(stream["sample_rate"])


# --- the tests ---------------------------------------------------------------------------------------------------------

def test_audiowaveform_formats(tmp):
    peer = shutil.which("audiowaveform")
    for kind, channels, rate in (("s16", 1, 48000), ("s16", 2, 44100), ("s24", 2, 48000), ("s32", 3, 8000), ("f32", 2, 48000), ("s16", 8, 192000)):
        wav = f"{tmp}/{kind}-{channels}.wav"
        samples = noise(9973, channels, kind)
        write_wav(wav, samples, channels, rate, kind)
        whole = to_s16(samples, kind)
        for zoom, bits, split in ((256, 16, False), (2, 8, True), (999, 16, True), (100000, 8, False)):
            options = ["--zoom", zoom, "--bits", bits] + (["--split-channels"] if split else [])
            name = f"{kind}, {channels} channels, zoom {zoom}, {bits} bits{', split' if split else ''}"
            run("-o", f"{tmp}/a.json", "-o", f"{tmp}/a.dat", *options, wav)
            for form, want in (("json", bbc_json), ("dat", bbc_dat)):
                with open(f"{tmp}/a.{form}", "rb") as f:
                    got = f.read()
                same(f"{form} of {name}", got, want(whole, channels, rate, zoom, bits, split))
                if peer:
                    subprocess.run([peer, "-q", "-i", wav, "-o", f"{tmp}/peer.{form}", "-z", str(zoom), "-b", str(bits)] +
                                   (["--split-channels"] if split else []), check=True)
                    with open(f"{tmp}/peer.{form}", "rb") as f:
                        same(f"{form} of {name}: audiowaveform writes the same", got, f.read())
    if not peer:
        skip("audiowaveform writes the same bytes", "audiowaveform is not here")


def test_cuts(tmp):
    samples = noise(50000, 1)
    write_wav(f"{tmp}/m.wav", samples, 1, 8000)
    _, out, _ = run("--format", "json", "-o", "-", f"{tmp}/m.wav")
    same("json: zoom 256 when nothing is said", out, bbc_json(samples, 1, 8000, 256, 16, False))
    _, out, _ = run("--format", "json", "--pixels-per-second", 100, "-o", "-", f"{tmp}/m.wav")
    same("json: points a second", out, bbc_json(samples, 1, 8000, 80, 16, False))
    _, out, _ = run("--format", "json", "--points", 500, "-o", "-", f"{tmp}/m.wav")
    same("json: exactly N points", out, bbc_json(samples, 1, 8000, 100, 16, False))
    _, out, _ = run("--format", "json", "--points", 333, "-o", "-", f"{tmp}/m.wav")
    same("json: exactly N points that do not divide the length", json.loads(out)["length"], 333)
    _, out, _ = run("--format", "peaks", "--zoom", 1000, "-o", "-", f"{tmp}/m.wav")
    same("peaks: by zoom", json.loads(out), peaks(samples, 1, 50))


def test_peaks(tmp):
    for n, channels in ((255 * 40, 1), (100003, 2), (300, 1), (100, 1), (1, 1)):
        samples = noise(n, channels)
        samples[0] = samples[0] or 1
        write_wav(f"{tmp}/p.wav", samples, channels, 48000)
        status, out, err = run("-o", f"{tmp}/p.peaks.json", f"{tmp}/p.wav")
        with open(f"{tmp}/p.peaks.json") as f:
            got = json.load(f)
        same(f"peaks: 255 numbers of {n} samples, {channels} channels", got, peaks(samples, channels, 255))
    _, out, _ = run("--format", "peaks", "--points", 7, "-o", "-", f"{tmp}/p.wav")
    same("peaks: one sample is every point", out, b"[1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]\n")
    write_wav(f"{tmp}/zero.wav", [0] * 5000, 1, 48000)
    _, out, _ = run("--format", "peaks", "--points", 3, "-o", "-", f"{tmp}/zero.wav")
    same("peaks: silence is zeros", out, b"[0.0, 0.0, 0.0]\n")
    write_wav(f"{tmp}/min.wav", [-32768, 0, 16384, 0], 1, 48000)
    _, out, _ = run("--format", "peaks", "--points", 4, "-o", "-", f"{tmp}/min.wav")
    same("peaks: -32768 is the loudest sample", out, b"[1.0, 0.0, 0.5, 0.0]\n")
    _, out, _ = run("--format", "peaks", "--points", 4, "--db", "-o", "-", f"{tmp}/min.wav")
    same("peaks: in dBFS", out, b"[0.0, -120.0, -6.02, -120.0]\n")
    write_wav(f"{tmp}/opposite.wav", [20000, -20000] * 500, 2, 48000)
    _, out, _ = run("--format", "peaks", "--points", 2, "-o", "-", f"{tmp}/opposite.wav")
    same("peaks: opposite channels do not hide each other", out, b"[1.0, 1.0]\n")
    write_wav(f"{tmp}/two.wav", [16384, 8192] * 500, 2, 48000)
    _, out, _ = run("--format", "peaks", "--points", 2, "--split-channels", "-o", "-", f"{tmp}/two.wav")
    same("peaks: channels apart", json.loads(out), [[1.0, 1.0], [0.5, 0.5]])
    _, out, _ = run("--format", "peaks", "--points", 2, "--rms", "-o", "-", f"{tmp}/two.wav")
    same("peaks: with RMS", json.loads(out), {"peaks": [1.0, 1.0], "rms": [0.79, 0.79]})
    write_wav(f"{tmp}/nan.wav", [0.5, float("nan"), float("inf"), -0.25], 1, 48000, "f32")
    _, out, _ = run("--format", "peaks", "--points", 4, "-o", "-", f"{tmp}/nan.wav")
    same("peaks: what is no number is silence", out, b"[1.0, 0.0, 0.0, 0.5]\n")


def within(got, samples, points, slack):
    """Each value is the loudest of its bucket, whose edges may be off by slack buckets."""
    n, most = len(samples), max(map(abs, samples))
    for i in range(points):
        size = n / points
        inner = samples[math.ceil((i + slack) * size):math.floor((i + 1 - slack) * size)]
        outer = samples[max(0, math.floor((i - slack) * size)):math.ceil((i + 1 + slack) * size)]
        if not round(max(map(abs, inner)) / most, 2) - 0.001 <= got[i] <= round(max(map(abs, outer)) / most, 2) + 0.001:
            return False
    return True


def test_unknown_length(tmp):
    samples = noise(400003, 1)
    write_wav(f"{tmp}/u.wav", samples, 1, 48000)
    with open(f"{tmp}/u.wav", "rb") as f:
        wav = f.read()
    stream = wav[:4] + b"\xff\xff\xff\xff" + wav[8:40] + b"\xff\xff\xff\xff" + wav[44:]
    for points in (255, 3, 5000):
        status, out, err = run("--format", "peaks", "--points", points, "-o", "-", "-", stdin=stream)
        got = json.loads(out or b"[]")
        check(f"a pipe of unknown length: {points} points within 1/64", status == 0 and len(got) == points and
              within(got, samples, points, 1 / 64), (status, err, got[:20]))
    status, out, err = run("--format", "peaks", "--points", 1000000, "-o", "-", "-", stdin=stream)
    check("a pipe of unknown length: more points than samples", status == 0 and len(json.loads(out)) == 1000000, (status, err))
    status, out, _ = run("--format", "json", "-o", "-", "-", stdin=stream)
    same("a pipe of unknown length: json is exact", out, bbc_json(samples, 1, 48000, 256, 16, False))
    short = noise(100000, 1)
    write_wav(f"{tmp}/short.wav", short, 1, 48000)
    with open(f"{tmp}/short.wav", "rb") as f:
        status, out, _ = run("--format", "peaks", "-o", "-", "-", stdin=f.read())
    same("a short pipe is exact", json.loads(out), peaks(short, 1, 255))


def test_recordings(tmp):
    """Real codecs, against what ffmpeg decodes of the same file."""
    write_wav(f"{tmp}/r.wav", noise(48000 * 7, 2), 2, 48000)
    for name, options in (("flac", ["-c:a", "flac"]), ("webm", ["-c:a", "libopus"]), ("ogg", ["-c:a", "libopus"]), ("mp3", ["-c:a", "libmp3lame"]),
                          ("m4a", ["-c:a", "aac"]), ("mov", ["-c:a", "pcm_s24le"]), ("live.webm", ["-c:a", "libopus", "-live", "1"])):
        path = f"{tmp}/r.{name}"
        ffmpeg("-i", f"{tmp}/r.wav", *options, path)
        samples, channels, _ = decoded(path, "f32")
        status, out, err = run("--format", "peaks", "-o", "-", path)
        got, want = json.loads(out or "[]"), peaks(samples, channels, 255)
        close = sum(abs(a - b) <= 0.02 for a, b in zip(got, want))
        exact = name in ("flac", "mov")
        check(f"{name}: its peaks", status == 0 and len(got) == 255 and (got == want if exact else close >= 250),
              (status, err, close, got[:9], want[:9]))
    samples, channels, rate = decoded(f"{tmp}/r.flac")
    _, out, _ = run("--format", "json", "-o", "-", f"{tmp}/r.flac")
    same("flac: json is that of its samples", out, bbc_json(samples, channels, rate, 256, 16, False))
    ffmpeg("-f", "lavfi", "-i", "testsrc=d=1:s=64x64", "-c:v", "libx264", f"{tmp}/mute.mp4")
    same("a video without sound has no peaks", run("--format", "peaks", "-o", "-", f"{tmp}/mute.mp4")[:2], (0, b"[]\n"))
    status, out, _ = run("--format", "json", "-o", "-", f"{tmp}/mute.mp4")
    same("nor has its json", (status, json.loads(out)["data"]), (0, []))


def test_hole(tmp):
    """An hour without packets: silence in its place, and no memory."""
    write_wav(f"{tmp}/h.wav", [10000, -10000] * 48000, 1, 48000)
    ffmpeg("-i", f"{tmp}/h.wav", "-c:a", "libopus", "-bsf:a", "setts=ts=PTS+gte(N\\,50)*3600*1000", f"{tmp}/h.webm")
    status, out, err = run("--format", "peaks", "--points", 3602, "-o", f"{tmp}/h.peaks.json", "--json", f"{tmp}/h.webm")
    with open(f"{tmp}/h.peaks.json") as f:
        got = json.load(f)
    check("an hour-long hole is silence", status == 0 and len(got) == 3602 and min(got[0], got[-1]) > 0.5 and max(got[2:-2]) == 0.0,
          (status, err, got[:3], got[-3:]))
    summary = json.loads(out or "{}")
    check("and is counted", summary.get("holes", 0) >= 1 and abs(summary.get("hole_s") - 3600) < 1, summary)


def test_memory(tmp):
    """First of all, because a child is charged with what Python had when it was started."""
    path = f"{tmp}/long.wav"
    with wave.open(path, "wb") as w:
        w.setparams((1, 2, 48000, 0, "NONE", ""))
        tenth = struct.pack("<4800h", *noise(4800, 1))
        for _ in range(6000):
            w.writeframesraw(tenth)
    child = subprocess.Popen([f"{BIN}/rec-waveform", "-o", f"{tmp}/l.json", "-o", f"{tmp}/l.peaks.json", "-o", f"{tmp}/l.png", path])
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    mb = usage.ru_maxrss / 1024
    if "san-" in BIN:
        skip("memory", "a sanitizer takes more")
    else:
        check("ten minutes take no more than 64 MB", child.returncode == 0 and mb <= 64, f"{mb:.1f} MB, status {child.returncode}")


# --- pictures ----------------------------------------------------------------------------------------------------------

def read_png(path):
    """Rows of (r, g, b, a)."""
    with open(path, "rb") as f:
        data = f.read()
    at, idat = 8, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + size]
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
        idat += body if kind == b"IDAT" else b""
        at += 12 + size
    assert depth == 8 and colour in (2, 6)
    step = 3 if colour == 2 else 4
    raw, rows, previous = zlib.decompress(idat), [], bytes(width * step)
    for y in range(height):
        kind, line = raw[y * (width * step + 1)], bytearray(raw[y * (width * step + 1) + 1:(y + 1) * (width * step + 1)])
        for i in range(len(line)):
            a, b, c = line[i - step] if i >= step else 0, previous[i], previous[i - step] if i >= step else 0
            p = a + b - c
            paeth = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
            line[i] = (line[i] + (0, a, b, (a + b) // 2, paeth)[kind]) & 255
        previous = bytes(line)
        rows.append([tuple(line[x * step:x * step + step]) for x in range(width)])
    return rows


def ink(rows, x):
    """The rows in which the red of the waveform stands, be it a part of a pixel."""
    return [y for y, row in enumerate(rows) if row[x][0] > 40]


def test_pictures(tmp):
    # silence, then full scale, then half scale above the middle only
    write_wav(f"{tmp}/i.wav", [0] * 4000 + [32767, -32767] * 2000 + [16384] * 4000, 1, 4000)
    options = ["--size", "300x100", "--color", "#FF0000", "--background", "#0000FF"]
    run("-o", f"{tmp}/i.png", "-o", f"{tmp}/i.svg", *options, f"{tmp}/i.wav")
    rows = read_png(f"{tmp}/i.png")
    same("png: its size", (len(rows[0]), len(rows)), (300, 100))
    silence, full, half = (ink(rows, x) for x in (50, 150, 250))
    check("png: silence is a thin line in the middle", 1 <= len(silence) <= 2 and set(silence) <= {49, 50}, silence)
    check("png: full scale is the whole height", full == list(range(6, 94)), full)
    check("png: what is only positive is above the middle", 1 <= len(half) <= 2 and 26 <= half[0] <= 29, half)
    check("png: the background", rows[2][50][:3] == (0, 0, 255) and rows[97][250][:3] == (0, 0, 255), rows[2][50])
    first = open(f"{tmp}/i.png", "rb").read()
    run("-o", f"{tmp}/j.png", *options, f"{tmp}/i.wav")
    same("png: the same bytes again", open(f"{tmp}/j.png", "rb").read(), first)
    for name, more in (("line", ["--axis"]), ("bars", ["--axis", "--style", "bars", "--db", "--rms"])):
        run("-o", f"{tmp}/g.svg", *options, *more, f"{tmp}/i.wav")
        with open(f"{tmp}/g.svg", encoding="utf8") as f, open(f"{ROOT}/testdata/waveform/{name}.svg", encoding="utf8") as g:
            same(f"svg: testdata/waveform/{name}.svg", f.read(), g.read())
    write_wav(f"{tmp}/2.wav", [32767, 0] * 6000, 2, 4000)
    run("-o", f"{tmp}/2.png", "--split-channels", *options, f"{tmp}/2.wav")
    rows = read_png(f"{tmp}/2.png")
    upper, lower = ink(rows[:50], 150), ink(rows[51:], 150)
    check("png: channels apart are lanes", upper and lower and max(upper) < 6 and min(lower) > 19, (upper, lower))


def test_session(tmp):
    if not os.path.exists(S2):
        skip("a session", "testdata/S2-mutes is not here")
        return
    status, out, err = run("--session", S2, "-o", f"{tmp}/s.json", "-o", f"{tmp}/s.svg", "-o", f"{tmp}/s.png", "--rms", "--json")
    same("session: status", (status, err), (0, ""))
    with open(f"{tmp}/s.json") as f:
        got = json.load(f)
    same("session: the lanes", [lane["name"] for lane in got["lanes"]], ["Chen Wei", "Beatriz", "Carl", "Dana"])
    same("session: joins and leaves", [lane["present"] for lane in got["lanes"]],
         [[[0, 59.236]], [[1.071, 58.245]], [[2.317, 57.237]], [[3.243, 56.238]]])
    check("session: 255 points of peak and RMS", all(len(lane[k]) == 255 for lane in got["lanes"] for k in ("peaks", "rms")))
    check("session: the RMS is below the peak", all(r <= p for lane in got["lanes"] for p, r in zip(lane["peaks"], lane["rms"])))
    check("session: nobody sounds before the join", max(got["lanes"][3]["peaks"][:13]) == 0 and max(got["lanes"][3]["peaks"][14:30]) > 0.1)
    tree = xml.etree.ElementTree.parse(f"{tmp}/s.svg")
    texts = [t.text for t in tree.iter("{http://www.w3.org/2000/svg}text")]
    check("session: names and times in the svg", {"Chen Wei", "Beatriz", "Carl", "Dana", "0:30"} <= set(texts), texts)
    with open(S2) as f:
        session = json.load(f)
    session["session_dir"] = os.path.dirname(S2)
    bea = session["participants"][1]
    bea["name"] = "<b>&\u0007\u202e" + "x" * 300
    bea["tracks"] = [{"kind": "audio", "path": bea.pop("audio_path"), "mute": [[10, 20.5]]}]
    session["participants"].append(dict(session["participants"][2], join_time_s=58.5, leave_time_s=60))
    with open(f"{tmp}/m.json", "w") as f:
        json.dump(session, f)
    status, _, err = run("--session", f"{tmp}/m.json", "--allow-outside", "-o", f"{tmp}/m.lanes.json", "-o", f"{tmp}/m.svg", "-o", f"{tmp}/m.png")
    with open(f"{tmp}/m.lanes.json") as f:
        lanes = json.load(f)["lanes"]
    same("session: a mute", lanes[1]["muted"], [[9.229, 19.729]])
    check("session: who comes back keeps the lane", len(lanes) == 4 and len(lanes[2]["present"]) == 2, [lane["present"] for lane in lanes])
    tree = xml.etree.ElementTree.parse(f"{tmp}/m.svg")
    check("session: a mute is hatched", any(r.get("class") == "hatch" for r in tree.iter("{http://www.w3.org/2000/svg}rect")))
    check("session: a hostile name is text", any(t.text.startswith("<b>&") for t in tree.iter("{http://www.w3.org/2000/svg}text")))
    rows, white = read_png(f"{tmp}/m.png"), (255, 255, 255)
    names, axis = [row[:150] for row in rows], rows[-20:-2]
    check("session: the png has names and an axis", sum(p[:3] != white for row in names for p in row) > 100 and
          sum(p[:3] != white for row in axis for p in row) > 100)


def test_outputs(tmp):
    write_wav(f"{tmp}/o.wav", noise(3000, 1), 1, 48000)
    wav = f"{tmp}/o.wav"
    for name, status, args in (
            ("no output", 2, [wav]), ("no input", 2, ["-o", f"{tmp}/x.json"]), ("an unknown ending", 2, ["-o", f"{tmp}/x.gif", wav]),
            ("a pipe without a format", 2, ["-o", "-", wav]), ("an output that is the input", 2, ["--format", "json", "-o", wav, wav]),
            ("bits 12", 2, ["-o", f"{tmp}/x.json", "--bits", 12, wav]), ("two cuts", 2, ["-o", f"{tmp}/x.json", "--zoom", 9, "--points", 9, wav]),
            ("a colour that is none", 2, ["-o", f"{tmp}/x.svg", "--color", "nocolour", wav]), ("a missing input", 3, ["-o", f"{tmp}/x.json", f"{tmp}/no.wav"]),
            ("an input that is no recording", 3, ["-o", f"{tmp}/x.json", __file__]), ("an empty input", 3, ["-o", f"{tmp}/x.json", "/dev/null"]),
            ("a folder that is missing", 1, ["-o", f"{tmp}/no/x.json", wav]), ("one of two outputs fails", 1, ["-o", f"{tmp}/x.json", "-o", f"{tmp}/no/x.png", wav]),
            ("RMS for audiowaveform's json", 2, ["-o", f"{tmp}/x.json", "--rms", wav])):
        got, _, err = run(*args)
        check(f"{name}: exit {status}, a message, nothing left", got == status and len(err.splitlines()) == 1 and not os.path.exists(f"{tmp}/x.json"), (got, err))
    with open(f"{tmp}/kept.json", "w") as f:
        f.write("kept")
    status, _, _ = run("-n", "-o", f"{tmp}/kept.json", wav)
    same("-n keeps what is there", (status, open(f"{tmp}/kept.json").read()), (1, "kept"))
    with open(wav, "rb") as f:
        cut = f.read()[:2000]
    with open(f"{tmp}/cut.wav", "wb") as f:
        f.write(cut)
    status, out, err = run("-o", f"{tmp}/cut.json", "--json", f"{tmp}/cut.wav")
    check("a missing tail is a warning", status == 0 and "cut.wav" in err and json.loads(out)["truncated"] == 1, (status, err))
    same("and refused with --strict", run("-o", f"{tmp}/cut2.json", "--strict", f"{tmp}/cut.wav")[0], 3)
    check("then nothing is left", not os.path.exists(f"{tmp}/cut2.json"))


def main():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory() as tmp:
        for test in (test_memory, test_audiowaveform_formats, test_cuts, test_peaks, test_unknown_length, test_recordings, test_hole,
                     test_pictures, test_session, test_outputs):
            try:
                test(tmp)
            except Exception as e:  # a test that breaks off is a failure, the others go on
                check(f"{test.__name__} runs to its end", False, repr(e))
    print(f"1..{count}")
    sys.exit(failed)


main()
