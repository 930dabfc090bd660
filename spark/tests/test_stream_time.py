"""Mode time and windows of time, without Spark."""

import time

import pytest

from conftest import eventually
from restsrc.errors import OptionError, RequestRefused, UnexpectedAnswer
from restsrc.stream_reader import HAS_LIMITS
from restsrc.times import milliseconds, time_of, time_text
from streaming import batches, latest, needs_limits, place, reader, values

START = "2024-01-01T00:00:00Z"


def at(text):
    return {"time": text}


def source_of(scenario, **given):
    options = {"stream_mode": "time", "starting_offset": START, "lag": 0, **given}
    return reader(scenario.url, column="id", **options)


def asked(scenario, what="/events?"):
    """What was asked for, but for single records: planning looks with them whether the server heeds the parameters."""
    targets = [request["target"] for request in scenario.log()]
    return [target.split(what)[1] for target in targets if what in target and "limit=1" not in target.split("&")]


@pytest.mark.parametrize(
    "form, names, first",
    [
        ("iso", "since:until", "since=2024-01-01T00%3A00%3A00Z&until=2024-01-01T00%3A16%3A40Z"),
        ("iso_ms", "from:to", "from=2024-01-01T00%3A00%3A00.000Z&to=2024-01-01T00%3A16%3A40.000Z"),
        ("epoch_s", "a:b", "a=1704067200&b=1704068200"),
        ("epoch_ms", "since:until", "since=1704067200000&until=1704068200000"),
    ],
)
def test_formats_of_times(growing, form, names, first):
    scenario = growing(f"form={form.removesuffix('_ms') if form == 'iso_ms' else form},names={names}")
    since, until = names.split(":")
    source = source_of(scenario, time_format=form, param_since=since, param_until=until, query="color=red")
    assert sum(values(source, at(START), at("2024-01-01T00:16:40Z")), []) == list(range(1000))
    assert all("color=red" in target for target in asked(scenario))
    assert any(target.endswith(f"color=red&{first}") or f"color=red&{first}&" in target for target in asked(scenario))


def test_until_that_belongs_to_the_window(growing):
    source = source_of(growing("inclusive"), until_inclusive="true")
    got = [rows for _, rows in batches(source, at(START), 100)]
    assert sum(got, []) == list(range(1000))


@pytest.mark.parametrize("names", [{"param_since": "from"}, {"param_until": "to"}])
def test_server_that_does_not_heed_a_bound(growing, names):
    source = source_of(growing(), starting_offset="2024-01-01T00:05:00Z", **names)
    with pytest.raises(UnexpectedAnswer, match="does it heed both bounds"):
        source.partitions(at("2024-01-01T00:05:00Z"), at("2024-01-01T00:10:00Z"))


def test_where_a_stream_begins(growing):
    scenario = growing()
    assert source_of(scenario).initialOffset() == at(START)
    assert source_of(scenario, starting_offset="2024-02-03 04:05:06.789").initialOffset() == at("2024-02-03T04:05:06Z")
    in_paris = source_of(scenario, starting_offset="2024-02-03", time_zone="Europe/Paris")
    assert in_paris.initialOffset() == at("2024-02-02T23:00:00Z")
    in_ms = source_of(scenario, starting_offset="1704067200123", time_format="epoch_ms")
    assert in_ms.initialOffset() == at("2024-01-01T00:00:00.123Z")
    now = time_of(source_of(scenario, starting_offset="latest", lag="1h").initialOffset()["time"], "iso")
    assert 0 <= time.time() * 1000 - 3_600_000 - now < 10_000


def test_rows_per_batch_cuts_the_window(growing):
    source = source_of(growing("n=5000,step=1000"))
    got = list(batches(source, at(START), 700))
    assert sum((rows for _, rows in got), []) == list(range(5000))
    assert all(len(rows) <= 700 for _, rows in got) and len(got) < 25


def test_more_records_in_the_smallest_window_than_wanted(growing):
    source = source_of(growing("n=500,step=2"))  # all in one second
    assert [(place(end), len(rows)) for end, rows in batches(source, at(START), 100) if rows] == [
        (at("2024-01-01T00:00:01Z"), 500)
    ]


def test_the_style_is_found_from_the_whole_list_and_only_once(growing):
    scenario = growing("n=900,step=10000")
    source = source_of(scenario, paginate="auto", page_size=50, partition_duration="1h")
    assert sum((rows for _, rows in batches(source, at(START), 400)), []) == list(range(900))
    assert sum(target.startswith("offset=1&limit=2") for target in asked(scenario)) == 1


@pytest.mark.parametrize("words", ["n=1", "n=0"])
def test_a_list_that_is_too_short_to_see_how_it_is_paged(growing, words):
    with pytest.raises(
        UnexpectedAnswer, match="how the list goes on is not seen yet: .* set the option paginate or api"
    ):
        source_of(growing(words), paginate="auto").partitions(at(START), at("2024-01-02T00:00:00Z"))


def test_windows_by_duration(growing):
    scenario = growing("n=900,step=10000")  # two hours and a half
    source = source_of(scenario, partition_duration="1h")
    parts = values(source, at(START), at("2034-01-02T00:00:00Z"))
    assert len(scenario.log()) < 60
    assert [len(part) for part in parts] == [360, 360, 180]  # empty ones are left out
    assert sum(parts, []) == list(range(900))


def test_windows_are_shared_out_to_few_tasks(growing):
    source = source_of(growing("n=300,step=10000"), partition_duration="2 min", num_partitions=4)
    parts = values(source, at(START), at("2024-01-01T01:00:00Z"))
    assert len(parts) == 4 and sum(parts, []) == list(range(300))


def test_many_records_are_read_in_parallel(growing):
    source = source_of(growing("n=20000,step=100"))
    parts = values(source, at(START), at("2024-02-01T00:00:00Z"))
    assert 4 <= len(parts) <= 8 and sum(parts, []) == list(range(20000))
    parts = values(source_of(growing("n=300"), num_partitions=3), at(START), at("2024-02-01T00:00:00Z"))
    assert len(parts) == 3 and sum(parts, []) == list(range(300))


@pytest.mark.parametrize("words, given", [("most=70", {}), ("most=70:413", {}), ("cap=70", {"window_rows": 70})])
def test_window_too_large_for_the_api_is_halved(growing, words, given):
    scenario = growing(f"n=300,{words}")
    assert sum((rows for _, rows in batches(source_of(scenario, **given), at(START))), []) == list(range(300))
    got = list(batches(source_of(scenario, **given), at(START), 50))
    assert sum((rows for _, rows in got), []) == list(range(300)) and max(len(rows) for _, rows in got) <= 50


@pytest.mark.parametrize("words", ["most=70", "most=70:413"])
def test_window_too_large_is_halved_by_the_task_where_nothing_is_counted(growing, words, caplog):
    source = source_of(growing(f"n=1000,step=1000,nocount,{words}"))
    parts = values(source, at(START), at("2024-01-03T00:00:00Z"))
    assert sum(parts, []) == list(range(1000))
    assert max(map(len, parts)) > 70  # by several reads
    assert "uncounted" in caplog.text


def test_smallest_window_is_still_too_large(growing):
    for words, given, error in [
        ("most=70:413", {}, RequestRefused),
        ("most=70:413,nocount", {}, RequestRefused),
        ("cap=70", {"window_rows": 70}, UnexpectedAnswer),
    ]:
        with pytest.raises(error):
            values(source_of(growing(f"n=500,step=2,{words}"), **given), at(START), at("2024-01-03T00:00:00Z"))


def test_refusal_for_another_reason_is_not_halved(growing):
    scenario = growing("n=10,most=0:403")
    with pytest.raises(Exception, match="HTTP 403"):
        values(source_of(scenario), at(START), at("2024-01-03T00:00:00Z"))
    assert len(scenario.log()) == 2  # the counting URL, which is a guess, and the list


def test_nothing_new_makes_no_batch(growing):
    scenario = growing("n=10")
    source = source_of(scenario)
    ((end, rows),) = batches(source, at(START))
    assert rows == list(range(10)) and latest(source, end) == end


@needs_limits
@pytest.mark.parametrize("lag", ["2s", "0"])
def test_late_records_are_waited_for(growing, lag):
    """Records become visible a second after the time that they carry; `latest` must not have gone past them."""
    scenario = growing("n=0,late=1000")
    source = source_of(scenario, lag=lag, starting_offset="latest", time_format="iso_ms")
    begin = source.initialOffset()
    scenario.grow(3)
    made = time_of(scenario.records()[0]["at"], "iso_ms")
    assert (time_of(begin["time"], "iso_ms") <= made) == (lag != "0")
    end = eventually(lambda: (now := latest(source, begin)) != begin and now) if lag != "0" else latest(source, begin)
    assert sum(values(source, begin, end), []) == (list(range(3)) if lag != "0" else [])


@pytest.mark.skipif(HAS_LIMITS, reason="this PySpark tells where a batch begins")
def test_a_clock_that_is_set_back_does_not_make_the_stream_go_back(growing):
    source, ahead = source_of(growing()), at("2100-01-01T00:00:00Z")
    source.partitions(at(START), ahead)
    assert latest(source, ahead) == ahead


@needs_limits
def test_available_now_ends_at_what_was_there(growing):
    scenario = growing("n=10")
    source = source_of(scenario, time_format="iso_ms")
    source.prepareForTriggerAvailableNow()
    scenario.grow(5)
    assert sum((rows for _, rows in batches(source, at(START), 4)), []) == list(range(10))


def test_rows_per_batch_needs_a_count(growing):
    with pytest.raises(OptionError, match="rows_per_batch needs"):
        latest(source_of(growing("nocount")), at(START), 10)


@pytest.mark.parametrize(
    "given, message",
    [
        ({"starting_offset": ""}, "needs the option starting_offset: latest, or the time of the earliest records"),
        ({"starting_offset": "yesterday"}, "it takes a time such as 2024-01-31T00:00:00Z"),
        ({"time_format": "rfc"}, "it takes iso, iso_ms, epoch_s, epoch_ms"),
        ({"lag": "-1"}, "the option lag is '-1'; it takes a duration"),
        ({"partition_duration": "1 fortnight"}, "it takes a duration"),
    ],
)
def test_what_is_wrong_is_said(growing, given, message):
    with pytest.raises(OptionError) as raised:
        source_of(growing(), **given)
    assert message in str(raised.value)


def test_too_many_windows(growing):
    source = source_of(growing("nocount"), partition_duration="1s")
    with pytest.raises(OptionError, match="more than 10000 windows"):
        source.partitions(at(START), at("2025-01-01T00:00:00Z"))


@pytest.mark.parametrize(
    "text, ms", [("5", 5000), ("1.5h", 5_400_000), ("15 Minutes", 900_000), ("2 days", 172_800_000), ("20ms", 20)]
)
def test_durations(text, ms):
    assert milliseconds(text) == ms


@pytest.mark.parametrize("text", ["", "h", "1 x", "-5", "5 s s", "1e3"])
def test_no_durations(text):
    with pytest.raises(ValueError):
        milliseconds(text)


def test_times_there_and_back():
    for form, text in [
        ("iso", START),
        ("iso_ms", "2024-01-01T00:00:00.007Z"),
        ("epoch_s", "1704067200"),
        ("epoch_ms", "-5"),
    ]:
        assert form == "epoch_ms" or time_text(time_of(text, form), form) == text
