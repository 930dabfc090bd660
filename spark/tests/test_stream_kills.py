"""A streaming query is killed (-9) at random moments while its list grows: the sink has each record exactly once.

Two kills here; `make check-streams` (pytest -m kills) does twenty and more in each mode.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from conftest import eventually
from restsrc.stream_reader import HAS_LIMITS
from streaming import at_most, needs_limits

JOB = Path(__file__).with_name("stream_job.py")
SEED = int(os.environ.get("RESTSRC_SEED", random.randrange(10**6)))


class Job:
    """The driver, its JVM and whatever they started, in a process group."""

    def __init__(self, folder, options, trigger):
        command = [sys.executable, str(JOB), str(folder), json.dumps({**options, "trigger": trigger})]
        with open(folder / "log", "a") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    @property
    def pid(self):
        return self._process.pid

    def running(self):
        return self._process.poll() is None

    def kill(self):
        """All at once: nobody gets to tidy up."""
        if self.running():
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def end(self):
        try:
            assert self._process.wait(300) == 0
        finally:
            self.kill()


class Growth:
    """Makes the list grow by some records at random moments, until it is stopped or has grown by some thousand."""

    def __init__(self, scenario, chance):
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(scenario, chance), daemon=True)
        self._thread.start()

    def _run(self, scenario, chance):
        left = 3000
        while left > 0 and not self._stop.wait(chance.uniform(0, 0.3)):
            more = chance.randint(1, 100)
            left -= more
            scenario.grow(more)

    def stop(self):
        self._stop.set()
        self._thread.join()


def batches(folder, kind):
    """The numbers of the batches that the checkpoint knows as planned (offsets) or done (commits)."""
    return {int(file.name) for file in (folder / "checkpoint" / kind).glob("[0-9]*")}


def forget_unborn(folder):
    """Spark does not take up a query that was killed while its very first batch was written down
    (STATE_STORE_CHECKPOINT_LOCATION_NOT_EMPTY); nothing has been read then, and it begins anew.
    """
    if (folder / "checkpoint").exists() and not batches(folder, "offsets"):
        assert not list((folder / "out").glob("_spark_metadata/[0-9]*"))
        shutil.rmtree(folder / "checkpoint")


def kill_at_random(folder, scenario, options, chance):
    """Starts the query and kills it while the list grows. True: in the middle of a batch."""
    forget_unborn(folder)
    asked = len(scenario.log())
    job, growth = Job(folder, options, {"processingTime": "0 seconds"}), None
    try:
        eventually(lambda: len(scenario.log()) > asked or not job.running(), 300)
        growth = Growth(scenario, random.Random(chance.random()))
        requests = asked + chance.randint(1, 60)  # a batch takes some
        eventually(lambda: len(scenario.log()) >= requests or not job.running(), 300)
        time.sleep(chance.uniform(0, 0.4))  # after the last request come the files
        assert job.running(), (folder / "log").read_text()[-5000:]
    finally:
        job.kill()
        if growth:
            growth.stop()
    return batches(folder, "offsets") != batches(folder, "commits")


def parquet_ids(folder):
    """What a reader of the sink sees: the files that its log of commits names."""
    import pyarrow.parquet as pq

    names = {}
    log = folder / "out" / "_spark_metadata"
    for entry in log.glob("[0-9]*"):  # N, or N.compact for all up to N
        for action in map(json.loads, entry.read_text().splitlines()[1:]):
            names[action["path"]] = action["action"]
    ids = []
    for path, action in names.items():
        assert action == "add"
        ids += pq.read_table(path.removeprefix("file://"), partitioning=None).column("id").to_pylist()
    return ids


def survives(folder, scenario, options, kills, lag=0.0):
    chance = random.Random(SEED)
    options = {**options, "poll_interval": "20ms"}
    print(f"seed {SEED}")
    hits = sum(kill_at_random(folder, scenario, options, chance) for _ in range(kills))
    forget_unborn(folder)
    eventually(lambda end=time.time() + lag: time.time() > end)
    for _ in range(
        1 if HAS_LIMITS else 2
    ):  # PySpark before 4.2 takes one batch for AvailableNow: the one that was under way
        Job(folder, {**options, **at_most(5000)}, {"availableNow": True}).end()
    expected = [record["id"] for record in scenario.records()]
    ids = parquet_ids(folder)
    done = len(batches(folder, "commits"))
    print(f"seed {SEED}: {kills} kills, {hits} of them in the middle of a batch; {len(ids)} records in {done} batches")
    assert len(ids) == len(set(ids)), f"seed {SEED}: {len(ids) - len(set(ids))} records came twice"
    assert set(ids) == set(expected), f"seed {SEED}: {len(set(expected) - set(ids))} records are missing"
    return hits


def in_mode(fault, growing, mode):
    if mode == "time":
        scenario = growing("n=2000")
        options = {"url": scenario.url, "stream_mode": "time", "starting_offset": "2024-01-01T00:00:00Z", "lag": "1s"}
        return scenario, {**options, **at_most(700)}
    scenario = fault("n=2000")
    if mode == "cursor":
        url = scenario.base + "/cursor"
        return scenario, {"url": url, "stream_mode": "cursor", "paginate": "cursor", **at_most(700)}
    return scenario, {"url": scenario.url, **at_most(700)}


def test_two_kills(fault, growing, tmp_path):
    scenario, options = in_mode(fault, growing, "offset")
    survives(tmp_path, scenario, options, 2)


@pytest.mark.kills
@pytest.mark.parametrize("mode", ["offset", "time", pytest.param("cursor", marks=needs_limits)])
def test_twenty_kills(fault, growing, tmp_path, mode):
    scenario, options = in_mode(fault, growing, mode)
    hits = survives(tmp_path, scenario, options, 20, lag=2.5)
    assert hits > 0
