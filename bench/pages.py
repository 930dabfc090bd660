"""The pages that nginx serves: made once, the same on every machine."""

import hashlib
import json
import os
import shutil
from pathlib import Path

PAGE = 1000
CACHE = Path(__file__).resolve().parent / ".cache"
CARRIERS = ("UA", "AA", "B6", "DL", "EV", "MQ", "WN", "9E")


def record(i):
    """About 250 bytes, with what records have: ids, times, text, numbers, a null, a nested object."""
    day = f"2013-{i % 12 + 1:02}-{i % 28 + 1:02}"
    carrier = CARRIERS[i % 8]
    return (
        f'{{"id":{9007199254740993 + i},"day":"{day}","carrier":"{carrier}","flight":{i % 8500},'
        f'"tail":"N{i % 99999:05}","from":"JFK","to":"S{i % 97:02}","delay":{i % 173 - 40},'
        f'"distance":{i % 4983}.50,"gate":null,"late":{str(i % 3 == 0).lower()},'
        f'"crew":{{"captain":"caf\u00e9 {i % 3001}","size":{i % 9}}},"scheduled":"{day}T{i % 24:02}:15:00Z"}}'
    ).encode()


def make(folder, records):
    folder.mkdir(parents=True)
    digest = hashlib.sha256()
    for offset in range(0, records, PAGE):
        rows = [record(i) for i in range(offset, min(offset + PAGE, records))]
        digest.update(b"".join(row + b"\n" for row in rows))
        (folder / f"{offset}-{PAGE}.json").write_bytes(b'{"total":%d,"results":[%s]}' % (records, b",".join(rows)))
    (folder / "count.json").write_text(json.dumps({"total": records}))
    (folder / "sha256").write_text(digest.hexdigest())


def ensure(records):
    """The folder of the pages, and the SHA-256 of all their records as NDJSON. It gets its name when complete."""
    source = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:8]
    folder = CACHE / f"pages-{records}-{source}"
    if not folder.exists():
        part = CACHE / f"{folder.name}.{os.getpid()}"
        make(part, records)
        try:
            part.rename(folder)
        except OSError:  # another run was faster
            shutil.rmtree(part)
    return folder, (folder / "sha256").read_text()


def rows(records):
    """The same records as a file of NDJSON."""
    source = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:8]
    file = CACHE / f"rows-{records}-{source}.ndjson"
    if not file.exists():
        CACHE.mkdir(exist_ok=True)
        part = CACHE / f"{file.name}.{os.getpid()}"
        part.write_bytes(b"".join(record(i) + b"\n" for i in range(records)))
        part.rename(file)
    return file
