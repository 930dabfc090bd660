#!/usr/bin/env python3
"""A paginated REST server that misbehaves on demand: for what no real server does when asked.

    fault.py [--port N] [--until-eof]

It prints `http://127.0.0.1:PORT` once it listens and ends on SIGTERM (or, with --until-eof, when its
stdin ends). Python's standard library only, so that it runs before anything is installed.

The first path segment of a URL is a scenario, a comma separated list of words `key` or `key=value`
(each percent-encoded where needed: %2C is a comma, %2F a slash). Counters and the log belong to the scenario
as it is spelled, so a test makes one of its own by adding `id=SOMETHING`.

    GET /SCENARIO/items?offset=O&limit=L   the records [O, O+L) as {"total": N, "results": [...]}
    GET /SCENARIO/items/count              {"total": N}
    GET /SCENARIO/_records?offset=&limit=  what a correct reader must write: exact NDJSON (all by default)
    GET /SCENARIO/_log                     NDJSON, one object a request so far: method, target, headers, connection
                                           (an id per TCP connection), time, status (null: unanswered), open
                                           (requests of the scenario being answered, this one included)

Words about the list
    n=N                        number of records (1000)
    kind=odd|flat|mixed        odd (default): objects with everything a JSON parser gets wrong; flat: objects of
                               one shape; mixed: objects, numbers, strings, null, arrays
    file=PATH                  the records are the lines of this NDJSON file
    cap=N                      the server gives at most N records a page
    short=K:M                  the page that starts at offset K gives only M records (may be given again)
    names=OFFSET:LIMIT         names of the two parameters
    repeat                     ignores the offset
    past=STATUS|empty          what a page past the end answers (empty)
Words about counts
    total=none|zero|JSON|grow:K   the total in the body; grow: K more with each page asked for
    total-name=PATH            its name (total); dots nest
    count=JSON|html            body of /items/count (%N in it is the number)
    nocount[=STATUS]           /items/count answers 404 or STATUS
    header-total[=NAME]        the total in a header too (X-Total-Count)
    content-range[=TEXT]       Content-Range: items A-B/N, or A-B/TEXT
Words about the body
    envelope=PATH|array        where the records are (results); dots nest; array: nothing around them
    noise                      other members around the records, with arrays and misleading names
    pretty                     indented JSON
    bom                        a byte order mark first
    pad=N                      N spaces after the JSON
    truncate=OFFSET:BYTES[:COUNT]   JSON cut to BYTES (negative: from the end) in a complete HTTP answer
    body=TEXT, body-file=PATH  this text instead of any page or count (unless count= is there)
    html, garbage, blank       200 with a login page, with bytes that are not JSON, with no body at all
    error200                   200 with {"error": ...}
Words about failure; COUNT is how many times (else as said), OFFSET limits it to the page that starts there
    fail=STATUS:COUNT[:OFFSET] STATUS COUNT times, then fine; STATUS drop: the connection closes unanswered
    retry-after=S|date[:S]     Retry-After on every failure, in seconds or as a date S (2) seconds ahead
    status=STATUS[:OFFSET]     always this status
    cut=OFFSET:BYTES[:COUNT]   full length promised, connection closed after BYTES (negative: from the end), once
    hang=OFFSET[:COUNT[:BYTES]]   says nothing (or BYTES of the body), and waits for the client to leave; always
    delay=S[:OFFSET]           waits S seconds first
    barrier=N:OFFSET           pages from OFFSET on wait until N requests are open (5 s at most)
    slow=BYTES_PER_S           speed of the body
    redirect=same|other|loop[:STATUS]   to a page of this server, of another origin (localhost), to itself
    require-header=NAME:VALUE, require-query=NAME:VALUE   401, 400 otherwise
Words about HTTP
    gzip[=force]               compressed, if the client accepts it or anyhow
    chunked[=BYTES]            in chunks of BYTES (1000), no Content-Length
    close, drop-idle           the connection closes after each answer, with or without saying so
"""

import argparse
import gzip
import itertools
import json
import os
import select
import signal
import socket
import sys
import threading
import time
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import records


class Records:
    """The first n records of a kind, made once and shared by all scenarios."""

    kinds = {"odd": records.odd, "flat": records.flat, "mixed": records.mixed}
    made = {kind: [] for kind in kinds}
    lock = threading.Lock()

    @classmethod
    def get(cls, kind, n):
        rows = cls.made[kind]
        if len(rows) < n:
            with cls.lock:
                rows.extend(map(cls.kinds[kind], range(len(rows), n)))
        return rows


class Scenario:
    """What a scenario's words say, and what happened in it so far."""

    def __init__(self, text):
        self.words = {}
        for word in text.split(","):
            key, _, value = unquote(word).partition("=")
            self.words.setdefault(key, []).append(value)
        self.lock = threading.Condition()
        self.log, self.seen, self.open, self.pages = [], {}, 0, 0
        if "file" in self.words:
            with open(self.get("file"), "rb") as lines:
                self.rows = lines.read().splitlines()
        else:
            n = int(self.get("n", 1000))
            self.rows = Records.get(self.get("kind", "odd"), n)
        self.n = len(self.rows) if "file" in self.words else n

    def get(self, key, default=None):
        return self.words.get(key, [default])[0] or default

    def parts(self, key):
        """The values of a word, each split at its colons."""
        return [value.split(":") for value in self.words.get(key, ())]

    def first(self, key, count):
        """Is this one of the first COUNT times? None means always."""
        if count is None:
            return True
        with self.lock:
            self.seen[key] = self.seen.get(key, 0) + 1
            return self.seen[key] <= int(count)


@dataclass
class Answer:
    status: int = 200
    body: bytes = b""
    headers: dict = field(default_factory=dict)
    type: str = "application/json"
    stop: int = None    # bytes of the body after which we stop
    then: str = "close"  # and then: close, hang


class Drop(Exception):
    """Close the connection unanswered."""


def error(status, text=None):
    return Answer(status, json.dumps({"detail": text or f"status {status} as asked"}).encode())


def at(part, place, offset):
    """Does the word, whose OFFSET (if any) stands at that place, mean this page?"""
    return len(part) <= place or not part[place] or part[place] == str(offset)


# Before the page: the first of these to return an answer wins.

def gate_delay(s, request):
    for part in s.parts("delay"):
        if at(part, 1, request.offset):
            time.sleep(float(part[0]))


def gate_barrier(s, request):
    for n, offset in s.parts("barrier"):
        if request.offset is not None and request.offset >= int(offset):
            with s.lock:
                s.lock.wait_for(lambda: s.seen.get("barrier") or s.open >= int(n), 5)
                s.seen["barrier"] = 1
                s.lock.notify_all()


def gate_require(s, request):
    for name, value in s.parts("require-query"):
        if request.query.get(name) != [value]:
            return error(400, f"query parameter {name} is missing or wrong")
    for part in s.parts("require-header"):
        if request.headers.get(part[0]) != ":".join(part[1:]):
            answer = error(401, f"header {part[0]} is missing or wrong")
            answer.headers["WWW-Authenticate"] = "Bearer"
            return answer


def gate_fail(s, request):
    for part in s.parts("fail"):
        if at(part, 2, request.offset) and s.first(("fail", *part), part[1]):
            if part[0] == "drop":
                raise Drop
            return error(int(part[0]))
    for part in s.parts("status"):
        if at(part, 1, request.offset):
            return error(int(part[0]))


def gate_redirect(s, request):
    for part in s.parts("redirect"):
        here = request.path.replace("/items", "/moved", 1)
        port = request.server.server_address[1]
        target = {"same": here, "other": f"http://localhost:{port}{here}", "loop": request.path}[part[0]]
        if "/moved" not in request.path:
            return Answer(int(part[1]) if len(part) > 1 else 302, headers={"Location": target})


BODIES = {
    "html": ("text/html; charset=utf-8", b"<!DOCTYPE html>\n<html><body><form>Please log in</form></body></html>\n"),
    "garbage": ("application/json", b"\x00\xff\xfe\x80 not JSON \x1b[31m\r\n"),
    "blank": ("application/json", b""),
    "error200": ("application/json", b'{"error":{"code":"E42","message":"the database is away"}}'),
}


def gate_body(s, request):
    if request.what == "count" and "count" in s.words:
        return None
    for word, (kind, body) in BODIES.items():
        if word in s.words:
            return Answer(body=body, type=kind)
    if "body" in s.words:
        return Answer(body=s.get("body", "").encode())
    if "body-file" in s.words:
        with open(s.get("body-file"), "rb") as file:
            return Answer(body=file.read())


def gate_count(s, request):
    if request.what != "count":
        return None
    if "nocount" in s.words:
        return error(int(s.get("nocount", 404)))
    if s.get("count") == "html":
        return Answer(body=BODIES["html"][1], type=BODIES["html"][0])
    return Answer(body=s.get("count", '{"total": %N}').replace("%N", str(s.n)).encode())


def gate_past(s, request):
    past = s.get("past", "empty")
    if past != "empty" and 0 < request.offset >= s.n:
        return error(int(past), "past the end")


GATES = (gate_delay, gate_barrier, gate_require, gate_fail, gate_redirect, gate_body, gate_count, gate_past)


# The page.

def put(tree, path, value):
    *above, name = path.split(".")
    for step in above:
        tree = tree.setdefault(step, {})
    tree[name] = value


def render(tree):
    if isinstance(tree, bytes):
        return tree
    return b"{" + b", ".join(json.dumps(k).encode() + b": " + render(v) for k, v in tree.items()) + b"}"


def total_text(s):
    word = s.get("total", str(s.n))
    if word.startswith("grow:"):
        return str(s.n + int(word[5:]) * (s.pages - 1))
    return {"none": None, "zero": "0"}.get(word, word)


def page(s, request):
    offset, limit = 0 if "repeat" in s.words else request.offset, request.limit
    limit = min(limit, int(s.get("cap", limit)))
    for k, m in s.parts("short"):
        limit = int(m) if int(k) == offset else limit
    rows = s.rows[offset:min(offset + limit, s.n)]
    with s.lock:
        s.pages += 1
        total = total_text(s)
    body = b"[" + b", ".join(rows) + b"]"
    if s.get("envelope") != "array":
        body = envelope(s, body, total)
    answer = Answer(body=body)
    if "header-total" in s.words:
        answer.headers[s.get("header-total", "X-Total-Count")] = total or ""
    if "content-range" in s.words:
        span = f"{offset}-{offset + len(rows) - 1}" if rows else "*"
        answer.headers["Content-Range"] = f"items {span}/{s.get('content-range', total) or '*'}"
    return answer


def envelope(s, rows, total):
    tree = {}
    if "noise" in s.words:
        tree = {"links": b'[{"rel":"next","href":"?x=]}"}]', "meta": {"results_url": b'"\\"results\\":["', "pages": b"[[1],[]]"}}
    if total is not None:
        put(tree, s.get("total-name", "total"), total.encode())
    put(tree, s.get("envelope", "results"), rows)
    if "noise" in s.words:
        tree["facets"] = b'{"results":[1,2,{"data":[]}],"total":-7}'
        tree["next"] = b"null"
    return render(tree)


def shape(s, request, answer):
    """What the words about the body do to a page."""
    body = records.pretty(answer.body) if "pretty" in s.words else answer.body
    body = (b"\xef\xbb\xbf" if "bom" in s.words else b"") + body + b" " * int(s.get("pad", 0))
    for part in s.parts("truncate"):
        if at(part, 0, request.offset) and s.first(("truncate", *part), part[2] if len(part) > 2 else None):
            body = body[:int(part[1])]
    answer.body = body


def interrupt(s, request, answer):
    """Where in the (encoded) body the answer breaks off, if it does."""
    for part in s.parts("cut"):
        if at(part, 0, request.offset) and s.first(("cut", *part), part[2] if len(part) > 2 else 1):
            stop = int(part[1])
            answer.stop = stop if stop >= 0 else len(answer.body) + stop
    for part in s.parts("hang"):
        if at(part, 0, request.offset) and s.first(("hang", *part), part[1] if len(part) > 1 and part[1] else None):
            answer.stop, answer.then = int(part[2]) if len(part) > 2 else -1, "hang"


def retry_after(s):
    value, _, ahead = s.get("retry-after", "").partition(":")
    if value == "date":
        value = formatdate(time.time() + float(ahead or 2), usegmt=True)
    return {"Retry-After": value} if value else {}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    scenarios, making = {}, threading.Lock()
    ids = itertools.count(1)

    def setup(self):
        super().setup()
        self.id = next(self.ids)

    def do_GET(self):
        first, _, rest = urlsplit(self.path).path.lstrip("/").partition("/")
        self.query = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        try:
            s = self.scenario(first)
            if rest == "_log":
                lines = b"".join(json.dumps(entry).encode() + b"\n" for entry in s.log)
                return self.send(None, Answer(body=lines, type="application/x-ndjson"))
            if rest == "_records":
                start = int(self.query.get("offset", [0])[0])
                stop = min(s.n, start + int(self.query.get("limit", [s.n])[0]))
                lines = b"".join(row + b"\n" for row in s.rows[start:stop])
                return self.send(None, Answer(body=lines, type="application/x-ndjson"))
        except (ValueError, KeyError, OSError) as problem:
            return self.send(None, error(400, f"scenario: {problem!r}"))
        return self.answer(s, rest)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_GET

    def scenario(self, text):
        with self.making:
            if text not in self.scenarios:
                self.scenarios[text] = Scenario(text)
            return self.scenarios[text]

    def answer(self, s, rest):
        entry = {"method": self.command, "target": self.path, "headers": dict(self.headers.items()),
                 "connection": self.id, "time": time.time(), "status": None}
        with s.lock:
            s.open += 1
            entry["open"] = s.open
            s.log.append(entry)
            s.lock.notify_all()
        try:
            answer = self.make(s, rest)
            entry["status"] = answer.status
            self.send(s, answer)
        except Drop:
            self.close_connection = True
        finally:
            with s.lock:
                s.open -= 1

    def make(self, s, rest):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        names = s.get("names", "offset:limit").split(":")
        self.what = {"items": "page", "moved": "page", "items/count": "count", "moved/count": "count"}.get(rest.rstrip("/"))
        try:
            self.offset, self.limit = (int(self.query.get(name, [value])[0]) for name, value in zip(names, (0, 100)))
        except ValueError:
            return error(400, "offset and limit are integers")
        if self.what is None or self.command != "GET" or min(self.offset, self.limit) < 0:
            return error(404 if self.what is None else 405 if self.command != "GET" else 400)
        self.offset = self.offset if self.what == "page" else None
        answer = next(filter(None, (gate(s, self) for gate in GATES)), None)
        if answer is None:
            answer = page(s, self)
            shape(s, self, answer)
        if answer.status >= 400:
            answer.headers.update(retry_after(s))
        accepts = "gzip" in self.headers.get("Accept-Encoding", "") or s.get("gzip") == "force"
        if "gzip" in s.words and accepts and answer.body:
            answer.body = gzip.compress(answer.body, 1)
            answer.headers["Content-Encoding"] = "gzip"
        interrupt(s, self, answer)
        return answer

    def send(self, s, answer):
        """Write the answer (s: its scenario's words about HTTP; None for our own pages)."""
        words = s.words if s else {}
        chunk = int(s.get("chunked", 1000)) if "chunked" in words else 0
        reason = HTTPStatus(answer.status).phrase if answer.status in set(HTTPStatus) else "Odd"
        lines = [f"HTTP/1.1 {answer.status} {reason}", f"Content-Type: {answer.type}"]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        if chunk:
            lines.append("Transfer-Encoding: chunked")
        elif answer.status not in (204, 304):
            lines.append(f"Content-Length: {len(answer.body)}")
        if "close" in words:
            lines.append("Connection: close")
        self.close_connection |= "close" in words or "drop-idle" in words or answer.stop is not None
        head = "\r\n".join(lines + ["", ""]).encode("latin-1")
        body = answer.body if answer.stop is None else answer.body[:max(answer.stop, 0)]
        if chunk:
            pieces = [b"%x\r\n%s\r\n" % (len(body[i:i + chunk]), body[i:i + chunk]) for i in range(0, len(body), chunk)]
            body = b"".join(pieces) + (b"0\r\n\r\n" if answer.stop is None else b"")
        if self.command == "HEAD":
            body = b""
        try:
            if answer.stop is None or answer.stop >= 0:
                self.send_slowly(head, body, float(s.get("slow", 0)) if s else 0)
            if answer.stop is not None and answer.then == "hang":
                self.wait_until_left()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def send_slowly(self, head, body, speed):
        if not speed:
            return self.connection.sendall(head + body)
        self.connection.sendall(head)
        step = max(1, int(speed / 50))
        for i in range(0, len(body), step):
            self.connection.sendall(body[i:i + step])
            time.sleep(step / speed)

    def wait_until_left(self):
        while select.select([self.connection], [], [])[0]:
            if not self.connection.recv(4096, socket.MSG_PEEK):
                return
            time.sleep(0.05)  # pipelined bytes: the client is still there

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads, block_on_close, request_queue_size = True, False, 1024

    def handle_error(self, request, address):
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, address)


def main():
    arguments = argparse.ArgumentParser(description="A paginated REST server that misbehaves on demand.")
    arguments.add_argument("--port", type=int, default=0, help="0 (default): a free one")
    arguments.add_argument("--until-eof", action="store_true", help="end when stdin ends")
    options = arguments.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    signal.signal(signal.SIGINT, lambda *_: os._exit(0))
    server = Server(("127.0.0.1", options.port), Handler)
    if options.until_eof:
        threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(0)), daemon=True).start()
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
