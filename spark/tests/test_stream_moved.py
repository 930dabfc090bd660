"""Lists that move, counts that fall short: what a stream knows of the last records, and what it does about it."""

import pytest

from restsrc.errors import UnexpectedAnswer
from restsrc.streams.position import MOST, tail_from, tail_of
from streaming import batches, latest, needs_limits, reader, values

pytestmark = needs_limits

LIST = """
rows = [{"id": n, "v": 0} for n in range(1, %d)]
stale = [0]
def answer(r):
    if r.path == "/_tell":
        exec(r.query["do"])
        return {}
    if r.path.endswith("/count"):
        return 404, {}
    there = rows
    if stale[0]:
        stale[0] -= 1
        there = rows[:-2]
    at, most = int(r.query.get("offset", 0)), int(r.query.get("limit", 100))
    return {"total": len(there), "results": there[at:at + most]}
"""


def source_of(server, **given):
    return reader(server.url + "/items", column="id", **given)


def run(source, start, rows=None):
    """The offset where the stream comes to rest, and the rows on the way there."""
    got = list(batches(source, start, rows))
    return (got[-1][0] if got else start), sum((more for _, more in got), [])


MOVES = {
    "deleted and two added": "del rows[2]; rows.extend([{'id': 41}, {'id': 42}])",
    "deleted and one added": "del rows[2]; rows.append({'id': 41})",
    "deleted": "del rows[2]",
    "the last one deleted, two added": "rows[39:] = [{'id': 41}, {'id': 42}]",
    "the newest first": "rows[:0] = [{'id': 42}, {'id': 41}]",
    "a lower id later": "rows.insert(35, {'id': 41}); rows.append({'id': 42})",
    "one of the last page exchanged": "rows[30:31] = [{'id': 41}]",
}


@pytest.mark.parametrize("move", MOVES)
def test_a_list_that_has_moved_is_an_error_or_read_again(api, move):
    server = api(LIST % 41)
    end, rows = run(source_of(server), {"offset": "0"})
    assert rows == list(range(1, 41))
    server.tell(do=MOVES[move])
    with pytest.raises(UnexpectedAnswer, match="the list has moved.*on_moved=reread|fewer than the 40"):
        latest(source_of(server), end)
    source = source_of(server, on_moved="reread")
    later, rows = run(source, end)
    assert sorted(rows) == [41, 42][: 2 - ("one" in move and "two" not in move) - 2 * (move == "deleted")]
    server.tell(do="rows.append({'id': 50})")
    assert run(source, later)[1] == [50]


def test_a_move_that_is_too_far_to_be_read_again(api):
    server = api(LIST % 401)
    end, rows = run(source_of(server), {"offset": "0"})
    assert len(rows) == 400
    server.tell(do="rows[:0] = [{'id': n} for n in range(500, 650)]")
    with pytest.raises(UnexpectedAnswer, match="further than on_moved=reread can see"):
        latest(source_of(server, on_moved="reread"), end)


def test_records_that_change_where_they_are_have_not_moved(api):
    server = api(LIST % 41)
    source = source_of(server)
    end, _ = run(source, {"offset": "0"})
    server.tell(do="rows[39]['v'] = 1; rows.append({'id': 41})")
    assert run(source, end)[1] == [41]


def test_a_list_that_moves_while_a_batch_is_under_way(api):
    server = api(LIST % 41)
    source = source_of(server)
    end = latest(source, {"offset": "0"})
    server.tell(do="del rows[2]; rows.append({'id': 41})")
    with pytest.raises(UnexpectedAnswer, match="has moved while it was read"):
        values(source, {"offset": "0"}, end)


@pytest.mark.parametrize("answers", [1, 2])
def test_a_copy_that_is_behind_for_a_moment(api, answers):
    server = api(LIST % 41)
    source = source_of(server)
    end, _ = run(source, {"offset": "0"})
    server.tell(do=f"stale[0] = {answers}")
    assert latest(source, end) == end
    server.tell(do="rows.append({'id': 41})")
    assert run(source, end)[1] == [41]


def test_a_long_list_is_looked_at_by_its_last_page_only(api):
    server = api(LIST % 1001)
    source = source_of(server)
    end, rows = run(source, {"offset": "0"}, 300)
    assert len(rows) == 1000 and len(tail_from(end["tail"]).ids) == MOST and len(end["tail"]) == 1600
    asked = len(server.log())
    server.tell(do="rows.append({'id': 2000})")
    assert run(source, end)[1] == [2000]
    assert len(server.log()) - asked <= 16


def test_tails():
    records = [b'{"id":%d,"v":1}' % n for n in range(5)]
    tail = tail_of(records, "id")
    assert tail_from(tail.text) == tail
    assert tail.same(tail_of([one.replace(b'"v":1', b'"v":2') for one in records], "id"))
    assert not tail.same(tail_of(records[1:], "id"))
    assert not tail_of([b"[1]", b"7"], "id").same(tail_of([b"[1]", b"8"], "id"))
