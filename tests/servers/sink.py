#!/usr/bin/env python3
"""A REST server that takes what is written to it, and misbehaves on demand. What it stored is the oracle of the tests.

    sink.py [--port N] [--until-eof] [--cert FILE --key FILE]

It starts, ends and is addressed like fault.py: the first path segment is a scenario, a comma separated list of words.

    POST /SCENARIO/items          stores the records of the body: an array, one record, or NDJSON (by its Content-Type)
    PUT, PATCH /SCENARIO/items/ID stores one record by its id, in the place of one that is there
    GET, HEAD, DELETE /SCENARIO/items[/ID]   an array of all records, or one; DELETE removes it
    GET /SCENARIO/_stored         the stored records, byte for byte, as NDJSON in the order of their arrival
    GET /SCENARIO/_log            NDJSON, one object a request so far: method, target, headers, connection, time, status
                                  (null: unanswered), bytes (of the body as it came), records, torn (the body was cut
                                  short), open
    GET /SCENARIO/_release        lets go what hold= holds

A record with a member "bad" that is true or a text is a bad record. With partial=elastic or status, one with a member
"busy": N is refused with a 429 of its own the first N times.

WHICH is one of: COUNT[:AFTER], the COUNT requests after the first AFTER (0); iN, those with the record whose member i
is N; nothing, all of them. Repeated requests count too.

Words about bodies
    key=KEY                    the body is {KEY: records}
    blind                      does not look into them, and stores nothing
    bulk                       NDJSON has a line before each record that says what to do, as Elasticsearch's _bulk
    max-bytes=N                413 for a larger body, before decompression
    require-header=NAME:VALUE  401 otherwise
    keys[=NAME]                heeds the header Idempotency-Key, or NAME: stores once a key, and repeats the answer
Words about bad records
    refuse=STATUS              a batch with a bad record is refused with STATUS (400) and stores nothing
    detail=HEX                 the body of that answer
    partial=couchdb|elastic|status|errors|nested   the good ones are stored; each record has its result in the answer
Words about answers
    answer=count|ids|echo|none 2xx says how many (blind: ok); [{"id":...}]; the records with ids; nothing (204)
    created=STATUS             instead of 201
    body=TEXT, type=TYPE       this body instead
    gzip, chunked, close ...   as in fault.py
Words about failure
    fail=STATUS[:WHICH]        answers STATUS and stores nothing; retry-after=... as in fault.py
    deny=STATUS[:WHICH]        the same, but only where no record is bad
    lose[=WHICH]               stores nothing and closes the connection unanswered
    after=STATUS[:WHICH]       stores, then answers STATUS
    drop[=WHICH]               stores, then closes the connection unanswered
    drop-nth=N                 the same with the N-th request of each connection
    cut=BYTES[:WHICH]          stores, and closes the connection after BYTES of the answer's body
    hang[=WHICH]               stores, says nothing, and waits for the client to leave
    hold[=WHICH]               waits for _release before it stores
    delay=S[:WHICH]            waits S seconds before it stores
    slow=BYTES_PER_S           speed at which bodies are read
    redirect=same|other|loop[:STATUS]   to /moved on this server, on another origin (localhost), to itself (307)
    chaos=SEED[:PERCENT]       so many of the requests (50) meet with one of the misfortunes above, drawn at random
"""

import gzip
import json
import random
import time

from fault import Handler, serve
from gates import retry_after
from scenario import Answer, Drop, Refused, Scenario, error, ndjson

FIRST_ID = 9007199254740993  # no double holds it


def no_constant(name):
    raise ValueError(f"{name} is not JSON")


DECODER = json.JSONDecoder(parse_constant=no_constant)
SPACE = " \t\r\n"


class Record:
    """A record's own bytes, and what they mean."""

    def __init__(self, text, value):
        self.raw, self.value = text.encode(), value
        self.why = value.get("bad") if isinstance(value, dict) else None
        self.busy = False

    @property
    def reason(self):
        return self.why if isinstance(self.why, str) else "this record is bad"


class Store(Scenario):
    """A scenario and what it stored."""

    def __init__(self, text):
        super().__init__(text)
        self.stored, self.answers, self.released, self.tried = {}, {}, False, {}


# Bodies.


def skip(text, at):
    while at < len(text) and text[at] in SPACE:
        at += 1
    return at


def parse(text):
    value, end = DECODER.raw_decode(text, skip(text, 0))
    if skip(text, end) != len(text):
        raise ValueError("more than one JSON text")
    return Record(text.strip(SPACE), value)


def elements(text):
    """The elements of an array, each with its own bytes."""
    at = skip(text, text.index("[") + 1)
    while text[at] != "]":
        value, end = DECODER.raw_decode(text, at)
        yield Record(text[at:end], value)
        at = skip(text, end)
        at = skip(text, at + 1) if text[at] == "," else at


def lines(s, text):
    if not text.endswith("\n"):
        raise ValueError("the last line has no end")
    records = [parse(line) for line in text.split("\n")[:-1]]
    if "bulk" not in s.words:
        return records
    if any(next(iter(action.value)) not in ("index", "create") for action in records[::2]) or len(records) % 2:
        raise ValueError("expected an action and a record")
    return records[1::2]


def records_of(s, kind, body):
    text = body.decode()
    if "ndjson" in kind:
        return lines(s, text)
    whole = parse(text)
    if "key" in s.words:
        if list(whole.value) != [s.get("key")]:
            raise ValueError(f"expected one member {s.get('key')}")
        name = DECODER.raw_decode(text, skip(text, text.index("{") + 1))[1]
        text = text[text.index(":", name) + 1 : text.rindex("}")]
        whole = parse(text)
    return list(elements(text)) if isinstance(whole.value, list) else [whole]


# Troubles.


def due(s, request, which):
    if which and which[0].startswith("i"):
        return any(isinstance(r.value, dict) and r.value.get("i") == int(which[0][1:]) for r in request.records)
    after = int(which[1]) if len(which) > 1 else 0
    return not which or not which[0] or after < request.number <= after + int(which[0])


def words(s, request, name, arguments=0):
    """Where the word is due: its arguments, without WHICH."""
    for part in s.parts(name):
        if due(s, request, part[arguments:]):
            yield part[:arguments]


def chaotic(s, request):
    """A word that chance adds to the scenario, for this request."""
    for seed, *percent in s.parts("chaos"):
        chance = random.Random(f"{seed}/{request.number}")
        if chance.randrange(100) < int(percent[0] if percent else 50):
            return chance.choice(
                [
                    ("lose", ""),
                    ("fail", "500"),
                    ("fail", "503"),
                    ("fail", "429"),
                    ("fail", "404"),
                    ("after", "500"),
                    ("after", "502"),
                    ("drop", ""),
                    ("cut", "3"),
                    ("delay", "0.01"),
                    ("delay", "0.003"),
                    ("delay", "0.02"),
                ]
            )
    return None, None


def before(s, request):
    """What happens before anything is stored."""
    chance, argument = chaotic(s, request)
    delays = [part[0] for part in words(s, request, "delay", 1)]
    time.sleep(sum(map(float, delays + [argument] * (chance == "delay"))))
    if next(words(s, request, "hold"), None) is not None:
        with s.lock:
            s.lock.wait_for(lambda: s.released, 30)
    if next(words(s, request, "lose"), None) is not None or chance == "lose":
        raise Drop
    for (status,) in words(s, request, "fail", 1):
        raise Refused(error(int(status)))
    if chance == "fail":
        raise Refused(error(int(argument)))
    for name, value in s.pairs("require-header"):
        if request.headers.get(name) != value:
            raise Refused(error(401, f"header {name} is missing or wrong"))
    if len(request.body) > s.number("max-bytes", len(request.body)):
        raise Refused(error(413, "the body is too large"))


def afterwards(s, request, answer):
    """What happens when all is stored."""
    chance, argument = chaotic(s, request)
    nth = s.number("drop-nth", 0)
    if next(words(s, request, "drop"), None) is not None or chance == "drop" or (nth and request.nth == nth):
        raise Drop
    for (status,) in list(words(s, request, "after", 1)) + [[argument]] * (chance == "after"):
        return error(int(status))
    for (stop,) in list(words(s, request, "cut", 1)) + [[argument]] * (chance == "cut"):
        answer.stop = int(stop)
    if next(words(s, request, "hang"), None) is not None:
        answer.stop, answer.then = -1, "hang"
    return answer


def redirect(s, request):
    for kind, *status in s.parts("redirect"):
        if "/moved" not in request.path or kind == "loop":
            there = request.path.replace("/items", "/moved", 1)
            port = request.server.server_address[1]
            to = {"same": there, "other": f"http://localhost:{port}{there}", "loop": request.path}[kind]
            raise Refused(Answer(int(status[0]) if status else 307, headers={"Location": to}))


# Answers.


def is_busy(s, record):
    """Counts the tries of a record that is refused for now."""
    times = record.value.get("busy", 0) if isinstance(record.value, dict) else 0
    tries = s.tried[record.raw] = s.tried.get(record.raw, 0) + 1
    return tries <= times


def as_couchdb(record, number):
    if record.why:
        return {"id": str(number), "error": "conflict", "reason": "Document update conflict."}
    return {"ok": True, "id": str(number), "rev": "1-0"}


def as_elastic(record, number):
    if record.busy:
        return {
            "index": {
                "_index": "items",
                "status": 429,
                "error": {"type": "es_rejected_execution_exception", "reason": "queue capacity"},
            }
        }
    error_ = {"type": "mapper_parsing_exception", "reason": record.reason}
    result = {"_index": "items", "_id": str(number), "status": 400 if record.why else 201}
    return {"index": {**result, "error": error_} if record.why else result}


def as_status(record, number):
    if record.busy:
        return {"status": 429, "retry_after": 0.01}
    return {"status": 422, "detail": record.reason} if record.why else {"status": 201, "id": number}


def as_errors(record, _):
    return {"name": [record.reason]} if record.why else None


def as_nested(record, number):
    return {"meta": {"code": "E7", "why": record.reason}} if record.why else {"meta": {"uid": number}}


PARTIAL = {
    "couchdb": (201, as_couchdb, lambda results, bad: results),
    "elastic": (200, as_elastic, lambda results, bad: {"took": 3, "errors": bad, "items": results}),
    "status": (207, as_status, lambda results, bad: {"results": results}),
    "errors": (200, as_errors, lambda results, bad: {"errors": results}),
    "nested": (200, as_nested, lambda results, bad: {"data": {"outcome": results}}),
}


def with_id(record, number):
    return b'{"id": %d, ' % number + record.raw[1:] if record.raw[:1] == b"{" else record.raw


def answer_to(s, request, numbers):
    bad = [record for record in request.records if record.why]
    if "partial" in s.words:
        status, each, all_ = PARTIAL[s.get("partial")]
        results = [each(record, number) for record, number in zip(request.records, numbers)]
        answer = Answer(status, json.dumps(all_(results, bool(bad))).encode())
    else:
        kind = s.get("answer", "count")
        single = len(request.records) == 1 and not request.body.lstrip().startswith(b"[")
        echo = [with_id(*pair) for pair in zip(request.records, numbers)]
        said = b'{"ok": true}' if "blind" in s.words else b'{"stored": %d}' % len(request.records)
        answer = {
            "count": lambda: Answer(201, said),
            "ids": lambda: Answer(201, b"[" + b", ".join(b'{"id": %d}' % number for number in numbers) + b"]"),
            "echo": lambda: Answer(201, echo[0] if single else b"[" + b", ".join(echo) + b"]"),
            "none": lambda: Answer(204),
        }[kind]()
    answer.status = s.number("created", answer.status)
    if "body" in s.words:
        answer.body = s.get("body", "").encode()
    answer.type = s.get("type", answer.type)
    return answer


class Sink(Handler):
    made_of = Store

    def setup(self):
        super().setup()
        self.nth = 0

    def own(self, s, rest):
        if rest == "_stored":
            return ndjson(s.stored.values())
        if rest == "_release":
            with s.lock:
                s.released = True
                s.lock.notify_all()
            return Answer(204)
        return super().own(s, rest)

    def answer(self, s, rest):
        self.path_id = rest.partition("/")[2]
        self.records, self.nth = [], self.nth + 1
        entry = {
            "method": self.command,
            "target": self.path,
            "headers": dict(self.headers.items()),
            "connection": self.id,
            "time": time.time(),
            "status": None,
            "records": 0,
            "torn": True,
        }
        with s.lock:
            s.open += 1
            entry["open"] = s.open
            self.number = len(s.log) + 1
            s.log.append(entry)
        self.finish_answer(s, entry, lambda: self.receive(s, entry))

    def receive(self, s, entry):
        self.read_body(s, entry)
        return self.make(s, entry)

    def read_body(self, s, entry):
        length, speed = int(self.headers.get("Content-Length") or 0), s.number("slow", 0)
        body = []
        while length > 0:
            piece = self.rfile.read1(min(length, max(1, speed // 50) if speed else length))
            if not piece:
                raise Drop
            body.append(piece)
            length -= len(piece)
            entry["bytes"] = entry.get("bytes", 0) + len(piece)
            if speed:
                time.sleep(len(piece) / speed)
        self.body = b"".join(body)
        entry["bytes"], entry["torn"] = len(self.body), False

    def make(self, s, entry):
        try:
            redirect(s, self)
            if self.command in ("POST", "PUT", "PATCH"):
                answer = self.take(s, entry)
            else:
                before(s, self)
                answer = self.look(s)
        except Refused as refused:
            answer = refused.answer
        if answer.status >= 400:
            answer.headers.update(retry_after(s))
        if "gzip" in s.words and answer.body and answer.stop is None:
            answer.body = gzip.compress(answer.body, 1)
            answer.headers["Content-Encoding"] = "gzip"
        return answer

    def look(self, s):
        name = self.path_id or None
        if name and name not in s.stored:
            return error(404)
        if self.command == "DELETE":
            s.stored.pop(name, None)
            return afterwards(s, self, Answer(204))
        return Answer(body=s.stored[name] if name else b"[" + b", ".join(s.stored.values()) + b"]")

    def take(self, s, entry):
        """What a request that writes comes to."""
        try:
            body = gzip.decompress(self.body) if self.headers.get("Content-Encoding") == "gzip" else self.body
            self.records = [] if "blind" in s.words else records_of(s, self.headers.get("Content-Type", ""), body)
            entry["records"] = len(self.records)
        except (ValueError, OSError, IndexError) as problem:
            raise Refused(error(400, f"the body is wrong: {problem}")) from problem
        before(s, self)
        key = self.headers.get(s.get("keys", "Idempotency-Key")) if "keys" in s.words else None
        with s.lock:
            answer = s.answers.get(key)
            if answer is None:
                self.judge(s)
                answer = answer_to(s, self, self.keep(s))
                if key:
                    s.answers[key] = answer
        return afterwards(s, self, Answer(answer.status, answer.body, type=answer.type))

    def judge(self, s):
        bad = next((record for record in self.records if record.why), None)
        if bad and "partial" not in s.words:
            refusal = error(s.number("refuse", 400), bad.reason)
            if "detail" in s.words:
                refusal.body, refusal.type = bytes.fromhex(s.get("detail", "")), "text/plain"
            raise Refused(refusal)
        for (status,) in words(s, self, "deny", 1):
            raise Refused(error(int(status)))

    def keep(self, s):
        """Stores the good records; the numbers of all."""
        numbers = []
        for record in self.records:
            numbers.append(FIRST_ID + 2 * len(s.stored))
            record.busy = "partial" in s.words and is_busy(s, record)
            if not record.why and not record.busy:
                s.stored[self.path_id or numbers[-1]] = record.raw
        return numbers


if __name__ == "__main__":
    serve(Sink, "A REST server that takes what is written to it, and misbehaves on demand.")
