"""Batch reads cut by time or by key."""

import pytest

from restsrc.errors import OptionError, UnexpectedAnswer
from restsrc.options import Options
from restsrc.planning.batch import partitions

TIMES = {"partition_by": "time", "lower_bound": "2024-01-01T00:10:00Z", "upper_bound": "2024-01-01T02:00:00Z"}
KEYS = {
    "partition_by": "key",
    "lower_bound": "100",
    "upper_bound": "800",
    "num_partitions": "4",
    "partition_query": "id__gte={lower}&id__lt={upper}",
}


def queries(scenario, **given):
    return [
        [piece.config["query"] for piece in task.pieces] for task in partitions(Options({"url": scenario.url, **given}))
    ]


def test_by_time(growing, read):
    df = read(growing("n=900,step=10000,most=200").url, **TIMES).schema("id long").load()
    assert sorted(row.id for row in df.collect()) == list(range(60, 720))
    assert df.rdd.getNumPartitions() == 4


def test_by_key(growing, read):
    df = read(growing("n=1000").url, **KEYS).schema("id long").load()
    assert sorted(row.id for row in df.collect()) == list(range(1000))  # the bounds only say where to cut
    assert df.rdd.getNumPartitions() == 4


@pytest.mark.parametrize("given", [TIMES, KEYS])
def test_the_style_is_found_once_on_the_driver(growing, given):
    scenario = growing("n=900,step=10000")
    planned = partitions(Options({"url": scenario.url, "paginate": "auto", "header": "X-A: 1", **given}))
    found = [piece.config for task in planned for piece in task.pieces]
    assert all((config["paginate"], config["param_offset"]) == ("offset", "offset") for config in found)
    assert sum("offset=1&limit=2" in entry["target"] for entry in scenario.log()) == 1


def test_queries_of_keys(growing):
    assert queries(growing(), query="color=red", **KEYS) == [
        ["color=red\nid__lt=275"],
        ["color=red\nid__gte=275\nid__lt=450"],
        ["color=red\nid__gte=450\nid__lt=625"],
        ["color=red\nid__gte=625"],
    ]
    assert queries(growing(), **{**KEYS, "num_partitions": "1", "partition_query": "a=b&id>={lower}&id<{upper}"}) == [
        ["a=b"]
    ]
    assert len(queries(growing(), **{**KEYS, "num_partitions": "1000"})) == 700


def test_both_bounds_in_one_parameter(growing, caplog):
    given = {**KEYS, "num_partitions": "2", "partition_query": "ids={lower}-{upper}"}
    assert queries(growing(), **given) == [["ids=100-450"], ["ids=450-800"]]
    assert "only keys from lower_bound on and below upper_bound are read" in caplog.text


UNHEEDED = [
    *(
        {**KEYS, "partition_query": query}
        for query in ("min={lower}&max={upper}", "min={lower}&id__lt={upper}", "id__gte={lower}&max={upper}")
    ),
    *(
        {**TIMES, **names}
        for names in ({"param_since": "from", "param_until": "to"}, {"param_since": "from"}, {"param_until": "to"})
    ),
]


@pytest.mark.parametrize("given", UNHEEDED)
def test_server_that_does_not_heed_the_bounds(growing, given):
    with pytest.raises(UnexpectedAnswer, match="does it heed both bounds, and is the upper one left out"):
        queries(growing("n=900,step=10000"), **given)


@pytest.mark.parametrize(
    "given, message",
    [
        ({**TIMES, "upper_bound": ""}, "the option upper_bound is missing: a time"),
        ({**TIMES, "lower_bound": "monday"}, "the option lower_bound is 'monday'; it takes a time"),
        ({**TIMES, "limit": "5"}, "offset and limit don't go with partition_by time"),
        (
            {**TIMES, "upper_bound": "2024-01-01T02:00:00.5Z"},
            "in whole seconds (time_format iso_ms and epoch_ms have milliseconds)",
        ),
        ({**KEYS, "partition_by": "offset"}, "the option lower_bound needs partition_by: time or key"),
        ({"upper_bound": "9"}, "the option upper_bound needs partition_by"),
        ({"partition_by": "colour"}, "it takes offset, time, key"),
        ({"partition_by": "key"}, "the option num_partitions is missing"),
        ({**KEYS, "partition_query": "id>{lower}"}, "it needs {lower} and {upper} in it"),
        ({**KEYS, "lower_bound": "1.5"}, "the option lower_bound is '1.5'; it takes a whole number"),
        ({**KEYS, "lower_bound": "900"}, "lower_bound is greater than upper_bound"),
    ],
)
def test_what_is_wrong_is_said(given, message):
    with pytest.raises(OptionError) as raised:
        partitions(Options({"url": "http://127.0.0.1:9/events", **given}))
    assert message in str(raised.value)


# ---- a rate of the whole cluster ----


def test_tasks_share_the_rate_of_a_cluster(fault, read):
    """Two tasks at once would have twice the rate, if each had it for itself."""
    scenario = fault("kind=flat,n=800,cap=10")
    options = {"rate": "20/s", "rate_scope": "cluster", "slots": 2, "num_partitions": 4, "page_size": 10}
    frame = read(scenario.url, **options).schema("id long").load()
    assert frame.count() == 800
    times = sorted(entry["time"] for entry in scenario.log())[-80:]
    assert 79 / (times[-1] - times[0]) < 26


@pytest.mark.parametrize(
    ("given", "tasks", "part"),
    [
        ({"rate": "10/s"}, 4, {}),
        ({"rate_scope": "cluster"}, 4, {}),
        ({"rate": "10/s", "rate_scope": "machine"}, 4, {}),
        ({"rate": "10/s", "rate_scope": "cluster"}, 4, {"rate": "2.5/s"}),
        ({"rate": "10/s", "rate_scope": "cluster", "slots": "2"}, 4, {"rate": "5/s"}),
        ({"rate": "10/s", "rate_scope": "cluster", "slots": "8"}, 4, {"rate": "2.5/s"}),
        ({"rate": "90/m", "rate_scope": "cluster", "slots": "8"}, None, {"rate": "11.25/m"}),
    ],
)
def test_a_tasks_part_of_the_rate(given, tasks, part):
    assert Options({"url": "http://127.0.0.1:1/", **given}).part_of_rate(tasks) == part


def test_a_write_that_shares_a_rate_has_to_say_among_how_many(spark, sink):
    target = sink()
    options = {"rate": "100/s", "rate_scope": "cluster"}
    writer = spark.range(10).write.format("rest-api").mode("append").options(**options)
    with pytest.raises(Exception, match="rate_scope=cluster needs the option slots"):
        writer.save(target.url)
    writer.option("slots", 2).save(target.url)
    assert len(target.stored()) == 10
