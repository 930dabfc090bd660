"""Random batches to a server that refuses, throttles, reorders and drops at random, and answers in one of many shapes:
what the receipt, the reject file and the file of ids say of each line is what the server has stored.

    writes.py RESTSRC [SEED]
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "servers"))
import loopback

RUNS = 60
SCENARIOS = {}  # by the path of their URL, because what an earlier one still sends is not the next one's


class Run:
    """A scenario: what the server does with each record and each request; and what it has stored."""

    def __init__(self, rng):
        self.rng, self.lock = rng, threading.Lock()
        self.shape = rng.choice(list(SHAPES))
        self.keyed = rng.random() < 0.3
        self.trouble = rng.choice([0, 0, 0.1, 0.3])
        self.most = rng.choice([0, 0, 0, 7])
        n = rng.randrange(1, 120)
        self.records = [self.make(i) for i in range(n)]
        self.stored, self.tried, self.answers = {}, {}, {}

    def make(self, i):
        kind = self.rng.choices(["good", "bad", "busy"], [8, self.rng.choice([0, 1]), self.rng.choice([0, 1])])[0]
        return {"key": f"k{i}", "kind": kind, "busy": self.rng.randrange(1, 3), "n": 9007199254740993 + i}

    def judge(self, record):
        """stored, refused or throttled; it is stored then."""
        key = record["key"]
        self.tried[key] = self.tried.get(key, 0) + 1
        if record["kind"] == "bad":
            return "refused"
        if record["kind"] == "busy" and self.tried[key] <= record["busy"]:
            return "throttled"
        self.stored[key] = self.stored.get(key, 0) + 1
        return "stored"

    def answer(self, body, key):
        """(status, text, headers), or None: the connection is closed."""
        records = json.loads(body)
        luck = self.rng.random()
        if key and key in self.answers:
            return self.answers[key]
        if self.most and len(records) > self.most:
            return 413, '{"error":"too many"}', {}
        if luck < self.trouble:
            return self.rng.choice([None, (429, "{}", {}), (503, "{}", {"Retry-After": "0.01"}), (500, "{}", {})])
        verdicts = [(record, self.judge(record)) for record in records]
        answer = 200, SHAPES[self.shape](self.rng, verdicts), {}
        if key:
            self.answers[key] = answer
        return None if luck > 1 - self.trouble / 3 else answer


WHY = {
    "refused": {"code": "bad_record", "message": "no such thing"},
    "throttled": {"code": "Throttled", "message": "later"},
}
STATUS = {"stored": 201, "refused": 422, "throttled": 429}


def ident(record):
    return "s-" + record["key"]


def result(record, verdict):
    if verdict == "stored":
        return {"status": 201, "id": ident(record)}
    return {"status": STATUS[verdict], "error": WHY[verdict]}


def positional(rng, verdicts):
    return json.dumps({"items": [{"create": result(*one)} for one in verdicts]})


def plain_list(rng, verdicts):
    return json.dumps([{"success": v == "stored", "errors": [] if v == "stored" else [WHY[v]]} for _, v in verdicts])


def by_index(rng, verdicts):
    results = [{"index": i, **result(*one)} for i, one in enumerate(verdicts)]
    rng.shuffle(results)
    return json.dumps({"data": {"results": results}})


def by_key(rng, verdicts):
    results = [{"key": record["key"], **result(record, verdict)} for record, verdict in verdicts]
    rng.shuffle(results)
    return json.dumps({"Operations": results})


def two_lists(rng, verdicts):
    good = [{"Key": record["key"]} for record, verdict in verdicts if verdict == "stored"]
    bad = [{"Key": record["key"], **WHY[verdict]} for record, verdict in verdicts if verdict != "stored"]
    rng.shuffle(good)
    rng.shuffle(bad)
    return json.dumps({"Successful": good, "Failed": bad})


def errors_only(rng, verdicts):
    errors = [{"index": i, **WHY[verdict]} for i, (_, verdict) in enumerate(verdicts) if verdict != "stored"]
    rng.shuffle(errors)
    return json.dumps({"processed": len(verdicts) - len(errors), "errors": errors})


def unnamed(rng, verdicts):
    """Nobody can tell which are meant."""
    return json.dumps({"failed": sum(verdict != "stored" for _, verdict in verdicts)})


def left_over(rng, verdicts):
    left = [record for record, verdict in verdicts if verdict == "throttled"]
    bad = [{"key": record["key"], "reason": "no"} for record, verdict in verdicts if verdict == "refused"]
    return json.dumps({"UnprocessedItems": {"t": left} if left else {}, "rejected": bad})


def lines(rng, verdicts):
    return "\n".join(json.dumps(result(*one)) for one in verdicts) + "\n"


SHAPES = {
    f.__name__: f for f in (positional, plain_list, by_index, by_key, two_lists, errors_only, unnamed, left_over, lines)
}


class Handler(loopback.Quiet):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        run = SCENARIOS[self.path]
        with run.lock:
            answer = run.answer(body, self.headers.get("Idempotency-Key"))
        if answer is None:
            self.close_connection = True
            self.connection.close()
            return
        status, text, headers = answer
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": len(text), **headers}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(text.encode())


def spread(ranges):
    return {n for first, last in ranges for n in range(first, last + 1)}


def check(run, receipt, rejects, ids):
    done = set(range(1, receipt["lines_done"] + 1)) | spread(receipt["lines_done_later"])
    unknown = spread(receipt["lines_unknown"])
    assert not done & unknown, "done and unknown"
    rejected = {one["line"]: one for one in rejects}
    told = iter(ids)
    for n, record in enumerate(run.records, 1):
        times = run.stored.get(record["key"], 0)
        state = "rejected" if n in rejected else "done" if n in done else "unknown" if n in unknown else "not done"
        allowed = {"rejected": (0,), "done": (1,), "unknown": (0, 1), "not done": (0,)}[state]
        assert times in allowed, f"line {n} is {state}, and stored {times} times: {record}"
        if n in rejected:
            assert rejected[n]["record"] == record, f"line {n}: the reject is another record"
        if n in done and ids:
            own = ident(record) if state == "done" else None
            assert next(told) in (None, own), f"line {n}: the id of another record"
    assert receipt["records"] == len(done - set(rejected)) and receipt["rejected"] == len(rejected), "the counts"


def texts(name):
    if not os.path.exists(name):
        return []
    with open(name, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def command_line(run, folder, rng):
    rejects, ids = os.path.join(folder, "rejects"), os.path.join(folder, "ids")
    line = ["write", "--retry-delay", "0.01", "--retry", "4", "--quiet", "--reject-file", rejects]
    line += ["--batch-size", str(rng.choice([1, 3, 20, 50])), "--parallel", str(rng.choice([1, 1, 4]))]
    line += ["--ids", "id", "--ids-file", ids] if run.shape in ("positional", "by_index", "by_key", "lines") else []
    return line + (["--idempotency-key", "k"] if run.keyed else [])


def scenario(rng):
    """A new one, and its path."""
    path = f"/{len(SCENARIOS)}/items"
    SCENARIOS[path] = Run(rng)
    return SCENARIOS[path], path


def one(tool, url, rng):
    run, path = scenario(rng)
    with tempfile.TemporaryDirectory() as folder:
        line = command_line(run, folder, rng)
        text = "".join(json.dumps(record) + "\n" for record in run.records)
        done = subprocess.run(
            [tool, *line, url + path], input=text, capture_output=True, text=True, timeout=120, check=False
        )
        receipt = json.loads(done.stdout)
        complete = not receipt["lines_unknown"] and receipt["lines_done"] == len(run.records)
        try:
            check(run, receipt, texts(os.path.join(folder, "rejects")), texts(os.path.join(folder, "ids")))
            assert (done.returncode == 0) == complete, f"exit {done.returncode}"
        except AssertionError as wrong:
            about = f"shape {run.shape}, keyed {run.keyed}, trouble {run.trouble}: {' '.join(line)}"
            sys.exit(f"{wrong}\n{about}\n{done.stdout}{done.stderr}")
    return done.returncode


def main():
    tool = sys.argv[1]
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 32)
    print(f"seed {seed}")
    server = loopback.start(Handler)
    rng = random.Random(seed)
    exits = [one(tool, server.url, rng) for _ in range(RUNS)]
    server.shutdown()
    assert exits.count(0) > RUNS / 4, f"hardly any run was complete: {exits}"


if __name__ == "__main__":
    main()
