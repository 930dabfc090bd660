"""Flights written to Django REST Framework and read back, with misfortunes on the way."""

import json
import sys
import urllib.request
import uuid

import pytest
from pyspark.sql import functions as F

from conftest import SERVERS, Server

SCHEMA = (
    "id long, year int, month int, day int, dep_time int, sched_dep_time int, dep_delay int, arr_time int, "
    "sched_arr_time int, arr_delay int, carrier string, flight int, tailnum string, origin string, dest string, "
    "air_time int, distance int, hour int, "
    "minute int, time_hour timestamp"
)
# Of the 200 requests, these meet with one: 3, 12, 21 and so on.
WORDS = [
    "fail=429:1",
    "drop=1",
    "after=500:1",
    "lose=1",
    "cut=5:1",
    "fail=503:1",
    "after=502:1",
    "drop=3",
    "fail=429:2",
] * 2
MISFORTUNES = ",".join(f"{word}:{2 + 9 * at}" for at, word in enumerate(WORDS))


def with_timestamp(flights):
    """A column that needs its microseconds, before and after 1970."""
    return flights.withColumn("seen_at", F.expr("timestamp_micros((id - 50000) * 86400000001 + id)"))


@pytest.fixture
def proxy(flights_server):
    server = Server([sys.executable, str(SERVERS / "proxy.py"), "--until-eof", "--target", flights_server])
    yield server.url
    server.stop()


@pytest.fixture
def flights(spark, flights_server):
    """100,000 of them, from the server's own table."""
    reader = spark.read.format("rest-api").schema(SCHEMA).options(page_size=10_000, limit=100_000)
    cached = with_timestamp(reader.load(f"{flights_server}/flights/")).cache()
    yield cached
    cached.unpersist()


def test_flights_come_back_as_they_were_whatever_happens_on_the_way(spark, flights_server, flights, proxy):
    place = f"written/{uuid.uuid4().hex}/"
    options = {"batch_size": 500, "idempotent": True, "retry_delay": 0.01}
    flights.write.format("rest-api").mode("append").options(**options).save(f"{proxy}/{MISFORTUNES}/{place}")
    log = json.loads(
        b"[" + urllib.request.urlopen(f"{proxy}/{MISFORTUNES}/_log").read().replace(b"\n", b",")[:-1] + b"]"
    )
    assert len(log) >= 200 + len(WORDS) and {429, 500, 502, 503, None} < {entry["status"] for entry in log}
    back = (
        spark.read.format("rest-api")
        .schema(flights.schema)
        .option("page_size", 10_000)
        .load(f"{flights_server}/{place}")
        .cache()
    )
    assert back.count() == flights.count() == 100_000
    assert back.exceptAll(flights).isEmpty() and flights.exceptAll(back).isEmpty()
