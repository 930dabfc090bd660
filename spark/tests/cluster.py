"""A Spark standalone cluster on loopback, of pyspark's own jars: a master and two workers without restsrc."""

import os
import re
import shutil
import signal
import subprocess
import sysconfig
import tarfile
import venv
from contextlib import contextmanager
from pathlib import Path

import pyspark

SPARK_HOME = Path(pyspark.__file__).parent
SMALL = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"


def empty_venv(folder):
    """An environment with what the package needs of others, pyspark and pyarrow, but no restsrc and no programs."""
    venv.create(folder, with_pip=False, symlinks=True)
    packages = next((folder / "lib").glob("python3*")) / "site-packages"
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        if "restsrc" not in path.name and path.suffix != ".pth":
            (packages / path.name).symlink_to(path)
    return folder


def bare(folder, **more):
    """Variables with which no other restsrc can be found."""
    names = ("JAVA_HOME", "LANG")
    kept = {name: os.environ[name] for name in names if name in os.environ}
    return {**kept, "PATH": f"{folder}/bin:/usr/bin:/bin", "HOME": str(folder), "SPARK_LOCAL_IP": "127.0.0.1", **more}


def pack(folder, archive):
    """What venv-pack makes: the environment's files from its own folder on."""
    with tarfile.open(archive, "w:gz", compresslevel=1) as out:
        out.add(folder, arcname=".")
    return archive


class Daemon:
    """A process with a group of its own, which ends with the tests; `address` is what its log says after `said`."""

    def __init__(self, folder, said, arguments, environment):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.log = folder / "log"
        settings = {"SPARK_HOME": str(SPARK_HOME), "SPARK_DAEMON_MEMORY": "1g", "SPARK_DAEMON_JAVA_OPTS": SMALL}
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", str(SPARK_HOME / "bin" / arguments[0]), *arguments[1:]],
                env={**environment, **settings},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=folder,
                start_new_session=True,
            )
        self._said = re.compile(said)

    def address(self):
        """None: it is not up yet."""
        text = self.log.read_text(errors="replace")
        assert self.process.poll() is None, f"it ended: {text[-2000:]}"
        found = self._said.search(text)
        return found and found[1]

    def kill(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()


class Cluster:
    """`python` is what the executors run unless a job says otherwise: one without restsrc."""

    def __init__(self, folder, eventually):
        self._folder, self._eventually = folder, eventually
        self.python = empty_venv(folder / "python") / "bin" / "python"
        self._daemons, self._jobs = [], []
        self.url = self._start(
            "master", r"Starting Spark master at (\S+)", "Master", "--host", "127.0.0.1", "--port", "0"
        )
        self.workers = [self.add_worker(f"worker{number}") for number in (1, 2)]

    def folder(self, name):
        made = self._folder / name
        made.mkdir()
        return made

    def _start(self, name, said, kind, *arguments):
        folder = self._folder / name
        main = f"org.apache.spark.deploy.{kind.lower()}.{kind}"
        environment = bare(
            "/nonexistent", HOME=str(folder), TMPDIR=str(folder), SPARK_MASTER_OPTS="-Dspark.master.rest.enabled=false"
        )
        daemon = Daemon(folder, said, ["spark-class", main, "--webui-port", "0", *arguments], environment)
        self._daemons.append(daemon)
        address = self._eventually(daemon.address)
        return address if kind == "Master" else daemon

    def add_worker(self, name):
        arguments = (
            "--host",
            "127.0.0.1",
            "--cores",
            "2",
            "--memory",
            "1g",
            "--work-dir",
            str(self._folder / name / "work"),
        )
        return self._start(name, r"(Successfully registered) with master", "Worker", *arguments, self.url)

    def command(self, *arguments, **settings):
        """spark-submit, for a driver on this machine and an executor of two cores on each worker."""
        every = {
            "spark.ui.enabled": "false",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.memory": "1g",
            "spark.executor.memory": "512m",
            "spark.executor.cores": "2",
            "spark.sql.shuffle.partitions": "2",
            "spark.driver.extraJavaOptions": SMALL,
            "spark.executor.extraJavaOptions": SMALL,
            "spark.pyspark.python": str(self.python),
            "spark.pyspark.driver.python": str(self.python),
            **settings,
        }
        options = [word for name, value in every.items() for word in ("--conf", f"{name}={value}")]
        return ["spark-submit", "--master", self.url, *options, *map(str, arguments)]

    def submit(self, name, *arguments, path="", **settings):
        """A job in the folder `name`; the Daemon's address is the line of its result. `path` is its PYTHONPATH."""
        command = self.command(*arguments, **settings)
        folder = self._folder / name
        environment = bare("/nonexistent", HOME=str(folder), TMPDIR=str(folder), PYTHONPATH=str(path))
        daemon = Daemon(folder, r"(?m)^RESULT (.*)$", command, environment)
        self._daemons.append(daemon)
        self._jobs.append(daemon)
        return daemon

    def end_jobs(self):
        """Those that still run have cores that the next job would wait for."""
        while self._jobs:
            self._jobs.pop().kill()

    @contextmanager
    def connect_server(self, name, *arguments, path=""):
        """Its URL. While it runs, it has all cores of the cluster."""
        said = r"Spark Connect server started at: (\S+:\d+)"
        command = self.command(
            *arguments,
            "--class",
            "org.apache.spark.sql.connect.service.SparkConnectServer",
            "spark-internal",
            **{"spark.connect.grpc.binding.address": "127.0.0.1", "spark.connect.grpc.binding.port": "0"},
        )
        folder = self._folder / name
        environment = bare(
            "/nonexistent", HOME=str(folder), TMPDIR=str(folder), PYTHONPATH=str(path), PYSPARK_PYTHON=str(self.python)
        )
        daemon = Daemon(folder, said, command, environment)
        self._daemons.append(daemon)
        try:
            yield "sc://" + self._eventually(daemon.address)
        finally:
            daemon.kill()

    def client(self, name, remote, archive, job, text):
        """A program of Spark Connect, without a JVM, that has the wheel on its path."""
        folder = self._folder / name
        environment = bare(self.python.parents[1], HOME=str(folder), TMPDIR=str(folder), PYTHONPATH=str(archive))
        daemon = Daemon(
            folder, r"(?m)^RESULT (.*)$", [str(self.python), str(job), text, remote, str(archive)], environment
        )
        self._daemons.append(daemon)
        return daemon

    def stop(self):
        for daemon in reversed(self._daemons):
            daemon.kill()
        shutil.rmtree(self._folder / "python", ignore_errors=True)
