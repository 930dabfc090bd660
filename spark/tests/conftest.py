"""Fixtures: one real Spark for the whole run, the fault server and the Django server as processes of their own."""

import json
import os
import subprocess
import sys
import time
import urllib.request
import uuid
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

REPO = Path(__file__).resolve().parents[2]
SERVERS = REPO / "tests" / "servers"
sys.path.append(str(SERVERS))

from arrow_tool import Listing  # noqa: E402

# The binary of this source tree, unless the caller named one or it is installed beside this Python.
if (REPO / "src" / "restsrc").exists():
    os.environ.setdefault("RESTSRC_BIN", str(REPO / "src" / "restsrc"))


def register(session):
    """The data source; but PySpark 4.0 has found it by itself and refuses to do it twice."""
    import pyspark

    from restsrc import RestApiDataSource, hide_options

    if pyspark.__version__.startswith("4.0."):
        hide_options(session)
    else:
        session.dataSource.register(RestApiDataSource)


@pytest.fixture(scope="session")
def spark():
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]")
        .appName("restsrc tests")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    register(session)
    yield session
    session.stop()


class Server:
    """A server process that prints its URL once it listens and ends when its stdin does."""

    def __init__(self, command, **popen):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **popen)
        self.url = self.process.stdout.readline().strip()
        assert self.url.startswith("http://"), f"{command} did not start"

    def stop(self):
        self.process.stdin.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@pytest.fixture(scope="session")
def fault_server():
    server = Server([sys.executable, str(SERVERS / "fault.py"), "--until-eof"])
    yield server.url
    server.stop()


@pytest.fixture(scope="session")
def tool_made():
    """What a BatchMaker makes of a block of lines that the tool reads as Arrow; see `Listing.made`."""
    with Listing() as listing:
        yield listing.made


class Scenario:
    """One scenario of the fault server, with its own counters and log."""

    def __init__(self, server, words):
        self.base = f"{server}/{words},id={uuid.uuid4().hex}"
        self.url = self.base + "/items"

    def get(self, path):
        with urllib.request.urlopen(self.base + path) as answer:
            return answer.read()

    def grow(self, more):
        urllib.request.urlopen(urllib.request.Request(f"{self.base}/_grow?n={more}", method="POST")).close()

    def records(self):
        return [json.loads(line) for line in self.get("/_records").splitlines()]

    def log(self):
        return [json.loads(line) for line in self.get("/_log").splitlines()]


@pytest.fixture
def fault(fault_server):
    return lambda words="n=1000": Scenario(fault_server, words)


def process(name, *arguments):
    """A fixture's server for the whole run."""
    server = Server([sys.executable, str(SERVERS / name), "--until-eof", *arguments])
    yield server.url
    server.stop()


class Api(Server):
    """A server for one test, which says in a few lines of Python how some API answers: see small.py."""

    def log(self):
        with urllib.request.urlopen(self.url + "/_log") as answer:
            return [json.loads(line) for line in answer]

    def tell(self, **query):
        """Asks the server for /_tell, for its answer() to change what it has."""
        urllib.request.urlopen(f"{self.url}/_tell?{urlencode(query)}").close()


@pytest.fixture
def api(tmp_path):
    """Starts one."""
    started = []

    def start(code):
        path = tmp_path / f"api{len(started)}.py"
        path.write_text(code)
        started.append(Api([sys.executable, str(SERVERS / "small.py"), str(path), "--until-eof"]))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture(scope="session")
def growing_server():
    yield from process("growing.py")


@pytest.fixture
def growing(growing_server):
    """Scenarios of the server of time-stamped records."""

    def make(words="n=1000"):
        scenario = Scenario(growing_server, words)
        scenario.url = scenario.base + "/events"
        return scenario

    return make


class Sink:
    """One scenario of a server that is written to, with what it stored."""

    def __init__(self, server, words, path="items"):
        self.base = f"{server}/{words},id={uuid.uuid4().hex}"
        self.url = f"{self.base}/{path}"

    def get(self, path):
        with urllib.request.urlopen(f"{self.base}/{path}") as answer:
            return answer.read()

    def lines(self):
        return self.get("_stored").decode().split("\n")[:-1]

    def stored(self):
        return [json.loads(line) for line in self.lines()]

    def log(self):
        return [json.loads(line) for line in self.get("_log").splitlines()]


@pytest.fixture(scope="session")
def sink_server():
    yield from process("sink.py")


@pytest.fixture
def sink(sink_server):
    return lambda words="answer=count": Sink(sink_server, words)


@pytest.fixture(scope="session")
def staging_server():
    yield from process("staging.py")


@pytest.fixture(scope="session")
def flights_server():
    server = Server([sys.executable, str(SERVERS / "flights_server.py"), "--until-eof"])
    yield server.url
    server.stop()


@pytest.fixture
def read(spark):
    """A reader for a URL; further options by name."""

    def reader(url, **options):
        return spark.read.format("rest-api").option("url", url).options(**options)

    return reader


@pytest.fixture
def listing(fault, tmp_path):
    """The fault server's scenario with these records (JSON texts)."""

    def make(*records):
        path = tmp_path / "records"
        path.write_text("".join(record + "\n" for record in records))
        return fault(f"file={quote(str(path), safe='')}")

    return make


def eventually(condition, seconds=60):
    """Waits until `condition()` is true, and gives its value; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def tools_running():
    """pid -> parent's pid of the restsrc processes that descend from this one."""
    parents, names = {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                name, rest = (entry / "stat").read_text().split("(", 1)[1].rsplit(")", 1)
            except (OSError, ValueError):
                continue  # gone meanwhile
            state, parent = rest.split()[:2]
            if state != "Z":
                parents[int(entry.name)], names[int(entry.name)] = int(parent), name

    def ours(pid):
        while pid in parents and pid != os.getpid():
            pid = parents[pid]
        return pid == os.getpid()

    return {pid: parents[pid] for pid, name in names.items() if name == "restsrc" and ours(pid)}


def gone(pid):
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True
