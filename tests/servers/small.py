#!/usr/bin/env python3
"""A server for one test, which says in a few lines of Python how some API answers.

    small.py FILE [--port N] [--until-eof]

FILE defines answer(r), which returns what becomes the body: bytes, a text, or a value as JSON; or (status, body); or
(status, body, headers). r.query and r.form are dicts of the last value of each name, r.json the JSON of the body (None:
it is none), r.body its bytes, r.headers, r.method, r.path, r.target, r.n (how many requests came before this one),
r.base (the server's URL) and r.state, a dict that is kept. A header whose value is a list is sent once for each. Where
FILE sets one_at_a_time = True, one connection is served until it ends, and then the next. A body that is a generator of
texts or bytes goes out piece by piece; an exception in it cuts the answer. r.until(n) waits until n requests have come,
ten seconds at most or r.until(n, seconds), and says whether they have; so does r.until_cut(n) for n cut answers that
their clients have hung up on.

It prints its URL once it listens, and ends on SIGTERM or, with --until-eof, when its stdin ends. GET /_log gives the
requests so far, one JSON object a line.
"""

import argparse
import contextlib
import json
import socket
import sys
import threading
from collections.abc import Iterator
from http.server import HTTPServer, ThreadingHTTPServer
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

from loopback import Quiet

STATE, LOG, CUT, CAME = {}, [], [], threading.Condition()


def last_values(text):
    return {name: values[-1] for name, values in parse_qs(text, keep_blank_values=True).items()}


def as_json(body):
    try:
        return json.loads(body)
    except ValueError:
        return None


class Handler(Quiet):
    def asked(self):
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        text = body.decode(errors="replace")
        with CAME:
            LOG.append({"method": self.command, "target": self.path, "headers": dict(self.headers), "body": text})
            n = len(LOG) - 1
            CAME.notify_all()
        host, port = self.server.server_address[:2]
        return SimpleNamespace(
            method=self.command,
            target=self.path,
            path=parts.path,
            query=last_values(parts.query),
            headers=self.headers,
            body=body,
            form=last_values(text),
            json=as_json(body),
            n=n,
            base=f"http://{host}:{port}",
            state=STATE,
            until=self.until,
            until_cut=self.until_cut,
        )

    def until(self, n, seconds=10):
        with CAME:
            return CAME.wait_for(lambda: len(LOG) >= n, seconds)

    def until_cut(self, n, seconds=10):
        with CAME:
            return CAME.wait_for(lambda: len(CUT) >= n, seconds)

    def cut(self):
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(10)
            self.connection.recv(1)
        with CAME:
            CUT.append(self.path)
            CAME.notify_all()

    def send_pieces(self, status, pieces, headers):
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Transfer-Encoding": "chunked", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.flush()
        try:
            for piece in pieces:
                raw = piece if isinstance(piece, bytes) else piece.encode()
                self.wfile.write(b"%x\r\n%s\r\n" % (len(raw), raw))
                self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")
        except Exception:
            self.cut()

    def send(self, status, body, headers):
        if isinstance(body, Iterator):
            return self.send_pieces(status, body, headers)
        raw = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
        (self.send_response_only if "Date" in headers else self.send_response)(status)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(raw))} | headers
        if status in (204, 304):
            headers = {name: value for name, value in headers.items() if not name.startswith("Content-")}
            raw = b""
        for name, value in headers.items():
            for one in value if isinstance(value, list) else [value]:
                self.send_header(name, one)
        self.end_headers()
        self.wfile.write(raw)

    def handle_request(self):
        if self.path == "/_log":
            return self.send(200, "".join(json.dumps(line) + "\n" for line in LOG), {})
        answer = self.server.answer(self.asked())
        status, body, headers = (*answer, {})[:3] if isinstance(answer, tuple) else (200, answer, {})
        self.send(status, body, headers)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_request


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--until-eof", action="store_true")
    given = parser.parse_args()
    scope = {}
    with open(given.file) as file:
        exec(compile(file.read(), given.file, "exec"), scope)
    kind = HTTPServer if scope.get("one_at_a_time") else ThreadingHTTPServer
    server = kind(("127.0.0.1", given.port), Handler)
    server.daemon_threads = True
    server.answer = scope["answer"]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    if given.until_eof:
        sys.stdin.read()
    else:
        threading.Event().wait()


if __name__ == "__main__":
    main()
