"""Random JSON through the tool: what comes out is what json.loads sees in what went in. Numbers are compared as texts.

    texts.py RESTSRC SERVER [SEED]

Each page is one answer of the fault server (body-file=): random records, random escapes and white space, in a random
envelope.
"""

import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

PAGES, MOST_RECORDS = 25, 120
NUMBERS = [
    "0",
    "-0",
    "1.10",
    "1e400",
    "-1E-400",
    "9007199254740993",
    "123456789012345678901234567890.125",
    "-0.0",
    "2E+05",
    "18446744073709551615",
]
CHARACTERS = '"\\/\b\f\n\r\t\0\x1f\x7f abcz0]}[{,:é\u2028漢\uffff😀\U0010ffff\ud800\udc00'
SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


class Number(str):
    """A number as its text."""


def characters(rng):
    return "".join(rng.choices(CHARACTERS, k=rng.randrange(20)))


def value(rng, depth):
    """A random value as json.loads would give it, with numbers as texts."""
    kind = rng.randrange(10 if depth else 7)
    if kind < 3:
        return characters(rng)
    if kind < 6:
        return Number(rng.choice(NUMBERS)) if rng.random() < 0.5 else Number(rng.randrange(-(10**20), 10**20))
    if kind == 6:
        return rng.choice([None, True, False])
    size = rng.randrange(6)
    if kind < 9:
        return {characters(rng) if rng.random() < 0.3 else f"k{i}": value(rng, depth - 1) for i in range(size)}
    return [value(rng, depth - 1) for _ in range(size)]


def character(rng, c):
    """One of the ways to write a character of a string."""
    if c in SHORT and rng.random() < 0.7:
        return SHORT[c]
    if c == "/" and rng.random() < 0.5:
        return "\\/"
    if ord(c) < 0x20 or 0xD800 <= ord(c) < 0xE000 or c in '"\\' or rng.random() < 0.2:
        units = c.encode("utf-16-be", "surrogatepass")
        digits = "{:04x}" if rng.random() < 0.5 else "{:04X}"
        return "".join("\\u" + digits.format(int.from_bytes(units[i : i + 2], "big")) for i in range(0, len(units), 2))
    return c


def write(rng, tree):
    """Random JSON text of a value."""
    blank = "".join(rng.choices(" \t\r\n", k=rng.randrange(4))) if rng.random() < 0.2 else ""
    if isinstance(tree, Number):
        text = str(tree)
    elif isinstance(tree, str):
        text = '"' + "".join(character(rng, c) for c in tree) + '"'
    elif isinstance(tree, dict):
        text = "{" + blank + ",".join(write(rng, k) + ":" + write(rng, v) for k, v in tree.items()) + "}"
    elif isinstance(tree, list):
        text = "[" + blank + ",".join(write(rng, v) for v in tree) + "]"
    else:
        text = {None: "null", True: "true", False: "false"}[tree]
    return blank + text + blank


def load(text):
    return json.loads(text, parse_int=Number, parse_float=Number)


def page(rng):
    records = [value(rng, 4) for _ in range(rng.randrange(MOST_RECORDS))]
    if rng.random() < 0.3:
        return write(rng, records)
    before = {f"b{i}": value(rng, 3) for i in range(rng.randrange(4))}
    after = {f"a{i}": value(rng, 3) for i in range(rng.randrange(4))}
    return write(rng, {**before, rng.choice(["results", "data", "items", "_items"]): records, **after})


def records_of(text):
    tree = load(text)
    if isinstance(tree, dict):
        tree = next(tree[name] for name in ("results", "data", "items", "_items") if name in tree)
    return tree


def check(restsrc, url, text):
    expected = records_of(text)
    run = subprocess.run(
        [restsrc, "read", "--page-size", "1000", "--max-pages", "1", "--quiet", url], capture_output=True
    )
    assert run.returncode == 0, run.stderr
    lines = run.stdout.decode().split("\n")
    assert lines.pop() == "", "the last line has no end"
    assert [load(line) for line in lines] == expected, "other records came out"


def main():
    restsrc, server, seed = sys.argv[1], sys.argv[2], int((sys.argv[3:] or [random.randrange(2**32)])[0])
    with tempfile.TemporaryDirectory() as folder:
        for i in range(seed, seed + PAGES):
            rng = random.Random(i)
            text = page(rng)
            file = Path(folder, f"{i}.json")
            file.write_bytes(text.encode())
            try:
                check(restsrc, f"{server}/body-file={quote(str(file), safe='')}/items", text)
            except AssertionError as problem:
                sys.exit(f"seed {i}: {problem}")


if __name__ == "__main__":
    main()
