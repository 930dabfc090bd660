"""Spark reads and writes whole through the ways that a network may have: the table of tests/servers/ways.py."""

import json
import sys
import urllib.request

import pytest

from conftest import SERVERS, Server


@pytest.fixture(scope="module")
def ways(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ways") / "ways"
    server = Server([sys.executable, str(SERVERS / "ways.py"), str(folder), "--until-eof"])
    table = {}
    for name, url, *options in (line.split() for line in (folder / "ways").read_text().splitlines()):
        pairs = (option.split("=", 1) for option in options)
        table[name] = url, {key.replace("-", "_"): value for key, value in pairs}
    yield server.url, table
    server.stop()


@pytest.mark.parametrize("name", ["ipv6", "http2", "mutual-tls", "https-proxy"])
def test_reads_and_writes_go_whole(spark, ways, name):
    api, table = ways
    if name not in table:
        pytest.skip("not here: no nginx (run ./bootstrap), or no IPv6")
    url, options = table[name]
    read = spark.read.format("rest-api").options(**options, page_size=20).schema("id long").load(f"{url}/items")
    assert sorted(row.id for row in read.collect()) == list(range(250))
    frame = spark.range(100).repartition(2)
    frame.write.format("rest-api").options(**options, batch_size=7).mode("append").save(f"{url}/items")
    with urllib.request.urlopen(f"{api}/{name}/stored") as answer:
        stored = [record["id"] for record in json.load(answer)]
    assert sorted(stored) == list(range(100))


def test_a_login_of_its_own_serves_all_tasks(spark, api, tmp_path, monkeypatch):
    """auth_command: one run of the program for the driver and all tasks, for reads and writes."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    login, runs = tmp_path / "login", tmp_path / "runs"
    login.write_text(f"#!/bin/sh\necho x >>'{runs}'\necho 'X-Session: session-1'\n")
    login.chmod(0o700)
    server = api("""
def answer(r):
    if r.headers.get("X-Session") != "session-1":
        return 401, {"error": "log in"}
    if r.method == "POST":
        return 201, {}
    first, most = int(r.query.get("offset", 0)), int(r.query.get("limit", 20))
    return {"total": 250, "items": [{"id": i} for i in range(first, min(first + most, 250))]}
""")
    options = {"auth_command": str(login), "num_partitions": 4, "page_size": 20}
    read = spark.read.format("rest-api").options(**options).schema("id long").load(f"{server.url}/items")
    assert sorted(row.id for row in read.collect()) == list(range(250))
    frame = spark.range(100).repartition(2)
    frame.write.format("rest-api").options(auth_command=str(login)).mode("append").save(f"{server.url}/new")
    bodies = [json.loads(asked["body"]) for asked in server.log() if asked["method"] == "POST"]
    stored = [record["id"] for body in bodies for record in (body if isinstance(body, list) else [body])]
    assert sorted(stored) == list(range(100))
    assert runs.read_text() == "x\n"
