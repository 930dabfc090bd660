"""Mode cursor on feeds as they are: what they say at their end, what they forget, records that leave or come late."""

import time
from itertools import islice

import pytest

from restsrc.errors import RecordError, RequestRefused, UnexpectedAnswer
from restsrc.streams.feed import end_by_number
from streaming import batches, latest, needs_limits, reader, values

pytestmark = needs_limits

FEED = """
items = list(range(1, 26))
gone = []
def answer(r):
    if r.path == "/_tell":
        exec(r.query["do"])
        return {}
    after = int(r.query.get("after") or 0)
    if after in gone:
        gone.remove(after)
        return 410, {"error": "that cursor is gone"}
    since = int(r.query.get("since") or 0)
    rest = [n for n in items if n > after and n > since]
    reply = {"results": [{"id": n} for n in rest[:10]]}
    if len(rest) > 10:
        reply["next"] = str(rest[9])
    return reply
"""
CURSOR = {"stream_mode": "cursor", "paginate": "cursor", "next": "next", "param_cursor": "after"}


def source_of(server, **given):
    return reader(server.url + "/items", column="id", **{**CURSOR, **given})


def run(source, start, rows=None):
    got = list(batches(source, start, rows))
    return (got[-1][0] if got else start), sum((more for _, more in got), [])


@pytest.mark.parametrize(
    "move, new",
    [
        ("items.remove(22); items.extend([26, 27])", [26, 27]),
        ("items.remove(25); items.extend([26, 27])", [26, 27]),
        ("items.remove(22)", []),
    ],
)
def test_a_last_page_that_has_moved(api, move, new):
    server = api(FEED)
    end, rows = run(source_of(server), source_of(server).initialOffset())
    assert rows == list(range(1, 26))
    server.tell(do=move)
    with pytest.raises(UnexpectedAnswer, match="the list has moved.*on_moved=reread"):
        latest(source_of(server), end)
    later, rows = run(source_of(server, on_moved="reread"), end)
    assert rows == new
    server.tell(do="items.append(40)")
    assert run(source_of(server, on_moved="reread"), later)[1] == [40]


def test_a_cursor_that_has_expired(api):
    server = api(FEED)
    start = source_of(server).initialOffset()
    end, _ = run(source_of(server, on_expired="since"), start)
    assert "at" in end
    server.tell(do="gone.append(20); items.append(26)")
    with pytest.raises(RequestRefused, match="the checkpoint holds this cursor, after 25 records.*on_expired=restart"):
        latest(source_of(server), end)
    server.tell(do="gone.append(20)")
    later, rows = run(source_of(server, on_expired="restart"), end)
    assert 26 in rows and set(rows) <= set(range(1, 27))
    server.tell(do="items.append(27)")
    assert run(source_of(server, on_expired="restart"), later)[1] == [27]
    since = {"on_expired": "since", "param_since": "since", "time_format": "epoch_s"}
    server.tell(do=f"items.append({int(time.time()) + 9})")
    server.tell(do="gone.append(20)")
    _, rows = run(source_of(server, **since), end)
    assert len(rows) == 1 and rows[0] > 1000


SYNC = """
things = {n: n for n in range(1, 6)}
def answer(r):
    if r.path == "/_tell":
        exec(r.query["do"])
        return {}
    since = int(r.query.get("cursor") or 0)
    changed = sorted((change, thing) for thing, change in things.items() if change > since)
    given = changed[:10]
    last = given[-1][0] if given else since
    return {"entries": [{"id": thing * 1000 + change} for change, thing in given], "cursor": str(last), %s}
"""


@pytest.mark.parametrize(
    "more, given",
    [
        ('"has_more": len(changed) > 10', {"has_more": "has_more"}),
        ('"has_more": len(changed) > 10', {"next": ""}),
        ('"done": len(changed) <= 10', {"has_more": "!done"}),
    ],
)
def test_the_cursor_beside_has_more_false_is_kept(api, more, given):
    server = api(SYNC % more)
    source = source_of(server, **{"next": "cursor", "param_cursor": "cursor", "records": "entries", **given})
    end, rows = run(source, source.initialOffset())
    assert rows == [1001, 2002, 3003, 4004, 5005] and (end["cursor"], end["skip"]) == ("5", "0")
    server.tell(do="things[2] = 6; things[4] = 7")
    later, rows = run(source, end)
    assert rows == [2006, 4007]
    assert sum(values(source, end, later), []) == rows


NUMBERED = """
import json
next_of = {"": FIRST, FIRST: SECOND, SECOND: SECOND}
known = [""]
def answer(r):
    if r.path == "/_tell":
        known.append(FIRST)
        return {}
    cursor = r.query.get("cursor", "")
    if cursor not in next_of:
        return 400, {"error": "no such cursor"}
    new = [{"id": len(cursor)}] if cursor in known else []
    return '{"results": %s, "has_more": false, "cursor": %s}' % (json.dumps(new), next_of[cursor])
"""


@pytest.mark.parametrize(
    "first, second", [("1.10", "1.20"), ("12345678901234567890123", "2E400"), ("0.30000000000000004", "-0")]
)
def test_a_number_cursor_is_kept_as_it_is_written(api, first, second):
    """Cursors are texts to the server: 1.10 is not 1.1."""
    server = api(f"FIRST, SECOND = {first!r}, {second!r}\n{NUMBERED}")
    source = source_of(server, next="cursor", param_cursor="cursor")
    end, rows = run(source, source.initialOffset())
    assert (end["cursor"], rows) == (first, [0])
    server.tell(do="")
    assert run(source, end)[0]["cursor"] == second


DELTA = """
rows = list(range(1, 26))
def answer(r):
    if r.path == "/_tell":
        exec(r.query["do"])
        return {}
    since, at = int(r.query.get("token") or 0), int(r.query.get("at") or 0)
    rest = rows[since + at:]
    reply = {"value": [{"id": n} for n in rest[:10]]}
    if len(rest) > 10:
        place = f"token={since}&at={at + 10}"
        return {**reply, "next": str(at + 10), "@odata.nextLink": f"{r.base}/items?{place}"}
    return {**reply, "nextSyncToken": str(len(rows)), "@odata.deltaLink": f"{r.base}/items?token={len(rows)}"}
"""


@pytest.mark.parametrize(
    "given",
    [
        {"paginate": "next-url", "next": "@odata.nextLink", "delta": "@odata.deltaLink"},
        {"param_cursor": "at", "delta": "token=nextSyncToken"},
    ],
)
def test_links_and_tokens_for_the_next_time(api, given):
    server = api(DELTA)
    source = source_of(server, records="value", **given)
    start = source.initialOffset()
    end, rows = run(source, start, 7)
    assert rows == list(range(1, 26)) and "25" in end["cursor"] + end.get("query", "")
    server.tell(do="rows.extend(range(26, 50))")
    later, rows = run(source_of(server, records="value", **given), end)
    assert rows == list(range(26, 50))
    assert run(source, later)[1] == []


@pytest.mark.parametrize("start", [5, 7, 12])
def test_equal_values_at_a_last_id_cursor(api, start):
    """A time is the cursor, and the page from it on begins with records that have come."""
    server = api(
        f"rows = [{{'id': n, 'at': n // 4}} for n in range({start})]"
        """
def answer(r):
    if r.path == "/_tell":
        rows.extend({"id": n, "at": n // 4} for n in range(len(rows), int(r.query["do"])))
        return {}
    since = int(r.query.get("since") or 0)
    return {"results": [one for one in rows if one["at"] >= since][:10]}
"""
    )
    given = {"paginate": "last-id", "id": "at", "param_cursor": "since", "cursor_inclusive": "true", "page_size": 10}
    end, rows = run(source_of(server, **given), source_of(server, **given).initialOffset())
    assert rows == list(range(start))
    for there in (start + 1, start + 2, 40):
        server.tell(do=there)
        end, new = run(source_of(server, **given), end, 5)
        rows += new
        assert rows == list(range(there))


@pytest.mark.parametrize("start", [5, 7])
def test_equal_values_that_come_before_others_are_noticed(api, start):
    server = api(
        f"rows = [{{'id': n, 'at': n // 4}} for n in range({start})]"
        """
def answer(r):
    if r.path == "/_tell":
        rows.insert(4, {"id": 99, "at": 1})
        return {}
    return {"results": [one for one in rows if one["at"] >= int(r.query.get("since") or 0)][:10]}
"""
    )
    given = {"paginate": "last-id", "id": "at", "param_cursor": "since", "cursor_inclusive": "true", "page_size": 10}
    end, rows = run(source_of(server, **given), source_of(server, **given).initialOffset())
    assert rows == list(range(start))
    server.tell()
    with pytest.raises(UnexpectedAnswer, match="has moved"):
        latest(source_of(server, **given, on_moved="reread"), end)


def test_a_poisoned_record_names_the_mode_that_goes_on(api):
    server = api(FEED.replace('[{"id": n} for n in rest[:10]]', '[{"id": "none" if n == 4 else n} for n in rest[:10]]'))
    source = source_of(server)
    start = source.initialOffset()
    end = latest(source, start)
    with pytest.raises(RecordError, match="mode=PERMISSIVE goes on, with such records as texts in the column _corrupt"):
        values(source, start, end)
    assert sum(values(source_of(server, mode="PERMISSIVE"), start, end), [])[2:5] == [3, None, 5]


def test_lag_waits_for_records_that_come_before_others(api):
    server = api(FEED)
    source = source_of(server, lag="1s", paginate="last-id", page_size=10)
    start = source.initialOffset()
    assert latest(source, start) == start
    server.tell(do="items.extend([27, 28])")
    assert latest(source, start) == start
    server.tell(do="items.append(26); items.sort()")  # a lower id that comes later
    time.sleep(1.1)
    end, rows = run(source, start)
    assert rows[:26] == list(range(1, 27))
    time.sleep(1.1)
    assert run(source, end)[1] == [27, 28][len(rows) - 26 :]


@pytest.mark.parametrize("most", [40, None])
def test_available_now_ends_though_the_feed_goes_on(api, most):
    server = api(
        """
items = list(range(1, 31))
def answer(r):
    after = int(r.query.get("after") or 0)
    if len(items) - after <= 10 and r.n < 200:
        items.extend(range(len(items) + 1, len(items) + 11))
    reply = {"results": [{"id": n} for n in items[after:after + 10]]}
    return {**reply, "next": str(after + 10)} if len(items) > after + 10 else reply
"""
    )
    source = source_of(server)
    source.prepareForTriggerAvailableNow()
    _, rows = run(source, source.initialOffset(), most)
    assert rows == list(range(1, len(rows) + 1)) and 30 <= len(rows) < 200


@pytest.mark.parametrize("most", [None, 4])
@pytest.mark.parametrize("given", [{}, {"paginate": "last-id", "page_size": 10}, {"on_moved": "reread"}])
def test_available_now_takes_nothing_that_came_later(api, most, given):
    """Every third answer finds one record more than the one before it."""
    server = api(
        """
items = list(range(100, 113))
def answer(r):
    there = items[:]
    if r.n % 3 == 2:
        items.append(items[-1] + 1 + items[-1] % 3)
    rest = [n for n in there if n > int(r.query.get("after") or 0)]
    reply = {"results": [{"id": n} for n in rest[:10]]}
    return {**reply, "next": "%d" % rest[9]} if len(rest) > 10 else reply
"""
    )
    source, got = source_of(server, **given), []
    start = source.initialOffset()
    source.prepareForTriggerAvailableNow()
    before = len(server.log())
    for end, rows in islice(batches(source, start, most), 20):
        got.append(rows)
        start = end
    assert len(got) <= (1 if most is None else 6) and 13 <= len(sum(got, [])) <= 18
    assert sum(got, []) == sorted(set(sum(got, [])))
    assert latest(source, start, most) == start and len(server.log()) - before < 60
    again = source_of(server, **given)
    again.prepareForTriggerAvailableNow()
    assert next(batches(again, start, most))[1][0] > max(sum(got, []))


@pytest.mark.parametrize("total", [10, 11, 30, 99, 1000])
def test_the_end_by_number(total):
    def look(cursor):
        at = int(cursor or 0)
        return max(0, min(10, total - at)), str(at + 10) if at + 10 < total else ""

    if total > 10:
        assert total <= end_by_number(look, "", 0) <= total + 10
    assert end_by_number(lambda cursor: (10, "x9"), "", 0) is None
