"""Mode time on APIs as they are: windows that are cut short, bounds, clocks, late records, records that move."""

import random
import time
import urllib.request
from datetime import datetime, timezone

import pytest

from restsrc.errors import OptionError, UnexpectedAnswer
from restsrc.journal import Journal
from restsrc.options import Complaints, Options
from restsrc.planning.by_time import Windows
from restsrc.streams.clock import Clock, difference
from restsrc.times import TimeForm, time_form, time_text
from streaming import batches, latest, needs_limits, reader, values

START, DAY = "2024-01-01T00:00:00Z", 86_400_000
BASE = 1_704_067_200_000

# An API with the records of `rows` (id: time in ms); r.query has since and until.
SERVER = """
from datetime import datetime, timezone
BASE = 1704067200000
def ms(text): return round(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)
def iso(at): return datetime.fromtimestamp(at / 1000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
def page(there, r, size=100, **more):
    at, most = int(r.query.get("offset", 0)), min(size, int(r.query.get("limit", size)))
    return {"total": len(there), "results": there[at:at + most], **more}
"""


def at(text):
    return {"time": text}


def source_of(server, **given):
    options = {"stream_mode": "time", "starting_offset": START, "lag": 0, "recheck": 0, **given}
    return reader(server.url + "/events", column="id", **options)


def everything(source, until):
    return sorted(sum(values(source, at(START), at(until)), []))


CLAMPED = """
rows = [{"id": n, "at": iso(BASE + n * 3600000)} for n in range(%s)]
def answer(r):
    since, until = ms(r.query["since"]), ms(r.query["until"])
    until = min(until, since + 86400000)
    return page([one for one in rows if since <= ms(one["at"]) < until], r)
"""


@pytest.mark.parametrize("hours", ["1, 200", "60, 70", "216, 230"])
@pytest.mark.parametrize("given", [{}, {"partition_duration": "1 day"}, {"partition_duration": "3 days"}])
def test_a_long_window_of_which_the_api_gives_a_part(api, hours, given):
    source = source_of(api(SERVER + CLAMPED % hours), **given)
    assert everything(source, "2024-01-11T00:00:00Z") == list(range(*map(int, hours.split(","))))


def test_an_honest_api_is_asked_little_more(api):
    server = api(SERVER + CLAMPED.replace("min(until, since + 86400000)", "until") % "1, 200")
    source = source_of(server)
    assert everything(source, "2024-01-11T00:00:00Z") == list(range(1, 200))
    first = len(server.log())
    assert first < 60  # a count takes two, because this server answers all paths alike
    assert sum(values(source, at("2024-01-11T00:00:00Z"), at("2024-01-12T00:00:00Z")), []) == []
    assert len(server.log()) - first <= 4


COUNTED = """
import threading, time
lock, under_way, most = threading.Lock(), [0], [0]
def answer(r):
    if r.path == "/most":
        return most[0]
    with lock:
        under_way[0] += 1
        most[0] = max(most[0], under_way[0])
    time.sleep(0.02)
    with lock:
        under_way[0] -= 1
    first, last = (-(-(ms(r.query[name]) - BASE) // 43200000) for name in ("since", "until"))
    return {"total": max(0, min(last, 120) - max(first, 0))}
"""


@pytest.mark.parametrize("given, most", [({}, 4), ({"parallel": "2"}, 2), ({"rate": "1000/s"}, 4)])
def test_windows_are_counted_at_once_by_one_run_of_the_tool_and_each_of_them_once(api, given, most):
    server = api(SERVER + COUNTED)
    options = Options({"url": server.url + "/events", "partition_duration": "1 day", **given})
    options.journal = Journal()
    windows = Windows(options, Complaints(options))
    pieces = windows.pieces(BASE, BASE + 61 * DAY)
    assert [run.command for run in options.journal.runs] == ["count"]
    assert [(piece.start, piece.end, piece.expect) for piece in pieces] == [
        (BASE + n * DAY, BASE + (n + 1) * DAY, 2) for n in range(60)
    ]
    targets = [request["target"] for request in server.log()]
    assert len(targets) == len(set(targets)) < 61 + 20
    with urllib.request.urlopen(server.url + "/most") as answer:
        at_once = int(answer.read())
    assert at_once <= most
    assert (at_once > 1) == (most > 1)


ASKED = """
import json
def answer(r):
    asked = json.loads(r.body)["span"] if r.body else r.query
    if asked.get("where", '{"a": 1}') != '{"a": 1}' or r.headers.get("X-Note", "{b}") != "{b}":
        return 400, {"message": "a filter is lost"}
    since, until = asked["since"].split(" ")[-1], asked["until"]
    first, last = (max(0, min(60, (ms(one) - BASE) // 86400000)) for one in (since, until))
    return {"total": last - first, "events": [{"id": n} for n in range(first, last)][:1]}
"""


@pytest.mark.parametrize(
    "given",
    [
        {"query": 'where={"a": 1}', "header": "X-Note: {b}"},
        {"param_since": "", "param_until": "", "query": 'where={"a": 1}\nsince={since}\nuntil={upper}'},
        {"param_since": "", "param_until": "", "url": "?since={lower}&until={until}&where={%22a%22: 1}"},
        {
            "param_since": "",
            "param_until": "",
            "method": "POST",
            "data": '{"span": {"since": "from {since}", "until": "{until}", "where": "{\\"a\\": 1}"}}',
        },
    ],
)
def test_many_windows_are_counted_in_one_run_whatever_braces_stand_around_them(api, given):
    server = api(SERVER + ASKED)
    options = Options({"partition_duration": "1 day", **given, "url": server.url + "/events" + given.get("url", "")})
    options.journal = Journal()
    windows = Windows(options, Complaints(options))
    pieces = windows.pieces(BASE, BASE + 60 * DAY)
    assert [(piece.start, piece.expect) for piece in pieces] == [(BASE + n * DAY, 1) for n in range(60)]
    runs = [run for run in options.journal.runs if run.command == "count"]
    assert len(runs) < 20
    assert all("for-each" in run.flags for run in runs[-2:])


BOUNDED = """
rows = [{"id": n, "at": iso(BASE + n * 1000)} for n in range(400)]
def answer(r):
    since, until = ms(r.query["since"]), ms(r.query["until"])
    return page([one for one in rows if since %s ms(one["at"]) %s until], r)
"""


@pytest.mark.parametrize(
    "bounds, since, until", [("[)", "<=", "<"), ("(]", "<", "<="), ("()", "<", "<"), ("[]", "<=", "<=")]
)
@pytest.mark.parametrize("given", [{}, {"since_path": "at"}])
def test_bounds(api, bounds, since, until, given):
    source = source_of(api(SERVER + BOUNDED % (since, until)), bounds=bounds, partition_duration="60s", **given)
    assert everything(source, "2024-01-01T00:05:00Z") == list(range(300))
    assert sum(values(source, at("2024-01-01T00:05:00Z"), at("2024-01-01T01:00:00Z")), []) == list(range(300, 400))


@pytest.mark.parametrize("since, until", [("<", "<="), ("<", "<"), ("<=", "<=")])
def test_bounds_that_are_not_what_the_options_say_are_noticed(api, since, until):
    source = source_of(api(SERVER + BOUNDED % (since, until)), starting_offset="2023-12-31T00:00:00Z")
    with pytest.raises(UnexpectedAnswer, match="bounds|does it heed both bounds"):
        values(source, at("2023-12-31T00:00:00Z"), at("2024-01-01T00:05:00Z"))


def test_a_checkpoint_that_is_finer_than_the_format(api):
    server = api(SERVER + BOUNDED % ("<=", "<"))
    with pytest.raises(OptionError, match="go on with a finer one, or say with since_path"):
        latest(source_of(server), at("2024-01-01T00:00:00.500Z"))
    source = source_of(server, since_path="at")
    rows = sum(values(source, at("2024-01-01T00:00:00.500Z"), at("2024-01-01T00:00:05Z")), [])
    assert rows == [1, 2, 3, 4]


DAYS = """
rows = [{"id": n, "at": iso(BASE + n * 3600000 + 1000)} for n in range(60)]
def answer(r):
    since, until = r.query["since"][:10], r.query["until"][:10]
    return page([one for one in rows if since <= one["at"][:10] <= until], r)
"""


def test_an_api_that_knows_days_only(api):
    server = api(SERVER + DAYS)
    with pytest.raises(UnexpectedAnswer, match="time_format=date"):
        values(source_of(server), at(START), at("2024-01-03T00:00:00Z"))
    source = source_of(server, time_format="date", bounds="[]")
    assert everything(source, "2024-01-03T00:00:00Z") == list(range(48))
    assert sum(values(source, at("2024-01-03T00:00:00Z"), at("2024-01-05T00:00:00Z")), []) == list(range(48, 60))


PATTERN = """
rows = [{"id": n, "at": iso(BASE + n * 60000)} for n in range(120)]
def read(text): return datetime.strptime(text, "%d.%m.%Y %H:%M").replace(tzinfo=timezone.utc).timestamp() * 1000
def answer(r):
    if r.method == "POST":
        since, until = r.json["range"]["from"], r.json["range"]["to"]
    else:
        since, until = r.query["q"].removeprefix("from ").split(" to ")
    return page([one for one in rows if read(since) <= ms(one["at"]) < read(until)], r)
"""


@pytest.mark.parametrize(
    "given",
    [
        {"query": "q=from {since} to {until}"},
        {"partition_query": "q=from {lower} to {upper}"},
        {"method": "POST", "data": '{"range": {"from": "{since}", "to": "{until}"}}', "page_in": "query"},
    ],
)
def test_templates_and_patterns(api, given):
    source = source_of(api(SERVER + PATTERN), time_format="%d.%m.%Y %H:%M", **given)
    assert everything(source, "2024-01-01T01:00:00Z") == list(range(60))


def test_templates_in_the_path(api):
    server = api(
        SERVER
        + """
rows = [{"id": n, "at": iso(BASE + n * 1000)} for n in range(30)]
def answer(r):
    since, until = r.path.split("/")[2:4]
    return page([one for one in rows if int(since) <= ms(one["at"]) // 1000 < int(until)], r)
"""
    )
    options = {"stream_mode": "time", "starting_offset": START, "time_format": "epoch_s", "lag": 0}
    source = reader(server.url + "/events/{since}/{until}", column="id", **options)
    assert sum(values(source, at(START), at("2024-01-01T00:00:20Z")), []) == list(range(20))


def test_since_without_until(api):
    code = BOUNDED.replace('ms(r.query["until"])', "10**15") % ("<=", "<")
    with pytest.raises(OptionError, match="say with since_path"):
        source_of(api(SERVER + code), param_until="")
    source = source_of(api(SERVER + code), param_until="", since_path="at")
    assert everything(source, "2024-01-01T00:05:00Z") == list(range(300))
    assert sum(values(source, at("2024-01-01T00:05:00Z"), at("2024-01-01T01:00:00Z")), []) == list(range(300, 400))


@pytest.mark.parametrize("counts", [True, False])
def test_a_window_as_large_as_the_apis_own_limit(api, counts):
    code = """
rows = [{"id": n, "at": iso(BASE + n * 5000)} for n in range(300)]
def answer(r):
    since, until = ms(r.query["since"]), ms(r.query["until"])
    there = page([one for one in rows if since <= ms(one["at"]) < until][:100], r, 50)
    return there if %s else {"results": there["results"]}
"""
    source = source_of(api(SERVER + code % counts), window_rows=100)
    assert everything(source, "2024-01-01T01:00:00Z") == list(range(300))


def test_one_step_with_too_many_names_the_finer_format(api):
    code = """
rows = [{"id": n, "at": iso(BASE)} for n in range(300)]
def answer(r):
    since, until = ms(r.query["since"]), ms(r.query["until"])
    return {"results": page([one for one in rows if since <= ms(one["at"]) < until][:100], r)["results"]}
"""
    with pytest.raises(UnexpectedAnswer, match="window_rows.*finer time_format"):
        everything(source_of(api(SERVER + code), window_rows=100), "2024-01-01T00:00:05Z")


SHUFFLED = """
import random
rows = [{"%s": n, "at": iso(BASE + %s)} for n in range(250)]
def answer(r):
    since, until = ms(r.query["since"]), ms(r.query["until"])
    there = [one for one in rows if since <= ms(one["at"]) < until]
    random.shuffle(there)
    return page(sorted(there, key=lambda one: one["at"]), r)
"""


@pytest.mark.parametrize("name", ["id", "number"])
def test_records_of_equal_times_that_change_places(api, name):
    server = api(SERVER + SHUFFLED % (name, "n // 50 * 1000"))  # the smallest step has one page
    options = {"stream_mode": "time", "starting_offset": START, "lag": 0}
    source = reader(server.url, column=name, **options)
    assert sorted(sum(values(source, at(START), at("2024-01-01T00:01:00Z")), [])) == list(range(250))
    server = api(SERVER + SHUFFLED % (name, "0"))
    source = reader(server.url, column=name, **options)
    with pytest.raises(UnexpectedAnswer, match="ask for an order that tells them apart"):
        values(source, at(START), at("2024-01-01T00:01:00Z"))


def test_records_that_are_all_the_same_are_all_there(api):
    server = api(SERVER + SHUFFLED.replace("n,", "n // 130,") % ("id_not", "0"))
    source = reader(server.url, column="id_not", stream_mode="time", starting_offset=START, lag=0)
    with pytest.raises(UnexpectedAnswer):  # they change places
        values(source, at(START), at("2024-01-01T00:01:00Z"))
    server = api(SERVER + SHUFFLED.replace("n,", "n // 130,").replace("random.shuffle(there)", "") % ("id_not", "0"))
    source = reader(server.url, column="id_not", stream_mode="time", starting_offset=START, lag=0)
    rows = sum(values(source, at(START), at("2024-01-01T00:01:00Z")), [])
    assert (rows.count(0), rows.count(1)) == (130, 120)


def test_records_that_move_while_they_are_read(api):
    server = api(
        SERVER
        + """
rows = [{"id": n, "at": iso(BASE + n * 5000)} for n in range(300)]
left = [15]
def answer(r):
    since, until = ms(r.query["since"]), ms(r.query["until"])
    there = sorted((one for one in rows if since <= ms(one["at"]) < until), key=lambda one: one["at"])
    reply = page([dict(one) for one in there], r, 50)
    if left[0] and len(reply["results"]) > 3:
        left[0] -= 1
        there[int(r.query.get("offset", 0)) + 3]["at"] = "2024-02-01T00:00:00Z"
    return reply
"""
    )
    source = source_of(server, page_size=50)
    got = sum(values(source, at(START), at("2024-01-31T00:00:00Z")), [])
    got += sum(values(source, at("2024-01-31T00:00:00Z"), at("2024-02-03T00:00:00Z")), [])
    assert set(got) == set(range(300)) and len(got) <= 315


LATE = """
rows = [{"id": n, "at": iso(BASE + n * 1000)} for n in range(20)]
def answer(r):
    if r.path == "/_tell":
        rows.append({"id": int(r.query["id"]), "at": r.query["at"]})
        return {}
    since, until = ms(r.query["since"]), ms(r.query["until"])
    return page([one for one in rows if since <= ms(one["at"]) < until], r)
"""


def run(source, start, rows=None):
    got = list(batches(source, start, rows))
    return (got[-1][0] if got else start), sorted(sum((more for _, more in got), []))


def soon(seconds):
    return time_text((time.time_ns() // 1_000_000 + seconds * 1000) // 1000 * 1000, "iso")


BEHIND = """
from datetime import timedelta
from email.utils import format_datetime
NOW = datetime.now(timezone.utc) - timedelta(minutes=10)
def answer(r):
    date = {"Date": format_datetime(NOW, usegmt=True)}
    since, until = ms(r.query["since"]), ms(r.query["until"])
    if until > NOW.timestamp() * 1000:
        return 400, {"error": "until lies in the future"}, date
    first = NOW.timestamp() * 1000 // 1000 * 1000 - 3600000
    return 200, page([{"id": n} for n in range(100) if since <= first + n * 1000 < until], r), date
"""


@needs_limits
def test_our_clock_is_ahead_of_a_server_that_refuses_windows_in_its_future(api):
    server = api(SERVER + BEHIND)
    source = source_of(server, starting_offset=soon(-4 * 3600), lag="1s")
    assert run(source, source.initialOffset())[1] == list(range(100))
    assert source_of(server, starting_offset="latest", lag="1s").initialOffset()["time"] < soon(-590)


ROUNDED = """
rows = [{"id": n, "at": iso(BASE + n * 100)[:-1] + ".%03dZ" % (n * 100 % 1000)} for n in range(100)]
def answer(r):
    since, until = (round(ms(r.query[name]) / 1000) * 1000 for name in ("since", "until"))
    return page([one for one in rows if since <= ms(one["at"]) < until], r)
"""


@pytest.mark.parametrize("middle", ["2024-01-01T00:00:05.400Z", "2024-01-01T00:00:05.600Z"])
def test_an_api_that_rounds_times_to_seconds(api, middle):
    """The bound of a window goes up or down with it: https://github.com/airbytehq/airbyte/issues/9915."""
    source, end = source_of(api(SERVER + ROUNDED), time_format="iso_ms"), "2024-01-01T00:01:50Z"
    try:
        rows = sum(values(source, at(START), at(middle)) + values(source, at(middle), at(end)), [])
    except UnexpectedAnswer as error:
        assert "bounds" in str(error)
    else:
        assert sorted(rows) == list(range(100))


UNTIMED = """
rows = [{"id": n} for n in range(300)]
def answer(r):
    since, until = ms(r.query["since"]), ms(r.query["until"])
    return page([one for one in rows if since <= BASE + one["id"] * 1000 < until], r)
"""


def test_records_that_do_not_have_the_time_that_they_are_filtered_by(api):
    """https://github.com/dlt-hub/dlt/issues/2735"""
    source, middle = source_of(api(SERVER + UNTIMED)), "2024-01-01T00:02:00Z"
    rows = values(source, at(START), at(middle)) + values(source, at(middle), at("2024-01-01T00:10:00Z"))
    assert sorted(sum(rows, [])) == list(range(300))


@needs_limits
def test_a_backfill_that_gives_all_records_one_time(api):
    """https://github.com/dlt-hub/dlt/issues/4030"""
    code = BOUNDED.replace("n * 1000", "5000").replace("range(400)", "range(1500)") % ("<=", "<")
    source = source_of(api(SERVER + code))
    assert run(source, at(START), 500)[1] == list(range(1500))


@needs_limits
@pytest.mark.parametrize("delay", [2, 20])
def test_a_record_is_committed_after_one_of_a_later_time_was_read(api, caplog, delay):
    """https://github.com/airbytehq/airbyte/issues/85918: within lag it is waited for, later it is told of."""
    server = api(SERVER + LATE)
    given = {"starting_offset": soon(-300), "lag": "10s", "recheck": "15m"}
    server.tell(id=50, at=soon(-30))
    end, rows = run(source_of(server, **given), at(soon(-300)))
    assert rows == [50]
    server.tell(id=51, at=soon(-delay))
    server.tell(id=52, at=soon(-1))
    server.tell(id=53, at=soon(-300 if delay == 20 else -9))
    time.sleep(11)
    rows = run(source_of(server, **given), end)[1]
    assert {51, 52} <= set(rows) or "have come late" in caplog.text
    assert delay == 20 or rows == [51, 52, 53]


def test_windows_are_not_counted_where_that_is_asked_for(api):
    server = api(SERVER + BOUNDED % ("<=", "<"))
    assert everything(source_of(server, count_from="none"), "2024-01-01T00:05:00Z") == list(range(300))
    assert not any("/count" in asked["target"] for asked in server.log())


@needs_limits
def test_late_records_are_warned_of(api, caplog):
    server = api(SERVER + LATE)
    source = source_of(server, starting_offset=soon(-300), recheck="15m")
    server.tell(id=50, at=soon(-100))
    end, rows = run(source, source.initialOffset())
    assert rows == [50]
    server.tell(id=51, at=soon(-50))
    time.sleep(1.1)
    server.tell(id=52, at=soon(-1))
    end, rows = run(source, end)
    assert rows == [52] and "1 records have come late" in caplog.text and "lookback" in caplog.text


@needs_limits
def test_late_records_are_read_with_lookback(api):
    server = api(SERVER + LATE)
    source = source_of(server, starting_offset=soon(-300), lookback="200s")
    server.tell(id=50, at=soon(-100))
    end, rows = run(source, source.initialOffset())
    assert rows == [50] and len(end["seen"]) == 8
    server.tell(id=51, at=soon(-50))
    server.tell(id=52, at=soon(-250))  # later than the stretch
    later, rows = run(source, end)
    assert rows == [51] and len(later["seen"]) == 16
    again = source_of(server, starting_offset=soon(-300), lookback="200s")
    server.tell(id=53, at=soon(-60))  # new for the next batch, not for this one that comes again
    assert sum(values(again, end, later), []) == [51]
    assert run(again, later)[1] == [53]


@needs_limits
@pytest.mark.parametrize("first", [[], [50]])
def test_late_records_of_a_quiet_time_are_read_with_lookback(api, first):
    server = api(SERVER + LATE)
    given = {"starting_offset": soon(-600), "lookback": "500s"}
    start = source_of(server, **given).initialOffset()
    for number in first:
        server.tell(id=number, at=soon(-400))
        start, rows = run(source_of(server, **given), start)
        assert rows == first
        start = {**start, "time": soon(-300)}
    source = source_of(server, **given)
    end, rows = run(source, start)
    assert rows == [] and end["time"] > soon(-20) > start["time"]  # it moves on all the same
    server.tell(id=51, at=soon(-200))
    later, rows = run(source_of(server, **given), end)
    assert rows == [51]
    assert run(source_of(server, **given), later)[1] == []


@needs_limits
def test_quiet_streams_move_on(api):
    server = api(
        SERVER
        + LATE.replace(
            "    since, until",
            """
    if ms(r.query["since"]) < datetime.now().timestamp() * 1000 - 600000 and "old" in r.path:
        return 400, {"error": "since is too long ago"}
    since, until""".lstrip("\n"),
        )
    )
    source = source_of(server, starting_offset=soon(-500))
    source.prepareForTriggerAvailableNow()
    start = source.initialOffset()
    end, rows = run(source, start)
    assert rows == [] and end != start
    assert datetime.fromisoformat(end["time"].replace("Z", "+00:00")).timestamp() > time.time() - 30
    assert source.partitions(start, end) == []


@needs_limits
@pytest.mark.parametrize(
    "empty, given",
    [
        ('(204, b"")', {}),
        ('{"results": None}', {"records": "results"}),
        ("{}", {"records": "results", "absent_is_empty": "true"}),
        ('(404, {"error": "nothing found"})', {"on": "404=empty"}),
    ],
)
def test_windows_without_records_in_all_forms(api, empty, given):
    server = api(
        SERVER
        + LATE.replace("    return page(", "    there = page(").rstrip()
        + f"""
    return there if there["total"] else {empty}
"""
    )
    source = source_of(server, starting_offset=soon(-3000), **given)
    start = source.initialOffset()
    latest(source, start)
    assert len(server.log()) < 60
    server.tell(id=70, at=soon(1))
    time.sleep(2.1)
    assert run(source, start, 100)[1] == [70]


def test_the_servers_clock():
    assert difference("Sat, 01 Jun 2024 10:00:00 GMT", 1717236000200, 1717236000300) == 0
    assert difference("Sat, 01 Jun 2024 10:00:00 GMT", 1717236100200, 1717236100300) == -100300
    assert difference("Sat, 01 Jun 2024 10:00:00 GMT", 1717235900200, 1717235900300) == 99700
    assert difference("noon", 0, 0) is None
    clock = Clock(lambda: 1717235900300)
    clock.hear({"date": "Sat, 01 Jun 2024 10:00:00 GMT"})
    assert clock.now() == 1717236000000


@needs_limits
def test_a_server_whose_clock_is_behind(api, caplog):
    server = api(
        SERVER
        + """
from email.utils import formatdate
import time
late = []
def answer(r):
    if r.path == "/_tell":
        late.append({"id": 1, "at": r.query["at"]})
        return {}
    since, until = ms(r.query["since"]), ms(r.query["until"])
    return 200, page([one for one in late if since <= ms(one["at"]) < until], r), {
        "Date": formatdate(time.time() - 3600, usegmt=True)}
"""
    )
    source = source_of(server, starting_offset="latest")
    start = source.initialOffset()
    assert "behind ours" in caplog.text
    server.tell(at=soon(-3595))  # now, says the server
    deadline = time.monotonic() + 20
    while (end := latest(source, start)) == start and time.monotonic() < deadline:
        time.sleep(0.2)
    assert sum(values(source, start, end), []) == [1]


LOCAL = """
from zoneinfo import ZoneInfo
ZONE = ZoneInfo("America/New_York")
FIRST = 1730597400000  # an hour and a half before the clocks are set back
def local(at): return datetime.fromtimestamp(at / 1000, ZONE).strftime("%Y-%m-%dT%H:%M:%S")
rows = [{"id": n, "at": local(FIRST + n * 60000)} for n in range(400)]
def answer(r):
    since, until = r.query["since"][:19], r.query["until"][:19]
    return page([one for one in rows if since <= one["at"] < until], r)
"""


@needs_limits
def test_local_times_when_clocks_are_set_back(api):
    source = source_of(api(SERVER + LOCAL), starting_offset="2024-11-02T20:00:00", api_time_zone="America/New_York")
    end, rows = run(source, source.initialOffset(), 40)
    assert rows == list(range(400))


def test_local_times_that_nobody_speaks_of_are_noticed(api, caplog):
    source = source_of(
        api(
            SERVER
            + LOCAL.replace("local(FIRST", "iso(FIRST").replace(
                'since, until = r.query["since"][:19], r.query["until"][:19]',
                'since, until = (iso(ms(r.query[name]) + 5 * 3600000) for name in ("since", "until"))',
            )
        )
    )
    with pytest.raises(UnexpectedAnswer, match="5 hours later.*api_time_zone"):
        values(source, at("2024-11-02T00:00:00Z"), at("2024-11-04T00:00:00Z"))


def test_edges_of_local_times():
    form = TimeForm("iso", "America/New_York")
    twice = round(datetime(2024, 11, 3, 5, tzinfo=timezone.utc).timestamp() * 1000)
    assert form.floor(twice + 5_400_000) == twice and form.after(twice) == twice + 7_200_000
    assert form.before(twice + 7_200_000) == twice and form.text(twice - 1000) == "2024-11-03T00:59:59"
    days = TimeForm("date", "America/New_York")
    assert days.after(days.floor(twice)) - days.floor(twice) == 25 * 3_600_000
    assert days.text(days.after(days.floor(twice))) == "2024-11-04"


@pytest.mark.parametrize(
    "form, step, text",
    [
        ("date", DAY, "2024-01-01"),
        ("%Y%m%d%H", 3_600_000, "2024010100"),
        ("%d/%m/%Y %H:%M", 60_000, "01/01/2024 00:00"),
        ("%s", 1000, "1704067200"),
        ("%Y-%m-%d %H:%M:%S.%L", 1, "2024-01-01 00:00:00.007"),
        ("%FT%T.%3N%:z", 1, "2024-01-01T00:00:00.007+00:00"),
        ("%s%3N", 1, "1704067200007"),
        ("%Y-%m-%dT%H:%M:%S.%9NZ", 1, "2024-01-01T00:00:00.007000000Z"),
        ("%-d.%-m.%Y %-H", 3_600_000, "1.1.2024 0"),
        ("%a, %d %b %Y %T %Z", 1000, "Mon, 01 Jan 2024 00:00:00 UTC"),
        ("%c", 1000, "Mon Jan  1 00:00:00 2024"),
        ("%b %e %Y %I:%M %p", 60_000, "Jan  1 2024 12:00 AM"),
        ("%Y%j", DAY, "2024001"),
        ("%d%%%m%%%y", DAY, "01%01%24"),
    ],
)
def test_forms_of_times(form, step, text):
    made = TimeForm(time_form(form))
    assert (made.step, made.text(BASE + 7)) == (step, text)
    assert made.parse(text) == (BASE + 7 if step == 1 else BASE)


CODES = ["%Y-%m-%d", "%y%m%d", "%d/%b/%Y", "%e %B %Y", "%-d.%-m.%Y", "%D", "%F", "%Y/%j", "%A %d %h %Y"]
CLOCKS = ["", "%H", "%k:%M", "%R", "%T", "%H%M%S%3N", "%S.%f %H %M", "%H:%M:%S.%6N", "%I:%M:%S %p", "%l:%M%P", "%T.%L"]


def test_each_form_that_can_be_written_can_be_read():
    chance = random.Random(1)
    for _ in range(3000):
        zones = ["", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Chatham", "+03:30"]
        zone, named = chance.choice(zones), chance.choice(["", "", " %z", "%:z", " %Z"])
        pattern = chance.choice(["{0} {1}{2}", "{1}{2} {0}"]).format(chance.choice(CODES), chance.choice(CLOCKS), named)
        pattern = pattern.strip()
        form = TimeForm(time_form(pattern), zone)
        ms = BASE + chance.randrange(-20 * 365 * DAY, 20 * 365 * DAY)
        floor = form.floor(ms)
        assert form.parse(form.text(floor)) == floor, (pattern, zone, ms)
        assert form.parse(f'"{form.text(ms)}"') == form.parse(form.text(ms)), (pattern, zone, ms)
        if form.step < DAY:  # a day that a clock is set in has two distances from UTC
            assert form.text(form.parse(form.text(ms))) == form.text(ms), (pattern, zone, ms)


@pytest.mark.parametrize("form", ["%H:%M", "%d.%m.", "%Y-%m-%d %I:%M", "%Q", "%Y-%m-%d %E", "%G-%V", "%Y-%m-%d %H %S"])
def test_a_pattern_that_loses_a_part_of_its_times_is_refused(form):
    with pytest.raises(ValueError):
        time_form(form)


def test_records_say_how_far_their_clock_is_from_utc():
    form = TimeForm("%Y-%m-%d %H:%M:%S %z")
    assert form.parse("2024-01-01 02:00:00 +0200") == form.parse("2024-01-01 00:00:00 Z") == BASE
    assert form.parse("2024-01-01 02:00:00 Z or so") is None and form.parse("2024-02-30 02:00:00 Z") is None
