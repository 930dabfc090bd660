"""What a job says of itself: rows of the log, one line after a write, and files."""

import json
import re
import subprocess
import sys

import pytest

from conftest import REPO, register

README = REPO / "spark" / "README.md"


@pytest.fixture(scope="module")
def logged(spark):
    """A session that collects the logs of its workers."""
    session = spark.newSession()
    session.conf.set("spark.sql.pyspark.worker.logging.enabled", "true")
    register(session)
    yield session
    session.conf.set("spark.sql.pyspark.worker.logging.enabled", "false")


def shown(readme):
    """The header and the rows of the table that follows the SQL in the README."""
    table = "|" + readme.split("```sql\nSELECT context", 1)[1].split("\n|", 1)[1].split("\n\n")[0]
    header, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    return header, rows


def test_the_log_table_of_the_readme(logged, fault):
    """All columns as there, but for the times."""
    readme = README.read_text()
    sql = "SELECT context" + readme.split("```sql\nSELECT context", 1)[1].split("```")[0]
    scenario = fault("n=2000,fail=503:1:1500")
    read = logged.read.format("rest-api").schema("i long").option("url", scenario.url).option("page_size", 100)
    assert read.option("retry_delay", 0.2).load().count() == 2000
    found = logged.sql(sql)
    header, rows = shown(readme)
    assert found.columns == header
    told = [row.asDict() for row in found.collect()]
    assert [[row[name] for name in header[:-2]] for row in told] == [row[:-2] for row in rows]
    assert all(0 <= float(row["waited"]) < float(row["seconds"]) < 60 for row in told)


def test_what_the_tool_says_has_its_level(logged, fault):
    scenario = fault("n=300,fail=503:1:200")
    read = logged.read.format("rest-api").schema("i long").option("url", scenario.url).option("page_size", 100)
    assert read.option("retry_delay", 0.01).option("num_partitions", 1).load().count() == 300
    rows = logged.sql("SELECT level, msg, context FROM python_worker_logs() WHERE logger = 'restsrc'").collect()
    (retry,) = [row for row in rows if "try 2 of" in row.msg and "id=" + scenario.base.split("id=")[1] in row.msg]
    assert retry.level == "WARNING" and retry.context["partition"] == "0"
    errors = logged.sql("SELECT * FROM python_worker_logs() WHERE level = 'ERROR'").collect()
    assert errors == []


def test_a_task_that_ends_early_says_so(logged, fault):
    scenario = fault("n=20000")
    read = logged.read.format("rest-api").schema("i long").option("url", scenario.url).option("page_size", 100)
    assert read.option("num_partitions", 1).load().first().i == 0
    rows = logged.sql("SELECT context FROM python_worker_logs() WHERE context['whole'] = 'false'").collect()
    (early,) = [row.context for row in rows if row.context["ranges"] == "records 0 to 19999"]
    asked = [entry for entry in scenario.log() if "/items" in entry.get("target", "/items")]
    assert 1 <= int(early["requests"]) <= len(asked)


# ---- files ----


def test_each_task_of_a_read_reports(read, fault, tmp_path):
    target = f"file://{tmp_path}/reports/read-{{partition_id}}.json"
    assert read(fault("n=500").url, page_size=100, num_partitions=2, report=target).schema("i long").load().count()
    first, second = (json.loads((tmp_path / "reports" / f"read-{n}.json").read_text()) for n in range(2))
    assert (first["ranges"], first["records"], first["pages"]) == (["records 0 to 199"], 200, 2)
    assert (second["ranges"], second["records"], second["whole"]) == (["records 200 to 499"], 300, True)
    assert second["requests"] == 5 and second["retries"] == 0  # a count and a look after it: the list may have grown


def said(session, outcome):
    """What the last write says of itself in the driver's log."""
    sql = f"SELECT msg FROM python_worker_logs() WHERE context['outcome'] = '{outcome}' ORDER BY ts DESC LIMIT 1"
    return session.sql(sql).first().msg


def test_a_write_says_what_it_has_done(logged, sink, tmp_path):
    target = sink("refuse=422")
    rows = logged.range(100).selectExpr("id", "if(id = 7, 'no', null) AS bad").coalesce(1)
    write = rows.write.format("rest-api").mode("append").option("url", target.url).option("max_rejects", 1)
    write.option("report", f"{tmp_path}/write.json").save()
    told = json.loads((tmp_path / "write.json").read_text())
    assert [told[name] for name in ("outcome", "records", "rejected", "unknown")] == ["done", 99, 1, 0]
    assert told["requests"] == len(target.log()) == told["partitions"][0]["requests"]
    done = f"the write is done: 99 rows stored, 1 rejected, 0 unknown, in {told['requests']} requests with 0 retries"
    assert done in said(logged, "done")


def test_a_write_that_fails_says_what_is_stored(logged, sink, tmp_path):
    target = sink("refuse=422")
    rows = logged.range(200).selectExpr("id", "if(id = 199, 'no', null) AS bad").repartitionByRange(2, "id")
    write = rows.write.format("rest-api").mode("append").option("url", target.url)
    with pytest.raises(Exception, match="HTTP 422"):
        write.option("report", f"{tmp_path}/write.json").save()
    told = json.loads((tmp_path / "write.json").read_text())
    assert (told["outcome"], told["unknown"]) == ("failed", None)
    assert told["records"] == sum(one["records"] for one in told["partitions"])
    assert f"the write has failed: {told['records']} rows stored" in said(logged, "failed")


def test_without_a_log_the_line_is_on_standard_error(sink):
    """As in the process that Spark commits in."""
    code = """
import sys
from pyspark.sql.types import IntegerType, StructType
from restsrc.delivery import Delivery, Job, Receipt
from restsrc.options import Options
delivery = Delivery(Options({"url": sys.argv[1]}), StructType().add("i", IntegerType()))
delivery.commit(Job("1"), [Receipt(0, "0-a", 5), None])
"""
    done = subprocess.run([sys.executable, "-c", code, sink().url], capture_output=True, text=True, check=True)
    assert re.fullmatch("restsrc: the write is done: 5 rows stored, 0 rejected, .* s\n", done.stderr)


def test_each_batch_of_a_stream_reports(spark, fault, sink, tmp_path):
    read = spark.readStream.format("rest-api").schema("i long").option("url", fault("n=300").url)
    read = read.option("rows_per_batch", 200).option("page_size", 100)
    events = read.option("report", f"{tmp_path}/read-{{batch_id}}-{{partition_id}}.json").load()
    write = events.writeStream.format("rest-api").option("url", sink().url)
    write = write.option("checkpointLocation", str(tmp_path / "checkpoint")).trigger(availableNow=True)
    write.option("report", f"{tmp_path}/write-{{batch_id}}.json").start().awaitTermination(60)
    told = {path.stem: json.loads(path.read_text()) for path in tmp_path.glob("*.json")}
    read = [sum(one["records"] for name, one in told.items() if name.startswith(f"read-{n}-")) for n in range(2)]
    assert read == [told[f"write-{n}"]["records"] for n in range(2)] == [200, 100]


@pytest.mark.parametrize(
    "report, why",
    [
        ("r.json", r"needs \{partition_id\} in it"),
        ("r-{partition_id}-{batch_id}.json", r"has \{batch_id\}, but can have \{partition_id\}, \{attempt\}"),
        ("what://host/{partition_id}", "can't be written to"),
    ],
)
def test_reports_that_nobody_could_tell_apart_are_refused(read, fault, report, why):
    with pytest.raises(Exception, match=why):
        read(fault().url, report=report).schema("i long").load().count()
