"""What the benchmarks read and write: made once, the same on every machine."""

import hashlib
import json
import os
import shutil
from pathlib import Path

CACHE = Path(__file__).resolve().parent / ".cache"
SOURCE = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:8]
CARRIERS = ("UA", "AA", "B6", "DL", "EV", "MQ", "WN", "9E")
# How json.dumps() writes a page; None: as it stands.
STYLES = {"compact": None, "spaced": {}, "pretty": {"indent": 2}, "escapes": None}
WORDS = (
    "caf\u00e9",
    "\u65e5\u672c\u8a9e",
    "\U0001f600",
    "C:\\\\dir\\\\",
    '\\"so\\"',
    "\\u00e9\\u2028",
    "a\\/b\\n",
    "plain",
)
LINKED = 100  # pages that a list of any length is made of


def record(i):
    """About 240 bytes, with what records have: ids, times, text, numbers, a null, a nested object."""
    day = f"2013-{i % 12 + 1:02}-{i % 28 + 1:02}"
    carrier = CARRIERS[i % 8]
    return (
        f'{{"id":{9007199254740993 + i},"day":"{day}","carrier":"{carrier}","flight":{i % 8500},'
        f'"tail":"N{i % 99999:05}","from":"JFK","to":"S{i % 97:02}","delay":{i % 173 - 40},'
        f'"distance":{i % 4983}.5,"gate":null,"late":{str(i % 3 == 0).lower()},'
        f'"crew":{{"captain":"caf\u00e9 {i % 3001}","size":{i % 9}}},"scheduled":"{day}T{i % 24:02}:15:00Z"}}'
    )


def odd_record(i):
    """Of 70 bytes to 1.6 kB, about 240: strings with escapes and other characters than ASCII, lists in lists."""
    text = " ".join(WORDS[(i + n * (i % 5 + 1)) % len(WORDS)] for n in range(i % 41 if i % 97 else 150))
    nested = "[" * (i % 5) + f'{{"n":{i % 1000}e-3,"\\u006b\u00e9y":[true,null,"\\\\"]}}' + "]" * (i % 5)
    return f'{{"id":{i},"text":"{text}","nested":{nested}}}'


def record_of(style):
    return odd_record if style == "escapes" else record


SCHEMA = (
    "id bigint, day date, carrier string, flight bigint, tail string, from string, to string, delay bigint, "
    "distance double, gate string, late boolean, crew struct<captain: string, size: bigint>, scheduled timestamp"
)


def page(style, head, rows):
    """A page with its records as servers write them. Loaded and written again, no record changes but for its blanks."""
    if STYLES[style] is None:
        return f'{{{head}"results":[{",".join(rows)}]}}'
    return json.dumps(json.loads(f'{{{head}"results":[{",".join(rows)}]}}'), ensure_ascii=False, **STYLES[style])


def made(name, make):
    """What make() fills a path with, which gets its name when it is complete."""
    there = CACHE / f"{name}-{SOURCE}"
    if not there.exists():
        CACHE.mkdir(exist_ok=True)
        part = CACHE / f"{there.name}.{os.getpid()}"
        make(part)
        try:
            part.rename(there)
        except OSError:  # another run was faster
            shutil.rmtree(part)
    return there


def pages(records, size, style):
    """The folder of the pages."""

    def make(folder):
        folder.mkdir()
        (folder / "count.json").write_text(json.dumps({"total": records}))
        for offset in range(0, records, size):
            rows = [record_of(style)(i) for i in range(offset, min(offset + size, records))]
            (folder / f"{offset}-{size}.json").write_text(page(style, f'"total":{records},', rows))

    return made(f"pages-{records}-{size}-{style}", make)


def long_list(records, size):
    """The folder of a list without a total, of any length: its pages are the same hundred again and again."""

    def make(folder):
        folder.mkdir()
        files = []
        for n in range(-(-records // size)):
            file = folder / f"{n * size}-{size}.json"
            if n < LINKED:
                file.write_text(page("compact", "", [record(i) for i in range(n * size, (n + 1) * size)]))
                files.append(file)
            else:
                os.link(files[n % LINKED], file)
        (folder / f"{records}-{size}.json").write_text('{"results":[]}')

    return made(f"long-{records}-{size}", make)


def rows(records):
    """The records as a file of NDJSON."""
    return made(
        f"rows-{records}.ndjson", lambda file: file.write_text("".join(record(i) + "\n" for i in range(records)))
    )


def bodies(records, batch):
    """The folder of the bodies of batches, as curl sends them."""

    def make(folder):
        folder.mkdir()
        for n, offset in enumerate(range(0, records, batch)):
            rows = ",".join(record(i) for i in range(offset, min(offset + batch, records)))
            (folder / f"{n:06}").write_text(f"[{rows}]")

    return made(f"bodies-{records}-{batch}", make)


def sha256(records, style):
    digest = hashlib.sha256()
    for i in range(records):
        digest.update(record_of(style)(i).encode() + b"\n")
    return digest.hexdigest()
