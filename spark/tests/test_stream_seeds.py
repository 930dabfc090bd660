"""A server with its own mind, from a seed: a stream in each mode against what the server knows that it had.

Records are added, changed, deleted, delayed and put into another order, also while they are read; counts are stale,
answers are dropped, the clock is not ours and is set, and the driver is killed: with every fourth seed it is a process
that gets kill -9 at any request, else another reader goes on between plan and read, and after it. Ten seeds here;
RESTSRC_SEEDS=500 in `make check-streams`.
"""

import json
import logging
import os
import random
import subprocess
import sys
import threading
from datetime import datetime, timezone
from email.utils import formatdate
from pathlib import Path
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
DRIVER = Path(__file__).with_name("stream_driver.py")


def iso(ms):
    return datetime.fromtimestamp(ms / 1000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def ms_of(text):
    return round(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


class World:
    """The server. `now` is its clock, `rows` what it has, each with `from`, when it can be seen.

    `lively` has what happens between two requests, each once; `asked` is called with each request.
    """

    def __init__(self, chance):
        self.chance, self.now, self.rows, self.number = chance, BASE, [], 0
        self.stale = self.dropped = 0
        self.lively, self.asked, self.changed = [], lambda: None, set()
        self.lock = threading.RLock()
        world = self

        class Handler(loopback.Quiet):
            def do_GET(self):
                with world.lock:
                    world.asked()
                    if world.lively and world.chance.random() < 0.2:
                        world.lively.pop()()
                    given = world.answer(self.path)
                if given is None:
                    self.close_connection = True
                    return
                self.reply(given)

            def reply(self, given):
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
        shown = [{"id": row["id"], "key": key(row), "at": iso(row["at"]), "changes": row["changes"]} for row in rows]
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
            self.rows.append({"id": self.number, "at": at, "from": at + delay, "version": 0, "changes": 0})

    def delete(self, index):
        with self.lock:
            return self.rows.pop(index)["id"]

    def insert(self, index):
        with self.lock:
            self.number += 1
            self.rows.insert(index, {"id": self.number, "at": self.now, "from": 0, "version": 0, "changes": 0})

    def change(self):
        """A record changes where it is."""
        with self.lock:
            if self.rows:
                row = self.chance.choice(self.rows)
                row["changes"] += 1
                self.changed.add(row["id"])

    def touch(self, index):
        """The record changes, and its time is now."""
        with self.lock:
            row = self.rows[index]
            row["at"] = self.now // 1000 * 1000
            row["from"] = 0
            row["version"] += 1

    def any(self):
        return self.chance.randrange(len(self.rows))


def key(row):
    """A record at its time."""
    return row["id"] * 1000 + row["version"]


def twice(rows):
    """Those that have come more than once: a page that is read again gives a record that has changed again."""
    return {one for one in rows if rows.count(one) > 1}


class Query:
    """What Spark does: the offsets are kept before a batch is read, and the sink takes a batch once by its number."""

    def __init__(self, world, chance, column="id", same=True, **options):
        """`same`: a batch has the same records when it is read again, though the server does what is in `lively`."""
        self.make = lambda: reader(world.url, column=column, **options)
        self.chance, self.same, self.source, self.sink = chance, same, self.make(), []
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
            first, rows = rows, sum(values(self.source, self.start, end), [])
            assert not self.same or sorted(first) == sorted(rows)
        self.sink += rows
        self.start = end
        return True

    def to_the_end(self):
        self.source = self.make()  # time has passed, and not by our clock
        for _ in range(60):
            if not self.poll():
                return
        raise AssertionError("the stream does not come to rest")


class KilledQuery:
    """The same as a process, which is killed (-9) as soon as it makes some request."""

    def __init__(self, world, chance, folder, column="id", same=True, **options):
        self.world, self.chance, self.folder = world, chance, folder
        self.given = {"options": {"url": world.url, **options}, "column": column}
        self.kills = 0

    def to_the_end(self):
        while not self.run(self.chance.choice([0, 0, self.chance.randint(1, 40)])):
            self.kills += 1

    def run(self, requests):
        """Whether it came to its end; after so many requests it is killed."""
        left = [requests]
        text = json.dumps({**self.given, "seed": self.chance.random()})
        process = subprocess.Popen([sys.executable, str(DRIVER), str(self.folder), text])

        def count():
            left[0] -= 1
            if left[0] == 0:
                process.kill()

        self.world.asked = count
        status = process.wait(300)
        self.world.asked = lambda: None
        if status == 3:
            raise UnexpectedAnswer(json.loads((self.folder / "error").read_text()))
        assert status in (0, -9)
        return status == 0

    def kept(self, kind):
        names = sorted((self.folder / kind).glob("*[0-9]"), key=lambda path: int(path.name))
        return [json.loads(path.read_text()) for path in names]

    @property
    def sink(self):
        return sum(self.kept("sink"), [])

    @property
    def start(self):
        return self.kept("offsets")[-1]


QUIET = {"retry_delay": "0.01", "page_size": 20}
BY_TIME = {"stream_mode": "time", "starting_offset": iso(BASE - 60_000), "lag": "30s", "retry_delay": "0.01"}


def offset_mode(world, chance, query_of):
    """Records are added; sometimes the list moves, which is noticed, or what is new is read all the same."""
    moved = chance.choice(["fail", "reread"])
    query = query_of(world, chance, on_moved=moved, **QUIET)
    for _ in range(chance.randint(2, 6)):
        for _ in range(chance.randint(0, 45)):
            world.add()
        world.stale, world.dropped = chance.choice([0, 0, 1]), chance.choice([0, 2])
        world.lively = [chance.choice([world.add, world.change]) for _ in range(chance.choice([0, 10]))]
        query.to_the_end()
        world.lively = []
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
    assert twice(query.sink) <= world.changed


def time_mode(world, chance, query_of):
    """Records are added, changed, deleted and delayed by at most `lag`; equal times change places."""
    given = {"stream_mode": "time", "starting_offset": iso(BASE - 60_000), "lag": "30s"}
    query = query_of(world, chance, column="key", same=False, **given, **QUIET)
    happens = [world.add, world.change, lambda: world.touch(world.any()), lambda: world.delete(world.any())]
    for _ in range(chance.randint(2, 4)):
        world.now -= chance.choice([0, 0, 2000])  # the clock is set back
        for _ in range(chance.randint(1, 30)):
            world.now += chance.choice([0, 0, 300, 4000])
            world.add(chance.choice([0, 0, 5000, LAG - 4000]))
            if chance.random() < 0.1:
                world.touch(world.any())
        world.now += chance.choice([0, 20_000, 90_000])
        world.dropped = chance.choice([0, 2])
        world.lively = [chance.choice(happens) for _ in range(min(len(world.rows) - 1, chance.choice([0, 4])))]
        query.to_the_end()
    world.lively = []
    world.now += 2 * LAG
    query.to_the_end()
    assert set(query.sink) >= {key(row) for row in world.rows}
    assert {one // 1000 for one in twice(query.sink)} <= world.changed  # while its window was read


def late_records_read_again(world, chance, query_of):
    """Records are delayed by more than `lag`, and less than `lookback`."""
    given = {"stream_mode": "time", "starting_offset": iso(BASE - 60_000), "lag": "30s", "lookback": "10m"}
    query = query_of(world, chance, **given, **QUIET)
    for _ in range(chance.randint(1, 2)):
        for _ in range(chance.randint(0, 30)):
            world.now += chance.choice([0, 0, 300, 4000])
            world.add(chance.choice([0, 0, 100_000, 300_000]))
        world.now += chance.choice([0, 20_000, 90_000])
        world.dropped = chance.choice([0, 2])
        query.to_the_end()
    world.now += 400_000
    query.to_the_end()
    assert sorted(query.sink) == [row["id"] for row in world.rows]


def late_records(world, chance, query_of, caplog):
    """Records that come too late are not delivered, and that is said."""
    query = Query(world, chance, **BY_TIME)
    for _ in range(30):
        world.now += 1000
        world.add()
    world.now += 2 * LAG
    query.to_the_end()
    world.number += 1
    when = world.now - 100_000 + chance.randrange(20) * 1000
    world.rows.append({"id": world.number, "at": when, "from": 0, "version": 0, "changes": 0})
    late = world.number
    world.rows.sort(key=lambda row: row["at"])
    world.now += LAG
    world.add()
    world.now += 2 * LAG
    with caplog.at_level(logging.WARNING):
        query.to_the_end()
    assert late in query.sink or "have come late" in caplog.text


def cursor_mode(world, chance, query_of):
    """A feed grows; sometimes a record of the last page leaves it."""
    moved = chance.choice(["fail", "reread"])
    options = {"paginate": "cursor", "next": "next", "param_cursor": "after", "query": "after=0"}
    options = {**options, "stream_mode": "cursor", "on_moved": moved, **QUIET}
    query = query_of(world, chance, **options)
    for _ in range(chance.randint(2, 6)):
        for _ in range(chance.randint(0, 25)):
            world.add()
        world.dropped = chance.choice([0, 2])
        world.lively = [chance.choice([world.add, world.change]) for _ in range(chance.choice([0, 10]))]
        query.to_the_end()
        world.lively = []
        query.to_the_end()
        assert query.sink == [row["id"] for row in world.rows]
    if not query.sink or (skip := int(query.start["skip"])) < 2:
        return
    gone = world.delete(len(world.rows) - chance.randint(1, skip))
    for _ in range(chance.randint(1, 12)):
        world.add()
    if moved == "fail":
        with pytest.raises(UnexpectedAnswer, match="has moved"):
            query.to_the_end()
        return
    query.to_the_end()
    assert set(query.sink) == {gone, *(row["id"] for row in world.rows)}
    assert twice(query.sink) <= world.changed


MODES = [offset_mode, time_mode, late_records_read_again, cursor_mode, late_records]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_the_stream_has_is_what_the_server_had(seed, caplog, tmp_path):
    chance = random.Random(seed)
    world = World(chance)
    killed = seed % 4 == 0

    def query_of(*given, **options):
        return KilledQuery(*given, tmp_path, **options) if killed else Query(*given, **options)

    try:
        mode = chance.choice(MODES[:4] if killed else MODES)
        mode(world, chance, query_of, *([caplog] if mode is late_records else []))
    finally:
        world.stop()
