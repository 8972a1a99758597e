# SPDX-License-Identifier: MIT
"""Small files that claim to be huge. Each maker takes the path to write and the folder of good inputs, and returns what to open."""
import json
import os
import struct
import subprocess
import zipfile
import zlib


def write(name, *chunks):
    with open(name, "wb") as file:
        for chunk in chunks:
            file.write(chunk)
    return name


def ff(*argv):
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *argv], check=True)


def element(identity, data):
    """An element of EBML, its size in eight bytes."""
    return identity + struct.pack(">Q", 1 << 56 | len(data)) + data


EBML = element(b"\x1a\x45\xdf\xa3", element(b"\x42\x82", b"webm"))


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(side):
    def make(name, _):
        os.mkdir(name)
        rows = zlib.compress(bytes(side * 3 + 1) * 200)
        write(os.path.join(name, "1.png"), b"\x89PNG\r\n\x1a\n", png_chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)),
              png_chunk(b"IDAT", rows), png_chunk(b"IEND", b""))
        return name
    return make


def vp8(name, good):
    """Key frames of 16383 x 16383 in a container that says 640 x 360."""
    with open(os.path.join(good, "v.webm"), "rb") as file:
        data = bytearray(file.read())
    at = data.find(b"\x9d\x01\x2a")
    while at >= 0:
        data[at + 3:at + 7] = b"\xff\x3f\xff\x3f"
        at = data.find(b"\x9d\x01\x2a", at + 1)
    return write(name + ".webm", data)


class Bits:
    """The bits of an H.264 parameter set."""

    def __init__(self):
        self.text = ""

    def u(self, n, value):
        self.text += format(value, f"0{n}b")
        return self

    def ue(self, *values):
        for value in values:
            code = format(value + 1, "b")
            self.text += "0" * (len(code) - 1) + code
        return self

    def unit(self):
        """As a NAL unit: stop bit, emulation prevention."""
        text = self.text + "1"
        text += "0" * (-len(text) % 8)
        raw = bytes(int(text[i:i + 8], 2) for i in range(0, len(text), 8))
        out = bytearray()
        for byte in raw:
            if out[-2:] == b"\0\0" and byte < 4:
                out.append(3)
            out.append(byte)
        return b"\0\0\0\1" + bytes(out)


def h264(name, _):
    """16384 x 16384 in the parameter set, and the first bytes of a picture."""
    sps = Bits().u(8, 0x67).u(8, 66).u(8, 0).u(8, 62).ue(0, 0, 2, 1).u(1, 0).ue(1023, 1023).u(4, 0b1100)
    pps = Bits().u(8, 0x68).ue(0, 0).u(2, 0).ue(0, 0, 0).u(3, 0).ue(0, 0, 0).u(3, 0)
    idr = Bits().u(8, 0x65).ue(0, 7, 0).u(4, 0).ue(0).u(2, 0).ue(0, 0)
    picture = sps.unit() + pps.unit() + idr.unit() + b"\x55" * 500
    video = element(b"\xe0", element(b"\xb0", b"\x02\x80") + element(b"\xba", b"\x01\x68"))
    track = element(b"\xae", element(b"\xd7", b"\1") + element(b"\x83", b"\1") + element(b"\x86", b"V_MPEG4/ISO/AVC") + video)
    blocks = b"".join(element(b"\xa3", b"\x81" + struct.pack(">hB", i * 40, 0x80) + picture) for i in range(5))
    return write(name + ".mkv", EBML, element(b"\x18\x53\x80\x67", element(b"\x16\x54\xae\x6b", track)
                                            + element(b"\x1f\x43\xb6\x75", element(b"\xe7", b"\0") + blocks)))


def wav(name, rate, channels, size):
    align = channels * 2
    return write(name + ".wav", b"RIFF" + struct.pack("<I", size) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, channels, rate, rate * align & 0xffffffff, align & 0xffff, 16),
                 b"data" + struct.pack("<I", size), bytes(96000))


def pages(name, good):
    """A good beginning, then Ogg pages without end that lie within each other."""
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", os.path.join(good, "a.webm"), "-c:a", "copy", name + ".opus"], check=True)
    with open(name + ".opus", "rb") as file:
        sound = file.read()
    os.remove(name + ".opus")
    page = b"OggS" + bytes(22) + b"\xff" * 6
    return write(name, sound, page * (16000000 // len(page)))


def flac(name, good):
    """The header says 2^36 - 1 samples."""
    ff("-i", os.path.join(good, "a.webm"), name + ".flac")
    with open(name + ".flac", "r+b") as file:
        head = bytearray(file.read(26))
        head[21] |= 15
        head[22:26] = b"\xff" * 4
        file.seek(0)
        file.write(head)
    return name + ".flac"


def late(name, good):
    """Sound at the start, and again after 30 years."""
    ff("-i", os.path.join(good, "a.webm"), "-c", "copy", "-f", "matroska", "-bsf:a", "setts=ts=if(gt(N\\,3)\\,PTS+946080000000\\,PTS)", name + ".mkv")
    return name + ".mkv"


def matroska_streams(name, _):
    track = b"".join(element(b"\xae", element(b"\xd7", struct.pack(">H", i)) + element(b"\x83", b"\x02") + element(b"\x86", b"A_OPUS")) for i in range(1, 10001))
    return write(name + ".webm", EBML, element(b"\x18\x53\x80\x67", element(b"\x16\x54\xae\x6b", track) + element(b"\x1f\x43\xb6\x75", b"")))


def box(kind, data):
    return struct.pack(">I", 8 + len(data)) + kind + data


def mp4_streams(name, _):
    hdlr = box(b"hdlr", bytes(8) + b"soun" + bytes(13))
    stbl = box(b"stbl", box(b"stsd", struct.pack(">II", 0, 1) + box(b"mp4a", bytes(6) + b"\0\1" + bytes(8) + b"\0\1\0\x10" + bytes(4) + b"\xbb\x80\0\0")))
    trak = box(b"trak", box(b"mdia", box(b"mdhd", bytes(12) + struct.pack(">II", 48000, 48000) + bytes(4)) + hdlr + box(b"minf", stbl)))
    return write(name + ".mp4", box(b"ftyp", b"isom\0\0\2\0isom"), box(b"moov", box(b"mvhd", bytes(100)) + trak * 10000), box(b"mdat", bytes(1000)))


def mp4_table(name, good):
    """A sample table of four billion entries."""
    ff("-i", os.path.join(good, "a.webm"), "-c:a", "aac", name + ".mp4")
    with open(name + ".mp4", "rb") as file:
        data = bytearray(file.read())
    for kind in (b"stsz", b"stts", b"stco", b"stsc"):
        at = data.find(kind)
        count = at + (12 if kind == b"stsz" else 8)
        data[count:count + 4] = b"\xff" * 4
    return write(name + ".mp4", data)


def mp4_run(name, good):
    """A fragment of fifty million samples, which all have the size and duration that it says once."""
    ff("-i", os.path.join(good, "a.webm"), "-c:a", "aac", "-movflags", "frag_keyframe+empty_moov", name + ".mp4")
    head = box(b"tfhd", struct.pack(">IIIII", 0x020038, 1, 1024, 6, 0))
    traf = box(b"traf", head + box(b"tfdt", struct.pack(">IQ", 1 << 24, 72000)) + box(b"trun", struct.pack(">II", 0, 50000000)))
    with open(name + ".mp4", "ab") as file:
        file.write(box(b"moof", box(b"mfhd", struct.pack(">II", 0, 99)) + traf) + box(b"mdat", bytes(100000)))
    return name + ".mp4"


def tags(name, good):
    """A title of 30 MB before the sound."""
    with open(os.path.join(good, "a.webm"), "rb") as file:
        data = file.read()
    at = data.find(b"\x16\x54\xae\x6b")
    tag = element(b"\x12\x54\xc3\x67", element(b"\x73\x73", element(b"\x67\xc8", element(b"\x45\xa3", b"TITLE") + element(b"\x44\x87", b"A" * 30000000))))
    # a segment of unknown size, so that nothing needs to be right about the rest
    start = data.find(b"\x18\x53\x80\x67")
    return write(name + ".webm", data[:start], b"\x18\x53\x80\x67\x01" + b"\xff" * 7, data[start + 12:at], tag, data[at:])


def many_tags(name, good):
    """A FLAC with a hundred thousand tags."""
    ff("-i", os.path.join(good, "a.webm"), name + ".flac")
    with open(name + ".flac", "rb") as file:
        data = file.read()
    texts = [b"K%d=v" % i for i in range(100000)]
    comment = struct.pack("<I", 1) + b"x" + struct.pack("<I", 100000) + b"".join(struct.pack("<I", len(text)) + text for text in texts)
    return write(name + ".flac", data[:4], b"\0", data[5:42], b"\4" + struct.pack(">I", len(comment))[1:], comment, data[42:])


def fonts(size):
    """Six attachments before the sound."""
    def make(name, good):
        with open(os.path.join(good, "a.webm"), "rb") as file:
            data = file.read()
        start, at = data.find(b"\x18\x53\x80\x67"), data.find(b"\x16\x54\xae\x6b")
        font = element(b"\x61\xa7", element(b"\x46\x6e", b"a.ttf") + element(b"\x46\x60", b"font/ttf") + element(b"\x46\x5c", bytes(size)))
        return write(name + ".mkv", data[:start], b"\x18\x53\x80\x67\x01" + b"\xff" * 7, data[start + 12:at], element(b"\x19\x41\xa4\x69", font * 6), data[at:])
    return make


def id3(name, good):
    """An MP3 behind a comment of 30 MB."""
    ff("-i", os.path.join(good, "a.webm"), name + ".mp3")
    with open(name + ".mp3", "rb") as file:
        sound = file.read()
    size = 30000000
    comment = b"COMM" + struct.pack(">I", size - 10) + bytes(2) + b"\0eng\0" + b"A" * (size - 15)
    return write(name + ".mp3", b"ID3\3\0\0" + bytes(size >> shift & 127 for shift in (21, 14, 7, 0)), comment, sound)


# what cannot be used is exit 3; what claims more than is there is used as far as it goes, with a warning
FILES = [
    ("a PNG of 60000 x 60000", png(60000), "picture", (3,)),
    ("VP8 of 16383 x 16383", vp8, "picture", (3,)),
    ("H.264 of 16384 x 16384", h264, "picture", (3,)),
    ("a WAV of two billion samples", lambda name, _: wav(name, 48000, 1, 0xfffffff0), "sound", (0,)),
    ("a WAV of 1 Hz", lambda name, _: wav(name, 1, 1, 96000), "sound", (3,)),
    ("pages of Ogg within each other", pages, "sound", (0,)),
    ("a WAV of four billion Hz", lambda name, _: wav(name, 0xffffffff, 1, 96000), "sound", (3,)),
    ("a WAV of 0 channels", lambda name, _: wav(name, 48000, 0, 96000), "sound", (3,)),
    ("a WAV of 65535 channels", lambda name, _: wav(name, 48000, 65535, 96000), "sound", (3,)),
    ("a FLAC of 2^36 samples", flac, "sound", (0,)),
    ("sound that goes on after 30 years", late, "sound", (0, 3)),
    ("Matroska of 10000 streams", matroska_streams, "sound", (3,)),
    ("MP4 of 10000 streams", mp4_streams, "sound", (3,)),
    ("MP4 with tables of 2^32 entries", mp4_table, "sound", (0, 3)),
    ("MP4 with a fragment of 50 million samples", mp4_run, "sound", (0, 3)),
    ("a title of 30 MB", tags, "sound", (0, 3)),
    ("a hundred thousand tags", many_tags, "sound", (3,)),
    ("fonts of 60 MB", fonts(10000000), "sound", (0,)),
    ("fonts of 240 MB", fonts(40000000), "sound", (3,)),
    ("an ID3 comment of 30 MB", id3, "sound", (0, 3)),
]


def zip_bomb(name, good):
    """600 MB of zeros in 600 kB."""
    with zipfile.ZipFile(name + ".zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as zipped:
        zipped.write(os.path.join(good, "session.json"), "session.json")
        zipped.write(os.path.join(good, "a.webm"), "a.webm")
        with zipped.open("v.webm", "w") as member:
            for _ in range(600):
                member.write(bytes(1 << 20))
    return name + ".zip"


def zip_of_many(name, good):
    with zipfile.ZipFile(name + ".zip", "w") as zipped:
        zipped.write(os.path.join(good, "session.json"), "session.json")
        for i in range(60000):
            zipped.writestr(f"d/{i}.webm", b"")
    return name + ".zip"


def text(content):
    return lambda name, _: write(name + ".json", content().encode())


def crowd(n):
    return json.dumps({"session_id": "s", "participants": [{"name": f"p{i}", "join_time_s": 0, "leave_time_s": 1, "audio_path": "a.webm"} for i in range(n)]})


SESSIONS = [
    ("a zip bomb", zip_bomb),
    ("a zip of 60000 members", zip_of_many),
    ("JSON of 100 MB", text(lambda: '{"session_id":"' + "A" * 100000000 + '"}')),
    ("JSON a million deep", text(lambda: "[" * 1000000)),
    ("JSON of a million participants", text(lambda: crowd(1000000))),
    ("JSON with a number of a million digits", text(lambda: '{"session_id":"s","participants":[{"name":"a","join_time_s":' + "9" * 1000000 + "}]}")),
    ("JSON with 1e308 seconds", text(lambda: '{"session_id":"s","participants":[{"name":"a","join_time_s":0,"leave_time_s":1e308,"audio_path":"a.webm"}]}')),
]
