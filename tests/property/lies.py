#!/usr/bin/env python3
"""Generated servers that lie, each in ways of its own: no list may come out wrong with exit code 0 and without a word.

    lies.py RESTSRC [SERVERS [SEED]]

A server is made from a seed: a style of paging, how many records it has and how they look, what it says of their
number, and up to three lies at a time (LIES). It is read as a whole, as one range, or as Spark reads it: a count, two
pages, and two ranges that add up to the list; with a page size and a --parallel of its own. What is written must be the
server's list, record by record, unless an exit code or a warning says that something is wrong.

Prints the seeds that came out wrong, then a line with how many were right, told and wrong. Exit status 1 if any was
wrong.
"""

import json
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "servers"))
import loopback

OPTIONS = {
    "offset": ["--paginate", "offset"],
    "page": ["--paginate", "page"],
    "range": ["--paginate", "range"],
    "cursor": ["--paginate", "cursor"],
    "next-url": ["--paginate", "next-url", "--param-limit", "limit"],
    "link": ["--paginate", "link", "--param-limit", "limit"],
    "last-id": ["--paginate", "last-id", "--param-cursor", "after"],
}
NUMBERED = ("offset", "page")
SEEKS = ("offset", "page", "range")
LINKS = ("next-url", "link")
FOLLOWS = ("cursor", "next-url", "link", "last-id")

TOTALS = ["right"] * 4 + ["none"] * 3 + ["length", "pages", "cap", "zero", "more", "less", "text", "negative", "least"]
PLACES = [
    "total",
    "count",
    "total_count",
    "meta.total",
    "totalCount",
    "numberMatched",
    "header",
    "content-range",
    "hits",
]

# The lies, and the styles that can tell them.
LIES = {
    "capped": tuple(OPTIONS),  # fewer records a page than asked for
    "fixed": NUMBERED,  # as many as it likes
    "all": NUMBERED + FOLLOWS[1:3],  # all that there are after the place
    "hidden": tuple(OPTIONS),  # records are left out after the page was cut
    "empty": SEEKS,  # a page in the middle
    "base": ("offset",),  # offsets count from 1
    "base 0": ("page",),  # pages count from 0, and that is not said to the client
    "ignores": (*SEEKS, "cursor", "last-id"),  # the place
    "past": SEEKS,  # what comes after the end
    "echo": NUMBERED,  # where a page says that it begins
    "page index": ("offset",),  # the offset counts pages
    "end index": ("offset",),  # the limit is an end
    "window": SEEKS,  # beyond it nothing is given
    "grows": SEEKS + FOLLOWS,
    "shrinks": SEEKS,  # at its beginning
    "added": SEEKS,  # at its beginning
    "drops filter": LINKS,
    "drops limit": LINKS,
    "ties": ("last-id",),
    "stops": FOLLOWS,  # leads on no more, though there is more
    "stays": ("cursor", "next-url", "link"),  # leads to the same page
    "says more": ("cursor", "next-url", "last-id"),  # has_more on the last page
    "empty leads": ("cursor", "next-url", "link"),  # an empty page that leads on
    "overlaps": FOLLOWS,  # a page begins with what the last one ended with
}

NEED_TOTAL = {"shrinks", "base 0", "page index", "end index", "window", "stops"}  # to be found out
NEED_ALL = NEED_TOTAL | {"base", "added", "ignores"}  # a range shows nothing of them


class Api:
    """What one seed makes. A record is visible or hidden; the list is the visible ones."""

    def __init__(self, seed):
        r = random.Random(seed)
        self.style = r.choice(["offset"] * 3 + ["page"] * 3 + ["range", "cursor", "next-url", "link", "last-id"])
        self.n = r.choice([0, 1, r.randrange(60), r.randrange(60), r.choice([10, 20, 30, 40])])
        self.size, self.parallel = r.choice([1, 5, 7, 10, 10, 100]), r.choice([1, 2, 4, 8])
        self.total, self.where = r.choice(TOTALS), r.choice(PLACES)
        self.base = r.choice([0, 1]) if self.style == "page" else 0
        able = [lie for lie, styles in LIES.items() if self.style in styles]
        self.lies = set(r.sample(able, r.choice([0, 1, 1, 2, 2, 3])))
        self.cap = r.randrange(1, 12) if "capped" in self.lies or "fixed" in self.lies else None
        self.step = min(self.size, self.cap or self.size)
        if "fixed" in self.lies:
            self.step = self.cap
        self.hidden = set(r.sample(range(self.n), min(self.n, r.randrange(1, 5)))) if "hidden" in self.lies else set()
        self.identified = r.random() < 0.6 or self.style == "last-id"
        last = (self.n - 1) // self.step
        self.gaps = {r.randrange(last)} if last > 0 and {"empty", "empty leads"} & self.lies else set()
        self.gap_status = r.choice([200, 204])
        self.past = (
            r.choice(["empty", 404, 416, 400, 204, 500, "null", "last", "first"])
            if "past" in self.lies
            else r.choice(["empty", "empty", 404])
        )
        self.echo, self.echo_name = (
            r.choice(["right", "shifted", "next", "stuck", "wrong"]),
            r.choice(["start", "offset", "from", "page", "startIndex", "meta.offset"]),
        )
        self.at = r.randrange(self.n + 1)  # where something happens
        self.mode = r.choice(["whole", "whole", "whole", "range", "pair"])
        self.first = r.randrange(self.n + 2)
        self.limit = r.choice([None, r.randrange(1, 40)])
        self.asked = 0
        self.records = [self.record(i, r) for i in range(self.n)]
        self.unknowable(r)

    def unknowable(self, r):
        """Lies that nobody could find out are not told: what only a total shows comes with one."""
        if NEED_TOTAL & self.lies and self.total not in ("right", "more", "text"):
            self.total = "right"
        if {"hidden", "fixed"} & self.lies and self.total in ("cap", "least", "less", "pages"):
            self.total = "none"  # an honest list could end where that total and a short page meet
        if "hidden" in self.lies and {"empty", "stays"} & self.lies:
            self.lies.discard("stays")
            self.gaps = set()  # what is hidden beside it makes the gap look like the end
        if self.hidden.issuperset(range(min(self.step, self.n))) and self.total != "right":
            self.hidden.discard(0)  # a first page that says that there is nothing
        if self.style == "page" and "capped" in self.lies and self.mode == "range" and self.total == "less":
            self.total = "none"  # the page that shows the cap says that the list ends before the range
        if NEED_ALL & self.lies:
            self.mode = "whole"
        if "page index" in self.lies and self.past == "last":
            self.past = "empty"  # else a page of one fills what the last one left, and the total is right
        if "fixed" in self.lies and self.mode == "range" and self.n % self.cap == self.size:
            self.mode = "whole"  # the last page is as long as the others should be
        if {"hidden", "all"} <= self.lies and self.mode == "pair":
            self.mode = "whole"  # what is hidden moves the records of the second half into the first one's only page
        if "hidden" in self.lies and self.mode == "range":
            self.mode = "pair" if self.style in SEEKS else "whole"
        if {"empty", "empty leads"} & self.lies:
            self.lies -= {"ignores", "all", "stays", "overlaps"}
            self.limit, self.first = None, self.first - self.first % self.step
            if self.total in ("cap", "least", "less", "pages", "length"):
                self.total = "none"  # it may end where the gap begins
            nothing = self.total in ("zero", "length") or (self.gap_status == 204 and NEED_TOTAL & self.lies)
            if nothing or {"base", "fixed"} & self.lies:
                self.gaps.discard(0)  # a first page that says that there is nothing
            if self.mode == "range" and self.gap_status == 204:
                self.gaps.discard(self.first // self.step)  # nor can the cap be seen before the end
        if "added" in self.lies:
            self.parallel = 1
        if "shrinks" in self.lies:
            self.lies -= {"grows", "added"}
        if "added" in self.lies:
            self.lies.discard("grows")
        if "ties" in self.lies and self.step == 1:
            self.total = "right"
        if "base 0" in self.lies:
            self.past = "empty"
        if "empty leads" in self.lies:
            self.lies.discard("drops limit")
            self.hidden |= {i for i in range(self.n) if i // self.step in self.gaps}

    def record(self, i, r):
        if "ties" in self.lies:
            return {"id": 1 + i // 3, "v": i}
        return {"id": i + 1, "v": r.randrange(3)} if self.identified else {"v": i, "w": f"x{i % 7}"}

    def visible(self):
        return [record for i, record in enumerate(self.records) if i not in self.hidden]

    def told(self, length, size, after, n):
        return {
            "right": n,
            "length": length,
            "pages": -(-n // max(size, 1)),
            "cap": min(n, 20),
            "zero": 0,
            "more": n + 3,
            "less": max(n - 3, 0),
            "text": str(n),
            "negative": -1,
            "least": min(n, 20),
        }.get(self.total)

    def page_size(self, query, headers):
        if "fixed" in self.lies:
            return self.cap
        asked = int(query.get("limit", 10))
        if self.style == "range":
            first, _, last = headers.get("Range", "0-9").partition("-")
            asked = int(last) - int(first) + 1
        return min(asked, self.cap or 1000)

    def moved(self):
        """The list as it is now."""
        rows = list(enumerate(self.records))
        if "grows" in self.lies:
            rows += [(1000 + i, {"id": 1000 + i, "v": 0}) for i in range(self.asked // 2)]
        if "added" in self.lies:
            self.parallel = 1
        if "shrinks" in self.lies:
            rows = rows[self.asked // 2 :]
        if "added" in self.lies:
            rows = [(-i, {"id": -i, "v": 0}) for i in range(self.asked // 2, 0, -1)] + rows
        return rows

    def answer(self, query, headers, filtered):
        """(status, body, headers)"""
        rows, size = self.moved(), self.page_size(query, headers)
        self.asked += 1
        if "count" in query:
            return 404, {}, {}
        n = len(rows)
        at = self.place(query, headers, size)
        if "all" in self.lies:
            size = max(n - at, 1)
        if at < 0:
            return 400, {"detail": "what?"}, {}
        if "end index" in self.lies:
            size = max(size - at, 0)
        if "window" in self.lies and at >= self.at + 10:
            return (self.past if isinstance(self.past, int) else 400), {"detail": "beyond the window"}, {}
        if at >= n and at > 0 and self.style in SEEKS:
            if isinstance(self.past, int):
                return self.past, {"detail": "past the end"}, {}
            at = {"last": max((n - 1) // max(size, 1) * size, 0), "first": 0}.get(self.past, at)
        if at // max(size, 1) in self.gaps and self.gap_status == 204 and self.style in SEEKS:
            return 204, None, {}
        page = (
            [] if at // max(size, 1) in self.gaps else [row for i, row in rows[at : at + size] if i not in self.hidden]
        )
        body, out = {"results": page}, {}
        if not page and at >= n and self.past == "null":
            body["results"] = None
        self.say_total(body, out, self.told(len(page), size, at + size, n), at, len(page))
        self.say_place(body, query, at, len(page))
        self.lead_on(at, at + size, n, query, body, out, filtered)
        if not filtered:
            body["results"] = [row | {"other": True} for row in page]
        return 200, body, out

    def say_total(self, body, headers, told, at, got):
        if self.style == "range":
            headers["Content-Range"] = (
                f"{at}-{at + got - 1}/{'*' if told is None else told}" if got else f"*/{'*' if told is None else told}"
            )
            return
        if told is None:
            return
        if self.where == "header":
            headers["X-Total-Count"] = str(told)
        elif self.where == "content-range":
            headers["Content-Range"] = f"items {at}-{at + got - 1}/{told}"
        elif self.where == "meta.total":
            body["meta"] = {"total": told}
        elif self.where == "hits":
            body["hits"] = {"total": {"value": told, "relation": "gte" if self.total == "least" else "eq"}}
        else:
            body[self.where] = told

    def say_place(self, body, query, at, got):
        if "echo" not in self.lies:
            return
        says = {"right": at, "shifted": at + 1, "next": at + got, "stuck": 7, "wrong": at + (self.asked % 3)}[self.echo]
        if self.style == "page":
            says = {"right": int(query.get("page", 1)), "shifted": int(query.get("page", 1)) - 1}.get(self.echo, says)
        if self.echo_name == "meta.offset":
            body.setdefault("meta", {})["offset"] = says
        else:
            body[self.echo_name] = says

    def place(self, query, headers, size):
        if "ignores" in self.lies:
            return 0
        if self.style == "offset":
            if "page index" in self.lies:
                return int(query.get("offset", 0)) * size
            return max(int(query.get("offset", 0)) - (1 if "base" in self.lies else 0), 0)
        if self.style == "page":
            base = 0 if "base 0" in self.lies else self.base
            return max((int(query.get("page", base)) - base) * size, 0)
        if self.style == "range":
            return int(headers.get("Range", "0-").split("-")[0])
        if self.style == "last-id":
            after = int(query.get("after", 0))
            return sum(row["id"] <= after for row in self.records)
        return max(int(query.get("cursor", "c0")[1:]) - (1 if "overlaps" in self.lies else 0), 0)

    def lead_on(self, at, after, n, query, body, headers, filtered):
        more = after < n and not ("stops" in self.lies and after > self.at)
        if "overlaps" in self.lies and after < n and after - at < 2:
            after += 1
        if "stays" in self.lies and after > self.at and after < n:
            after = at
        link = f"?cursor=c{after}"
        if "drops limit" not in self.lies:
            link += f"&limit={query.get('limit', 10)}"
        if filtered and "drops filter" not in self.lies:
            link += "&kind=a"
        if self.style == "cursor":
            body["next_cursor"] = f"c{after}" if more else None
        if self.style == "next-url":
            body["next"] = link if more else None
        if self.style == "link" and more:
            headers["Link"] = f'<{link}>; rel="next"'
        if self.style == "last-id":
            body["has_more"] = more
        if "says more" in self.lies:
            body["has_more"] = True


@lru_cache(maxsize=64)
def api(seed):
    return Api(seed)


class Handler(loopback.Quiet):
    def do_GET(self):
        parts = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        seed, _, rest = parts.path.strip("/").partition("/")
        if rest:
            status, body, headers = 404, {"detail": "no such path"}, {}
        else:
            status, body, headers = api(int(seed)).answer(query, self.headers, query.get("kind") == "a")
        if "--log" in sys.argv:
            print(self.path, self.headers.get("Range", ""), status, json.dumps(body), headers, file=sys.stderr)
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


class Told(Exception):
    pass


def restsrc(tool, a, base, command, *options):
    paging = OPTIONS[a.style] + (["--page-base", str(a.base)] if a.style == "page" else [])
    command = [tool, command, *paging, *options, "--query", "kind=a", "--retry", "0", base]
    a.asked = 0
    run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=30)
    if "--log" in sys.argv:
        print(command, run.returncode, run.stderr.decode(), file=sys.stderr)
    if run.returncode or run.stderr:
        raise Told
    return run.stdout.splitlines()


def read(tool, a, base, *options):
    options += ("--page-size", str(a.size), "--parallel", str(a.parallel))
    return [json.loads(line) for line in restsrc(tool, a, base, "read", *options)]


def as_spark(tool, a, base):
    """A count, the first two pages, and two ranges."""
    count = int(restsrc(tool, a, base, "count")[0])
    read(tool, a, base, "--limit", str(2 * a.size))
    middle = max(count // 2 // a.size, 1) * a.size
    if middle >= count:
        return read(tool, a, base, "--expect", str(count))
    rows = read(tool, a, base, "--limit", str(middle), "--expect", str(middle), "--planned-total", str(count))
    return rows + read(
        tool, a, base, "--offset", str(middle), "--expect", str(count - middle), "--planned-total", str(count)
    )


def is_right(a, got, want):
    """A list that moves is right when it is what the list was at some time."""
    if "grows" in a.lies:
        return got[: len(want)] == want and len(got) >= len(want)
    return got == want


def judge(tool, base, seed):
    """(seed, verdict, what happened)"""
    a = api(seed)
    base = f"{base}/{seed}"
    try:
        want = a.visible()
        if a.mode == "range":
            options = ["--offset", str(a.first)] + (["--limit", str(a.limit)] if a.limit else [])
            got = read(tool, a, base, *options)
            want = want[a.first :][: a.limit]
            if "grows" in a.lies:
                got = got[: len(want)]
        elif a.mode == "pair" and a.style in SEEKS:
            got = as_spark(tool, a, base)
        else:
            got = read(tool, a, base)
    except subprocess.TimeoutExpired:
        return seed, "wrong", f"no end: {shown(a)}"
    except Told:
        return seed, "told", ""
    if is_right(a, got, want):
        return seed, "right", ""
    return seed, "wrong", f"{len(got)} of {len(want)} records: {shown(a)}"


def main():
    tool, servers = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 300
    first = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(10**9)
    print("seeds from", first, flush=True)
    base = loopback.start(Handler).url
    counts = {"right": 0, "told": 0, "wrong": 0}
    with ThreadPoolExecutor(4) as pool:
        for seed, verdict, what in pool.map(lambda s: judge(tool, base, s), range(first, first + servers)):
            counts[verdict] += 1
            if verdict == "wrong":
                print(seed, what, flush=True)
    print(", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
    sys.exit(counts["wrong"] > 0)


if __name__ == "__main__":
    main()
