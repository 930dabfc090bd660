"""./bootstrap demo: a real REST server, read from the shell and from Spark, checked against its CSV."""

import argparse
import contextlib
import os
import shlex
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

SERVERS = Path(__file__).resolve().parent.parent / "servers"
SCRIPTS = Path(sys.executable).parent
sys.path.insert(0, str(SERVERS))

from flights import source  # noqa: E402

SPARK_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "2",
}


def title(text):
    print(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n{text}", flush=True)


@contextlib.contextmanager
def flights_server(rows):
    """The server's address, while it runs. It ends with this block, and with us if we are killed (its stdin ends)."""
    command = [sys.executable, SERVERS / "flights_server.py", "--until-eof", *(["--rows", str(rows)] if rows else [])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        try:
            address = server.stdout.readline().strip()
            if not address:
                raise SystemExit("the flights server did not start; its message is above")
            yield address
        finally:
            server.terminate()


def shell(*command):
    """Show a command as typed, then run it with its output on the terminal."""
    print("$", shlex.join(command), flush=True)
    code = subprocess.run([SCRIPTS / command[0], *command[1:]]).returncode
    if code:
        raise SystemExit(f"demo: that ended with exit code {code}")


@contextlib.contextmanager
def stderr_in(path):
    """What is started inside writes its messages to the file for as long as it runs."""
    kept = os.dup(2)
    with open(path, "w") as log:
        os.dup2(log.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


@contextlib.contextmanager
def quiet_spark():
    """A local Spark whose log is shown only when something fails; its JVM has ended when this block has."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    warnings.simplefilter("ignore")
    from pyspark.sql import SparkSession

    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "spark.log")
        builder = (
            SparkSession.builder.master("local[*]").appName("restsrc demo").config("spark.sql.warehouse.dir", folder)
        )
        for name, value in SPARK_SETTINGS.items():
            builder = builder.config(name, value)
        with stderr_in(log):
            spark = builder.getOrCreate()
        try:
            yield spark
        except Exception:
            print(*log.read_text(errors="replace").splitlines()[-50:], sep="\n", file=sys.stderr)
            raise
        finally:
            gateway = spark.sparkContext._gateway
            spark.stop()
            gateway.shutdown()
            gateway.proc.stdin.close()
            gateway.proc.wait()


SPARK_CODE = """\
from restsrc import RestApiDataSource
spark.dataSource.register(RestApiDataSource)
flights = spark.read.format("rest-api").option("url", url).option("page_size", 1000).load()
delays = flights.groupBy("carrier").agg(F.count("*"), F.sum("dep_delay"), F.count("dep_delay"))
figures = delays.collect()"""


def delays_by_spark(url):
    """{carrier: (flights, sum of delays, how many have one)}, the number of columns, and seconds.
    It runs the code as shown."""
    from pyspark.sql import functions as F

    with quiet_spark() as spark:
        names = {"spark": spark, "url": url, "F": F}
        start = time.monotonic()
        exec(SPARK_CODE, names)
        seconds = time.monotonic() - start
        columns = len(names["flights"].columns)
    return {row[0]: tuple(row[1:]) for row in names["figures"]}, columns, seconds


def delays_by_csv(rows):
    names = source.columns()
    carrier, delay = names.index("carrier"), names.index("dep_delay")
    sums = {}
    for row in source.rows(rows):
        flights, total, known = sums.get(row[carrier], (0, 0, 0))
        late = row[delay]
        sums[row[carrier]] = (flights + 1, total + (late or 0), known + (late is not None))
    return sums


def mean(entry):
    return f"{entry[1] / entry[2]:10.4f}" if entry and entry[2] else "         -"


def compare(spark, csv):
    print("           through Spark             straight from the CSV")
    print("carrier    flights   mean delay      flights   mean delay")
    for carrier in sorted(spark.keys() | csv.keys()):
        left, right = spark.get(carrier), csv.get(carrier)
        verdict = "equal" if left == right else "DIFFERENT"
        print(
            f"{carrier:7} {(left or [0])[0]:10,}   {mean(left)}   {(right or [0])[0]:10,}   {mean(right)}   {verdict}"
        )
    return spark == csv


def main():
    arguments = argparse.ArgumentParser(description="restsrc against a real server, checked against the CSV.")
    arguments.add_argument("--rows", type=int, help="serve only the first N flights")
    options = arguments.parse_args()
    title("1. A REST server starts: Django REST Framework over every flight out of New York in 2013")
    print("(on the first run it loads them from the CSV into SQLite, which takes some seconds)", flush=True)
    with flights_server(options.rows) as address:
        url = f"{address}/flights/"
        print(f"It listens on {url}?offset=0&limit=100 and caps a page at 10,000 records.")
        last = (options.rows or 336_776) - 6
        title(f"2. From the shell: how many records are there, and which three follow the first {last:,}?")
        shell("restsrc", "count", url)
        shell("restsrc", "read", "--offset", str(last), "--limit", "3", url)
        title("3. From Spark: all of them, grouped by carrier")
        print(*(f">>> {line}" for line in SPARK_CODE.splitlines()), sep="\n", flush=True)
        spark, columns, seconds = delays_by_spark(url)
    rows = sum(entry[0] for entry in spark.values())
    print(
        f"{rows:,} rows of {columns} columns in {seconds:.1f} s: {rows / seconds:,.0f} rows/s, "
        "schema inferred, server on this machine too"
    )
    title("4. The same figures computed straight from the CSV (mean departure delay in minutes)")
    equal = compare(spark, delays_by_csv(options.rows))
    print("\nAll equal: every flight came through." if equal else "\nNOT EQUAL: see above.")
    print("The server and Spark are stopped; nothing is left running.")
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())
