#!/usr/bin/env python3
"""Generated servers that lie, each in ways of its own: no list may come out wrong with exit code 0 and without a word.

    lies.py RESTSRC [SERVERS [SEED]]

A server is made from a seed: its style of paging, how many records it has and how they look, a cap on the page size, a
total that is right, missing, the length of the page, the number of pages, a cap, 0 or off, in the body or a header;
offsets that count from 1, records that it hides after it has cut a page, pages that are empty or 204, a place that it
ignores, what it answers past the end. Each is read with a page size and a --parallel of its own. What is written must
be the server's list, record by record, unless the exit code or a warning says that something is wrong.

Prints the seeds that came out wrong, then a line with how many were right, told and wrong. Exit status 1 if any was
wrong.
"""

import json
import random
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

OPTIONS = {
    "offset": ["--paginate", "offset"],
    "page": ["--paginate", "page"],
    "cursor": ["--paginate", "cursor"],
    "next-url": ["--paginate", "next-url", "--param-limit", "limit"],
    "link": ["--paginate", "link", "--param-limit", "limit"],
    "last-id": ["--paginate", "last-id", "--param-cursor", "after"],
}


class Api:
    """What one seed makes. A record is visible or hidden; the list is the visible ones."""

    def __init__(self, seed):
        r = random.Random(seed)
        self.style = r.choice(["offset", "offset", "page", "page", "cursor", "next-url", "link", "last-id"])
        self.n = r.choice([0, 1, r.randrange(60), r.randrange(60), r.choice([10, 20, 30, 40])])
        self.size, self.parallel = r.choice([1, 5, 7, 10, 100]), r.choice([1, 2, 4, 8])
        self.cap = r.choice([None, None, None, r.randrange(1, 12)])
        self.total = r.choice(["right", "right", "none", "none", "length", "pages", "cap", "zero", "more", "less"])
        self.where = r.choice(["total", "count", "total_count", "header"])
        self.identified = r.random() < 0.6 or self.style == "last-id"
        seeks = self.style in ("offset", "page")
        odd = r.choice(["", "", "", "hidden", "empty", "base", "ignores", "past"])
        self.hidden = (
            set(
                r.sample(range(1, self.n), min(self.n - 1, 1 if self.size == 1 or self.cap == 1 else r.randrange(1, 5)))
            )
            if odd == "hidden" and self.n
            else set()
        )
        if (self.hidden or odd == "empty") and self.total in (
            "cap",
            "less",
            "pages",
        ):  # two lies that can hide each other
            self.total = "none"
        size = min(self.size, self.cap or self.size)
        last = (self.n - 1) // size  # an empty page after which nothing comes can't be told from the end
        nothing = self.total in ("length", "zero") or (self.cap or self.size) < self.size
        first = 1 if nothing else 0  # nor can a first one that says that there is nothing, or not how long pages are
        self.empty = {r.randrange(first, last)} if odd == "empty" and seeks and last > first else set()
        self.empty_status = r.choice([200, 204])
        self.base = odd == "base" and self.style == "offset"
        self.ignores = odd == "ignores" and seeks
        self.past = r.choice(["empty", "empty", 404, 416, 400]) if odd == "past" or r.random() < 0.3 else "empty"
        self.records = [self.record(i, r) for i in range(self.n)]

    def record(self, i, r):
        return {"id": i + 1, "v": r.randrange(3)} if self.identified else {"v": i, "w": f"x{i % 7}"}

    def visible(self):
        return [record for i, record in enumerate(self.records) if i not in self.hidden]

    def told(self, length, size):
        return {
            "right": self.n,
            "length": length,
            "pages": -(-self.n // size),
            "cap": min(self.n, 20),
            "zero": 0,
            "more": self.n + 3,
            "less": max(self.n - 3, 0),
        }.get(self.total)

    def answer(self, query):
        """(status, body, headers)"""
        size = int(query.get("limit", 10))
        size = min(size, self.cap or size)
        at = self.place(query, size)
        if at >= self.n and at > 0 and self.style in ("offset", "page") and self.past != "empty":
            return self.past, {"detail": "past the end"}, {}
        if at // size in self.empty and self.empty_status == 204:
            return 204, None, {}
        page = [] if at // size in self.empty else self.cut(at, size)
        body, headers = {"results": page}, {}
        told = self.told(len(page), size)
        if told is not None and self.where == "header":
            headers["X-Total-Count"] = str(told)
        elif told is not None:
            body[self.where] = told
        self.lead_on(at + size, query, body, headers)
        return 200, body, headers

    def place(self, query, size):
        if self.ignores:
            return 0
        if self.style == "offset":
            return max(int(query.get("offset", 0)) - (1 if self.base else 0), 0)
        if self.style == "page":
            return (int(query.get("page", 1)) - 1) * size
        if self.style == "last-id":
            return int(query.get("after", 0))
        return int(query.get("cursor", "c0")[1:])

    def cut(self, at, size):
        return [self.records[i] for i in range(at, min(at + size, self.n)) if i not in self.hidden]

    def lead_on(self, after, query, body, headers):
        more = after < self.n
        link = f"?cursor=c{after}&limit={query.get('limit', 10)}"
        if self.style == "cursor":
            body["next_cursor"] = f"c{after}" if more else None
        if self.style == "next-url":
            body["next"] = link if more else None
        if self.style == "link" and more:
            headers["Link"] = f'<{link}>; rel="next"'
        if self.style == "last-id":
            body["has_more"] = more


@lru_cache(maxsize=64)
def api(seed):
    return Api(seed)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, *_):
        pass

    def handle(self):
        try:
            super().handle()
        except ConnectionError:  # a client that has seen enough
            pass

    def do_GET(self):
        parts = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        status, body, headers = api(int(parts.path.strip("/"))).answer(query)
        raw = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        if status != 204:
            headers |= {"Content-Type": "application/json", "Content-Length": str(len(raw))}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)


def shown(a):
    return {name: value for name, value in vars(a).items() if name != "records" and value not in (None, False, set())}


def judge(restsrc, base, seed):
    """(seed, verdict, what happened)"""
    a = api(seed)
    command = [restsrc, "read", *OPTIONS[a.style], "--page-size", str(a.size), "--parallel", str(a.parallel)]
    command += ["--retry", "0", f"{base}/{seed}"]
    try:
        run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=30)
    except subprocess.TimeoutExpired:
        return seed, "wrong", f"no end: {shown(a)}"
    got = [json.loads(line) for line in run.stdout.splitlines()]
    if got == a.visible() and run.returncode == 0:
        return seed, "right", ""
    if run.returncode or run.stderr:
        return seed, "told", ""
    return seed, "wrong", f"{len(got)} of {len(a.visible())} records: {shown(a)}"


def main():
    restsrc, servers = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 300
    first = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(10**9)
    print("seeds from", first, flush=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_address[1]}"
    counts = {"right": 0, "told": 0, "wrong": 0}
    with ThreadPoolExecutor(4) as pool:
        for seed, verdict, what in pool.map(lambda s: judge(restsrc, base, s), range(first, first + servers)):
            counts[verdict] += 1
            if verdict == "wrong":
                print(seed, what, flush=True)
    print(", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
    sys.exit(counts["wrong"] > 0)


if __name__ == "__main__":
    main()
