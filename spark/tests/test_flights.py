"""All the flights of the Django server through Spark equal the CSV that they came from."""

import sys

import pytest
from pyspark.sql import functions as F

from conftest import SERVERS

sys.path.insert(0, str(SERVERS))
from flights import source


@pytest.fixture(scope="module")
def flights(flights_server, read_module):
    return read_module(flights_server + "/flights/", page_size=5000).load()


@pytest.fixture(scope="module")
def read_module(spark):
    return lambda url, **options: spark.read.format("rest-api").option("url", url).options(**options)


def test_inferred_schema(flights):
    expected = ["id bigint", *(f"{name} {'string' if name in source.TEXT else 'bigint'}" for name in source.columns())]
    assert [f"{field.name} {field.dataType.simpleString()}" for field in flights.schema] == expected


def test_every_value_of_every_flight(flights):
    ours = flights.toArrow().sort_by("id")
    oracle = list(zip(*(flight.values() for flight in source.flights())))
    assert ours.num_rows == len(oracle[0])
    for name, values in zip(ours.column_names, oracle, strict=True):
        assert ours.column(name).to_pylist() == list(values), name


def test_typed_schema_and_filtered_list(flights_server, read_module):
    schema = "carrier string, dep_delay int, distance decimal(10,1), time_hour timestamp"
    df = read_module(flights_server + "/flights/?month=2&carrier=UA", page_size=1000).schema(schema).load()
    row = df.agg(F.count("*"), F.sum("dep_delay"), F.sum("distance"), F.min("time_hour").cast("string")).first()
    oracle = [f for f in source.flights() if f["month"] == 2 and f["carrier"] == "UA"]
    delays = [f["dep_delay"] for f in oracle if f["dep_delay"] is not None]
    assert tuple(row)[:3] == (len(oracle), sum(delays), sum(f["distance"] for f in oracle))
    assert row[3] == min(f["time_hour"] for f in oracle).replace("T", " ").rstrip("Z")
