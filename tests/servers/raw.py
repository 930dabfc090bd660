#!/usr/bin/env python3
"""A server that sends bytes which no HTTP library would: answers cut anywhere, bodies without end, headers that lie.

    raw.py [--until-eof]

It prints `http://127.0.0.1:PORT` once it listens. The first path segment of a URL names one of the functions below ('-'
for '_'), and may have words after a colon: /cut-head:200/items. A function is given the connection and the request;
what it returns is sent, and when it returns nothing the connection closes. GET /_log is what was asked so far: one line
"METHOD TARGET HEADERS" a request. Python's standard library only."""

import gzip
import json
import os
import pathlib
import signal
import socket
import struct
import sys
import threading
import time
import zlib
from urllib.parse import parse_qs, unquote, urlsplit

PAGE, END = b'{"total": 3, "results": [{"id": 1}, {"id": 2}, {"id": 3}]}', b'{"total": 3, "results": []}'
asked, counts, lock = [], {}, threading.Lock()
SCENARIOS = {}


def scenario(function):
    SCENARIOS[function.__name__.replace("_", "-")] = function
    return function


class Request:
    def __init__(self, head):
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.target = lines[0].split(" ")[:2]
        self.headers = {k.strip().lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}
        self.name, *self.words = (unquote(word) for word in self.target.split("/")[1].split("?")[0].split(":"))
        self.page = PAGE if parse_qs(urlsplit(self.target).query).get("offset", ["0"]) == ["0"] else END
        with lock:
            self.n = counts[self.target.split("?")[0]] = counts.get(self.target.split("?")[0], 0) + 1


class Connection:
    def __init__(self, sock):
        self.sock, self.pending = sock, b""

    def receive(self, until):
        """Bytes up to a length, or to a text and including it; None when the client has gone."""
        while (until not in self.pending) if isinstance(until, bytes) else (len(self.pending) < until):
            more = self.sock.recv(65536)
            if not more:
                return None
            self.pending += more
        at = until if isinstance(until, int) else self.pending.index(until) + len(until)
        taken, self.pending = self.pending[:at], self.pending[at:]
        return taken

    def body(self, request):
        return self.receive(int(request.headers.get("content-length") or 0))

    def send(self, raw):
        self.sock.sendall(raw)

    def for_ever(self, chunk):
        """The chunk again and again, as chunks of HTTP, until the client leaves."""
        while True:
            self.send(b"%x\r\n%s\r\n" % (len(chunk), chunk))

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


def answer(body=PAGE, *headers, status="200 OK", length=True, kind="application/json"):
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {kind}",
        *([f"Content-Length: {len(body)}"] if length else []),
        *headers,
    ]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


@scenario
def page(c, r):
    """A good page."""
    c.body(r)
    return answer(r.page)


@scenario
def same(c, r):
    """The same page whatever is asked for."""
    c.body(r)
    return answer()


# ---- headers ----


@scenario
def header(c, r):
    """A good page with these headers: /header:NAME=VALUE:..."""
    c.body(r)
    return answer(r.page, *(word.replace("=", ": ", 1) for word in r.words))


@scenario
def once(c, r):
    """This status and these headers the first time, then a good page: /once:STATUS:NAME=VALUE:..."""
    c.body(r)
    if r.n > 1:
        return answer(r.page)
    return answer(
        b'{"detail": "not now"}', *(word.replace("=", ": ", 1) for word in r.words[1:]), status=f"{r.words[0]} Odd"
    )


@scenario
def says(c, r):
    """This status and this body the first time, then a good page: /says:STATUS:TEXT"""
    c.body(r)
    return (
        answer(r.page)
        if r.n > 1
        else answer(":".join(r.words[1:]).encode(), status=f"{r.words[0]} Odd", kind="text/plain")
    )


# ---- answers that break off, or are none ----


@scenario
def cut_head(c, r):
    """A good answer of which only so much of the head comes: /cut-head:TEXT, up to and including that text."""
    c.body(r)
    whole = answer(b'{"id": 1}\n', "Link: </items?page=2>; rel=next", kind="application/x-ndjson")
    c.send(whole[: whole.index(r.words[0].encode()) + len(r.words[0])])


@scenario
def hint_only(c, r):
    """Only what comes before an answer: /hint-only:100 or 103."""
    c.body(r)
    c.send(f"HTTP/1.1 {r.words[0]} Wait\r\nLink: </style>; rel=preload\r\n\r\n".encode())


@scenario
def status(c, r):
    """Any status with any body: /status:205:TEXT"""
    c.body(r)
    return answer(r.words[1].encode(), status=f"{r.words[0]} Odd")


@scenario
def early(c, r):
    """An answer to a request of which 2000 bytes were read, then the end: /early:STATUS, or /early:STATUS:reset."""
    c.receive(min(2000, int(r.headers["content-length"])))
    c.send(answer(b'{"message": "no"}', "Connection: close", status=f"{r.words[0]} Early"))
    time.sleep(0.2)
    if "reset" in r.words:
        c.reset()


@scenario
def coded(c, r):
    """A list after an answer of that status, once, that says it is compressed and is not: /coded:STATUS:CODING"""
    c.body(r)
    if r.n > 1:
        return answer(r.page)
    where = f"Location: /header/page?{r.target.partition('?')[2]}"
    return answer(
        b"\x8b\x01\x80<html>away</html>\x03", f"Content-Encoding: {r.words[1]}", where, status=f"{r.words[0]} Odd"
    )


@scenario
def endless(c, r):
    """A body without end: /endless:STATUS, or /endless:200:gzip, of empty gzip members."""
    kind = "Content-Encoding: gzip" if "gzip" in r.words else "X: x"
    c.send(
        answer(
            b"", "Transfer-Encoding: chunked", "Location: /status:404:", kind, status=f"{r.words[0]} Odd", length=False
        )
    )
    c.for_ever(gzip.compress(b"") * 3000 if "gzip" in r.words else b" " * 65536)


@scenario
def bomb(c, r):
    """76 kB of gzip that are 78 MB of JSON, without records."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    pieces = [packer.compress(b'{"x":[[]'), *(packer.compress(b",[]" * (1 << 18)) for _ in range(100))]
    return answer(b"".join(pieces) + packer.compress(b"]}") + packer.flush(), "Content-Encoding: gzip")


@scenario
def near(c, r):
    """Pages of that many records, of which all are alike but the last of each: /near:100000."""
    n, first = int(r.words[0]), r.page == PAGE
    records = ['{"id":1}'] * (n - 1) + ['{"id":2}' if first else '{"id":3}']
    return answer(f'{{"total": {2 * n}, "results": [{",".join(records)}]}}'.encode())


@scenario
def large_cursor(c, r):
    """A page that leads on by a cursor of so many bytes: /large-cursor:9000000"""
    return answer(json.dumps({"results": [{"id": 1}], "next_cursor": "x" * int(r.words[0])}).encode())


@scenario
def file(c, r):
    """file:PATH[:N]: what is in that file, its last N bytes a little later; the connection stays open. file:PATH:end:
    it closes."""
    data = pathlib.Path(r.words[0]).read_bytes()
    ends = "end" in r.words
    late = int(r.words[1]) if len(r.words) > 1 and not ends else 0
    c.send(data[: len(data) - late])
    if late:
        time.sleep(0.05)
        c.send(data[-late:])
    if not ends:
        c.receive(b"\r\n\r\n")


@scenario
def hang(c, r):
    """Nothing, for as long as the client waits."""
    c.receive(1 << 30)


@scenario
def lines(c, r):
    """NDJSON that only the end of the connection ends: /lines:20, or /lines:20:torn, with half a line more."""
    body = b"".join(b'{"id":%d}\n' % i for i in range(int(r.words[0])))
    c.send(answer(body + (b'{"id":' if "torn" in r.words else b""), kind="application/x-ndjson", length=False))


def serve(sock):
    c = Connection(sock)
    try:
        while head := c.receive(b"\r\n\r\n"):
            r = Request(head)
            if r.name == "_log":
                c.send(answer("".join(f"{line}\n" for line in asked).encode(), kind="text/plain"))
                continue
            asked.append(f"{r.method} {r.target} {json.dumps(r.headers)}")
            raw = SCENARIOS[r.name](c, r)
            if raw is None:
                break
            c.send(raw)
        c.sock.shutdown(socket.SHUT_RDWR)
    except (OSError, ValueError, KeyError, IndexError):
        pass
    c.sock.close()


def main():
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    if "--until-eof" in sys.argv:
        threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(0)), daemon=True).start()
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    while True:
        sock = listener.accept()[0]
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=serve, args=(sock,), daemon=True).start()


if __name__ == "__main__":
    main()
