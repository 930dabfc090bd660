#!/usr/bin/env python3
"""The splitter against Python's json: what each takes, what each refuses, and every value.

    against_json.py [COUNT [SEED]]     TAP; COUNT (4000) texts in random pieces; RESTSRC_SEED is another SEED

A text is random JSON, or one of tests/data/json-test-suite, or such a one mutated: bytes changed, left out, doubled,
put in, cut off, two texts spliced. It is split whole, as a page with records in "results", and as lines.
"""

import json
import os
import pathlib
import random
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "property"))
from texts import Number, value, write  # noqa: E402

SPLITTER = os.environ.get("SPLITTER", "tests/property/split_texts")
AT_ONCE = 2000
CORPUS = [path.read_bytes() for path in sorted((HERE / "data/json-test-suite/test_parsing").glob("*.json"))]
SMALL = [text for text in CORPUS if len(text) < 1000]
PIECES = [
    *[bytes([byte]) for byte in b"{}[]\",:\\\0\x1f\x7f\x80\xc0\xe0\xed\xf4\xff \t\r\n-+.eE019uatfnN/'"],
    *(b"\\u", b"\\ud800", b"\\udc00", b"\\x", b"true", b"nul", b"NaN", b"Infinity", b"-", b"1e", b"00"),
    *(b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80", b"\xe2\x80\xa8"),
    *(b'""', b"[]", b"{}", b'"results":', b",,", b"/**/"),
    *(b" " * 64, b'"' + b"x" * 61, b"\\" * 63, b"\\" * 64, b"1" * 70),
]
BLANKS = re.compile(r"[ \t\r\n]*")


class Pairs(list):
    """An object: its members, equal names and all."""


def refuse(text):
    raise ValueError(text)


DECODER = json.JSONDecoder(parse_int=Number, parse_float=Number, parse_constant=refuse, object_pairs_hook=Pairs)


def text_of(data):
    """ValueError: it is not UTF-8."""
    return data.decode().removeprefix("\ufeff")


def load(data):
    """What Python makes of it. ValueError: it refuses. (What is nested deeper than its stack is refused here, too.)"""
    try:
        return DECODER.decode(text_of(data))
    except RecursionError:
        raise ValueError("deep") from None


def load_lines(data):
    """The texts that stand one after the other."""
    text, found, at = text_of(data), [], 0
    while (at := BLANKS.match(text, at).end()) < len(text):
        try:
            tree, at = DECODER.raw_decode(text, at)
        except RecursionError:
            raise ValueError("deep") from None
        found.append(tree)
    return found


# ---- texts ----


def fresh(rng):
    tree = value(rng, rng.randrange(5))
    if rng.random() < 0.5:
        records = [value(rng, 2) for _ in range(rng.randrange(12))]
        tree = {**{f"b{i}": value(rng, 2) for i in range(rng.randrange(3))}, "results": records, "a": tree}
    return write(rng, tree).encode()


def mutated(rng, text, other):
    at = rng.randrange(len(text) + 1)
    to = min(len(text), at + 1 + int(rng.expovariate(0.3)))
    kind = rng.randrange(7)
    if kind == 0:
        return text[:at]
    if kind == 1:
        return text[:at] + text[to:]
    if kind == 2:
        return text[:at] + text[at:to] + text[at:]
    if kind == 3:
        return text[:at] + other[rng.randrange(len(other) + 1) :]
    if kind == 4:
        return text[:at] + bytes([rng.randrange(256)]) + text[at + 1 :]
    return text[:at] + rng.choice(PIECES) + text[at if kind == 5 else to :]


def texts(rng, count):
    base = [b""]
    for n in range(count):
        if n % 4 == 0:
            base.append(fresh(rng) if rng.random() < 0.8 else rng.choice(SMALL))
            yield base[-1]
        else:
            text = base[-1]
            for _ in range(1 + (rng.random() < 0.3)):
                text = mutated(rng, text, rng.choice(base[-20:]))
            yield text


# ---- the comparison ----


def results_of(tree):
    """The members of that name."""
    return [member for name, member in tree if name == "results"] if isinstance(tree, Pairs) else []


def records_of(tree):
    """Of a page: what stands in "results" where that is clear, else None."""
    members = results_of(tree)
    return members[0] if len(members) == 1 and type(members[0]) is list else None


def expected(kind, data):
    """The records and the envelope; None, None: it is to be refused. An envelope of None: any."""
    if kind == "l":
        return load_lines(data), None
    tree = load(data)
    records = records_of(tree) if kind == "r" else None
    if records is None:
        return None if kind == "r" else [], None if kind == "r" else tree
    return records, Pairs((name, [] if name == "results" else member) for name, member in tree)


def differs(kind, data, taken, count, lines, envelope):
    """What is wrong, or None."""
    try:
        records, around = expected(kind, data)
    except ValueError as problem:
        return f"taken, but Python says: {problem}" if taken else None
    if not taken:  # records in two places are refused
        return None if kind == "r" and len(results_of(load(data))) > 1 else "refused, but Python takes it"
    if records is not None and [load(line) for line in lines] != records:
        return f"the records are {lines}"
    if records is not None and count != len(records):
        return f"{count} records instead of {len(records)}"
    if around is not None and load(envelope) != around:
        return f"the rest is {envelope}"
    return None


def answers(asked):
    """What the splitter says of each: taken, count, lines, envelope."""
    sent = b"".join(b"%c %d %d\n%s" % (ord(kind), seed, len(text), text) for kind, seed, text in asked)
    done = subprocess.run([SPLITTER], input=sent, capture_output=True)
    if done.returncode:
        sys.exit(f"Bail out! {SPLITTER}: {done.returncode}: {done.stderr.decode()}")
    at = 0
    for _ in asked:
        end = done.stdout.index(b"\n", at)
        result, count, records, envelope = map(int, done.stdout[at:end].split())
        at = end + 1 + records + envelope
        whole = done.stdout[end + 1 : at]
        yield result == 0, count, whole[:records].split(b"\n")[:-1], whole[records:]


def check(rng, some):
    """How many were taken, and what differs."""
    asked = [(rng.choice("wwrrl"), rng.getrandbits(63), text) for text in some]
    taken, wrong = 0, []
    for (kind, seed, text), said in zip(asked, answers(asked)):
        taken += said[0]
        problem = differs(kind, text, *said)
        if problem:
            wrong.append(f"{kind} {seed} {text!r}: {problem}")
    return taken, wrong


def main(count=4000, seed=0):
    seed = int(os.environ.get("RESTSRC_SEED", seed))
    taken, wrong = check(random.Random(seed), CORPUS)
    for n in range(0, count, AT_ONCE):
        rng = random.Random(f"{seed} {n}")
        more = check(rng, texts(rng, min(AT_ONCE, count - n)))
        taken, wrong = taken + more[0], wrong + more[1]
    print("1..1")
    for problem in wrong[:20]:
        print(f"# {problem}")
    whole = f"{count + len(CORPUS)} texts, {taken} of them taken, are what Python's json makes of them (seed {seed})"
    print(f"{'not ok' if wrong or taken * 5 < count else 'ok'} 1 - {whole}")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
