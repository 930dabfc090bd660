"""The driver is killed (-9): its JVM, which is the executor, too, or the Python that started it. Two seconds later the
tool that read for it is gone. (A worker that is killed: test_read.py.)"""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from conftest import eventually, gone, tools_running

DRIVER = """
    import sys
    from pyspark.sql import SparkSession
    from conftest import register
    spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    register(spark)
    options = {"url": sys.argv[1], "num_partitions": 1, "page_size": 100}
    spark.read.format("rest-api").schema("id long").options(**options).load().collect()
"""


def parent(pid):
    return int((Path("/proc") / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()[1])


def java_above(pid):
    while "java" not in (Path("/proc") / str(pid) / "comm").read_text():
        pid = parent(pid)
    return pid


@pytest.mark.parametrize("whom", ["java", "python"])
def test_killed(fault, tmp_path, whom):
    scenario = fault("kind=flat,n=1000,hang=500")
    script = tmp_path / "driver.py"
    script.write_text(textwrap.dedent(DRIVER))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    with open(tmp_path / "log", "w") as log:
        driver = subprocess.Popen(
            [sys.executable, str(script), scenario.url], stdout=log, stderr=log, env=environment, start_new_session=True
        )
    try:
        eventually(lambda: any("offset=500" in entry["target"] for entry in scenario.log()), seconds=240)
        [tool] = tools_running()
        os.kill(java_above(tool) if whom == "java" else driver.pid, signal.SIGKILL)
        time.sleep(2)
        assert gone(tool)
    finally:
        os.killpg(driver.pid, signal.SIGKILL)
        driver.wait()
