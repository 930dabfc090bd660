"""Mode offset, without Spark: where batches end, what their tasks read, lists that grow and shrink."""

import pytest

from restsrc.errors import OptionError, RequestRefused, UnexpectedAnswer
from restsrc.stream_reader import HAS_LIMITS
from streaming import batches, latest, needs_limits, place, reader, values


def at(number):
    return {"offset": str(number)}


@pytest.mark.parametrize(
    "given, begin", [({}, 0), ({"starting_offset": "Latest"}, 1000), ({"starting_offset": 70}, 70)]
)
def test_where_a_stream_begins(fault, given, begin):
    assert reader(fault().url, **given).initialOffset() == at(begin)


def test_a_long_range_is_split_as_a_batch_read_is(fault):
    source = reader(fault("n=20000,kind=flat").url)
    parts = values(source, at(150), latest(source, at(150)))
    assert [value for part in parts for value in part] == list(range(150, 20000))
    assert len(parts) == 4


def test_page_size_that_the_server_caps(fault):
    source = reader(fault("n=1000,cap=70").url, page_size=500)
    parts = values(source, at(0), at(1000))
    assert [part[0] for part in parts] == [0, 490] and sum(map(len, parts)) == 1000


def test_style_page(fault):
    scenario = fault("n=1000,cap=70")
    source = reader(scenario.base + "/pages", paginate="page", param_limit="page_size", page_size=500)
    got = [value for _, rows in batches(source, at(130), 290) for value in rows]
    assert got == list(range(130, 1000))


@pytest.mark.parametrize("words, limit", [("names=page:none,size=70", ""), ("cap=70", "page_size")])
def test_style_page_from_a_list_shorter_than_a_page_on(fault, words, limit):
    scenario = fault(f"n=65,{words}")
    source = reader(scenario.base + "/pages", paginate="page", param_limit=limit)
    start, got, replayed = at(0), [], []
    for more in (0, 3, 1, 1, 30, 41, 200):
        scenario.grow(more)
        for end, rows in batches(source, start):
            replayed.append((start, end, rows))
            start = end
            got += rows
    assert got == list(range(341))
    again = reader(scenario.base + "/pages", paginate="page", param_limit=limit)
    assert all(sum(values(again, begin, end), []) == rows for begin, end, rows in replayed)


@pytest.mark.parametrize(
    "place, given",
    [("items", {"paginate": "auto"}), ("pages", {"paginate": "auto"}), ("range", {"paginate": "auto"})]
    + [("items", {"api": "drf"}), ("pages", {"api": "drf-page"})],
)
def test_the_style_is_found_or_a_presets(fault, place, given):
    scenario = fault("n=1000,cap=70,total-name=count")
    source = reader(f"{scenario.base}/{place}", page_size=500, **given)
    assert [value for _, rows in batches(source, at(130), 290) for value in rows] == list(range(130, 1000))
    assert len(source.partitions(at(0), at(1000))) == 2


def test_a_batch_is_read_by_the_same_tasks_when_another_style_is_found_after_a_restart(fault):
    scenario, begin, end = fault("n=1000,cap=70"), at(130), at(930)
    parts = [
        values(reader(f"{scenario.base}/{place}", paginate="auto", num_partitions=5), start, end)
        for place in ("items", "pages")
        for start in (begin, at(850))
    ]
    assert parts[:2] == parts[2:] and [len(part) for part in parts] == [5, 1] * 2


@pytest.mark.parametrize("given", [{"paginate": "auto"}, {"api": "drf-cursor"}])
def test_a_list_that_only_its_next_links_lead_through_is_for_mode_cursor(fault, given):
    with pytest.raises(OptionError, match="in style next-url: use stream_mode cursor"):
        latest(reader(fault("n=250").base + "/next", **given), at(0))


@pytest.mark.parametrize(
    "words, place, message",
    [
        ("n=0", "items", "it has 0 records, on one page. Start when it has more, or set the option paginate or api"),
        ("n=1", "pages", "it has 1 records, on one page"),
        ("n=1", "next", "it has 1 records, on one page"),
        ("n=20,total=none,nocount", "last-id", "it has 20 records, on one page"),
    ],
)
def test_a_list_that_is_too_short_to_see_how_it_is_paged(fault, words, place, message):
    with pytest.raises(UnexpectedAnswer, match=message):
        latest(reader(f"{fault(words).base}/{place}", paginate="auto"), at(0))


@needs_limits
def test_rows_per_batch(fault):
    source = reader(fault("n=250").url)
    assert [(place(end), len(rows)) for end, rows in batches(source, at(0), 100)] == [
        (at(100), 100),
        (at(200), 100),
        (at(250), 50),
    ]
    assert reader(fault().url, rows_per_batch=7).getDefaultReadLimit().max_rows == 7


@needs_limits
def test_list_that_grows(fault):
    scenario = fault("n=50")
    source = reader(scenario.url)
    assert latest(source, at(50)) == at(50) and source.partitions(at(50), at(50)) == []
    scenario.grow(30)
    assert place(latest(source, at(50))) == at(80)
    scenario.grow(1000)  # while the batch is under way
    assert sum(values(source, at(50), at(80)), []) == list(range(50, 80))
    assert source.reportLatestOffset() == at(80)
    assert place(latest(source, at(80), 10)) == at(90) and source.reportLatestOffset() == at(1080)


@pytest.mark.parametrize("n", [3, 250])
def test_server_that_ignores_offsets(fault, n):
    source = reader(fault(f"n={n},repeat").url)
    assert sum(values(source, at(0), at(2)), []) == [0, 1]
    with pytest.raises(UnexpectedAnswer, match="the same page again"):
        source.partitions(at(2), at(3))


def test_list_that_grows_with_each_page_is_no_drift(fault, caplog):
    source = reader(fault("n=1000,total=grow:3").url)
    assert sum(values(source, at(0), at(1000)), []) == list(range(1000))
    assert "total" not in caplog.text


def test_short_poll_asks_nothing(fault):
    scenario = fault("n=50")
    source = reader(scenario.url, poll_interval="1 hour")
    latest(source, at(50))
    asked = len(scenario.log())  # the count; before PySpark 4.2 the last records, too
    for _ in range(3):
        assert place(latest(source, at(50))) == at(50)
    assert len(scenario.log()) == asked <= 2


@needs_limits
def test_available_now_ends_at_what_was_there(fault):
    scenario = fault("n=50")
    source = reader(scenario.url)
    source.prepareForTriggerAvailableNow()
    scenario.grow(50)
    assert [place(end) for end, _ in batches(source, at(0), 30)] == [at(30), at(50)]


def test_shrunk_list_fails(fault):
    scenario = fault("n=50")
    source = reader(scenario.url)
    end = latest(source, at(0))
    scenario.grow(-20)
    with pytest.raises(
        UnexpectedAnswer, match="30 records, fewer than the 50 that the stream has come to.*on_shrink=reset"
    ):
        values(source, at(50), latest(source, at(50)))
    with pytest.raises(UnexpectedAnswer, match="exit 76"):
        values(source, at(0), end)


def test_shrunk_list_is_read_again(fault, caplog):
    scenario = fault("n=50")
    source = reader(scenario.url, on_shrink="reset")
    scenario.grow(-20)
    assert place(latest(source, at(50), 20)) == at(20)
    assert "30 records, fewer than the 50" in caplog.text
    assert sum(values(source, at(50), at(20)), []) == list(range(20))
    assert place(latest(source, at(20), 20)) == at(30)
    scenario.grow(-30)
    assert latest(source, at(30)) == at(0) and source.partitions(at(30), at(0)) == []


@needs_limits
def test_shrunk_list_is_waited_for(fault, caplog):
    scenario = fault("n=50")
    source = reader(scenario.url, on_shrink="ignore")
    scenario.grow(-20)
    assert sum(values(source, at(0), at(50)), []) == list(range(30))  # shrunk after the batch was planned
    assert [latest(source, at(50)) for _ in range(3)] == [at(50)] * 3
    assert caplog.text.count("fewer than the 50") == 1
    scenario.grow(40)
    assert sum(values(source, at(50), latest(source, at(50))), []) == list(range(50, 70))


@pytest.mark.parametrize("words", ["n=1000,fail=503:1:300,cut=600:50", "n=1000,short=300:7"])
def test_faults_on_the_way_change_nothing(fault, words):
    source = reader(fault(words).url, retry_delay="0.01")
    assert sum(values(source, at(0), at(1000)), []) == list(range(1000))


def test_api_without_a_count(fault):
    with pytest.raises(UnexpectedAnswer, match="say where it is with count_from, or use stream_mode cursor"):
        latest(reader(fault("nocount,total=none").url), at(0))


def test_replayed_failure_is_the_servers(fault):
    with pytest.raises(RequestRefused, match="HTTP 418"):
        values(reader(fault("status=418:300").url), at(0), at(1000))


@pytest.mark.parametrize(
    "given, message",
    [
        ({"stream_mode": "kafka"}, "the option stream_mode is 'kafka'; it takes offset, time, cursor"),
        ({"starting_offset": "-1"}, "the option starting_offset is '-1'; it takes earliest, latest or a whole number"),
        ({"on_shrink": "cry"}, "it takes fail, reset, ignore"),
        ({"rows_per_batch": "0"}, "a whole number of 1 or more"),
        ({"poll_interval": "soon"}, "a duration such as 30s"),
        ({"offset": "5"}, "offset can't be given for a stream: use starting_offset"),
        ({"paginate": "cursor"}, "use stream_mode cursor"),
        ({"rows_per_bach": "5"}, "did you mean rows_per_batch?"),
    ],
)
def test_what_is_wrong_is_said(given, message):
    with pytest.raises(OptionError) as raised:
        reader("http://127.0.0.1:9/items", **given)
    assert message in str(raised.value)


def test_checkpoint_of_another_mode(fault):
    with pytest.raises(OptionError, match="the checkpoint is of another stream_mode"):
        reader(fault().url).partitions({"time": "2024-01-01T00:00:00Z"}, at(1000))


@pytest.mark.skipif(HAS_LIMITS, reason="this PySpark can do it")
@pytest.mark.parametrize(
    "given, what",
    [
        ({"rows_per_batch": 10}, "rows_per_batch"),
        ({"on_shrink": "ignore"}, "on_shrink ignore"),
        ({"stream_mode": "cursor", "paginate": "cursor"}, "stream_mode cursor"),
    ],
)
def test_what_an_old_pyspark_cannot_do_is_refused(given, what):
    with pytest.raises(OptionError, match=f"{what} needs PySpark 4.2 or later"):
        reader("http://127.0.0.1:9/items", **given)


@pytest.mark.parametrize(
    "given, message",
    [
        ({"lookback": "1h"}, "stream_mode offset takes no notice of lookback: it is for time"),
        ({"on_expired": "restart"}, "takes no notice of on_expired: it is for cursor"),
        ({"stream_mode": "cursor", "paginate": "cursor", "on_shrink": "reset"}, "it is for offset"),
        ({"lower_bound": "5"}, "stream_mode offset takes no notice of lower_bound"),
        ({"fields_param": "fields"}, "stream_mode offset takes no notice of fields_param"),
        ({"count_from": "none"}, "count_from can't be none"),
    ],
)
def test_options_that_the_mode_ignores_are_errors(given, message):
    with pytest.raises(OptionError) as raised:
        reader("http://127.0.0.1:9/items", **given)
    assert message in str(raised.value)
