"""What people do with a DataFrame or a stream of the source, beside reading it: views, SQL with parameters,
foreachBatch, joins, caches, and declarative pipelines in a Spark of their own.
"""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pyspark.sql import functions as F

from conftest import REPO, eventually, tools_running


@pytest.fixture
def items(fault, read):
    return read(fault("n=300").url).schema("id long, i int").load()


def test_sql_with_parameters(spark, items):
    by_name = spark.sql("SELECT count(*) FROM {items} WHERE i >= :least", args={"least": 290}, items=items)
    by_place = spark.sql("SELECT count(*) FROM {items} WHERE i BETWEEN ? AND ?", args=[5, 7], items=items)
    assert (by_name.first()[0], by_place.first()[0]) == (10, 3)


def test_view_of_a_dataframe_that_is_joined_and_cached(spark, items):
    items.createOrReplaceTempView("items_of_the_api")
    spark.sql("CACHE TABLE items_of_the_api")
    try:
        few = spark.createDataFrame([(5, "five"), (299, "last")], "i int, name string")
        joined = spark.table("items_of_the_api").join(F.broadcast(few), "i")
        assert sorted(row["name"] for row in joined.collect()) == ["five", "last"]
        assert spark.sql("SELECT max(i) FROM items_of_the_api").first()[0] == 299
    finally:
        spark.catalog.dropTempView("items_of_the_api")


ITSELF = """
rows = [{"id": n, "of": n} for n in range(600)]
def answer(r):
    if r.method == "POST":
        rows.extend({"id": len(rows) + n, "of": one["of"]} for n, one in enumerate(r.json))
        return ""
    if r.path.endswith("/count"):
        return {"total": len(rows)}
    first = int(r.query["offset"])
    return rows[first:first + int(r.query["limit"])]
"""


def test_a_list_is_written_into_itself_by_way_of_a_checkpoint(api, read):
    """Without it, the last task reads what the others have written."""
    url = api(ITSELF).url + "/items"
    items = read(url, num_partitions=6).schema("of int").load().localCheckpoint()
    items.write.format("rest-api").mode("append").options(url=url).save()
    assert sorted(row.of for row in read(url).schema("of int").load().collect()) == sorted([*range(600)] * 2)


def test_for_each_batch(spark, fault, sink, tmp_path):
    """The usual way to a target that is no sink of Spark's: each batch is a DataFrame, here written to another API."""
    scenario, target, numbers = fault("n=120"), sink(), []

    def store(batch, number):
        numbers.append((number, batch.count()))
        batch.write.format("rest-api").mode("append").options(url=target.url, idempotent="true").save()

    for more in (0, 30):
        scenario.grow(more)
        source = spark.readStream.format("rest-api").schema("i int").option("url", scenario.url).load()
        to = source.writeStream.foreachBatch(store).option("checkpointLocation", f"{tmp_path}/checkpoint")
        query = to.trigger(availableNow=True).start()
        assert query.awaitTermination(120)
    assert sorted(row["i"] for row in target.stored()) == list(range(150))
    assert numbers == [(0, 120), (1, 30)]
    eventually(lambda: not tools_running())


PIPELINE = """
import os
from pyspark import pipelines as dp
from pyspark.sql import SparkSession

spark = SparkSession.active()
URL = os.environ["URL_OF_THE_TEST"]

@dp.materialized_view
def items():
    return spark.read.format("rest-api").option("url", URL).schema("i int").load()

@dp.materialized_view
def total():
    return spark.sql("SELECT count(*) AS n, sum(i) AS s FROM items")

@dp.table
def events():
    return spark.readStream.format("rest-api").option("url", URL).schema("i int").load()
"""


@pytest.mark.skipif(
    not (importlib.util.find_spec("pyspark.pipelines") and importlib.util.find_spec("grpc")),
    reason="PySpark has declarative pipelines since 4.1",
)
def test_declarative_pipeline(fault, tmp_path):
    """`spark-pipelines run` finds the source by itself, because the package is there: a view, SQL and a stream."""
    (tmp_path / "transformations").mkdir()
    (tmp_path / "transformations" / "items.py").write_text(PIPELINE)
    spec = tmp_path / "spark-pipeline.yml"
    spec.write_text(
        f"name: test\nstorage: file://{tmp_path}/storage\nlibraries:\n  - glob:\n      include: transformations/**\n"
    )
    environment = {name: value for name, value in os.environ.items() if name != "SPARK_HOME"}
    run = subprocess.run(
        [Path(sys.executable).with_name("spark-pipelines"), "run", "--spec", spec],
        cwd=tmp_path,
        env={
            **environment,
            "URL_OF_THE_TEST": fault("n=300").url,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(REPO / "spark" / "src"),
            "PYSPARK_PYTHON": sys.executable,
            "PYSPARK_DRIVER_PYTHON": sys.executable,
            "SPARK_LOCAL_IP": "127.0.0.1",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=400,
    )
    assert run.returncode == 0, run.stdout.decode(errors="replace")[-3000:]

    def table(name):
        return [
            row
            for file in (tmp_path / "spark-warehouse" / name).glob("*.parquet")
            for row in pq.read_table(file).to_pylist()
        ]

    assert table("total") == [{"n": 300, "s": sum(range(300))}]
    assert [sorted(row["i"] for row in table(name)) for name in ("items", "events")] == [list(range(300))] * 2
