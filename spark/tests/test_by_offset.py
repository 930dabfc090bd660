"""Where the list is cut."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyspark.sql.types import LongType, StructType

from restsrc import RestApiDataSource
from restsrc.errors import AccessDenied, RequestRefused, UnexpectedAnswer
from restsrc.journal import Journal
from restsrc.options import Options
from restsrc.planning import batch, by_offset
from restsrc.planning.by_offset import Range
from restsrc.tool import find

SCHEMA = StructType().add("id", LongType())


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 10**4), st.none() | st.integers(1, 200))
def test_ranges_cover_everything_once(offset, length, page_size, parts):
    ranges = by_offset.cut(offset, offset + length, page_size, parts)
    assert sum(r.limit for r in ranges) == length and all(r.limit > 0 for r in ranges)
    assert [r.offset for r in ranges] == [offset + sum(r.limit for r in ranges[:n]) for n in range(len(ranges))]
    assert all(r.offset % page_size == 0 for r in ranges[1:])
    assert len(ranges) <= (parts or max(by_offset.MOST_RANGES, -(-(offset + length) // page_size // 1000) + 1))


@pytest.mark.parametrize(
    "pages, parts",
    [(0, 0), (1, 1), (2, 2), (99, 2), (100, 2), (101, 3), (400, 8), (1600, 32), (32_000, 32), (32_001, 33)],
)
def test_number_of_ranges(pages, parts):
    assert len(by_offset.cut(0, pages * 100, 100)) == parts


def test_ten_thousand_million_records_are_planned_at_once():
    ranges = by_offset.cut(0, 10**10, 1000)
    assert len(ranges) == 10_000 and {part.limit for part in ranges} == {10**6}
    assert len(by_offset.cut(0, 10**10, 1000, 7)) == 7


def test_a_hundred_million_records_are_planned_by_three_requests(api):
    server = api(
        """
def answer(r):
    first, most = int(r.query.get("offset", 0)), int(r.query.get("limit", 100))
    return 200, {"items": [{"id": n} for n in range(first, min(first + most, 10**8))], "total": 10**8}
"""
    )
    asked = Options({"url": f"{server.url}/items", "page_size": "1000", "count_from": "body:total"})
    pieces = [piece for partition in batch.partitions(asked) for piece in partition.pieces]
    assert len(server.log()) == 3
    assert len(pieces) == 100 and sum(piece.limit for piece in pieces) == 10**8
    assert {piece.limit for piece in pieces} == {10**6}


@pytest.mark.parametrize("counted", ["body", "count"])
@pytest.mark.parametrize("limit", [None, 150])
def test_a_count_that_is_capped_hides_no_records(api, read, counted, limit):
    """Both APIs count 100, and have 230."""
    server = api(
        f"""
def answer(r):
    if r.path.endswith("/count"):
        return (200, {{"count": 100}}) if "{counted}" == "count" else (404, {{}})
    first, most = int(r.query.get("offset", 0)), int(r.query.get("limit", 100))
    total = {{"total": 100}} if "{counted}" == "body" else {{}}
    return 200, {{"items": [{{"id": n}} for n in range(first, min(first + most, 230))], **total}}
"""
    )
    given = {"page_size": 10, "num_partitions": 3, **({"limit": limit} if limit else {})}
    rows = read(f"{server.url}/items", **given).schema("id long").load().collect()
    assert [row.id for row in rows] == list(range(limit or 230))


def test_a_server_that_gives_its_last_page_for_any_place_after_it(api, read):
    server = api(
        """
def answer(r):
    if r.path.endswith("/count"):
        return 200, {"count": 200}
    most = int(r.query.get("limit", 100))
    first = min(int(r.query.get("offset", 0)), 200 - most)
    return 200, {"items": [{"id": n} for n in range(first, first + most)]}
"""
    )
    rows = read(f"{server.url}/items", page_size=10, num_partitions=2).schema("id long").load().collect()
    assert [row.id for row in rows] == list(range(200))


def test_last_range_is_as_long_as_the_rest():
    assert by_offset.cut(50, 1005, 100, 3) == [Range(50, 250), Range(300, 400), Range(700, 305)]


def test_more_partitions_than_pages_are_not_made():
    assert by_offset.cut(0, 300, 100, 10) == [Range(0, 100), Range(100, 100), Range(200, 100)]


def options(scenario, **given):
    return Options({"url": scenario.url, **given})


def test_page_size_that_the_server_caps(fault):
    made = by_offset.plan(options(fault("n=1000,cap=70"), page_size="500"))
    assert (made.total, made.page_size) == (1000, 70)
    assert made.ranges == [Range(0, 490), Range(490, 510)]


def test_planning_asks_for_a_count_and_two_pages_in_one_run_of_the_tool(fault):
    scenario = fault("n=1000")
    asked = options(scenario)
    asked.journal = Journal()
    by_offset.plan(asked)
    assert sorted(request["target"].rpartition("/items")[2] for request in scenario.log()) == [
        "/count",
        "?offset=0&limit=100",
        "?offset=100&limit=100",
    ]
    assert [run.command for run in asked.journal.runs] == ["read"]


def test_the_count_and_the_pages_are_under_way_at_the_same_time(api):
    server = api(
        """
from threading import Barrier, BrokenBarrierError
TWO = Barrier(2, timeout=10)
def answer(r):
    first = int(r.query.get("offset", 0))
    if not first:  # the count, and the first page
        try:
            TWO.wait()
        except BrokenBarrierError:
            return 400, {}
    return {"total": 250} if r.path.endswith("/count") else [{"id": n} for n in range(first, min(first + 100, 250))]
"""
    )
    made = by_offset.plan(Options({"url": f"{server.url}/items"}))
    assert (made.total, made.page_size) == (250, 100)


@pytest.mark.parametrize(
    "total, most",
    [
        ("len(rows)", 1),  # the length of a page
        ("size", 1),  # the size that was asked for
        ("-(-25000 // size)", 25000),  # the number of pages, which is that of records where pages have one
    ],
)
def test_the_plan_counts_as_the_tool_does(api, total, most):
    server = api(
        f"""
def answer(r):
    first, size = int(r.query.get("offset", 0)), int(r.query.get("limit", 100))
    rows = [{{"id": n}} for n in range(25000)][first : first + size]
    return {{"items": rows, "total": {total}}}
"""
    )
    tool = subprocess.run([find(), "count", "--count-from", "body:total", f"{server.url}/items"], capture_output=True)
    made = by_offset.plan(Options({"url": f"{server.url}/items", "count_from": "body:total"}))
    assert made.total == int(tool.stdout) == most


def test_server_that_ignores_offsets_is_found_out_behind_one_that_is_given(fault):
    with pytest.raises(UnexpectedAnswer, match="the same page again"):
        by_offset.plan(options(fault("n=200,repeat"), offset="150"))


@pytest.mark.parametrize("n", [101, 200, 1000])
def test_server_that_ignores_offsets_is_found_out_although_each_task_sees_one_page(fault, n):
    with pytest.raises(UnexpectedAnswer, match="the same page again"):
        by_offset.plan(options(fault(f"n={n},repeat"), num_partitions=str(n // 100 + 1)))


@pytest.mark.parametrize(
    "given, ranges",
    [
        ({"offset": "900"}, [Range(900, 100)]),
        ({"offset": "850", "limit": "100"}, [Range(850, 50), Range(900, 50)]),
        ({"limit": "0"}, []),
        ({"offset": "1000"}, []),
        ({"offset": "5000", "limit": "7"}, []),
        ({"num_partitions": "1"}, [Range(0, 1000)]),
    ],
)
def test_offset_and_limit_bound_the_whole_read(fault, given, ranges):
    assert by_offset.plan(options(fault("n=1000"), **given)).ranges == ranges


def test_exact_multiple_of_the_page_size_has_no_empty_range(fault):
    assert by_offset.plan(options(fault("n=200"))).ranges == [Range(0, 100), Range(100, 100)]


def test_empty_list(fault):
    assert by_offset.plan(options(fault("n=0"))).ranges == []


def test_no_count_is_one_range_with_a_warning(fault, caplog):
    scenario = fault("n=1000,nocount,total=none")
    made = by_offset.plan(options(scenario, offset="10", limit="500", num_partitions="4"))
    assert made.ranges == [Range(10, 500)] and made.total is None
    assert "one Spark task" in caplog.text and "count" in caplog.text


def test_count_that_is_not_where_the_user_said(fault):
    with pytest.raises(UnexpectedAnswer):
        by_offset.plan(options(fault("n=1000"), count_from="body:nowhere"))


@pytest.mark.parametrize(
    "words, error", [("status=404,nocount", RequestRefused), ("require-header=X-Key:1", AccessDenied)]
)
def test_server_that_refuses_is_no_missing_count(fault, words, error):
    with pytest.raises(error):
        by_offset.plan(options(fault(words)))


MOVING = """
rows = [{"id": n} for n in range(40)]
def answer(r):
    if r.path == "/_tell":
        new = {"id": 1000 + len(rows)}
        rows.insert(0 if r.query["at"] == "front" else len(rows), new)
        return ""
    if r.path.endswith("/count"):
        return {"total": len(rows)}
    first = int(r.query["offset"])
    return rows[first:first + int(r.query["limit"])]
"""


def test_records_that_come_in_at_the_front_are_told(api, spark, caplog):
    """Its pages state no total, so that no page shows it."""
    server = api(MOVING)

    def ids(**options):
        reader = RestApiDataSource({"url": server.url + "/items", "page_size": "10", **options}).reader(SCHEMA)
        first, last = reader.partitions()
        found = [batch.to_pydict()["id"] for batch in reader.read(first)]
        server.tell(at=at)
        return sum(found + [batch.to_pydict()["id"] for batch in reader.read(last)], [])

    at = "end"
    assert ids() == [*range(40), 1040] and not caplog.messages
    at = "front"
    assert ids() == [*range(20), *range(19, 40), 1040]  # 19 twice, and the new one not at all
    (warning,) = caplog.messages
    assert "the list has grown since its read was planned, and begins with another record" in warning
    with pytest.raises(UnexpectedAnswer, match="begins with another record"):
        ids(on_drift="fail")
    caplog.clear()
    ids(on_drift="ignore")
    ids(fields_param="fields")  # the tasks see a part of each record, the plan saw all
    assert not caplog.messages
