"""paginate=auto in streams: how the list is paged is found when the query starts, and stands in its offsets."""

import pytest

from restsrc.errors import OptionError
from streaming import batches, latest, needs_limits, reader, values

PAGED = """
from urllib.parse import parse_qs, urlsplit
def answer(r):
    style = r.state.setdefault("style", "page")
    if r.path == "/_tell":
        r.state.update(r.query)
        return ""
    n, size = int(r.state.get("n", 250)), 20
    if style == "page":
        start = (int(r.query.get("page", 1)) - 1) * size
    else:
        start = int(r.query.get("offset", 0))
    rows = [{"i": i} for i in range(start, min(start + size, n))]
    more = {"page": start // size + 1, "pages": -(-n // size)} if style == "page" else {"offset": start}
    return {"total": n, **more, "items": rows}
"""


def test_a_restart_keeps_the_style_and_asks_no_more_than_with_it_given(api):
    server = api(PAGED)
    source = reader(server.url, paginate="auto")
    begin = source.initialOffset()
    assert begin["offset"] == "0" and begin["found"]["paginate"] == "page"
    end = latest(source, begin)
    assert end["found"] == begin["found"]
    server.tell(n=290)

    def asked(begin, end, **given):
        before = len(server.log())
        again = reader(server.url, **given)  # a restart
        assert sum(values(again, begin, end), []) == list(range(250))
        more = latest(again, end)
        assert more.get("found") == begin.get("found")
        assert sum(values(again, end, more), []) == list(range(250, 290))
        return len(server.log()) - before

    by_hand = asked({"offset": "0"}, {**end, "found": None}, **{**begin["found"], "paginate": "page"})
    assert asked(begin, end, paginate="auto") == by_hand


@needs_limits
def test_a_checkpoint_that_does_not_say_it_goes_on_and_then_says_it(api):
    server = api(PAGED)
    old = {"offset": "100"}  # of an earlier release
    source = reader(server.url, paginate="auto")
    (end, rows), *_ = batches(source, old)
    assert rows == list(range(100, 250)) and end["found"]["paginate"] == "page"
    assert sum(values(reader(server.url, paginate="auto"), old, end), []) == rows


def test_what_is_given_by_hand_later_wins(api):
    server = api(PAGED)
    begin = reader(server.url, paginate="auto").initialOffset()
    by_hand = reader(server.url, paginate="page", param_limit="")
    end = latest(by_hand, begin)
    assert "found" not in end
    assert sum(values(by_hand, begin, end), []) == list(range(250))


def test_a_style_that_the_mode_cannot_use_is_refused_at_the_start(fault):
    with pytest.raises(OptionError, match="in style next-url: use stream_mode cursor"):
        reader(fault("n=250").base + "/next", paginate="auto").initialOffset()


COUNTED = """
from datetime import datetime, timedelta
def answer(r):
    at = lambda i: (datetime(2024, 1, 1) + timedelta(seconds=i)).strftime("%Y-%m-%dT%H:%M:%SZ")
    rows = [{"id": i, "at": at(i)} for i in range(300)]
    if "shop" in r.query:
        rows = [row for row in rows if row["id"] % 3 == int(r.query["shop"])]
    rows = [row for row in rows if r.query.get("since", "") <= row["at"] < r.query.get("until", "9")]
    start = int(r.query.get("offset", 0))
    total = {"total": len(rows)} if r.headers.get("Prefer") == "count=exact" or "count" not in r.state else {}
    return {**total, "offset": start, "items": rows[start : start + 20]}
"""


def test_windows_keep_it_too(api):
    server = api(COUNTED)
    given = {"column": "id", "stream_mode": "time", "starting_offset": "2024-01-01T00:00:00Z", "paginate": "auto"}
    source = reader(server.url, partition_query="shop=1", **given)
    begin = source.initialOffset()
    assert begin["found"]["paginate"] == "offset"
    end = {**begin, "time": "2024-01-01T00:10:00Z"}
    rows = sum(values(source, begin, end), [])
    assert rows == list(range(1, 300, 3))
    asked = len(server.log())
    again = reader(server.url, partition_query="shop=1", **given)
    assert sum(values(again, begin, end), []) == rows
    assert all("since=" in entry["target"] and "shop=1" in entry["target"] for entry in server.log()[asked:])


OPENED = """
def answer(r):
    n, size = 90, 20
    if "cursor" not in r.query:  # without cursor=* Crossref gives no cursor
        return {"message": {"items-per-page": size, "total-results": n, "items": [{"i": i} for i in range(size)]}}
    start = 0 if r.query["cursor"] == "*" else int(r.query["cursor"][1:])
    rows = [{"i": i} for i in range(start, min(start + size, n))]
    more = {"next-cursor": f"c{start + len(rows)}"} if start + size < n else {}
    return {"message": {"items-per-page": size, "total-results": n, "items": rows, **more}}
"""


@needs_limits
def test_cursors_that_a_parameter_opens(api):
    source = reader(api(OPENED).url, stream_mode="cursor", paginate="auto")
    begin = source.initialOffset()
    assert begin["found"]["query"] == "cursor=*"
    (end, rows), *others = batches(source, begin, 50)
    assert rows == list(range(50)) and sum((more for _, more in others), []) == list(range(50, 90))
    assert sum(values(source, begin, end), []) == rows


@needs_limits
def test_an_offset_has_nothing_of_the_users_options(api):
    secret = "Zq7-sesame"
    source = reader(api(OPENED).url, stream_mode="cursor", paginate="auto", query=f"mailto={secret}", header="X-A: b")
    begin = source.initialOffset()
    end = latest(source, begin, 50)
    assert secret not in str(begin) + str(end) and "X-A" not in str(begin)
