"""Pagination styles, presets and `paginate=auto` through a real Spark."""

import json

import pytest

from restsrc.options import Options
from restsrc.planning import by_offset


def rows_of(df):
    return sorted(row.i for row in df.select("i").collect())


def at(scenario, place):
    return f"{scenario.base}/{place}"


@pytest.mark.parametrize(
    ("place", "options"),
    [
        ("pages", {"paginate": "page", "param_limit": "page_size"}),
        ("range", {"paginate": "range"}),
        ("cursor", {"paginate": "cursor"}),
        ("last-id", {"paginate": "last-id", "param_cursor": "starting_after"}),
        ("next", {"paginate": "next-url"}),
        ("link", {"paginate": "link"}),
        ("whole", {"paginate": "none"}),
    ],
)
def test_every_record_is_there_once_in_each_style(fault, read, place, options):
    scenario = fault("n=1000")
    df = read(at(scenario, place), **options).schema("i int, id long").load()
    assert rows_of(df) == list(range(1000))
    seeks = options["paginate"] in ("page", "range")
    assert (df.rdd.getNumPartitions() > 1) == seeks


def test_a_style_that_cannot_seek_is_read_in_one_task_with_a_warning(fault, caplog):
    made = by_offset.plan(Options({"url": at(fault("n=300"), "cursor"), "paginate": "cursor"}))
    assert made.ranges == [by_offset.Range(0, None)]
    assert "reading in one Spark task" in caplog.text


def test_pages_that_the_server_caps_are_cut_by_their_true_size(fault, read):
    scenario = fault("n=1000,cap=30")
    df = (
        read(at(scenario, "pages"), paginate="page", param_limit="page_size", page_size=100, num_partitions=4)
        .schema("i int")
        .load()
    )
    assert rows_of(df) == list(range(1000))


def test_a_total_that_shrinks_after_planning_fails_the_task(fault, read):
    """The count says 1000; the pages themselves say 900 and end there."""
    scenario = fault('n=900,count={"total":1000}')
    df = read(scenario.url).schema("i int").load()
    with pytest.raises(Exception, match="were expected|the total went"):
        df.collect()


def test_auto_finds_the_style_and_reads_in_parallel(fault, read):
    scenario = fault("n=2500")
    df = read(at(scenario, "pages"), paginate="auto").schema("i int").load()
    assert rows_of(df) == list(range(2500))
    assert df.rdd.getNumPartitions() > 1


def test_a_preset_brings_its_style(fault, read):
    scenario = fault("n=2500,put=count:2500")
    df = read(scenario.url, api="drf").schema("i int").load()
    assert rows_of(df) == list(range(2500))
    assert df.rdd.getNumPartitions() > 1
    assert json.loads(scenario.get("/items/count"))["total"] == 2500
