#!/usr/bin/env python3
"""A REST server whose records carry the time of their making and are asked for by windows of time.

    growing.py [--port N] [--until-eof]

It starts, ends and is addressed like fault.py: the first path segment is a scenario, a comma separated list of words.

    GET /SCENARIO/events?since=&until=&offset=&limit=   the records with since <= at < until, as
                                                        {"total": N, "results": [...]}
    GET /SCENARIO/events/count?since=&until=            {"total": N}
                                  both also take id__gte= and id__lt=
    POST /SCENARIO/_grow?n=K      K more records, made now
    GET /SCENARIO/_records, _log  as in fault.py

Words
    n=N               number of records at the start (1000)
    first=TIME        when the first one was made (2024-01-01T00:00:00Z)
    step=MS           and how long after the one before it each of the others (1000)
    form=iso|epoch_s|epoch_ms   how times are told, in records and parameters (iso: with milliseconds)
    names=SINCE:UNTIL names of the two parameters
    inclusive         records of the very time in until are given, too
    late=MS           the records of _grow were made so long before they can be seen
    most=N[:STATUS]   a window with more records is refused (400)
    cap=N             totals above N are told as N, and offsets from N on are refused with 400
    nocount           no count and no total
"""

import json
import time
from bisect import bisect_left
from datetime import datetime, timezone

from fault import Handler, serve
from scenario import Answer, Refused, Scenario, error


def text_of(ms, form):
    if form == "iso":
        return datetime.fromtimestamp(ms / 1000, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return ms if form == "epoch_ms" else ms / 1000


def time_of(text, form):
    if form == "iso":
        return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000
    return float(text) * (1 if form == "epoch_ms" else 1000)


class Growing(Scenario):
    def __init__(self, text):
        super().__init__(text)
        first = time_of(self.get("first", "2024-01-01T00:00:00Z"), "iso")
        self.times, self.rows = [], []
        self.n = 0
        for i in range(self.number("n", 1000)):
            self.add(round(first) + i * self.number("step", 1000))

    def add(self, at):
        """Times only go forward."""
        self.times.append(max([at, *self.times[-1:]]))
        self.rows.append(json.dumps({"id": self.n, "at": text_of(self.times[-1], self.get("form", "iso"))}).encode())
        self.n += 1

    def grow(self, more):
        with self.lock:
            for _ in range(more):
                self.add(time.time_ns() // 1_000_000 - self.number("late", 0))
            return self.n

    def window(self, since, until):
        start = 0 if since is None else bisect_left(self.times, since)
        return start, self.n if until is None else bisect_left(self.times, until)


class Events(Handler):
    made_of = Growing

    def make(self, s, rest):
        if self.command != "GET" or rest not in ("events", "events/count"):
            return error(404)
        try:
            return self.dress(s, self.events(s, rest.endswith("count")))
        except Refused as refused:
            return refused.answer
        except ValueError as problem:
            return error(400, str(problem))

    def events(self, s, counting):
        self.offset = None
        since, until = (self.time(s, name) for name in s.get("names", "since:until").split(":"))
        with s.lock:
            start, end = s.window(since, until if until is None or "inclusive" not in s.words else until + 1)
        first, _, last = self.param(s, "ids", "").partition("-")  # of both ids in one
        start = max(start, int(self.param(s, "id__gte", first or start)))
        end = max(start, min(end, int(self.param(s, "id__lt", last or end))))
        total = end - start
        self.refuse(s, total)
        shown = min(total, s.number("cap", total))
        told = {} if "nocount" in s.words else {"total": shown}
        if counting:
            return Answer(body=json.dumps(told).encode()) if told else error(404)
        offset, limit = (int(self.param(s, name, default)) for name, default in (("offset", 0), ("limit", 100)))
        if offset > shown or (offset == shown and "cap" in s.words and total > shown):
            raise Refused(error(400, f"offsets end at {shown}"))
        rows = s.rows[min(start + offset, end) : min(start + offset + limit, end)]
        head = "".join(f'"{name}": {value}, ' for name, value in told.items())
        return Answer(body=b'{%s"results": [%s]}' % (head.encode(), b", ".join(rows)))

    def time(self, s, name):
        text = self.param(s, name, None)
        return None if text is None else time_of(text, s.get("form", "iso"))

    def refuse(self, s, total):
        for part in s.parts("most"):
            if total > int(part[0]):
                raise Refused(error(int(part[1]) if len(part) > 1 else 400, f"more than {part[0]} records"))


if __name__ == "__main__":
    serve(Events, "A REST server whose records are asked for by windows of time.")
