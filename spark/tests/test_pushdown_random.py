"""Random filters, pushed down and not: the same rows, through DataFrames, views and SQL, for each kind of server.

RESTSRC_PREDICATES says how many for each server (make check-pushdown: 700, 2,100 in all).
"""

import json
import os
import random
import sys
from decimal import ROUND_HALF_UP, Decimal
from functools import reduce

import pytest
from pyspark.sql import datasource
from pyspark.sql import functions as f
from pyspark.sql import types as t

import restsrc
from conftest import SERVERS, Server
from restsrc.planning.dialects import DIALECTS
from restsrc.planning.predicates import Reading
from restsrc.pushed_reader import SETTING, possible
from restsrc.rows import ddl
from restsrc.times import TimeForm

sys.path.append(str(SERVERS))

import filtered

pytestmark = pytest.mark.skipif(not possible(), reason="PySpark hands filters to Python sources since 4.1")

HOW_MANY = int(os.environ.get("RESTSRC_PREDICATES", 16))
AT_ONCE = 16  # filters in one Spark job
COLUMNS = "id long, name string, amount decimal(6,2), ok boolean, day date, seen timestamp, owner struct<id:int>"
SCHEMA = t.StructType([t.StructField(name, kind) for name, kind in ddl.fields(COLUMNS).items()])
SERVED = {
    "django": ("filtered_django.py", "/items/", {"pushdown": "auto", "api": "drf"}),
    "postgrest": ("small.py", "/postgrest", {"pushdown": "auto", "api": "postgrest"}),
    "odata": ("small.py", "/odata", {"pushdown": "odata", "api": "odata", "page_size": 100}),
}


def text(value):
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def a_value(chosen, column):
    if column in ("id", "owner.id"):
        return str(chosen.choice([-11, -10, -1, 0, 1, 2, 3, 77, 2**31, 2**53 + 1, -(2**63)]))
    if column == "amount":
        return chosen.choice(
            ["0", "-0.01", "1.01", "1.00", "-0.00", "1.005", f"{chosen.uniform(-9, 9):.2f}", "-9", "0.1D"]
        )
    if column == "day":
        return f"DATE'2024-0{chosen.choice(['2-28', '2-29', '3-01', '3-02'])}'"
    if column == "seen":
        zone = chosen.choice(["", "Z", " Europe/Paris", " America/New_York", "+05:30"])
        moment = chosen.choice(filtered.MOMENTS)[:-1].replace("T", " ")
        return f"TIMESTAMP'{moment}{zone}'"
    return text(chosen.choice(filtered.NAMES[1:]))


def a_leaf(chosen):
    column = chosen.choice(["id", "name", "name", "amount", "day", "seen", "owner.id", "ok"])
    kind = chosen.randrange(8)
    if column == "ok":
        return chosen.choice(["ok", "NOT ok", "ok = false", "ok IS NULL", "ok <=> true", "ok <> true", "ok IN (true)"])
    if kind == 0:
        return f"{column} IS {chosen.choice(['', 'NOT '])}NULL"
    if kind == 1:
        values = ", ".join(a_value(chosen, column) for _ in range(chosen.randrange(1, 5)))
        return f"{column} {chosen.choice(['', '', 'NOT '])}IN ({values}{chosen.choice(['', '', ', NULL'])})"
    if kind == 2 and column == "name":
        function = chosen.choice(["startswith", "endswith", "contains"])
        return f"{chosen.choice(['', '', 'NOT '])}{function}(name, {a_value(chosen, column)})"
    if kind == 3:
        return f"{column} BETWEEN {a_value(chosen, column)} AND {a_value(chosen, column)}"
    if kind == 4:
        return f"NOT ({column} {chosen.choice(['=', '<=>', '<', '>='])} {a_value(chosen, column)})"
    return f"{column} {chosen.choice(['=', '<=>', '<>', '<', '<=', '>', '>='])} {a_value(chosen, column)}"


def a_filter(chosen):
    return f" {chosen.choice(['AND', 'AND', 'AND', 'OR'])} ".join(
        f"({a_leaf(chosen)})" for _ in range(chosen.randrange(1, 4))
    )


def tagged(spark, frame, number, condition):
    """The rows that fulfil it, asked for in one of three ways."""
    tag = f.lit(number).alias("tag")
    if number % 3 == 0:
        return frame.select(tag, "*").where(condition)
    if number % 3 == 1:
        return spark.sql(f"SELECT {number} AS tag, * FROM {{frame}} WHERE 1 = 1 AND ({condition})", frame=frame)
    frame.createOrReplaceTempView("pushed")  # 1 = 1: in WHERE (ok), WHERE would be a name for the view
    return spark.sql(f"SELECT {number} AS tag, * FROM pushed WHERE 1 = 1 AND ({condition})")


def rows_of(frames):
    found = {}
    for row in reduce(lambda one, other: one.unionAll(other), frames).collect():
        found.setdefault(row.tag, []).append(row[1:])
    return {tag: sorted(rows, key=repr) for tag, rows in found.items()}


@pytest.mark.parametrize("kind", SERVED)
def test_the_same_rows_with_and_without(spark, kind):
    name, path, options = SERVED[kind]
    arguments = [str(SERVERS / "filtered.py")] if name == "small.py" else []
    server = Server([sys.executable, str(SERVERS / name), *arguments, "--until-eof"])
    spark.conf.set(SETTING, "true")
    try:
        url = server.url + path
        plain = {name: value for name, value in options.items() if name != "pushdown"}
        whole = spark.read.format("rest-api").schema(COLUMNS).options(url=url, **plain).load().cache()
        assert whole.count() == len(filtered.ROWS)
        chosen = random.Random(f"{kind} {os.environ.get('RESTSRC_SEED', 1)}")
        for first in range(0, HOW_MANY, AT_ONCE):
            conditions = dict(enumerate((a_filter(chosen) for _ in range(min(AT_ONCE, HOW_MANY - first))), first))
            uncounted = {"count_from": "none"} if first // AT_ONCE % 4 else {}
            asked = [
                tagged(spark, restsrc.load(spark, url, COLUMNS, **options, **uncounted), number, condition)
                for number, condition in conditions.items()
            ]
            got = rows_of(asked)
            want = rows_of([whole.select(f.lit(n).alias("tag"), "*").where(c) for n, c in conditions.items()])
            wrong = {
                conditions[number]: (got.get(number), want.get(number))
                for number in conditions
                if got.get(number) != want.get(number)
            }
            assert not wrong
        whole.unpersist()
    finally:
        spark.conf.unset(SETTING)
        spark.catalog.dropTempView("pushed")
        server.stop()


# The same without Spark, thousands of times: what each server gives has all that Spark would keep


def spark_value(row, column):
    """What Spark reads of a row: its DECIMAL is rounded."""
    value = filtered.value_of(row, column.replace(".", "/"))
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP) if isinstance(value, Decimal) else value


TESTS = {
    "EqualTo": lambda a, b: a == b,
    "GreaterThan": lambda a, b: a > b,
    "GreaterThanOrEqual": lambda a, b: a >= b,
    "LessThan": lambda a, b: a < b,
    "LessThanOrEqual": lambda a, b: a <= b,
    "In": lambda a, b: a in b,
    "StringStartsWith": lambda a, b: a.startswith(b),
    "StringEndsWith": lambda a, b: a.endswith(b),
    "StringContains": lambda a, b: b in a,
}


def kept(given, row):
    """Whether Spark keeps a row; None where SQL's answer is null."""
    name = type(given).__name__
    if name == "Not":
        inner = kept(given.child, row)
        return None if inner is None else not inner
    value = spark_value(row, ".".join(given.attribute))
    if name in ("IsNull", "IsNotNull"):
        return (value is None) == (name == "IsNull")
    if name == "EqualNullSafe":
        return value == given.value
    return None if value is None else TESTS[name](value, given.value)


def a_filter_of_spark(chosen):
    column = chosen.choice(["id", "name", "name", "amount", "ok", "day", "seen", "owner.id"])
    values = [spark_value(row, column) for row in chosen.choices(filtered.ROWS, k=3)]
    values = [value for value in values if value is not None] or [None]
    path = tuple(column.split("."))
    names = [name for name in TESTS if name != "In" and (column == "name" or not name.startswith("String"))]
    kind = chosen.choice(["IsNull", "IsNotNull", "EqualNullSafe", "In", *names, *names])
    if kind in ("IsNull", "IsNotNull") or (values == [None] and kind != "EqualNullSafe"):
        given = getattr(datasource, kind if kind.startswith("Is") else "IsNull")(path)
    elif kind == "In":
        given = datasource.In(path, tuple(values))
    else:
        given = getattr(datasource, kind)(path, values[0])
    return datasource.Not(given) if chosen.random() < 0.2 else given


def served(name, clauses):
    if name in ("soql", "elasticsearch"):
        tests = [
            filtered.soql_test(one) if name == "soql" else filtered.search_test(json.loads(one)) for one in clauses
        ]
        return lambda row: all(test(row) for test in tests)
    if name == "odata":
        return filtered.Filter(" and ".join(clauses)).whole()
    tests = [filtered.postgrest_test(*clause.split("=", 1)) for clause in clauses]
    return lambda row: all(test(row) for test in tests)


@pytest.mark.parametrize("name, least", [("postgrest", 700), ("odata", 700), ("soql", 700), ("elasticsearch", 500)])
def test_no_row_that_spark_keeps_is_missing(name, least):
    columns = {"owner.id": "owner/id"} if name == "postgrest" else {}
    way, chosen, asked = DIALECTS[name], random.Random(f"{name} {os.environ.get('RESTSRC_SEED', 1)}"), 0
    reading = Reading(SCHEMA, TimeForm("iso"))
    for _ in range(1000):
        given = [a_filter_of_spark(chosen) for _ in range(chosen.randrange(1, 4))]
        pairs = [(columns.get(".".join(one.path), way.nested.join(one.path)), one) for one in reading.predicates(given)]
        clauses = [clause for column, one in pairs if (clause := way.clause(column, one.operator, one.value))]
        asked += bool(clauses)
        gives = served(name, clauses) if clauses else lambda row: True
        missing = [row for row in filtered.ROWS if all(kept(one, row) for one in given) and not gives(row)]
        assert not missing, (given, clauses)
    assert asked > least
