"""The examples of README.md, in order, on an API that has what they ask for: what they read, write and stream."""

import json
import re
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

REPO = Path(__file__).resolve().parents[2]
TOKEN = "token-of-the-shop"
SHOP = f"""
ROWS = [{{"id": i, "total": i + 0.25, "customer": i % 7, "created": "2026-01-01T00:00:00Z"}} for i in range(2500)]
def answer(r):
    if r.method == "POST":
        return 201, r.json
    if r.query.get("status") and r.headers.get("Authorization") != "Bearer {TOKEN}":
        return 401, {{}}
    at, size = int(r.query.get("offset", 0)), min(int(r.query.get("limit", 100)), 1000)
    return {{"count": len(ROWS), "results": ROWS[at : at + size]}}
"""


def blocks(url):
    text = (REPO / "README.md").read_text(encoding="utf-8")
    return [block.replace("https://api.example.com", url) for block in re.findall(r"```python\n(.*?)```", text, re.S)]


def test_the_readme_reads_writes_and_streams_what_it_says(spark, api, tmp_path):
    server = api(SHOP)
    names = {"spark": spark, "dbutils": SimpleNamespace(secrets=SimpleNamespace(get=lambda scope, key: TOKEN))}
    plain, typed, rest = blocks(server.url)
    spark.sql("DROP TABLE IF EXISTS orders")
    exec(plain, names)
    assert names["df"].columns == ["id", "total", "customer", "created"] and names["df"].count() == 2500
    exec(typed, names)
    assert names["df"].dtypes[1] == ("total", "decimal(12,2)") and names["df"].count() == 2500
    rest = re.sub(r'("(?:path|checkpointLocation)", )"(\w+)"', rf'\1"{tmp_path}/\2"', rest)
    exec(rest + "\nquery = spark.streams.active[-1]", names)
    try:
        names["query"].processAllAvailable()
    finally:
        names["query"].stop()
    assert spark.table("orders").count() == 2500
    spark.sql("DROP TABLE orders")
    written = [row["id"] for one in server.log() if one["method"] == "POST" for row in json.loads(one["body"])]
    assert sorted(written) == list(range(2500))
    streamed = spark.read.parquet(f"{tmp_path}/new")
    assert streamed.count() == 2500 and streamed.where("id = 1").head().total == Decimal("1.25")
