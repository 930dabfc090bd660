"""Random rows from Spark to the server of tests/property/writes.py, while tasks fail and workers are killed.

What the job, its reject files and its files of ids say is compared with what the server has stored, row by row. Run by
test_write_retries.py in a Spark that tries a task four times."""

import importlib.util
import json
import os
import random
import signal
import tempfile
from pathlib import Path

from conftest import REPO, tools_running

RUNS = 5
WITH_IDS = ("positional", "by_index", "by_key", "lines")

_spec = importlib.util.spec_from_file_location("writes", REPO / "tests/property/writes.py")
writes = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(writes)


def troubled(rows, folder, trouble, after):
    """The rows; the first attempt of a task goes wrong after some of them, as `trouble` says. Notes each attempt."""

    def pass_on(_, part):
        from pyspark import TaskContext

        context = TaskContext.get()
        (Path(folder) / f"tried-{context.partitionId()}-{context.attemptNumber()}").touch()
        for n, row in enumerate(part):
            if n == after and context.attemptNumber() == 0 and trouble == "raise":
                raise RuntimeError("as planned")
            if n == after and context.attemptNumber() == 0 and trouble == "kill before":
                os.kill(os.getpid(), signal.SIGKILL)
            yield row

    return rows.mapPartitionsWithIndex(pass_on)


def kill_writer(run):
    """The next answer comes only when the worker that feeds the tool is dead."""
    answer = run.answer

    def first(body, key):
        run.answer = answer
        for worker in set(tools_running().values()):
            os.kill(worker, signal.SIGKILL)
        return answer(body, key)

    run.answer = first


def options_of(run, folder, rng):
    options = {"retry": 4, "retry_delay": 0.01, "batch_size": rng.choice([1, 3, 20, 50]), "reject_file": f"{folder}/r-"}
    options.update({"ids": "id", "ids_file": f"{folder}/i-"} if run.shape in WITH_IDS else {})
    return {**options, "max_rejects": 1000, "parallel": rng.choice([1, 4]), "idempotent": run.keyed}


def lines_of(folder, kind, attempts):
    """The lines of the files of this kind, of the attempts that counted: the last of each partition."""
    found = []
    for name in sorted(os.listdir(folder)):
        if name.startswith(f"{kind}-"):
            partition, attempt = map(int, name.split("-")[1:3])
            if attempts[partition] == attempt:
                found += map(json.loads, (Path(folder) / name).read_text(encoding="utf-8").splitlines())
    return found


def check(run, folder, done):
    """What must hold for each row."""
    tried = [tuple(map(int, name.split("-")[1:])) for name in os.listdir(folder) if name.startswith("tried-")]
    attempts = dict(sorted(tried))
    repeated = any(attempts.values())
    rejected = {one["record"]["key"] for one in lines_of(folder, "r", attempts)}
    for record in run.records:
        times, key = run.stored.get(record["key"], 0), record["key"]
        if record["kind"] == "bad":
            assert times == 0, f"{key} is stored, though the server refused it"
        if not done:
            continue
        refused, bad = key in rejected, record["kind"] == "bad"
        # A count alone does not say that it will be taken later.
        unsaid = run.shape == "unnamed" and record["kind"] == "busy"
        assert refused == bad or unsaid, f"{key} is {record['kind']}: a reject? {refused}"
        if refused:
            assert times == 0 or repeated, f"{key} is a reject, and stored {times} times"
        else:
            once = times == 1 if run.keyed or not repeated else times >= 1
            assert once, f"{key} is stored {times} times; a task was repeated: {repeated}"
    if done and run.shape in WITH_IDS:
        ids = lines_of(folder, "i", attempts)
        known = {writes.ident(record) for record in run.records if record["kind"] != "bad"}
        assert len(ids) == len(run.records) and set(filter(None, ids)) <= known, "ids"


def one(spark, url, rng):
    """Whether the job was done."""
    run, path = writes.scenario(rng)
    trouble = rng.choice(["none", "raise", "kill before", "kill writer"])
    if trouble == "kill writer":
        kill_writer(run)
    with tempfile.TemporaryDirectory() as folder:
        rows = spark.sparkContext.parallelize([tuple(record.values()) for record in run.records], rng.randrange(1, 4))
        rows = troubled(rows, folder, trouble, rng.randrange(len(run.records) // 3 + 1))
        df = spark.createDataFrame(rows, "key string, kind string, busy long, n long")
        options = options_of(run, folder, rng)
        try:
            df.write.format("rest-api").mode("append").options(**options, url=url + path).save()
            why = ""
        except Exception as error:
            why = str(error)
        try:
            check(run, folder, not why)
        except AssertionError as wrong:
            about = f"shape {run.shape}, keyed {run.keyed}, trouble {run.trouble}, {trouble}, {options}"
            raise AssertionError(f"{wrong}\n{about}\n{why[-1500:]}") from None
    return not why


def main(spark, seed):
    server = writes.loopback.start(writes.Handler)
    rng = random.Random(seed)
    done = [one(spark, server.url, rng) for _ in range(RUNS)]
    server.shutdown()
    assert any(done), "no job was done"
