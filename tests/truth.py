"""Is what a receipt of restsrc write says of each line what the server's store says?  truth.py RECEIPT INPUT STORED

Input lines must differ from each other. A line with a member "bad" that is true is a bad record.
"""

import json
import sys
from collections import Counter
from pathlib import Path

MEMBERS = {
    "records",
    "accepted",
    "batches",
    "requests",
    "rejected",
    "skipped",
    "retries",
    "bytes",
    "lines_done",
    "lines_done_later",
    "lines_unknown",
    "seconds",
    "waited",
}


def lines(name):
    with open(name, "rb") as file:
        return [line.strip(b" \t\r\n") for line in file.read().split(b"\n")]


def spread(ranges):
    """The lines of the ranges, which are in order and apart."""
    flat = [line for pair in ranges for line in pair]
    assert flat == sorted(flat), f"ranges out of order: {ranges}"
    return {line for first, last in ranges for line in range(first, last + 1)}


def is_bad(line):
    try:
        return bool(json.loads(line).get("bad"))
    except (ValueError, AttributeError):
        return False


receipt_lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
assert len(receipt_lines) == 1, "the receipt is not one line"
receipt = json.loads(receipt_lines[0])
assert set(receipt) == MEMBERS, f"members of the receipt: {sorted(receipt)}"
stored = Counter(line for line in lines(sys.argv[3]) if line)
later, unknown = spread(receipt["lines_done_later"]), spread(receipt["lines_unknown"])
behind = later | unknown
assert not later & unknown and (not behind or min(behind) > receipt["lines_done"]), f"overlaps: {receipt}"

records = rejected = 0
for number, line in enumerate(lines(sys.argv[2]), 1):
    times = stored.pop(line, 0) if line else 0
    done = number <= receipt["lines_done"] or number in later
    bad = bool(line) and is_bad(line)
    expected = (0, 1) if number in unknown and line else (int(done and bool(line) and not bad),)
    assert times in expected, (
        f"line {number} ({'unknown' if number in unknown else 'done' if done else 'not done'}) "
        f"is stored {times} times: {receipt}"
    )
    if done and line:
        records, rejected = records + (not bad), rejected + bad
assert not stored, f"stored, but no line of the input: {stored.most_common(3)}"
assert receipt["records"] == records, f"{records} are done: {receipt}"
assert receipt["rejected"] == rejected, f"{rejected} are bad: {receipt}"
