"""What a URL of the fault server stands for: a list of records, and the words that say how the server treats it."""

import json
import threading
from dataclasses import dataclass, field
from urllib.parse import unquote

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

    def grow(self, more):
        """The new number of records."""
        with self.lock:
            n = max(0, self.n + more)
            self.n = min(n, len(self.rows)) if "file" in self.words else n
            if "file" not in self.words:
                Records.get(self.get("kind", "odd"), n)
            return self.n

    def get(self, key, default=None):
        return self.words.get(key, [default])[0] or default

    def number(self, key, default):
        return int(self.get(key, default))

    def parts(self, key):
        """The values of a word, each split at its colons."""
        return [value.split(":") for value in self.words.get(key, ())]

    def pairs(self, key):
        """The values of a word, each split at its first colon."""
        return [value.partition(":")[::2] for value in self.words.get(key, ())]

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
    headers: dict = field(default_factory=dict)  # a list of values makes several headers
    type: str = "application/json"
    stop: int = None  # bytes of the body after which we stop
    then: str = "close"  # and then: close, hang
    pieces: object = None  # instead of body: an iterable of bytes, sent in chunks


class Drop(Exception):
    """Close the connection unanswered."""


class Refused(Exception):
    """The request cannot be served."""

    def __init__(self, answer):
        self.answer = answer


def error(status, text=None):
    return Answer(status, json.dumps({"detail": text or f"status {status} as asked"}).encode())


def ndjson(lines):
    return Answer(body=b"".join(line + b"\n" for line in lines), type="application/x-ndjson")


def at(part, place, offset):
    """Does the word, whose OFFSET (if any) stands at that place, mean this page?"""
    return len(part) <= place or not part[place] or part[place] == str(offset)
