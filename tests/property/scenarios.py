#!/usr/bin/env python3
"""Answers that go wrong in every way: what comes out is right, or the exit code says why, and no run outlives its
time-outs.

    scenarios.py RESTSRC [COUNT [SEED]]     COUNT (500) scenarios, drawn from SEED; "all": each cut of the first 1024
                                            bytes of a read, and 3000 others

A scenario is a read, a count or a write of nine records, three a request, of whose answers one goes wrong once, or each
time it is asked for, in one of the ways of misfortunes.py. Run again with the same SEED it does the same; a failure
names its number, and `scenarios.py RESTSRC N SEED` ends with it.
"""

import collections
import json
import pathlib
import random
import re
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "servers"))
from misfortunes import NAMES, WAYS, whole
from raw import Connection

RECORDS = [b'{"id":%d,"text":"%s"}' % (n, b"x" * (40 * n)) for n in range(1, 10)]
WHOLE = b"".join(record + b"\n" for record in RECORDS)
CAP, MOST_BYTES, MAX_TIME, DEADLINE, SLACK = 3, 300000, 1.5, 8, 20
OPTIONS = [
    *("--retry", "2", "--retry-delay", "0.01", "--retry-max-time", "3"),
    *("--connect-timeout", "1", "--max-time", str(MAX_TIME), "--deadline", str(DEADLINE)),
]
REFUSAL = re.compile(rb"HTTP/\S* [345]\d\d")
LIST = ["--page-size", str(CAP), "--max-page-bytes", str(MOST_BYTES), "--on-drift", "fail"]


class Mute(Connection):
    """Nothing comes through but the beginning of the status line: not one that a blank line could end."""

    left = 16

    def send(self, data):
        data, self.left = data[: self.left], max(0, self.left - len(data))
        super().send(data)
        if not self.left:
            raise OSError("the connection is cut")


class Watched(Connection):
    """Tells what is sent first, before it is."""

    def __init__(self, sock, before):
        super().__init__(sock)
        self.before = before

    def send(self, data):
        before, self.before = self.before, None
        if before:
            before(data)
        super().send(data)


class Scenario:
    """What a server does with the requests of one run."""

    offsets, codes = (0, 3, 6), ()

    def __init__(self, number, seed, rng, name):
        self.number, self.name, self.seed = number, name, f"{seed} {number} answer"
        self.offset, self.left = rng.choice(self.offsets), rng.choice([1, 1000])
        self.every = self.left > 1
        self.lock = threading.Lock()
        self.draw(rng)

    def draw(self, rng):
        """What else is random."""

    def goes_wrong(self, offset):
        with self.lock:
            self.left -= offset == self.offset
            return offset == self.offset and self.left >= 0

    def misfortune(self, c, body):
        WAYS[self.name][0](c, body, random.Random(self.seed))

    def problem(self, done):
        if done.returncode not in WAYS[self.name][1].union(self.codes):
            return "another exit code"
        if done.returncode and not done.stderr.startswith(b"restsrc: "):
            return "it does not say why"
        return None


class Read(Scenario):
    command, at = ("read", *LIST), None

    def misfortune(self, c, body):
        more = {} if self.at is None else {"at": self.at}
        WAYS[self.name][0](c, body, random.Random(self.seed), **more)

    def answer(self, c, parts, head):
        """The bytes of an answer; False: the connection ends."""
        offset = int(parse_qs(parts.query).get("offset", ["0"])[0])
        body = b'{"total":9,"results":[%s]}' % b",".join(RECORDS[offset : offset + CAP])
        if self.goes_wrong(offset):
            self.misfortune(c, body)
            return False
        c.send(whole(body))
        return True

    def problem(self, done):
        if done.returncode == 0 and done.stdout != WHOLE:
            return "it says 0, and something else came out"
        if done.returncode and not self.every and self.name in ("cut", "reset", "stall"):
            return "it was not tried again"
        if not WHOLE.startswith(done.stdout) or done.stdout[-1:] not in (b"", b"\n"):
            return "what came out is not a beginning of the list"
        return super().problem(done)


class Count(Scenario):
    """By a URL of its own, or in what a page has beside its records."""

    offsets = (0,)

    def draw(self, rng):
        self.command = ("count", "--count-from", rng.choice(["auto", "body:total"]))

    def answer(self, c, parts, head):
        counts = parts.path.endswith("/count")
        body = b'{"total":9}' if counts else b'{"total":9,"results":[%s]}' % RECORDS[0]
        if self.goes_wrong(0):
            self.misfortune(c, body)
            return False
        c.send(whole(body))
        return True

    def problem(self, done):
        if done.stdout != (b"" if done.returncode else b"9\n"):
            return "the count is another one"
        return super().problem(done)


class Write(Scenario):
    """The request that goes wrong is stored, or it is not, and little of an answer comes then. A refusal is none."""

    codes = (75, 76)

    def draw(self, rng):
        self.keyed, self.stored, self.keys = rng.random() < 0.5, collections.Counter(), {}
        self.loses = rng.random() < 0.3
        key = ("--idempotency-key", "k") if self.keyed else ()
        self.command = ("write", "--batch-size", str(CAP), "--parallel", rng.choice("13"), *key)

    def store(self, body, key):
        with self.lock:
            if not (key and key in self.keys):
                self.stored.update(record["id"] for record in json.loads(body))
            self.keys[key] = True

    def answer(self, c, parts, head):
        body = c.receive(int(head["content-length"]))
        key, first = head.get("idempotency-key"), json.loads(body)[0]["id"]
        answer = b"[%s]" % b",".join(b'{"id":%d,"ok":true}' % record["id"] for record in json.loads(body))
        if not self.goes_wrong(first - 1):
            self.store(body, key)
            c.send(whole(answer, status="201 Created"))
            return True
        if self.loses:
            unlucky = Mute(c.sock)
        else:
            unlucky = Watched(c.sock, lambda sent: REFUSAL.match(sent) or self.store(body, key))
        unlucky.target = parts.path
        self.misfortune(unlucky, answer)
        return False

    def problem(self, done):
        receipt = json.loads(done.stdout)
        unknown = {n for first, last in receipt["lines_unknown"] for n in range(first, last + 1)}
        told = {n for first, last in receipt["lines_done_later"] for n in range(first, last + 1)}
        told |= set(range(1, receipt["lines_done"] + 1))
        for n in range(1, 10):
            if self.stored[n] not in ((0, 1) if n in unknown else (1,) if n in told else (0,)):
                return f"line {n} is stored {self.stored[n]} times: {done.stdout}"
        if (done.returncode == 0) != (len(told) == 9 and not unknown and not receipt["rejected"]):
            return f"the exit code does not fit {done.stdout}"
        return super().problem(done)


# ---- runs ----

SCENARIOS = {}


def make(number, seed, at=None):
    """at: a read whose answer is cut at that byte."""
    rng = random.Random(f"{seed} {number}")
    kind = Read if at is not None else rng.choice([Read, Read, Count, Write])
    scenario = kind(number, seed, rng, "cut" if at is not None else rng.choice(NAMES))
    scenario.at = at
    return scenario


def serve(sock):
    c = Connection(sock)
    try:
        while (asked := c.receive(b"\r\n\r\n")) is not None:
            first, *lines = asked.decode("latin-1").split("\r\n")
            c.target = first.split(" ")[1]
            head = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            parts = urlsplit(c.target)
            scenario = SCENARIOS.get(parts.path.split("/")[1])
            if not scenario or not scenario.answer(c, parts, head):
                return
    except OSError:
        pass
    finally:
        sock.close()


def listen():
    listener = socket.create_server(("127.0.0.1", 0), backlog=100)

    def accept():
        while True:
            threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


def run(restsrc, url, number, scenario):
    """What is wrong, or None; and the exit code."""
    SCENARIOS[str(number)] = scenario
    began = time.monotonic()
    command, *words = scenario.command
    line = [restsrc, command, *OPTIONS, *words, f"{url}/{number}/items"]
    try:
        done = subprocess.run(line, input=WHOLE, capture_output=True, timeout=60)
    except subprocess.TimeoutExpired:
        return "it hangs", None
    finally:
        del SCENARIOS[str(number)]
    problem = scenario.problem(done)
    if not problem and time.monotonic() - began > DEADLINE + SLACK:
        problem = "it outlives its time-outs"
    shown = f"{' '.join(line)}: {done.returncode} {done.stdout[:2000]} {done.stderr[:2000]}"
    return problem and f"{problem}: {shown}", done.returncode


def main(restsrc, count="500", seed="1"):
    scenarios = [make(n, seed, at=n) for n in range(1024)] if count == "all" else []
    scenarios += [make(n, seed) for n in range(1024, 1024 + int(3000 if count == "all" else count))]
    url, seen, failed = listen(), collections.Counter(), 0
    with ThreadPoolExecutor(8) as pool:
        results = pool.map(lambda n: run(restsrc, url, n, scenarios[n]), range(len(scenarios)))
        for n, (problem, code) in enumerate(results):
            scenario = scenarios[n]
            seen[scenario.name, scenario.command[0], code] += 1
            if problem:
                failed += 1
                print(f"{n + 1} {scenario.name} at {scenario.offset}{' each time' * scenario.every}: {problem}")
    for name, command in sorted({(name, command) for name, command, _ in seen}):
        codes = [f"{code}: {times}" for (*of, code), times in sorted(seen.items(), key=str) if of == [name, command]]
        print(f"{name}, {command}: {', '.join(codes)}")
    print(f"{len(scenarios)} scenarios of seed {seed}, {failed} went wrong")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main(*sys.argv[1:])
