"""A cluster whose workers have no restsrc: the job brings it. `make check-cluster` has the long form."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cluster import Cluster, bare, empty_venv, pack
from conftest import eventually
from test_wheel import pure, wheel  # noqa: F401  (fixtures)

JOB = Path(__file__).with_name("cluster_job.py")
SECRET = "Zq7-of-the-cluster"
EVERYTHING = ["read", "write", "stream_read", "stream_write"]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    running = Cluster(tmp_path_factory.mktemp("cluster"), lambda condition: eventually(condition, 120))
    yield running
    running.stop()


@pytest.fixture
def archive(wheel, tmp_path):  # noqa: F811
    """spark-submit --py-files knows .zip, not .whl."""
    copy = tmp_path / "restsrc.zip"
    copy.write_bytes(wheel.read_bytes())
    return copy


@pytest.fixture
def packed(wheel, tmp_path):  # noqa: F811
    """An environment with the wheel in it: its folder, and what --archives takes."""
    folder = empty_venv(tmp_path / "venv")
    install = [sys.executable, "-m", "pip", "--python", folder / "bin" / "python", "install", "-q", "--no-deps", wheel]
    subprocess.run(install, env=bare(folder), check=True)
    return folder, pack(folder, tmp_path / "environment.tar.gz")


class Job:
    """What a job is told to do, and whether it has done it."""

    def __init__(self, source, sinks, folder):
        self.source, self.sinks = source, sinks
        self._folder = folder

    def text(self, *steps, **options):
        sinks = {name: sink.url for name, sink in self.sinks.items()}
        return json.dumps(
            {
                "source": self.source.url,
                "sinks": sinks,
                "folder": str(self._folder),
                "options": options,
                "steps": steps,
                "secret": SECRET,
            }
        )

    def result(self, daemon, *steps, seconds=300):
        """What the job found, after a look at its results and the servers."""
        found = json.loads(eventually(daemon.address, seconds))
        ids = [record["id"] for record in self.source.records()]
        for step in set(steps) & {"read", "stream_read"}:
            assert sorted(found[step]) == sorted(ids), step
        for step, whole in (("write", list(range(1000))), ("stream_write", sorted(ids))):
            stored = [record["id"] for record in self.sinks[step].stored()]
            assert sorted(stored) == (whole if step in steps else []), step
        return found


@pytest.fixture
def job(cluster, fault, sink, tmp_path):
    """Jobs end with their test, also where it fails."""

    def make(words="kind=flat,n=1000"):
        sinks = {"write": sink("keys,answer=count"), "stream_write": sink("keys,answer=count")}
        return Job(fault(words), sinks, tmp_path)

    yield make
    cluster.end_jobs()


def places(cluster):
    """The private folders that the workers' tasks unpack the tool into: one a node, below its TMPDIR."""
    return {worker.folder / f"restsrc-{os.geteuid()}" for worker in cluster.workers}


def test_a_wheel_by_py_files(cluster, archive, job):
    """The tool is unpacked on each node."""
    steps = ["read", "write"]
    work = job()
    found = work.result(cluster.submit("py-files", "--py-files", archive, JOB, work.text(*steps)), *steps)
    assert {Path(tool).parent for tool in found["tools"]} <= places(cluster)


@pytest.mark.cluster
def test_streams_by_py_files(cluster, archive, job):
    """Spark 4.3 plans streaming reads in a process that has no --py-files; it has the PYTHONPATH of spark-submit."""
    steps = ["stream_read", "stream_write"]
    work = job()
    running = cluster.submit("py-files-streams", "--py-files", archive, JOB, work.text(*steps), path=archive)
    work.result(running, *steps)


@pytest.mark.cluster
def test_an_environment_by_archives(cluster, packed, job):
    """The workers get it packed; the driver, which plans with a Python of the same name, has it in its own folder."""
    folder, environment = packed
    (cluster.folder("archives") / "environment").symlink_to(folder)
    pythons = {
        "spark.pyspark.python": "./environment/bin/python",
        "spark.pyspark.driver.python": str(folder / "bin" / "python"),
    }
    work = job()
    job_text = work.text(*EVERYTHING)
    running = cluster.submit("archives", "--archives", f"{environment}#environment", JOB, job_text, **pythons)
    found = work.result(running, *EVERYTHING)
    assert all(tool.endswith("environment/bin/restsrc") for tool in found["tools"])
    assert all(
        any(tool.startswith(str(worker.folder / "work")) for worker in cluster.workers) for tool in found["tools"]
    )


@pytest.mark.cluster
def test_spark_connect_by_add_artifacts(cluster, archive, job):
    """Client and server without restsrc; the client has the wheel on its path, and sends it."""
    steps = ["read", "write"]
    work = job()
    with cluster.connect_server("connect-server") as server:
        found = work.result(cluster.client("connect", server, archive, JOB, work.text(*steps)), *steps)
    assert {Path(tool).parent for tool in found["tools"]} <= places(cluster)


@pytest.mark.cluster
def test_what_the_readme_shows_works_by_spark_connect(cluster, archive, job):
    work = job()
    with cluster.connect_server("readme-server") as server:
        running = cluster.client("connect-readme", server, archive, JOB, work.text("readme"))
        found = json.loads(eventually(running.address, 300))["readme"]
    assert (found["view"], found["raw"], found["several"]) == (1000, 1000, 2000)
    assert "did you mean page_size" in found["error"]
    assert "rest-api" in found["plan"].lower() and SECRET not in found["plan"]


@pytest.mark.cluster
def test_streams_by_spark_connect(cluster, archive, job):
    """Spark 4.3 plans streaming reads in a process that has no artifacts: the server has the wheel itself."""
    steps = ["stream_read", "stream_write"]
    work = job()
    with cluster.connect_server("streams-server", "--py-files", archive, path=archive) as server:
        work.result(cluster.client("connect-streams", server, archive, JOB, work.text(*steps)), *steps)


def program_below(folder):
    """Whether the tool runs that a worker's task unpacked there."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "exe").readlink().is_relative_to(folder):
                return True
        except OSError:  # it has ended
            continue
    return False


@pytest.mark.cluster
@pytest.mark.parametrize("step", EVERYTHING)
def test_a_worker_is_killed_in_mid_job(cluster, archive, job, step):
    """With what it runs. The other one does its tasks; what is read is whole, what is written is there once."""
    work = job("kind=flat,n=1000,delay=0.2")
    options = {} if step == "write" else {"num_partitions": "10", "page_size": "20"}
    running = cluster.submit(f"kill-{step}", "--py-files", archive, JOB, work.text(step, **options), path=archive)
    busy = work.sinks[step].stored if step in work.sinks else work.source.log
    eventually(lambda: len(busy()) > 8, 300)
    victim = eventually(lambda: next((one for one in cluster.workers if program_below(one.folder)), None), 60)
    cluster.workers.remove(victim)
    victim.kill()
    found = work.result(running, step)
    assert {Path(tool).parent for tool in found["tools"]} == places(cluster)
    cluster.workers.append(cluster.add_worker(f"after-{step}"))


def most_in(seconds, times):
    """The largest number of requests within so many seconds."""
    times, first, most = sorted(times), 0, 0
    for last, time in enumerate(times):
        while time - times[first] > seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


@pytest.mark.cluster
@pytest.mark.parametrize("step", ["read", "write"])
def test_all_tasks_of_all_workers_share_a_rate(cluster, archive, job, step):
    """Four tasks have a quarter of it each. In no three seconds are there more requests, but for the first of each."""
    work = job("kind=flat,n=1000,cap=10")
    options = {"rate": "20/s", "rate_scope": "cluster", "slots": "4"}
    options |= {"num_partitions": "8", "page_size": "10"} if step == "read" else {"batch_size": "10"}
    running = cluster.submit(f"rate-{step}", "--py-files", archive, JOB, work.text(step, **options))
    found = work.result(running, step)
    assert {Path(tool).parent for tool in found["tools"]} == places(cluster)
    times = [entry["time"] for entry in (work.source if step == "read" else work.sinks["write"]).log()]
    print(f"{step}: {len(times)} requests in {max(times) - min(times):.1f} s; in 3 s at most {most_in(3, times)}")
    assert len(times) >= 100
    assert 30 < most_in(3, times) <= 60 + 4
