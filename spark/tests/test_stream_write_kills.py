"""From API to API: a driver, its JVM or workers are killed (-9) at random moments; the target has each row once.

The target either takes rows in two phases or heeds idempotency keys. Three kills each here; `make check-streams`
(pytest -m kills) does twenty. A killed worker's task is tried again in the same query; the query is started again
when it has ended.
"""

import json
import os
import random
import signal
import time
from pathlib import Path

import pytest

from conftest import Sink, eventually
from streaming import at_most
from test_stream_kills import SEED, Job, batches

TWO_PHASES = {
    "stage_url": "stage/{job_id}/{batch_id}/{partition_id}/{attempt}",
    "commit_url": "commit/{job_id}/{batch_id}",
    "abort_url": "abort/{job_id}/{batch_id}",
}


def started_by(driver, *names):
    """The pids of the driver's session but for its own whose names begin so."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            name, rest = (entry / "stat").read_text().split("(", 1)[1].rsplit(")", 1)
        except (OSError, IndexError):
            continue  # gone meanwhile
        state, session, pid = rest.split()[0], int(rest.split()[3]), int(entry.name)
        if session == driver and pid != driver and state != "Z" and name.startswith(names):
            yield pid


NAMES = {"worker": ("python", "restsrc"), "jvm": ("java",)}  # worker: those of Spark, their daemon and their tools


def kill_one(what, driver, chance):
    try:
        os.kill(chance.choice(sorted(started_by(driver, *NAMES[what]))), signal.SIGKILL)
    except (IndexError, ProcessLookupError):
        return False
    return True


class Query:
    """A query that is started again whenever it has ended."""

    def __init__(self, folder, options, chance):
        self._folder, self._options, self._chance = folder, options, chance
        self._job, self.starts = None, 0

    def needed(self):
        if self._job is None or not self._job.running():
            self._job, self.starts = Job(self._folder, self._options, {"processingTime": "0 seconds"}), self.starts + 1
        return True

    def kill(self, what):
        """The driver with all that it started, its JVM alone, or one of the workers. False: it was gone already."""
        if what == "driver":
            self._job.kill()
            return True
        killed = kill_one(what, self._job.pid, self._chance)
        if killed and what == "jvm":
            eventually(lambda: not self._job.running())
        return killed

    def stop(self):
        if self._job:
            self._job.kill()


def survives(folder, scenario, target, ids, sink, kills):
    """Kills what `kills` names, one after the other, and lets the query come to the end of its source.

    Compares with what `ids` finds at the target. The number of kills in the middle of a batch.
    """
    chance = random.Random(SEED)
    options = {
        "url": scenario.url,
        **at_most(300),
        "poll_interval": "20ms",
        "sink": {"url": target.url, "retry_delay": "0.01", **sink},
    }
    query, left, hits = Query(folder, options, chance), list(kills), 0

    def at_rest():
        done = batches(folder, "commits")
        return query.needed() and done and done == batches(folder, "offsets") and len(ids()) >= len(scenario.records())

    try:
        while left:
            requests = len(target.log()) + chance.randint(1, 50)  # a batch takes some 16
            scenario.grow(1000)
            eventually(lambda: query.needed() and len(target.log()) >= requests, 300)
            time.sleep(chance.uniform(0, 0.2))  # so that it hits what comes between requests too
            if query.kill(left[-1]):
                left.pop()
                hits += batches(folder, "offsets") != batches(folder, "commits")
        eventually(at_rest, 300)
    finally:
        query.stop()
    print(
        f"seed {SEED}: killed {kills.count('driver')} drivers, {kills.count('jvm')} JVMs and {kills.count('worker')} "
        f"workers, {hits} in the middle of a batch; "
        f"{query.starts} starts, {len(batches(folder, 'commits'))} batches, {len(scenario.records())} records"
    )
    check(ids(), [record["id"] for record in scenario.records()])
    return hits


def check(ids, expected):
    assert len(ids) == len(set(ids)), f"seed {SEED}: {len(ids) - len(set(ids))} rows came twice"
    assert set(ids) == set(expected), f"seed {SEED}: {len(set(expected) - set(ids))} rows are missing"


def in_two_phases(fault, server, folder, kills):
    target = Sink(server, "kills", "rows")

    def ids():
        return [row["id"] for row in json.loads(target.get("rows?limit=1000000"))["results"]]

    hits = survives(folder, fault("n=600"), target, ids, {**TWO_PHASES, "batch_size": "20"}, kills)
    assert json.loads(target.get("staged"))["total"] == 0
    return hits


def with_keys(fault, sink, folder, kills):
    target = sink("answer=count,keys,delay=0.01")

    def ids():
        return [row["id"] for row in target.stored()]

    return survives(folder, fault("n=600"), target, ids, {"idempotent": "true", "batch_size": "20"}, kills)


A_FEW = ["worker", "driver", "jvm"]
TWENTY = ["driver", "worker", "jvm", "worker"] * 5


def test_kills_in_two_phases(fault, staging_server, tmp_path):
    in_two_phases(fault, staging_server, tmp_path, A_FEW)


def test_kills_with_keys(fault, sink, tmp_path):
    with_keys(fault, sink, tmp_path, A_FEW)


@pytest.mark.kills
def test_twenty_kills_in_two_phases(fault, staging_server, tmp_path):
    assert in_two_phases(fault, staging_server, tmp_path, TWENTY) > 0


@pytest.mark.kills
def test_twenty_kills_with_keys(fault, sink, tmp_path):
    assert with_keys(fault, sink, tmp_path, TWENTY) > 0
