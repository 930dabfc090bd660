#!/usr/bin/env python3
"""A paginated REST server that misbehaves on demand: for what no real server does when asked.

    fault.py [--port N] [--until-eof] [--cert FILE --key FILE]

It prints `http://127.0.0.1:PORT` once it listens and ends on SIGTERM (or, with --until-eof, when its
stdin ends). Python's standard library only, so that it runs before anything is installed.

The first path segment of a URL is a scenario, a comma separated list of words `key` or `key=value`
(each percent-encoded where needed: %2C is a comma, %2F a slash). Counters and the log belong to the scenario
as it is spelled, so a test makes one of its own by adding `id=SOMETHING`.

    GET /SCENARIO/items?offset=O&limit=L   the records [O, O+L) as {"total": N, "results": [...]}
    GET /SCENARIO/items/count              {"total": N}
    GET /SCENARIO/pages, cursor, last-id, next, link, range, whole
                                           the same list in the other pagination styles: see styles.py and its words
    GET /SCENARIO/_records?offset=&limit=  what a correct reader must write: exact NDJSON (all by default)
    POST /SCENARIO/_grow?n=K               K more records at the list's end (negative: fewer); answers {"total": N}
    GET /SCENARIO/_log                     NDJSON, one object a request so far: method, target, headers, connection
                                           (an id per TCP connection), time, status (null: unanswered), body, open
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
    (more in styles.py)
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
    body=TEXT, body-file=PATH  this text instead of any page or count (unless count= is there); type=TYPE: its
                               Content-Type
    answers=PATH               the k-th request gets what line K of this file says, later ones the last line:
                               {"status": 200, "headers": {}, "body": JSON or text}; SELF in it is the list's URL
    html, garbage, blank       200 with a login page, with bytes that are not JSON, with no body at all
    error200                   200 with {"error": ...}; for these, =OFFSET: only instead of that page
Words about failure; COUNT is how many times (else as said), OFFSET limits it to the page that starts there
    fail=STATUS:COUNT[:OFFSET] STATUS COUNT times, then fine; STATUS drop: the connection closes unanswered
    retry-after=S|date[:S]     Retry-After on every failure, in seconds or as a date S (2) seconds ahead
    status=STATUS[:OFFSET]     always this status; body-of=TEXT: with this body
    cut=OFFSET:BYTES[:COUNT]   full length promised, connection closed after BYTES (negative: from the end), once
    hang=OFFSET[:COUNT[:BYTES]]   says nothing (or BYTES of the body), and waits for the client to leave; always
    delay=S[:OFFSET]           waits S seconds first
    barrier=N:OFFSET           pages from OFFSET on wait until N requests are open (5 s at most)
    slow=BYTES_PER_S           speed of the body
    redirect=same|other|loop|bare[:STATUS]   to a page of this server, of another origin (localhost), to itself, to one
                                             without the query
    require-header=NAME:VALUE, require-query=NAME:VALUE, require-body=PATH:VALUE   401, 400, 400 otherwise
Words about HTTP
    gzip[=force|members|cut]   compressed, if the client accepts it; or anyhow; or in two members and some zeros; or its
                               end is missing
    deflate[=bare]             compressed in the zlib format, or without its header
    encoded=NAME               says that it is compressed in that way
    chunked[=BYTES]            in chunks of BYTES (1000), no Content-Length
    close, drop-idle           the connection closes after each answer, with or without saying so
"""

import argparse
import itertools
import json
import os
import select
import signal
import socket
import ssl
import sys
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from gates import GATES, compress, interrupt, retry_after, shape
from scenario import Answer, Drop, Refused, Scenario, error, ndjson
from styles import STYLES, page, place


def as_text(value):
    return value if isinstance(value, str) or value is None else json.dumps(value)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    scenarios, making = {}, threading.Lock()
    made_of = Scenario
    ids = itertools.count(1)

    def setup(self):
        super().setup()
        self.id = next(self.ids)

    def do_GET(self):
        first, _, rest = urlsplit(self.path).path.lstrip("/").partition("/")
        self.query = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        try:
            s = self.scenario(first)
            own = self.own(s, rest)
            if own:
                return self.send(None, own)
        except (ValueError, KeyError, OSError) as problem:
            return self.send(None, error(400, f"scenario: {problem!r}"))
        return self.answer(s, rest)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_GET

    def scenario(self, text):
        with self.making:
            if text not in self.scenarios:
                self.scenarios[text] = self.made_of(text)
            return self.scenarios[text]

    def own(self, s, rest):
        """Our own pages, for tests."""
        if rest == "_log":
            return ndjson(json.dumps(entry).encode() for entry in s.log)
        if rest == "_records":
            start = int(self.query.get("offset", [0])[0])
            stop = min(s.n, start + int(self.query.get("limit", [s.n])[0]))
            return ndjson(s.rows[start:stop])
        if rest == "_grow":
            return Answer(body=json.dumps({"total": s.grow(int(self.query["n"][0]))}).encode())

    def answer(self, s, rest):
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        entry = {
            "method": self.command,
            "target": self.path,
            "headers": dict(self.headers.items()),
            "connection": self.id,
            "time": time.time(),
            "status": None,
            "body": self.body.decode(errors="replace"),
        }
        with s.lock:
            s.open += 1
            entry["open"] = s.open
            s.log.append(entry)
            s.lock.notify_all()
        self.finish_answer(s, entry, lambda: self.make(s, rest.rstrip("/")))

    def finish_answer(self, s, entry, make):
        """Make the answer of an open request, and send it."""
        try:
            try:
                answer = make()
            finally:  # before the answer is out: whoever has read it may already send the next request
                with s.lock:
                    s.open -= 1
            entry["status"] = answer.status
            self.send(s, answer)
        except Drop:
            self.close_connection = True

    def make(self, s, rest):
        name, _, last = rest.partition("/")
        name = "items" if name == "moved" else name
        if name not in STYLES or last not in ("", "count"):
            return error(404)
        if self.command != ("POST" if s.get("in") == "body" else "GET"):
            return error(405)
        self.style, self.what = STYLES[name], last or "page"
        try:
            return self.dress(s, self.make_page(s) if self.what == "page" else self.make_count(s))
        except Refused as refused:
            return refused.answer

    def make_page(self, s):
        place(s, self)
        answer = self.gate(s)
        if answer is None:
            answer = page(s, self)
            shape(s, self, answer)
        return answer

    def make_count(self, s):
        self.offset = self.limit = None
        return self.gate(s)

    def gate(self, s):
        return next(filter(None, (gate(s, self) for gate in GATES)), None)

    def dress(self, s, answer):
        """What happens to an answer on its way out."""
        if answer.status >= 400:
            answer.headers.update(retry_after(s))
        compress(s, self, answer)
        interrupt(s, self, answer)
        return answer

    def param(self, s, name, default):
        """A parameter's text, from where the scenario looks for it."""
        where = s.get("in", "query")
        found = {
            "query": lambda: self.query.get(name, [None])[0],
            "header": lambda: self.headers.get(name),
            "body": lambda: self.member(name),
        }[where]()
        if found is not None and "json" in s.words:
            found = as_text(json.loads(found))
        return default if found is None else found

    def member(self, path):
        """A member of the JSON body: a string as it is, anything else as JSON text, None when it is not there."""
        try:
            value = json.loads(self.body)
            for name in [path] if path in value else path.split("."):
                value = value[name]
        except (ValueError, KeyError, TypeError):
            return None
        return as_text(value)

    def send(self, s, answer):
        """Write the answer (s: its scenario's words about HTTP; None for our own pages)."""
        words = s.words if s else {}
        chunk = int(s.get("chunked", 1000)) if "chunked" in words else 0
        reason = HTTPStatus(answer.status).phrase if answer.status in set(HTTPStatus) else "Odd"
        lines = [f"HTTP/1.1 {answer.status} {reason}", f"Content-Type: {answer.type}"]
        for name, value in answer.headers.items():
            lines += [f"{name}: {one}" for one in (value if isinstance(value, list) else [value])]
        if chunk or answer.pieces:
            lines.append("Transfer-Encoding: chunked")
        elif answer.status not in (204, 304):
            lines.append(f"Content-Length: {len(answer.body)}")
        if "close" in words:
            lines.append("Connection: close")
        self.close_connection |= "close" in words or "drop-idle" in words or answer.stop is not None
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        body = answer.body if answer.stop is None else answer.body[: max(answer.stop, 0)]
        if chunk:
            pieces = [
                b"%x\r\n%s\r\n" % (len(body[i : i + chunk]), body[i : i + chunk]) for i in range(0, len(body), chunk)
            ]
            body = b"".join(pieces) + (b"0\r\n\r\n" if answer.stop is None else b"")
        if self.command == "HEAD":
            body = b""
        try:
            if answer.pieces:
                return self.send_pieces(head, answer.pieces)
            if answer.stop is None or answer.stop >= 0:
                self.send_slowly(head, body, float(s.get("slow", 0)) if s else 0)
            if answer.stop is not None and answer.then == "hang":
                self.wait_until_left()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def send_pieces(self, head, pieces):
        self.connection.sendall(head)
        for piece in filter(None, pieces):
            self.connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.connection.sendall(b"0\r\n\r\n")

    def send_slowly(self, head, body, speed):
        if not speed:
            return self.connection.sendall(head + body)
        self.connection.sendall(head)
        step = max(1, int(speed / 50))
        for i in range(0, len(body), step):
            self.connection.sendall(body[i : i + step])
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
    secure = False

    def speak_tls(self, cert, key):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.secure = True

    def handle_error(self, request, address):
        if not isinstance(sys.exc_info()[1], (ConnectionError, ssl.SSLError)):
            super().handle_error(request, address)


def serve(handler, description):
    arguments = argparse.ArgumentParser(description=description)
    arguments.add_argument("--port", type=int, default=0, help="0 (default): a free one")
    arguments.add_argument("--until-eof", action="store_true", help="end when stdin ends")
    arguments.add_argument("--cert", help="speak TLS with this certificate (PEM)")
    arguments.add_argument("--key", help="its key")
    options = arguments.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    signal.signal(signal.SIGINT, lambda *_: os._exit(0))
    server = Server(("127.0.0.1", options.port), handler)
    if options.cert:
        server.speak_tls(options.cert, options.key)
    if options.until_eof:
        threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(0)), daemon=True).start()
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    serve(Handler, "A paginated REST server that misbehaves on demand.")
