#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""faultd.py ROOT [CERT KEY]: an HTTP/1.1 server on the loopback that misbehaves on purpose, one way for each first part of the path.

GET /MODE/ARG/.../FILE serves ROOT/FILE as MODE says; that also is what a path-style S3 client asks for with bucket MODE and key
ARG/.../FILE. PUT is answered as GET is, without a body and with the MD5 of what came as ETag. Raw sockets, so that every byte on the
wire is ours. The first line of its output is "PORT TLSPORT" (0 without CERT). Each request is a line of JSON in ROOT/.log.
Stops by SIGTERM, when its standard input ends, or after four hours."""
import hashlib
import json
import os
import signal
import socket
import ssl
import struct
import sys
import threading
import time
import zlib

ROOT = sys.argv[1]
TLS = None
if len(sys.argv) > 3:
    TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    TLS.load_cert_chain(sys.argv[2], sys.argv[3])
LOG = open(os.path.join(ROOT, ".log"), "a", buffering=1)
LOCK = threading.Lock()
COUNTS = {}
PORT = 0
# these spoil bodies, of which HEAD has none
BODIES = {"reset", "reset1", "close", "closenolen", "slow", "stall", "shortcl", "norange", "badrange", "corrupt", "badchunk",
          "cutchunk", "infinite", "s3err200"}


def head(status, **fields):
    lines = [f"HTTP/1.1 {status}"] + [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def xml(code):
    return f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>on purpose</Message></Error>'.encode()


class Done(Exception):
    """the connection is over"""


class Exchange:
    """one request"""

    def __init__(self, sock, method, path, fields, body):
        self.sock, self.method, self.fields, self.body = sock, method, fields, body
        parts = path.split("?")[0].strip("/").split("/")
        self.path, self.mode, self.args = path, parts[0], parts[1:]
        with LOCK:
            self.n = COUNTS[method, path] = COUNTS.get((method, path), 0) + 1
        file = os.path.join(ROOT, self.args[-1]) if self.args else ""
        self.data = open(file, "rb").read() if os.path.isfile(file) else b""
        self.etag = f'"{hashlib.md5(self.data).hexdigest()}"'
        LOG.write(json.dumps({"method": method, "path": path, "n": self.n, "body": len(body), "host": fields.get("host"),
                              "range": fields.get("range"), "match": fields.get("if-match"), "signed": "authorization" in fields,
                              "token": "x-amz-security-token" in fields, "cookie": fields.get("cookie")}) + "\n")

    def send(self, *chunks):
        for chunk in chunks:
            self.sock.sendall(chunk)

    def close(self):
        self.sock.close()
        raise Done

    def reset(self):
        time.sleep(0.05)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def range(self, size):
        text = self.fields.get("range", "")
        if not text.startswith("bytes="):
            return None
        first, last = text[6:].split(",")[0].split("-")
        if not first:
            return max(0, size - int(last)), size - 1
        return int(first), min(size - 1, int(last)) if last else size - 1

    def ok(self, data=None, etag=None):
        data, etag = self.data if data is None else data, etag or self.etag
        if self.method in ("PUT", "POST", "DELETE"):
            self.send(head("200 OK", Content_Length=0, ETag=f'"{hashlib.md5(self.body).hexdigest()}"'))
            return
        part = self.range(len(data))
        if part and part[0] >= len(data):
            self.send(head("416 Range Not Satisfiable", Content_Range=f"bytes */{len(data)}", Content_Length=0))
            return
        common = {"ETag": etag, "Accept_Ranges": "bytes"}
        if part:
            sent = data[part[0]:part[1] + 1]
            self.send(head("206 Partial Content", Content_Length=len(sent),
                           Content_Range=f"bytes {part[0]}-{part[1]}/{len(data)}", **common))
        else:
            sent = data
            self.send(head("200 OK", Content_Length=len(sent), **common))
        if self.method != "HEAD":
            self.send(sent)

    def whole(self, sent, **fields):
        """200 with a Content-Length that is right, whatever is sent"""
        self.send(head("200 OK", Content_Length=len(self.data), ETag=self.etag, **fields), sent)

    def error(self, status, body, **fields):
        self.send(head(status, Content_Type="application/xml", Content_Length=len(body), **fields),
                  b"" if self.method == "HEAD" else body)

    def answer(self):
        mode = "okay" if self.mode == "ok" or self.method == "HEAD" and self.mode in BODIES else self.mode
        if mode in ("500", "502", "503", "504", "429"):
            self.pass_after(mode + " On Purpose", b"")
        elif mode in ("403", "404"):
            self.error(mode + " On Purpose", xml({"403": "AccessDenied", "404": "NoSuchKey"}[mode]))
        else:
            getattr(self, "do_" + mode, self.missing)()

    def missing(self):
        self.send(head("404 Not Found", Content_Length=0))

    def pass_after(self, status, body):
        if self.n <= int(self.args[0]):
            self.error(status, body, Retry_After=1)
        else:
            self.ok()

    do_okay = ok

    def do_slowdown(self):
        self.pass_after("503 Slow Down", xml("SlowDown"))

    def do_reset(self):
        self.whole(self.data[:int(self.args[0])], Accept_Ranges="bytes")
        self.reset()

    def do_reset1(self):
        """the first requests are cut in the middle of what is left"""
        if self.n > int(self.args[0]):
            return self.ok()
        first = (self.range(len(self.data)) or (0, 0))[0]
        left = self.data[first:]
        self.send(head("206 Partial Content" if "range" in self.fields else "200 OK", Content_Length=len(left), ETag=self.etag,
                       Content_Range=f"bytes {first}-{len(self.data) - 1}/{len(self.data)}"), left[:len(left) // 2])
        self.reset()

    def do_close(self):
        self.whole(self.data[:int(self.args[0])], Accept_Ranges="bytes")
        self.close()

    def do_closenolen(self):
        self.send(head("200 OK", Connection="close"), self.data[:int(self.args[0])])
        self.close()

    def do_slow(self):
        self.send(head("200 OK", Content_Length=len(self.data)))
        step = max(1, int(self.args[0]) // 10)
        for at in range(0, len(self.data), step):
            self.send(self.data[at:at + step])
            time.sleep(0.1)

    def do_drip(self):
        """a byte now and then: too slow to be of use"""
        self.send(head("200 OK", Content_Length=len(self.data)))
        for at in range(60):
            self.send(self.data[at:at + 1])
            time.sleep(1)
        self.close()

    def do_stall(self):
        self.whole(self.data[:int(self.args[0])])
        time.sleep(60)
        self.close()

    def do_nohdr(self):
        time.sleep(60)
        self.close()

    def do_drop(self):
        self.reset()

    def do_shortcl(self):
        self.send(head("200 OK", Content_Length=len(self.data) // 2, Connection="close"), self.data)
        self.close()

    def do_badcl(self):
        self.send(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", self.data)
        self.close()

    def do_twocl(self):
        self.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nContent-Length: 20\r\n\r\n", self.data[:20])
        self.close()

    def redirect(self, to):
        self.send(head("302 Found", Location=to, Content_Length=0))

    def do_loop(self):
        self.redirect(self.path)

    def do_hop(self):
        left = int(self.args[0])
        self.redirect(f"/hop/{left - 1}/{self.args[-1]}" if left > 1 else f"/ok/{self.args[-1]}")

    def do_tofile(self):
        self.redirect("file:///etc/passwd")

    def do_tohost(self):
        self.redirect(f"http://127.0.0.2:{PORT}/ok/{self.args[-1]}")

    def do_toplain(self):
        self.redirect(f"http://127.0.0.1:{PORT}/ok/{self.args[-1]}")

    def do_tometa(self):
        self.redirect("http://169.254.169.254/latest/meta-data/")

    def do_norange(self):
        self.whole(self.data)

    def do_badrange(self):
        sent = self.data[:100]
        self.send(head("206 Partial Content", Content_Length=len(sent), Content_Range=f"bytes 0-99/{len(self.data)}",
                       ETag=self.etag), sent)

    def do_mutate(self):
        self.ok(self.data[:-1] + bytes([self.n & 255]), f'"v{self.n}"')

    def do_corrupt(self):
        data = bytearray(self.data)
        if data:
            data[len(data) // 2] ^= 1
        self.ok(bytes(data))

    def do_gzipbomb(self):
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        sent = b"".join(packer.compress(b"\0" * (1 << 20)) for _ in range(256)) + packer.flush()
        self.send(head("200 OK", Content_Encoding="gzip", Content_Length=len(sent)), sent)

    def do_badchunk(self):
        self.send(head("200 OK", Transfer_Encoding="chunked"), b"10\r\n0123456789abcdef\r\nZZ\r\nxx\r\n")
        self.close()

    def do_cutchunk(self):
        self.send(head("200 OK", Transfer_Encoding="chunked"), b"%x\r\n" % len(self.data), self.data, b"\r\n")
        self.close()

    def do_chunked(self):
        self.send(head("200 OK", Transfer_Encoding="chunked"), b"%x\r\n" % len(self.data), self.data, b"\r\n0\r\n\r\n")

    def do_infinite(self):
        self.send(head("200 OK", Content_Type="video/mp4"))
        for _ in range(20000):
            self.send(b"\0" * 65536)
        self.close()

    def do_infinitechunk(self):
        self.send(head("200 OK", Transfer_Encoding="chunked"))
        for _ in range(20000):
            self.send(b"10000\r\n" + b"\0" * 65536 + b"\r\n")
        self.close()

    def do_hdrflood(self):
        self.send(b"HTTP/1.1 200 OK\r\n")
        for i in range(4000):
            self.send(b"X-A%d: " % i + b"a" * 1000 + b"\r\n")
        self.close()

    def do_garbage(self):
        self.send(os.urandom(2000))
        self.close()

    def refuse_by(self, chunks):
        """a refusal whose body is XML, of chunks without an end that is told"""
        self.send(head("403 Forbidden", Content_Type="application/xml", Connection="close"), b'<?xml version="1.0"?>', *chunks)
        self.close()

    def do_bigxml(self):
        self.refuse_by([b"<Error><Code>", *[b"A" * 65536] * 1600, b"</Code></Error>"])

    def do_deepxml(self):
        self.refuse_by([b"<Error>" * 8192] * 1600)

    def do_entities(self):
        """each entity is ten of the one before it"""
        entities = b"".join(b'<!ENTITY e%d "%s">' % (i + 1, b"&e%d;" % i * 10) for i in range(12))
        self.refuse_by([b'<!DOCTYPE Error [<!ENTITY e0 "ha">' + entities + b"]><Error><Code>&e12;</Code></Error>"])

    def do_bigjson(self):
        self.send(head("200 OK", Content_Type="application/json", Connection="close"), b'{"session_id":"', *[b"A" * 65536] * 3200)
        self.close()

    def do_deepjson(self):
        self.send(head("200 OK", Content_Type="application/json", Connection="close"), b"[" * 1000000)
        self.close()

    def do_s3err200(self):
        self.error("200 OK", xml("InternalError"))

    def do_never(self):
        """a refusal of every method that asks, none of those that write: a presigned PUT"""
        if self.method == "PUT":
            self.ok()
        else:
            self.error("403 Forbidden", xml("AccessDenied"))


def requests(sock):
    """(method, path, fields, body) of one connection"""
    rest = b""
    while True:
        while b"\r\n\r\n" not in rest:
            more = sock.recv(65536)
            if not more:
                return
            rest += more
        top, rest = rest.split(b"\r\n\r\n", 1)
        lines = top.decode("latin1").split("\r\n")
        method, path, _ = lines[0].split(" ", 2)
        fields = {name.strip().lower(): value.strip() for name, value in (line.split(":", 1) for line in lines[1:])}
        if fields.get("expect"):
            sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        left = int(fields.get("content-length", 0))
        while len(rest) < left:
            more = sock.recv(1 << 20)
            if not more:
                return
            rest += more
        body, rest = rest[:left], rest[left:]
        yield method, path, fields, body


def serve(sock, secure):
    try:
        sock.settimeout(40)
        if secure:
            sock = TLS.wrap_socket(sock, server_side=True)
        for request in requests(sock):
            Exchange(sock, *request).answer()
        sock.close()
    except (Done, OSError, ValueError, IndexError):
        sock.close()


def listen(address, port, secure=False):
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((address, port))
    server.listen(64)

    def accept():
        while True:
            threading.Thread(target=serve, args=(server.accept()[0], secure), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return server.getsockname()[1]


def main():
    global PORT
    PORT = listen("127.0.0.1", 0)
    listen("127.0.0.2", PORT)
    print(PORT, listen("127.0.0.1", 0, True) if TLS else 0, flush=True)
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    threading.Timer(14400, os._exit, (0,)).start()
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
