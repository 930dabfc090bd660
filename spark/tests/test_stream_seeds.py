"""A server with its own mind, from a seed: a stream in each mode against what the server knows that it had.

Records are added, changed, deleted, delayed and put into another order; counts are stale, answers are dropped, the
clock is not ours, and the driver is killed between plan and read, and after it. Ten seeds here; RESTSRC_SEEDS=500 in
`make check-streams`.
"""

import json
import logging
import os
import random
import threading
from datetime import datetime, timezone
from email.utils import formatdate
from urllib.parse import parse_qs, urlsplit

import loopback
import pytest

from restsrc.errors import UnexpectedAnswer
from streaming import latest, needs_limits, reader, values

pytestmark = needs_limits

FIRST = int(os.environ.get("RESTSRC_SEED", "1"))
SEEDS = range(FIRST, FIRST + int(os.environ.get("RESTSRC_SEEDS", "10")))
BASE = 1_704_067_200_000  # the server's clock at the beginning
LAG = 30_000


def iso(ms):
    return datetime.fromtimestamp(ms / 1000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def ms_of(text):
    return round(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


class World:
    """The server. `now` is its clock, `rows` what it has, each with `from`, when it can be seen."""

    def __init__(self, chance):
        self.chance, self.now, self.rows, self.number = chance, BASE, [], 0
        self.stale = self.dropped = 0
        self.lock = threading.Lock()
        world = self

        class Handler(loopback.Quiet):
            def do_GET(self):
                with world.lock:
                    given = world.answer(self.path)
                if given is None:
                    self.close_connection = True
                    return
                text = json.dumps(given).encode()
                self.send_response_only(200)
                self.send_header("Date", formatdate(world.now / 1000, usegmt=True))
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

        self.server = loopback.start(Handler)
        self.url = f"{self.server.url}/list"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, path):
        query = {name: some[-1] for name, some in parse_qs(urlsplit(path).query).items()}
        if self.dropped and self.chance.random() < 0.3:
            self.dropped -= 1
            return None
        rows = [row for row in self.rows if row["from"] <= self.now]
        if "since" in query:
            since, until = ms_of(query["since"]), ms_of(query["until"])
            rows = [row for row in rows if since <= row["at"] < until]
            self.chance.shuffle(rows)  # equal times change places
            rows.sort(key=lambda row: row["at"])
        elif self.stale and len(rows) > 2:
            self.stale -= 1
            rows = rows[:-2]
        shown = [{"id": row["id"], "at": iso(row["at"])} for row in rows]
        if "after" in query or "/feed" in path:
            at = int(query.get("after", 0))
            rest = [row for row in shown if row["id"] > at]
            return {"results": rest[:10], **({"next": str(rest[9]["id"])} if len(rest) > 10 else {})}
        at = int(query.get("offset", 0))
        return {"total": len(shown), "results": shown[at : at + min(30, int(query.get("limit", 20)))]}

    def add(self, delay=0):
        with self.lock:
            self.number += 1
            at = self.now // 1000 * 1000
            self.rows.append({"id": self.number, "at": at, "from": at + delay})

    def delete(self, index):
        with self.lock:
            return self.rows.pop(index)["id"]

    def insert(self, index):
        with self.lock:
            self.number += 1
            self.rows.insert(index, {"id": self.number, "at": self.now, "from": 0})

    def touch(self, index):
        """The record changes, and its time is now."""
        with self.lock:
            row = self.rows[index]
            row["at"] = self.now // 1000 * 1000
            row["from"] = 0
            return row["id"]


class Query:
    """What Spark does: the offsets are kept before a batch is read, and the sink takes a batch once by its number."""

    def __init__(self, world, chance, **options):
        self.make = lambda: reader(world.url, column="id", **options)
        self.chance, self.source, self.sink = chance, self.make(), []
        self.start = self.source.initialOffset()

    def killed(self):
        if self.chance.random() < 0.2:
            self.source = self.make()

    def poll(self):
        """One trigger. Whether something was new."""
        most = self.chance.choice([None, None, 7, 30])
        end = latest(self.source, self.start, most)
        if end == self.start:
            return False
        self.killed()
        rows = sum(values(self.source, self.start, end), [])
        if self.chance.random() < 0.2:  # killed before the batch was noted: it is read again
            self.source = self.make()
            again = sum(values(self.source, self.start, end), [])
            assert sorted(again) == sorted(rows)
        self.sink += rows
        self.start = end
        return True

    def to_the_end(self):
        self.source = self.make()  # time has passed, and not by our clock
        for _ in range(60):
            if not self.poll():
                return
        raise AssertionError("the stream does not come to rest")


QUIET = {"retry_delay": "0.01", "page_size": 20}
BY_TIME = {"stream_mode": "time", "starting_offset": iso(BASE - 60_000), "lag": "30s", "retry_delay": "0.01"}


def offset_mode(world, chance):
    """Records are added; sometimes the list moves, which is noticed, or what is new is read all the same."""
    moved = chance.choice(["fail", "reread"])
    query = Query(world, chance, on_moved=moved, **QUIET)
    for _ in range(chance.randint(2, 6)):
        for _ in range(chance.randint(0, 45)):
            world.add()
        world.stale, world.dropped = chance.choice([0, 0, 1]), chance.choice([0, 2])
        query.to_the_end()
        assert query.sink == [row["id"] for row in world.rows]
    if len(world.rows) < 5:
        return
    world.stale = 0
    near = max(0, len(world.rows) - 15)
    before = set(query.sink)
    for _ in range(chance.randint(1, 3)):
        if chance.random() < 0.5:
            world.delete(chance.randrange(near, len(world.rows)))
        else:
            world.insert(chance.randrange(near, len(world.rows)))
    tail = [row["id"] for row in world.rows][: len(query.sink)][-100:]
    is_moved = tail != query.sink[-100:]
    for _ in range(chance.randint(1, 5)):
        world.add()
    if moved == "fail" and is_moved:
        with pytest.raises(UnexpectedAnswer, match="has moved|fewer than"):
            query.to_the_end()
        return
    query.to_the_end()
    assert set(query.sink) == before | {row["id"] for row in world.rows}
    assert len(query.sink) == len(set(query.sink))


def time_mode(world, chance):
    """Records are added, changed and delayed, by at most `lag` or with `lookback`; equal times change places."""
    late = chance.choice([0, 1])
    lookback = {"lookback": "10m"} if late else {}
    query = Query(world, chance, stream_mode="time", starting_offset=iso(BASE - 60_000), lag="30s", **lookback, **QUIET)
    touched = []
    for _ in range(chance.randint(1, 2) if late else chance.randint(2, 4)):
        for _ in range(chance.randint(0, 30)):
            world.now += chance.choice([0, 0, 300, 4000])
            delay = chance.choice([0, 0, 5000, LAG - 2000]) if not late else chance.choice([0, 100_000, 300_000])
            world.add(delay)
            if not late and chance.random() < 0.1:
                touched.append(world.touch(chance.randrange(len(world.rows))))
        world.now += chance.choice([0, 20_000, 90_000])
        world.dropped = chance.choice([0, 2])
        query.to_the_end()
    world.now += 400_000 if late else 2 * LAG
    query.to_the_end()
    assert set(query.sink) == {row["id"] for row in world.rows}
    twice = {one for one in query.sink if query.sink.count(one) > 1}
    assert twice <= set(touched)


def late_records(world, chance, caplog):
    """Records that come too late are not delivered, and that is said."""
    query = Query(world, chance, **BY_TIME)
    for _ in range(30):
        world.now += 1000
        world.add()
    world.now += 2 * LAG
    query.to_the_end()
    world.number += 1
    world.rows.append({"id": world.number, "at": world.now - 100_000 + chance.randrange(20) * 1000, "from": 0})
    late = world.number
    world.rows.sort(key=lambda row: row["at"])
    world.now += LAG
    world.add()
    world.now += 2 * LAG
    with caplog.at_level(logging.WARNING):
        query.to_the_end()
    assert late in query.sink or "have come late" in caplog.text


def cursor_mode(world, chance):
    """A feed grows; sometimes a record of the last page leaves it."""
    moved = chance.choice(["fail", "reread"])
    options = {"paginate": "cursor", "next": "next", "param_cursor": "after", "query": "after=0"}
    options = {**options, "stream_mode": "cursor", "on_moved": moved, **QUIET}
    query = Query(world, chance, **options)
    for _ in range(chance.randint(2, 6)):
        for _ in range(chance.randint(0, 25)):
            world.add()
        world.dropped = chance.choice([0, 2])
        query.to_the_end()
        assert query.sink == [row["id"] for row in world.rows]
    skip = int(query.start["skip"])
    if skip < 2:
        return
    gone = world.delete(len(world.rows) - chance.randint(1, skip))
    for _ in range(chance.randint(1, 12)):
        world.add()
    if moved == "fail":
        with pytest.raises(UnexpectedAnswer, match="has moved"):
            query.to_the_end()
        return
    query.to_the_end()
    assert query.sink == sorted([gone, *(row["id"] for row in world.rows)])


@pytest.mark.parametrize("seed", SEEDS)
def test_what_the_stream_has_is_what_the_server_had(seed, caplog):
    chance = random.Random(seed)
    world = World(chance)
    try:
        mode = chance.choice([offset_mode, time_mode, cursor_mode, late_records])
        mode(world, chance, *([caplog] if mode is late_records else []))
    finally:
        world.stop()
